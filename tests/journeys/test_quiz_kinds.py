"""Every kind of question by keyboard alone, on a phone and at a desk; once without JavaScript; what a mouse may drag and click; and a
tutor who marks what people mark."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from lms.db import db
from lms_quiz import plugin as quiz
from tests.journeys.conftest import DESK, PHONE, Person, Town

pytestmark = pytest.mark.journey

HOUSE = """<svg xmlns="http://www.w3.org/2000/svg" width="480" height="320" viewBox="0 0 480 320">
<rect width="480" height="320" fill="#dbe7f3"/><path d="M60 160 L240 40 L420 160 Z" fill="#9b4a2f"/>
<rect x="90" y="160" width="300" height="150" fill="#e9d9b8"/><rect x="200" y="200" width="80" height="110" fill="#5d3b22"/>
<rect x="120" y="190" width="50" height="50" fill="#557799"/><rect x="310" y="190" width="50" height="50" fill="#557799"/></svg>
"""
LESSON = """---
title: Урок
minutes: 45
---

:::{quiz} Всё по порядку
:id: everything
:shuffle: true

1. Кто это?
   - ( ) видеоконференция
   - (x) форум
   - ( ) чат
2. Отметьте чётные.
   - [x] два
   - [ ] три
   - [x] четыре
3. Москва — столица России.
   = верно
4. Сколько? {points=2}
   = 9,8 ± 0,1 м/с² | m/s^2
5. Кто записывает?
   = летописец
6. Соедините тех, кого учат на уроке природоведения в четвёртом классе, с их отрядами. {points=3}
   - лягушка -> земноводное
   - уж -> пресмыкающееся
   - очень длинное название животного, которое не помещается в одну строку на телефоне -> насекомое с шестью ногами, двумя парами крыльев
   - -> рыба
7. Поставьте по порядку.
   1) икринка
   2) головастик
   3) лягушонок
8. Кто где?

   |      | Зверь | Птица | Рыба |
   |------|-------|-------|------|
   | кит  | (x)   | ( )   | ( )  |
   | сова | ( )   | (x)   | ( )  |
9. Кто что умеет?

   |        | Плавает | Летает |
   |--------|---------|--------|
   | утка   | [x]     | [x]    |
   | камень | [ ]     | [ ]    |
10. Ночью летает [[сова|филин]], а днём охотится [[(орёл)|пёс|кот]]{2}; остальные спят.
11. Где дверь?

    ![Дом с дверью посередине и двумя окнами](media/house.svg)

    - (x) внизу посередине {area="41,62 18,36"}
    - ( ) слева {area="24,58 13,18"}
    - ( ) на крыше {circle="50,30 8"}
12. Где окна?

    ![Дом с дверью посередине и двумя окнами](media/house.svg)

    - [x] слева {area="24,58 13,18"}
    - [x] справа {area="64,58 13,18"}
    - [ ] на крыше {circle="50,30 8"}
13. Сумма.
    let a = 2..9
    Дважды {a} — это сколько?
    = {a * 2}
14. Расскажите, зачем это нужно. {points=5}
    = essay 50

    | Критерий | Баллы | Описание |
    |---|---|---|
    | Ясность | 3 | Понятно ли коллеге |
    | Точность | 2 | Верны ли факты |
15. Покажите план.
    = file
:::
"""
FILES = {
    "01-module/index.md": "---\ntitle: Модуль\n---\n",
    "01-module/01-lesson.md": LESSON,
    "01-module/media/house.svg": HOUSE,
}
FOCUSED = """() => {
  const one = document.activeElement;
  const by = (one.getAttribute('aria-labelledby') || '').split(' ').filter(Boolean).map(id => document.getElementById(id).textContent);
  const own = [one.getAttribute('aria-label'), ...[...(one.labels || [])].map(label => label.textContent)].filter(Boolean);
  return (by.length ? by : own.length ? own : [one.textContent]).join(' ').replace(/\\s+/g, ' ').trim();
}"""
"""The name of what has the focus, as a reader says it."""


@pytest.fixture
def plugins() -> tuple[Any, ...]:
    return (quiz,)


@pytest.fixture
def place(town: Town) -> tuple[Town, int, str]:
    """The town with its run and the address of the lesson."""
    stage = town.stage
    run = stage.run(stage.course(FILES, folder="kinds"))
    return town, run, stage.base(run)


def come(
    town: Town, run: int, name: str, language: str, viewport: dict[str, int], role: str = "learner", **values: Any
) -> Person:
    """Somebody who is in the run and signed in."""
    given = {"email": f"{name}@school.example", "language": language, "given_name": "Мария", "patronymic": "", **values}
    number = town.stage.person("Ёлкина" if role == "learner" else "Берёзов", **given)
    town.stage.enrol(run, number, role=role)
    db.session.remove()
    return town.person(name, language, viewport)


def sign_in(person: Person) -> None:
    person.go("/sign-in").fill("email", f"{person.name}@school.example").fill("password", "correct horse").click(
        "Sign in"
    )
    person.page.wait_for_url(lambda url: not url.endswith("/sign-in"))


class Keys:
    """Somebody who has a keyboard and nothing else."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.page: Page = person.page

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def to(self, selector: str) -> str:
        """Tab to what fits; returns its name as a reader says it. What has the focus must be seen to have it."""
        for _ in range(150):
            self.press("Tab")
            if self.page.evaluate("selector => document.activeElement.matches(selector)", selector):
                name = str(self.page.evaluate(FOCUSED))
                assert name, f"{selector} has no name"
                return name
        raise AssertionError(f"the keyboard does not reach {selector} on {self.page.url}")

    def go_on(self, words: str, **values: Any) -> None:
        """Tab to a button or a link with these words of the interface, and press it."""
        wanted = self.person.t(words, **values)
        for _ in range(150):
            if self.to("button, a, summary") == wanted:
                with self.page.expect_navigation():
                    self.press("Enter")
                self.person.look()
                return
        raise AssertionError(f"the keyboard does not reach {wanted!r} on {self.page.url}")

    def choose(self, name: str, words: str) -> None:
        """One of a group of radio buttons."""
        found = self.to(f'[name="{name}"]')
        for _ in range(9):
            if words in found:
                self.press("Space")
                return
            self.press("ArrowDown")
            found = str(self.page.evaluate(FOCUSED))
        raise AssertionError(f"no {words!r} in {name}")

    def tick(self, name: str, *words: str) -> None:
        """All boxes of a group."""
        for _ in range(self.page.locator(f'[name="{name}"]').count()):
            found = self.to(f'[name="{name}"]')
            if any(each in found for each in words):
                self.press("Space")

    def pick(self, name: str, by_row: dict[str, str]) -> None:
        """A choice in each of the select boxes, by its first words."""
        for _ in by_row:
            row = self.to(f'select[name="{name}"]')
            wanted = next(words for start, words in by_row.items() if row.startswith(start))
            for _ in range(9):
                if self.page.evaluate("document.activeElement.selectedOptions[0].textContent").startswith(wanted):
                    break
                self.press("ArrowDown")
            else:
                raise AssertionError(f"no {wanted!r} in {row}")

    def write(self, name: str, text: str) -> None:
        self.to(f'[name="{name}"]')
        self.page.keyboard.type(text)


def answer(keys: Keys, paper: Path) -> None:
    """All questions, all right."""
    page = keys.page
    keys.choose("q1", "форум")
    keys.tick("q2", "два", "четыре")
    keys.choose("q3", keys.person.t("True"))
    keys.write("q4", "9,75 м/с²")
    keys.write("q5", "Летописец")
    keys.pick("q6", {"лягушка": "земноводное", "уж": "пресмыкающееся", "очень": "насекомое"})
    keys.pick("q7", {"икринка": "1", "головастик": "2", "лягушонок": "3"})
    for place in range(2):
        row = page.locator("#q8 tbody th").nth(place).inner_text()
        keys.choose(f"q8.{place + 1}", {"кит": "Зверь", "сова": "Птица"}[row])
    for place in range(2):
        row = page.locator("#q9 tbody th").nth(place).inner_text()
        keys.tick(f"q9.{place + 1}", *{"утка": ("Плавает", "Летает"), "камень": ()}[row])
    keys.write("q10", "филин")
    keys.pick("q10", {keys.person.t("Gap {number}", number=2): "орёл"})
    keys.choose("q11", "внизу")
    keys.tick("q12", "слева (", "справа (")
    a = int(page.locator("#q13-text").inner_text().split("Дважды")[1].split()[0])
    keys.write("q13", str(a * 2))
    keys.write("q14", "Затем, чтобы никто не остался один.")
    keys.go_on("Add a file")
    keys.to('[name="files"]')
    page.set_input_files('[name="files"]', paper)  # what opens here is the system's
    keys.go_on("Add")
    assert "план.txt" in page.locator("main").inner_text()
    keys.go_on("Back to the questions")


@pytest.mark.parametrize(
    ("language", "viewport", "database_kind"),
    [
        pytest.param("ru", PHONE, "sqlite", id="ru-phone-sqlite"),
        pytest.param("en", DESK, "postgres", id="en-desk-postgres"),
    ],
)
def test_every_kind_by_keyboard_alone(
    place: tuple[Town, int, str], tmp_path: Path, language: str, viewport: dict[str, int], database_kind: str
) -> None:
    town, run, base = place
    paper = tmp_path / "план.txt"
    paper.write_text("План урока.", "utf-8")
    learner = come(town, run, "learner", language, viewport)
    sign_in(learner)
    learner.go(f"{base}module/lesson/")
    keys = Keys(learner)
    keys.go_on("Start the quiz")
    assert learner.page.locator("fieldset.quiz-question").count() == 15
    answer(keys, paper)
    keys.go_on("Finish")
    learner.sees("A tutor has yet to mark a part of it; you will be told when that is done.")
    right = learner.page.locator("section.quiz-question").filter(has_text=learner.t("Right"))
    assert right.count() == 13
    assert learner.page.get_by_text(learner.t("Waits for a tutor"), exact=True).count() == 2
    assert learner.page.get_by_text(learner.t("Wrong"), exact=True).count() == 0

    tutor = come(town, run, "tutor", language, viewport, role="tutor")
    sign_in(tutor)
    tutor.go(f"{base}activities/everything/attempts/")
    marking = Keys(tutor)
    waiting = town.stage.site.catalogues[language].ngettext("Mark {n} answer", "Mark {n} answers", 2).format(n=2)
    tutor.press(waiting)
    tutor.page.locator("main table a").first.focus()
    with tutor.page.expect_navigation():
        marking.press("Enter")
    tutor.look()
    for points in ("3", "1"):
        marking.to('input[name^="criterion-"]')
        tutor.page.keyboard.type(points)
    marking.write("comment", "Хорошо сказано.")
    marking.go_on("Keep the mark")
    marking.to('input[name^="criterion-"]')
    tutor.page.keyboard.type("1")
    marking.to(".earlier-comments summary")
    marking.press("Enter")
    marking.to('[name="again"]')
    marking.press("Space")
    marking.go_on("Keep the mark")
    tutor.reads("Хорошо сказано.")

    learner.go("/notices").reads(
        learner.t("“{title}”: your answers of attempt {number} are marked.", title="Всё по порядку", number=1)
    )
    learner.go(f"{base}activities/everything/attempts/1/").reads("Хорошо сказано.")
    assert learner.page.get_by_text(learner.t("Waits for a tutor"), exact=True).count() == 0
    result = town.stage.results(run, 1)["everything"]
    assert (result.state, result.points, result.max_points) == ("complete", 21, 22)
    town.all_is_well()


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_every_kind_without_javascript(place: tuple[Town, int, str], database_kind: str) -> None:
    town, run, base = place
    come(town, run, "plain", "ru", PHONE)
    context = town.browser.new_context(viewport=PHONE, java_script_enabled=False, locale="ru-RU")  # type: ignore[arg-type]  # a size
    page = context.new_page()
    page.goto(f"{town.base}/sign-in")
    page.fill('[name="email"]', "plain@school.example")
    page.fill('[name="password"]', "correct horse")
    page.locator("main form button").click()
    page.goto(f"{town.base}{base}module/lesson/")
    page.get_by_role("button", name="Начать тест").click()
    page.locator("#q1").get_by_text("форум", exact=True).click()
    page.locator("#q6").get_by_label("лягушка").select_option("земноводное")
    page.locator("#q7").get_by_label("икринка").select_option("1")
    page.locator("#q8 tr", has_text="кит").get_by_text("Зверь").click()
    page.locator("#q10 input").fill("сова")
    # the picture itself is clicked: at the door, and at the window on the left
    for question, left, top in (("#q11", 0.45, 0.9), ("#q12", 0.27, 0.73)):
        picture = page.locator(f"{question} .hotspot")
        picture.scroll_into_view_if_needed()
        box = picture.bounding_box()
        assert box is not None
        page.mouse.click(box["x"] + left * box["width"], box["y"] + top * box["height"])
    page.locator("#q14 textarea").fill("Текст.")
    page.get_by_role("button", name="Завершить", exact=True).click()
    page.get_by_role("button", name="Всё равно завершить").click()
    review = page.locator("main").inner_text()
    assert "Верных пар: 1 из 3" in review
    assert "Верных строк: 1 из 2" in review
    assert "Верных пропусков: 1 из 2" in review
    assert "Ждёт ведущего" in review
    db.session.remove()
    chosen = {one["place"]: one["share"] for one in _marks()}
    assert (chosen[0], chosen[10], chosen[11]) == (1, 1, 0.5)
    town.all_is_well()


def _marks() -> list[dict[str, Any]]:
    import json

    return list(json.loads(db.session.execute(db.text("SELECT marks FROM quiz_attempt")).scalar_one()))


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_what_a_mouse_may_drag(place: tuple[Town, int, str], database_kind: str) -> None:
    town, run, base = place
    learner = come(town, run, "learner", "en", DESK)
    sign_in(learner)
    learner.go(f"{base}module/lesson/").click("Start the quiz")
    page = learner.page

    def carry(thing: Any, to: Any) -> None:
        thing.scroll_into_view_if_needed()
        thing.hover()
        page.mouse.down()
        box = to.bounding_box()
        assert box is not None
        page.mouse.move(box["x"] + 40, box["y"] + box["height"] / 2 + 1, steps=12)
        page.mouse.up()

    rows = page.locator("#q6 .quiz-pair")
    for row, choice in (("лягушка", "земноводное"), ("уж", "рыба")):
        carry(page.locator("#q6 .quiz-card", has_text=choice), rows.filter(has=page.locator(f"label:text-is('{row}')")))
    values = [page.locator("#q6").get_by_label(row).locator("option:checked").inner_text() for row in ("лягушка", "уж")]
    assert values == ["земноводное", "рыба"]
    things = page.locator("#q7 .quiz-pair")
    first = things.first.locator("label").inner_text()
    carry(things.first.locator(".quiz-grip"), things.nth(2))
    assert things.nth(2).locator("label").inner_text() == first
    assert [one.split("\n")[-1] for one in page.locator("#q7 option:checked").all_inner_texts()] == ["1", "2", "3"]
    page.get_by_text(learner.t("Your answers are saved."), exact=True).first.wait_for()
    page.reload()
    assert things.nth(2).locator("label").inner_text() == first
    town.all_is_well()
