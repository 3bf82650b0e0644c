"""How the questions of an attempt stand: what was done at each, what that is worth by the quiz's behaviour, and what may be shown
of it now. Reads, changes nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel

from lms.plugin import gettext
from lms_quiz import rules
from lms_quiz.behaviours import RIGHT, Step, Worth
from lms_quiz.format import QuizSettings
from lms_quiz.kinds import Asked, QuestionKind, Reply, said
from lms_quiz.question import Question


class Did(BaseModel):
    """One step at a question as stored, with the mark that the answer alone got at that time (see `behaviours.Step`)."""

    act: Literal["check", "again", "finish"]
    at: datetime
    reply: dict[str, Any] | None = None
    share: float = 0.0
    parts: tuple[float, ...] = ()
    text: str = ""
    values: dict[str, int | float] = {}
    matched: tuple[int, ...] = ()
    sure: int = 0
    waits: bool = False

    @property
    def step(self) -> Step:
        """As the behaviours see it."""
        key = json.dumps(self.reply, sort_keys=True)
        return Step(self.act, self.reply is not None, self.share, self.parts, key, self.sure)

    @property
    def mark(self) -> rules.Mark:
        """What the answer alone got."""
        return rules.Mark(self.share, self.text, self.values, self.matched, waits=self.waits)


WAITS = '"waits": true'
"""What stored marks hold where one of them waits for a tutor."""


class Marked(BaseModel):
    """The mark of one question as stored, with everything it was made of.

    `share` of `max` points is what counts. It came of `alone`, the share of the counted answer, whose own words are `text` with
    `values` and `matched` (see `rules.Mark`), by `behaviour` with `terms`; `arithmetic` with `figures` says how, "" where
    `alone` is all there is to say. `tries` that counted; `step`: place of the step whose answer counts."""

    place: int
    kind: str
    share: float
    max: float
    text: str
    values: dict[str, int | float] = {}
    matched: tuple[int, ...] = ()
    alone: float | None = None
    behaviour: str = "deferred"
    terms: dict[str, Any] = {}
    arithmetic: str = ""
    figures: dict[str, int | float] = {}
    tries: int = 0
    step: int | None = None
    fixed: bool = False
    """Whether a tutor changed it by hand: marking again leaves it."""
    waits: bool = False
    """Whether a tutor has yet to give it."""

    @property
    def mark(self) -> rules.Mark:
        """What the counted answer alone got."""
        return rules.Mark(self.share if self.alone is None else self.alone, self.text, self.values, self.matched)

    @property
    def points(self) -> float:
        """What the question is worth."""
        return self.share * self.max

    @property
    def why(self) -> str:
        """What the answer alone got, in the reader's language."""
        return sentence(self.text, self.values)

    @property
    def because(self) -> str:
        """The arithmetic of the tries in the reader's language, "" where there is none."""
        return sentence(self.arithmetic, self.figures)


def sentence(text: str, values: Mapping[str, int | float]) -> str:
    """A sentence whose shares are said as numbers, at most two decimals, in the reader's language."""
    if not text:
        return ""
    figures = {
        name: value if isinstance(value, int) else said(Decimal(f"{value:.2f}".rstrip("0").rstrip(".")))
        for name, value in values.items()
    }
    return gettext(text, **figures)


def mark_of(kind: QuestionKind[Any], asked: Asked[Any], settings: QuizSettings, reply: Reply | None) -> rules.Mark:
    """The mark of an answer alone."""
    partial = settings.partial if asked.question.partial is None else asked.question.partial
    return kind.mark(asked.data, reply, partial)


def did(act: Literal["check", "finish"], at: datetime, reply: Reply | None, mark: rules.Mark, sure: int) -> Did:
    """A step to store."""
    return Did(
        act=act, at=at, reply=None if reply is None else dict(reply), share=mark.share, parts=mark.parts, text=mark.text,
        values=dict(mark.values), matched=mark.matched, sure=sure, waits=mark.waits,
    )  # fmt: skip


def worth(settings: QuizSettings, question: Question, steps: Sequence[Did]) -> Worth:
    """What a question is worth after these steps."""
    return settings.conduct.worth([one.step for one in steps], settings.terms(len(question.hints)))


def marked(settings: QuizSettings, asked: Asked[Any], steps: Sequence[Did]) -> Marked:
    """The mark to store when the attempt is handed in."""
    found = worth(settings, asked.question, steps)
    mark = steps[found.last].mark if found.last is not None else rules.NO_ANSWER
    if asked.by_hand:  # no behaviour has anything to say of it
        return Marked(
            place=asked.place, kind=asked.question.kind, share=0.0, max=asked.question.points, text=mark.text,
            matched=mark.matched, step=found.last, waits=mark.waits,
        )  # fmt: skip
    terms = settings.terms(len(asked.question.hints))
    return Marked(
        place=asked.place, kind=asked.question.kind, share=found.share, max=asked.question.points, text=mark.text,
        values=dict(mark.values), matched=mark.matched, alone=mark.share, behaviour=settings.behaviour,
        terms={"penalty": terms.penalty, "tries": terms.tries, "values": list(terms.values)},
        arithmetic=found.text, figures=dict(found.values), tries=found.used, step=found.last,
    )  # fmt: skip


@dataclass(frozen=True)
class Standing:
    """A question of an attempt under way. `asked` carries the answer and, once something was checked, the mark of the answer last
    checked; `left`: tries that are left, None for any number; `hints` that are due."""

    asked: Asked[Any]
    worth: Worth
    left: int | None
    hints: tuple[str, ...]
    sure: int

    @property
    def state(self) -> Literal["open", "shown", "closed"]:
        """See `behaviours.Worth`."""
        return self.worth.state

    @property
    def right(self) -> bool:
        """Whether the answer last checked is right."""
        return self.asked.mark is not None and self.asked.mark.share >= RIGHT

    @property
    def because(self) -> str:
        """The arithmetic so far."""
        return sentence(self.worth.text, self.worth.values)

    @property
    def points(self) -> float:
        """What it is worth so far."""
        return self.worth.share * self.asked.question.points


def standing(settings: QuizSettings, asked: Asked[Any], steps: Sequence[Did], sure: int) -> Standing:
    """How a question stands after these steps."""
    found = worth(settings, asked.question, steps)
    terms = settings.terms(len(asked.question.hints))
    most = {"immediate": 1, "exam": len(terms.values)}.get(settings.behaviour, terms.tries)
    checked = next((one for one in reversed(steps) if one.act == "check"), None)
    if checked is not None:
        asked = replace(asked, mark=checked.mark)
    due = 0 if checked is None or checked.share >= RIGHT else found.used
    return Standing(asked, found, most - found.used if most and most <= 20 else None, asked.question.hints[:due], sure)
