"""What people do with the team of a project: make one, join it, leave it. Whoever calls has been let in by a policy."""

from __future__ import annotations

from lms.plugin import BadInput, Message, Visit, mark
from lms_project import results, store


class Gone(Exception):
    """There is no such thing for this person."""


def person_key(visit: Visit) -> str:
    """How the core names this person's own work."""
    return f"person:{visit.person.id}"


def create_team(visit: Visit, name: str) -> None:
    """Make a team with this person in it. Raises BadInput."""
    visit.lock()
    _check_free(visit)
    _come_into(visit, visit.teams.create(name, visit.person.id).id)


def join_team(visit: Visit, team_id: int) -> None:
    """Put this person into a team that has handed in nothing yet. Raises BadInput; Gone for a team of another place."""
    visit.lock()
    _check_free(visit)
    if not any(team.id == team_id for team in visit.teams.all()):
        raise Gone
    _check_unsent(visit, f"team:{team_id}")
    _come_into(visit, visit.teams.join(team_id, visit.person.id, visit.settings.team_most).id)


def _come_into(visit: Visit, team_id: int) -> None:
    visit.submissions.move(person_key(visit), f"team:{team_id}")
    owner = visit.submissions.owner()
    assert owner is not None, "this person is in the team now"
    results.settle(visit, owner)


def leave_team(visit: Visit) -> None:
    """Take this person out of their team, before it has handed in anything. Raises BadInput."""
    visit.lock()
    team = visit.teams.of(visit.person.id)
    if team is None:
        raise BadInput(Message(mark("You are in no team.")))
    _check_unsent(visit, f"team:{team.id}")
    visit.teams.leave(visit.person.id)
    if len(team.members) == 1:
        # what the last one has begun goes with them, for the team is no more
        visit.submissions.move(f"team:{team.id}", person_key(visit))
    visit.save_answer(store.Standing())


def _check_free(visit: Visit) -> None:
    if visit.settings.team_most == 1:
        raise Gone
    _check_unsent(visit, person_key(visit))


def _check_unsent(visit: Visit, key: str) -> None:
    if any(line.state != "draft" for line in visit.submissions.lines(key)):
        raise BadInput(Message(mark("Something was handed in already: the team stays as it is. Ask the tutor.")))
