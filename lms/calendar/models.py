"""Who was reminded of what."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped

from lms.db import Instant, Model, column


class Reminder(Model):
    """That a person was reminded of a date of a run, so that it happens once. `item`: `<id>#<moment as written>`."""

    __tablename__ = "reminder"

    run_id: Mapped[int] = column(ForeignKey("run.id"), primary_key=True)
    person_id: Mapped[int] = column(ForeignKey("person.id"), primary_key=True, personal="link")
    item: Mapped[str] = column(String(160), primary_key=True, item=True)
    at: Mapped[datetime] = column(Instant, personal="record")
