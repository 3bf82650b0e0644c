"""What may be done with a project and what comes out of it. Pure: instants and states in, decisions out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

State = Literal["open", "draft", "waiting", "returned", "accepted"]
"""open: nothing kept · draft: begun · waiting: handed in · returned: to be changed · accepted: done. A returned work that is
being changed stays returned until it is handed in again."""


@dataclass(frozen=True)
class Step:
    """How far one stage is for one owner. `late`: its first hand-in came after it was due."""

    state: State = "open"
    late: bool = False


@dataclass(frozen=True)
class StageRule:
    """A stage with its instant: `due` UTC or None, `refuse` when nothing is taken after it, `penalty` 0–1 of the mark."""

    id: str
    title: str
    due: datetime | None = None
    refuse: bool = False
    penalty: float = 0


Bar = Literal["", "accepted", "waiting", "earlier", "closed"]


def is_late(stage: StageRule, now: datetime) -> bool:
    """Whether a first hand-in at this instant is late; exactly at the due instant it is not."""
    return stage.due is not None and now > stage.due


def barred(stages: Sequence[StageRule], steps: Mapping[str, Step], stage: StageRule, now: datetime) -> Bar:
    """Why nothing can be handed in for the stage now; "" when it can.

    Stages are done in order: a later one opens when the earlier ones were handed in once, or cannot be any more. What was
    given back may be handed in again at any time: whoever gave it back asked for that.
    """
    step = steps.get(stage.id, Step())
    if step.state == "returned":
        return ""
    if step.state in ("accepted", "waiting"):
        return step.state
    if stage.refuse and is_late(stage, now):
        return "closed"
    for earlier in stages:
        if earlier.id == stage.id:
            break
        found = steps.get(earlier.id, Step())
        if found.state in ("open", "draft") and not (earlier.refuse and is_late(earlier, now)):
            return "earlier"
    return ""


def current(stages: Sequence[StageRule], steps: Mapping[str, Step], now: datetime) -> StageRule | None:
    """The stage to work on: what was given back first, then the first that can be handed in; None if there is none."""
    back = next((stage for stage in stages if steps.get(stage.id, Step()).state == "returned"), None)
    return back or next((stage for stage in stages if not barred(stages, steps, stage, now)), None)


def penalty(stages: Sequence[StageRule], steps: Mapping[str, Step]) -> float:
    """The part of the mark (0–1) that late stages take: theirs added up."""
    return min(1.0, sum(stage.penalty for stage in stages if steps.get(stage.id, Step()).late))


@dataclass(frozen=True)
class Outcome:
    """What is to be recorded. `share` is the mark after `taken` (0–1) was taken off, None without one; `done` of `total`
    stages are accepted."""

    state: Literal["started", "waiting", "returned", "complete", "failed"]
    completion: bool
    success: bool | None
    share: float | None
    taken: float
    done: int
    total: int


def outcome(
    stages: Sequence[StageRule], steps: Mapping[str, Step], mark: float | None, passing: float | None
) -> Outcome | None:
    """What comes out for the owner, or None while nothing was handed in.

    `mark` is the share (0–1) the tutor gave the final stage, None where there are no criteria or it is not accepted.
    `passing` None: whatever is accepted is a success.
    """
    states = [steps.get(stage.id, Step()).state for stage in stages]
    done, total = states.count("accepted"), len(stages)
    taken = penalty(stages, steps)
    share = None if mark is None else max(0.0, mark * (1 - taken))
    if done == total:
        # what the arithmetic loses must not decide: 0.6 is reached by 0.59999999
        success = share is None or passing is None or share >= passing - 1e-9
        return Outcome("complete" if success else "failed", True, success, share, taken, done, total)
    if "waiting" in states:
        return Outcome("waiting", False, None, None, taken, done, total)
    if "returned" in states:
        return Outcome("returned", False, None, None, taken, done, total)
    return Outcome("started", False, None, None, taken, done, total) if done else None
