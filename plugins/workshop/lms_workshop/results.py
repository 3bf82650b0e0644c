"""Marks given out, with how each was worked out, and hidden again when a workshop is re-opened."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select

from lms.plugin import KeptWorking, Message, Result, Score, Visit, db, mark
from lms_workshop import rules, store
from lms_workshop.format import WorkshopSettings
from lms_workshop.marks import Marks, collect, work_out
from lms_workshop.models import Appeal
from lms_workshop.store import Standing
from lms_workshop.words import explain_review, explain_whole, explain_work


def given_at(visit: Visit, person_id: int | None = None) -> datetime | None:
    """When the marks were given out (to this person, or to the one of the visit), or None while they are not."""
    if (released := store.stage(visit).released_at) is not None:
        return released
    if person_id is None or person_id == visit.person.id:
        return store.standing(visit).out_at
    return visit.answers(Standing).get(person_id, Standing()).out_at


def given(visit: Visit) -> Collection[int]:
    """Who has marks: everybody once the workshop is closed, before that those who were done at their own pace."""
    if store.stage(visit).released_at is not None:
        return {member.id for member in visit.people()}
    return {person for person, one in visit.answers(Standing).items() if one.out_at is not None}


def record(visit: Visit, people: Collection[int], afresh: bool = False) -> dict[int, Marks]:
    """Give these participants their marks, and keep how each was worked out. Unless it is done `afresh`, only those whose marks are
    worked out otherwise than before are given anything."""
    settings: WorkshopSettings = visit.settings
    found = collect(visit)
    marked = work_out(settings, found, people, everything=True)
    kept = []
    for person, one in marked.items():
        basis = one.work_basis.model_dump_json(exclude_defaults=True)
        kept.append(KeptWorking(person, "work", one.work, found.marking, basis, visit.now))
        if settings.review_points:
            basis = one.review_basis.model_dump_json(exclude_defaults=True)
            kept.append(KeptWorking(person, "review", one.review, found.marking, basis, visit.now))
    changed = visit.assessments.keep_workings(kept)
    asked = _appealed(visit)
    for person, one in marked.items():
        if afresh or person in changed:
            _record(visit, person, one, person in asked)
    return marked


def _appealed(visit: Visit) -> Collection[int]:
    """Who asked the tutor to look again at a mark and waits for the answer. One statement."""
    waits = (Appeal.run_id == visit.run.id, Appeal.block == visit.block.id, Appeal.answered_at.is_(None))
    return set(db.session.execute(select(Appeal.person_id).where(*waits)).scalars())


def _record(visit: Visit, person_id: int, marks: Marks, appealed: bool) -> None:
    settings: WorkshopSettings = visit.settings
    work, review = marks.work.share, marks.review.share
    if settings.review_points:
        visit.record(
            Result(
                completion=review is not None and marks.done == marks.assigned,
                score=Score(review * settings.review_points, settings.review_points) if review is not None else None,
                item=f"{settings.id}.review",
                explanation=explain_review(marks),
            ),
            person_id,
        )
    visit.record(
        Result(
            completion=marks.submitted and work is not None,
            score=Score(work * settings.points, settings.points) if work is not None else None,
            item=f"{settings.id}.work",
            state="complete" if work is not None else "waiting",
            explanation=explain_work(marks),
        ),
        person_id,
    )
    total = marks.total
    visit.record(
        Result(
            completion=marks.completed,
            success=rules.passes(total.share, settings.passing) and marks.completed if total else None,
            score=Score(total.points, total.most) if total else None,
            state="waiting" if total is None or appealed else "complete" if marks.completed else "failed",
            explanation=explain_whole(settings, marks),
        ),
        person_id,
    )


def take_back(visit: Visit, person_id: int) -> None:
    """Hide both marks of a participant again: the workshop was re-opened."""
    settings: WorkshopSettings = visit.settings
    words = Message(mark("The tutor re-opened the workshop: the marks will come when it is closed again."))
    parts = ("work", "review") if settings.review_points else ("work",)
    for part in parts:
        visit.record(
            Result(completion=False, item=f"{settings.id}.{part}", state="started", explanation=words), person_id
        )
