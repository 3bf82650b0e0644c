"""What people do with a seminar: take a seat, give it back, show that they were there. Whoever calls has been let in by a
policy."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import delete, select

from lms.plugin import BadInput, Event, Message, Result, RoleChanged, Site, Visit, Withdrawn, db, mark
from lms_seminar import rules, store
from lms_seminar.format import SeminarSettings
from lms_seminar.models import Attendance, Seat


class Gone(Exception):
    """There is no such thing in this seminar."""


# ------------------------------------------------------------------------------------------- seats


def take_seat(visit: Visit) -> str:
    """Take a seat, or the last place on the waiting list; returns "seat" or "waiting". Taken twice, it stays the same.

    Raises BadInput when the last session is over, Gone where seats are not limited.
    """
    settings: SeminarSettings = visit.settings
    if settings.seats is None:
        raise Gone
    if rules.next_session(store.times(visit), visit.now) is None:
        raise BadInput(Message(mark("The last session is over.")))
    visit.lock()
    found = _seat(visit, visit.person.id)
    if found is None:
        found = Seat(
            run_id=visit.run.id, block=visit.block.id, person_id=visit.person.id, number=None, since=visit.now
        )  # fmt: skip
        db.session.add(found)
        db.session.flush()
        # whoever asked earlier comes first, should a seat be free
        promote(visit)
    _keep_standing(visit, visit.person.id)
    return "seat" if found.number is not None else "waiting"


def leave_seat(visit: Visit) -> None:
    """Give the seat (or the place on the waiting list) back; the next one gets it."""
    visit.lock()
    found = _seat(visit, visit.person.id)
    if found is None:
        return
    db.session.delete(found)
    db.session.flush()
    _keep_standing(visit, visit.person.id)
    promote(visit)


def promote(visit: Visit) -> None:
    """Give free seats to those who wait longest, and tell them unless they ask just now. The caller holds the activity."""
    settings: SeminarSettings = visit.settings
    places = store.seats(visit)
    waiting = [place.person_id for place in places if place.number is None]
    if not waiting:
        return
    taken = {place.number for place in places if place.number is not None}
    # without a limit any more everybody who waits gets in
    seats = settings.seats if settings.seats is not None else len(places)
    lucky = []
    for person, number in zip(waiting, rules.free_places(seats, taken), strict=False):
        found = _seat(visit, person)
        assert found is not None
        found.number = number
        db.session.flush()
        _keep_standing(visit, person)
        if person != visit.person.id:
            lucky.append(person)
    sentence = mark("A seat has become free: you take part in “{seminar}”.")
    if lucky:
        visit.notify(lucky, Message(sentence, {"seminar": visit.block.title}))


def _seat(visit: Visit, person_id: int) -> Seat | None:
    return db.session.scalars(
        select(Seat)
        .where(Seat.run_id == visit.run.id, Seat.block == visit.block.id, Seat.person_id == person_id)
        .execution_options(populate_existing=True)
    ).one_or_none()  # fmt: skip


def on_gone(site: Site, event: Event) -> None:
    """Somebody left the run, or leads it now: their seats go to the next ones."""
    assert isinstance(event, Withdrawn | RoleChanged)
    if isinstance(event, RoleChanged) and event.role == "learner":
        return
    own = (Seat.run_id == event.run_id, Seat.person_id == event.person_id)
    blocks = set(db.session.scalars(select(Seat.block).where(*own)))
    if not blocks:
        return
    visits = [visit for visit in site.visits("seminar", [event.run_id]) if visit.block.id in blocks]
    for visit in visits:
        visit.lock()
    db.session.execute(delete(Seat).where(*own))
    for visit in visits:
        promote(visit)


def on_tick(site: Site, event: Event) -> None:
    """There may be more seats than before: an author raised their number, or an account was erased."""
    runs = db.session.scalars(select(Seat.run_id).where(Seat.number.is_(None)).distinct()).all()
    if runs:
        site.each("seminar", _fill, runs)


def _fill(visit: Visit) -> None:
    visit.lock()
    promote(visit)


# ------------------------------------------------------------------------------------------- attendance


def may_take_part(visit: Visit, standing: store.Standing) -> bool:
    """Whether this learner has a seat, or none is needed."""
    return visit.settings.seats is None or standing.seat == "seat"


def enter_code(visit: Visit, session_id: str, word: str) -> rules.CodeAnswer:
    """Show by the code word that one was there. Wrong words are counted, also when many are sent at once.

    Raises BadInput for somebody without a seat, Gone for an unknown session.
    """
    session = visit.settings.session(session_id)
    if session is None:
        raise Gone
    visit.lock()
    if not may_take_part(visit, store.standing(visit)):
        raise BadInput(Message(mark("You have no seat in this seminar.")))
    times = next(one for one in store.times(visit) if one.id == session_id)
    key = (visit.run.id, visit.block.id, session_id, visit.person.id)
    found = db.session.get(Attendance, key, populate_existing=True)
    state, by_tutor = (found.state, found.source == "tutor") if found else ("", False)
    answer = rules.answer_code(
        times, session.code, word, state, by_tutor, found.tries if found else 0, visit.now
    )  # fmt: skip
    if answer == "right":
        _put(visit, found, session_id, visit.person.id, "present", "code")
        _settle(visit, visit.person.id)
    elif answer == "wrong":
        found = found or _put(visit, None, session_id, visit.person.id, "", "")
        found.tries += 1
        db.session.flush()
    return answer


def save_attendance(visit: Visit, shown: Collection[tuple[int, str]], ticked: Collection[tuple[int, str]]) -> int:
    """Take over what a tutor changed in the table: `shown` were ticked when it was made, `ticked` are now. Returns how many
    marks changed. What others did meanwhile (a learner's code word) stays as it is."""
    visit.lock()
    people = {member.id for member in visit.people()}
    sessions = {session.id for session in visit.settings.sessions}
    changed = [
        (cell, "present" if cell in ticked else "absent")
        for cell in sorted(set(shown) ^ set(ticked))
        if cell[0] in people and cell[1] in sessions
    ]
    count = 0
    touched: dict[int, None] = {}
    for (person, session), state in changed:
        key = (visit.run.id, visit.block.id, session, person)
        found = db.session.get(Attendance, key, populate_existing=True)
        if (found.state if found else "") == state or (found is None and state == "absent"):
            continue
        _put(visit, found, session, person, state, "tutor")
        touched[person] = None
        count += 1
    for person in touched:
        _settle(visit, person)
    return count


def _put(
    visit: Visit, found: Attendance | None, session: str, person_id: int, state: str, source: str
) -> Attendance:  # fmt: skip
    if found is None:
        found = Attendance(
            run_id=visit.run.id, block=visit.block.id, session=session, person_id=person_id, tries=0
        )  # fmt: skip
        db.session.add(found)
    found.state, found.source, found.by_id, found.at = state, source, visit.person.id or None, visit.now
    db.session.flush()
    return found


def _attended(marks: Iterable[store.Mark]) -> list[str]:
    return [mark.session for mark in marks if mark.state == "present"]


def _settle(visit: Visit, person_id: int) -> None:
    """Bring the result in line with attendance."""
    settings: SeminarSettings = visit.settings
    attended = _attended(store.marks(visit, person_id).values())
    found = rules.outcome([session.id for session in settings.sessions], attended, settings.need)
    values = {"attended": found.attended, "total": found.total}
    sentence = mark("{attended} of {total} sessions attended.")
    visit.record(
        Result(
            found.complete, state="complete" if found.complete else "started", explanation=Message(sentence, values)
        ),
        person_id,
    )
    _keep_standing(visit, person_id, attended)


def _keep_standing(visit: Visit, person_id: int, attended: Collection[str] | None = None) -> None:
    seat = _seat(visit, person_id)
    if attended is None:
        attended = _attended(store.marks(visit, person_id).values())
    state = "" if seat is None else "waiting" if seat.number is None else "seat"
    visit.save_answer(store.Standing(seat=state, attended=tuple(sorted(attended))), person_id)
