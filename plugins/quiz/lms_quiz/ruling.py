"""Corrections in force at a quiz: questions that do not count, or that everybody has all points of; for marks given and to come."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence

from courses.problems import N_
from courses.text import plain_text
from lms.plugin import Query, Visit
from lms_quiz import banks, rules
from lms_quiz.conduct import Marked
from lms_quiz.format import QuizSettings
from lms_quiz.question import Question

SAID: Mapping[str, str] = {
    "drop": N_("This question does not count."),
    "full": N_("Everybody has all points of this question."),
    "mark": N_("The mark was changed by hand."),
}
"""What a mark says of the correction in force."""


def keys_of(questions: Iterable[Question]) -> list[str]:
    """What each question is known by when the course is published anew: its id, or its words; the second of two alike is told
    from the first."""
    seen: dict[str, int] = {}
    found = []
    for question in questions:
        words = json.dumps(question.variables) if question.variables else rules.normal(plain_text(question.text))
        key = question.id or hashlib.sha256(f"{question.kind}/{words}".encode()).hexdigest()[:32]
        seen[key] = seen.get(key, 0) + 1
        found.append(key if seen[key] == 1 else f"{key}#{seen[key]}")
    return found


_RULES = Query(
    "SELECT question, act FROM quiz_correction WHERE run_id = :run AND block = :block AND act IN ('drop', 'full', 'keep')"
    " ORDER BY id"
)


def in_force(visit: Visit) -> Mapping[str, str]:
    """Which questions are dropped ("drop") or given to everybody ("full") here, by key. One statement."""
    newest = dict(_RULES.plain(run=visit.run.id, block=visit.block.id))
    return {key: act for key, act in newest.items() if act != "keep"}


def ruled(marks: Sequence[Marked], keys: Mapping[int, str], standing: Mapping[str, str]) -> list[Marked]:
    """Marks under the corrections in force; `keys` of questions by place. A mark given by hand stays."""
    found = []
    for one in marks:
        act = standing.get(keys.get(one.place, ""))
        if act == "drop":
            one = one.model_copy(update={"max": 0.0, "arithmetic": SAID["drop"], "figures": {}, "waits": False})
        elif act == "full" and not one.fixed:
            one = one.model_copy(update={"share": 1.0, "arithmetic": SAID["full"], "figures": {}, "waits": False})
        found.append(one)
    return found


def keys_in(settings: QuizSettings, drawn: str) -> Mapping[int, str]:
    """Keys of the questions an attempt asks, by their places in it."""
    keys = keys_of(settings.questions)
    return {place: keys[one] for place, one in enumerate(banks.places_of(settings, drawn) or ())}


def under(visit: Visit, marks: Sequence[Marked], drawn: str) -> list[Marked]:
    """The marks of an attempt that is handed in, under the corrections in force. One statement."""
    standing = in_force(visit)
    return ruled(marks, keys_in(visit.settings, drawn), standing) if standing else list(marks)
