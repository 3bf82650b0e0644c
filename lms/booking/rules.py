"""Which numbers are free, and who gets them. Pure."""

from collections.abc import Collection


def free_numbers(seats: int, taken: Collection[int]) -> list[int]:
    """Numbers of the places nobody has, lowest first. Numbers above `seats` (there were more once) keep their holders."""
    free = max(0, seats - len(taken))
    return [number for number in range(1, seats + 1) if number not in taken][:free]
