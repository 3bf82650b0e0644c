"""Pages of one's own account: signing up and in, a forgotten password, the profile."""

from flask import Response, make_response, redirect, request, session
from flask.typing import ResponseReturnValue

from lms.i18n import ngettext
from lms.people import forms, service, sessions
from lms.people.service import TooManyTries
from lms.plugin import PUBLIC, BadInput, Pages
from lms.visit import RunVisit

pages = Pages("people")

DEVICE = "device"
"""Cookie by which a browser is known to an account's owner; it opens nothing."""


def _too_many(error: TooManyTries) -> str:
    return ngettext(
        "There were too many tries. Try again in {n} minute.", "There were too many tries. Try again in {n} minutes.",
        error.minutes,
    )  # fmt: skip


def _address() -> str:
    return request.remote_addr or ""


def _enter(visit: RunVisit, found: service.SignedIn, target: str) -> Response:
    session.clear()  # nothing of the visitor's goes over to the person, the token against forged requests included
    response = make_response(redirect(target, 303))
    sessions.set_cookie(visit.site, response, found.session)
    response.set_cookie(
        DEVICE, found.device, max_age=31_536_000, httponly=True, secure=visit.site.config.https, samesite="Lax", path="/sign-in"
    )
    return response


# ------------------------------------------------------------------------------------------- signing up


@pages.get("/sign-up", PUBLIC)
def sign_up(visit: RunVisit) -> ResponseReturnValue:
    """The form for a new account."""
    if visit.person.id:
        return redirect("/", 303)
    form = visit.form(forms.SignUpForm, language=_language(), timezone=visit.site.config.timezone)
    form.offer_zones(visit.now)
    return visit.page("people/sign_up.html", form=form, registration=visit.site.config.registration)


def _language() -> str:
    from lms.i18n import language  # noqa: PLC0415 - the page's function of this name would hide it

    return language()


@pages.post("/sign-up", PUBLIC)
def apply(visit: RunVisit) -> ResponseReturnValue:
    """Make the account."""
    form = visit.form(forms.SignUpForm)
    form.offer_zones(visit.now)
    page = {"form": form, "registration": visit.site.config.registration}
    if visit.person.id or not visit.site.config.registration:
        return redirect("/sign-up", 303)
    if not form.validate():
        return visit.page("people/sign_up.html", **page), 422
    asked = service.Application(
        email=form.email.data or "", surname=form.surname.data or "", given_name=form.given_name.data or "",
        patronymic=form.patronymic.data or "", language=form.language.data, timezone=form.timezone.data,
        password=form.password.data or "",
    )  # fmt: skip
    try:
        made = service.sign_up(visit.site, asked, _address())
        if made is None:
            return visit.page("people/check_mail.html", email=asked.email, what="confirm")
        found = service.sign_in(
            visit.site, asked.email, asked.password, _address(), request.user_agent.string, sessions.current_cookie(visit.site)
        )
    except TooManyTries as error:
        return visit.page("people/sign_up.html", **page, trouble=_too_many(error)), 429
    except BadInput as error:
        form.email.errors = [error.message]
        return visit.page("people/sign_up.html", **page), 422
    assert found is not None
    return _enter(visit, found, "/")
