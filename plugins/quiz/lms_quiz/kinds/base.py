"""What a kind of question is on the site: the pure half (how it is written) joined with reading, marking and showing.

A kind is a contribution of its own: another plugin may bring one (see `api.py`), and the quiz takes it up when the
site is put together.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar, Generic, TypeVar

from markupsafe import Markup

from lms.plugin import Contribution, Message, Visit, gettext, mark
from lms_quiz import rules
from lms_quiz.posed import posed
from lms_quiz.question import Frozen, Question, QuestionForm

D = TypeVar("D", bound=Frozen)
Reply = Mapping[str, Any]
"""What a person answered to one question, as JSON; its keys are the kind's own."""


@dataclass(frozen=True)
class Asked(Generic[D]):
    """A question as one attempt asks it. `place` counts from 0; `reply` is None without an answer; `mark` is None
    until it is finished."""

    place: int
    question: Question
    data: D
    seed: str
    shuffle: bool
    reply: Reply | None = None
    mark: rules.Mark | None = None
    prefix: str = ""
    """Keeps the fields of several quizzes on one page apart."""
    inline: bool = False
    """Whether the fields and the review hold the question's text themselves (see `QuestionKind.inline`)."""
    by_hand: bool = False
    """Whether people mark the answer: it can be handed in, not checked."""

    @property
    def number(self) -> int:
        """As people count."""
        return self.place + 1

    @property
    def name(self) -> str:
        """Name of its fields in the form, and its id on the page."""
        return f"{self.prefix}q{self.number}"

    def token(self, part: object) -> str:
        """A name for a part of the question that means nothing outside this attempt."""
        return rules.token(self.seed, self.place, part)

    def sent(self, form: Mapping[str, Sequence[str]]) -> list[str]:
        """The values of its fields in a form: those named `name`, and `name.1`, `name.2` … of its rows."""
        rows = [name for name in form if name.startswith(f"{self.name}.")]
        return [value for name in (self.name, *rows) for value in form.get(name, ())]

    def order(self, count: int) -> list[int]:
        """The order in which `count` options are shown."""
        return rules.order(self.seed, self.place, count, self.shuffle)


class QuestionKind(QuestionForm[D], Contribution, Generic[D]):
    """A kind of question. Subclass it, together with its pure half, and contribute an object of it."""

    by_hand: ClassVar[bool] = False
    """Whether people mark it: marking again leaves what they gave."""
    inline: ClassVar[bool] = False
    """Whether `fields` and `review` show the question's text themselves, in an element with the id `<asked.name>-text`."""

    def asked(
        self, place: int, question: Question, seed: str, shuffle: bool, reply: Reply | None = None,
        mark: rules.Mark | None = None, prefix: str = "",
    ) -> Asked[D]:  # fmt: skip
        """The question as one attempt asks it: a parametrised one with the values that its seed draws."""
        question = posed(question, f"{seed}/{place}", said)
        return Asked(
            place, question, self.data_of(question), seed, shuffle, reply, mark, prefix, self.inline, self.by_hand
        )

    @abstractmethod
    def read(self, asked: Asked[D], sent: Sequence[str]) -> Reply | None:
        """What was sent in the question's fields (see `Asked.sent`), as the answer to keep; None when nothing was answered.
        Whatever cannot be understood is left out: this must not raise."""

    @abstractmethod
    def mark(self, data: D, reply: Reply | None, partial: bool) -> rules.Mark:
        """The mark. `partial`: whether a part of the right answer is worth a part of the points."""

    def guess(self, data: D, partial: bool) -> float | None:
        """The share of the points that blind guessing gets on average; None where nobody can say."""
        return None

    def choices(self, data: D) -> Sequence[str]:
        """Everything there is to choose from, as plain text, in the author's order; () where people type."""
        return ()

    def offered(self, asked: Asked[D]) -> Sequence[str]:
        """What the terminal shows below the question: by what `spoken` understands."""
        return [f"{number}) {words}" for number, words in enumerate(self.choices(asked.data), 1)]

    def worth(self, data: D, place: int, partial: bool) -> float | None:
        """The share that one of the `choices` brings alone; None where it cannot be said of one alone."""
        try:
            return self.mark(data, self.spoken(data, str(place + 1)), partial).share
        except ValueError:
            return None

    def labels(self, data: D, reply: Reply | None) -> Sequence[str]:
        """The answer as plain text, for those who count answers: one entry for each thing chosen (as in `choices`), one for what
        was typed; () without an answer."""
        text = str((reply or {}).get("text", ""))
        return (text,) if text else ()

    def spoken(self, data: D, text: str) -> Reply | None:
        """An answer written on one line, as files of answers and the terminal have it: what was typed, or the things chosen,
        by their words or by their numbers from 1, with ` | ` between several. None for no answer; raises ValueError when it
        cannot be an answer to this question."""
        text = " ".join(text.split())[: rules.LONGEST]
        return {"text": text} if text else None

    def carried(self, before: D, after: D, reply: Reply) -> Reply | None:
        """An answer given to a former edition of the question, as one to this edition; None where it cannot be compared, because
        other answers are offered or their order means something."""
        return reply if set(self.differences(before, after)) <= {"key"} else None

    def demo(self, asked: Asked[D], right: bool) -> Sequence[str]:
        """What the form would send for a right or a wrong answer: people on a demonstration site answer so."""
        return ()

    def complaint(self, data: D, reply: Reply | None) -> Message | None:
        """What a person should know before they finish: no answer, or one that cannot be right as it is written."""
        return None if reply else Message(mark("not answered"))

    @abstractmethod
    def fields(self, visit: Visit, asked: Asked[D]) -> Markup:
        """The fields, to stand within a `<fieldset>` whose text has the id `<asked.name>-text`. Nothing of the key may
        show."""

    @abstractmethod
    def review(self, visit: Visit, asked: Asked[D]) -> Markup:
        """The answer, what would have been right, and the feedback; only asked for after the attempt is finished."""


def said(value: Decimal | float) -> str:
    """A number with the sign that the reader's language puts before the decimals."""
    whole, _, part = f"{value if isinstance(value, Decimal) else Decimal(f'{value:.12g}'):f}".partition(".")
    return gettext("{whole}.{part}", whole=whole, part=part) if part else whole


def picked(known: Sequence[str], text: str) -> int:
    """The place of the one thing that `text` names, by its words or by its number from 1. Raises ValueError for any other."""
    words = rules.normal(text)
    for place, each in enumerate(known):
        if rules.normal(each) == words:
            return place
    if words.isdecimal() and 1 <= int(words) <= len(known):
        return int(words) - 1
    raise ValueError(words)
