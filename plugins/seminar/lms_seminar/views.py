"""The seminar's pages: sessions with seats and discussion for everybody, attendance for staff."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from flask import abort, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from lms.plugin import LEARNER, MEMBER, PARTICIPANT, STAFF, ActivityPages, Visit, ngettext
from lms.plugin import gettext as _
from lms_seminar import board, rules, service

pages = ActivityPages()
T = TypeVar("T")


def _found(act: Callable[[], T]) -> T:
    try:
        return act()
    except service.Gone:
        abort(404)


@pages.get("", MEMBER)
def index(visit: Visit) -> ResponseReturnValue:
    """The sessions, the seat and the discussion."""
    return _index(visit)


def _index(visit: Visit, session: str = "", word: str = "", error: str = "") -> Markup:
    return visit.render(
        "seminar/index.html",
        page=board.of_reader(visit),
        staff=visit.may(STAFF),
        learner=visit.may(LEARNER),
        explanation=visit.explanation() if visit.may(LEARNER) else "",
        # what people say to each other is not for those who only look
        discussion=visit.discussion.show() if visit.may(PARTICIPANT) else "",
        code_accepted=rules.CODE_ACCEPTED,
        wrong=session,
        word=word,
        error=error,
    )


@pages.post("seat", LEARNER)
def take_seat(visit: Visit) -> ResponseReturnValue:
    """Take a seat."""
    if _found(lambda: service.take_seat(visit)) == "seat":
        visit.say(_("You have a seat."))
    else:
        visit.say(_("All seats are taken: you are on the waiting list and get the next free one."), "info")
    return visit.redirect()


@pages.post("leave", LEARNER)
def leave_seat(visit: Visit) -> ResponseReturnValue:
    """Give the seat back."""
    service.leave_seat(visit)
    visit.say(_("Your seat is free for somebody else now."))
    return visit.redirect()


@pages.post("sessions/<session>/code", LEARNER)
def enter_code(visit: Visit, session: str) -> ResponseReturnValue:
    """Show by the code word that one was there."""
    word = visit.sent("word")[:200]
    answer = _found(lambda: service.enter_code(visit, session, word))
    if answer in ("right", "already"):
        visit.say(_("You were there: your attendance is noted."))
        return visit.redirect()
    error = {
        "wrong": _("This is not the code word. Check it and try again."),
        "closed": _("The code word is accepted from the start of the session until 24 hours after its end."),
        "tries": _("Too many wrong words. Ask the tutor to note your attendance."),
        "refused": _("The tutor has noted that you were absent. If that is a mistake, write to the tutor."),
    }[answer]
    return _index(visit, session, word, error), 422


@pages.get("attendance", STAFF)
def attendance(visit: Visit) -> ResponseReturnValue:
    """Who was there."""
    return visit.render("seminar/attendance.html", table=board.of_staff(visit))


@pages.post("attendance", STAFF)
def save_attendance(visit: Visit) -> ResponseReturnValue:
    """Note who was there."""
    count = service.save_attendance(visit, _cells("shown"), _cells("present"))
    visit.say(
        ngettext("{n} mark of attendance was changed.", "{n} marks of attendance were changed.", count)
        if count
        else _("Nothing was changed.")
    )
    return visit.redirect("attendance")


def _cells(name: str) -> set[tuple[int, str]]:
    """The ticks that were sent, as (person, session); what is no such pair is left out."""
    found = set()
    for value in request.form.getlist(name):
        person, _colon, session = value.partition(":")
        if person.isascii() and person.isdigit() and len(person) < 18:
            found.add((int(person), session))
    return found
