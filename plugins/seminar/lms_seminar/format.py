"""The block `:::{seminar}` as authors write it. Pure: neither Flask nor a database."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict, Field, model_validator

from courses.blocks import ActivitySettings, Block, BlockKind, Deadline, Finding, Flag, refusal
from courses.changes import Change, figure
from courses.ids import Id, Share
from courses.moments import Moment
from courses.problems import N_, Report
from courses.text import plain_text, render

DAY = 24 * 60
ADDRESS = r"https?://[^\s<>\"']+"
"""What an address people can open looks like."""


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
        description=N_("The address of the meeting; participants see it shortly before it begins."),
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

    @property
    def ends(self) -> Moment:
        """When it is over, as a moment of the same kind."""
        return later(self.starts, self.minutes)


class SeminarSettings(ActivitySettings):
    """`seats` limits how many take part (without it everybody may), `need` is the share of sessions to attend."""

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
    text: str = Field(default="", json_schema_extra={"from_body": True})

    def session(self, id: str) -> Session | None:
        """A session by its id."""
        return next((session for session in self.sessions if session.id == id), None)

    @model_validator(mode="after")
    def _consistent(self) -> SeminarSettings:
        found = list(_findings(self))
        if found:
            raise refusal("seminar", found)
        return self


def plain_code(word: str) -> str:
    """A code word as it is compared: without blanks, case and dots over ё."""
    folded = unicodedata.normalize("NFKC", word).casefold().replace("ё", "е")
    return re.sub(r"\s+", "", folded)


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
        if session.link and not re.fullmatch(ADDRESS, session.link):
            yield Finding(
                (*at, "link"), "seminar-link", N_("The link of the session “{id}” is not an address people can open."),
                N_("It begins with https://"), {"id": session.id},
            )  # fmt: skip
        if session.code and len(plain_code(session.code)) < 3:
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
            for text in (session.materials, session.afterwards):
                render(text, path=report.path, line=block.line, report=report)

    def deadlines(self, block: Block[SeminarSettings]) -> Sequence[Deadline]:
        """The sessions, with their ends."""
        return tuple(
            Deadline(
                moment=session.starts, title=f"{block.title}: {session.title}", item=block.id, end=session.ends
            )
            for session in self.settings_of(block).sessions
        )  # fmt: skip

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
