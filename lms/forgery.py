"""Protection against forged requests: every form carries a token that a foreign site cannot know.

Somebody who is signed in has a secret cookie already; their token is a keyed hash of it, which costs microseconds and needs no
second cookie. A visitor (signing in, signing up) has none: there Flask-WTF's own token stands, bound to a cookie of its own.
"""

import hmac

from flask import g, request
from flask_wtf.csrf import CSRFProtect, _FlaskFormCSRF, generate_csrf

from lms.site import site

READING = frozenset({"GET", "HEAD", "OPTIONS"})


def token() -> str:
    """The token for the forms of this request."""
    return _of_session() or str(generate_csrf())


def _of_session() -> str:
    here = site()
    secret = request.cookies.get(here.config.session_cookie)
    if not secret:
        return ""
    return hmac.digest(here.forgery_key, secret.encode(), "sha256").hex()


class FormToken(_FlaskFormCSRF):  # type: ignore[misc]  # Flask-WTF ships no types
    """The hidden field of a form; what was sent in it has been checked before the view."""

    def generate_csrf_token(self, csrf_token_field: object) -> str:
        """The token of this request."""
        return token()


class Protection(CSRFProtect):  # type: ignore[misc]  # the same
    """Checks every request that may change something, before any view."""

    def protect(self, apply_exemptions: bool = False) -> None:
        """Let a request with the right token through, and one that only reads; raises CSRFError for another."""
        if request.method in READING:
            return
        # a form with a prefix puts it before the field's name: "tutor-csrf_token"
        named = (value for name, value in request.form.items() if name.endswith("csrf_token"))
        sent = next(named, "") or request.headers.get("X-CSRFToken", "")
        expected = _of_session()
        if expected and hmac.compare_digest(sent.encode(), expected.encode()):
            g.csrf_valid = True  # where Flask-WTF looks for it when the form is validated
            return
        super().protect(apply_exemptions)


csrf = Protection()
