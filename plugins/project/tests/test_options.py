"""Options of what a project has beside its stages, and what a new edition means for it."""

import pytest
from pydantic import ValidationError

from lms_project.format import ProjectSettings
from lms_project.options import changes

STAGES = [{"id": "end", "title": "Работа"}]
DEFENCE = {"criteria": [{"title": "Ответы", "points": 10}]}


def settings(**more) -> ProjectSettings:
    return ProjectSettings.model_validate({"id": "one", "stages": STAGES, **more})


def codes(**more) -> list[tuple[str, str]]:
    with pytest.raises(ValidationError) as error:
        settings(**more)
    return [(".".join(map(str, one["loc"])), one["ctx"]["code"]) for one in error.value.errors()]


def test_a_project_has_nothing_of_it_unless_the_author_says_so():
    found = settings()
    assert (found.contract, found.shares, found.diary, found.schools, found.consultations, found.defence, found.most) == (
        (), "equal", False, 1, 0, None, 0,
    )  # fmt: skip


def test_points_of_the_work_and_of_its_defence_add_up():
    criteria = [{"title": "Ясность", "points": 30}]
    found = [
        settings(**more).most
        for more in ({"criteria": criteria}, {"defence": DEFENCE}, {"criteria": criteria, "defence": DEFENCE})
    ]
    assert found == [30, 10, 40]


@pytest.mark.parametrize(("option", "value"), [("contract", ["Цель"]), ("shares", "agreed"), ("schools", 2)])
def test_what_is_about_teams_needs_teams(option, value):
    assert codes(**{option: value}) == [(option, "project-alone")]
    assert settings(team="2-4", **{option: value})


def test_a_team_cannot_come_from_more_schools_than_it_has_members():
    assert codes(team="2-3", schools=4) == [("schools", "project-schools")]
    assert settings(team="2-3", schools=3)


def test_a_defence_gives_points():
    assert codes(defence={"criteria": [{"title": "Слова", "points": 0}]}) == [("defence.criteria", "project-defence")]


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ({}, {"diary": True, "consultations": 2}, []),
        ({"contract": ["Цель"]}, {"contract": ["Смысл"]}, [("contract-changed", False)]),
        ({"contract": ["Цель"]}, {}, []),
        ({}, {"shares": "agreed"}, [("shares-changed", True)]),
        ({"shares": "agreed"}, {}, [("shares-changed", True)]),
        ({"schools": 2}, {"schools": 3}, [("schools-changed", True)]),
        ({"schools": 3}, {"schools": 2}, [("schools-changed", False)]),
        ({}, {"defence": DEFENCE}, [("defence-changed", True)]),
        ({"defence": DEFENCE}, {}, [("defence-changed", True)]),
        ({"defence": DEFENCE}, {"defence": {**DEFENCE, "assessors": 2}}, [("defence-changed", True)]),
        ({"defence": {**DEFENCE, "assessors": 2}}, {"defence": DEFENCE}, [("defence-changed", False)]),
        (
            {"defence": DEFENCE},
            {"defence": {"criteria": [{"title": "Ответы", "points": 12}]}},
            [("points-changed", True)],
        ),
    ],
)
def test_what_a_new_edition_means(before, after, found):
    one, other = (settings(team="2-4", **more) for more in (before, after))
    assert [(change.code, change.harmful) for change in changes(one, other)] == found
