"""How a quiz is written: options of the block, and questions; what their answers mean say the kinds of question. Pure: neither
Flask, SQLAlchemy nor the core.

1. The question, going on {points=2}
   over further lines.
   - ( ) an option
     > what is said to those who chose it
   - (x) the right one
   > the explanation of the whole question
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, cast

from pydantic import Field, model_validator

from courses.blocks import BodySource, Finding, Flag, refusal
from courses.ids import Share
from courses.moments import Moment
from courses.problems import N_, Report
from lms_quiz.live.options import LiveSettings
from lms_quiz.options import AttemptSettings, Review
from lms_quiz.posed import Draft
from lms_quiz.question import Frozen, Question, QuestionForm
from lms_quiz.written import Sign, Written, cut, stray, trimmed

# ------------------------------------------------------------------------------------------- the checked quiz


class QuizSettings(AttemptSettings, LiveSettings):
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
    shuffle_questions: Flag = Field(
        default=False, description=N_("Whether every attempt has the questions in a new order."), examples=["true"]
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
    pooled: int = Field(default=0, json_schema_extra={"from_body": True})
    """How many of the questions, the last ones, are of banks."""

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
            clash = {
                "required": self.required, "behaviour": self.behaviour != "deferred", "attempts": self.attempts,
                "pass": self.pass_mark is not None, "bank": bool(self.bank), "shuffle-questions": self.shuffle_questions,
                "opens": self.opens is not None, "closes": self.closes is not None, "time": self.time,
                "grade": self.grade != "best", "pages": self.pages != "all", "review": self.review != Review(),
            }  # fmt: skip
            found = [
                Finding(
                    (key,), "quiz-self-check", N_("A self-check has no “{key}”: nothing of it is counted."),
                    N_("Take this line out, or the line :self-check:"), {"key": key},
                )
                for key, written in clash.items() if written
            ]  # fmt: skip
            if found:
                raise refusal("quiz", found)
        impossible = self._never_shown()
        if impossible:
            raise refusal("quiz", [Finding(("review",), "quiz-review", *impossible)])
        return self

    def _never_shown(self) -> tuple[str, str] | None:
        """What cannot be shown when the author wants it: why, and what to do."""
        review = self.review
        if "closed" in (review.marks, review.answers, review.explanations, review.distribution) and self.closes is None:
            return (
                N_("Something is to be shown when the quiz is closed, but it never closes."),
                N_("Add the moment it closes, as in :closes: day 10, or show it “after” handing in."),
            )
        if review.marks == "never" and self.pass_mark is not None:
            return (
                N_("There is a pass mark, but marks are never shown, so nobody would know whether they passed."),
                N_("Take out “pass”, or show marks once they are “released”."),
            )
        if review.marks != "during" and self.behaviour in ("interactive", "adaptive", "exam"):
            return (
                N_("Whoever has several tries at a question must see whether the last one was right."),
                N_("Write “marks during”, or choose the behaviour “deferred”."),
            )
        return None

    @property
    def own(self) -> tuple[Question, ...]:
        """The questions written in the quiz itself."""
        return self.questions[: len(self.questions) - self.pooled]

    @property
    def pool(self) -> tuple[Question, ...]:
        """The questions of banks."""
        return self.questions[len(self.questions) - self.pooled :]

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """What attempts know each question by, in every language: its id; one without is known by its place."""
        seen: dict[str, int] = {}
        return tuple(
            one.id if one.id and seen.setdefault(one.id, place) == place else f"#{place}"
            for place, one in enumerate(self.questions)
        )

    @cached_property
    def places(self) -> Mapping[str, int]:
        """Places of the questions by key."""
        return {key: place for place, key in enumerate(self.keys)}

    @property
    def drawn(self) -> int:
        """How many questions of banks an attempt asks."""
        return min(self.draw or self.pooled, self.pooled)

    @property
    def count(self) -> int:
        """How many questions an attempt asks."""
        return len(self.questions) - self.pooled + self.drawn

    @property
    def max_points(self) -> float:
        """The sum over all questions of an attempt; of banks whose questions bring different points, what is to be expected."""
        own = sum(question.points for question in self.own)
        return own + (self.drawn * sum(question.points for question in self.pool) / self.pooled if self.pooled else 0)


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
    intro, questions = read_questions(source, report, kinds)
    text, line = trimmed(intro, source.line)
    return {
        "intro": source.html(text, line) if text else "",
        "questions": [question.model_dump(mode="json") for question in questions],
    }


def read_questions(
    source: BodySource, report: Report, kinds: Sequence[QuestionForm[Any]]
) -> tuple[list[str], list[Question]]:
    """The lines above the first question, and the questions; whatever is wrong goes to the report."""
    intro, written = cut(source.lines(), signs_of(kinds), report)
    return intro, [question for each in written for question in _questions(each, source, report, kinds)]


def no_questions(source: BodySource, report: Report) -> None:
    """Say that there are none."""
    text, line = trimmed([text for _, text in source.lines()], source.line)
    report.add(
        line if text else source.line, 1, "quiz-no-questions", N_("This quiz has no questions."),
        hint=N_("Begin each question with its number at the left margin: “1. …”, and indent the answers below it."),
    )  # fmt: skip


def _questions(
    written: Written, source: BodySource, report: Report, kinds: Sequence[QuestionForm[Any]]
) -> Iterator[Question]:
    if not any(line.strip() for line in written.text):
        report.add(
            written.line, written.column, "quiz-question-empty", N_("This question has no text."),
            hint=N_("Write the question behind its number."),
        )  # fmt: skip
    draft = Draft(written, report)  # first, so that the kinds see numbers in the places of sums
    if not draft.fine:
        return
    kind = _kind_of(written, report, kinds)
    if kind is None:
        return
    if written.table and not kind.tables:
        line, text = written.table[0]
        stray(line, len(text) - len(text.lstrip()) + 1, report)
        return
    data = cast(Frozen | None, kind.parse(written, source, report))
    if data is None or not any(line.strip() for line in written.text):
        return
    text = kind.text(written, data, source, report)
    explanation, below = trimmed(written.explanation, written.explanation_line)
    question = Question(
        kind=kind.name,
        text=draft.stored(text),
        line=written.line,
        points=written.points,
        partial=written.partial,
        explanation=draft.stored(source.html(explanation, below)) if explanation else "",
        hints=tuple(draft.stored(source.html("\n".join(lines), number)) for number, lines in written.hints),
        tags=written.tags,
        difficulty=written.difficulty,
        id=written.id,
        variables=tuple(draft.pairs),
        data=draft.stored(data.model_dump(mode="json")),
    )
    if draft.tried(question, kind.sound):
        yield question


def _kind_of(written: Written, report: Report, kinds: Sequence[QuestionForm[Any]]) -> QuestionForm[Any] | None:
    """The first kind whose the question is; None when none is, which is reported."""
    if not written.answers:
        kind = next((each for each in kinds if each.claims_text(written.text)), None)
        if kind is None:
            report.add(
                written.line, written.column, "quiz-no-answers", N_("This question has no answers."),
                hint=N_("Indent them below it: - ( ) one of several, - [ ] any of several, = a typed answer."),
            )  # fmt: skip
        return kind
    first = written.answers[0]
    odd = next((answer for answer in written.answers if answer.sign.name != first.sign.name), None)
    if odd is not None:
        report.add(
            odd.line, odd.column, "quiz-mixed", N_("This question mixes answers of the kinds {first} and {other}."),
            hint=N_("Use one kind for all answers of a question."), first=first.sign.shown, other=odd.sign.shown,
        )  # fmt: skip
        return None
    fitting = (each for each in kinds if each.sign.name == first.sign.name and each.claims(written.answers))
    kind = next(fitting, None)
    if kind is None:
        report.add(
            first.line, first.column, "quiz-answers-unknown", N_("No kind of question understands answers written like this."),
            hint=N_("Compare them with the examples in the description of the format."),
        )  # fmt: skip
    return kind
