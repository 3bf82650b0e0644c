"""Getting into a run and out of it, and who is in it."""

from flask import abort, flash, redirect, request
from flask.typing import ResponseReturnValue

from lms.bounds import whole
from lms.enrolment import service
from lms.enrolment.forms import ImportForm
from lms.enrolment.importing import import_csv
from lms.i18n import gettext, language
from lms.people.throttle import TooManyTries
from lms.plugin import ADMIN, PARTICIPANT, SIGNED_IN, STAFF, BadInput, Pages
from lms.visit import RunVisit

pages = Pages("enrolment")

SAID = {
    "active": lambda: gettext("You are in. Good luck!"),
    "waiting": lambda: gettext("Every seat is taken: you are on the waiting list. We write as soon as one is free."),
    "requested": lambda: gettext("Your request is sent. We write as soon as a tutor has answered."),
}


# ------------------------------------------------------------------------------------------- one's own place


@pages.post("/courses/<course>/enrol", SIGNED_IN)
def enrol(visit: RunVisit, course: str) -> ResponseReturnValue:
    """Ask for a place in the run that the address names."""
    run = service.run_named(course)
    if run is None:
        abort(404)
    try:
        state = service.ask(visit.site, run.id, visit.person.id, request.form.get("key", ""))
    except (BadInput, TooManyTries) as error:
        many = isinstance(error, TooManyTries)
        offers = service.enrol_options(visit.site, visit.person, run.course_id)
        said = str(error.sentence if isinstance(error, TooManyTries) else error.message)
        title = visit.site.library.outline(run.revision_id, language()).course.title
        page = visit.page(
            "enrolment/ask.html", title=title, course=run.course_slug, offers=offers, enrol_problem={run.id: said}
        )
        return page, 429 if many else 422
    flash(SAID[state](), "success" if state == "active" else "info")
    return redirect(run.base if state == "active" else f"/courses/{run.course_slug}/", 303)


@pages.get("/courses/<course>/leave", SIGNED_IN)
def leave(visit: RunVisit, course: str) -> ResponseReturnValue:
    """What leaving means, and the button."""
    run = service.run_named(course)
    state, role = service.state_of(run.id, visit.person.id) if run else ("", "")
    if run is None or state not in ("active", "requested", "waiting"):
        abort(404)
    title = visit.site.library.outline(run.revision_id, language()).course.title
    return visit.page("enrolment/leave.html", run=run, state=state, role=role, title=title)


@pages.post("/courses/<course>/leave", SIGNED_IN)
def left(visit: RunVisit, course: str) -> ResponseReturnValue:
    """Leave the run, or its lists; done twice, it stays done."""
    run = service.run_named(course)
    if run is None or not service.state_of(run.id, visit.person.id)[0]:
        abort(404)
    service.withdraw(visit.site, run.id, visit.person.id)
    flash(gettext("You have left the course. Your results are kept, in case you come back."), "success")
    return redirect(f"/courses/{run.course_slug}/", 303)


# ------------------------------------------------------------------------------------------- the people of a run


@pages.get("/courses/<course>/people", PARTICIPANT)
def people(visit: RunVisit) -> ResponseReturnValue:
    """Who is in the run; staff also see who asks and who waits."""
    everybody = service.members(visit.run.id, "")
    staff = visit.may(STAFF)
    asking = service.applicants(visit.run.id) if staff else []
    return visit.page(
        "enrolment/people.html",
        tutors=[member for member in everybody if member.role == "tutor"],
        learners=[member for member in everybody if member.role == "learner"],
        requests=[someone for someone in asking if someone.state == "requested"],
        waiting=[someone for someone in asking if someone.state == "waiting"],
        staff=staff,
    )


@pages.post("/courses/<course>/people/decide", STAFF)
def decide(visit: RunVisit) -> ResponseReturnValue:
    """Answer a request."""
    person = request.form.get("person", 0, type=whole)
    approve = request.form.get("answer") == "approve"
    state = service.decide(visit.site, visit.run.id, person, approve, visit.person)
    words = {
        "active": gettext("Enrolled."),
        "waiting": gettext("Every seat is taken: put on the waiting list."),
        "refused": gettext("Refused. The person gets a notice."),
    }
    flash(words[state], "success")
    return redirect(f"{visit.run.base}people", 303)


@pages.post("/courses/<course>/people/withdraw", STAFF)
def withdraw(visit: RunVisit) -> ResponseReturnValue:
    """Take a learner out of the run; a tutor only by an administrator."""
    person = request.form.get("person", 0, type=whole)
    _state, role = service.state_of(visit.run.id, person)
    if role == "tutor" and not visit.person.is_admin:
        abort(403)
    service.withdraw(visit.site, visit.run.id, person, visit.person)
    flash(gettext("Taken out of the course. The person gets a notice; the results are kept."), "success")
    return redirect(f"{visit.run.base}people", 303)


# ------------------------------------------------------------------------------------------- a whole list


@pages.get("/manage/runs/<int:run_id>/import", ADMIN)
def import_list(visit: RunVisit, run_id: int) -> ResponseReturnValue:
    """Choose a list."""
    if not service.run_exists(run_id):
        abort(404)
    page = {"form": visit.form(ImportForm), "title": service.title_of(run_id), "run_id": run_id, "report": None}
    return visit.page("enrolment/import.html", **page)


@pages.post("/manage/runs/<int:run_id>/import", ADMIN)
def imported(visit: RunVisit, run_id: int) -> ResponseReturnValue:
    """Enrol everybody on it, and tell line by line what happened."""
    if not service.run_exists(run_id):
        abort(404)
    form = visit.form(ImportForm)
    page = {"form": form, "title": service.title_of(run_id), "run_id": run_id, "report": None}
    if not form.validate():
        return visit.page("enrolment/import.html", **page), 422
    try:
        report = import_csv(visit.site, run_id, form.file.data.read(), visit.person, form.whole.data == "none")
    except BadInput as error:
        form.file.errors = [str(error.message)]
        return visit.page("enrolment/import.html", **page), 422
    return visit.page("enrolment/import.html", **{**page, "report": report}), 422 if report.wrong else 200
