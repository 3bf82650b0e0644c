"""Former ids: conditions, completion and links written with them lead to what they are called now."""

from pathlib import Path

import pytest

from courses.blocks import ActivitySettings, BlockKind
from courses.load import Loaded, load
from courses.requires import parse


class Task(BlockKind[ActivitySettings]):
    name, Settings = "task", ActivitySettings
    summary = "Something to do."


FILES = {
    "course.md": "---\ntitle: Курс\nlanguage: ru\nauthors: [А]\ncompletion: {activities: [old-task]}\n---\n\n"
    "Смотрите [первый](01-early/01-former.md) и [задание](activity:old-task).\n",
    "01-start/index.md": "---\ntitle: Начало\naliases: [early]\n---\n",
    "01-start/01-first.md": "---\ntitle: Первый\nminutes: 45\naliases: former\n---\n\n"
    ":::{task} Задание\n:id: new-task\n:aliases: [old-task, older-task]\n:::\n",
    "01-start/02-second.md": "---\ntitle: Второй\nminutes: 45\nrequires: [former, {any_of: [older-task, {not: old-task}]}]\n---\n\n"
    "[Урок](01-former.md), [он же](../01-early/01-first.md), [место](01-former.md#old-task).\n\n"
    ":::{task} Ещё\n:id: more\n:requires: former\n:::\n",
}


def loaded(folder: Path, **changes: str) -> Loaded:
    for name, text in {**FILES, **changes}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    return load(folder, {"task": Task()})


def test_everything_leads_to_the_present_id(tmp_path: Path) -> None:
    found = loaded(tmp_path)
    assert [str(problem) for problem in found.errors] == []
    course = found.course
    assert course is not None
    assert (course.module("start").aliases, course.lesson("first").aliases) == (("early",), ("former",))
    assert course.block("new-task").settings["aliases"] == ["old-task", "older-task"]
    assert course.completion.activities == ("new-task",)
    assert course.lesson("second").requires == parse(["first", {"any_of": ["new-task", {"not": "new-task"}]}])
    assert parse(course.block("more").settings["requires"]) == parse("first")
    for html, addresses in (
        (course.description_html, ["/@course/start/first/", "/@course/activities/new-task/"]),
        (course.lesson("second").html, ["/@course/start/first/", "/@course/start/first/", "/@course/start/first/#new-task"]),
    ):  # fmt: skip
        assert [part.partition('"')[0] for part in html.split('href="')[1:]] == addresses


@pytest.mark.parametrize(
    ("name", "old", "new", "line"),
    [
        ("01-start/01-first.md", "aliases: former", "aliases: second", 4),
        ("01-start/01-first.md", "aliases: former", "aliases: [former, more]", 4),
        ("01-start/01-first.md", "[old-task, older-task]", "[old-task, former]", 9),
        ("01-start/02-second.md", "minutes: 45", "minutes: 45\naliases: [former]", 4),
        ("01-start/index.md", "[early]", "[start]", 3),
    ],
    ids=["a lesson's", "an activity's", "twice on a page", "twice", "a module's own"],
)
def test_a_former_id_belongs_to_one_thing_and_is_nobodys_present_one(
    tmp_path: Path, name: str, old: str, new: str, line: int
) -> None:
    assert old in FILES[name]
    found = loaded(tmp_path, **{name: FILES[name].replace(old, new)})
    assert [(problem.code, problem.path, problem.line) for problem in found.errors if "alias" in problem.code] == [
        ("alias-taken", name, line)
    ]
