"""Who was reminded of what, and invited to what."""

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped

from lms.db import Instant, Model, column


class Reminder(Model):
    """That a person was reminded of a date of a run, so that it happens once. `item`: `<id>#<moment as written>`."""

    __tablename__ = "reminder"

    run_id: Mapped[int] = column(ForeignKey("run.id"), primary_key=True)
    person_id: Mapped[int] = column(ForeignKey("person.id"), primary_key=True, personal="link")
    item: Mapped[str] = column(String(160), primary_key=True, item=True)
    at: Mapped[datetime] = column(Instant, personal="record")


class Invitation(Model):
    """What a person was last sent about a meeting: under which `uid` and number, for when and where; `ended` when it was that they
    take part no longer."""

    __tablename__ = "invitation"

    run_id: Mapped[int] = column(ForeignKey("run.id"), primary_key=True)
    block: Mapped[str] = column(String(80), primary_key=True, item=True)
    meeting: Mapped[str] = column(String(80), primary_key=True)
    person_id: Mapped[int] = column(ForeignKey("person.id"), primary_key=True, index=True, personal="link")
    uid: Mapped[str] = column(String(200))
    sequence: Mapped[int] = column(Integer)
    starts: Mapped[datetime] = column(Instant)
    ends: Mapped[datetime] = column(Instant)
    title: Mapped[str] = column(String(300))
    place: Mapped[str] = column(String(300), default="")
    ended: Mapped[bool] = column(Boolean, default=False, personal="record")
    at: Mapped[datetime] = column(Instant, personal="record")
