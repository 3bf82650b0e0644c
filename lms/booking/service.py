"""Places in slots: taken, waited for, given back; never more than there are, whoever asks at the same time."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select, update

from lms.booking import rules
from lms.booking.models import PlaceRecord, SlotRecord
from lms.db import Query, as_utc, db
from lms.enrolment import service as enrolment
from lms.events import PlacesChanged
from lms.i18n import Message, language, mark
from lms.plugin import Appointments, BadInput, Booked, CalendarEntry, Gathering, Meeting, Run, Slot, Team, Visit
from lms.teams.models import TeamMember

if TYPE_CHECKING:
    from lms.visit import RunVisit  # a visit has places to give, not the other way round

_COLUMNS = (
    "SELECT id, slot, person_id, number, since, team_id FROM booking_place WHERE run_id = :run AND block = :block"
)
_ALL = Query(_COLUMNS + " ORDER BY id")
_OF_SLOT = Query(_COLUMNS + " AND slot = :slot ORDER BY id")
_OF_PERSON = Query(
    _COLUMNS + " AND (person_id = :person OR team_id IN"  # noqa: S608 - constants
    " (SELECT team_id FROM team_member WHERE run_id = :run AND block = :block AND person_id = :person)) ORDER BY id"
)
_OPENED = Query(
    "SELECT id, purpose, starts, ends, seats, place, host_id FROM booking_slot"
    " WHERE run_id = :run AND block = :block AND called_off_at IS NULL ORDER BY starts, id"
)
_AGENDA = Query(
    "SELECT s.run_id, s.block, s.id, s.purpose, s.starts, s.ends, s.place FROM booking_slot s WHERE s.run_id IN :runs"
    " AND s.called_off_at IS NULL AND EXISTS (SELECT 1 FROM booking_place b WHERE b.run_id = s.run_id AND b.block = s.block"
    "  AND b.slot = 'slot-' || s.id AND b.number IS NOT NULL AND (s.host_id = :person OR b.person_id = :person OR b.team_id IN"
    "   (SELECT team_id FROM team_member WHERE person_id = :person))) ORDER BY s.starts, s.id"
)
BECAME_FREE = mark("A seat has become free: you take part in “{title}”.")
TOO_LATE = mark("It is too late to take a place here.")


def gathering(visit: "RunVisit | Visit") -> Gathering | None:
    """What the block's kind says about its meetings and places, or None."""
    sources: Sequence[Gathering] = visit.site.of(Gathering)  # type: ignore[type-abstract]  # the registry gives what derives from it
    return next((one for one in sources if one.kind == visit.block.kind), None)


class BlockBooking:
    """What `lms.plugin.Booking` promises."""

    def __init__(self, visit: "RunVisit") -> None:
        self.visit = visit
        self._here = {"run": visit.run.id, "block": visit.block.id}

    @property
    def page(self) -> str:
        """Address of the page with the times that staff opened."""
        return f"{self.visit.run.base}booking/{self.visit.block.id}"

    # ------------------------------------------------------------------ read

    def of(self, slot: str | None = None, person_id: int | None = None) -> list[Booked]:
        """Places and who waits, in the order they asked. One statement."""
        if person_id is not None:
            rows = _OF_PERSON.plain(**self._here, person=person_id)
        elif slot is not None:
            rows = _OF_SLOT.plain(**self._here, slot=slot)
        else:
            rows = _ALL.plain(**self._here)
        return [_booked(row) for row in rows if slot is None or row[1] == slot]

    def opened(self, purpose: str = "") -> list[Slot]:
        """Times that staff opened, by date. One statement."""
        source = gathering(self.visit)
        known = source.appointments(self.visit) if source is not None else ()
        titles = {one.name: one.title for one in known}
        found = []
        for id, of_purpose, starts, ends, seats, place, host in _OPENED.plain(**self._here):
            if not purpose or of_purpose == purpose:
                title = titles.get(of_purpose, self.visit.block.title)
                found.append(_slot(id, of_purpose, title, _instant(starts), _instant(ends), seats, place, host))
        return found

    def slots(self) -> list[Slot]:
        """Everything people have places in here."""
        source = gathering(self.visit)
        return [*(source.slots(self.visit) if source is not None else ()), *self.opened()]

    def holders(self, slot: str) -> list[int]:
        """Who has a place, members of teams included."""
        return self._people(one for one in self.of(slot) if one.number is not None)

    def waiting(self, slot: str) -> list[int]:
        """Who waits for a place, members of teams included."""
        return self._people(one for one in self.of(slot) if one.number is None)

    def _people(self, places: Iterable[Booked]) -> list[int]:
        places = list(places)
        members: dict[int, list[int]] = {}
        if any(one.team_id for one in places):
            members = {team.id: [one.id for one in team.members] for team in self.visit.teams.all()}
        found: dict[int, None] = {}
        for one in places:
            found.update(dict.fromkeys([one.person_id] if one.team_id is None else members.get(one.team_id, ())))
        return list(found)

    # ------------------------------------------------------------------ take and give back

    def take(self, slot: Slot, person_id: int | None = None, team: Team | None = None) -> Booked:
        """A place, or the last on the waiting list."""
        self.visit.lock()
        if slot.until is not None and self.visit.now >= slot.until:
            raise BadInput(Message(TOO_LATE))
        person = person_id or self.visit.person.id
        own = {"person_id": None, "team_id": team.id} if team is not None else {"person_id": person, "team_id": None}
        found = self._find(slot.name, **own)
        if found is None:
            values = {
                "slot": slot.name, **own, "number": None, "since": self.visit.now, "run_id": self.visit.run.id,
                "block": self.visit.block.id,
            }  # fmt: skip
            db.session.execute(insert(PlaceRecord), [values])
            # whoever asked earlier comes first, should a place be free
            lucky = self._fill(slot)
            found = self._find(slot.name, **own)
            assert found is not None
            self.changed([*lucky, *self._people([found])])
        return found

    def leave(self, slot: Slot, person_id: int | None = None) -> None:
        """Give a place back; the next one gets it."""
        self.visit.lock()
        mine = self.of(slot.name, person_id or self.visit.person.id)
        if mine:
            people = self._people(mine)
            self._remove([one.id for one in mine])
            self.changed([*people, *self._fill(slot)])

    def fill(self, slot: Slot) -> list[int]:
        """Give free places to those who wait longest."""
        self.visit.lock()
        lucky = self._fill(slot)
        if lucky:
            self.changed(lucky)
        return lucky

    def _find(self, slot: str, person_id: int | None, team_id: int | None) -> Booked | None:
        owner = (person_id or 0, team_id)
        return next((one for one in self.of(slot) if (one.person_id, one.team_id) == owner), None)

    def _remove(self, ids: Sequence[int]) -> None:
        db.session.execute(delete(PlaceRecord).where(PlaceRecord.id.in_(ids)))

    def _fill(self, slot: Slot) -> list[int]:
        places = self.of(slot.name)
        waiting = [one for one in places if one.number is None]
        if not waiting:
            return []
        # without a limit everybody who waits gets in
        seats = slot.seats if slot.seats is not None else len(places)
        numbers = rules.free_numbers(seats, {one.number for one in places if one.number is not None})
        lucky = list(zip(waiting, numbers, strict=False))
        for place, number in lucky:
            db.session.execute(update(PlaceRecord).where(PlaceRecord.id == place.id).values(number=number))
        people = self._people(place for place, _number in lucky)
        told = [person for person in people if person != self.visit.person.id]
        if told:
            self.visit.notify(told, Message(BECAME_FREE, {"title": slot.title}))
        return people

    def changed(self, people: Sequence[int]) -> None:
        """Tell the kind, and whoever invites people, that these people's places are others now."""
        once = tuple(dict.fromkeys(people))
        source = gathering(self.visit)
        if source is not None and once:
            source.changed(self.visit, once)
        self.visit.site.emit(PlacesChanged(self.visit.run.id, self.visit.block.id, once))

    # ------------------------------------------------------------------ times that staff open

    def open(self, wanted: Appointments, starts: datetime, ends: datetime, seats: int, place: str) -> None:
        """Open a time. Raises BadInput when it is past or has no length."""
        check_times(starts, ends, self.visit.now)
        values = {
            "purpose": wanted.name, "starts": starts, "ends": ends, "seats": seats, "place": place[:300],
            "host_id": self.visit.person.id, "run_id": self.visit.run.id, "block": self.visit.block.id,
        }  # fmt: skip
        db.session.execute(insert(SlotRecord), [values])

    def move(self, slot: Slot, starts: datetime, ends: datetime, place: str) -> None:
        """Give a time another date, hour or place; its holders are invited anew."""
        self.visit.lock()
        check_times(starts, ends, self.visit.now)
        own = (SlotRecord.id == slot_id(slot.name), SlotRecord.run_id == self.visit.run.id)
        db.session.execute(update(SlotRecord).where(*own).values(starts=starts, ends=ends, place=place[:300]))
        self.changed(self.holders(slot.name))

    def call_off(self, slot: Slot) -> None:
        """Take a time back. Its places are gone; who had one is told by the invitation's end."""
        self.visit.lock()
        places = self.of(slot.name)
        people = self._people(places)
        self._remove([one.id for one in places])
        own = (SlotRecord.id == slot_id(slot.name), SlotRecord.run_id == self.visit.run.id)
        db.session.execute(update(SlotRecord).where(*own).values(called_off_at=self.visit.now))
        self.changed(people)


def check_times(starts: datetime, ends: datetime, now: datetime) -> None:
    """Raises BadInput for a time that is past or has no length."""
    if starts <= now:
        raise BadInput(Message(mark("Choose a time that is still to come.")))
    if ends <= starts:
        raise BadInput(Message(mark("It ends before it begins.")))


def _booked(row: tuple[Any, ...]) -> Booked:
    id, slot, person, number, since, team = row
    return Booked(id, slot, person or 0, number, _instant(since), team)


def _instant(value: Any) -> datetime:
    found = as_utc(value)
    assert found is not None
    return found


def _slot(
    id: int, purpose: str, title: str, starts: datetime, ends: datetime, seats: int, place: str, host: int
) -> Slot:  # fmt: skip
    name = slot_name(id)
    meeting = Meeting(name, title, starts, ends, place, slot=name)
    return Slot(name, title, seats, starts, purpose, meeting, host)


def slot_name(id: int) -> str:
    """How a time that staff opened is named among the slots of its activity."""
    return f"slot-{id}"


def slot_id(name: str) -> int:
    """The number of a time that staff opened; 0 for other slots."""
    number = name.removeprefix("slot-")
    return int(number) if name != number and number.isascii() and number.isdigit() and len(number) < 18 else 0


# ------------------------------------------------------------------------------------------- people who go, time that passes


def give_back_all(site: Any, run_id: int, person_id: int) -> None:
    """Somebody left the run, or leads it now: their places go to the next ones. A team's place stays while others of it are here."""
    own = (PlaceRecord.run_id == run_id, PlaceRecord.person_id == person_id)
    teams = (
        PlaceRecord.run_id == run_id,
        PlaceRecord.team_id.in_(select(TeamMember.team_id).where(TeamMember.person_id == person_id)),
    )
    blocks = set(db.session.scalars(select(PlaceRecord.block).where(*own)))
    blocks |= set(db.session.scalars(select(PlaceRecord.block).where(*teams)))
    if not blocks:
        return
    visits = [visit for visit in _visits(site, [run_id]) if visit.block.id in blocks]
    for visit in visits:
        visit.lock()
    active = {member.id for member in enrolment.members(run_id)}
    db.session.execute(delete(PlaceRecord).where(*own))
    for visit in visits:
        booking = BlockBooking(visit)
        here = {team.id for team in visit.teams.all() if any(one.id in active for one in team.members)}
        booking._remove([one.id for one in booking.of() if one.team_id is not None and one.team_id not in here])
        lucky = [person for slot in booking.slots() for person in booking._fill(slot)]
        booking.changed([person_id, *lucky])


def fill_all(site: Any) -> None:
    """There may be more places than before: an author raised their number, or an account was erased."""
    runs = db.session.scalars(select(PlaceRecord.run_id).where(PlaceRecord.number.is_(None)).distinct()).all()
    if not runs:
        return

    def fill(visit: Any) -> None:
        booking = BlockBooking(visit)
        for slot in booking.slots():
            booking.fill(slot)

    for source in site.of(Gathering):
        site.each(source.kind, fill, runs)


def _visits(site: Any, runs: Sequence[int]) -> list[Any]:
    return [visit for source in site.of(Gathering) for visit in site.visits(source.kind, runs)]


# ------------------------------------------------------------------------------------------- the agenda


def agenda(site: Any, person_id: int, runs: Sequence[Run]) -> list[CalendarEntry]:
    """Times that a person or their team booked, and those of their own that somebody booked. One statement."""
    found = []
    here = {run.id: run for run in runs}
    if not here:
        return []
    for run_id, block, id, purpose, starts, ends, place in _AGENDA.plain(runs=list(here), person=person_id):
        run = here[run_id]
        item = site.library.outline(run.revision_id, language()).items.get(block)
        title = item.title if item is not None else ""
        address = f"{run.base}booking/{block}"
        uid = rules.uid_of(run_id, block, slot_name(id))
        found.append(CalendarEntry(uid, title or purpose, _instant(starts), _instant(ends), address, place))
    return found
