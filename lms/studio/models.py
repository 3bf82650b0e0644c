"""Drafts: the files of a course as authors change them between two publications, and every change with what was there before."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped

from lms.db import Instant, Model, column


class Draft(Model):
    """The one draft of a course, shared by its authors. `version` grows with each change; `base_id` is the revision it began
    from, None for a course that was never published."""

    __tablename__ = "draft"
    __table_args__ = (
        {"sqlite_autoincrement": True},
    )  # a page that was open long must not take a new draft for its own

    id: Mapped[int] = column(Integer, primary_key=True)
    slug: Mapped[str] = column(String(80), unique=True)
    base_id: Mapped[int | None] = column(ForeignKey("revision.id"), index=True)
    version: Mapped[int] = column(Integer)
    created_at: Mapped[datetime] = column(Instant)
    changed_at: Mapped[datetime] = column(Instant)


class DraftFile(Model):
    """A file of a draft as it stands; its bytes lie in `sources/` by their hash."""

    __tablename__ = "draft_file"

    draft_id: Mapped[int] = column(ForeignKey("draft.id"), primary_key=True)
    path: Mapped[str] = column(String(1000), primary_key=True)
    sha256: Mapped[str] = column(String(64), index=True)
    size: Mapped[int] = column(BigInteger)


class DraftChange(Model):
    """What a version of a draft did to one file: hashes before and after, "" where there was or is none.

    `how`: upload (a whole folder), edit (in the site), update (taken over from a newer revision)."""

    __tablename__ = "draft_change"

    draft_id: Mapped[int] = column(ForeignKey("draft.id"), primary_key=True)
    version: Mapped[int] = column(Integer, primary_key=True)
    path: Mapped[str] = column(String(1000), primary_key=True)
    before: Mapped[str] = column(String(64), default="", index=True)
    after: Mapped[str] = column(String(64), default="", index=True)
    how: Mapped[str] = column(String(10))
    at: Mapped[datetime] = column(Instant)
    by: Mapped[int | None] = column(ForeignKey("person.id"), personal="link")
