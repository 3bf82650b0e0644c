"""Works taken one by one: by volunteers who have done theirs, and by everybody where a workshop has no common dates.

There a participant hands in, takes works from the queue until theirs are done, and has the marks as soon as the own work has its
reviews too. Whoever lets a taken work lie gives it back; a work that has waited longest with the fewest reviews goes first.
"""

from dataclasses import replace
from datetime import timedelta

from lms.plugin import BadInput, Event, Message, Site, Tick, Visit, mark
from lms_workshop import marks, numbers, rescue, results, spread, stages, store
from lms_workshop.stages import LOCK
from lms_workshop.store import Standing

VOLUNTEERS_LEASE = timedelta(days=1)
"""How long a work is kept for a volunteer who has not begun to review it."""


def take_one(visit: Visit) -> int | None:
    """One more work for somebody who has done all their reviews and asks for another; returns its number. What waits in vain goes first.

    Whoever does not begin it within the lease has not taken it. None for somebody who owes reviews at their own pace, where there is no
    work just now: they are told as soon as one comes. Raises BadInput when it is not the time, or nothing is left.
    """
    visit.lock(LOCK)
    standing = store.standing(visit)
    if not stages.handed_out(visit) or not stages.reviewing(visit) or not standing.submitted:
        raise BadInput(
            Message(mark("Works can be taken while reviews are written, by those who handed in one of their own."))
        )
    terms, own = stages.review_terms(visit), stages.own_pace(visit)
    owed = [one for one in visit.allocation.reviews(reviewer_id=visit.person.id) if one.until is None]
    done = set(terms.done)
    if any((one.subject, visit.person.id) not in done for one in owed):
        raise BadInput(Message(mark("Do the reviews you were given first: their authors wait for them.")))
    vain = [one.subject for one in rescue.prospects(visit) if one.lacks]
    lease = timedelta(days=visit.settings.lease) if own else VOLUNTEERS_LEASE
    found = visit.allocation.take(replace(terms, first=vain), visit.person.id, lease)
    if found is None and own and standing.done < standing.assigned:
        visit.save_answer(standing.model_copy(update={"idle": True}))
        return None
    if found is None:
        raise BadInput(Message(mark("You have reviewed every work you may review. Thank you!")))
    visit.save_shared(store.stage(visit).model_copy(update={"taken": True}))
    numbers.give_late(visit)
    stages.restand(visit, [visit.person.id])
    return next(pair.work_number for pair in store.pairs(visit, visit.person.id) if pair.id == found.id)


def tell_idle(visit: Visit) -> None:
    """There is a work to take again: tell those who asked for one in vain."""
    people = {member.id for member in visit.people()} - {visit.person.id}
    idle = {person: one for person, one in visit.answers(Standing).items() if one.idle and person in people}
    for person, one in sorted(idle.items()):
        visit.save_answer(one.model_copy(update={"idle": False}), person)
    if idle:
        visit.notify(sorted(idle), stages.to_review(visit))


# ------------------------------------------------------------------------------------------- marks, person by person


def settle(visit: Visit) -> None:
    """Give those their marks who have done their reviews and whose work has got its own (or the tutor's assessment).

    With a tick, not when a review is saved: a reviewer's own request leaves no mark in another's results. Works whose reviews differ so
    much that one more is wanted wait for it."""
    if visit.phases.now != "open":
        return
    standings = visit.answers(Standing)
    waiting = {id for id, one in standings.items() if one.submitted and one.out_at is None and one.done >= one.assigned}
    waiting &= {member.id for member in visit.people()}
    if not waiting:
        return
    visit.lock(LOCK)
    found, states = marks.collect(visit, ()), visit.assessments.states()
    peers, tutors = store.by_pair(states), store.tutors(states)
    differ = spread.wanted(found, states, stages.each(visit))
    ready, of_work = [], marks.by_work(found.pairs)
    for work in found.works:
        subject = store.subject(work.id)
        forms = [peers.get((subject, pair.reviewer_id)) for pair in of_work.get(work.id, ())]
        done = sum(form is not None and form.done_at is not None for form in forms)
        enough = subject in tutors or (done >= stages.each(visit) and work.id not in differ)
        if enough:
            ready += [person for person in work.people if person in waiting]
    if ready:
        results.record(visit, ready, afresh=True)
        for person in ready:
            visit.save_answer(standings[person].model_copy(update={"out_at": visit.now}), person)
        visit.notify(ready, Message(mark("“{title}”: the results are out."), {"title": visit.block.title}))


def on_tick(site: Site, event: Event) -> None:
    """Look whether somebody is done on both sides."""
    assert isinstance(event, Tick)
    site.each("workshop", settle)
