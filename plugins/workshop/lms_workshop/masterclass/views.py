"""The pages of a master class."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from flask import abort
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from lms.plugin import (
    LEARNER,
    MEMBER,
    PARTICIPANT,
    STAFF,
    ActivityPages,
    Assessment,
    BadInput,
    Submission,
    Visit,
    db,
    gettext,
)
from lms_workshop.masterclass import rules, service, store
from lms_workshop.masterclass.rules import Step
from lms_workshop.masterclass.store import Attempts, Standing

pages = ActivityPages()
T = TypeVar("T")


def _attempt(act: Callable[[], T]) -> T:
    """Do something wholly or, when it raises BadInput, not at all, although a page is shown then."""
    try:
        with db.session.begin_nested():
            return act()
    except service.Gone:
        abort(404)


# ------------------------------------------------------------------------------------------- the first page


@dataclass(frozen=True)
class ToLookAt:
    """An attempt of another: `state` of this person's critique as the badges call it; `asked` when it was handed out to them."""

    id: int
    title: str
    name: str
    state: str
    asked: bool
    open: bool
    """Whether something may be said about it now; before that it can only be looked at."""


@dataclass(frozen=True)
class Mine:
    """What a participant finds: what to do now, others' attempts (those to write about first), and what was said about their own."""

    step: Step
    standing: Standing
    own: Attempts | None
    versions: Sequence[Submission]
    others: Sequence[ToLookAt]
    received: Sequence[tuple[str, Assessment]]

    @property
    def next(self) -> ToLookAt | None:
        """The attempt to write about now."""
        return next((one for one in self.others if one.asked and one.state != "complete"), None)

    @property
    def may_take(self) -> bool:
        """Whether they owe a critique and have nothing left to write it about."""
        return self.step == "critique" and self.next is None


def of_participant(visit: Visit) -> Mine:
    """The first page of a participant."""
    standing = visit.answer(Standing) or Standing()
    now = store.situation(visit, standing)
    begun = now.begun
    own = store.attempts(visit).get(f"person:{visit.person.id}")
    others = _others(visit, "critique" in begun) if "gallery" in begun else []
    received = service.critiques_of(visit, visit.person.id) if own is not None and "critique" in begun else ()
    versions = (
        [one for one in visit.submissions.versions(own.owner, store.STAGE) if one.state != "draft"] if own else []
    )
    return Mine(rules.step(now), standing, own, versions, others, received)


def _others(visit: Visit, critique: bool) -> list[ToLookAt]:
    """Attempts handed out to this person, and those that are shown to all."""
    asked = {one.subject for one in visit.allocation.reviews(reviewer_id=visit.person.id)} if critique else set()
    forms = {
        form.subject: form for form in visit.assessments.of(role=service.CRITIC) if form.assessor_id == visit.person.id
    }
    shown = {one.owner for one in visit.submissions.shown("run")}
    names = {member.id: member.name for member in visit.people()}
    found = []
    for one in store.attempts(visit).values():
        subject, person = store.subject(one.first), store.person_of(one.owner)
        if person in names and person != visit.person.id and (subject in asked or one.owner in shown):
            form = forms.get(subject)
            state = "open" if form is None else "complete" if form.done_at is not None else "draft"
            found.append(ToLookAt(one.first, one.title, names[person], state, subject in asked, critique))
    return sorted(found, key=lambda one: (not one.asked, one.id))


@dataclass(frozen=True)
class Row:
    """A participant on the board."""

    name: str
    attempts: Attempts | None
    standing: Standing
    received: int
    done: bool


def of_staff(visit: Visit) -> list[Row]:
    """Everybody, by name. Four statements, whatever the size of the group."""
    attempts, kept = store.attempts(visit), visit.answers(Standing)
    received: dict[str, int] = {}
    for form in visit.assessments.of():
        if form.done_at is not None:
            received[form.subject] = received.get(form.subject, 0) + 1
    rows = []
    for member in visit.people():
        own = attempts.get(f"person:{member.id}")
        standing = kept.get(member.id, Standing())
        count = received.get(store.subject(own.first), 0) if own else 0
        rows.append(Row(member.name, own, standing, count, store.situation(visit, standing).complete))
    return rows


@pages.get("", MEMBER)
def index(visit: Visit) -> ResponseReturnValue:
    """What now: everybody for staff, the way through for participants, demonstration and task for authors of the course."""
    if visit.may(STAFF):
        drawn = store.shared(visit).drawn_at is not None
        return visit.render(
            "workshop/masterclass/board.html", rows=of_staff(visit), drawn=drawn, begun=store.begun(visit)
        )
    mine = of_participant(visit) if visit.may(LEARNER) else None
    return visit.render("workshop/masterclass/index.html", mine=mine)


# ------------------------------------------------------------------------------------------- critiques


@pages.post("critiques/take", LEARNER)
def take(visit: Visit) -> ResponseReturnValue:
    """One more attempt to look at."""
    id = _attempt(lambda: service.take_one(visit))
    return visit.redirect(f"critiques/{id}/")


@pages.get("critiques/<int:id>/", PARTICIPANT)
def critique(visit: Visit, id: int) -> ResponseReturnValue:
    """An attempt of another, and what to say about it."""
    return _page(visit, id)


@pages.post("critiques/<int:id>/", PARTICIPANT)
def save(visit: Visit, id: int) -> ResponseReturnValue:
    """Keep a critique, as a draft or finished."""
    try:
        done = _attempt(lambda: service.save_critique(visit, id, finish=bool(visit.sent("finish"))))
    except BadInput as error:
        return _page(visit, id, str(error.message)), 422
    visit.say(gettext("Thank you! The author reads it now.") if done else gettext("The draft is kept."))
    return visit.redirect() if done else visit.redirect(f"critiques/{id}/")


def _page(visit: Visit, id: int, error: str = "") -> Markup:
    try:
        found = service.target(visit, id)
    except service.Gone:
        abort(404)
    mine = service.my_critique(visit, found)
    names: Mapping[int, str] = {member.id: member.name for member in visit.people()}
    # what was sent too late is shown again, so that it is not lost
    form = None
    if error or "closed" not in store.begun(visit):
        form = visit.assessments.form(visit.assessments.in_use(visit.settings.form), mine)
    asked = [one.id for one in visit.allocation.reviews(reviewer_id=visit.person.id) if one.subject == found.subject]
    gives_back = asked and form is not None and (mine is None or mine.done_at is None)
    return visit.render(
        "workshop/masterclass/critique.html", found=found, mine=mine, form=form, error=error,
        aside=visit.allocation.aside(asked[0]) if gives_back else "",
        name=names.get(store.person_of(found.owner), gettext("somebody who has left the course")),
    )  # fmt: skip
