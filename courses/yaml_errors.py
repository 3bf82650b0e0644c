"""What PyYAML has to say about a text, in words and at places that help the one who wrote it."""

from __future__ import annotations

import re
from typing import NamedTuple

import yaml

from courses.problems import N_, Report


class _Saying(NamedTuple):
    """What is said where PyYAML's own words match; ``begin``: at the place where the unfinished thing begins."""

    words: re.Pattern[str]
    begin: bool
    text: str
    hint: str


_QUOTE_IT = N_("Put the whole value in quotes.")
_COLON_MISSING = N_("A colon is missing here.")
_A_LINE = N_("A line is a key, a colon, a space and a value: title: Beginning")
_SAYINGS = (
    _Saying(re.compile("could not find expected ':'"), True, _COLON_MISSING, _A_LINE),
    _Saying(
        re.compile("quoted scalar.*(?:end of stream|document separator)"),
        True,
        N_("The quotation mark that opens here is never closed."),
        N_("Write the same mark at the end of the value; an apostrophe inside single quotes is written twice."),
    ),
    _Saying(
        re.compile("flow (?:sequence|mapping|node)"),
        True,
        N_("What begins with this bracket cannot be read."),
        N_("Put commas between its parts and the closing bracket at its end."),
    ),
    _Saying(
        re.compile("unknown escape|escape sequence"),
        False,
        N_("In double quotes a backslash begins a special sign, and this is none."),
        N_("Use single quotes, or write the backslash twice."),
    ),
    _Saying(
        re.compile("cannot start any token|expected the node content"),
        False,
        N_("No value can begin with this sign."),
        _QUOTE_IT,
    ),
    _Saying(
        re.compile("sequence entries are not allowed"),
        False,
        N_("A list cannot begin on the line of its key."),
        N_("Begin it on the next line, or write it in brackets: [one, two]"),
    ),
    _Saying(re.compile("block scalar"), True, N_("No value can begin with this sign."), _QUOTE_IT),
    _Saying(
        re.compile("alias|anchor|alphabetic or numeric"),
        True,
        N_("A value that begins with * or & must be in quotes."),
        "",
    ),
    _Saying(
        re.compile("tag"),
        False,
        N_("A value that begins with an exclamation mark must be in quotes."),
        "",
    ),
)


def explain(error: yaml.MarkedYAMLError, text: str, line: int, column: int, report: Report) -> None:
    """Report an error in a text whose first character stands at ``line`` and ``column``."""
    words = f"{error.context or ''} {error.problem or ''}"
    mark = error.problem_mark or error.context_mark
    lines = text.split("\n")

    def say(mark: yaml.Mark | None, code: str, said: str, hint: str) -> None:
        at, offset = (mark.line, mark.column) if mark else (0, 0)
        report.add(line + at, offset + (column if at == 0 else 1), code, said, hint=hint)

    before = lines[mark.line][: mark.column] if mark and mark.line < len(lines) else ""
    if "'\\t'" in words:
        say(
            mark,
            "yaml-tab",
            N_("There is a tab here: keys are indented with spaces only."),
            N_("Replace the tab by two spaces."),
        )
    elif "mapping values are not allowed" in words and ":" in before.strip().strip("-"):
        say(
            mark,
            "yaml-syntax",
            N_("There is a second colon here that cannot be understood."),
            N_('Put a text that holds a colon in quotes: title: "Part 1: Beginning"'),
        )
    elif "mapping values are not allowed" in words or ("<block end>" in words and not before.strip()):
        say(
            mark,
            "yaml-syntax",
            N_("This line is indented otherwise than those it belongs to."),
            N_("Lines that belong together begin at the same column."),
        )
    elif "<block end>" in words:
        say(
            mark,
            "yaml-syntax",
            N_("The value has ended before this, so nothing more can stand here."),
            N_("Put the whole value in one pair of quotes or brackets."),
        )
    else:
        saying = next((saying for saying in _SAYINGS if saying.words.search(words)), None)
        if saying:
            say(
                (error.context_mark if saying.begin else None) or mark,
                "yaml-syntax",
                saying.text,
                saying.hint,
            )
        else:
            say(mark, "yaml-syntax", N_("The keys cannot be read from here on."), _A_LINE)


def no_key(line: int, column: int, report: Report) -> None:
    """A line among keys that is none."""
    report.add(line, column, "yaml-syntax", _COLON_MISSING, hint=_A_LINE)
