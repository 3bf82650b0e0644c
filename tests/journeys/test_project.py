"""A project of four teachers from two schools: from a team and its contract to the defence and a page for everybody, on phones."""

import pytest

from lms.allocation.service import keep_origins
from lms.db import db
from tests.journeys.conftest import DESK, PHONE, Town
from tests.journeys.test_quiz_kinds import come, sign_in

pytestmark = pytest.mark.journey

LESSON = """---
title: Урок
minutes: 45
---

:::{project} Музей одного предмета
---
id: museum
team: "2-4"
schools: 2
contract: [Наша цель, Кто что делает]
shares: agreed
diary: true
consultations: 1
shown: public
pass: 50%
stages:
  - id: plan
    title: Замысел
    due: day 10 21:00
    asks: {least: 10, parts: [Предмет, Посетители]}
  - id: story
    title: Рассказ о музее
    due: day 20 21:00
defence:
  assessors: 2
  minutes: 30
  criteria:
    - {id: answers, title: Ответы на вопросы, points: 10}
---
Соберите музей одного предмета вместе с коллегами из другой школы.

| Критерий | Баллы | Описание | id |
|---|---|---|---|
| Ясность | 30 | Понятно ли, зачем музей | clear |
:::
"""
FILES = {"01-module/index.md": "---\ntitle: Модуль\n---\n", "01-module/01-lesson.md": LESSON}
CONTRACT = "## Наша цель\n\nОткрыть музей к маю.\n\n## Кто что делает\n\nРоли ниже; решаем вместе по средам."
PLAN = "## Предмет\n\nШкольный звонок 1937 года, медный, с ручкой.\n\n## Посетители\n\nДети двух школ и их родители."


@pytest.fixture
def plugins():
    from lms_project import plugin

    return (plugin,)


def test_from_a_team_to_the_defence(town: Town) -> None:
    stage = town.stage
    run = stage.run(stage.course(FILES, folder="museum"))
    base = f"{stage.base(run)}activities/museum/"
    works = f"{stage.base(run)}works/museum/"
    team = [
        come(town, run, name, "ru", PHONE, given_name=given)
        for name, given in (("anna", "Анна"), ("boris", "Борис"), ("vera", "Вера"), ("gleb", "Глеб"))
    ]
    anna, boris, vera, gleb = team
    tutor = come(town, run, "tutor", "ru", DESK, role="tutor")
    second = come(town, run, "second", "ru", PHONE, role="tutor")
    for person in (*team, tutor, second):
        sign_in(person)
    from lms.enrolment.service import members

    people = {member.name.split()[1]: member.id for member in members(run, "learner")}
    keep_origins(run, {people[name]: (f"Школа № {n}", "") for name, n in zip(people, (7, 7, 12, 12), strict=True)})
    db.session.commit()
    db.session.remove()

    # a team
    anna.go(base).click("Find a team", "link").fill("name", "Звонок").click("Make a team")
    for person in (boris, vera, gleb):
        person.go(base).click("Find a team", "link").click("Join")
    anna.go(base)
    assert "Школа № 12" in anna.page.locator("main").inner_text()

    # a contract: one objects, the next version is agreed upon
    anna.go(base).click("Team contract", "link").fill("text", CONTRACT).click("Propose to the team")
    boris.go(f"{base}contract/").page.get_by_text(boris.t("I do not agree")).click()
    boris.fill("words", "А где моя роль?").click("Object")
    anna.go(f"{base}contract/")
    assert "А где моя роль?" in anna.page.locator("main").inner_text()
    anna.page.locator(f'[name="member-{people["Борис"]}"]').fill("снимает звонок")
    anna.fill("text", CONTRACT).click("Propose to the team")
    for person in (boris, vera, gleb):
        person.go(f"{base}contract/").click("I agree")
    assert "Согласовано" in gleb.page.locator("main").inner_text()

    # the diary
    vera.go(f"{base}diary/").fill("text", "Звонила в **архив**.").click("Keep the entry")

    # a consultation, and a time for the defence
    page = tutor.go(base).click("Times to book", "link").page
    for place in (0, 1):
        page.locator("details.run-card summary").nth(place).click()
        form = page.locator("form[action*='/open/']").nth(place)
        form.locator('[name$="-starts"]').fill(f"2026-03-{12 + place}T15:00")
        form.locator("button[type=submit]").click()
        page.wait_for_load_state()
    tutor.look()
    gleb.go(base).click("Times to book", "link")
    for _ in range(2):
        gleb.page.locator("form[action$='/take'] button").first.click()
        gleb.page.wait_for_load_state()
        gleb.look()

    # the plan: not enough, then given back with a comment on a passage, then accepted
    anna.go(base).click("Open the stage", "link").fill("text", "## Предмет\n\nЗвонок.").click("Hand in")
    assert "Посетители" in anna.page.locator(".form-errors").inner_text()
    anna.fill("text", PLAN).click("Hand in")
    tutor.go(base).page.locator("ol.items a").first.click()
    tutor.page.wait_for_load_state()
    tutor.look().page.get_by_text(tutor.t("Comment on a passage")).click()
    tutor.fill("quote", "медный, с ручкой").page.locator(".noting [name=text]").fill("А чей он был?")
    tutor.click("Keep the comment").fill("feedback", "Расскажите, чей это был звонок.").click(
        "Give it back for changes"
    )
    boris.go(base).click("Open the stage", "link")
    assert "А чей он был?" in boris.page.locator("main").inner_text()
    boris.fill("text", PLAN + "\n\nЗвонок сторожа Петра.").click("Hand in")
    tutor.go(base).page.locator("ol.items a").first.click()
    tutor.page.wait_for_load_state()
    tutor.look().fill("feedback", "Теперь ясно.").click("Accept the work")

    # the work, its mark, how it is shared: one does not agree, the tutor decides
    vera.go(base).click("Open the stage", "link").fill("text", "Музей открыт, пришло сто человек.").click("Hand in")
    tutor.go(base).page.locator("ol.items a").first.click()
    tutor.page.wait_for_load_state()
    tutor.look().fill("criterion-clear", "24").click("Accept the work")
    anna.go(f"{base}shares/").page.locator(f'[name="member-{people["Глеб"]}"]').fill("2")
    anna.click("Propose to the team")
    for person in (boris, vera):
        person.go(f"{base}shares/").click("I agree")
    gleb.go(f"{base}shares/").page.get_by_text(gleb.t("I do not agree")).click()
    gleb.fill("words", "Я болел, но текст правил я.").click("Object")

    # the defence
    for person, points in ((tutor, "8"), (second, "6")):
        person.go(f"{base}owners/team/1/defence/").fill("criterion-answers", points).click("Keep my mark")
    tutor.go(f"{base}owners/team/1/defence/").page.locator("form[action$='/minutes/'] [name=text]").fill(
        "Кто смотритель? — Дети."
    )
    tutor.click("Keep the minutes")
    tutor.go(f"{base}owners/team/1/shares/")
    assert "Я болел, но текст правил я." in tutor.page.locator("main").inner_text()
    tutor.page.locator(f'[name="member-{people["Глеб"]}"]').fill("5")
    tutor.fill("text", "По дневнику — половина.").click("Decide")

    # everybody's mark explains itself: (24 + 7) × 10·4/35 and × 5·4/35
    for person, points in ((anna, "35,43"), (gleb, "17,71")):
        person.go(base)
        assert f"{points} из 40" in person.page.locator("main").inner_text()
    passport = gleb.go(f"{base}passport/").page.locator("main").inner_text()
    for words in ("Школа № 7, Школа № 12", "снимает звонок", "архив", "Кто смотритель?", "По дневнику"):
        assert words in passport, words

    # a page for everybody, when all four agree
    visitor = town.person("visitor", "ru", PHONE)
    for person in team:
        person.go(f"{works}own/story/").page.locator('[name="audience"][value="public"]').check()
        person.click("Save")
    gleb.go(f"{base}passport/").click("The page for everybody", "link")
    visitor.go(gleb.page.url.removeprefix(town.base))
    assert "пришло сто человек" in visitor.page.locator("main").inner_text()
    town.all_is_well()
