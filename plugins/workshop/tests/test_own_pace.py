"""A workshop without common dates: works wait in a queue, whoever has handed in takes them, marks come person by person."""

from typing import Any

import pytest

NAMES = ("Абрикосова", "Берёзова", "Вишнёва", "Грушева")


@pytest.fixture
def own(room_with: Any) -> Any:
    """Two reviews each; the queue is open for ten weeks."""
    room = room_with("pace: own\nlease: 3\nphases:\n  open: {closes: day 70}\n")
    room.learners(*NAMES)
    return room


def later(room: Any) -> None:
    """Five minutes later the site looks."""
    room.stage.move(minutes=5)
    room.stage.tick()


def take(room: Any, name: str) -> int | None:
    """Take a work; its number, or None if there was none."""
    before = set(room.of(name))
    room.browsers[name].post(f"{room.base}reviews/take")
    return next(iter(set(room.of(name)) - before), None)


def take_and_review(room: Any, name: str, **points: float) -> str:
    """Take a work and review it; returns whose it was."""
    number = take(room, name)
    assert number is not None
    room.review(name, number, **points)
    return str(next(author for author, _, one in room.pairs() if one == number))


def test_everybody_goes_at_their_own_pace(own, words) -> None:
    room = own
    first, second, third, _ = NAMES
    assert "Hand in your work" in words(room.page(first))
    room.browsers[first].post(f"{room.base}reviews/take", status=422)
    room.hand_in(first)
    assert room.standing(first) == ("started", False, None, None)
    # nobody else is here yet: told as soon as somebody is
    assert "There is no work for you to review just now." in words(
        room.browsers[first].post(f"{room.base}reviews/take")
    )
    room.hand_in(second)
    room.hand_in(second)
    assert words(room.browsers[first].get("/notices")).count("works are waiting for your review.") == 1
    assert take_and_review(room, first, clear=40) == second
    assert "1 of 2 done" in words(room.page(first))
    # what somebody has taken stays as it is
    room.browsers[second].get(room.base)
    room.wait(days=20)
    room.hand_in(third)
    assert take_and_review(room, first) == third
    later(room)
    assert room.standing(first) == ("pending", False, None, None)
    assert "as soon as your work has got its reviews" in words(room.page(first))
    room.wait(days=10)
    assert take_and_review(room, second, clear=60, useful=20) in (first, third)
    assert take_and_review(room, second, clear=60, useful=20) in (first, third)
    assert take_and_review(room, third, clear=80, useful=20) == first
    # three reviews of two are done: the first has theirs, with the next tick and not with the review itself
    assert room.standing(first)[3] is None
    later(room)
    assert room.standing(first) == ("complete", True, True, 0.9 * 80 + 20)
    page = words(room.page(first))
    assert ("Your marks" in page, "The mean of 2 reviews" in page) == (True, True)
    assert "the results are out." in words(room.browsers[first].get("/notices"))
    assert [room.standing(name)[3] for name in (second, third)] == [None, None]
    # the second is done, and waits; the third owes one more, takes it, and both are through
    assert take_and_review(room, third, clear=40, useful=20) == second
    later(room)
    assert room.standing(second) == ("complete", True, True, 0.6 * 80 + 20)
    assert room.standing(third) == ("complete", True, True, 0.9 * 80 + 20)
    assert [room.results(name).keys() for name in NAMES[3:]] == [set()]


def test_what_is_let_lie_goes_back(own) -> None:
    room = own
    first, second, third, _ = NAMES
    room.hand_in(first, second, third)
    number = take(room, first)
    assert take(room, first) is None  # the same again
    room.wait(days=4)
    later(room)
    assert room.of(first) == []
    assert "0 of 2 done" in room.page(first)
    assert take(room, second) == number or take(room, second) is None


def test_later_reviews_change_no_marks(own) -> None:
    room = own
    first, second, third, fourth = NAMES
    room.hand_in(first, second, third)
    for name in (first, second, third):
        take_and_review(room, name, clear=80, useful=20)
        take_and_review(room, name, clear=80, useful=20)
    later(room)
    assert {room.standing(name) for name in NAMES[:3]} == {("complete", True, True, 100)}
    room.hand_in(fourth)
    for _ in range(2):
        take_and_review(room, fourth, clear=0, useful=0)
    later(room)
    assert {room.standing(name) for name in NAMES[:3]} == {("complete", True, True, 100)}
    assert room.standing(fourth)[3] is None
    # two volunteers help the last one, and keep what they have
    for name in (first, second):
        assert take_and_review(room, name, clear=40, useful=20) == fourth
    later(room)
    assert room.standing(first) == ("complete", True, True, 100)
    assert room.standing(fourth) == ("complete", True, True, 0.6 * 80 + 20)
    room.move("closed")
    told = [room.browsers[name].get("/notices").count("the results are out.") for name in NAMES]
    assert (told, room.standing(first)) == ([1, 1, 1, 1], ("complete", True, True, 100))


def test_at_the_end_everybody_has_what_there_is(own, words) -> None:
    room = own
    first, second, third, fourth = NAMES
    room.hand_in(first, second, third)
    take_and_review(room, first, clear=60, useful=20)
    take_and_review(room, first, clear=60, useful=20)
    take(room, second)
    room.wait(days=80)
    later(room)
    assert room.standing(first) == ("waiting", True, None, None)  # nobody reviewed it: the tutor has to
    assert room.standing(second) == ("failed", False, False, 0.8 * 80)
    assert room.results(second)["sample.review"].points == 0  # two works were there to be reviewed
    assert room.standing(fourth) == ("failed", False, False, 0)
    room.browsers[third].post(f"{room.base}reviews/take", status=422)
    page = words(room.browsers[second].get(f"{room.base}marks/review/"))
    assert page.count("A review that was not written") == 2


def test_works_that_wait_in_vain_are_seen(own, words) -> None:
    room = own
    first, second, third, fourth = NAMES
    room.hand_in(first, second, third)
    assert "every work gets its reviews" in words(room.tutor.get(f"{room.base}forecast/"))
    for _ in range(2):
        take_and_review(room, first)
    room.wait(days=7)
    later(room)
    later(room)
    assert words(room.tutor.get("/notices")).count("will probably lack reviews") == 1
    assert words(room.browsers[first].get("/notices")).count("would you read one more?") == 1
    assert "3 of 3" in words(room.tutor.get(f"{room.base}forecast/"))
    # what has waited long goes before what has come today
    room.hand_in(fourth)
    for _ in range(2):
        assert take_and_review(room, second) in (first, third)
    room.wait(days=7)
    later(room)
    assert words(room.tutor.get("/notices")).count("will probably lack reviews") == 2
