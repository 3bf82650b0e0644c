"""What the pages show, read in a constant number of statements and put together as plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from markupsafe import Markup

from courses.text import render, render_untrusted
from courses.tree import ACADEMIC_HOUR
from lms.plugin import PARTICIPANT, STAFF, Meeting, Presence, StoredFile, Visit
from lms_seminar import notes, store
from lms_seminar.asking import session_subject
from lms_seminar.format import SeminarSettings, Session


@lru_cache(maxsize=256)
def of_author(text: str) -> Markup:
    """What an author wrote, rendered."""
    return Markup(render(text))  # noqa: S704 - sanitised by render


@lru_cache(maxsize=256)
def _of_tutor(text: str) -> Markup:
    return Markup(render_untrusted(text))  # noqa: S704 - the same


@dataclass(frozen=True)
class SessionCard:
    """A session as one reader sees it: `link` and `code` are for staff; `part` is what a learner may do, where they stand; `task`:
    there is a short one, `task_done`: and the reader has handed it in."""

    id: str
    title: str
    speaker: str
    meeting: Meeting
    when: str
    place: str
    link: str
    code: str
    part: Markup
    task: bool
    task_done: bool


def _card(session: Session, meeting: Meeting, visit: Visit, known: Mapping[tuple[int, str], Presence]) -> SessionCard:
    staff, learner = visit.may(STAFF), visit.role == "learner"
    presence = known.get((visit.person.id, session.id))
    return SessionCard(
        session.id, session.title, session.speaker, meeting, "off" if meeting.off else meeting.when(visit.now), meeting.place,
        visit.attendance.address(meeting) if staff and not meeting.off else "",
        meeting.code if staff and not meeting.off else "",
        visit.attendance.show(meeting, store.takes_part(visit), presence) if learner else Markup(),
        bool(session.task),
        learner and session.id in store.standing(visit).tasks,
    )  # fmt: skip


@dataclass(frozen=True)
class SeminarPage:
    """The seminar's page. `hours` are the academic hours the reader was there, of all that are `planned`; `place` is theirs on the
    waiting list (from 1, 0: none), `free` seats (None: no limit)."""

    sessions: Sequence[SessionCard]
    standing: store.Standing
    hours: float
    planned: float
    free: int | None
    place: int
    waiting: int
    over: bool
    waiting_questions: Mapping[str, int]
    """How many questions to the speaker have no answer yet, by session: for those who answer them."""


def of_reader(visit: Visit) -> SeminarPage:
    """The page of a learner, a tutor or an author. Three statements at most."""
    settings: SeminarSettings = visit.settings
    learner = visit.role == "learner"
    known = visit.attendance.of(visit.person.id) if learner else {}
    seats = visit.booking.of(store.SEATS) if settings.seats is not None else []
    waiting = [seat.person_id for seat in seats if seat.number is None]
    standing, planned = store.standing(visit) if learner else store.Standing(), visit.attendance.arranged()
    return SeminarPage(
        [_card(session, meeting, visit, known) for session, meeting in zip(settings.sessions, planned, strict=True)],
        standing,
        standing.minutes / ACADEMIC_HOUR,
        sum(meeting.minutes for meeting in planned if not meeting.off) / ACADEMIC_HOUR,
        None if settings.seats is None else max(0, settings.seats - (len(seats) - len(waiting))),
        waiting.index(visit.person.id) + 1 if visit.person.id in waiting else 0,
        len(waiting),
        store.ahead(visit) is None,
        {subject.partition(":")[2]: count for subject, count in visit.questions.waiting().items()}
        if visit.may(STAFF)
        else {},
    )


@dataclass(frozen=True)
class SessionPage:
    """One session as its reader sees it."""

    card: SessionCard
    materials: Markup
    afterwards: Markup
    task: Markup
    task_due: datetime | None
    files: Sequence[StoredFile]
    recording: str
    minutes: Markup
    published: bool
    questions: Markup


def of_session(visit: Visit, session: Session) -> SessionPage:
    """The page of a session. Seven statements at most, four more where there are questions."""
    meeting = store.meeting(visit, session.id)
    staff, part = visit.may(STAFF), visit.may(PARTICIPANT)
    known = visit.attendance.of(visit.person.id) if visit.role == "learner" else {}
    kept = notes.of_session(visit, session.id)
    over = meeting.when(visit.now) == "past" or meeting.off
    return SessionPage(
        _card(session, meeting, visit, known),
        of_author(session.materials) + _of_tutor(kept.materials if part else ""),
        of_author(session.afterwards) if over or staff else Markup(),
        of_author(session.task),
        visit.at(session.due, end_of_day=True) if session.due else None,
        notes.files(visit, session.id) if part else [],
        kept.recording if part else "",
        _of_tutor(kept.minutes) if staff or (part and kept.published) else Markup(),
        kept.published,
        visit.questions.show(session_subject(session.id)),
    )


@dataclass(frozen=True)
class Minutes:
    """What is kept of a session, to be read and printed: `there` are the names of those who were."""

    session: Session
    meeting: Meeting
    led_by: Sequence[str]
    there: Sequence[str]
    questions: Markup
    recording: str
    minutes: Markup
    published: bool


def minutes(visit: Visit, session: Session) -> Minutes | None:
    """The minutes of a session; None while there are none to be read. Seven statements at most."""
    kept = notes.of_session(visit, session.id)
    if not kept.minutes or not (kept.published or visit.may(STAFF)):
        return None
    known = visit.attendance.of()
    there = [
        one.name for one in visit.people() if (found := known.get((one.id, session.id))) and found.state == "present"
    ]
    return Minutes(
        session,
        store.meeting(visit, session.id),
        [one.name for one in visit.people("tutor")],
        there,
        visit.questions.written(session_subject(session.id)),
        kept.recording,
        _of_tutor(kept.minutes),
        kept.published,
    )


@dataclass(frozen=True)
class LessonCard:
    """What stands in the lesson: the session that is on or comes next, with its link for those who may have it now."""

    session: Session | None
    meeting: Meeting | None
    when: str
    link: str
    standing: store.Standing
    attended: int
    planned: int


def of_lesson(visit: Visit) -> LessonCard:
    """The card in the lesson, without any statement."""
    settings: SeminarSettings = visit.settings
    standing = store.standing(visit) if visit.role == "learner" else store.Standing()
    meeting = store.ahead(visit)
    session = settings.session(meeting.id) if meeting else None
    when = meeting.when(visit.now) if meeting else "past"
    link = ""
    # where following the link counts, it is followed on the seminar's own page
    if meeting and when in ("soon", "now") and (visit.may(STAFF) or (store.takes_part(visit) and not meeting.by_link)):
        link = visit.attendance.address(meeting)
    known = {one.id for one in visit.attendance.planned()}
    return LessonCard(session, meeting, when, link, standing, len(known & set(standing.attended)), len(known))
