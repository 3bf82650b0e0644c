"""What happens because time passed: the one place that `lms tick` and the thread in `lms serve` call.

Each piece commits by itself, so that a failure in one leaves the others done. Two ticks at once are harmless: a lock
makes the second wait and find nothing left to do.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from sqlalchemy import delete

from lms.db import db, lock, writing
from lms.events import Tick
from lms.i18n import use_catalogues
from lms.notices.models import LastTick, Notice, OutgoingMail
from lms.notices.sender import deliver
from lms.people.models import SignIn, Token
from lms.people.throttle import forget_old
from lms.site import Site

log = logging.getLogger("lms")
ROUND = 500
"""Letters one tick sends at most."""
KEEP_LETTERS = timedelta(days=30)
KEEP_NOTICES = timedelta(days=400)


@dataclass(frozen=True)
class Ticked:
    """What a tick did: was the event stated, letters that left, expired rows removed, pieces that failed."""

    told: bool
    sent: int
    swept: int
    failed: tuple[str, ...]


def tick(site: Site) -> Ticked:
    """Do everything that became due. Needs an app context whose session nobody else uses; commits in pieces."""
    use_catalogues(site.catalogues)
    failed: list[str] = []

    def piece(name: str, work: Callable[[Site], int]) -> int:
        try:
            with writing(True):
                done = work(site)
                db.session.commit()
        except Exception as error:
            db.session.rollback()
            site.trouble("core", f"tick, {name}: {type(error).__name__}: {error}")
            log.exception("a piece of the tick failed: %s", name)
            failed.append(name)
            return 0
        return done

    told = piece("events", tell)
    sent = piece("mail", partial(deliver, limit=ROUND))
    swept = piece("sweep", sweep)
    return Ticked(bool(told), sent, swept, tuple(failed))


def tell(site: Site) -> int:
    """State that time passed since the last tick: 1, or 0 when that is known. The first tick's span is empty."""
    lock("tick")
    now = site.now()
    last = db.session.get(LastTick, "events", populate_existing=True)
    if last is None:
        last = LastTick(name="events", at=now)
        db.session.add(last)
    elif last.at >= now:
        return 0
    since, last.at = last.at, now
    db.session.flush()
    site.emit(Tick(since, now))
    return 1


def sweep(site: Site) -> int:
    """Remove what has expired: sessions, single-use addresses, failures, letters long sent, notices long read."""
    now = site.now()
    done = 0
    for statement in (
        delete(SignIn).where(SignIn.expires_at <= now),
        delete(Token).where(Token.expires_at <= now),
        delete(OutgoingMail).where(OutgoingMail.sent_at <= now - KEEP_LETTERS),
        delete(Notice).where(Notice.read_at <= now - KEEP_NOTICES),
    ):
        result = db.session.execute(statement.execution_options(synchronize_session=False))
        done += result.rowcount  # type: ignore[attr-defined]  # a DELETE gives a CursorResult
        db.session.commit()
    forget_old(now)
    return done
