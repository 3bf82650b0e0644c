"""Dates of all courses in one place, reminders of them, and invitations to meetings."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, select

from lms.calendar import invitations
from lms.calendar.models import Reminder
from lms.calendar.reminders import remind
from lms.calendar.views import pages
from lms.db import db
from lms.events import PlacesChanged, Tick
from lms.i18n import gettext, mark
from lms.people.models import Token
from lms.plugin import NoticeKind, On, PersonalData, Plugin
from lms.plugin import Site as AnySite


class CalendarData(PersonalData):
    """Reminders and invitations a person got, and the secret address of their calendar."""

    name = "calendar"
    tables = ("reminder", "invitation")

    def export(self, site: AnySite, person_id: int) -> Mapping[str, Any]:
        """What the person was reminded of and invited to, and whether they have an address."""
        own = select(Reminder).where(Reminder.person_id == person_id).order_by(Reminder.at)
        reminders = db.session.execute(own).scalars()
        address = db.session.execute(
            select(Token.created_at).where(Token.person_id == person_id, Token.purpose == "calendar")
        ).scalar()
        return {
            "reminders": [{"run": row.run_id, "date": row.item, "at": row.at.isoformat()} for row in reminders],
            "invitations": invitations.of_person(person_id),
            "address_made_at": address.isoformat() if address else None,
        }

    def erase(self, site: AnySite, person_id: int) -> Sequence[str]:
        """Remove all of it."""
        db.session.execute(delete(Reminder).where(Reminder.person_id == person_id))
        invitations.forget(person_id)
        db.session.execute(delete(Token).where(Token.person_id == person_id, Token.purpose == "calendar"))
        return [gettext("Reminders, invitations and the address of the calendar were removed.")]


feature = Plugin(
    "calendar",
    "lms.calendar",
    contributes=(
        pages,
        On(Tick, remind),
        On(Tick, invitations.on_tick),
        On(PlacesChanged, invitations.on_places),
        NoticeKind("invitation", mark("Invitations to meetings")),
        CalendarData(),
    ),
)
