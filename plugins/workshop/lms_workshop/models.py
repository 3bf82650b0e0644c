"""Numbers of works, marks set by hand, and what is said about reviews and marks. Works with their files, who reviews them and marking
forms are kept by the core."""

from datetime import datetime

from sqlalchemy import Float, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped

from lms.plugin import Model, column


class Work(Model):
    """That a person or a team (`owner`: `person:<id>` or `team:<id>`) handed in a work. What they wrote is the core's to keep. `number` is
    its name for reviewers («Work 3»), 0 until works are handed out."""

    __tablename__ = "workshop_work"
    __table_args__ = (UniqueConstraint("run_id", "block", "owner"),)

    id: Mapped[int] = column(Integer, primary_key=True)
    run_id: Mapped[int] = column(ForeignKey("run.id"))
    block: Mapped[str] = column(String(80), item=True)
    owner: Mapped[str] = column(String(40), index=True, personal="link")
    number: Mapped[int] = column(Integer, default=0)


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


class Reply(Model):
    """What an author answered to a review of the own work (`subject`), and how much it helped: 0 not, 1 in part, 2 it did."""

    __tablename__ = "workshop_reply"
    __table_args__ = (UniqueConstraint("run_id", "block", "subject", "reviewer_id"),)

    id: Mapped[int] = column(Integer, primary_key=True)
    run_id: Mapped[int] = column(ForeignKey("run.id"))
    block: Mapped[str] = column(String(80), item=True)
    subject: Mapped[str] = column(String(80), personal="link")
    reviewer_id: Mapped[int] = column(ForeignKey("person.id"), index=True, personal="link")
    author_id: Mapped[int] = column(ForeignKey("person.id"), index=True, personal="link")
    helped: Mapped[int | None] = column(Integer, personal="record")
    text: Mapped[str] = column(Text, personal="content")
    at: Mapped[datetime] = column(personal="record")


class Appeal(Model):
    """That somebody asked the tutor to look again at a mark (`part` "work" or "review"), and what came of it: `before` and `after` are
    shares; without an answer it waits."""

    __tablename__ = "workshop_appeal"
    __table_args__ = (Index("ix_workshop_appeal_run_id_block", "run_id", "block"),)

    id: Mapped[int] = column(Integer, primary_key=True)
    run_id: Mapped[int] = column(ForeignKey("run.id"))
    block: Mapped[str] = column(String(80), item=True)
    person_id: Mapped[int] = column(ForeignKey("person.id"), index=True, personal="link")
    part: Mapped[str] = column(String(10))
    reason: Mapped[str] = column(Text, personal="content")
    before: Mapped[float | None] = column(Float, personal="record")
    at: Mapped[datetime] = column(personal="record")
    answer: Mapped[str] = column(Text, default="", personal="content")
    after: Mapped[float | None] = column(Float, personal="record")
    answered_by: Mapped[int | None] = column(ForeignKey("person.id"), personal="link")
    answered_at: Mapped[datetime | None] = column(personal="record")
