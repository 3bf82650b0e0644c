"""Moments: what authors write, and the instants they mean."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from courses.moments import ImpossibleDate, Moment

START = date(2026, 3, 2)
MOSCOW = ZoneInfo("Europe/Moscow")


@pytest.mark.parametrize(
    ("written", "normal", "opens", "closes"),
    [
        ("2026-03-05", "2026-03-05", (2026, 3, 4, 21, 0), (2026, 3, 5, 21, 0)),
        ("2026-3-5", "2026-03-05", (2026, 3, 4, 21, 0), (2026, 3, 5, 21, 0)),
        ("2026-03-05 18:00", "2026-03-05 18:00", (2026, 3, 5, 15, 0), (2026, 3, 5, 15, 0)),
        ("2026-03-05T9:05", "2026-03-05 09:05", (2026, 3, 5, 6, 5), (2026, 3, 5, 6, 5)),
        ("2026-03-05T18:00+05:00", "2026-03-05T18:00+05:00", (2026, 3, 5, 13, 0), (2026, 3, 5, 13, 0)),
        ("2026-03-05 18:00 -0330", "2026-03-05T18:00-03:30", (2026, 3, 5, 21, 30), (2026, 3, 5, 21, 30)),
        ("2026-03-05T18:00Z", "2026-03-05T18:00Z", (2026, 3, 5, 18, 0), (2026, 3, 5, 18, 0)),
        ("day 1", "day 1", (2026, 3, 1, 21, 0), (2026, 3, 2, 21, 0)),
        ("Day  5   18:00", "day 5 18:00", (2026, 3, 6, 15, 0), (2026, 3, 6, 15, 0)),
        ("week 2", "week 2", (2026, 3, 8, 21, 0), (2026, 3, 15, 21, 0)),
        ("week 2 18:00", "week 2 18:00", (2026, 3, 9, 15, 0), (2026, 3, 9, 15, 0)),
        ("неделя 2", "week 2", (2026, 3, 8, 21, 0), (2026, 3, 15, 21, 0)),
        ("день 5 18:00", "day 5 18:00", (2026, 3, 6, 15, 0), (2026, 3, 6, 15, 0)),
    ],
)
def test_forms(written: str, normal: str, opens: tuple[int, ...], closes: tuple[int, ...]) -> None:
    moment = Moment(written)
    assert moment == normal
    assert Moment(moment) == moment
    assert moment.resolve(START, MOSCOW) == datetime(*opens, tzinfo=UTC)  # type: ignore[arg-type,misc]
    assert moment.resolve(START, MOSCOW, end_of_day=True) == datetime(*closes, tzinfo=UTC)  # type: ignore[arg-type,misc]
    assert moment.is_relative == normal.startswith(("day", "week"))
    assert moment.has_time == (":" in normal)


@pytest.mark.parametrize(
    "written",
    [
        "2026-02-30",
        "2026-13-01",
        "2026-03-05 25:00",
        "2026-03-05 12:60",
        "day 0",
        "1812-01-01",
        "2026-01-01T10:00+25:00",
    ],
)
def test_impossible_dates(written: str) -> None:
    with pytest.raises(ImpossibleDate):
        Moment(written)


@pytest.mark.parametrize(
    "written", ["", "soon", "05.03.2026", "day", "day -1", "month 2", "18:00", "day 5 18", "٢٠٢٦-٠٣-٠٥"]
)
def test_not_moments(written: str) -> None:
    with pytest.raises(ValueError):
        Moment(written)


def test_an_hour_that_spring_skips_is_still_an_instant() -> None:
    skipped = Moment("2026-03-29 02:30").resolve(START, ZoneInfo("Europe/Berlin"))
    assert skipped == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_as_a_field_it_survives_json() -> None:
    class Model(BaseModel):
        at: Moment

    model = Model.model_validate({"at": "Day 5 18:00"})
    assert isinstance(model.at, Moment)
    assert model.model_dump_json() == '{"at":"day 5 18:00"}'
    assert Model.model_validate_json(model.model_dump_json()) == model
    assert Model.model_json_schema()["properties"]["at"]["type"] == "string"


@given(st.text(max_size=40) | st.from_regex(r"\A(day|week|2026-\d\d-\d\d)[ T]?\d{0,4}( \d\d:\d\d)?\Z"))
def test_anything_is_a_moment_or_a_value_error(text: str) -> None:
    try:
        moment = Moment(text)
    except ValueError:
        return
    assert Moment(str(moment)) == moment
    assert moment.resolve(START, MOSCOW) <= moment.resolve(START, MOSCOW, end_of_day=True)
