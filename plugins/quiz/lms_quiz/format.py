"""How a quiz is written: options of the block, questions, and the four ways of answering that come with it.

This is one module because the grammar is one: what an author writes, what is stored of it and what is said when it is wrong
are read side by side. Pure: neither Flask, SQLAlchemy nor the core.

    1. The question, going on {points=2}
       over further lines.
       - ( ) an option
         > what is said to those who chose it
       - (x) the right one
       > the explanation of the whole question
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, ClassVar, Generic, Literal, TypeVar, cast

from pydantic import BaseModel, ConfigDict, Field, model_validator

from courses.blocks import BodySource, Finding, Flag, refusal
from courses.changes import paired, same_meaning
from courses.ids import Share
from courses.moments import Moment
from courses.problems import N_, Report
from courses.text import plain_text
from lms_quiz import rules
from lms_quiz.options import AttemptSettings
from lms_quiz.written import EQUALS, ROUND, SQUARE, Answer, Sign, Written, cut, trimmed

# ------------------------------------------------------------------------------------------- the checked quiz


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
    data: dict[str, Any] = Field(default_factory=dict)


class QuizSettings(AttemptSettings):
    """`attempts`: 0 = any number · `pass`: the share that passes · `opens`, `closes`: when · `shuffle`: options in a
    new order for
    every attempt · `partial`: whether a part of the right choices gives a part of the points."""

    attempts: int = Field(
        default=0, ge=0, le=1000, description=N_("How many attempts a person has; 0: any number."), examples=["2"]
    )
    pass_mark: Share | None = Field(
        default=None,
        alias="pass",
        description=N_("The share of the points that passes; without it finishing is enough."),
        examples=["60%"],
    )
    opens: Moment | None = Field(default=None, description=N_("When attempts may begin."), examples=["day 3"])
    closes: Moment | None = Field(
        default=None, description=N_("When the last attempt must be finished."), examples=["day 10 21:00"]
    )
    shuffle: bool = Field(
        default=False, description=N_("Whether every attempt has the options in a new order."), examples=["true"]
    )
    partial: bool = Field(
        default=True,
        description=N_("Whether a part of the right choices gives a part of the points."),
        examples=["false"],
    )
    self_check: Flag = Field(
        default=False,
        description=N_(
            "A self-check: asked within the lesson, answered at once, as often as one likes, no points, nothing required."
        ),
        examples=["true"],
    )
    intro: str = Field(default="", json_schema_extra={"from_body": True})
    questions: tuple[Question, ...] = Field(default=(), json_schema_extra={"from_body": True})

    @model_validator(mode="before")
    @classmethod
    def _free(cls, data: Any) -> Any:
        """Nobody has to do a self-check, unless its author says so, which is then refused."""
        if isinstance(data, dict) and data.get("self-check", data.get("self_check", False)) not in (False, "false"):
            return {"required": False, **data}
        return data

    @model_validator(mode="after")
    def _consistent(self) -> QuizSettings:
        if self.self_check:
            clash = {"required": self.required, "behaviour": self.behaviour != "deferred", "attempts": self.attempts,
                     "pass": self.pass_mark is not None, "opens": self.opens is not None, "closes": self.closes is not None}  # fmt: skip
            found = [
                Finding(
                    (key,), "quiz-self-check", N_("A self-check has no “{key}”: nothing of it is counted."),
                    N_("Take this line out, or the line :self-check:"), {"key": key},
                )
                for key, written in clash.items() if written
            ]  # fmt: skip
            if found:
                raise refusal("quiz", found)
        return self

    @property
    def max_points(self) -> float:
        """The sum over all questions."""
        return sum(question.points for question in self.questions)


# ------------------------------------------------------------------------------------------- kinds of question

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
    summary: ClassVar[str] = ""
    """One English sentence for the reference of the format, marked for translation."""

    def claims(self, answers: Sequence[Answer]) -> bool:
        """Whether answers written with this sign are of this kind; the first kind that says so takes the question."""
        return True

    @abstractmethod
    def parse(self, written: Written, source: BodySource, report: Report) -> D | None:
        """What to store; None when problems were reported that leave nothing to store."""

    def remarks(self, data: D, matched: Sequence[int]) -> Sequence[str]:
        """What the author says (HTML) to those who gave these answers, by place (see `rules.Mark.matched`)."""
        return ()

    def shape(self, data: D) -> Any:
        """What an answer given earlier depends on, as JSON: an attempt under way is void when it has changed. Words
        are left out,
        so that a corrected spelling or a translation changes nothing."""
        return None

    partly: ClassVar[bool] = False
    """Whether an answer can be right in part."""

    def differences(self, before: D, after: D) -> Sequence[Difference]:
        """What a change of the question's data means for answers given before; spelling is no difference."""
        return () if self.shape(before) == self.shape(after) else ("key",)

    def data_of(self, question: Question) -> D:
        """The question's data, typed."""
        found = question.__dict__.get(
            "_typed"
        )  # checked once, as questions never change; kept where cached properties are
        if not isinstance(found, self.Data):
            found = question.__dict__["_typed"] = self.Data.model_validate(question.data)
        return found


def feedback_of(answer: Answer, source: BodySource) -> str:
    """HTML of what stands below an answer, "" without."""
    text, line = trimmed(answer.feedback, answer.feedback_line)
    return source.html(text, line) if text else ""


class Option(Frozen):
    """A box and its label (HTML)."""

    html: str
    right: bool = False
    feedback: str = ""


class Options(Frozen):
    """The options in the order of the file."""

    options: tuple[Option, ...]


class ChoiceForm(QuestionForm[Options]):
    """What both kinds of boxes share."""

    Data = Options

    def parse(self, written: Written, source: BodySource, report: Report) -> Options | None:
        """Options with their labels, each said once; at least two, at least one right."""
        answers = written.answers
        seen: dict[str, Answer] = {}
        fine = True
        for answer in answers:
            words = rules.normal(answer.text)
            if not words:
                fine = False
                report.add(answer.line, answer.column, "quiz-option-empty", N_("This option has no text."))
            elif words in seen:
                fine = False
                report.add(
                    answer.line, answer.column, "quiz-option-twice",
                    N_("This option is the same as the one on line {first}."),
                    hint=N_("Change one of them or take it out."), first=seen[words].line,
                )  # fmt: skip
            seen.setdefault(words, answer)
        if len(answers) == 1:
            fine = False
            report.add(
                answers[0].line, answers[0].column, "quiz-option-alone", N_("One option is nothing to choose from."),
                hint=N_("Add others, or write “= true” for a statement that is true or false."),
            )  # fmt: skip
        elif not any(answer.ticked for answer in answers):
            fine = False
            report.add(
                written.line, written.column, "quiz-no-right", N_("No answer of this question is marked as right."),
                hint=N_("Put an x into the box of the right one: {shown}"),
                shown=answers[0].sign.shown.replace(" ", "x"),
            )  # fmt: skip
        if not fine or not self.agreed(answers, report):
            return None
        return Options(
            options=tuple(
                Option(
                    html=source.inline(answer.text, answer.line),
                    right=answer.ticked,
                    feedback=feedback_of(answer, source),
                )
                for answer in answers
            )
        )

    def agreed(self, answers: Sequence[Answer], report: Report) -> bool:
        """What one of the two kinds asks on top."""
        return True

    def remarks(self, data: Options, matched: Sequence[int]) -> Sequence[str]:
        """Of the chosen options."""
        return tuple(data.options[place].feedback for place in matched if data.options[place].feedback)

    def shape(self, data: Options) -> list[bool]:
        """Which options are right, in order."""
        return [option.right for option in data.options]

    def differences(self, before: Options, after: Options) -> Sequence[Difference]:
        """By the options' words: which are right, which are offered, in which order."""
        old, new = before.options, after.options
        labels = [plain_text(one.html) for one in old], [plain_text(one.html) for one in new]
        pairs = paired(*labels)
        both = [(was, now) for was, now in pairs if was is not None and now is not None]
        found: list[Difference] = []
        if any(old[was].right != new[now].right for was, now in both):
            found.append("key")
        if len(both) < len(pairs) or not all(same_meaning(labels[0][was], labels[1][now]) for was, now in both):
            found.append("choices")
        if not found and any(was != now for was, now in both) and self.shape(before) != self.shape(after):
            found.append("order")
        return found


class OneForm(ChoiceForm):
    """One of several."""

    name = "one"
    sign = ROUND
    summary = N_("One of several: `- ( )` and, for the right one, `- (x)`.")

    def agreed(self, answers: Sequence[Answer], report: Report) -> bool:
        """Round boxes have one right answer."""
        ticked = [answer for answer in answers if answer.ticked]
        for answer in ticked[1:]:
            report.add(
                answer.line, answer.column, "quiz-two-right", N_("Of round boxes only one can be right."),
                hint=N_("Use square boxes, - [x], where several answers are right."),
            )  # fmt: skip
        return len(ticked) == 1


class ManyForm(ChoiceForm):
    """Any of several."""

    name = "many"
    sign = SQUARE
    partly = True
    summary = N_("Any of several: `- [ ]` and, for each right one, `- [x]`.")


class Truth(Frozen):
    """Whether the statement is true, and what to say to those who found that."""

    right: bool
    feedback: str = ""


class TruthForm(QuestionForm[Truth]):
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


class Figure(Frozen):
    """A number with its tolerance, both as decimal texts; `percent`: the tolerance is a part of the value."""

    value: str
    tolerance: str = "0"
    percent: bool = False
    feedback: str = ""

    @property
    def key(self) -> tuple[Decimal, Decimal, bool]:
        """As `rules.mark_number` takes it."""
        return Decimal(self.value), Decimal(self.tolerance), self.percent


class Figures(Frozen):
    """All numbers that are right."""

    accepted: tuple[Figure, ...]


_TOLERANCE = re.compile(r"\s*(?:±|\+/?-|\+/?\u2212)\s*")


class NumberForm(QuestionForm[Figures]):
    """A number with a tolerance."""

    name = "number"
    sign = EQUALS
    summary = N_("A number: `= 2004`, `= 2004 ± 1`, `= 9,8 ± 5%`; people may type a decimal comma or point.")
    Data = Figures

    def differences(self, before: Figures, after: Figures) -> Sequence[Difference]:
        """Which numbers are right, in any order and however they are written."""
        return () if {one.key for one in before.accepted} == {one.key for one in after.accepted} else ("key",)

    def claims(self, answers: Sequence[Answer]) -> bool:
        """Numbers only, or anything with a tolerance."""
        return any(_TOLERANCE.search(answer.text) for answer in answers) or all(
            rules.number(answer.text) is not None for answer in answers
        )

    def remarks(self, data: Figures, matched: Sequence[int]) -> Sequence[str]:
        """Of the answer given."""
        return tuple(data.accepted[place].feedback for place in matched if data.accepted[place].feedback)

    def parse(self, written: Written, source: BodySource, report: Report) -> Figures | None:
        """Each line a number, and a tolerance that is not negative."""
        found: list[Figure] = []
        for answer in written.answers:
            whole, _, rest = (part.strip() for part in _split(answer.text))
            value = rules.number(whole)
            tolerance = rules.number(rest.removesuffix("%")) if rest else Decimal(0)
            if value is None or tolerance is None or tolerance < 0 or (not rest and _TOLERANCE.search(answer.text)):
                report.add(
                    answer.line, answer.column, "quiz-number", N_("“{text}” is no number with a tolerance."),
                    hint=N_("Write it as in = 2004 ± 1 or = 9.8 ± 5%."), text=answer.text[:60],
                )  # fmt: skip
                continue
            found.append(
                Figure(
                    value=str(value),
                    tolerance=str(tolerance),
                    percent=rest.endswith("%"),
                    feedback=feedback_of(answer, source),
                )
            )
        return Figures(accepted=tuple(found)) if len(found) == len(written.answers) else None


def _split(text: str) -> tuple[str, str, str]:
    match = _TOLERANCE.search(text, 1)
    return (text[: match.start()], match[0], text[match.end() :]) if match else (text, "", "")


class Wording(Frozen):
    """One right answer in its several forms."""

    forms: tuple[str, ...]
    feedback: str = ""


class Wordings(Frozen):
    """All right answers."""

    accepted: tuple[Wording, ...]


class TextForm(QuestionForm[Wordings]):
    """Typed text."""

    name = "text"
    sign = EQUALS
    summary = N_("Typed text: `= chronicler | the chronicler`; letter case, extra spaces and ё make no difference.")
    Data = Wordings

    def differences(self, before: Wordings, after: Wordings) -> Sequence[Difference]:
        """Which forms are right, as they are compared with what people type."""
        old, new = ({rules.normal(form) for one in data.accepted for form in one.forms} for data in (before, after))
        return () if old == new else ("key",)

    def remarks(self, data: Wordings, matched: Sequence[int]) -> Sequence[str]:
        """Of the answer given."""
        return tuple(data.accepted[place].feedback for place in matched if data.accepted[place].feedback)

    def parse(self, written: Written, source: BodySource, report: Report) -> Wordings | None:
        """At least one form on every line."""
        found: list[Wording] = []
        for answer in written.answers:
            forms = tuple(form.strip() for form in answer.text.split("|") if form.strip())
            if not forms:
                report.add(
                    answer.line, answer.column, "quiz-answer-empty",
                    N_("After the sign = the right answer is missing."),
                    hint=N_("Write it behind the sign; put | between several forms of it."),
                )  # fmt: skip
                continue
            found.append(Wording(forms=forms, feedback=feedback_of(answer, source)))
        return Wordings(accepted=tuple(found)) if len(found) == len(written.answers) else None


# ------------------------------------------------------------------------------------------- the whole body

GRAMMAR = (
    N_("Text before the first question is an introduction."),
    N_("A question begins with its number at the left margin, `1. Which form …?`; its text may go on below, indented."),
    N_(
        "`{points=2}` at the end of that line gives it points (1 without); `{partial=false}` gives them whole or not at all."
    ),
    N_("Its answers stand below it, indented, all of one kind; `>` under an answer is said to those who gave it."),
    N_("`>` under the question, after all answers, explains it when the attempt is finished."),
    N_(
        "`? text` below a question is a hint: one is shown after each wrong try, in this order, where there are several tries."
    ),
)
"""What may stand in the body, beside the kinds of answers."""

EXAMPLE = N_(
    ":::{quiz} Check yourself\n"
    ":id: forms-quiz\n"
    ":minutes: 10\n"
    ":pass: 60%\n"
    "\n"
    "1. Which form of work needs no common time?\n"
    "   - ( ) a video conference\n"
    "   - (x) a forum\n"
    "     > Right: everybody writes when it suits them.\n"
    "   - ( ) a chat\n"
    "2. Mark whatever belongs to work at different times. {points=2}\n"
    "   - [x] a forum\n"
    "   - [x] a mailing list\n"
    "   - [ ] a chat\n"
    "3. How many minutes has an academic hour?\n"
    "   = 45\n"
    "4. In one word: what do participants of a workshop write about each other's works?\n"
    "   = reviews | a review | review\n"
    "   > Two reviews say more than one.\n"
    "5. A seminar can be recorded.\n"
    "   = true\n"
    ":::"
)


def signs_of(kinds: Sequence[QuestionForm[Any]]) -> tuple[Sign, ...]:
    """The different signs of these kinds, in order."""
    return tuple({kind.sign.name: kind.sign for kind in kinds}.values())


def parse_body(source: BodySource, report: Report, kinds: Sequence[QuestionForm[Any]]) -> dict[str, Any]:
    """The fields `intro` and `questions` of the settings; whatever is wrong goes to the report with its true line."""
    intro, written = cut(source.lines(), signs_of(kinds), report)
    text, line = trimmed(intro, source.line)
    if not written:
        report.add(
            line if text else source.line, 1, "quiz-no-questions", N_("This quiz has no questions."),
            hint=N_("Begin each question with its number at the left margin: “1. …”, and indent the answers below it."),
        )  # fmt: skip
    questions = [question for each in written for question in _questions(each, source, report, kinds)]
    return {
        "intro": source.html(text, line) if text else "",
        "questions": [question.model_dump(mode="json") for question in questions],
    }


def _questions(
    written: Written, source: BodySource, report: Report, kinds: Sequence[QuestionForm[Any]]
) -> Iterator[Question]:
    text, line = trimmed(written.text, written.line)
    if not text:
        report.add(
            written.line, written.column, "quiz-question-empty", N_("This question has no text."),
            hint=N_("Write the question behind its number."),
        )  # fmt: skip
    if not written.answers:
        report.add(
            written.line, written.column, "quiz-no-answers", N_("This question has no answers."),
            hint=N_("Indent them below it: - ( ) one of several, - [ ] any of several, = a typed answer."),
        )  # fmt: skip
        return
    first = written.answers[0]
    odd = next((answer for answer in written.answers if answer.sign.name != first.sign.name), None)
    if odd is not None:
        report.add(
            odd.line, odd.column, "quiz-mixed", N_("This question mixes answers of the kinds {first} and {other}."),
            hint=N_("Use one kind for all answers of a question."), first=first.sign.shown, other=odd.sign.shown,
        )  # fmt: skip
        return
    fitting = (each for each in kinds if each.sign.name == first.sign.name and each.claims(written.answers))
    kind = next(fitting, None)
    if kind is None:
        report.add(
            first.line, first.column, "quiz-answers-unknown", N_("No kind of question understands answers written like this."),
            hint=N_("Compare them with the examples in the description of the format."),
        )  # fmt: skip
        return
    data = cast(Frozen | None, kind.parse(written, source, report))
    if data is None or not text:
        return
    explanation, below = trimmed(written.explanation, written.explanation_line)
    yield Question(
        kind=kind.name,
        text=source.html(text, line),
        line=written.line,
        points=written.points,
        partial=written.partial,
        explanation=source.html(explanation, below) if explanation else "",
        hints=tuple(source.html("\n".join(lines), number) for number, lines in written.hints),
        data=data.model_dump(mode="json"),
    )
