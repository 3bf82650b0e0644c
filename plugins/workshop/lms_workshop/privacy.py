"""What is said about reviews and marks, for those who want to know or to be forgotten."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, select, update

from lms.plugin import PersonalData, Site, db, gettext
from lms_workshop.models import Appeal, Reply


class WorkshopTalk(PersonalData):
    """Answers to reviews, and what the tutor was asked about marks."""

    name = "workshop-talk"
    tables = ("workshop_reply", "workshop_appeal")

    def export(self, site: Site, person_id: int) -> Mapping[str, Any]:
        """What the person wrote, and what was answered to it."""
        replies = db.session.execute(select(Reply).where(Reply.author_id == person_id).order_by(Reply.id)).scalars()
        to_them = db.session.execute(select(Reply).where(Reply.reviewer_id == person_id).order_by(Reply.id)).scalars()
        appeals = db.session.execute(select(Appeal).where(Appeal.person_id == person_id).order_by(Appeal.id)).scalars()
        decided = db.session.execute(
            select(Appeal).where(Appeal.answered_by == person_id).order_by(Appeal.id)
        ).scalars()
        return {
            "answers_to_reviews": [_said(one) for one in replies],
            "answers_to_own_reviews": [_said(one) for one in to_them],
            "appeals": [
                {
                    "run": one.run_id, "activity": one.block, "part": one.part, "reason": one.reason,
                    "at": one.at.isoformat(), "share_before": one.before, "answer": one.answer,
                    "answered_at": one.answered_at.isoformat() if one.answered_at else None, "share_after": one.after,
                }
                for one in appeals
            ],
            "answers_to_appeals": [
                {"run": one.run_id, "activity": one.block, "answer": one.answer, "share_after": one.after}
                for one in decided
            ],
        }  # fmt: skip

    def erase(self, site: Site, person_id: int) -> Sequence[str]:
        """Forget what the person wrote; that the tutor looked again at a mark stays, because the mark rests on it."""
        wrote = db.session.execute(select(Reply.id).where(Reply.author_id == person_id)).first()
        asked = db.session.execute(select(Appeal.id).where(Appeal.person_id == person_id)).first()
        db.session.execute(delete(Reply).where(Reply.author_id == person_id))
        db.session.execute(update(Appeal).where(Appeal.person_id == person_id).values(reason="—", answer="—"))
        db.session.execute(update(Appeal).where(Appeal.answered_by == person_id).values(answer="—"))
        if wrote is None and asked is None:
            return []
        return [gettext("Your answers to reviews are gone, and the words of what you asked about marks.")]


def _said(one: Reply) -> Mapping[str, Any]:
    return {"run": one.run_id, "activity": one.block, "helped": one.helped, "text": one.text, "at": one.at.isoformat()}
