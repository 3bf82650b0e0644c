"""Pages of attendance, the same for every kind of activity: for staff the table of planned and present, one meeting with its minutes,
and a list to sign; for learners the ways to show that they were there."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO

from flask import abort, make_response, redirect, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from werkzeug.urls import iri_to_uri

from courses.tree import ACADEMIC_HOUR
from lms.attendance import rules
from lms.attendance.forms import MoveForm
from lms.attendance.moving import LONGEST_REASON
from lms.attendance.service import LONGEST_EVIDENCE, attended
from lms.booking.service import gathering
from lms.i18n import gettext as _
from lms.i18n import mark, ngettext
from lms.plugin import LEARNER, STAFF, Attended, BadInput, Booked, Meeting, Member, Message, Pages, Presence
from lms.visit import RunVisit
from lms.wording import instant, number, zone

pages = Pages("attendance")
BOARD = "/courses/<course>/attendance/<block>"
EMPTY = 5
"""Lines of a list to sign for people whom the course does not know."""


def _enter(visit: RunVisit, block: str) -> None:
    """Make it a visit to the activity; 404 for those without meetings, 403 for learners while it is closed."""
    try:
        visit.enter_block(visit.course.block(block))
    except KeyError:
        abort(404)
    if gathering(visit) is None:
        abort(404)
    if not visit.verdicts[block].open:
        abort(403)


def _meeting(visit: RunVisit, block: str, id: str) -> Meeting:
    _enter(visit, block)
    found = next((one for one in visit.attendance.meetings() if one.id == id), None)
    if found is None:
        abort(404)
    return found


# ------------------------------------------------------------------------------------------- staff: everybody and every meeting


@dataclass(frozen=True)
class Line:
    """A learner: whether they have a place where places are given out (seat, waiting, none, else ""), what is known by meeting id,
    and what it comes to."""

    person: Member
    place: str
    known: dict[str, Presence]
    total: Attended

    @property
    def hours(self) -> float:
        """Academic hours they were there."""
        return self.total.minutes / ACADEMIC_HOUR


def _lines(visit: RunVisit, planned: Sequence[Meeting]) -> list[Line]:
    """Those who take part first. Three statements, whatever the size of the group; one more where teams have places."""
    known = visit.attendance.of()
    slots = {one.slot for one in planned if one.slot is not None}
    places = [one for one in visit.booking.of() if one.slot in slots] if slots else []
    teams = visit.teams.all() if any(one.team_id for one in places) else ()
    of_team = {member.id: team.id for team in teams for member in team.members}
    lines = [
        Line(
            person, _place(places, person.id, of_team.get(person.id)) if slots else "",
            {one.id: known[person.id, one.id] for one in planned if (person.id, one.id) in known},
            attended(planned, person.id, known),
        )
        for person in visit.people()
    ]  # fmt: skip
    return sorted(lines, key=lambda line: ("seat", "", "waiting", "none").index(line.place))


def _place(places: Sequence[Booked], person: int, team: int | None) -> str:
    own = [one for one in places if one.person_id == person or (one.team_id and one.team_id == team)]
    return "none" if not own else "seat" if any(one.number is not None for one in own) else "waiting"


@pages.get(BOARD, STAFF)
def board(visit: RunVisit, block: str) -> ResponseReturnValue:
    """Planned and present, people by meetings."""
    _enter(visit, block)
    planned = visit.attendance.planned()
    lines = _lines(visit, planned)
    there = {one.id: sum(one.id in line.total.meetings for line in lines) for one in planned}
    declared = {one.id: sum(_state(line, one) == "declared" for line in lines) for one in planned}
    return visit.page(
        "attendance/board.html", block=visit.block, planned=planned, lines=lines, there=there, declared=declared,
        arranged=visit.attendance.arranged(), here=visit.attendance.board, most_tries=rules.MOST_TRIES,
    )  # fmt: skip


def _state(line: Line, meeting: Meeting) -> str:
    found = line.known.get(meeting.id)
    return found.state if found is not None else ""


@pages.post(BOARD, STAFF)
def save(visit: RunVisit, block: str) -> ResponseReturnValue:
    """Note who was there, in the table."""
    _enter(visit, block)
    visit.say(_changed(visit.attendance.note(visit.attendance.meetings(), _cells("shown"), _cells("present"))))
    return redirect(visit.attendance.board, 303)


def _changed(count: int) -> str:
    if not count:
        return _("Nothing was changed.")
    return ngettext("{n} mark of attendance was changed.", "{n} marks of attendance were changed.", count)


def _cells(name: str) -> set[tuple[int, str]]:
    """The ticks that were sent, as (person, meeting); what is no such pair is left out."""
    found = set()
    for value in request.form.getlist(name):
        person, _colon, meeting = value.partition(":")
        if _number(person):
            found.add((_number(person), meeting))
    return found


def _number(value: str) -> int:
    return int(value) if value.isascii() and value.isdigit() and len(value) < 18 else 0


@pages.get(f"{BOARD}/all/table.csv", STAFF)
def table(visit: RunVisit, block: str) -> ResponseReturnValue:
    """The same as a file: minutes of every meeting, and what they come to."""
    _enter(visit, block)
    planned = visit.attendance.planned()
    text = StringIO()
    writer = csv.writer(text)
    heads = [f"{one.title}, {instant(one.starts, visit.run.timezone)}" for one in planned]
    writer.writerow([_("Name"), *heads, _("Meetings attended"), _("Meetings planned"), _("Academic hours")])
    for line in _lines(visit, planned):
        cells = [_minutes(one, line.known.get(one.id)) for one in planned]
        hours = number(round(line.hours, 2))
        writer.writerow([_safe(line.person.name), *cells, len(line.total.meetings), line.total.planned, hours])
    response = make_response("\ufeff" + text.getvalue())
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="attendance-{block}.csv"'
    return response


def _minutes(meeting: Meeting, found: Presence | None) -> str:
    if found is None or found.state not in ("present", "absent"):
        return ""
    if found.state == "absent":
        return "0"
    return str(meeting.minutes if found.minutes is None else found.minutes)


def _safe(text: str) -> str:
    # a program that opens the file must not take a name for a formula
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


# ------------------------------------------------------------------------------------------- staff: one meeting


def _of_meeting(visit: RunVisit, meeting: Meeting) -> list[Line]:
    """Whoever takes part in it, and whoever is known to have been there."""
    lines = _lines(visit, [meeting])
    if meeting.slot is None:
        return lines
    holders = set(visit.booking.holders(meeting.slot))
    return [line for line in lines if line.person.id in holders or line.known]


@pages.get(f"{BOARD}/<meeting>", STAFF)
def one(visit: RunVisit, block: str, meeting: str) -> ResponseReturnValue:
    """One meeting: who was there, for how long, what they say themselves."""
    return _one(visit, _meeting(visit, block, meeting))


def _one(visit: RunVisit, meeting: Meeting, error: str = "") -> Markup:
    sent = {name: request.form[name] for name in request.form} if error else {}
    return visit.page(
        "attendance/meeting.html", block=visit.block, meeting=meeting, lines=_of_meeting(visit, meeting), error=error,
        sent=sent, here=visit.attendance.board,
    )  # fmt: skip


@pages.post(f"{BOARD}/<meeting>", STAFF)
def save_one(visit: RunVisit, block: str, meeting: str) -> ResponseReturnValue:
    """Note it. Only what was changed on the page counts: what others did meanwhile stays."""
    found = _meeting(visit, block, meeting)
    entries: dict[int, tuple[bool, int | None]] = {}
    for person in map(_number, request.form.getlist("person")):
        state, minutes = visit.sent(f"state-{person}"), visit.sent(f"minutes-{person}").strip()
        if f"{state}/{minutes}" == visit.sent(f"was-{person}") or state not in ("present", "absent"):
            continue
        entries[person] = (state == "present", (_number(minutes) if minutes else None))
    try:
        visit.say(_changed(visit.attendance.note_sheet(found, entries)))
    except BadInput as wrong:
        return _one(visit, found, str(wrong.message)), 422
    return redirect(f"{visit.attendance.board}/{found.id}", 303)


@pages.get(f"{BOARD}/<meeting>/sheet", STAFF)
def sheet(visit: RunVisit, block: str, meeting: str) -> ResponseReturnValue:
    """A list to print and to sign."""
    found = _meeting(visit, block, meeting)
    people = [line.person for line in _of_meeting(visit, found) if line.place in ("", "seat")]
    return visit.page(
        "attendance/sheet.html", block=visit.block, meeting=found, people=people, empty=EMPTY, hours=found.minutes / ACADEMIC_HOUR,
        here=visit.attendance.board,
    )  # fmt: skip


# ------------------------------------------------------------------------------------------- staff: another time


def _arranged(visit: RunVisit, block: str, id: str) -> Meeting:
    """One that the course plans, called off or not."""
    _enter(visit, block)
    found = next((one for one in visit.attendance.arranged() if one.id == id), None)
    if found is None:
        abort(404)
    return found


@pages.get(f"{BOARD}/<meeting>/time", STAFF)
def time(visit: RunVisit, block: str, meeting: str) -> ResponseReturnValue:
    """When a meeting takes place in this run: to be moved or called off."""
    found = _arranged(visit, block, meeting)
    starts = found.starts.astimezone(zone(visit.person.timezone)).replace(tzinfo=None)
    return _time(visit, found, MoveForm(starts=starts, minutes=found.minutes, why=found.why))


def _time(visit: RunVisit, meeting: Meeting, form: MoveForm, missing: str = "") -> Markup:
    return visit.page(
        "attendance/time.html", block=visit.block, meeting=meeting, form=form, missing=missing, here=visit.attendance.board,
        longest=LONGEST_REASON,
    )  # fmt: skip


@pages.post(f"{BOARD}/<meeting>/time", STAFF)
def move(visit: RunVisit, block: str, meeting: str) -> ResponseReturnValue:
    """Move it; whoever takes part is told."""
    found = _arranged(visit, block, meeting)
    form = visit.form(MoveForm)
    if not form.validate():
        return _time(visit, found, form), 422
    try:
        visit.attendance.move(found, *form.times(visit.person.timezone), form.why.data or "")
    except BadInput as wrong:
        form.starts.errors = [str(wrong.message)]
        return _time(visit, found, form), 422
    visit.say(_("It is moved. Whoever takes part is told."))
    return redirect(visit.attendance.time_address(found), 303)


@pages.post(f"{BOARD}/<meeting>/call-off", STAFF)
def call_off(visit: RunVisit, block: str, meeting: str) -> ResponseReturnValue:
    """Let it not take place; whoever takes part is told."""
    found = _arranged(visit, block, meeting)
    try:
        visit.attendance.call_off(found, visit.sent("why"))
    except BadInput as wrong:
        starts = found.starts.astimezone(zone(visit.person.timezone)).replace(tzinfo=None)
        form = MoveForm(formdata=None, starts=starts, minutes=found.minutes, why=found.why)
        return _time(visit, found, form, str(wrong.message)), 422
    visit.say(_("It is called off. Whoever takes part is told."))
    return redirect(visit.attendance.time_address(found), 303)


@pages.post(f"{BOARD}/<meeting>/as-planned", STAFF)
def as_planned(visit: RunVisit, block: str, meeting: str) -> ResponseReturnValue:
    """Back to what the course says."""
    found = _arranged(visit, block, meeting)
    visit.attendance.as_planned(found)
    visit.say(_("It takes place as planned. Whoever takes part is told."))
    return redirect(visit.attendance.time_address(found), 303)


# ------------------------------------------------------------------------------------------- learners


def _takes_part(visit: RunVisit, meeting: Meeting) -> None:
    """Raises BadInput for somebody without a place."""
    if meeting.slot is not None and all(one.number is None for one in visit.booking.of(meeting.slot, visit.person.id)):
        raise BadInput(Message(mark("You have no place in this meeting.")))


@pages.post(f"{BOARD}/<meeting>/join", LEARNER)
def join(visit: RunVisit, block: str, meeting: str) -> ResponseReturnValue:
    """Go to a meeting by its link, which counts as having been there."""
    found = _meeting(visit, block, meeting)
    _takes_part(visit, found)
    visit.attendance.join(found)
    # forms may lead nowhere but to this site (the policy of its pages), so that the browser is sent on by a page
    link = visit.attendance.address(found)
    page = make_response(visit.page("attendance/joined.html", block=visit.block, meeting=found, link=link))
    page.headers["Refresh"] = f"0; url={iri_to_uri(link)}"  # headers are Latin
    return page


@pages.post(f"{BOARD}/<meeting>/code", LEARNER)
def code(visit: RunVisit, block: str, meeting: str) -> ResponseReturnValue:
    """Show by the word of a meeting that one was there."""
    found = _meeting(visit, block, meeting)
    _takes_part(visit, found)
    word = visit.sent("word")[:200]
    answer = visit.attendance.enter_code(found, word)
    if answer in ("right", "already"):
        visit.say(_("You were there: your attendance is noted."))
        return visit.redirect()
    error = {
        "wrong": _("This is not the code word. Check it and try again."),
        "closed": _("The code word is accepted from the start of the meeting until 24 hours after its end."),
        "tries": _("Too many wrong words. Ask the tutor to note your attendance."),
        "refused": _("The tutor has noted that you were absent. If that is a mistake, write to the tutor."),
    }[answer]
    # returned and not raised: what was tried is counted
    return visit.page(
        "attendance/code.html", block=visit.block, meeting=found, word=word, error=error, again=answer == "wrong",
        here=f"{visit.attendance.board}/{found.id}",
    ), 422  # fmt: skip


@pages.get(f"{BOARD}/<meeting>/declare", LEARNER)
def declare(visit: RunVisit, block: str, meeting: str) -> ResponseReturnValue:
    """Say that one was there, and what shows it."""
    found = _meeting(visit, block, meeting)
    _takes_part(visit, found)
    return _declare(visit, found)


def _declare(visit: RunVisit, meeting: Meeting, text: str = "", error: str = "") -> Markup:
    return visit.page(
        "attendance/declare.html", block=visit.block, meeting=meeting, text=text, error=error, most=LONGEST_EVIDENCE,
        here=f"{visit.attendance.board}/{meeting.id}",
    )  # fmt: skip


@pages.post(f"{BOARD}/<meeting>/declare", LEARNER)
def send_declaration(visit: RunVisit, block: str, meeting: str) -> ResponseReturnValue:
    """Leave it for the tutor to agree to."""
    found = _meeting(visit, block, meeting)
    _takes_part(visit, found)
    text = visit.sent("evidence")
    try:
        visit.attendance.declare(found, text)
    except BadInput as wrong:
        return _declare(visit, found, text, str(wrong.message)), 422
    visit.say(_("Thank you. It counts as soon as the tutor agrees."))
    return visit.redirect()
