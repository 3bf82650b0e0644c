"""A post that somebody minds is brought before those who lead the course by one press, and they decide."""

import re
from typing import Any

import pytest

from lms.db import db
from lms.discussion.feature import DiscussionData
from tests.lms.discussion.hall import Hall, post_number, posts, told

ASKS = "Ольга Петрова asks you to look at a post in “Вопрос”"


def press(hall: Hall, page: str, words: str, by: int) -> str:
    """Press a button of a page; what comes."""
    found = re.search(rf'action="([^"]*)"[^>]*>(?:(?!</form>).)*?{words}</button>', page, re.DOTALL)
    assert found is not None, words
    return hall.browser(by).post(found[1])


def test_one_press_tells_the_tutor_once(hall: Hall) -> None:
    thread = hall.begin("Вопрос", "Грубое слово", by=hall.anna)
    page = press(hall, hall.browser(hall.olga).get(thread), "Report to the tutor", hall.olga)
    assert "Those who lead the course are told that you ask them to look at the post." in page
    assert ("You asked the tutor to look at this post." in page, "Report to the tutor" in page) == (True, False)
    number = post_number(page)
    hall.browser(hall.olga).post(f"{hall.list}/posts/{number}/report")
    assert (told(hall, hall.tutor), told(hall, hall.anna)) == ([ASKS], [])
    assert "asks you to look" not in hall.browser(hall.anna).get(thread)
    page = hall.browser(hall.tutor).get(thread)
    assert ("1 person asks you to look at this post." in page, "Report to the tutor" in page) == (True, False)
    assert posts(hall.browser(hall.olga).get(thread)) == ["Грубое слово"]


@pytest.mark.parametrize("hidden", [False, True])
def test_whoever_reported_learns_what_was_decided(hall: Hall, hidden: bool) -> None:
    thread = hall.begin("Вопрос", "Грубое слово", by=hall.anna)
    page = hall.reply(thread, "Второе слово", by=hall.anna)
    number = post_number(page, -1)
    hall.browser(hall.olga).post(f"{hall.list}/posts/{number}/report")
    tutor = hall.browser(hall.tutor)
    if hidden:
        page = tutor.post(f"{hall.list}/posts/{number}/hide", {"reason": "Грубость"})
    else:
        page = press(hall, tutor.get(thread), "Leave it as it is", hall.tutor)
    assert "to look at this post" not in page
    assert told(hall, hall.olga)[0] == (
        "The post you reported in “Вопрос” was hidden." if hidden
        else "The post you reported in “Вопрос” was looked at and stays."
    )  # fmt: skip
    before = told(hall, hall.olga)
    tutor.post(f"{hall.list}/posts/{number}/leave")
    assert told(hall, hall.olga) == before, "nobody waits any more"
    hall.browser(hall.olga).post(f"{hall.list}/posts/{number}/report", status=404 if hidden else 200)
    assert told(hall, hall.tutor) == [ASKS], "asked and answered once"


def test_ones_own_posts_and_what_one_cannot_read_are_not_reported(hall: Hall) -> None:
    thread = hall.begin(by=hall.anna)
    number = post_number(hall.browser(hall.anna).get(thread))
    assert "Report to the tutor" not in hall.browser(hall.anna).get(thread)
    hall.browser(hall.anna).post(f"{hall.list}/posts/{number}/report", status=404)
    hall.browser(hall.tutor).post(f"{hall.list}/posts/{number}/report", status=403)
    hall.browser(hall.olga).post(f"{hall.list}/posts/{number}/leave", status=403)
    hall.browser(hall.olga).post(f"{hall.list}/posts/99/report", status=404)
    hall.browser(hall.tutor).post(f"{hall.list}/posts/99/leave", status=404)
    late = hall.begin(block="late", by=hall.tutor)
    shut = post_number(hall.browser(hall.tutor).get(late))
    hall.browser(hall.olga).post(f"{hall.list}/posts/{shut}/report", status=403)
    hall.browser(hall.stage.person("Чужая")).post(f"{hall.list}/posts/{number}/report", status=404)
    assert told(hall, hall.tutor) == []


def test_a_closed_thread_is_still_reported(hall: Hall) -> None:
    thread = hall.begin(by=hall.anna)
    hall.browser(hall.tutor).post(f"{thread}/close")
    press(hall, hall.browser(hall.olga).get(thread), "Report to the tutor", hall.olga)
    assert told(hall, hall.tutor) == [ASKS]


def test_reports_are_theirs_to_take_and_to_erase(hall: Hall) -> None:
    thread = hall.begin(by=hall.anna)
    number = post_number(hall.browser(hall.anna).get(thread))
    hall.browser(hall.olga).post(f"{hall.list}/posts/{number}/report")
    part = DiscussionData()

    def reported() -> list[dict[str, Any]]:
        db.session.rollback()
        return [{**one, "at": ""} for one in part.export(hall.stage.site, hall.olga)["reported"]]

    assert reported() == [{"run": hall.run, "activity": "", "at": ""}]
    part.erase(hall.stage.site, hall.olga)
    db.session.commit()
    assert reported() == []
    assert "asks you to look at this post" not in hall.browser(hall.tutor).get(thread)
