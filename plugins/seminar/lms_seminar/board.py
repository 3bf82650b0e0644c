"""What the pages show, read in a constant number of statements and put together as plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from markupsafe import Markup

from courses.text import render, render_untrusted
from lms.plugin import PARTICIPANT, STAFF, BadInput, Ballot, Member, Message, StoredFile, Visit, mark
from lms_seminar import notes, questions, rules, service, store
from lms_seminar.format import SeminarSettings, Session
from lms_seminar.models import Question
from lms_seminar.questions import Asked
from lms_seminar.rules import Times
from lms_seminar.store import Mark, SeatLine


@lru_cache(maxsize=256)
def _of_author(text: str) -> Markup:
    return Markup(render(text))  # noqa: S704 - sanitised by render


@lru_cache(maxsize=256)
def _of_tutor(text: str) -> Markup:
    return Markup(render_untrusted(text))  # noqa: S704 - the same


@dataclass(frozen=True)
class SessionCard:
    """A session as one reader sees it: `link` and `code` are "" for those who may not have them (yet); `state` is the reader's
    attendance ("present", "absent" or "")."""

    id: str
    title: str
    speaker: str
    times: Times
    when: rules.When
    place: str
    link: str
    link_later: bool
    code: str
    takes_code: bool
    tries_left: int
    state: str


def _card(
    session: Session, times: Times, visit: Visit, takes_part: bool, mark: Mark | None, staff: bool
) -> SessionCard:  # fmt: skip
    shown = staff or (takes_part and rules.link_open(times, visit.now))
    tries = rules.MOST_TRIES - (mark.tries if mark else 0)
    state = mark.state if mark else ""
    where = notes.where(visit, session)
    return SessionCard(
        session.id, session.title, session.speaker, times, rules.when(times, visit.now), where.place,
        where.link if shown else "",
        bool(where.link) and not shown and times.ends > visit.now,
        session.code if staff else "",
        bool(session.code) and not staff and takes_part and state == "" and rules.code_open(times, visit.now) and tries > 0,
        tries, state,
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
    waiting_questions: Mapping[str, int]
    """How many questions to the speaker have no answer yet, by session: for those who answer them."""


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
        {subject.partition(":")[2]: count for subject, count in questions.waiting(visit).items()} if staff else {},
    )


@dataclass(frozen=True)
class SessionPage:
    """One session as its reader sees it. `asking`: whether they may put a question now; `open_questions` wait for an answer."""

    card: SessionCard
    materials: Markup
    afterwards: Markup
    files: Sequence[StoredFile]
    recording: str
    minutes: Markup
    published: bool
    questions: Sequence[Asked]
    asking: bool
    takes_part: bool


def of_session(visit: Visit, session: Session) -> SessionPage:
    """The page of a session. Seven statements at most, four more where there are questions."""
    settings: SeminarSettings = visit.settings
    times = next(one for one in store.times(visit) if one.id == session.id)
    learner, staff, part = visit.role == "learner", visit.may(STAFF), visit.may(PARTICIPANT)
    takes_part = learner and service.may_take_part(visit, store.standing(visit))
    attended = store.marks(visit, visit.person.id).get((visit.person.id, session.id)) if learner else None
    kept = notes.of_session(visit, session.id)
    over = rules.over(times, visit.now)
    asked = questions.rows(visit, [questions.session_subject(session.id)]) if part and settings.questions else []
    called = questions.names(visit) if asked else {}
    return SessionPage(
        _card(session, times, visit, takes_part, attended, staff),
        _of_author(session.materials) + _of_tutor(kept.materials if part else ""),
        _of_author(session.afterwards) if over or staff else Markup(),
        notes.files(visit, session.id) if part else [],
        kept.recording if part else "",
        _of_tutor(kept.minutes) if staff or (part and kept.published) else Markup(),
        kept.published,
        questions.by_votes(
            visit,
            questions.as_read(visit, asked, called, staff),
            _ballot(visit, session, times, asked),
            f"sessions/{session.id}/vote",
            takes_part,
        )
        if asked
        else [],
        settings.questions and takes_part and not over,
        takes_part,
    )


def _ballot(visit: Visit, session: Session, times: Times, asked: Sequence[Question]) -> Ballot:
    return questions.ballot(asked, questions.session_subject(session.id), visit.settings.votes, times.ends)


def vote(visit: Visit, session: Session) -> None:
    """Vote for a question to the speaker, as the button says. Raises BadInput for those without a seat, and as votes do."""
    if not service.may_take_part(visit, store.standing(visit)):
        raise BadInput(Message(mark("You have no seat in this seminar.")))
    asked = questions.rows(visit, [questions.session_subject(session.id)])
    times = next(one for one in store.times(visit) if one.id == session.id)
    visit.votes.read(_ballot(visit, session, times, asked))


def ask(visit: Visit, session: Session, text: str) -> None:
    """Put a question to the speaker of a session. Raises BadInput for those without a seat and when it is over."""
    page = of_session(visit, session)
    if not page.takes_part:
        raise BadInput(Message(mark("You have no seat in this seminar.")))
    if not page.asking:
        raise BadInput(Message(mark("Questions to the speaker are closed. Ask in the discussion of the seminar.")))
    questions.ask(visit, questions.session_subject(session.id), text)


def page_of(subject: str) -> str:
    """The page where questions put to a subject stand."""
    return f"sessions/{subject.partition(':')[2]}/"


@dataclass(frozen=True)
class Minutes:
    """What is kept of a session, to be read and printed: `there` are the names of those who were."""

    session: Session
    times: Times
    place: str
    led_by: Sequence[str]
    there: Sequence[str]
    questions: Sequence[Asked]
    recording: str
    minutes: Markup
    published: bool


def minutes(visit: Visit, session: Session) -> Minutes | None:
    """The minutes of a session; None while there are none to be read. Seven statements at most."""
    kept = notes.of_session(visit, session.id)
    if not kept.minutes or not (kept.published or visit.may(STAFF)):
        return None
    marks = store.marks(visit)
    there = [
        one.name for one in visit.people() if (found := marks.get((one.id, session.id))) and found.state == "present"
    ]
    asked = [one for one in questions.rows(visit, [questions.session_subject(session.id)]) if one.state != "hidden"]
    return Minutes(
        session,
        next(one for one in store.times(visit) if one.id == session.id),
        notes.where(visit, session).place,
        [one.name for one in visit.people("tutor")],
        there,
        questions.as_read(visit, asked, questions.names(visit) if asked else {}, everything=False),
        kept.recording,
        _of_tutor(kept.minutes),
        kept.published,
    )


@dataclass(frozen=True)
class LessonCard:
    """What stands in the lesson: the session that is on or comes next, with its link for those who may have it now."""

    session: Session | None
    times: Times | None
    when: str
    place: str
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
    where = notes.where(visit, session) if session else notes.Where()
    link = where.link if at and takes_part and rules.link_open(at, visit.now) else ""
    known = {one.id for one in settings.sessions}
    return LessonCard(
        session, at, rules.when(at, visit.now) if at else "past", where.place, link, standing,
        len(known & set(standing.attended)),
    )  # fmt: skip


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
