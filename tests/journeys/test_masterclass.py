"""A master class on phones, from the demonstration to the second attempt: three teachers, a tutor, in Russian."""

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

Сегодня учимся спрашивать.

:::{masterclass} Вопрос, на который отвечают
---
id: ask
phases:
  attempt: {closes: day 5}
---
### Сначала слушаем

Читаю вопрос вслух и считаю, сколько слов можно убрать.

| Было | Стало |
|---|---|
| Что вы думаете об уроках? | Чем начался ваш вчерашний урок? |

### Потом сужаем

Из трёх вопросов оставляю тот, на который можно ответить завтра.

***

Возьмите свой вопрос и сделайте с ним **то же самое**.
:::
"""
FILES = {"01-module/index.md": "---\ntitle: Модуль\n---\n", "01-module/01-lesson.md": LESSON}
FIRST = {"anna": "Как вам живётся?", "boris": "Что мешает читать?", "vera": "Кто проверяет тетради и сколько?"}
SAID = ("Видно, что автору это важно.", "Кого он спрашивает?", "Спросить про вчерашний день.")


@pytest.fixture
def plugins():
    from lms_workshop import plugin

    return (plugin,)


def move(tutor: Person, base: str, phase: str) -> None:
    """The tutor moves it on."""
    tutor.go(f"{base}phases/ask")
    confirm(tutor, f"move-{phase}")


def test_from_the_demonstration_to_the_second_attempt(town: Town) -> None:
    stage = town.stage
    run = stage.run(stage.course(FILES, folder="ask"))
    root = stage.base(run)
    base, lesson = f"{root}activities/ask/", f"{root}module/lesson/"
    given = {"anna": "Анна", "boris": "Борис", "vera": "Вера"}
    people = {name: come(town, run, name, "ru", PHONE, given_name=said) for name, said in given.items()}
    tutor = come(town, run, "tutor", "ru", DESK, role="tutor")
    for person in (*people.values(), tutor):
        sign_in(person)
    anna, boris, vera = people.values()

    # the first phase is there from the beginning, and so is the demonstration
    anna.go(lesson).click("Look at the demonstration", "link").reads("Чем начался ваш вчерашний урок?")

    # everybody tries; two agree to show what came of it
    move(tutor, root, "attempt")
    for name, person in people.items():
        person.go(lesson).click("Hand in the first attempt", "link").click("Hand in the first attempt", "link")
        person.reads("Возьмите свой вопрос")
        person.fill("title", f"Проба: {given[name]}").fill("text", FIRST[name]).click("Hand in")
    for person in (anna, boris):
        person.go(f"{root}works/ask/own/attempt/")
        person.page.get_by_text(person.t("Everybody in this course"), exact=True).click()
        person.page.locator("form[action$='consent'] button").click()
        person.page.wait_for_load_state()
        person.look()

    # the gallery
    move(tutor, root, "gallery")
    vera.go(base).sees("Look at the attempts of others").reads("Проба: Анна").reads("Проба: Борис")
    vera.click("The gallery: attempts as they are now", "link").reads(FIRST["anna"])
    assert "Проба: Вера" not in boris.go(base).page.locator("main").inner_text()

    # critique: what is seen, what was wondered about, what is worth a try
    move(tutor, root, "critique")
    for person in people.values():
        for _ in range(2):
            person.go(base).page.locator(".step a.button").click()
            person.page.wait_for_load_state()
            person.look().reads("Что вызвало вопрос")
            fields = person.page.locator("textarea[name^='comment-question']")
            for place, words in enumerate(SAID):
                fields.nth(place).fill(words)
            person.click("Finish the critique")
        person.sees("Your critiques are written")

    # the second attempt, with what was said before one's eyes
    move(tutor, root, "second")
    for person in (anna, boris):
        person.go(base).sees("What was said about your first attempt").reads(SAID[1])
        person.click("Hand in the second attempt", "link").reads(SAID[2])
        person.fill("text", "Чем начался ваш вчерашний урок?").click("Hand in")
        person.go(base).sees("You have tried twice")
    tutor.go(base).reads("2 из 3")

    # the end: what is not done is not done
    move(tutor, root, "closed")
    vera.go(base).sees("The master class is over")
    anna.go(lesson).sees("You tried, told others what you saw in their attempts, and tried again.")
    db.session.remove()
    results = {name: stage.results(run, number)["ask"].state for name, number in _numbers(run).items()}
    assert results == {"Анна": "complete", "Борис": "complete", "Вера": "failed"}
    town.all_is_well()


def _numbers(run: int) -> dict[str, int]:
    """Learners' ids by given name."""
    from lms.enrolment.service import members

    return {member.name.split()[1]: member.id for member in members(run, "learner")}
