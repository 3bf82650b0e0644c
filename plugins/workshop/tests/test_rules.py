"""Who reviews whom, and the two marks: worked vectors and what must hold for any numbers."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as some

from courses.criteria import Criteria
from lms_workshop import rules
from lms_workshop.rules import Mark, Situation

ONE = Criteria.model_validate([{"title": "Ясность", "points": 100}])
TWO = Criteria.model_validate([{"title": "Ясность", "points": 10, "weight": 2}, {"title": "Польза", "points": 5}])


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


# ------------------------------------------------------------------ comparison with the best assessment


@pytest.mark.parametrize(
    ("strictness", "grades"),
    [(5, (100, 99.9384, 68.4384)), (1, (100, 99.6918, 0)), (9, (100, 99.9658, 82.4658))],
)
def test_the_published_vectors(strictness: float, grades: tuple[float, ...]) -> None:
    forms = {name: {"a": float(value)} for name, value in enumerate((80, 85, 40))}
    found = rules.compare(forms, {"a": 1.0}, strictness)
    assert tuple(found.values()) == pytest.approx(grades, abs=1e-4)


def test_distances_to_the_mean_of_the_published_example() -> None:
    mean, variance = {"a": 205 / 3}, {"a": 405.5555555}
    found = [rules.distance({"a": value}, mean, {"a": 1.0}, variance) for value in (80.0, 85.0, 40.0)]
    assert found == [0.7831, 2.2831, 11.2169]


def test_two_reviews_are_both_the_best_and_therefore_not_compared() -> None:
    assert rules.compare({1: {"a": 100.0}, 2: {"a": 0.0}}, {"a": 1.0}) == {1: 100, 2: 100}
    assert rules.review_grades(ONE, {1: {"yasnost": 100}, 2: {"yasnost": 0}}) == {1: 1.0, 2: 1.0}
    assert rules.review_grades(ONE, {1: {"yasnost": 100}}) == {1: 1.0}
    assert rules.review_grades(ONE, {}) == {}


def test_three_reviews_are_compared() -> None:
    found = rules.review_grades(ONE, {7: {"yasnost": 80}, 8: {"yasnost": 85}, 9: {"yasnost": 40}})
    assert found == pytest.approx({7: 1, 8: 0.999384, 9: 0.684384}, abs=1e-6)


def test_criteria_weigh_as_much_as_they_bring() -> None:
    assert rules.weights(TWO) == {"yasnost": 20, "polza": 5}
    assert rules.percentages(TWO, {"yasnost": 5}) == {"yasnost": 50, "polza": 0}
    # both criteria differ by the same share, so their weights do not matter; with one alone they do
    near, far = {"yasnost": 10, "polza": 5}, {"yasnost": 10, "polza": 0}
    forms = {1: near, 2: near, 3: far}
    found = rules.review_grades(TWO, forms)
    # polza: mean 66.67, variance 2222.22; 100³/(5·2222.22) = 90, of which 5/25 counts
    assert found == pytest.approx({1: 1, 2: 1, 3: 0.82}, abs=1e-6)


def test_levels_are_counted_from_the_lowest() -> None:
    form = Criteria.model_validate(
        {
            "strategy": "rubric",
            "items": [
                {"title": "A", "levels": [{"points": 2, "title": "нет"}, {"points": 6, "title": "да"}]},
                {"title": "B", "levels": [{"points": 3, "title": "всегда"}]},
            ],
        }
    )
    assert rules.percentages(form, {"a": 4, "b": 3}) == {"a": 50, "b": 100}
    assert rules.percentages(form, {}) == {"a": 0, "b": 100}


def test_comments_alone_cannot_be_compared() -> None:
    form = Criteria.model_validate({"strategy": "comments", "items": [{"title": "A"}]})
    assert rules.review_grades(form, {1: {}, 2: {}, 3: {}}) == {1: 1, 2: 1, 3: 1}


@given(some.lists(some.lists(some.integers(0, 10), min_size=2, max_size=2), min_size=3, max_size=8))
def test_grades_stay_within_bounds_and_somebody_is_the_best(values: list[list[int]]) -> None:
    forms = {key: {"yasnost": float(a), "polza": b / 2} for key, (a, b) in enumerate(values)}
    grades = rules.review_grades(TWO, forms)
    assert grades.keys() == forms.keys()
    assert all(0 <= grade <= 1 for grade in grades.values())
    assert max(grades.values()) == 1


# ------------------------------------------------------------------ the two marks


def test_the_mark_for_a_work() -> None:
    assert rules.work_mark([0.8, 0.6]) == Mark(pytest.approx(0.7), "peers", (0.8, 0.6))
    assert rules.work_mark([0.8, 0.6], tutor=0.5) == Mark(0.5, "tutor")
    assert rules.work_mark([0.8, 0.6], tutor=0.5, by_hand=0.0) == Mark(0.0, "hand")
    assert rules.work_mark([]) is None


def test_the_mark_for_reviewing() -> None:
    assert rules.reviewing_mark([1.0, None], True) == Mark(0.5, "peers", (1.0, 0.0), True)
    assert rules.reviewing_mark([None, None], False) == Mark(0.0, "peers", (0.0, 0.0), False)
    assert rules.reviewing_mark([], False) is None
    assert rules.reviewing_mark([None], False, by_hand=0.9) == Mark(0.9, "hand")


def test_both_together() -> None:
    work, review = Mark(0.75, "peers"), Mark(0.5, "peers")
    both = rules.whole(work, review, 80, 20)
    assert both is not None
    assert (both.points, both.most, both.share) == (70, 100, 0.7)
    # whoever had nothing to review is measured by the work alone
    alone = rules.whole(work, None, 80, 20)
    assert alone is not None
    assert (alone.points, alone.most, alone.share) == (60, 80, 0.75)
    assert rules.whole(work, review, 80, 0) == alone
    assert rules.whole(None, review, 80, 20) is None


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
