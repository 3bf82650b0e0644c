"""The block `:::{seminar}` as authors write it. Pure: neither Flask nor a database."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from courses import codeword
from courses.blocks import ActivitySettings, Block, BlockKind, Deadline, Finding, Flag, refusal
from courses.changes import Change, figure
from courses.ids import Id, Share
from courses.moments import Moment
from courses.phases import Phase
from courses.phasing import phase_deadlines
from courses.problems import N_, Report
from courses.rooms import is_link
from courses.submissions import Late, is_stricter, late_findings
from courses.submissions import findings as asked_findings
from courses.teaming import TeamOptions
from courses.text import plain_text, render
from lms_seminar.design_format import DesignOptions

DAY = 24 * 60


class Session(BaseModel):
    """A meeting: `starts` with a clock time, `minutes` long, at a `place`, a `link` or both. The link is shown shortly before,
    `code` is a word said aloud that learners type in to show they were there; `materials` are Markdown to prepare with,
    `afterwards` is Markdown that appears when the session is over."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Id = Field(description=N_("What attendance is kept by; unique in the seminar."), examples=["first"])
    title: str = Field(
        min_length=1, max_length=200, description=N_("What the session is called."), examples=[N_("Getting acquainted")]
    )
    starts: Moment = Field(description=N_("When it begins, with a clock time."), examples=["day 5 18:00"])
    minutes: int = Field(default=60, ge=1, le=DAY, description=N_("How long it lasts."), examples=["90"])
    place: str = Field(
        default="",
        max_length=200,
        description=N_("Where people meet in person; the tutor may name another place for a run."),
        examples=[N_('"School 12, room 305"')],
    )
    link: str = Field(
        default="",
        description=N_(
            "The address of the meeting at any service, or the word `jitsi` or `bigbluebutton`: a room at the site's own server. "
            "Participants see it shortly before it begins."
        ),
        examples=["https://meet.school.example/first"],
    )
    speaker: str = Field(default="", description=N_("Who speaks."), examples=[N_("Anna Ivanova")])
    code: str = Field(
        default="",
        description=N_("A word said aloud in the session; typing it in counts as having been there."),
        examples=[N_("harbour")],
    )
    materials: str = Field(
        default="",
        description=N_("Markdown to prepare with: what to read, look at or bring."),
        examples=[N_('"[What to read](https://school.example/before)"')],
    )
    afterwards: str = Field(
        default="",
        description=N_("Markdown that appears when the session is over: slides, what to read on."),
        examples=[N_('"[Slides](https://school.example/slides)"')],
    )
    task: str = Field(
        default="",
        description=N_(
            "Markdown: a short task that everybody hands in; without all of them the seminar is not complete."
        ),
        examples=[N_("Write down one question that you will ask your class.")],
    )
    due: Moment | None = Field(
        default=None,
        description=N_("When the short task is due; what comes later is shown as late."),
        examples=["day 7"],
    )
    late: Late = "allow"

    @property
    def ends(self) -> Moment:
        """When it is over, as a moment of the same kind."""
        return later(self.starts, self.minutes)


class SeminarSettings(TeamOptions, ActivitySettings):
    """`seats` limits how many take part (without it everybody may), `need` is the share of sessions to attend. With `design` groups
    make a design, through phases, beside the sessions."""

    sessions: tuple[Session, ...] = Field(
        min_length=1,
        max_length=100,
        description=N_("The meetings, in their order."),
        examples=[N_("[{id: first, title: Getting acquainted, starts: day 5 18:00}]")],
    )
    seats: int | None = Field(
        default=None,
        ge=1,
        le=100_000,
        description=N_("How many may take part; without it everybody may."),
        examples=["20"],
    )
    need: Share = Field(
        default=1.0,
        description=N_("The share of sessions to attend before the seminar is complete."),
        examples=["50%"],
    )
    questions: Flag = Field(
        default=True,
        description=N_(
            "Whether participants may put questions to the speaker on the page of a session, until it is over."
        ),
        examples=["false"],
    )
    votes: int | None = Field(
        default=None,
        ge=1,
        le=100,
        description=N_(
            "For how many questions to the speaker of a session one person may vote; without it for any number."
        ),
        examples=["3"],
    )
    design: DesignOptions | None = Field(
        default=None,
        description=N_(
            "Makes it a design seminar: groups turn a problem into a design that answers experts' questions."
        ),
        examples=["{draft: {least: 100}, phases: {draft: {closes: day 10}}}"],
    )
    evidence: tuple[Literal["link", "word"], ...] = Field(
        default=(),
        description=N_(
            "How one may show that one was there, besides the code word and the tutor's tick: `link` (following the link to the"
            " session) and `word` (saying so, with what was spoken about; the tutor agrees)."
        ),
        examples=["[link, word]"],
    )
    text: str = Field(default="", json_schema_extra={"from_body": True})

    @property
    def tasks(self) -> tuple[Session, ...]:
        """The sessions that have a short task."""
        return tuple(session for session in self.sessions if session.task)

    def session(self, id: str) -> Session | None:
        """A session by its id."""
        return next((session for session in self.sessions if session.id == id), None)

    @model_validator(mode="after")
    def _consistent(self) -> SeminarSettings:
        found = list(_findings(self))
        if found:
            raise refusal("seminar", found)
        return self


_RELATIVE = re.compile(r"(day|week) (\d+) (\d\d:\d\d(?::\d\d)?)")
_EPOCH = datetime(2000, 1, 1)  # noqa: DTZ001 - a wall clock without a zone, only to count on
_ABSOLUTE = re.compile(r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d(?::\d\d)?)(.*)")


def later(moment: Moment, minutes: int) -> Moment:
    """The moment so many minutes later by the wall clock. Raises ValueError for a moment without a clock time."""
    relative = _RELATIVE.fullmatch(moment)
    if relative:
        day = int(relative[2]) if relative[1] == "day" else (int(relative[2]) - 1) * 7 + 1
        clock = datetime.combine(_EPOCH, datetime.strptime(relative[3][:5], "%H:%M").time())  # noqa: DTZ007 - as above
        end = clock + timedelta(minutes=minutes)
        return Moment(f"day {day + (end.date() - _EPOCH.date()).days} {end:%H:%M}")
    absolute = _ABSOLUTE.fullmatch(moment)
    if not absolute:
        raise ValueError(moment)
    end = datetime.fromisoformat(f"{absolute[1]} {absolute[2]}") + timedelta(minutes=minutes)
    return Moment(f"{end:%Y-%m-%d}{'T' if absolute[3] else ' '}{end:%H:%M}{absolute[3]}")


def _findings(settings: SeminarSettings) -> Iterator[Finding]:
    if settings.design:
        if settings.team_most == 1:
            yield Finding(
                ("design",), "seminar-groups", N_("A design seminar is done in groups, but everybody works alone here."),
                N_("Say how many people a group has, such as team: 3-5."),
            )  # fmt: skip
        for name, asked in (("draft", settings.design.draft), ("final", settings.design.final)):
            yield from asked_findings(asked, settings.design.files, ("design", name))
    if not settings.need:
        yield Finding(
            ("need",), "seminar-need", N_("A seminar that needs no attendance would be complete before it begins."),
            N_("Write a share such as need: 50%, or required: false if nobody has to come."),
        )  # fmt: skip
    seen: set[str] = set()
    for place, session in enumerate(settings.sessions):
        at = ("sessions", place)
        if session.id in seen:
            yield Finding(
                (*at, "id"), "seminar-session-twice", N_("Two sessions have the id “{id}”."),
                N_("Give one of them another id; attendance is kept by it."), {"id": session.id},
            )  # fmt: skip
        seen.add(session.id)
        if not session.starts.has_time:
            yield Finding(
                (*at, "starts"), "seminar-session-time", N_("The session “{id}” does not say at what time it starts."),
                N_("Write a time too: day 5 18:00 or 2026-03-01 18:00."), {"id": session.id},
            )  # fmt: skip
        if session.link and not is_link(session.link):
            yield Finding(
                (*at, "link"), "seminar-link", N_("The link of the session “{id}” is not an address people can open."),
                N_("It begins with https://, or is the word jitsi or bigbluebutton."), {"id": session.id},
            )  # fmt: skip
        yield from late_findings(session.late, 0, session.due is not None, at)
        if session.code and len(codeword.plain(session.code)) < 3:
            yield Finding(
                (*at, "code"), "seminar-code", N_("The code word of the session “{id}” is too short: anybody could guess it."),
                N_("Choose a word of three letters or more that is easy to say."), {"id": session.id},
            )  # fmt: skip


class SeminarFormat(BlockKind[SeminarSettings]):
    """The pure half of the seminar."""

    name = "seminar"
    Settings = SeminarSettings
    summary = N_(
        "Live sessions with seats, questions to the speaker, minutes, evidence of attendance, and a discussion."
    )
    example = N_(
        ":::{seminar} How do we begin?\n"
        "---\n"
        "id: opening-seminar\n"
        "minutes: 90\n"
        "need: 50%\n"
        "sessions:\n"
        "  - id: first\n"
        "    title: Getting acquainted\n"
        "    starts: day 3 18:00\n"
        "    minutes: 45\n"
        "    code: harbour\n"
        "  - id: second\n"
        "    title: What we have tried\n"
        "    starts: day 10 18:00\n"
        "    minutes: 45\n"
        "---\n"
        "\n"
        "Bring one question of your own work.\n"
        ":::"
    )

    def grammar(self) -> Sequence[str]:
        """Markdown, and where the sessions are written."""
        return (
            N_("Markdown: what the seminar is about; a discussion of its own comes with it."),
            N_("Sessions are nested, so the options stand as YAML between two lines `---`."),
        )

    def check(self, block: Block[SeminarSettings], report: Report) -> None:
        """Materials are Markdown of their own, and checked as such."""
        for session in self.settings_of(block).sessions:
            for text in (session.materials, session.afterwards, session.task):
                render(text, path=report.path, line=block.line, report=report)

    def deadlines(self, block: Block[SeminarSettings]) -> Sequence[Deadline]:
        """The sessions with their ends, when short tasks are due, and when the phases end in which groups have something to do."""
        settings = self.settings_of(block)
        found = [
            Deadline(moment=session.starts, title=f"{block.title}: {session.title}", item=block.id, end=session.ends)
            for session in settings.sessions
        ]
        found += [
            Deadline(moment=session.due, title=f"{block.and_words(*_TASK)} — {session.title}", item=block.id)
            for session in settings.tasks
            if session.due
        ]
        phases = self.phases(block)
        return (*found, *(phase_deadlines(block, phases, _DUE) if phases else ()))

    def phases(self, block: Block[SeminarSettings]) -> Sequence[Phase]:
        """Those of a design seminar."""
        design = self.settings_of(block).design
        return design.phases.of() if design else ()

    def compare(self, before: Block[SeminarSettings], after: Block[SeminarSettings]) -> Sequence[Change]:
        """Sessions, seats, and how much of them one needs."""
        return tuple(_changes(self.settings_of(before), self.settings_of(after)))

    def text(self, block: Block[SeminarSettings]) -> str:
        """What it is about: neither links nor code words."""
        settings = self.settings_of(block)
        words = [plain_text(settings.text)]
        for session in settings.sessions:
            words += [session.title, session.speaker]
        return " ".join(word for word in words if word)


_TASK = ("hand in the short task", "сдать задание")
_DUE: Mapping[str, tuple[str, str]] = {
    "groups": ("find a group", "найти группу"),
    "draft": ("hand in a draft", "сдать черновик проекта"),
    "questions": ("answer the questions", "ответить на вопросы"),
    "final": ("hand in the final design", "сдать итоговый проект"),
}
"""What a group has to do by the end of a phase."""


def _changes(before: SeminarSettings, after: SeminarSettings) -> Iterator[Change]:
    old, new = ({session.id: session for session in settings.sessions} for settings in (before, after))
    for id, session in old.items():
        if id not in new:
            text = N_("the session “{title}” is gone; who was there no longer counts")
            yield Change("session-changed", text, {"title": session.title})
    for id, session in new.items():
        if id not in old:
            text = N_("the session “{title}” is new, and counts towards the share one needs")
            yield Change("session-changed", text, {"title": session.title})
    if before.need != after.need:
        text = N_("one needs {after}% of the sessions instead of {before}%")
        values = {"before": figure(round(before.need * 100, 2)), "after": figure(round(after.need * 100, 2))}
        yield Change("need-changed", text, values, harmful=after.need > before.need)
    if after.seats and (not before.seats or after.seats < before.seats):
        yield Change("seats-changed", N_("there are {after} seats now"), {"after": after.seats})
    if before.team != after.team:
        text = N_("how many people a group has: {after} instead of {before}")
        yield Change("groups-changed", text, {"before": before.team, "after": after.team})
    if before.design and not after.design:
        yield Change("design-changed", N_("it is no design seminar any more; designs no longer count"))
    elif after.design and not before.design:
        yield Change("design-changed", N_("it is a design seminar now: one needs an accepted design"))
    tasks = [{session.id: session.title for session in settings.tasks} for settings in (before, after)]
    for id in sorted(tasks[1].keys() - tasks[0].keys()):
        text = N_("the session “{title}” has a short task now, and one needs to hand it in")
        yield Change("task-changed", text, {"title": tasks[1][id]})
    for id in sorted(tasks[0].keys() & tasks[1].keys()):
        late = (old[id].late, 0.0), (new[id].late, 0.0)
        if late[0] != late[1]:
            text = N_("the short task of the session “{title}” is taken late otherwise than before")
            yield Change("late-changed", text, {"title": tasks[1][id]}, harmful=is_stricter(*late))
    for id in sorted(tasks[0].keys() - tasks[1].keys()):
        text = N_("the short task of the session “{title}” is gone; what was handed in no longer counts")
        yield Change("task-changed", text, {"title": tasks[0][id]})
