"""What the quiz knows about a person."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from sqlalchemy import delete, func, select, update

from lms.plugin import PersonalData, Site, db, ngettext
from lms_quiz.kinds.byhand import forms_of
from lms_quiz.models import Attempt, Override


class Attempts(PersonalData):
    """Attempts with their answers and marks, and what tutors wrote to answers. Files are the core's to export and erase."""

    name = "quiz"
    tables: ClassVar[tuple[str, ...]] = ("quiz_attempt", "quiz_override")

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
                    "points": None if one.held else one.points,
                    "max_points": None if one.held else one.max_points,
                    "answers": _answers(one),
                    # what the marks are made of besides the points is the key of the quiz, and not the person's
                    "marks": [
                        {"question": mark["place"] + 1, "share": mark["share"]}
                        for mark in (json.loads(one.marks or "[]") if not one.held else ())
                    ],
                    "comments": _comments(site, one) if not one.held else [],
                }
                for one in found
            ],
            "overrides": [
                {
                    "run": one.run_id, "activity": one.block, "minutes": one.minutes, "attempts": one.tries,
                    "closes_at": one.closes_at.isoformat() if one.closes_at else None, "reason": one.reason,
                    "at": one.at.isoformat(), "given_by_me": one.person_id != person_id,
                }
                for one in db.session.scalars(
                    select(Override)
                    .where((Override.person_id == person_id) | (Override.by_id == person_id))
                    .order_by(Override.id)
                )
            ],
        }  # fmt: skip

    def erase(self, site: Site, person_id: int) -> Sequence[str]:
        """Attempts are removed; the results they gave are the core's, which decides about them."""
        mine = Attempt.person_id == person_id
        for one in db.session.scalars(select(Attempt).where(mine)):
            site.assessments(one.run_id, one.block).remove(list(_forms(one)))
        count = db.session.scalar(select(func.count()).select_from(Attempt).where(mine)) or 0
        db.session.execute(delete(Attempt).where(mine))
        db.session.execute(delete(Override).where(Override.person_id == person_id))
        db.session.execute(update(Override).where(Override.by_id == person_id).values(by_id=None))
        if not count:
            return []
        return [ngettext("{n} attempt at a quiz was removed.", "{n} attempts at quizzes were removed.", count)]


def _answers(attempt: Attempt) -> Mapping[str, Any]:
    """What was answered; with the tries and their marks only where these may be seen."""
    found: Mapping[str, Any] = json.loads(attempt.answers or "{}")
    if attempt.finished_at is not None and not attempt.held:
        return found
    return {key: found[key] for key in ("replies", "sure") if key in found}


def _forms(attempt: Attempt) -> Mapping[str, int]:
    return forms_of(attempt.seed, json.loads(attempt.answers or "{}").get("replies", {}))


def _comments(site: Site, attempt: Attempt) -> list[Mapping[str, Any]]:
    """The forms that tutors filled in for answers of this attempt."""
    forms = _forms(attempt)
    return [
        {"question": forms[one.subject] + 1, "points": one.values, "comments": one.comments, "comment": one.comment}
        for one in site.assessments(attempt.run_id, attempt.block).of(list(forms))
    ]
