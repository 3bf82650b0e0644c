"""Who reviews whom, against an exact method written here in another way, against the greedy one, and against all there is to try."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import combinations, product
from random import Random

import pytest

from lms.allocation.rules import Pair, Party, Terms, Work, allocate, pseudonyms, reasons, repair
from tests.lms.allocation.others import all_even, amount, greedy

# ------------------------------------------------------------------ random courses


def course(seed: int, largest: int = 300) -> Terms:
    """1 to `largest` people, 1 to 5 reviews, teams, schools and other bans; some people bring no work, some reviewers are few."""
    chance = Random(f"course {seed}")
    count = chance.choice((chance.randint(1, 15), chance.randint(4, 60), chance.randint(1, largest)))
    people = chance.sample(range(1, 10 * count + 1), count)
    per_work = min(chance.randint(1, 5), max(count // 2, 1))
    team, school = chance.choice((0, 2, 4)), chance.choice((0, 0, 2, max(count // 4, 1), max(count // 2, 1)))
    order = chance.sample(people, count)
    party = {
        id: Party(
            f"t{number // team}" if team else "",
            f"s{chance.randrange(max(count // school, 1))}" if school else "",
            f"r{number % 5}",
        )
        for number, id in enumerate(order)
    }
    works: list[Work] = []
    if team and chance.random() < 0.5:  # one work of a team, not one of each
        for number in range(-(-count // team)):
            works.append(Work(f"w{number}", tuple(order[number * team : (number + 1) * team])))
    else:
        works = [Work(f"w{number}", (id,)) for number, id in enumerate(order) if chance.random() < 0.95]
    pairs = [(chance.choice(people), chance.choice(people)) for _ in range(chance.choice((0, count // 2, 2 * count)))]
    met = [(chance.choice(people), chance.choice(people)) for _ in range(chance.choice((0, 2 * count)))]
    reviewers = people if chance.random() < 0.8 else chance.sample(people, max(count // 3, 1))
    most = -(-per_work * len(works) // len(reviewers)) + chance.choice((0, 0, 1)) or 1
    return Terms(
        tuple(works),
        tuple(reviewers),
        per_work,
        chance.choice((None, most)),
        party,
        frozenset(pair for pair in pairs if pair[0] != pair[1]),
        frozenset(met),
        {(chance.choice(works).key, chance.choice(people)): chance.randint(-2, 2) for _ in range(count)}
        if works
        else {},
        {chance.choice(people): chance.randint(0, 4) for _ in range(count // 3)},
    )


def keeps_the_rules(terms: Terms, pairs: Iterable[Pair]) -> None:
    found = list(pairs)
    assert len(found) == len(set(found))
    assert [pair for pair in found if pair[1] in terms.banned[pair[0]]] == []
    authors = {work.key: work.authors for work in terms.works}
    assert [pair for pair in found if pair[1] in authors[pair[0]]] == []
    loads = Counter(id for _, id in found)
    assert max(loads.values(), default=0) <= (terms.most if terms.most is not None else len(terms.works))
    assert max(Counter(key for key, _ in found).values(), default=0) <= terms.per_work


def holds(terms: Terms, seed: int) -> tuple[bool, bool, bool]:
    """All that must hold for one course. Returns whether it is full, whether evenly, and whether the greedy method failed there."""
    found = allocate(terms, str(seed))
    keeps_the_rules(terms, found.pairs)
    total = terms.per_work * len(terms.works)
    best = amount(terms, terms.most if terms.most is not None else len(terms.works))
    assert len(found.pairs) == best
    assert sum(found.missing.values()) == total - best
    assert found.full == (best == total)
    even = all_even(terms)
    low, high = found.spread
    assert (found.full and high - low <= 1) == even
    proven(terms, found)
    failed = even and any(len(got) < terms.per_work for got in greedy(terms, Random(seed)).values())
    return found.full, even, failed


def proven(terms: Terms, found) -> None:  # type: ignore[no-untyped-def]
    """Each bottleneck is a proof: its reviewers are as many as can be, and everybody else who may has one of its works already."""
    lacking = Counter[str]()
    for one in found.bottlenecks:
        works, met = set(one.works), set(one.reviewers)
        others = sum(
            id not in met and id not in terms.banned[key] for key in works for id in terms.reviewers
        )  # each of these pairs can be there once at most
        room = len(met) * terms.most if terms.most is not None and met else 0
        assert one.needed == terms.per_work * len(works)
        assert one.possible == room + others
        assert one.possible < one.needed
        lacking.update({key: found.missing[key] for key in works & found.missing.keys()})
        assert {id for key in works for id in terms.banned[key]} == set() or sum(one.because.values()) > 0
    assert lacking == Counter(found.missing)


def test_random_courses_against_the_exact_method_and_the_greedy_one() -> None:
    outcomes = Counter(holds(course(seed), seed) for seed in range(60))
    # (full, evenly full, where the greedy method ends short although it can be evenly full)
    assert outcomes == Counter(
        {(False, False, False): 27, (True, True, False): 23, (True, True, True): 8, (True, False, False): 2}
    )


@pytest.mark.long
def test_two_thousand_random_courses() -> None:
    failed = sum(holds(course(seed), seed)[2] for seed in range(2_000))
    assert failed > 100


# ------------------------------------------------------------------ where the greedy method fails


def test_the_greedy_method_paints_itself_into_a_corner() -> None:
    # three works, one review each: 3 may review work a and b, 2 only a, 1 everything but their own
    works = (Work("a", (1,)), Work("b", (2,)), Work("c", (3,)))
    terms = Terms(works, (1, 2, 3), 1)
    short = [seed for seed in range(100) if not all(greedy(terms, Random(seed)).values())]
    assert len(short) > 10  # 1 ← 2, 2 ← 1, and nobody but themselves is left for the third
    assert {allocate(terms, str(seed)).full for seed in range(100)} == {True}
    assert {tuple(Counter(id for _, id in allocate(terms, str(seed)).pairs).values()) for seed in range(100)} == {
        (1, 1, 1)
    }


# ------------------------------------------------------------------ small cases, everything tried


def everything(terms: Terms) -> list[frozenset[Pair]]:
    """Every full allocation, with loads as even as they can be. Only for a handful of people."""
    choices = []
    for work in terms.works:
        able = [id for id in terms.reviewers if id not in terms.banned[work.key]]
        choices.append([[(work.key, id) for id in some] for some in combinations(able, terms.per_work)])
    full = [frozenset(pair for some in one for pair in some) for one in product(*choices)]

    def squares(pairs: frozenset[Pair]) -> int:
        return sum(load**2 for load in Counter(id for _, id in pairs).values())

    least = min(map(squares, full), default=0)
    return [pairs for pairs in full if squares(pairs) == least]


@pytest.mark.parametrize("seed", range(40))
def test_of_all_even_allocations_wishes_choose(seed: int) -> None:
    chance = Random(seed)
    count, per_work = chance.randint(3, 5), chance.randint(1, 2)
    works = tuple(Work(f"w{id}", (id,)) for id in range(count))
    wishes = {(work.key, id): chance.randint(-2, 2) for work in works for id in range(count)}
    terms = Terms(works, tuple(range(count)), per_work, wishes=wishes)
    best = max(sum(wishes[pair] for pair in pairs) for pairs in everything(terms))
    # a step of a wish is worth more than chance and mutual reviews of these few pairs may cost
    found = sum(wishes[pair] for pair in allocate(terms, "x").pairs)
    assert best - found in range(0, 2) if count * per_work > 2 else best == found
    indifferent = Terms(
        works, tuple(range(count)), per_work, wishes={pair: 2 * (wish > 0) for pair, wish in wishes.items()}
    )
    glad = sum(2 * (wishes[pair] > 0) for pair in allocate(indifferent, "x").pairs)
    assert glad == max(sum(2 * (wishes[pair] > 0) for pair in pairs) for pairs in everything(indifferent))


def leaves(terms: Terms, id: int) -> Terms:
    """The same without this person and their work."""
    works = tuple(work for work in terms.works if work.authors != (id,))
    return Terms(works, tuple(one for one in terms.reviewers if one != id), terms.per_work)


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("event", ["leaves", "comes"])
def test_a_repair_changes_as_little_as_can_be(seed: int, event: str) -> None:
    chance = Random(seed)
    count, per_work = chance.randint(4, 5), chance.randint(1, 2)
    whole = Terms(tuple(Work(f"w{id}", (id,)) for id in range(count)), tuple(range(count)), per_work)
    less = leaves(whole, chance.randrange(count))
    was, now = (whole, less) if event == "leaves" else (less, whole)
    before = set(allocate(was, f"seed {seed}").pairs)
    found = repair(now, before, f"again {seed}")
    known = {(key, id) for key, id in before if id in now.reviewers and any(work.key == key for work in now.works)}
    fewest = min(len(known - pairs) for pairs in everything(now))
    assert found.full
    assert frozenset(found.pairs) in everything(now)
    assert len(known & set(found.removed)) == fewest
    assert set(found.pairs) == (known - set(found.removed)) | set(found.added)


def test_somebody_leaves_a_large_group_and_few_notice() -> None:
    terms = Terms(tuple(Work(f"w{id}", (id,)) for id in range(60)), tuple(range(60)), 3)
    before = allocate(terms, "x").pairs
    found = repair(leaves(terms, 7), before, "y")
    assert len(found.removed) == 6  # what 7 was to review, and who was to review 7
    assert (found.full, found.spread) == (True, (3, 3))
    # three works lost a reviewer, and the three who reviewed the one that went have a place free: hardly anything else moves
    assert len(found.added) == 3
    assert [pair for pair in found.removed if pair[0] != "w7" and pair[1] != 7] == []


def test_what_is_held_stays_whatever_the_rules_say() -> None:
    terms = Terms(
        tuple(Work(f"w{id}", (id,)) for id in range(6)), tuple(range(6)), 2, conflicts=frozenset({(0, 1), (2, 3)})
    )
    held = {("w0", 1), ("w3", 2), ("w4", 1), ("w5", 1)}
    found = repair(terms, held, "x", held)
    assert found.removed == ()
    assert held <= set(found.pairs)
    assert found.full
    assert found.spread == (1, 3)  # three of 1 are held, so that nine are left for five people


def test_a_work_with_more_reviewers_than_it_asks_for_keeps_as_many() -> None:
    terms = Terms((Work("a", (1,)), Work("b", (2,))), (1, 2, 3, 4), 1)
    before = (("a", 2), ("a", 3), ("b", 4))
    assert repair(terms, before, "x").pairs == before
    apart = Terms(terms.works, terms.reviewers, 1, conflicts=frozenset({(1, 2)}))
    assert repair(apart, before, "x").pairs == before[1:]  # what may not be goes, and one is enough
    assert repair(apart, before, "x", before).pairs == before


# ------------------------------------------------------------------ the seed


def test_the_seed_alone_decides() -> None:
    for number in range(20):
        terms = course(number, 60)
        turned = Terms(
            terms.works[::-1], terms.reviewers[::-1], terms.per_work, terms.most,
            dict(reversed(terms.people.items())), terms.conflicts, terms.earlier, terms.wishes, terms.elsewhere,
        )  # fmt: skip
        assert allocate(terms, "a") == allocate(terms, "a")
        assert allocate(terms, "a").pairs == allocate(turned, "a").pairs
    people = tuple(range(30))
    terms = Terms(tuple(Work(f"w{id}", (id,)) for id in people), people, 2)
    assert allocate(terms, "a").pairs != allocate(terms, "b").pairs


def test_everybody_may_meet_everybody() -> None:
    people = tuple(range(6))
    terms = Terms(tuple(Work(str(id), (id,)) for id in people), people, 2)
    counts = Counter(pair for seed in range(300) for pair in allocate(terms, str(seed)).pairs)
    assert set(counts) == {(str(author), id) for author in people for id in people if author != id}
    # 300 · 12 pairs over 30 possible ones: 120 each
    assert (min(counts.values()) > 80, max(counts.values()) < 160) == (True, True)


def test_pseudonyms_are_stable_and_say_nothing() -> None:
    people = list(range(100, 120))
    works, reviewers = pseudonyms("s", "works", people), pseudonyms("s", "reviewers", people)
    assert sorted(works.values()) == sorted(reviewers.values()) == list(range(1, 21))
    assert pseudonyms("s", "works", people[::-1]) == works
    assert works != reviewers
    # over many allocations a number says nothing about the place in the list of names: rank correlation near zero
    correlations = []
    for seed in range(200):
        numbers = pseudonyms(str(seed), "works", people)
        squares = sum((place - (numbers[person] - 1)) ** 2 for place, person in enumerate(people))
        correlations.append(1 - 6 * squares / (20 * (20**2 - 1)))
    # its mean over 200 independent draws has the standard deviation 1/√(19·200); seeds are fixed, so this never wavers
    assert abs(sum(correlations) / 200) < 2.58 / (19 * 200) ** 0.5


# ------------------------------------------------------------------ plain groups


@pytest.mark.parametrize("reviewers", range(1, 6))
@pytest.mark.parametrize("works", range(1, 13))
def test_everyone_reviews_as_many_as_they_get_and_with_few_works_all_the_others(works: int, reviewers: int) -> None:
    people = tuple(10 * number + 7 for number in range(works))
    found = allocate(Terms(tuple(Work(str(id), (id,)) for id in people), people, reviewers), "seed")
    each = min(reviewers, works - 1)
    assert found.spread == (each, each)
    assert Counter(key for key, _ in found.pairs) == Counter({str(id): each for id in people if each})
    assert found.missing == ({str(id): reviewers - each for id in people} if each < reviewers else {})


# ------------------------------------------------------------------ preferences


@pytest.mark.parametrize("count", [6, 7, 12, 30])
def test_nobody_reviews_each_other_where_the_group_is_large_enough(count: int) -> None:
    people = tuple(range(count))
    terms = Terms(tuple(Work(str(id), (id,)) for id in people), people, 2)
    for seed in range(10):
        pairs = {(int(key), id) for key, id in allocate(terms, str(seed)).pairs}
        assert [pair for pair in pairs if pair[::-1] in pairs] == []


def test_other_regions_first_and_whoever_is_busy_elsewhere_last() -> None:
    people = {id: Party(region="north" if id < 4 else "south") for id in range(8)}
    works = tuple(Work(str(id), (id,)) for id in range(8))
    far = allocate(Terms(works, tuple(range(8)), 2, people=people), "x")
    assert {people[int(key)].region == people[id].region for key, id in far.pairs} == {False}
    one = (Work("a", ()), Work("b", ()), Work("c", ()))
    busy = allocate(Terms(one, tuple(range(6)), 1, elsewhere={0: 1, 2: 2, 4: 7}), "x")
    assert sorted(id for _, id in busy.pairs) == [1, 3, 5]


# ------------------------------------------------------------------ why not, and why this


def test_why_it_cannot_be_full() -> None:
    people = {id: Party(school="7" if id < 4 else "9") for id in range(6)}
    terms = Terms(tuple(Work(f"w{id}", (id,)) for id in range(4)), tuple(range(6)), 3, people=people)
    found = allocate(terms, "x")
    assert found.missing == {"w0": 1, "w1": 1, "w2": 1, "w3": 1}
    assert [(one.works, one.reviewers, one.needed, one.possible, one.because) for one in found.bottlenecks] == [
        ((f"w{id}",), (), 3, 2, {"self": 1, "school": 3}) for id in range(4)
    ]
    bounded = allocate(Terms(terms.works, tuple(range(6)), 2, 2, people), "x")
    assert [(one.works, one.reviewers, one.needed, one.possible) for one in bounded.bottlenecks] == [
        (("w0", "w1", "w2", "w3"), (4, 5), 8, 4)
    ]
    assert sorted(bounded.missing.values()) == [1, 1, 1, 1]  # spread, not two works without anybody


def test_nobody_and_nothing() -> None:
    assert allocate(Terms((), (1, 2), 2), "x").spread == (0, 0)
    alone = allocate(Terms((Work("a", (1,)),), (1,), 2), "x")
    assert (alone.pairs, alone.missing, alone.full) == ((), {"a": 2}, False)
    none = allocate(Terms((Work("a", (1,)),), (), 1), "x")
    assert (none.pairs, none.missing) == ((), {"a": 1})


def test_why_somebody_got_a_work() -> None:
    people: Mapping[int, Party] = {
        1: Party(school="7", region="north"),
        2: Party(school="7", region="north"),
        3: Party(school="9", region="south"),
        4: Party(school="9", region="south"),
    }
    works = tuple(Work(f"w{id}", (id,)) for id in people)
    terms = Terms(works, tuple(people), 1, people=people, wishes={("w3", 1): 2})
    found = allocate(terms, "x")
    why = reasons(terms, found.pairs)
    assert set(why) == set(found.pairs)
    one = why[("w3", 1)]
    assert (one.works, one.among, one.kept, one.wish, one.far, one.load, one.least, one.most) == (
        4, 2, {"self": 1, "school": 1}, 2, True, 1, 1, 1,
    )  # fmt: skip
