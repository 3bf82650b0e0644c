"""Hand-ins: every version of every stage's work; and who has more time. Files and marking forms are kept by the core."""

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped

from lms.plugin import Model, column


class HandIn(Model):
    """One version of the work for one stage. Instants are UTC.

    `owner` is `person:<id>` or `team:<id>`; `number` counts the owner's versions of the stage from 1. `state`: draft, waiting,
    returned, accepted. `edits` counts changes of a draft, so that two members do not overwrite each other. `files` is a JSON
    list of the ids of the files that belong to this version; the file itself has the purpose `stage:<id of the version it was
    sent with>`. `late` is that of the first version. `feedback` is what the tutor wrote when giving it back or accepting it.
    """

    __tablename__ = "project_handin"
    __table_args__ = (UniqueConstraint("run_id", "block", "owner", "stage", "number"), {"sqlite_autoincrement": True})

    id: Mapped[int] = column(Integer, primary_key=True)
    run_id: Mapped[int] = column(ForeignKey("run.id"))
    block: Mapped[str] = column(String(80), item=True)
    owner: Mapped[str] = column(String(40), index=True, personal="link")
    stage: Mapped[str] = column(String(80))
    number: Mapped[int] = column(Integer)
    state: Mapped[str] = column(String(20), personal="record")
    author_id: Mapped[int] = column(ForeignKey("person.id"), index=True, personal="link")
    text: Mapped[str] = column(Text, default="", personal="content")
    html: Mapped[str] = column(Text, default="", personal="content")
    files: Mapped[str] = column(Text, default="[]")
    edits: Mapped[int] = column(Integer, default=0)
    late: Mapped[bool] = column(Boolean, default=False, personal="record")
    changed_at: Mapped[datetime] = column(personal="record")
    handed_in_at: Mapped[datetime | None] = column(personal="record")
    feedback: Mapped[str] = column(Text, default="", personal="content")
    answered_at: Mapped[datetime | None] = column(personal="record")
    answered_by: Mapped[int | None] = column(ForeignKey("person.id"), personal="link")


class MoreTime(Model):
    """That an owner has time until `until` (UTC) for a stage, instead of until its due instant."""

    __tablename__ = "project_more_time"

    run_id: Mapped[int] = column(ForeignKey("run.id"), primary_key=True)
    block: Mapped[str] = column(String(80), primary_key=True, item=True)
    owner: Mapped[str] = column(String(40), primary_key=True, index=True, personal="link")
    stage: Mapped[str] = column(String(80), primary_key=True)
    until: Mapped[datetime] = column(personal="record")
    by_id: Mapped[int | None] = column(ForeignKey("person.id"), personal="link")
    at: Mapped[datetime] = column(personal="record")
