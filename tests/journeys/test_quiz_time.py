"""The time of an attempt in a real browser: it is told, counted down, and at its end the answers are handed in by themselves."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from lms.db import db
from lms_quiz import plugin as quiz
from lms_quiz.models import Attempt
from tests.journeys.conftest import PHONE, Town
from tests.journeys.test_the_way import sign_in

pytestmark = pytest.mark.journey

LESSON = """:::{quiz} На время
:id: timed
:time: 2
:pages: one

1. Кто записывает?
   = летописец
2. Кто спит?
   = филин
:::
"""
BASE = "/courses/course-1@spring/activities/timed/"


@pytest.fixture
def plugins():
    return (quiz,)


@pytest.mark.parametrize("language", ["ru", "en"])
def test_time_runs_out_on_a_phone(town: Town, language: str) -> None:
    stage = town.stage
    learner = stage.person("Ученикова", language=language, email="learner@school.example", password="синий чайник поёт")
    run = stage.run(stage.course(lesson=LESSON))
    stage.enrol(run, learner)
    db.session.remove()
    person = town.person("Ученикова", language, PHONE)
    sign_in(person, "learner@school.example", "синий чайник поёт")
    person.page.clock.install()
    person.go(BASE).click("Start the quiz")
    page = person.page
    page.get_by_role("textbox").fill("летописец")
    person.click("Next question")
    page.get_by_role("textbox").fill("филин")
    left = page.locator("[data-countdown-left]")
    assert left.inner_text() == "02:00"
    assert page.locator("[data-countdown-said]").inner_text() == "02:00"
    person.look()
    page.clock.run_for(65_000)
    assert "00:50" <= left.inner_text() < "01:00"
    # a reader of the screen hears it twice: at five minutes and at one
    assert left.inner_text() <= page.locator("[data-countdown-said]").inner_text() <= "01:00"
    stage.move(minutes=2)
    with page.expect_navigation():
        page.clock.run_for(60_000)
    page.wait_for_load_state()
    assert page.url.endswith("timed/attempts/1/")
    db.session.remove()
    attempt = db.session.scalars(select(Attempt)).one()
    assert (attempt.points, attempt.finished_at) == (2, attempt.started_at + timedelta(minutes=2))
    town.all_is_well()
