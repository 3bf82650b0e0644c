"""How it is kept that staff moved or called off a planned meeting in a run, and in which words people are told. Pure."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from courses.blocks import Block
from lms.i18n import mark
from lms.plugin import Meeting

MOVED = mark("“{title}” is moved: {when}. Reason: {why}")
CALLED_OFF = mark("“{title}”, {when}, is called off. Reason: {why}")
AS_PLANNED = mark("“{title}” takes place as it was planned: {when}.")
LONGEST_REASON = 300


class Moved(BaseModel):
    """When a meeting takes place instead; without instants it is called off."""

    starts: datetime | None = None
    ends: datetime | None = None
    why: str = ""


class Moves(BaseModel):
    """What staff changed of the meetings of an activity in a run, by their ids: kept by the core for the run."""

    meetings: dict[str, Moved] = {}


def read(kept: str | None) -> Mapping[str, Moved]:
    """What was kept, read back."""
    return Moves.model_validate_json(kept).meetings if kept else {}


def moved(meeting: Meeting, by: Moved | None) -> Meeting:
    """The meeting as it is in the run."""
    if by is None:
        return meeting
    if by.starts is None or by.ends is None:
        return replace(meeting, off=True, why=by.why)
    return replace(meeting, starts=by.starts, ends=by.ends, was=meeting.starts, why=by.why)


def titled(block: Block[Any], meeting: Meeting) -> str:
    """What a meeting is called away from its activity's pages."""
    return meeting.title if meeting.title == block.title else f"{block.title}: {meeting.title}"
