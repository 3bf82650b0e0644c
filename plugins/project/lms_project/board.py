"""What is found on the project's page, read in a constant number of statements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lms.plugin import Owner, Slot, StageRule, Step, Visit
from lms_project import defence, pacts, passport
from lms_project.format import ProjectSettings


@dataclass(frozen=True)
class Mine:
    """The own work. `now` is the stage to work on; the rest is what the team keeps beside it, None where there is no such thing."""

    owner: Owner | None
    stages: Sequence[StageRule]
    steps: Mapping[str, Step]
    now: StageRule | None
    contract: pacts.Standing | None
    shares: pacts.Standing | None
    times: Mapping[str, Sequence[Slot]]

    @property
    def waits_for_contract(self) -> bool:
        """Whether the team has still to agree to its contract."""
        return self.contract is not None and not self.contract.was_agreed

    @property
    def waits_for_shares(self) -> bool:
        """Whether the team has still to agree how its finished work is shared."""
        done = all(self.steps.get(stage.id, Step()).state == "accepted" for stage in self.stages)
        return done and self.shares is not None and not self.shares.holds and not self.shares.against


def of_learner(visit: Visit) -> Mine:
    """A learner's page. Thirteen statements at most."""
    settings: ProjectSettings = visit.settings
    works = visit.submissions
    owner = works.owner()
    if owner is None:
        return Mine(None, works.stages(), {}, None, None, None, {})
    steps = works.steps(owner.key).get(owner.key, {})
    stages = works.stages(owner.key)
    kinds = pacts.all_asked(settings) if owner.team is not None else ()
    pact = pacts.standings(visit, {owner.key: pacts.present(visit, owner)} if kinds else {}, kinds)
    return Mine(
        owner, stages, steps, works.current(stages, steps), pact.get(("contract", owner.key)), pact.get(("shares", owner.key)),
        passport.times(visit, owner),
    )  # fmt: skip


@dataclass(frozen=True)
class Row:
    """An owner, for staff."""

    owner: Owner
    contract: pacts.Standing | None
    shares: pacts.Standing | None
    defended: defence.Defended | None

    @property
    def address(self) -> str:
        """Where their passport is, below the activity."""
        return f"owners/{self.owner.key.replace(':', '/')}/"


PAGE = 40
"""Owners on one page of the table of passports."""


@dataclass(frozen=True)
class Board:
    """A page of the table of passports."""

    rows: Sequence[Row]
    page: int
    pages: int


def of_staff(visit: Visit, page: int = 1) -> Board:
    """Contract, shares and defence of those on the page. Nine statements at most, whatever the size of the group."""
    settings: ProjectSettings = visit.settings
    everybody = visit.submissions.owners()
    pages = max(-(-len(everybody) // PAGE), 1)
    page = min(max(page, 1), pages)
    owners = everybody[(page - 1) * PAGE : page * PAGE]
    active = {member.id for member in visit.people()}
    teams = {one.key: [id for id in one.people if id in active] for one in owners if one.team is not None}
    pact = pacts.standings(visit, teams, pacts.all_asked(settings))
    defended = defence.defended(visit, [owner.key for owner in owners])
    rows = [
        Row(one, pact.get(("contract", one.key)), pact.get(("shares", one.key)), defended.get(one.key))
        for one in owners
    ]
    return Board(rows, page, pages)
