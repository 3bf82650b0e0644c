"""What a participant of a master class can do now. Pure: neither Flask nor a database.

What a phase opens stays open until the master class is closed: whoever comes late may still try, look and try again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Step = Literal["early", "watch", "try", "tried", "look", "critique", "critiqued", "again", "done", "over"]


@dataclass(frozen=True)
class Situation:
    """Which phases have begun, and where a participant is: attempts handed in, critiques written of those that are asked for."""

    begun: Sequence[str]
    first: bool = False
    second: bool = False
    given: int = 0
    needed: int = 0

    @property
    def complete(self) -> bool:
        """Whether the person tried again after giving colleagues what they are owed."""
        return self.first and self.second and self.given >= self.needed


def asked(critiques: int, others: int) -> int:
    """How many critiques somebody is asked for where there are so many attempts of others that they may look at."""
    return max(min(critiques, others), 0)


def step(now: Situation) -> Step:
    """What a participant can do at this moment; what is owed to others comes before the second attempt."""
    if now.complete:
        return "done"
    if "closed" in now.begun:
        return "over"
    if not now.begun:
        return "early"
    if not now.first:
        return "try" if "attempt" in now.begun else "watch"
    if "critique" in now.begun and now.given < now.needed:
        return "critique"
    if "second" in now.begun and not now.second:
        return "again"
    if "critique" in now.begun:
        return "critiqued"
    return "look" if "gallery" in now.begun else "tried"
