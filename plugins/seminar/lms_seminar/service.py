"""What people do with a seminar: take a seat and give it back; what their seats and their attendance come to."""

from __future__ import annotations

from collections.abc import Sequence

from lms.plugin import BadInput, Gathering, Meeting, Message, Result, Slot, Visit, mark
from lms_seminar import rules, store
from lms_seminar.format import SeminarSettings


class Gone(Exception):
    """There is no such thing in this seminar."""


def take_seat(visit: Visit) -> str:
    """Take a seat, or the last place on the waiting list; returns "seat" or "waiting". Taken twice, it stays the same.

    Raises BadInput when the last session is over, Gone where seats are not limited.
    """
    if visit.settings.seats is None:
        raise Gone
    if store.ahead(visit) is None:
        raise BadInput(Message(mark("The last session is over.")))
    return "seat" if visit.booking.take(store.seats(visit)).number is not None else "waiting"


def leave_seat(visit: Visit) -> None:
    """Give the seat (or the place on the waiting list) back; the next one gets it."""
    visit.booking.leave(store.seats(visit))


class Sessions(Gathering):
    """The sessions as meetings, the seats, and what attendance comes to."""

    kind = "seminar"

    def meetings(self, visit: Visit) -> Sequence[Meeting]:
        """The sessions."""
        return store.meetings(visit)

    def slots(self, visit: Visit) -> Sequence[Slot]:
        """The seats; without a limit any more everybody who waits gets in."""
        return [store.seats(visit)]

    def changed(self, visit: Visit, people: Sequence[int]) -> None:
        """Bring results in line with attendance, and keep for the lesson how everybody stands."""
        before = visit.answers(store.Standing)
        for person in people:
            places = visit.booking.of(store.SEATS, person)
            seat = "" if not places else "waiting" if places[0].number is None else "seat"
            attended = visit.attendance.attended(person)
            now = store.Standing(seat=seat, attended=tuple(sorted(attended.meetings)), minutes=attended.minutes)
            was = before.get(person, store.Standing())
            if (now.attended, now.minutes) != (was.attended, was.minutes):
                _record(visit, person, now, attended.planned)
            if now != was:
                visit.save_answer(now, person)


def _record(visit: Visit, person_id: int, now: store.Standing, planned: int) -> None:
    settings: SeminarSettings = visit.settings
    complete = rules.enough(len(now.attended), planned, settings.need)
    sentence = mark("{attended} of {total} sessions attended.")
    values = {"attended": len(now.attended), "total": planned}
    state = "complete" if complete else "started"
    visit.record(Result(complete, state=state, explanation=Message(sentence, values)), person_id)
