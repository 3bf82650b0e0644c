"""The block `:::{masterclass}` as authors write it. Pure: neither Flask nor a database."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from courses.blocks import ActivitySettings, Block, BlockKind, BodySource, Deadline
from courses.changes import Change, of_criteria
from courses.criteria import Criteria, Criterion
from courses.phasing import Means, PhaseOptions, PhasesOptions, phase_deadlines
from courses.problems import N_, Report
from courses.scan import masked
from courses.text import plain_text

QUESTIONS: Mapping[str, tuple[str, ...]] = {
    "en": ("What I saw", "What I wondered about", "What I would try"),
    "ru": ("Что видно", "Что вызвало вопрос", "Что стоит попробовать"),
}
"""What a critique answers if the author asks nothing else, by the language of the course."""

_DUE: Mapping[str, tuple[str, str]] = {
    "attempt": ("the first attempt", "первая проба"),
    "critique": ("the critiques", "отзывы"),
    "second": ("the second attempt", "вторая проба"),
}
"""What a participant has to do by the end of a phase."""

_BREAK = re.compile(r"^ {0,3}\*(?:[ \t]*\*){2,}[ \t]*$", re.MULTILINE)

Question = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]


class MasterclassPhases(PhasesOptions):
    """The phases by name. What one of them opens stays open until the master class is closed."""

    demonstration: Annotated[PhaseOptions, Means(N_("Demonstration"), N_("You show how it is done."))] = Field(
        default=PhaseOptions(),
        description=N_("Participants look how it is done."),
        examples=["{opens: day 1}"],
    )
    attempt: Annotated[PhaseOptions, Means(N_("First attempt"), N_("You see who has tried."))] = Field(
        default=PhaseOptions(),
        description=N_("They try it themselves and hand in what came of it."),
        examples=["{opens: day 2, closes: day 7}"],
    )
    gallery: Annotated[PhaseOptions, Means(N_("Gallery"), N_("You look at the attempts, as everybody does."))] = Field(
        default=PhaseOptions(),
        description=N_("They look at the attempts of those who agreed to show them."),
        examples=["{closes: day 9}"],
    )
    critique: Annotated[
        PhaseOptions,
        Means(N_("Critique"), N_("Attempts are handed out by themselves; you see how many critiques each one got.")),
    ] = Field(
        default=PhaseOptions(),
        description=N_("They say what they saw, what they wondered about, what they would try."),
        examples=["{closes: day 12 21:00}"],
    )
    second: Annotated[PhaseOptions, Means(N_("Second attempt"), N_("You see what changed."))] = Field(
        default=PhaseOptions(),
        description=N_("They read what was said about their attempt and try again."),
        examples=["{closes: day 16}"],
    )
    closed: Annotated[PhaseOptions, Means(N_("The end"), N_("Both attempts of everybody stay here."), endless=True)] = (
        Field(
            default=PhaseOptions(),
            description=N_("Both attempts and what was said about them can be read; this phase has no end."),
            examples=["{opens: day 17}"],
        )
    )


class MasterclassSettings(ActivitySettings):
    """How many `critiques` each participant writes and what they answer; `text` is the demonstration, `task` what to try."""

    critiques: int = Field(
        default=2,
        ge=0,
        le=20,
        description=N_("How many critiques each participant writes, and each attempt gets; 0: whoever wants to."),
        examples=["3"],
    )
    questions: tuple[Question, ...] = Field(
        default=(),
        max_length=7,
        description=N_(
            "What a critique answers, in words; if nothing is said: what was seen, wondered about, worth a try."
        ),
        examples=[N_("[What will stay with me, What I did not understand]")],
    )
    phases: MasterclassPhases = Field(
        default=MasterclassPhases(),
        description=N_("When the phases begin and end; without any date the tutor moves the master class on."),
        examples=["{attempt: {opens: day 2, closes: day 7}, critique: {closes: day 12}}"],
    )
    text: str = Field(default="", json_schema_extra={"from_body": True})
    task: str = Field(default="", json_schema_extra={"from_body": True})

    @property
    def form(self) -> Criteria:
        """The form of a critique: words under each question."""
        items = [Criterion(id=f"question-{place}", title=one, points=0) for place, one in enumerate(self.questions, 1)]
        return Criteria(items=tuple(items), strategy="comments")


class MasterclassFormat(BlockKind[MasterclassSettings]):
    """The pure half of the master class."""

    name = "masterclass"
    Settings = MasterclassSettings
    summary = N_(
        "Participants watch how it is done, try it themselves, look at each other's attempts, say what they saw, and try again."
    )
    example = N_(
        ":::{masterclass} A question that gets answers\n"
        "---\n"
        "id: good-question\n"
        "minutes: 90\n"
        "critiques: 2\n"
        "phases:\n"
        "  attempt: {opens: day 1, closes: day 7 21:00}\n"
        "  gallery: {closes: day 9}\n"
        "  critique: {closes: day 12 21:00}\n"
        "  second: {closes: day 16 21:00}\n"
        "---\n"
        "\n"
        "### First: listen\n"
        "\n"
        "I read the question aloud and count how many words I can leave out.\n"
        "\n"
        "### Then: narrow it\n"
        "\n"
        "Of three questions I keep the one that can be answered tomorrow.\n"
        "\n"
        "***\n"
        "\n"
        "Take a question of your own and do the same with it.\n"
        ":::"
    )

    def grammar(self) -> Sequence[str]:
        """The demonstration and the task."""
        return (
            N_(
                "Markdown: the demonstration, its steps under headings; then a line `***`, and below it what to try oneself."
            ),
        )

    def body(self, source: BodySource, report: Report) -> Mapping[str, Any]:
        """The demonstration and, below the last line `***`, the task, as HTML."""
        breaks = list(_BREAK.finditer(masked(source.text)))
        if not breaks:
            return {"text": source.html()}
        text, task = source.text[: breaks[-1].start()], source.text[breaks[-1].end() :]
        return {"text": source.html(text, source.line), "task": source.html(task, source.line + text.count("\n"))}

    def complete(self, settings: MasterclassSettings, source: BodySource, report: Report) -> MasterclassSettings:
        """With the usual questions, in the language of the course, where the author asks none."""
        if settings.questions:
            return settings
        return settings.model_copy(update={"questions": QUESTIONS.get(source.language, QUESTIONS["en"])})

    def check(self, block: Block[MasterclassSettings], report: Report) -> None:
        """There must be something to see and something to try."""
        settings = self.settings_of(block)
        if not (plain_text(settings.task) and settings.text.strip()):
            report.add(
                block.line, 1, "masterclass-task",
                N_("The master class “{id}” has to say both what is shown and what to try."),
                hint=N_("Write the demonstration, then a line *** and below it the task."),
                id=settings.id,
            )  # fmt: skip

    def deadlines(self, block: Block[MasterclassSettings]) -> Sequence[Deadline]:
        """When the phases end in which a participant has something to do."""
        return phase_deadlines(block, self.settings_of(block).phases.of(), _DUE)

    def text(self, block: Block[MasterclassSettings]) -> str:
        """Demonstration and task."""
        settings = self.settings_of(block)
        return " ".join(word for word in (plain_text(settings.text), plain_text(settings.task)) if word)

    def brief(self, block: Block[MasterclassSettings]) -> str:
        """The same for paper."""
        settings = self.settings_of(block)
        return f"{settings.text}{settings.task}"

    def compare(self, before: Block[MasterclassSettings], after: Block[MasterclassSettings]) -> Sequence[Change]:
        """Questions and the number of critiques."""
        return tuple(_changes(self.settings_of(before), self.settings_of(after)))


def _changes(before: MasterclassSettings, after: MasterclassSettings) -> Iterator[Change]:
    yield from of_criteria(before.form, after.form)
    if before.critiques != after.critiques:
        text = N_("everybody is asked for {after} critiques instead of {before}")
        yield Change("critiques-changed", text, {"before": before.critiques, "after": after.critiques})
