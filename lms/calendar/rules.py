"""A person's dates by day. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from lms.plugin import CalendarEntry


@dataclass(frozen=True)
class Entry:
    """A line of the agenda: `start` and `end` in the reader's zone, `done` when the reader has completed it."""

    what: CalendarEntry
    course: str
    start: datetime
    end: datetime | None
    done: bool


@dataclass(frozen=True)
class Day:
    """A day of the agenda with its entries in order."""

    date: date
    entries: tuple[Entry, ...]


def by_day(entries: Iterable[Entry], latest_first: bool = False) -> Sequence[Day]:
    """Entries grouped by the reader's days."""
    days: dict[date, list[Entry]] = {}
    for entry in sorted(entries, key=lambda entry: (entry.start, entry.what.uid)):
        days.setdefault(entry.start.date(), []).append(entry)
    return [Day(day, tuple(days[day])) for day in sorted(days, reverse=latest_first)]


def is_past(entry: Entry, now: datetime) -> bool:
    """Whether a deadline has passed or a meeting is over."""
    return (entry.end or entry.start) < now
