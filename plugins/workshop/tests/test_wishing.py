"""People say which works they would gladly review, before works are handed out."""

import re
from typing import Any

import pytest
from sqlalchemy import select

from lms.plugin import db
from lms_workshop.models import Work

NAMES = ("Абрикосова", "Берёзова", "Вишнёва", "Грушева")


@pytest.fixture
def wishing(room_with: Any) -> Any:
    room = room_with("wishes: true\nreviewers: 1\n")
    room.learners(*NAMES, "Дубова")
    room.hand_in(*NAMES)
    return room


def numbers(room: Any) -> dict[str, int]:
    """What each work is called, by author."""
    db.session.rollback()
    names = {f"person:{id}": surname for surname, id in room.people.items()}
    return {names[owner]: number for owner, number in db.session.execute(select(Work.owner, Work.number))}


def test_wishes_decide_who_reviews_what(wishing, words) -> None:
    room = wishing
    assert set(numbers(room).values()) == {0}
    room.move("wishes")
    called = numbers(room)
    assert sorted(called.values()) == [1, 2, 3, 4]
    assert "All works are in." in words(room.page(NAMES[0]))
    for place, name in enumerate(NAMES):
        page = room.browsers[name].get(f"{room.base}wishes/")
        assert sorted(map(int, re.findall(r'name="wish-(\d+)" value="2"', page))) == sorted(
            set(called.values()) - {called[name]}
        )
        assert (room.secret(NAMES[place - 1]) in page, room.secret(name) in page) == (True, False)
        room.browsers[name].post(f"{room.base}wishes/", {f"wish-{called[NAMES[place - 1]]}": "2", "wish-77": "2"})
    assert 'value="2" checked' in room.browsers[NAMES[0]].get(f"{room.base}wishes/")
    room.move("review")
    assert numbers(room) == called
    assert sorted(room.pairs()) == sorted(
        (NAMES[place - 1], name, called[NAMES[place - 1]]) for place, name in enumerate(NAMES)
    )
    assert "You had asked for it." in room.browsers[NAMES[0]].get(f"{room.base}reviews/{called[NAMES[-1]]}/")


def test_wishes_have_their_time(wishing, words) -> None:
    room = wishing
    room.browsers[NAMES[0]].post(f"{room.base}wishes/", status=422)
    assert "Works are still being handed in." not in words(room.move("wishes"))
    assert "Works are still being handed in." in words(room.tutor.post(f"{room.base}allocate", status=422))
    # whoever has no work does not choose, and staff do not
    room.browsers["Дубова"].post(f"{room.base}wishes/", status=422)
    room.tutor.get(f"{room.base}wishes/", status=403)
    # back to handing in and on again, works keep being called the same by those who have chosen
    called = numbers(room)
    room.move("submission")
    room.hand_in("Дубова")
    room.move("wishes")
    after = numbers(room)
    assert (after.pop("Дубова"), after) == (5, called)
    room.move("review")
    room.browsers[NAMES[0]].post(f"{room.base}wishes/", status=422)


def test_without_wishes_there_is_no_such_phase(room, words) -> None:
    room.learners(*NAMES)
    room.hand_in(*NAMES)
    room.tutor.post(f"{room.stage.base(room.run)}phases/sample", {"phase": "wishes"}, status=404)
    assert "Whom should you not review?" in words(room.page(NAMES[0]))


def test_somebody_one_is_at_odds_with_is_kept_apart(room_with) -> None:
    room = room_with("reviewers: 3\n")
    room.learners(*NAMES)
    room.hand_in(*NAMES)
    address = f"{room.stage.base(room.run)}conflicts"
    room.browsers[NAMES[0]].post(address, {"other": str(room.people[NAMES[1]])})
    assert "checked" not in room.browsers[NAMES[1]].get(address)
    room.tutor.get(address, status=403)
    room.move("review")
    met = {(author, reviewer) for author, reviewer, _ in room.pairs()}
    everybody = {(one, other) for one in NAMES for other in NAMES if one != other}
    assert everybody - met == {(NAMES[0], NAMES[1]), (NAMES[1], NAMES[0])}
    assert "one of the two asked for it" in room.tutor.get(f"{room.stage.base(room.run)}allocation/sample/conflicts")
