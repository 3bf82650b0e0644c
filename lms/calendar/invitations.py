"""Invitations for people's own calendars: sent when a booked meeting is new, moved or called off (RFC 5545 and 5546).

What people hold is compared with what they were last sent, so that it does not matter how something came to change: a place was
taken or given back, staff moved a time, the course has a new edition. Each meeting keeps its `UID`; what is sent about it is
numbered (`SEQUENCE`).
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, cast
from urllib.parse import urlsplit

from sqlalchemy import bindparam, delete, insert, select, text, update

from lms.attendance.moving import CALLED_OFF, MOVED, titled
from lms.booking.rules import uid_of
from lms.calendar.models import Invitation
from lms.db import Query, as_utc, db
from lms.enrolment import service as enrolment
from lms.events import PlacesChanged, Tick
from lms.i18n import Message, mark, speaking
from lms.notices.service import notify
from lms.plugin import Event, Gathering, Meeting
from lms.plugin import Site as AnySite
from lms.site import Site
from lms.visit import RunVisit
from lms.wording import instant

Change = Literal["new", "moved", "left", "gone"]
"""new: somebody takes part now · moved: another time or place · left: they take part no longer · gone: the meeting is called off"""

SENTENCES: Mapping[Change, str] = {
    "new": mark("You take part: “{title}”, {when}. The invitation for your calendar is in this letter."),
    "moved": mark("“{title}” is moved: {when}."),
    "left": mark("You no longer take part in “{title}”, {when}."),
    "gone": mark("“{title}”, {when}, is called off."),
}

REASONED: Mapping[str, str] = {"moved": MOVED, "gone": CALLED_OFF}
"""The same where staff said why."""

LONGEST = 300
"""Characters of a title or a place that are kept to compare."""

_KEPT = Query(
    "SELECT meeting, person_id, uid, sequence, starts, ends, title, place, ended FROM invitation"
    " WHERE run_id = :run AND block = :block"
)
_PEOPLE = text(
    "SELECT id, email, surname, given_name, patronymic, language, timezone FROM person"
    " WHERE id IN :people AND erased_at IS NULL ORDER BY id"
).bindparams(bindparam("people", expanding=True))
_TO_LOOK_AT = Query(
    "SELECT run_id, block FROM booking_place UNION SELECT run_id, block FROM invitation WHERE NOT ended AND ends > :now"
)


@dataclass(frozen=True)
class Kept:
    """What somebody was last sent about a meeting."""

    uid: str
    sequence: int
    starts: datetime
    ends: datetime
    title: str
    place: str
    ended: bool


@dataclass(frozen=True)
class Letter:
    """What somebody is to be told about a meeting."""

    change: Change
    meeting: str
    uid: str
    sequence: int
    title: str
    starts: datetime
    ends: datetime
    place: str
    why: str = ""


def on_places(site: AnySite, event: Event) -> None:
    """Somebody took or gave back a place, or staff moved a time."""
    assert isinstance(event, PlacesChanged)
    for visit in _visits(cast(Site, site), {(event.run_id, event.block)}):
        invite(visit, event.people)


def on_tick(site: AnySite, event: Event) -> None:
    """A new edition of the course may have moved its meetings, and staff the links and rooms of theirs."""
    assert isinstance(event, Tick)
    found = {(run, block) for run, block in _TO_LOOK_AT.plain(now=event.now)}
    runs = sorted({run for run, _block in found})
    if not runs:
        return

    def look(visit: Any) -> None:
        if (visit.run.id, visit.block.id) in found:
            invite(visit)

    for source in site.of(Gathering):  # type: ignore[type-abstract]  # the registry gives what derives from it
        site.each(source.kind, look, runs)


def _visits(site: Site, places: set[tuple[int, str]]) -> list[RunVisit]:
    runs = sorted({run for run, _block in places})
    return [
        cast(RunVisit, visit)
        for source in site.of(Gathering)  # type: ignore[type-abstract]  # the same
        for visit in site.visits(source.kind, runs)
        if (visit.run.id, visit.block.id) in places
    ]


def invite(visit: RunVisit, only: Collection[int] | None = None) -> None:
    """Send whoever takes part in the meetings of an activity what they do not know yet (of these people, whoever else there is). The
    activity is held meanwhile."""
    visit.lock()
    kept = _kept(visit)
    takes_part = _takes_part(visit)
    people = {person for persons in takes_part.values() for person in persons} | {person for _, person in kept}
    if only is not None:
        people &= {*only, *_hosts(visit)}
    if not people:
        return
    rows = db.session.execute(_PEOPLE, {"people": sorted(people)}).all()
    for tongue in sorted({row.language for row in rows}):
        with speaking(tongue):
            [there] = _visits(visit.site, {(visit.run.id, visit.block.id)})
            meetings = {one.id: one for one in there.attendance.meetings()}
            called_off = {one.id: one.why for one in there.attendance.arranged() if one.off}
            of_tongue = [row for row in rows if row.language == tongue]
            letters = [
                (row, letter)
                for row in of_tongue
                for letter in _news(there, meetings, called_off, takes_part, row.id, kept, there.now)
            ]
            _send(there, letters)


def _kept(visit: RunVisit) -> dict[tuple[str, int], Kept]:
    found = {}
    rows = _KEPT.plain(run=visit.run.id, block=visit.block.id)
    for meeting, person, uid, sequence, starts, ends, title, place, ended in rows:
        found[meeting, person] = Kept(uid, sequence, _instant(starts), _instant(ends), title, place, bool(ended))
    return found


def _instant(value: Any) -> datetime:
    found = as_utc(value)
    assert found is not None
    return found


def _takes_part(visit: RunVisit) -> dict[str, list[int]]:
    """People by slot: those with a place, and whoever opened a time that somebody booked."""
    found: dict[str, list[int]] = {}
    booking, active = visit.booking, {member.id for member in enrolment.members(visit.run.id, "")}
    taken = {one.slot for one in booking.of() if one.number is not None}
    for slot in booking.slots():
        if slot.name in taken:
            hosts = [slot.host_id] if slot.host_id is not None else []
            found[slot.name] = [person for person in (*booking.holders(slot.name), *hosts) if person in active]
    return found


def _hosts(visit: RunVisit) -> set[int]:
    """Whoever opened times: others' places concern them too."""
    return {slot.host_id for slot in visit.booking.opened() if slot.host_id is not None}


def _news(
    visit: RunVisit, meetings: Mapping[str, Meeting], called_off: Mapping[str, str], takes_part: Mapping[str, list[int]],
    person: int, kept: Mapping[tuple[str, int], Kept], now: datetime,
) -> Iterable[Letter]:  # fmt: skip
    """What this person does not know yet, past meetings left out."""
    for one in meetings.values():
        if one.slot is None or person not in takes_part.get(one.slot, ()) or one.ends <= now:
            continue
        was = kept.get((one.id, person))
        title = titled(visit.block, one)
        if was is None:
            uid = uid_of(visit.run.id, visit.block.id, one.id)
            yield Letter("new", one.id, uid, 0, title, one.starts, one.ends, one.place)
        elif was.ended:
            yield Letter("new", one.id, was.uid, was.sequence + 1, title, one.starts, one.ends, one.place)
        elif (was.starts, was.ends, was.place) != (one.starts, one.ends, one.place[:LONGEST]):
            why = one.why if (was.starts, was.ends) != (one.starts, one.ends) else ""
            yield Letter("moved", one.id, was.uid, was.sequence + 1, title, one.starts, one.ends, one.place, why)
    for (id, owner), was in kept.items():
        if owner != person or was.ended or was.ends <= now:
            continue
        here = meetings.get(id)
        if here is not None and here.slot is not None and person in takes_part.get(here.slot, ()):
            continue
        change: Change = "gone" if here is None else "left"
        why = called_off.get(id, "")
        yield Letter(change, id, was.uid, was.sequence + 1, was.title, was.starts, was.ends, was.place, why)


def _send(visit: RunVisit, letters: list[tuple[Any, Letter]]) -> None:
    _keep(visit, letters)
    together: dict[tuple[Letter, str], list[Any]] = {}
    for row, letter in letters:
        together.setdefault((letter, row.timezone), []).append(row)
    for (letter, timezone), rows in together.items():
        sentence = REASONED.get(letter.change) if letter.why else None
        values = {"title": letter.title, "when": instant(letter.starts, timezone), "why": letter.why}
        said = Message(sentence or SENTENCES[letter.change], values)
        files = {row.id: as_file(visit, row, letter) for row in rows}
        # who took a place or gave it back knows it: the letter is for their calendar
        told = letter.change in ("moved", "gone")
        notify(visit.site, list(files), "invitation", said, visit.url(), calendars=files, on_site=told)


def _keep(visit: RunVisit, letters: list[tuple[Any, Letter]]) -> None:
    here = (Invitation.run_id == visit.run.id, Invitation.block == visit.block.id)
    fresh = []
    for row, letter in letters:
        values = {
            "sequence": letter.sequence, "starts": letter.starts, "ends": letter.ends, "title": letter.title[:LONGEST],
            "place": letter.place[:LONGEST], "ended": letter.change in ("left", "gone"), "at": visit.now, "uid": letter.uid,
        }  # fmt: skip
        own = (*here, Invitation.meeting == letter.meeting, Invitation.person_id == row.id)
        if letter.change == "new" and not letter.sequence:
            fresh.append(
                {
                    "run_id": visit.run.id,
                    "block": visit.block.id,
                    "meeting": letter.meeting,
                    "person_id": row.id,
                    **values,
                }
            )
        else:
            db.session.execute(update(Invitation).where(*own).values(**values))
    if fresh:
        db.session.execute(insert(Invitation), fresh)


def as_file(visit: RunVisit, person: Any, letter: Letter) -> str:
    """The invitation, or its end, as an iCalendar text for one person."""
    # only here: the library is a twentieth of the program's memory
    from icalendar import Calendar, vCalAddress, vText  # noqa: PLC0415 - as said
    from icalendar import Event as Entry  # noqa: PLC0415 - the same

    ended = letter.change in ("left", "gone")
    site: Site = visit.site
    calendar = Calendar()
    calendar.add("prodid", "-//Trajectory//Invitations//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if ended else "REQUEST")
    entry = Entry()
    host = urlsplit(site.config.base_url).hostname or "localhost"
    entry.add("uid", f"{letter.uid}@{host}")
    entry.add("sequence", letter.sequence)
    entry.add("dtstamp", visit.now)
    entry.add("dtstart", letter.starts)
    entry.add("dtend", letter.ends)
    entry.add("summary", letter.title)
    entry.add("status", "CANCELLED" if ended else "CONFIRMED")
    if letter.place:
        entry.add("location", letter.place)
    entry.add("description", f"{visit.course.title}\n{site.url(visit.url())}")
    entry.add("url", site.url(visit.url()))
    organizer = vCalAddress(f"mailto:{site.config.mail_from}")
    organizer.params["CN"] = vText(site.config.site_name)
    entry["organizer"] = organizer
    attendee = vCalAddress(f"mailto:{person.email}")
    name = " ".join(part for part in (person.surname, person.given_name, person.patronymic) if part)
    # whoever booked has agreed already: their program is to note it, and to answer nothing
    attendee.params.update(
        {"CN": vText(name), "ROLE": vText("REQ-PARTICIPANT"), "PARTSTAT": vText("ACCEPTED"), "RSVP": vText("FALSE")}
    )
    entry.add("attendee", attendee, encode=False)
    calendar.add_component(entry)
    return str(calendar.to_ical().decode())


def forget(person_id: int) -> None:
    """What a person was sent, removed."""
    db.session.execute(delete(Invitation).where(Invitation.person_id == person_id))


def of_person(person_id: int) -> list[dict[str, Any]]:
    """What a person was sent, for the export."""
    own = select(Invitation).where(Invitation.person_id == person_id)
    order = own.order_by(Invitation.run_id, Invitation.block, Invitation.meeting)
    return [
        {
            "run": one.run_id, "activity": one.block, "meeting": one.title, "starts": one.starts.isoformat(),
            "called_off": one.ended, "at": one.at.isoformat(),
        }
        for one in db.session.scalars(order)
    ]  # fmt: skip
