"""The register of certificates.

Its rows are never deleted: numbers have no holes, and a revoked document checks as revoked.
"""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped

from lms.db import Instant, Model, column


class Certificate(Model):
    """One issued document. `snapshot` is what was printed (`rules.Snapshot` as JSON), whatever changes afterwards."""

    __tablename__ = "certificate"
    __table_args__ = (
        Index(
            "uq_certificate_run_id_person_id_valid", "run_id", "person_id", unique=True,
            sqlite_where=text("revoked_at IS NULL"), postgresql_where=text("revoked_at IS NULL"),
        ),
        Index("ix_certificate_issued_at", "issued_at"),
    )  # fmt: skip

    id: Mapped[int] = column(Integer, primary_key=True)
    number: Mapped[str] = column(String(40), unique=True)
    code: Mapped[str] = column(String(40), unique=True, personal="secret")
    person_id: Mapped[int] = column(ForeignKey("person.id"), index=True, personal="link")
    run_id: Mapped[int] = column(ForeignKey("run.id"))
    kind: Mapped[str] = column(String(40))
    snapshot: Mapped[str] = column(Text, personal="identity")
    holder_key: Mapped[str] = column(String(320), default="", personal="identity")
    """The holder's name folded for search; empty when their data was removed."""
    issued_at: Mapped[datetime] = column(Instant, personal="record")
    issued_by: Mapped[int | None] = column(ForeignKey("person.id"), personal="link")
    revoked_at: Mapped[datetime | None] = column(Instant, personal="record")
    revoked_by: Mapped[int | None] = column(ForeignKey("person.id"), personal="link")
    revoked_reason: Mapped[str] = column(Text, default="", personal="content")


class CertificateCounter(Model):
    """The last number given to documents of a kind in a year."""

    __tablename__ = "certificate_counter"

    year: Mapped[int] = column(Integer, primary_key=True, autoincrement=False)
    kind: Mapped[str] = column(String(40), primary_key=True)
    last: Mapped[int] = column(Integer, default=0)
