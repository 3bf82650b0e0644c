"""What is said about reviews and marks: authors answer reviewers, participants ask the tutor to look again."""

from typing import Any

import pytest
from sqlalchemy import select

from lms.plugin import db
from lms_workshop.models import Appeal, Reply
from lms_workshop.privacy import WorkshopTalk

NAMES = ("Абрикосова", "Берёзова", "Вишнёва")


@pytest.fixture
def closed(room: Any) -> Any:
    """Three people who have reviewed each other, and have their marks: 80 for each work."""
    room.learners(*NAMES)
    room.hand_in(*NAMES)
    room.move("review")
    room.review_all(clear=60, useful=20)
    room.move("closed")
    return room


def number_of(room: Any, author: str, reviewer: str) -> int:
    """What the reviewer is called for this author."""
    from lms.allocation.models import AllocationPair

    db.session.rollback()
    subject = f"work:{room.work(author)}"
    query = select(AllocationPair.number).where(
        AllocationPair.subject == subject, AllocationPair.reviewer_id == room.people[reviewer]
    )
    return db.session.execute(query).scalar_one()


# ------------------------------------------------------------------ answers to reviews


def test_an_author_answers_a_reviewer(closed, words) -> None:
    room = closed
    author, reviewer, number = room.pairs()[0]
    mine = number_of(room, author, reviewer)
    data = {"helped": "2", "text": "СПАСИБО\r\nза всё"}
    room.browsers[author].post(f"{room.base}replies/{mine}", data)
    page = room.page(author)
    assert ('value="2" checked' in page, "СПАСИБО\nза всё</textarea>" in page) == (True, True)
    seen = words(room.browsers[reviewer].get(f"{room.base}reviews/{number}/"))
    assert "Did the review help? It helped. СПАСИБО за всё" in seen
    assert "СПАСИБО" in room.tutor.get(f"{room.base}works/{room.work(author)}/")
    assert "an author answered your review." in room.browsers[reviewer].get("/notices")
    others = [name for name in NAMES if name not in (author, reviewer)]
    assert ["СПАСИБО" in room.page(name) for name in others] == [False]
    # changed, nobody is told again; taken back, it is gone
    room.browsers[author].post(f"{room.base}replies/{mine}", {"helped": "0"})
    assert "Did the review help? It did not help." in words(
        room.browsers[reviewer].get(f"{room.base}reviews/{number}/")
    )
    assert room.browsers[reviewer].get("/notices").count("an author answered your review.") == 1
    room.browsers[author].post(f"{room.base}replies/{mine}", {"text": "  "})
    db.session.rollback()
    assert db.session.execute(select(Reply)).scalars().all() == []
    assert {name: room.standing(name)[3] for name in NAMES} == dict.fromkeys(NAMES, 84)


def test_only_finished_reviews_of_the_own_work_are_answered(room, words) -> None:
    room.learners(*NAMES, "Дубова")
    room.hand_in(*NAMES)
    room.move("review")
    author, reviewer, number = room.pairs()[0]
    room.review(reviewer, number)
    mine = number_of(room, author, reviewer)
    answer = room.browsers[author].post(f"{room.base}replies/{mine}", {"text": "рано"}, status=422)
    assert "once the results are out" in words(answer)
    room.move("closed")
    unfinished = next(one for a, one, _ in room.pairs() if a == author and one != reviewer)
    for other in (number_of(room, author, unfinished), 99):
        room.browsers[author].post(f"{room.base}replies/{other}", {"text": "кому"}, status=404)
    room.browsers["Дубова"].post(f"{room.base}replies/{mine}", {"text": "я"}, status=404)
    room.tutor.post(f"{room.base}replies/{mine}", {"text": "я"}, status=403)
    room.browsers[author].post(f"{room.base}replies/{mine}", {"text": "я" * 5001}, status=422)
    said = room.browsers[author].post(f"{room.base}replies/{mine}", {"text": f"Ваша {author}"})
    assert "your answer says it" in words(said)


# ------------------------------------------------------------------ appeals


def ask(room: Any, name: str, part: str = "work", reason: str = "ПОЧЕМУ", status: int = 200) -> str:
    return str(room.browsers[name].post(f"{room.base}marks/{part}/appeal", {"reason": reason}, status))


def appeal(room: Any) -> int:
    db.session.rollback()
    return db.session.execute(select(Appeal.id).order_by(Appeal.id.desc())).scalars().first() or 0


def test_a_mark_is_changed_and_the_history_stays(closed, words) -> None:
    room = closed
    anna = NAMES[0]
    assert "Ask about the mark" in room.page(anna)
    ask(room, anna)
    assert room.standing(anna) == ("waiting", True, True, 84)
    assert "You have asked already" in words(ask(room, anna, status=422))
    assert "1 participant asks you to look again at a mark" in words(room.tutor.get(room.base))
    assert "asks you to look again" in room.tutor.get("/notices")
    page = f"{room.base}appeals/{appeal(room)}/"
    assert ("ПОЧЕМУ" in room.tutor.get(page), f"{anna}" in room.tutor.get(page)) == (True, True)
    assert "Say why" in words(room.tutor.post(page, {"percent": "90", "reason": " "}, status=422))
    assert "From 0 to 100." in words(room.tutor.post(page, {"percent": "101", "reason": "Так"}, status=422))
    room.tutor.post(page, {"percent": "90", "reason": "ПРАВДА, польза выше."})
    assert room.standing(anna) == ("complete", True, True, 0.9 * 80 + 20)
    assert "This is answered already." in words(room.tutor.post(page, {"reason": "Ещё"}, status=422))
    assert "looked again and changed the mark" in words(room.browsers[anna].get("/notices"))
    said = words(room.browsers[anna].get(f"{room.base}marks/work/"))
    assert "The mark was 80 % and became 90 %." in said.replace("\N{NO-BREAK SPACE}", " ").replace(
        "80%", "80 %"
    ).replace("90%", "90 %")
    assert ("ПОЧЕМУ" in said, "ПРАВДА, польза выше." in said, "How it was before" in said) == (True, True, True)
    assert "Changed" in words(room.tutor.get(f"{room.base}appeals/"))
    assert {name: room.standing(name) for name in NAMES[1:]} == dict.fromkeys(NAMES[1:], ("complete", True, True, 84))


def test_a_mark_is_confirmed(closed, words) -> None:
    room = closed
    anna = NAMES[0]
    ask(room, anna, "review")
    room.tutor.post(f"{room.base}appeals/{appeal(room)}/", {"reason": "ТАК И ЕСТЬ"})
    assert room.standing(anna) == ("complete", True, True, 84)
    page = words(room.browsers[anna].get(f"{room.base}marks/review/appeal"))
    assert ("stays as it is." in page, "ТАК И ЕСТЬ" in page) == (True, True)
    assert "confirmed the mark" in words(room.browsers[anna].get("/notices"))
    # answered, one may ask again, as long as there is time
    room.wait(days=7)
    assert "ЕЩЁ" in ask(room, anna, "review", reason="ЕЩЁ")
    room.wait(days=1)
    assert "is over" in words(ask(room, NAMES[1], status=422))


def test_who_may_ask_and_answer(closed, room_with) -> None:
    room = closed
    ask(room, NAMES[0])
    found = appeal(room)
    room.browsers[NAMES[1]].get(f"{room.base}appeals/{found}/", status=403)
    room.browsers[NAMES[1]].get(f"{room.base}appeals/", status=403)
    room.tutor.get(f"{room.base}marks/work/appeal", status=403)
    room.tutor.get(f"{room.base}appeals/{found + 1}/", status=404)
    room.browsers[NAMES[0]].get(f"{room.base}marks/other/appeal", status=404)
    assert "ПОЧЕМУ" not in room.page(NAMES[1])
    elsewhere = room_with("appeals: 0\nreview-points: 0\n")
    elsewhere.tutor.get(f"{elsewhere.base}appeals/{found}/", status=404)
    elsewhere.learners("Дубова", "Елина")
    elsewhere.hand_in("Дубова", "Елина")
    elsewhere.move("review")
    elsewhere.review_all()
    elsewhere.move("closed")
    assert "Ask about the mark" not in elsewhere.page("Дубова")
    ask(elsewhere, "Дубова", status=422)
    ask(elsewhere, "Дубова", "review", status=404)


def test_nobody_asks_before_there_are_marks(room, words) -> None:
    room.learners(*NAMES)
    room.hand_in(*NAMES)
    assert "There is no mark here" in words(ask(room, NAMES[0], status=422))


def test_an_appeal_outlives_a_reopening(closed) -> None:
    room = closed
    ask(room, NAMES[0])
    found = appeal(room)
    room.move("evaluation")
    room.tutor.post(f"{room.base}appeals/{found}/", {"percent": "50", "reason": "Пересчитал."})
    assert room.standing(NAMES[0])[3] is None
    room.move("closed")
    assert room.standing(NAMES[0]) == ("complete", True, True, 60)


def test_what_was_said_is_exported_and_forgotten(closed) -> None:
    room = closed
    author, reviewer, _ = room.pairs()[0]
    room.browsers[author].post(f"{room.base}replies/{number_of(room, author, reviewer)}", {"text": "СПАСИБО"})
    ask(room, author)
    data, site = WorkshopTalk(), room.stage.site
    mine, theirs = data.export(site, room.people[author]), data.export(site, room.people[reviewer])
    assert [one["text"] for one in mine["answers_to_reviews"]] == ["СПАСИБО"]
    assert [one["reason"] for one in mine["appeals"]] == ["ПОЧЕМУ"]
    assert [one["text"] for one in theirs["answers_to_own_reviews"]] == ["СПАСИБО"]
    assert data.erase(site, room.people[reviewer]) == []
    assert len(data.erase(site, room.people[author])) == 1
    db.session.commit()
    assert data.export(site, room.people[reviewer])["answers_to_own_reviews"] == []
    assert [one["reason"] for one in data.export(site, room.people[author])["appeals"]] == ["—"]
