"""A reviewer who knows whose work it is gives it back: it finds another by itself, the two are kept apart, the tutor is told."""

import json
import re
from typing import Any

import pytest
from sqlalchemy import select

from lms.notices.models import Notice
from lms.plugin import db

NAMES = ("Абрикосова", "Берёзова", "Вишнёва", "Грушева", "Дубова")
REASON = {"reason": "Мы вместе\n вели этот проект."}


def address(room: Any, reviewer: str, number: int) -> str:
    """Where the reviewer's page leads to give the work back; "" when it does not."""
    page = room.browsers[reviewer].get(f"{room.base}reviews/{number}/")
    found = re.search(r'href="([^"]*/aside/\d+)"', page)
    return found[1] if found else ""


def notices(room: Any, surname: str) -> list[dict[str, Any]]:
    """What somebody was told: sentences with their values."""
    db.session.rollback()
    query = select(Notice.text).where(Notice.person_id == room.people[surname]).order_by(Notice.id)
    return [json.loads(text) for text in db.session.scalars(query)]


@pytest.fixture
def opened(room: Any) -> Any:
    room.learners(*NAMES)
    room.hand_in(*NAMES)
    room.move("review")
    return room


def test_the_work_goes_to_somebody_else(opened: Any, words: Any) -> None:
    room = opened
    before = room.pairs()
    author, reviewer, number = before[0]
    room.review(reviewer, number, finish=False)  # a draft goes with it
    told = {name: len(notices(room, name)) for name in NAMES}
    back = address(room, reviewer, number)
    assert "Could you not judge this work" in words(room.browsers[reviewer].get(back))
    assert author not in room.browsers[reviewer].text
    assert "Thank you for saying so" in words(room.browsers[reviewer].post(back, REASON))
    after = room.pairs()
    (given,) = set(after) - set(before)
    assert set(before) - set(after) == {(author, reviewer, number)}
    assert (given[0], given[2]) == (author, number)
    assert given[1] not in {author, reviewer}
    said = notices(room, "Ведущая")[-1]
    assert said["text"].endswith("{name} cannot review “{work}”, which goes to somebody else. Their reason: {reason}")
    assert said["values"] == {
        "title": "Сценарий", "name": {"person": room.people[reviewer], "name": f"Анна {reviewer}"},
        "work": f"Труд {room.secret(author)}", "reason": "Мы вместе вели этот проект.",
    }  # fmt: skip
    owed = {name: len(notices(room, name)) - told[name] for name in NAMES}
    assert owed == {**dict.fromkeys(NAMES, 0), given[1]: 1, reviewer: 1}  # the one still has another to write
    assert "0 of 1 done" in words(room.page(reviewer))
    room.browsers[reviewer].get(f"{room.base}reviews/{number}/", status=404)
    room.browsers[reviewer].get(back, status=404)
    apart = words(room.tutor.get(f"{room.stage.base(room.run)}allocation/sample/conflicts"))
    assert any(f"{one} Анна Петровна — {other} Анна Петровна" in apart for one, other in (
        (author, reviewer), (reviewer, author),
    ))  # fmt: skip
    room.tutor.post(f"{room.stage.base(room.run)}allocation/sample/repair")
    assert (author, reviewer) not in {pair[:2] for pair in room.pairs()}


def test_whoever_is_done_is_not_told_that_works_wait(opened: Any) -> None:
    room = opened
    reviewer = NAMES[0]
    first, second = room.of(reviewer)
    room.review(reviewer, first)
    told = notices(room, reviewer)
    room.browsers[reviewer].post(address(room, reviewer, second), REASON)
    assert notices(room, reviewer) == told
    assert room.standing(reviewer)[0] == "pending"


def test_what_cannot_be_given_back(opened: Any, words: Any) -> None:
    room = opened
    author, reviewer, number = room.pairs()[0]
    back, before = address(room, reviewer, number), room.pairs()
    browser = room.browsers[reviewer]
    assert "Say why you cannot review it" in words(browser.post(back, {"reason": " "}, status=422))
    assert "о" * 501 in browser.post(back, {"reason": "о" * 501}, status=422)
    room.browsers[author].get(back, status=404)
    room.browsers[author].post(back, REASON, status=404)
    room.tutor.get(back, status=403)
    room.review(reviewer, number)
    assert address(room, reviewer, number) == ""
    assert "This review is finished and stays." in words(browser.post(back, REASON, status=422))
    other = room.of(reviewer)[1]
    back = address(room, reviewer, other)
    room.move("evaluation")
    assert "until reviewing ends" in words(browser.post(back, REASON, status=422))
    assert room.pairs() == before


def test_where_nobody_else_may_the_tutor_is_asked(room: Any) -> None:
    room.learners(*NAMES[:3])
    room.hand_in(*NAMES[:3])
    room.move("review")
    _, reviewer, number = room.pairs()[0]
    room.browsers[reviewer].post(address(room, reviewer, number), REASON)
    assert "and nobody else is free to. Their reason:" in notices(room, "Ведущая")[-1]["text"]
    assert len(room.pairs()) == 5


def test_what_was_taken_from_the_queue_goes_back_to_it(room_with: Any) -> None:
    room = room_with("pace: own\n")
    room.learners(*NAMES[:3])
    room.hand_in(*NAMES[:3])
    browser = room.browsers[NAMES[0]]
    browser.post(f"{room.base}reviews/take")
    ((author, _, number),) = room.pairs()
    browser.post(address(room, NAMES[0], number), REASON)
    assert room.pairs() == []
    browser.post(f"{room.base}reviews/take")
    ((other, _, _),) = room.pairs()
    assert other not in {author, NAMES[0]}
