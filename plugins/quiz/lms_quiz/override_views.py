"""Pages of tutors: who has more time, more tries or a later end, and why."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from flask import abort, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from lms.plugin import STAFF, ActivityPages, BadInput, Message, Visit, as_utc, mark
from lms.plugin import gettext as _
from lms_quiz import clockwork, overrides

pages = ActivityPages()


@pages.get("overrides/", STAFF)
def given(visit: Visit) -> ResponseReturnValue:
    """Everything given here, and a form to give more."""
    return _page(visit)


@pages.post("overrides/", STAFF)
def give(visit: Visit) -> ResponseReturnValue:
    """Give it."""
    try:
        people = _people(visit)
        minutes, tries = _number(visit.sent("minutes")), _number(visit.sent("tries"))
        clockwork.give(visit, people, minutes, tries, _moment(visit, visit.sent("closes")), visit.sent("reason"))
    except BadInput as error:
        return _page(visit, error.message), 422
    visit.say(_("It is given, and the people are told."))
    return visit.redirect("overrides/")


@pages.post("overrides/<int:override>/back", STAFF)
def back(visit: Visit, override: int) -> ResponseReturnValue:
    """Take it back."""
    if not clockwork.take_back(visit, override):
        abort(404)
    visit.say(_("It is taken back; attempts under way keep their time."))
    return visit.redirect("overrides/")


def _people(visit: Visit) -> list[int] | None:
    """Whom the form names: people, teams with their members, or everybody (None)."""
    chosen = request.form.getlist("who")
    if "all" in chosen:
        return None
    teams = {f"team-{team.id}": [one.id for one in team.members] for team in visit.teams.everywhere()}
    named = {f"person-{one.id}": [one.id] for one in visit.people("learner")}
    learners = {id for ids in named.values() for id in ids}
    found = {id for one in chosen for id in (*teams.get(one, ()), *named.get(one, ()))}
    return sorted(found & learners)


def _number(text: str) -> int:
    text = text.strip()
    if not text:
        return 0
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        raise BadInput(Message(mark("“{text}” is no whole number."), {"text": text[:20]}))
    return int(text)


def _moment(visit: Visit, text: str) -> datetime | None:
    """A moment of the run's clock."""
    if not text.strip():
        return None
    try:
        return as_utc(datetime.fromisoformat(text.strip()).replace(tzinfo=ZoneInfo(visit.run.timezone)))
    except ValueError:
        raise BadInput(Message(mark("“{text}” is no date with a time."), {"text": text[:20]})) from None


def _page(visit: Visit, error: Message | None = None) -> Markup:
    return visit.render(
        "quiz/overrides.html",
        given=overrides.given(visit),
        people=visit.people("learner"),
        teams=visit.teams.everywhere(),
        names={one.id: one.name for one in visit.people("learner")},
        sent=request.form,
        chosen=request.form.getlist("who"),
        error=error,
    )
