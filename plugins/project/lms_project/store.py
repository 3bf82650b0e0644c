"""What the core keeps for the card in the lesson, which asks the database nothing."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel

from lms.plugin import StageRule, Step, Visit


class Standing(BaseModel):
    """How far a person is: kept by the core as the person's answer."""

    team: str = ""
    states: dict[str, str] = {}
    late: tuple[str, ...] = ()
    until: dict[str, datetime] = {}

    @property
    def steps(self) -> dict[str, Step]:
        """How far each stage is."""
        return {id: Step(state, id in self.late) for id, state in self.states.items()}  # type: ignore[arg-type]  # written from steps


def standing(visit: Visit) -> tuple[Standing, list[StageRule]]:
    """How far this person is, and the stages with the time they have."""
    found = visit.answer(Standing) or Standing()
    return found, [stage.with_time(found.until.get(stage.id)) for stage in visit.submissions.stages()]
