"""Places: a shared part of activities that have room for so many, or times that people book."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, or_, select, update

from lms.booking import service
from lms.booking.models import PlaceRecord, SlotRecord
from lms.booking.views import pages
from lms.db import db
from lms.events import Event, RoleChanged, Tick, Withdrawn
from lms.i18n import gettext as _
from lms.plugin import CalendarEntry, CalendarSource, On, PersonalData, Plugin, Run, Site
from lms.teams.models import TeamMember


class PlacesData(PersonalData):
    """Where a person has a place or waits for one, and which times they opened for others."""

    name = "booking"
    tables = ("booking_place", "booking_slot")

    def export(self, site: Site, person_id: int) -> Mapping[str, Any]:
        """Both."""
        own = PlaceRecord.person_id == person_id
        theirs = PlaceRecord.team_id.in_(select(TeamMember.team_id).where(TeamMember.person_id == person_id))
        places = db.session.scalars(select(PlaceRecord).where(or_(own, theirs)).order_by(PlaceRecord.id))
        opened = db.session.scalars(select(SlotRecord).where(SlotRecord.host_id == person_id).order_by(SlotRecord.id))
        return {
            "places": [
                {
                    "run": one.run_id, "activity": one.block, "slot": one.slot, "waiting": one.number is None,
                    "for_a_team": one.team_id is not None, "since": one.since.isoformat(),
                }
                for one in places
            ],
            "opened": [
                {"run": one.run_id, "activity": one.block, "starts": one.starts.isoformat(), "place": one.place}
                for one in opened
            ],
        }  # fmt: skip

    def erase(self, site: Site, person_id: int) -> Sequence[str]:
        """Places are given back (the next tick gives them to who waits). Times they opened stay for those who booked them, without
        what the person wrote there."""
        had = db.session.scalars(select(PlaceRecord.id).where(PlaceRecord.person_id == person_id)).first()
        db.session.execute(delete(PlaceRecord).where(PlaceRecord.person_id == person_id))
        db.session.execute(update(SlotRecord).where(SlotRecord.host_id == person_id).values(place=""))
        return [_("Your places and bookings were given back.")] if had is not None else []


class BookedTimes(CalendarSource):
    """Times that people booked, and those they opened and somebody booked."""

    def entries(self, site: Site, person_id: int, runs: Sequence[Run]) -> Sequence[CalendarEntry]:
        """One statement, for any number of runs."""
        return service.agenda(site, person_id, runs)


def on_gone(site: Site, event: Event) -> None:
    """Somebody left the run, or leads it now."""
    assert isinstance(event, Withdrawn | RoleChanged)
    if not (isinstance(event, RoleChanged) and event.role == "learner"):
        service.give_back_all(site, event.run_id, event.person_id)


def on_tick(site: Site, event: Event) -> None:
    """Places that became free in another way than by being given back."""
    service.fill_all(site)


feature = Plugin(
    "booking",
    "lms.booking",
    (pages, PlacesData(), BookedTimes(), On(Withdrawn, on_gone), On(RoleChanged, on_gone), On(Tick, on_tick)),
)
