"""Accounts: made, proved, changed."""

from sqlalchemy import select

from lms.db import db
from lms.people.models import Person
from lms.people.passwords import hash_password
from lms.people.rules import mail_key
from lms.plugin import BadInput, Message
from lms.site import Site


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
) -> int:
    """Make an account and return its id. Without a password nobody can sign in until one is set by a mailed link.

    Raises BadInput when the address is not one or is taken.
    """
    key = mail_key(email)
    if find_person(email) is not None:
        raise BadInput(Message("There is an account with the address {email} already.", {"email": email}))
    person = Person(
        email=email.strip(), email_key=key, password_hash=hash_password(site, password) if password else "",
        surname=surname, given_name=given_name, patronymic=patronymic,
        language=language or site.config.language, timezone=timezone or site.config.timezone,
        is_admin=is_admin, is_author=is_author, created_at=site.now(),
    )  # fmt: skip
    db.session.add(person)
    db.session.flush()
    return person.id


def find_person(email: str) -> Person | None:
    """The account of a mail address, however its letters are written."""
    return db.session.execute(select(Person).where(Person.email_key == mail_key(email))).scalar_one_or_none()
