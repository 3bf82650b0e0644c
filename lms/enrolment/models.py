"""Who is in which run, as what."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped

from lms.db import Instant, Model, column


class Enrolment(Model):
    """A person's place in a run. `state`: active, requested, waiting (the run is full), refused or withdrawn."""

    __tablename__ = "enrolment"
    __table_args__ = (
        UniqueConstraint("run_id", "person_id"),
        Index("ix_enrolment_person_id_state", "person_id", "state"),
    )

    id: Mapped[int] = column(Integer, primary_key=True)
    run_id: Mapped[int] = column(ForeignKey("run.id"), personal="none")
    person_id: Mapped[int] = column(ForeignKey("person.id"), personal="link")
    role: Mapped[str] = column(String(10), default="learner", personal="record")
    state: Mapped[str] = column(String(10), default="active", personal="record")
    created_at: Mapped[datetime] = column(Instant, personal="record")
    changed_at: Mapped[datetime] = column(Instant, personal="record")
    completed_at: Mapped[datetime | None] = column(Instant, personal="record")
    """When the completion rule was first fulfilled."""
