"""A question and what a kind of question is: the pure half that reads what authors write. Neither Flask, SQLAlchemy nor the core."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from courses.blocks import BodySource
from courses.problems import N_, Report
from lms_quiz import rules
from lms_quiz.written import Answer, Sign, Written, trimmed


class Frozen(BaseModel):
    """Base of everything a question stores: never changed, unknown keys refused, the same after a trip through JSON."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Question(Frozen):
    """A question as stored: `text` and `explanation` are HTML; `data` belongs to the kind (its `Data` as JSON) and
    holds the key."""

    kind: str
    text: str
    line: int
    points: float = 1
    partial: bool | None = None
    explanation: str = ""
    hints: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    difficulty: str = ""
    id: str = ""
    bank: str = ""
    """The bank it is of, without one a question of the quiz itself."""
    variables: tuple[tuple[str, str], ...] = ()
    """Of a parametrised question: names and what they may be, see `expressions.py` and `posed.py`."""
    data: dict[str, Any] = Field(default_factory=dict)


D = TypeVar("D", bound=Frozen)

Difference = Literal["key", "choices", "order"]
"""key: something else is right · choices: other answers are offered · order: the same answers stand in another order, so that those
of attempts under way mean others"""


class QuestionForm(ABC, Generic[D]):
    """The pure half of a kind of question: which answer lines are its own, and what they mean."""

    name: ClassVar[str]
    """Stored with every question: never changed."""
    sign: ClassVar[Sign]
    """How its answers are written; several kinds may share one."""
    Data: type[D]
    """What is stored of a question of this kind."""
    tables: ClassVar[bool] = False
    """Whether a table may stand below the answers (`Written.table`)."""
    summary: ClassVar[str] = ""
    """One English sentence for the reference of the format, marked for translation."""

    def claims(self, answers: Sequence[Answer]) -> bool:
        """Whether answers written with this sign are of this kind; the first kind that says so takes the question."""
        return True

    def claims_text(self, lines: Sequence[str]) -> bool:
        """Whether a question without any answer lines, with this text, is of this kind."""
        return False

    @abstractmethod
    def parse(self, written: Written, source: BodySource, report: Report) -> D | None:
        """What to store; None when problems were reported that leave nothing to store. It may take lines out of the question's
        text that belong to the answers."""

    def text(self, written: Written, data: D, source: BodySource, report: Report) -> str:
        """HTML of the question's text."""
        text, line = trimmed(written.text, written.line)
        return source.html(text, line)

    def remarks(self, data: D, matched: Sequence[int]) -> Sequence[str]:
        """What the author says (HTML) to those who gave these answers, by place (see `rules.Mark.matched`)."""
        return ()

    def shape(self, data: D) -> Any:
        """What an answer given earlier depends on, as JSON: an attempt under way is void when it has changed. Words
        are left out, so that a corrected spelling or a translation changes nothing."""
        return None

    def shape_of(self, question: Question) -> Any:
        """The same of a whole question, with its variables."""
        shape = self.shape(self.data_of(question))
        return [shape, question.variables] if question.variables else shape

    def sound(self, question: Question) -> bool:
        """Whether a parametrised question with one set of values can be asked: what differed still differs."""
        try:
            return self.differ(self.data_of(question))
        except ValueError:
            return False

    def differ(self, data: D) -> bool:
        """Whether no two answers of this question have become the same; raises ValueError where one is no answer at all."""
        return True

    partly: ClassVar[bool] = False
    """Whether an answer can be right in part."""

    def differences(self, before: D, after: D) -> Sequence[Difference]:
        """What a change of the question's data means for answers given before; spelling is no difference."""
        return () if self.shape(before) == self.shape(after) else ("key",)

    def data_of(self, question: Question) -> D:
        """The question's data, typed."""
        # checked once, as questions never change; kept where cached properties are, which copies with other data take along
        of, found = question.__dict__.get("_typed", (None, None))
        if of is not question.data or not isinstance(found, self.Data):
            found = self.Data.model_validate(question.data)
            question.__dict__["_typed"] = question.data, found
        return found


def feedback_of(answer: Answer, source: BodySource) -> str:
    """HTML of what stands below an answer, "" without."""
    text, line = trimmed(answer.feedback, answer.feedback_line)
    return source.html(text, line) if text else ""


_WEIGHT = re.compile(r"([+\-\u2212]?\d{1,3}(?:[.,]\d{1,8})?)[ ]*%[ ]+(?!±|\+-|\+/)(\S.*)$", re.DOTALL)
LEAST_FULL = 0.99
"""What weights must come to at least: three times 33.3% are meant to be a whole."""


def weighted(text: str) -> tuple[float | None, str]:
    """The weight before a typed answer (`80% toad`), None without one, and the rest.

    >>> weighted("80% toad")
    (0.8, 'toad')
    """
    match = _WEIGHT.match(text)
    value = rules.number(match[1]) if match else None
    return (float(value) / 100, match[2]) if match and value is not None else (None, text)


def weigh(best: float, written: Written, report: Report) -> bool:
    """Whether the best that can be reached is the whole question; reported if not."""
    if LEAST_FULL <= best <= 2 - LEAST_FULL:
        return True
    report.add(
        written.line, written.column, "quiz-weights",
        N_("The best answer to this question gives {best}% of its points, not 100%."),
        hint=N_("Change the weights so that what is fully right comes to 100%."), best=f"{best * 100:g}",
    )  # fmt: skip
    return False
