"""Practice: a participant marks model works and then sees what an expert gave them, and why.

What was given counts in no mark by itself; where reviewing is marked by closeness to those who know, it tells how far a reviewer
may be relied upon.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import abort
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from courses.criteria import Criteria, percentages, score
from lms.plugin import LEARNER, MEMBER, ActivityPages, Assessment, BadInput, Message, Visit, db, gettext, mark
from lms_workshop import stages
from lms_workshop.format import WorkshopSettings
from lms_workshop.model_works import ModelWork
from lms_workshop.stages import LOCK

pages = ActivityPages()
ROLE = "practice"


@dataclass(frozen=True)
class Tried:
    """A model work and what this person gave it; `form` is None before. `place` is its number from 1."""

    place: int
    model: ModelWork
    form: Assessment | None

    @property
    def state(self) -> str:
        """As the badges name it."""
        return "complete" if self.form is not None and self.form.done_at is not None else "open"


def tried(visit: Visit) -> Sequence[Tried]:
    """The model works in their order, with this person's forms. One statement, none where there is nothing to practise on."""
    settings: WorkshopSettings = visit.settings
    subjects = [one.subject for one in settings.model_works]
    forms = visit.assessments.of(subjects, ROLE) if subjects and visit.person.id else ()
    mine = {one.subject: one for one in forms if one.assessor_id == visit.person.id}
    return [Tried(place, one, mine.get(one.subject)) for place, one in enumerate(settings.model_works, start=1)]


def is_open(visit: Visit) -> bool:
    """Whether model works can be marked: until reviewing ends."""
    return visit.phases.reached not in ("evaluation", "closed")


def expert(model: ModelWork, criteria: Criteria) -> Assessment:
    """The expert's form, by the criteria a participant marks by."""
    known = {item.id for item in criteria.items}
    values = {id: value for id, value in model.values.items() if id in known}
    why = {id: words for id, words in model.why.items() if id in known}
    return Assessment(
        0, model.subject, 0, "expert", criteria, values, why, model.comment, score(criteria, values).share
    )


def apart(form: Assessment, model: ModelWork) -> int | None:
    """How far a form is from the expert's on the average of its criteria, in per cent; None where nothing is counted."""
    reference: Mapping[str, float] = percentages(form.form, model.values)
    if not reference:
        return None
    given = percentages(form.form, form.values)
    return round(sum(abs(given[id] - value) for id, value in reference.items()) / len(reference))


def keep(visit: Visit, place: int) -> None:
    """Keep what this person gives a model work; once, because the expert's marks are seen afterwards.

    Raises BadInput when it is over, done already or incomplete, Gone where there is no such work."""
    visit.lock(LOCK)
    found = _at(visit, place)
    if not is_open(visit):
        raise BadInput(Message(mark("Model works can be marked until reviewing ends.")))
    if found.form is not None:
        raise BadInput(Message(mark("You have marked this model work already, and seen what the expert gave it.")))
    criteria = visit.assessments.begin(visit.settings.form)
    values, comments, comment = visit.assessments.read(criteria)
    visit.assessments.save(found.model.subject, criteria, values, comments, comment, visit.person.id, ROLE)


def _at(visit: Visit, place: int) -> Tried:
    known = tried(visit)
    if not 1 <= place <= len(known):
        raise stages.Gone
    return known[place - 1]


# ------------------------------------------------------------------------------------------- pages


@pages.get("practice/<int:place>/", MEMBER)
def model(visit: Visit, place: int) -> ResponseReturnValue:
    """A model work: to be marked by participants, with the expert's marks for those who have, and for who leads or wrote the course."""
    return _page(visit, place)


@pages.post("practice/<int:place>/", LEARNER)
def practise(visit: Visit, place: int) -> ResponseReturnValue:
    """Keep one's marks and show the expert's."""
    try:
        with db.session.begin_nested():
            keep(visit, place)
    except stages.Gone:
        abort(404)
    except BadInput as error:
        return _page(visit, place, str(error.message)), 422
    visit.say(gettext("Your marks are kept. Compare them with the expert's."))
    return visit.redirect(f"practice/{place}/")


def _page(visit: Visit, place: int, error: str = "") -> Markup:
    try:
        found = _at(visit, place)
    except stages.Gone:
        abort(404)
    criteria = found.form.form if found.form is not None else visit.assessments.in_use(visit.settings.form)
    asks = visit.may(LEARNER) and found.form is None and (is_open(visit) or bool(error))
    return visit.render(
        "workshop/practice.html", found=found, error=error, count=len(visit.settings.model_works),
        form=visit.assessments.form(criteria) if asks else None,
        expert=None if asks else expert(found.model, criteria),
        apart=apart(found.form, found.model) if found.form is not None else None,
    )  # fmt: skip


def first_missing(visit: Visit) -> Tried | None:
    """The model work this person has to mark before the first review, if the course asks for it."""
    if not visit.settings.practise_first:
        return None
    return next((one for one in tried(visit) if one.form is None), None)
