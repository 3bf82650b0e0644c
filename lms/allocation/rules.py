"""Who reviews whom: what is forbidden, what is preferred, what came out and why. Pure: neither Flask nor a database.

In this order: every work gets as many reviewers as it asks for; where it cannot, what is missing is spread; loads are as even as can
be; of what was decided before as little as can be is changed; then wishes, load elsewhere, mutual reviews and regions count, then
chance, which depends on the seed alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import Literal, TypeVar

Ban = Literal["self", "conflict", "team", "school", "earlier"]
"""self: one's own work · conflict: declared by or for one of the two · team, school: that of an author · earlier: one of the authors was
reviewed by this person before"""

T = TypeVar("T", int, str)

Pair = tuple[str, int]
"""A work's key and a reviewer."""


def shuffled(seed: str, purpose: str, ids: Iterable[T]) -> list[T]:
    """The ids in an order that depends on the seed and the purpose alone, in every version of Python."""
    return sorted(set(ids), key=lambda id: (sha256(f"{seed}/{purpose}/{id}".encode()).digest(), str(id)))


def pseudonyms(seed: str, purpose: str, ids: Iterable[T]) -> dict[T, int]:
    """A number from 1 for each id. Different purposes give unrelated numbers: one says nothing about the other."""
    return {id: number for number, id in enumerate(shuffled(seed, purpose, ids), start=1)}


@dataclass(frozen=True)
class Work:
    """Something to be reviewed; the key is its name among all of them."""

    key: str
    authors: tuple[int, ...] = ()


@dataclass(frozen=True)
class Party:
    """What is known of a person; "" is unknown and nobody's like."""

    team: str = ""
    school: str = ""
    region: str = ""


@dataclass(frozen=True)
class Terms:
    """What is to be handed out to whom, and on what terms.

    `most`: reviews of one person at most (None: as many as it takes) · `conflicts`: two people a pair, in either order · `earlier`:
    (reviewer, author) who have met · `wishes`: from −2 (rather not) to 2 (gladly) · `elsewhere`: reviews a person has to write in
    other places.
    """

    works: tuple[Work, ...]
    reviewers: tuple[int, ...]
    per_work: int
    most: int | None = None
    people: Mapping[int, Party] = field(default_factory=dict)
    conflicts: AbstractSet[tuple[int, int]] = frozenset()
    earlier: AbstractSet[tuple[int, int]] = frozenset()
    wishes: Mapping[Pair, int] = field(default_factory=dict)
    elsewhere: Mapping[int, int] = field(default_factory=dict)
    apart: AbstractSet[Ban] = frozenset({"team", "school", "earlier"})
    """Which bans hold beside "self" and "conflict", which always do."""

    @cached_property
    def banned(self) -> Mapping[str, Mapping[int, Ban]]:
        """By work: the reviewers who may not get it, and why; of several reasons the plainest."""
        inside = set(self.reviewers)
        teams, schools, foes, met = _groups(self)
        found: dict[str, Mapping[int, Ban]] = {}
        for work in self.works:
            here: dict[int, Ban] = {}
            for author in work.authors:
                party = self.people.get(author, Party())
                sources: tuple[tuple[Ban, Iterable[int]], ...] = (
                    ("self", (author,)), ("conflict", foes.get(author, ())), ("team", teams.get(party.team, ())),
                    ("school", schools.get(party.school, ())), ("earlier", met.get(author, ())),
                )  # fmt: skip
                for ban, people in sources:
                    if ban not in ("self", "conflict") and ban not in self.apart:
                        continue
                    for person in people:
                        if person in inside and _ORDER[ban] < _ORDER.get(here.get(person, ""), 9):
                            here[person] = ban
            found[work.key] = here
        return found


_ORDER: Mapping[str, int] = {"self": 0, "conflict": 1, "team": 2, "school": 3, "earlier": 4}


def _groups(terms: Terms) -> tuple[dict[str, set[int]], dict[str, set[int]], dict[int, set[int]], dict[int, set[int]]]:
    teams: dict[str, set[int]] = {}
    schools: dict[str, set[int]] = {}
    for id, party in terms.people.items():
        if party.team:
            teams.setdefault(party.team, set()).add(id)
        if party.school:
            schools.setdefault(party.school, set()).add(id)
    foes: dict[int, set[int]] = {}
    for one, other in terms.conflicts:
        foes.setdefault(one, set()).add(other)
        foes.setdefault(other, set()).add(one)
    met: dict[int, set[int]] = {}
    for reviewer, author in terms.earlier:
        met.setdefault(author, set()).add(reviewer)
    return teams, schools, foes, met


# ------------------------------------------------------------------------------------------- what comes out


@dataclass(frozen=True)
class Bottleneck:
    """Works that cannot all get what they ask for. They need `needed` reviews; `reviewers`, who are at their limit, and whoever has
    one of them besides can write `possible`. `because`: how many people each kind of ban keeps from one of these works."""

    works: tuple[str, ...]
    reviewers: tuple[int, ...]
    needed: int
    possible: int
    because: Mapping[Ban, int]


@dataclass(frozen=True)
class Outcome:
    """Who reviews what, in the order of works and people; `added` and `removed` against what was decided before."""

    pairs: tuple[Pair, ...]
    missing: Mapping[str, int]
    """Reviews that works lack, by key; only those that lack some."""
    loads: Mapping[int, int]
    bottlenecks: tuple[Bottleneck, ...] = ()
    added: tuple[Pair, ...] = ()
    removed: tuple[Pair, ...] = ()

    @property
    def full(self) -> bool:
        """Whether every work has as many reviewers as it asks for."""
        return not self.missing

    @property
    def spread(self) -> tuple[int, int]:
        """The smallest and the largest load."""
        return min(self.loads.values(), default=0), max(self.loads.values(), default=0)


def allocate(terms: Terms, seed: str) -> Outcome:
    """Hand everything out from the beginning."""
    return repair(terms, (), seed)


def repair(terms: Terms, before: Iterable[Pair], seed: str, held: Iterable[Pair] = ()) -> Outcome:
    """Make the best of what is decided with the fewest changes: somebody left or came, or may not review a work any more.

    `before` is what was decided; `held` of it (begun, or chosen by hand) stays whatever the rules say, and counts for its work even
    when the reviewer is not among them any more. A work that has more reviewers than it asks for, because somebody wanted it so, keeps
    as many.
    """
    from lms.allocation.solver import Table  # noqa: PLC0415 - numpy and the solver: few processes ever hand anything out

    keys, inside = {work.key for work in terms.works}, set(terms.reviewers)
    known, kept = set(before), set(held)
    stays = {pair for pair in kept if pair[0] in keys}
    was = {pair for pair in known if pair[0] in keys and pair[1] in inside}
    had = Counter(key for key, id in was | stays if (key, id) in stays or id not in terms.banned[key])
    table = Table(terms, seed, {key: max(terms.per_work, had[key]) for key in keys}, was, stays)
    total = table.asked + sum(id in inside for _, id in stays)
    even = -(-total // len(inside)) if inside else 0
    taken = table.solve(even)
    if len(taken) < table.asked:  # not with even loads: as even as can be then
        taken = table.solve(None)
    pairs = stays | taken
    got = Counter(key for key, _ in pairs)
    loads = Counter(id for _, id in pairs)
    missing = {work.key: terms.per_work - got[work.key] for work in terms.works if got[work.key] < terms.per_work}
    return Outcome(
        tuple(sorted(pairs)),
        missing,
        {id: loads[id] for id in terms.reviewers},
        tuple(_bottlenecks(terms, pairs, missing)),
        tuple(sorted(pairs - known)),
        tuple(sorted(known - pairs - kept)),
    )


# ------------------------------------------------------------------------------------------- why not, and why this


def _bottlenecks(terms: Terms, pairs: AbstractSet[Pair], missing: Mapping[str, int]) -> Iterable[Bottleneck]:
    """Groups of works that hold each other short, apart from each other."""
    groups: list[tuple[set[str], set[int]]] = []
    for start in missing:
        if not any(start in works for works, _ in groups):
            works, met = _reached(terms, pairs, start)
            for other in [one for one in groups if one[0] & works]:
                groups.remove(other)
                works, met = works | other[0], met | other[1]
            groups.append((works, met))
    for works, met in groups:
        because: Counter[Ban] = Counter()
        for reviewer in terms.reviewers:
            because.update({terms.banned[key][reviewer] for key in works if reviewer in terms.banned[key]})
        needed = terms.per_work * len(works)
        lacking = sum(missing.get(key, 0) for key in works)
        yield Bottleneck(tuple(sorted(works)), tuple(sorted(met)), needed, needed - lacking, dict(because))


def _reached(terms: Terms, pairs: AbstractSet[Pair], start: str) -> tuple[set[str], set[int]]:
    """From a work that lacks somebody to whoever might have taken it, and on to what these took instead. Everybody met is at their
    limit, else the flow would have found the way."""
    works, met, waiting = {start}, set[int](), [start]
    while waiting:
        key = waiting.pop()
        open_to = {id for id in terms.reviewers if id not in terms.banned[key] and (key, id) not in pairs} - met
        met |= open_to
        further = {other for other, id in pairs if id in open_to} - works
        works |= further
        waiting += further
    return works, met


@dataclass(frozen=True)
class Why:
    """Why somebody got a work: `among` works they might have got (of `works`), `kept` from them by kind of ban, `wish` as they said it,
    `far`: the author is of another region (None: unknown), `load` works in all, where others have `least` to `most`."""

    works: int
    among: int
    kept: Mapping[Ban, int]
    wish: int
    far: bool | None
    load: int
    least: int
    most: int


def reasons(terms: Terms, pairs: Sequence[Pair]) -> dict[Pair, Why]:
    """Why each of these pairs came about. One pass over works and bans."""
    kept: dict[int, Counter[Ban]] = {id: Counter() for id in terms.reviewers}
    for bans in terms.banned.values():
        for id, ban in bans.items():
            kept[id][ban] += 1
    loads = Counter(id for _, id in pairs)
    authors = {work.key: work.authors for work in terms.works}
    all_loads = [loads[id] for id in terms.reviewers]
    found = {}
    for key, id in pairs:
        own = terms.people.get(id, Party()).region
        theirs = {terms.people.get(one, Party()).region for one in authors[key]} - {""}
        mine = kept.get(id, Counter())
        found[(key, id)] = Why(
            len(terms.works), len(terms.works) - sum(mine.values()), dict(mine), terms.wishes.get((key, id), 0),
            own not in theirs if own and theirs else None, loads[id], min(all_loads), max(all_loads),
        )  # fmt: skip
    return found
