"""The designs of groups: their versions, the questions put to them and what was answered, in the order in which it came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from lms.plugin import STAFF, BadInput, Member, Message, Step, Submission, Team, Visit, mark
from lms_seminar import questions
from lms_seminar.models import Question
from lms_seminar.questions import Asked
from lms_seminar.store import DESIGN

READ_FROM = ("questions", "final")
"""From which phases on groups read each other's designs."""


def subject(team_id: int) -> str:
    """How questions name the group they are put to."""
    return f"design:team:{team_id}"


def page_of(team_id: int) -> str:
    """The page of a group's design."""
    return f"design/{team_id}/"


def team_of(found: Question) -> int:
    """The group a question is put to."""
    return int(found.subject.rpartition(":")[2])


def open_questions(visit: Visit, teams: Sequence[int]) -> list[Question]:
    """Questions to these groups that lack an answer. One statement."""
    return [one for one in questions.rows(visit, [subject(id) for id in teams]) if one.state == "open"]


def shared_now(visit: Visit) -> bool:
    """Whether a participant reads the designs of other groups now."""
    shared = visit.settings.design is not None and visit.settings.design.shared
    return bool(shared and visit.role == "learner" and visit.phases.reached in READ_FROM)


def is_of(team: Team, person_id: int) -> bool:
    """Whether somebody is in a group."""
    return any(member.id == person_id for member in team.members)


def group(visit: Visit, team_id: int) -> Team | None:
    """A group this person may look at: their own, any for staff, others' once designs are shared. Two statements."""
    found = next((team for team in visit.teams.all() if team.id == team_id), None)
    if found is None or not (visit.may(STAFF) or is_of(found, visit.person.id) or shared_now(visit)):
        return None
    return found


# ------------------------------------------------------------------------------------------- questions to a group


def may_ask(visit: Visit, team: Team) -> bool:
    """Whether this person may put a question to a group: tutors are the experts, other groups where designs are shared."""
    return visit.phases.reached != "" and not is_of(team, visit.person.id) and (visit.may(STAFF) or shared_now(visit))


def ask(visit: Visit, team: Team, text: str) -> None:
    """Put a question to a group, and tell its people. Raises BadInput, also before there is a draft to ask about."""
    if DESIGN not in visit.submissions.steps(f"team:{team.id}").get(f"team:{team.id}", {}):
        raise BadInput(Message(mark("The group has handed in no draft yet that one could ask about.")))
    questions.ask(visit, subject(team.id), text)
    sentence = Message(mark("There is a question to your group about its design in “{seminar}”."), _named(visit))
    visit.notify([member.id for member in team.members], sentence, page_of(team.id))


def reply(visit: Visit, found: Question, text: str) -> None:
    """A member of the group answers. Raises BadInput."""
    questions.answer(visit, found, "answered", text, page_of(team_of(found)))


def reopen(visit: Visit, found: Question, team: Team) -> None:
    """Who asked is not content with the answer: the group answers anew, and is told."""
    questions.answer(visit, found, "open", found.answer, page_of(team.id))
    sentence = Message(
        mark("Your group's answer in “{seminar}” leaves the question open: answer it once more."), _named(visit)
    )
    visit.notify([member.id for member in team.members], sentence, page_of(team.id))


def _named(visit: Visit) -> dict[str, str]:
    return {"seminar": visit.block.title}


# ------------------------------------------------------------------------------------------- the pages


@dataclass(frozen=True)
class GroupLine:
    """A group on the list: its people, how many versions it handed in, the questions to it, how far its design is, and whether it
    `opens` to the reader."""

    team: Team
    mine: bool
    versions: int
    asked: int
    unanswered: int
    state: str
    opens: bool


@dataclass(frozen=True)
class Designs:
    """All groups as one reader sees them, their own first; `alone` are those without a group, for staff."""

    groups: Sequence[GroupLine]
    own: GroupLine | None
    alone: Sequence[Member]


def of_reader(visit: Visit) -> Designs:
    """The page of the designs. Four statements at most, however many groups there are."""
    teams, staff = visit.teams.all(), visit.may(STAFF)
    steps = visit.submissions.steps()
    counted: dict[str, int] = {}
    for line in visit.submissions.lines():
        if line.stage == DESIGN and line.state != "draft":
            counted[line.owner] = counted.get(line.owner, 0) + 1
    asked: dict[int, list[Question]] = {}
    for one in questions.rows(visit, [subject(team.id) for team in teams]):
        if one.state != "hidden":
            asked.setdefault(team_of(one), []).append(one)
    lines = []
    for team in teams:
        key, mine = f"team:{team.id}", is_of(team, visit.person.id)
        put = asked.get(team.id, [])
        unanswered = sum(one.state == "open" for one in put)
        state = steps.get(key, {}).get(DESIGN, Step()).state
        opens = staff or mine or shared_now(visit)
        lines.append(GroupLine(team, mine, counted.get(key, 0), len(put), unanswered, _badge(visit, state), opens))
    lines.sort(key=lambda line: not line.mine)
    placed = {member.id for team in teams for member in team.members}
    alone = [member for member in visit.people() if member.id not in placed] if staff else []
    return Designs(lines, next((line for line in lines if line.mine), None), alone)


def _badge(visit: Visit, state: str) -> str:
    """How the badges call it: what waits is a draft before the final designs."""
    if state == "accepted":
        return "complete"
    return "started" if state == "waiting" and visit.phases.reached != "final" else state


@dataclass(frozen=True)
class Happened:
    """Something in the history of a design: a version (`version`, `by`) or a question."""

    at: datetime
    version: Submission | None = None
    by: str = ""
    asked: Asked | None = None


@dataclass(frozen=True)
class GroupPage:
    """The design of a group: what came when, who wrote which version and who answered what."""

    team: Team
    mine: bool
    state: str
    history: Sequence[Happened]
    unanswered: int
    may_ask: bool


def of_group(visit: Visit, team: Team) -> GroupPage:
    """The page of a group. Five statements, however much there is."""
    key = f"team:{team.id}"
    versions = [one for one in visit.submissions.versions(key, DESIGN) if one.state != "draft" and one.handed_in_at]
    called = questions.names(visit)
    asked = questions.as_read(visit, questions.rows(visit, [subject(team.id)]), called, visit.may(STAFF))
    history = [
        Happened(one.handed_in_at, one, called.get(one.author_id, ""))
        for one in versions
        if one.handed_in_at is not None
    ] + [Happened(one.asked_at, asked=one) for one in asked]
    state = versions[-1].state if versions else "open"
    return GroupPage(
        team,
        is_of(team, visit.person.id),
        _badge(visit, state),
        sorted(history, key=lambda one: one.at),
        sum(one.state == "open" for one in asked),
        may_ask(visit, team),
    )
