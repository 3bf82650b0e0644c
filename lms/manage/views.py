"""Management pages: an overview with what needs somebody, runs, people, courses."""

from typing import Any

from flask import abort, redirect, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from lms.bounds import whole
from lms.i18n import gettext as _
from lms.i18n import ngettext
from lms.manage import forms, listing, service
from lms.plugin import ADMIN, AUTHOR, BadInput, Pages
from lms.publishing import move, words
from lms.visit import RunVisit

pages = Pages("manage")


def _page() -> int:
    return min(max(1, request.args.get("page", 1, type=whole)), 1_000_000)


@pages.get("/manage/", AUTHOR)
def overview(visit: RunVisit) -> ResponseReturnValue:
    """Where one starts: for admins the site in figures and what needs them, for authors their way to the courses."""
    found = listing.overview(visit.site) if visit.person.is_admin else None
    return visit.page("manage/overview.html", found=found, mail=bool(visit.site.config.mail_url))


# ------------------------------------------------------------------------------------------- runs


@pages.get("/manage/runs", ADMIN)
def runs(visit: RunVisit) -> ResponseReturnValue:
    """All runs, or those of one course."""
    page, course = _page(), request.args.get("course", "")[:120]
    found, last = listing.runs(visit.site, page, course)
    return visit.page("manage/runs.html", found=found, page=page, last=last, course=course, ways=forms.WAYS)


@pages.get("/manage/runs/new", ADMIN)
def new_run(visit: RunVisit) -> ResponseReturnValue:
    """The form for a new run."""
    form = _new_run(visit, course=request.args.get("course", "")[:120])
    return visit.page("manage/new_run.html", form=form)


def _new_run(visit: RunVisit, **values: Any) -> forms.NewRunForm:
    form = visit.form(forms.NewRunForm, **values)
    form.course.choices = dict(listing.course_choices())
    return form


@pages.post("/manage/runs/new", ADMIN)
def open_run(visit: RunVisit) -> ResponseReturnValue:
    """Open it."""
    form = _new_run(visit)
    if not form.validate():
        return visit.page("manage/new_run.html", form=form), 422
    try:
        run_id = service.open_run(
            visit.site,
            form.course.data,
            (form.slug.data or "").strip(),
            _values(form),
            form.tutors.data or "",
            visit.person,
        )
    except BadInput as error:
        return visit.page("manage/new_run.html", form=form, trouble=str(error.message)), 422
    visit.say(_("The run is open."))
    return redirect(f"/manage/runs/{run_id}", 303)


def _values(form: forms.RunForm) -> service.RunValues:
    assert form.starts_on.data is not None
    return service.RunValues(
        title=" ".join((form.title.data or "").split()), starts_on=form.starts_on.data, ends_on=form.ends_on.data,
        capacity=form.capacity.data or 0, enrolment=form.enrolment.data, key=form.key.data or "",
    )  # fmt: skip


def _run(visit: RunVisit, run_id: int) -> listing.RunLine:
    found = listing.run(visit.site, run_id)
    if found is None:
        abort(404)
    return found


def _run_page(visit: RunVisit, found: listing.RunLine, **given: Any) -> Markup:
    """The page of a run; `given` holds what was sent back with faults instead of an empty form."""
    form = given.pop("form", None) or visit.form(
        forms.RunForm, formdata=None, title=found.title, starts_on=found.starts_on, ends_on=found.ends_on,
        capacity=found.capacity, enrolment=found.enrolment,
    )  # fmt: skip
    values = {
        "form": form,
        "tutor_form": visit.form(forms.MailForm, formdata=None, prefix="tutor-"),
        "learner_form": visit.form(forms.MailForm, formdata=None, prefix="learner-"),
        "trouble": "",
        **given,
    }
    return visit.page("manage/run.html", run=found, **values)


@pages.get("/manage/runs/<int:run_id>", ADMIN)
def run(visit: RunVisit, run_id: int) -> ResponseReturnValue:
    """One run: what can be changed, who leads it, and the ways to its people, marks and certificates."""
    return _run_page(visit, _run(visit, run_id))


@pages.post("/manage/runs/<int:run_id>", ADMIN)
def change_run(visit: RunVisit, run_id: int) -> ResponseReturnValue:
    """Change it."""
    found = _run(visit, run_id)
    form = visit.form(forms.RunForm)
    if not form.validate():
        return _run_page(visit, found, form=form), 422
    try:
        promoted = service.change_run(visit.site, run_id, _values(form))
    except BadInput as error:
        return _run_page(visit, found, form=form, trouble=str(error.message)), 422
    visit.say(_("The run is changed."))
    if promoted:
        visit.say(
            ngettext(
                "{n} person of the waiting list has a place now.",
                "{n} people of the waiting list have a place now.",
                promoted,
            ),
            "info",
        )
    return redirect(f"/manage/runs/{run_id}", 303)


@pages.post("/manage/runs/<int:run_id>/tutors", ADMIN)
def add_tutor(visit: RunVisit, run_id: int) -> ResponseReturnValue:
    """Let somebody lead the run."""
    found = _run(visit, run_id)
    form = visit.form(forms.MailForm, prefix="tutor-")
    if not form.validate():
        return _run_page(visit, found, tutor_form=form), 422
    try:
        person = service.add_tutor(visit.site, run_id, form.email.data or "", visit.person)
    except BadInput as error:
        form.email.errors = [str(error.message)]
        return _run_page(visit, found, tutor_form=form), 422
    visit.say(_("{name} leads this run now.", name=person.full_name))
    return redirect(f"/manage/runs/{run_id}", 303)


@pages.post("/manage/runs/<int:run_id>/tutors/<int:person_id>/remove", ADMIN)
def remove_tutor(visit: RunVisit, run_id: int, person_id: int) -> ResponseReturnValue:
    """Let somebody lead the run no longer."""
    _run(visit, run_id)
    if not service.remove_tutor(visit.site, run_id, person_id, visit.person):
        abort(404)
    visit.say(_("This person does not lead the run any more."))
    return redirect(f"/manage/runs/{run_id}", 303)


@pages.post("/manage/runs/<int:run_id>/learners", ADMIN)
def enrol(visit: RunVisit, run_id: int) -> ResponseReturnValue:
    """Enrol one person."""
    found = _run(visit, run_id)
    form = visit.form(forms.MailForm, prefix="learner-")
    if not form.validate():
        return _run_page(visit, found, learner_form=form), 422
    try:
        person, state = service.enrol_person(visit.site, run_id, form.email.data or "", visit.person)
    except BadInput as error:
        form.email.errors = [str(error.message)]
        return _run_page(visit, found, learner_form=form), 422
    if state == "waiting":
        visit.say(_("Every place is taken: {name} is on the waiting list.", name=person.full_name), "warning")
    else:
        visit.say(_("{name} is enrolled.", name=person.full_name))
    return redirect(f"/manage/runs/{run_id}", 303)


def _move_page(visit: RunVisit, run_id: int, to: int | None, **given: Any) -> Markup:
    found = _run(visit, run_id)
    numbers = move.revisions(run_id)[1]
    if to is not None and to not in dict(numbers):
        abort(404)
    shown = move.preview(visit.site, run_id, to)
    values = {"accepted": (), "trouble": "", **given}
    return visit.page(
        "manage/move_run.html", run=found, moved=shown, revisions=numbers, titles=words.TITLES, past=move.history(run_id),
        **values,
    )  # fmt: skip


@pages.get("/manage/runs/<int:run_id>/move", ADMIN)
def move_run(visit: RunVisit, run_id: int) -> ResponseReturnValue:
    """What it would mean to move a run to another revision, and the form to do it."""
    return _move_page(visit, run_id, request.args.get("to", type=whole))


@pages.post("/manage/runs/<int:run_id>/move", ADMIN)
def moved_run(visit: RunVisit, run_id: int) -> ResponseReturnValue:
    """Move it (by default to the current revision), unless something harmful is not accepted."""
    _run(visit, run_id)
    to = request.form.get("to", type=whole)
    if to is not None and to not in dict(move.revisions(run_id)[1]):
        abort(404)
    accepted = tuple(request.form.getlist("accept"))
    try:
        done = move.move(visit.site, run_id, to, accepted, visit.person.id)
    except BadInput as error:
        return _move_page(visit, run_id, to, accepted=accepted, trouble=str(error.message)), 422
    if done.refused:
        trouble = _("Nothing was done: some of what it means is not ticked below.")
        return _move_page(visit, run_id, to, accepted=accepted, trouble=trouble), 422
    if done.done:
        visit.say(_("The run is at revision {number} now.", number=done.after))
    return redirect(f"/manage/runs/{run_id}", 303)


# ------------------------------------------------------------------------------------------- people


@pages.get("/manage/people", ADMIN)
def people(visit: RunVisit) -> ResponseReturnValue:
    """Everybody with an account, sought by name or address."""
    query, page = request.args.get("q", "").strip()[:200], _page()
    found, last, total = listing.people(query, page)
    return visit.page("manage/people.html", found=found, query=query, page=page, last=last, total=total)


@pages.get("/manage/people/<int:person_id>", ADMIN)
def person(visit: RunVisit, person_id: int) -> ResponseReturnValue:
    """One person: roles, runs, a way back in."""
    found = listing.person(person_id)
    if found is None:
        abort(404)
    return visit.page("manage/person.html", found=found, places=listing.places(person_id))


@pages.post("/manage/people/<int:person_id>/roles", ADMIN)
def change_role(visit: RunVisit, person_id: int) -> ResponseReturnValue:
    """Give a role (`role`, `on` 1) or take it away (`on` 0)."""
    role, on = visit.sent("role"), visit.sent("on")
    if role not in service.ROLES or on not in ("0", "1") or listing.person(person_id) is None:
        abort(404)
    try:
        changed = service.set_role(visit.site, person_id, role, on == "1", visit.person)
    except BadInput as error:
        visit.say(str(error.message), "error")
    else:
        if changed and on == "0":
            visit.say(_("The role is taken away, and this person is signed out everywhere."))
        elif changed:
            visit.say(_("The role is given."))
    return redirect(f"/manage/people/{person_id}", 303)


@pages.post("/manage/people/<int:person_id>/password-link", ADMIN)
def password_link(visit: RunVisit, person_id: int) -> ResponseReturnValue:
    """Mail a link by which the person sets a password."""
    if listing.person(person_id) is None:
        abort(404)
    sent = service.send_password_link(visit.site, person_id)
    if visit.site.config.mail_url:
        visit.say(_("A letter with the link goes to {email}.", email=sent.email))
    else:
        visit.say(_("The letter waits in the outbox, because no mail server is configured."), "warning")
    return redirect(f"/manage/people/{person_id}", 303)


# ------------------------------------------------------------------------------------------- courses


@pages.get("/manage/courses", AUTHOR)
def courses(visit: RunVisit) -> ResponseReturnValue:
    """Published courses with their current revisions."""
    page = _page()
    found, last = listing.courses(page)
    return visit.page("manage/courses.html", found=found, page=page, last=last)


@pages.get("/manage/courses/<slug>", AUTHOR)
def revisions(visit: RunVisit, slug: str) -> ResponseReturnValue:
    """Everything that was ever published of a course."""
    page = _page()
    found = listing.revisions(slug, page)
    if found is None:
        abort(404)
    rows, last = found
    title = next((row.title for row in rows if row.current), rows[0].title if rows else slug)
    return visit.page("manage/course.html", slug=slug, title=title, found=rows, page=page, last=last)
