"""How teams of an activity come about: chosen, made by staff, drawn by chance; what hangs on them follows."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast
from zlib import crc32

from courses.teaming import MOST_MEMBERS, folded
from lms.allocation.models import Origin as OriginRecord
from lms.allocation.service import origins_of
from lms.i18n import Message, gettext, mark, speaking
from lms.plugin import BadInput, Team, Teaming, TeamTerms
from lms.submissions.service import source_of as submitting_of
from lms.teaming import rules
from lms.teaming.rules import Origin, Placed
from lms.teams.service import GONE, source_of

if TYPE_CHECKING:
    from lms.visit import RunVisit

FIXED = mark("Something was handed in already: the team stays as it is. Ask the tutor.")


@dataclass(frozen=True)
class Standing:
    """All there is to know before teams change. `fixed`: ids of teams that stay as they are; `alone`: (id, name) of who has none;
    `sent`: ids of people who handed in something alone."""

    terms: TeamTerms
    teams: Sequence[Team]
    fixed: Collection[int]
    alone: Sequence[tuple[int, str]]
    people: frozenset[int]
    sent: frozenset[int] = frozenset()

    def open_to(self, team: Team) -> bool:
        """Whether somebody may join this team."""
        return team.id not in self.fixed and self.size(team) < self.terms.most

    def size(self, team: Team) -> int:
        """How many of its people are in the course still."""
        return sum(one.id in self.people for one in team.members)


class Making:
    """Teams of the activity a visit is to, and what changes them. Every act takes the activity's lock, raises BadInput when it may not
    be, moves drafts along and tells the kind."""

    def __init__(self, visit: RunVisit, source: Teaming) -> None:
        self.visit = visit
        self.source = source
        self.plain = cast(Any, visit)

    @staticmethod
    def of(visit: RunVisit) -> Making | None:
        """For a block whose kind works in teams; None for others."""
        source = source_of(visit)
        return Making(visit, source) if source is not None else None

    def standing(self) -> Standing:
        """Where it stands. Three statements, and what the kind asks."""
        members = self.visit.people()
        teams = self.visit.teams.all()
        fixed = set(self.source.fixed(self.plain))
        alone_sent: frozenset[int] = frozenset()
        if submitting_of(self.visit.site, self.visit.block.kind) is not None:
            sent = {line.owner for line in self.visit.submissions.lines() if line.state != "draft"}
            fixed |= {team.id for team in teams if f"team:{team.id}" in sent}
            alone_sent = frozenset(one.id for one in members if f"person:{one.id}" in sent)
        taken = {one.id for team in teams for one in team.members}
        alone = [(one.id, one.name) for one in members if one.id not in taken]
        terms = self.source.terms(self.plain)
        return Standing(terms, teams, fixed, alone, frozenset(one.id for one in members), alone_sent)

    def _begin(self) -> Standing:
        self.visit.lock(self.source.lock)
        found = self.standing()
        if found.terms.refusal is not None:
            raise BadInput(found.terms.refusal)
        return found

    # ------------------------------------------------------------------ participants

    def make(self, name: str) -> Team:
        """A new team with this person in it."""
        self._free(self._choosing())
        return self._into(self.visit.person.id, None, name)

    def join(self, team_id: int) -> Team:
        """This person into a team that is open to others."""
        found = self._choosing()
        self._free(found)
        team = _team(found, team_id)
        if team.id in found.fixed:
            raise BadInput(Message(FIXED))
        return self._into(self.visit.person.id, team)

    def leave(self) -> None:
        """This person out of their team."""
        found = self._choosing()
        own = _team_of(found, self.visit.person.id)
        if own is None:
            raise BadInput(Message(mark("You are in no team.")))
        if own.id in found.fixed:
            raise BadInput(Message(FIXED))
        self._out(own, self.visit.person.id)

    def rename(self, name: str) -> None:
        """Call the own team otherwise, however it came about."""
        found = self._begin()
        own = _team_of(found, self.visit.person.id)
        if own is None:
            raise BadInput(Message(mark("You are in no team.")))
        self.visit.teams.rename(own.id, name)
        self._changed([one.id for one in own.members])

    def _free(self, found: Standing) -> None:
        """What somebody handed in alone stays theirs: no team would have it."""
        if self.visit.person.id in found.sent:
            raise BadInput(Message(mark("You have handed in something alone already. Ask the tutor.")))

    def _choosing(self) -> Standing:
        found = self._begin()
        if found.terms.made != "choice" or found.terms.most == 1:
            raise BadInput(Message(mark("Teams are not chosen here: the tutor says who works with whom.")))
        return found

    # ------------------------------------------------------------------ staff

    def put(self, person_id: int, team_id: int, name: str) -> None:
        """Somebody into a team, out of the one they are in; without `team_id` into a new one of this name (maybe nobody)."""
        found = self._begin()
        if person_id and person_id not in found.people:
            raise BadInput(Message(mark("Choose a participant of this course.")))
        team = _team(found, team_id) if team_id else None
        if not person_id:
            if team is not None:
                raise BadInput(Message(mark("Choose a participant of this course.")))
            self.visit.teams.create(name)
            return
        own = _team_of(found, person_id)
        if own is not None and own == team:
            return
        if own is not None:
            self._out(own, person_id)
        # staff may go beyond what the course says
        self._into(person_id, team, name, at_most=MOST_MEMBERS)

    def take_out(self, person_id: int) -> None:
        """Somebody out of their team, whatever it has done."""
        own = _team_of(self._begin(), person_id)
        if own is not None:
            self._out(own, person_id)

    def call(self, team_id: int, name: str) -> None:
        """Call a team otherwise."""
        team = _team(self._begin(), team_id)
        self.visit.teams.rename(team.id, name)
        self._changed([one.id for one in team.members])

    def proposal(self, found: Standing, anew: bool, teams: int, seed: int) -> Proposal:
        """What chance would make of those without a team (`anew`: of all whose teams may change), for this seed."""
        loose = [team for team in found.teams if team.id not in found.fixed] if anew else []
        people = {id for id, _ in found.alone if id not in found.sent} | {
            one.id for team in loose for one in team.members if one.id in found.people
        }
        known = self._origins()
        whole = {id: known.get(id, Origin()) for id in people}
        drawn = f"{self.visit.run.id}/{self.visit.block.id}/{seed}"
        least, most = found.terms.least, found.terms.most
        if anew or not found.teams:
            able = rules.counts(len(people), least, most)
            count = min(max(teams, able[0]), able[-1]) if teams else rules.usual(len(people), least, most)
            placed = Placed({}, rules.deal(whole, count, drawn), ()) if people else Placed({}, (), ())
            return Proposal(placed, loose, able, count, seed, _mark_of(people))
        members = {team.id: [one.id for one in team.members] for team in found.teams if team.id not in found.fixed}
        placed = rules.place(sorted(people), members, {**known, **whole}, least, most, drawn)
        return Proposal(placed, (), range(0), 0, seed, _mark_of(people))

    def draw(self, anew: bool, teams: int, seed: int, seen: str | None = None) -> Proposal:
        """Do it. `seen`: what the proposal that was shown was made for."""
        found = self._begin()
        wanted = self.proposal(found, anew, teams, seed)
        if seen is not None and seen != wanted.mark:
            raise BadInput(
                Message(mark("Somebody came or left meanwhile. Look at the teams again before you make them."))
            )
        board = self.visit.teams
        loose = {one.id: team for team in wanted.dissolved for one in team.members}
        board.dissolve([team.id for team in wanted.dissolved])
        seats = {id: team_id for team_id, people in wanted.placed.joined.items() for id in people}
        for name, people in zip(self._names(len(wanted.placed.new)), wanted.placed.new, strict=True):
            seats.update(dict.fromkeys(people, board.create(name).id))
        board.seat(seats)
        self._moved([(f"team:{team.id}", f"person:{team.members[0].id}") for team in wanted.dissolved if team.members])
        self._moved([(f"person:{id}", f"team:{team_id}") for id, team_id in seats.items()])
        told = sorted(seats)
        self._changed(sorted({*told, *loose}))
        if told:
            self.visit.notify(told, Message(mark("“{title}”: you have a team."), {"title": self.visit.block.title}))
        return wanted

    def settle(self) -> None:
        """At a tick: draw teams when it is time, and place late-comers once they are drawn. Harmless when there is nothing to do."""
        terms = self.source.terms(self.plain)
        if terms.made != "random" or terms.refusal is not None or terms.most == 1:
            return
        found = self.standing()
        due = terms.draw_at is not None and terms.draw_at <= self.visit.now
        if any(id not in found.sent for id, _name in found.alone) and (found.teams or due):
            self.draw(anew=False, teams=0, seed=1)

    # ------------------------------------------------------------------ what hangs on it

    def _into(self, person_id: int, team: Team | None, name: str = "", at_most: int = 0) -> Team:
        teams = self.visit.teams
        most = at_most or self.source.terms(self.plain).most
        joined = teams.create(name, person_id) if team is None else teams.join(team.id, person_id, most)
        self._moved([(f"person:{person_id}", f"team:{joined.id}")])
        self._changed([one.id for one in joined.members])
        return joined

    def _out(self, team: Team, person_id: int) -> None:
        self.visit.teams.leave(person_id)
        if len(team.members) == 1:
            # what the last one has begun goes with them, for the team is no more
            self._moved([(f"team:{team.id}", f"person:{person_id}")])
        self._changed([one.id for one in team.members])

    def _moved(self, owners: Sequence[tuple[str, str]]) -> None:
        """Drafts go from owner to owner, where works are handed in."""
        if not owners or submitting_of(self.visit.site, self.visit.block.kind) is None:
            return
        begun = {line.owner for line in self.visit.submissions.lines() if line.state == "draft"}
        for source, target in owners:
            if source in begun:
                self.visit.submissions.move(source, target)

    def _changed(self, people: Sequence[int]) -> None:
        self.source.changed(self.plain, people)

    def _origins(self) -> dict[int, Origin]:
        return {one.person_id: Origin(folded(one.school), folded(one.region)) for one in self.known_origins()}

    def known_origins(self) -> Sequence[OriginRecord]:
        """Where people come from, as it is written. One statement."""
        return origins_of(self.visit.run.id)

    def _names(self, count: int) -> list[str]:
        """Names for new teams in the language of the course, by the next numbers that are free."""
        taken = {team.name for team in self.visit.teams.all()}
        with speaking(self.visit.course.language):
            every = [gettext("Team {n}", n=n) for n in range(1, len(taken) + count + 1)]
        return [name for name in every if name not in taken][:count]


@dataclass(frozen=True)
class Proposal:
    """What chance would make: `dissolved` teams, how many there may be (`able`) and are (`count`), and a `mark` of the people it was
    made for."""

    placed: Placed
    dissolved: Sequence[Team]
    able: range
    count: int
    seed: int
    mark: str


def _mark_of(people: Collection[int]) -> str:
    return f"{crc32(','.join(map(str, sorted(people))).encode()):08x}"


def _team(found: Standing, team_id: int) -> Team:
    team = next((team for team in found.teams if team.id == team_id), None)
    if team is None:
        raise BadInput(Message(GONE))
    return team


def _team_of(found: Standing, person_id: int) -> Team | None:
    return next((team for team in found.teams if any(one.id == person_id for one in team.members)), None)
