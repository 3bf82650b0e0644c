"""The designs of groups: their versions, the questions put to them and what was answered, in the order in which it came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from lms.plugin import STAFF, Member, Message, Question, QuestionTerms, Step, Submission, Team, Visit, gettext, mark
from lms_seminar.store import DESIGN

READ_FROM = ("questions", "final")
"""From which phases on groups read each other's designs."""


def subject(team_id: int) -> str:
    """How questions name the group they are put to."""
    return f"design:team:{team_id}"


def page_of(team_id: int) -> str:
    """The page of a group's design."""
    return f"design/{team_id}/"


def _team_of(subject: str) -> int | None:
    of, _colon, number = subject.rpartition(":")
    return int(number) if of == "design:team" and number.isascii() and number.isdigit() and len(number) < 18 else None


def unanswered(visit: Visit) -> dict[int, int]:
    """How many questions to a group lack an answer, by group. One statement."""
    return {team: count for of, count in visit.questions.waiting().items() if (team := _team_of(of)) is not None}


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


def terms(visit: Visit, subject: str) -> QuestionTerms | None:
    """What this person may do about the questions to a group: tutors are the experts, other groups ask where designs are shared. Four
    statements at most."""
    number = _team_of(subject)
    team = group(visit, number) if number is not None and visit.settings.design else None
    if team is None:
        return None
    mine, key = is_of(team, visit.person.id), f"team:{team.id}"
    asks = visit.phases.reached != "" and not mine and (visit.may(STAFF) or shared_now(visit))
    refusal = None
    if asks and DESIGN not in visit.submissions.steps(key).get(key, {}):
        refusal = Message(mark("The group has handed in no draft yet that one could ask about."))
    return QuestionTerms(
        gettext("Ask the group"), page_of(team.id), asks, refusal, mine, [member.id for member in team.members],
        gettext("The group has to answer before it can hand in the final design."),
    )  # fmt: skip


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
    asked: dict[str, list[Question]] = {}
    for one in visit.questions.rows([subject(team.id) for team in teams]):
        if one.state != "hidden":
            asked.setdefault(one.subject, []).append(one)
    lines = []
    for team in teams:
        key, mine = f"team:{team.id}", is_of(team, visit.person.id)
        put = asked.get(subject(team.id), [])
        open_ones = sum(one.state == "open" for one in put)
        state = steps.get(key, {}).get(DESIGN, Step()).state
        opens = staff or mine or shared_now(visit)
        lines.append(GroupLine(team, mine, counted.get(key, 0), len(put), open_ones, _badge(visit, state), opens))
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
    """Something in the history of a design: a version (`version`, `by`) or a question, as the reader sees it."""

    at: datetime
    version: Submission | None = None
    by: str = ""
    asked: Markup | None = None


@dataclass(frozen=True)
class GroupPage:
    """The design of a group: what came when, who wrote which version and who answered what; `form`: to put a question."""

    team: Team
    mine: bool
    state: str
    history: Sequence[Happened]
    form: Markup


def of_group(visit: Visit, team: Team) -> GroupPage:
    """The page of a group. Eight statements at most, however much there is."""
    versions = [one for one in visit.submissions.versions(f"team:{team.id}", DESIGN) if one.state != "draft"]
    called = {member.id: member.name for member in visit.people()}
    history = [
        Happened(one.handed_in_at, one, called.get(one.author_id, ""))
        for one in versions
        if one.handed_in_at is not None
    ] + [Happened(one.asked_at, asked=card) for one, card in visit.questions.cards(subject(team.id))]
    return GroupPage(
        team,
        is_of(team, visit.person.id),
        _badge(visit, versions[-1].state if versions else "open"),
        sorted(history, key=lambda one: one.at),
        visit.questions.form(subject(team.id)),
    )
