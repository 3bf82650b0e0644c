"""The quiz's pages: an overview, an attempt, its review; for staff everybody's attempts."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import abort, redirect, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from lms.plugin import LEARNER, MEMBER, STAFF, ActivityPages, Visit
from lms.plugin import gettext as _
from lms_quiz import clockwork, correcting, reading, selfcheck, service, showing, studying
from lms_quiz.analysis import Choice
from lms_quiz.conduct import Standing
from lms_quiz.format import QuizSettings
from lms_quiz.kinds import Asked
from lms_quiz.options import Item
from lms_quiz.overrides import NOTHING, extra_of
from lms_quiz.reading import Sitting

pages = ActivityPages()


@pages.get("", MEMBER)
def overview(visit: Visit) -> ResponseReturnValue:
    """What the quiz is, the person's attempts, and the way on. A self-check lives in its lesson."""
    if visit.settings.self_check:
        return visit.back()
    if visit.settings.live != "no":
        return visit.redirect("live/")
    attempts = reading.attempts_of(visit, visit.person.id) if visit.may(LEARNER) else ()
    stale = any(one.finished_at is None and reading.changed(visit, one) for one in attempts)
    return visit.render(
        "quiz/overview.html",
        state=reading.state_of(visit, attempts, extra_of(visit, visit.person.id)),
        attempts=attempts,
        stale=stale,
        shows=showing.shown(visit, ended=True),
        waits={one.number: reading.tried(one).waits for one in attempts},
        result=visit.result(),
        explanation=visit.explanation() if attempts else "",
        staff=visit.may(STAFF),
        waiting=len(reading.waiting(visit)) if visit.may(STAFF) else 0,
        learner=visit.may(LEARNER),
    )


@pages.post("start", LEARNER)
def start(visit: Visit) -> ResponseReturnValue:
    """Start an attempt, or go on with the one under way."""
    if visit.settings.self_check:
        return visit.back()
    if visit.settings.live != "no":
        return visit.redirect("live/")
    number, barred = service.start(visit)
    if number:
        return visit.redirect(f"attempts/{number}/")
    visit.say(
        {
            "not-open": _("The quiz is not open yet."),
            "closed": _("The quiz has closed."),
            "no-attempts": _("You have used all attempts."),
        }[barred],
        "warning",
    )
    return visit.redirect()


@pages.get("attempts/<int:number>/", LEARNER)
def attempt(visit: Visit, number: int) -> ResponseReturnValue:
    """The questions, or the review of a finished attempt."""
    found = reading.one_of(visit, visit.person.id, number)
    if found is None:
        abort(404)
    if found.finished_at is not None:
        return _review(visit, found, visit.person.id, "")
    settings: QuizSettings = visit.settings
    state = reading.state_of(visit, (found,), NOTHING)
    if state.late or reading.changed(visit, found):
        return visit.redirect()
    standings, kept = reading.standings(visit, found), reading.given(found)
    here = _here(settings, standings, kept.at)
    items = showing.shown(visit, ended=False)
    return visit.render(
        "quiz/attempt.html",
        attempt=found,
        state=state,
        questions=[_question(visit, one, items) for one in (standings if here is None else standings[here : here + 1])],
        standings=standings,
        here=here,
        shows=items,
        seconds=None if state.end is None else max(0, int((state.end - visit.now).total_seconds())),
        page=secrets.token_hex(8),
        version=kept.version,
    )


def _here(settings: QuizSettings, standings: Sequence[Standing], at: int) -> int | None:
    """Which question stands on the page: where none is seen again the one the person is at, otherwise the one asked for, or the first
    without an answer; None for all of them."""
    if settings.pages == "all" or not standings:
        return None
    if settings.pages == "forward":
        return min(at, len(standings) - 1)
    wanted = request.args.get("question", 0, type=int) - 1
    if 0 <= wanted < len(standings):
        return wanted
    open_ones = (place for place, one in enumerate(standings) if one.asked.reply is None and one.state == "open")
    return next(open_ones, len(standings) - 1)


@dataclass(frozen=True)
class _Question:
    """A question on a page. `one` is None once the attempt is finished. `fields`: where it can be answered, or could; `review`: what is
    right, once it may be known; `remarks`: what the author says (HTML) to the answer given; `others`: how the class answered."""

    one: Standing | None
    asked: Asked[Any]
    fields: Markup
    review: Markup
    remarks: Sequence[str]
    others: Sequence[Choice] = ()


def _question(visit: Visit, one: Standing, items: Collection[Item]) -> _Question:
    fields, review, remarks = _parts(visit, one.asked, items, one.state == "closed")
    return _Question(one, one.asked, fields, review, remarks)


def _parts(
    visit: Visit, asked: Asked[Any], items: Collection[Item], closed: bool
) -> tuple[Markup, Markup, Sequence[str]]:
    """Fields, or review, and remarks of a question, of which these items may be shown."""
    kind = reading.kinds_of(visit.site)[asked.question.kind]
    # what people mark has no key to be hidden; but the tutor's form says what the answer is worth
    if closed and ("answers" in items or asked.by_hand):
        told = asked if "explanations" in items else showing.without_remarks(kind, asked)
        if asked.by_hand and "marks" not in items:
            told = replace(told, mark=None)
        return Markup(), kind.review(visit, told), ()
    said = asked.mark is not None and "explanations" in items
    remarks = kind.remarks(asked.data, asked.mark.matched) if asked.mark is not None and said else ()
    return kind.fields(visit, asked), Markup(), remarks


@pages.post("attempts/<int:number>/save", LEARNER)
def save(visit: Visit, number: int) -> ResponseReturnValue:
    """Keep the answers: sent by the page itself while they are given, or by the button."""
    answer = service.save(visit, number, request.form.to_dict(flat=False))
    if request.headers.get("X-Requested-With") == "fetch":
        # only the status counts: nothing of the page is replaced
        return "", {"done": 204, "missing": 404}.get(answer, 409)
    if answer == "done":
        visit.say(_("Your answers are saved."))
        return visit.redirect(f"attempts/{number}/")
    return _refused(visit, number, answer), 404 if answer == "missing" else 409


@pages.post("attempts/<int:number>/check/<int:question>", LEARNER)
def check_one(visit: Visit, number: int, question: int) -> ResponseReturnValue:
    """Mark one question now."""
    answer, complaint = service.check(visit, number, question - 1, request.form.to_dict(flat=False))
    if answer == "unready" and complaint is not None:
        visit.say(
            _("Question {number}: {complaint}. Nothing was marked.", number=question, complaint=complaint), "warning"
        )
    return _on(visit, number, question, answer)


@pages.post("attempts/<int:number>/again/<int:question>", LEARNER)
def try_again(visit: Visit, number: int, question: int) -> ResponseReturnValue:
    """Open a question that was marked for the next try."""
    return _on(visit, number, question, service.again(visit, number, question - 1, request.form.to_dict(flat=False)))


@pages.post("attempts/<int:number>/go/<int:question>", LEARNER)
def go(visit: Visit, number: int, question: int) -> ResponseReturnValue:
    """Keep the answer and go to another question, where one stands on a page."""
    return _on(visit, number, question, service.go(visit, number, question - 1, request.form.to_dict(flat=False)))


def _on(visit: Visit, number: int, question: int, answer: str) -> ResponseReturnValue:
    if answer in ("done", "unready"):
        page = {"question": question} if visit.settings.pages == "one" else {}
        return redirect(visit.url(f"attempts/{number}/", **page) + f"#q{question}", 303)
    return _refused(visit, number, answer), 404 if answer == "missing" else 409


@pages.get("attempts/<int:number>/finish", LEARNER)
def ask(visit: Visit, number: int) -> ResponseReturnValue:
    """Before handing in: which questions are not answered."""
    found = reading.one_of(visit, visit.person.id, number)
    if found is None:
        abort(404)
    if found.finished_at is not None:
        return visit.redirect(f"attempts/{number}/")
    return visit.render("quiz/ask.html", attempt=found, unready=reading.unready(visit, found))


@pages.post("attempts/<int:number>/finish", LEARNER)
def finish(visit: Visit, number: int) -> ResponseReturnValue:
    """Hand in. Sent twice, it leads to the same review."""
    sent = request.form.to_dict(flat=False)
    answer = service.finish(visit, number, sent, "confirmed" in sent)
    if answer == "unready":
        return visit.redirect(f"attempts/{number}/finish")
    if answer == "more":
        visit.say(_("You have been given more time. Your answers are saved."))
        return visit.redirect(f"attempts/{number}/")
    if answer in ("done", "finished"):
        return visit.redirect(f"attempts/{number}/")
    if answer == "late":
        visit.say(_("The quiz has closed. The answers saved before that were handed in."), "warning")
        return visit.redirect(f"attempts/{number}/")
    return _refused(visit, number, answer), 404 if answer == "missing" else 409


@pages.get("attempts/", STAFF)
def everybody(visit: Visit) -> ResponseReturnValue:
    """Everybody's attempts."""
    return visit.render(
        "quiz/everybody.html",
        people=visit.people("learner"),
        rows=reading.everybody(visit),
        waiting=len(reading.waiting(visit)),
        results=visit.results(),
        to_release=showing.to_release(visit),
    )


@pages.post("release", STAFF)
def release(visit: Visit) -> ResponseReturnValue:
    """Show learners what waits for that."""
    clockwork.release(visit)
    visit.say(_("It is released: learners see it from now on."))
    return visit.redirect("attempts/")


@pages.get("people/<int:person>/<int:number>/", STAFF)
def of_person(visit: Visit, person: int, number: int) -> ResponseReturnValue:
    """One attempt of somebody, as they see it after finishing."""
    found = reading.one_of(visit, person, number)
    if found is None:
        abort(404)
    name = next((member.name for member in visit.people("learner") if member.id == person), _("Former learner"))
    return _review(visit, found, person, name)


@pages.post("check", MEMBER)
def check(visit: Visit) -> ResponseReturnValue:
    """Mark the answers of a self-check, or show what would have been right; then back to where it stands."""
    if visit.settings.self_check:
        selfcheck.check(visit, request.form.to_dict(flat=False))
    return visit.back()


def _review(visit: Visit, found: Sitting, person_id: int, name: str) -> ResponseReturnValue:
    ended = found.finished_at is not None
    readable = ended and found.points is not None and not reading.changed(visit, found)
    attempts = reading.attempts_of(visit, person_id)
    items = showing.EVERYTHING if name else showing.shown(visit, ended)
    others = studying.distribution(visit) if readable and "distribution" in items and not name else {}

    def reviewed(asked: Asked[Any]) -> _Question:
        fields, review, remarks = _parts(visit, asked, items, closed=True)
        return _Question(None, asked, fields, review, remarks, others.get(studying.column_of(asked.question), ()))

    return visit.render(
        "quiz/review.html",
        attempt=found,
        name=name,
        shows=items,
        questions=[reviewed(each) for each in reading.asked(visit, found)] if readable else [],
        marks=reading.marks_of(found),
        waits=reading.tried(found).waits,
        readable=readable,
        best=reading.best_of(visit, attempts),
        history=correcting.of_attempt(visit, person_id, found.number) if "marks" in items else (),
        state=reading.state_of(visit, attempts, extra_of(visit, person_id)),
        count=len(attempts),
    )


def _refused(visit: Visit, number: int, answer: str) -> Markup:
    return visit.render("quiz/refused.html", number=number, answer=answer)
