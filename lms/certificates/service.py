"""The register: who may get a certificate, issuing, revoking, finding and checking."""

import math
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from lms.attendance import hours
from lms.certificates import pdf, rules, words
from lms.certificates.models import Certificate, CertificateCounter
from lms.db import db, lock
from lms.enrolment import service as enrolment
from lms.enrolment.models import Enrolment
from lms.events import CertificateIssued
from lms.i18n import Message, gettext, speaking
from lms.notices.service import notify
from lms.people.models import Person
from lms.plugin import Actor, BadInput, Member, Run
from lms.progress import service as progress
from lms.publishing.models import CourseRecord, Revision, RunRecord
from lms.publishing.outline import Outline
from lms.site import Site

PAGE = 50
"""Certificates on one page of the register."""


@dataclass(frozen=True)
class Issued:
    """A certificate as lists show it."""

    id: int
    number: str
    code: str
    person_id: int
    run_id: int
    snapshot: rules.Snapshot
    issued_at: datetime
    revoked_at: datetime | None
    revoked_reason: str

    @property
    def holder(self) -> str:
        """The name printed on it; "" when the holder's data was removed."""
        return self.snapshot.holder


@dataclass(frozen=True)
class Standing:
    """Where a learner of a run is: what stands against a certificate, the valid one, the revoked ones."""

    member: Member
    eligibility: rules.Eligibility
    valid: Issued | None
    revoked: tuple[Issued, ...]

    @property
    def may_get(self) -> bool:
        """Whether one can be issued now."""
        return self.valid is None and self.eligibility.eligible

    @property
    def reasons(self) -> list[str]:
        """What stands against it, in words."""
        return words.reasons(self.eligibility)


@dataclass(frozen=True)
class Outcome:
    """What `issue` did: ids of new certificates, people who have a valid one already, people who may not get one."""

    issued: tuple[int, ...]
    already: tuple[int, ...]
    refused: tuple[int, ...]


_COLUMNS = (
    Certificate.id, Certificate.number, Certificate.code, Certificate.person_id, Certificate.run_id,
    Certificate.snapshot, Certificate.issued_at, Certificate.revoked_at, Certificate.revoked_reason,
)  # fmt: skip


def _read(row: Any) -> Issued:
    return Issued(
        row.id, row.number, row.code, row.person_id, row.run_id, rules.Snapshot.model_validate_json(row.snapshot),
        row.issued_at, row.revoked_at, row.revoked_reason,
    )  # fmt: skip


def find_run(run_id: int) -> Run | None:
    """A run by its id, in one statement."""
    row = db.session.execute(
        select(
            RunRecord.id, RunRecord.course_id, CourseRecord.slug.label("course_slug"), RunRecord.slug, RunRecord.title,
            RunRecord.revision_id, RunRecord.starts_on, RunRecord.ends_on, RunRecord.timezone,
        )
        .join(CourseRecord, CourseRecord.id == RunRecord.course_id)
        .where(RunRecord.id == run_id)
    ).first()  # fmt: skip
    return Run(*row) if row is not None else None


def outline_of(site: Site, run: Run) -> Outline:
    """The run's course in its own language, which is that of its documents."""
    return site.library.outline(run.revision_id, "")


def standings(site: Site, run: Run) -> list[Standing]:
    """Every learner of a run with what stands against a certificate, by name. Three statements for any number."""
    outline = outline_of(site, run)
    results = progress.of_run(run.id)
    issued: dict[int, list[Issued]] = {}
    for row in db.session.execute(select(*_COLUMNS).where(Certificate.run_id == run.id).order_by(Certificate.id)):
        issued.setdefault(row.person_id, []).append(_read(row))
    now = site.now()
    found: list[Standing] = []
    for member in enrolment.members(run.id, "learner"):
        own = issued.get(member.id, [])
        found.append(
            Standing(
                member,
                rules.eligibility(outline, results.get(member.id, {}), run, now, outline.course.hours),
                next((one for one in own if one.revoked_at is None), None),
                tuple(one for one in own if one.revoked_at is not None),
            )
        )
    return found


def issue(site: Site, run: Run, person_ids: Collection[int], by: Actor) -> Outcome:
    """Enter certificates in the register for those of these people who may have one.

    Everything that decides is read within the transaction, while nobody else can change these people's results or take
    a number: a mark that was lowered meanwhile counts, and two clerks at once give each person one document.
    """
    # results are written while holding the enrolment, so that they stand still as long as we hold it; in one order, so
    # that two clerks with the same list do not wait for each other
    learners = db.session.execute(
        select(Enrolment.person_id)
        .where(
            Enrolment.run_id == run.id, Enrolment.person_id.in_(person_ids), Enrolment.role == "learner",
            Enrolment.state == "active",
        )
        .order_by(Enrolment.person_id)
        .with_for_update()
    ).scalars().all()  # fmt: skip
    outline = outline_of(site, run)
    rule = outline.course.certificate
    if rule is None or rule.kind not in rules.KINDS:
        return Outcome((), (), tuple(learners))
    kind = rules.KINDS[rule.kind]
    now = site.now()
    today = now.astimezone(ZoneInfo(site.config.timezone)).date()
    lock(f"certificates/{today.year}/{kind.name}")
    have = set(
        db.session.execute(
            select(Certificate.person_id).where(
                Certificate.run_id == run.id, Certificate.revoked_at.is_(None), Certificate.person_id.in_(learners)
            )
        ).scalars()
    )
    results = progress.of_run(run.id)
    may = [
        person
        for person in learners
        if person not in have
        and rules.eligibility(outline, results.get(person, {}), run, now, outline.course.hours).eligible
    ]
    ids = _enter(site, run, outline, kind, may, today, by) if may else {}
    for person, id in ids.items():
        site.emit(CertificateIssued(id, run.id, person))
    if ids:
        said = Message("Your certificate for “{course}” is ready.", {"course": outline.course.title})
        notify(site, list(ids), "certificate", said, "/certificates")
    refused = tuple(person for person in learners if person not in have and person not in ids)
    return Outcome(tuple(ids.values()), tuple(person for person in learners if person in have), refused)


def _enter(
    site: Site, run: Run, outline: Outline, kind: rules.Kind, person_ids: list[int], today: date, by: Actor
) -> dict[int, int]:
    course, rule, now = outline.course, outline.course.certificate, site.now()
    assert rule is not None
    names = {
        row.id: " ".join(part for part in (row.surname, row.given_name, row.patronymic) if part)
        for row in db.session.execute(
            select(Person.id, Person.surname, Person.given_name, Person.patronymic).where(Person.id.in_(person_ids))
        )
    }
    attended = hours.of_people(site, run, person_ids)
    digest = db.session.execute(select(Revision.digest).where(Revision.id == run.revision_id)).scalar_one()
    with speaking(course.language):
        title = rule.title or gettext(kind.title)
    order = sorted(person_ids, key=lambda person: (rules.fold(names[person]), person))
    last = _take_numbers(kind, today.year, len(order))
    rows: list[dict[str, Any]] = []
    for n, person in enumerate(order, last - len(order) + 1):
        snapshot = rules.Snapshot(
            holder=names[person], course=course.title, hours=course.hours, starts_on=run.starts_on,
            # a document is not about days to come
            ends_on=max(run.starts_on, min(run.ends_on or today, today)),
            organisation=site.config.organisation, kind=kind.name, kind_title=title, language=course.language,
            signed_by=rule.signed_by, text=rule.text, qualification=rule.qualification, digest=digest,
            attended=attended.get(person, 0),
        )  # fmt: skip
        rows.append(
            {
                "number": rules.number(kind, today.year, n), "code": rules.new_code(), "person_id": person,
                "run_id": run.id, "kind": kind.name, "snapshot": snapshot.model_dump_json(),
                "holder_key": rules.fold(names[person])[: rules.LONGEST_KEY], "issued_at": now, "issued_by": by.id or None,
                "revoked_reason": "",
            }
        )  # fmt: skip
    db.session.execute(insert(Certificate), rows)
    new = select(Certificate.person_id, Certificate.id).where(Certificate.number.in_([row["number"] for row in rows]))
    return {row.person_id: row.id for row in db.session.execute(new.order_by(Certificate.id))}


def _take_numbers(kind: rules.Kind, year: int, count: int) -> int:
    """Take `count` numbers in a row; returns the last. A transaction that is undone gives them back: no holes."""
    dialect = postgresql if db.session.get_bind().dialect.name == "postgresql" else sqlite
    counted = dialect.insert(CertificateCounter).values(year=year, kind=kind.name, last=count)
    counted = counted.on_conflict_do_update(
        index_elements=["year", "kind"], set_={"last": CertificateCounter.last + count}
    ).returning(CertificateCounter.last)
    last: int = db.session.execute(counted).scalar_one()
    return last


def revoke(site: Site, certificate_id: int, reason: str, by: Actor) -> Issued:
    """Declare a certificate void. It stays in the register, with the reason.

    Raises BadInput without a reason or when it is void already, LookupError when there is none.
    """
    reason = " ".join(reason.split())
    if not reason:
        raise BadInput(Message("Say why the certificate is revoked."))
    now = site.now()
    changed = db.session.execute(
        update(Certificate)
        .where(Certificate.id == certificate_id, Certificate.revoked_at.is_(None))
        .values(revoked_at=now, revoked_by=by.id or None, revoked_reason=reason[:1000])
        .returning(Certificate.id)
        .execution_options(synchronize_session=False)
    ).first()
    found = find(certificate_id)
    if found is None:
        raise LookupError(certificate_id)
    if changed is None:
        raise BadInput(Message("The certificate {number} is revoked already.", {"number": found.number}))
    said = Message("Your certificate {number} was revoked: {reason}", {"number": found.number, "reason": reason})
    notify(site, [found.person_id], "certificate", said, "/certificates")
    return found


def find(certificate_id: int) -> Issued | None:
    """One entry of the register."""
    row = db.session.execute(select(*_COLUMNS).where(Certificate.id == certificate_id)).first()
    return _read(row) if row is not None else None


def own(person_id: int) -> list[Issued]:
    """A person's certificates, the latest first. One statement."""
    theirs = select(*_COLUMNS).where(Certificate.person_id == person_id).order_by(Certificate.id.desc())
    return [_read(row) for row in db.session.execute(theirs)]


def search(query: str, page: int) -> tuple[list[Issued], int]:
    """Entries whose number or holder's name holds the query, latest first: a page (from 1) and how many there are."""
    sought = rules.fold(query)
    statement = select(*_COLUMNS)
    counting = select(func.count(Certificate.id))
    if sought:
        # numbers hold capitals only, which SQLite's lower() would leave alone when they are Cyrillic
        hit = or_(
            Certificate.holder_key.contains(sought, autoescape=True),
            Certificate.number.contains(sought.upper(), autoescape=True),
        )
        statement, counting = statement.where(hit), counting.where(hit)
    total = db.session.execute(counting).scalar_one()
    rows = db.session.execute(statement.order_by(Certificate.id.desc()).limit(PAGE).offset((page - 1) * PAGE))
    return [_read(row) for row in rows], max(1, math.ceil(total / PAGE))


def check(typed: str) -> Issued | None:
    """The certificate with this code. One statement, the same for codes that exist and that do not."""
    row = db.session.execute(select(*_COLUMNS).where(Certificate.code == rules.read_code(typed))).first()
    return _read(row) if row is not None else None


def document(site: Site, found: Issued) -> bytes:
    """The certificate as a PDF in its own language. The same certificate gives the same bytes."""
    there = ZoneInfo(site.config.timezone)
    revoked_on = found.revoked_at.astimezone(there).date() if found.revoked_at else None
    shown = rules.show_code(found.code)
    with speaking(found.snapshot.language):
        values = words.printed(found.snapshot, found.number, found.issued_at.astimezone(there).date(), revoked_on)
    return pdf.render(values, site.url(f"/verify/{shown}"), shown, found.issued_at)
