"""How it is kept that a tutor moved an activity. Pure."""

from datetime import datetime

from courses.phases import Move


def written(move: Move) -> str:
    """`review 2026-03-07T10:00:00+00:00`; the name alone where it stays whatever the dates say."""
    return f"{move.name} {move.at.isoformat()}" if move.at else move.name


def read_move(kept: str | None) -> Move | None:
    """The same read back; None where the dates decide."""
    if not kept:
        return None
    name, _, at = kept.partition(" ")
    return Move(name, datetime.fromisoformat(at) if at else None)
