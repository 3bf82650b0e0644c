"""Questions and their answers."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped

from lms.db import Instant, Model, column


class QuestionRecord(Model):
    """A question and its answer. `subject` is what it is put to, in the words of the activity. `state`: "open", "answered" (in words),
    "spoken" (aloud; the words may be empty) or "hidden" (`answer` holds the reason). Whoever asked may be gone."""

    __tablename__ = "question"
    __table_args__ = (
        Index("ix_question_subject", "run_id", "block", "subject"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = column(Integer, primary_key=True)
    run_id: Mapped[int] = column(ForeignKey("run.id"))
    block: Mapped[str] = column(String(80), item=True)
    subject: Mapped[str] = column(String(100))
    asker_id: Mapped[int | None] = column(ForeignKey("person.id"), index=True, personal="link")
    text: Mapped[str] = column(Text, personal="content")
    asked_at: Mapped[datetime] = column(Instant, personal="record")
    state: Mapped[str] = column(String(10), personal="record")
    answer: Mapped[str] = column(Text, personal="content")
    answered_by: Mapped[int | None] = column(ForeignKey("person.id"), index=True, personal="link")
    answered_at: Mapped[datetime | None] = column(Instant, personal="record")
