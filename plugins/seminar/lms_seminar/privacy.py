"""What the seminar knows about a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from sqlalchemy import delete, select, update

from lms.plugin import PersonalData, Site, db, gettext, ngettext
from lms_seminar.models import Attendance, Question, Seat, SessionNotes


class SeatsAndAttendance(PersonalData):
    """Seats and attendance. What was said in discussions is the core's to export and erase."""

    name = "seminar"
    tables: ClassVar[tuple[str, ...]] = ("seminar_seat", "seminar_attendance")

    def export(self, site: Site, person_id: int) -> Mapping[str, Any]:
        """The person's seats and where they were."""
        seats = db.session.scalars(select(Seat).where(Seat.person_id == person_id).order_by(Seat.id))
        marks = db.session.scalars(
            select(Attendance)
            .where(Attendance.person_id == person_id)
            .order_by(Attendance.run_id, Attendance.block, Attendance.session)
        )
        return {
            "seats": [
                {"run": one.run_id, "activity": one.block, "waiting": one.number is None, "since": one.since.isoformat()}
                for one in seats
            ],
            "attendance": [
                {
                    "run": one.run_id, "activity": one.block, "session": one.session, "state": one.state,
                    "source": one.source, "at": one.at.isoformat(), "wrong_code_words": one.tries,
                }
                for one in marks
            ],
        }  # fmt: skip

    def erase(self, site: Site, person_id: int) -> Sequence[str]:
        """Seats and attendance are removed; that they noted others' attendance is forgotten."""
        seats = db.session.scalars(select(Seat.id).where(Seat.person_id == person_id)).all()
        own = Attendance.person_id == person_id
        count = len(db.session.scalars(select(Attendance.session).where(own)).all())
        db.session.execute(delete(Seat).where(Seat.person_id == person_id))
        db.session.execute(delete(Attendance).where(own))
        db.session.execute(update(Attendance).where(Attendance.by_id == person_id).values(by_id=None))
        done = []
        if seats:
            done.append(gettext("Seats in seminars were given back."))
        if count:
            done.append(
                ngettext("{n} mark of attendance was removed.", "{n} marks of attendance were removed.", count)
            )  # fmt: skip
        return done


class QuestionsAndNotes(PersonalData):
    """Questions with their answers, and what tutors wrote of sessions. Votes and files are the core's to export and erase."""

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
