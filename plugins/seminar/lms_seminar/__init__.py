"""The seminar: live sessions with seats, attendance and a discussion."""

from markupsafe import Markup

from lms.plugin import STAFF, Activity, ActivityPages, On, Plugin, RoleChanged, Tick, Visit, Withdrawn, mark
from lms_seminar import board, service
from lms_seminar.demo import SeminarDemo
from lms_seminar.format import SeminarFormat, SeminarSettings
from lms_seminar.privacy import SeatsAndAttendance
from lms_seminar.views import pages


class Seminar(SeminarFormat, Activity[SeminarSettings]):
    """The seminar as an activity."""

    title = mark("Seminar")

    def show(self, visit: Visit) -> Markup:
        """The card in the lesson: what it is about, the next session, and what now."""
        return visit.render(
            "seminar/card.html", card=board.of_lesson(visit), staff=visit.may(STAFF), learner=visit.role == "learner"
        )

    def pages(self) -> ActivityPages:
        """Its pages."""
        return pages


plugin = Plugin(
    "seminar",
    "lms_seminar",
    (
        Seminar(),
        SeatsAndAttendance(),
        On(Withdrawn, service.on_gone),
        On(RoleChanged, service.on_gone),
        On(Tick, service.on_tick),
        SeminarDemo(),
    ),
)
