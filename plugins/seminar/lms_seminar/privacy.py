"""What the seminar knows about a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from sqlalchemy import delete, select, update

from lms.plugin import PersonalData, Site, db, ngettext
from lms_seminar.models import Question, SessionNotes


class QuestionsAndNotes(PersonalData):
    """Questions with their answers, and what tutors wrote of sessions. Places, attendance, votes and files are the core's to export
    and erase."""

    name = "seminar_questions"
    tables: ClassVar[tuple[str, ...]] = ("seminar_question", "seminar_session")

    def export(self, site: Site, person_id: int) -> Mapping[str, Any]:
        """Questions the person put, answers they gave, and the minutes they were the last to write."""
        asked = db.session.scalars(select(Question).where(Question.asker_id == person_id).order_by(Question.id))
        answered = db.session.scalars(select(Question).where(Question.answered_by == person_id).order_by(Question.id))
        written = db.session.scalars(
            select(SessionNotes)
            .where(SessionNotes.by_id == person_id)
            .order_by(SessionNotes.run_id, SessionNotes.block, SessionNotes.session)
        )
        return {
            "questions": [
                {
                    "run": one.run_id, "activity": one.block, "to": one.subject, "question": one.text,
                    "at": one.asked_at.isoformat(), "state": one.state, "answer": one.answer,
                }
                for one in asked
            ],
            "answers": [
                {"run": one.run_id, "activity": one.block, "to": one.subject, "state": one.state, "answer": one.answer}
                for one in answered
            ],
            "minutes": [
                {
                    "run": one.run_id, "activity": one.block, "session": one.session, "minutes": one.minutes,
                    "materials": one.materials, "at": one.at.isoformat(),
                }
                for one in written
            ],
        }  # fmt: skip

    def erase(self, site: Site, person_id: int) -> Sequence[str]:
        """Questions and answers are emptied where the other half stays, else removed; minutes belong to the group and stay."""
        own = Question.asker_id == person_id
        questions = len(db.session.scalars(select(Question.id).where(own)).all())
        answers = len(db.session.scalars(select(Question.id).where(Question.answered_by == person_id)).all())
        db.session.execute(delete(Question).where(own, Question.state == "open"))
        db.session.execute(update(Question).where(own).values(text="", asker_id=None))
        emptied = update(Question).where(Question.answered_by == person_id)
        db.session.execute(emptied.values(answer="", answered_by=None))
        db.session.execute(update(SessionNotes).where(SessionNotes.by_id == person_id).values(by_id=None))
        done = []
        if questions:
            done.append(ngettext("{n} question was removed.", "{n} questions were removed.", questions))
        if answers:
            done.append(
                ngettext("{n} answer to a question was removed.", "{n} answers to questions were removed.", answers)
            )
        return done
