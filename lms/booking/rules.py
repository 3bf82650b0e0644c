"""Which numbers are free, who gets them, and how what is booked is named in calendars. Pure."""

from collections.abc import Collection


def free_numbers(seats: int, taken: Collection[int]) -> list[int]:
    """Numbers of the places nobody has, lowest first. Numbers above `seats` (there were more once) keep their holders."""
    free = max(0, seats - len(taken))
    return [number for number in range(1, seats + 1) if number not in taken][:free]


def uid_of(run_id: int, block: str, meeting: str) -> str:
    """The name of a meeting in people's calendars, the same in the feed and in invitations, so that it stands there once."""
    return f"meeting-{run_id}-{block}-{meeting}"
