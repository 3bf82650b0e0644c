"""What the seminar keeps, read as plain rows: one statement a list, however long it is."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from pydantic import BaseModel
from sqlalchemy import select

from lms.plugin import Visit, db
from lms_seminar.format import SeminarSettings
from lms_seminar.models import Attendance, Seat
from lms_seminar.rules import Times


class Standing(BaseModel):
    """How a person stands, for the card in the lesson: kept by the core as the person's answer. `seat`: "", "seat" or
    "waiting"."""

    seat: str = ""
    attended: tuple[str, ...] = ()


class SeatLine(NamedTuple):
    """A place taken: `number` None on the waiting list."""

    person_id: int
    number: int | None
    since: datetime


class Mark(NamedTuple):
    """Attendance of a person at a session."""

    person_id: int
    session: str
    state: str
    source: str
    at: datetime
    tries: int


def standing(visit: Visit) -> Standing:
    """How this person stands. No statement in a lesson."""
    return visit.answer(Standing) or Standing()


def times(visit: Visit) -> list[Times]:
    """The sessions with their instants in this run, as they are written."""
    settings: SeminarSettings = visit.settings
    return [Times(one.id, visit.at(one.starts), visit.at(one.ends)) for one in settings.sessions]


def seats(visit: Visit) -> list[SeatLine]:
    """All places, in the order they were asked for. One statement."""
    rows = db.session.execute(
        select(Seat.person_id, Seat.number, Seat.since)
        .where(Seat.run_id == visit.run.id, Seat.block == visit.block.id)
        .order_by(Seat.id)
    )
    return [SeatLine(*row) for row in rows]


def marks(visit: Visit, person_id: int | None = None) -> dict[tuple[int, str], Mark]:
    """Attendance (of one person) by person and session. One statement."""
    query = select(
        Attendance.person_id, Attendance.session, Attendance.state, Attendance.source, Attendance.at, Attendance.tries
    ).where(Attendance.run_id == visit.run.id, Attendance.block == visit.block.id)
    if person_id is not None:
        query = query.where(Attendance.person_id == person_id)
    return {(row.person_id, row.session): Mark(*row) for row in db.session.execute(query)}
