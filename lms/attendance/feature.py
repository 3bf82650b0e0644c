"""Attendance: a shared part of activities in which people meet."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, select, update

from lms.attendance.models import PresenceRecord
from lms.attendance.views import pages
from lms.db import db
from lms.i18n import ngettext
from lms.plugin import PersonalData, Plugin, Site


class AttendanceData(PersonalData):
    """At which meetings a person was."""

    name = "attendance"
    tables = ("attendance",)

    def export(self, site: Site, person_id: int) -> Mapping[str, Any]:
        """Where they were, and how that is known."""
        own = db.session.scalars(
            select(PresenceRecord)
            .where(PresenceRecord.person_id == person_id)
            .order_by(PresenceRecord.run_id, PresenceRecord.block, PresenceRecord.meeting)
        )
        return {
            "meetings": [
                {
                    "run": one.run_id, "activity": one.block, "meeting": one.meeting, "state": one.state,
                    "source": one.source, "minutes": one.minutes, "evidence": one.evidence, "at": one.at.isoformat(),
                    "wrong_code_words": one.tries,
                }
                for one in own
            ]
        }  # fmt: skip

    def erase(self, site: Site, person_id: int) -> Sequence[str]:
        """Remove it; that they noted others' attendance is forgotten."""
        own = PresenceRecord.person_id == person_id
        count = len(db.session.scalars(select(PresenceRecord.meeting).where(own)).all())
        db.session.execute(delete(PresenceRecord).where(own))
        db.session.execute(update(PresenceRecord).where(PresenceRecord.by_id == person_id).values(by_id=None))
        if not count:
            return []
        return [ngettext("{n} mark of attendance was removed.", "{n} marks of attendance were removed.", count)]


feature = Plugin("attendance", "lms.attendance", (pages, AttendanceData()))
