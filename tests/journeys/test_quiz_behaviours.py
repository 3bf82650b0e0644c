"""Each way for questions to behave, in a real browser: what is pressed, what is said at once, and what every mark says in the end."""

from typing import Any

import pytest

from lms_quiz import plugin as quiz
from tests.journeys.conftest import DESK, PHONE, Person, Town
from tests.journeys.test_the_way import sign_in

pytestmark = pytest.mark.journey

PASSWORD = "синий чайник поёт"
QUESTIONS = """
1. Какая форма работы не требует общего времени?
   - ( ) видеоконференция
     > Все собираются в один час.
   - (x) форум
   - ( ) чат
   ? Подумайте, где сообщения ждут.
   ? Это слово начинается на «ф».
   > На форуме пишут, когда удобно.
2. Сколько минут в академическом часе? {points=2}
   = 45
:::
"""
OPTIONS = {
    "deferred": "",
    "immediate": ":behaviour: immediate\n",
    "interactive": ":behaviour: interactive\n:penalty: 25%\n",
    "adaptive": ":behaviour: adaptive\n",
    "certainty": ":behaviour: certainty\n",
    "exam": ":behaviour: exam\n:values: 100% 50%\n",
    "check": ":self-check:\n",
}
LESSON = "\n".join(f":::{{quiz}} {name}\n:id: {name}\n{more}{QUESTIONS}" for name, more in OPTIONS.items())
BASE = "/courses/course-1@spring/"


@pytest.fixture
def plugins():
    return (quiz,)


class Desk:
    """Somebody at one quiz. `said` gives what stands under each question of the page: why, and the points."""

    def __init__(self, person: Person, name: str) -> None:
        self.person, self.name = person, name
        person.go(f"{BASE}activities/{name}/").click("Start the quiz")

    def question(self, number: int) -> Any:
        """A question of the attempt."""
        return self.person.page.locator("fieldset.quiz-question").nth(number - 1)

    def choose(self, words: str) -> "Desk":
        """An option of the first question."""
        self.question(1).get_by_role("radio", name=words, exact=True).check()
        return self

    def write(self, words: str) -> "Desk":
        """An answer to the second."""
        self.question(2).get_by_role("textbox").fill(words)
        return self

    def sure(self, number: int, level: int) -> "Desk":
        """How sure one is of a question."""
        self.question(number).locator(f'[name="q{number}-sure"][value="{level}"]').check()
        return self

    def press(self, text: str, number: int) -> "Desk":
        """The button of a question."""
        self.question(number).get_by_role("button", name=self.person.t(text), exact=True).click()
        self.person.page.wait_for_load_state()
        self.person.look()
        return self

    def finish(self) -> "Desk":
        """Hand in, whatever is missing."""
        self.person.click("Finish")
        if self.person.page.url.endswith("/finish"):
            self.person.click("Finish all the same")
        assert self.person.page.url.endswith(f"{self.name}/attempts/1/")
        return self

    @property
    def said(self) -> list[str]:
        """Under each question that has a mark."""
        return self.person.page.locator(".quiz-question p.quiz-points").all_inner_texts()

    @property
    def hints(self) -> list[str]:
        """The hints that stand on the page."""
        return [text.replace("\xa0", " ") for text in self.person.page.locator(".quiz-hint + p").all_inner_texts()]

    def reads(self, *sentences: tuple[str, dict[str, object], str, str]) -> None:
        """Each mark says, in the person's language: one word, the arithmetic, the points of the maximum."""
        found = []
        for word, values, points, most in sentences:
            text, _, because = word.partition("|")
            middle = f" {self.t(because, **values)}" if because else ""
            found.append(f"{self.t(text)}.{middle} {self.t('Points: {points} of {max}', points=points, max=most)}")
        assert self.said == [self.number(each) for each in found]

    def t(self, text: str, **values: object) -> str:
        """A text of the interface."""
        return self.person.t(text, **values)

    def number(self, text: str) -> str:
        """Decimals in the person's language."""
        return text.replace("·", "," if self.person.language == "ru" else ".")


INTERACTIVE = "Try {tries}: {alone} of the answer, less {penalty} for each earlier try, gives {share}."
ADAPTIVE = "Best of {tries} tries: {alone} of the answer, less {lost} for the tries before it, gives {share}."
CERTAINTY = "Certainty {level} of 3: {alone} of the answer gives {share}."
EXAM = "{tries} tries, each worth less than the one before, gave {share} of the points."


@pytest.mark.parametrize(
    ("language", "viewport", "database_kind"),
    [
        pytest.param("ru", PHONE, "sqlite", id="ru-phone-sqlite"),
        pytest.param("en", DESK, "postgresql", id="en-desk-postgresql"),
    ],
)
def test_every_behaviour_says_what_it_does(town: Town, language: str, viewport: dict[str, int]) -> None:
    stage = town.stage
    learner = stage.person("Ёлкина", email="one@school.example", password=PASSWORD, language=language)
    run = stage.run(stage.course(lesson=LESSON))
    stage.enrol(run, learner)
    person = town.person("one", language, viewport)
    sign_in(person, "one@school.example", PASSWORD)

    # deferred: nothing before the end, then every mark
    desk = Desk(person, "deferred")
    assert person.page.get_by_role("button", name=person.t("Check")).count() == 0
    desk.choose("форум").write("40").finish()
    desk.reads(("Right", {}, "1", "1"), ("Wrong", {}, "0", "2"))

    # immediate: one try, marked and explained at once
    desk = Desk(person, "immediate").choose("видеоконференция").press("Check", 1)
    desk.reads(("Wrong", {}, "0", "1"))
    assert person.page.get_by_text("На форуме пишут, когда удобно.").count() == 1
    assert desk.question(1).get_by_role("radio").count() == 0
    desk.write("45").press("Check", 2).finish()
    desk.reads(("Wrong", {}, "0", "1"), ("Right", {}, "2", "2"))

    # interactive: a hint after each wrong try, every one of which costs a quarter
    desk = Desk(person, "interactive").choose("чат").press("Check", 1)
    assert (desk.hints, desk.question(1).locator(".quiz-fixed").count()) == (["Подумайте, где сообщения ждут."], 1)
    desk.press("Try again", 1).choose("видеоконференция").press("Check", 1)
    assert desk.hints == ["Подумайте, где сообщения ждут.", "Это слово начинается на «ф»."]
    assert person.page.get_by_text("Все собираются в один час.").count() == 1
    desk.press("Try again", 1).choose("форум").press("Check", 1).write("45").finish()
    third = {"tries": 3, "alone": "1", "penalty": "0·25", "share": "0·5"}
    desk.reads((f"Right|{INTERACTIVE}", third, "0·5", "1"), ("Right", {}, "2", "2"))

    # adaptive: the question stays open, the best try counts
    desk = Desk(person, "adaptive").choose("чат").press("Check", 1).choose("форум").press("Check", 1)
    second = {"tries": 2, "alone": "1", "lost": "0·3", "share": "0·7"}
    desk.reads((f"Right|{ADAPTIVE}", second, "0·7", "1"))
    desk.finish()
    desk.reads((f"Right|{ADAPTIVE}", second, "0·7", "1"), ("No answer", {}, "0", "2"))

    # certainty: being sure pays when right and costs when wrong
    desk = Desk(person, "certainty").choose("форум").sure(1, 3).write("40").sure(2, 2).finish()
    desk.reads(
        (f"Right|{CERTAINTY}", {"level": 3, "alone": "1", "share": "1"}, "1", "1"),
        (f"Wrong|{CERTAINTY}", {"level": 2, "alone": "0", "share": "-0·67"}, "-1·33", "2"),
    )

    # exam: the second try is worth half
    desk = (
        Desk(person, "exam")
        .choose("чат")
        .press("Check", 1)
        .choose("форум")
        .press("Check", 1)
        .write("45")
        .press("Check", 2)
    )
    half = {"tries": 2, "share": "0·5"}
    desk.finish().reads((f"Right|{EXAM}", half, "0·5", "1"), ("Right", {}, "2", "2"))

    # a self-check, in its lesson
    person.go(f"{BASE}module/lesson/")
    block = person.page.locator("#check")
    block.get_by_role("radio", name="чат", exact=True).check()
    block.get_by_role("textbox").fill("45")
    block.get_by_role("button", name=person.t("Check")).click()
    person.page.wait_for_load_state()
    person.look()
    assert person.page.locator("#check .badge").all_inner_texts() == [person.t("Wrong"), person.t("Right")]
    assert person.page.locator("#check").get_by_text("На форуме пишут, когда удобно.").count() == 0
    town.all_is_well()
