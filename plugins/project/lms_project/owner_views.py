"""Pages about one owner's project: the passport, and for staff the defence and the decision about shares."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import abort
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from lms.plugin import LEARNER, STAFF, ActivityPages, BadInput, Owner, Visit, db, gettext
from lms_project import defence, pacts, passport, results
from lms_project.forms import MinutesForm
from lms_project.shares import EVEN

pages = ActivityPages()
OWNER = "owners/<any(person, team):kind>/<int:number>/"


def _owner(visit: Visit, kind: str, number: int) -> Owner:
    """The owner of the address, 404 unless somebody of it takes part in the run."""
    owner = visit.submissions.owner_of(f"{kind}:{number}")
    return owner if pacts.present(visit, owner) else abort(404)


def _page(owner: Owner, page: str = "") -> str:
    return f"owners/{owner.key.replace(':', '/')}/{page}"


# ------------------------------------------------------------------------------------------- the passport


@pages.get("passport/", LEARNER)
def own_passport(visit: Visit) -> ResponseReturnValue:
    """The passport of the own project."""
    owner = visit.submissions.owner()
    if owner is None:
        return visit.redirect()
    return _passport(visit, owner, explanation=visit.explanation())


@pages.get(OWNER, STAFF)
def owner_passport(visit: Visit, kind: str, number: int) -> ResponseReturnValue:
    """The passport of somebody's project, with what staff have to do about it."""
    owner = _owner(visit, kind, number)
    return _passport(visit, owner, staff=True)


def _passport(visit: Visit, owner: Owner, explanation: str = "", staff: bool = False) -> Markup:
    found = passport.of(visit, owner)
    marks = [(member.name, found.results.get(member.id)) for member in found.members] if staff else None
    tutors = [member.name for member in visit.people("tutor")]
    return visit.render(
        "project/passport.html", found=found, tutors=tutors, marks=marks, explanation=explanation,
        asked=visit.questions.written(defence.subject(owner.key)) if visit.settings.defence else "",
    )  # fmt: skip


# ------------------------------------------------------------------------------------------- the defence


@pages.get(OWNER + "defence/", STAFF)
def defend(visit: Visit, kind: str, number: int) -> ResponseReturnValue:
    """The own marking form of a defence, and its minutes."""
    return _defence_page(visit, _defending(visit, kind, number))


def _defending(visit: Visit, kind: str, number: int) -> Owner:
    return abort(404) if visit.settings.defence is None else _owner(visit, kind, number)


def _defence_page(
    visit: Visit, owner: Owner, error: BadInput | None = None, form: MinutesForm | None = None
) -> Markup:  # fmt: skip
    found = passport.of(visit, owner)
    forms = visit.assessments.of([defence.subject(owner.key)], "tutor")
    mine = next((one for one in forms if one.assessor_id == visit.person.id), None)
    kept = found.minutes
    data = {"text": kept.text if kept else "", "seen": str(kept.edits if kept else 0)}
    return visit.render(
        "project/defence.html", found=found, marking=visit.assessments.form(defence.criteria(visit), mine),
        asked=visit.questions.show(defence.subject(owner.key)),
        form=form or MinutesForm(formdata=None, data=data), error=error.message if error else "",
    )  # fmt: skip


@pages.post(OWNER + "defence/", STAFF)
def assess(visit: Visit, kind: str, number: int) -> ResponseReturnValue:
    """Keep the own mark for a defence."""
    owner = _defending(visit, kind, number)
    try:
        with db.session.begin_nested():
            defence.assess(visit, owner)
            results.settle(visit, owner)
    except BadInput as error:
        return _defence_page(visit, owner, error), 422
    visit.say(gettext("Your mark for the defence is kept."))
    return visit.redirect(_page(owner))


@pages.post(OWNER + "minutes/", STAFF)
def write_minutes(visit: Visit, kind: str, number: int) -> ResponseReturnValue:
    """Keep the minutes of a defence."""
    owner = _defending(visit, kind, number)
    form = visit.form(MinutesForm)
    if form.validate_on_submit():
        try:
            defence.write_minutes(visit, owner, form.text.data or "", form.seen.data or "")
        except BadInput as error:
            form.form_errors.append(str(error.message))
        else:
            visit.say(gettext("The minutes are kept."))
            return visit.redirect(_page(owner, "defence/"))
    return _defence_page(visit, owner, form=form), 422


# ------------------------------------------------------------------------------------------- shares


@pages.get(OWNER + "shares/", STAFF)
def shares(visit: Visit, kind: str, number: int) -> ResponseReturnValue:
    """How a team shares its work, and the form to decide it."""
    return _shares_page(visit, _sharing(visit, kind, number))


def _sharing(visit: Visit, kind: str, number: int) -> Owner:
    return _owner(visit, kind, number) if kind == "team" and pacts.asked(visit.settings, "shares") else abort(404)


def _shares_page(visit: Visit, owner: Owner, error: BadInput | None = None) -> Markup:
    found = pacts.standing(visit, owner, "shares")
    given: Mapping[int, Any] = {**dict.fromkeys(found.people, EVEN), **found.parts}
    if error is not None:
        given = {person: visit.sent(f"member-{person}") for person in found.people}
    return visit.render(
        "project/decide.html", owner=owner, found=found, names=pacts.names(visit, owner), given=given,
        text=visit.sent("text") if error else "", seen=visit.sent("seen") if error else found.token,
        error=error.message if error else "",
    )  # fmt: skip


@pages.post(OWNER + "shares/", STAFF)
def decide(visit: Visit, kind: str, number: int) -> ResponseReturnValue:
    """Decide how a team shares its work."""
    owner = _sharing(visit, kind, number)
    visit.lock(pacts.LOCK)
    try:
        with db.session.begin_nested():
            pacts.decide(visit, owner, visit.sent("text"), pacts.sent(visit, owner, "shares"), visit.sent("seen"))
            results.settle(visit, owner)
    except BadInput as error:
        return _shares_page(visit, owner, error), 422
    visit.say(gettext("It is decided; the team is told."))
    return visit.redirect(_page(owner))
