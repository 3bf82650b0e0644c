"""Pages of questions, the same for every kind of activity: to read and put them, to answer, to vote, to take one back."""

from collections.abc import Callable
from typing import TypeVar

from flask import abort, make_response, redirect, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from lms.db import db
from lms.i18n import gettext as _
from lms.plugin import PARTICIPANT, BadInput, Pages, Question
from lms.questions.forms import AnswerForm, QuestionForm
from lms.questions.service import LONGEST_ANSWER, BlockQuestions, source_of
from lms.visit import RunVisit

pages = Pages("questions")
QUESTIONS = "/courses/<course>/questions/<block>"
T = TypeVar("T")


def _enter(visit: RunVisit, block: str) -> BlockQuestions:
    """The questions of a block; 404 for blocks without, and what stands in for a locked one."""
    try:
        found = visit.course.block(visit.outline.aliases.get(block, block))
    except KeyError:
        abort(404)
    visit.enter_block(found)
    if source_of(visit) is None:
        abort(404)
    verdict = visit.verdicts[found.id]
    if not verdict.open:
        abort(make_response(visit.locked_page(found.title, verdict), 403))
    return visit.questions


def _attempt(act: Callable[[], T]) -> T:
    """Do something that is either done wholly or not at all, although a page is shown then; 404 for what is not this person's."""
    try:
        with db.session.begin_nested():
            return act()
    except LookupError:
        abort(404)


def _back(questions: BlockQuestions, subject: str) -> ResponseReturnValue:
    return redirect(f"{questions.address(subject)}#questions", 303)


@pages.get(f"{QUESTIONS}/to/<subject>/", PARTICIPANT)
def to(visit: RunVisit, block: str, subject: str) -> ResponseReturnValue:
    """The questions to a subject."""
    return _page(_enter(visit, block), subject, visit.form(QuestionForm))


def _page(questions: BlockQuestions, subject: str, form: QuestionForm) -> Markup:
    terms = questions.terms(subject)
    if terms is None:
        abort(404)
    cards = [card for _one, card in questions.cards(subject)]
    visit = questions.visit
    return visit.page(
        "questions/page.html", block=visit.block, terms=terms, cards=cards, form=form, put=questions.form(subject, form),
        back=visit.url(terms.page),
    )  # fmt: skip


@pages.post(f"{QUESTIONS}/to/<subject>/", PARTICIPANT)
def ask(visit: RunVisit, block: str, subject: str) -> ResponseReturnValue:
    """Put a question."""
    questions = _enter(visit, block)
    form = visit.form(QuestionForm)
    try:
        if form.validate_on_submit():
            _attempt(lambda: questions.ask(subject, form.question.data or ""))
            visit.say(_("Your question is put. You will be told when it is answered."))
            return _back(questions, subject)
    except BadInput as error:
        form.question.errors = [str(error.message)]
    return _page(questions, subject, form), 422


def _question(questions: BlockQuestions, number: int) -> Question:
    return questions.get(number) or abort(404)


@pages.get(f"{QUESTIONS}/<int:number>/", PARTICIPANT)
def one(visit: RunVisit, block: str, number: int) -> ResponseReturnValue:
    """A question with the form to answer or to hide it."""
    questions = _enter(visit, block)
    found = _question(questions, number)
    return _answer_page(questions, found, visit.form(AnswerForm, data={"answer": found.answer}))


@pages.post(f"{QUESTIONS}/<int:number>/", PARTICIPANT)
def answer(visit: RunVisit, block: str, number: int) -> ResponseReturnValue:
    """Answer a question, note that it was answered aloud, hide it, or open it again."""
    questions = _enter(visit, block)
    found = _question(questions, number)
    state = next((name for name in ("spoken", "hidden", "open") if name in request.form), "answered")
    form = visit.form(AnswerForm)
    try:
        if form.validate_on_submit():
            _attempt(lambda: questions.answer(number, state, form.answer.data or ""))
            visit.say(_("The question is open again.") if state == "open" else _("Kept; who asked is told."))
            return _back(questions, found.subject)
    except BadInput as error:
        form.answer.errors = [str(error.message)]
    return _answer_page(questions, found, form), 422


def _answer_page(questions: BlockQuestions, found: Question, form: AnswerForm) -> Markup:
    may = questions.may(found)
    if not may:
        abort(404)
    visit = questions.visit
    if "hidden" in may:
        reason = _("Answer, or the reason for hiding the question")
        form.answer.label.text = reason if may & {"answered", "spoken"} else _("Reason for hiding the question")
    return visit.page(
        "questions/answer.html", block=visit.block, asked=found, asker=questions.called(found), form=form, may=may,
        here=f"{questions.base}{found.id}/", back=questions.address(found.subject), longest=LONGEST_ANSWER,
    )  # fmt: skip


@pages.post(f"{QUESTIONS}/<int:number>/vote", PARTICIPANT)
def vote(visit: RunVisit, block: str, number: int) -> ResponseReturnValue:
    """Vote for a question, or take the vote back."""
    questions = _enter(visit, block)
    found = _question(questions, number)
    _attempt(lambda: questions.vote(number, visit.sent("vote") == "yes"))
    return _back(questions, found.subject)


@pages.post(f"{QUESTIONS}/<int:number>/withdraw", PARTICIPANT)
def withdraw(visit: RunVisit, block: str, number: int) -> ResponseReturnValue:
    """Take one's own question back."""
    questions = _enter(visit, block)
    gone = _attempt(lambda: questions.withdraw(number))
    visit.say(_("The question is taken back."))
    return _back(questions, gone.subject)
