"""A day before a deadline those who are not done yet are reminded, once for each date."""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta

from sqlalchemy import bindparam, insert, text

from lms.calendar.models import Reminder
from lms.calendar.service import address_of
from lms.dates import Due, of_run, of_runs
from lms.db import db
from lms.enrolment.place import run_of
from lms.events import Tick
from lms.i18n import Message, mark, speaking
from lms.notices.service import notify
from lms.plugin import Run
from lms.plugin import Site as AnySite
from lms.site import Site
from lms.wording import instant

AHEAD = timedelta(hours=24)

_RUNS = text(
    "SELECT r.id, r.course_id, c.slug AS course_slug, r.slug, r.title, r.revision_id,"
    " r.starts_on, r.ends_on, r.timezone"
    " FROM run r JOIN course c ON c.id = r.course_id WHERE r.ends_on IS NULL OR r.ends_on >= :day ORDER BY r.id"
)
_UNDONE = text(
    "SELECT e.person_id FROM enrolment e WHERE e.run_id = :run AND e.state = 'active' AND e.role = 'learner'"
    " AND NOT EXISTS (SELECT 1 FROM result s WHERE s.run_id = e.run_id AND s.person_id = e.person_id"
    "  AND s.item IN :items AND s.completed)"
).bindparams(bindparam("items", expanding=True))
_NOT_TOLD = text(
    "SELECT p.id, p.language, p.timezone FROM person p WHERE p.id IN :people AND p.erased_at IS NULL"
    " AND NOT EXISTS (SELECT 1 FROM reminder m WHERE m.run_id = :run AND m.person_id = p.id AND m.item = :key)"
    " ORDER BY p.id"
).bindparams(bindparam("people", expanding=True))


def remind(site: AnySite, event: Tick) -> None:
    """Remind learners of what is due within a day. The table, not the span of the tick, says who was reminded."""
    assert isinstance(site, Site)
    runs = [run_of(row) for row in db.session.execute(_RUNS, {"day": (event.now - AHEAD).date()})]
    dates = of_runs(site, runs)
    for run in runs:
        for due in dates[run.id]:
            # of the end of a phase those are reminded who have something to do in it: lms.phases.reminders
            if not due.phase and event.now < due.start <= event.now + AHEAD:
                _remind(site, run, due, event)


def _remind(site: Site, run: Run, due: Due, event: Tick) -> None:
    people = db.session.execute(_UNDONE, {"run": run.id, "items": [due.item, due.block]}).scalars().all()

    def said(language: str, timezone: str) -> tuple[Message, str]:
        # the title as the reader's edition has it, the time in the reader's zone
        title = next((own.title for own in of_run(site, run) if own.key == due.key), due.title)
        values = {"title": title, "when": instant(due.start, timezone)}
        meeting, deadline = mark("Soon: “{title}”, {when}."), mark("Due soon: “{title}”, by {when}.")
        return Message(deadline if due.end is None else meeting, values), address_of(site, run, due.block)

    told(site, run.id, due.key, people, event.now, said)


def told(
    site: Site, run_id: int, key: str, people: Collection[int], now: datetime,
    said: Callable[[str, str], tuple[Message, str]],
) -> None:  # fmt: skip
    """Remind these people of the date named `key`, those who have not been: `said` gives sentence and address by language and zone, and
    is asked while that language is spoken."""
    rows = db.session.execute(_NOT_TOLD, {"run": run_id, "people": list(people), "key": key}).all() if people else []
    if not rows:
        return
    kept = [{"run_id": run_id, "person_id": row.id, "item": key, "at": now} for row in rows]
    db.session.execute(insert(Reminder), kept)
    groups: dict[tuple[str, str], list[int]] = {}
    for row in rows:
        groups.setdefault((row.language, row.timezone), []).append(row.id)
    for (tongue, timezone), some in groups.items():
        with speaking(tongue):
            text, url = said(tongue, timezone)
        notify(site, some, "reminder", text, url)
