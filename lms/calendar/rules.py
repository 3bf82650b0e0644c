"""Dates written in a course as instants of a run. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from courses.tree import Course
from lms.plugin import CalendarEntry, Run

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Due:
    """A date of an item in a run. `end` is given for meetings; without it `start` is the last moment.

    A whole day ends at 23:59. `phase` is that whose end it is. `uid` stays when the date moves, `key` changes with it.
    """

    uid: str
    key: str
    item: str
    block: str
    title: str
    start: datetime
    end: datetime | None
    phase: str = ""


def dates(course: Course, run: Run) -> list[Due]:
    """All deadlines and meetings of a course in this run, in order of time."""
    zone = ZoneInfo(run.timezone)
    seen: Counter[str] = Counter()
    found: list[Due] = []
    for deadline in course.deadlines:
        seen[deadline.item] += 1
        moment = deadline.moment
        if deadline.end is None:
            start, end = moment.resolve(run.starts_on, zone, end_of_day=True), None
            if not moment.has_time:
                start -= MINUTE  # the midnight that ends a day would stand under the next day
        else:
            start = moment.resolve(run.starts_on, zone)
            end = deadline.end.resolve(run.starts_on, zone, end_of_day=True)
        block = deadline.item.partition(".")[0]
        uid = f"run-{run.id}-{deadline.item}-{seen[deadline.item]}"
        found.append(
            Due(uid, f"{deadline.item}#{moment}", deadline.item, block, deadline.title, start, end, deadline.phase)
        )
    return sorted(found, key=lambda due: (due.start, due.uid))


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
