"""What corrections say about a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from sqlalchemy import delete, func, select, update

from lms.plugin import PersonalData, Site, db, ngettext
from lms_quiz.corrections import Correction, Remark
from lms_quiz.models import Attempt


class Corrections(PersonalData):
    """Marks that were corrected, of a learner; corrections that a tutor made."""

    name = "quiz-corrections"
    tables: ClassVar[tuple[str, ...]] = ("quiz_correction", "quiz_remark")

    def export(self, site: Site, person_id: int) -> Mapping[str, Any]:
        """Every mark before and after, with the reason; and what the person corrected. Marks that are held back are not told here."""
        held = (
            select(Attempt.id)
            .where(Attempt.run_id == Correction.run_id, Attempt.block == Correction.block, Attempt.held)
            .where(Attempt.person_id == Remark.person_id, Attempt.number == Remark.number)
        )
        rows = db.session.execute(
            select(Remark, Correction)
            .join(Correction, Correction.id == Remark.correction_id)
            .where(Remark.person_id == person_id, ~held.exists())
            .order_by(Remark.id)
        )
        own = db.session.scalars(select(Correction).where(Correction.by_id == person_id).order_by(Correction.id))
        return {
            "marks": [
                {
                    "run": why.run_id, "activity": why.block, "attempt": one.number, "question": one.place + 1,
                    "before": one.before_share * one.before_max, "after": one.after_share * one.after_max,
                    "at": why.at.isoformat(), "reason": why.reason,
                }
                for one, why in rows
            ],
            "made": [
                {"run": one.run_id, "activity": one.block, "act": one.act, "at": one.at.isoformat(), "reason": one.reason}
                for one in own
            ],
        }  # fmt: skip

    def erase(self, site: Site, person_id: int) -> Sequence[str]:
        """The person's marks go, and with them the reasons that were written for them alone; who corrected is forgotten."""
        mine = Remark.person_id == person_id
        count = db.session.scalar(select(func.count()).select_from(Remark).where(mine)) or 0
        alone = select(Remark.correction_id).where(mine)
        db.session.execute(
            update(Correction).where(Correction.act == "mark", Correction.id.in_(alone)).values(reason="")
        )
        db.session.execute(delete(Remark).where(mine))
        db.session.execute(update(Correction).where(Correction.by_id == person_id).values(by_id=None))
        if not count:
            return []
        return [ngettext("{n} corrected mark was removed.", "{n} corrected marks were removed.", count)]
