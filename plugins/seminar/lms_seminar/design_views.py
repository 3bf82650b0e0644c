"""The pages of a design seminar: all groups, and the design of one with the questions put to it."""

from __future__ import annotations

from flask import abort
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from lms.plugin import LEARNER, MEMBER, PARTICIPANT, STAFF, ActivityPages, BadInput, Team, Visit
from lms.plugin import gettext as _
from lms_seminar import design, questions
from lms_seminar.forms import QuestionForm
from lms_seminar.models import Question
from lms_seminar.views import attempt

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
    return _page(visit, _group(visit, team_id), visit.form(QuestionForm))


def _page(visit: Visit, team: Team, form: QuestionForm, wrong: int = 0, error: str = "") -> Markup:
    return visit.render(
        "seminar/group.html", page=design.of_group(visit, team), form=form, staff=visit.may(STAFF), wrong=wrong, error=error,
        written=visit.sent("answer"), longest=questions.LONGEST, longest_answer=questions.LONGEST_ANSWER,
    )  # fmt: skip


@pages.post("design/<int:team_id>/questions", PARTICIPANT)
def question_group(visit: Visit, team_id: int) -> ResponseReturnValue:
    """Put a question to a group about its design."""
    team = _group(visit, team_id)
    if not design.may_ask(visit, team):
        abort(404)
    form = visit.form(QuestionForm)
    try:
        if form.validate_on_submit():
            attempt(lambda: design.ask(visit, team, form.text.data or ""))
            visit.say(_("Your question is put. You will be told when it is answered."))
            return visit.redirect(design.page_of(team.id))
    except BadInput as error:
        form.text.errors = [str(error.message)]
    return _page(visit, team, form), 422


def _asked(visit: Visit, question_id: int) -> tuple[Question, Team]:
    """A question to a group and the group, held until the request ends."""
    visit.lock("questions")
    found = questions.one(visit, question_id)
    if found is None or not found.subject.startswith("design:"):
        abort(404)
    return found, _group(visit, design.team_of(found))


@pages.post("design/questions/<int:question_id>/answer", LEARNER)
def answer_for_group(visit: Visit, question_id: int) -> ResponseReturnValue:
    """Answer a question to one's own group."""
    found, team = _asked(visit, question_id)
    if not design.is_of(team, visit.person.id) or found.state == "hidden":
        abort(404)
    try:
        attempt(lambda: design.reply(visit, found, visit.sent("answer")))
    except BadInput as error:
        return _page(visit, team, visit.form(QuestionForm, formdata=None), found.id, str(error.message)), 422
    visit.say(_("Kept; who asked is told."))
    return visit.redirect(design.page_of(team.id))


@pages.post("design/questions/<int:question_id>/reopen", PARTICIPANT)
def ask_again(visit: Visit, question_id: int) -> ResponseReturnValue:
    """Say that an answer leaves the question open: whoever asked, and staff."""
    found, team = _asked(visit, question_id)
    if found.asker_id != visit.person.id and not visit.may(STAFF):
        abort(404)
    if found.state == "answered":
        design.reopen(visit, found, team)
        visit.say(_("The question is open again; the group is told."))
    return visit.redirect(design.page_of(team.id))


@pages.post("design/questions/<int:question_id>/withdraw", PARTICIPANT)
def take_back(visit: Visit, question_id: int) -> ResponseReturnValue:
    """Take back one's own question while it has no answer; staff any."""
    found, team = _asked(visit, question_id)
    if found.asker_id != visit.person.id and not visit.may(STAFF):
        abort(404)
    questions.withdraw(visit, found)
    visit.say(_("The question is taken back."))
    return visit.redirect(design.page_of(team.id))
