"""Seats and attendance."""

from datetime import datetime

from sqlalchemy import ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped

from lms.plugin import Model, column


class Seat(Model):
    """A person's place: a seat when it has a `number` (from 1; two never have the same), else one on the waiting list,
    which is served by `id`."""

    __tablename__ = "seminar_seat"
    __table_args__ = (
        UniqueConstraint("run_id", "block", "person_id"),
        UniqueConstraint("run_id", "block", "number"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = column(Integer, primary_key=True)
    run_id: Mapped[int] = column(ForeignKey("run.id"))
    block: Mapped[str] = column(String(80), item=True)
    person_id: Mapped[int] = column(ForeignKey("person.id"), index=True, personal="link")
    number: Mapped[int | None] = column(Integer, personal="record")
    since: Mapped[datetime] = column(personal="record")


class Attendance(Model):
    """Whether a person was at a session. `state`: "present", "absent" (a tutor took a tick away) or "" (only tries so far);
    `source`: "tutor" or "code"; `by_id` who said so; `tries` counts wrong code words."""

    __tablename__ = "seminar_attendance"

    run_id: Mapped[int] = column(ForeignKey("run.id"), primary_key=True)
    block: Mapped[str] = column(String(80), primary_key=True, item=True)
    session: Mapped[str] = column(String(80), primary_key=True)
    person_id: Mapped[int] = column(ForeignKey("person.id"), primary_key=True, index=True, personal="link")
    state: Mapped[str] = column(String(10), default="", personal="record")
    source: Mapped[str] = column(String(10), default="", personal="record")
    by_id: Mapped[int | None] = column(ForeignKey("person.id"), personal="link")
    at: Mapped[datetime] = column(personal="record")
    tries: Mapped[int] = column(Integer, default=0, personal="record")
