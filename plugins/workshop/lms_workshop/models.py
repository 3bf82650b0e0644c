"""Works, and marks set by hand. Who reviews them, marking forms and files are kept by the core."""

from datetime import datetime

from sqlalchemy import Float, ForeignKey, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped

from lms.plugin import Model, column


class Work(Model):
    """The work a person handed in. `number` is its name for reviewers («Work 3»), 0 until works are handed out."""

    __tablename__ = "workshop_work"
    __table_args__ = (UniqueConstraint("run_id", "block", "person_id"),)

    id: Mapped[int] = column(Integer, primary_key=True)
    run_id: Mapped[int] = column(ForeignKey("run.id"))
    block: Mapped[str] = column(String(80), item=True)
    person_id: Mapped[int] = column(ForeignKey("person.id"), index=True, personal="link")
    title: Mapped[str] = column(String(200), personal="content")
    text: Mapped[str] = column(Text, personal="content")
    number: Mapped[int] = column(Integer, default=0)
    created_at: Mapped[datetime] = column(personal="record")
    updated_at: Mapped[datetime] = column(personal="record")


class HandMark(Model):
    """A mark (`share` 0–1 for `part` "work" or "review") set by staff in place of the worked-out one, and why."""

    __tablename__ = "workshop_mark"

    run_id: Mapped[int] = column(ForeignKey("run.id"), primary_key=True)
    block: Mapped[str] = column(String(80), primary_key=True, item=True)
    person_id: Mapped[int] = column(ForeignKey("person.id"), primary_key=True, index=True, personal="link")
    part: Mapped[str] = column(String(10), primary_key=True)
    share: Mapped[float] = column(Float, personal="record")
    reason: Mapped[str] = column(Text, personal="content")
    by_id: Mapped[int] = column(ForeignKey("person.id"), personal="link")
    at: Mapped[datetime] = column(personal="record")
