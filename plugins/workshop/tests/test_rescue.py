"""Works that will lack reviews: the guess by its rules, and what is done about it in time."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lms_workshop.forecast import Asked, forecast, spent

START = datetime(2026, 3, 1, tzinfo=UTC)
END = START + timedelta(days=8)
NAMES = ("Абрикосова", "Берёзова", "Вишнёва", "Грушева")


# ------------------------------------------------------------------ the rules


@pytest.mark.parametrize(
    ("state", "day", "working", "active", "found"),
    [
        ("complete", 8, False, True, ("done", "done")),
        ("complete", 8, False, False, ("done", "done")),
        ("draft", 7, False, True, ("likely", "begun")),
        ("draft", 1, False, False, ("unlikely", "gone")),
        ("open", 3.9, False, True, ("likely", "time")),
        ("open", 4, False, True, ("doubtful", "silent")),
        ("open", 6, False, True, ("unlikely", "silent")),
        ("open", 5.9, True, True, ("likely", "does-others")),
        ("open", 6, True, True, ("doubtful", "late")),
    ],
)
def test_what_is_thought_of_a_review(
    state: str, day: float, working: bool, active: bool, found: tuple[str, str]
) -> None:
    asked = [Asked("work:1", 7, START, state)]
    if working:
        asked.append(Asked("work:2", 7, START, "draft"))
    one = forecast(["work:1"], asked, {7} if active else set(), 1, START + timedelta(days=day), END)[0]
    assert [(guess.outlook, guess.why) for guess in one.guesses] == [found]


def test_what_a_work_may_expect_those_first_that_lack_most() -> None:
    asked = [
        Asked("a", 1, START, "complete"), Asked("a", 2, START, "draft"),
        Asked("b", 1, START, "complete"), Asked("b", 3, START, "open"),
        Asked("c", 4, START, "open"), Asked("c", 3, START, "open"),
        Asked("d", 4, START, "open"), Asked("d", 3, START, "open"),
    ]  # fmt: skip
    found = forecast("abcd", asked, {1, 2, 3}, 2, START + timedelta(days=5), END, settled={"d"})
    assert [(one.subject, one.done, one.expected, one.lacks, one.risk) for one in found] == [
        ("c", 0, 0, 2, "high"), ("b", 1, 1, 1, "some"), ("a", 1, 2, 0, "none"), ("d", 0, 0, 0, "none"),
    ]  # fmt: skip


def test_without_an_end_two_weeks_are_thought_of() -> None:
    assert spent(START, START + timedelta(days=7), None) == 0.5
    assert spent(START, START - timedelta(days=7), None) == 0
    assert spent(END, END, END) == 1


# ------------------------------------------------------------------ what is done


@pytest.fixture
def late(room_with: Any) -> Any:
    """Two have done their reviews and two have begun nothing, when three quarters of the eight days are over."""
    room = room_with("phases:\n  submission: {closes: day 3}\n  review: {closes: day 11}\n")
    room.learners(*NAMES)
    room.hand_in(*NAMES)
    room.wait(days=3)
    room.stage.tick()
    for name in NAMES[:2]:
        for number in room.of(name):
            room.review(name, number)
    return room


def lacking(room: Any) -> list[str]:
    """Whose works lack a finished review."""
    idle = set(NAMES[2:])
    return sorted({author for author, reviewer, _ in room.pairs() if reviewer in idle})


def test_volunteers_are_asked_in_time_and_the_tutor_is_told(late, words) -> None:
    room = late
    short = lacking(room)
    room.stage.tick()
    assert "By the look of it every work gets its reviews." in words(room.tutor.get(f"{room.base}forecast/"))
    room.wait(days=6)
    room.stage.tick()
    room.stage.move(minutes=5)
    room.stage.tick()
    said = [words(room.browsers[name].get("/notices")).count("would you read one more?") for name in NAMES]
    assert said == [1, 1, 0, 0]
    notices = words(room.tutor.get("/notices"))
    assert notices.count(f"{len(short)} works will probably lack reviews.") == 1
    page = words(room.tutor.get(f"{room.base}forecast/"))
    assert f"{len(short)} of {len(NAMES)}, those that lack most first" in page
    assert [room.secret(name) in page for name in NAMES] == [name in short for name in NAMES]
    assert ("has begun no review here" in page, "2 participants have done all their reviews." in page) == (True, True)


def test_a_volunteer_gets_what_waits_in_vain(late) -> None:
    room = late
    room.wait(days=6)
    room.stage.tick()
    before = {name: set(room.of(name)) for name in NAMES}
    waits = {number: author for author, reviewer, number in room.pairs() if reviewer in NAMES[2:]}
    volunteer = NAMES[0]
    room.browsers[volunteer].post(f"{room.base}reviews/take")
    (taken,) = set(room.of(volunteer)) - before[volunteer]
    assert taken in waits


def test_the_tutor_asks_somebody_who_has_done_theirs(late, words) -> None:
    room = late
    room.wait(days=6)
    short = lacking(room)
    before = room.pairs()
    target = next(name for name in short if any(one not in (name, *_reviewers(before, name)) for one in NAMES[:2]))
    room.tutor.post(f"{room.base}works/{room.work(target)}/another")
    (added,) = [pair for pair in room.pairs() if pair not in before]
    assert (added[0], added[1] in NAMES[:2]) == (target, True)
    # until everybody who may does
    answer = ""
    for _ in NAMES:
        answer = words(room.tutor.post(f"{room.base}works/{room.work(target)}/another"))
    assert "Everybody who may review this work does so already: mark it yourself." in answer
    room.tutor.post(f"{room.base}works/999/another", status=404)
    room.tutor.post(f"{room.base}forecast/volunteers")
    room.move("evaluation")
    assert "Reviews are not written now." in words(room.tutor.get(f"{room.base}forecast/"))
    room.tutor.post(f"{room.base}works/{room.work(target)}/another", status=422)
    room.tutor.post(f"{room.base}forecast/volunteers", status=422)
    room.browsers[NAMES[0]].get(f"{room.base}forecast/", status=403)


def _reviewers(pairs: Any, author: str) -> list[str]:
    return [reviewer for one, reviewer, _ in pairs if one == author]


def test_a_work_the_tutor_has_marked_needs_nobody(late, words) -> None:
    room = late
    room.wait(days=6)
    for name in lacking(room):
        data = {"criterion-clear": "60", "criterion-useful": "20", "comment": "Так."}
        room.tutor.post(f"{room.base}works/{room.work(name)}/", data)
    assert "By the look of it every work gets its reviews." in words(room.tutor.get(f"{room.base}forecast/"))
    room.stage.tick()
    assert "will probably lack" not in words(room.tutor.get("/notices"))
