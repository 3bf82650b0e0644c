"""What people are told: notices on the site, letters waiting to leave, and how far time has been dealt with."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped

from lms.db import Instant, Model, column


class Notice(Model):
    """One sentence for one person (`text`: a Message as JSON, put into words when it is read) and where it leads."""

    __tablename__ = "notice"
    __table_args__ = (
        Index("ix_notice_person_id_read_at", "person_id", "read_at"),
        Index("ix_notice_created_at", "created_at"),
    )

    id: Mapped[int] = column(Integer, primary_key=True)
    person_id: Mapped[int] = column(ForeignKey("person.id"), personal="link")
    kind: Mapped[str] = column(String(40))
    text: Mapped[str] = column(Text, personal="content")
    url: Mapped[str] = column(String(500))
    created_at: Mapped[datetime] = column(Instant, personal="record")
    read_at: Mapped[datetime | None] = column(Instant, personal="record")


class OutgoingMail(Model):
    """A letter, written in the transaction of what it tells about, sent after it; its words are then forgotten."""

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_sent_at_not_before", "sent_at", "not_before"),)

    id: Mapped[int] = column(Integer, primary_key=True)
    person_id: Mapped[int | None] = column(ForeignKey("person.id"), index=True, personal="link")
    recipient: Mapped[str] = column(String(254), personal="identity")
    subject: Mapped[str] = column(String(300), personal="content")
    text: Mapped[str] = column(Text, personal="content")
    html: Mapped[str] = column(Text, default="", personal="content")
    calendar: Mapped[str] = column(Text, default="", personal="content")
    """An iCalendar text with a method: an invitation, or its end."""
    created_at: Mapped[datetime] = column(Instant, personal="record")
    not_before: Mapped[datetime] = column(Instant)
    lease_until: Mapped[datetime | None] = column(Instant)
    attempts: Mapped[int] = column(Integer, default=0)
    sent_at: Mapped[datetime | None] = column(Instant, personal="record")
    error: Mapped[str] = column(String(300), default="")


class LastTick(Model):
    """Up to which instant a piece of timed work is done."""

    __tablename__ = "tick"

    name: Mapped[str] = column(String(40), primary_key=True)
    at: Mapped[datetime] = column(Instant)
