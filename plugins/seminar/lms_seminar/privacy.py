"""What the seminar knows about a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from sqlalchemy import select, update

from lms.plugin import PersonalData, Site, db
from lms_seminar.models import SessionNotes


class Notes(PersonalData):
    """What tutors wrote of sessions. Places, attendance, questions, votes and files are the core's to export and erase."""

    name = "seminar_notes"
    tables: ClassVar[tuple[str, ...]] = ("seminar_session",)

    def export(self, site: Site, person_id: int) -> Mapping[str, Any]:
        """The minutes the person was the last to write."""
        written = db.session.scalars(
            select(SessionNotes)
            .where(SessionNotes.by_id == person_id)
            .order_by(SessionNotes.run_id, SessionNotes.block, SessionNotes.session)
        )
        return {
            "minutes": [
                {
                    "run": one.run_id, "activity": one.block, "session": one.session, "minutes": one.minutes,
                    "materials": one.materials, "at": one.at.isoformat(),
                }
                for one in written
            ],
        }  # fmt: skip

    def erase(self, site: Site, person_id: int) -> Sequence[str]:
        """Minutes belong to the group and stay; who wrote them is forgotten."""
        db.session.execute(update(SessionNotes).where(SessionNotes.by_id == person_id).values(by_id=None))
        return []
