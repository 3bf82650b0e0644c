"""Phases: which one it is, on time and when a tutor moves them."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from courses.moments import Moment
from courses.phases import Move, Phase, current, misordered, timeline

START, TZ = date(2026, 3, 2), ZoneInfo("UTC")


def phase(name: str, opens: str = "", closes: str = "") -> Phase:
    return Phase(name=name, opens=Moment(opens) if opens else None, closes=Moment(closes) if closes else None)


def at(day: int, hour: int = 12) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=UTC)


WORKSHOP = (phase("submission", "day 1", "day 5"), phase("review", "day 6", "day 8"), phase("evaluation"))
UNDATED = (phase("submission"), phase("review"), phase("evaluation"))
GAP = (phase("a", "day 1", "day 2"), phase("b", "day 5", "day 6"))


@pytest.mark.parametrize(
    ("phases", "now", "moved", "name"),
    [
        (WORKSHOP, at(1), None, None),
        (WORKSHOP, at(2, 0), None, "submission"),
        (WORKSHOP, at(6, 23), None, "submission"),
        (WORKSHOP, at(7, 0), None, "review"),
        (WORKSHOP, at(20), None, "evaluation"),
        (WORKSHOP, at(2), Move("evaluation"), "evaluation"),
        (WORKSHOP, at(2), Move("gone"), "submission"),
        (UNDATED, at(20), None, "submission"),
        (UNDATED, at(20), Move("review"), "review"),
        (GAP, at(4), None, None),
        (GAP, at(9), None, None),
        ((), at(4), None, None),
        ((phase("a", "day 1", "day 9"), phase("b", "day 2")), at(4), None, "b"),
        ((phase("a", "day 1"), phase("b"), phase("c", "day 4")), at(4), None, "a"),
    ],
)
def test_current(phases: tuple[Phase, ...], now: datetime, moved: Move | None, name: str | None) -> None:
    found = current(phases, START, TZ, now, moved)
    assert (found.name if found else None) == name


@pytest.mark.parametrize(
    ("phases", "now", "moved", "states"),
    [
        (WORKSHOP, at(1), None, ["next", "later", "later"]),
        (WORKSHOP, at(3), None, ["now", "next", "later"]),
        (WORKSHOP, at(20), None, ["past", "past", "now"]),
        (WORKSHOP, at(3), Move("review"), ["past", "now", "next"]),
        (UNDATED, at(3), None, ["now", "next", "later"]),
        (GAP, at(4), None, ["past", "next"]),
        (GAP, at(20), None, ["past", "past"]),
    ],
)
def test_timeline(phases: tuple[Phase, ...], now: datetime, moved: Move | None, states: list[str]) -> None:
    assert [dated.state for dated in timeline(phases, START, TZ, now, moved)] == states


def test_timeline_gives_instants_and_open_ends() -> None:
    first, _, third = timeline(WORKSHOP, START, TZ, at(3))
    assert (first.opens, first.closes) == (at(2, 0), at(7, 0))
    assert (third.opens, third.closes) == (at(10, 0), None)
    assert [(d.opens, d.closes) for d in timeline(UNDATED, START, TZ, at(3))] == [(None, None)] * 3


def test_misordered() -> None:
    wrong = (phase("a", "day 5", "day 4"), phase("b", "day 2"), phase("c", "2026-01-01", "2026-01-01"))
    assert [(p.name, why) for p, why in misordered(wrong)] == [
        ("a", "closes-before-opens"),
        ("b", "opens-before-previous"),
    ]
    assert list(misordered(WORKSHOP)) == []
