"""Phases as authors write them: every kind of mistake at its key, words of the kind and of the author, what another edition changes."""

from typing import Annotated, Any

import pytest
from pydantic import BaseModel, Field, ValidationError

from courses.changes import of_phases
from courses.moments import Moment
from courses.phases import Phase
from courses.phasing import Means, PhaseOptions, PhasesOptions


class Festival(PhasesOptions):
    entries: Annotated[PhaseOptions, Means("Entries", tutor="You wait.")] = Field(
        default=PhaseOptions(), description="People enter."
    )
    voting: Annotated[PhaseOptions, Means("Voting")] = Field(default=PhaseOptions(), description="People vote.")
    results: Annotated[PhaseOptions, Means("Results", endless=True)] = Field(
        default=PhaseOptions(), description="People look."
    )


class Either(PhasesOptions):
    entries: Annotated[PhaseOptions, Means("Entries")] = PhaseOptions()
    always: Annotated[PhaseOptions, Means("All at once", apart=True)] = PhaseOptions()
    voting: Annotated[PhaseOptions, Means("Voting")] = PhaseOptions()
    results: Annotated[PhaseOptions, Means("Results", endless=True)] = PhaseOptions()


class Settings(BaseModel):
    phases: Festival = Festival()


def read(**phases: dict[str, Any]) -> Festival:
    return Settings.model_validate({"phases": phases}).phases


def refused(**phases: dict[str, Any]) -> list[tuple[tuple[str | int, ...], str]]:
    with pytest.raises(ValidationError) as error:
        read(**phases)
    return [(one["loc"], one["msg"]) for one in error.value.errors()]


def test_a_kind_names_its_phases_and_authors_say_what_differs() -> None:
    found = read(entries={"about": "Send a photo.", "closes": "day 7"}, voting={"title": "We choose", "opens": "tutor"})
    assert found.of() == (
        Phase(name="entries", title="Entries", closes=Moment("day 7"), learner="Send a photo.", tutor="You wait."),
        Phase(name="voting", title="We choose", by_tutor=True, learner="People vote."),
        Phase(name="results", title="Results", learner="People look."),
    )
    assert [phase.name for phase in found.of("voting", "results")] == ["voting", "results"]


@pytest.mark.parametrize("word", ["tutor", "ведущий", " Ведущий "])
def test_the_tutor_says_when_in_both_languages(word: str) -> None:
    found = read(voting={"opens": word})
    assert [(one.by_tutor, one.opens) for one in found.of("voting")] == [(True, None)]
    assert Festival.model_validate_json(found.model_dump_json()) == found


@pytest.mark.parametrize(
    ("phases", "problems"),
    [
        ({"voting": {"opens": "day 5", "closes": "day 4"}}, [("voting", "closes", "phase-closes-before-opens")]),
        (
            {"entries": {"opens": "day 5"}, "voting": {"opens": "day 4"}},
            [("voting", "opens", "phase-opens-before-previous")],
        ),
        ({"entries": {"closes": "day 7"}, "voting": {"opens": "day 7"}}, [("voting", "opens", "phase-overlap")]),
        ({"entries": {"closes": "day 7"}, "results": {"opens": "day 6"}}, [("results", "opens", "phase-overlap")]),
        ({"entries": {"closes": "day 7"}, "voting": {"opens": "2026-03-01"}}, []),  # comparable only in a run
        ({"entries": {"closes": "day 7 18:00"}, "voting": {"opens": "day 7 18:00"}}, []),
        ({"results": {"closes": "day 9"}}, [("results", "closes", "phase-endless")]),
        ({"entries": {"closes": "day 9"}, "results": {"opens": "tutor"}}, []),
    ],
)
def test_dates_that_cannot_be(phases: dict[str, Any], problems: list[tuple[str, str, str]]) -> None:
    if not problems:
        assert len(read(**phases).of()) == 3
        return
    assert refused(**phases) == [(("phases", name, key), code) for name, key, code in problems]


def test_a_word_that_is_no_moment_is_told_once() -> None:
    assert [at for at, _ in refused(voting={"opens": "soon"})] == [("phases", "voting", "opens")]


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ({}, {}, []),
        ({}, {"voting": {"opens": "day 7"}}, ["the phase “{phase}” opens at another time: {after}"]),
        ({"voting": {"opens": "day 7"}}, {"voting": {"opens": "day 7"}}, []),
        ({"voting": {"opens": "day 7"}}, {}, ["the phase “{phase}” has no opening date any more"]),
        (
            {"voting": {"opens": "day 7"}},
            {"voting": {"opens": "tutor"}},
            ["the phase “{phase}” opens when the tutor says"],
        ),
        ({}, {"voting": {"closes": "day 9"}}, []),  # said as a date
    ],
)
def test_what_another_edition_changes(before: dict[str, Any], after: dict[str, Any], told: list[str]) -> None:
    found = of_phases(read(**before).of(), read(**after).of())
    assert [(one.code, one.text, one.params["phase"]) for one in found] == [
        ("phase-changed", text, "voting") for text in told
    ]


def test_phases_that_come_and_go_with_an_edition() -> None:
    whole, part = read().of(), read().of("entries", "results")
    assert [(one.text, one.params["phase"]) for one in of_phases(whole, part)] == [
        ("the phase “{phase}” is gone", "voting")
    ]
    assert [(one.text, one.params["phase"]) for one in of_phases(part, whole)] == [
        ("the phase “{phase}” is new", "voting")
    ]
    assert of_phases((), whole) == of_phases(whole, ()) == []  # a kind that had none, or has none any more


def test_a_phase_in_place_of_the_others_is_in_order_with_the_last_alone() -> None:
    usual = {"entries": {"opens": "day 5"}, "voting": {"opens": "day 8"}, "results": {"opens": "day 9"}}
    assert len(Either.model_validate({**usual, "always": {"opens": "day 1", "closes": "day 8"}}).of()) == 4
    with pytest.raises(ValidationError) as error:
        Either.model_validate(
            {
                "entries": {"closes": "day 6"},
                "voting": {"opens": "day 5"},
                "always": {"opens": "day 8"},
                "results": {"opens": "day 7"},
            }
        )
    assert [one["loc"] for one in error.value.errors()] == [("voting", "opens"), ("results", "opens")]
    assert error.value.errors()[0]["ctx"]["order"] == "entries, voting, results"
