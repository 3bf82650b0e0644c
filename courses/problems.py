"""What is wrong with an author's file, said in sentences with a true place.

A problem keeps its sentence as an English message id with named fields and the values apart, so that whoever shows it
can translate it; ``str(problem)`` is the form editors jump from: ``path:line:column: sentence [code]``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

Severity = Literal["error", "warning"]
Translate = Callable[[str], str]


def N_(text: str) -> str:
    """Mark an English message id for the translators; the text itself is returned unchanged."""
    return text


class _Fields(dict[str, Any]):
    """Format fields in which an unknown name stays as written, so that `:::{quiz}` in a sentence is not a field."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


def _say(text: str, params: Mapping[str, Any], translate: Translate | None) -> str:
    if not text:
        return ""
    template = translate(text) if translate else text
    try:
        said = template.format_map(_Fields(params))
    except (ValueError, AttributeError, IndexError, KeyError, TypeError):
        said = template  # a stray brace in a translation must not hide the problem itself
    return " ".join(said.split("\n"))  # one problem is one line, whatever was quoted from the file


@dataclass(frozen=True)
class Problem:
    """One finding: where (``path`` in the course folder, 1-based ``line`` and ``column``), what, and what to do.

    ``text`` and ``hint`` are English message ids with ``{named}`` fields filled from ``params``. ``code`` is stable and
    lower-case with hyphens. An ``error`` stops publishing, a ``warning`` does not.
    """

    path: str
    line: int
    column: int
    code: str
    text: str
    params: Mapping[str, Any] = field(default_factory=dict, hash=False)
    hint: str = ""
    severity: Severity = "error"

    def message(self, translate: Translate | None = None) -> str:
        """The sentence with its fields filled in; ``translate`` maps the English message id to another language."""
        return _say(self.text, self.params, translate)

    def hint_text(self, translate: Translate | None = None) -> str:
        """What the author may do about it, or an empty string."""
        return _say(self.hint, self.params, translate)

    @property
    def is_error(self) -> bool:
        """True where the problem stops publishing."""
        return self.severity == "error"

    def _key(self) -> tuple[str, int, int, str, str]:
        return (self.path, self.line, self.column, self.code, self.message())

    def __lt__(self, other: Problem) -> bool:
        return self._key() < other._key()

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}: {self.message()} [{self.code}]"


def ordered(problems: Iterable[Problem]) -> list[Problem]:
    """Problems by path, line, column and code, each once."""
    result: list[Problem] = []
    for problem in sorted(problems):
        if not result or result[-1] != problem:
            result.append(problem)
    return result


class Report:
    """Collects problems of one file; ``at`` gives a report for another file that shares the same list."""

    def __init__(self, path: str = "", found: list[Problem] | None = None) -> None:
        self.path = path
        self._found: list[Problem] = [] if found is None else found

    def add(self, line: int, column: int, code: str, text: str, /, hint: str = "", **params: Any) -> None:
        """Record an error at a 1-based line and column of this report's file."""
        self._found.append(Problem(self.path, max(line, 1), max(column, 1), code, text, params, hint, "error"))

    def warn(self, line: int, column: int, code: str, text: str, /, hint: str = "", **params: Any) -> None:
        """Record a warning: worth telling the author, no reason not to publish."""
        self._found.append(Problem(self.path, max(line, 1), max(column, 1), code, text, params, hint, "warning"))

    def at(self, path: str) -> Report:
        """A report for another file; both see all problems."""
        return Report(path, self._found)

    def take(self, other: Report) -> None:
        """Add what another report found, as problems of this report's file."""
        self._found += (replace(problem, path=self.path) for problem in other._found)

    @property
    def count(self) -> int:
        """How many problems were recorded so far: to see whether a step found any."""
        return len(self._found)

    def has(self, code: str) -> bool:
        """Whether a problem with this code was recorded, in any file."""
        return any(problem.code == code for problem in self._found)

    def repeat(self, problems: Iterable[Problem]) -> None:
        """Add what was found before."""
        self._found.extend(problems)

    @property
    def problems(self) -> list[Problem]:
        """Everything found so far in all files that share this list, sorted, each once."""
        return ordered(self._found)

    @property
    def failed(self) -> bool:
        """True as soon as there is one error."""
        return any(problem.is_error for problem in self._found)
