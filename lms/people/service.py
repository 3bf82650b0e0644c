"""Accounts: made, proved, changed. Everything here takes plain values and gives plain answers; the request stays in the
views.

It is one module, because it is one life: the same account is applied for, proved, entered, recovered and changed, and each of
these must count tries, end sessions and write letters in the same way.
"""

import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update

from lms import ui
from lms.db import db, lock, writing
from lms.i18n import gettext, language, speaking, use_catalogues
from lms.outbox import queue
from lms.people import links, rules, sessions, throttle
from lms.people.models import Consent, Person, SignIn
from lms.people.passwords import hash_password, needs_rehash, password_fits
from lms.plugin import BadInput, Message, NoticeKind, mark
from lms.site import Site

CONSENT = "2026-11"
"""Edition of the text at `/privacy` that people agree to; to be changed with the text."""

MAIL_FAULTS = {
    "shape": mark("This is not a mail address. It looks like name@example.org."),
    "hidden": mark("The address holds characters that cannot be seen. Type it anew."),
    "mixed": mark("The address mixes letters that look alike. Type it anew in one alphabet."),
}
NAME_FAULTS = {
    "letters": mark("Only letters, spaces, hyphens, apostrophes and full stops can stand here."),
    "hidden": mark("There are characters here that cannot be seen. Type it anew."),
    "mixed": mark("Cyrillic and Latin letters are mixed in one word. Type it anew in one alphabet."),
    "long": mark("This is too long: at most 100 letters."),
}
PASSWORD_FAULTS = {
    "short": mark("The password is too short: at least {shortest} characters."),
    "long": mark("The password is too long: at most 128 characters."),
    "common": mark("This password is among those that are guessed first. Choose another: a few words in a row."),
    "own": mark("The password must not be made of your name or address. Choose another."),
}


# ------------------------------------------------------------------------------------------- accounts


def create_person(
    site: Site,
    email: str,
    surname: str,
    given_name: str,
    patronymic: str = "",
    *,
    password: str = "",
    language: str = "",
    timezone: str = "",
    is_admin: bool = False,
    is_author: bool = False,
    confirmed: bool = True,
) -> int:
    """Make an account and return its id. Without a password nobody can sign in until one is set by a mailed link.

    Raises BadInput when the address or a name cannot be one, or when the address is taken.
    """
    fault = rules.mail_fault(email)
    if fault:
        raise BadInput(Message(MAIL_FAULTS[fault]))
    names = [rules.clean_name(name) for name in (surname, given_name, patronymic)]
    fault = "" if names[0] else "letters"
    if any(rules.name_fault(name) == "hidden" for name in names):
        fault = "hidden"
    if fault:
        raise BadInput(Message(NAME_FAULTS[fault]))
    lock(f"person/{rules.mail_key(email)}")  # two at once with one address: the second finds the first
    if find_person(email) is not None:
        raise BadInput(Message("There is an account with the address {email} already.", {"email": email.strip()}))
    now = site.now()
    person = Person(
        email=email.strip(), email_key=rules.mail_key(email),
        password_hash=hash_password(site, password) if password else "",
        surname=names[0], given_name=names[1], patronymic=names[2],
        language=language or site.config.language, timezone=timezone or site.config.timezone,
        is_admin=is_admin, is_author=is_author, created_at=now, confirmed_at=now if confirmed else None,
    )  # fmt: skip
    db.session.add(person)
    db.session.flush()
    return person.id


def find_person(email: str) -> Person | None:
    """The account of a mail address, however its letters are written."""
    return db.session.execute(select(Person).where(Person.email_key == rules.mail_key(email))).scalar_one_or_none()


def read_person(person_id: int) -> Person:
    """An account for its owner's pages. Raises NoResultFound for a stranger's number."""
    return db.session.execute(select(Person).where(Person.id == person_id, Person.erased_at.is_(None))).scalar_one()


def check_password(password: str, own: list[str], staff: bool = False) -> None:
    """Raise BadInput with a sentence when this cannot be a new password. `own`: names and address of its owner."""
    shortest = rules.SHORTEST_OF_STAFF if staff else rules.SHORTEST
    if fault := rules.password_fault(password, own, shortest):
        raise BadInput(Message(PASSWORD_FAULTS[fault], {"shortest": shortest} if fault == "short" else {}))


@dataclass(frozen=True)
class Application:
    """What somebody says about themselves when signing up; already checked field by field."""

    email: str
    surname: str
    given_name: str
    patronymic: str
    language: str
    timezone: str
    password: str


def sign_up(site: Site, asked: Application, address: str) -> int | None:
    """Make an account for a visitor. With mail configured the answer is None always, and a letter tells the owner of
    the address what to do, so that a stranger does not learn who has an account; without it, the id of the new account.

    `address` is the network address. Raises TooManyTries, and BadInput when no letter can be sent and the address is
    taken.
    """
    _spend_address(site, address)
    if not site.config.mail_url:
        made = create_person(site, **vars(asked))
        _agreed(site, made)
        return made
    wait = throttle.spend(site, throttle.key_of("letter", rules.mail_key(asked.email)), throttle.letter_rule)
    if wait:
        return None
    hashed = hash_password(site, asked.password)  # before the first statement: nobody has to wait for it
    found = find_person(asked.email)
    if found is None:
        id = create_person(site, **{**vars(asked), "password": ""}, confirmed=False)
        db.session.execute(update(Person).where(Person.id == id).values(password_hash=hashed))
        _agreed(site, id)
        _send_confirmation(site, read_person(id))
    elif found.confirmed_at is None and found.erased_at is None:
        # one of those who applied may be a stranger: neither one's password stands, whoever has the mailbox chooses it
        found.password_hash = ""
        links.drop_all(found.id)
        found.surname, found.given_name, found.patronymic = (
            rules.clean_name(name) for name in (asked.surname, asked.given_name, asked.patronymic)
        )
        _send_choice(site, found)
    elif found.erased_at is None:
        with speaking(found.language):
            send_letter(
                site, found, gettext("You already have an account"),
                [gettext("Somebody, probably you, tried to sign up with this address, but it has an account already."),
                 gettext("Sign in, or choose a new password if you forgot yours:")],
                "/forgot",
            )  # fmt: skip
    return None


def _agreed(site: Site, person_id: int) -> None:
    db.session.add(Consent(person_id=person_id, edition=CONSENT, language=language(), at=site.now()))
    db.session.flush()


def _send_confirmation(site: Site, person: Person) -> None:
    secret = links.make(site, person.id, "confirm")
    with speaking(person.language):
        send_letter(
            site, person, gettext("Confirm your mail address"),
            [gettext("An account was made with this address. Open the link within a day to confirm that it is yours:")],
            f"/confirm/{secret}", [gettext("If it was not you, do nothing: without it the account cannot be used.")],
        )  # fmt: skip


def _send_choice(site: Site, person: Person) -> None:
    secret = links.make(site, person.id, "reset")
    with speaking(person.language):
        send_letter(
            site, person, gettext("Confirm your mail address"),
            [gettext("Somebody, probably you, signed up with this address more than once."),
             gettext("Open the link within two hours to choose the password and confirm that the address is yours:")],
            f"/reset/{secret}", [gettext("If it was not you, do nothing: without it the account cannot be used.")],
        )  # fmt: skip


def confirm(site: Site, secret: str) -> bool:
    """Confirm an address by its link. False when the link does not work (any more)."""
    person_id = links.use(site, secret, "confirm")
    if person_id is None:
        return False
    db.session.execute(update(Person).where(Person.id == person_id).values(confirmed_at=site.now()))
    return True


# ------------------------------------------------------------------------------------------- signing in


@dataclass(frozen=True)
class SignedIn:
    """Who signed in, and what goes into the browser."""

    person_id: int
    session: str
    """Value of the session cookie."""
    device: str
    """Value of the cookie by which this browser is known to the account's owner from now on."""


class Unconfirmed(Exception):
    """The password is right, but the address was never confirmed."""


def sign_in(
    site: Site, email: str, password: str, address: str, agent: str, former: str = "", device: str = ""
) -> SignedIn | None:
    """Sign a person in: None when address and password do not belong together.

    `former` is the session cookie of this browser so far, which ends; `device` its device cookie: a browser in which
    the owner signed in before has a count of its own, so that strangers' failures do not keep the owner out. Raises
    TooManyTries or Unconfirmed.
    """
    _spend_address(site, address)
    key = rules.mail_key(email)
    counted = throttle.key_of("device", device) if knows_device(site, key, device) else throttle.key_of("account", key)
    throttle.check(site, counted, throttle.account_rule)
    with writing(False):
        row = db.session.execute(
            select(Person.id, Person.password_hash, Person.is_admin, Person.confirmed_at, Person.erased_at).where(
                Person.email_key == key
            )
        ).first()
        db.session.rollback()  # nobody waits for the database while this hashes
    known = row if row is not None and row.erased_at is None else None
    if len(password) > rules.LONGEST or not password_fits(site, known.password_hash if known else None, password):
        return None
    assert known is not None
    if known.confirmed_at is None:
        raise Unconfirmed
    throttle.forgive(counted)
    if needs_rehash(site, known.password_hash):
        hashed = hash_password(site, password)
        db.session.execute(update(Person).where(Person.id == known.id).values(password_hash=hashed))
    return open_session(site, known.id, key, known.is_admin, agent, former)


def open_session(site: Site, person_id: int, key: str, is_admin: bool, agent: str, former: str = "") -> SignedIn:
    """A new session for a person who has proved who they are; this browser's former one ends."""
    if former:
        sessions.end(sessions.hash_of(former))
    made = sessions.start(site, person_id, is_admin, agent)
    db.session.flush()
    return SignedIn(person_id, made, new_device(site, key))


def _spend_address(site: Site, address: str) -> None:
    throttle.check(site, throttle.key_of("address", address), throttle.address_rule)


def new_device(site: Site, key: str) -> str:
    """A random name for a browser, bound to one account by a signature."""
    nonce = secrets.token_urlsafe(16)
    return f"{nonce}.{_device_mark(site, key, nonce)}"


def knows_device(site: Site, key: str, device: str) -> bool:
    """Whether the owner of this account signed in here before."""
    nonce, dot, signature = device.partition(".")
    return bool(dot) and hmac.compare_digest(signature.encode(), _device_mark(site, key, nonce).encode())


def _device_mark(site: Site, key: str, nonce: str) -> str:
    return hmac.new(site.config.key().encode(), f"device\0{key}\0{nonce}".encode(), "sha256").hexdigest()


# ------------------------------------------------------------------------------------------- forgotten passwords


def ask_reset(site: Site, email: str, address: str) -> None:
    """Mail a link to set a new password, if there is such an account. Raises TooManyTries for a network address that
    asks too much."""
    _spend_address(site, address)
    wait = throttle.spend(site, throttle.key_of("letter", rules.mail_key(email)), throttle.letter_rule)
    person = None if wait else find_person(email)
    if person is None or person.erased_at is not None:
        return
    secret = links.make(site, person.id, "reset")
    with speaking(person.language):
        send_letter(
            site, person, gettext("A new password"),
            [gettext("Somebody, probably you, asked for a new password. Open the link within two hours to set one:")],
            f"/reset/{secret}", [gettext("If it was not you, do nothing: your password stays as it is.")],
        )  # fmt: skip


def invite(site: Site, person_id: int, course: str) -> None:
    """Mail a new person the link by which they set their password. `course` is what they were enrolled in."""
    person = read_person(person_id)
    secret = links.make(site, person.id, "invite")
    with speaking(person.language):
        send_letter(
            site, person, gettext("You are enrolled: {course}", course=course),
            [gettext("An account was made for you, because you were enrolled in “{course}”.", course=course),
             gettext("Open the link within two weeks to set your password and begin:")],
            f"/reset/{secret}",
        )  # fmt: skip


def reset_owner(site: Site, secret: str) -> Person | None:
    """Whose password this link may set; the link still works afterwards."""
    person_id = links.owner(site, secret, "reset", "invite")
    return None if person_id is None else read_person(person_id)


def reset(site: Site, secret: str, password: str) -> bool:
    """Set a password by a mailed link, once: everything that proved the person before (sessions, links, feeds) ends
    with it.

    False when the link does not work (any more). Raises BadInput when the password cannot be one; the link then still
    works.
    """
    owner = reset_owner(site, secret)
    if owner is None:
        return False
    check_password(password, own_words(owner), owner.is_admin or owner.is_author)
    if links.use(site, secret, "reset", "invite") is None:
        return False
    owner.password_hash = hash_password(site, password)
    owner.confirmed_at = owner.confirmed_at or site.now()
    sessions.end_all(owner.id)
    links.drop_all(owner.id)
    throttle.forgive(throttle.key_of("account", owner.email_key))
    db.session.flush()
    return True


def own_words(person: Person) -> list[str]:
    """What a password of this person must not be made of."""
    return [person.email, person.surname, person.given_name, person.patronymic, person.full_name]


# ------------------------------------------------------------------------------------------- one's own account


def change_profile(
    site: Site, person_id: int, *, surname: str, given_name: str, patronymic: str, language: str, timezone: str,
    theme: str,
) -> None:  # fmt: skip
    """Change what a person says about themselves. Raises BadInput for a name that cannot be one."""
    names = [rules.clean_name(name) for name in (surname, given_name, patronymic)]
    for name in names[:2] + [name for name in names[2:] if name]:
        if fault := rules.name_fault(name):
            raise BadInput(Message(NAME_FAULTS[fault]))
    db.session.execute(
        update(Person).where(Person.id == person_id).values(
            surname=names[0], given_name=names[1], patronymic=names[2],
            language=language, timezone=timezone, theme=theme,
        )
    )  # fmt: skip


def change_password(site: Site, person_id: int, old: str, new: str, session: str) -> bool:
    """Set a new password: all other sessions and all links end, `session` (a hash) stays. False when the old one is
    wrong.

    Raises BadInput when the new one cannot be one, TooManyTries after repeated wrong old ones.
    """
    key = throttle.key_of("old-password", str(person_id))
    throttle.check(site, key, throttle.account_rule)
    person = read_person(person_id)
    if not password_fits(site, person.password_hash, old):
        return False
    check_password(new, own_words(person), person.is_admin or person.is_author)
    throttle.forgive(key)
    person.password_hash = hash_password(site, new)
    sessions.end_all(person_id, but=session)
    links.drop_all(person_id)
    db.session.flush()
    return True


def proves_password(site: Site, person_id: int, password: str) -> bool:
    """Whether this is the person's password, counted like every try. Raises TooManyTries."""
    key = throttle.key_of("old-password", str(person_id))
    throttle.check(site, key, throttle.account_rule)
    if not password_fits(site, read_person(person_id).password_hash, password):
        return False
    throttle.forgive(key)
    return True


@dataclass(frozen=True)
class Device:
    """A session as its owner sees it."""

    hash: str
    browser: str
    created_at: datetime
    seen_at: datetime
    here: bool


_BROWSERS = (
    ("YaBrowser", "Yandex"), ("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)  # fmt: skip


def browser_name(agent: str) -> str:
    """A browser's own description in two words: "Firefox, Windows"; its beginning when it is none we know."""
    named = [next((word for sign, word in known if sign in agent), "") for known in (_BROWSERS, _SYSTEMS)]
    return ", ".join(word for word in named if word) or re.sub(r"[^\w./ ()-]", "", agent)[:40]


def devices(site: Site, person_id: int, here: str) -> list[Device]:
    """Where a person is signed in, the latest first. `here` is the hash of the session that asks."""
    rows = db.session.execute(
        select(SignIn.hash, SignIn.agent, SignIn.created_at, SignIn.seen_at)
        .where(SignIn.person_id == person_id, SignIn.expires_at > site.now())
        .order_by(SignIn.seen_at.desc(), SignIn.hash)
    )
    return [Device(row.hash, browser_name(row.agent), row.created_at, row.seen_at, row.hash == here) for row in rows]


def end_device(person_id: int, hashed: str) -> None:
    """End one of a person's own sessions; a stranger's is not touched."""
    db.session.execute(delete(SignIn).where(SignIn.person_id == person_id, SignIn.hash == hashed))


def mail_choices(site: Site, person_id: int) -> list[tuple[NoticeKind, bool]]:
    """Every kind of notice, and whether the person gets it by mail."""
    choices = read_person(person_id).mail_off.split()
    return [
        (kind, kind.name not in choices if kind.by_mail else f"+{kind.name}" in choices) for kind in site.of(NoticeKind)
    ]


def choose_mail(site: Site, person_id: int, wanted: set[str]) -> None:
    """Keep which kinds of notice a person wants by mail (names of NoticeKinds)."""
    kinds = site.of(NoticeKind)
    kept = [kind.name for kind in kinds if kind.by_mail and kind.name not in wanted]
    kept += [f"+{kind.name}" for kind in kinds if not kind.by_mail and kind.name in wanted]
    db.session.execute(update(Person).where(Person.id == person_id).values(mail_off=" ".join(kept)))


# ------------------------------------------------------------------------------------------- letters


def send_letter(
    site: Site, person: Person, subject: str, before: list[str], path: str, after: list[str] | None = None
) -> None:
    """Put a letter with one link in the outbox, in the language in force. The link carries the configured address of
    the site."""
    use_catalogues(site.catalogues)
    values = {
        "name": person.given_name, "before": before, "link": site.url(path), "after": after or [],
        "language": person.language,
    }  # fmt: skip
    environment = ui.site_environment()
    text = environment.get_template("people/letter.txt").render(**values)
    html = environment.get_template("people/letter.html").render(**values)
    queue(site, person.email, subject, text, html, person_id=person.id)


def forget_old(now: datetime) -> None:
    """Drop sessions, links and counts that mean nothing any more."""
    db.session.execute(delete(SignIn).where(SignIn.expires_at < now))
    links.forget_old(now)
    throttle.forget_old(now)
