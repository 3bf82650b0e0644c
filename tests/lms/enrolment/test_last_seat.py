"""Many people and few seats at the same moment: the count stays true, and would not without its guard."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from lms.db import db, writing
from lms.enrolment import service
from lms.enrolment.models import Enrolment
from lms.publishing.models import RunRecord
from lms.testing.stage import Stage

PEOPLE, SEATS = 20, 5


def rush(stage: Stage, run: int, people: list[int]) -> list[str]:
    """Everybody asks at once, each in a thread and a transaction of their own."""
    start = Barrier(len(people))

    def ask(person: int) -> str:
        with stage.app.app_context(), writing(True):
            start.wait()
            state = service.ask(stage.site, run, person)
            db.session.commit()
            return state

    with ThreadPoolExecutor(len(people)) as threads:
        return list(threads.map(ask, people))


def active(run: int) -> int:
    db.session.rollback()
    return db.session.query(Enrolment).filter_by(run_id=run, state="active").count()


def test_exactly_as_many_get_in_as_there_are_seats(stage: Stage) -> None:
    run = stage.run(stage.course(), capacity=SEATS)
    people = [stage.person("Участник") for _ in range(PEOPLE)]
    states = rush(stage, run, people)
    assert sorted(states) == ["active"] * SEATS + ["waiting"] * (PEOPLE - SEATS)
    assert active(run) == SEATS
    rows = db.session.execute(select(Enrolment.changed_at).where(Enrolment.run_id == run, Enrolment.state == "waiting"))
    assert len(set(rows.scalars())) == PEOPLE - SEATS


def test_one_person_asking_many_times_gets_one_place(stage: Stage) -> None:
    run = stage.run(stage.course(), capacity=SEATS)
    person = stage.person("Участник")
    assert rush(stage, run, [person] * 10) == ["active"] * 10
    assert active(run) == 1


def test_leaving_and_coming_at_once_keeps_the_count(stage: Stage) -> None:
    run = stage.run(stage.course(), capacity=SEATS)
    people = [stage.person("Участник") for _ in range(PEOPLE)]
    rush(stage, run, people)
    inside = db.session.execute(
        select(Enrolment.person_id).where(Enrolment.run_id == run, Enrolment.state == "active")
    ).scalars()
    leaving = list(inside)
    db.session.rollback()

    def leave(person: int) -> None:
        with stage.app.app_context(), writing(True):
            service.withdraw(stage.site, run, person)
            db.session.commit()

    with ThreadPoolExecutor(SEATS) as threads:
        list(threads.map(leave, leaving))
    assert active(run) == SEATS
    assert db.session.query(Enrolment).filter_by(run_id=run, state="waiting").count() == PEOPLE - 2 * SEATS


def test_without_the_lock_too_many_would_get_in(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    if db.engine.dialect.name == "sqlite":
        # there the writing transaction itself is the lock: a second one does not even begin
        with writing(True), db.engine.connect() as first, db.engine.connect() as second:
            second.exec_driver_sql("PRAGMA busy_timeout=0")
            second.rollback()
            first.exec_driver_sql("SELECT 1")
            with pytest.raises(OperationalError, match="locked"):
                second.exec_driver_sql("SELECT 1")
        return
    everybody_counted = Barrier(8)
    counts = service._counts

    def count_and_wait(run_id: int) -> tuple[int, int]:
        found = counts(run_id)
        everybody_counted.wait(20)
        return found

    monkeypatch.setattr(service, "_hold", lambda run_id: db.session.get_one(RunRecord, run_id))
    monkeypatch.setattr(service, "_counts", count_and_wait)
    run = stage.run(stage.course(), capacity=SEATS)
    states = rush(stage, run, [stage.person("Участник") for _ in range(8)])
    assert states == ["active"] * 8
    assert active(run) == 8
