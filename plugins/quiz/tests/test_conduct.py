"""Questions that are marked while an attempt goes on: checks, tries, hints and certainty, through the pages a learner has."""

import json
import re
from typing import Any

import pytest
from sqlalchemy import select

from lms.plugin import db
from lms_quiz.models import Attempt

TEXT = """:::{quiz} Проверьте себя
:id: sample
%OPTIONS%

1. Столица Франции?
   - ( ) Лион
     > ОТЗЫВЛИОН
   - ( ) Ницца
     > ОТЗЫВНИЦЦА
   - (x) Париж
     > ОТЗЫВПАРИЖ
   ? ПОДСКАЗКАПЕРВАЯ
     на двух строках
   ? ПОДСКАЗКАВТОРАЯ
   > ПОЯСНЕНИЕ
2. Кто записывает? {points=3}
   = летописец
:::
"""
SECRETS = ["ОТЗЫВЛИОН", "ОТЗЫВНИЦЦА", "ОТЗЫВПАРИЖ", "ПОДСКАЗКАПЕРВАЯ", "ПОДСКАЗКАВТОРАЯ", "ПОЯСНЕНИЕ", "летописец"]


def seen(page: str) -> list[str]:
    return [word for word in SECRETS if word in page]


def stored() -> Attempt:
    db.session.rollback()
    return db.session.scalars(select(Attempt).execution_options(populate_existing=True)).one()


class Hand:
    """A learner at the quiz who presses the buttons of its questions."""

    def __init__(self, place: Any) -> None:
        self.sitting = place.sit(place.learner()).start()
        self.base = f"{place.base}attempts/1/"

    @property
    def page(self) -> str:
        return str(self.sitting.page)

    def press(self, what: str, question: int, status: int = 200, **answers: str) -> str:
        """Press a button of a question, as the page at hand would send it."""
        form = self.sitting.form(answers)
        page = self.sitting.browser.post(f"{self.base}{what}/{question}", form, status=status)
        if status == 200:
            self.sitting.page = page
        return str(page)

    def check(self, question: int, **answers: str) -> str:
        return self.press("check", question, **answers)

    def again(self, question: int) -> str:
        return self.press("again", question)

    def points(self, **answers: str) -> float | None:
        """Hand in; what the attempt is worth."""
        self.sitting.finish(answers)
        return stored().points


@pytest.fixture
def hand_at(place_with: Any) -> Any:
    return lambda *options: Hand(place_with(*options, text=TEXT))


def test_interactive_gives_a_hint_after_each_wrong_try_and_takes_its_price(hand_at: Any) -> None:
    hand = hand_at(":behaviour: interactive", ":penalty: 25%")
    assert (seen(hand.page), "3 tries left" in hand.page) == ([], True)
    page = hand.check(1, q1="Лион")
    assert (seen(page), "2 tries left" in page) == (["ОТЗЫВЛИОН", "ПОДСКАЗКАПЕРВАЯ"], True)
    assert "двух" in page
    assert re.search(r"<fieldset class=\"quiz-fixed\" disabled", page)
    # while the mark stands the answer is not taken, and a second check changes nothing
    hand.check(1, q1="Париж")
    assert hand.sitting.checked == ["Лион"]
    page = hand.again(1)
    assert ("quiz-fixed" in page, hand.sitting.checked) == (False, ["Лион"])
    page = hand.check(1, q1="Ницца")
    assert seen(page) == ["ОТЗЫВНИЦЦА", "ПОДСКАЗКАПЕРВАЯ", "ПОДСКАЗКАВТОРАЯ"]
    hand.again(1)
    page = hand.check(1, q1="Париж")
    assert (seen(page), hand.sitting.options == {}) == (["ОТЗЫВЛИОН", "ОТЗЫВНИЦЦА", "ОТЗЫВПАРИЖ", "ПОЯСНЕНИЕ"], True)
    assert "Try 3: 1 of the answer, less 0.25 for each earlier try, gives 0.5. Points: 0.5 of 1" in page
    assert hand.points(q2="летописец") == 3.5
    mark = json.loads(stored().marks)[0]
    assert {key: mark[key] for key in ("share", "alone", "behaviour", "terms", "tries", "step")} == {
        "share": 0.5, "alone": 1.0, "behaviour": "interactive", "terms": {"penalty": 0.25, "tries": 3, "values": [1.0, 0.5]},
        "tries": 3, "step": 4,
    }  # fmt: skip


def test_interactive_ends_with_its_tries(hand_at: Any) -> None:
    hand = hand_at(":behaviour: interactive", ":tries: 1")
    assert seen(hand.check(1, q1="Лион")) == ["ОТЗЫВЛИОН", "ОТЗЫВНИЦЦА", "ОТЗЫВПАРИЖ", "ПОЯСНЕНИЕ"]
    hand.again(1)
    hand.check(1, q1="Париж")
    assert hand.points() == 0


def test_immediate_marks_once(hand_at: Any) -> None:
    hand = hand_at(":behaviour: immediate")
    page = hand.check(2, q2="Летописец", q1="Лион")
    assert ("Points: 3 of 3" in page, seen(page)) == (True, ["летописец"])
    # the answer to the other question was kept by the same press
    assert hand.sitting.checked == ["Лион"]
    hand.press("check", 2, q2="никто", q1="Париж")
    assert hand.points(q1="Париж") == 4


def test_adaptive_keeps_the_best_and_takes_the_same_answer_for_one_try(hand_at: Any) -> None:
    hand = hand_at(":behaviour: adaptive", ":penalty: 10%")
    for answer in ("Лион", "Лион", "Париж"):
        page = hand.check(1, q1=answer)
    assert "Best of 2 tries: 1 of the answer, less 0.1 for the tries before it, gives 0.9." in page
    assert hand.points() == 0.9


def test_an_exam_is_worth_less_with_every_try_and_pressing_twice_is_one_try(hand_at: Any) -> None:
    hand = hand_at(":behaviour: exam", ":values: 100% 60% 30%")
    hand.check(2, q2="писец")
    page = hand.check(2, q2="писец")
    assert "2 tries left" in page
    page = hand.check(2, q2="летописец")
    assert "2 tries, each worth less than the one before, gave 0.6 of the points. Points: 1.8 of 3" in page
    assert hand.points() == 1.8


def test_certainty_is_asked_for_and_kept(hand_at: Any) -> None:
    hand = hand_at(":behaviour: certainty")
    assert ("How sure are you?" in hand.page, "Check" in hand.page) == (True, False)
    hand.sitting.save({"q1": "Париж", "q1-sure": "3", "q2": "никто", "q2-sure": "2"})
    page = hand.sitting.browser.get(hand.base)
    assert re.findall(r'name="(q\d)-sure" value="(\d)" checked', page) == [("q1", "3"), ("q2", "2")]
    hand.press("check", 1, status=404)
    review = hand.sitting.browser.post(f"{hand.base}finish", {"confirmed": "1"})
    assert "Certainty 2 of 3: 0 of the answer gives -0.67. Points: -2 of 3" in review.replace("−", "-")
    assert (stored().points, stored().max_points) == (0, 4)  # not less than nothing


def test_what_cannot_be_an_answer_is_no_try(hand_at: Any) -> None:
    hand = hand_at(":behaviour: immediate")
    page = hand.check(1)
    assert "Question 1: not answered. Nothing was marked." in page
    assert seen(page) == []
    assert hand.points(q1="Париж") == 1


def test_a_check_of_another_window_is_refused(hand_at: Any) -> None:
    hand = hand_at(":behaviour: interactive")
    old = hand.sitting.form({"q1": "Лион"})
    hand.check(1, q1="Лион")
    hand.again(1)
    hand.sitting.browser.post(f"{hand.base}check/1", old, status=409)
    assert [step["act"] for step in json.loads(stored().answers)["steps"]["0"]] == ["check", "again"]
    hand.press("check", 9, status=404)
    hand.press("again", 9, status=404)


def test_deferred_has_no_check(hand_at: Any) -> None:
    hand = hand_at()
    assert ">Check<" not in hand.page
    hand.press("check", 1, status=404, q1="Париж")
    assert (seen(hand.sitting.browser.get(hand.base)), hand.points(q1="Париж")) == ([], 1)


def test_both_languages_say_shares_with_their_own_sign(hand_at: Any, place_with: Any) -> None:
    hand = hand_at(":behaviour: adaptive", ":penalty: 25%")
    hand.check(1, q1="Лион")
    hand.check(1, q1="Париж")
    hand.sitting.finish({})
    db.session.rollback()
    from lms.people.models import Person

    db.session.query(Person).update({"language": "ru"})
    db.session.commit()
    assert "0,75" in hand.sitting.browser.get(hand.base)
