"""Votes."""

from datetime import datetime

from sqlalchemy import ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped

from lms.db import Instant, Model, column


class VoteRecord(Model):
    """That a person is for a subject, in the words of the activity. A vote whose person is forgotten still counts."""

    __tablename__ = "vote"
    __table_args__ = (
        UniqueConstraint("run_id", "block", "ballot", "subject", "person_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = column(Integer, primary_key=True)
    run_id: Mapped[int] = column(ForeignKey("run.id"))
    block: Mapped[str] = column(String(80), item=True)
    ballot: Mapped[str] = column(String(40))
    subject: Mapped[str] = column(String(80))
    person_id: Mapped[int | None] = column(ForeignKey("person.id"), index=True, personal="link")
    at: Mapped[datetime] = column(Instant, personal="record")
