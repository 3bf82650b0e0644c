"""Attempts: what was asked, what was answered, what it was worth."""

from datetime import datetime

from sqlalchemy import Float, ForeignKey, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped

from lms.plugin import Model, column


class Attempt(Model):
    """One try of a person at a quiz of a run. Instants are UTC.

    Under way while `finished_at` is NULL. `points` of a finished one are NULL only when a change of the quiz made it
    void: such an
    attempt does not count. `seed` decides the order and the names of the options; `shape` is a digest of what the
    answers depend on.
    `drawn` is what it asks where that is not the quiz as written (`banks.drawn`); `deadline`, if it has one of its own, when it must be
    handed in; `held`: it is handed in and its marks may not be seen yet.
    `answers` and `marks` are JSON (`service.Given`, `service.Marked`); `policy` is the version of the rules that gave
    the marks.
    """

    __tablename__ = "quiz_attempt"
    __table_args__ = (
        UniqueConstraint("run_id", "block", "person_id", "number"),
        Index(
            "uq_quiz_attempt_open",
            "run_id",
            "block",
            "person_id",
            unique=True,
            sqlite_where=text("finished_at IS NULL"),
            postgresql_where=text("finished_at IS NULL"),
        ),
        Index("ix_quiz_attempt_person_id", "person_id"),
        Index("ix_quiz_attempt_held", "run_id", "block", sqlite_where=text("held"), postgresql_where=text("held")),
    )

    id: Mapped[int] = column(Integer, primary_key=True)
    run_id: Mapped[int] = column(ForeignKey("run.id"))
    block: Mapped[str] = column(String(80), item=True)
    person_id: Mapped[int] = column(ForeignKey("person.id"), personal="link")
    number: Mapped[int] = column(Integer)
    seed: Mapped[str] = column(String(64), personal="secret")
    shape: Mapped[str] = column(String(64))
    revision_id: Mapped[int] = column(Integer)
    language: Mapped[str] = column(String(8), personal="record")
    started_at: Mapped[datetime] = column(personal="record")
    finished_at: Mapped[datetime | None] = column(personal="record")
    drawn: Mapped[str] = column(Text, default="", personal="record")
    deadline: Mapped[datetime | None] = column(personal="record")
    held: Mapped[bool] = column(default=False)
    points: Mapped[float | None] = column(Float, personal="record")
    max_points: Mapped[float | None] = column(Float)
    answers: Mapped[str] = column(Text, default="", personal="content")
    marks: Mapped[str] = column(Text, default="", personal="record")
    policy: Mapped[int] = column(Integer)


class Override(Model):
    """More time, more tries or a later end that a tutor gave a person, or, with `person_id` NULL, everybody of the run. `minutes` are
    added to the time of an attempt, `tries` to the number of attempts; `closes_at` takes the place of an earlier end of the quiz.
    """

    __tablename__ = "quiz_override"
    __table_args__ = (
        Index("ix_quiz_override_run_id_block", "run_id", "block"),
        Index("ix_quiz_override_person_id", "person_id"),
    )

    id: Mapped[int] = column(Integer, primary_key=True)
    run_id: Mapped[int] = column(ForeignKey("run.id"))
    block: Mapped[str] = column(String(80), item=True)
    person_id: Mapped[int | None] = column(ForeignKey("person.id"), personal="link")
    minutes: Mapped[int] = column(Integer, default=0, personal="record")
    tries: Mapped[int] = column(Integer, default=0, personal="record")
    closes_at: Mapped[datetime | None] = column(personal="record")
    reason: Mapped[str] = column(Text, personal="record")
    by_id: Mapped[int | None] = column(ForeignKey("person.id"), personal="link")
    at: Mapped[datetime] = column(personal="record")
