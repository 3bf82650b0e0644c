"""Places in a run: taken, asked for, given up.

Every change holds the run's row until the transaction ends, so that no more learners get in than there are seats,
whoever asks at the same time and wherever. That is why it is one module: all ways in and out count the same seats under
the same lock.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select, text

from lms.db import Query, as_utc, db
from lms.enrolment import rules
from lms.enrolment.models import Enrolment
from lms.enrolment.place import run_of
from lms.events import Enrolled, RoleChanged, Withdrawn
from lms.i18n import Called
from lms.notices.service import notify
from lms.people import throttle
from lms.plugin import Actor, BadInput, Member, Message, Run, mark
from lms.publishing.models import CourseRecord, Edition, Revision, RunRecord
from lms.site import Site
from lms.wording import zone

_MEMBERS = Query(
    "SELECT p.id, p.surname, p.given_name, p.patronymic, e.role, e.id AS enrolment_id"
    " FROM enrolment e JOIN person p ON p.id = e.person_id"
    " WHERE e.run_id = :run AND e.state = 'active' AND (:role = '' OR e.role = :role)"
)

REFUSALS = {
    "over": mark("This run is over. Choose another one."),
    "closed": mark("People are enrolled in this run by its staff. Write to them."),
    "refused": mark("The tutors did not accept your request for this run. If that is a mistake, write to them."),
    "key": mark("This is not the key of this run. Check it, letter by letter."),
}

WAITING = mark("“{course}” is full: you are on the waiting list and get the next free place.")
FULL = mark("Every seat is taken: let somebody leave or raise the number of seats first.")


def members(run_id: int, role: str = "learner") -> list[Member]:
    """Active members with this role (`""`: all), by surname and name as Russian lists are ordered. One statement."""
    # ordered here and not in the database, whose collations differ between SQLite and PostgreSQL (ё above all)
    found = [
        ("\0".join(names).casefold().replace("ё", "е"), id, role, enrolment_id, " ".join(filter(None, names)))
        for id, *names, role, enrolment_id in _MEMBERS.plain(run=run_id, role=role)
    ]
    return [Member(id, name, role, enrolment_id) for _, id, role, enrolment_id, name in sorted(found)]


def _full_name(row: Any) -> str:
    return " ".join(part for part in (row.surname, row.given_name, row.patronymic) if part)


# ------------------------------------------------------------------------------------------- asking


def ask(site: Site, run_id: int, person_id: int, key: str = "") -> str:
    """Somebody asks for a place as a learner. Returns their state: "active", "waiting" or "requested".

    Raises BadInput with the reason when there is none for them, TooManyTries after repeated wrong keys.
    """
    guess = throttle.key_of("run-key", f"{run_id}/{person_id}")
    if key:
        throttle.check(site, guess, throttle.account_rule)
    run = _hold(run_id)
    found = _of(run_id, person_id)
    taken, waiting = _counts(run_id)
    given = rules.answer(
        rules.Asked(
            run.enrolment, run.capacity, taken, waiting, found.state if found else "",
            rules.key_fits(run.key_hash, key), _is_over(run, site.now()),
        )
    )  # fmt: skip
    if given.refusal:
        raise BadInput(Message(REFUSALS[given.refusal]))
    if key:
        throttle.forgive(guess)
    if found is not None and found.state == given.state:
        return found.state
    _put(site, run, person_id, found, "learner", given.state)
    name = _title(run)
    if given.state == "requested":
        asking = Called(" ".join(filter(None, _names(person_id))), person_id)
        _tell_tutors(
            site, run, Message(mark("{name} asks for a place in “{course}”."), {"name": asking, "course": name})
        )
    elif given.state == "waiting":
        text = Message(WAITING, {"course": name})
        notify(site, [person_id], "enrolment", text, _course_path(run))
    return given.state


def decide(site: Site, run_id: int, person_id: int, approve: bool, by: Actor) -> str:
    """Staff answer a request (or take somebody from the waiting list out of turn, as far as there is a seat). Returns
    the new state.

    Raises BadInput when there is nothing to decide any more.
    """
    run = _hold(run_id)
    found = _of(run_id, person_id)
    if found is None or found.state not in ("requested", "waiting"):
        raise BadInput(Message(mark("This request has been dealt with already.")))
    name = _title(run)
    if not approve:
        _put(site, run, person_id, found, found.role, "refused")
        text = Message(mark("The tutors did not accept your request for “{course}”."), {"course": name})
        notify(site, [person_id], "enrolment", text, _course_path(run))
        return "refused"
    taken, _waiting = _counts(run_id)
    full = rules.is_full(run.capacity, taken)
    if full and found.state == "waiting":
        raise BadInput(Message(FULL))
    return enrol(site, run_id, person_id, found.role, by)


# ------------------------------------------------------------------------------------------- staff


def enrol(site: Site, run_id: int, person_id: int, role: str = "learner", by: Actor | None = None) -> str:
    """Take somebody into a run, as staff do; an active member gets the new role. Returns the state: "active", or
    "waiting" when every seat for learners is taken (tutors need none)."""
    run = _hold(run_id)
    found = _of(run_id, person_id)
    taken, waiting = _counts(run_id)
    if found is not None and found.state == "active":
        if found.role == role:
            return "active"
        if role == "learner" and rules.is_full(run.capacity, taken):
            raise BadInput(Message(FULL))
        was_learner = found.role == "learner"
        found.role = role
        found.changed_at = site.now()
        db.session.flush()
        site.emit(RoleChanged(run_id, person_id, role))
        if was_learner:
            _promote(site, run)
        return "active"
    if found is not None and found.state == "waiting":
        waiting = 0  # whoever is chosen by name out of the list takes the seat that is free
    state = "waiting" if role == "learner" and rules.is_full(run.capacity, taken, waiting) else "active"
    if found is not None and found.state == state and found.role == role:
        return state
    _put(site, run, person_id, found, role, state)
    name = _title(run)
    if by is not None and by.id != person_id:
        text = (
            Message(mark("You are enrolled in “{course}”."), {"course": name})
            if state == "active"
            else Message(WAITING, {"course": name})
        )
        notify(site, [person_id], "enrolment", text, _course_path(run) if state == "waiting" else _base(run))
    return state


def withdraw(site: Site, run_id: int, person_id: int, by: Actor | None = None, quietly: bool = False) -> None:
    """Take somebody out of a run or off its lists; whoever waits first moves up. `by`: who does it, None for the
    person themselves; `quietly`: nobody gets a notice of it.

    Nothing happens to those who are not there.
    """
    run = _hold(run_id)
    found = _of(run_id, person_id)
    if found is None or found.state in ("withdrawn", "refused"):
        return
    was_active = found.state == "active"
    _put(site, run, person_id, found, found.role, "withdrawn")
    if was_active:
        site.emit(Withdrawn(run_id, person_id))
        _promote(site, run)
    if quietly:
        return
    name = _title(run)
    if by is not None and by.id != person_id:
        text = Message(mark("You are not in “{course}” any more."), {"course": name})
        notify(site, [person_id], "enrolment", text, _course_path(run))
    elif was_active and found.role == "learner":
        left = " ".join(filter(None, _names(person_id)))
        _tell_tutors(site, run, Message(mark("{name} has left “{course}”."), {"name": left, "course": name}))


def promote(site: Site, run_id: int) -> int:
    """Give free seats to those who wait, in the order in which they came; to be called when the number of seats was
    raised. Returns how many got in."""
    return _promote(site, _hold(run_id))


def _promote(site: Site, run: RunRecord) -> int:
    taken, waiting = _counts(run.id)
    free = waiting if not run.capacity else max(0, run.capacity - taken)
    if not free or not waiting:
        return 0
    first = db.session.execute(
        select(Enrolment)
        .where(Enrolment.run_id == run.id, Enrolment.state == "waiting")
        .order_by(Enrolment.changed_at, Enrolment.id)
        .limit(free)
    ).scalars()
    promoted = [found.person_id for found in first]
    for person_id in promoted:
        found = _of(run.id, person_id)
        assert found is not None
        _put(site, run, person_id, found, found.role, "active")
    text = Message(mark("There is a place for you now: you are enrolled in “{course}”."), {"course": _title(run)})
    notify(site, promoted, "enrolment", text, _base(run))
    return len(promoted)


# ------------------------------------------------------------------------------------------- lists


@dataclass(frozen=True)
class Applicant:
    """Somebody who asks or waits. `state`: requested or waiting."""

    id: int
    name: str
    state: str
    since: datetime


_APPLICANTS = text(
    "SELECT p.id, p.surname, p.given_name, p.patronymic, e.state, e.changed_at FROM enrolment e"
    " JOIN person p ON p.id = e.person_id"
    " WHERE e.run_id = :run AND e.state IN ('requested', 'waiting') ORDER BY e.changed_at, e.id"
)


def applicants(run_id: int) -> list[Applicant]:
    """Who asks and who waits, in the order in which they came. One statement."""
    found = []
    for row in db.session.execute(_APPLICANTS, {"run": run_id}):
        since = as_utc(row.changed_at)
        assert since is not None
        found.append(Applicant(row.id, _full_name(row), row.state, since))
    return found


@dataclass(frozen=True)
class RunOffer:
    """A run as the course's public page offers it. `way`: open, key, request or closed; `left`: free seats, None
    without a limit; `state`: how this person stands in it ("": not at all)."""

    run: Run
    way: str
    capacity: int
    left: int | None
    waiting: int
    state: str
    can_ask: bool


_OFFERS = text(
    "SELECT r.id, r.course_id, c.slug AS course_slug, r.slug, r.title, r.revision_id, r.starts_on, r.ends_on,"
    " r.timezone, r.enrolment, r.capacity, e.state,"
    " (SELECT count(*) FROM enrolment a WHERE a.run_id = r.id AND a.state = 'active' AND a.role = 'learner') AS taken,"
    " (SELECT count(*) FROM enrolment w WHERE w.run_id = r.id AND w.state = 'waiting') AS waiting"
    " FROM run r JOIN course c ON c.id = r.course_id"
    " LEFT JOIN enrolment e ON e.run_id = r.id AND e.person_id = :person"
    " WHERE r.course_id = :course ORDER BY r.starts_on, r.id"
)


def enrol_options(site: Site, person: Actor, course_id: int) -> list[RunOffer]:
    """Runs of a course that this person is in or could get into, the earliest first; those that are over are left out
    unless the person is in them. One statement."""
    found = []
    for row in db.session.execute(_OFFERS, {"course": course_id, "person": person.id}):
        run = run_of(row)
        state = row.state or ""
        over = _ended(run.ends_on, run.timezone, site.now())
        if state in ("", "withdrawn", "refused") and (over or row.enrolment == "closed"):
            continue
        asked = rules.Asked(row.enrolment, row.capacity, row.taken, row.waiting, state, key_fits=True, over=over)
        can_ask = state not in ("active", "requested", "waiting") and not rules.answer(asked).refusal
        left = rules.seats_left(row.capacity, row.taken, row.waiting)
        found.append(RunOffer(run, row.enrolment, row.capacity, left, row.waiting, state, can_ask))
    return found


def state_of(run_id: int, person_id: int) -> tuple[str, str]:
    """How a person stands in a run, and their role; ("", "") for not at all."""
    found = _of(run_id, person_id)
    return (found.state, found.role) if found else ("", "")


def title_of(run_id: int) -> str:
    """What people call a run: the title of the course in its main language, and the run's own if it has one."""
    return _title(db.session.get_one(RunRecord, run_id))


_NAMED = text(
    "SELECT r.id, r.course_id, c.slug AS course_slug, r.slug, r.title, r.revision_id, r.starts_on, r.ends_on,"
    " r.timezone FROM run r JOIN course c ON c.id = r.course_id WHERE c.slug = :course AND r.slug = :run"
)


def run_named(segment: str) -> Run | None:
    """The run that an address names as `<course>@<run>`, whoever asks; None when there is none."""
    course, _at, run = segment.partition("@")
    row = db.session.execute(_NAMED, {"course": course, "run": run}).first()
    return run_of(row) if row is not None else None


def run_exists(run_id: int) -> bool:
    """Whether there is such a run."""
    return db.session.get(RunRecord, run_id) is not None


# ------------------------------------------------------------------------------------------- inside


def _hold(run_id: int) -> RunRecord:
    """The run, held until the transaction ends. SQLite has its write lock; on PostgreSQL the weaker row lock lets
    others go on writing rows that point to this run."""
    return db.session.execute(
        select(RunRecord)
        .where(RunRecord.id == run_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).scalar_one()


def _of(run_id: int, person_id: int) -> Enrolment | None:
    return db.session.execute(
        select(Enrolment)
        .where(Enrolment.run_id == run_id, Enrolment.person_id == person_id)
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()


def _counts(run_id: int) -> tuple[int, int]:
    """Learners' seats that are taken, and how many people wait."""
    rows = db.session.execute(
        select(Enrolment.state, func.count().label("people"))
        .where(Enrolment.run_id == run_id, Enrolment.role == "learner", Enrolment.state.in_(("active", "waiting")))
        .group_by(Enrolment.state)
    )
    found: dict[str, int] = {row.state: row.people for row in rows}
    return found.get("active", 0), found.get("waiting", 0)


def _put(site: Site, run: RunRecord, person_id: int, found: Enrolment | None, role: str, state: str) -> str:
    now = site.now()
    moment = _after_others(run.id, now) if state == "waiting" else now
    if found is None:
        found = Enrolment(run_id=run.id, person_id=person_id, created_at=now)
        db.session.add(found)
    found.role, found.state, found.changed_at = role, state, moment
    db.session.flush()
    if state == "active":
        site.emit(Enrolled(run.id, person_id, role))
    return state


def _after_others(run_id: int, now: datetime) -> datetime:
    """The end of the waiting list: clocks of several machines may differ, the order in which people came may not."""
    last = db.session.execute(
        select(func.max(Enrolment.changed_at)).where(Enrolment.run_id == run_id, Enrolment.state == "waiting")
    ).scalar_one()
    return now if last is None else max(now, last + timedelta(microseconds=1))


def _ended(ends_on: date | None, timezone: str, now: datetime) -> bool:
    return ends_on is not None and now.astimezone(zone(timezone)).date() > ends_on


def _is_over(run: RunRecord, now: datetime) -> bool:
    return _ended(run.ends_on, run.timezone, now)


def _title(run: RunRecord) -> str:
    course = db.session.execute(
        select(Edition.title)
        .join(Revision, Revision.id == Edition.revision_id)
        .where(Edition.revision_id == run.revision_id, Edition.language == Revision.language)
    ).scalar_one()
    return f"{course} ({run.title})" if run.title and run.title != course else course


def _slug(run: RunRecord) -> str:
    return db.session.execute(select(CourseRecord.slug).where(CourseRecord.id == run.course_id)).scalar_one()


def _base(run: RunRecord) -> str:
    return f"/courses/{_slug(run)}@{run.slug}/"


def _course_path(run: RunRecord) -> str:
    return f"/courses/{_slug(run)}/"


def _names(person_id: int) -> Sequence[str]:
    row = db.session.execute(
        text("SELECT surname, given_name, patronymic FROM person WHERE id = :id"), {"id": person_id}
    ).one()
    return (row.surname, row.given_name, row.patronymic)


def _tell_tutors(site: Site, run: RunRecord, text: Message) -> None:
    tutors = [member.id for member in members(run.id, "tutor")]
    notify(site, tutors, "enrolment", text, f"{_base(run)}people")
