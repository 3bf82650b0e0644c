"""Who will lack reviews when reviewing ends: a guess by plain rules, so that whoever reads it knows why. Pure.

A review that is begun comes; who has done other reviews here does this one too, until the time is nearly over; who has begun nothing
is believed in less and less. That is said of each review, and added up for each work.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

Outlook = Literal["done", "likely", "doubtful", "unlikely"]
Why = Literal["done", "begun", "time", "does-others", "late", "silent", "gone"]
"""begun: a draft is kept · time: there is enough of it · does-others: has reviewed another work here · late: has, but the end is near ·
silent: nothing begun, and half of the time is over · gone: left the course"""

HALF, NEARLY = 0.5, 0.75
"""Shares of the time from which on a silent reviewer is doubted, and no longer believed in."""
USUAL = timedelta(days=14)
"""How long reviewing is taken to last where no end is set."""


@dataclass(frozen=True)
class Asked:
    """A review somebody was asked for; `state` is open, draft or complete."""

    subject: str
    reviewer_id: int
    since: datetime
    state: str


@dataclass(frozen=True)
class Guess:
    """What is thought of one review, and why."""

    reviewer_id: int
    outlook: Outlook
    why: Why


@dataclass(frozen=True)
class Prospect:
    """What one work may expect at the end. `settled`: the tutor has marked it, so that it needs no more reviews."""

    subject: str
    needed: int
    guesses: Sequence[Guess]
    settled: bool = False

    def _count(self, *outlooks: Outlook) -> int:
        return sum(guess.outlook in outlooks for guess in self.guesses)

    @property
    def done(self) -> int:
        """Reviews that are there."""
        return self._count("done")

    @property
    def expected(self) -> int:
        """Reviews that are there or likely."""
        return self._count("done", "likely")

    @property
    def lacks(self) -> int:
        """Reviews that have to come from somebody else."""
        return 0 if self.settled else max(self.needed - self.expected, 0)

    @property
    def risk(self) -> Literal["none", "some", "high"]:
        """some: enough only if those come who are doubted · high: not enough even then."""
        if not self.lacks:
            return "none"
        return "some" if self._count("done", "likely", "doubtful") >= self.needed else "high"


def forecast(
    works: Sequence[str], asked: Sequence[Asked], active: Collection[int], needed: int, now: datetime,
    closes: datetime | None, settled: Collection[str] = (),
) -> Sequence[Prospect]:  # fmt: skip
    """What each work may expect, those that lack most first. `active`: who is in the course; `closes`: when reviewing ends."""
    working = {one.reviewer_id for one in asked if one.state != "open"}
    guesses: Mapping[str, list[Guess]] = {subject: [] for subject in works}
    for one in asked:
        if one.subject in guesses:
            outlook, why = _guess(
                one, one.reviewer_id in active, one.reviewer_id in working, spent(one.since, now, closes)
            )
            guesses[one.subject].append(Guess(one.reviewer_id, outlook, why))
    found = [Prospect(subject, needed, guesses[subject], subject in settled) for subject in works]
    return sorted(found, key=lambda one: (-one.lacks, one.risk != "high"))


def spent(since: datetime, now: datetime, closes: datetime | None) -> float:
    """How much of the time there was for a review is over, 0 to 1."""
    whole = (closes - since) if closes is not None else USUAL
    return min(max((now - since) / whole, 0.0), 1.0) if whole > timedelta() else 1.0


def _guess(one: Asked, active: bool, working: bool, spent: float) -> tuple[Outlook, Why]:
    if one.state == "complete":
        return "done", "done"
    if not active:
        return "unlikely", "gone"
    if one.state == "draft":
        return "likely", "begun"
    if working:
        return ("likely", "does-others") if spent < NEARLY else ("doubtful", "late")
    if spent < HALF:
        return "likely", "time"
    return ("doubtful" if spent < NEARLY else "unlikely"), "silent"
