"""Problems of courses as people and programs read them: lines an editor jumps from, JSON, annotations of GitHub."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from courses.problems import Problem
from lms.i18n import gettext, ngettext

FORMATS = ("text", "json", "github")


def placed(problems: Iterable[Problem], folder: Path) -> Iterator[tuple[str, Problem]]:
    """Every problem with the path one can open from where the command was given."""
    for problem in problems:
        yield (folder / problem.path).as_posix(), problem


def written(found: Iterable[tuple[str, Problem]], form: str) -> Iterator[str]:
    """The lines of a report in one of `FORMATS`."""
    if form == "json":
        yield json.dumps([row(path, problem) for path, problem in found], ensure_ascii=False, indent=2)
        return
    for path, problem in found:
        if form == "github":
            yield _annotation(path, problem)
        else:
            yield from _lines(path, problem)


def summary(problems: Iterable[Problem], ignored: int = 0) -> str:
    """How many there are of each severity, in words."""
    severities = [problem.severity for problem in problems]
    parts = [
        ngettext("{n} error", "{n} errors", severities.count("error")),
        ngettext("{n} warning", "{n} warnings", severities.count("warning")),
    ]
    if ignored:
        parts.append(ngettext("{n} ignored with a reason", "{n} ignored with a reason", ignored))
    return ", ".join(parts)


def row(path: str, problem: Problem) -> dict[str, str | int]:
    """A problem as plain values."""
    return {
        "path": path,
        "line": problem.line,
        "column": problem.column,
        "code": problem.code,
        "severity": problem.severity,
        "message": problem.message(gettext),
        "hint": problem.hint_text(gettext),
    }


def _lines(path: str, problem: Problem) -> Iterator[str]:
    note = "" if problem.is_error else gettext("warning") + ": "
    yield f"{path}:{problem.line}:{problem.column}: {note}{problem.message(gettext)} [{problem.code}]"
    if hint := problem.hint_text(gettext):
        yield f"    {hint}"


def _annotation(path: str, problem: Problem) -> str:
    """A workflow command: GitHub shows it at the line of the change it stands in."""
    where = f"file={_property(path)},line={problem.line},col={problem.column},title={_property(problem.code)}"
    words = "\n".join(filter(None, (problem.message(gettext), problem.hint_text(gettext))))
    return f"::{problem.severity} {where}::{_escaped(words)}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")
