"""Teams by chance: even in size, with schools and regions mixed, the same for the same seed. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random


@dataclass(frozen=True)
class Origin:
    """Where somebody comes from, as far as is known; "" is a place of their own."""

    school: str = ""
    region: str = ""


def counts(people: int, least: int, most: int) -> range:
    """How many teams there may be, so that every one has between `least` and `most` people; where that cannot be, as many as keep to
    `most`."""
    fewest = max(-(-people // most), 1)
    return range(fewest, max(people // least, fewest) + 1)


def usual(people: int, least: int, most: int) -> int:
    """How many teams there are if nobody says otherwise: as large as the middle between `least` and `most`."""
    able = counts(people, least, most)
    return min(max(round(people * 2 / (least + most)), able[0]), able[-1])


def deal(people: Mapping[int, Origin], teams: int, seed: str) -> list[list[int]]:
    """Everybody into so many teams. Sizes differ by one at most; so do, from team to team, the numbers of people of one school and,
    where schools lie in one region, of people of one region.

    People are put in a row, those of one region together and within it those of one school, and dealt out like cards: whoever stands
    together in the row is spread as evenly as can be.
    """
    chance = Random(seed)  # noqa: S311 - not secret
    row = sorted(people)
    chance.shuffle(row)
    home: dict[str, Counter[str]] = {}
    for id in row:
        home.setdefault(_school(id, people[id]), Counter())[people[id].region] += 1
    region = {school: found.most_common(1)[0][0] for school, found in home.items()}
    rank = {name: place for place, name in enumerate(dict.fromkeys(region[_school(id, people[id])] for id in row))}
    order = {school: place for place, school in enumerate(home)}

    def place(id: int) -> tuple[int, int]:
        school = _school(id, people[id])
        return rank[region[school]], order[school]

    row.sort(key=place)
    found: list[list[int]] = [[] for _ in range(teams)]
    for turn, id in enumerate(row):
        found[turn % teams].append(id)
    return found


def _school(id: int, origin: Origin) -> str:
    return origin.school or f"#{id}"


@dataclass(frozen=True)
class Placed:
    """What becomes of latecomers: `joined` by team, `new` teams, and whoever is `left` because every team is full and they are too few
    for one of their own."""

    joined: Mapping[int, Sequence[int]]
    new: Sequence[Sequence[int]]
    left: Sequence[int]


def place(
    late: Sequence[int], teams: Mapping[int, Sequence[int]], people: Mapping[int, Origin], least: int, most: int, seed: str
) -> Placed:  # fmt: skip
    """Room for latecomers without moving anybody: each goes to the smallest team, of these to the one with the fewest of their school
    and region; when all are full, they make new teams if they are enough."""
    chance = Random(seed)  # noqa: S311 - not secret
    now = {team: list(members) for team, members in teams.items()}
    joined: dict[int, list[int]] = {}
    row = sorted(late)
    chance.shuffle(row)
    left = []
    for id in row:
        able = [team for team, members in now.items() if len(members) < most]
        if not able:
            left.append(id)
            continue
        own = people.get(id, Origin())
        chosen = min(able, key=lambda team: (len(now[team]), _alike(own, now[team], people), team))
        now[chosen].append(id)
        joined.setdefault(chosen, []).append(id)
    if len(left) < least:
        return Placed(joined, (), sorted(left))
    fit = min(len(left), len(left) // least * most)  # four are no teams of three: one waits for others
    some = {id: people.get(id, Origin()) for id in left[:fit]}
    return Placed(joined, deal(some, usual(fit, least, most), seed), sorted(left[fit:]))


def _alike(own: Origin, members: Sequence[int], people: Mapping[int, Origin]) -> tuple[int, int]:
    known = [people.get(id, Origin()) for id in members]
    schools = sum(bool(own.school) and one.school == own.school for one in known)
    return schools, sum(bool(own.region) and one.region == own.region for one in known)
