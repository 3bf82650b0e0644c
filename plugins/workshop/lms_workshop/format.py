"""The block `:::{workshop}` as authors write it. Pure: neither Flask nor a database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Literal

from pydantic import Field, model_validator

from courses.blocks import ActivitySettings, Block, BlockKind, BodySource, Deadline, Finding, Flag, GradeItem, refusal
from courses.changes import Change, of_criteria, of_pass_mark
from courses.criteria import Criteria
from courses.evaluation import Marking
from courses.ids import Share
from courses.phases import Phase
from courses.phasing import Means, PhaseOptions, PhasesOptions, phase_deadlines
from courses.problems import N_, Report
from courses.submissions import Asked, Late, Penalty, findings, is_stricter, late_findings
from courses.teaming import TeamOptions
from courses.text import plain_text
from lms_workshop import model_works
from lms_workshop.model_works import ModelWork


class WorkshopPhases(PhasesOptions):
    """The phases by name. Without any date the tutor moves the workshop on."""

    submission: Annotated[
        PhaseOptions, Means(N_("Handing in"), N_("You see who has handed in, and answer questions about the task."))
    ] = Field(
        default=PhaseOptions(),
        description=N_("Participants hand in their works."),
        examples=["{opens: day 1, closes: day 7}"],
    )
    wishes: Annotated[
        PhaseOptions, Means(N_("Choosing works"), N_("You see how many have said what they would like to review."))
    ] = Field(
        default=PhaseOptions(),
        description=N_(
            "Participants look at the titles and say which works they would gladly review; only with `wishes: true`."
        ),
        examples=["{closes: day 9}"],
    )
    open: Annotated[
        PhaseOptions,
        Means(
            N_("Handing in and reviewing"),
            N_("You see how works and reviews come in, and whose work waits in vain."),
            apart=True,
        ),
    ] = Field(
        default=PhaseOptions(),
        description=N_(
            "Participants hand in their works and review others', each at their own time; in place of the other phases where "
            "`pace` is `own`."
        ),
        examples=["{opens: day 1, closes: week 10}"],
    )
    review: Annotated[
        PhaseOptions,
        Means(N_("Reviewing"), N_("Works are handed out by themselves; you find reviewers where some lack.")),
    ] = Field(
        default=PhaseOptions(),
        description=N_("They review the works they were given."),
        examples=["{closes: day 14 21:00}"],
    )
    evaluation: Annotated[
        PhaseOptions, Means(N_("Looking at the marks"), N_("You look at the marks and set right what is odd."))
    ] = Field(
        default=PhaseOptions(),
        description=N_("The tutor looks at the marks and corrects what is odd."),
        examples=["{closes: day 17}"],
    )
    closed: Annotated[PhaseOptions, Means(N_("Results"), N_("You answer questions about the marks."), endless=True)] = (
        Field(
            default=PhaseOptions(),
            description=N_("Everybody sees reviews and marks; this phase has no end."),
            examples=["{opens: day 18}"],
        )
    )


PACES: Mapping[str, tuple[str, ...]] = {
    "together": ("submission", "review", "evaluation", "closed"),
    "own": ("open", "closed"),
}
"""The phases there are, by pace; that of wishes, where they are asked for, follows handing in."""


class WorkshopSettings(TeamOptions, ActivitySettings):
    """`reviewers` a work, `anonymous` both ways, `pass` the share that counts as success, `points` for the work and
    `review-points` for reviewing (0: reviewing brings none)."""

    reviewers: int = Field(
        default=2,
        ge=1,
        le=20,
        description=N_("How many reviews each work gets, and each participant writes."),
        examples=["3"],
    )
    pace: Literal["together", "own"] = Field(
        default="together",
        description=N_(
            "`together`: everybody hands in, then reviews, then has the marks. `own`: without common dates; whoever has handed in "
            "takes works one by one, and has the marks as soon as both sides are done."
        ),
        examples=["own"],
    )
    lease: int = Field(
        default=3,
        ge=1,
        le=60,
        description=N_("At one's own pace: for how many days a work is kept for whoever took it and has not begun."),
        examples=["5"],
    )
    late: Late = "refuse"
    penalty: Penalty = 0
    files: int = Field(default=5, ge=0, le=20, description=N_("How many files a work may have."), examples=["3"])
    asks: Asked = Field(
        default=Asked(),
        description=N_("What is checked when a work is handed in; a draft is kept without it."),
        examples=[N_("{least: 200, parts: [Aim, Steps]}")],
    )
    shown: Literal["nobody", "run", "public"] = Field(
        default="run",
        description=N_(
            "To whom works are shown once the results are out, as far as all who wrote them agree: nobody, those of the course, or "
            "everybody."
        ),
        examples=["public"],
    )
    anonymous: bool = Field(
        default=True,
        description=N_("Whether authors and reviewers do not see each other's names."),
        examples=["false"],
    )
    apart: tuple[Literal["team", "school", "earlier"], ...] = Field(
        default=("team", "school"),
        description=N_(
            "Who does not review whom besides oneself: people of one team, of one school, or who have met in an "
            "earlier activity of the run."
        ),
        examples=["[school, earlier]"],
    )
    passing: Share = Field(
        default=0.6, alias="pass", description=N_("The share of the points that counts as success."), examples=["70%"]
    )
    points: float = Field(
        default=80, gt=0, le=100_000, description=N_("How many points the work brings at most."), examples=["70"]
    )
    review_points: float = Field(
        default=20,
        ge=0,
        le=100_000,
        description=N_("How many points reviewing brings at most; 0: none."),
        examples=["30"],
    )
    phases: WorkshopPhases = Field(
        default=WorkshopPhases(),
        description=N_("When the phases begin and end; without any date the tutor moves the workshop on."),
        examples=["{submission: {closes: day 7}, review: {closes: day 14}}"],
    )
    self_assessment: Flag = Field(
        default=False,
        description=N_(
            "Whether authors are asked to mark their own work while they review others'; it counts as `marking` says."
        ),
        examples=["true"],
    )
    wishes: Flag = Field(
        default=False,
        description=N_(
            "Whether participants say, when all works are in, which they would gladly review and which rather not; wishes are "
            "followed where no work lacks a reviewer for it."
        ),
        examples=["true"],
    )
    models: tuple[str, ...] = Field(
        default=(),
        max_length=20,
        description=N_(
            "Model works to practise marking on, by the names of their files in the folder models; a participant sees the "
            "expert's marks after giving their own."
        ),
        examples=["[quiet-chat, five-minutes]"],
    )
    practise_first: Flag = Field(
        default=False,
        description=N_("Whether all model works are to be marked before the first review."),
        examples=["true"],
    )
    appeals: int = Field(
        default=7,
        ge=0,
        le=365,
        description=N_(
            "For how many days after the results a participant may ask the tutor to look again at a mark; 0: not at all."
        ),
        examples=["14"],
    )
    marking: Marking = Field(
        default=Marking(),
        description=N_(
            "How the marks are worked out of the reviews; the tutor may change it and sees before what that would give."
        ),
        examples=["{work: median, spread: 40%}"],
    )
    criteria: Criteria | None = Field(
        default=None,
        description=N_("What works are reviewed by, if it is not a table in the body; one of the two must be there."),
        examples=[N_("[{title: Clarity, points: 5}]")],
    )
    text: str = Field(default="", json_schema_extra={"from_body": True})
    model_works: tuple[ModelWork, ...] = Field(default=(), json_schema_extra={"from_body": True})

    @property
    def phase_list(self) -> Sequence[Phase]:
        """The phases there are."""
        return self.phases.of(*self._phase_names)

    @property
    def _phase_names(self) -> Sequence[str]:
        names = PACES[self.pace]
        return (names[0], "wishes", *names[1:]) if self.wishes and self.pace == "together" else names

    @model_validator(mode="after")
    def _of_its_pace(self) -> WorkshopSettings:
        found = [
            Finding(
                ("phases", name), "workshop-phase-pace",
                N_("There is no phase “{phase}” in this workshop, as its pace and wishes are."),
                hint=N_("Its phases are: {names}."),
                params={"phase": name, "names": ", ".join(self._phase_names)},
            )
            for name in WorkshopPhases.model_fields
            if name not in self._phase_names and getattr(self.phases, name) != PhaseOptions()
        ]  # fmt: skip
        found += findings(self.asks, self.files, ("asks",))
        found += late_findings(self.late, self.penalty)
        if found:
            raise refusal("workshop", found)
        return self

    @property
    def form(self) -> Criteria:
        """The criteria; a published workshop has some."""
        assert self.criteria is not None, "a workshop without criteria is not published"
        return self.criteria


class WorkshopFormat(BlockKind[WorkshopSettings]):
    """The pure half of the workshop."""

    name = "workshop"
    Settings = WorkshopSettings
    shelf = model_works.SHELF
    summary = N_("Participants hand in a work, review each other's works by criteria, and get a mark for both.")
    example = N_(
        ":::{workshop} Show your plan\n"
        "---\n"
        "id: plan-workshop\n"
        "minutes: 180\n"
        "reviewers: 2\n"
        "phases:\n"
        "  submission: {opens: day 1, closes: day 7 21:00}\n"
        "  review: {closes: day 14 21:00}\n"
        "---\n"
        "\n"
        "Hand in the plan of an event for your colleagues, on one page.\n"
        "\n"
        "| Criterion | Points | Description |\n"
        "|---|---|---|\n"
        "| Purpose | 0 no; 3 partly; 5 fully | It says what shall remain afterwards |\n"
        "| Clarity | 5 | Somebody else could lead it by the plan |\n"
        ":::"
    )

    def grammar(self) -> Sequence[str]:
        """The task and the table of criteria."""
        return (
            N_("Markdown: the task. The first table of criteria in it is the form of the reviews."),
            N_("Phases are nested, so the options stand as YAML between two lines `---`."),
            *model_works.GRAMMAR,
        )

    def complete(self, settings: WorkshopSettings, source: BodySource, report: Report) -> WorkshopSettings:
        """With the model works it names."""
        found = model_works.opened(settings.models, settings.criteria, source, report)
        return settings.model_copy(update={"model_works": found})

    def check(self, block: Block[WorkshopSettings], report: Report) -> None:
        """Criteria must be there; that dates are in order, the settings see to themselves."""
        settings = self.settings_of(block)
        found = [one for one in report.problems if one.path == report.path and one.line >= block.line]
        told = any(one.code.startswith("criteria") for one in found)
        usable = settings.criteria is not None and settings.criteria.max_points > 0
        if not usable and not told:
            report.add(
                block.line, 1, "workshop-criteria",
                N_("The workshop “{id}” has no criteria that bring points, so nobody could mark a work."),
                hint=N_("Add a table | Criterion | Points | Description | to the body, or a list under criteria."),
                id=settings.id,
            )  # fmt: skip

    def grade_items(self, block: Block[WorkshopSettings]) -> Sequence[GradeItem]:
        """One column for the work, one for reviewing; their weights are their points."""
        settings = self.settings_of(block)
        marks = {"work": settings.points, "review": settings.review_points}
        return tuple(
            GradeItem(
                id=f"{settings.id}.{part}",
                title=block.and_words(*_PARTS[part]),
                max_points=points,
                weight=points,
            )
            for part, points in marks.items()
            if points
        )

    def deadlines(self, block: Block[WorkshopSettings]) -> Sequence[Deadline]:
        """When the phases end in which a participant has something to do."""
        settings = self.settings_of(block)
        ends = ("submission", "review") if settings.pace == "together" else ("open",)
        return phase_deadlines(block, settings.phase_list, {name: _DUE[name] for name in ends})

    def phases(self, block: Block[WorkshopSettings]) -> Sequence[Phase]:
        """Handing in, reviewing, evaluation, results; at one's own pace all at once, and results."""
        return self.settings_of(block).phase_list

    def compare(self, before: Block[WorkshopSettings], after: Block[WorkshopSettings]) -> Sequence[Change]:
        """Criteria, the pass mark, how many review a work and whether they are named."""
        return tuple(_changes(self.settings_of(before), self.settings_of(after)))

    def text(self, block: Block[WorkshopSettings]) -> str:
        """The task and the criteria."""
        settings = self.settings_of(block)
        criteria = settings.criteria.items if settings.criteria else ()
        words = [plain_text(settings.text)] + [f"{one.title} {one.description}".strip() for one in criteria]
        return " ".join(word for word in words if word)


_PARTS: Mapping[str, tuple[str, str]] = {"work": ("work", "работа"), "review": ("reviews", "рецензии")}
"""What is marked."""
_DUE: Mapping[str, tuple[str, str]] = {
    "submission": ("hand in the work", "сдать работу"),
    "review": ("write the reviews", "написать рецензии"),
    "open": ("hand in the work and write the reviews", "сдать работу и написать рецензии"),
}
"""What a participant has to do by the end of a phase."""


def _changes(before: WorkshopSettings, after: WorkshopSettings) -> Iterator[Change]:
    yield from of_criteria(before.criteria, after.criteria)
    yield from of_pass_mark(before.passing, after.passing)
    if before.pace != after.pace:
        yield Change(
            "pace-changed", N_("participants go through it in another way: together, or each at their own pace")
        )
    if before.reviewers != after.reviewers:
        text = N_("a work gets {after} reviews instead of {before}")
        yield Change("reviewers-changed", text, {"before": before.reviewers, "after": after.reviewers})
    if before.team != after.team:
        text = N_("teams are of {after} people instead of {before}")
        yield Change("team-changed", text, {"before": before.team, "after": after.team})
    if before.asks != after.asks:
        text = N_("a work has to have other things; what is handed in already stays")
        yield Change("asks-changed", text, harmful=False)
    late = (before.late, before.penalty), (after.late, after.penalty)
    if late[0] != late[1]:
        yield Change("late-changed", N_("late works are taken otherwise than before"), harmful=is_stricter(*late))
    if before.anonymous and not after.anonymous:
        yield Change("anonymity-changed", N_("authors and reviewers see each other's names now"))
    elif after.anonymous and not before.anonymous:
        text = N_("authors and reviewers no longer see each other's names")
        yield Change("anonymity-changed", text, harmful=False)
    marks = [{one.name: one.values for one in each.model_works} for each in (before, after)]
    changed = [name for name, values in marks[0].items() if name in marks[1] and marks[1][name] != values]
    if changed:
        yield Change("models-changed", N_("the expert's marks of a model work are different now"))
    if after.practise_first and not before.practise_first:
        yield Change("practice-changed", N_("model works are to be marked before the first review now"))
    if before.marking != after.marking:
        yield Change("marking-changed", N_("the marks are worked out in another way"))
