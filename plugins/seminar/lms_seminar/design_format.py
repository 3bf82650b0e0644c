"""What authors write of a design seminar: how a problem becomes, in groups and through versions and questions, a design. Pure."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from courses.blocks import Flag
from courses.phasing import Means, PhaseOptions, PhasesOptions
from courses.problems import N_
from courses.submissions import Asked


class DesignPhases(PhasesOptions):
    """The phases by name. Without any date the tutor moves the seminar on."""

    problem: Annotated[
        PhaseOptions, Means(N_("The problem"), N_("You present the problem, and answer what is asked about it."))
    ] = Field(
        default=PhaseOptions(),
        description=N_("Participants get to know the problem, and say in the discussion what they make of it."),
        examples=["{opens: day 1, closes: day 3}"],
    )
    groups: Annotated[PhaseOptions, Means(N_("Groups"), N_("You see to it that everybody is in a group."))] = Field(
        default=PhaseOptions(),
        description=N_("Everybody finds their group."),
        examples=["{closes: day 5}"],
    )
    draft: Annotated[PhaseOptions, Means(N_("Drafts"), N_("You read the drafts, and ask about them already."))] = Field(
        default=PhaseOptions(),
        description=N_("Each group writes a draft of its design, version after version."),
        examples=["{closes: day 10}"],
    )
    questions: Annotated[
        PhaseOptions,
        Means(N_("Questions of the experts"), N_("You put questions to every group, and read the answers.")),
    ] = Field(
        default=PhaseOptions(),
        description=N_(
            "Experts ask about the drafts; the group answers every question, and goes on changing its draft."
        ),
        examples=["{closes: day 14 21:00}"],
    )
    final: Annotated[
        PhaseOptions, Means(N_("Final designs"), N_("You accept the final designs, or give them back with a word why."))
    ] = Field(
        default=PhaseOptions(),
        description=N_("Each group hands in its final design; by then every question has an answer."),
        examples=["{closes: day 18}"],
    )


class DesignOptions(BaseModel):
    """A seminar that makes a design: `phases`, what a draft and a final design `has` to have, how many `files`, and whether groups
    read and question each other (`shared`)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    phases: DesignPhases = Field(
        default=DesignPhases(),
        description=N_("When the phases begin and end; without any date the tutor moves the seminar on."),
        examples=["{draft: {closes: day 10}, questions: {closes: day 14}}"],
    )
    draft: Asked = Field(
        default=Asked(), description=N_("What a draft has to have to be handed in."), examples=["{least: 100}"]
    )
    final: Asked = Field(
        default=Asked(),
        description=N_("What the final design has to have."),
        examples=[N_("{parts: [Problem, Steps, Result]}")],
    )
    files: int = Field(default=3, ge=0, le=20, description=N_("How many files a design may have."), examples=["5"])
    shared: Flag = Field(
        default=True,
        description=N_("Whether groups read each other's designs from the questions on, and put questions too."),
        examples=["false"],
    )
