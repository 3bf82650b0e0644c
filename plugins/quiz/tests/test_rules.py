"""Marking: the arithmetic, what people type, and the rules of attempts."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms_quiz import rules
from lms_quiz.rules import Mark, Tried


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5", "5"), ("-5", "-5"), ("−5", "-5"), ("+5", "5"), ("0,45", "0.45"), ("0.45", "0.45"), (",5", "0.5"), (".5",
        "0.5"),
        ("12 000", "12000"), ("12\u00a0000,5", "12000.5"), ("1e3", "1000"), (" 7 ", "7"), ("007", "7"),
    ],
)  # fmt: skip
def test_numbers_as_people_write_them(text: str, value: str) -> None:
    assert rules.number(text) == Decimal(value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "пять",
        "1.2.3",
        "1,2,3",
        "nan",
        "inf",
        "-",
        ".",
        "e5",
        "1 2",
        "٣",
        "1e999",
        "5 лет",
        "0x10",
        "1_000",
        "9**9",
    ],
)
def test_what_is_no_number(text: str) -> None:
    assert rules.number(text) is None


@pytest.mark.parametrize("text", ["9" * 41, "1" + "0" * 10_000, "(" * 10_000, "1e99", "-1e99", "1e-99"])
def test_monstrous_numbers_are_refused_or_compared_at_once(text: str) -> None:
    value = rules.number(text)
    assert value is None or rules.within(value, Decimal(5), Decimal(1), False) is False


@pytest.mark.parametrize(
    ("given_text", "key", "tolerance", "percent", "right"),
    [
        ("0,44", "0.45", "0.01", False, True), ("0,439", "0.45", "0.01", False, False), ("0,46", "0.45", "0.01", False,
        True),
        ("35%", "35", "1", False, True), ("36", "35", "1", False, True), ("36,0001", "35", "1", False, False),
        ("190", "200", "5", True, True), ("189,99", "200", "5", True, False), ("-210", "-200", "5", True, True),
        ("23.0", "23", "0", False, True), ("0", "0", "10", True, True), ("0,1", "0", "10", True, False),
    ],
)  # fmt: skip
def test_tolerances(given_text: str, key: str, tolerance: str, percent: bool, right: bool) -> None:
    found = rules.mark_number([(Decimal(key), Decimal(tolerance), percent)], given_text)
    assert found == (Mark(1.0, "Right", matched=(0,)) if right else Mark(0.0, "Wrong"))


def test_a_number_may_have_several_right_values_and_says_when_it_is_none() -> None:
    keys = [(Decimal(1), Decimal(0), False), (Decimal(-1), Decimal(0), False)]
    assert rules.mark_number(keys, "-1") == Mark(1.0, "Right", matched=(1,))
    assert rules.mark_number(keys, "один") == Mark(0.0, "This is not a number")
    assert rules.mark_number(keys, "  ") == rules.NO_ANSWER


@pytest.mark.parametrize("text", ["Летописец", "  летописец ", "ЛЕТОПИСЕЦ", "The  Chronicler"])
def test_text_in_any_case_and_spacing(text: str) -> None:
    assert rules.mark_text([["летописец", "the chronicler"]], text) == Mark(1.0, "Right", matched=(0,))


def test_text_knows_no_difference_of_e_and_no_other_mercy() -> None:
    forms = [["ёж"], ["хроникёр"]]
    assert rules.mark_text(forms, "Еж") == Mark(1.0, "Right", matched=(0,))
    assert rules.mark_text(forms, "ХРОНИКЕР") == Mark(1.0, "Right", matched=(1,))
    assert rules.mark_text(forms, "е\u0308ж") == Mark(1.0, "Right", matched=(0,))
    assert rules.mark_text(forms, "ежи") == Mark(0.0, "Wrong")
    assert rules.mark_text(forms, "") == rules.NO_ANSWER


def test_one_of_several() -> None:
    right = [False, True, False]
    assert rules.mark_one(right, [1]) == Mark(1.0, "Right", matched=(1,))
    assert rules.mark_one(right, [0]) == Mark(0.0, "Wrong", matched=(0,))
    assert rules.mark_one(right, []) == rules.mark_one(right, [0, 1]) == rules.mark_one(right, [9]) == rules.NO_ANSWER


@pytest.mark.parametrize(
    ("chosen", "share", "words"),
    [
        ([0, 1, 2], 1.0, "{hits} of {total} right"),
        ([0, 1], 2 / 3, "{hits} of {total} right"),
        ([0], 1 / 3, "{hits} of {total} right"),
        ([0, 1, 2, 3], 0.5, "{hits} of {total} right, {misses} wrong"),
        ([0, 3], 0.0, "{hits} of {total} right, {misses} wrong"),
        ([0, 1, 3], 2 / 3 - 0.5, "{hits} of {total} right, {misses} wrong"),
        ([0, 1, 2, 3, 4], 0.0, "{hits} of {total} right, {misses} wrong"),
        ([3, 4], 0.0, "{hits} of {total} right, {misses} wrong"),
    ],
)
def test_any_of_several(chosen: list[int], share: float, words: str) -> None:
    found = rules.mark_many([True, True, True, False, False], chosen)
    assert (found.share, found.text, found.matched) == (pytest.approx(share), words, tuple(chosen))


def test_all_or_nothing() -> None:
    right = [True, True, False]
    shares = {
        chosen: rules.mark_many(right, chosen, partial=False).share
        for size in (1, 2, 3)
        for chosen in combinations(range(3), size)
    }
    assert shares == {(0,): 0, (1,): 0, (2,): 0, (0, 1): 1, (0, 2): 0, (1, 2): 0, (0, 1, 2): 0}


@given(st.lists(st.booleans(), min_size=2, max_size=8).filter(any), st.sets(st.integers(-2, 9)), st.booleans())
def test_a_share_is_a_share_and_only_the_exact_choice_is_whole(
    right: list[bool], chosen: set[int], partial: bool
) -> None:
    found = rules.mark_many(right, chosen, partial)
    exact = {place for place, is_right in enumerate(right) if is_right} == {n for n in chosen if 0 <= n < len(right)}
    assert 0 <= found.share <= 1
    assert (found.share == 1) is exact


def test_true_or_false_speaks_only_to_those_who_found_it() -> None:
    assert rules.mark_truth(False, False) == Mark(1.0, "Right", matched=(0,))
    assert rules.mark_truth(False, True) == Mark(0.0, "Wrong")


def test_a_mark_in_one_word() -> None:
    assert [Mark(share, "").state for share in (1.0, 0.5, 0.0)] == ["right", "partly", "wrong"]


# ------------------------------------------------------------------ options


def test_names_of_options_are_new_in_every_attempt_and_tell_no_place() -> None:
    names = {rules.token(seed, 0, place) for seed in ("a", "b") for place in range(4)}
    assert len(names) == 8
    assert rules.token("a", 1, 11) != rules.token("a", 11, 1)


def test_without_shuffling_the_order_is_the_authors() -> None:
    assert rules.order("any", 3, 5, False) == [0, 1, 2, 3, 4]


def test_the_right_option_stands_anywhere_equally_often() -> None:
    places = [0, 0, 0, 0]
    for attempt in range(1000):
        places[rules.order(f"seed {attempt}", 2, 4, True).index(0)] += 1
    chi_square = sum((count - 250) ** 2 / 250 for count in places)
    assert chi_square < 16.27, places  # 3 degrees of freedom, p = 0.001; the seeds are fixed, so this never wavers


# ------------------------------------------------------------------ attempts

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("tries", "mark", "expected"),
    [
        ([], 0.6, (False, None, "started", None)),
        ([Tried(1, False)], 0.6, (False, None, "started", None)),
        ([Tried(1, True, 1, 4)], 0.6, (False, False, "failed", 1)),
        ([Tried(1, True, 1, 4), Tried(2, False)], 0.6, (False, False, "started", 1)),
        ([Tried(1, True, 3, 4), Tried(2, True, 1, 4)], 0.6, (True, True, "complete", 1)),
        ([Tried(1, True, 3, 4), Tried(2, False)], 0.6, (True, True, "complete", 1)),
        ([Tried(1, True, 3, 4), Tried(2, True, 3, 4)], 0.6, (True, True, "complete", 1)),
        ([Tried(1, True, 0, 4)], None, (True, None, "complete", 1)),
        ([Tried(1, True, 0, 0)], None, (True, None, "complete", 1)),
        ([Tried(1, True, None, None)], 0.6, (False, None, "started", None)),
        ([Tried(1, True, 1 / 3 + 1 / 3 + 1 / 3, 5)], 0.2, (True, True, "complete", 1)),
    ],
)
def test_what_attempts_come_to(tries: list[Tried], mark: float | None, expected: tuple[object, ...]) -> None:
    found = rules.outcome(tries, mark)
    best = found.best.number if found.best else None
    assert (found.completed, found.success, found.state, best) == expected


def test_void_attempts_use_nothing_up() -> None:
    assert rules.used([Tried(1, True, None), Tried(2, True, 0.0, 4), Tried(3, False)]) == 2


@pytest.mark.parametrize(
    ("opens", "closes", "limit", "taken", "reason"),
    [
        (None, None, 0, 100, ""), (None, None, 2, 1, ""), (None, None, 2, 2, "no-attempts"), (1, None, 0, 0,
        "not-open"),
        (0, None, 0, 0, ""), (None, 0, 0, 0, "closed"), (None, 1, 0, 0, ""), (-2, -1, 1, 1, "closed"),
    ],
)  # fmt: skip
def test_who_may_start(opens: int | None, closes: int | None, limit: int, taken: int, reason: str) -> None:
    at = [None if hours is None else NOW + timedelta(hours=hours) for hours in (opens, closes)]
    assert rules.barred(NOW, at[0], at[1], limit, taken) == reason


@pytest.mark.parametrize("grace", [0, 5, 20])
def test_the_grace_ends_to_the_instant(grace: int) -> None:
    assert rules.too_late(NOW, None, grace) is False
    end = NOW + timedelta(seconds=grace)
    assert rules.too_late(end, NOW, grace) is False
    assert rules.too_late(end + timedelta(microseconds=1), NOW, grace) is True


def test_an_attempt_ends_with_its_time_or_with_the_quiz() -> None:
    half, whole = NOW + timedelta(minutes=30), NOW + timedelta(hours=1)
    assert rules.deadline(NOW, 30, None) == half
    assert rules.deadline(NOW, 30, whole) == half
    assert rules.deadline(NOW, 90, whole) == whole
    assert rules.deadline(NOW, 0, whole) == whole
    assert rules.deadline(NOW, 0, None) is None


TRIES = [Tried(1, True, 2.0, 4), Tried(2, True, 4.0, 4), Tried(3, True, 3.0, 4), Tried(4, True, None)]


@pytest.mark.parametrize(
    ("grade", "tries", "mark", "expected"),
    [
        ("best", TRIES, 0.8, ("complete", 2, 1.0)), ("first", TRIES, 0.8, ("failed", 1, 0.5)),
        ("last", TRIES, 0.8, ("failed", 3, 0.75)), ("mean", TRIES, 0.8, ("failed", 3, 0.75)),
        ("mean", TRIES, 0.75, ("complete", 3, 0.75)), ("last", TRIES, None, ("complete", 3, 0.75)),
        ("last", [*TRIES, Tried(5, False)], 0.8, ("started", 3, 0.75)),
        # sums of points may differ from attempt to attempt: shares are what is compared
        ("mean", [Tried(1, True, 1.0, 2), Tried(2, True, 4.0, 4)], None, ("complete", 2, 0.75)),
        # what waits to be marked can only better the best; other ways of counting wait for it
        ("best", [Tried(1, True, 4.0, 4), Tried(2, True, 0.0, 4, True)], 0.8, ("complete", 1, 1.0)),
        ("last", [Tried(1, True, 4.0, 4), Tried(2, True, 0.0, 4, True)], 0.8, ("waiting", 1, 1.0)),
    ],
)  # fmt: skip
def test_which_attempt_counts(grade: rules.Grade, tries: list[Tried], mark: float | None, expected: object) -> None:
    found = rules.outcome(tries, mark, grade)
    assert found.best is not None
    assert (found.state, found.best.number, found.best.share) == expected
