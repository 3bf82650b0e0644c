"""Uploaded files: what the database knows about each. The bytes lie in the store, named by their hash."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped

from lms.db import Instant, Model, column


class FileRecord(Model):
    """A file of one activity in one run. Several rows may name the same bytes; ids are never used again."""

    __tablename__ = "file"
    __table_args__ = (
        Index("ix_file_run_id_block_purpose", "run_id", "block", "purpose"),
        Index("ix_file_owner_id_run_id", "owner_id", "run_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = column(Integer, primary_key=True)
    run_id: Mapped[int] = column(ForeignKey("run.id"))
    block: Mapped[str] = column(String(80), item=True)
    purpose: Mapped[str] = column(String(120))
    owner_id: Mapped[int] = column(ForeignKey("person.id"), personal="link")
    name: Mapped[str] = column(String(200), personal="content")
    size: Mapped[int] = column(BigInteger, personal="record")
    type: Mapped[str] = column(String(100), personal="record")
    sha256: Mapped[str] = column(String(64), index=True, personal="content")
    created_at: Mapped[datetime] = column(Instant, personal="record")
