"""How people work together in an activity: the size of a team as authors write it, and how teams come about."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from courses.blocks import Settings
from courses.problems import N_

MOST_MEMBERS = 50

_TEAM = N_("“{team}” is not the size of a team.")
_HINT = N_("Write 1, another number or a range such as 2-4; at most {most}.")


def _team(value: Any) -> Any:
    """`1`, `3` and `2-4`, in any spelling, as the text `2-4` (a single number stays one)."""
    match = re.fullmatch(r"\s*(\d{1,3})\s*(?:[-–—]\s*(\d{1,3})\s*)?", str(value), re.ASCII)
    usable = match and not isinstance(value, bool) and isinstance(value, int | str)
    if not match or not usable or not 1 <= int(match[1]) <= int(match[2] or match[1]) <= MOST_MEMBERS:
        said = {"code": "team-size", "text": _TEAM, "hint": _HINT, "team": str(value), "most": MOST_MEMBERS}
        raise PydanticCustomError("finding", "{code}", said)
    return match[1] if match[2] is None else f"{match[1]}-{match[2]}"


TeamSize = Annotated[
    str,
    BeforeValidator(_team),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "minimum": 1, "maximum": MOST_MEMBERS},
                {"type": "string", "pattern": r"^\s*\d{1,2}\s*([-–—]\s*\d{1,2}\s*)?$"},
            ],
            "x-word": N_("number of people, or a range"),
        }
    ),
]
"""How many people work together: `1`, `3` or `2-4`."""

Made = Literal["choice", "tutor", "random"]


class TeamOptions(Settings):
    """Options of kinds whose people may work in teams: inherit them beside `ActivitySettings`."""

    team: TeamSize = Field(
        default="1",
        description=N_("How many people work together: 1, another number or a range, at most 50."),
        examples=["2-4"],
    )
    team_made: Made = Field(
        default="choice",
        description=N_(
            "How teams come about: participants choose, the tutor makes them, or chance does (schools and regions mixed)."
        ),
        examples=["random"],
    )

    @property
    def team_least(self) -> int:
        """The fewest people a work may come from."""
        return int(self.team.partition("-")[0])

    @property
    def team_most(self) -> int:
        """The most people of a team; 1: everybody works alone."""
        least, _, most = self.team.partition("-")
        return int(most or least)


def folded(place: str) -> str:
    """The name of a school or a region as it is compared: «Школа № 7» and «школа №7» are one."""
    return "".join(letter for letter in place.casefold().replace("ё", "е") if letter.isalnum())
