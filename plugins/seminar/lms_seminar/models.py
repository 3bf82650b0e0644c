"""What is said of sessions; questions and answers."""

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped

from lms.plugin import Model, column


class SessionNotes(Model):
    """What those who lead a session say of it in this run: `recording` (an address), `materials` and `minutes` (Markdown), the
    minutes read by others only once they are `published`. `edits` counts changes, so that of two who write at once none
    overwrites the other."""

    __tablename__ = "seminar_session"

    run_id: Mapped[int] = column(ForeignKey("run.id"), primary_key=True)
    block: Mapped[str] = column(String(80), primary_key=True, item=True)
    session: Mapped[str] = column(String(80), primary_key=True)
    recording: Mapped[str] = column(String(1000), default="")
    materials: Mapped[str] = column(Text, default="")
    minutes: Mapped[str] = column(Text, default="", personal="content")
    published: Mapped[bool] = column(Boolean, default=False)
    edits: Mapped[int] = column(Integer, default=0)
    by_id: Mapped[int | None] = column(ForeignKey("person.id"), index=True, personal="link")
    at: Mapped[datetime] = column(personal="record")


class Question(Model):
    """A question and its answer. `subject` is what it is put to: `session:<id>`. `state`: "open", "answered" (in words), "spoken"
    (answered in the session, the words may be empty) or "hidden" (`answer` holds the reason). Whoever asked may be gone."""

    __tablename__ = "seminar_question"
    __table_args__ = (
        Index("ix_seminar_question_subject", "run_id", "block", "subject"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = column(Integer, primary_key=True)
    run_id: Mapped[int] = column(ForeignKey("run.id"))
    block: Mapped[str] = column(String(80), item=True)
    subject: Mapped[str] = column(String(100))
    asker_id: Mapped[int | None] = column(ForeignKey("person.id"), index=True, personal="link")
    text: Mapped[str] = column(Text, personal="content")
    asked_at: Mapped[datetime] = column(personal="record")
    state: Mapped[str] = column(String(10), default="open", personal="record")
    answer: Mapped[str] = column(Text, default="", personal="content")
    answered_by: Mapped[int | None] = column(ForeignKey("person.id"), index=True, personal="link")
    answered_at: Mapped[datetime | None] = column(personal="record")
