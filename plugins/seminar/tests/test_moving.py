"""A session is moved or called off in a run: pages, the card in the lesson, questions and results follow."""

import re

from .conftest import LESSON, Group

LESSON_ALL = LESSON.replace("need: 50%", "need: 100%")
NEW = {"starts": "2026-03-04T10:00", "minutes": "30", "why": "Зал занят"}
"""Two days after the first day, at ten in Moscow; the first session was to begin on it at six."""
MOVED = "Moved; it was planned for 2 March 2026, 18:00. Reason: Зал занят"
CALLED_OFF = "Called off. Reason: Зал занят"


def words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)).replace("\xa0", " ")


def move(it: Group, session: str, **changed: str) -> None:
    it.browser(it.tutor).post(f"{it.attendance}/{session}/time", {**NEW, **changed})


def call_off(it: Group, session: str) -> None:
    it.browser(it.tutor).post(f"{it.attendance}/{session}/call-off", {"why": "Зал занят"})


def test_pages_and_the_card_tell_the_new_time_and_why(group):
    it = group()
    anna = it.learners[0]
    assert f'href="{it.attendance}/one/time"' in it.page(it.tutor, "sessions/one/")
    assert it.attendance not in it.page(anna, "sessions/one/")
    move(it, "one")
    for page in (it.page(anna), it.page(anna, "sessions/one/"), it.browser(anna).get(it.lesson)):
        assert (page.count("2026-03-04T07:00:00+00:00"), words(page).count(MOVED)) == (1, 1)
    it.move(hours=6)
    assert "https://meet.example.org/one" not in it.page(anna), "nobody joins at the time it was planned for"
    it.move(hours=40)
    assert "https://meet.example.org/one" in it.page(anna)


def test_a_session_called_off_is_shown_so_and_the_next_one_comes_first(group):
    it = group()
    anna = it.learners[0]
    call_off(it, "one")
    page, session, card = it.page(anna), it.page(anna, "sessions/one/"), it.browser(anna).get(it.lesson)
    assert [words(one).count(CALLED_OFF) for one in (page, session, card)] == [1, 1, 0]
    assert ("Вторая" in card, "Первая" in card) == (True, False)
    assert words(page).count("Academic hours planned 2") == 1
    it.move(hours=6)
    it.code(anna, "Ёлочный мост", status=404)
    assert "https://meet.example.org/one" not in it.page(anna) + it.page(it.tutor)
    assert "Put the question" not in it.page(anna, "sessions/one/")


def test_results_follow_what_is_called_off_and_what_is_held_after_all(group):
    it = group(learners=2, lesson=LESSON_ALL)
    anna, boris = it.learners
    it.tick((anna, "one"))
    assert (it.explanation(anna), it.result(anna).completed) == ("1 of 2 sessions attended.", False)
    call_off(it, "two")
    assert (it.explanation(anna), it.result(anna).completed) == ("1 of 1 sessions attended.", True)
    assert it.result(boris) is None, "nothing is said of whoever has nothing"
    assert "Attended: 1 of 1" in it.browser(anna).get(it.lesson)
    it.browser(it.tutor).post(f"{it.attendance}/two/as-planned", {})
    assert it.explanation(anna) == "1 of 2 sessions attended."
    call_off(it, "one")
    call_off(it, "two")
    assert it.explanation(anna) == (
        "All sessions are called off, so none can be attended: ask the tutor what to do instead."
    )
    assert "All sessions are over." in it.browser(anna).get(it.lesson)
    it.page(anna)
    it.page(it.tutor)


def test_seats_are_given_out_while_a_moved_session_is_ahead(group):
    it = group(learners=2, seats=1)
    anna, boris = it.learners
    it.seat(anna)
    call_off(it, "two")
    move(it, "one", starts="2026-03-20T10:00")
    it.move(days=12)
    it.leave(anna)
    it.seat(boris)
    assert it.seats() == [(boris, 1)]
