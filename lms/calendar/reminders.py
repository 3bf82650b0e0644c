"""A day before a deadline those who are not done yet are reminded, once for each date."""

from datetime import timedelta

from sqlalchemy import bindparam, insert, text

from lms.calendar import rules
from lms.calendar.models import Reminder
from lms.calendar.service import address_of
from lms.db import db
from lms.enrolment.place import run_of
from lms.events import Tick
from lms.i18n import Message, speaking
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
    "SELECT e.person_id, p.language, p.timezone FROM enrolment e JOIN person p ON p.id = e.person_id"
    " WHERE e.run_id = :run AND e.state = 'active' AND e.role = 'learner' AND p.erased_at IS NULL"
    " AND NOT EXISTS (SELECT 1 FROM result s WHERE s.run_id = e.run_id AND s.person_id = e.person_id"
    "  AND s.item IN :items AND s.completed)"
    " AND NOT EXISTS (SELECT 1 FROM reminder m WHERE m.run_id = e.run_id AND m.person_id = e.person_id"
    "  AND m.item = :key)"
    " ORDER BY e.person_id"
).bindparams(bindparam("items", expanding=True))


def remind(site: AnySite, event: Tick) -> None:
    """Remind learners of what is due within a day. The table, not the span of the tick, says who was reminded."""
    assert isinstance(site, Site)
    for row in db.session.execute(_RUNS, {"day": (event.now - AHEAD).date()}).all():
        run = run_of(row)
        course = site.library.outline(run.revision_id, "").course
        for due in rules.dates(course, run):
            if event.now < due.start <= event.now + AHEAD:
                _remind(site, run, due, event)


def _remind(site: Site, run: Run, due: rules.Due, event: Tick) -> None:
    rows = db.session.execute(_UNDONE, {"run": run.id, "items": [due.item, due.block], "key": due.key}).all()
    if not rows:
        return
    db.session.execute(
        insert(Reminder),
        [{"run_id": run.id, "person_id": row.person_id, "item": due.key, "at": event.now} for row in rows],
    )
    groups: dict[tuple[str, str], list[int]] = {}
    for row in rows:
        groups.setdefault((row.language, row.timezone), []).append(row.person_id)
    for (tongue, timezone), people in groups.items():
        with speaking(tongue):
            # the title as the reader's edition has it, the time in the reader's zone
            course = site.library.outline(run.revision_id, tongue).course
            title = next((own.title for own in rules.dates(course, run) if own.key == due.key), due.title)
            when = instant(due.start, timezone)
            url = address_of(site, run, due.block)
        values = {"title": title, "when": when}
        said = Message("Due soon: “{title}”, by {when}.", values)
        if due.end is not None:
            said = Message("Soon: “{title}”, {when}.", values)
        notify(site, people, "reminder", said, url)
