"""Dates, shares and numbers as people of each language write them."""

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, get_timezone_location
from babel.numbers import format_decimal

from lms.i18n import language


@lru_cache(maxsize=64)
def zone(name: str) -> ZoneInfo:
    """A time zone by name; unknown names give UTC instead of an error in the middle of a page."""
    try:
        return ZoneInfo(name)
    except (ValueError, OSError):  # ZoneInfoNotFoundError is a KeyError of its own
        return ZoneInfo("UTC")
    except KeyError:
        return ZoneInfo("UTC")


@lru_cache(maxsize=4096)
def _instant(moment: datetime, timezone: str, tongue: str) -> str:
    local = moment.astimezone(zone(timezone))
    form = "d MMMM y 'г.', HH:mm" if tongue == "ru" else "d MMMM y, HH:mm"
    return format_datetime(local, form, locale=tongue)


@lru_cache(maxsize=4096)
def _day(value: date, tongue: str) -> str:
    return format_date(value, "d MMMM y 'г.'" if tongue == "ru" else "d MMMM y", locale=tongue)


@lru_cache(maxsize=256)
def _city(name: str, tongue: str) -> str:
    return get_timezone_location(zone(name), locale=tongue, return_city=True)


def city(timezone: str) -> str:
    """A time zone as people call it: «Москва» for Europe/Moscow."""
    return _city(timezone, language())


def instant(moment: datetime | None, timezone: str = "UTC") -> str:
    """An instant in a time zone: «23 ноября 2026 г., 18:00»; "" for None."""
    return _instant(moment, timezone, language()) if moment is not None else ""


def ending(moment: datetime | None, timezone: str = "UTC") -> str:
    """The same for what ends then: the midnight that ends a day is its 23:59, or people would take it for the next day."""
    if moment is not None and moment.astimezone(zone(timezone)).time() == time():
        moment -= timedelta(minutes=1)
    return instant(moment, timezone)


def day(value: date | datetime | None, timezone: str = "UTC") -> str:
    """A date: «23 ноября 2026 г.»; an instant's date is that in the time zone."""
    if value is None:
        return ""
    return _day(value.astimezone(zone(timezone)).date() if isinstance(value, datetime) else value, language())


def span(first: date, last: date) -> str:
    """Two days and what lies between them: «2 марта 2026 г. – 8 марта 2026 г.»."""
    return f"{day(first)}\N{NO-BREAK SPACE}– {day(last)}"


def share(value: float | None) -> str:
    """A part of the whole, 0 to 1, as a percentage: «60 %»; a dash for None."""
    if value is None:
        return "—"
    return (
        f"{number(int(value * 1000 + 0.5) / 10)}\u202f%"
        if language() == "ru"
        else f"{number(int(value * 1000 + 0.5) / 10)}%"
    )


@lru_cache(maxsize=4096)
def _number(value: float, tongue: str) -> str:
    return format_decimal(value, "#,##0.##", locale=tongue)


def number(value: float | None) -> str:
    """A number with at most two decimals, written as the language does; a dash for None."""
    return "—" if value is None else _number(float(value), language())
