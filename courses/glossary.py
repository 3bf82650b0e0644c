"""The glossary: where terms are explained, and how a text finds them.

A block ``glossary`` may stand in any lesson; all of them together are the glossary of the course. It is written as a list of
definitions, several names of one thing one below the other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from html import escape, unescape
from typing import Any, NamedTuple

from pydantic import Field
from pymdownx.slugs import slugify

from courses.blocks import Block, BlockKind, BodySource, Settings
from courses.nearest import Nearest
from courses.problems import N_, Report
from courses.text import plain_text, render

_DEFINITION = re.compile(r"( {0,3}:[ \t]+)(.*)")
_slug = slugify(case="lower")
_LONGEST = 400
WORDS = {"en": {"more": "In the glossary"}, "ru": {"more": "В словаре"}}


class Term(NamedTuple):
    """What a text needs to know of a term: its ``name``, its meaning in plain words, the address it is listed at."""

    name: str
    note: str
    address: str


@dataclass(frozen=True)
class Name:
    """A term as it is defined: its words and their place."""

    words: str
    line: int
    column: int

    @property
    def key(self) -> str:
        """What a term is found by: letter case, spaces and the dots of ё make no difference."""
        return key_of(self.words)

    @property
    def anchor(self) -> str:
        """Its id in the list."""
        return "h-term-" + str(_slug(self.key, "-"))


@dataclass(frozen=True)
class Entry:
    """One or several names and what they mean: Markdown that begins at ``line``."""

    names: tuple[Name, ...]
    text: str
    line: int


def key_of(words: str) -> str:
    """A term as it is looked up."""
    return " ".join(words.casefold().replace("ё", "е").split())


def entries(lines: Sequence[tuple[int, str]], report: Report) -> list[Entry]:
    """The entries of a block's body; what is neither a name nor a definition is reported."""
    found: list[Entry] = []
    names: list[Name] = []
    text: list[str] = []
    begin = width = 0
    apart = False  # an empty line: what comes next is no further name of the same thing

    def close() -> None:
        nonlocal names, text
        while text and not text[-1].strip():
            text.pop()
        if names and text:
            found.append(Entry(tuple(names), "\n".join(text), begin))
        elif names:
            report.add(
                names[0].line,
                names[0].column,
                "glossary-form",
                N_("The term “{name}” is not explained."),
                hint=N_("Write its meaning on the next line, behind a colon and a space."),
                name=names[0].words[:60],
            )
        names, text = [], []

    for line, written in lines:
        definition = _DEFINITION.match(written)
        indent = len(written) - len(written.lstrip(" "))
        goes_on = not written.strip() or indent >= 2 or (indent >= width and not definition)
        if text and goes_on:
            text.append(written[min(width, indent) :])
            continue
        if definition and text:
            text += ["", definition[2]]
        elif definition and names:
            text, begin, width = [definition[2]], line, len(definition[1])
        elif definition:
            report.add(
                line,
                1,
                "glossary-form",
                N_("Here a meaning begins, but no term stands above it."),
                hint=N_("Write the term on the line above, at the left margin."),
            )
        elif written.strip():
            if text or apart:
                close()
            words = written.strip().strip("*").strip()
            names.append(Name(words, line, indent + 1))
        apart = not written.strip()
    close()
    return found


class GlossarySettings(Settings):
    """A glossary has no options; its terms come from the body."""

    text: str = Field(default="", json_schema_extra={"from_body": True})


class Glossary(BlockKind[GlossarySettings]):
    """``:::{glossary}``."""

    name = "glossary"
    Settings = GlossarySettings
    summary = N_("Terms and what they mean; a text shows them with ``{term}`word` ``.")
    example = N_(
        ":::{glossary}\nForum\n: A place where everybody writes when it suits them.\n\nModerator\n"
        ": Whoever leads a {term}`forum`.\n:::\n"
    )

    def grammar(self) -> Sequence[str]:
        """What may stand in the body."""
        return (
            N_("A term on a line of its own, several names of one thing one below the other."),
            N_("Below it, behind `: `, what it means: Markdown, further lines indented."),
            N_(
                "In any text of the course ``{term}`forum` `` shows the meaning, ``{term}`in the forum <forum>` `` with words of its own."
            ),
        )

    def body(self, source: BodySource, report: Report) -> Mapping[str, Any]:
        """The list."""
        parts = ['<dl class="glossary">']
        for entry in entries(list(source.lines()), Report()):
            parts += [f'<dt id="{name.anchor}">{escape(name.words)}</dt>' for name in entry.names]
            parts.append(f"<dd>{source.html(entry.text, entry.line)}</dd>")
        return {"text": "".join([*parts, "</dl>"])}

    def html(self, block: Block[GlossarySettings]) -> str | None:
        """It stands in the page."""
        return self.settings_of(block).text

    def text(self, block: Block[GlossarySettings]) -> str:
        """Its words."""
        return plain_text(self.settings_of(block).text)


def twice(defined: Iterable[tuple[str, Entry]], report: Report) -> None:
    """Report terms that are explained more than once; ``defined`` are entries with the files they stand in."""
    first: dict[str, tuple[str, Name]] = {}
    for path, entry in defined:
        for name in entry.names:
            before = first.setdefault(name.key, (path, name))
            if before[1] is not name and before != (path, name):
                report.at(path).add(
                    name.line,
                    name.column,
                    "term-twice",
                    N_("The term “{name}” is explained already: see {path}, line {line}."),
                    hint=N_("Take one of the two out, or give them different names."),
                    name=name.words[:80],
                    path=before[0],
                    line=before[1].line,
                )


class Terms:
    """All terms of a course in one language. What a term means is rendered when it is first asked for."""

    def __init__(self, defined: Iterable[tuple[Entry, str]]) -> None:
        """``defined`` are entries with the address of the lesson they stand in."""
        self._entries: dict[str, tuple[Name, Entry, str]] = {}
        self._made: dict[str, Term] = {}
        for entry, address in defined:
            for name in entry.names:
                self._entries.setdefault(name.key, (name, entry, address))

    def get(self, words: str, language: str) -> Term | None:
        """The term, or None."""
        key = key_of(words)
        if key not in self._entries:
            return None
        if key not in self._made:
            name, entry, address = self._entries[key]
            self._made[key] = Term(name.words, _note(entry.text, language), f"{address}#{name.anchor}")
        return self._made[key]

    @cached_property
    def _nearest(self) -> Nearest:
        return Nearest(self._entries)

    def like(self, words: str) -> str:
        """The term most like these words, or nothing."""
        close = self._nearest.to(key_of(words))
        return self._entries[close][0].words if close else ""


@lru_cache(maxsize=2048)
def _note(text: str, language: str) -> str:
    html = re.sub(r"</(?:p|li|dd|h\d|td)>", " ", render(text, language=language))
    note = " ".join(unescape(re.sub(r"<[^>]*>", "", html)).split())
    return note if len(note) <= _LONGEST else note[:_LONGEST].rsplit(" ", 1)[0] + "…"


_SHOWN = re.compile(
    r'<span class="term"><span class="term-word"[^>]*>([^<]*)</span>'
    r'<span class="term-note"[^>]*>[^<]*<a href="([^"]*)">[^<]*</a></span></span>'
)


def linked(html: str) -> str:
    """Published HTML for where nothing can be pointed at, on paper or in a book: terms are links to the glossary."""
    return _SHOWN.sub(r'<a class="term" href="\2">\1</a>', html)


def shown(term: Term, words: str, id: str, language: str) -> str:
    """A term in a text: its meaning shows when it is pointed at, tapped or reached by keyboard."""
    more = WORDS.get(language.split("-")[0], WORDS["en"])["more"]
    return (
        f'<span class="term"><span class="term-word" role="term" tabindex="0" aria-describedby="{id}">{escape(words)}</span>'
        f'<span class="term-note" role="tooltip" id="{id}">{escape(term.note)} <a href="{escape(term.address)}">{more}</a></span></span>'
    )
