"""What the pages of works show, read in a constant number of statements and put together as plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from markupsafe import Markup

from courses.submissions import Line, StageRule, Step, bar, is_late, steps_of
from lms import ui
from lms.i18n import gettext
from lms.plugin import STAFF, Assessment, Owner, Recorded, StoredFile, Submission
from lms.submissions import answering, passages
from lms.submissions.answering import Remark

if TYPE_CHECKING:
    from lms.submissions.service import BlockSubmissions  # it hands these pages out

BADGES = {"accepted": "complete"}
"""How the interface's badges call a state that has another name here."""


@dataclass(frozen=True)
class StageLine:
    """A stage in a person's list: `state` as the badges call it, `refusal` why nothing can be handed in ("" when it can), `late` that it
    came late, `over` that it is due."""

    rule: StageRule
    state: str
    late: bool
    over: bool
    refusal: str


def stage_line(works: BlockSubmissions, rule: StageRule, steps: Mapping[str, Step]) -> StageLine:
    """A stage of one owner."""
    step, refusal = steps.get(rule.id, Step()), works.refusal(rule, steps)
    closed = bar(rule, step, works.visit.now) == "closed"
    begun = step.state in ("open", "draft")
    state = "failed" if closed and begun else "locked" if refusal and begun else BADGES.get(step.state, step.state)
    return StageLine(rule, state, step.late, is_late(rule, works.visit.now), str(refusal or ""))


def overview(works: BlockSubmissions, stages: Sequence[StageRule], steps: Mapping[str, Step], link: bool) -> Markup:
    """The stages of one owner in order."""
    lines = [stage_line(works, stage, steps) for stage in stages]
    return ui.render("submissions/overview.html", lines=lines, works=works, link=link, block=works.visit.block)


# ------------------------------------------------------------------------------------------- one work


def show(
    works: BlockSubmissions, found: Submission, files: Sequence[tuple[str, str]] | None = None, answered: bool = False
) -> Markup:  # fmt: skip
    """A version to read."""
    read = reading(works, [found], answered, files)[0]
    return ui.render("submissions/version.html", read=read, works=works, again=works.is_again(found.stage))


@dataclass(frozen=True)
class Reading:
    """A version as it is read: `files` by name and address, comments on passages (`html` has their marks) and the form it was marked
    by."""

    found: Submission
    html: Markup
    files: Sequence[tuple[str, str, int]]
    remarks: Sequence[Remark]
    form: Assessment | None


def reading(
    works: BlockSubmissions, versions: Sequence[Submission], answered: bool, files: Sequence[tuple[str, str]] | None = None
) -> list[Reading]:  # fmt: skip
    """Versions as they are read: as they are, or with what the tutor said of them. A statement each for files, comments and marking
    forms."""
    visit = works.visit
    stored: Mapping[int, Sequence[StoredFile]] = works.files(versions) if files is None else {}
    accepted = [one.subject for one in versions if one.state == "accepted"] if answered else []
    forms = visit.assessments.of(accepted, "tutor") if accepted else ()
    comments = answering.remarks([one.id for one in versions]) if answered else {}
    label = gettext("Comment {number}")
    found = []
    for one in versions:
        # what a tutor has noted so far is read together with the answer
        noted = (
            comments.get(one.id, ()) if one.state != "waiting" or visit.may(STAFF) or works.is_again(one.stage) else ()
        )
        html = passages.marked(one.html, [(note.start, note.end, note.number) for note in noted], label)
        links = [(name, address, 0) for name, address in files or ()] or [
            (file.name, f"{works.address_of(one.id)}files/{file.id}", file.size) for file in stored.get(one.id, ())
        ]
        said = one if answered else replace(one, feedback="")
        found.append(Reading(said, Markup(html), links, noted, latest_form(forms, one.subject)))  # noqa: S704 - of safe HTML
    return found


def latest_form(forms: Sequence[Assessment], subject: str) -> Assessment | None:
    """The marking form that counts for a work: of several tutors the one who finished last."""
    done = [one for one in forms if one.subject == subject and one.done_at is not None]
    return max(done, key=lambda one: (one.done_at, one.id), default=None)


# ------------------------------------------------------------------------------------------- everybody's works


@dataclass(frozen=True)
class Cell:
    """A stage of an owner on the board: `id` is the newest version that was handed in, 0 without one; `until` is given
    when they have more time than others."""

    state: str
    late: bool
    id: int
    until: datetime | None


@dataclass(frozen=True)
class Row:
    """An owner on the board; `people` are the names of a team's members; `result` is the mark of the first who has one."""

    owner: Owner
    people: Sequence[str]
    cells: Sequence[Cell]
    result: Recorded | None

    @property
    def address(self) -> str:
        """How the owner is named in addresses."""
        return self.owner.key.replace(":", "/")


@dataclass(frozen=True)
class Board:
    """The whole group: rows of owners, works that wait (oldest first) with whose they are, and who has no team yet."""

    stages: Sequence[StageRule]
    rows: Sequence[Row]
    waiting: Sequence[tuple[Line, str, str]]
    alone: Sequence[str]
    teams: bool


def of_staff(works: BlockSubmissions) -> Board:
    """The board. Five statements, whatever the size of the group."""
    visit = works.visit
    people = {member.id: member.name for member in visit.people()}
    owners = works.owners()
    lines: dict[str, list[Line]] = {}
    for line in works.lines():
        lines.setdefault(line.owner, []).append(line)
    results, given, stages = visit.results(), works.times(), works.stages()
    rows, waiting = [], []
    for owner in owners:
        own = lines.get(owner.key, [])
        steps, until = steps_of(own), given.get(owner.key, {})
        newest = {line.stage: line for line in own if line.state != "draft"}
        cells = []
        for stage in stages:
            step, sent = steps.get(stage.id, Step()), newest.get(stage.id)
            state = BADGES.get(step.state, step.state)
            cells.append(Cell(state, step.late, sent.id if sent else 0, until.get(stage.id)))
            if sent is not None and sent.state == "waiting" and not stage.again:
                waiting.append((sent, owner.name, stage.title))
        marked = (results.get((person, visit.block.id)) for person in owner.people)
        members = [people.get(id, "") for id in owner.people] if owner.team else []
        rows.append(Row(owner, [name for name in members if name], cells, next((one for one in marked if one), None)))
    waiting.sort(key=lambda one: (one[0].handed_in_at is None, one[0].handed_in_at, one[0].id))
    busy = {person for owner in owners for person in owner.people}
    alone = [name for person, name in people.items() if person not in busy]
    return Board(stages, rows, waiting, alone, works.source.team(cast(Any, visit))[0] > 1)


def board(works: BlockSubmissions) -> Markup:
    """The same as a part of a page."""
    return ui.render("submissions/board.html", board=of_staff(works), works=works, visit=works.visit)
