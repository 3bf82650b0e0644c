"""What attendance, short tasks and the design come to, for a person. Pure."""

from __future__ import annotations

from lms.plugin import Message, Result, State, mark
from lms_seminar import rules
from lms_seminar.format import SeminarSettings
from lms_seminar.store import Standing

DESIGNS = {
    "": mark("The design is not handed in yet."),
    "draft": mark("The group has handed in a draft of its design."),
    "waiting": mark("The final design waits for the tutor."),
    "returned": mark("The final design is still to be handed in."),
    "accepted": mark("The design is accepted."),
}
"""By how far it is."""


def of(settings: SeminarSettings, standing: Standing, planned: int) -> Result:
    """The result of a person out of so many planned sessions: it takes enough of them, all short tasks, and an accepted design."""
    tasks = [session.id for session in settings.tasks]
    done = [id for id in tasks if id in standing.tasks]
    attended = len(standing.attended)
    said = [Message(mark("{attended} of {total} sessions attended."), {"attended": attended, "total": planned})]
    if not planned:
        said = [
            Message(mark("All sessions are called off, so none can be attended: ask the tutor what to do instead."))
        ]
    if tasks:
        said.append(Message(mark("{done} of {total} short tasks handed in."), {"done": len(done), "total": len(tasks)}))
    if settings.design:
        said.append(Message(DESIGNS[standing.design]))
    complete = (
        rules.enough(attended, planned, settings.need)
        and len(done) == len(tasks)
        and (not settings.design or standing.design == "accepted")
    )
    state: State = "complete" if complete else "started"
    if not complete and settings.design and standing.design in ("waiting", "returned"):
        state = "waiting" if standing.design == "waiting" else "returned"
    return Result(complete, state=state, explanation=_joined(said))


def _joined(said: list[Message]) -> Message:
    found = said[0]
    for one in said[1:]:
        found = Message(mark("{first} {second}"), {"first": found, "second": one})
    return found
