from datetime import UTC, datetime, timedelta

import pytest

from lms_seminar.rules import (
    MOST_TRIES,
    Outcome,
    Times,
    answer_code,
    code_open,
    free_places,
    link_open,
    next_session,
    outcome,
    when,
)

START = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
TALK = Times("one", START, START + timedelta(hours=1))
SECOND = timedelta(seconds=1)
HALF = timedelta(minutes=30)
DAY = timedelta(hours=24)


@pytest.mark.parametrize(
    ("moment", "link", "where"),
    [
        (TALK.starts - HALF - SECOND, False, "later"),
        (TALK.starts - HALF, True, "soon"),
        (TALK.starts, True, "now"),
        (TALK.ends - SECOND, True, "now"),
        (TALK.ends, False, "past"),
    ],
)
def test_the_link_is_open_from_half_an_hour_before_to_the_end(moment, link, where):
    assert (link_open(TALK, moment), when(TALK, moment)) == (link, where)


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [(TALK.starts - SECOND, False), (TALK.starts, True), (TALK.ends + DAY, True), (TALK.ends + DAY + SECOND, False)],
)
def test_code_words_count_from_the_start_to_a_day_after(moment, is_open):
    assert code_open(TALK, moment) is is_open


@pytest.mark.parametrize(
    ("given", "state", "by_tutor", "tries", "answer"),
    [
        ("мост", "", False, 0, "right"),
        (" М О С Т ", "", False, MOST_TRIES - 1, "right"),
        ("мост", "", False, MOST_TRIES, "tries"),
        ("мосты", "", False, 0, "wrong"),
        ("", "", False, 0, "wrong"),
        ("мост", "present", True, 0, "already"),
        ("мост", "absent", True, 0, "refused"),
    ],
)
def test_answers_to_code_words(given, state, by_tutor, tries, answer):
    assert answer_code(TALK, "мост", given, state, by_tutor, tries, START) == answer


def test_without_a_code_nothing_fits():
    assert answer_code(TALK, "", "", "", False, 0, START) == "closed"


def test_the_next_session_is_the_one_that_is_on():
    second = Times("two", START + DAY, START + DAY + HALF)
    assert next_session([second, TALK], START) == TALK
    assert next_session([second, TALK], TALK.ends) == second
    assert next_session([TALK], TALK.ends) is None


@pytest.mark.parametrize(
    ("seats", "taken", "free"),
    [(3, set(), [1, 2, 3]), (3, {2}, [1, 3]), (3, {1, 2, 3}, []), (2, {1, 5}, []), (2, {5}, [1]), (1, {3, 4}, [])],
)
def test_free_places(seats, taken, free):
    assert free_places(seats, taken) == free


@pytest.mark.parametrize(
    ("attended", "need", "expected"),
    [
        ({"a"}, 0.5, Outcome(1, 2, True)),
        ({"a"}, 0.51, Outcome(1, 2, False)),
        ({"a", "gone"}, 1.0, Outcome(1, 2, False)),
        (set(), 0.5, Outcome(0, 2, False)),
        ({"a", "b"}, 1.0, Outcome(2, 2, True)),
    ],
)
def test_enough_sessions(attended, need, expected):
    assert outcome(["a", "b"], attended, need) == expected


def test_two_of_three_are_two_thirds():
    assert outcome(["a", "b", "c"], {"a", "b"}, 2 / 3).complete
