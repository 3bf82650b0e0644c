"""What the pages show, read in a constant number of statements and put together as plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from lms.plugin import Assessment, Recorded, StoredFile, Team, Visit
from lms_project import rules, service, store
from lms_project.format import ProjectSettings
from lms_project.models import HandIn
from lms_project.rules import StageRule, Step
from lms_project.store import Owner


@dataclass(frozen=True)
class StageLine:
    """A stage in a person's list: `bar` says why nothing can be handed in, "" when it can; `late` that its first hand-in was."""

    rule: StageRule
    state: str
    late: bool
    bar: str
    over: bool


def stage_lines(visit: Visit, stages: Sequence[StageRule], steps: Mapping[str, Step]) -> list[StageLine]:
    """The stages of one owner in order."""
    found = []
    for stage in stages:
        step = steps.get(stage.id, Step())
        bar = rules.barred(stages, steps, stage, visit.now)
        over = rules.is_late(stage, visit.now)
        state = "failed" if bar == "closed" else "locked" if bar == "earlier" else step.state
        found.append(StageLine(stage, BADGES.get(state, state), step.late, bar, over))
    return found


BADGES = {"accepted": "complete"}
"""How the interface's badges call a state that has another name here."""


# ------------------------------------------------------------------------------------------- for learners


@dataclass(frozen=True)
class Mine:
    """What a learner finds on the project's page. `teams` are those one may join, while one has none."""

    owner: Owner | None
    lines: Sequence[StageLine]
    now: StageRule | None
    may_change_team: bool
    teams: Sequence[Team]


def of_learner(visit: Visit) -> Mine:
    """A learner's page."""
    settings: ProjectSettings = visit.settings
    owner = store.my_owner(visit)
    found = store.lines(visit)
    owners = store.by_owner(found)
    own = owners.get(owner.key, []) if owner else []
    steps = store.steps_of(own)
    stages = store.rules_of(visit, owner)
    sent = {line.owner for line in found if line.state != "draft"}
    in_team = owner is not None and owner.team is not None
    free = settings.team_most > 1 and not in_team and store.person_key(visit.person.id) not in sent
    return Mine(
        owner,
        stage_lines(visit, stages, steps),
        rules.current(stages, steps, visit.now) if owner else None,
        settings.team_most > 1 and (free or (in_team and owner is not None and owner.key not in sent)),
        [
            team
            for team in visit.teams.all()
            if len(team.members) < settings.team_most and store.team_key(team.id) not in sent
        ]
        if free
        else (),
    )


@dataclass(frozen=True)
class Version:
    """A version as it is read: never a draft of somebody else."""

    handin: HandIn
    html: Markup
    files: Sequence[StoredFile]
    form: Assessment | None


@dataclass(frozen=True)
class StagePage:
    """A stage of the person's work: `bar` "" when it may be handed in now; `draft` what is being written (None: begin with
    `start`), `token` for the form, `read` the versions handed in, newest first."""

    rule: StageRule
    line: StageLine
    owner: Owner
    draft: HandIn | None
    text: str
    files: Sequence[StoredFile]
    token: str
    read: Sequence[Version]


def of_stage(visit: Visit, stage_id: str) -> StagePage | None:
    """The page of a stage; None for somebody without a team. Raises Gone for an unknown stage."""
    if visit.settings.stage(stage_id) is None:
        raise service.Gone
    owner = store.my_owner(visit)
    if owner is None:
        return None
    steps = store.steps_of(store.lines(visit, owner.key))
    line = next(line for line in stage_lines(visit, store.rules_of(visit, owner), steps) if line.rule.id == stage_id)
    versions = store.versions(visit, owner.key, stage_id)
    files = store.files_of(visit, versions)
    last = versions[-1] if versions else None
    return StagePage(
        line.rule, line, owner, last if last is not None and last.state == "draft" else None,
        last.text if last else "", files.get(last.id, ()) if last else (), service.token(versions),
        _read(visit, versions, files),
    )  # fmt: skip


def _read(visit: Visit, versions: Sequence[HandIn], files: Mapping[int, Sequence[StoredFile]]) -> list[Version]:
    sent = [version for version in versions if version.state != "draft"]
    forms = visit.assessments.of([store.subject(version.id) for version in sent], "tutor") if sent else ()
    return [
        Version(
            version,
            Markup(version.html),  # noqa: S704 - made by render_untrusted
            files.get(version.id, ()),
            store.latest_form(forms, version.id) if version.state == "accepted" else None,
        )
        for version in reversed(sent)
    ]


# ------------------------------------------------------------------------------------------- for staff


@dataclass(frozen=True)
class Cell:
    """A stage of an owner on the board: `handin` is the newest version that was handed in, 0 without one; `until` is given
    when they have more time than others."""

    state: str
    late: bool
    handin: int
    until: datetime | None


@dataclass(frozen=True)
class Row:
    """An owner on the board. `address` names them in addresses; `people` are the names of a team's members; `result` is the
    mark of the first of them."""

    name: str
    address: str
    people: Sequence[str]
    cells: Sequence[Cell]
    result: Recorded | None


@dataclass(frozen=True)
class Waiting:
    """A work that waits for an answer."""

    handin: int
    name: str
    stage: str
    number: int
    handed_in_at: datetime | None
    late: bool


@dataclass(frozen=True)
class Board:
    """The whole group: rows of owners, works that wait (oldest first), and who has no team yet."""

    stages: Sequence[StageRule]
    rows: Sequence[Row]
    waiting: Sequence[Waiting]
    alone: Sequence[str]


def of_staff(visit: Visit) -> Board:
    """The board. Five statements, whatever the size of the group."""
    settings: ProjectSettings = visit.settings
    people = store.names(visit.people())
    teams = [team for team in visit.teams.all() if team.members] if settings.team_most > 1 else []
    found = store.by_owner(store.lines(visit))
    results = visit.results()
    given = store.more_time(visit)
    stages = store.stage_rules(visit)
    in_teams = {member.id for team in teams for member in team.members}
    owners = [
        (store.owner_of_team(team), team.name, [people.get(member.id, member.name) for member in team.members])
        for team in teams
        if any(member.id in people for member in team.members)
    ]
    alone = [person for person in people if person not in in_teams]
    if settings.team_least == 1:
        owners += [(Owner(store.person_key(person), (person,)), people[person], []) for person in alone]
        alone = []
    rows, waiting = [], []
    for owner, name, members in owners:
        own = found.get(owner.key, [])
        until = given.get(owner.key, {})
        steps = store.steps_of(own)
        newest = {line.stage: line for line in own if line.state != "draft"}
        cells = []
        for stage in stages:
            step = steps.get(stage.id, Step())
            sent = newest.get(stage.id)
            cells.append(
                Cell(BADGES.get(step.state, step.state), step.late, sent.id if sent else 0, until.get(stage.id))
            )
            if sent is not None and sent.state == "waiting":
                waiting.append(Waiting(sent.id, name, stage.title, sent.number, sent.handed_in_at, sent.late))
        marked = (results.get((person, visit.block.id)) for person in owner.people)
        rows.append(
            Row(
                name,
                owner.key.replace(":", "/"),
                members,
                cells,
                next((one for one in marked if one is not None), None),
            )
        )
    waiting.sort(key=lambda one: (one.handed_in_at is None, one.handed_in_at, one.handin))
    return Board(stages, rows, waiting, [people[person] for person in alone])


@dataclass(frozen=True)
class Work:
    """A hand-in as staff read it. `is_last`: it may be answered, no newer version is begun; `next_id` the one that waits
    longest besides it (0: none)."""

    handin: HandIn
    rule: StageRule | None
    name: str
    people: Sequence[str]
    version: Version
    earlier: Sequence[Version]
    form: Assessment | None
    is_last: bool
    is_final: bool


def of_work(visit: Visit, handin_id: int) -> Work:
    """A hand-in for staff. Raises Gone."""
    found = store.handed_in(visit, handin_id)
    if found is None:
        raise service.Gone
    settings: ProjectSettings = visit.settings
    versions = store.versions(visit, found.owner, found.stage)
    read = _read(visit, versions, store.files_of(visit, versions))
    owner = store.owner_of(visit, found.owner)
    people = {member.id: member.name for member in (owner.team.members if owner.team else visit.people())}
    forms = visit.assessments.of([store.subject(found.id)], "tutor")
    own = next((form for form in forms if form.assessor_id == visit.person.id), None)
    named = [people[person] for person in owner.people if person in people]
    return Work(
        found,
        next((stage for stage in store.stage_rules(visit) if stage.id == found.stage), None),
        owner.team.name if owner.team else ", ".join(named),
        named if owner.team else [],
        next(version for version in read if version.handin.id == found.id),
        [version for version in read if version.handin.number < found.number],
        own or max(forms, key=lambda one: one.id, default=None),
        versions[-1].id == found.id,
        settings.form is not None and found.stage == settings.final.id,
    )


def of_time(visit: Visit, key: str, stage_id: str) -> tuple[str, StageRule]:
    """Whose time for which stage is spoken of: the name and the stage as it is for everybody. Raises Gone."""
    stage = next((stage for stage in store.stage_rules(visit) if stage.id == stage_id), None)
    owner = store.owner_of(visit, key)
    people = store.names(visit.people())
    if stage is None or stage.due is None or not any(person in people for person in owner.people):
        raise service.Gone
    return owner.team.name if owner.team else people[owner.people[0]], stage
