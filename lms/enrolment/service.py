"""Places in a run: taken, asked for, given up. Every change holds the run's row, so that no more people get in than
there are seats."""

from sqlalchemy import func, select, text

from lms.db import db
from lms.enrolment.models import Enrolment
from lms.events import Enrolled, RoleChanged, Withdrawn
from lms.plugin import Actor, Member
from lms.publishing.models import RunRecord
from lms.site import Site

_MEMBERS = text(
    "SELECT p.id, p.surname, p.given_name, p.patronymic, e.role, e.id AS enrolment_id"
    " FROM enrolment e JOIN person p ON p.id = e.person_id"
    " WHERE e.run_id = :run AND e.state = 'active' AND (:role = '' OR e.role = :role)"
)


def members(run_id: int, role: str = "learner") -> list[Member]:
    """Active members with this role (`""`: all), by surname and name as Russian lists are ordered. One statement."""
    rows = db.session.execute(_MEMBERS, {"run": run_id, "role": role})
    # ordered here and not in the database, whose collations differ between SQLite and PostgreSQL (ё above all)
    found = [
        (_folded(row.surname), _folded(row.given_name), _folded(row.patronymic), row.id, row.role, row.enrolment_id,
         " ".join(part for part in (row.surname, row.given_name, row.patronymic) if part))
        for row in rows
    ]  # fmt: skip
    return [Member(id, name, role, enrolment_id) for _, _, _, id, role, enrolment_id, name in sorted(found)]


def _folded(name: str) -> str:
    return name.casefold().replace("ё", "е")


def enrol(site: Site, run_id: int, person_id: int, role: str = "learner", by: Actor | None = None) -> str:
    """Take somebody into a run, as staff do; an active member gets the new role. Returns the state: "active", or
    "waiting" when every seat for learners is taken (tutors need none)."""
    run = _hold(run_id)
    found = _of(run_id, person_id)
    if found is not None and found.state == "active":
        if found.role != role:
            found.role = role
            found.changed_at = site.now()
            db.session.flush()
            site.emit(RoleChanged(run_id, person_id, role))
        return "active"
    full = role == "learner" and 0 < run.capacity <= _taken(run_id)
    return _put(site, run_id, person_id, found, role, "waiting" if full else "active")


def withdraw(site: Site, run_id: int, person_id: int, by: Actor | None = None) -> None:
    """Take somebody out of a run, or off its lists; whoever waits first moves up."""
    _hold(run_id)
    found = _of(run_id, person_id)
    if found is None or found.state in ("withdrawn", "refused"):
        return
    was_active = found.state == "active"
    found.state = "withdrawn"
    found.changed_at = site.now()
    db.session.flush()
    if was_active:
        site.emit(Withdrawn(run_id, person_id))


def _hold(run_id: int) -> RunRecord:
    """The run, held until the transaction ends. SQLite has its write lock; on PostgreSQL the weaker row lock lets
    others go on writing rows that point to this run."""
    return db.session.execute(
        select(RunRecord).where(RunRecord.id == run_id).with_for_update(key_share=True).execution_options(populate_existing=True)
    ).scalar_one()


def _of(run_id: int, person_id: int) -> Enrolment | None:
    return db.session.execute(
        select(Enrolment)
        .where(Enrolment.run_id == run_id, Enrolment.person_id == person_id)
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()


def _taken(run_id: int) -> int:
    return db.session.execute(
        select(func.count()).where(Enrolment.run_id == run_id, Enrolment.role == "learner", Enrolment.state == "active")
    ).scalar_one()


def _put(site: Site, run_id: int, person_id: int, found: Enrolment | None, role: str, state: str) -> str:
    now = site.now()
    if found is None:
        found = Enrolment(run_id=run_id, person_id=person_id, created_at=now)
        db.session.add(found)
    found.role, found.state, found.changed_at = role, state, now
    db.session.flush()
    if state == "active":
        site.emit(Enrolled(run_id, person_id, role))
    return state
