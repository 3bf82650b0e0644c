"""What the workshop works out: both marks together, and what a participant can do now.

Pure: neither Flask nor a database. How the marks themselves come about is `courses.evaluation`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

# ------------------------------------------------------------------------------------------- the two marks


@dataclass(frozen=True)
class Whole:
    """Both marks together, in points."""

    points: float
    most: float

    @property
    def share(self) -> float:
        """Between 0 and 1."""
        return self.points / self.most


def whole(work: float | None, review: float | None, points: float, review_points: float) -> Whole | None:
    """Both marks (shares) together; None until the work has one. Whoever had nothing to review is measured by the work alone."""
    if work is None:
        return None
    if review is None or not review_points:
        return Whole(work * points, points)
    return Whole(work * points + review * review_points, points + review_points)


def passes(share: float, asked: float) -> bool:
    """Whether a share reaches the asked one; a hair's breadth is the arithmetic's, not the person's."""
    return share >= asked - 1e-9


# ------------------------------------------------------------------------------------------- what now

Step = Literal[
    "early", "hand-in", "handed-in", "too-late", "allotting", "review", "reviewed", "nothing-to-review", "marking",
    "results", "take", "awaiting", "wish",
]  # fmt: skip


@dataclass(frozen=True)
class Situation:
    """Where the workshop is (`phase` is "" before the first and in a gap) and where a participant is."""

    phase: str
    before: bool
    allocated: bool
    released: bool
    submitted: bool
    assigned: int
    done: int
    taken: int = 0
    """At one's own pace: works taken from the queue, those done among them."""


def step(now: Situation) -> Step:
    """What a participant can do at this moment."""
    if now.before:
        return "early"
    if now.phase == "open":
        return _at_own_pace(now)
    if now.phase == "submission":
        return "handed-in" if now.submitted else "hand-in"
    if now.phase == "closed" and now.released:
        return "results"
    if not now.submitted and not now.assigned:
        return "too-late"
    if now.phase == "wishes":
        return "wish"
    if now.phase in ("", "review") and not now.allocated:
        return "allotting"
    if now.phase == "review":
        if not now.assigned:
            return "nothing-to-review"
        return "reviewed" if now.done >= now.assigned else "review"
    return "marking"


def _at_own_pace(now: Situation) -> Step:
    if now.released:
        return "results"
    if not now.submitted:
        return "hand-in"
    if now.taken > now.done:
        return "review"
    return "take" if now.done < now.assigned else "awaiting"


def names_found(text: str, names: Sequence[str]) -> list[str]:
    """Which of a person's own names or addresses stand in a text, in any case of declension that keeps the stem.

    A hint to the author of an anonymous work, not a proof."""
    low = _plain(text)
    return [name for name in names if len(name) > 2 and _plain(name).rstrip("аеиоуыэюяйь") in low]


def _plain(text: str) -> str:
    return text.casefold().replace("ё", "е")
