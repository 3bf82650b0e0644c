"""Statements that are true or false, and typed text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, Generic, TypeVar

from markupsafe import Markup

from courses.blocks import BodySource
from courses.problems import N_, Report
from lms.plugin import Visit, gettext
from lms_quiz import rules
from lms_quiz.kinds.base import Asked, QuestionKind, Reply, picked
from lms_quiz.question import Difference, Frozen, feedback_of, weigh, weighted
from lms_quiz.wordings import Folding, PatternError, is_pattern, pattern, plain
from lms_quiz.written import EQUALS, Answer, Written

D = TypeVar("D", bound=Frozen)


class Truth(Frozen):
    """Whether the statement is true, and what to say to those who found that."""

    right: bool
    feedback: str = ""


class TrueOrFalse(QuestionKind[Truth]):
    """A statement that is true or false."""

    name = "truth"
    sign = EQUALS
    summary = N_("True or false: `= true` or `= false` (`= верно`, `= неверно`).")
    Data = Truth
    words: ClassVar[Mapping[str, bool]] = {"true": True, "false": False, "верно": True, "неверно": False}

    def claims(self, answers: Sequence[Answer]) -> bool:
        """One of the four words, alone."""
        return any(rules.normal(answer.text) in self.words for answer in answers)

    def parse(self, written: Written, source: BodySource, report: Report) -> Truth | None:
        """Exactly one answer line."""
        first, *others = written.answers
        for answer in others:
            report.add(
                answer.line, answer.column, "quiz-two-right",
                N_("A statement is either true or false: one answer is enough."),
                hint=N_("Take this line out."),
            )  # fmt: skip
        if others:
            return None
        return Truth(right=self.words[rules.normal(first.text)], feedback=feedback_of(first, source))

    def remarks(self, data: Truth, matched: Sequence[int]) -> Sequence[str]:
        """To those who found it."""
        return (data.feedback,) if matched and data.feedback else ()

    def shape(self, data: Truth) -> bool:
        """The answer."""
        return data.right

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

    def demo(self, asked: Asked[Truth], right: bool) -> Sequence[str]:
        """One of the two."""
        return [asked.token(asked.data.right if right else not asked.data.right)]

    def fields(self, visit: Visit, asked: Asked[Truth]) -> Markup:
        """Two radio buttons."""
        return visit.render("quiz/_truth.html", asked=asked)

    def review(self, visit: Visit, asked: Asked[Truth]) -> Markup:
        """The answer and the right one."""
        return visit.render("quiz/_truth_review.html", asked=asked)


class TypedKind(QuestionKind[D], Generic[D]):
    """What kinds with one input share."""

    mode: str = "text"

    def read(self, asked: Asked[D], sent: Sequence[str]) -> Reply | None:
        """The text, shortened to what is kept."""
        text = " ".join(sent[0].split())[: rules.LONGEST] if sent else ""
        return {"text": text} if text else None

    def fields(self, visit: Visit, asked: Asked[D]) -> Markup:
        """One input."""
        return visit.render("quiz/_typed.html", asked=asked, mode=self.mode, longest=rules.LONGEST)


class Wording(Frozen):
    """One accepted answer in its several forms, and the share of the points it brings."""

    forms: tuple[str, ...]
    feedback: str = ""
    weight: float = 1.0


class Folded(Frozen):
    """What is typed, and which differences count."""

    case: bool = False
    spaces: bool = False
    yo: bool = False

    @property
    def folding(self) -> Folding:
        """As the comparison takes it."""
        return Folding(self.case, self.spaces, self.yo)


class Wordings(Folded):
    """All accepted answers."""

    accepted: tuple[Wording, ...]

    @property
    def right(self) -> tuple[str, ...]:
        """What is fully right, as people may read it: the first form of each answer."""
        return tuple(plain(one.forms[0]) for one in self.accepted if one.weight >= 1)


class Typed(TypedKind[Wordings]):
    """Typed text."""

    name = "text"
    sign = EQUALS
    summary = N_(
        "Typed text: `= chronicler | the chronicler`; letter case, extra spaces and ё make no difference, unless the question ends"
        " with `{case=true}`, `{spaces=true}` or `{yo=true}`. `= 80% scribe` brings a part of the points, `*` stands for any"
        " letters (`\\*` for the sign itself), `= /colou?r/` is a regular expression for the whole answer."
    )
    Data = Wordings
    partly = True

    def differences(self, before: Wordings, after: Wordings) -> Sequence[Difference]:
        """Which forms are right, as they are compared with what people type."""
        old, new = (
            {(data.folding.of(form), one.weight) for one in data.accepted for form in one.forms}
            for data in (before, after)
        )
        return () if (old, before.folding) == (new, after.folding) else ("key",)

    def remarks(self, data: Wordings, matched: Sequence[int]) -> Sequence[str]:
        """Of the answer given."""
        return tuple(data.accepted[place].feedback for place in matched if data.accepted[place].feedback)

    def parse(self, written: Written, source: BodySource, report: Report) -> Wordings | None:
        """At least one form on every line; one of them is fully right."""
        found: list[Wording] = []
        for answer in written.answers:
            weight, text = weighted(answer.text)
            forms = forms_of(text, answer, report)
            if forms:
                worth = 1.0 if weight is None else weight
                found.append(Wording(forms=forms, feedback=feedback_of(answer, source), weight=worth))
        if len(found) < len(written.answers) or not weigh(max(one.weight for one in found), written, report):
            return None
        return Wordings(accepted=tuple(found), case=written.case, spaces=written.spaces, yo=written.yo)

    def read(self, asked: Asked[Wordings], sent: Sequence[str]) -> Reply | None:
        """The text, with its spaces where they count."""
        if not asked.data.spaces:
            return super().read(asked, sent)
        text = sent[0].strip()[: rules.LONGEST] if sent else ""
        return {"text": text} if text else None

    def mark(self, data: Wordings, reply: Reply | None, partial: bool) -> rules.Mark:
        """What the best answer that fits is worth."""
        weights = [one.weight if partial else float(one.weight >= 1) for one in data.accepted]
        text = str((reply or {}).get("text", ""))
        return rules.mark_text([one.forms for one in data.accepted], text, weights, data.folding)

    def demo(self, asked: Asked[Wordings], right: bool) -> Sequence[str]:
        """The first form of the first answer."""
        return [next(iter(asked.data.right), "?") if right else "?"]

    def review(self, visit: Visit, asked: Asked[Wordings]) -> Markup:
        """What was typed, and what is right."""
        return visit.render("quiz/_typed_review.html", asked=asked, right=asked.data.right)


def forms_of(text: str, answer: Answer, report: Report) -> tuple[str, ...]:
    """The forms of one accepted answer; () when it is wrong, which is reported."""
    text = text.strip()
    if is_pattern(text):
        try:
            pattern(text[1:-1])
        except PatternError as error:
            report.add(
                answer.line, answer.column, "quiz-pattern", error.text,
                hint=N_("Known are letters, . [a-z] (a|b) ? * + {2,3} \\d \\w \\s; write \\ before a sign that is meant itself."),
                **error.values,
            )  # fmt: skip
            return ()
        return (text,)
    forms = tuple(form.strip() for form in text.split("|") if form.strip())
    if not forms:
        report.add(
            answer.line, answer.column, "quiz-answer-empty", N_("After the sign = the right answer is missing."),
            hint=N_("Write it behind the sign; put | between several forms of it."),
        )  # fmt: skip
    return forms
