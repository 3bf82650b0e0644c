"""The rules of a round. Pure: plain values in, plain values out.

A question of a round has no state but its two moments: when it was asked and when its time ends (a tutor who closes it early moves
that one). Everything else follows from the clock, so that nobody can be shown what is right while an answer is still taken.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from lms_quiz.wordings import ANY

GRACE = timedelta(seconds=3)
"""How long after its end an answer is still taken: for slow networks. What is right is shown after that."""

LAG = timedelta(seconds=5)
"""How much later than it was asked a question may reach somebody without being quick costing them anything: who looks at it later
has read it on the wall."""

ALPHABET = "0123456789"
DIGITS = 5
"""A code is digits alone: they are on every keyboard, and there are no two that look alike in one alphabet and not in another."""

LONGEST_NAME = 40
"""Characters of a team's name."""

Phase = Literal["lobby", "asking", "counting", "shown", "over"]
"""lobby: no question yet · asking: answers are taken · counting: its time is over, answers under way are still taken · shown: what was
right may be known · over: the round has ended"""


def phase(now: datetime, ends: datetime | None, over: bool) -> Phase:
    """Where a round stands; `ends`: when the time of its question ends, None before the first."""
    if over:
        return "over"
    if ends is None:
        return "lobby"
    return "asking" if now < ends else "counting" if now <= ends + GRACE else "shown"


def taken(phase: Phase) -> bool:
    """Whether an answer that was received in this phase counts."""
    return phase in ("asking", "counting")


def since(asked: datetime, seen: datetime) -> datetime:
    """The moment from which somebody's time is counted: when the question was sent to them, within bounds."""
    return min(max(asked, seen), asked + LAG)


def bonus(share: float, points: float, most: float, seen: datetime, received: datetime, seconds: float) -> float:
    """What being quick is worth: `most` of the points at once, nothing after `seconds`, in between in proportion. It is measured from
    the moment that the question was sent to this person: the way there costs nobody anything."""
    used = max(0.0, (received - seen).total_seconds())
    return round(share * points * most * max(0.0, 1 - used / seconds), 6) if seconds > 0 else 0.0


def side_of_team(name: str) -> str:
    """What a team is known by in a round: its name, however it is spelt."""
    return f"t{ANY.of(name)}"[:80]


def side_of_person(person_id: int) -> str:
    """What somebody who plays alone is known by."""
    return f"p{person_id}"


@dataclass(frozen=True)
class Line:
    """One line of the scoreboard; equals share a rank. `gained`: what the question last shown brought."""

    rank: int
    side: str
    points: float
    gained: float = 0.0


def standing(points: Mapping[str, float], gained: Mapping[str, float]) -> list[Line]:
    """Sides by their points, the best first; of equals the ranks are equal, and who came first stands first."""
    rows = sorted(points.items(), key=lambda each: -each[1])
    found: list[Line] = []
    for place, (side, total) in enumerate(rows):
        rank = found[-1].rank if found and abs(found[-1].points - total) < 1e-9 else place + 1
        found.append(Line(rank, side, total, gained.get(side, 0.0)))
    return found
