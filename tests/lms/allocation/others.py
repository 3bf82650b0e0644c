"""Other methods to hand works out, which know nothing of flows: an exact one (augmenting paths on bit masks) and the greedy one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from random import Random

from lms.allocation.rules import Terms


def filled(terms: Terms, most: int) -> dict[str, int]:
    """The most that can be handed out when nobody takes more than `most`: reviewers by work, as bit masks."""
    place = {id: 1 << number for number, id in enumerate(terms.reviewers)}
    open_to = {
        work.key: sum(place[id] for id in terms.reviewers if id not in terms.banned[work.key]) for work in terms.works
    }
    has = dict.fromkeys(open_to, 0)
    holders: dict[int, set[str]] = {bit: set() for bit in place.values()}

    def bits(mask: int) -> Iterable[int]:
        while mask:
            low = mask & -mask
            yield low
            mask ^= low

    def find(start: str) -> bool:
        came: dict[int, str] = {}
        before: dict[str, int] = {start: 0}
        waiting, seen = [start], 0
        for key in waiting:
            fresh = open_to[key] & ~has[key] & ~seen
            seen |= fresh
            for bit in bits(fresh):
                came[bit] = key
                if len(holders[bit]) < most:
                    while bit:
                        key = came[bit]
                        has[key] |= bit
                        holders[bit].add(key)
                        bit = before[key]
                        if bit:
                            has[key] ^= bit
                            holders[bit].discard(key)
                    return True
                for other in holders[bit] - before.keys():
                    before[other] = bit
                    waiting.append(other)
        return False

    for _ in range(terms.per_work):
        for work in terms.works:
            find(work.key)
    for key in has:  # whoever found nothing in an early round may find something now
        while has[key].bit_count() < terms.per_work and find(key):
            pass
    return has


def amount(terms: Terms, most: int) -> int:
    return sum(mask.bit_count() for mask in filled(terms, most).values())


def all_even(terms: Terms) -> bool:
    """Whether every work can be full with loads that differ by at most one: the works can be full with nobody above the upper of the
    two loads, and everybody can reach the lower one; then both can be had at once (Mendelsohn and Dulmage)."""
    total = terms.per_work * len(terms.works)
    low, rest = divmod(total, len(terms.reviewers))
    high = low + bool(rest)
    return (
        (terms.most is None or high <= terms.most)
        and amount(terms, high) == total
        and amount(terms, low) == low * len(terms.reviewers)
    )


def greedy(terms: Terms, chance: Random) -> dict[str, set[int]]:
    """Rounds as they are known from elsewhere: each work takes the least loaded of those who may, ties by lot."""
    loads = Counter(dict.fromkeys(terms.reviewers, 0))
    got: dict[str, set[int]] = {work.key: set() for work in terms.works}
    highest = -(-terms.per_work * len(terms.works) // len(terms.reviewers))
    for _ in range(terms.per_work):
        for work in terms.works:
            able = [
                id
                for id in terms.reviewers
                if id not in terms.banned[work.key] and id not in got[work.key] and loads[id] < highest
            ]
            if able:
                least = min(loads[id] for id in able)
                id = chance.choice([id for id in able if loads[id] == least])
                got[work.key].add(id)
                loads[id] += 1
    return got
