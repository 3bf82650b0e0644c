"""How far somebody is, worked out from an outline and results. Pure: neither Flask nor a database.

Course score = Σ weight · share / Σ weight over the activities that have grade items and a weight above 0; what is not
marked yet counts 0. An activity's share is that of its own result or, when only its parts are marked, their weighted mean.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from courses.requires import Facts, Verdict, evaluate
from lms.plugin import Recorded, Run
from lms.publishing.outline import Item, Outline

Results = Mapping[str, Recorded]
"""A person's results in a run by item id."""


@dataclass(frozen=True)
class Progress:
    """`share` (0–1) of the asked items that are complete; `score` (0–1) or None when nothing is graded; `missing` what is still
    asked, in order; `score_missing` when the course's score is below the rule."""

    done: int
    total: int
    score: float | None
    missing: tuple[str, ...]
    score_missing: bool

    @property
    def share(self) -> float:
        """Between 0 and 1; a course that asks for nothing is complete."""
        return self.done / self.total if self.total else 1.0

    @property
    def complete(self) -> bool:
        """Whether the completion rule is fulfilled."""
        return not self.missing and not self.score_missing


def item_share(item: Item, results: Results) -> float | None:
    """The share (0–1) a person has in an activity, or None without any mark."""
    own = results.get(item.id)
    if own is not None and own.share is not None:
        return own.share
    marks = [(weight, results[part].share) for part, _, weight in item.parts if part in results]
    if not any(share is not None for _, share in marks):
        return None
    whole = sum(weight for _, _, weight in item.parts)
    return sum(weight * (share or 0.0) for weight, share in marks) / whole if whole else None


def course_score(outline: Outline, results: Results) -> float | None:
    """The person's course score as a share, or None when the course has no grade items."""
    graded = [item for item in outline.activities if item.parts and item.weight > 0]
    whole = sum(item.weight for item in graded)
    if not whole:
        return None
    return sum(item.weight * (item_share(item, results) or 0.0) for item in graded) / whole


def progress(outline: Outline, results: Results) -> Progress:
    """How far a person is."""
    asked = [item.id for item in outline.items.values() if item.required]
    missing = tuple(id for id in asked if not (id in results and results[id].completed))
    score = course_score(outline, results)
    # half a thousandth of a per cent forgives the arithmetic of shares, nothing else
    short = outline.score is not None and score is not None and score < outline.score - 5e-6
    return Progress(len(asked) - len(missing), len(asked), score, missing, short)


def facts(outline: Outline, results: Results, run: Run, now: datetime) -> Facts:
    """What a `requires` tree is evaluated against."""
    scores = {id: result.share for id, result in results.items() if result.share is not None}
    for item in outline.activities:
        if item.id not in scores and (share := item_share(item, results)) is not None:
            scores[item.id] = share
    done = {id for id, result in results.items() if result.completed}
    return Facts(done, scores, now, run.starts_on, ZoneInfo(run.timezone))


OPEN = Verdict(True, ())


def verdicts(outline: Outline, known: Facts) -> dict[str, Verdict]:
    """Which items are open. An activity is open when its lesson and itself are."""
    found: dict[str, Verdict] = {}
    for item in outline.items.values():
        own = evaluate(item.requires, known) if item.requires is not None else OPEN
        lesson = found[item.lesson] if item.kind != "lesson" else OPEN
        found[item.id] = own if lesson.open else lesson
    return found


def next_item(outline: Outline, results: Results, open_items: Mapping[str, Verdict]) -> Item | None:
    """What to do now: something given back first, then the first open item that is asked and not done and waits for nobody else."""
    undone = [
        item
        for item in outline.items.values()
        if open_items[item.id].open and item.required and not (item.id in results and results[item.id].completed)
    ]
    returned = [item for item in undone if item.id in results and results[item.id].state == "returned"]
    mine = [item for item in undone if not (item.id in results and results[item.id].state == "waiting")]
    return (returned or mine or [None])[0]
