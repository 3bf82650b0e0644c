"""Times that staff opened, and people's places in them and in whatever else an activity has places in."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped

from lms.db import Instant, Model, column


class SlotRecord(Model):
    """A time that staff opened for `purpose`; kept when it is called off, so that its number is not used again."""

    __tablename__ = "booking_slot"
    __table_args__ = (Index("ix_booking_slot_run_id_block", "run_id", "block"), {"sqlite_autoincrement": True})

    id: Mapped[int] = column(Integer, primary_key=True)
    run_id: Mapped[int] = column(ForeignKey("run.id"))
    block: Mapped[str] = column(String(80), item=True)
    purpose: Mapped[str] = column(String(40))
    starts: Mapped[datetime] = column(Instant)
    ends: Mapped[datetime] = column(Instant)
    seats: Mapped[int] = column(Integer)
    place: Mapped[str] = column(String(300), default="", personal="content")
    host_id: Mapped[int] = column(ForeignKey("person.id"), index=True, personal="link")
    called_off_at: Mapped[datetime | None] = column(Instant)


class PlaceRecord(Model):
    """A place: somebody's when it has a `number` (from 1; two never have the same), else one on the waiting list, which is served by
    `id`. With `team_id` it is a team's, nobody's own, and goes with the team."""

    __tablename__ = "booking_place"
    __table_args__ = (
        UniqueConstraint("run_id", "block", "slot", "person_id"),
        UniqueConstraint("run_id", "block", "slot", "team_id"),
        UniqueConstraint("run_id", "block", "slot", "number"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = column(Integer, primary_key=True)
    run_id: Mapped[int] = column(ForeignKey("run.id"))
    block: Mapped[str] = column(String(80), item=True)
    slot: Mapped[str] = column(String(80))
    person_id: Mapped[int | None] = column(ForeignKey("person.id"), index=True, personal="link")
    team_id: Mapped[int | None] = column(ForeignKey("team.id", ondelete="CASCADE"), index=True, personal="record")
    number: Mapped[int | None] = column(Integer, personal="record")
    since: Mapped[datetime] = column(Instant, personal="record")
