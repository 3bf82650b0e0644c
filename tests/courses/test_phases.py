"""Phases: which one it is, on time and when a tutor moves them."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from courses.moments import Moment
from courses.phases import Move, Phase, closing, current, misordered, timeline

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


BY_WORD = (
    phase("a", "day 1", "day 3"),
    phase("b", closes="day 8").model_copy(update={"by_tutor": True}),
    phase("c"),
    phase("d", "day 20"),
)


@pytest.mark.parametrize(
    ("now", "moved", "states"),
    [
        (at(3), None, ["now", "next", "later", "later"]),
        # its end has passed, but nobody has opened it: neither it nor what follows it begins by itself
        (at(15), None, ["past", "next", "later", "later"]),
        (at(22), None, ["past", "past", "past", "now"]),
        (at(6), Move("b", at(5)), ["past", "now", "next", "later"]),
        (at(12), Move("b", at(5)), ["past", "past", "now", "next"]),
        (at(22), Move("b", at(5)), ["past", "past", "past", "now"]),
    ],
)
def test_a_phase_that_waits_for_the_tutor(now: datetime, moved: Move | None, states: list[str]) -> None:
    assert [dated.state for dated in timeline(BY_WORD, START, TZ, now, moved)] == states


@pytest.mark.parametrize(
    ("now", "moved", "name", "closes"),
    [
        # opened early: its own end stands, and what follows comes by date
        (at(4), Move("review", at(4)), "review", at(10, 0)),
        (at(10), Move("review", at(4)), "evaluation", None),
        # back to what was over: no date ends it any more, unless the next one is still to open
        (at(7), Move("submission", at(7)), "submission", None),
        (at(9), Move("submission", at(9)), "submission", None),
        (at(30), Move("submission", at(9)), "submission", None),
        # on a day between two, back to the first: the next one opens all the same
        (at(4), Move("a", at(4)), "a", at(6, 0)),
        (at(6), Move("a", at(4)), "b", at(8, 0)),
        # moved before such instants were kept: it stays, whatever the dates say
        (at(30), Move("submission"), "submission", None),
    ],
)
def test_dates_still_to_come_go_on_moving_it(now: datetime, moved: Move, name: str, closes: datetime | None) -> None:
    phases = GAP if moved.name in ("a", "b") else WORKSHOP
    found = next(dated for dated in timeline(phases, START, TZ, now, moved) if dated.state == "now")
    assert (found.phase.name, found.closes) == (name, closes)


def test_what_was_cut_short_ended_when_the_tutor_moved_on() -> None:
    first, second, _ = timeline(WORKSHOP, START, TZ, at(4), Move("review", at(4)))
    assert (first.opens, first.closes, second.opens) == (at(2, 0), at(4), at(4))


def test_closing() -> None:
    assert [closing(WORKSHOP, name) for name in ("submission", "review", "evaluation")] == ["day 5", "day 8", None]
    assert closing((phase("a"), phase("b", "day 4")), "a") == "day 4"


def test_misordered() -> None:
    wrong = (phase("a", "day 5", "day 4"), phase("b", "day 2"), phase("c", "2026-01-01", "2026-01-01"))
    assert [(p.name, why) for p, why in misordered(wrong)] == [
        ("a", "closes-before-opens"),
        ("b", "opens-before-previous"),
    ]
    assert list(misordered(WORKSHOP)) == []
