"""What the seminar keeps of a person for the card in the lesson, and its sessions as meetings of the run."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pydantic import BaseModel

from lms.plugin import Meeting, Slot, Visit
from lms_seminar import notes
from lms_seminar.format import SeminarSettings

SEATS = "seminar"
"""What the slot is called in which people have their seats: one for all sessions."""
DESIGN = "design"
TASK = "task-"
"""What is handed in: the design of a group, and short tasks by the id of their session."""


class Standing(BaseModel):
    """How a person stands, for the card in the lesson: kept by the core as the person's answer. `seat`: "", "seat" or
    "waiting"; `planned`: sessions that their result counts (None: it says nothing yet); `minutes`: how long they were at the
    sessions they `attended`; `tasks`: sessions whose short task they handed in; `design`: how far that of their group is ("",
    "draft", "waiting", "returned" or "accepted")."""

    seat: str = ""
    planned: int | None = None
    attended: tuple[str, ...] = ()
    minutes: int = 0
    tasks: tuple[str, ...] = ()
    design: str = ""


def standing(visit: Visit) -> Standing:
    """How this person stands. No statement in a lesson."""
    return visit.answer(Standing) or Standing()


def takes_part(visit: Visit) -> bool:
    """Whether this learner has a seat, or none is needed. No statement in a lesson."""
    return visit.role == "learner" and (visit.settings.seats is None or standing(visit).seat == "seat")


def meetings(visit: Visit) -> list[Meeting]:
    """The sessions as the author planned them, in the order they are written. No statement in a lesson."""
    settings: SeminarSettings = visit.settings
    slot = SEATS if settings.seats is not None else None
    found = []
    for one in settings.sessions:
        where = notes.where(visit, one)
        found.append(
            Meeting(
                one.id, one.title, visit.at(one.starts), visit.at(one.ends), where.place, where.link, slot, one.code,
                by_link="link" in settings.evidence, by_word="word" in settings.evidence,
            )
        )  # fmt: skip
    return found


def meeting(visit: Visit, session: str) -> Meeting:
    """A session as it is in this run. Raises StopIteration for one that is not of this seminar."""
    return next(one for one in visit.attendance.arranged() if one.id == session)


def ahead(visit: Visit) -> Meeting | None:
    """The session that is going on or comes next."""
    return next_of(visit.attendance.planned(), visit.now)


def next_of(planned: Sequence[Meeting], now: datetime) -> Meeting | None:
    """The one of these that is going on or comes next."""
    return min((one for one in planned if now < one.ends), key=lambda one: one.starts, default=None)


def seats(visit: Visit) -> Slot:
    """The seats, given out until the last session is over."""
    settings: SeminarSettings = visit.settings
    return Slot(SEATS, visit.block.title, settings.seats, max(one.ends for one in visit.attendance.arranged()))
