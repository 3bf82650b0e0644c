"""What the quiz knows about a person."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from sqlalchemy import delete, func, select

from lms.plugin import PersonalData, Site, db, ngettext
from lms_quiz.kinds.byhand import forms_of
from lms_quiz.models import Attempt


class Attempts(PersonalData):
    """Attempts with their answers and marks, and what tutors wrote to answers. Files are the core's to export and erase."""

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
                    "comments": _comments(site, one),
                }
                for one in found
            ]
        }

    def erase(self, site: Site, person_id: int) -> Sequence[str]:
        """Attempts are removed; the results they gave are the core's, which decides about them."""
        mine = Attempt.person_id == person_id
        for one in db.session.scalars(select(Attempt).where(mine)):
            site.assessments(one.run_id, one.block).remove(list(_forms(one)))
        count = db.session.scalar(select(func.count()).select_from(Attempt).where(mine)) or 0
        db.session.execute(delete(Attempt).where(mine))
        if not count:
            return []
        return [ngettext("{n} attempt at a quiz was removed.", "{n} attempts at quizzes were removed.", count)]


def _forms(attempt: Attempt) -> Mapping[str, int]:
    return forms_of(attempt.seed, json.loads(attempt.answers or "{}").get("replies", {}))


def _comments(site: Site, attempt: Attempt) -> list[Mapping[str, Any]]:
    """The forms that tutors filled in for answers of this attempt."""
    forms = _forms(attempt)
    return [
        {"question": forms[one.subject] + 1, "points": one.values, "comments": one.comments, "comment": one.comment}
        for one in site.assessments(attempt.run_id, attempt.block).of(list(forms))
    ]
