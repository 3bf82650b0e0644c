"""Meetings on phones, in Russian: times that a tutor opens and a learner books, ways to show that one was there, the tutor's tables."""

import pytest

from lms_project import plugin as project
from lms_seminar import plugin as seminar
from tests.journeys.conftest import PHONE, Person, Town
from tests.journeys.test_the_way import sign_in

pytestmark = pytest.mark.journey

LESSON = """:::{project} Дневник класса
---
id: diary
consultations: 1
stages:
  - {id: plan, title: Замысел, due: day 10 21:00}
---
Начните дневник.
:::

:::{seminar} Вопрос, с которым я пришёл
---
id: talks
seats: 2
evidence: [link, word]
sessions:
  - {id: one, title: От затруднения к вопросу, starts: day 2 18:00, minutes: 60, link: "LINK", code: мост}
  - {id: two, title: Что мы попробовали, starts: day 9 18:00, minutes: 90, place: "Школа 12, кабинет 305"}
---
Две встречи.
:::
"""
BASE = "/courses/course-1@spring/"
PASSWORD = "синий чайник поёт"
NAMES = {"tutor": "Ведущая", "anna": "Антонова", "boris": "Борисов"}


@pytest.fixture
def plugins():
    return (project, seminar)


def tap(person: Person, text: str, role: str = "button") -> Person:
    """Press what begins with these words of the interface: what it is about is said to those who only hear it."""
    person.page.locator("main").get_by_role(role, name=person.t(text)).first.click()  # type: ignore[arg-type]  # a role
    person.page.wait_for_load_state()
    return person.look()


def test_meetings_on_a_phone(town: Town) -> None:
    stage = town.stage
    elsewhere = town.base.replace("127.0.0.1", "localhost") + "/courses/"
    ids = {
        name: stage.person(surname, email=f"{name}@school.example", password=PASSWORD, language="ru")
        for name, surname in NAMES.items()
    }
    run = stage.run(stage.course(lesson=LESSON.replace("LINK", elsewhere)))
    stage.enrol(run, ids["anna"], ids["boris"])
    stage.enrol(run, ids["tutor"], role="tutor")
    people = {name: town.person(name, "ru", PHONE) for name in NAMES}

    def come() -> None:
        for name, person in people.items():
            person.context.clear_cookies()
            sign_in(person, f"{name}@school.example", PASSWORD)

    come()
    tutor, anna, boris = people.values()

    # times for advice: opened, booked, waited for, moved
    here = f"{BASE}booking/diary"
    tutor.go(here).sees("No times are open yet.")
    tutor.page.locator("summary", has_text=tutor.t("Open times")).click()
    tutor.fill("consultation-starts", "2026-03-04T10:00").fill("consultation-count", "2")
    tutor.fill("consultation-place", "Кабинет 7").click("Open")
    tutor.sees("The times are open: others can book them now.")
    tap(anna.go(here), "Book it").sees("It is yours. We send you an invitation for your calendar.").reads("Кабинет 7")
    tap(boris.go(here), "Go on the waiting list").sees("On the waiting list")
    tap(tutor.go(here), "Move it or call it off", "link").fill("starts", "2026-03-04T11:30").click("Change it")
    tutor.sees("It is changed. Whoever booked it is told.").reads("Антонова").reads("Борисов")
    stage.tick()
    letter = [one for one in town.mailbox.letters if "anna@" in str(one["To"])][-1]
    (part,) = [one for one in letter.walk() if one.get_content_type() == "text/calendar"]
    assert part.get_param("method") == "REQUEST"
    assert "SEQUENCE:1" in part.get_content()
    anna.go("/calendar").reads("Кабинет 7")
    anna.go("/notices").reads("новое время или место")

    # the first meeting: one comes by the link, another types a wrong word and then says so in their own
    for person in (anna, boris):
        person.go(f"{BASE}activities/talks/").click("Take a seat")
    with town.later(days=1, hours=6, minutes=5):
        come()
    anna.go(f"{BASE}activities/talks/")
    assert elsewhere not in anna.page.content()
    anna.page.locator("main").get_by_role("button", name=anna.t("Join the meeting")).first.click()
    anna.page.wait_for_url(elsewhere)
    boris.go(f"{BASE}activities/talks/").fill("word", "берег")
    tap(boris, "I was there").sees("This is not the code word. Check it and try again.")
    boris.go(f"{BASE}attendance/talks/one/declare").fill("evidence", "Говорили о вопросах, я спросил про свой.")
    tap(boris, "Say that I was there").sees("Thank you. It counts as soon as the tutor agrees.")
    anna.go(f"{BASE}activities/talks/").sees("You were there")

    # the tutor agrees, notes minutes, prints a list
    tutor.go(f"{BASE}attendance/talks").sees("by the link")
    tutor.go(f"{BASE}attendance/talks/one").reads("Говорили о вопросах")
    tutor.page.locator(f'[name="state-{ids["boris"]}"]').select_option("present")
    tutor.fill(f"minutes-{ids['boris']}", "45").click("Save attendance")
    tutor.go(f"{BASE}attendance/talks/one/sheet").sees("Signature").reads("Антонова")
    boris.go(f"{BASE}grades").sees("Academic hours at meetings")

    # the second meeting moves, and then does not take place
    tap(tutor.go(f"{BASE}activities/talks/sessions/two/"), "Move it or call it off", "link")
    tutor.fill("starts", "2026-03-11T17:00").fill("why", "В школе карантин").click("Move it")
    tutor.sees("It is moved. Whoever takes part is told.").reads("В школе карантин")
    anna.go("/notices").reads("переносится").reads("В школе карантин")
    anna.go("/calendar").reads("17:00")
    anna.go(f"{BASE}activities/talks/").reads("Перенесено; было намечено на 10")
    tutor.page.locator("#call-off summary").click()
    dialog = tutor.page.get_by_role("dialog")
    dialog.locator("[name=why]").fill("Карантин продлили")
    dialog.get_by_role("button", name=tutor.t("Call it off")).click()
    tutor.look().sees("It is called off. Whoever takes part is told.")
    anna.go(f"{BASE}activities/talks/").reads("Отменено. Причина: Карантин продлили")
    boris.go(f"{BASE}activities/talks/").sees("Called off")
    tutor.go(f"{BASE}attendance/talks").sees("Called off").sees("Back")
    # whoever joins leaves the site, as they are meant to
    town.troubles = [one for one in town.troubles if f"asks outside: {elsewhere.partition('/courses')[0]}" not in one]
    town.all_is_well()
