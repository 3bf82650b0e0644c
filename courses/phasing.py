"""Phases as authors write them among the options of a block, for every kind that goes through phases.

A kind says once what its phases are; dates, order, mistakes, the reference and what a new edition means come from here::

    class Phases(PhasesOptions):
        submission: Annotated[PhaseOptions, Means(N_("Handing in"), tutor=N_("You see who has handed in."))] = Field(
            default=PhaseOptions(), description=N_("Participants hand in their works."), examples=["{closes: day 7}"]
        )

The description is what participants do in the phase. A kind gives the list by its method ``phases``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema, WrapValidator, model_validator

from courses.blocks import Block, Deadline, Finding, refusal
from courses.moments import MOMENT_PATTERN, Moment
from courses.phases import Phase, PhaseList, closing, misordered
from courses.problems import N_

TUTOR = "tutor"
_TUTOR = {"tutor", "ведущий"}


def _opening(value: Any, as_moment: Callable[[Any], Moment]) -> str:
    return TUTOR if isinstance(value, str) and value.strip().casefold() in _TUTOR else as_moment(value)


Opening = Annotated[
    Moment,
    WrapValidator(_opening),
    WithJsonSchema(
        {
            "anyOf": [{"type": "string", "pattern": MOMENT_PATTERN}, {"enum": sorted(_TUTOR)}],
            "x-word": N_("moment, or `tutor`"),
        }
    ),
]
"""When a phase begins: a moment, or ``tutor`` (``ведущий``): when the tutor says."""


class PhaseOptions(BaseModel):
    """What an author may say of a phase; everything may be left out."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str = Field(
        default="",
        max_length=100,
        description=N_("What the phase is called, if not as usual."),
        examples=[N_("Two weeks of writing")],
    )
    opens: Opening | None = Field(
        default=None,
        description=N_("When the phase begins; `tutor`: when the tutor says. Without it, when the one before it ends."),
        examples=["day 1"],
    )
    closes: Moment | None = Field(
        default=None,
        description=N_("When it ends. Without it, when the next one opens, or when the tutor moves on."),
        examples=["day 7 21:00"],
    )
    about: str = Field(
        default="",
        max_length=500,
        description=N_("What participants do in it, in a sentence, if it is not the usual."),
        examples=[N_("We write in the evenings and ask in the discussion.")],
    )


@dataclass(frozen=True)
class Means:
    """What a phase is, whoever writes the course: English texts marked with ``N_``. ``endless``: nothing comes after it. ``apart``: it
    stands in place of the others but the endless ones, where the activity goes another way."""

    title: str
    tutor: str = ""
    endless: bool = False
    apart: bool = False


class PhasesOptions(BaseModel):
    """The phases of a kind by name, in their order: subclass it with a field for each."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def of(self, *names: str) -> PhaseList:
        """The phases (only these, where names are given) in order, as ``courses.phases`` takes them."""
        return tuple(
            self._phase(name, means) for name, means in _means(type(self)).items() if not names or name in names
        )

    def _phase(self, name: str, means: Means) -> Phase:
        options: PhaseOptions = getattr(self, name)
        by_tutor = options.opens == TUTOR
        return Phase(
            name=name,
            title=options.title or means.title,
            opens=None if by_tutor else options.opens,
            closes=options.closes,
            by_tutor=by_tutor,
            learner=options.about or type(self).model_fields[name].description or "",
            tutor=means.tutor,
        )

    @model_validator(mode="after")
    def _in_order(self) -> PhasesOptions:
        found = list(_wrong(self))
        if found:
            raise refusal("phases", found)
        return self


def _means(phases: type[PhasesOptions]) -> Mapping[str, Means]:
    return {
        name: next(one for one in field.metadata if isinstance(one, Means))
        for name, field in phases.model_fields.items()
    }


_CODES: Mapping[str, str] = {
    "closes-before-opens": "phase-closes-before-opens",
    "opens-before-previous": "phase-opens-before-previous",
    "overlap": "phase-overlap",
}

_WORDS: Mapping[str, tuple[str, str]] = {
    "closes-before-opens": ("closes", N_("The phase “{phase}” closes before it opens.")),
    "opens-before-previous": ("opens", N_("The phase “{phase}” opens before the one it follows.")),
    "overlap": (
        "opens",
        N_("The phase “{phase}” opens while the one before it is still going on, and would cut it short."),
    ),
}
"""By what is wrong with a phase: the key it is at, and what is said."""

_HINT = N_("The order is {order}. A phase without “opens” begins when the one before it closes.")


def _wrong(phases: PhasesOptions) -> Iterator[Finding]:
    """What is wrong with the dates, each at its key."""
    means = _means(type(phases))
    listed = phases.of(*(name for name, one in means.items() if not one.apart))
    order = ", ".join(phase.name for phase in listed)
    for phase in listed:
        if means[phase.name].endless and phase.closes is not None:
            before = listed[listed.index(phase) - 1].name
            yield Finding(
                (phase.name, "closes"), "phase-endless",
                N_("The phase “{phase}” is the last one: it can open, not close."),
                N_("Write {phase}: {{opens: …}}, or leave it out: it comes when “{before}” closes."),
                {"phase": phase.name, "before": before},
            )  # fmt: skip
    other = [phase for phase in phases.of() if means[phase.name].apart or means[phase.name].endless]
    for phase, wrong in dict.fromkeys((*misordered(listed), *misordered(other))):
        key, text = _WORDS[wrong]
        yield Finding((phase.name, key), _CODES[wrong], text, _HINT, {"phase": phase.name, "order": order})


def phase_deadlines(
    block: Block[Any], phases: Sequence[Phase], words: Mapping[str, tuple[str, str]]
) -> tuple[Deadline, ...]:
    """When the phases end in which a participant has something to do: `words` say what, English and Russian, by phase."""
    return tuple(
        Deadline(moment=end, title=block.and_words(*said), item=block.id, phase=name)
        for name, said in words.items()
        if (end := closing(phases, name)) is not None
    )
