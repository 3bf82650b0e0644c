"""A person's dates over all their runs: as an agenda, and as a file for their own calendar."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import delete, select, text

from lms.calendar import rules
from lms.dates import of_runs
from lms.db import db
from lms.enrolment.place import run_of
from lms.i18n import gettext, language
from lms.people.models import Person, Token
from lms.people.sessions import hash_of
from lms.plugin import CalendarEntry, CalendarSource, Run
from lms.site import Site
from lms.wording import zone

_RUNS = text(
    "SELECT r.id, r.course_id, c.slug AS course_slug, r.slug, r.title, r.revision_id,"
    " r.starts_on, r.ends_on, r.timezone"
    " FROM enrolment e JOIN run r ON r.id = e.run_id JOIN course c ON c.id = r.course_id"
    " WHERE e.person_id = :person AND e.state = 'active' ORDER BY r.id"
)
_DONE = text(
    "SELECT s.run_id, s.item FROM result s JOIN enrolment e ON e.run_id = s.run_id AND e.person_id = s.person_id"
    " WHERE s.person_id = :person AND e.state = 'active' AND s.completed"
)


def address_of(site: Site, run: Run, item: str) -> str:
    """The page of an activity, or its place in its lesson when it has none; the course page for anything else."""
    outline = site.library.outline(run.revision_id, language())
    found = outline.items.get(item)
    if found is None:
        return run.base
    activity = site.registry.activity(found.kind)
    if activity is not None and activity.pages() is None:
        return f"{run.base}{outline.items[found.lesson].path}#{found.id}"
    return run.base + found.path


def entries(site: Site, person_id: int, timezone: str) -> list[rules.Entry]:
    """All dates of a person in the language in force. Three statements and the sources', for any number of runs."""
    runs = [run_of(row) for row in db.session.execute(_RUNS, {"person": person_id})]
    done = {(row.run_id, row.item) for row in db.session.execute(_DONE, {"person": person_id})}
    there = zone(timezone)
    found: list[rules.Entry] = []

    def add(what: CalendarEntry, course: str, is_done: bool = False) -> None:
        end = what.end.astimezone(there) if what.end else None
        found.append(rules.Entry(what, course, what.start.astimezone(there), end, is_done))

    dates = of_runs(site, runs)
    for run in runs:
        course = site.library.outline(run.revision_id, language()).course
        for due in dates[run.id]:
            what = CalendarEntry(due.uid, due.title, due.start, due.end, address_of(site, run, due.block))
            add(what, course.title, (run.id, due.item) in done or (run.id, due.block) in done)
    for source in site.of(CalendarSource):  # type: ignore[type-abstract]  # the registry gives what derives from it
        for what in source.entries(site, person_id, runs):
            add(what, "")
    return found


def new_address(site: Site, person_id: int) -> str:
    """Make the secret address of a person's calendar, which ends the former one. Only its hash is stored."""
    secret = secrets.token_urlsafe(32)
    db.session.execute(delete(Token).where(Token.person_id == person_id, Token.purpose == "calendar"))
    db.session.add(Token(hash=hash_of(secret), purpose="calendar", person_id=person_id, created_at=site.now()))
    db.session.flush()
    return site.url(f"/calendar.ics?token={secret}")


def has_address(person_id: int) -> bool:
    """Whether a person has made an address for their calendar."""
    return db.session.execute(
        select(Token.hash).where(Token.person_id == person_id, Token.purpose == "calendar").limit(1)
    ).first() is not None  # fmt: skip


def owner_of(secret: str) -> tuple[int, str] | None:
    """Whose calendar a secret address is, and their language; None for a wrong one."""
    row = db.session.execute(
        select(Person.id, Person.language)
        .join(Token, Token.person_id == Person.id)
        .where(Token.hash == hash_of(secret), Token.purpose == "calendar", Person.erased_at.is_(None))
    ).first()
    return (row.id, row.language) if row else None


def as_file(site: Site, found: Sequence[rules.Entry], now: datetime) -> bytes:
    """The dates as an iCalendar file, instants in UTC, which every program shows in its own zone."""
    # only here: the library is a twentieth of the program's memory, and most processes never write such a file
    from icalendar import Calendar, Event  # noqa: PLC0415 - as said

    calendar = Calendar()
    calendar.add("prodid", "-//Trajectory//Calendar//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", site.config.site_name)
    calendar.add("refresh-interval", timedelta(hours=6), parameters={"VALUE": "DURATION"})
    host = urlsplit(site.config.base_url).hostname or "localhost"
    for entry in sorted(found, key=lambda entry: (entry.what.start, entry.what.uid)):
        what = entry.what
        event = Event()
        event.add("uid", f"{what.uid}@{host}")
        event.add("dtstamp", now)
        event.add("dtstart", what.start)
        if what.end is not None:
            event.add("dtend", what.end)
        else:
            event.add("transp", "TRANSPARENT")  # a deadline takes no time of the day
        event.add("summary", what.title if what.end else gettext("Deadline: {title}", title=what.title))
        about = "\n".join(part for part in (entry.course, what.text) if part)
        if about:
            event.add("description", about)
        if what.url:
            event.add("url", site.url(what.url) if what.url.startswith("/") else what.url)
        calendar.add_component(event)
    found_bytes: bytes = calendar.to_ical()
    return found_bytes
