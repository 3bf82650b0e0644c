"""How far somebody is, worked out from an outline and results. Pure: neither Flask nor a database.

Course score = Σ weight · share / Σ weight over the activities that have grade items and a weight above 0; what is not
marked yet counts 0. An activity's share is that of its own result or, when only its parts are marked, their weighted mean.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cached_property
from typing import NamedTuple
from zoneinfo import ZoneInfo

from courses.requires import Facts, Verdict, evaluate
from lms.plugin import Recorded, Run
from lms.publishing.outline import Item, Outline

Results = Mapping[str, Recorded]
"""A person's results in a run by item id."""


class Progress(NamedTuple):
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
    if own is not None and (share := own.share) is not None:
        return share
    if len(item.parts) == 1 and item.parts[0][0] == item.id:  # the usual case: the activity is its only grade item
        return None
    marks = [(weight, results[part].share) for part, _, weight in item.parts if part in results]
    if not any(share is not None for _, share in marks):
        return None
    whole = sum(weight for _, _, weight in item.parts)
    return sum(weight * (share or 0.0) for weight, share in marks) / whole if whole else None


def course_score(outline: Outline, results: Results) -> float | None:
    """The person's course score as a share, or None when the course has no grade items."""
    if not outline.weights:
        return None
    return sum([item.weight * (item_share(item, results) or 0.0) for item in outline.graded]) / outline.weights


def progress(outline: Outline, results: Results) -> Progress:
    """How far a person is."""
    done = {id for id, result in results.items() if result.completed}
    missing = tuple([id for id in outline.required if id not in done])
    score = course_score(outline, results)
    # half a thousandth of a per cent forgives the arithmetic of shares, nothing else
    short = outline.score is not None and score is not None and score < outline.score - 5e-6
    total = len(outline.required)
    return Progress(total - len(missing), total, score, missing, short)


def facts(outline: Outline, results: Results, run: Run, now: datetime) -> Facts:
    """What a `requires` tree is evaluated against."""
    scores = {id: share for id, result in results.items() if (share := result.share) is not None}
    for item in outline.activities:
        if item.parts and item.id not in scores and (share := item_share(item, results)) is not None:
            scores[item.id] = share
    done = {id for id, result in results.items() if result.completed}
    return Facts(done, scores, now, run.starts_on, ZoneInfo(run.timezone))


OPEN = Verdict(True, ())


class Verdicts(Mapping[str, Verdict]):
    """Which items are open, worked out for those that are asked about: a lesson's page must not cost more in a longer course.

    An activity is open when its lesson and itself are.
    """

    def __init__(self, outline: Outline, results: Results, run: Run, now: datetime) -> None:
        self._outline, self._results, self._run, self._now = outline, results, run, now
        self._found: dict[str, Verdict] = {}

    @cached_property
    def _facts(self) -> Facts:
        return facts(self._outline, self._results, self._run, self._now)

    def __getitem__(self, id: str) -> Verdict:
        found = self._found.get(id)
        if found is None:
            item = self._outline.items[id]
            own = evaluate(item.requires, self._facts) if item.requires is not None else OPEN
            lesson = self[item.lesson] if item.kind != "lesson" else OPEN
            found = self._found[id] = own if lesson.open else lesson
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._outline.items)

    def __len__(self) -> int:
        return len(self._outline.items)


def next_item(outline: Outline, results: Results, open_items: Mapping[str, Verdict]) -> Item | None:
    """What to do now: something given back first, then the first open item that is asked and not done and waits for nobody else."""
    returned = {id for id, result in results.items() if result.state == "returned" and not result.completed}
    undone = (id for id in outline.required if not (id in results and results[id].completed))
    first = None
    for id in undone:
        if id in returned and open_items[id].open:
            return outline.items[id]
        if (
            first is None
            and open_items[id].open
            and not (id in results and results[id].state in ("waiting", "pending"))
        ):
            first = outline.items[id]
            if not returned:
                break
    return first
