"""Who reviews what, what is known of whose works they are, and who is to be kept apart from whom."""

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped

from lms.db import Instant, Model, column


class AllocationRecord(Model):
    """That the works of an activity are handed out. `seed`: what chance was drawn from; `authors`: of each work, as JSON, so that
    other activities of the run know who has met whom."""

    __tablename__ = "allocation"

    run_id: Mapped[int] = column(ForeignKey("run.id"), primary_key=True)
    block: Mapped[str] = column(String(80), primary_key=True, item=True)
    seed: Mapped[str] = column(String(64))
    authors: Mapped[str] = column(Text, default="{}", personal="link")
    drawn_at: Mapped[datetime] = column(Instant)


class AllocationPair(Model):
    """That a person is to review a work. `subject` names the work in the plugin's words, `number` is the reviewer's name for authors
    («Reviewer 2»), `why` the reasons as stored sentences."""

    __tablename__ = "allocation_pair"
    __table_args__ = (
        UniqueConstraint("run_id", "block", "subject", "reviewer_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = column(Integer, primary_key=True)
    run_id: Mapped[int] = column(ForeignKey("run.id"))
    block: Mapped[str] = column(String(80), item=True)
    subject: Mapped[str] = column(String(80))
    reviewer_id: Mapped[int] = column(ForeignKey("person.id"), index=True, personal="link")
    number: Mapped[int] = column(Integer)
    by_hand: Mapped[bool] = column(Boolean, default=False)
    why: Mapped[str] = column(Text, default="[]")
    until: Mapped[datetime | None] = column(Instant)
    """Of a review somebody took from the queue: when it goes back, unless it is begun."""
    created_at: Mapped[datetime] = column(Instant, personal="record")


class Conflict(Model):
    """Two people of a run who are not to review each other's works, in any activity; `one_id` is the smaller of the two."""

    __tablename__ = "allocation_conflict"

    run_id: Mapped[int] = column(ForeignKey("run.id"), primary_key=True)
    one_id: Mapped[int] = column(ForeignKey("person.id"), primary_key=True, personal="link")
    other_id: Mapped[int] = column(ForeignKey("person.id"), primary_key=True, index=True, personal="link")
    at: Mapped[datetime] = column(Instant, personal="record")


class OwnConflict(Model):
    """That somebody said themselves whom they are not to review, nor be reviewed by. The other does not learn of it."""

    __tablename__ = "allocation_own_conflict"

    run_id: Mapped[int] = column(ForeignKey("run.id"), primary_key=True)
    person_id: Mapped[int] = column(ForeignKey("person.id"), primary_key=True, personal="link")
    other_id: Mapped[int] = column(ForeignKey("person.id"), primary_key=True, index=True, personal="link")
    at: Mapped[datetime] = column(Instant, personal="record")


class Wish(Model):
    """How gladly somebody would review a work: from −2 (rather not) to 2 (gladly)."""

    __tablename__ = "allocation_wish"

    run_id: Mapped[int] = column(ForeignKey("run.id"), primary_key=True)
    block: Mapped[str] = column(String(80), primary_key=True, item=True)
    subject: Mapped[str] = column(String(80), primary_key=True)
    person_id: Mapped[int] = column(ForeignKey("person.id"), primary_key=True, index=True, personal="link")
    wish: Mapped[int] = column(Integer, personal="record")


class Origin(Model):
    """Where a person of a run comes from: people of one school do not review each other, those of one region rather not."""

    __tablename__ = "allocation_origin"

    run_id: Mapped[int] = column(ForeignKey("run.id"), primary_key=True)
    person_id: Mapped[int] = column(ForeignKey("person.id"), primary_key=True, index=True, personal="link")
    school: Mapped[str] = column(String(100), default="", personal="content")
    region: Mapped[str] = column(String(100), default="", personal="content")
