"""One question a page: what is kept, where one goes on, and no way back where the author wants none."""

import re
from typing import Any

import pytest
from sqlalchemy import select

from lms.plugin import db
from lms_quiz.models import Attempt
from lms_quiz.reading import Given

TEXTS = ["дважды два", "Отметьте", "Москва", "Корень", "Как зовут"]


def kept() -> Given:
    db.session.rollback()
    answers = db.session.scalars(select(Attempt.answers)).one()
    return Given.model_validate_json(answers) if answers else Given()


def shown(page: str) -> list[int]:
    return [number for number, text in enumerate(TEXTS, 1) if text in page]


def go(sitting: Any, to: int, answers: dict[str, Any], status: int = 200) -> str:
    on = re.search(r'name="on" value="(\d+)"', sitting.page)[1]  # type: ignore[index]
    path = f"{sitting.base}attempts/{sitting.number}/go/{to}"
    page = str(sitting.browser.post(path, sitting.form(answers) | {"on": on}, status=status))
    if status == 200:
        sitting.page = page
    return page


def test_one_question_stands_on_a_page_and_the_others_keep_their_answers(place_with: Any, right: Any) -> None:
    place = place_with(":pages: one")
    learner = place.learner()
    sitting = place.sit(learner).start()
    assert (shown(sitting.page), "Question 1 of 5" in sitting.page) == ([1], True)
    go(sitting, 2, {"q1": "четыре"})
    assert shown(sitting.page) == [2]
    go(sitting, 5, {"q2": right["q2"]})
    go(sitting, 1, {"q5": "летописец"})
    assert (shown(sitting.page), sitting.checked) == ([1], ["четыре"])
    assert sorted(kept().replies) == [0, 1, 4]
    # whoever comes back goes on with the first that has no answer
    again = place.sit(learner).start()
    assert shown(again.page) == [3]
    assert shown(again.browser.get(f"{place.base}attempts/1/?question=4")) == [4]
    assert shown(again.browser.get(f"{place.base}attempts/1/?question=99")) == [3]
    page = again.browser.post(
        f"{place.base}attempts/1/finish", again.form({"q3": "True"}) | {"on": "3", "confirmed": "1"}
    )
    assert "6 of 7" in page


def test_a_form_without_its_question_changes_no_answer(place_with: Any) -> None:
    sitting = place_with(":pages: one").learner()
    place = place_with(":pages: one")
    sitting = place.sit(place.learner()).start()
    go(sitting, 2, {"q1": "четыре"})
    form = sitting.form({"q1": "пять"})
    sitting.browser.post(f"{place.base}attempts/1/save", form, status=204, headers={"X-Requested-With": "fetch"})
    db.session.rollback()
    assert [list(Given.model_validate_json(one).replies) for one in db.session.scalars(select(Attempt.answers))] == [
        [0]
    ]


def test_there_is_no_way_back_where_the_author_wants_none(place_with: Any) -> None:
    place = place_with(":pages: forward")
    learner = place.learner()
    sitting = place.sit(learner).start()
    assert shown(sitting.page) == [1]
    old = place.sit(learner).start()
    go(sitting, 3, {"q1": "четыре"}, 409)  # not the next one
    go(sitting, 2, {"q1": "четыре"})
    assert (shown(sitting.page), kept().at, list(kept().replies)) == ([2], 1, [0])
    # neither by the address, nor by a page that is still open, nor by a form made up
    assert shown(sitting.browser.get(f"{place.base}attempts/1/?question=1")) == [2]
    go(old, 2, {"q1": "пять"}, 409)
    old.browser.post(f"{place.base}attempts/1/save", old.form({"q1": "пять"}) | {"on": "1", "version": "1"}, 409)
    sitting.browser.post(f"{place.base}attempts/1/save", sitting.form({"q1": "пять"}) | {"on": "1"}, 409)
    go(sitting, 1, {}, 409)
    assert shown(place.sit(learner).start().page) == [2]
    for number in (3, 4, 5):
        go(sitting, number, {})
    go(sitting, 6, {}, 404)  # there is none
    # what cannot be answered any more is not asked for again
    review = sitting.browser.post(f"{place.base}attempts/1/finish", sitting.form({"q5": "летописец"}) | {"on": "5"})
    assert ("2 of 7" in review, [number for number, _ in enumerate(kept().replies)]) == (True, [0, 1])


@pytest.mark.parametrize("path", ["check/1", "again/1", "check/3", "again/3"])
def test_questions_that_are_not_there_are_neither_checked_nor_opened(place_with: Any, path: str) -> None:
    place = place_with(":pages: forward", ":behaviour: interactive", ":tries: 3")
    sitting = place.sit(place.learner()).start()
    go(sitting, 2, {"q1": "пять"})
    sitting.browser.post(f"{place.base}attempts/1/{path}", sitting.form({}) | {"on": "2"}, 404)
    assert kept().steps == {}


def test_a_checked_question_stays_on_its_page(place_with: Any) -> None:
    place = place_with(":pages: one", ":behaviour: immediate")
    sitting = place.sit(place.learner()).start()
    go(sitting, 3, {})
    page = sitting.browser.post(
        f"{place.base}attempts/1/check/3",
        sitting.form({"q3": "False"}) | {"on": "3"},
    )
    assert (shown(page), "ПОЯСНЕНИЕТРИ" in page) == ([3], True)


def test_shuffled_questions_are_numbered_as_they_stand(place_with: Any, right: Any) -> None:
    place = place_with(":shuffle-questions: true")
    orders = set()
    for number in range(6):
        sitting = place.sit(place.learner(f"Ученица{number}")).start()
        orders.add(tuple(sorted(TEXTS, key=sitting.page.index)))
        assert re.findall(r"Question (\d) of 5", sitting.page) == ["1", "2", "3", "4", "5"]
        again = sitting.browser.get(f"{place.base}attempts/1/")
        assert tuple(sorted(TEXTS, key=again.index)) == tuple(sorted(TEXTS, key=sitting.page.index))
    assert len(orders) > 1
