"""Activities at the end of lessons: the example of a kind of block, in the language of each file, under an id that is free."""

from __future__ import annotations

from pathlib import Path

import pytest

from courses.blocks import ActivitySettings, BlockKind
from courses.load import load
from lms.authoring import starting
from lms.plugin import BadInput


class Task(BlockKind[ActivitySettings]):
    name = "task"
    Settings = ActivitySettings
    summary = "Something to do."
    example = ":::{task} Do it\n:id: do-it\n:minutes: 30\n:::"


class Nested(Task):
    name = "nested"
    example = ":::{nested} Do it all\n---\nid: do-all\nminutes: 30\nrequired: false\n---\n:::"


class Silent(Task):
    name = "silent"
    example = ""


KINDS = {kind.name: kind for kind in (Task(), Nested(), Silent())}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    starting.course(tmp_path / "course", "Курс", "ru", "UTC")
    return tmp_path / "course"


def lesson(folder: Path) -> Path:
    return folder / "01-start/01-first-lesson.md"


def ids(folder: Path) -> list[str]:
    found = load(folder, KINDS)
    assert [str(problem) for problem in found.problems] == []
    assert found.course is not None
    return [block.id for block in found.course.blocks()]


def test_a_block_is_added_at_the_end(folder: Path) -> None:
    before = lesson(folder).read_text("utf-8")
    assert starting.activity(KINDS, "task", lesson(folder), None, None) == [lesson(folder)]
    assert lesson(folder).read_text("utf-8") == f"{before}\n{Task.example}\n"
    starting.activity(KINDS, "task", lesson(folder), None, "Ещё раз")
    starting.activity(KINDS, "nested", lesson(folder), "every-thing", None)
    starting.activity(KINDS, "nested", lesson(folder), None, None)
    assert ids(folder) == ["do-it", "do-it-2", "every-thing", "do-all"]
    assert ":::{task} Ещё раз\n:id: do-it-2\n" in lesson(folder).read_text("utf-8")


def test_translations_get_it_too(folder: Path) -> None:
    english = lesson(folder).with_suffix(".en.md")
    english.write_text("---\ntitle: First\n---\n\nText without an end of line", "utf-8")
    assert starting.activity(KINDS, "task", english, None, None) == [lesson(folder), english]
    assert english.read_text("utf-8").endswith("Text without an end of line\n\n" + Task.example + "\n")
    assert ids(folder) == ["do-it"]


def test_hours_still_add_up(folder: Path) -> None:
    path = folder / "course.md"
    path.write_text(path.read_text("utf-8").replace("language:", "hours: 0.5\nlanguage:"), "utf-8")
    for kind in ("task", "nested"):
        starting.activity(KINDS, kind, lesson(folder), None, None)
    assert ids(folder) == ["do-it", "do-all"]
    assert "minutes: 30" not in lesson(folder).read_text("utf-8")


def test_an_id_may_not_be_one_a_kind_that_is_not_installed_uses(folder: Path) -> None:
    with lesson(folder).open("a", encoding="utf-8") as file:
        file.write("\n:::{telepathy} Think\n:id: do-it\n:::\n")
    starting.activity(KINDS, "task", lesson(folder), None, None)
    assert ":id: do-it-2\n" in lesson(folder).read_text("utf-8")


@pytest.mark.parametrize("id", ["first-lesson", "taken", "former", "Not an id", ""])
def test_an_id_that_cannot_be_is_refused(folder: Path, id: str) -> None:
    starting.activity(KINDS, "task", lesson(folder), "taken", None)
    path = folder / "01-start/index.md"
    other = folder / "01-start/02-other.md"
    other.write_text("---\ntitle: Other\nminutes: 1\naliases: former\n---\n\nText.\n", "utf-8")
    before = {one: one.read_bytes() for one in (lesson(folder), path, other)}
    with pytest.raises(BadInput, match="cannot be an id here, or is taken"):
        starting.activity(KINDS, "task", lesson(folder), id, None)
    assert {one: one.read_bytes() for one in before} == before


def test_what_is_no_lesson_is_refused(folder: Path, tmp_path: Path) -> None:
    (folder / "01-start/text.txt").write_text("x")
    for path in (
        folder / "course.md",
        folder / "01-start/index.md",
        folder / "01-start/text.txt",
        folder / "01-start/no.md",
    ):
        with pytest.raises(BadInput, match=r"is no lesson|is no course"):
            starting.activity(KINDS, "task", path, None, None)
    with pytest.raises(BadInput, match="“silent” brings no example"):
        starting.activity(KINDS, "silent", lesson(folder), None, None)


@pytest.mark.parametrize(("name", "title"), [("02-first_steps", "First steps"), ("химия", "Химия"), ("2024", "2024")])
def test_a_title_out_of_a_name(name: str, title: str) -> None:
    assert starting.title_of(name) == title
