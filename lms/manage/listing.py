"""Lists of the management pages: plain rows, the same number of statements however long they are.

One module, because all of them find titles, names and pages in one way.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select, text
from sqlalchemy.orm import aliased

from lms.certificates.models import Certificate
from lms.db import db
from lms.enrolment.models import Enrolment
from lms.i18n import language
from lms.manage import rules
from lms.notices.models import OutgoingMail
from lms.people.models import Person, by_register
from lms.publishing.models import CourseRecord, Edition, Revision, RunRecord
from lms.site import Site

PAGE = 50
"""Rows on one page of a list."""


def _title(revision_id: Any, tongue: str) -> ColumnElement[str]:
    """The title of a revision in this language or, where it has none, in the course's own."""
    own, main, revision = aliased(Edition), aliased(Edition), aliased(Revision)
    return func.coalesce(
        select(own.title).where(own.revision_id == revision_id, own.language == tongue).scalar_subquery(),
        select(main.title)
        .join(revision, (revision.id == main.revision_id) & (revision.language == main.language))
        .where(main.revision_id == revision_id)
        .scalar_subquery(),
    )


def _people(run_id: Any, *states: str, role: str = "learner") -> Any:
    return (
        select(func.count())
        .select_from(Enrolment)
        .where(Enrolment.run_id == run_id, Enrolment.role == role, Enrolment.state.in_(states))
        .scalar_subquery()
    )


def pages_of(total: int) -> int:
    """How many pages a list of so many rows has, one at least."""
    return max(1, math.ceil(total / PAGE))


# ------------------------------------------------------------------------------------------- overview


@dataclass(frozen=True)
class Asking:
    """A run in which people ask for a place or wait for one."""

    id: int
    course: str
    title: str
    base: str
    requested: int
    waiting: int


@dataclass(frozen=True)
class Overview:
    """The site in figures, and what needs somebody. `letters`: unsent; `failed`: those that could not be sent so far."""

    people: int
    courses: int
    runs: int
    learners: int
    certificates: int
    letters: int
    failed: tuple[tuple[str, str], ...]
    asking: tuple[Asking, ...]
    troubles: tuple[str, ...]


def overview(site: Site) -> Overview:
    """The figures of the overview in three statements."""
    today = site.now().date()
    row = db.session.execute(
        select(
            select(func.count(Person.id)).where(Person.erased_at.is_(None)).scalar_subquery().label("people"),
            select(func.count(CourseRecord.id)).where(CourseRecord.revision_id.is_not(None)).scalar_subquery().label("courses"),
            select(func.count(RunRecord.id))
            .where(RunRecord.starts_on <= today, or_(RunRecord.ends_on.is_(None), RunRecord.ends_on >= today))
            .scalar_subquery()
            .label("runs"),
            select(func.count(func.distinct(Enrolment.person_id)))
            .join(RunRecord, RunRecord.id == Enrolment.run_id)
            .where(
                Enrolment.role == "learner", Enrolment.state == "active", RunRecord.starts_on <= today,
                or_(RunRecord.ends_on.is_(None), RunRecord.ends_on >= today),
            )
            .scalar_subquery()
            .label("learners"),
            select(func.count(Certificate.id)).where(Certificate.revoked_at.is_(None)).scalar_subquery().label("certificates"),
            select(func.count(OutgoingMail.id)).where(OutgoingMail.sent_at.is_(None)).scalar_subquery().label("letters"),
        )
    ).one()  # fmt: skip
    failed = db.session.execute(
        select(OutgoingMail.recipient, OutgoingMail.error)
        .where(OutgoingMail.sent_at.is_(None), OutgoingMail.error != "")
        .order_by(OutgoingMail.id.desc())
        .limit(10)
    )
    return Overview(
        row.people, row.courses, row.runs, row.learners, row.certificates, row.letters,
        tuple((each.recipient, each.error) for each in failed), tuple(_asking()), tuple(reversed(site.troubles)),
    )  # fmt: skip


def _asking() -> list[Asking]:
    counts = (
        select(
            Enrolment.run_id.label("run_id"),
            func.sum(_one(Enrolment.state == "requested")).label("requested"),
            func.sum(_one(Enrolment.state == "waiting")).label("waiting"),
        )
        .where(Enrolment.state.in_(("requested", "waiting")))
        .group_by(Enrolment.run_id)
        .subquery()
    )
    rows = db.session.execute(
        select(
            RunRecord.id, RunRecord.title, RunRecord.slug, CourseRecord.slug.label("course_slug"), counts.c.requested,
            counts.c.waiting, _title(RunRecord.revision_id, language()).label("course"),
        )
        .join(counts, counts.c.run_id == RunRecord.id)
        .join(CourseRecord, CourseRecord.id == RunRecord.course_id)
        .where(counts.c.requested > 0)
        .order_by(counts.c.requested.desc(), RunRecord.id)
        .limit(PAGE)
    )  # fmt: skip
    return [
        Asking(
            row.id,
            row.course,
            row.title or row.slug,
            f"/courses/{row.course_slug}@{row.slug}/",
            row.requested,
            row.waiting,
        )
        for row in rows
    ]


def _one(condition: ColumnElement[bool]) -> Any:
    return case((condition, 1), else_=0)


# ------------------------------------------------------------------------------------------- runs


@dataclass(frozen=True)
class RunLine:
    """A run as its list and its page show it. `when`: later, now or past."""

    id: int
    course: str
    course_slug: str
    slug: str
    title: str
    starts_on: date
    ends_on: date | None
    timezone: str
    capacity: int
    enrolment: str
    has_key: bool
    learners: int
    waiting: int
    requested: int
    revision: int
    current: bool
    when: str
    tutors: tuple[tuple[int, str], ...] = ()

    @property
    def name(self) -> str:
        """What tells it from other runs of the course."""
        return self.title or self.slug

    @property
    def base(self) -> str:
        """Address of the run's own pages."""
        return f"/courses/{self.course_slug}@{self.slug}/"


def _runs(tongue: str) -> Any:
    return (
        select(
            RunRecord.id, CourseRecord.slug.label("course_slug"), RunRecord.slug, RunRecord.title, RunRecord.starts_on,
            RunRecord.ends_on, RunRecord.timezone, RunRecord.capacity, RunRecord.enrolment,
            (RunRecord.key_hash != "").label("has_key"), Revision.number.label("revision"),
            (CourseRecord.revision_id == RunRecord.revision_id).label("current"),
            _people(RunRecord.id, "active").label("learners"), _people(RunRecord.id, "waiting").label("waiting"),
            _people(RunRecord.id, "requested").label("requested"), _title(RunRecord.revision_id, tongue).label("course"),
        )
        .join(CourseRecord, CourseRecord.id == RunRecord.course_id)
        .join(Revision, Revision.id == RunRecord.revision_id)
    )  # fmt: skip


def _line(row: Any, tutors: Sequence[tuple[int, str]], today: date) -> RunLine:
    when = "later" if row.starts_on > today else "past" if row.ends_on is not None and row.ends_on < today else "now"
    return RunLine(
        row.id, row.course, row.course_slug, row.slug, row.title, row.starts_on, row.ends_on, row.timezone, row.capacity,
        row.enrolment, bool(row.has_key), row.learners, row.waiting, row.requested, row.revision, bool(row.current), when,
        tuple(tutors),
    )  # fmt: skip


def runs(site: Site, page: int, course: str = "") -> tuple[list[RunLine], int]:
    """A page (from 1) of the runs (of one course, if it is named), the latest first, and how many pages there are. Three
    statements."""
    limits = [CourseRecord.slug == course] if course else []
    total = db.session.execute(
        select(func.count(RunRecord.id)).join(CourseRecord, CourseRecord.id == RunRecord.course_id).where(*limits)
    ).scalar_one()
    rows = db.session.execute(
        _runs(language())
        .where(*limits)
        .order_by(RunRecord.starts_on.desc(), RunRecord.id.desc())
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    ).all()
    tutors = _tutors([row.id for row in rows])
    today = site.now().date()
    return [_line(row, tutors.get(row.id, ()), today) for row in rows], pages_of(total)


def run(site: Site, run_id: int) -> RunLine | None:
    """One run, or None. Two statements."""
    row = db.session.execute(_runs(language()).where(RunRecord.id == run_id)).first()
    return _line(row, _tutors([run_id]).get(run_id, ()), site.now().date()) if row is not None else None


def _tutors(run_ids: Sequence[int]) -> dict[int, list[tuple[int, str]]]:
    found: dict[int, list[tuple[int, str]]] = {}
    for row in db.session.execute(
        select(Enrolment.run_id, Person.id, Person.surname, Person.given_name, Person.patronymic)
        .join(Person, Person.id == Enrolment.person_id)
        .where(Enrolment.run_id.in_(run_ids), Enrolment.role == "tutor", Enrolment.state == "active")
        .order_by(text(by_register("person")))
    ):
        found.setdefault(row.run_id, []).append((row.id, _name(row)))
    return found


def _name(row: Any) -> str:
    return " ".join(part for part in (row.surname, row.given_name, row.patronymic) if part)


# ------------------------------------------------------------------------------------------- people


@dataclass(frozen=True)
class PersonLine:
    """Somebody with an account."""

    id: int
    name: str
    email: str
    is_author: bool
    is_admin: bool
    has_password: bool
    language: str
    timezone: str
    created_at: datetime
    runs: int


_PERSON = (
    Person.id, Person.surname, Person.given_name, Person.patronymic, Person.email, Person.is_author, Person.is_admin,
    (Person.password_hash != "").label("has_password"), Person.language, Person.timezone, Person.created_at,
    select(func.count())
    .select_from(Enrolment)
    .where(Enrolment.person_id == Person.id, Enrolment.state == "active")
    .scalar_subquery()
    .label("runs"),
)  # fmt: skip


def _person(row: Any) -> PersonLine:
    return PersonLine(
        row.id, _name(row), row.email, row.is_author, row.is_admin, bool(row.has_password), row.language, row.timezone,
        row.created_at, row.runs,
    )  # fmt: skip


def people(query: str, page: int) -> tuple[list[PersonLine], int, int]:
    """A page (from 1) of the people whose names or address hold every word of the query, how many pages there are and how many
    people. Two statements."""
    limits: list[ColumnElement[bool]] = [Person.erased_at.is_(None)]
    for names, mail in rules.patterns(query):
        columns = (Person.surname, Person.given_name, Person.patronymic)
        hits = [column.like(pattern, escape="\\") for column in columns for pattern in names]
        limits.append(or_(*hits, Person.email_key.like(mail, escape="\\")))
    total = db.session.execute(select(func.count(Person.id)).where(and_(*limits))).scalar_one()
    rows = db.session.execute(
        select(*_PERSON)
        .where(and_(*limits))
        .order_by(text(by_register("person")))
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    return [_person(row) for row in rows], pages_of(total), total


def person(person_id: int) -> PersonLine | None:
    """Somebody with an account, or None."""
    row = db.session.execute(select(*_PERSON).where(Person.id == person_id, Person.erased_at.is_(None))).first()
    return _person(row) if row is not None else None


@dataclass(frozen=True)
class Place:
    """Somebody's place in a run. `state`: as in enrolment."""

    run_id: int
    course: str
    run: str
    base: str
    role: str
    state: str
    since: datetime
    completed_at: datetime | None


def places(person_id: int) -> list[Place]:
    """All places of a person, the latest run first. One statement."""
    rows = db.session.execute(
        select(
            RunRecord.id, RunRecord.title, RunRecord.slug, CourseRecord.slug.label("course_slug"), Enrolment.role,
            Enrolment.state, Enrolment.changed_at, Enrolment.completed_at,
            _title(RunRecord.revision_id, language()).label("course"),
        )
        .join(RunRecord, RunRecord.id == Enrolment.run_id)
        .join(CourseRecord, CourseRecord.id == RunRecord.course_id)
        .where(Enrolment.person_id == person_id)
        .order_by(RunRecord.starts_on.desc(), RunRecord.id.desc())
    )  # fmt: skip
    return [
        Place(
            row.id, row.course, row.title or row.slug, f"/courses/{row.course_slug}@{row.slug}/", row.role, row.state,
            row.changed_at, row.completed_at,
        )
        for row in rows
    ]  # fmt: skip


# ------------------------------------------------------------------------------------------- courses


@dataclass(frozen=True)
class CourseLine:
    """A published course."""

    slug: str
    title: str
    number: int
    published_at: datetime
    revisions: int
    runs: int


def courses(page: int = 1) -> tuple[list[CourseLine], int]:
    """A page (from 1) of the published courses and how many pages there are. Two statements."""
    total = db.session.execute(
        select(func.count(CourseRecord.id)).where(CourseRecord.revision_id.is_not(None))
    ).scalar_one()
    count = aliased(Revision)
    rows = db.session.execute(
        select(
            CourseRecord.slug, Revision.number, Revision.created_at,
            _title(CourseRecord.revision_id, language()).label("title"),
            select(func.count(count.id)).where(count.course_id == CourseRecord.id).scalar_subquery().label("revisions"),
            select(func.count(RunRecord.id)).where(RunRecord.course_id == CourseRecord.id).scalar_subquery().label("runs"),
        )
        .join(Revision, Revision.id == CourseRecord.revision_id)
        .order_by(CourseRecord.slug)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )  # fmt: skip
    return [
        CourseLine(row.slug, row.title, row.number, row.created_at, row.revisions, row.runs) for row in rows
    ], pages_of(total)


def course_choices() -> list[tuple[str, str]]:
    """Every published course as (id, title), by title. One statement."""
    rows = db.session.execute(
        select(CourseRecord.slug, _title(CourseRecord.revision_id, language()).label("title")).where(
            CourseRecord.revision_id.is_not(None)
        )
    )
    return sorted(((row.slug, row.title) for row in rows), key=lambda pair: (pair[1].casefold(), pair[0]))


@dataclass(frozen=True)
class RevisionLine:
    """One publication of a course. `by`: who published it, "" for the command line."""

    number: int
    title: str
    published_at: datetime
    by: str
    runs: int
    current: bool


def revisions(slug: str, page: int = 1) -> tuple[list[RevisionLine], int] | None:
    """A page (from 1) of a course's revisions, the newest first, and how many pages; None without the course. Three statements."""
    course = db.session.execute(
        select(CourseRecord.id, CourseRecord.revision_id).where(
            CourseRecord.slug == slug, CourseRecord.revision_id.is_not(None)
        )
    ).first()
    if course is None:
        return None
    total = db.session.execute(select(func.count(Revision.id)).where(Revision.course_id == course.id)).scalar_one()
    rows = db.session.execute(
        select(
            Revision.id, Revision.number, Revision.created_at, Person.surname, Person.given_name, Person.patronymic,
            _title(Revision.id, language()).label("title"),
            select(func.count(RunRecord.id)).where(RunRecord.revision_id == Revision.id).scalar_subquery().label("runs"),
        )
        .outerjoin(Person, Person.id == Revision.created_by)
        .where(Revision.course_id == course.id)
        .order_by(Revision.number.desc())
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )  # fmt: skip
    return [
        RevisionLine(row.number, row.title, row.created_at, _name(row), row.runs, row.id == course.revision_id)
        for row in rows
    ], pages_of(total)
