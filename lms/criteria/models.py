"""Filled-in marking forms."""

from datetime import datetime

from sqlalchemy import Float, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped

from lms.db import Instant, Model, column


class AssessmentRecord(Model):
    """One assessor's form for one subject. `form` is the criteria as they were then: a later course leaves it alone."""

    __tablename__ = "assessment"
    __table_args__ = (
        UniqueConstraint("run_id", "block", "subject", "assessor_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = column(Integer, primary_key=True)
    run_id: Mapped[int] = column(ForeignKey("run.id"))
    block: Mapped[str] = column(String(80), item=True)
    subject: Mapped[str] = column(String(80), personal="link")
    assessor_id: Mapped[int] = column(ForeignKey("person.id"), index=True, personal="link")
    role: Mapped[str] = column(String(20), personal="record")
    form: Mapped[str] = column(Text)
    values: Mapped[str] = column("marks", Text, default="{}", personal="record")
    """Points by criterion id, as JSON."""
    comments: Mapped[str] = column(Text, default="{}", personal="content")
    """Texts by criterion id, as JSON."""
    comment: Mapped[str] = column(Text, default="", personal="content")
    share: Mapped[float | None] = column(Float, personal="record")
    done_at: Mapped[datetime | None] = column(Instant, personal="record")
    updated_at: Mapped[datetime] = column(Instant, personal="record")


class FormInUse(Model):
    """A marking form as it was when it was first used in a run, so that all works are marked by one form, whatever the course says
    later. `name` tells the forms of one activity apart, `language` is that of its words."""

    __tablename__ = "marking_form"

    run_id: Mapped[int] = column(ForeignKey("run.id"), primary_key=True)
    block: Mapped[str] = column(String(80), primary_key=True, item=True)
    name: Mapped[str] = column(String(80), primary_key=True, default="")
    form: Mapped[str] = column(Text)
    language: Mapped[str] = column(String(8), default="")
    at: Mapped[datetime] = column(Instant)


class WorkingRecord(Model):
    """How a mark was worked out: what went into it (`basis`), by which formula in which version, and what came out. Rows are only
    added: the latest holds, the others tell what held before."""

    __tablename__ = "mark_working"
    __table_args__ = (
        Index("ix_mark_working_run_id_block", "run_id", "block"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = column(Integer, primary_key=True)
    run_id: Mapped[int] = column(ForeignKey("run.id"))
    block: Mapped[str] = column(String(80), item=True)
    person_id: Mapped[int] = column(ForeignKey("person.id"), index=True, personal="link")
    part: Mapped[str] = column(String(20))
    formula: Mapped[str] = column(String(20), personal="record")
    version: Mapped[int] = column(Integer)
    share: Mapped[float | None] = column(Float, personal="record")
    parts: Mapped[str] = column(Text, personal="record")
    """What was counted how often, as JSON; whoever judged is a number."""
    marking: Mapped[str] = column(Text)
    basis: Mapped[str] = column(Text, personal="record")
    at: Mapped[datetime] = column(Instant, personal="record")
