"""Many at once, on both databases: one attempt, no lost answer, no answer after the end."""

import json
from collections import Counter
from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

from sqlalchemy import select

from lms.plugin import db
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
