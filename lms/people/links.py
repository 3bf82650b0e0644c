"""Secret addresses that are mailed: random, stored as hashes, used once, gone after a while."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, select, update

from lms.db import db
from lms.people.models import Token
from lms.people.sessions import hash_of
from lms.site import Site

VALID = {"reset": timedelta(hours=2), "invite": timedelta(days=14), "confirm": timedelta(days=1)}
"""How long a link of each purpose works."""


def make(site: Site, person_id: int, purpose: str) -> str:
    """A new secret for this purpose; the person's earlier ones for the same purpose work no more."""
    db.session.execute(delete(Token).where(Token.person_id == person_id, Token.purpose == purpose))
    secret = secrets.token_urlsafe(32)
    now = site.now()
    until = now + VALID[purpose]
    db.session.add(Token(hash=hash_of(secret), purpose=purpose, person_id=person_id, created_at=now, expires_at=until))
    db.session.flush()
    return secret


def _works(site: Site, secret: str, purposes: Sequence[str]) -> tuple[ColumnElement[bool], ...]:
    return (
        Token.hash == hash_of(secret),
        Token.purpose.in_(purposes),
        Token.used_at.is_(None),
        Token.expires_at > site.now(),
    )


def owner(site: Site, secret: str, *purposes: str) -> int | None:
    """Whose link this is while it works, without using it up."""
    return db.session.execute(select(Token.person_id).where(*_works(site, secret, purposes))).scalar_one_or_none()


def use(site: Site, secret: str, *purposes: str) -> int | None:
    """Use a link up: its person, or None when it does not work (any more). One statement, so that of many at once one
    succeeds."""
    return db.session.execute(
        update(Token)
        .where(*_works(site, secret, purposes))
        .values(used_at=site.now())
        .returning(Token.person_id)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()


def drop_all(person_id: int) -> None:
    """Let no link of this person work any more, the calendar's included."""
    db.session.execute(delete(Token).where(Token.person_id == person_id))


def forget_old(now: datetime) -> None:
    """Drop links that stopped working a month ago."""
    db.session.execute(delete(Token).where(Token.expires_at < now - timedelta(days=30)))
