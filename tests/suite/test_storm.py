"""A small storm in each run: learners who save while time runs out, on the real server: nothing is lost, nothing breaks."""

import logging
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from lms.plugin import db
from lms_quiz.models import Attempt
from tests.bench.served import free_port, on_loopback
from tests.bench.storm import Sitter, all_of, result, sitters

PEOPLE = 20


def test_twenty_learners_at_the_deadline_lose_nothing(stage: Any) -> None:
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    port = free_port()
    everybody = sitters(stage, port, PEOPLE)
    with on_loopback(stage.app, port):
        all_of(everybody, Sitter.start, threads=4)
        end = stage.site.now() + timedelta(minutes=60)

        def sit(one: Sitter) -> None:
            for _ in range(3):
                one.save()
            if one is everybody[PEOPLE // 2]:  # time is up for all in the midst of it
                stage.clock.set(end + timedelta(seconds=6))
            for _ in range(2):
                one.save()
            one.finish()

        all_of(everybody, sit)
        for one in everybody:
            one.close()
    found = result(everybody)
    assert (found.people, found.lost, found.open, found.errors) == (PEOPLE, 0, 0, 0)
    assert found.saves >= 3  # those who came before time was up
    finished = db.session.scalars(select(Attempt.finished_at)).all()
    assert all(one is not None and one <= end for one in finished)
