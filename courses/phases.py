"""Phases as data: a named list with dates, and the pure question "which phase is it at this moment?"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict

from courses.moments import Moment


class Phase(BaseModel):
    """One phase: ``name`` for the program, ``title`` for people, both moments optional.

    Without ``opens`` a phase begins when the one before ends; without ``closes`` it lasts until the next one with a
    date opens, or until a person moves it on.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    title: str = ""
    opens: Moment | None = None
    closes: Moment | None = None


PhaseList = tuple[Phase, ...]
State = Literal["past", "now", "next", "later"]

_NEVER = datetime.max.replace(tzinfo=UTC)
_ALWAYS = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Dated:
    """A phase with its moments worked out (UTC, None where open-ended) and its place in time."""

    phase: Phase
    opens: datetime | None
    closes: datetime | None
    state: State


def _spans(phases: Sequence[Phase], start: date, tz: ZoneInfo) -> list[tuple[datetime, datetime]]:
    opens = [phase.opens.resolve(start, tz) if phase.opens else None for phase in phases]
    closes = [phase.closes.resolve(start, tz, end_of_day=True) if phase.closes else None for phase in phases]
    spans: list[tuple[datetime, datetime]] = []
    for place in range(len(phases)):
        following = next((moment for moment in opens[place + 1 :] if moment), _NEVER)
        begins = opens[place] or (spans[-1][1] if spans else _ALWAYS)
        spans.append((begins, closes[place] or max(following, begins)))
    return spans


def _place(spans: Sequence[tuple[datetime, datetime]], now: datetime) -> int | None:
    # where two overlap the later one has begun: it is what people should be doing
    return next((n for n in reversed(range(len(spans))) if spans[n][0] <= now < spans[n][1]), None)


def _moved(phases: Sequence[Phase], moved_to: str | None) -> int | None:
    return next((n for n, phase in enumerate(phases) if phase.name == moved_to), None)


def current(
    phases: Sequence[Phase], start: date, tz: ZoneInfo, now: datetime, moved_to: str | None = None
) -> Phase | None:
    """The phase at this moment, or None before the first, after the last and in a gap.

    ``moved_to`` is the name of the phase a tutor has set: it wins over the dates; a name not in the list is ignored.
    """
    place = _moved(phases, moved_to)
    if place is None:
        place = _place(_spans(phases, start, tz), now)
    return None if place is None else phases[place]


def timeline(
    phases: Sequence[Phase], start: date, tz: ZoneInfo, now: datetime, moved_to: str | None = None
) -> tuple[Dated, ...]:
    """All phases in order with their instants; at most one is "now" and at most one "next"."""
    spans = _spans(phases, start, tz)
    place = _moved(phases, moved_to)
    if place is None:
        place = _place(spans, now)
    coming = next((n for n, (_, closes) in enumerate(spans) if closes > now), len(spans))
    ahead = coming if place is None else place + 1

    def state(n: int) -> State:
        if n == place:
            return "now"
        if n < ahead:
            return "past"
        return "next" if n == ahead else "later"

    return tuple(
        Dated(phase, None if a in (_ALWAYS, _NEVER) else a, None if b == _NEVER else b, state(n))
        for n, (phase, (a, b)) in enumerate(zip(phases, spans, strict=True))
    )


def misordered(phases: Sequence[Phase]) -> Iterator[tuple[Phase, str]]:
    """Phases whose dates cannot be: ("closes-before-opens") or ("opens-before-previous").

    Only moments of the same kind (both dates or both counted from the start) can be compared before a run exists.
    """
    start, tz = date(2000, 1, 3), ZoneInfo("UTC")

    def before(a: Moment | None, b: Moment | None, end: bool) -> bool:
        if a is None or b is None or a.is_relative != b.is_relative:
            return False
        first, second = a.resolve(start, tz, end_of_day=end), b.resolve(start, tz)
        return first <= second if end else first < second  # a phase that ends as it begins is no phase

    previous: Phase | None = None
    for phase in phases:
        if before(phase.closes, phase.opens, True):
            yield phase, "closes-before-opens"
        if previous and before(phase.opens, previous.opens, False):
            yield phase, "opens-before-previous"
        previous = phase
