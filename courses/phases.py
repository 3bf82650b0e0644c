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

    Without ``opens`` a phase begins when the one before ends, with ``by_tutor`` when the tutor says; without ``closes`` it lasts
    until the next one with a date opens, or until a person moves it on. ``learner`` and ``tutor`` say in a sentence what each does.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    title: str = ""
    opens: Moment | None = None
    closes: Moment | None = None
    by_tutor: bool = False
    learner: str = ""
    tutor: str = ""


PhaseList = tuple[Phase, ...]
State = Literal["past", "now", "next", "later"]

_NEVER = datetime.max.replace(tzinfo=UTC)
_ALWAYS = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Move:
    """That a tutor has moved an activity to the phase ``name`` at that instant; None: it stays there, whatever the dates say."""

    name: str
    at: datetime | None = None


@dataclass(frozen=True)
class Dated:
    """A phase with its moments worked out (UTC, None where open-ended) and its place in time."""

    phase: Phase
    opens: datetime | None
    closes: datetime | None
    state: State


Span = tuple[datetime, datetime]


def _spans(phases: Sequence[Phase], start: date, tz: ZoneInfo, place: int, at: datetime) -> list[Span]:
    """When each phase begins and ends. ``place`` (−1: none) was opened by a tutor ``at`` that instant."""
    opens = [phase.opens.resolve(start, tz) if phase.opens else None for phase in phases]
    closes = [phase.closes.resolve(start, tz, end_of_day=True) if phase.closes else None for phase in phases]
    if place >= 0:
        # dates that were over when a tutor moved it say nothing any more; those still to come go on moving it
        opens = [None if n > place and moment and moment <= at else moment for n, moment in enumerate(opens)]
        closes = [None if n >= place and moment and moment <= at else moment for n, moment in enumerate(closes)]
        opens[place] = at if at < _NEVER else None
    spans: list[Span] = []
    for n, phase in enumerate(phases):
        following = next((moment for moment in opens[n + 1 :] if moment), _NEVER)
        before = spans[-1] if spans and n != place else (_ALWAYS, _ALWAYS)
        # what waits for the tutor keeps all behind it waiting that has no date of its own
        begins = opens[n] or (before[1] if before[0] < _NEVER else _NEVER)
        if phase.by_tutor and n != place:
            begins = _NEVER
        spans.append((begins, closes[n] or max(following, begins)))
    return [(min(a, at), min(b, at)) if n < place else (a, b) for n, (a, b) in enumerate(spans)]


def _placed(
    phases: Sequence[Phase], start: date, tz: ZoneInfo, now: datetime, moved: Move | None
) -> tuple[list[Span], int | None, int]:
    """The spans, the place of the phase it is now, and that of the first one still ahead."""
    set_to = next((n for n, phase in enumerate(phases) if moved and phase.name == moved.name), -1)
    spans = _spans(phases, start, tz, set_to, moved.at or _NEVER if moved else _NEVER)
    least = max(set_to, 0)
    # where two overlap the later one has begun: it is what people should be doing
    place = next((n for n in reversed(range(least, len(spans))) if spans[n][0] <= now < spans[n][1]), None)
    if place is not None:
        return spans, place, place + 1
    ahead = (n for n in range(least, len(spans)) if spans[n][0] > now or spans[n][1] > now)
    return spans, None, next(ahead, len(spans))


def current(
    phases: Sequence[Phase], start: date, tz: ZoneInfo, now: datetime, moved: Move | None = None
) -> Phase | None:
    """The phase at this moment, or None before the first, after the last and in a gap.

    ``moved``: where a tutor has set it. Dates that were over at that moment are forgotten; those that come later count again. A name
    that is not in the list is ignored.
    """
    _, place, _ = _placed(phases, start, tz, now, moved)
    return None if place is None else phases[place]


def timeline(
    phases: Sequence[Phase], start: date, tz: ZoneInfo, now: datetime, moved: Move | None = None
) -> tuple[Dated, ...]:
    """All phases in order with their instants; at most one is "now" and at most one "next"."""
    spans, place, ahead = _placed(phases, start, tz, now, moved)

    def state(n: int) -> State:
        if n == place:
            return "now"
        if n < ahead:
            return "past"
        return "next" if n == ahead else "later"

    return tuple(
        Dated(phase, None if a in (_ALWAYS, _NEVER) else a, None if b in (_ALWAYS, _NEVER) else b, state(n))
        for n, (phase, (a, b)) in enumerate(zip(phases, spans, strict=True))
    )


def closing(phases: Sequence[Phase], name: str) -> Moment | None:
    """When a phase ends, as it is written: its own ``closes``, or when the next one that has a date opens."""
    place = next(n for n, phase in enumerate(phases) if phase.name == name)
    return phases[place].closes or next((later.opens for later in phases[place + 1 :] if later.opens), None)


def misordered(phases: Sequence[Phase]) -> Iterator[tuple[Phase, str]]:
    """Phases whose dates cannot be: "closes-before-opens", "opens-before-previous" or "overlap" (it opens before the one it follows
    closes, and would cut it short).

    Only moments of the same kind (both dates or both counted from the start) can be compared before a run exists.
    """
    start, tz = date(2000, 1, 3), ZoneInfo("UTC")

    def moments(a: Moment | None, b: Moment | None, end: bool) -> tuple[datetime, datetime] | None:
        if a is None or b is None or a.is_relative != b.is_relative:
            return None
        return a.resolve(start, tz, end_of_day=end), b.resolve(start, tz)

    found: list[tuple[Phase, str]] = []
    opened: Phase | None = None  # the last before with such a date: those between have none to compare
    closed: Phase | None = None
    for phase in phases:
        own = moments(phase.closes, phase.opens, True)
        begun = moments(phase.opens, opened.opens, False) if opened else None
        ended = moments(closed.closes, phase.opens, True) if closed else None
        if own and own[0] <= own[1]:  # a phase that ends as it begins is no phase
            found.append((phase, "closes-before-opens"))
        if begun and begun[0] < begun[1]:
            found.append((phase, "opens-before-previous"))
        elif (
            ended and ended[0] > ended[1] and not any(one in (closed, phase) and why != "overlap" for one, why in found)
        ):
            found.append((phase, "overlap"))
        opened = phase if phase.opens else opened
        closed = phase if phase.closes else closed
    return iter(found)
