"""Who reviews whom, and the two marks: worked vectors and what must hold for any numbers."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as some

from lms_workshop import rules
from lms_workshop.rules import Situation

# ------------------------------------------------------------------ who reviews whom


@pytest.mark.parametrize("reviewers", range(1, 6))
@pytest.mark.parametrize("works", range(1, 13))
def test_every_work_gets_its_reviewers_and_everyone_reviews_as_many(works: int, reviewers: int) -> None:
    authors = [10 * number + 7 for number in range(works)]
    found = rules.allocate(authors, reviewers, "seed")
    given = min(reviewers, works - 1)
    assert (found.works, found.asked, found.given, found.short) == (works, reviewers, given, given < reviewers)
    assert len(found.pairs) == len(set(found.pairs)) == works * given
    assert [pair for pair in found.pairs if pair[0] == pair[1]] == []
    assert Counter(author for author, _ in found.pairs) == Counter({author: given for author in authors if given})
    assert Counter(reviewer for _, reviewer in found.pairs) == Counter({author: given for author in authors if given})


@given(some.sets(some.integers(1, 10**9), max_size=60), some.integers(1, 20), some.text(max_size=8))
def test_any_group_any_seed(authors: set[int], reviewers: int, seed: str) -> None:
    found = rules.allocate(authors, reviewers, seed)
    loads = Counter(reviewer for _, reviewer in found.pairs)
    received = Counter(author for author, _ in found.pairs)
    assert max(loads.values(), default=0) - min((loads[author] for author in authors), default=0) <= 1
    assert {received[author] for author in authors} <= {found.given}
    assert found.given == max(0, min(reviewers, len(authors) - 1))
    assert all(author != reviewer for author, reviewer in found.pairs)
    assert len(set(found.pairs)) == len(found.pairs)
    assert rules.allocate(sorted(authors, reverse=True), reviewers, seed) == found


def test_the_seed_alone_decides() -> None:
    people = list(range(1, 31))
    assert rules.allocate(people, 2, "a") == rules.allocate(people[::-1], 2, "a")
    assert rules.allocate(people, 2, "a") != rules.allocate(people, 2, "b")
    # kept for ever: an allocation that is stored by its seed must come out the same in every version
    assert rules.allocate([1, 2, 3, 4], 1, "seed").pairs == ((4, 2), (2, 1), (1, 3), (3, 4))


def test_nobody_reviews_each_other_mutually_while_the_group_is_large_enough() -> None:
    for works in range(6, 30):
        pairs = set(rules.allocate(range(works), 2, "seed").pairs)
        assert [pair for pair in pairs if pair[::-1] in pairs] == []


def test_pseudonyms_are_stable_and_say_nothing() -> None:
    people = list(range(100, 120))
    works, reviewers = rules.pseudonyms("s", "works", people), rules.pseudonyms("s", "reviewers", people)
    assert sorted(works.values()) == sorted(reviewers.values()) == list(range(1, 21))
    assert rules.pseudonyms("s", "works", people[::-1]) == works
    assert works != reviewers
    # over many allocations a number says nothing about the place in the list of names: rank correlation near zero
    correlations = []
    for seed in range(200):
        numbers = rules.pseudonyms(str(seed), "works", people)
        squares = sum((place - (numbers[person] - 1)) ** 2 for place, person in enumerate(people))
        correlations.append(1 - 6 * squares / (20 * (20**2 - 1)))
    # its mean over 200 independent draws has the standard deviation 1/√(19·200); seeds are fixed, so this never wavers
    assert abs(sum(correlations) / 200) < 2.58 / (19 * 200) ** 0.5


# ------------------------------------------------------------------ the two marks together


def test_both_together() -> None:
    both = rules.whole(0.75, 0.5, 80, 20)
    assert both is not None
    assert (both.points, both.most, both.share) == (70, 100, 0.7)
    # whoever had nothing to review is measured by the work alone
    alone = rules.whole(0.75, None, 80, 20)
    assert alone is not None
    assert (alone.points, alone.most, alone.share) == (60, 80, 0.75)
    assert rules.whole(0.75, 0.5, 80, 0) == alone
    assert rules.whole(None, 0.5, 80, 20) is None


def test_a_pass_mark_is_reached_at_its_edge() -> None:
    assert rules.passes(0.1 + 0.2, 0.3)
    assert rules.passes(0.3 - 1e-12, 0.3)
    assert not rules.passes(0.2999, 0.3)


# ------------------------------------------------------------------ what now

STEPS = {
    #  phase, before, allocated, released, submitted, assigned, done
    ("", True, False, False, False, 0, 0): "early",
    ("submission", False, False, False, False, 0, 0): "hand-in",
    ("submission", False, False, False, True, 0, 0): "handed-in",
    ("", False, False, False, True, 0, 0): "allotting",
    ("", False, False, False, False, 0, 0): "too-late",
    ("review", False, False, False, True, 0, 0): "allotting",
    ("review", False, True, False, True, 2, 0): "review",
    ("review", False, True, False, True, 2, 1): "review",
    ("review", False, True, False, True, 2, 2): "reviewed",
    ("review", False, True, False, True, 0, 0): "nothing-to-review",
    ("review", False, True, False, False, 0, 0): "too-late",
    ("review", False, True, False, False, 1, 0): "review",
    ("", False, True, False, True, 2, 1): "marking",
    ("evaluation", False, True, False, True, 2, 1): "marking",
    ("evaluation", False, True, False, False, 0, 0): "too-late",
    ("closed", False, True, False, True, 2, 2): "marking",
    ("closed", False, True, True, True, 2, 2): "results",
    ("closed", False, True, True, False, 0, 0): "results",
}


@pytest.mark.parametrize(("situation", "step"), STEPS.items())
def test_what_now(situation: tuple[str, bool, bool, bool, bool, int, int], step: str) -> None:
    assert rules.step(Situation(*situation)) == step


def test_own_names_are_found_in_any_case() -> None:
    names = ["Петрова", "p.petrova@school.example"]
    assert rules.names_found("Урок Петровой в 5 классе", names) == ["Петрова"]
    assert rules.names_found("Пишите: P.Petrova@school.example", names) == ["p.petrova@school.example"]
    assert rules.names_found("Урок о Семёнове", ["Семенов"]) == ["Семенов"]
    assert rules.names_found("Урок о Пушкине", names) == []
    assert rules.names_found("Сила Ли", ["Ли"]) == []  # two letters say nothing
