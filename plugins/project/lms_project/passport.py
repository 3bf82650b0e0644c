"""The passport of a project: whose it is, what was agreed and done, what came out. One page, to be read and printed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from courses.submissions import steps_of
from courses.teaming import folded
from lms.plugin import Member, Owner, Recorded, Slot, StageRule, Step, Submission, SubmissionLine, Visit
from lms_project import defence, diary, pacts
from lms_project.models import Entry, Minutes

CONSULTATION = "consultation"
DEFENCE = "defence"


@dataclass(frozen=True)
class StageLine:
    """A stage as it went: `number` of versions handed in, `last` of them."""

    rule: StageRule
    step: Step
    number: int
    last: SubmissionLine | None


@dataclass(frozen=True)
class Passport:
    """All that is known of an owner's project. `product`: the latest work of the last stage; `times` are booked, by purpose; `results`
    are those of the present members, by id; `public`: where everybody reads the product, "" when it is not shown."""

    owner: Owner
    members: Sequence[Member]
    names: Mapping[int, str]
    contract: pacts.Standing | None
    shares: pacts.Standing | None
    stages: Sequence[StageLine]
    product: Submission | None
    entries: Sequence[Entry]
    times: Mapping[str, Sequence[Slot]]
    defended: defence.Defended | None
    minutes: Minutes | None
    results: Mapping[int, Recorded]
    public: str

    @property
    def schools(self) -> Sequence[str]:
        """The schools its members come from."""
        found: dict[str, str] = {}
        for member in self.members:
            if member.school:
                found.setdefault(folded(member.school), member.school)
        return list(found.values())

    def role(self, person_id: int) -> str:
        """What a member does, by the contract."""
        voice = self.contract.voices.get(person_id) if self.contract else None
        return voice.role if voice else ""


def of(visit: Visit, owner: Owner) -> Passport:
    """The passport of an owner. At most sixteen statements, whatever there is to tell."""
    settings = visit.settings
    active = visit.people()
    known = {member.id: member for member in active}
    team = {member.id: member for member in owner.team.members} if owner.team else {}
    members = [team.get(id, known[id]) for id in owner.people if id in known]
    people = {owner.key: [member.id for member in members]}
    pact = pacts.standings(visit, people if owner.team else {}, pacts.all_asked(settings))
    lines = visit.submissions.lines(owner.key)
    steps = steps_of(lines)
    stages = []
    for rule in visit.submissions.stages(owner.key):
        own = [line for line in lines if line.stage == rule.id and line.state != "draft"]
        stages.append(StageLine(rule, steps.get(rule.id, Step()), len(own), own[-1] if own else None))
    last = stages[-1].last
    product = visit.submissions.get(last.id) if last else None
    public = product is not None and settings.shown == "public" and visit.submissions.is_shown(product, "public")
    results = visit.results()
    return Passport(
        owner, members, {member.id: member.name for member in (*active, *team.values())},
        pact.get(("contract", owner.key)), pact.get(("shares", owner.key)), stages, product,
        diary.of(visit, people[owner.key]) if settings.diary else (),
        times(visit, owner),
        defence.defended(visit, [owner.key]).get(owner.key),
        defence.minutes(visit, owner.key) if settings.defence else None,
        {id: results[id, visit.block.id] for id in people[owner.key] if (id, visit.block.id) in results},
        visit.submissions.public_address(product.id) if product is not None and public else "",
    )  # fmt: skip


def times(visit: Visit, owner: Owner) -> Mapping[str, Sequence[Slot]]:
    """What an owner has booked, by purpose. Two statements, none where there is nothing to book."""
    if not visit.settings.consultations and visit.settings.defence is None:
        return {}
    team = owner.team.id if owner.team else None
    held = {
        one.slot
        for one in visit.booking.of()
        if one.number is not None and (one.person_id in owner.people if team is None else one.team_id == team)
    }
    found: dict[str, list[Slot]] = {CONSULTATION: [], DEFENCE: []}
    for slot in visit.booking.opened():
        if slot.name in held and slot.purpose in found:
            found[slot.purpose].append(slot)
    return found
