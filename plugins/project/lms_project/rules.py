"""What comes out of a project, and in which order its stages are done. Pure: instants and states in, decisions out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from courses.submissions import StageRule, Step, is_late


def comes_later(stages: Sequence[StageRule], steps: Mapping[str, Step], stage: StageRule, now: datetime) -> bool:
    """Whether an earlier stage has to be handed in first. Stages are done in order: a later one opens when the earlier ones were
    handed in once, or cannot be any more. What was given back may be handed in again at any time."""
    if steps.get(stage.id, Step()).state == "returned":
        return False
    for earlier in stages:
        if earlier.id == stage.id:
            break
        found = steps.get(earlier.id, Step())
        if found.state in ("open", "draft") and not (earlier.refuse and is_late(earlier, now)):
            return True
    return False


def penalty(stages: Sequence[StageRule], steps: Mapping[str, Step]) -> float:
    """The part of the mark (0–1) that late stages take: theirs added up."""
    return min(1.0, sum(stage.penalty for stage in stages if steps.get(stage.id, Step()).late))


Lacking = Literal["", "defence", "shares", "decision"]
"""What is still to come when all stages are accepted: the defence, the team's agreement how to share the work, the tutor's word on that."""

_MEANWHILE: Mapping[Lacking, Literal["pending", "returned", "waiting"]] = {
    "defence": "pending", "shares": "returned", "decision": "waiting",
}  # fmt: skip


def passes(share: float, passing: float | None) -> bool:
    """Whether a mark is a success: what the arithmetic loses must not decide, 0.6 is reached by 0.59999999."""
    return passing is None or share >= passing - 1e-9


@dataclass(frozen=True)
class Outcome:
    """What is to be recorded. `share` is the mark after `taken` (0–1) was taken off, None without one; `done` of `total`
    stages are accepted; `lacking` is what is missing besides."""

    state: Literal["started", "waiting", "pending", "returned", "complete", "failed"]
    completion: bool
    success: bool | None
    share: float | None
    taken: float
    done: int
    total: int
    lacking: Lacking = ""


def outcome(
    stages: Sequence[StageRule], steps: Mapping[str, Step], mark: float | None, passing: float | None,
    lacking: Lacking = "",
) -> Outcome | None:  # fmt: skip
    """What comes out for the owner, or None while nothing was handed in.

    `mark` is the share (0–1) of the points given for the work and its defence, None where there are no criteria or nothing is accepted.
    `passing` None: whatever is accepted is a success.
    """
    states = [steps.get(stage.id, Step()).state for stage in stages]
    done, total = states.count("accepted"), len(stages)
    taken = penalty(stages, steps)
    share = None if mark is None else max(0.0, mark * (1 - taken))
    if done == total:
        if lacking:
            return Outcome(_MEANWHILE[lacking], False, None, None, taken, done, total, lacking)
        success = share is None or passes(share, passing)
        return Outcome("complete" if success else "failed", True, success, share, taken, done, total)
    if "waiting" in states:
        return Outcome("waiting", False, None, None, taken, done, total)
    if "returned" in states:
        return Outcome("returned", False, None, None, taken, done, total)
    return Outcome("started", False, None, None, taken, done, total) if done else None
