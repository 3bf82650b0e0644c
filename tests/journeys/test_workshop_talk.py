"""What is said around a workshop, on phones, in Russian: practice and wishes before, the forecast and volunteers, answers to reviews and an
appeal after."""

import pytest

from lms.db import db
from tests.journeys.conftest import DESK, PHONE, Person, Town
from tests.journeys.test_quiz_kinds import come, sign_in
from tests.journeys.test_the_way import confirm

pytestmark = pytest.mark.journey

LESSON = """---
title: Урок
minutes: 45
---

:::{workshop} Сценарий встречи
---
id: plan
reviewers: 2
wishes: true
models: [quiet, dull]
practise-first: true
phases:
  submission: {closes: day 3}
  wishes: {closes: day 4}
  review: {closes: day 12}
---
Напишите сценарий встречи на одну страницу.

| Критерий | Баллы | Описание | id |
|---|---|---|---|
| Ясность | 10 | Коллега проведёт встречу по вашему тексту | clear |
| Польза | 5 | Что останется после встречи | useful |
:::
"""
QUIET = """---
title: Тихий чат
marks: {Ясность: 5, Польза: 4}
why:
  Ясность: Непонятно, кто начинает.
comment: Хороший вопрос, но план — на чужую память.
---

Соберёмся на час и найдём в своих чатах **один вопрос**, на который никто не ответил.
"""
FILES = {
    "01-module/index.md": "---\ntitle: Модуль\n---\n", "01-module/01-lesson.md": LESSON, "models/quiet.md": QUIET,
    "models/dull.md": "---\ntitle: Отчёт\nmarks: {Ясность: 0, Польза: 0}\n---\n\nРасскажем, что сделано.\n",
}  # fmt: skip


@pytest.fixture
def plugins():
    from lms_workshop import plugin

    return (plugin,)


def mark(person: Person, clear: str, useful: str) -> Person:
    """Fill in a form."""
    return (
        person.fill("criterion-clear", clear)
        .fill("criterion-useful", useful)
        .fill("comment", "Вижу, с чего начать. Спрошу: кто ведёт?")
    )


def test_what_is_said_around_a_workshop(town: Town) -> None:
    stage = town.stage
    run = stage.run(stage.course(FILES, folder="plan"))
    root = stage.base(run)
    base, lesson = f"{root}activities/plan/", f"{root}module/lesson/"
    people = {name: come(town, run, name, "ru", PHONE) for name in ("anna", "boris", "vera")}
    tutor = come(town, run, "tutor", "ru", DESK, role="tutor")
    for person in (*people.values(), tutor):
        sign_in(person)
    anna, boris, _vera = people.values()

    # a model work is marked, then compared with the expert
    for person in people.values():
        person.go(base)
        for place in (1, 2):
            person.go(f"{base}practice/{place}/")
            mark(person, "5" if place == 1 else "0", "4").click("Keep my marks and compare")
    anna.go(f"{base}practice/1/").sees("You gave the same marks as the expert.")
    anna.reads("Непонятно, кто начинает.")
    tutor.go(f"{base}practice/1/").sees("The expert's marks")

    # works come in; everybody chooses, and says whom they are not to review
    for name, person in people.items():
        person.go(lesson).click("Hand in the work", "link").click("Hand in the work", "link")
        person.fill("title", f"Сценарий {name[::-1]}").fill("text", "Собираемся в **шесть**.").click("Hand in")
    anna.go(base).click("Whom should you not review?", "link").sees("Whom not to review")
    tutor.go(f"{root}phases/plan")
    confirm(tutor, "move-wishes")
    for person in (anna, boris):
        person.go(lesson).click("Choose works", "link").click("Choose works", "link")
        person.page.locator('[name^="wish-"][value="2"]').first.check()
        person.click("Keep my wishes").sees(
            "Your wishes are kept. They are followed where no work lacks a reviewer for it."
        )

    # two review, one does not begin: it is seen in time, and the tutor helps
    tutor.go(f"{root}phases/plan")
    confirm(tutor, "move-review")
    for person in (anna, boris):
        for _ in range(2):
            person.go(base).page.locator(".step a.button").click()
            person.page.wait_for_load_state()
            person.look()
            mark(person, "10", "3").click("Finish the review")
    stage.move(days=10)
    db.session.rollback()
    stage.tick()
    for person in (*people.values(), tutor):
        sign_in(person)
    tutor.page.set_viewport_size(PHONE)  # type: ignore[arg-type]  # it is one
    tutor.go(f"{base}forecast/").sees("has begun no review here")
    tutor.page.set_viewport_size(DESK)  # type: ignore[arg-type]
    tutor.go(base).click("Who will lack reviews", "link").click("Ask volunteers")

    # the results: an answer to a reviewer, a question about the mark
    tutor.go(f"{root}phases/plan")
    confirm(tutor, "move-closed")
    anna.go(base)
    anna.page.locator("summary", has_text=anna.t("Answer the reviewer")).first.click()
    anna.page.locator('[name="helped"][value="2"]').first.check()
    anna.page.locator('textarea[name="text"]').first.fill("Спасибо, начну с вопроса.")
    anna.click("Keep the answer").sees("Your answer is kept.")
    anna.page.locator('main a[href$="marks/work/appeal"]').first.click()
    anna.look().fill("reason", "Посмотрите на ясность: план на второй странице.").click("Ask the tutor")
    anna.sees("You have asked already: the tutor will answer.")
    boris.go(base)
    for address in {
        str(link.get_attribute("href")) for link in boris.page.locator('main li a[href*="/reviews/"]').all()
    }:
        boris.go(address)
    tutor.go(base).page.locator('main a[href$="/appeals/"]').first.click()
    tutor.look().page.locator('main td a[href*="/appeals/"]').first.click()
    tutor.look().fill("percent", "90").fill("reason", "План есть, он на второй странице.").click("Answer")
    tutor.sees("The mark is changed.")
    anna.go(f"{base}marks/work/").reads("План есть, он на второй странице.")
    town.all_is_well()
