"""What an author may ask of attempts at a quiz: how questions behave while they are answered. Pure.

The options of the questions themselves are in `format.py`; what the behaviours do with these is in `behaviours.py`.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from courses.blocks import ActivitySettings, Finding, refusal
from courses.ids import Share
from courses.problems import N_
from lms_quiz.behaviours import STANDARD, Behaviour, Terms

BEHAVIOURS = {behaviour.name: behaviour for behaviour in STANDARD}
"""The behaviours by name."""

MOST_TRIES = 100
"""Tries at one question that are kept where the author allows any number."""

_MEANS = {
    "penalty": ("interactive", "adaptive"),
    "tries": ("interactive", "adaptive"),
    "values": ("exam",),
}
"""Options that mean something with these behaviours only."""


def _listed(value: Any) -> Any:
    """`100% 50%` as a list; anything else as it is."""
    return [part for part in re.split(r"[\s;]+|,\s+", value.strip()) if part] if isinstance(value, str) else value


def _worded(value: Any) -> Any:
    """`pond, forest` as a list of words; anything else as it is."""
    return value.replace(",", " ").replace(";", " ").split() if isinstance(value, str) else value


Item = Literal["marks", "answers", "explanations", "distribution"]
"""What may be shown of an attempt: marks · the right answers · what the author says to answers and of questions · how the class
answered."""

When = Literal["during", "after", "closed", "released", "never"]
"""Since when: as soon as a question is marked · once the attempt is handed in · once nobody can answer any more · once a tutor has
released it · never."""

ITEMS: tuple[Item, ...] = get_args(Item)
WHENS: tuple[When, ...] = get_args(When)


def _shown(value: Any) -> Any:
    """`marks after, answers closed` as a mapping; anything else as it is."""
    if not isinstance(value, str):
        return value
    rows = [part.replace(":", " ").split() for part in re.split(r"[,;]", value) if part.strip()]
    if any(len(row) != 2 for row in rows) or len({row[0] for row in rows}) < len(rows):
        raise PydanticCustomError(
            "finding", "{code}",
            {
                "code": "quiz-review",
                "text": N_("“review” says of what and since when, in pairs."),
                "hint": N_("Write it as in: marks after, answers closed"),
            },
        )  # fmt: skip
    return dict(rows)


class Review(BaseModel):
    """Since when each thing is shown to the person."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    marks: When = "during"
    answers: When = "during"
    explanations: When = "during"
    distribution: When = "never"


Shown = Annotated[
    Review,
    BeforeValidator(_shown),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string"},
                {
                    "type": "object",
                    "properties": {item: {"enum": list(WHENS)} for item in ITEMS},
                    "additionalProperties": False,
                },
            ],
            "x-word": N_("pairs of what and when"),
        }
    ),
]
"""`marks after, answers closed`, or the same as YAML."""


Words = Annotated[
    tuple[str, ...],
    BeforeValidator(_worded),
    WithJsonSchema(
        {
            "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}],
            "x-word": N_("words, one after the other"),
        }
    ),
]
"""One word or several."""


Values = Annotated[
    tuple[Share, ...],
    BeforeValidator(_listed),
    Field(min_length=1, max_length=20),
    WithJsonSchema(
        {
            "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": ["number", "string"]}}],
            "x-word": N_("shares, one after the other"),
        }
    ),
]


class AttemptSettings(ActivitySettings):
    """How questions behave while they are answered, and what their tries cost."""

    behaviour: Literal["deferred", "immediate", "interactive", "adaptive", "certainty", "exam"] = Field(
        default="deferred",
        description=N_(
            "When questions are marked: “deferred” when the attempt is handed in, “immediate” each once, as soon as it is checked,"
            " “interactive” with several tries and hints, “adaptive” with any number of tries of which the best counts, “certainty”"
            " by how sure one was, “exam” with tries that are worth less and less."
        ),
        examples=["interactive"],
    )
    penalty: Share = Field(
        default=0.3,
        description=N_("The share of a question's points that each earlier try costs (interactive, adaptive)."),
        examples=["25%"],
    )
    tries: int = Field(
        default=0,
        ge=0,
        le=MOST_TRIES,
        description=N_(
            "How many tries each question has (interactive, adaptive); 0: interactive one more than the question has hints,"
            " adaptive any number."
        ),
        examples=["3"],
    )
    values: Values = Field(
        default=(1.0, 0.5),
        description=N_("What a full answer is worth on the first, second … try of an exam; there are as many tries."),
        examples=["100% 60% 30%"],
    )

    bank: Words = Field(
        default=(),
        description=N_(
            "Banks to take questions from: files of the folder banks, without their ending. Its own questions a quiz always asks."
        ),
        examples=["forms"],
    )
    draw: int = Field(
        default=0,
        ge=0,
        le=1000,
        description=N_("How many questions of the banks each attempt draws by lot; 0: all."),
        examples=["5"],
    )
    tags: Words = Field(
        default=(),
        description=N_("Only questions of the banks with one of these tags are drawn."),
        examples=["forum chat"],
    )
    difficulty: Words = Field(
        default=(),
        description=N_(
            "Only questions of the banks that are so difficult, in the word the bank has for it, are drawn."
        ),
        examples=["easy"],
    )

    grade: Literal["best", "last", "first", "mean"] = Field(
        default="best",
        description=N_("Which of several attempts counts: the best, the last, the first, or the mean of all."),
        examples=["last"],
    )
    time: int = Field(
        default=0,
        ge=0,
        le=10_000,
        description=N_(
            "How many minutes an attempt may take by the server's clock; then it is handed in as it stands. 0: any number."
        ),
        examples=["30"],
    )
    grace: int = Field(
        default=5,
        ge=0,
        le=3600,
        description=N_("How many seconds after its end an answer sent in time is still taken, for slow connections."),
        examples=["20"],
    )
    pages: Literal["all", "one", "forward"] = Field(
        default="all",
        description=N_(
            "How many questions stand on a page: “all”, “one” at a time, or “forward”: one at a time and none is seen again."
        ),
        examples=["one"],
    )
    review: Shown = Field(
        default=Review(),
        description=N_(
            "What is shown when: marks, answers (the right ones), explanations, distribution (how the class answered), each “during” the"
            " attempt as soon as a question is marked, “after” handing in, when the quiz is “closed”, “released” by a tutor, or “never”."
            " Answers and explanations do not come before marks."
        ),
        examples=["marks after, answers closed"],
    )

    @model_validator(mode="after")
    def _behaves(self) -> AttemptSettings:
        found = [
            Finding(
                (key,), "quiz-behaviour-option", N_("“{key}” means nothing while the behaviour is “{behaviour}”."),
                N_("Take this line out, or choose a behaviour it belongs to: {fitting}."),
                {"key": key, "behaviour": self.behaviour, "fitting": ", ".join(fitting)},
            )
            for key, fitting in _MEANS.items()
            if getattr(self, key) != type(self).model_fields[key].default and self.behaviour not in fitting
        ]  # fmt: skip
        if not self.bank:
            found += [
                Finding(
                    (key,), "quiz-bank-option", N_("“{key}” means nothing without a bank of questions."),
                    N_("Take this line out, or name the bank: :bank: name"), {"key": key},
                )
                for key in ("draw", "tags", "difficulty") if getattr(self, key)
            ]  # fmt: skip
        if any(later > earlier for earlier, later in zip(self.values, self.values[1:], strict=False)):
            found.append(
                Finding(
                    ("values",), "quiz-values", N_("A later try is worth more than an earlier one."),
                    N_("Begin with the greatest share, as in 100% 60% 30%."),
                )
            )  # fmt: skip
        if found:
            raise refusal("quiz", found)
        return self

    @property
    def conduct(self) -> Behaviour:
        """The behaviour asked for."""
        return BEHAVIOURS[self.behaviour]

    def terms(self, hints: int) -> Terms:
        """What the behaviour asks of a question with so many hints."""
        tries = self.tries
        if not tries:
            tries = {"interactive": hints + 1, "adaptive": MOST_TRIES}.get(self.behaviour, 0)
        return Terms(self.penalty, tries, self.values)
