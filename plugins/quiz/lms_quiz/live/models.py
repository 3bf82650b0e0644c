"""Rounds: who leads and plays them, and what was answered."""

from datetime import datetime

from sqlalchemy import Boolean, Float, ForeignKey, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped

from lms.plugin import Model, column


class LiveRound(Model):
    """A round of a quiz of a run; one at a time. Instants are UTC.

    `code` is what people type to come in, unique among the rounds under way. `seed` decides the order and the names of the options and
    the values of variables, for all alike; `drawn` is which questions it asks (as in `models.Attempt`), of the edition `revision_id`.
    `place` counts its questions from 0, −1 before the first; the present one was asked at `asked_at`, its time ends at `ends_at`.
    """

    __tablename__ = "quiz_live_round"
    __table_args__ = (
        UniqueConstraint("run_id", "block", "number"),
        Index(
            "uq_quiz_live_round_open",
            "run_id",
            "block",
            unique=True,
            sqlite_where=text("over_at IS NULL"),
            postgresql_where=text("over_at IS NULL"),
        ),
        Index(
            "uq_quiz_live_round_code",
            "code",
            unique=True,
            sqlite_where=text("over_at IS NULL"),
            postgresql_where=text("over_at IS NULL"),
        ),
        Index("ix_quiz_live_round_led_by_id", "led_by_id"),
    )

    id: Mapped[int] = column(Integer, primary_key=True)
    run_id: Mapped[int] = column(ForeignKey("run.id"))
    block: Mapped[str] = column(String(80), item=True)
    number: Mapped[int] = column(Integer)
    code: Mapped[str] = column(String(10))
    seed: Mapped[str] = column(String(64))
    drawn: Mapped[str] = column(Text)
    revision_id: Mapped[int] = column(Integer)
    teams: Mapped[bool] = column(Boolean)
    led_by_id: Mapped[int | None] = column(ForeignKey("person.id"), personal="link")
    opened_at: Mapped[datetime] = column(personal="record")
    place: Mapped[int] = column(Integer)
    asked_at: Mapped[datetime | None] = column()
    ends_at: Mapped[datetime | None] = column()
    over_at: Mapped[datetime | None] = column()


class LivePlayer(Model):
    """Somebody in a round. `side` is who they play for, themselves or a team (see `rules`); `team` its name as they wrote it."""

    __tablename__ = "quiz_live_player"
    __table_args__ = (
        UniqueConstraint("round_id", "person_id"),
        Index("ix_quiz_live_player_person_id", "person_id"),
    )

    id: Mapped[int] = column(Integer, primary_key=True)
    round_id: Mapped[int] = column(ForeignKey("quiz_live_round.id"))
    person_id: Mapped[int] = column(ForeignKey("person.id"), personal="link")
    side: Mapped[str] = column(String(80), personal="record")
    team: Mapped[str] = column(String(80), personal="content")
    joined_at: Mapped[datetime] = column(personal="record")


class LiveAnswer(Model):
    """What a side answered to a question of a round: once. `seen_at`: when the question was sent to it; `answered_at` is NULL until it
    answers. `share` of `points` is what the answer is worth, `bonus` what being quick adds."""

    __tablename__ = "quiz_live_answer"
    __table_args__ = (
        UniqueConstraint("round_id", "place", "side"),
        Index("ix_quiz_live_answer_person_id", "person_id"),
    )

    id: Mapped[int] = column(Integer, primary_key=True)
    round_id: Mapped[int] = column(ForeignKey("quiz_live_round.id"))
    place: Mapped[int] = column(Integer)
    side: Mapped[str] = column(String(80), personal="record")
    person_id: Mapped[int | None] = column(ForeignKey("person.id"), personal="link")
    seen_at: Mapped[datetime] = column(personal="record")
    answered_at: Mapped[datetime | None] = column(personal="record")
    reply: Mapped[str] = column(Text, default="", personal="content")
    share: Mapped[float] = column(Float, default=0.0, personal="record")
    points: Mapped[float] = column(Float, default=0.0)
    bonus: Mapped[float] = column(Float, default=0.0, personal="record")
