"""Seats, sessions and attendance as decisions. Pure: instants and counts in, answers out."""

from __future__ import annotations

import hmac
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from lms_seminar.format import plain_code

DOORS_OPEN = timedelta(minutes=30)
"""How long before the start the joining link is shown."""
CODE_ACCEPTED = timedelta(hours=24)
"""How long after the end a code word counts."""
MOST_TRIES = 10
"""Code words a person may try for one session."""


@dataclass(frozen=True)
class Times:
    """A session's instants, UTC."""

    id: str
    starts: datetime
    ends: datetime


When = Literal["past", "now", "soon", "later"]


def when(session: Times, now: datetime) -> When:
    """Where a session is: "now" from its start to its end, "soon" when the doors are open before it."""
    if over(session, now):
        return "past"
    if now >= session.starts:
        return "now"
    return "soon" if now >= session.starts - DOORS_OPEN else "later"


def link_open(session: Times, now: datetime) -> bool:
    """Whether learners may have the joining link."""
    return session.starts - DOORS_OPEN <= now < session.ends


def code_open(session: Times, now: datetime) -> bool:
    """Whether a code word may be given now."""
    return session.starts <= now <= session.ends + CODE_ACCEPTED


def over(session: Times, now: datetime) -> bool:
    """Whether a session is over: what came of it is shown, questions to the speaker are closed."""
    return now >= session.ends


def next_session(sessions: Sequence[Times], now: datetime) -> Times | None:
    """The session that is going on or comes next."""
    ahead = [session for session in sessions if now < session.ends]
    return min(ahead, key=lambda session: session.starts, default=None)


CodeAnswer = Literal["right", "wrong", "closed", "tries", "refused", "already"]


def answer_code(
    session: Times, code: str, given: str, state: str, by_tutor: bool, tries: int, now: datetime
) -> CodeAnswer:  # fmt: skip
    """What a code word does. `state` is the attendance kept so far ("" none, "present", "absent"), `tries` the wrong ones.

    A tutor's "absent" stands: a word does not overrule it. Without a code nothing fits.
    """
    if state == "present":
        return "already"
    if not code or not code_open(session, now):
        return "closed"
    if state == "absent" and by_tutor:
        return "refused"
    if tries >= MOST_TRIES:
        return "tries"
    fits = hmac.compare_digest(plain_code(code).encode(), plain_code(given).encode())
    return "right" if fits else "wrong"


def free_places(seats: int, taken: Collection[int]) -> list[int]:
    """Numbers of the seats nobody has, lowest first. Numbers above `seats` (there were more once) keep their holders."""
    free = max(0, seats - len(taken))
    return [number for number in range(1, seats + 1) if number not in taken][:free]


@dataclass(frozen=True)
class Outcome:
    """What attendance comes to: `attended` of `total` sessions that count."""

    attended: int
    total: int
    complete: bool


def outcome(sessions: Iterable[str], attended: Collection[str], need: float) -> Outcome:
    """Whether enough sessions were attended; sessions that are no more do not count."""
    ids = list(sessions)
    count = sum(1 for id in ids if id in attended)
    return Outcome(count, len(ids), bool(ids) and count / len(ids) >= need - 1e-9)
