"""What the quiz knows about a person."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from sqlalchemy import delete, func, select

from lms.plugin import PersonalData, Site, db, ngettext
from lms_quiz.models import Attempt


class Attempts(PersonalData):
    """Attempts with their answers and marks."""

    name = "quiz"
    tables: ClassVar[tuple[str, ...]] = ("quiz_attempt",)

    def export(self, site: Site, person_id: int) -> Mapping[str, Any]:
        """Every attempt: when, what was answered, what it was worth."""
        found = db.session.scalars(
            select(Attempt)
            .where(Attempt.person_id == person_id)
            .order_by(Attempt.run_id, Attempt.block, Attempt.number)
        )
        return {
            "attempts": [
                {
                    "run": one.run_id,
                    "activity": one.block,
                    "number": one.number,
                    "language": one.language,
                    "started_at": one.started_at.isoformat(),
                    "finished_at": one.finished_at.isoformat() if one.finished_at else None,
                    "points": one.points,
                    "max_points": one.max_points,
                    "answers": json.loads(one.answers or "{}"),
                    # what the marks are made of besides the points is the key of the quiz, and not the person's
                    "marks": [
                        {"question": mark["place"] + 1, "share": mark["share"]}
                        for mark in json.loads(one.marks or "[]")
                    ],
                }
                for one in found
            ]
        }

    def erase(self, site: Site, person_id: int) -> Sequence[str]:
        """Attempts are removed; the results they gave are the core's, which decides about them."""
        mine = Attempt.person_id == person_id
        count = db.session.scalar(select(func.count()).select_from(Attempt).where(mine)) or 0
        db.session.execute(delete(Attempt).where(mine))
        if not count:
            return []
        return [ngettext("{n} attempt at a quiz was removed.", "{n} attempts at quizzes were removed.", count)]
