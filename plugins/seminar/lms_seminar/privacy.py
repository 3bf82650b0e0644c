"""What the seminar knows about a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from sqlalchemy import delete, select, update

from lms.plugin import PersonalData, Site, db, gettext, ngettext
from lms_seminar.models import Attendance, Seat


class SeatsAndAttendance(PersonalData):
    """Seats and attendance. What was said in discussions is the core's to export and erase."""

    name = "seminar"
    tables: ClassVar[tuple[str, ...]] = ("seminar_seat", "seminar_attendance")

    def export(self, site: Site, person_id: int) -> Mapping[str, Any]:
        """The person's seats and where they were."""
        seats = db.session.scalars(select(Seat).where(Seat.person_id == person_id).order_by(Seat.id))
        marks = db.session.scalars(
            select(Attendance)
            .where(Attendance.person_id == person_id)
            .order_by(Attendance.run_id, Attendance.block, Attendance.session)
        )
        return {
            "seats": [
                {"run": one.run_id, "activity": one.block, "waiting": one.number is None, "since": one.since.isoformat()}
                for one in seats
            ],
            "attendance": [
                {
                    "run": one.run_id, "activity": one.block, "session": one.session, "state": one.state,
                    "source": one.source, "at": one.at.isoformat(), "wrong_code_words": one.tries,
                }
                for one in marks
            ],
        }  # fmt: skip

    def erase(self, site: Site, person_id: int) -> Sequence[str]:
        """Seats and attendance are removed; that they noted others' attendance is forgotten."""
        seats = db.session.scalars(select(Seat.id).where(Seat.person_id == person_id)).all()
        own = Attendance.person_id == person_id
        count = len(db.session.scalars(select(Attendance.session).where(own)).all())
        db.session.execute(delete(Seat).where(Seat.person_id == person_id))
        db.session.execute(delete(Attendance).where(own))
        db.session.execute(update(Attendance).where(Attendance.by_id == person_id).values(by_id=None))
        done = []
        if seats:
            done.append(gettext("Seats in seminars were given back."))
        if count:
            done.append(
                ngettext("{n} mark of attendance was removed.", "{n} marks of attendance were removed.", count)
            )  # fmt: skip
        return done
