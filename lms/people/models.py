"""People and what proves that they are they: sessions, single-use links and counted failures."""

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped

from lms.db import Instant, Model, column


class Person(Model):
    """Anyone with an account. `email_key` is the folded address that must be unique; erased people keep their row
    without their data."""

    __tablename__ = "person"

    id: Mapped[int] = column(Integer, primary_key=True, personal="link")
    email: Mapped[str] = column(String(254), personal="identity")
    email_key: Mapped[str] = column(String(254), unique=True, personal="identity")
    password_hash: Mapped[str] = column(String(200), personal="secret")
    surname: Mapped[str] = column(String(100), personal="identity")
    given_name: Mapped[str] = column(String(100), personal="identity")
    patronymic: Mapped[str] = column(String(100), default="", personal="identity")
    language: Mapped[str] = column(String(2), default="ru", personal="record")
    timezone: Mapped[str] = column(String(64), default="Europe/Moscow", personal="record")
    theme: Mapped[str] = column(String(5), default="auto", personal="record")
    is_admin: Mapped[bool] = column(Boolean, default=False, personal="record")
    is_author: Mapped[bool] = column(Boolean, default=False, personal="record")
    confirmed_at: Mapped[datetime | None] = column(Instant, personal="record")
    created_at: Mapped[datetime] = column(Instant, personal="record")
    erased_at: Mapped[datetime | None] = column(Instant, personal="record")
    mail_off: Mapped[str] = column(String(500), default="", personal="record")
    """Names of the notice kinds this person does not want by mail, separated by spaces."""

    @property
    def full_name(self) -> str:
        """Surname, name and patronymic."""
        return " ".join(part for part in (self.surname, self.given_name, self.patronymic) if part)


class SignIn(Model):
    """A session on the server. Only the hash of its random id is stored, so that the table opens no account."""

    __tablename__ = "sign_in"

    hash: Mapped[str] = column(String(64), primary_key=True, personal="secret")
    person_id: Mapped[int] = column(ForeignKey("person.id", ondelete="CASCADE"), index=True, personal="link")
    created_at: Mapped[datetime] = column(Instant, personal="record")
    seen_at: Mapped[datetime] = column(Instant, personal="record")
    expires_at: Mapped[datetime] = column(Instant, index=True, personal="record")
    agent: Mapped[str] = column(String(200), default="", personal="record")


class Token(Model):
    """A secret address: `purpose` reset, invite and confirm work once and expire; calendar stays until it is
    replaced."""

    __tablename__ = "token"

    hash: Mapped[str] = column(String(64), primary_key=True, personal="secret")
    purpose: Mapped[str] = column(String(20))
    person_id: Mapped[int] = column(ForeignKey("person.id", ondelete="CASCADE"), index=True, personal="link")
    created_at: Mapped[datetime] = column(Instant, personal="record")
    expires_at: Mapped[datetime | None] = column(Instant)
    used_at: Mapped[datetime | None] = column(Instant, personal="record")


class Throttle(Model):
    """Counted failures in a window of time, so that all processes agree on who has to wait. `key` is a hash."""

    __tablename__ = "throttle"

    key: Mapped[str] = column(String(64), primary_key=True, personal="secret")
    count: Mapped[int] = column(Integer, default=0)
    until: Mapped[datetime] = column(Instant)

    __table_args__ = (Index("ix_throttle_until", "until"),)


class Consent(Model):
    """That a person agreed to how personal data are handled, to which edition of the text and when."""

    __tablename__ = "consent"

    id: Mapped[int] = column(Integer, primary_key=True)
    person_id: Mapped[int] = column(ForeignKey("person.id"), index=True, personal="link")
    edition: Mapped[str] = column(String(20))
    language: Mapped[str] = column(String(2), personal="record")
    at: Mapped[datetime] = column(Instant, personal="record")


def by_register(people: str) -> str:
    """The terms of an ORDER BY that put people as Russian registers do, where yo is ye: surname, name, id; `people` is what the
    statement calls the table."""
    return (
        f"replace(replace({people}.surname, '\u0401', '\u0415'), '\u0451', '\u0435'), {people}.given_name, {people}.id"
    )
