"""Two editions compared without a site: dates, kinds, columns of marks, modules, what is recognised under another id."""

from datetime import date
from typing import Any

import pytest

from courses.blocks import ActivitySettings, Block, BlockKind, Deadline, GradeItem
from courses.changes import Change
from courses.tree import Course, Lesson, Module
from lms.plugin import Run
from lms.publishing import rules
from lms.publishing.outline import Outline, outline
from lms.publishing.rules import Facts

RUN = Run(1, 1, "c", "spring", "", 1, date(2026, 3, 2), None, "Europe/Moscow")
THREE = frozenset({1, 2, 3})


class Task(BlockKind[ActivitySettings]):
    name, Settings = "task", ActivitySettings

    def compare(self, before: Block[ActivitySettings], after: Block[ActivitySettings]) -> list[Change]:
        if after.title == "Сломано":
            raise RuntimeError
        same = before.settings["minutes"] == after.settings["minutes"]
        return [] if same else [Change("longer", "it takes {n} minutes", {"n": after.settings["minutes"]}, 7)]


def course(
    *, id: str = "task", kind: str = "task", title: str = "Задание", module: str = "module", dates: tuple[str, ...] = (),
    points: float = 10, hours: float = 1, modules: dict[str, Any] | None = None, end: str | None = None, **settings: Any,
) -> Outline:  # fmt: skip
    stored = ActivitySettings.model_validate({"id": id, **settings}).model_dump(mode="json")
    block: Block[Any] = Block(id=id, kind=kind, title=title, path="m/l.md", line=5, lesson="lesson", settings=stored)
    lesson = Lesson(id="lesson", title="Урок", module=module, path="m/l.md", blocks=(id,))
    return outline(
        Course(
            id="c", title="Курс", hours=hours, modules=(Module(id=module, title="Модуль", lessons=(lesson,), **(modules or {})),),
            activities=(block,), grade_items=(GradeItem(id=id, title=title, max_points=points),) if points else (),
            deadlines=tuple(Deadline(moment=day, title=title, item=id, end=end) for day in dates),
        )
    )  # fmt: skip


def told(before: Outline, after: Outline, people: int = 3) -> list[tuple[str, bool, int, str]]:
    working = frozenset(range(1, people + 1))
    facts = Facts(RUN, THREE, {"task": working, "lesson": working} if people else {})
    return [
        (effect.code, effect.harmful, effect.people, str(effect.text))
        for effect in rules.effects(before, after, {"task": Task()}, facts)
    ]


def test_the_same_means_nothing() -> None:
    assert told(course(), course()) == []


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ((), ("day 10",), ("deadline-moved", True, 3, "“Задание” has a date now: 12 March 2026, 00:00.")),
        (("day 10",), (), ("deadline-moved", False, 3, "“Задание” has no date any more; it was 12 March 2026, 00:00.")),
        (
            ("day 10",), ("day 9",),
            ("deadline-moved", True, 3, "“Задание” comes earlier: 11 March 2026, 00:00 instead of 12 March 2026, 00:00."),
        ),
        (
            ("day 10",), ("day 11",),
            ("deadline-moved", False, 3, "“Задание” comes later: 13 March 2026, 00:00 instead of 12 March 2026, 00:00."),
        ),
    ],
)  # fmt: skip
def test_dates(before: tuple[str, ...], after: tuple[str, ...], found: tuple[str, bool, int, str]) -> None:
    assert told(course(dates=before), course(dates=after)) == [found]


def test_a_meeting_that_is_moved_at_all_may_be_missed() -> None:
    found = told(course(dates=("day 5 18:00",), end="day 5 19:00"), course(dates=("day 6 18:00",), end="day 6 19:00"))
    assert [effect[:3] for effect in found] == [("deadline-moved", True, 3)]


def test_whoever_is_done_is_not_touched_by_a_date() -> None:
    facts = Facts(RUN, THREE, {}, {"task": frozenset({1, 2})})
    found = rules.effects(course(dates=("day 10",)), course(dates=("day 9",)), {"task": Task()}, facts)
    assert [(effect.code, effect.people) for effect in found] == [("deadline-moved", 1)]


@pytest.mark.parametrize(
    ("after", "found"),
    [
        ({"kind": "other"}, ("kind-changed",
          "“Задание” (task) is of the kind other now, not task: what people did in it cannot be shown there.")),
        ({"points": 20}, ("points-changed", "“Задание” brings 20 points at most instead of 10. Marks given stay as they are.")),
        ({"points": 0}, ("item-vanished", "“Задание” gives no mark “Задание” any more. Marks given are kept, and no longer count.")),
        ({"weight": 2}, ("weight-changed", "“Задание” weighs 2 in the score of the course instead of 1.")),
        ({"minutes": 9}, ("longer", "“Задание”: it takes 9 minutes")),
        ({"title": "Сломано"}, ("not-compared", "“Сломано” could not be compared with what it was.")),
    ],
)  # fmt: skip
def test_activities_harm_those_who_have_worked_there(after: dict[str, Any], found: tuple[str, str]) -> None:
    code, text = found
    assert told(course(), course(**after)) == [(code, True, 3, text)]
    assert told(course(), course(**after), people=0) == [(code, False, 0, text)]


def test_hours() -> None:
    text = "The course takes 2 academic hours instead of 1; certificates will say so."
    assert told(course(), course(hours=2)) == [("hours-changed", True, 3, text)]


def test_a_module_that_is_called_otherwise_has_other_addresses() -> None:
    (found,) = rules.effects(course(), course(module="part"), {"task": Task()}, Facts(RUN))
    assert (found.code, found.harmful, found.path, str(found.hint)) == (
        "renamed", False, "m/index.md", "Add a line to the head of its index.md: aliases: [module]",
    )  # fmt: skip
    assert told(course(), course(module="part", modules={"aliases": ("module",)})) == []


def test_what_goes_on_under_another_id_in_both_directions() -> None:
    before, after = course(), course(id="work", aliases=["task"])
    assert rules.carried(before, after) == {"task": "work"}
    assert rules.carried(after, before) == {"work": "task"}
    assert rules.carried(after, after) == {}
    assert [effect[0] for effect in told(before, after)] == ["carried-over"]


def test_what_is_alike_is_recognised_and_what_is_not_is_gone_and_new() -> None:
    assert [effect[:3] for effect in told(course(), course(id="work"))] == [("renamed", True, 3)]
    assert [effect[:2] for effect in told(course(), course(id="work", kind="other"))] == [
        ("item-vanished", True), ("item-added", False),
    ]  # fmt: skip
