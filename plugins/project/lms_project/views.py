"""The project's pages: for learners their stages and team, for staff the board. Works are written and answered on the core's pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from flask import abort, redirect
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from lms.plugin import LEARNER, MEMBER, STAFF, ActivityPages, BadInput, Visit, db
from lms.plugin import gettext as _
from lms_project import board, service
from lms_project.forms import TeamForm

pages = ActivityPages()
T = TypeVar("T")


def _found(act: Callable[[], T]) -> T:
    try:
        return act()
    except service.Gone:
        abort(404)


def _attempt(act: Callable[[], T]) -> T:
    """Do something that is either done wholly or, when it raises BadInput, not at all, although a page is shown then."""
    with db.session.begin_nested():
        return _found(act)


@pages.get("", MEMBER)
def index(visit: Visit) -> ResponseReturnValue:
    """The board for staff, the own stages for learners, the task for authors of the course."""
    if visit.may(STAFF):
        return visit.render("project/board.html")
    return _index(visit, visit.form(TeamForm))


def _index(visit: Visit, form: TeamForm) -> Markup:
    learner = visit.may(LEARNER)
    return visit.render(
        "project/index.html",
        mine=board.of_learner(visit) if learner else None,
        stages=visit.submissions.stages(),
        explanation=visit.explanation() if learner else "",
        form=form,
    )


# ------------------------------------------------------------------------------------------- teams


@pages.post("teams", LEARNER)
def create_team(visit: Visit) -> ResponseReturnValue:
    """Make a team."""
    form = visit.form(TeamForm)
    if form.validate_on_submit():
        try:
            _attempt(lambda: service.create_team(visit, form.name.data or ""))
        except BadInput as error:
            form.name.errors = [str(error.message)]
        else:
            visit.say(_("The team is made. Others can join it on this page."))
            return visit.redirect()
    return _index(visit, form), 422


@pages.post("teams/<int:team_id>/join", LEARNER)
def join_team(visit: Visit, team_id: int) -> ResponseReturnValue:
    """Join a team."""
    _found(lambda: service.join_team(visit, team_id))
    visit.say(_("You are in the team."))
    return visit.redirect()


@pages.post("teams/leave", LEARNER)
def leave_team(visit: Visit) -> ResponseReturnValue:
    """Leave one's team."""
    service.leave_team(visit)
    visit.say(_("You have left the team."))
    return visit.redirect()


# ------------------------------------------------------------------------------------------- the works


@pages.get("stages/<stage>/", LEARNER)
def stage(visit: Visit, stage: str) -> ResponseReturnValue:
    """Where notices of former times lead: the own work is on the core's pages."""
    if visit.settings.stage(stage) is None:
        abort(404)
    return redirect(visit.submissions.address(stage), 301)
