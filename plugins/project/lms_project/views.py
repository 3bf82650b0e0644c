"""The project's pages: for learners their stages and team, for staff the board and each work."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC
from typing import TypeVar
from zoneinfo import ZoneInfo

from flask import abort, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from lms.plugin import LEARNER, MEMBER, STAFF, ActivityPages, BadInput, Visit, db
from lms.plugin import gettext as _
from lms_project import board, service, store
from lms_project.forms import AnswerForm, HandInForm, MoreTimeForm, TeamForm

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
        return visit.render("project/board.html", board=board.of_staff(visit))
    return _index(visit, visit.form(TeamForm))


def _index(visit: Visit, form: TeamForm) -> Markup:
    learner = visit.may(LEARNER)
    return visit.render(
        "project/index.html",
        mine=board.of_learner(visit) if learner else None,
        stages=store.stage_rules(visit),
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


# ------------------------------------------------------------------------------------------- the own work


@pages.get("stages/<stage>/", LEARNER)
def stage(visit: Visit, stage: str) -> ResponseReturnValue:
    """A stage: the form while it may be handed in, what was handed in, and the answers."""
    found = _found(lambda: board.of_stage(visit, stage))
    if found is None:
        return visit.redirect()
    form = visit.form(HandInForm, data={"text": found.text, "seen": found.token})
    return visit.render("project/stage.html", found=found, form=form)


@pages.post("stages/<stage>/", LEARNER)
def save(visit: Visit, stage: str) -> ResponseReturnValue:
    """Keep the draft or hand it in."""
    form = visit.form(HandInForm)
    hand_in = "hand_in" in request.form
    uploads = request.files.getlist("files")
    try:
        if form.validate_on_submit():
            _attempt(lambda: service.save(visit, stage, form.text.data or "", uploads, form.seen.data or "", hand_in))
            visit.say(_("The work is handed in.") if hand_in else _("The draft is kept. Only your side sees it."))
            return visit.redirect(f"stages/{stage}/")
    except BadInput as error:
        form.form_errors.append(str(error.message))
    found = _found(lambda: board.of_stage(visit, stage))
    if found is None:
        return visit.redirect()
    return visit.render("project/stage.html", found=found, form=form), 422


@pages.post("stages/<stage>/files/<int:file_id>/remove", LEARNER)
def remove_file(visit: Visit, stage: str, file_id: int) -> ResponseReturnValue:
    """Take a file out of the draft."""
    _found(lambda: service.remove_file(visit, stage, file_id))
    visit.say(_("The file is taken out."))
    return visit.redirect(f"stages/{stage}/")


@pages.get("files/<int:file_id>", LEARNER)
def own_file(visit: Visit, file_id: int) -> ResponseReturnValue:
    """A file of the own work or the team's."""
    owner = store.my_owner(visit)
    lines = store.lines(visit, owner.key) if owner else []
    return visit.files.send(file_id, *(store.purpose(line.id) for line in lines))


# ------------------------------------------------------------------------------------------- for staff


@pages.get("works/<int:handin_id>/", STAFF)
def work(visit: Visit, handin_id: int) -> ResponseReturnValue:
    """A work with its earlier versions and the form to answer it."""
    return _work_page(visit, handin_id)


@pages.post("works/<int:handin_id>/", STAFF)
def answer(visit: Visit, handin_id: int) -> ResponseReturnValue:
    """Accept a work or give it back."""
    form = visit.form(AnswerForm)
    back = "give_back" in request.form
    act = service.give_back if back else service.accept
    try:
        if form.validate_on_submit():
            _attempt(lambda: act(visit, handin_id, form.feedback.data or "", form.seen.data or ""))
            visit.say(_("The work is given back; the author is told.") if back else _("The work is accepted."))
            return visit.redirect()
    except BadInput as error:
        form.form_errors.append(str(error.message))
    return _work_page(visit, handin_id, form), 422


def _work_page(visit: Visit, handin_id: int, form: AnswerForm | None = None) -> Markup:
    found = _found(lambda: board.of_work(visit, handin_id))
    given = {"feedback": found.handin.feedback, "seen": service.answer_token(found.handin)}
    marking = Markup()
    if found.is_final and found.is_last:
        marking = visit.assessments.form(visit.assessments.in_use(visit.settings.form), found.form)
    return visit.render(
        "project/work.html", found=found, form=form or visit.form(AnswerForm, data=given), marking=marking
    )


@pages.get("works/<int:handin_id>/files/<int:file_id>", STAFF)
def work_file(visit: Visit, handin_id: int, file_id: int) -> ResponseReturnValue:
    """A file of a work that was handed in."""
    found = store.handed_in(visit, handin_id)
    if found is None or file_id not in store.file_ids(found):
        abort(404)
    versions = store.versions(visit, found.owner, found.stage)
    return visit.files.send(file_id, *(store.purpose(version.id) for version in versions))


@pages.get("time/<any(person, team):kind>/<int:number>/<stage>/", STAFF)
def more_time(visit: Visit, kind: str, number: int, stage: str) -> ResponseReturnValue:
    """The form to give somebody more time for a stage."""
    key = f"{kind}:{number}"
    until = store.more_time(visit, key).get(key, {}).get(stage)
    local = until.astimezone(ZoneInfo(visit.run.timezone)) if until else None
    return _time_page(visit, key, stage, visit.form(MoreTimeForm, data={"until": local}))


@pages.post("time/<any(person, team):kind>/<int:number>/<stage>/", STAFF)
def give_time(visit: Visit, kind: str, number: int, stage: str) -> ResponseReturnValue:
    """Give somebody more time, or take it back."""
    key = f"{kind}:{number}"
    form = visit.form(MoreTimeForm)
    if form.validate_on_submit():
        given = form.until.data
        until = given.replace(tzinfo=ZoneInfo(visit.run.timezone)).astimezone(UTC) if given else None
        try:
            _attempt(lambda: service.give_time(visit, key, stage, until))
        except BadInput as error:
            form.until.errors = [str(error.message)]
        else:
            visit.say(_("There is more time now; they are told.") if until else _("The time is as for everybody."))
            return visit.redirect()
    return _time_page(visit, key, stage, form), 422


def _time_page(visit: Visit, key: str, stage: str, form: MoreTimeForm) -> Markup:
    found = _found(lambda: board.of_time(visit, key, stage))
    return visit.render("project/time.html", form=form, name=found[0], stage=found[1])
