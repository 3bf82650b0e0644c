"""Whose a work is and how far it is, read in a constant number of statements."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from pydantic import BaseModel
from sqlalchemy import select

from lms.plugin import Assessment, Member, StoredFile, Team, Visit, db
from lms_project.format import ProjectSettings
from lms_project.models import HandIn, MoreTime
from lms_project.rules import StageRule, Step


class Standing(BaseModel):
    """How far a person is, for the card in the lesson: kept by the core as the person's answer."""

    team: str = ""
    states: dict[str, str] = {}
    late: tuple[str, ...] = ()
    until: dict[str, datetime] = {}


NOBODY: Mapping[str, datetime] = {}
"""Nobody has more time."""


class Line(NamedTuple):
    """A hand-in without its text."""

    id: int
    owner: str
    stage: str
    number: int
    state: str
    late: bool
    handed_in_at: datetime | None


@dataclass(frozen=True)
class Owner:
    """Who a work belongs to: one person, or a team. `key` is how the table names it."""

    key: str
    people: tuple[int, ...]
    team: Team | None = None


def person_key(person_id: int) -> str:
    """The key of a person who works alone."""
    return f"person:{person_id}"


def team_key(team_id: int) -> str:
    """The key of a team."""
    return f"team:{team_id}"


def owner_of_team(team: Team) -> Owner:
    """A team as an owner."""
    return Owner(team_key(team.id), tuple(member.id for member in team.members), team)


def my_owner(visit: Visit) -> Owner | None:
    """Whose work this person does; None for somebody who has to find a team first. One statement at most."""
    settings: ProjectSettings = visit.settings
    if settings.team_most > 1:
        team = visit.teams.of(visit.person.id)
        if team is not None:
            return owner_of_team(team)
        if settings.team_least > 1:
            return None
    return Owner(person_key(visit.person.id), (visit.person.id,))


def owner_of(visit: Visit, key: str) -> Owner:
    """The owner of this key; a team that is no more has no people. One statement."""
    kind, _, number = key.partition(":")
    if kind == "person":
        return Owner(key, (int(number),))
    team = next((team for team in visit.teams.all() if team_key(team.id) == key), None)
    return Owner(key, ()) if team is None else owner_of_team(team)


def stage_rules(visit: Visit, until: Mapping[str, datetime] = NOBODY) -> list[StageRule]:
    """The stages with their instants in this run; `until` is the time an owner has for some of them instead."""
    settings: ProjectSettings = visit.settings
    found = []
    for stage in settings.stages:
        due = None if stage.due is None else visit.at(stage.due, end_of_day=True)
        if due is not None and stage.id in until:
            due = max(due, until[stage.id])
        found.append(StageRule(stage.id, stage.title, due, stage.late == "refuse", stage.penalty))
    return found


def more_time(visit: Visit, owner: str | None = None) -> dict[str, dict[str, datetime]]:
    """Who has more time for which stage (only this owner). One statement."""
    query = select(MoreTime.owner, MoreTime.stage, MoreTime.until).where(
        MoreTime.run_id == visit.run.id, MoreTime.block == visit.block.id
    )
    if owner is not None:
        query = query.where(MoreTime.owner == owner)
    found: dict[str, dict[str, datetime]] = {}
    for row in db.session.execute(query):
        found.setdefault(row.owner, {})[row.stage] = row.until
    return found


def rules_of(visit: Visit, owner: Owner | None) -> list[StageRule]:
    """The stages as they are for an owner. One statement."""
    return stage_rules(visit, more_time(visit, owner.key).get(owner.key, {}) if owner else NOBODY)


def lines(visit: Visit, owner: str | None = None) -> list[Line]:
    """All hand-ins (of one owner), drafts among them, oldest version first. One statement."""
    query = select(
        HandIn.id, HandIn.owner, HandIn.stage, HandIn.number, HandIn.state, HandIn.late, HandIn.handed_in_at
    ).where(HandIn.run_id == visit.run.id, HandIn.block == visit.block.id)
    if owner is not None:
        query = query.where(HandIn.owner == owner)
    return [Line(*row) for row in db.session.execute(query.order_by(HandIn.owner, HandIn.stage, HandIn.number))]


def steps_of(found: Iterable[Line]) -> dict[str, Step]:
    """How far each stage of one owner is, from their hand-ins in order."""
    steps: dict[str, Step] = {}
    for line in found:
        # a draft after something was given back leaves the stage given back until it is handed in
        if line.state == "draft":
            steps.setdefault(line.stage, Step("draft"))
        else:
            steps[line.stage] = Step(line.state, line.late)  # type: ignore[arg-type]  # the column holds these words
    return steps


def by_owner(found: Iterable[Line]) -> dict[str, list[Line]]:
    """Hand-ins by owner, in order."""
    owners: dict[str, list[Line]] = {}
    for line in found:
        owners.setdefault(line.owner, []).append(line)
    return owners


def versions(visit: Visit, owner: str, stage: str) -> Sequence[HandIn]:
    """All versions of an owner's work for a stage, oldest first. One statement."""
    return db.session.scalars(
        select(HandIn)
        .where(
            HandIn.run_id == visit.run.id, HandIn.block == visit.block.id, HandIn.owner == owner, HandIn.stage == stage
        )
        .order_by(HandIn.number)
        .execution_options(populate_existing=True)
    ).all()  # fmt: skip


def handed_in(visit: Visit, handin_id: int) -> HandIn | None:
    """A hand-in of this activity that is not a draft."""
    return db.session.scalars(
        select(HandIn)
        .where(
            HandIn.id == handin_id, HandIn.run_id == visit.run.id, HandIn.block == visit.block.id,
            HandIn.state != "draft",
        )
        .execution_options(populate_existing=True)
    ).one_or_none()  # fmt: skip


def subject(handin_id: int) -> str:
    """How marking forms name a hand-in."""
    return f"handin:{handin_id}"


def purpose(handin_id: int) -> str:
    """How files name the version they were sent with."""
    return f"stage:{handin_id}"


def file_ids(version: HandIn) -> list[int]:
    """The files that belong to a version, in order."""
    found: list[int] = json.loads(version.files)
    return found


def files_of(visit: Visit, found: Sequence[HandIn]) -> Mapping[int, Sequence[StoredFile]]:
    """The files of each version by its id; what was taken over from an earlier version is among them. One statement."""
    if not found:
        return {}
    known = {file.id: file for file in visit.files.of(*(purpose(version.id) for version in found))}
    return {version.id: [known[id] for id in file_ids(version) if id in known] for version in found}


def latest_form(forms: Iterable[Assessment], handin_id: int) -> Assessment | None:
    """The marking form that counts for a hand-in: of several tutors the one who finished last."""
    done = [one for one in forms if one.subject == subject(handin_id) and one.done_at is not None]
    return max(done, key=lambda one: (one.done_at, one.id), default=None)


def names(people: Iterable[Member]) -> dict[int, str]:
    """Names by person id."""
    return {member.id: member.name for member in people}
