"""Pages for tutors on which marks are corrected: what was corrected, what a correction would change, and one mark by hand."""

from __future__ import annotations

from flask import abort, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from courses.text import plain_text
from lms.plugin import STAFF, ActivityPages, BadInput, Message, Visit, mark, ngettext
from lms.plugin import gettext as _
from lms_quiz import correcting, reading
from lms_quiz.correcting import ACTS, Act
from lms_quiz.ruling import in_force, keys_of

pages = ActivityPages()


@pages.get("corrections/", STAFF)
def corrections(visit: Visit) -> ResponseReturnValue:
    """What was corrected, and what can be."""
    questions = visit.settings.questions
    standing = in_force(visit)
    rows = zip(questions, keys_of(questions), strict=True)
    return visit.render(
        "quiz/corrections.html",
        questions=[(plain_text(question.text), standing.get(key, "")) for question, key in rows],
        history=correcting.history(visit),
        names={member.id: member.name for member in visit.people("tutor")},
    )


@pages.get("corrections/new", STAFF)
def propose(visit: Visit) -> ResponseReturnValue:
    """What a correction would change; nothing is changed yet."""
    act, question = _asked(visit, request.args.get("act", ""), request.args.get("question", ""))
    return _plan(visit, act, question)


@pages.post("corrections/new", STAFF)
def correct(visit: Visit) -> ResponseReturnValue:
    """Do what was shown, if it is still the same."""
    act, question = _asked(visit, visit.sent("act"), visit.sent("question"))
    try:
        done = correcting.apply(visit, act, question, visit.sent("digest"), visit.sent("reason"))
    except BadInput as error:
        return _plan(visit, act, question, visit.sent("reason"), error.message), 422
    if done is None:
        stale = Message(mark("Meanwhile something has changed: look again at what would happen."))
        return _plan(visit, act, question, visit.sent("reason"), stale), 409
    visit.say(ngettext("Done: {n} mark was changed.", "Done: {n} marks were changed.", len(done.changes)))
    return visit.redirect("corrections/")


def _asked(visit: Visit, act: str, question: str) -> tuple[Act, int | None]:
    found = next((known for known in ACTS if known == (act or "again")), None)
    if found == "again":
        return found, None
    number = int(question) if question.isdecimal() and len(question) < 6 else 0
    if found is None or not 1 <= number <= len(visit.settings.questions):
        abort(404)
    return found, number - 1


def _plan(visit: Visit, act: Act, question: int | None, reason: str = "", error: Message | None = None) -> Markup:
    found = correcting.plan(visit, act, question)
    return visit.render(
        "quiz/correction.html",
        plan=found,
        act=act,
        number=0 if question is None else question + 1,
        text=plain_text(found.question.text) if found.question else "",
        names={member.id: member.name for member in visit.people("learner")},
        totals=[
            (
                one.sitting,
                one.before,
                max(0.0, sum(each.points for each in one.marks)),
                sum(each.max for each in one.marks),
            )
            for one in found.redone
        ],
        reason=reason,
        error=error,
    )


@pages.get("people/<int:person>/<int:number>/mark", STAFF)
def marks_by_hand(visit: Visit, person: int, number: int) -> ResponseReturnValue:
    """A form that changes one mark of one attempt."""
    return _by_hand(visit, person, number)


@pages.post("people/<int:person>/<int:number>/mark", STAFF)
def mark_by_hand(visit: Visit, person: int, number: int) -> ResponseReturnValue:
    """Change it."""
    question = visit.sent("question")
    if not question.isdecimal() or len(question) > 5:
        return _by_hand(visit, person, number, Message(mark("Choose the question."))), 422
    try:
        points = float(visit.sent("points").replace(",", "."))
    except ValueError:
        points = None
    try:
        correcting.change_one(visit, person, number, int(question) - 1, points, visit.sent("reason"))
    except BadInput as error:
        return _by_hand(visit, person, number, error.message), 422
    except LookupError:
        abort(404)
    visit.say(_("The mark is changed, and the person is told."))
    return visit.redirect(f"people/{person}/{number}/")


def _by_hand(visit: Visit, person: int, number: int, error: Message | None = None) -> Markup:
    attempt = reading.one_of(visit, person, number)
    if attempt is None or attempt.finished_at is None or attempt.points is None:
        abort(404)
    return visit.render(
        "quiz/mark_by_hand.html",
        attempt=attempt,
        name=next((member.name for member in visit.people("learner") if member.id == person), _("Former learner")),
        marks=sorted(reading.marks_of(attempt).values(), key=lambda one: one.place),
        history=correcting.of_attempt(visit, person, number),
        sent=request.form,
        error=error,
    )
