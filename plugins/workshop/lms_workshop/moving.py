"""Moving a workshop on: what each phase asks for, by its dates or because the tutor says so, and what going back takes back.

All of it, like handing in and marking, happens under one lock of the activity: a work handed in at the last second is either reviewed
or refused, and works are handed out once.
"""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import update

from lms.plugin import Message, Phased, Visit, db, gettext, mark
from lms_workshop import numbers, results, stages, store
from lms_workshop.models import Work
from lms_workshop.stages import LOCK
from lms_workshop.store import Standing


class WorkshopPhased(Phased):
    """What each phase brings."""

    kind = "workshop"
    lock = LOCK

    def settle(self, visit: Visit) -> Sequence[Message]:
        """Works handed out, marks given out, either taken back."""
        return settle(visit)

    def warning(self, visit: Visit, name: str) -> str:
        """Said to staff before they move it."""
        return {
            "submission": gettext(
                "Works can be handed in and changed again. If no review is begun, works will be handed out anew; marks that are "
                "out are hidden."
            ),
            "wishes": gettext("Handing in ends, and participants say which works they would gladly review."),
            "review": gettext("Handing in ends, and works are handed out to reviewers. Marks that are out are hidden."),
            "open": gettext(
                "Works are handed in, taken and reviewed again. Marks of those who are not done on both sides are hidden."
            ),
            "evaluation": gettext("Reviews can no longer be written or changed. Participants do not see marks yet."),
            "closed": gettext(
                "Everyone gets their marks and reads what was written about their work. A review that is not finished counts 0."
            ),
        }[name]

    def waiting(self, visit: Visit) -> Collection[int]:
        """Who has not handed in; who has reviews to write."""
        people = {member.id for member in visit.people()}
        if visit.phases.now == "submission":
            return people - {person for work in store.works(visit) for person in work.people}
        if visit.phases.now == "wishes":
            said = {person for _, person in visit.allocation.wishes()}
            return people & {person for work in store.works(visit) for person in work.people} - said
        if visit.phases.now == "open":
            return people - {
                id for id, one in visit.answers(Standing).items() if one.submitted and one.done >= one.assigned
            }
        if visit.phases.now != "review":
            return ()
        done = {
            pair for pair, form in store.by_pair(visit.assessments.states("peer")).items() if form.done_at is not None
        }
        return people & {
            pair.reviewer_id
            for pair in store.pairs(visit)
            if (store.subject(pair.work_id), pair.reviewer_id) not in done
        }


def settle(visit: Visit) -> list[Message]:
    """Do what the present phase asks for and has not been done: hand works out, give marks out, or take either back.

    Harmless when called again: by every tick and after every move.
    """
    begun, stage = visit.phases.reached, store.stage(visit)
    if stage.released_at is None:
        _give_back(visit)
    if begun == "review" and stage.allocated_at is None:
        return [stages.allocate(visit).text]
    if begun == "closed" and stage.released_at is None:
        return [release(visit)]
    if begun != "closed" and stage.released_at is not None:
        return [_take_back(visit), *settle(visit)]
    taken_in = (not begun or visit.phases.now in ("submission", "wishes")) and stage.allocated_at is not None
    said = _take_in(visit) if taken_in else []
    if begun == "wishes":
        numbers.give_for_wishes(visit)
    return said


def release(visit: Visit) -> Message:
    """Give everyone their marks."""
    visit.lock(LOCK)
    stage = store.stage(visit)
    if stage.released_at is not None:
        return Message(mark("The marks are already given out."))
    people, had = [member.id for member in visit.people()], results.given(visit)
    visit.save_shared(stage.model_copy(update={"released_at": visit.now}))
    found = results.record(visit, people, afresh=True)
    told = [person for person in people if person not in had and (found[person].submitted or found[person].assigned)]
    visit.notify(told, Message(mark("“{title}”: the results are out."), {"title": visit.block.title}))
    unmarked = sum(one.submitted and one.work.share is None for one in found.values())
    if unmarked:
        words = Message(
            mark("The marks are given out. {n} work has no mark, because nobody reviewed it: mark it yourself."),
            {"n": unmarked},
            mark("The marks are given out. {n} works have no mark, because nobody reviewed them: mark them yourself."),
        )
        visit.notify([member.id for member in visit.people("tutor")], words)
        return words
    return Message(mark("The marks are given out."))


def _take_back(visit: Visit) -> Message:
    visit.lock(LOCK)
    visit.save_shared(store.stage(visit).model_copy(update={"released_at": None}))
    given = results.given(visit)
    people = [member.id for member in visit.people() if member.id not in given]
    for person in people:
        results.take_back(visit, person)
    stages.restand(visit, people)
    return Message(mark("The workshop is open again: the marks are hidden until it is closed."))


def _take_in(visit: Visit) -> list[Message]:
    """Back to handing in: if no review has been begun, works will be handed out anew; otherwise it stays as it is."""
    visit.lock(LOCK)
    forms = visit.assessments.states("peer")
    if forms:
        begun = {form.subject for form in forms}
        stages.note_read(
            visit, [person for work in store.works(visit) if store.subject(work.id) in begun for person in work.people]
        )
        return [
            Message(
                mark(
                    "Some reviews are begun, so it stays decided who reviews what. "
                    "For works that come now, add reviewers by hand."
                )
            )
        ]
    reviewers = {pair.reviewer_id for pair in store.pairs(visit)}
    authors = {person for work in store.works(visit) for person in work.people}
    visit.allocation.clear()
    db.session.execute(update(Work).where(Work.run_id == visit.run.id, Work.block == visit.block.id).values(number=0))
    emptied: dict[str, Any] = {
        "allocated_at": None,
        "works": 0,
        "asked": 0,
        "given": 0,
        "short": 0,
        "taken": False,
        "rescued_at": None,
        "read": [],
    }
    visit.save_shared(store.stage(visit).model_copy(update=emptied))
    active = {member.id for member in visit.people()}
    for person in sorted((authors | reviewers) & active):
        stages.stands(visit, person, Standing(submitted=person in authors))
    return [Message(mark("No review was begun, so the works will be handed out anew when reviewing begins."))]


def _give_back(visit: Visit) -> None:
    """What volunteers took and let lie goes back; when reviewing is over, all that is not done, so that it counts for nobody."""
    if store.stage(visit).taken:
        visit.lock(LOCK)
        people = visit.allocation.give_back(stages.review_terms(visit), over=not stages.reviewing(visit))
        if people:
            stages.restand(visit, people)
