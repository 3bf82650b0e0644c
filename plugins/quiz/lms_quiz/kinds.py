"""Kinds of question as the site knows them: the pure half (how it is written) joined with reading, marking and showing.

A kind is a contribution of its own: another plugin may bring one (see `api.py`), and the quiz takes it up when the
site is put together.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, Generic, TypeVar

from markupsafe import Markup

from lms.plugin import Contribution, Message, Visit, gettext, mark
from lms_quiz import rules
from lms_quiz.format import (
    ChoiceForm,
    Figures,
    Frozen,
    ManyForm,
    NumberForm,
    OneForm,
    Option,
    Options,
    Question,
    QuestionForm,
    TextForm,
    Truth,
    TruthForm,
    Wordings,
)

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

    def order(self, count: int) -> list[int]:
        """The order in which `count` options are shown."""
        return rules.order(self.seed, self.place, count, self.shuffle)


class QuestionKind(QuestionForm[D], Contribution, Generic[D]):
    """A kind of question. Subclass it, together with its pure half, and contribute an object of it."""

    @abstractmethod
    def read(self, asked: Asked[D], sent: Sequence[str]) -> Reply | None:
        """What was sent in the fields named `asked.name`, as the answer to keep; None when nothing was answered.
        Whatever cannot be understood is left out: this must not raise."""

    @abstractmethod
    def mark(self, data: D, reply: Reply | None, partial: bool) -> rules.Mark:
        """The mark. `partial`: whether a part of the right answer is worth a part of the points."""

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


@dataclass(frozen=True)
class Shown:
    """An option as a page shows it."""

    option: Option
    token: str
    chosen: bool


@dataclass(frozen=True)
class AskedOptions(Asked[Options]):
    """With the options in the attempt's order."""

    @cached_property
    def shown(self) -> tuple[Shown, ...]:
        """All options."""
        options = self.data.options
        chosen = set((self.reply or {}).get("chosen", ()))
        return tuple(Shown(options[place], self.token(place), place in chosen) for place in self.order(len(options)))


class _Choice(ChoiceForm, QuestionKind[Options]):
    def read(self, asked: Asked[Options], sent: Sequence[str]) -> Reply | None:
        """The places of the chosen options."""
        tokens = set(sent)
        chosen = [place for place in range(len(asked.data.options)) if asked.token(place) in tokens]
        return {"chosen": chosen} if chosen else None

    def fields(self, visit: Visit, asked: Asked[Options]) -> Markup:
        """Radio buttons or check boxes."""
        return visit.render("quiz/_choice.html", asked=AskedOptions(**vars(asked)), many=isinstance(self, ManyForm))

    def review(self, visit: Visit, asked: Asked[Options]) -> Markup:
        """All options, the chosen and the right ones marked in words."""
        return visit.render("quiz/_choice_review.html", asked=AskedOptions(**vars(asked)))


class One(OneForm, _Choice):
    """One of several."""

    def mark(self, data: Options, reply: Reply | None, partial: bool) -> rules.Mark:
        """All or nothing."""
        return rules.mark_one([option.right for option in data.options], (reply or {}).get("chosen", ()))


class Many(ManyForm, _Choice):
    """Any of several."""

    def mark(self, data: Options, reply: Reply | None, partial: bool) -> rules.Mark:
        """Parts count unless the author says otherwise."""
        return rules.mark_many([option.right for option in data.options], (reply or {}).get("chosen", ()), partial)


class TrueOrFalse(TruthForm, QuestionKind[Truth]):
    """A statement that is true or false."""

    def read(self, asked: Asked[Truth], sent: Sequence[str]) -> Reply | None:
        """Which of the two."""
        for value in (True, False):
            if asked.token(value) in sent:
                return {"value": value}
        return None

    def mark(self, data: Truth, reply: Reply | None, partial: bool) -> rules.Mark:
        """All or nothing."""
        return rules.mark_truth(data.right, bool(reply["value"])) if reply else rules.NO_ANSWER

    def fields(self, visit: Visit, asked: Asked[Truth]) -> Markup:
        """Two radio buttons."""
        return visit.render("quiz/_truth.html", asked=asked)

    def review(self, visit: Visit, asked: Asked[Truth]) -> Markup:
        """The answer and the right one."""
        return visit.render("quiz/_truth_review.html", asked=asked)


class _Typed(QuestionKind[D], Generic[D]):
    mode: str = "text"

    def read(self, asked: Asked[D], sent: Sequence[str]) -> Reply | None:
        """The text, shortened to what is kept."""
        text = " ".join(sent[0].split())[: rules.LONGEST] if sent else ""
        return {"text": text} if text else None

    def fields(self, visit: Visit, asked: Asked[D]) -> Markup:
        """One input."""
        return visit.render("quiz/_typed.html", asked=asked, mode=self.mode, longest=rules.LONGEST)


class Typed(TextForm, _Typed[Wordings]):
    """Typed text."""

    def mark(self, data: Wordings, reply: Reply | None, partial: bool) -> rules.Mark:
        """All or nothing."""
        return rules.mark_text([answer.forms for answer in data.accepted], str((reply or {}).get("text", "")))

    def review(self, visit: Visit, asked: Asked[Wordings]) -> Markup:
        """What was typed, and what is right."""
        right = [answer.forms[0] for answer in asked.data.accepted]
        return visit.render("quiz/_typed_review.html", asked=asked, right=right)


class Number(NumberForm, _Typed[Figures]):
    """A number."""

    mode = "decimal"

    def mark(self, data: Figures, reply: Reply | None, partial: bool) -> rules.Mark:
        """All or nothing."""
        return rules.mark_number([figure.key for figure in data.accepted], str((reply or {}).get("text", "")))

    def complaint(self, data: Figures, reply: Reply | None) -> Message | None:
        """Text where a number is asked for is a slip that should not cost a mark."""
        if reply and rules.typed_number(str(reply.get("text", ""))) is None:
            return Message(mark("the answer is not a number"))
        return super().complaint(data, reply)

    def review(self, visit: Visit, asked: Asked[Figures]) -> Markup:
        """What was typed, and what is right with its tolerance."""
        right = [
            said(value) + (f" ± {said(tolerance)}" if tolerance else "") + ("%" if percent and tolerance else "")
            for value, tolerance, percent in (figure.key for figure in asked.data.accepted)
        ]
        return visit.render("quiz/_typed_review.html", asked=asked, right=right)


def said(value: Decimal) -> str:
    """A number with the sign that the reader's language puts before the decimals."""
    whole, _, part = f"{value:f}".partition(".")
    return gettext("{whole}.{part}", whole=whole, part=part) if part else whole


STANDARD: tuple[QuestionKind[Any], ...] = (One(), Many(), TrueOrFalse(), Number(), Typed())
"""The kinds that come with the quiz, in the order they are asked whether a question is theirs."""
