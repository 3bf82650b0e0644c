"""The block `:::{project}` as authors write it. Pure: neither Flask nor a database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, model_validator

from courses.blocks import Block, BlockKind, Deadline, Finding, GradeItem, refusal
from courses.changes import Change, of_criteria, of_pass_mark
from courses.criteria import Criteria
from courses.ids import Id, Share
from courses.moments import Moment
from courses.problems import N_, Report
from courses.submissions import Asked, Late, Penalty, is_stricter, late_findings
from courses.submissions import findings as of_works
from courses.teaming import TeamOptions
from courses.text import plain_text
from lms_project import options


class Stage(BaseModel):
    """A milestone: something to hand in. After `due` (a bare day lasts until its end) work is taken with a `penalty`, a
    share of the final mark, or not at all (`late: refuse`)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Id = Field(description=N_("What was handed in is kept by it; unique in the project."), examples=["draft"])
    title: str = Field(
        min_length=1, max_length=200, description=N_("What is handed in."), examples=[N_("The first draft")]
    )
    due: Moment | None = Field(
        default=None,
        description=N_("Until when; a bare day lasts until its end. Without it there is no date."),
        examples=["day 10 21:00"],
    )
    late: Late = "allow"
    penalty: Penalty = 0
    asks: Asked = Field(
        default=Asked(),
        description=N_("What is checked when a work is handed in; a draft is kept without it."),
        examples=[N_("{least: 200, parts: [Aim, Steps], attach: 1, kinds: [pdf]}")],
    )


class ProjectSettings(TeamOptions, options.Beside):
    """`team` is how many people work together, `files` how many files each hand-in may have, `pass` the share of the
    marks that counts as success (it needs criteria)."""

    stages: tuple[Stage, ...] = Field(
        min_length=1,
        max_length=20,
        description=N_("What is handed in, in its order; the work of the last stage is marked."),
        examples=[N_("[{id: final, title: The work, due: day 10}]")],
    )
    passing: Share | None = Field(
        default=None,
        alias="pass",
        description=N_("The share of the points that counts as success; it needs criteria."),
        examples=["60%"],
    )
    files: int = Field(default=3, ge=0, le=20, description=N_("How many files each hand-in may have."), examples=["5"])
    criteria: Criteria | None = Field(
        default=None,
        description=N_(
            "What the work is marked by, if it is not a table in the body; without any it is only accepted."
        ),
        examples=[N_("[{title: Clarity, points: 5}]")],
    )
    text: str = Field(default="", json_schema_extra={"from_body": True})

    @property
    def final(self) -> Stage:
        """The stage whose work is marked."""
        return self.stages[-1]

    def stage(self, id: str) -> Stage | None:
        """A stage by its id."""
        return next((stage for stage in self.stages if stage.id == id), None)

    @property
    def form(self) -> Criteria | None:
        """The criteria, if they can give a mark at all."""
        return self.criteria if self.criteria is not None and self.criteria.max_points > 0 else None

    @property
    def most(self) -> float:
        """All points there are, of the work and of its defence; 0 where there is no mark."""
        work = self.form.max_points if self.form else 0
        return work + (self.defence.criteria.max_points if self.defence else 0)

    @model_validator(mode="after")
    def _consistent(self) -> ProjectSettings:
        found = list(_findings(self))
        if found:
            raise refusal("project", found)
        return self


def _findings(settings: ProjectSettings) -> Iterator[Finding]:
    yield from options.findings(settings, settings.team_most)
    first: dict[str, int] = {}
    for place, stage in enumerate(settings.stages):
        if stage.id in first:
            yield Finding(
                ("stages", place, "id"), "project-stage-twice", N_("Two stages have the id “{id}”."),
                N_("Give one of them another id; what was handed in is kept by it."), {"id": stage.id},
            )  # fmt: skip
        first.setdefault(stage.id, place)
        yield from of_works(stage.asks, settings.files, ("stages", place, "asks"))
        yield from late_findings(stage.late, stage.penalty, stage.due is not None, ("stages", place))
    for (_, before), (place, after) in pairwise((n, stage) for n, stage in enumerate(settings.stages) if stage.due):
        if _earlier(after.due, before.due):
            yield Finding(
                ("stages", place, "due"), "project-stage-order",
                N_("The stage “{id}” is due before the stage “{before}”, which it follows."),
                N_("Put the stages in the order they are done in."), {"id": after.id, "before": before.id},
            )  # fmt: skip


def _earlier(one: Moment | None, other: Moment | None) -> bool:
    if one is None or other is None or one.is_relative != other.is_relative:
        return False  # a date and a day of the run can be compared only when there is a run
    start, zone = date(2000, 1, 3), ZoneInfo("UTC")
    return one.resolve(start, zone, end_of_day=True) < other.resolve(start, zone, end_of_day=True)


class ProjectFormat(BlockKind[ProjectSettings]):
    """The pure half of the project."""

    name = "project"
    Settings = ProjectSettings
    summary = N_(
        "One person or a team hands in a work stage by stage; tutors give it back or accept it, and mark the last."
    )
    example = N_(
        ":::{project} A plan of your own\n"
        "---\n"
        "id: own-plan\n"
        "minutes: 120\n"
        "pass: 60%\n"
        "stages:\n"
        "  - id: draft\n"
        "    title: The first draft\n"
        "    due: day 7 21:00\n"
        "  - id: final\n"
        "    title: The plan\n"
        "    due: day 14 21:00\n"
        "    penalty: 10%\n"
        "---\n"
        "\n"
        "Write a plan of an event for your colleagues, on one page.\n"
        "\n"
        "| Criterion | Points | Description |\n"
        "|---|---|---|\n"
        "| Purpose | 5 | It says what shall remain afterwards |\n"
        "| Time | 5 | Somebody else could lead it by the plan |\n"
        ":::"
    )

    def grammar(self) -> Sequence[str]:
        """The task and the table of criteria."""
        return (
            N_("Markdown: the task. The first table of criteria in it is the marking form."),
            N_("Stages are nested, so the options stand as YAML between two lines `---`."),
        )

    def check(self, block: Block[ProjectSettings], report: Report) -> None:
        """A pass mark needs criteria, a task has to be there."""
        settings = self.settings_of(block)
        told = any(
            one.code == "criteria" and one.path == report.path and one.line >= block.line for one in report.problems
        )
        if settings.passing is not None and not settings.most and not told:
            report.add(
                block.line, 1, "project-criteria",
                N_("The project “{id}” has a pass mark, but no criteria to mark it by."),
                hint=N_("Add a table | Criterion | Points | Description | to the body, or take out “pass”."),
                id=settings.id,
            )  # fmt: skip
        if not plain_text(settings.text).strip():
            report.add(
                block.line, 1, "project-task", N_("The project “{id}” does not say what to do."),
                hint=N_("Write the task below the options."), id=settings.id,
            )  # fmt: skip

    def grade_items(self, block: Block[ProjectSettings]) -> Sequence[GradeItem]:
        """One column, if there are criteria, of the work or its defence."""
        most = self.settings_of(block).most
        return (GradeItem(id=block.id, title=block.title, max_points=most),) if most else ()

    def deadlines(self, block: Block[ProjectSettings]) -> Sequence[Deadline]:
        """When each stage is due."""
        return tuple(
            Deadline(moment=stage.due, title=f"{block.title}: {stage.title}", item=block.id)
            for stage in self.settings_of(block).stages
            if stage.due is not None
        )

    def compare(self, before: Block[ProjectSettings], after: Block[ProjectSettings]) -> Sequence[Change]:
        """Stages, what lateness costs, the size of teams, criteria and the pass mark."""
        return tuple(_changes(self.settings_of(before), self.settings_of(after)))

    def text(self, block: Block[ProjectSettings]) -> str:
        """The task, the stages and the criteria."""
        settings = self.settings_of(block)
        forms = (settings.criteria, settings.defence.criteria if settings.defence else None)
        criteria = [one for form in forms if form is not None for one in form.items]
        words = [plain_text(settings.text), *(stage.title for stage in settings.stages)]
        words += [f"{one.title} {one.description}".strip() for one in criteria]
        return " ".join(word for word in words if word)


def _changes(before: ProjectSettings, after: ProjectSettings) -> Iterator[Change]:
    old, new = ({stage.id: stage for stage in settings.stages} for settings in (before, after))
    for id, stage in old.items():
        if id not in new:
            text = N_("the stage “{title}” is gone; what was handed in for it is kept, but not shown")
            yield Change("stage-changed", text, {"title": stage.title})
    for id, stage in new.items():
        was = old.get(id)
        if was is None:
            yield Change("stage-changed", N_("the stage “{title}” is new"), {"title": stage.title})
            continue
        if was.asks != stage.asks:
            text = N_("a work for the stage “{title}” has to have other things; what is handed in already stays")
            yield Change("asks-changed", text, {"title": stage.title}, harmful=False)
        late = (was.late, was.penalty), (stage.late, stage.penalty)
        if late[0] != late[1]:
            text = N_("the stage “{title}” deals with late work in another way")
            yield Change("late-changed", text, {"title": stage.title}, harmful=is_stricter(*late))
    if [id for id in old if id in new] != [id for id in new if id in old] or before.final.id != after.final.id:
        yield Change("stage-changed", N_("the last stage, whose work is marked, or the order of stages is another one"))
    if before.team != after.team:
        text = N_("teams are of {after} people instead of {before}")
        yield Change("team-changed", text, {"before": before.team, "after": after.team})
    if before.files > after.files:
        text = N_("a hand-in may have {after} files instead of {before}")
        yield Change("files-changed", text, {"before": before.files, "after": after.files})
    yield from of_criteria(before.criteria, after.criteria)
    yield from of_pass_mark(before.passing, after.passing)
    yield from options.changes(before, after)
