"""Works that will probably lack reviews: seen in time, and given to those who can help."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from flask import abort
from flask.typing import ResponseReturnValue

from lms.plugin import STAFF, ActivityPages, BadInput, Event, Message, Site, Tick, Visit, db, gettext, mark, ngettext
from lms_workshop import forecast, stages, store
from lms_workshop.board import state_of
from lms_workshop.forecast import Asked, Guess, Prospect
from lms_workshop.stages import LOCK
from lms_workshop.store import WorkLine

pages = ActivityPages()

LEASE = timedelta(days=1)
"""How long a work is kept for a volunteer who has not begun to review it."""

WHY: Mapping[str, str] = {
    "done": mark("finished"),
    "begun": mark("begun"),
    "time": mark("not begun, but there is time"),
    "does-others": mark("not begun, but has reviewed here already"),
    "late": mark("not begun, and the end is near"),
    "silent": mark("has begun no review here"),
    "gone": mark("has left the course"),
}


@dataclass(frozen=True)
class Row:
    """A work at risk: what is thought of each of its reviews as (name, guess, the reason in words)."""

    work: WorkLine
    author: str
    prospect: Prospect
    guesses: Sequence[tuple[str, Guess, str]]


@dataclass(frozen=True)
class Outlook:
    """The whole: works at risk, how many there are in all, who could be asked, until when."""

    rows: Sequence[Row]
    works: int
    volunteers: Sequence[int]
    closes: datetime | None
    open: bool


def prospects(visit: Visit) -> Sequence[Prospect]:
    """What each work may expect, those that lack most first. Five statements."""
    active = {member.id for member in visit.people()}
    works = [work for work in store.works(visit) if work.person_id in active]
    forms = visit.assessments.of()
    peers, tutors = store.by_pair(forms), store.tutors(forms)
    asked = [
        Asked(one.subject, one.reviewer_id, one.created_at, state_of(peers.get((one.subject, one.reviewer_id))))
        for one in visit.allocation.reviews()
    ]
    needed = min(visit.settings.reviewers, max(len(works) - 1, 0))
    subjects = [store.subject(work.id) for work in works]
    return forecast.forecast(subjects, asked, active, needed, visit.now, visit.phases.closes, tutors.keys())


def outlook(visit: Visit) -> Outlook:
    """The page of works at risk."""
    found = prospects(visit)
    works = {store.subject(work.id): work for work in store.works(visit)}
    names = {member.id: member.name for member in visit.people()}
    gone = gettext("somebody who has left the course")
    rows = [
        Row(
            works[one.subject], names.get(works[one.subject].person_id, gone), one,
            [(names.get(guess.reviewer_id, gone), guess, gettext(WHY[guess.why])) for guess in one.guesses],
        )
        for one in found
        if one.lacks
    ]  # fmt: skip
    is_open = stages.phase(visit) == "review" and store.stage(visit).allocated_at is not None
    return Outlook(rows, len(found), volunteers(visit), visit.phases.closes, is_open)


def volunteers(visit: Visit) -> Sequence[int]:
    """Who has done all the reviews they were asked for, and may be asked for one more."""
    active = {member.id for member in visit.people()}
    forms = store.by_pair(visit.assessments.of(role="peer"))
    owed: Counter[int] = Counter()
    for one in visit.allocation.reviews():
        form = forms.get((one.subject, one.reviewer_id))
        owed[one.reviewer_id] += form is None or form.done_at is None
    return sorted(person for person, count in owed.items() if not count and person in active)


def invite(visit: Visit) -> int:
    """Ask everybody who has done their reviews whether they would do one more; returns how many were asked.

    Raises BadInput when no reviews are written now."""
    visit.lock(LOCK)
    if stages.phase(visit) != "review" or store.stage(visit).allocated_at is None:
        raise BadInput(Message(mark("Volunteers can be asked while reviews are written.")))
    people = volunteers(visit)
    if people:
        words = Message(
            mark("“{title}”: some works wait for a reviewer in vain. You have done yours: would you read one more?"),
            {"title": visit.block.title},
        )
        visit.notify(people, words)
    visit.save_shared(store.stage(visit).model_copy(update={"rescued_at": visit.now}))
    return len(people)


def ask_another(visit: Visit, work_id: int) -> bool:
    """Ask one more participant to review a work; returns whether there was anybody. Raises Gone, BadInput when it is not the time."""
    visit.lock(LOCK)
    if store.work(visit, work_id) is None:
        raise stages.Gone
    if stages.phase(visit) != "review" or store.stage(visit).allocated_at is None:
        raise BadInput(Message(mark("Reviewers can be added once works are handed out and until reviewing ends.")))
    return stages.ask_one_more(visit, work_id) is not None


def settle(visit: Visit) -> None:
    """When most of the time is over and works will lack reviews, ask volunteers and tell the tutors; once."""
    stage = store.stage(visit)
    if stages.phase(visit) != "review" or stage.allocated_at is None or stage.rescued_at is not None:
        return
    if forecast.spent(stage.allocated_at, visit.now, visit.phases.closes) < forecast.NEARLY:
        return
    count = sum(bool(one.lacks) for one in prospects(visit))
    if not count:
        return
    invite(visit)
    words = Message(
        mark("“{title}”: {n} work will probably lack reviews. Those who have done theirs are asked for one more."),
        {"title": visit.block.title, "n": count},
        mark("“{title}”: {n} works will probably lack reviews. Those who have done theirs are asked for one more."),
    )
    visit.notify([member.id for member in visit.people("tutor")], words, "forecast/")


def on_tick(site: Site, event: Event) -> None:
    """Look ahead in all workshops in which works are reviewed."""
    assert isinstance(event, Tick)
    site.each("workshop", settle)


# ------------------------------------------------------------------------------------------- volunteers


def take_one(visit: Visit) -> int:
    """One more work for somebody who has done all their reviews and asks for another; returns its number. What waits in vain goes first.

    Whoever does not begin it within the lease has not taken it. Raises BadInput when it is not the time, or nothing is left.
    """
    visit.lock(LOCK)
    standing, stage = store.standing(visit), store.stage(visit)
    if stage.allocated_at is None or stages.phase(visit) != "review" or not standing.submitted:
        raise BadInput(
            Message(mark("Works can be taken while reviews are written, by those who handed in one of their own."))
        )
    terms = stages.review_terms(visit)
    owed = [one for one in visit.allocation.reviews(reviewer_id=visit.person.id) if one.until is None]
    done = set(terms.done)
    if any((one.subject, visit.person.id) not in done for one in owed):
        raise BadInput(Message(mark("Do the reviews you were given first: their authors wait for them.")))
    vain = [one.subject for one in prospects(visit) if one.lacks]
    found = visit.allocation.take(replace(terms, first=vain), visit.person.id, LEASE)
    if found is None:
        raise BadInput(Message(mark("You have reviewed every work you may review. Thank you!")))
    visit.save_shared(stage.model_copy(update={"taken": True}))
    stages.number_late_works(visit)
    stages.restand(visit, [visit.person.id])
    return next(pair.work_number for pair in store.pairs(visit, visit.person.id) if pair.id == found.id)


# ------------------------------------------------------------------------------------------- pages


@pages.get("forecast/", STAFF)
def page(visit: Visit) -> ResponseReturnValue:
    """Which works will lack reviews, why, and who can help."""
    return visit.render("workshop/forecast.html", outlook=outlook(visit))


@pages.post("forecast/volunteers", STAFF)
def ask_volunteers(visit: Visit) -> ResponseReturnValue:
    """Ask everybody who has done their reviews for one more."""
    with db.session.begin_nested():
        count = invite(visit)
    visit.say(
        ngettext(
            "{n} participant is asked for one more review.", "{n} participants are asked for one more review.", count
        )
    )
    return visit.redirect("forecast/")


@pages.post("works/<int:work_id>/another", STAFF)
def another(visit: Visit, work_id: int) -> ResponseReturnValue:
    """Ask one more participant to review this work."""
    try:
        with db.session.begin_nested():
            found = ask_another(visit, work_id)
    except stages.Gone:
        abort(404)
    if found:
        visit.say(gettext("One more participant is asked to review the work."))
    else:
        visit.say(gettext("Everybody who may review this work does so already: mark it yourself."), "warning")
    return visit.redirect("forecast/")
