"""Moments as authors write them: a date, a date with a time, or a day counted from the start of the run."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from courses.problems import N_

_CLOCK = r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?"
_ABSOLUTE = re.compile(
    r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})"
    rf"(?:[T ]\s*{_CLOCK}\s*(?P<zone>Z|[+-]\d{{2}}:?\d{{2}})?)?",
    re.ASCII,
)
_RELATIVE = re.compile(rf"(?P<unit>day|week|день|неделя)\s+(?P<number>\d{{1,4}})(?:\s+{_CLOCK})?", re.ASCII | re.I)
_UNITS = {"day": "day", "week": "week", "день": "day", "неделя": "week"}
_YEARS = range(1970, 2200)

MOMENT_PATTERN = (
    r"^\s*(\d{4}-\d{1,2}-\d{1,2}([T ]\s*\d{1,2}:\d{2}(:\d{2})?\s*(Z|[+-]\d{2}:?\d{2})?)?"
    r"|([Dd]ay|[Ww]eek|[Дд]ень|[Нн]еделя)\s+\d{1,4}(\s+\d{1,2}:\d{2}(:\d{2})?)?)\s*$"
)
"""The same for JSON Schema: what a spelling may look like, whether or not a calendar has it."""

EXAMPLES: tuple[tuple[str, str], ...] = (
    ("2026-03-01 18:00", N_("That day at that time, in the course's time zone.")),
    ("2026-03-01", N_("That day: its beginning where something opens, its end where something closes.")),
    ("2026-03-01T18:00+03:00", N_("A time with its offset: the same instant everywhere.")),
    ("day 5 18:00", N_("The fifth day of the run at that time; day 1 is the day the run starts.")),
    ("day 5", N_("The whole fifth day of the run.")),
    ("week 2", N_("The second seven days of the run.")),
    ("week 2 18:00", N_("The first day of the second week at that time.")),
)
"""Every form with what it means, for the reference of the format. ``день 5`` and ``неделя 2`` are the same in Russian."""


class Moment(str):
    """A moment in an author's file, kept as written in one normal spelling.

    Forms: ``2026-03-01``, ``2026-03-01 18:00``, ``2026-03-01T18:00+03:00``, ``day 5``, ``day 5 18:00``, ``week 2``,
    ``week 2 18:00`` (``день 5`` and ``неделя 2`` mean the same). Day 1 is the first day of the run; week 1 its first
    seven days, and a week with a clock time is that time on the week's first day. Raises ``ValueError`` for anything
    else, including dates that no calendar has.
    """

    __slots__ = ()

    def __new__(cls, text: str) -> Moment:
        return super().__new__(cls, text if isinstance(text, Moment) else _normal(text))

    @property
    def is_relative(self) -> bool:
        """Whether the moment is counted from the start of the run."""
        return self.startswith(("day ", "week "))

    @property
    def has_time(self) -> bool:
        """Whether a clock time is given; without one the moment is a whole day or week."""
        return ":" in self

    def resolve(self, start: date, tz: ZoneInfo, end_of_day: bool = False) -> datetime:
        """The instant, aware and in UTC.

        ``start`` is the first day of the run, ``tz`` the course's time zone, used unless the moment brings an offset.
        A bare day or week is its first midnight, with ``end_of_day`` the midnight that ends it: use that for a moment
        something closes at.
        """
        return _resolve(str(self), start, tz, end_of_day)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        as_text = core_schema.plain_serializer_function_ser_schema(str, return_schema=core_schema.str_schema())
        return core_schema.no_info_plain_validator_function(_validate, serialization=as_text)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"type": "string", "pattern": MOMENT_PATTERN, "x-word": N_("moment")}


# a page asks for the same few moments of a run again and again
@lru_cache(maxsize=4096)
def _resolve(text: str, start: date, tz: ZoneInfo, end_of_day: bool) -> datetime:
    relative = _RELATIVE.fullmatch(text)
    if relative:
        weeks = relative["unit"] == "week"
        length = 7 if weeks else 1
        first = start + timedelta(days=(int(relative["number"]) - 1) * length)
        match: re.Match[str] = relative
        zone: timezone | ZoneInfo = tz
    else:
        absolute = _ABSOLUTE.fullmatch(text)
        assert absolute is not None, "a Moment is checked when it is made"
        match, length = absolute, 1
        first = date(int(match["year"]), int(match["month"]), int(match["day"]))
        zone = _offset(match["zone"]) or tz
    if match["hour"] is None:
        day = first + timedelta(days=length if end_of_day else 0)
        return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)
    clock = time(int(match["hour"]), int(match["minute"]), int(match["second"] or 0))
    return datetime.combine(first, clock, tzinfo=zone).astimezone(UTC)


def _validate(value: Any) -> Moment:
    if isinstance(value, datetime):
        value = value.isoformat(" ", "minutes")
    elif isinstance(value, date):
        value = value.isoformat()
    if not isinstance(value, str):
        raise PydanticCustomError("moment", "not a moment")
    try:
        return Moment(value)
    except ImpossibleDate as error:
        raise PydanticCustomError("moment_date", "no such date", {"value": value}) from error
    except ValueError as error:
        raise PydanticCustomError("moment", "not a moment", {"value": value}) from error


class ImpossibleDate(ValueError):
    """The spelling is right but no calendar or clock has it, as 2026-02-30 or 25:00."""


def _offset(zone: str | None) -> timezone | None:
    if not zone:
        return None
    if zone == "Z":
        return UTC
    minutes = int(zone[1:3]) * 60 + int(zone[-2:])
    return timezone(timedelta(minutes=-minutes if zone[0] == "-" else minutes))


def _normal(text: str) -> str:
    text = " ".join(text.split())
    relative = _RELATIVE.fullmatch(text)
    if relative:
        number = int(relative["number"])
        if number < 1:
            raise ImpossibleDate(text)
        return f"{_UNITS[relative['unit'].lower()]} {number}{_clock(relative, text)}"
    absolute = _ABSOLUTE.fullmatch(text)
    if not absolute:
        raise ValueError(text)
    year = int(absolute["year"])
    if year not in _YEARS:
        raise ImpossibleDate(text)
    try:
        day = date(year, int(absolute["month"]), int(absolute["day"]))
        zone = _offset(absolute["zone"])
    except ValueError as error:
        raise ImpossibleDate(text) from error
    if zone is None:
        return f"{day.isoformat()}{_clock(absolute, text)}"
    shift = absolute["zone"] if absolute["zone"] == "Z" else f"{absolute['zone'][:3]}:{absolute['zone'][-2:]}"
    return f"{day.isoformat()}T{_clock(absolute, text).strip()}{shift}"


def _clock(match: re.Match[str], text: str) -> str:
    if match["hour"] is None:
        return ""
    hour, minute, second = int(match["hour"]), int(match["minute"]), int(match["second"] or 0)
    if hour > 23 or minute > 59 or second > 59:
        raise ImpossibleDate(text)
    return f" {hour:02}:{minute:02}" + (f":{second:02}" if second else "")
