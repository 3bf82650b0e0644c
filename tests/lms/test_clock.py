"""Time is given: stopped, moved, and running again."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from lms.clock import Clock

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def test_a_stopped_clock_stands_until_it_is_moved():
    clock = Clock()
    clock.set(NOON)
    assert [clock.now(), clock.now()] == [NOON, NOON]
    clock.move(timedelta(days=1, hours=-2))
    assert clock.now() == datetime(2026, 3, 3, 10, 0, tzinfo=UTC)


def test_any_zone_is_taken_and_utc_is_given():
    clock = Clock()
    clock.set(datetime(2026, 3, 2, 15, 0, tzinfo=timezone(timedelta(hours=3))))
    assert clock.now() == NOON
    assert clock.now().tzinfo is UTC


def test_a_time_without_a_zone_is_refused():
    clock = Clock()
    with pytest.raises(ValueError, match="aware"):
        clock.set(datetime(2026, 3, 2, 15, 0))  # noqa: DTZ001 - what is refused


def test_a_running_clock_can_be_shifted_and_set_right_again():
    clock = Clock()
    before = datetime.now(UTC)
    clock.move(timedelta(days=400))
    assert clock.now() >= before + timedelta(days=400)
    clock.set(NOON)
    clock.run()
    assert before <= clock.now() <= datetime.now(UTC)
