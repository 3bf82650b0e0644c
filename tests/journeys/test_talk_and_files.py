"""A talk and a file in a real browser: what is new is read by looking, quoted, found, summed up; a document is looked at on a phone."""

import pytest
from playwright.sync_api import Page

from lms.db import db
from lms.discussion import following
from lms_quiz import plugin as quiz
from tests.journeys.conftest import PHONE, Town
from tests.journeys.test_the_way import sign_in
from tests.lms.files import marked

pytestmark = pytest.mark.journey

LESSON = """:::{quiz} Файлы
:id: papers

1. Пришлите план.
   = file
:::
"""
BASE = "/courses/course-1@spring/"


@pytest.fixture
def plugins():
    return (quiz,)


def shown(page: Page) -> list[list[int]]:
    """Width and height of the pictures on the page, once they are there."""
    size = "one => one.decode().then(() => [one.naturalWidth, one.naturalHeight])"
    pictures = page.locator(".leaves img").all()
    for picture in pictures:
        picture.scroll_into_view_if_needed()
    return [picture.evaluate(size) for picture in pictures]


@pytest.mark.parametrize("language", ["ru", "en"])
def test_a_talk_and_a_document_on_a_phone(town: Town, language: str) -> None:
    stage = town.stage
    people = {
        name: stage.person(name, language=language, email=f"{mail}@school.example", password="синий чайник поёт")
        for name, mail in (("Ученикова", "learner"), ("Ведущая", "tutor"))
    }
    run = stage.run(stage.course(lesson=LESSON))
    stage.enrol(run, people["Ученикова"])
    stage.enrol(run, people["Ведущая"], role="tutor")
    db.session.remove()
    learner, tutor = (town.person(name, language, PHONE) for name in people)
    sign_in(learner, "learner@school.example", "синий чайник поёт")
    sign_in(tutor, "tutor@school.example", "синий чайник поёт")

    learner.go(f"{BASE}discussion").sees("Tell me of everything here")
    learner.fill("title", "Как начать?").fill("text", "С чего начинать **урок** в школе?").click("Open the thread")
    learner.sees("Do not tell me any more")
    tutor.go(f"{BASE}discussion").click("Mark everything as read")
    learner.fill("text", "И чем закончить?").click("Send the reply")
    tutor.go(f"{BASE}discussion").press("Как начать?")
    # the script of the page says that it is read; the button is for those without
    tutor.page.locator("form[data-by-itself]").wait_for(state="detached")
    db.session.rollback()
    assert following.unread(run, people["Ведущая"]) == {}
    db.session.rollback()
    tutor.page.get_by_role("link", name=tutor.t("Quote")).first.click()
    tutor.page.wait_for_load_state()
    tutor.look()
    box = tutor.page.locator('textarea[name="text"]:visible').first
    assert "> С чего начинать **урок** в школе?" in box.input_value()
    box.fill(box.input_value() + "С вопроса.")
    tutor.click("Send the reply")
    tutor.page.locator(".post-summing summary").click()
    tutor.fill("summary", "Начинать с вопроса.").click("Keep the summary")
    tutor.reads("Начинать с вопроса.")
    learner.go(f"{BASE}discussion").sees("Summed up")
    learner.fill("q", "уроки школ").click("Find").reads("С чего начинать")
    learner.fill("q", "гимназия").click("Find").sees("Nothing was found")

    learner.go(f"{BASE}activities/papers/").click("Start the quiz").click("Add a file")
    learner.page.locator('input[type="file"]').set_input_files(
        files=[{"name": "план.pdf", "mimeType": "application/pdf", "buffer": marked.pdf(2)}]
    )
    learner.page.locator('form[enctype] button[type="submit"]').click()
    learner.page.wait_for_load_state()
    learner.look()
    link = learner.page.get_by_role("link", name="план.pdf").first.get_attribute("href")
    assert link is not None
    learner.go(f"{link}?look")
    assert shown(learner.page) == [[900, 600], [900, 600]]
    learner.sees("Download the file")
    town.all_is_well()
