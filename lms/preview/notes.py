"""Problems shown where they are: a note in the lesson, before the paragraph or the activity whose line it is.

Rendered HTML does not know its lines. Activities do; between two of them the paragraph is the one that shares most words with
the line. A note that lands one paragraph away still names its line.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from html import unescape
from pathlib import Path, PurePosixPath
from typing import Any

from courses.blocks import BlockKind
from courses.folder import read_text
from courses.frontmatter import split
from courses.load import Loaded
from courses.page import id_of
from courses.problems import Problem, Report
from courses.scan import Directive, scan
from courses.tree import Course, Lesson, Module, Piece

Kinds = Mapping[str, BlockKind[Any]]
Note = Callable[[int, Problem, str], str]
"""Makes the HTML of a note out of the number of a problem, the problem and the line of the file it is about."""

_TAG = re.compile(r"<(/?)([A-Za-z][\w-]*)((?:\"[^\"]*\"|'[^']*'|[^'\">])*)>")
_VOID = frozenset({"br", "hr", "img", "wbr", "col", "source", "track", "input", "mprescripts", "none"})
_WRITTEN = re.compile(r"(?:alt|title|href|src)=\"([^\"]*)\"")
_WORD = re.compile(r"\w{2,}")


@dataclass(frozen=True)
class Noted:
    """A course with notes in it, and where each noted problem stands: its number → the address below the run's."""

    loaded: Loaded
    places: Mapping[int, str]


def with_notes(loaded: Loaded, folder: Path, kinds: Kinds, note: Note) -> Noted:
    """The course with a note for every problem in a lesson's or a module's file; problems elsewhere have no place in it."""
    found: dict[str, list[tuple[int, Problem]]] = {}
    for number, problem in enumerate(loaded.problems):
        found.setdefault(problem.path, []).append((number, problem))
    if loaded.course is None or not found:
        return Noted(loaded, {})
    making = _Making(folder, kinds, note, found)
    course = making.course(loaded.course)
    translations = {language: making.course(one) for language, one in loaded.translations.items()}
    return Noted(replace(loaded, course=course, translations=translations), making.places)


class _Making:
    def __init__(
        self, folder: Path, kinds: Kinds, note: Note, problems: Mapping[str, Sequence[tuple[int, Problem]]]
    ) -> None:
        self.folder, self.kinds, self.note, self.problems = folder, kinds, note, problems
        self.places: dict[int, str] = {}
        self._texts: dict[str, str] = {}

    def course(self, course: Course) -> Course:
        return course.model_copy(
            update={"modules": tuple(self._module(module, course.language) for module in course.modules)}
        )

    def _module(self, module: Module, language: str) -> Module:
        lessons = tuple(self._lesson(lesson) for lesson in module.lessons)
        notes = ""
        folder = PurePosixPath(module.lessons[0].path).parent if module.lessons else None
        for name in ("index.md", f"index.{language}.md") if folder else ():
            for number, problem in self.problems.get(f"{folder}/{name}", ()):
                notes += self._noted(number, problem, self._lines(problem.path))
                self.places.setdefault(number, f"?module={module.id}")
        if lessons == module.lessons and not notes:
            return module
        return module.model_copy(update={"lessons": lessons, "description_html": notes + module.description_html})

    def _lesson(self, lesson: Lesson) -> Lesson:
        problems = self.problems.get(lesson.path, ())
        if not problems:
            return lesson
        text = self._text(lesson.path)
        parts = split(text, Report())
        directives = scan(parts.body, parts.body_line, self.kinds, Report()).directives
        page = _Page(lesson, text.split("\n"), parts.body_line, directives)
        notes: dict[tuple[int, int], str] = {}
        for number, problem in problems:
            place = page.place(problem.line)
            notes[place] = notes.get(place, "") + self._noted(number, problem, page.lines)
            self.places.setdefault(number, f"{lesson.module}/{lesson.id}/")
        return lesson.model_copy(update={"body": _put(lesson.body, notes)})

    def _noted(self, number: int, problem: Problem, lines: Sequence[str]) -> str:
        return self.note(number, problem, lines[problem.line - 1] if problem.line <= len(lines) else "")

    def _lines(self, path: str) -> list[str]:
        return self._text(path).split("\n")

    def _text(self, path: str) -> str:
        if path not in self._texts:
            self._texts[path] = ""
            with suppress(OSError):  # a file that is gone by now has no lines
                self._texts[path] = read_text(self.folder / path, path).text or ""
        return self._texts[path]


def _put(body: Sequence[Piece], notes: Mapping[tuple[int, int], str]) -> tuple[Piece, ...]:
    """The pieces with notes at (number of the piece, place in its HTML)."""
    found: list[Piece] = []
    for number, piece in enumerate([*body, Piece()]):
        begin = 0
        for (_, at), html in sorted(item for item in notes.items() if item[0][0] == number):
            found += [Piece(html=piece.html[begin:at])] if at > begin else []
            found.append(Piece(html=html))
            begin = at
        rest = piece.model_copy(update={"html": piece.html[begin:]})
        found += [rest] if rest.html or rest.block else []
    return tuple(found)


class _Page:
    """Which place of a rendered lesson belongs to a line of its file."""

    def __init__(self, lesson: Lesson, lines: list[str], first: int, directives: Sequence[Directive]) -> None:
        self.lines = lines
        self._body = lesson.body
        self._first = first
        self._directives = directives
        pieces = {piece.block: number for number, piece in enumerate(lesson.body) if piece.block}
        self._activities = [
            (directive.line, directive.end, pieces[id])
            for directive in directives
            if (id := id_of(directive)) in pieces
        ]

    def place(self, line: int) -> tuple[int, int]:
        """Number of the piece and place in its HTML, before which a note about this line stands."""
        if line < self._first:
            return 0, 0
        begin, end, first, beyond = self._first, len(self.lines), 0, len(self._body)
        for opened, closed, piece in self._activities:
            if opened <= line <= closed:
                return piece, 0
            if closed < line:
                begin, first = closed + 1, piece + 1
            elif line < opened:
                end, beyond = opened - 1, piece
                break
        parts = [
            (number, at, words)
            for number in range(first, beyond)
            if not self._body[number].block
            for at, words in _elements(self._body[number].html)
        ]
        if not parts:
            return beyond, 0
        sought = self._words(line)
        expected = (line - begin) / max(end - begin + 1, 1) * len(parts)
        best = max(
            range(len(parts)), key=lambda place: (len(sought & parts[place][2]), -abs(place + 0.5 - expected), -place)
        )
        return parts[best][:2]

    def _words(self, line: int) -> frozenset[str]:
        """What can be found again on the page: the words of the line or, within a block, of the whole block."""
        for directive in self._directives:
            if directive.line <= line <= directive.end:
                return _words(f"{directive.title} {directive.body}")
        return _words(self.lines[line - 1]) if line <= len(self.lines) else frozenset()


def _words(text: str) -> frozenset[str]:
    return frozenset(word.lower() for word in _WORD.findall(text))


def _elements(html: str) -> list[tuple[int, frozenset[str]]]:
    """The outermost elements: where each begins, and its words (with those of links and alternative texts)."""
    found: list[tuple[int, frozenset[str]]] = []
    depth = begin = 0
    for tag in _TAG.finditer(html):
        closing, name = tag[1], tag[2].lower()
        if not depth and not closing:
            begin = tag.start()
        if name not in _VOID:
            depth = max(depth + (-1 if closing else 1), 0)
        if not depth:
            written = html[begin : tag.end()]
            words = _TAG.sub(lambda inner: f" {' '.join(_WRITTEN.findall(inner[3]))} ", written)
            found.append((begin, _words(unescape(words))))
            begin = tag.end()
    return found
