"""What staff of the whole site do: open and change runs, choose tutors, give and take roles. Lists of it are in `listing`."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from lms.db import db, lock
from lms.enrolment import service as enrolment
from lms.enrolment.models import Enrolment
from lms.enrolment.rules import key_hash
from lms.i18n import gettext, speaking
from lms.manage import rules
from lms.people import links, sessions
from lms.people.models import Person
from lms.people.service import find_person, send_letter
from lms.plugin import Actor, BadInput, Message, mark
from lms.publishing import service as publishing
from lms.publishing.models import CourseRecord, RunRecord
from lms.site import Site

ROLES = ("author", "admin")
"""Roles on the site that can be given and taken."""


# ------------------------------------------------------------------------------------------- runs


@dataclass(frozen=True)
class RunValues:
    """What staff say about a run. `capacity` 0: no limit; `key` "": none, or the present one stays."""

    title: str
    starts_on: date
    ends_on: date | None
    capacity: int
    enrolment: str
    key: str = ""


def open_run(site: Site, course: str, slug: str, values: RunValues, tutors: str, by: Actor) -> int:
    """Open a run of a course, its tutors enrolled; returns its id. An empty `slug` is made of the title or the first day,
    `tutors` is a list of mail addresses. Raises BadInput, and nothing is done."""
    leading = [known(mail) for mail in rules.mails_of(tutors)]
    if values.enrolment == "key" and not values.key.strip():
        raise BadInput(Message(mark("Enrolment with a key needs a key: write one.")))
    lock(f"runs/{course}")  # two runs opened at once do not get one name
    if not slug:
        taken = db.session.execute(
            select(RunRecord.slug)
            .join(CourseRecord, CourseRecord.id == RunRecord.course_id)
            .where(CourseRecord.slug == course)
        ).scalars()
        slug = rules.free_slug(rules.slug_of(values.title, values.starts_on), set(taken))
    run = publishing.open_run(
        site, course, slug, values.starts_on, values.ends_on, title=values.title, capacity=values.capacity,
        enrolment=values.enrolment, key_hash=_hash(values), by=by.id or None,
    )  # fmt: skip
    for person in leading:
        enrolment.enrol(site, run.id, person.id, "tutor", by)
    return run.id


def change_run(site: Site, run_id: int, values: RunValues) -> int:
    """Change a run; returns how many people of the waiting list got a place. Raises BadInput."""
    run = db.session.execute(
        select(RunRecord)
        .where(RunRecord.id == run_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).scalar_one()
    if values.ends_on is not None and values.ends_on < values.starts_on:
        raise BadInput(Message(mark("A run cannot end before it starts.")))
    if values.enrolment == "key" and not values.key.strip() and not run.key_hash:
        raise BadInput(Message(mark("Enrolment with a key needs a key: write one.")))
    taken = db.session.execute(
        select(func.count())
        .select_from(Enrolment)
        .where(Enrolment.run_id == run_id, Enrolment.role == "learner", Enrolment.state == "active")
    ).scalar_one()
    if 0 < values.capacity < taken:
        text = mark(
            "There are more learners in the run already: {n}. Let somebody leave first, or close the enrolment."
        )
        raise BadInput(Message(text, {"n": taken}))
    run.title, run.starts_on, run.ends_on = values.title, values.starts_on, values.ends_on
    run.capacity, run.enrolment = values.capacity, values.enrolment
    if values.enrolment != "key":
        run.key_hash = ""
    elif values.key.strip():
        run.key_hash = _hash(values)
    db.session.flush()
    return enrolment.promote(site, run_id)


def _hash(values: RunValues) -> str:
    return key_hash(values.key) if values.enrolment == "key" else ""


def known(email: str) -> Person:
    """The account of an address. Raises BadInput when there is none."""
    person = find_person(email)
    if person is None or person.erased_at is not None:
        raise BadInput(Message(mark("There is no account with the address {email}."), {"email": email.strip()}))
    return person


def add_tutor(site: Site, run_id: int, email: str, by: Actor) -> Person:
    """Let somebody lead a run. Raises BadInput."""
    person = known(email)
    enrolment.enrol(site, run_id, person.id, "tutor", by)
    return person


def remove_tutor(site: Site, run_id: int, person_id: int, by: Actor) -> bool:
    """Let somebody lead a run no longer; False when they did not. A learner of the run is not touched."""
    if enrolment.state_of(run_id, person_id) != ("active", "tutor"):
        return False
    enrolment.withdraw(site, run_id, person_id, by)
    return True


def enrol_person(site: Site, run_id: int, email: str, by: Actor) -> tuple[Person, str]:
    """Enrol somebody as a learner; returns them and their state, "active" or "waiting". Raises BadInput."""
    person = known(email)
    if enrolment.state_of(run_id, person.id) == ("active", "tutor"):
        text = mark("{name} leads this run. Take them out of its tutors first.")
        raise BadInput(Message(text, {"name": person.full_name}))
    return person, enrolment.enrol(site, run_id, person.id, "learner", by)


# ------------------------------------------------------------------------------------------- people


def set_role(site: Site, person_id: int, role: str, on: bool, by: Actor) -> bool:
    """Give somebody a role on the site ("author" or "admin") or take it away, which ends all their sessions. Returns whether
    anything changed. Raises BadInput when somebody would take away their own administration: one admin always stays."""
    lock("admins")  # two admins who demote each other at once: the second is none any more when it is their turn
    acting = db.session.get(Person, by.id, populate_existing=True)
    if acting is None or not acting.is_admin:
        raise BadInput(Message(mark("You are not an administrator any more.")))
    person = db.session.execute(
        select(Person)
        .where(Person.id == person_id, Person.erased_at.is_(None))
        .execution_options(populate_existing=True)
    ).scalar_one()
    if role == "admin" and not on and person_id == by.id:
        raise BadInput(Message(mark("You cannot take away your own administration: ask another administrator.")))
    held = {"author": person.is_author, "admin": person.is_admin}
    if held[role] == on:
        return False
    if role == "author":
        person.is_author = on
    else:
        person.is_admin = on
    db.session.flush()
    if not on:
        sessions.end_all(person_id)
    return True


def send_password_link(site: Site, person_id: int) -> Person:
    """Mail somebody a link by which they set a password; earlier ones no longer work."""
    person = db.session.execute(select(Person).where(Person.id == person_id, Person.erased_at.is_(None))).scalar_one()
    secret = links.make(site, person.id, "invite")
    with speaking(person.language):
        send_letter(
            site, person, gettext("Set your password"),
            [gettext("An administrator of the site sends you a link to set your password. It works for two weeks:")],
            f"/reset/{secret}", [gettext("Your present password, if you have one, works until then.")],
        )  # fmt: skip
    return person
