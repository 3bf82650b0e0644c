"""Options of what a project has beside its stages: contract, shares, diary, several schools, consultations, the defence. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from courses.blocks import ActivitySettings, Finding
from courses.changes import Change, of_criteria
from courses.criteria import Criteria
from courses.problems import N_


class Defence(BaseModel):
    """The defence of a work before a commission: at a booked time, marked by each of its members."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    criteria: Criteria = Field(
        description=N_("What the defence is marked by; its points are added to those of the work."),
        examples=[N_("[{title: Answers to questions, points: 10}]")],
    )
    assessors: int = Field(
        default=1,
        ge=1,
        le=20,
        description=N_("How many members of the commission have to mark it; the mean of all who do counts."),
        examples=["2"],
    )
    minutes: int = Field(
        default=20, ge=5, le=480, description=N_("How long a defence lasts, unless the tutor says otherwise."), examples=["30"]
    )  # fmt: skip


Part = Annotated[str, Field(min_length=1, max_length=100)]


class Beside(ActivitySettings):
    """`contract` are its headings, `shares` says whether each member's mark follows their part of the work, `consultations` how many
    times an owner may book ahead."""

    contract: tuple[Part, ...] = Field(
        default=(),
        max_length=12,
        description=N_(
            "The headings of a contract that everybody of a team has to agree to before it hands in; without any there is no contract."
        ),
        examples=[N_("[Our aim, Who does what, How we decide]")],
    )
    shares: Literal["equal", "agreed"] = Field(
        default="equal",
        description=N_(
            "Whether everybody of a team gets its mark, or the mark times their part of the work, which the team agrees upon and "
            "the tutor decides where it does not."
        ),
        examples=["agreed"],
    )
    diary: bool = Field(
        default=False, description=N_("Whether there is a diary: what each member did on which day."), examples=["true"]
    )
    schools: int = Field(
        default=1,
        ge=1,
        le=20,
        description=N_("From how many schools the members of a team have to come, at least."),
        examples=["2"],
    )
    consultations: int = Field(
        default=0,
        ge=0,
        le=10,
        description=N_("How many consultations a person or a team may have booked ahead; 0: none are offered."),
        examples=["1"],
    )
    shown: Literal["nobody", "run", "public"] = Field(
        default="nobody",
        description=N_(
            "To whom works of the last stage are shown, as far as all who wrote them agree: nobody, those of the course, or everybody."
        ),
        examples=["public"],
    )
    defence: Defence | None = Field(
        default=None,
        description=N_("The defence before a commission, if there is one."),
        examples=[N_("{assessors: 2, criteria: [{title: Answers to questions, points: 10}]}")],
    )


_ALONE = N_("“{option}” is about teams, but this project is done alone.")


def findings(options: Beside, most: int) -> Iterator[Finding]:
    """What cannot be meant together; `most` is how many people a team may have."""
    for option, used in (
        ("contract", options.contract),
        ("shares", options.shares == "agreed"),
        ("schools", options.schools > 1),
    ):
        if used and most == 1:
            hint = N_("Let teams be larger, such as team: 2-4, or take this option out.")
            yield Finding((option,), "project-alone", _ALONE, hint, {"option": option})
    if most > 1 and options.schools > most:
        yield Finding(
            ("schools",), "project-schools", N_("A team of at most {most} people cannot come from {schools} schools."),
            N_("Ask for fewer schools, or let teams be larger."), {"most": most, "schools": options.schools},
        )  # fmt: skip
    if options.defence is not None and not options.defence.criteria.max_points > 0:
        yield Finding(
            ("defence", "criteria"), "project-defence", N_("The criteria of the defence can give no points."),
            N_("Give at least one of them points."),
        )  # fmt: skip


def changes(before: Beside, after: Beside) -> Iterator[Change]:
    """What a new edition means for what teams did."""
    if before.contract != after.contract and after.contract:
        yield Change(
            "contract-changed",
            N_("the headings of the contract are others; contracts agreed upon stay."),
            harmful=False,
        )
    if before.shares != after.shares:
        text = (
            N_("the mark of each member follows their part of the work now")
            if after.shares == "agreed"
            else N_("everybody of a team gets its mark now, whatever shares were agreed upon")
        )
        yield Change("shares-changed", text)
    if before.schools != after.schools:
        text = N_("how many schools members have to come from: {after} instead of {before}")
        yield Change(
            "schools-changed",
            text,
            {"before": before.schools, "after": after.schools},
            harmful=after.schools > before.schools,
        )
    old, new = before.defence, after.defence
    if (old is None) != (new is None):
        yield Change(
            "defence-changed", N_("there is no defence any more") if new is None else N_("there is a defence now")
        )
    elif old is not None and new is not None:
        yield from of_criteria(old.criteria, new.criteria)
        if old.assessors != new.assessors:
            text = N_("how many members of the commission have to mark a defence: {after} instead of {before}")
            yield Change(
                "defence-changed",
                text,
                {"before": old.assessors, "after": new.assessors},
                harmful=new.assessors > old.assessors,
            )
