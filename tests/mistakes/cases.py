"""Cases of the corpus: read from Markdown, laid out as a course, checked, and compared word for word."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from courses.blocks import ActivitySettings, BlockKind, BodySource
from courses.load import load
from courses.problems import Problem, Report
from courses.reachable import Span
from lms.checking.report import placed, written
from lms.plugin import Plugin
from lms.registry import Registry, installed_plugins
from lms_quiz.kinds import Typed
from lms_quiz.written import Answer, Sign

HERE = Path(__file__).parent

BASE = {
    "course.md": "---\ntitle: Course\nlanguage: en\n---\n",
    "01-start/index.md": "---\ntitle: Start\n---\n",
    "01-start/01-why.md": "---\ntitle: Why\nminutes: 45\n---\n\nText.\n",
}
"""What every case has unless it says otherwise."""

_FILE = re.compile(r"`([^`]+)`(?: \((.+)\))?")
_FENCE = re.compile(r"(`{4,})\w*")
_RUN = re.compile(r"Run: (\d{4}-\d\d-\d\d) to (\d{4}-\d\d-\d\d)")
_TIMES = re.compile(r"last line (\d+) times")
_CODE = re.compile(r"\[([a-z-]+)\]")


@dataclass
class File:
    """A file of a case: its content, and what is said in brackets behind its name."""

    content: str = ""
    note: str = ""


@dataclass
class Case:
    """A mistake: the files it takes beside the base, and the report that is expected. ``lines`` is where the report stands."""

    path: Path
    title: str
    files: dict[str, File] = field(default_factory=dict)
    span: Span | None = None
    report: str = ""
    lines: slice = field(default_factory=lambda: slice(0, 0))

    @property
    def name(self) -> str:
        """How the tests call it."""
        return f"{self.path.stem}: {self.title}"

    @property
    def codes(self) -> list[str]:
        """The codes of the expected report."""
        lines = [line for line in self.report.split("\n") if line[:1] not in ("", " ")]
        return [match[1] for line in lines if (match := re.search(r"\[([a-z-]+)\]$", line))]


class Broken(BlockKind[ActivitySettings]):
    """A kind of block with a bug: what is said then is no author's fault, but must be said well."""

    name = "broken"
    Settings = ActivitySettings
    summary = "Fails."

    def body(self, source: BodySource, report: Report) -> Mapping[str, Any]:
        """Fails."""
        raise ZeroDivisionError("division by zero")


class Riddle(Typed):
    """A kind of question whose answers begin with a question mark, and which takes none of them for its own."""

    name = "riddle"
    sign = Sign("riddle", re.compile(r"\?[ ]+(?P<text>.*)$"), "?")

    def claims(self, answers: Sequence[Answer]) -> bool:
        """None."""
        return False


@cache
def kinds() -> Mapping[str, BlockKind[Any]]:
    """The installed kinds of block, and two for what no author can bring about: one with a bug, and a riddle."""
    own = Plugin("mistakes", "tests.mistakes", (Riddle(),))
    return {**Registry((), [*installed_plugins(), own]).kinds, Broken.name: Broken()}


def cases(path: Path) -> list[Case]:
    """The cases of one file, in order."""
    found: list[Case] = []
    lines = path.read_text(encoding="utf-8").split("\n")
    place, waiting = 0, ""
    while place < len(lines):
        line = lines[place]
        fence, file, run = _FENCE.fullmatch(line), _FILE.fullmatch(line), _RUN.fullmatch(line)
        if line.startswith("## "):
            found.append(Case(path, line[3:].strip()))
            waiting = ""
        elif fence:
            end = next(n for n in range(place + 1, len(lines)) if lines[n] == fence[1])
            content = "".join(f"{text}\n" for text in lines[place + 1 : end])
            if waiting == "Report":
                found[-1].report, found[-1].lines = content, slice(place + 1, end)
            else:
                found[-1].files[waiting].content = content
            place, waiting = end, ""
        elif file:
            waiting = file[1]
            found[-1].files[waiting] = File(note=file[2] or "")
        elif line == "Report":
            waiting = line
        elif run:
            found[-1].span = Span(date.fromisoformat(run[1]), date.fromisoformat(run[2]))
        place += 1
    return found


def all_cases() -> list[Case]:
    """Every case of the corpus."""
    return [case for path in sorted(HERE.glob("*.md")) if path.name != "README.md" for case in cases(path)]


def laid_out(case: Case, folder: Path) -> list[Path]:
    """Write the files of a case into an empty folder; gives those that must not be readable."""
    hidden: list[Path] = []
    for name, content in BASE.items():
        if name not in case.files:
            _put(folder / name, content.encode())
    for name, file in case.files.items():
        path = folder / os.fsdecode(_bytes(name))
        if file.note == "absent":
            continue
        if file.note == "folder":
            path.mkdir(parents=True)
        elif file.note.startswith("link to "):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.symlink_to(file.note.removeprefix("link to "))
        elif file.note == "bytes":
            _put(path, _bytes(file.content))
        elif times := _TIMES.fullmatch(file.note):
            head, _, last = file.content.removesuffix("\n").rpartition("\n")
            _put(path, (f"{head}\n" if head else "").encode() + last.encode() * int(times[1]) + b"\n")
        else:
            _put(path, file.content.encode())
            if file.note == "unreadable":
                path.chmod(0)
                hidden.append(path)
    return hidden


def _bytes(text: str) -> bytes:
    return re.sub(rb"\\x([0-9a-f]{2})", lambda match: bytes([int(match[1], 16)]), text.encode())


def _put(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def problems(case: Case, folder: Path) -> list[Problem]:
    """What is found in a case that is laid out in an empty folder."""
    hidden = laid_out(case, folder)
    if not hidden:
        return load(folder, kinds(), span=case.span).problems
    load(folder, kinds(), span=case.span)  # whatever is imported late is imported now
    with _nobody(folder):
        return load(folder, kinds(), span=case.span).problems


@contextmanager
def _nobody(folder: Path) -> Iterator[None]:
    """Nothing is hidden from root: read as nobody then."""
    if os.geteuid():
        yield
        return
    folder.chmod(0o755)
    for above in folder.parents:
        if above != Path("/") and above.stat().st_uid == 0 and not above.stat().st_mode & 0o001:
            above.chmod(above.stat().st_mode | 0o011)
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def said(found: list[Problem]) -> str:
    """The report as `lms check` prints it; the list of installed kinds, which may be any, left out."""
    text = "".join(f"{line}\n" for line in written(placed(found, Path()), "text"))
    return re.sub(r"Known kinds: [a-z, -]+\.", "Known kinds: …", text)
