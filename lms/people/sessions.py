"""Sessions that live on the server: a random id in the cookie, its hash in the table, one plain statement a request."""

import hashlib
import secrets
from datetime import timedelta

from flask import Flask, Request, Response, g, request
from flask_login import LoginManager, UserMixin
from sqlalchemy import delete, update

from lms.db import Query, as_utc, db, writing
from lms.i18n import LANGUAGES
from lms.people.models import SignIn
from lms.plugin import Actor
from lms.site import Site

IDLE = timedelta(hours=2)
TOTAL = timedelta(hours=12)
ADMIN_IDLE = timedelta(minutes=30)
ADMIN_TOTAL = timedelta(hours=8)
TOUCH = timedelta(minutes=5)
"""A session's last use is written no more often than this."""

VISITOR = Actor(0)

_READ = Query(
    "SELECT p.id, p.email, p.surname, p.given_name, p.patronymic, p.language, p.timezone, p.theme, p.is_admin,"
    " p.is_author,"
    " (SELECT count(*) FROM notice n WHERE n.person_id = p.id AND n.read_at IS NULL) AS unread, s.seen_at, s.expires_at"
    " FROM sign_in s JOIN person p ON p.id = s.person_id WHERE s.hash = :hash AND p.erased_at IS NULL"
)


def hash_of(secret: str) -> str:
    """What is stored of a random secret: its SHA-256 in hex."""
    return hashlib.sha256(secret.encode()).hexdigest()


def cookie_name(site: Site) -> str:
    """The browser binds the `__Host-` form to this host and to https; plain http has a name of its own."""
    return site.config.session_cookie


class Known(UserMixin):  # type: ignore[misc]  # Flask-Login ships no types
    """The acting person as Flask-Login's `current_user`, for extensions that ask it."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor

    def get_id(self) -> str:
        """The person's id, as text."""
        return str(self.actor.id)


def init_app(app: Flask, site: Site) -> None:
    """Tell Flask-Login who is acting, by the session row and not by a cookie of its own; remember the language asked for."""
    manager = LoginManager()
    manager.session_protection = None  # identity lives in our session row alone
    # Not `init_app`: it would open a cookie session in every answer, to look for a cookie of its own that nobody sets
    app.login_manager = manager  # type: ignore[attr-defined]  # where Flask-Login looks for it

    @manager.request_loader  # type: ignore[untyped-decorator]  # the same
    def known(_request: Request) -> Known | None:
        actor = acting(site)
        return Known(actor) if actor.id else None

    @app.after_request
    def keep_language(response: Response) -> Response:
        asked = request.args.get("lang", "")
        if asked in LANGUAGES:
            set_language_cookie(site, response, asked)
        return response


def set_language_cookie(site: Site, response: Response, language: str) -> None:
    """Remember the language of this browser for a year."""
    response.set_cookie("lang", language, max_age=31_536_000, secure=site.config.https, samesite="Lax", path="/")


def acting(site: Site) -> Actor:
    """The acting person of this request, read once."""
    found = g.get("actor")
    if found is None:
        found = g.actor = read(site, request.cookies.get(cookie_name(site), ""))
    assert isinstance(found, Actor)
    return found


def read(site: Site, cookie: str) -> Actor:
    """The person a session cookie stands for, or a visitor. One statement."""
    if not cookie:
        return VISITOR
    hashed = hash_of(cookie)
    row = _READ.first(hash=hashed)
    if row is None:
        return VISITOR
    seen, expires, now = as_utc(row.seen_at), as_utc(row.expires_at), site.now()
    assert seen is not None
    assert expires is not None
    if now >= expires or now - seen >= (ADMIN_IDLE if row.is_admin else IDLE):
        return VISITOR
    if now - seen >= TOUCH:
        g.touch_session = hashed
    return Actor(
        row.id, row.email, row.surname, row.given_name, row.patronymic, row.language, row.timezone, row.theme,
        bool(row.is_admin), bool(row.is_author), row.unread, hashed,
    )  # fmt: skip


def touch(site: Site) -> None:
    """After a page: write down that the session is in use, in a transaction of its own."""
    hashed = g.pop("touch_session", None)
    if hashed is None:
        return
    with writing(True):
        db.session.execute(update(SignIn).where(SignIn.hash == hashed).values(seen_at=site.now()))
        db.session.commit()


def start(site: Site, person_id: int, is_admin: bool, agent: str) -> str:
    """Open a session and return what goes into the cookie. The former session of this browser ends with `end`."""
    secret = secrets.token_urlsafe(32)
    now = site.now()
    db.session.add(
        SignIn(
            hash=hash_of(secret),
            person_id=person_id,
            created_at=now,
            seen_at=now,
            expires_at=now + (ADMIN_TOTAL if is_admin else TOTAL),
            agent=agent[:200],
        )
    )
    return secret


def end(hashed: str) -> None:
    """Close one session."""
    db.session.execute(delete(SignIn).where(SignIn.hash == hashed))


def end_all(person_id: int, but: str = "") -> None:
    """Close all sessions of a person, as a reset of the password or a demotion does; `but` (a hash) stays."""
    db.session.execute(delete(SignIn).where(SignIn.person_id == person_id, SignIn.hash != but))


def set_cookie(site: Site, response: Response, secret: str) -> None:
    """Hand the session to the browser (it lives until the browser closes or the server ends it)."""
    response.set_cookie(cookie_name(site), secret, httponly=True, secure=site.config.https, samesite="Lax", path="/")


def clear_cookie(site: Site, response: Response) -> None:
    """Take the session out of the browser, with everything it has stored of us."""
    response.delete_cookie(cookie_name(site), secure=site.config.https, httponly=True, samesite="Lax", path="/")
    response.headers["Clear-Site-Data"] = '"cache", "storage"'


def current_cookie(site: Site) -> str:
    """The session cookie of the request in force."""
    return request.cookies.get(cookie_name(site), "")
