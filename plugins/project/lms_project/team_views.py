"""Pages of what a team keeps beside its work: the contract, the shares, the diary."""

from __future__ import annotations

from collections.abc import Mapping

from flask import abort, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from lms.plugin import LEARNER, ActivityPages, BadInput, Owner, Visit, db, gettext
from lms_project import diary, pacts, results
from lms_project.forms import EntryForm
from lms_project.shares import EVEN

pages = ActivityPages()
PACT = "<any(contract, shares):kind>/"


# ------------------------------------------------------------------------------------------- contract and shares


def _team(visit: Visit, kind: pacts.Kind) -> Owner | None:
    """The person's team; None for those who have none, 404 where a project has no such thing."""
    if not pacts.asked(visit.settings, kind):
        abort(404)
    owner = visit.submissions.owner()
    return owner if owner is not None and owner.team is not None else None


@pages.get(PACT, LEARNER)
def pact(visit: Visit, kind: pacts.Kind) -> ResponseReturnValue:
    """What the team agrees upon, what everybody says to it, and the form for another version."""
    owner = _team(visit, kind)
    return visit.redirect() if owner is None else _pact_page(visit, owner, kind)


def _pact_page(
    visit: Visit, owner: Owner, kind: pacts.Kind, error: BadInput | None = None, said: str = ""
) -> Markup:  # fmt: skip
    found = pacts.standing(visit, owner, kind)
    proposing = error is not None and not said and "seen" in request.form
    given: Mapping[int, object]
    if proposing:
        text, seen, given = (
            visit.sent("text"),
            visit.sent("seen"),
            {id: visit.sent(f"member-{id}") for id in found.people},
        )
    else:
        text = found.pact.text if found.pact else "\n\n".join(f"## {part}\n" for part in visit.settings.contract)
        text = text if kind == "contract" else ""
        seen = found.token
        given = {id: voice.role if kind == "contract" else voice.part for id, voice in found.voices.items()}
    return visit.render(
        "project/pact.html", kind=kind, found=found, team=owner, names=pacts.names(visit, owner), text=text, seen=seen,
        given=given, said=said,
        error=error.message if error else "", even=EVEN,
        sealed=pacts.is_sealed(visit, kind),
    )  # fmt: skip


@pages.post(PACT, LEARNER)
def propose(visit: Visit, kind: pacts.Kind) -> ResponseReturnValue:
    """A new version of it."""
    owner = _team(visit, kind)
    if owner is None:
        return visit.redirect()
    visit.lock(pacts.LOCK)
    try:
        with db.session.begin_nested():
            pacts.propose(visit, owner, kind, visit.sent("text"), pacts.sent(visit, owner, kind), visit.sent("seen"))
            results.settle(visit, owner)
    except BadInput as error:
        return _pact_page(visit, owner, kind, error), 422
    visit.say(gettext("The version is proposed; the others of the team are told."))
    return visit.redirect(f"{kind}/")


@pages.post(PACT + "<int:number>/", LEARNER)
def answer(visit: Visit, kind: pacts.Kind, number: int) -> ResponseReturnValue:
    """Yes or no to a version."""
    owner = _team(visit, kind)
    if owner is None:
        return visit.redirect()
    visit.lock(pacts.LOCK)
    words = visit.sent("words")
    try:
        with db.session.begin_nested():
            pacts.answer(visit, owner, kind, number, visit.sent("stance") == "for", words)
            results.settle(visit, owner)
    except BadInput as error:
        return _pact_page(visit, owner, kind, error, said=words), 422
    visit.say(gettext("Your answer is kept."))
    return visit.redirect(f"{kind}/")


# ------------------------------------------------------------------------------------------- the diary


def _with_diary(visit: Visit) -> None:
    if not visit.settings.diary:
        abort(404)


@pages.get("diary/", LEARNER)
def entries(visit: Visit) -> ResponseReturnValue:
    """The diary of one's team, or the own one, with a form for today."""
    _with_diary(visit)
    return _diary_page(visit, visit.form(EntryForm, data={"day": diary.today(visit)}))


def _diary_page(visit: Visit, form: EntryForm) -> Markup:
    owner = visit.submissions.owner()
    people = owner.people if owner else (visit.person.id,)
    names = {member.id: member.name for member in visit.people()}
    entries, page, pages = diary.page(visit, people, request.args.get("page", 1, type=int))
    return visit.render(
        "project/diary.html", entries=entries, page=page, pages=pages, names=names, form=form, entry=None
    )


@pages.post("diary/", LEARNER)
def write(visit: Visit) -> ResponseReturnValue:
    """A new entry."""
    _with_diary(visit)
    form = visit.form(EntryForm)
    if form.validate_on_submit() and form.day.data:
        try:
            diary.write(visit, form.day.data, form.text.data or "")
        except BadInput as error:
            form.form_errors.append(str(error.message))
        else:
            visit.say(gettext("The entry is kept."))
            return visit.redirect("diary/")
    return _diary_page(visit, form), 422


@pages.get("diary/<int:entry_id>/", LEARNER)
def entry(visit: Visit, entry_id: int) -> ResponseReturnValue:
    """An entry of one's own, to be changed."""
    _with_diary(visit)
    found = diary.mine(visit, entry_id) or abort(404)
    form = visit.form(EntryForm, data={"day": found.day, "text": found.text})
    return visit.render("project/diary.html", form=form, entry=found)


@pages.post("diary/<int:entry_id>/", LEARNER)
def change(visit: Visit, entry_id: int) -> ResponseReturnValue:
    """Change it, or take it out."""
    _with_diary(visit)
    found = diary.mine(visit, entry_id) or abort(404)
    if "remove" in request.form:
        diary.remove(found)
        visit.say(gettext("The entry is removed."))
        return visit.redirect("diary/")
    form = visit.form(EntryForm)
    if form.validate_on_submit() and form.day.data:
        try:
            diary.write(visit, form.day.data, form.text.data or "", found)
        except BadInput as error:
            form.form_errors.append(str(error.message))
        else:
            visit.say(gettext("The entry is changed."))
            return visit.redirect("diary/")
    return visit.render("project/diary.html", form=form, entry=found), 422
