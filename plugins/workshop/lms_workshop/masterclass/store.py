"""What a master class keeps beside the attempts, critiques and who writes them, which are the core's."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from pydantic import BaseModel

from lms.plugin import Visit
from lms_workshop.masterclass.rules import Situation

STAGE = "attempt"
"""The one thing that is handed in: the second attempt is a later version of the first."""


class Shared(BaseModel):
    """How far the whole group is: kept by the core as the activity's shared value."""

    drawn_at: datetime | None = None
    """When critiques were handed out."""
    first: dict[str, int] = {}
    """From then on: the version that is each owner's first attempt."""


class Standing(BaseModel):
    """How far a participant is, for the card in the lesson: kept by the core as the person's answer. `step` is that which the result
    was recorded for."""

    first: bool = False
    second: bool = False
    given: int = 0
    needed: int = 0
    step: str = ""


class Attempts(NamedTuple):
    """The versions of one owner that count; `second` is 0 before there is one."""

    owner: str
    title: str
    first: int
    second: int


def shared(visit: Visit) -> Shared:
    """How far the group is."""
    return visit.shared(Shared) or Shared()


def situation(visit: Visit, standing: Standing | None = None) -> Situation:
    """Where the master class and a participant (by default this person) are. Asks the database nothing."""
    found = standing or visit.answer(Standing) or Standing()
    return Situation(begun(visit), found.first, found.second, found.given, found.needed)


def begun(visit: Visit) -> Sequence[str]:
    """The phases that have begun."""
    return [one.phase.name for one in visit.phases.timeline() if one.state in ("past", "now")]


def attempts(visit: Visit) -> Mapping[str, Attempts]:
    """Everybody's attempts by owner: before critiques are handed out the latest version is the first attempt. One statement."""
    first = shared(visit).first
    found: dict[str, Attempts] = {}
    for line in visit.submissions.lines():
        if line.state == "draft":
            continue
        frozen = first.get(line.owner)
        if frozen is None:
            found[line.owner] = Attempts(line.owner, line.title, line.id, 0)
        else:
            found[line.owner] = Attempts(line.owner, line.title, frozen, line.id if line.id > frozen else 0)
    return found


def person_of(owner: str) -> int:
    """Whose an attempt is: everybody tries alone."""
    return int(owner.partition(":")[2])


def subject(id: int) -> str:
    """How critiques name a version."""
    return f"submission:{id}"
