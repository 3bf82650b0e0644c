"""What the workshop keeps, read as plain rows: one statement a list, however long it is."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from pydantic import BaseModel
from sqlalchemy import select

from courses.evaluation import Marking
from lms.plugin import Assessment, FormState, Query, Review, StoredFile, Submission, SubmissionLine, Visit, db
from lms_workshop.models import HandMark

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


_WORKS = "SELECT id, owner, number FROM workshop_work WHERE run_id = :run AND block = :block"
_ALL_WORKS = Query(_WORKS + " ORDER BY id")
_SOME_WORKS = Query(_WORKS + " AND (id IN :ids OR owner IN :owners) ORDER BY id")


def _rows(visit: Visit, ids: Collection[int] = (), owners: Collection[str] = ()) -> list[tuple[Any, ...]]:
    """Id, owner and number of these works. One statement."""
    near = [id for id in ids if id < 2**31]  # an address may name any number
    return _SOME_WORKS.plain(run=visit.run.id, block=visit.block.id, ids=near or [0], owners=list(owners) or [""])


def _all_rows(visit: Visit) -> list[tuple[Any, ...]]:
    return _ALL_WORKS.plain(run=visit.run.id, block=visit.block.id)


def works(visit: Visit) -> list[WorkLine]:
    """All works. Two statements, where there are teams three."""
    rows = _all_rows(visit)
    return _works(rows, visit.submissions.lines(), _people(visit, rows))


def some_works(visit: Visit, ids: Collection[int] = (), owners: Collection[str] = ()) -> list[WorkLine]:
    """Works of these ids or owners. Two statements, where there are teams three."""
    rows = _rows(visit, ids, owners)
    return _works(rows, visit.submissions.lines(*(row[1] for row in rows)), _people(visit, rows)) if rows else []


def _works(
    rows: Sequence[tuple[Any, ...]], lines: Sequence[SubmissionLine], people: Mapping[str, tuple[int, ...]]
) -> list[WorkLine]:
    latest = {line.owner: line for line in lines if line.state != "draft"}
    found = []
    for id, owner, number in rows:
        line = latest.get(owner)
        if line is not None and line.handed_in_at is not None:
            found.append(WorkLine(id, owner, people[owner], number, line.title, line.id, line.late, line.handed_in_at))
    return found


def _people(visit: Visit, rows: Sequence[tuple[Any, ...]]) -> Mapping[str, tuple[int, ...]]:
    """Whose works these are, by owner. A statement where there are teams."""
    owners = [owner for _, owner, _ in rows]
    teams = visit.teams.all() if any(owner.startswith("team:") for owner in owners) else ()
    found = {f"team:{team.id}": tuple(member.id for member in team.members) for team in teams}
    return {
        owner: found.get(owner, ()) if owner.startswith("team:") else (int(owner.partition(":")[2]),)
        for owner in owners
    }


def pairs(visit: Visit, reviewer_id: int | None = None, work_id: int | None = None) -> list[Pair]:
    """Who reviews what (of one reviewer, of one work), by the pseudonyms of work and reviewer. Two statements, with teams three."""
    if reviewer_id is None and work_id is None:
        rows = _all_rows(visit)
        return _pairs(visit.allocation.reviews(), rows, _people(visit, rows))
    reviews = visit.allocation.reviews(subject(work_id) if work_id is not None else None, reviewer_id)
    rows = _rows(visit, [id_of(one.subject) for one in reviews])
    return _pairs(reviews, rows, _people(visit, rows))


def _pairs(
    reviews: Sequence[Review], rows: Sequence[tuple[Any, ...]], people: Mapping[str, tuple[int, ...]]
) -> list[Pair]:
    known = {subject(row[0]): row for row in rows}
    found = []
    for one in reviews:
        if one.subject in known:
            id, owner, number = known[one.subject]
            found.append(Pair(one.id, id, people[owner], one.reviewer_id, number, one.number, one.by_hand))
    return sorted(found, key=lambda pair: (pair.work_number, pair.number))


def pairs_among(reviews: Sequence[Review], known: Sequence[WorkLine]) -> list[Pair]:
    """The same of reviews that are read already, as far as they are of these works."""
    rows = [(one.id, one.owner, one.number) for one in known]
    return _pairs(reviews, rows, {one.owner: one.people for one in known})


def id_of(subject: str) -> int:
    """The work that marking forms and reviews name so."""
    return int(subject.removeprefix("work:"))


def works_and_pairs(visit: Visit) -> tuple[list[WorkLine], list[Pair]]:
    """All of both. Three statements, with teams four."""
    rows = _all_rows(visit)
    people = _people(visit, rows)
    return _works(rows, visit.submissions.lines(), people), _pairs(visit.allocation.reviews(), rows, people)


def own_keys(visit: Visit) -> list[str]:
    """Whose works are this person's own: theirs, and those of their team. A statement where there are teams."""
    person = visit.person.id
    team = visit.teams.of(person) if visit.settings.team_most > 1 else None
    return [f"person:{person}"] + ([f"team:{team.id}"] if team is not None else [])


def own_work(visit: Visit) -> WorkLine | None:
    """The work of this person or their team."""
    return next(iter(some_works(visit, owners=own_keys(visit))), None)


def work(visit: Visit, work_id: int) -> WorkLine | None:
    """A work of this activity by its id."""
    return next(iter(some_works(visit, [work_id])), None)


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


def state_of(form: Assessment | FormState | None) -> str:
    """A review's state as the badges name it."""
    if form is None:
        return "open"
    return "complete" if form.done_at is not None else "draft"


F = TypeVar("F", Assessment, FormState)


def by_pair(assessments: Sequence[F]) -> dict[tuple[str, int], F]:
    """Peers' forms by subject and reviewer."""
    return {(one.subject, one.assessor_id): one for one in assessments if one.role == "peer"}


def own_forms(assessments: Sequence[F]) -> dict[str, F]:
    """What authors gave their own works, by subject."""
    return {one.subject: one for one in assessments if one.role == "self" and one.done_at is not None}


def tutors(assessments: Sequence[F]) -> dict[str, F]:
    """The tutor's finished form of each work; of several tutors the latest counts."""
    done = [one for one in assessments if one.role == "tutor" and one.done_at is not None]
    return {one.subject: one for one in sorted(done, key=lambda one: (one.done_at, one.id))}
