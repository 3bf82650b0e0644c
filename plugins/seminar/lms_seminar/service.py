"""What people do with a seminar: take a seat and give it back; what their attendance and their works come to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lms.plugin import BadInput, Gathering, Meeting, Message, Slot, Step, Visit, mark
from lms_seminar import outcome, store
from lms_seminar.format import SeminarSettings


class Gone(Exception):
    """There is no such thing in this seminar."""


def take_seat(visit: Visit) -> str:
    """Take a seat, or the last place on the waiting list; returns "seat" or "waiting". Taken twice, it stays the same.

    Raises BadInput when the last session is over, Gone where seats are not limited.
    """
    if visit.settings.seats is None:
        raise Gone
    if store.ahead(visit) is None:
        raise BadInput(Message(mark("The last session is over.")))
    return "seat" if visit.booking.take(store.seats(visit)).number is not None else "waiting"


def leave_seat(visit: Visit) -> None:
    """Give the seat (or the place on the waiting list) back; the next one gets it."""
    visit.booking.leave(store.seats(visit))


class Sessions(Gathering):
    """The sessions as meetings, the seats, and what attendance comes to."""

    kind = "seminar"

    def meetings(self, visit: Visit) -> Sequence[Meeting]:
        """The sessions."""
        return store.meetings(visit)

    def slots(self, visit: Visit) -> Sequence[Slot]:
        """The seats; without a limit any more everybody who waits gets in."""
        return [store.seats(visit)]

    def changed(self, visit: Visit, people: Sequence[int]) -> None:
        """Bring results in line with attendance, and keep for the lesson how everybody stands."""
        settle(visit, people)


def settle(visit: Visit, people: Sequence[int]) -> None:
    """Bring the results of these people in line with what they attended and handed in, and keep for the lesson how they stand."""
    if not people:
        return
    before, steps, keys = visit.answers(store.Standing), _steps(visit), _owners(visit)
    for person in people:
        places = visit.booking.of(store.SEATS, person)
        seat = "" if not places else "waiting" if places[0].number is None else "seat"
        attended = visit.attendance.attended(person)
        own = steps.get(keys.get(person, f"person:{person}"), {})
        now = store.Standing(
            seat=seat, attended=tuple(sorted(attended.meetings)), minutes=attended.minutes,
            tasks=tuple(sorted(_handed_in(own))), design=_design(visit, own.get(store.DESIGN, Step()).state),
        )  # fmt: skip
        was = before.get(person, store.Standing())
        if any(one.model_copy(update={"seat": ""}) != store.Standing() for one in (was, now)):
            now = now.model_copy(update={"planned": attended.planned})
        if now.model_copy(update={"seat": was.seat}) != was:
            visit.record(outcome.of(visit.settings, now, attended.planned), person)
        if now != was:
            visit.save_answer(now, person)


def _steps(visit: Visit) -> Mapping[str, Mapping[str, Step]]:
    settings: SeminarSettings = visit.settings
    return visit.submissions.steps() if settings.tasks or settings.design else {}


def _owners(visit: Visit) -> Mapping[int, str]:
    """By whose works the people of groups stand."""
    if visit.settings.team_most == 1:
        return {}
    return {member.id: f"team:{team.id}" for team in visit.teams.all() for member in team.members}


def _handed_in(steps: Mapping[str, Step]) -> list[str]:
    return [
        stage.removeprefix(store.TASK) for stage, step in steps.items()
        if stage.startswith(store.TASK) and step.state not in ("open", "draft")
    ]  # fmt: skip


def _design(visit: Visit, state: str) -> str:
    """What was handed in before the final designs is a draft."""
    if state in ("open", "draft"):
        return ""
    return "draft" if state == "waiting" and visit.phases.reached != "final" else state
