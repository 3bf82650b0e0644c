"""A course with everything, loaded with a kind of activity of its own."""

from datetime import UTC, datetime
from typing import ClassVar

import pytest
from pydantic import Field

from courses.blocks import ActivitySettings, Block, BlockKind, Deadline
from courses.load import Loaded, load
from courses.moments import Moment
from lms.books.command import made
from lms.i18n import set_language
from tests.lms.books import everything

MOMENT = datetime(2026, 3, 1, 12, 30, 15, tzinfo=UTC)
"""When the text of a book in a test was written."""


class TaskSettings(ActivitySettings):
    due: Moment | None = None
    text: str = Field(default="", json_schema_extra={"from_body": True})


class Task(BlockKind[TaskSettings]):
    name: ClassVar[str] = "task"
    Settings = TaskSettings
    summary: ClassVar[str] = "Something to do."

    def deadlines(self, block: Block[TaskSettings]) -> tuple[Deadline, ...]:
        due = self.settings_of(block).due
        return (Deadline(moment=due, title=block.title, item=block.id),) if due else ()


KINDS = {"task": Task()}


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    found = load(everything.write(tmp_path_factory.mktemp("everything") / "kurs"), KINDS, lenient=True)
    assert found.course is not None
    return found


def book(loaded: Loaded, form: str, moment: datetime = MOMENT) -> bytes:
    """The loaded course as a file, with the words of the program in English."""
    assert loaded.course is not None
    set_language("en")
    return made(loaded.course, loaded, moment, KINDS, form)
