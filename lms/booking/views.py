"""Times that staff open and others book, the same page for every kind of activity."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort, redirect
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from lms.booking import service
from lms.booking.forms import OpenForm, TimeForm
from lms.i18n import gettext as _
from lms.i18n import mark
from lms.plugin import LEARNER, PARTICIPANT, STAFF, Appointments, BadInput, Booked, Message, Pages, Slot
from lms.visit import RunVisit
from lms.wording import zone

pages = Pages("booking")
HERE = "/courses/<course>/booking/<block>"


def _enter(visit: RunVisit, block: str) -> Sequence[Appointments]:
    """Make it a visit to the activity; 404 where staff open no times, 403 for learners while it is closed."""
    try:
        visit.enter_block(visit.course.block(block))
    except KeyError:
        abort(404)
    source = service.gathering(visit)
    known = source.appointments(visit) if source is not None else ()
    if not known:
        abort(404)
    if not visit.verdicts[block].open:
        abort(403)
    return known


def _slot(visit: RunVisit, block: str, name: str) -> Slot:
    _enter(visit, block)
    found = next((one for one in visit.booking.opened() if one.name == name), None)
    if found is None:
        abort(404)
    return found


@dataclass(frozen=True)
class Line:
    """A time as its reader sees it: `own` is their place in it or their team's; `who` has places and `waits` for one, by name, for
    staff alone."""

    slot: Slot
    host: str
    free: int
    own: Booked | None
    who: Sequence[str]
    waits: Sequence[str]
    past: bool


@dataclass(frozen=True)
class Group:
    """The times of one purpose; `more`: whether the reader may book another one."""

    wanted: Appointments
    lines: Sequence[Line]
    past: Sequence[Line]
    more: bool
    form: OpenForm | None


def _groups(visit: RunVisit, known: Sequence[Appointments], sent: OpenForm | None = None) -> list[Group]:
    """Everything on the page. Six statements, however many times there are."""
    staff = visit.may(STAFF)
    places: dict[str, list[Booked]] = {}
    for one in visit.booking.of():
        places.setdefault(one.slot, []).append(one)
    mine = {one.id for one in visit.booking.of(person_id=visit.person.id)} if not staff else set()
    hosts = {member.id: member.name for member in visit.people("tutor")}
    names = _names(visit) if staff else {}
    lines = [_line(visit, slot, places.get(slot.name, []), mine, hosts, names) for slot in visit.booking.opened()]
    found = []
    for wanted in known:
        own = [line for line in lines if line.slot.purpose == wanted.name]
        ahead = [line for line in own if not line.past]
        form = None
        if staff:
            form = (
                sent
                if sent is not None and sent.of == wanted.name
                else _form(wanted, minutes=wanted.minutes, formdata=None)
            )
        more = sum(line.own is not None for line in ahead) < wanted.most
        found.append(Group(wanted, ahead, [line for line in own if line.past], more, form))
    return found


def _line(
    visit: RunVisit, slot: Slot, places: Sequence[Booked], mine: set[int], hosts: Mapping[int, str],
    names: Mapping[tuple[str, int], str],
) -> Line:  # fmt: skip
    taken = [one for one in places if one.number is not None]
    gone = _("somebody who has left the course")

    def called(one: Booked) -> str:
        return names.get(("team", one.team_id) if one.team_id else ("person", one.person_id), gone)

    staff = visit.may(STAFF)
    return Line(
        slot, hosts.get(slot.host_id or 0, ""), max(0, (slot.seats or 0) - len(taken)),
        next((one for one in places if one.id in mine), None),
        [called(one) for one in taken] if staff else (),
        [called(one) for one in places if one.number is None] if staff else (),
        slot.meeting is not None and slot.meeting.starts <= visit.now,
    )  # fmt: skip


def _names(visit: RunVisit) -> dict[tuple[str, int], str]:
    found = {("person", member.id): member.name for member in visit.people()}
    found.update({("team", team.id): team.name for team in visit.teams.all()})
    return found


def _form(wanted: Appointments, **options: Any) -> OpenForm:
    form = OpenForm(prefix=f"{wanted.name}-", **options)
    form.of = wanted.name
    return form


@pages.get(HERE, PARTICIPANT)
def index(visit: RunVisit, block: str) -> ResponseReturnValue:
    """The times there are, by purpose."""
    return _index(visit, _enter(visit, block))


def _index(visit: RunVisit, known: Sequence[Appointments], sent: OpenForm | None = None) -> Markup:
    return visit.page(
        "booking/index.html", block=visit.block, groups=_groups(visit, known, sent), here=visit.booking.page,
        staff=visit.may(STAFF), learner=visit.may(LEARNER), sent=sent,
    )  # fmt: skip


# ------------------------------------------------------------------------------------------- staff


@pages.post(f"{HERE}/open/<purpose>", STAFF)
def open_times(visit: RunVisit, block: str, purpose: str) -> ResponseReturnValue:
    """Open one time, or several in a row."""
    known = _enter(visit, block)
    wanted = next((one for one in known if one.name == purpose), None)
    if wanted is None:
        abort(404)
    form = _form(wanted)
    if not form.validate():
        return _index(visit, known, form), 422
    starts, ends = form.times(visit.person.timezone)
    count, length = form.count.data or 1, ends - starts
    try:
        for n in range(count):
            begins = starts + n * length
            visit.booking.open(wanted, begins, begins + length, form.seats.data or 1, form.place.data or "")
    except BadInput as wrong:
        form.starts.errors = [str(wrong.message)]
        return _index(visit, known, form), 422
    visit.say(
        _("The time is open: others can book it now.")
        if count == 1
        else _("The times are open: others can book them now.")
    )
    return redirect(visit.booking.page, 303)


@pages.get(f"{HERE}/<slot>", STAFF)
def one(visit: RunVisit, block: str, slot: str) -> ResponseReturnValue:
    """One time, to be moved or called off."""
    found = _slot(visit, block, slot)
    meeting = found.meeting
    assert meeting is not None
    starts = meeting.starts.astimezone(zone(visit.person.timezone)).replace(tzinfo=None)
    return _one(visit, found, TimeForm(starts=starts, minutes=meeting.minutes, place=meeting.place))


def _one(visit: RunVisit, slot: Slot, form: TimeForm) -> Markup:
    return visit.page("booking/slot.html", block=visit.block, slot=slot, form=form, here=visit.booking.page)


@pages.post(f"{HERE}/<slot>", STAFF)
def move(visit: RunVisit, block: str, slot: str) -> ResponseReturnValue:
    """Move it; who booked it is told."""
    found = _slot(visit, block, slot)
    form = visit.form(TimeForm)
    if not form.validate():
        return _one(visit, found, form), 422
    try:
        visit.booking.move(found, *form.times(visit.person.timezone), form.place.data or "")
    except BadInput as wrong:
        form.starts.errors = [str(wrong.message)]
        return _one(visit, found, form), 422
    visit.say(_("It is changed. Whoever booked it is told."))
    return redirect(visit.booking.page, 303)


@pages.post(f"{HERE}/<slot>/call-off", STAFF)
def call_off(visit: RunVisit, block: str, slot: str) -> ResponseReturnValue:
    """Take it back; who booked it is told."""
    found = _slot(visit, block, slot)
    visit.booking.call_off(found)
    visit.say(_("It is called off. Whoever booked it is told."))
    return redirect(visit.booking.page, 303)


# ------------------------------------------------------------------------------------------- whoever books


@pages.post(f"{HERE}/<slot>/take", LEARNER)
def take(visit: RunVisit, block: str, slot: str) -> ResponseReturnValue:
    """Book a time, for the whole team if there is one."""
    known = _enter(visit, block)
    visit.lock()
    found = _slot(visit, block, slot)
    wanted = next((one for one in known if one.name == found.purpose), None)
    if wanted is None:
        abort(404)
    group = next(one for one in _groups(visit, [wanted]))
    if not group.more and all(line.own is None for line in group.lines if line.slot.name == slot):
        raise BadInput(Message(mark("You have booked as many times as you can: give one back first.")))
    booked = visit.booking.take(found, team=visit.teams.of(visit.person.id))
    if booked.number is not None:
        visit.say(_("It is yours. We send you an invitation for your calendar."))
    else:
        visit.say(_("It is taken: you are on the waiting list and get it if it becomes free."), "info")
    return redirect(visit.booking.page, 303)


@pages.post(f"{HERE}/<slot>/leave", LEARNER)
def leave(visit: RunVisit, block: str, slot: str) -> ResponseReturnValue:
    """Give it back."""
    found = _slot(visit, block, slot)
    visit.booking.leave(found)
    visit.say(_("It is free for somebody else now."))
    return redirect(visit.booking.page, 303)
