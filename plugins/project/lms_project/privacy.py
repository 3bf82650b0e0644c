"""What the project knows about a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from sqlalchemy import delete, or_, select, update

from lms.plugin import PersonalData, Site, db, ngettext
from lms_project.models import HandIn, MoreTime
from lms_project.store import person_key


class HandIns(PersonalData):
    """Works with their versions. Files, teams and marking forms are the core's to export and erase."""

    name = "project"
    tables: ClassVar[tuple[str, ...]] = ("project_handin", "project_more_time")

    def export(self, site: Site, person_id: int) -> Mapping[str, Any]:
        """The person's own works, and those of a team that they wrote."""
        found = db.session.scalars(
            select(HandIn)
            .where(or_(HandIn.author_id == person_id, HandIn.owner == person_key(person_id)))
            .order_by(HandIn.run_id, HandIn.block, HandIn.owner, HandIn.stage, HandIn.number)
        )
        return {
            "hand_ins": [
                {
                    "run": one.run_id, "activity": one.block, "stage": one.stage, "version": one.number,
                    "of_a_team": one.owner != person_key(person_id), "state": one.state, "text": one.text,
                    "changed_at": one.changed_at.isoformat(),
                    "handed_in_at": one.handed_in_at.isoformat() if one.handed_in_at else None,
                    "late": one.late, "answer": one.feedback,
                    "answered_at": one.answered_at.isoformat() if one.answered_at else None,
                }
                for one in found
            ],
            "more_time": [
                {"run": one.run_id, "activity": one.block, "stage": one.stage, "until": one.until.isoformat()}
                for one in db.session.scalars(select(MoreTime).where(MoreTime.owner == person_key(person_id)))
            ],
        }  # fmt: skip

    def erase(self, site: Site, person_id: int) -> Sequence[str]:
        """Own works are emptied, for marks rest on the fact that there were some; a team's works belong to the team."""
        own = HandIn.owner == person_key(person_id)
        db.session.execute(delete(MoreTime).where(MoreTime.owner == person_key(person_id)))
        db.session.execute(update(MoreTime).where(MoreTime.by_id == person_id).values(by_id=None))
        count = len(db.session.scalars(select(HandIn.id).where(own)).all())
        db.session.execute(update(HandIn).where(own).values(text="", html="", feedback="", files="[]"))
        if not count:
            return []
        return [
            ngettext(
                "The text of {n} hand-in of a project was removed; that there was one stays, because a mark rests on it.",
                "The texts of {n} hand-ins of projects were removed; that there were some stays, because marks rest on them.",
                count,
            )
        ]
