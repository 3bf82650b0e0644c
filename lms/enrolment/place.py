"""Where a person is: the run that an address names, and what they are in it. One plain statement."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from lms.db import Query, is_writing
from lms.plugin import Actor, Run


@dataclass(frozen=True)
class Place:
    """A run seen by one person."""

    run: Run
    role: str
    enrolment_id: int
    """0 for those who are here without being enrolled: authors and admins."""


_FIND = (
    "SELECT r.id, r.course_id, c.slug AS course_slug, r.slug, r.title, r.revision_id, r.starts_on, r.ends_on,"
    " r.timezone, e.id AS enrolment_id, e.role FROM course c JOIN run r ON r.course_id = c.id"
    " LEFT JOIN enrolment e ON e.run_id = r.id AND e.person_id = :person AND e.state = 'active'"
    " WHERE c.slug = :course"
)
_NAMED = Query(_FIND + " AND r.slug = :run")
# without a run in the address: the one a person is in, the latest first, then the latest there is
_LATEST = Query(_FIND + " ORDER BY e.id IS NULL, r.starts_on DESC, r.id DESC LIMIT 1")


# whoever is going to write holds the run as it is until they have: a run that is moved to another edition meanwhile waits for them,
# and they for it, so that nothing is written under ids the run has left behind
_HOLD = " FOR KEY SHARE OF r"
_NAMED_HELD = Query(_NAMED.sql, postgresql=_HOLD)
_LATEST_HELD = Query(_LATEST.sql, postgresql=_HOLD)


def find_place(person: Actor, segment: str) -> Place | None:
    """The run behind `<course>@<run>` or `<course>` and the person's role in it; None outside their scope."""
    course, at, run = segment.partition("@")
    named, latest = (_NAMED_HELD, _LATEST_HELD) if is_writing() else (_NAMED, _LATEST)
    row = (named if at else latest).first(person=person.id, course=course, run=run)
    if row is None:
        return None
    role = row.role or ("admin" if person.is_admin else "author" if person.is_author else "")
    return Place(run_of(row), role, row.enrolment_id or 0) if role else None


def find_run(segment: str) -> Run | None:
    """The run behind `<course>@<run>`, whoever asks."""
    course, _at, run = segment.partition("@")
    row = _NAMED.first(person=0, course=course, run=run)
    return run_of(row) if row is not None else None


def run_of(row: Any) -> Run:
    """A `Run` from a row that has its columns."""
    return Run(
        row.id, row.course_id, row.course_slug, row.slug, row.title, row.revision_id,
        _day(row.starts_on), _day(row.ends_on) if row.ends_on else None, row.timezone,
    )  # fmt: skip


def _day(value: date | str) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value
