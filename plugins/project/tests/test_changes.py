"""What a change of a project means for those who have handed something in."""

import pytest

from courses.blocks import Block
from lms_project import Project
from lms_project.format import ProjectSettings

STAGES = [
    {"id": "plan", "title": "Замысел", "due": "day 10"},
    {"id": "story", "title": "Рассказ", "due": "day 20 21:00", "penalty": 0.1},
]
CRITERIA = [{"id": "aim", "title": "Цель", "points": 20}]
GIVEN = {"id": "event", "team": "2-4", "pass": 0.6, "stages": STAGES, "criteria": CRITERIA, "files": 3}


def block(**changes: object) -> Block[ProjectSettings]:
    stored = ProjectSettings.model_validate({**GIVEN, **changes}).model_dump(mode="json")
    return Block(id="event", kind="project", title="P", path="x.md", line=1, lesson="x", settings=stored)


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, []),
        ({"minutes": 20, "stages": [{**STAGES[0], "due": "day 12"}, STAGES[1]]}, []),
        ({"stages": STAGES[1:]}, [("stage-changed", True)]),
        ({"stages": STAGES[:1]}, [("stage-changed", True), ("stage-changed", True)]),
        ({"stages": [STAGES[0], {"id": "draft", "title": "Черновик"}, STAGES[1]]}, [("stage-changed", True)]),
        ({"stages": [STAGES[0], {**STAGES[1], "penalty": 0.2}]}, [("late-changed", True)]),
        ({"stages": [STAGES[0], {**STAGES[1], "penalty": 0}]}, [("late-changed", False)]),
        ({"stages": [{**STAGES[0], "late": "refuse"}, STAGES[1]]}, [("late-changed", True)]),
        ({"stages": [{**STAGES[0], "asks": {"least": 100}}, STAGES[1]]}, [("asks-changed", False)]),
        ({"team": "3"}, [("team-changed", True)]),
        ({"files": 1}, [("files-changed", True)]),
        ({"files": 5}, []),
        ({"pass": 0.7}, [("pass-changed", True)]),
        ({"criteria": [{**CRITERIA[0], "points": 10}]}, [("points-changed", True)]),
    ],
)
def test_changes(changes: dict[str, object], found: list[tuple[str, bool]]) -> None:
    assert [(one.code, one.harmful) for one in Project().compare(block(), block(**changes))] == found
