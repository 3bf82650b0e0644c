"""What an author may ask of rounds. Pure."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, model_validator

from courses.blocks import ActivitySettings, Finding, refusal
from courses.ids import Share
from courses.problems import N_

LEAST, MOST = 5, 600
"""Seconds that a question of a round may have."""


ALONE = ("self_check", "behaviour", "attempts", "opens", "closes", "grade", "time", "grace", "pages", "review")
"""Options of attempts that a person makes alone: of a round, a tutor decides."""


class LiveSettings(ActivitySettings):
    """Whether a quiz is played in rounds, how long its questions take there, and what being quick is worth."""

    live: Literal["no", "play", "count"] = Field(
        default="no",
        description=N_(
            "Whether the quiz is a game for everybody at once: a tutor opens a round and question after question in it, people answer"
            " on their phones. “play” counts for nothing, “count” records what each person's best round came to."
        ),
        examples=["play"],
    )
    seconds: int = Field(
        default=30,
        ge=LEAST,
        le=MOST,
        description=N_("How many seconds each question of a round has; the tutor may give one of them more or fewer."),
        examples=["45"],
    )
    bonus: Share = Field(
        default=0.0,
        description=N_(
            "What the quickest answer of a round gets on top, as a share of the question's points; it shrinks to nothing with the"
            " time, and is shown in the standing only."
        ),
        examples=["50%"],
    )

    @model_validator(mode="before")
    @classmethod
    def _optional(cls, data: Any) -> Any:
        """Nobody has to play, unless its author says so, which is then refused."""
        return {"required": False, **data} if isinstance(data, dict) and data.get("live") == "play" else data

    @model_validator(mode="after")
    def _played(self) -> LiveSettings:
        text, hint = (
            N_("“{key}” means nothing unless the quiz is played in rounds."),
            N_("Take this line out, or write :live: play"),
        )
        wrong = ["seconds", "bonus"]
        if self.live != "no":
            text, hint = (
                N_("A quiz that is played in rounds has no “{key}”."),
                N_("Take this line out, or the line :live:"),
            )
            wrong = [key for key in ALONE if key in type(self).model_fields]
        fields = type(self).model_fields
        found = [key for key in wrong if getattr(self, key) != fields[key].default]
        if self.live == "play":
            found += [key for key in ("required", "pass_mark") if getattr(self, key, None)]
        if found:
            raise refusal(
                "quiz",
                [
                    Finding((name,), "quiz-live", text, hint, {"key": name})
                    for name in (fields[key].alias or key.replace("_", "-") for key in found)
                ],
            )
        return self
