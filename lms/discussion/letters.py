"""Leaving a thread from a letter: the address in the letter says who leaves what, and is signed, so that it works on any device without
signing in. Opening it changes nothing; the button on its page does.
"""

import hmac
from dataclasses import dataclass

from sqlalchemy import select

from lms.db import db
from lms.discussion import following
from lms.discussion.models import ThreadRecord
from lms.people.models import Person
from lms.site import Site

BASE = "/letters/"


@dataclass(frozen=True)
class Leaving:
    """Who leaves which thread. `title` is "" when it is hidden or was removed."""

    person_id: int
    thread_id: int
    run_id: int
    block: str
    title: str

    @property
    def follows_thread(self) -> bool:
        """Whether they are told of new posts in it. At most three statements."""
        return following.follows_thread(self.thread_id, self.run_id, self.block, self.person_id)

    @property
    def follows_all(self) -> bool:
        """Whether they are told of everything in the discussion. One statement."""
        return following.follows(self.run_id, self.block, self.person_id)

    def leave(self, everything: bool) -> None:
        """Tell them no more of the thread or, with `everything`, of the whole discussion."""
        following.follow_thread(self.thread_id, self.person_id, False)
        if everything:
            following.follow(self.run_id, self.block, self.person_id, False)


def address(site: Site, person_id: int, thread_id: int) -> str:
    """Where somebody leaves a thread: a path."""
    return f"{BASE}{person_id}-{thread_id}-{_sign(site, person_id, thread_id)}"


def read(site: Site, token: str) -> Leaving | None:
    """What the end of such an address says; None when it was not made here, or what it speaks of is no more. One statement."""
    person, _, rest = token.partition("-")
    thread, _, sign = rest.partition("-")
    if not all(one.isascii() and one.isdigit() and len(one) < 10 for one in (person, thread)):
        return None
    if not hmac.compare_digest(sign.encode(), _sign(site, int(person), int(thread)).encode()):
        return None
    row = db.session.execute(
        select(ThreadRecord.run_id, ThreadRecord.block, ThreadRecord.title, ThreadRecord.hidden_at)
        .join(Person, Person.id == int(person))
        .where(ThreadRecord.id == int(thread), Person.erased_at.is_(None))
    ).first()
    if row is None:
        return None
    return Leaving(int(person), int(thread), row.run_id, row.block, row.title if row.hidden_at is None else "")


def _sign(site: Site, person_id: int, thread_id: int) -> str:
    said = f"letters\0{person_id}\0{thread_id}".encode()
    return hmac.digest(site.config.key().encode(), said, "sha256").hex()[:40]
