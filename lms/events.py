"""Facts the core states, in the past tense. A handler gets one of these and answers nothing."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Event:
    """Base of all facts."""


@dataclass(frozen=True)
class Enrolled(Event):
    """A person became an active member of a run."""

    run_id: int
    person_id: int
    role: str


@dataclass(frozen=True)
class Withdrawn(Event):
    """A person left a run or was taken out of it."""

    run_id: int
    person_id: int


@dataclass(frozen=True)
class RoleChanged(Event):
    """A member of a run has another role now."""

    run_id: int
    person_id: int
    role: str


@dataclass(frozen=True)
class CoursePublished(Event):
    """A course has a new current revision; `before` is None for the first."""

    course_id: int
    before: int | None
    after: int


@dataclass(frozen=True)
class RunMoved(Event):
    """A run was moved from one revision of its course to another. What is kept under former ids has its present ones already."""

    run_id: int
    before: int
    after: int


@dataclass(frozen=True)
class PlacesChanged(Event):
    """These people took or gave back a place in an activity, or it now is at another time."""

    run_id: int
    block: str
    people: tuple[int, ...]


@dataclass(frozen=True)
class ResultRecorded(Event):
    """A result of a person was stored; `item` is a lesson's, an activity's or a part's id."""

    run_id: int
    person_id: int
    item: str
    state: str
    completed: bool


@dataclass(frozen=True)
class CourseCompleted(Event):
    """A learner fulfils the course's completion rule for the first time."""

    run_id: int
    person_id: int


@dataclass(frozen=True)
class CertificateIssued(Event):
    """A certificate was entered in the register."""

    certificate_id: int
    run_id: int
    person_id: int


@dataclass(frozen=True)
class Tick(Event):
    """Time passed: `since` is the previous tick, `now` this one (both UTC). Handlers act on what became due in between,
    and must be harmless when called twice for the same span."""

    since: datetime
    now: datetime
