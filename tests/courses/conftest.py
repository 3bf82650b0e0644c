"""A small course to write mistakes into, and two kinds of block to write it with."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from pydantic import Field

from courses.blocks import ActivitySettings, Block, BlockKind, Deadline, GradeItem, Settings
from courses.load import Loaded, load
from courses.moments import Moment
from courses.problems import Report


class TaskSettings(ActivitySettings):
    """A task: points, a date, and its text."""

    points: float = Field(default=10, gt=0)
    due: Moment | None = None
    late_days: int = 0
    text: str = Field(default="", json_schema_extra={"from_body": True})


class Task(BlockKind[TaskSettings]):
    """An activity with a body, a grade item and a date."""

    name = "task"
    Settings = TaskSettings
    summary = "Something to do."

    def check(self, block: Block[TaskSettings], report: Report) -> None:
        if self.settings_of(block).late_days > 30:
            report.add(block.line, 1, "late", "Nobody waits {days} days.", days=self.settings_of(block).late_days)

    def grade_items(self, block: Block[TaskSettings]) -> Sequence[GradeItem]:
        return (GradeItem(id=block.id, title=block.title, max_points=self.settings_of(block).points),)

    def deadlines(self, block: Block[TaskSettings]) -> Sequence[Deadline]:
        due = self.settings_of(block).due
        return (Deadline(moment=due, title=block.title, item=block.id),) if due else ()


class Poll(BlockKind[ActivitySettings]):
    """An activity of options only."""

    name = "poll"
    Settings = ActivitySettings
    summary = "A question."


class NoteSettings(Settings):
    """A note has a text and nothing else."""

    text: str = Field(default="", json_schema_extra={"from_body": True})


class Note(BlockKind[NoteSettings]):
    """A static block."""

    name = "note"
    Settings = NoteSettings
    summary = "A remark."

    def html(self, block: Block[NoteSettings]) -> str | None:
        return f'<aside class="note">{self.settings_of(block).text}</aside>'


class Broken(BlockKind[ActivitySettings]):
    """A kind with a bug."""

    name = "broken"
    Settings = ActivitySettings
    summary = "Fails."

    def body(self, source: Any, report: Report) -> Mapping[str, Any]:
        raise ZeroDivisionError("oops")


KINDS: dict[str, BlockKind[Any]] = {kind.name: kind for kind in (Task(), Poll(), Note(), Broken())}

COURSE = "---\ntitle: Course\nlanguage: ru\n---\n"
INDEX = "---\ntitle: Module\n---\n"
LESSON = "---\ntitle: Lesson\nminutes: 45\n---\n"


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Writes files into a course folder which already has what every course must have."""

    def writer(files: Mapping[str, str | bytes], *, bare: bool = False) -> Path:
        folder = tmp_path / "demo"
        start = (
            {} if bare else {"course.md": COURSE, "01-start/index.md": INDEX, "01-start/01-why.md": LESSON + "Text\n"}
        )
        for name, content in {**start, **files}.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        folder.mkdir(exist_ok=True)
        return folder

    return writer


@pytest.fixture
def course(write: Callable[..., Path]) -> Callable[..., Loaded]:
    """Writes files and loads the course."""

    def loader(files: Mapping[str, str | bytes], *, lenient: bool = False, bare: bool = False) -> Loaded:
        return load(write(files, bare=bare), KINDS, lenient=lenient)

    return loader


@pytest.fixture
def lesson(course: Callable[..., Loaded]) -> Callable[..., Loaded]:
    """Loads a course whose one lesson has this text below four lines of front matter."""

    def loader(text: str, **more: Any) -> Loaded:
        return course({"01-start/01-why.md": LESSON + text}, **more)

    return loader


def said(loaded: Loaded) -> list[str]:
    """The problems as one reads them, without the path of the one lesson."""
    return [str(problem).removeprefix("01-start/01-why.md:") for problem in loaded.problems]
