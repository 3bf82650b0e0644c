"""Where the links of a course's texts lead: other lessons, activities, files beside the text, or the world outside."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, wraps
from typing import Any, Concatenate, ParamSpec, TypeVar
from urllib.parse import unquote

from courses.folder import Folder, Source, plain_name
from courses.glossary import Term, Terms
from courses.html import ID_PREFIX
from courses.nearest import Nearest
from courses.problems import N_, Report
from courses.tree import Media

BASE = "/@course/"
"""Begins every link inside a course; the server puts the address of the run in its place."""

P = ParamSpec("P")
T = TypeVar("T")

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")


@dataclass(frozen=True)
class Target:
    """What a Markdown file is published as: ``lesson`` is empty for a module's index and for ``course.md``."""

    module: str = ""
    lesson: str = ""


@dataclass(frozen=True)
class Anchor:
    """A link to a place in a lesson, to be checked when all lessons are rendered."""

    path: str
    line: int
    column: int
    lesson: str
    anchor: str


Asked = dict[tuple[Any, ...], Any]
"""Questions, as the name of a method of ``Register`` and its arguments, with the answers they got."""


def question(method: Callable[Concatenate[Register, P], T]) -> Callable[Concatenate[Register, P], T]:
    """Marks a method of ``Register`` as a question: while somebody listens it is noted with its answer.

    What is asked must be hashable, what is answered comparable, and both of plain positional values.
    """

    @wraps(method)
    def asked(self: Register, /, *args: P.args, **kwargs: P.kwargs) -> T:
        answer = method(self, *args, **kwargs)
        if self._heard is not None:
            self._heard[(method.__name__, *args)] = answer
        return answer

    return asked


class Register:
    """What a text may ask about the rest of its course: where paths and ids lead, and what lies beside the text.

    A page is kept from one load to the next with what it asked here (``courses.memory``), so it is of nothing but its
    file and these answers: whatever else a text may come to depend on must become a ``question``.
    """

    def __init__(
        self,
        folder: Folder,
        targets: Mapping[str, Target],
        blocks: Mapping[str, str],
        kinds: frozenset[str],
        names: Mapping[str, str] | None = None,
        modules: Mapping[str, str] | None = None,
        terms: Mapping[str, Terms] | None = None,
        nearest: Callable[[Iterable[str], float], Nearest] = Nearest,
    ) -> None:
        """``names`` are the present ids of lessons and activities by former ones, ``modules`` the same for modules,
        ``terms`` the glossary by language; ``nearest`` makes the guesses at what was meant."""
        self._names = names or {}
        self._modules = modules or {}
        self._terms = terms or {}
        self._folder = folder
        self._targets = targets
        self._blocks = blocks
        self._like_path = nearest(targets, 0.7)
        self._like_activity = nearest(blocks, 0.6)
        self._own: dict[str, set[str]] = {}
        for id, home in blocks.items():
            self._own.setdefault(home, set()).add(id)
        self._heard: Asked | None = None
        self.schemes = frozenset({"activity"} | {kind for kind in kinds if _SCHEME.fullmatch(f"{kind}:")})
        """Link schemes of ours: ``activity:id``, or the kind's name for the same."""

    @contextmanager
    def listening(self) -> Iterator[Asked]:
        """Collects the questions asked meanwhile."""
        heard: Asked = {}
        self._heard = heard
        try:
            yield heard
        finally:
            self._heard = None

    def still(self, asked: Asked) -> bool:
        """Whether the same questions get the same answers today."""
        return all(getattr(self, name)(*args) == answer for (name, *args), answer in asked.items())

    @question
    def target(self, path: str) -> Target | None:
        """What the Markdown file with this path is published as."""
        return self._targets.get(path)

    @question
    def present(self, id: str) -> str:
        """The present id of the lesson or activity that has, or once had, this one; any other as it is."""
        return self._names.get(id, id)

    @question
    def former(self, path: str) -> Target | None:
        """What a path led to before its lesson or module got another name, if that is said among the aliases."""
        module, _, name = path.rpartition("/")
        lesson = self._names.get(plain_name(posixpath.splitext(name)[0]))
        folder = self._modules.get(plain_name(module))
        found = [self._places.get(("lesson", lesson)), self._places.get((folder, name))]
        first = min((place for place in found if place is not None), key=lambda place: place[0], default=None)
        return first[1] if first is not None else None

    @cached_property
    def _places(self) -> dict[tuple[str | None, str | None], tuple[int, Target]]:
        """Every target by its lesson, and by its module and the name of its file, with its place in the course."""
        places: dict[tuple[str | None, str | None], tuple[int, Target]] = {}
        for number, (path, target) in enumerate(self._targets.items()):
            if target.lesson:
                places.setdefault(("lesson", target.lesson), (number, target))
            places.setdefault((target.module, posixpath.basename(path)), (number, target))
        return places

    @question
    def media(self, path: str) -> tuple[str, Media] | None:
        """The published name and facts of a file beside the texts."""
        return self._folder.media(path)

    @question
    def part(self, path: str) -> Source | None:
        """What a file to be put into a text holds."""
        return self._folder.part(path)

    @question
    def term(self, language: str, words: str) -> Term | None:
        """A term of the glossary."""
        return self._terms[language].get(words, language) if language in self._terms else None

    @question
    def like_term(self, language: str, words: str) -> str:
        """The term most like these words, or nothing."""
        return self._terms[language].like(words) if language in self._terms else ""

    @question
    def home(self, activity: str) -> str | None:
        """The id of the lesson an activity stands in."""
        return self._blocks.get(activity)

    @question
    def own(self, lesson: str) -> frozenset[str]:
        """The ids of the activities of a lesson."""
        return frozenset(self._own.get(lesson, ()))

    @question
    def like_path(self, path: str) -> str:
        """The text of the course whose path is most like this one, or nothing."""
        return self._like_path.to(path)

    @question
    def like_activity(self, id: str) -> str:
        """The activity whose id is most like this one, or nothing."""
        return self._like_activity.to(id)


class Links:
    """Resolves the links of one file and reports those that lead nowhere; ``media`` and ``anchors`` are what it used."""

    def __init__(self, register: Register, path: str, report: Report) -> None:
        self.register = register
        self.path = path
        self.report = report
        self.media: dict[str, Media] = {}
        self.anchors: list[Anchor] = []

    def __call__(self, address: str, tag: str, line: int, column: int) -> str | None:
        """The address to publish, or None where there is nothing to lead to."""
        scheme = _SCHEME.match(address)
        if scheme:
            if scheme[1].lower() in self.register.schemes:
                return self._activity(address[scheme.end() :].strip("/"), line, column)
            return address
        if address.startswith("//"):
            return address
        if address.startswith("/"):
            self.report.warn(
                line,
                column,
                "link-absolute",
                N_("The link {address} begins with a slash, so it leads out of the course."),
                hint=N_("Links inside a course begin at the file they stand in: ../02-module/01-lesson.md"),
                address=address,
            )
            return address
        path, _, anchor = address.partition("#")
        path, _, _ = path.partition("?")
        path = posixpath.normpath(posixpath.join(posixpath.dirname(self.path), unquote(path)))
        if path == ".." or path.startswith("../") or "\x00" in path:
            self.report.add(
                line, column, "link-outside", N_("{address} lies outside of the course folder."), address=address
            )
            return None
        return self._inside(path, unquote(anchor), address, tag, line, column)

    def _inside(self, path: str, anchor: str, address: str, tag: str, line: int, column: int) -> str | None:
        target = self.register.target(path)
        if target is None and not path.endswith(".md"):
            target = self.register.target(posixpath.join(path, "index.md"))
        if target is None and path.endswith(".md"):
            target = self.register.former(path)
        if target is not None and tag == "a":
            return self._page(target, anchor, line, column)
        found = self.register.media(path) if not path.endswith(".md") else None
        if found:
            name, media = found
            self.media[name] = media
            return f"/media/{name}"
        picture = tag in ("img", "audio", "video", "source", "track")
        close = self.register.like_path(path) if not picture else ""
        self.report.add(
            line,
            column,
            "media-missing" if picture or not path.endswith(".md") else "link-missing",
            N_("There is no file {address} here."),
            hint=N_("Did you mean {close}?")
            if close
            else N_("A path begins at the file it is written in; capital and small letters differ."),
            address=address,
            close=posixpath.relpath(close, posixpath.dirname(self.path) or ".") if close else "",
        )
        return None

    def _page(self, target: Target, anchor: str, line: int, column: int) -> str:
        if not target.lesson:
            return BASE
        address = f"{BASE}{target.module}/{target.lesson}/"
        if not anchor:
            return address
        anchor = self.register.present(anchor)
        if self.register.home(anchor) == target.lesson:
            return f"{address}#{anchor}"
        anchor = re.sub(r"\s+", "-", anchor if anchor.startswith(ID_PREFIX) else ID_PREFIX + anchor)
        self.anchors.append(Anchor(self.path, line, column, target.lesson, anchor))
        return f"{address}#{anchor}"

    def _activity(self, id: str, line: int, column: int) -> str | None:
        id = self.register.present(id)
        if self.register.home(id) is not None:
            return f"{BASE}activities/{id}/"
        close = self.register.like_activity(id)
        self.report.add(
            line,
            column,
            "link-missing",
            N_("There is no activity “{id}” in this course."),
            hint=N_("Did you mean “{close}”?") if close else "",
            id=id,
            close=close,
        )
        return None
