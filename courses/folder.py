"""The folder of a course: which files it has, what they hold, and nothing outside of it."""

from __future__ import annotations

import codecs
import hashlib
import mimetypes
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from urllib.parse import quote

from courses.memory import Memory, of_file
from courses.problems import N_, Problem, Report
from courses.scan import without_markers
from courses.tree import Media

_MAX_TEXT = 1_000_000
_MAX_MEDIA = 500_000_000
_TRANSLATED = re.compile(r"(?P<stem>.+)\.(?P<language>[a-z]{2}(?:-[A-Za-z]{2,4})?)")
_NUMBER = re.compile(r"(\d+)[-_. ]*")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u0085\u2028\u2029\ufffe\uffff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_IGNORED = {"readme", "license", "licence", "contributing", "changelog", "code_of_conduct"}

# a table of our own: what the machine at hand has in /etc/mime.types must not change a course
_TYPES = mimetypes.MimeTypes()
for _type, _ending in (
    ("image/webp", ".webp"),
    ("image/avif", ".avif"),
    ("audio/ogg", ".ogg"),
    ("audio/mp4", ".m4a"),
    ("video/webm", ".webm"),
    ("text/vtt", ".vtt"),
    ("text/markdown", ".md"),
    ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".docx"),
    ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx"),
    ("application/vnd.openxmlformats-officedocument.presentationml.presentation", ".pptx"),
    ("application/vnd.oasis.opendocument.text", ".odt"),
    ("application/vnd.oasis.opendocument.spreadsheet", ".ods"),
    ("application/vnd.oasis.opendocument.presentation", ".odp"),
):
    _TYPES.add_type(_type, _ending)


def plain_name(stem: str) -> str:
    """A file's or folder's name without the number that orders it."""
    return _NUMBER.sub("", stem, count=1) if _NUMBER.match(stem) and not stem.isdigit() else stem


def _order(name: str) -> tuple[float, str]:
    number = _NUMBER.match(name)
    return (float(int(number[1][:18])) if number else float("inf"), name)


@dataclass(frozen=True)
class Source:
    """A file's text (None if it could not be read) and what is wrong with it as a text."""

    text: str | None
    problems: tuple[Problem, ...] = ()


@dataclass
class Text:
    """One text in its languages: path in the course folder by language, "" being the main one."""

    stem: str
    paths: dict[str, str] = field(default_factory=dict)


@dataclass
class ModuleFolder:
    """A module's folder: its ``index.md`` and lessons in order."""

    name: str
    index: Text
    lessons: list[Text] = field(default_factory=list)


@dataclass
class Layout:
    """All texts of a course."""

    course: Text
    modules: list[ModuleFolder] = field(default_factory=list)
    strays: list[str] = field(default_factory=list)
    """Paths of Markdown files that are no lessons; some of them may be put into lessons."""
    shelved: list[str] = field(default_factory=list)
    """Paths of Markdown files on shelves: blocks open those they speak of."""

    def languages(self) -> list[str]:
        """Every language but the main one that some file is written in."""
        texts = [self.course, *(text for module in self.modules for text in (module.index, *module.lessons))]
        return sorted({language for text in texts for language in text.paths if language})


class Folder:
    """Reads a course's files. Paths are relative to the folder, with forward slashes; nothing outside is opened."""

    def __init__(self, root: Path, report: Report, memory: Memory) -> None:
        self.root = root
        self.report = report
        self.memory = memory
        self._real = root.resolve()
        self._media: dict[str, Media | None] = {}
        self._inside: dict[Path, bool] = {}

    def inside(self, path: Path) -> bool:
        """Whether a path, links followed, still lies in the course folder."""
        try:
            if path.is_symlink():
                return path.resolve().is_relative_to(self._real)
            if path.parent not in self._inside:  # what is no link lies where its folder does
                self._inside[path.parent] = path.parent.resolve().is_relative_to(self._real)
            return self._inside[path.parent]
        except (OSError, RuntimeError, ValueError):
            return False

    def _entries(self, path: Path, under: str) -> Iterator[tuple[str, str, os.DirEntry[str]]]:
        """(name, path in the course, entry on disk) of what may be read here, in order; the rest is reported.

        ``path`` lies in the course, so of its entries only links can lead out of it.
        """
        try:
            with os.scandir(path) as entries:
                found = sorted(entries, key=lambda entry: _order(entry.name))
        except OSError as error:
            self._unreadable(under or ".", error)
            return
        for entry in found:
            name = f"{under}/{entry.name}" if under else entry.name
            if entry.name.startswith((".", "_")):
                continue
            if _SURROGATE.search(entry.name):
                self.report.at(quote(name, errors="surrogateescape")).add(
                    1, 1, "file-name", N_("The name of this file is not UTF-8.")
                )
            elif entry.is_symlink() and not self.inside(Path(entry.path)):
                self._outside(name)
            else:
                yield entry.name, name, entry

    def _outside(self, name: str) -> None:
        self.report.at(name).add(
            1,
            1,
            "path-outside",
            N_("This is a link to something outside of the course folder, which is never read."),
            hint=N_("Copy the file into the course."),
        )

    def _unreadable(self, name: str, error: OSError) -> None:
        self.report.at(name).add(
            1, 1, "file-unreadable", N_("The file cannot be read: {error}."), error=error.strerror or "?"
        )

    def layout(self, shelves: frozenset[str] = frozenset()) -> Layout | None:
        """The course's texts, or None if there is no ``course.md``. ``shelves`` are names of folders that hold no lessons."""
        layout = Layout(Text("course"))
        if not self.root.is_dir():
            self.report.at("course.md").add(1, 1, "course-missing", N_("There is no such folder."))
            return None
        for name, path, entry in self._entries(self.root, ""):
            if entry.is_dir() and name in shelves:
                texts = self._entries(Path(entry.path), name)
                layout.shelved += [at for file, at, one in texts if file.endswith(".md") and self._is_file(one, at)]
            elif entry.is_dir() and not name.endswith(".md"):
                module = self._module(name, Path(entry.path), layout.strays)
                if module:
                    layout.modules.append(module)
            elif name.endswith(".md") and self._is_file(entry, path):
                stem, language = self._stem(name)
                if stem == "course":
                    layout.course.paths[language] = path
                elif stem.lower() not in _IGNORED:
                    layout.strays.append(path)
        if "" not in layout.course.paths:
            self.report.at("course.md").add(
                1,
                1,
                "course-missing",
                N_("The folder has no course.md, so it is not a course."),
                hint=N_("Create course.md with a title between --- lines."),
            )
            return None
        return layout

    def _is_file(self, entry: os.DirEntry[str], path: str) -> bool:
        if entry.is_file():
            return True
        self.report.at(path).add(1, 1, "not-a-file", N_("This is not a file, though its name ends in .md."))
        return False

    def _stem(self, name: str) -> tuple[str, str]:
        match = _TRANSLATED.fullmatch(name.removesuffix(".md"))
        return (match["stem"], match["language"]) if match else (name.removesuffix(".md"), "")

    def strays(self, paths: Iterable[str]) -> None:
        """Report files that are part of no lesson."""
        for path in paths:
            self.report.at(path).warn(
                1,
                1,
                "file-ignored",
                N_("This file is no part of the course: lessons lie in the folder of a module."),
                hint=N_("Move it to a folder such as 01-start, or remove it."),
            )

    def unopened(self, paths: Iterable[str]) -> None:
        """Report files that lie ready for blocks and are used by none."""
        for path in paths:
            self.report.at(path).warn(
                1,
                1,
                "file-unused",
                N_("No activity of the course uses this file."),
                hint=N_("Name it in the activity it is meant for, or remove it."),
            )

    def _module(self, name: str, folder: Path, strays: list[str]) -> ModuleFolder | None:
        index, lessons = Text("index"), dict[str, Text]()
        for entry_name, path, entry in self._entries(folder, name):
            if entry_name.endswith(".md") and self._is_file(entry, path):
                stem, language = self._stem(entry_name)
                if stem == "index":
                    index.paths[language] = path
                elif stem.lower() not in _IGNORED:
                    lessons.setdefault(stem, Text(stem)).paths[language] = path
            elif entry.is_dir() and entry_name != "media":
                strays += [p for n, p, e in self._entries(Path(entry.path), path) if n.endswith(".md") and e.is_file()]
        if not index.paths and not lessons:
            return None  # pictures and such
        if "" not in index.paths:
            self.report.at(f"{name}/index.md").add(
                1,
                1,
                "module-index-missing",
                N_("The folder “{name}” holds lessons but has no index.md."),
                hint=N_("Create {name}/index.md with a title between --- lines."),
                name=name,
            )
        return ModuleFolder(name, index, self._with_main(lessons))

    def _with_main(self, lessons: dict[str, Text]) -> list[Text]:
        kept = []
        for stem, text in lessons.items():
            if "" in text.paths:
                kept.append(text)
                continue
            for path in text.paths.values():
                self.report.at(path).add(
                    1,
                    1,
                    "translation-orphan",
                    N_("This translates a lesson that is not there."),
                    hint=N_("The lesson in the course's own language is expected in {stem}.md."),
                    stem=stem,
                )
        return sorted(kept, key=lambda text: _order(text.stem))

    def part(self, path: str) -> Source | None:
        """What a file to be put into another holds; None if it is not there, or not in the course."""
        file = self.root / path
        try:
            there = self.inside(file) and file.is_file()
        except (OSError, ValueError):
            there = False
        return self.read(path) if there else None

    def beside(self) -> Iterator[str]:
        """Paths of the files that are there to be shown: all below a folder ``media``, elsewhere pictures, sound and video.

        Names that are hidden, begin with an underscore or are not UTF-8 are left out, and links are not followed.
        """
        for folder, folders, files in os.walk(self.root):
            folders[:] = sorted(name for name in folders if not name.startswith((".", "_")))
            under = Path(folder).relative_to(self.root)
            shown = "media" in under.parts
            for name in sorted(files):
                kind = _TYPES.guess_type(name)[0] or ""
                if name.startswith((".", "_")) or name.endswith(".md") or _SURROGATE.search(name):
                    continue
                if not (shown or kind.startswith(("image/", "audio/", "video/"))):
                    continue
                path = (under / name).as_posix()
                if (self.root / path).is_symlink() and not self.inside(self.root / path):
                    self._outside(path)
                else:
                    yield path

    def read(self, path: str) -> Source:
        """What a file holds. A file that cannot be read has no text, and a problem that says so."""
        file = self.root / path
        try:
            return of_file(self.memory, path, file, lambda: read_text(file, path))
        except OSError as error:
            report = Report(path)
            report.add(1, 1, "file-unreadable", N_("The file cannot be read: {error}."), error=error.strerror or "?")
            return Source(None, tuple(report.problems))

    def media(self, path: str) -> tuple[str, Media] | None:
        """The published name (first 32 hex digits of the hash, the ending) and facts of a file; None if not there."""
        if path not in self._media:
            self._media[path] = self._media_of(path)
        media = self._media[path]
        return (media_name(media), media) if media else None

    def _media_of(self, path: str) -> Media | None:
        file = self.root / path
        try:
            if not self.inside(file) or not file.is_file() or file.stat().st_size > _MAX_MEDIA:
                return None
            return of_file(self.memory, path, file, lambda: _facts(file, path))
        except (OSError, ValueError):
            return None


def read_text(file: Path, path: str) -> Source:
    """A text file as the course's text ``path``: line ends become ``\\n``, a BOM is dropped. Raises ``OSError``."""
    report = Report(path)
    raw = file.read_bytes()
    if len(raw) > _MAX_TEXT:
        report.add(
            1, 1, "file-too-large", N_("The file has {size} bytes; at most {most} are read."),
            size=len(raw), most=_MAX_TEXT,
        )  # fmt: skip
        raw = raw[:_MAX_TEXT]
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n")
        report.add(
            before.count("\n") + 1,
            len(before) - before.rfind("\n"),
            "encoding",
            N_("The file is not UTF-8 from here on."),
            hint=N_("Save it as UTF-8; a file from Windows is often in windows-1251."),
        )
        text = raw.decode("utf-8-sig", "replace")
    if raw.startswith(codecs.BOM_UTF8) or "\ufeff" in text:
        place = -1 if raw.startswith(codecs.BOM_UTF8) else text.index("\ufeff")
        report.warn(
            text.count("\n", 0, max(place, 0)) + 1,
            place - text.rfind("\n", 0, max(place, 0)) if place >= 0 else 1,
            "bom",
            N_("There is an invisible byte order mark here."),
            hint=N_("Save the file as “UTF-8 without BOM”: other programs take the mark for a letter."),
        )
        text = text.replace("\ufeff", "")
    text = without_markers(text.replace("\r\n", "\n").replace("\r", "\n"))
    control = _CONTROL.search(text)
    if control:
        report.add(
            text.count("\n", 0, control.start()) + 1,
            control.start() - text.rfind("\n", 0, control.start()),
            "control-character",
            N_("There is an invisible character here that no text may hold."),
        )
        text = _CONTROL.sub(" ", text)
    return Source(text, tuple(report.problems))


def _facts(file: Path, path: str) -> Media:
    with file.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    kind = _TYPES.guess_type(file.name)[0] or "application/octet-stream"
    return Media(path=path, sha256=digest, size=file.stat().st_size, type=kind)


def media_name(media: Media) -> str:
    """The name a media file is published under: 32 hex digits of its hash and its ending."""
    ending = PurePosixPath(media.path).suffix.lower()
    return media.sha256[:32] + (ending if re.fullmatch(r"\.[a-z0-9]{1,8}", ending) else "")
