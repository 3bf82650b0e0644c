"""What the pages show, read in a constant number of statements and put together as plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from markupsafe import Markup

from courses.text import render
from lms.plugin import STAFF, Member, Visit
from lms_seminar import rules, service, store
from lms_seminar.format import SeminarSettings, Session
from lms_seminar.rules import Times
from lms_seminar.store import Mark, SeatLine


@lru_cache(maxsize=256)
def _materials(text: str) -> str:
    return render(text)


@dataclass(frozen=True)
class SessionCard:
    """A session as one reader sees it: `link` and `code` are "" for those who may not have them (yet); `state` is the reader's
    attendance ("present", "absent" or "")."""

    id: str
    title: str
    speaker: str
    times: Times
    when: rules.When
    link: str
    link_later: bool
    code: str
    takes_code: bool
    tries_left: int
    state: str
    materials: Markup


def _card(
    session: Session, times: Times, visit: Visit, takes_part: bool, mark: Mark | None, staff: bool
) -> SessionCard:  # fmt: skip
    shown = staff or (takes_part and rules.link_open(times, visit.now))
    tries = rules.MOST_TRIES - (mark.tries if mark else 0)
    state = mark.state if mark else ""
    return SessionCard(
        session.id, session.title, session.speaker, times, rules.when(times, visit.now),
        session.link if shown else "",
        bool(session.link) and not shown and times.ends > visit.now,
        session.code if staff else "",
        bool(session.code) and not staff and takes_part and state == "" and rules.code_open(times, visit.now) and tries > 0,
        tries, state,
        Markup(_materials(session.materials)),  # noqa: S704 - sanitised by render
    )  # fmt: skip


@dataclass(frozen=True)
class SeminarPage:
    """The seminar's page. `place` is the reader's on the waiting list (from 1, 0: none), `free` seats (None: no limit)."""

    sessions: Sequence[SessionCard]
    standing: store.Standing
    free: int | None
    place: int
    waiting: int
    over: bool
    takes_part: bool


def of_reader(visit: Visit) -> SeminarPage:
    """The page of a learner, a tutor or an author. Three statements at most."""
    settings: SeminarSettings = visit.settings
    times = store.times(visit)
    learner = visit.role == "learner"
    standing = store.standing(visit) if learner else store.Standing()
    marks = store.marks(visit, visit.person.id) if learner else {}
    seats = store.seats(visit) if settings.seats is not None else []
    waiting = [seat.person_id for seat in seats if seat.number is None]
    takes_part = learner and service.may_take_part(visit, standing)
    free = None if settings.seats is None else max(0, settings.seats - (len(seats) - len(waiting)))
    staff = visit.may(STAFF)
    return SeminarPage(
        [
            _card(session, at, visit, takes_part, marks.get((visit.person.id, session.id)), staff)
            for session, at in zip(settings.sessions, times, strict=True)
        ],
        standing,
        free,
        waiting.index(visit.person.id) + 1 if visit.person.id in waiting else 0,
        len(waiting),
        rules.next_session(times, visit.now) is None,
        takes_part,
    )


@dataclass(frozen=True)
class LessonCard:
    """What stands in the lesson: the session that is on or comes next, with its link for those who may have it now."""

    session: Session | None
    times: Times | None
    when: str
    link: str
    standing: store.Standing
    attended: int


def of_lesson(visit: Visit) -> LessonCard:
    """The card in the lesson, without any statement."""
    settings: SeminarSettings = visit.settings
    standing = store.standing(visit) if visit.role == "learner" else store.Standing()
    at = rules.next_session(store.times(visit), visit.now)
    session = settings.session(at.id) if at else None
    takes_part = visit.may(STAFF) or (visit.role == "learner" and service.may_take_part(visit, standing))
    link = session.link if session and at and takes_part and rules.link_open(at, visit.now) else ""
    known = {one.id for one in settings.sessions}
    return LessonCard(
        session, at, rules.when(at, visit.now) if at else "past", link, standing, len(known & set(standing.attended))
    )


@dataclass(frozen=True)
class AttendanceTable:
    """Everybody and every session: `marks` by (person, session); `seats` by person, `waiting` in order."""

    people: Sequence[Member]
    sessions: Sequence[SessionCard]
    marks: Mapping[tuple[int, str], Mark]
    seats: Mapping[int, SeatLine]
    waiting: Sequence[str]
    counts: Mapping[str, int]


def of_staff(visit: Visit) -> AttendanceTable:
    """The attendance table. Three statements, whatever the size of the group. Those with a seat come first."""
    settings: SeminarSettings = visit.settings
    people = list(visit.people())
    seats = {seat.person_id: seat for seat in store.seats(visit)}
    names = {member.id: member.name for member in people}
    if settings.seats is not None:
        people.sort(key=lambda member: member.id not in seats or seats[member.id].number is None)
    marks = store.marks(visit)
    return AttendanceTable(
        people,
        [
            _card(session, at, visit, False, None, True)
            for session, at in zip(settings.sessions, store.times(visit), strict=True)
        ],
        marks,
        seats,
        [names[seat.person_id] for seat in seats.values() if seat.number is None and seat.person_id in names],
        {
            session.id: sum(
                1
                for mark in marks.values()
                if mark.session == session.id and mark.state == "present" and mark.person_id in names
            )
            for session in settings.sessions
        },
    )
