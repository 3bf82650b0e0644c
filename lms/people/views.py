"""Pages of one's own account: signing up and in, a forgotten password, the profile."""

from flask import Response, flash, make_response, redirect, request, session
from flask.typing import ResponseReturnValue

from lms import i18n
from lms.i18n import LANGUAGES, gettext
from lms.people import forms, service, sessions
from lms.people.rules import mail_key, own_path
from lms.people.throttle import TooManyTries
from lms.plugin import PUBLIC, SIGNED_IN, BadInput, Pages
from lms.visit import RunVisit

pages = Pages("people")

DEVICE = "device"
"""Cookie by which a browser is known to an account's owner; it opens nothing."""


def _address() -> str:
    return request.remote_addr or ""


def _agent() -> str:
    return request.user_agent.string


def _cookie(visit: RunVisit) -> str:
    return sessions.current_cookie(visit.site)


def _enter(visit: RunVisit, found: service.SignedIn, target: str) -> Response:
    session.clear()  # nothing of the visitor's goes over to the person, the token against forged requests included
    response = make_response(redirect(target, 303))
    sessions.set_cookie(visit.site, response, found.session)
    response.set_cookie(
        DEVICE, found.device, max_age=31_536_000, httponly=True, secure=visit.site.config.https, samesite="Lax",
        path="/sign-in",
    )  # fmt: skip
    return response


# ------------------------------------------------------------------------------------------- signing up


@pages.get("/sign-up", PUBLIC)
def sign_up(visit: RunVisit) -> ResponseReturnValue:
    """The form for a new account."""
    if visit.person.id:
        return redirect("/", 303)
    form = visit.form(forms.SignUpForm, language=i18n.language(), timezone=visit.site.config.timezone)
    form.offer_zones(visit.now)
    return visit.page("people/sign_up.html", form=form, registration=visit.site.config.registration)


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
        found = service.open_session(visit.site, made, mail_key(asked.email), False, _agent(), _cookie(visit))
    except TooManyTries as error:
        return visit.page("people/sign_up.html", **page, trouble=error.sentence), 429
    except BadInput as error:
        form.email.errors = [str(error.message)]
        return visit.page("people/sign_up.html", **page), 422
    return _enter(visit, found, "/")


# ------------------------------------------------------------------------------------------- signing in and out


@pages.get("/sign-in", PUBLIC)
def sign_in(visit: RunVisit) -> ResponseReturnValue:
    """The form, and where to go on afterwards."""
    target = own_path(request.args.get("next"))
    if visit.person.id:
        return redirect(target, 303)
    form = visit.form(forms.SignInForm, next=target)
    return visit.page("people/sign_in.html", form=form, registration=visit.site.config.registration)


@pages.post("/sign-in", PUBLIC)
def enter(visit: RunVisit) -> ResponseReturnValue:
    """Sign in; the answer is the same whether the account or the password is wrong."""
    form = visit.form(forms.SignInForm)
    page = {"form": form, "registration": visit.site.config.registration}
    if not form.validate():
        return visit.page("people/sign_in.html", **page), 422
    try:
        found = service.sign_in(
            visit.site, form.email.data or "", form.password.data or "", _address(), _agent(),
            _cookie(visit), request.cookies.get(DEVICE, ""),
        )  # fmt: skip
    except TooManyTries as error:
        return visit.page("people/sign_in.html", **page, trouble=error.sentence), 429
    except service.Unconfirmed:
        trouble = gettext("First open the link in the letter we sent you. To get another letter, sign up once more.")
        return visit.page("people/sign_in.html", **page, trouble=trouble), 422
    if found is None:
        trouble = gettext("This address and this password do not belong together. Check both, or set a new password.")
        return visit.page("people/sign_in.html", **page, trouble=trouble), 422
    return _enter(visit, found, own_path(form.next.data))


@pages.post("/sign-out", PUBLIC)
def sign_out(visit: RunVisit) -> ResponseReturnValue:
    """End this session, on the server and in the browser."""
    if visit.person.id:
        sessions.end(visit.person.session_id)
    session.clear()
    response = make_response(redirect("/", 303))
    sessions.clear_cookie(visit.site, response)
    return response


@pages.get("/confirm/<token>", PUBLIC)
def confirm(visit: RunVisit, token: str) -> ResponseReturnValue:
    """A button, because programs that look into letters open their links."""
    return visit.page("people/confirm.html", token=token)


@pages.post("/confirm/<token>", PUBLIC)
def confirmed(visit: RunVisit, token: str) -> ResponseReturnValue:
    """The address is its owner's."""
    if not service.confirm(visit.site, token):
        return visit.page("people/stale_link.html"), 410
    flash(gettext("Your address is confirmed. Sign in."), "success")
    return redirect("/sign-in", 303)


# ------------------------------------------------------------------------------------------- a forgotten password


@pages.get("/forgot", PUBLIC)
def forgot(visit: RunVisit) -> ResponseReturnValue:
    """Whose password is forgotten."""
    return visit.page("people/forgot.html", form=visit.form(forms.ForgotForm))


@pages.post("/forgot", PUBLIC)
def ask_reset(visit: RunVisit) -> ResponseReturnValue:
    """Mail a link; the answer is the same whether there is such an account."""
    form = visit.form(forms.ForgotForm)
    if not form.validate():
        return visit.page("people/forgot.html", form=form), 422
    try:
        service.ask_reset(visit.site, form.email.data or "", _address())
    except TooManyTries as error:
        return visit.page("people/forgot.html", form=form, trouble=error.sentence), 429
    return visit.page("people/check_mail.html", email=form.email.data, what="reset")


@pages.get("/reset/<token>", PUBLIC)
def reset(visit: RunVisit, token: str) -> ResponseReturnValue:
    """A new password, if the link still works."""
    owner = service.reset_owner(visit.site, token)
    if owner is None:
        return visit.page("people/stale_link.html"), 410
    return visit.page("people/reset.html", form=visit.form(forms.ResetForm), token=token, email=owner.email)


@pages.post("/reset/<token>", PUBLIC)
def set_password(visit: RunVisit, token: str) -> ResponseReturnValue:
    """Set it; whoever was signed in as this person is so no more."""
    form = visit.form(forms.ResetForm)
    owner = service.reset_owner(visit.site, token)
    if owner is None:
        return visit.page("people/stale_link.html"), 410
    page = {"form": form, "token": token, "email": owner.email}
    if not form.validate():
        return visit.page("people/reset.html", **page), 422
    try:
        if not service.reset(visit.site, token, form.password.data or ""):
            return visit.page("people/stale_link.html"), 410
    except BadInput as error:
        form.password.errors = [str(error.message)]
        return visit.page("people/reset.html", **page), 422
    session.clear()
    flash(gettext("Your new password is set. Sign in with it."), "success")
    response = make_response(redirect("/sign-in", 303))
    sessions.clear_cookie(visit.site, response)
    return response


# ------------------------------------------------------------------------------------------- one's own account


@pages.get("/me", SIGNED_IN)
def me(visit: RunVisit) -> ResponseReturnValue:
    """The profile, and the ways to everything else about the account."""
    person = visit.person
    form = visit.form(
        forms.ProfileForm, surname=person.surname, given_name=person.given_name, patronymic=person.patronymic,
        language=person.language, timezone=person.timezone, theme=person.theme,
    )  # fmt: skip
    form.offer_zones(visit.now)
    return visit.page("people/me.html", form=form)


@pages.post("/me", SIGNED_IN)
def change_me(visit: RunVisit) -> ResponseReturnValue:
    """Keep the profile."""
    form = visit.form(forms.ProfileForm)
    form.offer_zones(visit.now)
    if not form.validate():
        return visit.page("people/me.html", form=form), 422
    service.change_profile(
        visit.site, visit.person.id, surname=form.surname.data or "", given_name=form.given_name.data or "",
        patronymic=form.patronymic.data or "", language=form.language.data, timezone=form.timezone.data,
        theme=form.theme.data,
    )  # fmt: skip
    i18n.set_language(form.language.data)
    flash(gettext("Your profile is saved."), "success")
    response = make_response(redirect("/me", 303))
    sessions.set_language_cookie(visit.site, response, form.language.data)
    return response


@pages.get("/me/password", SIGNED_IN)
def password(visit: RunVisit) -> ResponseReturnValue:
    """A new password by the old one."""
    return visit.page("people/password.html", form=visit.form(forms.PasswordForm))


@pages.post("/me/password", SIGNED_IN)
def change_password(visit: RunVisit) -> ResponseReturnValue:
    """Set it; the sessions in other browsers end."""
    form = visit.form(forms.PasswordForm)
    if not form.validate():
        return visit.page("people/password.html", form=form), 422
    new, old = form.password.data or "", form.old.data or ""
    try:
        if not service.change_password(visit.site, visit.person.id, old, new, visit.person.session_id):
            form.old.errors = [gettext("This is not your present password.")]
            return visit.page("people/password.html", form=form), 422
    except TooManyTries as error:
        return visit.page("people/password.html", form=form, trouble=error.sentence), 429
    except BadInput as error:
        form.password.errors = [str(error.message)]
        return visit.page("people/password.html", form=form), 422
    flash(gettext("Your new password is set; in other browsers you are signed out."), "success")
    return redirect("/me", 303)


@pages.get("/me/sessions", SIGNED_IN)
def devices(visit: RunVisit) -> ResponseReturnValue:
    """Where one is signed in."""
    found = service.devices(visit.site, visit.person.id, visit.person.session_id)
    return visit.page("people/sessions.html", devices=found)


@pages.post("/me/sessions/end", SIGNED_IN)
def end_session(visit: RunVisit) -> ResponseReturnValue:
    """End one session, or all but this one."""
    chosen = request.form.get("session", "")
    if chosen:
        service.end_device(visit.person.id, chosen)
    else:
        sessions.end_all(visit.person.id, but=visit.person.session_id)
    flash(gettext("Signed out there."), "success")
    return redirect("/me/sessions", 303)


@pages.get("/me/mail", SIGNED_IN)
def mail(visit: RunVisit) -> ResponseReturnValue:
    """Which notices come by mail as well."""
    choices = service.mail_choices(visit.site, visit.person.id)
    form = visit.form(forms.MailForm, kinds=[kind.name for kind, wanted in choices if wanted])
    form.kinds.choices = {kind.name: gettext(kind.title) for kind, _ in choices}
    return visit.page("people/mail.html", form=form)


@pages.post("/me/mail", SIGNED_IN)
def choose_mail(visit: RunVisit) -> ResponseReturnValue:
    """Keep the choice."""
    form = visit.form(forms.MailForm)
    choices = service.mail_choices(visit.site, visit.person.id)
    form.kinds.choices = {kind.name: gettext(kind.title) for kind, _ in choices}
    if not form.validate():
        return visit.page("people/mail.html", form=form), 422
    service.choose_mail(visit.site, visit.person.id, set(form.kinds.data or ()))
    flash(gettext("Your choice is saved."), "success")
    return redirect("/me/mail", 303)


# ------------------------------------------------------------------------------------------- this browser's language


@pages.post("/language", PUBLIC)
def language(visit: RunVisit) -> ResponseReturnValue:
    """Remember a language, and go back to where it was chosen."""
    response = make_response(redirect(own_path(request.form.get("next")), 303))
    chosen = request.form.get("lang", "")
    if chosen in LANGUAGES:
        sessions.set_language_cookie(visit.site, response, chosen)
    return response
