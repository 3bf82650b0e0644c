"""What of an attempt may be shown now: by the quiz's review options, the clock, and what a tutor has released. Staff see everything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from lms.plugin import Query, Visit, as_utc
from lms_quiz import rules
from lms_quiz.format import QuizSettings
from lms_quiz.kinds import Asked, QuestionKind
from lms_quiz.options import ITEMS, WHENS, Item, When

EVERYTHING = frozenset(ITEMS)


class Released(BaseModel):
    """What is kept for the whole run: when a tutor released what waits for that, None before."""

    at: datetime | None = None


def reached(
    settings: QuizSettings, now: datetime, ended: bool, closed_at: datetime | None, released: bool
) -> set[When]:
    """Which moments have come for an attempt; `ended`: it is handed in. `closed_at`: when nobody at all can answer any more. Pure."""
    found: set[When] = {"during"}
    if ended:
        found.add("after")
        if closed_at is not None and rules.too_late(now, closed_at, settings.grace):
            found.add("closed")
        if released:
            found.add("released")
    return found


def shown(visit: Visit, ended: bool) -> frozenset[Item]:
    """What may be shown to learners of an attempt. At most one statement, and none for most quizzes."""
    settings: QuizSettings = visit.settings
    wanted: Mapping[Item, When] = {item: getattr(settings.review, item) for item in ITEMS}
    closed_at = last_end(visit) if ended and "closed" in wanted.values() else None
    came = reached(settings, visit.now, ended, closed_at, _released(visit) is not None)
    found = frozenset(item for item, when in wanted.items() if when in came)
    # who reads which answer is right knows the mark that is held back
    return found - {"answers", "explanations"} if "marks" not in found and wanted["marks"] != "never" else found


def _released(visit: Visit) -> datetime | None:
    kept = visit.shared(Released)
    return kept.at if kept is not None else None


def to_release(visit: Visit) -> bool:
    """Whether something waits for a tutor to release it."""
    settings: QuizSettings = visit.settings
    return "released" in [getattr(settings.review, item) for item in ITEMS] and _released(visit) is None


def release(visit: Visit) -> None:
    """Release it, for everybody and for good."""
    visit.save_shared(Released(at=visit.now))


_LAST = Query("SELECT max(closes_at) FROM quiz_override WHERE run_id = :run AND block = :block")


def last_end(visit: Visit) -> datetime | None:
    """When the quiz has closed for everybody, those with a later end included; None if it never does. One statement."""
    settings: QuizSettings = visit.settings
    if settings.closes is None:
        return None
    closes = visit.at(settings.closes, end_of_day=True)
    later = as_utc(_LAST.plain(run=visit.run.id, block=visit.block.id)[0][0])
    return max(closes, later) if later else closes


def without_remarks(kind: QuestionKind[Any], asked: Asked[Any]) -> Asked[Any]:
    """The question without what its author says to answers."""

    def stripped(part: Any) -> Any:
        if isinstance(part, Mapping):
            return {key: "" if key == "feedback" else stripped(value) for key, value in part.items()}
        return [stripped(one) for one in part] if isinstance(part, list | tuple) else part

    question = asked.question.model_copy(update={"data": stripped(asked.question.data), "explanation": ""})
    question.__dict__.pop("_typed", None)
    return replace(asked, question=question, data=kind.data_of(question))


__all__ = [
    "EVERYTHING",
    "WHENS",
    "Released",
    "last_end",
    "reached",
    "release",
    "shown",
    "to_release",
    "without_remarks",
]
