"""Who was at the meetings of an activity: noted by a tutor, shown by a word said there or by joining, declared and agreed to."""

from collections.abc import Mapping, Sequence, Set
from datetime import datetime
from typing import TYPE_CHECKING, Any

from markupsafe import Markup
from sqlalchemy import insert, update

from lms import ui
from lms.attendance import moving, rules
from lms.attendance.models import PresenceRecord
from lms.attendance.moving import titled
from lms.booking.service import check_times, gathering
from lms.db import Query, as_utc, db
from lms.i18n import Message, mark, speaking
from lms.plugin import Attended, BadInput, Meeting, Presence
from lms.rooms import service as rooms
from lms.wording import instant

if TYPE_CHECKING:
    from lms.visit import RunVisit  # a visit has attendance, not the other way round

_COLUMNS = (
    "SELECT person_id, meeting, state, source, minutes, at, evidence, tries FROM attendance"
    " WHERE run_id = :run AND block = :block"
)
_ALL = Query(_COLUMNS)
_OF_PERSON = Query(_COLUMNS + " AND person_id = :person")
_PEOPLE = Query("SELECT id, language, timezone FROM person WHERE id IN :people AND erased_at IS NULL ORDER BY id")
LONGEST_EVIDENCE = 2000
KEPT = "meetings"
"""Under which name the core keeps what staff moved."""


class BlockAttendance:
    """What `lms.plugin.Attendance` promises."""

    def __init__(self, visit: "RunVisit") -> None:
        self.visit = visit
        self._here = {"run": visit.run.id, "block": visit.block.id}

    @property
    def board(self) -> str:
        """Address of the table of planned and present."""
        return f"{self.visit.run.base}attendance/{self.visit.block.id}"

    # ------------------------------------------------------------------ read

    def of(self, person_id: int | None = None) -> dict[tuple[int, str], Presence]:
        """What is known, by person and meeting. One statement."""
        if person_id is None:
            rows = _ALL.plain(**self._here)
        else:
            rows = _OF_PERSON.plain(**self._here, person=person_id)
        return {(row[0], row[1]): _presence(row) for row in rows}

    def address(self, meeting: Meeting) -> str:
        """Where people join a meeting: its link, or the page that leads to a room of the house."""
        return rooms.address(self.visit, meeting)

    def arranged(self) -> list[Meeting]:
        """The meetings of the course as they are in this run."""
        source = gathering(self.visit)
        planned = source.meetings(self.visit) if source is not None else ()
        moves = moving.read(self.visit.kept(0, KEPT)) if planned else {}
        return [moving.moved(one, moves.get(one.id)) for one in planned]

    def planned(self) -> list[Meeting]:
        """Those that are not called off."""
        return [one for one in self.arranged() if not one.off]

    def time_address(self, meeting: Meeting) -> str:
        """Where staff move it or call it off."""
        return f"{self.board}/{meeting.id}/time"

    def meetings(self) -> list[Meeting]:
        """All meetings that are planned here, times that staff opened included."""
        source = gathering(self.visit)
        planned = self.planned()
        if source is not None and source.appointments(self.visit):
            planned += [slot.meeting for slot in self.visit.booking.opened() if slot.meeting is not None]
        return planned

    def attended(self, person_id: int) -> Attended:
        """Where a person was, out of what the kind plans; times that people booked for themselves are counted by nobody."""
        return attended(self.planned(), person_id, self.of(person_id))

    # ------------------------------------------------------------------ what learners show

    def enter_code(self, meeting: Meeting, word: str) -> rules.Answer:
        """Show by the word of a meeting that one was there."""
        found = self._held(meeting.id, self.visit.person.id)
        state, tries = (found.state, found.tries) if found else ("", 0)
        given = rules.answer(meeting, word, state, tries, self.visit.now)
        if given == "right":
            self._put(meeting.id, self.visit.person.id, state="present", source="code")
            self._changed([self.visit.person.id])
        elif given == "wrong":
            self._put(meeting.id, self.visit.person.id, tries=tries + 1)
        return given

    def join(self, meeting: Meeting) -> None:
        """Somebody follows the link; where that counts, they are there. Raises BadInput when there is nothing to join."""
        if not meeting.link or not rules.may_join(meeting, self.visit.now):
            raise BadInput(Message(mark("This meeting cannot be joined now.")))
        if not meeting.by_link:
            return
        found = self._held(meeting.id, self.visit.person.id)
        if found is None or found.state in ("", "declared"):
            self._put(meeting.id, self.visit.person.id, state="present", source="link")
            self._changed([self.visit.person.id])

    def declare(self, meeting: Meeting, evidence: str) -> None:
        """Somebody says that they were there, and what shows it; a tutor agrees or not. Raises BadInput."""
        if not meeting.by_word or not rules.may_show(meeting, self.visit.now):
            raise BadInput(Message(mark("It can no longer be said here. Write to the tutor.")))
        evidence = " ".join(evidence.split())
        if len(evidence) < rules.LEAST_EVIDENCE:
            raise BadInput(
                Message(mark("Say in a sentence or two what was spoken about, so that the tutor can agree."))
            )
        if len(evidence) > LONGEST_EVIDENCE:
            sentence = mark("At most {most} characters, please.")
            raise BadInput(Message(sentence, {"most": LONGEST_EVIDENCE}))
        found = self._held(meeting.id, self.visit.person.id)
        if found is not None and found.state == "absent":
            raise BadInput(
                Message(mark("The tutor has noted that you were absent. If that is a mistake, write to the tutor."))
            )
        if found is None or found.state != "present":
            self._put(meeting.id, self.visit.person.id, state="declared", source="word", evidence=evidence)
            self._changed([self.visit.person.id])

    # ------------------------------------------------------------------ what tutors note

    def note(
        self, meetings: Sequence[Meeting], shown: Set[tuple[int, str]], ticked: Set[tuple[int, str]],
    ) -> int:  # fmt: skip
        """Take over what a tutor changed in a table. Returns how many marks changed."""
        self.visit.lock()
        people = {member.id for member in self.visit.people()}
        known, ids = self.of(), {meeting.id for meeting in meetings}
        changed: dict[int, None] = {}
        count = 0
        for person, meeting in sorted(shown ^ ticked):
            if person not in people or meeting not in ids:
                continue
            state = "present" if (person, meeting) in ticked else "absent"
            found = known.get((person, meeting))
            if (found.state if found else "") == state or (found is None and state == "absent"):
                continue
            self._put(meeting, person, state=state, source="tutor", by_id=self.visit.person.id or None)
            changed[person] = None
            count += 1
        self._changed(list(changed))
        return count

    def note_sheet(self, meeting: Meeting, entries: Mapping[int, tuple[bool, int | None]]) -> int:
        """Say of these people whether they were at a meeting, and for how many minutes (None: all of it). Returns how many marks
        changed. Raises BadInput for more minutes than it lasted."""
        if any(minutes is not None and not 0 < minutes <= meeting.minutes for _, minutes in entries.values()):
            raise BadInput(
                Message(
                    mark("The meeting lasted {most} minutes: write a number from 1 to {most}."),
                    {"most": meeting.minutes},
                )
            )
        self.visit.lock()
        people = {member.id for member in self.visit.people()}
        known = self.of()
        changed = []
        for person, (present, given) in entries.items():
            state, minutes = ("present", None if given == meeting.minutes else given) if present else ("absent", None)
            found = known.get((person, meeting.id))
            if person in people and (found is None or (found.state, found.minutes) != (state, minutes)):
                by = self.visit.person.id or None
                self._put(meeting.id, person, state=state, source="tutor", minutes=minutes, by_id=by)
                changed.append(person)
        self._changed(changed)
        return len(changed)

    # ------------------------------------------------------------------ what tutors move

    def move(self, meeting: Meeting, starts: datetime, ends: datetime, why: str) -> None:
        """Let a meeting of the course take place at another time in this run; whoever takes part is told. Raises BadInput when that is
        past."""
        check_times(starts, ends, self.visit.now)
        self._arrange(meeting.id, moving.Moved(starts=starts, ends=ends, why=_one_line(why)), moving.MOVED)

    def call_off(self, meeting: Meeting, why: str) -> None:
        """Let it not take place in this run; it counts for nobody. Raises BadInput without a reason."""
        if not _one_line(why):
            raise BadInput(Message(mark("Say why, in a sentence.")))
        self._arrange(meeting.id, moving.Moved(why=_one_line(why)), moving.CALLED_OFF)

    def as_planned(self, meeting: Meeting) -> None:
        """Let it take place when the course says, after all."""
        self._arrange(meeting.id, None, moving.AS_PLANNED)

    def _arrange(self, id: str, change: moving.Moved | None, said: str) -> None:
        visit = self.visit
        visit.lock()
        kept = dict(moving.read(visit.kept(0, KEPT)))
        if kept.get(id) == change:
            return
        kept.pop(id, None)
        if change is not None:
            kept[id] = change
        visit.keep(0, KEPT, moving.Moves(meetings=kept).model_dump_json())
        meeting = next(one for one in self.arranged() if one.id == id)
        holders: list[int] = []
        told = [member.id for member in visit.people()] if meeting.slot is None else []
        if meeting.slot is not None:
            # whoever has a place reads it in the letter that changes their calendar
            holders = visit.booking.holders(meeting.slot)
            told = visit.booking.waiting(meeting.slot)
        told += [member.id for member in visit.people("tutor") if member.id != visit.person.id]
        self._tell(told, id, said)
        # what attendance comes to is another share of what is planned, for whoever has something to count
        counted = {person for person, _meeting in self.of()} | {person for person, _item in visit.results()}
        visit.booking.changed([*holders, *sorted(counted & {member.id for member in visit.people()})])

    def _tell(self, people: Sequence[int], id: str, said: str) -> None:
        """Tell each in their language and zone."""
        visit = self.visit
        rows = _PEOPLE.plain(people=list(people)) if people else []
        for tongue, timezone in sorted({(language, zone) for _person, language, zone in rows}):
            with speaking(tongue):
                there = visit.edition(visit.run.revision_id, tongue) or visit
                meeting = next(one for one in there.attendance.arranged() if one.id == id)
                values = {
                    "title": titled(there.block, meeting),
                    "when": instant(meeting.starts, timezone),
                    "why": meeting.why,
                }
            visit.notify([person for person, *own in rows if own == [tongue, timezone]], Message(said, values))

    # ------------------------------------------------------------------ shown

    def change(self, meeting: Meeting) -> Markup:
        """That it is moved or called off, and why."""
        if not (meeting.off or meeting.was):
            return Markup()
        return ui.render("attendance/change.html", meeting=meeting)

    def show(self, meeting: Meeting, takes_part: bool, presence: Presence | None) -> Markup:
        """Where a learner stands at this meeting, and what they may do."""
        if meeting.off:
            return Markup()
        now = self.visit.now
        state = presence.state if presence else ""
        tries = rules.MOST_TRIES - (presence.tries if presence else 0)
        open_now = takes_part and state in ("", "declared") and rules.may_show(meeting, now)
        return ui.render(
            "attendance/part.html", meeting=meeting, presence=presence,
            takes_part=takes_part, joins=takes_part and bool(meeting.link) and rules.may_join(meeting, now),
            link=self.address(meeting), link_later=bool(meeting.link) and meeting.when(now) != "past",
            takes_code=open_now and bool(meeting.code) and tries > 0, tries=tries,
            takes_word=open_now and meeting.by_word and state == "", until=meeting.ends + rules.ACCEPTED,
            here=f"{self.board}/{meeting.id}", csrf=self.visit.csrf,
        )  # fmt: skip

    # ------------------------------------------------------------------ write

    def _held(self, meeting: str, person_id: int) -> Presence | None:
        self.visit.lock()
        return self.of(person_id).get((person_id, meeting))

    def _put(self, meeting: str, person_id: int, **values: Any) -> None:
        key = {"run_id": self.visit.run.id, "block": self.visit.block.id, "meeting": meeting, "person_id": person_id}
        whole = {"at": self.visit.now, **values}
        own = [getattr(PresenceRecord, name) == value for name, value in key.items()]
        changed = db.session.execute(update(PresenceRecord).where(*own).values(**whole))
        if not changed.rowcount:  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult
            fresh = {"state": "", "source": "", "evidence": "", "tries": 0}
            db.session.execute(insert(PresenceRecord), [{**key, **fresh, **whole}])

    def _changed(self, people: Sequence[int]) -> None:
        source = gathering(self.visit)
        if source is not None and people:
            source.changed(self.visit, people)


def attended(planned: Sequence[Meeting], person_id: int, known: Mapping[tuple[int, str], Presence]) -> Attended:
    """Where a person was: meetings that are no more do not count."""
    there = [(one, known.get((person_id, one.id))) for one in planned]
    were = [(one, found) for one, found in there if found is not None and found.state == "present"]
    minutes = sum(one.minutes if found.minutes is None else found.minutes for one, found in were)
    return Attended(tuple(one.id for one, _ in were), len(planned), minutes)


def _one_line(text: str) -> str:
    return " ".join(text.split())[: moving.LONGEST_REASON]


def _presence(row: tuple[Any, ...]) -> Presence:
    person, meeting, state, source, minutes, at, evidence, tries = row
    found = as_utc(at)
    assert isinstance(found, datetime)
    return Presence(person, meeting, state, source, minutes, found, evidence, tries)
