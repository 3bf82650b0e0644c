"""What a change of a workshop means for those who have handed in or reviewed."""

import pytest

from courses.blocks import Block
from lms_workshop.format import WorkshopFormat, WorkshopSettings

CRITERIA = [{"id": "clear", "title": "Ясность", "points": 10}]


def block(**changes: object) -> Block[WorkshopSettings]:
    stored = WorkshopSettings.model_validate({"id": "peer", "criteria": CRITERIA, **changes}).model_dump(mode="json")
    return Block(id="peer", kind="workshop", title="W", path="x.md", line=1, lesson="x", settings=stored)


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, []),
        ({"reviewers": 3}, [("reviewers-changed", True)]),
        ({"pace": "own"}, [("pace-changed", True)]),
        ({"team": "2-4"}, [("team-changed", True)]),
        ({"anonymous": False}, [("anonymity-changed", True)]),
        ({"pass": 0.5}, [("pass-changed", False)]),
        ({"late": "allow"}, [("late-changed", False)]),
        ({"late": "allow", "penalty": 0.5}, [("late-changed", True)]),
        ({"asks": {"least": 100}}, [("asks-changed", False)]),
        ({"criteria": [{**CRITERIA[0], "title": "Польза"}]}, [("criteria-changed", True)]),
        ({"phases": {"review": {"opens": "day 7"}}}, []),  # said by the core
    ],
)
def test_changes(changes: dict[str, object], found: list[tuple[str, bool]]) -> None:
    assert [(one.code, one.harmful) for one in WorkshopFormat().compare(block(), block(**changes))] == found


def test_names_that_are_hidden_again_harm_nobody() -> None:
    found = WorkshopFormat().compare(block(anonymous=False), block())
    assert [(one.code, one.harmful) for one in found] == [("anonymity-changed", False)]
