"""What attending a seminar comes to. Pure."""

from __future__ import annotations


def enough(attended: int, total: int, need: float) -> bool:
    """Whether so many of all planned sessions are the share one needs."""
    return bool(total) and attended / total >= need - 1e-9
