"""A seminar on a demonstration site: seats are taken beforehand, some type the code word in, the tutor notes the others."""

from datetime import timedelta
from random import Random

from lms.plugin import Demo, Visit
from lms_seminar import service, store


class SeminarDemo(Demo):
    """Seats and attendance."""

    kind = "seminar"

    def take_part(self, visit: Visit) -> None:
        """Take a seat while there is a session to come; type in the word after a session one was at."""
        standing = store.standing(visit)
        for session in store.meetings(visit):
            if not session.code or session.when(visit.now) != "past" or not store.takes_part(visit):
                continue
            if session.id not in standing.attended and _comes(visit, session.id, visit.person.id):
                visit.attendance.enter_code(session, session.code)
        if visit.settings.seats is not None and not standing.seat and store.ahead(visit) is not None:
            service.take_seat(visit)

    def lead(self, visit: Visit) -> None:
        """On the days after a session, note those with a seat who were there and typed nothing."""
        sessions = store.meetings(visit)
        known = visit.attendance.of()
        ticked = {
            (place.person_id, session.id)
            for session in sessions
            if timedelta(hours=12) < visit.now - session.ends < timedelta(days=3)
            for place in visit.booking.of(store.SEATS)
            if place.number is not None
            if place.since < session.starts and (place.person_id, session.id) not in known
            if _comes(visit, session.id, place.person_id)
        }
        visit.attendance.note(sessions, set(), ticked)


def _comes(visit: Visit, session: str, person_id: int) -> bool:
    chance = Random(f"{visit.run.segment}/{visit.block.id}/{session}/{person_id}")  # noqa: S311 - not secret
    return chance.random() < 0.85
