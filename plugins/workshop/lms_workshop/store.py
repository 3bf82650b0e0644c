"""What the workshop keeps, read as plain rows: one statement a list, however long it is."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from pydantic import BaseModel
from sqlalchemy import select

from courses.evaluation import Marking
from lms.plugin import Assessment, StoredFile, Submission, Visit, db
from lms_workshop.models import HandMark, Work

SLOT = "work"
"""The one thing that is handed in."""


class Stage(BaseModel):
    """What has happened in the whole activity: kept by the core as the activity's shared value."""

    allocated_at: datetime | None = None
    works: int = 0
    asked: int = 0
    given: int = 0
    short: int = 0
    """Works that got fewer reviewers than that, because too many people may not review them."""
    taken: bool = False
    """Whether volunteers took works from the queue, whose leases run out."""
    released_at: datetime | None = None
    marking: Marking | None = None
    """How marks are worked out, where the tutor decided otherwise than the course."""
    marking_reason: str = ""
    rescued_at: datetime | None = None
    """When volunteers were asked to review works that wait in vain."""
    read: list[int] = []
    """Whose works somebody has begun to review, as far as works could be changed otherwise."""
    told: list[int] = []
    """Works whose reviews differ so much that the tutor was told."""


class Standing(BaseModel):
    """How far a participant is, for the card in the lesson: kept by the core as the person's answer."""

    submitted: bool = False
    assigned: int = 0
    done: int = 0
    taken: int = 0
    """At one's own pace: works taken from the queue, those done among them."""
    idle: bool = False
    """At one's own pace: there was no work to take when this person asked."""
    out_at: datetime | None = None
    """At one's own pace: when this person's marks were given out."""


class WorkLine(NamedTuple):
    """A work without its text: whose it is (a person's or, of a team, several people's), its latest version, and whether and when that came
    late."""

    id: int
    owner: str
    people: tuple[int, ...]
    number: int
    title: str
    submission: int
    late: bool
    at: datetime


class Pair(NamedTuple):
    """Somebody who is to review somebody's work. `work_number` and `number` are the pseudonyms of the two."""

    id: int
    work_id: int
    authors: tuple[int, ...]
    reviewer_id: int
    work_number: int
    number: int
    by_hand: bool


class HandLine(NamedTuple):
    """A mark set by staff."""

    share: float
    reason: str


def stage(visit: Visit) -> Stage:
    """What has happened so far."""
    return visit.shared(Stage) or Stage()


def standing(visit: Visit) -> Standing:
    """How far this person is."""
    return visit.answer(Standing) or Standing()


def works(visit: Visit) -> list[WorkLine]:
    """All works. Two statements, where there are teams three."""
    rows = db.session.execute(
        select(Work.id, Work.owner, Work.number)
        .where(Work.run_id == visit.run.id, Work.block == visit.block.id)
        .order_by(Work.id)
    ).all()
    latest = {line.owner: line for line in visit.submissions.lines() if line.state != "draft"}
    people = _people(visit, [row.owner for row in rows])
    found = []
    for row in rows:
        line = latest.get(row.owner)
        if line is not None and line.handed_in_at is not None:
            found.append(
                WorkLine(*row[:2], people[row.owner], row.number, line.title, line.id, line.late, line.handed_in_at)
            )
    return found


def _people(visit: Visit, owners: Sequence[str]) -> Mapping[str, tuple[int, ...]]:
    """Whose works these are. A statement where there are teams."""
    teams = visit.teams.all() if any(owner.startswith("team:") for owner in owners) else ()
    found = {f"team:{team.id}": tuple(member.id for member in team.members) for team in teams}
    return {
        owner: found.get(owner, ()) if owner.startswith("team:") else (int(owner.partition(":")[2]),)
        for owner in owners
    }


def pairs(visit: Visit, reviewer_id: int | None = None, work_id: int | None = None) -> list[Pair]:
    """Who reviews what (of one reviewer, of one work), by the pseudonyms of work and reviewer. Two statements, with teams three."""
    reviews = visit.allocation.reviews(subject(work_id) if work_id is not None else None, reviewer_id)
    query = select(Work.id, Work.owner, Work.number).where(Work.run_id == visit.run.id, Work.block == visit.block.id)
    known = {subject(row.id): row for row in db.session.execute(query)}
    people = _people(visit, [row.owner for row in known.values()])
    found = []
    for one in reviews:
        if (work := known.get(one.subject)) is not None:
            numbers = work.number, one.number
            found.append(Pair(one.id, work.id, people[work.owner], one.reviewer_id, *numbers, one.by_hand))
    return sorted(found, key=lambda pair: (pair.work_number, pair.number))


def own_work(visit: Visit) -> WorkLine | None:
    """The work of this person or their team."""
    return next((one for one in works(visit) if visit.person.id in one.people), None)


def work(visit: Visit, work_id: int) -> WorkLine | None:
    """A work of this activity by its id."""
    return next((one for one in works(visit) if one.id == work_id), None)


def text_of(visit: Visit, found: WorkLine) -> Submission:
    """A work as it was handed in last. One statement."""
    text = visit.submissions.get(found.submission)
    assert text is not None, "a work was handed in"
    return text


def hand_marks(visit: Visit) -> dict[tuple[int, str], HandLine]:
    """Marks set by staff, by person and part. One statement."""
    rows = db.session.execute(
        select(HandMark.person_id, HandMark.part, HandMark.share, HandMark.reason).where(
            HandMark.run_id == visit.run.id, HandMark.block == visit.block.id
        )
    )
    return {(row.person_id, row.part): HandLine(row.share, row.reason) for row in rows}


def subject(work_id: int) -> str:
    """How marking forms and reviews name a work, whichever version of it is the latest."""
    return f"work:{work_id}"


def files_of(visit: Visit, found: Submission) -> Sequence[StoredFile]:
    """The files of a work, oldest first. One statement."""
    return visit.submissions.files([found])[found.id]


def state_of(form: Assessment | None) -> str:
    """A review's state as the badges name it."""
    if form is None:
        return "open"
    return "complete" if form.done_at is not None else "draft"


def by_pair(assessments: Sequence[Assessment]) -> dict[tuple[str, int], Assessment]:
    """Peers' forms by subject and reviewer."""
    return {(one.subject, one.assessor_id): one for one in assessments if one.role == "peer"}


def own_forms(assessments: Sequence[Assessment]) -> dict[str, Assessment]:
    """What authors gave their own works, by subject."""
    return {one.subject: one for one in assessments if one.role == "self" and one.done_at is not None}


def tutors(assessments: Sequence[Assessment]) -> dict[str, Assessment]:
    """The tutor's finished form of each work; of several tutors the latest counts."""
    done = [one for one in assessments if one.role == "tutor" and one.done_at is not None]
    return {one.subject: one for one in sorted(done, key=lambda one: (one.done_at, one.id))}
