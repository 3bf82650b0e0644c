"""Filled-in marking forms."""

from datetime import datetime

from sqlalchemy import Float, ForeignKey, Integer, String, Text, UniqueConstraint
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
