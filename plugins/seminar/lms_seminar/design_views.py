"""The pages of a design seminar: all groups, and the design of one with the questions put to it."""

from __future__ import annotations

from flask import abort
from flask.typing import ResponseReturnValue

from lms.plugin import LEARNER, MEMBER, PARTICIPANT, STAFF, ActivityPages, Team, Visit
from lms_seminar import design

pages = ActivityPages()


def _group(visit: Visit, team_id: int) -> Team:
    found = design.group(visit, team_id) if visit.settings.design else None
    if found is None:
        abort(404)
    return found


@pages.get("design/", MEMBER)
def designs(visit: Visit) -> ResponseReturnValue:
    """All groups with how far they are; one's own first."""
    if not visit.settings.design:
        abort(404)
    part = visit.may(PARTICIPANT)
    return visit.render(
        "seminar/designs.html", page=design.of_reader(visit) if part else None, staff=visit.may(STAFF),
        learner=visit.may(LEARNER), phase=visit.phases.now,
    )  # fmt: skip


@pages.get("design/<int:team_id>/", PARTICIPANT)
def group(visit: Visit, team_id: int) -> ResponseReturnValue:
    """The design of a group: its versions, questions and answers."""
    return visit.render("seminar/group.html", page=design.of_group(visit, _group(visit, team_id)))
