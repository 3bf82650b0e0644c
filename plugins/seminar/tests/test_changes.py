"""What a change of a seminar means for those who come."""

import pytest

from courses.blocks import Block
from lms_seminar.format import SeminarFormat, SeminarSettings

SESSIONS = [
    {"id": "one", "title": "Первая", "starts": "day 5 18:00"},
    {"id": "two", "title": "Вторая", "starts": "day 15 18:00"},
]
GIVEN = {"id": "talks", "need": 0.5, "seats": 30, "sessions": SESSIONS}


def block(**changes: object) -> Block[SeminarSettings]:
    stored = SeminarSettings.model_validate({**GIVEN, **changes}).model_dump(mode="json")
    return Block(id="talks", kind="seminar", title="S", path="x.md", line=1, lesson="x", settings=stored)


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, []),
        ({"sessions": [{**SESSIONS[0], "starts": "day 6 18:00", "speaker": "Ирина"}, SESSIONS[1]]}, []),
        ({"sessions": SESSIONS[:1]}, [("session-changed", True)]),
        ({"sessions": [*SESSIONS, {**SESSIONS[0], "id": "three"}]}, [("session-changed", True)]),
        ({"need": 1}, [("need-changed", True)]),
        ({"need": 0.4}, [("need-changed", False)]),
        ({"seats": 20}, [("seats-changed", True)]),
        ({"seats": 40}, []),
        ({"seats": None}, []),
        ({"design": {}, "team": "2-4"}, [("groups-changed", True), ("design-changed", True)]),
        ({"sessions": [{**SESSIONS[0], "task": "Запишите"}, SESSIONS[1]]}, [("task-changed", True)]),
    ],
)
def test_changes(changes: dict[str, object], found: list[tuple[str, bool]]) -> None:
    assert [(one.code, one.harmful) for one in SeminarFormat().compare(block(), block(**changes))] == found


@pytest.mark.parametrize(("late", "harmful"), [(("allow", "refuse"), True), (("refuse", "allow"), False)])
def test_late_tasks_are_taken_otherwise(late: tuple[str, str], harmful: bool) -> None:
    one, other = (
        block(sessions=[{**SESSIONS[0], "task": "Запишите", "due": "day 7", "late": how}, SESSIONS[1]]) for how in late
    )
    found = SeminarFormat().compare(one, other)
    assert [(change.code, change.harmful) for change in found] == [("late-changed", harmful)]


def test_what_is_gone():
    was = block(design={}, team="2-4", sessions=[{**SESSIONS[0], "task": "Запишите"}, SESSIONS[1]])
    found = SeminarFormat().compare(was, block(team="2-4"))
    assert [one.code for one in found] == ["design-changed", "task-changed"]
