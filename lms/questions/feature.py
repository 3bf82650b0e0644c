"""Questions: a shared part of activities in which somebody is asked and answers."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, select, update

from lms.db import db
from lms.i18n import ngettext
from lms.plugin import PersonalData, Plugin, Site
from lms.questions.models import QuestionRecord
from lms.questions.views import pages


class QuestionsData(PersonalData):
    """Questions a person put, and answers they gave."""

    name = "questions"
    tables = ("question",)

    def export(self, site: Site, person_id: int) -> Mapping[str, Any]:
        """Questions with what was answered, and answers."""
        asked = select(QuestionRecord).where(QuestionRecord.asker_id == person_id).order_by(QuestionRecord.id)
        answered = select(QuestionRecord).where(QuestionRecord.answered_by == person_id).order_by(QuestionRecord.id)
        return {
            "questions": [
                {
                    "run": one.run_id, "activity": one.block, "to": one.subject, "question": one.text,
                    "at": one.asked_at.isoformat(), "state": one.state, "answer": one.answer,
                }
                for one in db.session.scalars(asked)
            ],
            "answers": [
                {"run": one.run_id, "activity": one.block, "to": one.subject, "state": one.state, "answer": one.answer}
                for one in db.session.scalars(answered)
            ],
        }  # fmt: skip

    def erase(self, site: Site, person_id: int) -> Sequence[str]:
        """Both are emptied where the other half stays; a question without an answer is removed."""
        own, replied = QuestionRecord.asker_id == person_id, QuestionRecord.answered_by == person_id
        questions = len(db.session.scalars(select(QuestionRecord.id).where(own)).all())
        answers = len(db.session.scalars(select(QuestionRecord.id).where(replied)).all())
        db.session.execute(delete(QuestionRecord).where(own, QuestionRecord.state == "open"))
        db.session.execute(update(QuestionRecord).where(own).values(text="", asker_id=None))
        db.session.execute(update(QuestionRecord).where(replied).values(answer="", answered_by=None))
        done = []
        if questions:
            done.append(ngettext("{n} question was removed.", "{n} questions were removed.", questions))
        if answers:
            done.append(
                ngettext("{n} answer to a question was removed.", "{n} answers to questions were removed.", answers)
            )
        return done


feature = Plugin("questions", "lms.questions", (pages, QuestionsData()))
