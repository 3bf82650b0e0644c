"""A run goes from one revision of its course to another: with the same report as publishing, all of it or nothing, written down.

What is kept under former ids gets its present ones, what people did where nothing is any more stays, and nobody loses anything.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import aliased

from lms.db import db
from lms.events import RunMoved
from lms.i18n import mark
from lms.people.models import Person
from lms.plugin import BadInput, Message
from lms.publishing import impact, items, rules
from lms.publishing.models import CourseRecord, Revision, RunMove, RunRecord
from lms.site import Site


@dataclass(frozen=True)
class Moved:
    """What a move did, or would do: from which revision to which (their numbers), what it means, and which harmful codes were not
    accepted; while there are any, nothing is done. `done` is False too when the run is there already."""

    run: str
    before: int
    after: int
    impact: impact.Impact
    refused: tuple[str, ...]
    done: bool


@dataclass(frozen=True)
class Target:
    """A run and the revision it may be moved to."""

    run_id: int
    segment: str
    course: str
    before: Revision
    after: Revision


def run_named(segment: str) -> int:
    """The id of the run `<course>@<run>`. Raises BadInput."""
    course, _, slug = segment.partition("@")
    found = db.session.execute(
        select(RunRecord.id)
        .join(CourseRecord, CourseRecord.id == RunRecord.course_id)
        .where(CourseRecord.slug == course, RunRecord.slug == slug)
    ).scalar_one_or_none()
    if found is None:
        raise BadInput(Message(mark("There is no run {name}."), {"name": segment}))
    return found


def revisions(run_id: int) -> tuple[int, list[tuple[int, datetime]]]:
    """The number of the revision a run is pinned to, and all numbers of its course with when they were published, the newest
    first. Two statements."""
    row = db.session.execute(
        select(RunRecord.course_id, Revision.number)
        .join(Revision, Revision.id == RunRecord.revision_id)
        .where(RunRecord.id == run_id)
    ).one()
    rows = db.session.execute(
        select(Revision.number, Revision.created_at)
        .where(Revision.course_id == row.course_id)
        .order_by(Revision.number.desc())
    )
    return row.number, [(number, at) for number, at in rows]


def target(run_id: int, to: int | None = None) -> Target:
    """A run with the revision of this number (default: the course's current one). Raises BadInput, and LookupError for no run."""
    run = db.session.get(RunRecord, run_id, populate_existing=True)
    if run is None:
        raise LookupError(run_id)
    course = db.session.get(CourseRecord, run.course_id)
    assert course is not None
    before = db.session.get(Revision, run.revision_id)
    wanted = Revision.id == course.revision_id if to is None else Revision.number == to
    after = db.session.execute(select(Revision).where(Revision.course_id == course.id, wanted)).scalar_one_or_none()
    if after is None:
        raise BadInput(Message(mark("The course has no revision {number}."), {"number": to or 0}))
    assert before is not None
    return Target(run.id, f"{course.slug}@{run.slug}", course.slug, before, after)


def preview(site: Site, run_id: int, to: int | None = None, accept: Collection[str] = ()) -> Moved:
    """What moving a run would mean; changes nothing. Raises as `target`."""
    aim = target(run_id, to)
    found = impact.Impact(aim.course, ())
    if aim.before.id != aim.after.id:
        after = site.library.originals([aim.after.id])[aim.after.id]
        found = impact.report(site, after.course, run_id)
    return Moved(aim.segment, aim.before.number, aim.after.number, found, found.refused(accept), False)


def move(site: Site, run_id: int, to: int | None = None, accept: Collection[str] = (), by: int | None = None) -> Moved:
    """Move a run to the revision of this number (default: the course's current one), unless there are harmful changes that are
    not in `accept`. Raises as `target`, and BadInput when results would fall together."""
    # whoever is about to write in this run holds its row (`enrolment.place`): they finish first, or wait and find the new edition
    db.session.execute(select(RunRecord.id).where(RunRecord.id == run_id).with_for_update())
    aim = target(run_id, to)
    found = preview(site, run_id, to, accept)
    if found.refused or aim.before.id == aim.after.id:
        return found
    outlines = site.library.originals([aim.before.id, aim.after.id])
    names = rules.carried(outlines[aim.before.id], outlines[aim.after.id])
    taken = items.worked(site, [run_id]).get(run_id, {})
    clash = next((new for new in names.values() if taken.get(new)), None)
    if clash is not None:
        raise BadInput(
            Message(
                mark("Results of an earlier “{id}” are kept in this run: what goes on now needs another id."),
                {"id": clash},
            )
        )
    items.rename(site, run_id, names)
    run = db.session.get(RunRecord, run_id, populate_existing=True)
    assert run is not None
    run.revision_id = aim.after.id
    db.session.add(
        RunMove(
            run_id=run_id, before_id=aim.before.id, after_id=aim.after.id, accepted=" ".join(found.impact.harmful),
            at=site.now(), by=by,
        )
    )  # fmt: skip
    db.session.flush()
    site.emit(RunMoved(run_id, aim.before.id, aim.after.id))
    return Moved(found.run, found.before, found.after, found.impact, (), True)


@dataclass(frozen=True)
class Past:
    """A move that was made: revision numbers, when, by whom ("" for the command line) and what was accepted."""

    before: int
    after: int
    at: datetime
    by: str
    accepted: tuple[str, ...]


def history(run_id: int, limit: int = 50) -> list[Past]:
    """The latest moves of a run, the newest first. One statement."""
    before, after = aliased(Revision), aliased(Revision)
    rows = db.session.execute(
        select(
            before.number.label("before"), after.number.label("after"), RunMove.at, RunMove.accepted, Person.surname,
            Person.given_name, Person.patronymic,
        )
        .join(before, before.id == RunMove.before_id)
        .join(after, after.id == RunMove.after_id)
        .outerjoin(Person, Person.id == RunMove.by)
        .where(RunMove.run_id == run_id)
        .order_by(RunMove.id.desc())
        .limit(limit)
    )  # fmt: skip
    return [
        Past(
            row.before, row.after, row.at,
            " ".join(part for part in (row.surname, row.given_name, row.patronymic) if part), tuple(row.accepted.split()),
        )
        for row in rows
    ]  # fmt: skip
