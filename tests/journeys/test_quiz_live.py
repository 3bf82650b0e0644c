"""A round of a quiz: a tutor at the screen, two people at their phones, in three real browsers with the script at work."""

import pytest

from lms_quiz import plugin as quiz
from tests.journeys.conftest import DESK, PHONE, Person, Town
from tests.journeys.test_the_way import sign_in

pytestmark = pytest.mark.journey

LESSON = """:::{quiz} Викторина
:id: game
:live: play
:bonus: 50%

1. Какая форма работы не требует общего времени?
   - ( ) видеоконференция
   - (x) форум
     > Верно: каждый пишет, когда удобно.
   - ( ) чат
   > На форуме сообщения ждут читателя.
2. Сколько минут в академическом часе?
   = 45
:::
"""
ADDRESS = "/courses/course-1@spring/activities/game/live/"
PASSWORD = "синий чайник поёт"


@pytest.fixture
def plugins():
    return (quiz,)


def stands(person: Person) -> list[tuple[str, str, str]]:
    """The scoreboard a person sees: place, name, points."""
    rows = person.page.locator("table.live-board tbody tr")
    found = []
    for place in range(rows.count()):
        cells = rows.nth(place).locator("th, td").all_inner_texts()
        found.append((cells[0], cells[1], cells[2]))
    return found


@pytest.mark.parametrize(
    ("scripted", "database_kind"),
    [pytest.param(True, "sqlite", id="script-sqlite"), pytest.param(False, "postgresql", id="plain-postgresql")],
)
def test_a_round_in_three_browsers(town: Town, scripted: bool) -> None:
    stage = town.stage
    names = {"tutor": "Ведущая", "one": "Ёлкина", "two": "Berezov"}
    languages = {"tutor": "ru", "one": "ru", "two": "en"}
    ids = {
        name: stage.person(surname, email=f"{name}@school.example", password=PASSWORD, language=languages[name])
        for name, surname in names.items()
    }
    run = stage.run(stage.course(lesson=LESSON))
    stage.enrol(run, ids["one"], ids["two"])
    stage.enrol(run, ids["tutor"], role="tutor")
    people = {}
    for name, language in languages.items():
        people[name] = town.person(name, language, DESK if name == "tutor" else PHONE)
        sign_in(people[name], f"{name}@school.example", PASSWORD)
    tutor, one, two = people["tutor"], people["one"], people["two"]
    if not scripted:  # the pages of the phones come anew by themselves
        one, two = without_script(one), without_script(two)

    # the tutor opens a round from the lesson; people come in by its code
    tutor.go("/courses/course-1@spring/module/lesson/").click("Lead a round", "link").click("Open a round")
    code = tutor.page.locator(".live-code").inner_text()
    for person in (one, two):
        person.go("/live").fill("code", code).click("Come in").sees("Your name will be seen on the scoreboard.")
        person.click("Come in").sees("You are in. The first question comes when the tutor asks it.")
    tutor.page.get_by_role("heading", name="Вошли 2", exact=True).wait_for()
    assert tutor.page.locator(".live-names li").all_inner_texts() == ["Ёлкина Анна Петровна", "Berezov Анна Петровна"]

    # the first question: both answer, nobody is told anything before its time
    tutor.look().click("Ask question {number}", number=1)
    for person in (one, two):
        if not scripted:
            person.page.get_by_role("button", name=person.t("Show the question")).click()
        person.page.get_by_role("radio", name="форум").wait_for()
        assert "каждый пишет" not in person.page.content() + tutor.page.content()
    one.look().page.get_by_role("radio", name="форум").check()
    one.click("Send the answer").sees("Your answer is in.")
    two.page.get_by_role("radio", name="чат").check()  # and does not press the button
    if not scripted:
        two.click("Send the answer").sees("Your answer is in.")
    tutor.click("Close the question")
    if scripted:  # the time is over: the page sends what was chosen
        two.page.get_by_text("Your answer is in.").wait_for()
    stage.move(seconds=4)
    for person, verdict in ((one, "Верно"), (two, "Wrong")):
        person.page.locator(".live-verdict .badge").wait_for()
        assert person.look().page.locator(".live-verdict .badge").inner_text() == verdict
        assert person.page.get_by_text("На форуме сообщения ждут читателя.").count() == 1
    tutor.page.get_by_text("Места после вопроса 1").wait_for()
    expected = [("1", "Ёлкина Анна Петровна", "1,5 +1,5"), ("2", "Berezov Анна Петровна", "0")]
    assert (stands(tutor), stands(one)) == (expected, [("1", "Ёлкина Анна Петровна (вы)", "1,5 +1,5"), expected[1]])
    assert stands(two) == [("1", "Ёлкина Анна Петровна", "1.5 +1.5"), ("2", "Berezov Анна Петровна (you)", "0")]

    # the second, and the end
    tutor.look().click("Ask question {number}", number=2)
    if not scripted:
        two.page.get_by_role("button", name="Show the question").click()
    two.page.get_by_role("textbox").fill("45")
    two.look().click("Send the answer").sees("Your answer is in.")
    tutor.click("Close the question")
    stage.move(seconds=4)
    tutor.page.get_by_text("Места после вопроса 2").wait_for()
    tutor.look().click("End the round").sees("Final standing")
    two.page.get_by_text("Final standing").wait_for()
    assert stands(two.look()) == [("1", "Ёлкина Анна Петровна", "1.5"), ("1", "Berezov Анна Петровна (you)", "1.5")]
    town.all_is_well()


def without_script(person: Person) -> Person:
    """The same person in a browser that runs no scripts, and so cannot be looked at by axe."""
    plain = Plain(person)
    person.context.close()
    return plain


class Plain(Person):
    """Somebody without JavaScript."""

    def __init__(self, other: Person) -> None:
        context = other.town.browser.new_context(
            viewport={"width": 360, "height": 740}, java_script_enabled=False, is_mobile=True, has_touch=True
        )
        context.set_default_timeout(10_000)
        context.add_cookies(
            [{"name": one["name"], "value": one["value"], "url": other.town.base} for one in other.context.cookies()]
        )
        super().__init__(other.town, context, other.language, other.name)

    def look(self) -> "Person":
        """Nothing can be asked of such a page but its words."""
        return self
