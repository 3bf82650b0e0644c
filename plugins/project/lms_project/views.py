"""The project's pages: for learners their stages and what is beside them, for staff the board. Works and teams are on the core's pages."""

from __future__ import annotations

from flask import abort, redirect, request
from flask.typing import ResponseReturnValue

from lms.plugin import LEARNER, MEMBER, STAFF, ActivityPages, Visit
from lms_project import board

pages = ActivityPages()


@pages.get("", MEMBER)
def index(visit: Visit) -> ResponseReturnValue:
    """The board for staff, the own stages for learners, the task for authors of the course."""
    if visit.may(STAFF):
        return visit.render("project/board.html", board=board.of_staff(visit, request.args.get("page", 1, type=int)))
    learner = visit.may(LEARNER)
    return visit.render(
        "project/index.html", mine=board.of_learner(visit) if learner else None, stages=visit.submissions.stages(),
        explanation=visit.explanation() if learner else "",
    )  # fmt: skip


@pages.get("stages/<stage>/", LEARNER)
def stage(visit: Visit, stage: str) -> ResponseReturnValue:
    """Where notices of former times lead: the own work is on the core's pages."""
    if visit.settings.stage(stage) is None:
        abort(404)
    return redirect(visit.submissions.address(stage), 301)
