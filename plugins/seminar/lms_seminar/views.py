"""The seminar's first page: sessions with seats and the discussion; and what was handed in, for staff."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from flask import abort
from flask.typing import ResponseReturnValue

from lms.plugin import LEARNER, MEMBER, PARTICIPANT, STAFF, ActivityPages, Visit, db
from lms.plugin import gettext as _
from lms_seminar import board, service

pages = ActivityPages()
T = TypeVar("T")


def _found(act: Callable[[], T]) -> T:
    try:
        return act()
    except service.Gone:
        abort(404)


def attempt(act: Callable[[], T]) -> T:
    """Do something that is either done wholly or, when it raises BadInput, not at all, although a page is shown then."""
    with db.session.begin_nested():
        return act()


@pages.get("", MEMBER)
def index(visit: Visit) -> ResponseReturnValue:
    """The sessions, the seat and the discussion."""
    return visit.render(
        "seminar/index.html",
        page=board.of_reader(visit),
        staff=visit.may(STAFF),
        learner=visit.may(LEARNER),
        explanation=visit.explanation() if visit.may(LEARNER) else "",
        # what people say to each other is not for those who only look
        discussion=visit.discussion.show() if visit.may(PARTICIPANT) else "",
    )


@pages.get("works", STAFF)
def works(visit: Visit) -> ResponseReturnValue:
    """Short tasks and designs of everybody."""
    if not (visit.settings.tasks or visit.settings.design):
        abort(404)
    return visit.render("seminar/works.html", works=visit.submissions.board())


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
