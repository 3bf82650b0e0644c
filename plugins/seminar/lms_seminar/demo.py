"""A seminar on a demonstration site: seats are taken beforehand, some type the code word in, the tutor notes the others."""

from datetime import timedelta
from random import Random

from lms.plugin import Demo, Visit
from lms_seminar import rules, service, store
from lms_seminar.format import SeminarSettings


class SeminarDemo(Demo):
    """Seats and attendance."""

    kind = "seminar"

    def take_part(self, visit: Visit) -> None:
        """Take a seat while there is a session to come; type in the word after a session one was at."""
        settings: SeminarSettings = visit.settings
        standing = store.standing(visit)
        for session in store.times(visit):
            known = settings.session(session.id)
            after = rules.code_open(session, visit.now) and visit.now >= session.ends
            if known is None or not known.code or not after or not service.may_take_part(visit, standing):
                continue
            if session.id not in standing.attended and _comes(visit, session.id, visit.person.id):
                service.enter_code(visit, session.id, known.code)
        if settings.seats is not None and not standing.seat and rules.next_session(store.times(visit), visit.now):
            service.take_seat(visit)

    def lead(self, visit: Visit) -> None:
        """On the days after a session, note those with a seat who were there and typed nothing."""
        seats = [place for place in store.seats(visit) if place.number is not None]
        known = store.marks(visit)
        ticked = {
            (place.person_id, session.id)
            for session in store.times(visit)
            if timedelta(hours=12) < visit.now - session.ends < timedelta(days=3)
            for place in seats
            if place.since < session.starts and (place.person_id, session.id) not in known
            if _comes(visit, session.id, place.person_id)
        }
        service.save_attendance(visit, (), ticked)


def _comes(visit: Visit, session: str, person_id: int) -> bool:
    chance = Random(f"{visit.run.segment}/{visit.block.id}/{session}/{person_id}")  # noqa: S311 - not secret
    return chance.random() < 0.85
