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
from math import fsum
from typing import Any, Generic, TypeVar

from markupsafe import Markup

from courses.text import plain_text
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

    def guess(self, data: D, partial: bool) -> float | None:
        """The share of the points that blind guessing gets on average; None where nobody can say."""
        return None

    def choices(self, data: D) -> Sequence[str]:
        """Everything there is to choose from, as plain text, in the author's order; () where people type."""
        return ()

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


def picked(known: Sequence[str], text: str) -> int:
    """The place of the one thing that `text` names, by its words or by its number from 1. Raises ValueError for any other."""
    words = rules.normal(text)
    for place, each in enumerate(known):
        if rules.normal(each) == words:
            return place
    if words.isdecimal() and 1 <= int(words) <= len(known):
        return int(words) - 1
    raise ValueError(words)


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

    def choices(self, data: Options) -> Sequence[str]:
        """The options' words."""
        return tuple(plain_text(option.html) for option in data.options)

    def labels(self, data: Options, reply: Reply | None) -> Sequence[str]:
        """The chosen options."""
        known = self.choices(data)
        return tuple(known[place] for place in (reply or {}).get("chosen", ()) if 0 <= place < len(known))

    def spoken(self, data: Options, text: str) -> Reply | None:
        """Options by their words or their numbers."""
        known = self.choices(data)
        chosen = sorted({picked(known, part) for part in text.split("|") if part.strip()})
        return {"chosen": chosen} if chosen else None

    def fields(self, visit: Visit, asked: Asked[Options]) -> Markup:
        """Radio buttons or check boxes."""
        return visit.render("quiz/_choice.html", asked=AskedOptions(**vars(asked)), many=isinstance(self, ManyForm))

    def review(self, visit: Visit, asked: Asked[Options]) -> Markup:
        """All options, the chosen and the right ones marked in words."""
        return visit.render("quiz/_choice_review.html", asked=AskedOptions(**vars(asked)))


class One(OneForm, _Choice):
    """One of several."""

    def guess(self, data: Options, partial: bool) -> float | None:
        """The mean of what the options are worth."""
        return fsum(self.mark(data, {"chosen": [place]}, partial).share for place in range(len(data.options))) / len(
            data.options
        )

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

    def guess(self, data: Truth, partial: bool) -> float | None:
        """A toss of a coin."""
        return 0.5

    def choices(self, data: Truth) -> Sequence[str]:
        """The two words."""
        return gettext("True"), gettext("False")

    def labels(self, data: Truth, reply: Reply | None) -> Sequence[str]:
        """Which of the two."""
        return (self.choices(data)[0 if reply["value"] else 1],) if reply else ()

    def spoken(self, data: Truth, text: str) -> Reply | None:
        """As authors write it, or as the page says it."""
        word = rules.normal(text)
        if not word:
            return None
        return {"value": self.words[word] if word in self.words else picked(self.choices(data), text) == 0}

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
