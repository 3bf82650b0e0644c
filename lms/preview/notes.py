"""Problems shown where they are: a note in the lesson, before the paragraph or the activity whose line it is.

Rendered HTML does not know its lines. Activities do; between two of them the paragraph is the one that shares most words with
the line. A note that lands one paragraph away still names its line.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
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
Note = Callable[[str, Problem, str], str]
"""Makes the HTML of a note out of its id, the problem and the line of the file it is about."""

_TAG = re.compile(r"<(/?)([A-Za-z][\w-]*)((?:\"[^\"]*\"|'[^']*'|[^'\">])*)>")
_VOID = frozenset({"br", "hr", "img", "wbr", "col", "source", "track", "input", "mprescripts", "none"})
_WORD = re.compile(r"\w{3,}")


@dataclass(frozen=True)
class Noted:
    """A course with notes in it, and where each noted problem stands: its number among all → the address below the run's."""

    loaded: Loaded
    places: Mapping[int, str]


class Notes:
    """Puts notes into the editions of one folder; a lesson that stays as it is with its problems is not made a second time."""

    def __init__(self, folder: Path, note: Note) -> None:
        self.folder = folder
        self.note = note
        self._kept: dict[str, tuple[tuple[object, ...], tuple[Piece, ...]]] = {}

    def put(self, loaded: Loaded, kinds: Kinds) -> Noted:
        """The course with a note for every problem in a lesson's or a module's file; others have no place in it."""
        found: dict[str, list[Problem]] = {}
        for problem in loaded.problems:
            found.setdefault(problem.path, []).append(problem)
        if loaded.course is None or not found:
            return Noted(loaded, {})
        course = self._course(loaded.course, found, kinds)
        translations = {language: self._course(one, found, kinds) for language, one in loaded.translations.items()}
        pages: dict[str, str] = {}
        for one in (course, *translations.values()):
            pages |= {lesson.path: f"{lesson.module}/{lesson.id}/" for lesson in one.lessons()}
            pages |= {path: f"?module={module.id}" for module in one.modules for path in _indexes(module, one.language)}
        places = {}
        for number, problem in enumerate(loaded.problems):
            if problem.path in pages:
                place = found[problem.path].index(problem)
                places[number] = f"{pages[problem.path]}#{_id(problem.path, place)}"
        return Noted(replace(loaded, course=course, translations=translations), places)

    def _course(self, course: Course, problems: Mapping[str, Sequence[Problem]], kinds: Kinds) -> Course:
        modules = tuple(self._module(module, course.language, problems, kinds) for module in course.modules)
        return course.model_copy(update={"modules": modules})

    def _module(self, module: Module, language: str, problems: Mapping[str, Sequence[Problem]], kinds: Kinds) -> Module:
        lessons = tuple(
            lesson.model_copy(update={"body": self._body(lesson, tuple(problems[lesson.path]), kinds)})
            if lesson.path in problems
            else lesson
            for lesson in module.lessons
        )
        notes = ""
        for path in _indexes(module, language):
            if path in problems:
                lines = self._text(path).split("\n")
                notes += "".join(self._written(place, one, lines) for place, one in enumerate(problems[path]))
        return module.model_copy(update={"lessons": lessons, "description_html": notes + module.description_html})

    def _body(self, lesson: Lesson, problems: tuple[Problem, ...], kinds: Kinds) -> tuple[Piece, ...]:
        text = self._text(lesson.path)
        made_from = (text, lesson.body, problems)
        before, body = self._kept.get(lesson.path, ((), ()))
        if before != made_from:
            parts = split(text, Report())
            directives = scan(parts.body, parts.body_line, kinds, Report()).directives
            page = _Page(lesson, text.split("\n"), parts.body_line, directives)
            notes: dict[tuple[int, int], str] = {}
            for number, problem in enumerate(problems):
                place = page.place(problem.line)
                notes[place] = notes.get(place, "") + self._written(number, problem, page.lines)
            body = _put(lesson.body, notes)
            self._kept[lesson.path] = (made_from, body)
        return body

    def _written(self, number: int, problem: Problem, lines: Sequence[str]) -> str:
        line = lines[problem.line - 1] if problem.line <= len(lines) else ""
        return self.note(_id(problem.path, number), problem, line)

    def _text(self, path: str) -> str:
        with suppress(OSError):  # a file that is gone by now has no lines
            return read_text(self.folder / path, path).text or ""
        return ""


def _id(path: str, number: int) -> str:
    """Of the note of a problem, by its number in its file. Several modules' files share a page."""
    name = PurePosixPath(path)
    if not name.name.startswith("index."):
        return f"problem-{number + 1}"
    return f"problem-{re.sub(r'[^a-z0-9]+', '-', str(name.parent).lower())}-{number + 1}"


def _indexes(module: Module, language: str) -> Sequence[str]:
    """Where a module's own words are."""
    if not module.lessons:
        return ()
    folder = PurePosixPath(module.lessons[0].path).parent
    return f"{folder}/index.md", f"{folder}/index.{language}.md"


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
        self._outermost: dict[int, list[tuple[int, str]]] = {}
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
            (number, at, written)
            for number in range(first, beyond)
            if not self._body[number].block
            for at, written in self._elements(number)
        ]
        if not parts:
            return beyond, 0
        sought = self._words(line)
        expected = (line - begin) / max(end - begin + 1, 1) * len(parts)
        best = max(
            range(len(parts)),
            key=lambda place: (sum(word in parts[place][2] for word in sought), -abs(place + 0.5 - expected), -place),
        )
        return parts[best][:2]

    def _elements(self, number: int) -> list[tuple[int, str]]:
        if number not in self._outermost:
            self._outermost[number] = _elements(self._body[number].html)
        return self._outermost[number]

    def _words(self, line: int) -> frozenset[str]:
        """What can be found again on the page: the words of the line or, within a block, of the whole block."""
        for directive in self._directives:
            if directive.line <= line <= directive.end:
                return _words(f"{directive.title} {directive.body}")
        return _words(self.lines[line - 1]) if line <= len(self.lines) else frozenset()


def _words(text: str) -> frozenset[str]:
    return frozenset(word.lower() for word in _WORD.findall(text))


def _elements(html: str) -> list[tuple[int, str]]:
    """The outermost elements: where each begins, and what is written in it, in small letters."""
    found: list[tuple[int, str]] = []
    depth = begin = 0
    for tag in _TAG.finditer(html):
        closing, name = tag[1], tag[2].lower()
        if not depth and not closing:
            begin = tag.start()
        if name not in _VOID:
            depth = max(depth + (-1 if closing else 1), 0)
        if not depth:
            found.append((begin, html[begin : tag.end()].lower()))
            begin = tag.end()
    return found
