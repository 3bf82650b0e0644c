"""Works that will probably lack reviews: seen in time, and given to those who can help."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import abort
from flask.typing import ResponseReturnValue

from lms.plugin import STAFF, ActivityPages, BadInput, Event, Message, Site, Tick, Visit, db, gettext, mark, ngettext
from lms_workshop import forecast, stages, store
from lms_workshop.forecast import Asked, Guess, Prospect
from lms_workshop.stages import LOCK
from lms_workshop.store import Stage, WorkLine

pages = ActivityPages()

PATIENCE = timedelta(days=7)
"""At one's own pace: how long a work may wait for its reviews before it waits in vain."""

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
    works = [work for work in store.works(visit) if active.intersection(work.people)]
    forms = visit.assessments.states()
    peers, tutors = store.by_pair(forms), store.tutors(forms)
    asked = [
        Asked(one.subject, one.reviewer_id, one.created_at, store.state_of(peers.get((one.subject, one.reviewer_id))))
        for one in visit.allocation.reviews()
    ]
    needed = min(visit.settings.reviewers, max(len(works) - 1, 0))
    if stages.own_pace(visit):  # works come at any time: those that have waited long are looked at
        works = [work for work in works if visit.now - work.at >= PATIENCE]
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
            works[one.subject], ", ".join(names.get(id, gone) for id in works[one.subject].people), one,
            [(names.get(guess.reviewer_id, gone), guess, gettext(WHY[guess.why])) for guess in one.guesses],
        )
        for one in found
        if one.lacks
    ]  # fmt: skip
    is_open = _is_open(visit)
    return Outlook(rows, len(found), volunteers(visit), visit.phases.closes, is_open)


def volunteers(visit: Visit) -> Sequence[int]:
    """Who has done all the reviews they were asked for, and may be asked for one more."""
    active = {member.id for member in visit.people()}
    forms = store.by_pair(visit.assessments.states("peer"))
    owed: Counter[int] = Counter()
    for one in visit.allocation.reviews():
        form = forms.get((one.subject, one.reviewer_id))
        owed[one.reviewer_id] += form is None or form.done_at is None
    return sorted(person for person, count in owed.items() if not count and person in active)


def invite(visit: Visit) -> int:
    """Ask everybody who has done their reviews whether they would do one more; returns how many were asked.

    Raises BadInput when no reviews are written now."""
    visit.lock(LOCK)
    if not _is_open(visit):
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
    if not _is_open(visit):
        raise BadInput(Message(mark("Reviewers can be added once works are handed out and until reviewing ends.")))
    return stages.ask_one_more(visit, work_id) is not None


def settle(visit: Visit) -> None:
    """When most of the time is over and works will lack reviews, ask volunteers and tell the tutors: once, or, where there is no common
    time, once a week as long as works wait in vain."""
    if not _is_open(visit) or not _is_time(visit, store.stage(visit)):
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


def _is_open(visit: Visit) -> bool:
    return stages.reviewing(visit) and stages.handed_out(visit)


def _is_time(visit: Visit, stage: Stage) -> bool:
    if stages.own_pace(visit):
        return stage.rescued_at is None or visit.now - stage.rescued_at >= PATIENCE
    if stage.rescued_at is not None or stage.allocated_at is None:
        return False
    return forecast.spent(stage.allocated_at, visit.now, visit.phases.closes) >= forecast.NEARLY


def on_tick(site: Site, event: Event) -> None:
    """Look ahead in all workshops in which works are reviewed."""
    assert isinstance(event, Tick)
    site.each("workshop", settle)


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
