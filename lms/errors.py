"""Whatever goes wrong ends in a sentence that says what happened and what to do, in the person's language."""

import logging
import secrets

from flask import Flask, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from werkzeug.exceptions import HTTPException, InternalServerError

from lms import ui
from lms.db import db
from lms.forgery import READING
from lms.i18n import gettext as _
from lms.pages import speak
from lms.plugin import BadInput
from lms.site import Site

log = logging.getLogger("lms")


def init_app(app: Flask, site: Site) -> None:
    """Register the handlers."""

    def page(status: int, title: str, text: str, todo: str) -> ResponseReturnValue:
        return ui.render("error.html", code=status, title=title, text=text, advice=todo), status

    def prepare() -> None:
        db.session.rollback()
        speak(site)

    @app.errorhandler(HTTPException)
    def refused(error: HTTPException) -> ResponseReturnValue:
        if error.response is not None or (error.code or 500) < 400:
            return error.get_response()
        prepare()
        title, text, todo = _words(error.code or 500)
        return page(error.code or 500, title, text, todo)

    @app.errorhandler(CSRFError)
    def forged(error: CSRFError) -> ResponseReturnValue:
        prepare()
        return page(
            400,
            _("The form is out of date"),
            _("The page was open for long, or cookies are switched off in the browser."),
            _("Go back, reload the page and send it again: what you wrote is still in the form."),
        )

    @app.errorhandler(BadInput)
    def unacceptable(error: BadInput) -> ResponseReturnValue:
        prepare()
        return page(422, _("This cannot be accepted"), str(error.message), _("Go back, change it and send it again."))

    @app.errorhandler(DataError)
    def unkeepable(error: DataError) -> ResponseReturnValue:
        log.exception("the database does not take a value: %s %s", request.method, request.path)
        prepare()
        code = 404 if request.method in READING else 422
        return page(code, *_words(code))

    @app.errorhandler(IntegrityError)
    def overtaken(error: IntegrityError) -> ResponseReturnValue:
        log.exception("two at once, and the database keeps one: %s %s", request.method, request.path)
        prepare()
        return page(409, *_words(409))

    @app.errorhandler(OperationalError)
    def busy(error: OperationalError) -> ResponseReturnValue:
        log.exception("the database did not answer")
        db.session.rollback()
        body, status = (_("The site is busy. Nothing was lost or half done: try again in a moment.")), 503
        return body, status, {"Retry-After": "5", "Content-Type": "text/plain; charset=utf-8"}

    @app.errorhandler(Exception)
    def failed(error: Exception) -> ResponseReturnValue:
        mark = secrets.token_hex(4)
        log.exception("request %s failed: %s %s", mark, request.method, request.path)
        try:
            prepare()
            return page(
                500,
                _("Something broke on our side"),
                _("What you did was not half saved. The note {mark} is in our log.", mark=mark),
                _("Try again; if it happens once more, tell the administrator the note."),
            )
        except Exception:
            log.exception("the error page failed as well")
            return InternalServerError().get_response()


def _words(code: int) -> tuple[str, str, str]:
    home = _("Go to the home page or open the list of courses.")
    return {
        400: (_("The request cannot be understood"), _("Something in it is not as this site expects."), home),
        403: (_("This is not open to you"), _("Your role in this course does not include this page."), home),
        404: (_("There is no such page"), _("The address may be mistyped, or the page is not for you."), home),
        405: (_("This cannot be done here"), _("The page does not accept this."), home),
        409: (
            _("It has changed in the meantime"),
            _("Somebody, or another window of yours, was faster."),
            _("Open the page anew to see how it stands."),
        ),
        413: (_("This is too large"), _("What you sent is larger than the site accepts."), _("Choose a smaller file.")),
        422: (
            _("This cannot be accepted"),
            _("Something in the form is missing or wrong."),
            _("Go back and correct it."),
        ),
        429: (
            _("Too many tries"),
            _("The site makes everybody wait after many tries."),
            _("Try again in a few minutes."),
        ),
    }.get(code, (_("This did not work"), _("The site could not do what was asked."), home))
