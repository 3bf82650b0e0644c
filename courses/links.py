"""Where the links of a course's texts lead: other lessons, activities, files beside the text, or the world outside."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from urllib.parse import unquote

from courses.folder import Folder
from courses.html import ID_PREFIX
from courses.problems import N_, Report
from courses.tree import Media

BASE = "/@course/"
"""Begins every link inside a course; the server puts the address of the run in its place."""

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


@dataclass
class Register:
    """What links may lead to, shared by all files of a course: paths, ids of activities, what was used."""

    folder: Folder
    targets: Mapping[str, Target]
    blocks: Mapping[str, str]
    kinds: frozenset[str]
    media: dict[str, Media] = field(default_factory=dict)
    anchors: list[Anchor] = field(default_factory=list)

    @property
    def schemes(self) -> frozenset[str]:
        """Link schemes of ours: ``activity:id``, or the kind's name for the same."""
        return frozenset({"activity"} | {kind for kind in self.kinds if _SCHEME.fullmatch(f"{kind}:")})


class Links:
    """Resolves the links of one file and reports those that lead nowhere."""

    def __init__(self, register: Register, path: str, report: Report) -> None:
        self.register = register
        self.path = path
        self.report = report

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
        target = self.register.targets.get(path)
        if target is None and not path.endswith(".md"):
            target = self.register.targets.get(posixpath.join(path, "index.md"))
        if target is not None and tag == "a":
            return self._page(target, anchor, line, column)
        found = self.register.folder.media(path) if not path.endswith(".md") else None
        if found:
            name, media = found
            self.register.media[name] = media
            return f"/media/{name}"
        picture = tag in ("img", "audio", "video", "source", "track")
        close = get_close_matches(path, self.register.targets, 1, 0.7) if not picture else []
        self.report.add(
            line,
            column,
            "media-missing" if picture or not path.endswith(".md") else "link-missing",
            N_("There is no file {address} here."),
            hint=N_("Did you mean {close}?")
            if close
            else N_("A path begins at the file it is written in; capital and small letters differ."),
            address=address,
            close=posixpath.relpath(close[0], posixpath.dirname(self.path) or ".") if close else "",
        )
        return None

    def _page(self, target: Target, anchor: str, line: int, column: int) -> str:
        if not target.lesson:
            return BASE
        address = f"{BASE}{target.module}/{target.lesson}/"
        if not anchor:
            return address
        if self.register.blocks.get(anchor) == target.lesson:
            return f"{address}#{anchor}"
        anchor = re.sub(r"\s+", "-", anchor if anchor.startswith(ID_PREFIX) else ID_PREFIX + anchor)
        self.register.anchors.append(Anchor(self.path, line, column, target.lesson, anchor))
        return f"{address}#{anchor}"

    def _activity(self, id: str, line: int, column: int) -> str | None:
        if id in self.register.blocks:
            return f"{BASE}activities/{id}/"
        close = get_close_matches(id, self.register.blocks, 1)
        self.report.add(
            line,
            column,
            "link-missing",
            N_("There is no activity “{id}” in this course."),
            hint=N_("Did you mean “{close}”?") if close else "",
            id=id,
            close=close[0] if close else "",
        )
        return None
