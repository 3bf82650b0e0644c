"""How the work of a team is shared, and what that does to the mark of each. Pure: parts and shares in, shares out."""

from __future__ import annotations

from collections.abc import Mapping

MOST_PARTS = 100
"""The highest number a part may be."""

EVEN = 10
"""A part, as it is offered first: the same for everybody."""


def weight(parts: Mapping[int, int], person_id: int) -> float:
    """How often the team's mark counts for a person: 1 where all parts are alike, 2 for twice the work of the average member.
    Somebody who has no part, or a team without any, counts once."""
    whole = sum(parts.values())
    return parts[person_id] * len(parts) / whole if whole and person_id in parts else 1.0


def own_share(team: float, parts: Mapping[int, int], person_id: int) -> float:
    """The mark of a person, a share from 0 to 1, out of that of the team: never more than all points."""
    return min(1.0, team * weight(parts, person_id))


def are_even(parts: Mapping[int, int]) -> bool:
    """Whether everybody did as much as the others."""
    return len(set(parts.values())) < 2
