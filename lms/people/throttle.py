"""Counted tries, in a table, so that all processes agree on who has to wait.

A try is counted before its outcome is known and in a transaction of its own: fifty tries at once cannot slip past the
count, and an answer that undoes its transaction does not undo the count.
"""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from lms.db import db, writing
from lms.i18n import ngettext
from lms.people import rules
from lms.people.models import Throttle
from lms.site import Site

Rule = Callable[[int, datetime, datetime], tuple[int, datetime, timedelta]]


def key_of(kind: str, value: str) -> str:
    """What is stored instead of an address."""
    return hashlib.sha256(f"{kind}\0{value}".encode()).hexdigest()


def spend(site: Site, key: str, rule: Rule) -> timedelta:
    """Count one try; returns how long to wait instead of trying, zero when the try may go on.

    Ends the transaction in force (undone: nothing may have been written in it yet), because SQLite has one writer at
    a time.
    """
    db.session.rollback()
    now = site.now()
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    with writing(True), Session(db.engine) as own, own.begin():
        own.execute(insert(Throttle).values(key=key, count=0, until=now).on_conflict_do_nothing())
        found = own.get_one(Throttle, key, with_for_update=True)
        found.count, found.until, wait = rule(found.count, found.until, now)
    return wait


class TooManyTries(Exception):
    """The try was not made: it may be repeated after `wait`."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__()
        self.wait = wait

    @property
    def sentence(self) -> str:
        """What to tell the person, in the language in force."""
        minutes = max(1, -int(-self.wait.total_seconds() // 60))
        return ngettext(
            "There were too many tries. Try again in {n} minute.",
            "There were too many tries. Try again in {n} minutes.",
            minutes,
        )


def check(site: Site, key: str, rule: Rule) -> None:
    """Count one try as `spend` does. Raises TooManyTries when it may not go on."""
    if wait := spend(site, key, rule):
        raise TooManyTries(wait)


def forgive(key: str) -> None:
    """Forget the failures, after a success."""
    db.session.execute(delete(Throttle).where(Throttle.key == key))


def account_rule(count: int, until: datetime, now: datetime) -> tuple[int, datetime, timedelta]:
    """A growing delay after five failures."""
    return rules.try_account(count, until, now)


def address_rule(count: int, until: datetime, now: datetime) -> tuple[int, datetime, timedelta]:
    """Three hundred tries a minute."""
    return rules.try_window(count, until, now, rules.ADDRESS_TRIES, rules.MINUTE)


def letter_rule(count: int, until: datetime, now: datetime) -> tuple[int, datetime, timedelta]:
    """A few letters an hour to one mail address."""
    return rules.try_window(count, until, now, rules.LETTERS, rules.HOUR)


def forget_old(now: datetime) -> None:
    """Drop counts that mean nothing any more."""
    db.session.execute(delete(Throttle).where(Throttle.until < now - timedelta(days=1)))
