"""Dates, shares and numbers as people of each language write them."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest

from lms.i18n import set_language
from lms.wording import day, ending, instant, number, share, zone

EVENING = datetime(2026, 11, 23, 21, 30, tzinfo=UTC)
THIN = "\u202f"
HARD = "\u00a0"


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    set_language("en")
    yield
    set_language("en")


def both(say, *values: object) -> tuple[str, str]:
    found = []
    for tongue in ("en", "ru"):
        set_language(tongue)
        found.append(say(*values))
    return found[0], found[1]


def test_an_instant_is_told_in_the_readers_zone():
    assert both(instant, EVENING, "Europe/Moscow") == ("24 November 2026, 00:30", "24 ноября 2026 г., 00:30")
    assert both(instant, EVENING, "UTC") == ("23 November 2026, 21:30", "23 ноября 2026 г., 21:30")
    assert both(instant, None) == ("", "")


def test_a_day_is_that_of_the_zone():
    assert both(day, EVENING, "Asia/Vladivostok") == ("24 November 2026", "24 ноября 2026 г.")
    assert both(day, EVENING, "America/New_York") == ("23 November 2026", "23 ноября 2026 г.")
    assert both(day, date(2026, 5, 1), "Asia/Vladivostok") == ("1 May 2026", "1 мая 2026 г.")
    assert both(day, None) == ("", "")


@pytest.mark.parametrize("name", ["Europe/Atlantis", "", "../../etc/passwd", "Europe"])
def test_an_unknown_zone_is_utc_and_no_error(name: str):
    assert str(zone(name)) == "UTC"


@pytest.mark.parametrize(
    ("value", "english", "russian"),
    [
        (0.0, "0%", f"0{THIN}%"),
        (0.6, "60%", f"60{THIN}%"),
        (2 / 3, "66.7%", f"66,7{THIN}%"),
        (0.9995, "100%", f"100{THIN}%"),
        (0.9994, "99.9%", f"99,9{THIN}%"),
        (1.0, "100%", f"100{THIN}%"),
        (None, "—", "—"),
    ],
)
def test_shares(value: float | None, english: str, russian: str):
    assert both(share, value) == (english, russian)


@pytest.mark.parametrize(
    ("value", "english", "russian"),
    [
        (5, "5", "5"),
        (2.5, "2.5", "2,5"),
        (1234.567, "1,234.57", f"1{HARD}234,57"),
        (-1.0, "-1", "-1"),
        (None, "—", "—"),
    ],
)
def test_numbers(value: float | None, english: str, russian: str):
    assert both(number, value) == (english, russian)


def test_the_midnight_that_ends_a_day_is_its_last_minute():
    midnight = datetime(2026, 3, 6, 21, tzinfo=UTC)
    assert both(ending, midnight, "Europe/Moscow") == ("6 March 2026, 23:59", "6 марта 2026 г., 23:59")
    assert both(ending, midnight, "Asia/Vladivostok") == ("7 March 2026, 07:00", "7 марта 2026 г., 07:00")
    assert both(ending, None) == ("", "")
