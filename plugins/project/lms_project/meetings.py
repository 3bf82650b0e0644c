"""What people of a project book: consultations, and a time for the defence."""

from __future__ import annotations

from collections.abc import Sequence

from lms.plugin import Appointments, Gathering, Meeting, Visit, gettext
from lms_project.format import ProjectSettings
from lms_project.passport import CONSULTATION, DEFENCE


class ProjectTimes(Gathering):
    """Times that tutors open and owners book; nothing else is planned here."""

    kind = "project"

    def meetings(self, visit: Visit) -> Sequence[Meeting]:
        """None but those at booked times, which the core knows."""
        return ()

    def appointments(self, visit: Visit) -> Sequence[Appointments]:
        """As far as the author has them."""
        settings: ProjectSettings = visit.settings
        found = []
        if settings.consultations:
            found.append(Appointments(CONSULTATION, gettext("Consultations"), most=settings.consultations))
        if settings.defence is not None:
            found.append(Appointments(DEFENCE, gettext("Defence"), settings.defence.minutes))
        return found
