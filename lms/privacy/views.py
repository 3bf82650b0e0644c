"""Pages about personal data: how they are handled, one's own as a file, the end of an account."""

from flask import flash, make_response, redirect, send_file, session
from flask.typing import ResponseReturnValue

from lms.i18n import gettext
from lms.people import sessions
from lms.people.throttle import TooManyTries
from lms.plugin import PUBLIC, SIGNED_IN, BadInput, Pages
from lms.privacy import service
from lms.privacy.forms import DeleteForm
from lms.visit import RunVisit

pages = Pages("privacy")


@pages.get("/privacy", PUBLIC)
def privacy(visit: RunVisit) -> ResponseReturnValue:
    """How personal data are handled."""
    return visit.page("privacy/privacy.html", organisation=visit.site.config.organisation)


@pages.get("/me/export", SIGNED_IN)
def own_data(visit: RunVisit) -> ResponseReturnValue:
    """What the file will hold, and the button."""
    return visit.page("privacy/export.html")


@pages.post("/me/export", SIGNED_IN)
def export(visit: RunVisit) -> ResponseReturnValue:
    """The file."""
    try:
        found = service.export(visit.site, visit.person)
    except TooManyTries as error:
        return visit.page("privacy/export.html", trouble=error.sentence), 429
    name = f"trajectory-{visit.now:%Y-%m-%d}.zip"
    response = send_file(found, mimetype="application/zip", as_attachment=True, download_name=name)
    response.headers["Cache-Control"] = "no-store"
    return response


@pages.get("/me/delete", SIGNED_IN)
def delete(visit: RunVisit) -> ResponseReturnValue:
    """What goes, what stays, and the password."""
    return visit.page("privacy/delete.html", form=visit.form(DeleteForm))


@pages.post("/me/delete", SIGNED_IN)
def deleted(visit: RunVisit) -> ResponseReturnValue:
    """The account goes."""
    form = visit.form(DeleteForm)
    if not form.validate():
        return visit.page("privacy/delete.html", form=form), 422
    try:
        done = service.erase_own(visit.site, visit.person, form.password.data or "")
    except TooManyTries as error:
        return visit.page("privacy/delete.html", form=form, trouble=error.sentence), 429
    except BadInput as error:
        return visit.page("privacy/delete.html", form=form, trouble=error.message), 422
    if done is None:
        form.password.errors = [gettext("This is not your present password.")]
        return visit.page("privacy/delete.html", form=form), 422
    session.clear()
    flash(gettext("Your account is deleted, and your data with it."), "success")
    response = make_response(redirect("/", 303))
    sessions.clear_cookie(visit.site, response)
    return response
