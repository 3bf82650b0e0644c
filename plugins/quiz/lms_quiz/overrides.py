"""More time, more tries, a later end: what tutors give a person, or everybody of a run, beside what the quiz says.

Of several the most generous counts, so that giving something never takes anything away. Attempts under way have it at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from lms.plugin import BadInput, Message, Query, Visit, as_utc, db, mark
from lms_quiz.models import Override

LONGEST = 1000
"""Characters of a reason."""

MOST_MINUTES, MOST_TRIES = 10_000, 100


@dataclass(frozen=True)
class Extra:
    """What a person has beside what the quiz says: minutes for each attempt, attempts, and a later end."""

    minutes: int = 0
    tries: int = 0
    closes: datetime | None = None

    def closing(self, closes: datetime | None) -> datetime | None:
        """When a quiz that closes then closes for the person."""
        return max(closes, self.closes) if closes and self.closes else closes


NOTHING = Extra()

_OF = Query(
    "SELECT max(minutes), max(tries), max(closes_at) FROM quiz_override WHERE run_id = :run AND block = :block"
    " AND (person_id = :person OR person_id IS NULL)"
)


def extra_of(visit: Visit, person_id: int) -> Extra:
    """What a person has. One statement."""
    minutes, tries, closes = _OF.plain(run=visit.run.id, block=visit.block.id, person=person_id)[0]
    return Extra(minutes or 0, tries or 0, as_utc(closes))


def given(visit: Visit) -> Sequence[Override]:
    """Everything given here, the newest first. One statement."""
    here = (Override.run_id == visit.run.id) & (Override.block == visit.block.id)
    return db.session.scalars(select(Override).where(here).order_by(Override.id.desc())).all()


def give(
    visit: Visit, people: Sequence[int] | None, minutes: int, tries: int, closes: datetime | None, reason: str
) -> None:
    """Give these people (None: everybody) what is not 0 or None of it. Raises BadInput for what cannot be given, or without a reason."""
    reason = " ".join(reason.split())
    if people is not None and not people:
        raise BadInput(Message(mark("Choose who it is for.")))
    if not (minutes or tries or closes):
        raise BadInput(Message(mark("Say what is given: minutes, attempts or a later end.")))
    if not (0 <= minutes <= MOST_MINUTES and 0 <= tries <= MOST_TRIES):
        values = {"minutes": MOST_MINUTES, "tries": MOST_TRIES}
        raise BadInput(Message(mark("Give at most {minutes} minutes and {tries} attempts."), values))
    if closes is not None and closes <= visit.now:
        raise BadInput(Message(mark("The later end has passed already.")))
    if not reason:
        raise BadInput(Message(mark("Say why: it is kept with what was given.")))
    if len(reason) > LONGEST:
        raise BadInput(Message(mark("A reason has at most {most} characters."), {"most": LONGEST}))
    for person in people if people is not None else [None]:
        db.session.add(
            Override(
                run_id=visit.run.id, block=visit.block.id, person_id=person, minutes=minutes, tries=tries, closes_at=closes,
                reason=reason, by_id=visit.person.id, at=visit.now,
            )
        )  # fmt: skip
    db.session.flush()


def take_back(visit: Visit, override_id: int) -> Override | None:
    """Take back one of them; None when it is not there (any more)."""
    found = next((one for one in given(visit) if one.id == override_id), None)
    if found is not None:
        db.session.delete(found)
        db.session.flush()
    return found
