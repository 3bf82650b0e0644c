"""What is said of sessions."""

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Integer, String, Text
from sqlalchemy.orm import Mapped

from lms.plugin import Model, column


class SessionNotes(Model):
    """What those who lead a session say of it in this run: `recording` (an address), `materials` and `minutes` (Markdown), the
    minutes read by others only once they are `published`. `edits` counts changes, so that of two who write at once none
    overwrites the other."""

    __tablename__ = "seminar_session"

    run_id: Mapped[int] = column(ForeignKey("run.id"), primary_key=True)
    block: Mapped[str] = column(String(80), primary_key=True, item=True)
    session: Mapped[str] = column(String(80), primary_key=True)
    recording: Mapped[str] = column(String(1000), default="")
    materials: Mapped[str] = column(Text, default="")
    minutes: Mapped[str] = column(Text, default="", personal="content")
    published: Mapped[bool] = column(Boolean, default=False)
    edits: Mapped[int] = column(Integer, default=0)
    by_id: Mapped[int | None] = column(ForeignKey("person.id"), index=True, personal="link")
    at: Mapped[datetime] = column(personal="record")
