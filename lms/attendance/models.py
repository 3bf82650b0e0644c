"""Who was at which meeting."""

from datetime import datetime

from sqlalchemy import ForeignKey, Integer, String, Text
from sqlalchemy.orm import Mapped

from lms.db import Instant, Model, column


class PresenceRecord(Model):
    """What is known of a person at a meeting of an activity. `state`: "present", "absent" (a tutor said so), "declared" (they say so
    themselves) or "" (only wrong words so far); `source`: "tutor", "code", "link" or "word"; `minutes`: None for the whole meeting;
    `by_id` who said so."""

    __tablename__ = "attendance"

    run_id: Mapped[int] = column(ForeignKey("run.id"), primary_key=True)
    block: Mapped[str] = column(String(80), primary_key=True, item=True)
    meeting: Mapped[str] = column(String(80), primary_key=True)
    person_id: Mapped[int] = column(ForeignKey("person.id"), primary_key=True, index=True, personal="link")
    state: Mapped[str] = column(String(10), default="", personal="record")
    source: Mapped[str] = column(String(10), default="", personal="record")
    minutes: Mapped[int | None] = column(Integer, personal="record")
    evidence: Mapped[str] = column(Text, default="", personal="content")
    by_id: Mapped[int | None] = column(ForeignKey("person.id"), personal="link")
    at: Mapped[datetime] = column(Instant, personal="record")
    tries: Mapped[int] = column(Integer, default=0, personal="record")
