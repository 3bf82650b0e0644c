"""What a tutor sees of a quiz after it was taken: statistics, their table, a correction shown and made, in a real browser."""

import csv
import io
import random
import re

import pytest

from lms.testing import Browser, Stage
from lms_quiz import plugin as quiz
from tests.journeys.conftest import DESK, PHONE, Town
from tests.journeys.test_the_way import sign_in

pytestmark = pytest.mark.journey

PASSWORD = "синий чайник поёт"
LESSON = """:::{quiz} Формы работы
:id: forms
:pass: 60%

1. Какая форма работы не требует общего времени?
   - ( ) видеоконференция, на которую все приходят в один и тот же час
   - (x) форум
   - ( ) чат
2. Отметьте всё, что бывает в разное время. {points=2}
   - [x] форум
   - [x] рассылка
   - [ ] вебинар
3. Сколько минут в академическом часе?
   = 45
4. Семинар можно записать.
   = верно
:::
"""
BASE = "/courses/course-1@spring/activities/forms/"
PEOPLE = 24
OPTION = re.compile(r'name="(q\d+)" value="(\w+)"[^>]*> <span>(.*?)</span>', re.S)


@pytest.fixture
def plugins():
    return (quiz,)


def take(browser: Browser, strength: float, chance: random.Random) -> None:
    """One attempt of somebody who knows so much of it."""
    page = browser.post(f"{BASE}start")
    options = {(name, re.sub(r"<[^>]*>", "", label)): value for name, value, label in OPTION.findall(page)}
    data: dict[str, object] = {
        name: re.search(rf'name="{name}" value="(\w+)"', page)[1]  # type: ignore[index]
        for name in ("page", "version")
    }
    knows = [chance.random() < strength for _ in range(4)]
    data["q1"] = options["q1", "форум" if knows[0] else "чат"]
    data["q2"] = [options["q2", word] for word in (("форум", "рассылка") if knows[1] else ("форум", "вебинар"))]
    data["q3"] = "45" if knows[2] else chance.choice(["60", "40", "50"])
    data["q4"] = options["q4", "True" if knows[3] else "False"]
    browser.post(f"{BASE}attempts/1/finish", {**data, "confirmed": "1"})


def taken(stage: Stage, language: str) -> None:
    """A run in which many have taken the quiz, and its tutor."""
    run = stage.run(stage.course(lesson=LESSON))
    tutor = stage.person("Ведущая", email="tutor@school.example", password=PASSWORD, language=language)
    stage.enrol(run, tutor, role="tutor")
    chance = random.Random(5)
    for number in range(PEOPLE):
        learner = stage.person(f"Ученица{number:02}")
        stage.enrol(run, learner)
        take(stage.browser(learner), number / PEOPLE, chance)


@pytest.mark.parametrize(
    ("language", "viewport", "database_kind"),
    [
        pytest.param("ru", PHONE, "sqlite", id="ru-phone-sqlite"),
        pytest.param("en", DESK, "postgresql", id="en-desk-postgresql"),
    ],
)
def test_a_tutor_studies_and_corrects(town: Town, language: str, viewport: dict[str, int]) -> None:
    taken(town.stage, language)
    tutor = town.person("tutor", language, viewport)
    sign_in(tutor, "tutor@school.example", PASSWORD)
    tutor.go(f"{BASE}attempts/").click("Statistics of the quiz", "link").sees("What to look at").sees(
        "Who answered what"
    )
    table = tutor.page.get_by_role("table", name=tutor.t("Figures of the questions"))
    assert table.locator("tbody tr").count() == 4

    # the figures as a file
    with tutor.page.expect_download() as download:
        tutor.page.get_by_role("link", name=tutor.t("Download as a table")).click()
    content = download.value.path().read_bytes()
    assert (content[:3], download.value.suggested_filename) == (b"\xef\xbb\xbf", "course-1-spring-forms.csv")
    rows = list(csv.reader(io.StringIO(content[3:].decode()), delimiter=";" if language == "ru" else ","))
    asked, how_many = rows[0].index(tutor.t("Times asked")), rows[0].index(tutor.t("How many"))
    counted = {number: sum(int(row[how_many]) for row in rows if row[0] == number) for number in ("1", "3", "4")}
    assert (counted, {row[asked] for row in rows[1:]}) == (dict.fromkeys(("1", "3", "4"), PEOPLE), {str(PEOPLE)})

    # every question at a look: a picture and a table of who gave which answer
    for number in range(1, 5):
        section = tutor.page.locator(f"#answers-{number}")
        assert section.locator("svg.bars").count() == 1
        assert section.get_by_role("table", name=tutor.t("Those who gave each answer")).count() == 1
    for summary in tutor.page.locator("summary:visible", has_text=tutor.t("The same as a table")).all():
        summary.click()
    tutor.look()

    # a correction is shown before it is made
    tutor.go(f"{BASE}corrections/")
    tutor.page.locator('a[href*="act=full"]').nth(2).click()
    tutor.page.wait_for_load_state()
    tutor.look().fill("reason", "Вопрос был неясен.")
    tutor.click("Correct the marks")
    assert tutor.page.url.endswith("/corrections/")
    tutor.look().reads("Вопрос был неясен.")
    tutor.go(f"{BASE}attempts/")
    town.all_is_well()
