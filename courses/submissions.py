"""Works that are handed in: what one has to have, when it is late, how far it is. Pure: instants and states in, decisions out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Annotated, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from courses.blocks import Finding
from courses.ids import Share
from courses.problems import N_

State = Literal["open", "draft", "waiting", "returned", "accepted"]
"""open: nothing kept · draft: begun · waiting: handed in · returned: to be changed · accepted: done. A returned work that is
being changed stays returned until it is handed in again."""

Bar = Literal["", "accepted", "waiting", "closed"]

KINDS: Mapping[str, frozenset[str]] = {
    "pdf": frozenset({"pdf"}),
    "text": frozenset({"docx", "odt", "txt", "md"}),
    "table": frozenset({"xlsx", "ods", "csv"}),
    "slides": frozenset({"pptx", "odp"}),
    "picture": frozenset({"png", "jpg", "gif", "webp"}),
    "sound": frozenset({"mp3"}),
    "video": frozenset({"mp4"}),
    "archive": frozenset({"zip"}),
}
"""Kinds of files an author may ask for, with the endings their types have."""

Kind = Literal["pdf", "text", "table", "slides", "picture", "sound", "video", "archive"]


class Asked(BaseModel):
    """What a work has to have to be handed in; a draft is kept without it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    least: int = Field(default=0, ge=0, le=10_000, description=N_("The fewest words of the text."), examples=["200"])
    most: int = Field(
        default=0, ge=0, le=10_000, description=N_("The most words of the text; 0: as many as one likes."), examples=["1500"]
    )  # fmt: skip
    parts: tuple[str, ...] = Field(
        default=(),
        max_length=20,
        description=N_("Headings the text must have, each with something below it."),
        examples=[N_("[Aim, Steps, Result]")],
    )
    attach: int = Field(default=0, ge=0, le=20, description=N_("The fewest files a work must have."), examples=["1"])
    kinds: tuple[Kind, ...] = Field(
        default=(),
        description=N_(
            "Kinds of files that are taken: pdf, text, table, slides, picture, sound, video, archive; without it all are."
        ),
        examples=["[pdf, slides]"],
    )


def findings(asked: Asked, files: int, place: tuple[str | int, ...] = ()) -> Iterator[Finding]:
    """What cannot be asked for together: `files` is how many a work may have, `place` where the options stand."""
    if asked.most and asked.least > asked.most:
        yield Finding(
            (*place, "most"), "work-length", N_("A work must have more words ({least}) than it may have ({most})."),
            N_("Write a larger number for “most”, or leave it out."), {"least": asked.least, "most": asked.most},
        )  # fmt: skip
    if asked.attach > files:
        yield Finding(
            (*place, "attach"), "work-attach", N_("A work must have more files ({least}) than it may have ({most})."),
            N_("Let works have more files, or ask for fewer."), {"least": asked.attach, "most": files},
        )  # fmt: skip


Late = Annotated[
    Literal["allow", "refuse"],
    Field(description=N_("Whether works are taken after their time is over."), examples=["refuse"]),
]
"""The option `late` of whatever is handed in by a date."""

Penalty = Annotated[Share, Field(description=N_("The share of the mark that late work costs."), examples=["10%"])]
"""The option `penalty` beside it, where there is a mark."""


def late_findings(late: Late, penalty: float, due: bool = True, place: tuple[str | int, ...] = ()) -> Iterator[Finding]:
    """What says nothing: how late work is dealt with where none is ever late, a penalty where none is taken."""
    if not due and (penalty or late == "refuse"):
        yield Finding(
            (*place, "late" if late == "refuse" else "penalty"), "work-late-without-due",
            N_("It is said what happens to late work, but not when it is due."), N_("Add a line such as due: day 10 21:00"),
        )  # fmt: skip
    elif penalty and late == "refuse":
        yield Finding(
            (*place, "penalty"), "work-penalty",
            N_("No late work is taken, so there is nothing to take a penalty from."),
            N_("Write late: allow, or take out the penalty."),
        )  # fmt: skip


def is_stricter(before: tuple[Late, float], after: tuple[Late, float]) -> bool:
    """Whether late work fares worse than before: (late, penalty)."""
    return after[1] > before[1] or (after[0] == "refuse" and before[0] != "refuse")


@dataclass(frozen=True)
class StageRule:
    """One thing to hand in. `due` is UTC or None; after it a first hand-in is late, costs `penalty` (0–1 of the mark) or is not taken
    at all (`refuse`). `files`: how many it may have; `titled`: it has a title; `again`: nobody gives it back, whoever handed it in
    may hand in a newer version until it is closed, and the latest counts."""

    id: str = "work"
    title: str = ""
    due: datetime | None = None
    refuse: bool = False
    penalty: float = 0
    files: int = 3
    asked: Asked = field(default_factory=Asked)
    titled: bool = False
    again: bool = False

    def with_time(self, until: datetime | None) -> StageRule:
        """The same for somebody who has time until this instant."""
        return self if self.due is None or until is None else replace(self, due=max(self.due, until))


@dataclass(frozen=True)
class Step:
    """How far a stage is for one owner. `late`: its first hand-in came after it was due (of one that may be handed in `again`: the
    one that counts)."""

    state: State = "open"
    late: bool = False


def is_late(stage: StageRule, now: datetime) -> bool:
    """Whether a hand-in at this instant is late; exactly at the due instant it is not."""
    return stage.due is not None and now > stage.due


def bar(stage: StageRule, step: Step, now: datetime) -> Bar:
    """Why nothing can be handed in now; "" when it can. What was given back may come again at any time: whoever gave it back asked
    for that."""
    if step.state == "returned":
        return ""
    if step.state == "accepted" or (step.state == "waiting" and not stage.again):
        return step.state
    return "closed" if stage.refuse and is_late(stage, now) else ""


class Line(NamedTuple):
    """A version without its text."""

    id: int
    owner: str
    stage: str
    number: int
    state: State
    late: bool
    title: str
    handed_in_at: datetime | None

    @property
    def subject(self) -> str:
        """How marking forms and reviews name it."""
        return subject(self.id)


def subject(id: int) -> str:
    """How marking forms and reviews name a version."""
    return f"submission:{id}"


def steps_of(lines: Iterable[Line]) -> dict[str, Step]:
    """How far each stage of one owner is, from their versions in order."""
    steps: dict[str, Step] = {}
    for line in lines:
        # a draft after something was handed in leaves the stage as it is until that is handed in too
        if line.state == "draft":
            steps.setdefault(line.stage, Step("draft"))
        else:
            steps[line.stage] = Step(line.state, line.late)
    return steps


def words_in(text: str) -> int:
    """How many words a text has; signs alone are none."""
    return len(re.findall(r"\w+(?:[-’'.]\w+)*", text))


class Missing(NamedTuple):
    """Something a work lacks: a sentence with named fields, and their values."""

    text: str
    params: Mapping[str, object]


_HEADING = re.compile(r"\s{0,3}(?P<level>#{1,6})\s+(?P<title>.*?)\s*#*\s*$")
_STRONG = re.compile(r"\s*(\*\*|__)(?P<title>.+?)[:.]?\1[:.]?\s*$")


def _parts(text: str) -> dict[str, bool]:
    """Headings of a Markdown text (lines in bold count too), folded, and whether something stands below each."""
    found: dict[str, bool] = {}
    within: dict[int, str] = {}  # the heading of each level that is in force
    for line in text.splitlines():
        strong = _STRONG.match(line)
        match = strong or _HEADING.match(line)
        if match:
            level = 7 if strong else len(match["level"])
            within = {outer: title for outer, title in within.items() if outer < level}
            within[level] = _folded(match["title"])
            found.setdefault(within[level], False)
        elif line.strip():
            found.update(dict.fromkeys(within.values(), True))
    return found


def _folded(words: str) -> str:
    return " ".join(re.sub(r"[*_`:.]", " ", words).casefold().replace("ё", "е").split())


def missing(asked: Asked, text: str, endings: Sequence[str]) -> list[Missing]:
    """What a work lacks to be handed in; `text` is its Markdown, `endings` are those of its files' types (`pdf`)."""
    found = []
    count = words_in(text)
    if count < asked.least:
        found.append(
            Missing(
                N_("The text has {words} words; at least {least} are needed."), {"words": count, "least": asked.least}
            )
        )
    if asked.most and count > asked.most:
        found.append(
            Missing(
                N_("The text has {words} words; at most {most} are accepted."), {"words": count, "most": asked.most}
            )
        )
    there = _parts(text)
    for part in asked.parts:
        if _folded(part) not in there:
            found.append(
                Missing(N_("The part “{part}” is missing: write it under a heading of its own."), {"part": part})
            )
        elif not there[_folded(part)]:
            found.append(Missing(N_("Nothing stands in the part “{part}” yet."), {"part": part}))
    if len(endings) < asked.attach:
        found.append(
            Missing(N_("Files: {now}; at least {least} are needed."), {"now": len(endings), "least": asked.attach})
        )
    taken = {ending for kind in asked.kinds for ending in KINDS[kind]}
    for ending in sorted(set(endings)) if taken else ():
        if ending not in taken:
            text_of = N_("A file of the kind {kind} is not accepted here, only {kinds}.")
            found.append(Missing(text_of, {"kind": ending or "?", "kinds": ", ".join(sorted(taken))}))
    return found
