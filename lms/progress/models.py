"""What came out for whom: results, their history, and the small things the core keeps for activities."""

from datetime import datetime

from sqlalchemy import Boolean, Float, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped

from lms.db import Instant, Model, column


class ResultRecord(Model):
    """The present result of a person for one item: a lesson, an activity, or a part of one. Outlives the plugin that gave it."""

    __tablename__ = "result"
    __table_args__ = (Index("ix_result_run_id_state", "run_id", "state"),)

    run_id: Mapped[int] = column(ForeignKey("run.id"), primary_key=True)
    person_id: Mapped[int] = column(ForeignKey("person.id"), primary_key=True, personal="link")
    item: Mapped[str] = column(String(120), primary_key=True, item=True)
    kind: Mapped[str] = column(String(40), default="")
    state: Mapped[str] = column(String(10), personal="record")
    completed: Mapped[bool] = column(Boolean, default=False, personal="record")
    success: Mapped[bool | None] = column(Boolean, personal="record")
    points: Mapped[float | None] = column(Float, personal="record")
    max_points: Mapped[float | None] = column(Float)
    explanation: Mapped[str] = column(Text, default="", personal="record")
    updated_at: Mapped[datetime] = column(Instant, personal="record")


class ResultHistory(Model):
    """Every result there ever was, in order; never changed."""

    __tablename__ = "result_history"
    __table_args__ = (Index("ix_result_history_run_id_person_id_item", "run_id", "person_id", "item"),)

    id: Mapped[int] = column(Integer, primary_key=True)
    run_id: Mapped[int] = column(ForeignKey("run.id"))
    person_id: Mapped[int] = column(ForeignKey("person.id"), personal="link")
    item: Mapped[str] = column(String(120), item=True)
    state: Mapped[str] = column(String(10), personal="record")
    completed: Mapped[bool] = column(Boolean, personal="record")
    success: Mapped[bool | None] = column(Boolean, personal="record")
    points: Mapped[float | None] = column(Float, personal="record")
    max_points: Mapped[float | None] = column(Float)
    explanation: Mapped[str] = column(Text, default="", personal="record")
    at: Mapped[datetime] = column(Instant, personal="record")
    by: Mapped[int | None] = column(ForeignKey("person.id"), personal="link")


class Kept(Model):
    """A small typed value an activity keeps: a person's answer, or something for the whole run (`person_id` 0). JSON."""

    __tablename__ = "kept"

    run_id: Mapped[int] = column(ForeignKey("run.id"), primary_key=True)
    block: Mapped[str] = column(String(80), primary_key=True, item=True)
    person_id: Mapped[int] = column(Integer, primary_key=True, autoincrement=False, personal="link")
    name: Mapped[str] = column(String(20), primary_key=True)
    value: Mapped[str] = column(Text, personal="content")
    updated_at: Mapped[datetime] = column(Instant, personal="record")
