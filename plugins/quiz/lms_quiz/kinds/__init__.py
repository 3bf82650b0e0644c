"""Kinds of question: one module a family, what they share in `base`."""

from __future__ import annotations

from typing import Any

from lms_quiz.kinds.base import Asked, QuestionKind, Reply, said
from lms_quiz.kinds.byhand import HandMarked
from lms_quiz.kinds.choice import Many, One
from lms_quiz.kinds.gaps import GapText
from lms_quiz.kinds.hotspot import Hotspot, Hotspots
from lms_quiz.kinds.number import Number
from lms_quiz.kinds.ordering import Ordering
from lms_quiz.kinds.pairs import Categorise, Matching
from lms_quiz.kinds.typed import TrueOrFalse, Typed

__all__ = ["STANDARD", "Asked", "Many", "Number", "One", "QuestionKind", "Reply", "TrueOrFalse", "Typed", "said"]

STANDARD: tuple[QuestionKind[Any], ...] = (
    Hotspot(), Hotspots(), One(), Many(), TrueOrFalse(), HandMarked(), Number(), Typed(), Matching(), Ordering(), Categorise(),
    GapText(),
)  # fmt: skip
"""The kinds that come with the quiz, in the order they are asked whether a question is theirs."""
