"""Seats: taken, waited for, given back; never more than there are."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy.exc import IntegrityError

from lms.plugin import db


def test_without_a_limit_everybody_takes_part(group):
    it = group()
    page = it.page(it.learners[0])
    assert "Take a seat" not in page
    it.seat(it.learners[0], status=404)


def test_seats_waiting_list_and_promotion_in_order(group):
    it = group(learners=4, seats=2)
    anna, boris, vera, gala = it.learners
    assert "You have a seat." in it.seat(anna)
    assert "You have a seat." in it.seat(boris)
    assert "you are on the waiting list" in it.seat(vera)
    assert "You are number 2." in it.seat(gala)
    assert it.seats() == [(anna, 1), (boris, 2), (vera, None), (gala, None)]
    assert "On the waiting list" in it.browser(vera).get(it.lesson)

    it.leave(anna)
    assert it.seats() == [(boris, 2), (vera, 1), (gala, None)]
    assert it.notices(vera) == ["A seat has become free: you take part in “Встречи”."]
    assert it.notices(gala) == []
    assert "You have a seat" in it.page(vera)
    assert "You are number 1." in it.page(gala)

    it.leave(gala)
    assert it.seats() == [(boris, 2), (vera, 1)]
    assert "Take a seat" in it.page(anna) or "Go on the waiting list" in it.page(anna)


def test_a_seat_is_taken_once(group):
    it = group(learners=1, seats=2)
    it.seat(it.learners[0])
    it.seat(it.learners[0])
    assert it.seats() == [(it.learners[0], 1)]
    it.leave(it.learners[0])
    it.leave(it.learners[0])
    assert it.seats() == []


def test_whoever_leaves_the_run_gives_the_seat_back(group):
    from lms.enrolment import service as enrolment

    it = group(learners=2, seats=1)
    anna, boris = it.learners
    it.seat(anna)
    it.seat(boris)
    enrolment.withdraw(it.stage.site, it.run, anna, it.stage.actor(it.tutor))
    db.session.commit()
    assert it.seats() == [(boris, 1)]
    assert it.notices(boris) == ["A seat has become free: you take part in “Встречи”."]


def test_more_seats_are_given_out_as_time_goes_on(group):
    from sqlalchemy import delete

    from lms.booking.models import PlaceRecord

    it = group(learners=3, seats=1)
    for person in it.learners:
        it.seat(person)
    db.session.execute(delete(PlaceRecord).where(PlaceRecord.person_id == it.learners[0]))
    db.session.commit()
    it.stage.move(minutes=5)
    it.stage.tick()
    assert it.seats() == [(it.learners[1], 1), (it.learners[2], None)]


def test_after_the_last_session_there_are_no_seats(group):
    it = group(learners=1, seats=1)
    it.move(days=9)
    assert "The last session is over." in it.seat(it.learners[0], status=422)


def _storm(it) -> list[int]:
    browsers = [it.stage.browser(person) for person in it.learners]
    tokens = [browser.token() for browser in browsers]
    db.session.rollback()
    addresses = f"{it.base}seat"

    def take(n: int) -> int:
        return browsers[n].client.post(addresses, data={"csrf_token": tokens[n]}).status_code

    with ThreadPoolExecutor(20) as pool:
        return list(pool.map(take, range(len(browsers))))


def test_twenty_at_once_on_five_seats(group):
    it = group(learners=20, seats=5)
    assert _storm(it) == [303] * 20
    seats = it.seats()
    assert [number for _, number in seats] == [1, 2, 3, 4, 5] + [None] * 15
    assert sorted(person for person, _ in seats) == it.learners
    waiting = [person for person, number in seats if number is None]
    for person, _ in seats[:2]:
        it.leave(person)
    assert [person for person, number in it.seats() if number is not None] == [
        *(person for person, _ in seats[2:5]),
        *waiting[:2],
    ]


def test_two_never_have_the_same_seat_even_without_the_lock(group):
    from lms.booking.models import PlaceRecord

    it = group(learners=2, seats=5)
    it.seat(it.learners[0])
    second = {"run_id": it.run, "block": "talks", "slot": "seminar", "person_id": it.learners[1], "number": 1}
    db.session.add(PlaceRecord(**second, since=it.stage.site.now()))
    with pytest.raises(IntegrityError):
        db.session.flush()
    db.session.rollback()


def test_a_storm_without_the_lock_never_sells_a_seat_twice(group, monkeypatch):
    from lms.visit import RunVisit

    monkeypatch.setattr(RunVisit, "lock", lambda self, name="": None)
    it = group(learners=8, seats=3)
    it.stage.app.config["PROPAGATE_EXCEPTIONS"] = False
    _storm(it)
    numbers = [number for _, number in it.seats() if number is not None]
    assert len(numbers) == len(set(numbers)) <= 3
