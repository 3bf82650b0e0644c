"""Marks out of several forms: worked vectors, a workshop of six reckoned by hand, and what must hold for any numbers."""

import pytest
from hypothesis import given as over
from hypothesis import strategies as some

from courses.criteria import Criteria
from courses.evaluation import (
    CURVES,
    Calibration,
    Comparison,
    Given,
    Hand,
    Marking,
    Part,
    ReviewBasis,
    Reviewed,
    WorkBasis,
    Working,
    attention,
    compare,
    compared,
    competence,
    curve,
    distance,
    given,
    kept,
    mean,
    median,
    of_reviewing,
    of_work,
    reliabilities,
    spread,
    strengths,
)

ONE = {"a": 1.0}


def form(by: str, value: float, role: str = "peer") -> Given:
    return Given.model_validate(
        {"by": by, "role": role, "share": value / 100, "values": {"a": value}, "weights": {"a": 1}}
    )


# ------------------------------------------------------------------ comparison with the best assessment


@pytest.mark.parametrize(
    ("strictness", "grades"),
    [(5, (100, 99.9384, 68.4384)), (1, (100, 99.6918, 0)), (9, (100, 99.9658, 82.4658))],
)
def test_the_published_vectors(strictness: float, grades: tuple[float, ...]) -> None:
    found = compare({name: {"a": value} for name, value in zip("xyz", (80, 85, 40), strict=True)}, ONE, strictness)
    assert [found.grades[name] for name in "xyz"] == pytest.approx(grades, abs=1e-4)
    assert (found.mean["a"], found.variance["a"]) == pytest.approx((68.3333, 405.5556), abs=1e-4)
    assert found.best == ("x",)


def test_distances_to_the_mean_of_the_published_example() -> None:
    found = [distance({"a": value}, {"a": 205 / 3}, ONE, {"a": 3650 / 9}, 5) for value in (80.0, 85.0, 40.0)]
    assert found == [0.7831, 2.2831, 11.2169]
    assert distance({}, {}, {}, {}, 5) is None


def test_of_two_both_are_the_best() -> None:
    found = compare({1: {"a": 100}, 2: {"a": 0}}, ONE)
    assert (found.grades, found.best) == ({1: 100, 2: 100}, (1, 2))


def test_a_tie_and_a_variance_of_nearly_nothing() -> None:
    # two at 90 are both the best: mean 70, variance 800, 20³/(5·800) = 2 and 40³/4000 = 16; the third loses 60³/4000 = 54
    found = compare({1: {"a": 90}, 2: {"a": 90}, 3: {"a": 30}}, ONE)
    assert (found.grades, found.best, found.far) == ({1: 100, 2: 100, 3: 46}, (1, 2), {1: 2, 2: 2, 3: 16})
    # a variance of 0.0022 counts as 0.01: 0.1³/(5·0.01) = 0.02
    near = compare({1: {"a": 50}, 2: {"a": 50}, 3: {"a": 50.1}}, ONE)
    assert near.grades == pytest.approx({1: 100, 2: 100, 3: 99.98})


def test_forms_weigh_by_their_voices() -> None:
    # mean (3·80 + 40)/4 = 70, variance (3·100 + 900)/4 = 300: 10³/1500 = 0.6667 and 30³/1500 = 18; 40³/1500 = 42.6667
    found = compare({"tutor": {"a": 80}, "peer": {"a": 40}}, ONE, 5, {"tutor": 3, "peer": 1})
    assert (found.mean, found.variance, found.far) == ({"a": 70}, {"a": 300}, {"tutor": 0.6667, "peer": 18})
    assert found.grades == {"tutor": 100, "peer": 57.3333}
    # one voice alone: no variance, and so the floor
    assert compare({1: {"a": 50}, 2: {"a": 51}}, ONE, 5, {1: 1}).grades == {1: 100, 2: 80}
    # no voice, or no criterion that counts: no grade at all
    nothing = Comparison({1: None}, {}, {}, {}, ())
    assert compare({1: {"a": 50}}, ONE, 5, {1: 0}) == nothing
    assert compare({1: {"a": 50}}, {}) == nothing


def test_criteria_weigh_by_their_weights() -> None:
    # b alone differs: mean 66.6667, variance 2222.2222; 100³/(5·2222.2222) = 90, of which 5 of 25 count
    whole, half = {"a": 100.0, "b": 100.0}, {"a": 100.0, "b": 0.0}
    assert compare({1: whole, 2: whole, 3: half}, {"a": 20, "b": 5}).grades == pytest.approx({1: 100, 2: 100, 3: 82})


def test_roles_and_other_criteria_in_a_comparison() -> None:
    forms = [form("1", 80), form("2", 85), form("3", 40), form("me", 0, "self"), form("tutor", 60, "tutor")]
    assert compared(forms, Marking()).grades == pytest.approx({"1": 100, "2": 99.9384, "3": 68.4384}, abs=1e-4)
    weighed = compared(forms, Marking.model_validate({"weights": {"tutor": 1}}))
    assert list(weighed.grades) == ["1", "2", "3", "tutor"]
    strange = Given(by="4", role="peer", share=1, values={"z": 100}, weights={"z": 1})
    assert list(compared([*forms, strange], Marking()).grades) == ["1", "2", "3"]


@over(
    some.lists(some.lists(some.integers(0, 100), min_size=2, max_size=2), min_size=1, max_size=8), some.integers(1, 9)
)
def test_grades_stay_within_bounds_and_somebody_is_the_best(values: list[list[int]], strictness: int) -> None:
    forms = {key: {"a": float(a), "b": float(b)} for key, (a, b) in enumerate(values)}
    grades = compare(forms, {"a": 2, "b": 0.5}, strictness).grades
    assert grades.keys() == forms.keys()
    assert [grade for grade in grades.values() if grade is None or not 0 <= grade <= 100] == []
    assert max(grade for grade in grades.values() if grade is not None) == 100


# ------------------------------------------------------------------ a form as it is marked


def test_a_form_is_taken_with_its_percentages() -> None:
    criteria = Criteria.model_validate([{"title": "A", "points": 10}, {"title": "B", "points": 5, "weight": 3}])
    # (1·5/10 + 3·5/5)/4
    assert given("7", "peer", criteria, {"a": 5, "b": 5}) == Given(
        by="7", role="peer", share=0.875, values={"a": 50, "b": 100}, weights={"a": 1, "b": 3}
    )
    assert given("7", "peer", criteria, {}) is None


# ------------------------------------------------------------------ calibrated reviewers


@pytest.mark.parametrize(
    ("value", "level", "bent"),
    [(0.85, 5, 0.85), (0.85, 3, 0.7225), (0.85, 8, 0.996625), (0.5, 1, 0.0625), (0.9, 0, 0), (1.0, 0, 1), (0.0, 9, 0)],
)
def test_the_curves_of_strictness(value: float, level: int, bent: float) -> None:
    assert curve(value, level) == pytest.approx(bent)


@pytest.mark.parametrize("level", range(len(CURVES)))
def test_the_laxer_the_curve_the_more_is_left(level: int) -> None:
    assert (curve(0.0, level), curve(1.0, level)) == (0, 1)
    assert level == 0 or curve(0.7, level) >= curve(0.7, level - 1)


def calibration(*pairs: tuple[float, float]) -> list[Calibration]:
    return [Calibration(given={"a": one}, reference={"a": other}) for one, other in pairs]


def test_competence_is_accuracy_lessened_by_inconsistency() -> None:
    # off by 0.1 and 0.2: accuracy 0.85, mean deviation 0.05, of which level 5 takes 0.666 parts
    known = calibration((80, 70), (60, 80))
    assert competence(known) == pytest.approx(0.85 * (1 - 0.666 * 0.05))
    assert competence(known, accuracy=3, consistency=9) == pytest.approx(0.7225)
    assert competence(known, accuracy=5, consistency=0) == pytest.approx(0.85 * (1 - 4 * 0.05))
    # less than a hundredth off is not off
    assert competence(calibration((80, 80.5), (70, 70.5)), accuracy=0) == 1
    assert competence(calibration((0, 100), (100, 0))) == 0
    # fewer works than needed, or none
    assert (competence(known, needed=3), competence([]), competence([], needed=0)) == (0, 0, 0)


# ------------------------------------------------------------------ the middle


@pytest.mark.parametrize(
    ("marks", "middle", "average", "stay"),
    [
        ([], None, None, []),
        ([(0.4, 0)], None, None, []),
        ([(0.4, 1)], 0.4, 0.4, [0]),
        ([(0.8, 1), (0.4, 1)], 0.6, 0.6, [0, 1]),
        ([(0.8, 1), (0.4, 1), (0.3, 1)], 0.4, 0.5, [1]),
        ([(0.8, 1), (0.4, 1), (0.3, 1), (0.5, 1)], 0.45, 0.5, [1, 3]),
        ([(0.2, 3), (0.8, 1)], 0.2, 0.35, [0, 1]),
        ([(0.2, 1), (0.8, 1), (0.9, 2)], 0.85, 0.7, [1]),
    ],
)
def test_mean_median_and_what_stays_without_the_ends(
    marks: list[tuple[float, float]], middle: float | None, average: float | None, stay: list[int]
) -> None:
    assert median(marks) == (None if middle is None else pytest.approx(middle))
    assert mean(marks) == (None if average is None else pytest.approx(average))
    assert kept(marks) == stay


# ------------------------------------------------------------------ pairs


def test_strengths_of_works_by_comparisons() -> None:
    # one comparison: by symmetry the strengths are s and 1/s, and 1.5 = s/(s + 1) + s/(s + 1/s)
    found = strengths([(1, 2, 1, 1.0)], [1, 2])
    s = found[1]
    assert found[2] == pytest.approx(1 / s)
    assert s / (s + 1) + s / (s + 1 / s) == pytest.approx(1.5)
    assert strengths([(1, 2, 1, 0.5)], [1, 2]) == pytest.approx({1: 1, 2: 1})
    assert strengths([], [1, 2]) == {1: 1, 2: 1}
    # beating a strong work is worth more than beating a weak one
    chain = strengths([(1, 2, 1, 1.0), (2, 3, 1, 1.0), (4, 3, 1, 1.0)], [1, 2, 3, 4])
    assert sorted(chain, key=lambda work: -chain[work]) == [1, 4, 2, 3]
    # a comparison with a work that is gone is left out
    assert strengths([(1, 9, 1, 1.0)], [1]) == {1: 1}


def test_a_mark_in_pairs_is_the_chance_against_a_middling_work() -> None:
    assert of_work(WorkBasis(pairwise=True, strength=3.0), Marking()) == Working(share=0.75, formula="pairwise")
    assert of_work(WorkBasis(pairwise=True), Marking()) == Working(share=None, formula="pairwise")
    basis = ReviewBasis(
        pairwise=True, works=(Reviewed(work="3", me="1", done=True), Reviewed(work="4", me="1", done=False))
    )
    assert (of_reviewing(basis, Marking()).share, of_reviewing(basis, Marking()).formula) == (0.5, "finished")


# ------------------------------------------------------------------ a workshop of six, reckoned by hand

GIVEN = {
    "A": {"B": 80, "C": 85, "D": 40},
    "B": {"C": 70, "D": 70, "E": 70},
    "C": {"D": 60, "E": 70, "F": 80},
    "D": {"E": 90, "F": 90, "A": 30},
    "E": {"F": 0, "A": 50, "B": 100},
    "F": {"A": 50, "B": 50, "C": 80},
}
"""By work: what each reviewer gave it, of 100."""

GRADES = {
    # mean 68.33, variance 405.56: the published example
    "A": {"B": 100, "C": 99.9384, "D": 68.4384},
    # all alike
    "B": {"C": 100, "D": 100, "E": 100},
    # mean 70, variance 66.67: 10³/333.33 = 3
    "C": {"D": 97, "E": 100, "F": 97},
    # mean 70, variance 800: the 30 loses 60³/4000 = 54
    "D": {"E": 100, "F": 100, "A": 46},
    # mean 50, variance 1666.67: 50³/8333.33 = 15
    "E": {"F": 85, "A": 100, "B": 85},
    # mean 60, variance 200: the 80 loses 30³/1000 = 27
    "F": {"A": 100, "B": 100, "C": 73},
}

WORKS = {
    # mean, median, trimmed, by reliability: Σ g·r / Σ r with the r of REVIEWING, such as
    # A (80·95 + 85·90.9795 + 40·88.4795)/274.4589, C (60·88.4795 + 70·100 + 80·94)/282.4795
    "A": (68.3333, 80, 80, 68.7624),
    "B": (70, 70, 70, 70),
    "C": (70, 70, 70, 70.1954),
    "D": (70, 90, 90, 72.1739),
    "E": (50, 50, 50, 50.1845),
    "F": (60, 50, 50, 60.1850),
}

REVIEWING = {"A": 82, "B": 95, "C": 90.9795, "D": 88.4795, "E": 100, "F": 94}
"""A: (46 + 100 + 100)/3, and so on."""


def six() -> tuple[dict[str, tuple[Given, ...]], dict[str, ReviewBasis]]:
    forms = {work: tuple(form(by, value) for by, value in each.items()) for work, each in GIVEN.items()}
    reviewing = {
        by: ReviewBasis(
            works=tuple(Reviewed(work=work, me=by, done=True, forms=forms[work]) for work in GIVEN if by in GIVEN[work])
        )
        for by in GIVEN
    }
    return forms, reviewing


def test_six_people_review_three_works_each() -> None:
    forms, reviewing = six()
    for work, grades in GRADES.items():
        assert compared(forms[work], Marking()).grades == pytest.approx(grades, abs=1e-4), work
    found = {by: of_reviewing(basis, Marking()).share for by, basis in reviewing.items()}
    assert found == pytest.approx({by: value / 100 for by, value in REVIEWING.items()}, abs=1e-6)


@pytest.mark.parametrize(("place", "way"), list(enumerate(("mean", "median", "trimmed", "reliability"))))
def test_six_works_are_marked_in_four_ways(place: int, way: str) -> None:
    forms, reviewing = six()
    marking = Marking.model_validate({"work": way})
    relied = reliabilities(reviewing, marking)
    assert relied["best"] == pytest.approx({by: value / 100 for by, value in REVIEWING.items()}, abs=1e-6)
    found = {work: of_work(WorkBasis(forms=each, reliability=relied), marking) for work, each in forms.items()}
    expected = {work: marks[place] / 100 for work, marks in WORKS.items()}
    assert {work: one.share for work, one in found.items()} == pytest.approx(expected, abs=1e-6)
    assert {one.formula for one in found.values()} == {way}


def test_a_working_names_what_was_counted_how_often() -> None:
    forms, reviewing = six()
    trimmed = of_work(WorkBasis(forms=forms["A"]), Marking(work="trimmed"))
    assert trimmed.parts == (
        Part(name="B", role="peer", share=0.8, weight=1),
        Part(name="C", role="peer", share=0.85, weight=0, note="trimmed"),
        Part(name="D", role="peer", share=0.4, weight=0, note="trimmed"),
    )
    assert of_reviewing(reviewing["A"], Marking()).parts == (
        Part(name="D", role="peer", share=0.46, weight=1),
        Part(name="E", role="peer", share=1, weight=1, note="best"),
        Part(name="F", role="peer", share=1, weight=1, note="best"),
    )


def test_what_is_stored_gives_the_same_mark_again_and_others_under_another_marking() -> None:
    forms, reviewing = six()
    stored = WorkBasis(forms=forms["A"], reliability=reliabilities(reviewing, Marking())).model_dump_json()
    again = WorkBasis.model_validate_json(stored)
    shares = [of_work(again, Marking.model_validate({"work": way})).share for way in ("mean", "median", "reliability")]
    assert shares == pytest.approx([0.683333, 0.8, 0.687624], abs=1e-6)
    known = ReviewBasis.model_validate_json(reviewing["D"].model_dump_json())
    strict = Marking(strictness=1)
    # 68.4384 → 0, 97 → 85: what the distance costs is divided by the strictness
    assert of_reviewing(known, strict).share == pytest.approx((0 + 1 + 0.85) / 3, abs=1e-6)
    assert of_reviewing(known, Marking(reviews="finished")).share == 1


# ------------------------------------------------------------------ edges of the two marks


def test_who_counts_for_how_much() -> None:
    forms = (form("1", 80), form("2", 60), form("", 100, "self"), form("", 20, "tutor"))
    assert of_work(WorkBasis(forms=forms), Marking()) == Working(share=0.2, formula="tutor")
    weighed = Marking.model_validate({"weights": {"tutor": 2, "self": 0.5}})
    # (80 + 60 + 0.5·100 + 2·20)/4.5
    assert of_work(WorkBasis(forms=forms), weighed).share == pytest.approx(2.3 / 4.5)
    # a self-assessment weighs nothing unless the author says so
    assert of_work(WorkBasis(forms=forms[:3]), Marking()).share == pytest.approx(0.7)
    assert of_work(WorkBasis(forms=forms[2:3]), Marking()).share is None
    by_hand = WorkBasis(forms=forms, hand=Hand(share=0.9, reason="…"))
    assert of_work(by_hand, weighed) == Working(share=0.9, formula="hand")
    assert of_work(WorkBasis(), Marking()).share is None
    assert of_work(WorkBasis(handed_in=False), Marking()) == Working(share=0.0, formula="none")


def test_a_work_that_only_unreliable_people_reviewed_has_no_mark() -> None:
    basis = WorkBasis(forms=(form("1", 80),), reliability={"best": {"1": 0.0}})
    found = of_work(basis, Marking(work="reliability"))
    assert (found.share, found.parts) == (None, (Part(name="1", role="peer", share=0.8, weight=0, note="unreliable"),))
    assert of_work(basis, Marking()).share == 0.8


def test_reviewing_where_little_can_be_said() -> None:
    two = (form("1", 100), form("2", 0))
    basis = ReviewBasis(
        works=(Reviewed(work="5", me="2", done=True, forms=two), Reviewed(work="6", me="2", done=False))
    )
    found = of_reviewing(basis, Marking())
    assert (found.share, [(part.name, part.share, part.note) for part in found.parts]) == (
        0.5, [("5", 1, "alone"), ("6", 0, "unfinished")],
    )  # fmt: skip
    assert of_reviewing(ReviewBasis(), Marking()) == Working(share=None, formula="best")
    assert of_reviewing(basis.model_copy(update={"hand": Hand(share=0.3, reason="…")}), Marking()).share == 0.3
    calibrated = Marking(reviews="calibrated")
    assert [part.note for part in of_reviewing(basis, calibrated).parts] == ["unknown", "unfinished"]
    known = basis.model_copy(update={"known": tuple(calibration((80, 70), (60, 80)))})
    assert of_reviewing(known, calibrated).share == pytest.approx(0.85 * (1 - 0.666 * 0.05) / 2)


def test_reviews_that_cannot_be_compared_count_in_full() -> None:
    """One that is missing costs its own part, and not that of the others."""
    words = tuple(Given(by=by, role="peer", share=1) for by in "123")  # comments bring no numbers
    numbers = tuple(form(by, value) for by, value in (("1", 80), ("2", 60), ("3", 10)))
    voiceless = Marking.model_validate({"weights": {"peer": 0, "tutor": 1}})
    for forms, marking, formula in (
        (words, Marking(), "finished"), (words, Marking(reviews="calibrated"), "finished"), (numbers, voiceless, "best"),
    ):  # fmt: skip
        works = tuple(Reviewed(work=name, me="1", done=name != "7", forms=forms) for name in "567")
        found = of_reviewing(ReviewBasis(works=works[:2]), marking)
        assert (found.share, found.formula) == (1, formula)
        assert of_reviewing(ReviewBasis(works=works), marking).share == pytest.approx(2 / 3)


def test_of_whom_nothing_is_known_the_usual_reliability_is_taken() -> None:
    three = tuple(form(by, value) for by, value in (("1", 80), ("2", 85), ("3", 40)))
    people = {
        "3": ReviewBasis(works=(Reviewed(work="5", me="3", done=True, forms=three),)),
        "4": ReviewBasis(works=(Reviewed(work="6", me="4", done=True, forms=(form("4", 10),)),)),
        "5": ReviewBasis(works=(Reviewed(work="6", me="5", done=False),)),
    }
    assert reliabilities(people, Marking()) == {
        "best": pytest.approx(dict.fromkeys("345", 0.684384)), "calibrated": dict.fromkeys("345", 1.0),
    }  # fmt: skip


# ------------------------------------------------------------------ when reviews differ


@pytest.mark.parametrize(
    ("values", "asked", "waiting", "needed"),
    [
        ((90, 50), 2, 0, ""),  # 40 is not more than 40
        ((90, 49), 2, 0, "another"),
        ((90, 49), 2, 1, ""),
        ((90, 49), 1, 0, "another"),
        ((90, 49, 70), 2, 0, "tutor"),
        ((90, 49, 70), 3, 0, "another"),
        ((90,), 2, 0, ""),
        ((), 2, 0, ""),
    ],
)
def test_who_has_to_look_when_reviews_differ(values: tuple[float, ...], asked: int, waiting: int, needed: str) -> None:
    forms = [form(str(place), value) for place, value in enumerate(values)]
    assert attention(forms, Marking(spread=0.4), asked, waiting) == needed
    assert attention(forms, Marking(), asked, waiting) == ""
    assert attention([*forms, form("", 50, "tutor")], Marking(spread=0.4), asked, waiting) == ""


def test_the_spread_is_between_the_ends() -> None:
    assert spread([form("1", 90), form("2", 30), form("3", 50), form("", 0, "self")]) == pytest.approx(0.6)
    assert spread([]) == 0
