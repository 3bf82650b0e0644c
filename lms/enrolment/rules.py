"""What happens when somebody asks for a place. Pure."""

import hashlib
import hmac
from dataclasses import dataclass

WAYS = ("open", "key", "request", "closed")
"""How people get into a run: by themselves, with a key, when a tutor approves, or only through staff."""

STATES = ("active", "requested", "waiting", "refused", "withdrawn")


def key_hash(key: str) -> str:
    """What is stored of a run's key; blanks around it do not count."""
    return hashlib.sha256(key.strip().encode()).hexdigest()


def key_fits(stored: str, key: str) -> bool:
    """Whether this is the key; takes the same time whether or not."""
    return bool(stored) and hmac.compare_digest(stored, key_hash(key))


@dataclass(frozen=True)
class Asked:
    """Somebody asks for a place: `way` and `capacity` (0: no limit) of the run, how many seats are `taken`, how many
    people wait already, the person's present `state` ("": none), whether their key fits, whether the run is over."""

    way: str
    capacity: int = 0
    taken: int = 0
    waiting: int = 0
    state: str = ""
    key_fits: bool = False
    over: bool = False


@dataclass(frozen=True)
class Answer:
    """The `state` the person has from now on ("": none), or why not: "over", "closed", "refused" or "key"."""

    state: str
    refusal: str = ""


def is_full(capacity: int, taken: int, waiting: int = 0) -> bool:
    """Whether no seat is left; those who wait come first."""
    return 0 < capacity <= taken + waiting


def answer(asked: Asked) -> Answer:
    """What happens. Asking again changes nothing; whom a tutor refused cannot ask again, whom staff enrol can come
    back."""
    if asked.state in ("active", "requested", "waiting"):
        return Answer(asked.state)
    if asked.over:
        return Answer(asked.state, "over")
    if asked.way not in ("open", "key", "request"):
        return Answer(asked.state, "closed")
    if asked.state == "refused":
        return Answer(asked.state, "refused")
    if asked.way == "key" and not asked.key_fits:
        return Answer(asked.state, "key")
    if asked.way == "request":
        return Answer("requested")
    return Answer("waiting" if is_full(asked.capacity, asked.taken, asked.waiting) else "active")


def seats_left(capacity: int, taken: int, waiting: int) -> int | None:
    """How many people may still come in at once; None: any number."""
    return max(0, capacity - taken - waiting) if capacity else None
