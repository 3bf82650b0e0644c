"""The seminar: live sessions with seats, questions, attendance, minutes and a discussion."""

from markupsafe import Markup

from lms.plugin import STAFF, Activity, ActivityPages, Plugin, Visit, mark
from lms_seminar import board, design_views, session_views, views
from lms_seminar.asking import SeminarQuestions
from lms_seminar.demo import SeminarDemo
from lms_seminar.format import SeminarFormat, SeminarSettings
from lms_seminar.privacy import Notes
from lms_seminar.service import Sessions
from lms_seminar.works import DesignPhased, Groups, Works


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
        whole = ActivityPages()
        parts = (views, session_views, design_views)
        whole.routes = [route for part in parts for route in part.pages.routes]
        return whole


plugin = Plugin(
    "seminar",
    "lms_seminar",
    (
        Seminar(),
        Sessions(),
        Works(),
        Groups(),
        DesignPhased(),
        SeminarQuestions(),
        Notes(),
        SeminarDemo(),
    ),
)
