"""What was corrected after marks were given: each correction with its reason, and what every mark was before and after it."""

from datetime import datetime

from sqlalchemy import Float, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped

from lms.plugin import Model, column


class Correction(Model):
    """A tutor's correction at a quiz of a run; never changed afterwards.

    `act`: "again" (marked again by the present key) · "drop" (the question does not count) · "full" (everybody has all its points)
    · "keep" (it counts as it did) · "mark" (one mark, by hand). `question` is its key (see `correcting.key_of`), `number` as people
    count; "" and 0 for all questions. Of "drop", "full" and "keep" the newest for a question is in force, also for attempts to come.
    """

    __tablename__ = "quiz_correction"
    __table_args__ = (Index("ix_quiz_correction_run_id_block", "run_id", "block"),)

    id: Mapped[int] = column(Integer, primary_key=True)
    run_id: Mapped[int] = column(ForeignKey("run.id"))
    block: Mapped[str] = column(String(80), item=True)
    act: Mapped[str] = column(String(10))
    question: Mapped[str] = column(String(80))
    number: Mapped[int] = column(Integer)
    reason: Mapped[str] = column(Text, personal="content")
    by_id: Mapped[int | None] = column(ForeignKey("person.id"), personal="link")
    at: Mapped[datetime] = column(personal="record")


class Remark(Model):
    """One mark that a correction changed. Shares are of the maximum, in points."""

    __tablename__ = "quiz_remark"
    __table_args__ = (
        Index("ix_quiz_remark_correction_id", "correction_id"),
        Index("ix_quiz_remark_person_id", "person_id"),
    )

    id: Mapped[int] = column(Integer, primary_key=True)
    correction_id: Mapped[int] = column(ForeignKey("quiz_correction.id"))
    person_id: Mapped[int] = column(ForeignKey("person.id"), personal="link")
    number: Mapped[int] = column(Integer, personal="record")
    place: Mapped[int] = column(Integer, personal="record")
    before_share: Mapped[float] = column(Float, personal="record")
    before_max: Mapped[float] = column(Float, personal="record")
    after_share: Mapped[float] = column(Float, personal="record")
    after_max: Mapped[float] = column(Float, personal="record")
