"""What the workshop keeps, read as plain rows: one statement a list, however long it is."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from pydantic import BaseModel
from sqlalchemy import select

from courses.evaluation import Marking
from lms.plugin import Assessment, StoredFile, Visit, db
from lms_workshop.models import HandMark, Work


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
    told: list[int] = []
    """Works whose reviews differ so much that the tutor was told."""


class Standing(BaseModel):
    """How far a participant is, for the card in the lesson: kept by the core as the person's answer."""

    submitted: bool = False
    assigned: int = 0
    done: int = 0


class WorkLine(NamedTuple):
    """A work without its text."""

    id: int
    person_id: int
    number: int
    title: str
    updated_at: datetime


class Pair(NamedTuple):
    """Somebody who is to review somebody's work. `work_number` and `number` are the pseudonyms of the two."""

    id: int
    work_id: int
    author_id: int
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
    """All works. One statement."""
    rows = db.session.execute(
        select(Work.id, Work.person_id, Work.number, Work.title, Work.updated_at)
        .where(Work.run_id == visit.run.id, Work.block == visit.block.id)
        .order_by(Work.id)
    )
    return [WorkLine(*row) for row in rows]


def pairs(visit: Visit, reviewer_id: int | None = None, work_id: int | None = None) -> list[Pair]:
    """Who reviews what (of one reviewer, of one work), by the pseudonyms of work and reviewer. Two statements."""
    reviews = visit.allocation.reviews(subject(work_id) if work_id is not None else None, reviewer_id)
    query = select(Work.id, Work.person_id, Work.number).where(
        Work.run_id == visit.run.id, Work.block == visit.block.id
    )
    known = {subject(row.id): row for row in db.session.execute(query)}
    found = []
    for one in reviews:
        if (work := known.get(one.subject)) is not None:
            numbers = work.number, one.number
            found.append(Pair(one.id, work.id, work.person_id, one.reviewer_id, *numbers, one.by_hand))
    return sorted(found, key=lambda pair: (pair.work_number, pair.number))


def own_work(visit: Visit) -> Work | None:
    """This person's work."""
    return db.session.execute(
        select(Work).where(Work.run_id == visit.run.id, Work.block == visit.block.id, Work.person_id == visit.person.id)
    ).scalar_one_or_none()


def work(visit: Visit, work_id: int) -> Work | None:
    """A work of this activity by its id."""
    return db.session.execute(
        select(Work).where(Work.run_id == visit.run.id, Work.block == visit.block.id, Work.id == work_id)
    ).scalar_one_or_none()


def hand_marks(visit: Visit) -> dict[tuple[int, str], HandLine]:
    """Marks set by staff, by person and part. One statement."""
    rows = db.session.execute(
        select(HandMark.person_id, HandMark.part, HandMark.share, HandMark.reason).where(
            HandMark.run_id == visit.run.id, HandMark.block == visit.block.id
        )
    )
    return {(row.person_id, row.part): HandLine(row.share, row.reason) for row in rows}


def subject(work_id: int) -> str:
    """How marking forms and files name a work."""
    return f"work:{work_id}"


def files_of(visit: Visit, work_id: int) -> Sequence[StoredFile]:
    """The files of a work, oldest first. One statement."""
    return visit.files.of(subject(work_id))


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
