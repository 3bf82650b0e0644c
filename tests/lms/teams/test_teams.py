"""Nobody is in two teams of an activity, no team has too many members or another's name, even when people hurry."""

import threading
from collections.abc import Callable

import pytest
from sqlalchemy.exc import IntegrityError

from lms.allocation.service import keep_origins
from lms.db import db, writing
from lms.plugin import BadInput
from lms.teams.feature import TeamData
from lms.teams.models import TeamMember
from lms.teams.service import BlockTeams
from lms.testing.stage import Stage


class Group:
    """A run with four learners and one activity's teams."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.course = stage.course()
        self.run = stage.run(self.course)
        self.people = [stage.person(name) for name in ("Иванова", "Петрова", "Сидорова", "Ёлкина")]
        stage.enrol(self.run, *self.people)

    def teams(self, block: str = "task", run: int = 0) -> BlockTeams:
        return BlockTeams(self.stage.site, run or self.run, block)

    def shape(self) -> dict[str, list[int]]:
        db.session.rollback()
        return {team.name: [member.id for member in team.members] for team in self.teams().all()}


@pytest.fixture
def group(stage: Stage) -> Group:
    return Group(stage)


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(BadInput) as error:
        act()
    return str(error.value.message)


def at_once(group: Group, acts: list[Callable[[], object]]) -> list[str]:
    """Run acts in parallel, each in its own transaction; their outcomes, sorted."""
    db.session.rollback()
    start = threading.Barrier(len(acts))
    found: list[str] = []

    def one(act: Callable[[], object]) -> None:
        with group.stage.app.app_context(), writing(True):
            start.wait()
            try:
                act()
                db.session.commit()
                found.append("done")
            except BadInput as error:
                db.session.rollback()
                found.append(str(error.message))

    threads = [threading.Thread(target=one, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(found)


def test_a_team_is_made_joined_and_left(group: Group) -> None:
    anna, olga, *_ = group.people
    made = group.teams().create("  Северный   ветер ", anna)
    group.stage.move(minutes=1)
    joined = group.teams().join(made.id, olga, 4)
    assert joined.name == "Северный ветер"
    assert [(member.id, member.name, member.role) for member in joined.members] == [
        (anna, "Иванова Анна Петровна", "learner"),
        (olga, "Петрова Анна Петровна", "learner"),
    ]
    assert group.teams().of(olga) == joined
    assert group.teams().all() == [joined]
    group.teams().leave(anna)
    assert [member.id for member in group.teams().all()[0].members] == [olga]
    group.teams().leave(olga)
    assert group.teams().all() == []
    assert group.teams().of(olga) is None
    group.teams().leave(olga)


def test_names_are_needed_and_unique_within_an_activity(group: Group) -> None:
    anna, olga, *_ = group.people
    group.teams().create("Ёж", anna)
    taken = "There is a team “ЕЖ” already. Choose another name or join it."
    assert refused(lambda: group.teams().create("ЕЖ", olga)) == taken
    assert refused(lambda: group.teams().create(" \n ", olga)) == "Give the team a name."
    assert refused(lambda: group.teams().create("я" * 81, olga)) == "The name may have at most 80 characters."
    group.teams(block="other").create("Ёж", anna)
    elsewhere = group.stage.run(group.course, "autumn")
    group.teams(run=elsewhere).create("Ёж", anna)
    group.teams().create("Пустая команда")
    assert [(team.name, len(team.members)) for team in group.teams().all()] == [("Ёж", 1), ("Пустая команда", 0)]


def test_one_person_has_one_team_in_an_activity(group: Group) -> None:
    anna, olga, *_ = group.people
    group.teams().create("Первая", anna)
    second = group.teams().create("Вторая", olga)
    told = "A person can be in one team only: leave the present one first."
    assert refused(lambda: group.teams().join(second.id, anna, 9)) == told
    assert refused(lambda: group.teams().create("Третья", anna)) == told
    assert group.teams(block="other").of(anna) is None


def test_a_full_team_and_one_of_another_activity_cannot_be_joined(group: Group) -> None:
    anna, olga, vera, _ = group.people
    team = group.teams().create("Двое", anna)
    group.teams().join(team.id, olga, 2)
    assert refused(lambda: group.teams().join(team.id, vera, 2)) == "This team is full: it has 2 members."
    gone = "This team does not exist any more. Choose another one."
    assert refused(lambda: group.teams(block="other").join(team.id, vera, 9)) == gone
    assert refused(lambda: group.teams().join(team.id + 1000, vera, 9)) == gone


def test_two_people_who_make_the_same_team_at_once_make_one(group: Group) -> None:
    anna, olga, *_ = group.people
    outcome = at_once(
        group,
        [lambda: group.teams().create("Заря", anna), lambda: group.teams().create("заря", olga)],
    )
    assert outcome[1] == "done"
    assert outcome[0].startswith("There is a team “")
    assert len(group.shape()) == 1


def test_the_last_place_goes_to_one(group: Group) -> None:
    anna, *others = group.people
    team = group.teams().create("Двое", anna)
    db.session.commit()
    outcome = at_once(group, [lambda person=person: group.teams().join(team.id, person, 2) for person in others])  # type: ignore[misc]
    assert outcome == ["This team is full: it has 2 members."] * 2 + ["done"]
    assert len(group.shape()["Двое"]) == 2


def test_a_person_who_joins_twice_at_once_is_in_one(group: Group) -> None:
    anna, olga, vera, _ = group.people
    teams = [group.teams().create("А", anna), group.teams().create("Б", olga)]
    db.session.commit()
    outcome = at_once(group, [lambda team=team: group.teams().join(team.id, vera, 9) for team in teams])  # type: ignore[misc]
    assert outcome == ["A person can be in one team only: leave the present one first.", "done"]


def test_the_database_itself_refuses_a_second_team(group: Group) -> None:
    anna, olga, *_ = group.people
    group.teams().create("А", anna)
    second = group.teams().create("Б", olga)
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.execute(
            TeamMember.__table__.insert().values(  # type: ignore[attr-defined]
                run_id=group.run, block="task", person_id=anna, team_id=second.id, joined_at=group.stage.site.now()
            )
        )


def test_the_id_of_a_team_that_is_gone_is_never_used_again(group: Group) -> None:
    anna, *_ = group.people
    first = group.teams().create("Первая", anna)
    group.teams().leave(anna)
    assert group.teams().create("Вторая", anna).id > first.id


def test_all_teams_take_one_statement_however_many_there_are(group: Group) -> None:
    counts = []
    for size in range(1, 4):
        group.teams().create(f"Команда {size}", group.people[size - 1])
        db.session.commit()
        with group.stage.statements() as found:
            assert len(group.teams().all()) == size
        counts.append(len(found))
    assert counts == [1, 1, 1]


def test_members_bring_the_school_they_come_from(group: Group) -> None:
    anna, olga, *_ = group.people
    keep_origins(group.run, {anna: ("Школа № 7", ""), olga: ("", "Тверь")})
    team = group.teams().create("Заря", anna)
    group.teams().join(team.id, olga, 9)
    assert [member.school for member in group.teams().all()[0].members] == ["Школа № 7", ""]


def test_a_person_gets_a_list_of_their_teams_and_can_be_taken_out(group: Group) -> None:
    anna, olga, *_ = group.people
    team = group.teams().create("Заря", anna)
    group.teams().join(team.id, olga, 9)
    group.teams(block="other").create("Одна", anna)
    data = TeamData()
    exported = data.export(group.stage.site, anna)["teams"]
    assert [(row["activity"], row["team"], row["joined_at"]) for row in exported] == [
        ("task", "Заря", "2026-03-02 09:00:00+00:00"),
        ("other", "Одна", "2026-03-02 09:00:00+00:00"),
    ]
    assert data.erase(group.stage.site, anna) == ["You are no longer in any team."]
    assert data.erase(group.stage.site, anna) == []
    assert [[member.id for member in team.members] for team in group.teams().all()] == [[olga]]
    assert group.teams(block="other").all() == []
