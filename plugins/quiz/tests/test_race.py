"""Many at once, on both databases: one attempt, no lost answer, no answer after the end."""

import json
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from threading import Barrier, BrokenBarrierError, Thread
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from lms.db import writing
from lms.plugin import db
from lms.visit import RunVisit
from lms_quiz import service
from lms_quiz.corrections import Correction, Remark
from lms_quiz.models import Attempt


def at_once(acts: list[Callable[[], int]]) -> list[int]:
    """Do all of it at the same moment; what each gave, in order."""
    barrier = Barrier(len(acts))
    found = [0] * len(acts)

    def act(place: int) -> None:
        barrier.wait()
        found[place] = acts[place]()

    threads = [Thread(target=act, args=(place,)) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def poster(sitting: Any, path: str, data: dict[str, object], **headers: str) -> Callable[[], int]:
    """A form ready to be sent: the token is fetched beforehand."""
    whole = {"csrf_token": sitting.browser.token(), **data}
    client = sitting.browser.client
    return lambda: int(client.post(path, data=whole, headers=headers).status_code)


def test_twenty_starts_at_once_make_one_attempt(place_with: Any) -> None:
    place = place_with(":attempts: 1")
    learner = place.learner()
    sittings = [place.sit(learner) for _ in range(20)]
    statuses = at_once([poster(one, f"{place.base}start", {}) for one in sittings])
    db.session.rollback()
    assert (Counter(statuses), db.session.query(Attempt).count()) == (Counter({303: 20}), 1)
    # and after it is handed in, none of twenty gets another
    sittings[0].start().finish({})
    at_once([poster(one, f"{place.base}start", {}) for one in sittings])
    db.session.rollback()
    assert db.session.query(Attempt).count() == 1


def test_people_do_not_wait_for_each_others_attempts_to_be_counted(place_with: Any) -> None:
    place = place_with(":attempts: 1")
    sittings = [place.sit(place.learner(f"Ученица{number}")) for number in range(8)]
    statuses = at_once([poster(one, f"{place.base}start", {}) for one in sittings for _ in (1,)])
    db.session.rollback()
    assert (Counter(statuses), db.session.query(Attempt).count()) == (Counter({303: 8}), 8)


def test_every_save_is_either_marked_or_refused(place: Any) -> None:
    learner = place.learner()
    for number in range(1, 5):
        sitting = place.sit(learner).start()
        assert sitting.number == number
        path = f"{place.base}attempts/{number}/"
        acts = [
            poster(
                place.sit(learner), f"{path}save", sitting.form({"q5": f"ответ {n}"}), **{"X-Requested-With": "fetch"}
            )
            for n in range(10)
        ]
        finish = poster(place.sit(learner), f"{path}finish", {"confirmed": "1"})
        *saves, finished = at_once([*acts, finish])
        db.session.rollback()
        attempt = db.session.scalars(select(Attempt).where(Attempt.number == number)).one()
        kept = json.loads(attempt.answers or '{"version": 0, "replies": {}}')
        assert finished == 303
        assert set(saves) <= {204, 409}
        # every acknowledged save is counted in the set that was marked, and nothing else is
        assert kept["version"] == saves.count(204)
        texts = {f"ответ {n}" for n, status in enumerate(saves) if status == 204}
        assert {reply["text"] for reply in kept["replies"].values()} <= texts
        assert bool(kept["replies"]) is bool(texts)
        assert (attempt.finished_at is not None, attempt.points) == (True, 0)
        sitting.save({"q5": "поздно"}, status=409)


def test_one_form_sent_twenty_times_is_one_attempt_and_one_mark(place: Any, right: Any) -> None:
    learner = place.learner()
    sitting = place.sit(learner).start()
    data = sitting.form(right) | {"confirmed": "1"}
    statuses = at_once([poster(place.sit(learner), f"{place.base}attempts/1/finish", data) for _ in range(20)])
    db.session.rollback()
    from lms.progress.models import ResultHistory

    history = db.session.scalars(
        select(ResultHistory.state).where(ResultHistory.item == "sample").order_by(ResultHistory.id)
    ).all()
    assert (Counter(statuses), list(history)) == (Counter({303: 20}), ["started", "complete"])
    assert db.session.scalars(select(Attempt.points)).all() == [7]


def test_of_two_corrections_at_once_the_second_sees_that_something_changed(place: Any) -> None:
    for number in range(3):
        place.sit(place.learner(f"Ученица{number}")).start().finish({"q1": "пять"})
    tutors = [place.tutor() for _ in range(6)]
    page = tutors[0].get(f"{place.base}corrections/new?act=full&question=1")
    digest = page.partition('name="digest" value="')[2].partition('"')[0]
    data = {"act": "full", "question": "1", "digest": digest, "reason": "Ключ был неверным."}

    def sender(tutor: Any) -> Callable[[], int]:
        whole = {"csrf_token": tutor.token(), **data}
        return lambda: int(tutor.client.post(f"{place.base}corrections/new", data=whole).status_code)

    statuses = at_once([sender(tutor) for tutor in tutors])
    db.session.rollback()
    assert Counter(statuses) == Counter({303: 1, 409: 5})
    assert (db.session.query(Correction).count(), db.session.query(Remark).count()) == (1, 3)


# ------------------------------------------------------------------ limits


@pytest.mark.parametrize("limit", [1, 3])
def test_of_fifty_starts_at_once_as_many_as_the_limit_begin_an_attempt(
    place_with: Any, monkeypatch: pytest.MonkeyPatch, limit: int
) -> None:
    """Each start hands in what is under way first, so that the limit alone decides."""
    place = place_with(f":attempts: {limit}")
    learner = place.learner()
    sittings = [place.sit(learner) for _ in range(50)]
    monkeypatch.setattr(service, "start", _start_and_hand_in)
    statuses = at_once([poster(one, f"{place.base}start", {}) for one in sittings])
    db.session.rollback()
    numbers = sorted(db.session.scalars(select(Attempt.number)))
    assert (Counter(statuses), numbers) == (Counter({303: 50}), list(range(1, limit + 1)))


_start = service.start


def _start_and_hand_in(visit: Any) -> tuple[int, str]:
    number, barred = _start(visit)
    if number:
        service.finish(visit, number, {}, confirmed=True)
    return number, barred


def _without_lock(monkeypatch: pytest.MonkeyPatch, together: int) -> None:
    """Take the guard off: no lock, and everybody has read the attempts before anybody goes on."""
    everybody_read = Barrier(together)
    attempts_of = service.attempts_of

    def read_and_wait(visit: Any, person: int) -> Any:
        found = attempts_of(visit, person)
        with suppress(BrokenBarrierError):
            everybody_read.wait(10)
        return found

    monkeypatch.setattr(RunVisit, "lock", lambda self, name="": None)
    monkeypatch.setattr(service, "attempts_of", read_and_wait)


def _one_writes_at_a_time() -> None:
    """On SQLite the writing transaction itself is the guard and cannot be taken off: a second one does not even begin."""
    db.session.rollback()
    with writing(True), db.engine.connect() as first, db.engine.connect() as second:
        second.exec_driver_sql("PRAGMA busy_timeout=0")
        second.rollback()
        first.exec_driver_sql("SELECT 1")
        with pytest.raises(OperationalError, match="locked"):
            second.exec_driver_sql("SELECT 1")


def test_without_the_lock_starts_would_run_into_each_other(place_with: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    if db.engine.dialect.name == "sqlite":
        _one_writes_at_a_time()
        return
    place = place_with(":attempts: 1")
    learner = place.learner()
    sittings = [place.sit(learner) for _ in range(6)]
    _without_lock(monkeypatch, 6)
    statuses = at_once([poster(one, f"{place.base}start", {}) for one in sittings])
    db.session.rollback()
    # the database's own rule (one number, one attempt under way) is the second guard: it lets one through and breaks the others
    assert (Counter(statuses), db.session.query(Attempt).count()) == (Counter({303: 1, 409: 5}), 1)


# ------------------------------------------------------------------ hand-ins


def _hand_ins(place: Any, right: Any, people: int, times: int) -> None:
    acts = []
    for number in range(people):
        learner = place.learner(f"Ученица{number}")
        sitting = place.sit(learner).start()
        data = sitting.form(right) | {"confirmed": "1"}
        acts += [poster(place.sit(learner), f"{place.base}attempts/1/finish", data) for _ in range(times)]
    found: list[int] = []
    for first in range(0, len(acts), 100):  # a hundred threads at a time
        found += at_once(acts[first : first + 100])
    from lms.progress.models import ResultHistory, ResultRecord

    db.session.rollback()
    assert Counter(found) == Counter({303: people * times})
    assert db.session.scalars(select(Attempt.points)).all() == [7] * people
    grades = db.session.scalars(select(ResultRecord.points).where(ResultRecord.item == "sample")).all()
    history = db.session.scalars(select(ResultHistory.state).where(ResultHistory.item == "sample")).all()
    assert (list(grades), Counter(history)) == ([7] * people, Counter({"started": people, "complete": people}))


def test_many_hand_ins_at_once_are_one_attempt_and_one_mark_each(place: Any, right: Any) -> None:
    _hand_ins(place, right, 10, 10)


@pytest.mark.long
def test_two_hundred_people_hand_in_twenty_times_each(place: Any, right: Any) -> None:
    _hand_ins(place, right, 200, 20)


def test_without_the_lock_one_hand_in_would_be_counted_again_and_again(
    place: Any, right: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    if db.engine.dialect.name == "sqlite":
        _one_writes_at_a_time()
        return
    learner = place.learner()
    sitting = place.sit(learner).start()
    data = sitting.form(right) | {"confirmed": "1"}
    everybody_read = Barrier(5)
    one_of, marked_times = service.one_of, []

    def read_and_wait(visit: Any, person: int, number: int) -> Any:
        found = one_of(visit, person, number)
        everybody_read.wait(10)
        return found

    def counted(visit: Any, attempt: Any) -> None:
        marked_times.append(attempt.number)
        hand_in(visit, attempt)

    hand_in = service.hand_in
    monkeypatch.setattr(RunVisit, "lock", lambda self, name="": None)
    monkeypatch.setattr(service, "one_of", read_and_wait)
    monkeypatch.setattr(service, "hand_in", counted)
    at_once([poster(place.sit(learner), f"{place.base}attempts/1/finish", data) for _ in range(5)])
    assert marked_times == [1] * 5


# ------------------------------------------------------------------ saves that race the hand-in


def test_without_the_lock_an_acknowledged_save_would_be_lost(place: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    if db.engine.dialect.name == "sqlite":
        _one_writes_at_a_time()
        return
    learner = place.learner()
    sitting = place.sit(learner).start()
    path = f"{place.base}attempts/1/"
    both_read = Barrier(2)
    one_of = service.one_of

    def read_and_wait(visit: Any, person: int, number: int) -> Any:
        found = one_of(visit, person, number)
        both_read.wait(10)
        return found

    monkeypatch.setattr(RunVisit, "lock", lambda self, name="": None)
    monkeypatch.setattr(service, "one_of", read_and_wait)
    save = poster(place.sit(learner), f"{path}save", sitting.form({"q5": "летописец"}), **{"X-Requested-With": "fetch"})
    saved, _finished = at_once([save, poster(place.sit(learner), f"{path}finish", {"confirmed": "1"})])
    db.session.rollback()
    attempt = db.session.scalars(select(Attempt)).one()
    # it was said to be kept, and the mark knows nothing of it
    assert (saved, attempt.points or 0.0) == (204, 0.0)


# ------------------------------------------------------------------ the deadline


def test_saves_and_hand_ins_that_race_the_deadline_are_kept_or_refused(place_with: Any) -> None:
    place = place_with(":time: 10", ":grace: 0")
    people = [place.learner(f"Ученица{number}") for number in range(20)]
    sittings = [place.sit(person).start() for person in people]
    end = place.stage.site.now() + timedelta(minutes=10)
    place.stage.clock.set(end)
    path = f"{place.base}attempts/1/"

    def late() -> int:
        place.stage.clock.set(end + timedelta(microseconds=1))
        return 0

    quiet = {"X-Requested-With": "fetch"}
    saves = [poster(one, f"{path}save", one.form({"q5": "летописец"}), **quiet) for one in sittings]
    statuses = at_once([*saves, late])[:-1]
    db.session.rollback()
    place.stage.move(minutes=1)
    place.stage.tick()
    rows = db.session.execute(select(Attempt.person_id, Attempt.points, Attempt.finished_at)).all()
    points = {row.person_id: row.points for row in rows}
    assert set(statuses) <= {204, 409}
    assert [points[person] for person in people] == [1.0 if status == 204 else 0.0 for status in statuses]
    assert {row.finished_at for row in rows} == {end}
