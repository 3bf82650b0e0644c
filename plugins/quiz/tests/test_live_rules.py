"""The rules of rounds, and what an author may ask of them."""

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from lms_quiz.format import QuizSettings
from lms_quiz.live.rules import Line, bonus, phase, side_of_team, since, standing, taken

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("after", "expected"),
    [(-1, "asking"), (-0.001, "asking"), (0, "counting"), (3, "counting"), (3.001, "shown"), (1000, "shown")],
)
def test_a_question_stands_by_the_clock_alone(after: float, expected: str) -> None:
    found = phase(NOW + timedelta(seconds=after), NOW, False)
    assert (found, taken(found)) == (expected, expected != "shown")


def test_before_the_first_question_and_after_the_end_nothing_is_taken() -> None:
    assert [phase(NOW, None, False), phase(NOW, NOW + timedelta(1), True)] == ["lobby", "over"]
    assert (taken("lobby"), taken("over")) == (False, False)


@pytest.mark.parametrize(
    ("share", "used", "expected"),
    [(1, 0, 1.0), (1, 5, 0.75), (0.5, 10, 0.25), (0, 0, 0.0), (1, 20, 0.0), (1, 30, 0.0), (1, -1, 1.0)],
)
def test_being_quick_is_worth_less_every_second(share: float, used: float, expected: float) -> None:
    assert bonus(share, 2, 0.5, NOW, NOW + timedelta(seconds=used), 20) == expected


def test_time_is_counted_from_when_the_question_was_sent_within_bounds() -> None:
    found = [(since(NOW, NOW + timedelta(seconds=late)) - NOW).total_seconds() for late in (-1, 0, 2, 5, 9)]
    assert found == [0, 0, 2, 5, 5]


def test_equals_share_a_rank_and_who_came_first_stands_first() -> None:
    found = standing({"p10": 1.0, "p2": 3.0, "p9": 1.0, "p1": 0.0}, {"p9": 1.0})
    assert found == [Line(1, "p2", 3.0), Line(2, "p10", 1.0), Line(2, "p9", 1.0, 1.0), Line(4, "p1", 0.0)]


def test_a_team_is_known_however_it_is_spelt() -> None:
    assert side_of_team("Ёжики  в тумане") == side_of_team("ежики в ТУМАНЕ") == "tежики в тумане"
    assert side_of_team("!") != side_of_team("")
    assert len(side_of_team("а" * 200)) == 80


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"seconds": 40}, ["seconds"]),
        ({"bonus": "50%"}, ["bonus"]),
        ({"live": "play", "attempts": 2}, ["attempts"]),
        ({"live": "count", "opens": "day 1", "closes": "day 2"}, ["opens", "closes"]),
        ({"live": "play", "behaviour": "immediate"}, ["behaviour"]),
        ({"live": "play", "time": 5, "grace": 1, "pages": "one", "grade": "last"}, ["grade", "time", "grace", "pages"]),
        ({"live": "play", "review": "marks closed"}, ["review"]),
        ({"live": "play", "self-check": True}, ["self-check"]),
        ({"live": "play", "pass": "60%", "required": True}, ["required", "pass"]),
    ],
)
def test_options_that_mean_nothing_are_told(options: dict[str, object], named: list[str]) -> None:
    with pytest.raises(ValidationError) as caught:
        QuizSettings.model_validate({"id": "q", **options})
    assert [str(error["loc"][0]) for error in caught.value.errors()] == named


def test_a_game_is_not_required_and_a_round_that_counts_is() -> None:
    found = [QuizSettings.model_validate({"id": "q", "live": live}).required for live in ("no", "play", "count")]
    assert found == [True, False, True]
    fine = QuizSettings.model_validate({"id": "q", "live": "count", "pass": "60%", "seconds": 20, "bonus": 0.5})
    assert (fine.pass_mark, fine.seconds, fine.bonus) == (0.6, 20, 0.5)
