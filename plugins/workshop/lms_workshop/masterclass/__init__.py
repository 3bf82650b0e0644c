"""The master class: see how it is done, try, look at each other's attempts, say what was seen, try again."""

from markupsafe import Markup

from lms.plugin import STAFF, Activity, ActivityPages, Visit, mark
from lms_workshop.masterclass import rules, service, store, views
from lms_workshop.masterclass.demo import MasterclassDemo
from lms_workshop.masterclass.format import MasterclassFormat, MasterclassSettings


class Masterclass(MasterclassFormat, Activity[MasterclassSettings]):
    """The master class as an activity."""

    title = mark("Master class")

    def show(self, visit: Visit) -> Markup:
        """The card in the lesson: where it is and what to do now."""
        now = store.situation(visit)
        return visit.render(
            "workshop/masterclass/card.html", now=now, staff=visit.may(STAFF),
            step=rules.step(now) if visit.role == "learner" else None,
        )  # fmt: skip

    def pages(self) -> ActivityPages:
        """Its pages."""
        return views.pages


contributes = (
    Masterclass(),
    service.MasterclassSubmitting(),
    service.MasterclassReviewing(),
    service.MasterclassPhased(),
    MasterclassDemo(),
)
"""What the workshop's plugin adds for it."""
