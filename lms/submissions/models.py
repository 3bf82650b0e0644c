"""Works that are handed in: every version of them, who has more time, comments on passages, and to whom they may be shown. Files and
marking forms are kept by their own features."""

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped

from lms.db import Instant, Model, column


class SubmissionRecord(Model):
    """One version of the work for one stage.

    `owner` is `person:<id>` or `team:<id>`; `number` counts the owner's versions of the stage from 1. `state`: draft, waiting,
    returned, accepted. `edits` counts changes of a draft, so that two members do not overwrite each other. `files` is a JSON
    list of the ids of the files that belong to this version; the file itself has the purpose `submission:<id of the version it was
    sent with>`. `feedback` is what the tutor wrote when giving it back or accepting it.
    """

    __tablename__ = "submission"
    __table_args__ = (UniqueConstraint("run_id", "block", "owner", "stage", "number"), {"sqlite_autoincrement": True})

    id: Mapped[int] = column(Integer, primary_key=True)
    run_id: Mapped[int] = column(ForeignKey("run.id"))
    block: Mapped[str] = column(String(80), item=True)
    owner: Mapped[str] = column(String(40), index=True, personal="link")
    stage: Mapped[str] = column(String(80))
    number: Mapped[int] = column(Integer)
    state: Mapped[str] = column(String(20), personal="record")
    author_id: Mapped[int] = column(ForeignKey("person.id"), index=True, personal="link")
    title: Mapped[str] = column(String(200), default="", personal="content")
    text: Mapped[str] = column(Text, default="", personal="content")
    html: Mapped[str] = column(Text, default="", personal="content")
    files: Mapped[str] = column(Text, default="[]")
    edits: Mapped[int] = column(Integer, default=0)
    late: Mapped[bool] = column(Boolean, default=False, personal="record")
    changed_at: Mapped[datetime] = column(Instant, personal="record")
    handed_in_at: Mapped[datetime | None] = column(Instant, personal="record")
    feedback: Mapped[str] = column(Text, default="", personal="content")
    answered_at: Mapped[datetime | None] = column(Instant, personal="record")
    answered_by: Mapped[int | None] = column(ForeignKey("person.id"), personal="link")


class MoreTime(Model):
    """That an owner has time until `until` for a stage, instead of until it is due."""

    __tablename__ = "submission_time"

    run_id: Mapped[int] = column(ForeignKey("run.id"), primary_key=True)
    block: Mapped[str] = column(String(80), primary_key=True, item=True)
    owner: Mapped[str] = column(String(40), primary_key=True, index=True, personal="link")
    stage: Mapped[str] = column(String(80), primary_key=True)
    until: Mapped[datetime] = column(Instant, personal="record")
    by_id: Mapped[int | None] = column(ForeignKey("person.id"), personal="link")
    at: Mapped[datetime] = column(Instant, personal="record")


class PassageComment(Model):
    """What a tutor says about a passage of one version. `start` and `end` count the characters of the text as it is read, every
    stretch of white space being one; `quote` is what stands there."""

    __tablename__ = "submission_comment"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = column(Integer, primary_key=True)
    submission_id: Mapped[int] = column(ForeignKey("submission.id"), index=True)
    start: Mapped[int] = column(Integer)
    end: Mapped[int] = column("finish", Integer)
    quote: Mapped[str] = column(Text, personal="content")
    text: Mapped[str] = column(Text, personal="content")
    by_id: Mapped[int] = column(ForeignKey("person.id"), index=True, personal="link")
    at: Mapped[datetime] = column(Instant, personal="record")


class Consent(Model):
    """To whom one of those who write a work agrees to show it: `audience` "run" or "public"; without a row to nobody. What a team
    wrote is shown as far as all its members agree."""

    __tablename__ = "submission_consent"

    run_id: Mapped[int] = column(ForeignKey("run.id"), primary_key=True)
    block: Mapped[str] = column(String(80), primary_key=True, item=True)
    owner: Mapped[str] = column(String(40), primary_key=True, personal="link")
    person_id: Mapped[int] = column(ForeignKey("person.id"), primary_key=True, index=True, personal="link")
    audience: Mapped[str] = column(String(10), personal="record")
    at: Mapped[datetime] = column(Instant, personal="record")
