from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from lms.attendance.rules import MOST_TRIES, answer, may_join, may_show
from lms.attendance.service import attended
from lms.plugin import Attended, Meeting, Presence

START = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
TALK = Meeting("one", "Первая", START, START + timedelta(hours=1), code="мост")
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
    assert (may_join(TALK, moment), TALK.when(moment)) == (link, where)


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [(TALK.starts - SECOND, False), (TALK.starts, True), (TALK.ends + DAY, True), (TALK.ends + DAY + SECOND, False)],
)
def test_that_one_was_there_is_shown_from_the_start_to_a_day_after(moment, is_open):
    assert may_show(TALK, moment) is is_open


@pytest.mark.parametrize(
    ("given", "state", "tries", "expected"),
    [
        ("мост", "", 0, "right"),
        (" М О С Т ", "", MOST_TRIES - 1, "right"),
        ("мост", "declared", 0, "right"),
        ("мост", "", MOST_TRIES, "tries"),
        ("мосты", "", 0, "wrong"),
        ("", "", 0, "wrong"),
        ("мост", "present", 0, "already"),
        ("мост", "absent", 0, "refused"),
    ],
)
def test_answers_to_code_words(given, state, tries, expected):
    assert answer(TALK, given, state, tries, START) == expected


def test_without_a_code_nothing_fits():
    assert answer(replace(TALK, code=""), "", "", 0, START) == "closed"


def test_planned_meetings_are_what_attendance_is_counted_by():
    second = Meeting("two", "Вторая", START + DAY, START + DAY + timedelta(minutes=90))
    third = Meeting("three", "Третья", START + 2 * DAY, START + 2 * DAY + HALF)

    def seen(meeting: str, state: str, minutes: int | None = None) -> Presence:
        return Presence(7, meeting, state, "tutor", minutes, START)

    known = {
        (7, "one"): seen("one", "present"),
        (7, "two"): seen("two", "present", 40),
        (7, "three"): seen("three", "absent"),
        (7, "gone"): seen("gone", "present"),
        (8, "three"): seen("three", "present"),
    }
    found = attended([TALK, second, third], 7, known)
    assert (found, found.share) == (Attended(("one", "two"), 3, 100), 2 / 3)
    assert attended([], 7, known) == Attended((), 0, 0)
    assert attended([], 7, known).share == 0
