"""Who gets what as a flow of least cost: the one module that knows the library that finds it. Pure, and loaded when works are handed
out.

Works send as many units as they ask for, reviewers hand them on to one sink. Where a work finds nobody its unit takes a way round, and
every further unit of one reviewer costs more than the one before, so that the cheapest flow fills as much as can be filled, spreads
what is missing, then evens out the loads, then keeps what was decided, and only then looks at wishes and chance. That each of these
outweighs all below it is no matter of large numbers chosen by feel: a flow is cheapest when no circle of changes makes it cheaper; a
circle meets each work and each reviewer once, so what it may save among pairs is bounded by the smaller side (`circle`).
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python import min_cost_flow

from lms.allocation.rules import Pair, Party, Terms

Numbers = NDArray[np.int64]

BID, ELSEWHERE, MUTUAL, REGION, CHANCE = 100, 20, 25, 50, 16
"""What a step of a wish costs, a review that somebody has to write elsewhere, a pair that may become mutual, an own region; and how many
sides the die has."""
MOST_ELSEWHERE = 10
DEAREST = 4 * BID + MOST_ELSEWHERE * ELSEWHERE + MUTUAL + REGION + CHANCE
"""What no pair reaches."""

STEPS = 64
"""Reviews of one person from which on another one costs no more than the last: nobody compares the 65th with the 66th."""


class Table:
    """The terms in numbers: works are rows, reviewers columns, in an order that the seed alone decides.

    `asked` is how many reviewers each work is to have; `was` are pairs decided before, `stays` those that are not to be touched:
    they are left out here, and counted.
    """

    def __init__(
        self, terms: Terms, seed: str, asked: Mapping[str, int], was: AbstractSet[Pair], stays: AbstractSet[Pair]
    ) -> None:
        self._most = terms.most
        works = sorted(terms.works, key=lambda work: (_code(seed, "work", work.key), work.key))
        self._keys = [work.key for work in works]
        self._people = sorted(set(terms.reviewers), key=lambda id: (_code(seed, "person", id), id))
        self._row = {key: row for row, key in enumerate(self._keys)}
        self._column = {id: column for column, id in enumerate(self._people)}
        got, carried = Counter(key for key, _ in stays), Counter(id for _, id in stays)
        self._need = [max(asked[key] - got[key], 0) for key in self._keys]
        self._carried = [carried[id] for id in self._people]
        free = np.ones((len(self._keys), len(self._people)), dtype=bool)
        for row, key in enumerate(self._keys):
            free[row, [self._column[id] for id in terms.banned[key]]] = False
        for key, id in stays:
            if id in self._column:
                free[self._row[key], self._column[id]] = False
        self._rows, self._columns = (part.astype(np.int64) for part in np.nonzero(free))
        costs = self._chance(seed)
        authors = [work.authors for work in works]
        self._avoid_mutual(costs, authors)
        self._prefer_other_regions(costs, authors, terms.people)
        elsewhere = [min(terms.elsewhere.get(id, 0), MOST_ELSEWHERE) * ELSEWHERE for id in self._people]
        costs += np.array(elsewhere, dtype=np.int64)
        costs += 2 * BID
        for (key, id), wish in terms.wishes.items():
            if key in self._row and id in self._column:
                costs[self._row[key], self._column[id]] -= min(max(wish, -2), 2) * BID
        self._dearest = DEAREST
        if was:
            costs += self._circle
            for key, id in was:
                costs[self._row[key], self._column[id]] -= self._circle
            self._dearest += self._circle
        self._costs = costs[self._rows, self._columns]

    @property
    def asked(self) -> int:
        """Reviews to be found."""
        return sum(self._need)

    @property
    def _circle(self) -> int:
        """More than a circle of changes may save among wishes and chance."""
        return 2 * min(len(self._keys), len(self._people)) * DEAREST + 1

    def _chance(self, seed: str) -> Numbers:
        """A throw of the die for every pair, which depends on the two and the seed, not on who else is there."""
        codes, others = (
            np.array([_code(seed, "chance", one) for one in side], dtype=np.uint64)
            for side in (self._keys, self._people)
        )
        values = codes[:, np.newaxis] ^ others[np.newaxis, :]
        for shift, factor in (
            (30, 0xBF58476D1CE4E5B9),
            (27, 0x94D049BB133111EB),
        ):  # splitmix64: neighbours share nothing
            values = (values ^ (values >> np.uint64(shift))) * np.uint64(factor)
        return ((values ^ (values >> np.uint64(31))) % np.uint64(CHANCE)).astype(np.int64)

    def _avoid_mutual(self, costs: Numbers, authors: Sequence[Sequence[int]]) -> None:
        """People stand in a circle: where all review only those of the half before them, no two review each other."""
        count, columns = len(self._people), np.arange(len(self._people))
        for row, of_work in enumerate(authors):
            place = next((self._column[id] for id in of_work if id in self._column), None)
            if place is not None:
                steps = (columns - place) % count
                costs[row] += MUTUAL * ((2 * steps > count) | ((2 * steps == count) & (columns < place)))

    def _prefer_other_regions(
        self, costs: Numbers, authors: Sequence[Sequence[int]], people: Mapping[int, Party]
    ) -> None:
        own: dict[str, list[int]] = {}
        for column, id in enumerate(self._people):
            own.setdefault(people.get(id, Party()).region, []).append(column)
        for row, of_work in enumerate(authors):
            for region in {people.get(id, Party()).region for id in of_work} - {""}:
                costs[row, own.get(region, [])] += REGION

    def solve(self, bound: int | None) -> set[Pair]:
        """The cheapest pairs when nobody gets more than `bound` (None: than the terms say)."""
        most = min(one for one in (bound, self._most, len(self._keys)) if one is not None)
        works, people = len(self._keys), len(self._people)
        sink = works + people
        circle = 2 * min(works, people) * self._dearest + 1
        flow = min_cost_flow.SimpleMinCostFlow()

        def arcs(rows: Sequence[tuple[int, int, int, int]]) -> None:
            """Tail, head, capacity, cost."""
            if rows:
                flow.add_arcs_with_capacity_and_unit_cost(*np.array(rows, dtype=np.int64).T)

        heads, ones = self._columns + works, np.ones(len(self._rows), dtype=np.int64)
        pairs = flow.add_arcs_with_capacity_and_unit_cost(self._rows, heads, ones, self._costs)
        lack = (2 * STEPS + 2) * circle  # more than a review of the busiest and a circle beside it
        arcs([(row, sink, 1, place * lack) for row, need in enumerate(self._need) for place in range(1, need + 1)])
        for column, carried in enumerate(self._carried):
            begin, room = min(carried, STEPS), max(most - carried, 0)
            single = min(room, STEPS - begin)
            loads = [(1, place) for place in range(begin, begin + single)] + [(room - single, STEPS)] * (room > single)
            arcs([(works + column, sink, units, (2 * place + 1) * circle) for units, place in loads])
        flow.set_nodes_supplies(np.arange(works), np.array(self._need, dtype=np.int64))
        flow.set_node_supply(sink, -self.asked)
        status = flow.solve()
        assert status == flow.OPTIMAL, f"every review has a way round, and yet: {status}"
        taken = np.nonzero(flow.flows(pairs))[0]
        found = zip(self._rows[taken].tolist(), self._columns[taken].tolist(), strict=True)
        return {(self._keys[row], self._people[column]) for row, column in found}


def _code(seed: str, purpose: str, key: str | int) -> int:
    return int.from_bytes(sha256(f"{seed}/{purpose}/{key}".encode()).digest()[:8], "big")
