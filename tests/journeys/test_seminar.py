"""A seminar of three sessions with a waiting list, on phones, in Russian: seats, questions with votes, three ways of having been there,
minutes, a short task. And a design seminar: a group from the problem to its final design."""

import pytest

from lms_seminar import plugin as seminar
from tests.journeys.conftest import DESK, PHONE, Person, Town
from tests.journeys.test_the_way import confirm, sign_in

pytestmark = pytest.mark.journey

LESSON = """:::{seminar} Вопрос, с которым я пришёл
---
id: talks
seats: 2
need: 60%
votes: 1
evidence: [word]
sessions:
  - id: one
    title: От затруднения к вопросу
    starts: day 1 18:00
    minutes: 60
    link: https://meet.example.org/one
    speaker: Ирина Ветрова
    code: мост
    materials: Принесите один вопрос о своём уроке.
    afterwards: Прочитайте, что получилось у соседней группы.
    task: Запишите вопрос, с которым **уходите**.
    due: day 4
  - id: two
    title: Что мы попробовали
    starts: day 3 18:00
    minutes: 90
    place: Школа 12, кабинет 305
  - id: three
    title: Что дальше
    starts: day 5 18:00
    minutes: 60
---
Три встречи о том, как из затруднения на уроке вырастает вопрос.
:::
"""
DESIGN = """:::{seminar} Школа без звонков
---
id: design
need: 1%
team: 1-3
design:
  final: {parts: [Что сделаем]}
sessions:
  - {id: one, title: Первая встреча, starts: day 1 18:00, minutes: 60}
---
Звонок обрывает мысль. Что вместо него?
:::
"""
BASE = "/courses/course-1@spring/"
SEMINAR = f"{BASE}activities/talks/"
PASSWORD = "синий чайник поёт"
NAMES = {"tutor": "Ведущая", "anna": "Антонова", "boris": "Борисов", "vera": "Верина"}


@pytest.fixture
def plugins():
    return (seminar,)


class Cast:
    """The tutor at a desk, the others at their phones."""

    def __init__(self, town: Town, lesson: str) -> None:
        self.town = town
        stage = town.stage
        self.ids = {
            name: stage.person(surname, email=f"{name}@school.example", password=PASSWORD, language="ru")
            for name, surname in NAMES.items()
        }
        self.run = stage.run(stage.course(lesson=lesson))
        stage.enrol(self.run, *(id for name, id in self.ids.items() if name != "tutor"))
        stage.enrol(self.run, self.ids["tutor"], role="tutor")
        self.people = {name: town.person(name, "ru", DESK if name == "tutor" else PHONE) for name in NAMES}
        self.sign_in()

    def sign_in(self) -> None:
        for name, person in self.people.items():
            person.context.clear_cookies()
            sign_in(person, f"{name}@school.example", PASSWORD)

    def later(self, **by: float) -> None:
        """Time passes; whoever comes back signs in anew."""
        with self.town.later(**by):
            self.sign_in()

    def __getitem__(self, name: str) -> Person:
        return self.people[name]


def tap(person: Person, text: str, role: str = "button") -> Person:
    """Press what begins with these words of the interface: what it is about is said to those who only hear it."""
    person.page.get_by_role(role, name=person.t(text)).first.click()  # type: ignore[arg-type]  # a role
    person.page.wait_for_load_state()
    return person.look()


def send(person: Person) -> Person:
    """Send the form of the page."""
    person.page.locator("main form button[type=submit]").first.click()
    person.page.wait_for_load_state()
    return person.look()


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_three_sessions_and_a_waiting_list(town: Town) -> None:
    cast = Cast(town, LESSON)
    tutor, anna, boris, vera = (cast[name] for name in NAMES)

    # two seats, three who come
    for person in (anna, boris):
        person.go(f"{BASE}module/lesson/").click("Take a seat", "link").click("Take a seat").sees("You have a seat")
    vera.go(SEMINAR).click("Go on the waiting list")
    vera.sees("You are number {place}. You get the next seat that becomes free, and we will tell you.", place=1)

    # a question that two wish to hear answered
    page = f"{SEMINAR}sessions/one/"
    anna.go(page).reads("Принесите один вопрос").fill("question", "Как понять, что это вопрос?").click(
        "Put the question"
    )
    anna.reads("Как понять, что это вопрос?")
    tap(boris.go(page), "Vote for this").sees("You voted for this")

    # one gives the seat back, the next one gets it and is told
    confirm(boris.go(SEMINAR), "leave")
    boris.sees("Go on the waiting list")
    vera.go(SEMINAR).sees("You have a seat")
    vera.go("/notices").sees("A seat has become free: you take part in “{title}”.", title="Вопрос, с которым я пришёл")

    # the tutor says where it is, and answers
    tutor.go(page).click("Place, materials and minutes", "link")
    tutor.fill("place", "Библиотека").fill("materials", "[Листок](https://school.example/list)").click("Save")
    tap(tutor, "Answer or hide", "link").fill("answer", "Если на него хочется ответить делом.").click(
        "Publish the answer"
    )
    anna.go(page).reads("Если на него хочется ответить делом.").reads("Библиотека")

    # the first session: one has the word, one says so
    cast.later(hours=6, minutes=5)
    anna.go(SEMINAR).sees("Join the meeting")
    anna.page.locator('[name="word"]').fill("Мост")
    tap(anna, "I was there").sees("You were there")
    tap(vera.go(SEMINAR), "I was there, but have no word", "link")
    send(vera.fill("evidence", "Говорили о том, чем вопрос отличается от жалобы.")).sees("Waits for the tutor to agree")
    tutor.go(f"{BASE}attendance/talks/one").reads("чем вопрос отличается от жалобы")
    tutor.page.locator(f'[name="state-{cast.ids["vera"]}"]').select_option("present")
    send(tutor)
    tutor.go(f"{BASE}attendance/talks/one/sheet")
    tutor.go(f"{BASE}attendance/talks")

    # afterwards: the minutes, and the short task
    cast.later(hours=2)
    tutor.go(f"{page}notes").fill("minutes", "Решили: **каждый** пробует один вопрос.")
    tutor.fill("recording", "https://video.example/1")
    tutor.page.locator('[name="published"]').check()
    tutor.click("Save").sees("What came of it")
    anna.go(page).reads("Решили: каждый пробует один вопрос.").reads("соседней группы").sees("Watch the recording")
    anna.click("Minutes to print, with those who were there", "link").reads("Антонова").sees("Who was there")
    anna.go(page).click("Do the task", "link").fill("text", "Почему они молчат?").click("Hand in")
    anna.go(SEMINAR).sees("Short task handed in")
    tutor.go(f"{SEMINAR}works").reads("Антонова")

    # the tutor notes the second session; that is enough for one of them
    cast.later(days=2)
    tutor.go(f"{BASE}attendance/talks")
    tutor.page.locator(f'input[name="present"][value="{cast.ids["anna"]}:two"]').check()
    send(tutor)
    anna.go(SEMINAR).reads("Посещено встреч: 2 из 3.").reads("Сдано коротких заданий: 1 из 1.")
    anna.go(f"{BASE}module/lesson/")
    assert town.stage.results(cast.run, cast.ids["anna"])["talks"].completed is True
    vera.go(SEMINAR).reads("Посещено встреч: 1 из 3. Сдано коротких заданий: 0 из 1.")
    assert town.stage.results(cast.run, cast.ids["vera"])["talks"].completed is False
    invited = [letter for letter in town.mailbox.letters if "vera@school.example" in str(letter["To"])]
    assert any(part.get_content_type() == "text/calendar" for letter in invited for part in letter.walk())
    town.all_is_well()


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_group_makes_a_design(town: Town) -> None:
    cast = Cast(town, DESIGN)
    tutor, anna, boris, vera = (cast[name] for name in NAMES)
    seminar, phases = f"{BASE}activities/design/", f"{BASE}phases/design"

    def move(name: str) -> None:
        confirm(tutor.go(phases), f"move-{name}")
        tutor.sees("It is moved.")

    # the problem, and who works with whom
    anna.go(f"{BASE}module/lesson/").reads("Звонок обрывает мысль.").click("Designs", "link").sees(
        "There are no groups yet."
    )
    move("groups")
    anna.go(f"{seminar}design/").click("Find a team", "link").fill("name", "Тишина")
    send(anna)
    tap(boris.go(f"{BASE}teams/design"), "Join")
    anna.go(f"{seminar}design/").reads("Борисов")

    # two versions of a draft
    move("draft")
    anna.go(f"{seminar}design/").click("Work on the draft", "link").fill("title", "Музыка")
    anna.fill("text", "Вместо звонка — тихая музыка.").click("Hand in")
    boris.go(f"{seminar}design/").click("Work on the draft", "link").fill(
        "text", "Вместо звонка — часы в каждом классе."
    )
    boris.click("Hand in")
    boris.go(f"{seminar}design/").click("Versions and questions", "link").sees("Version {n}", n=1).sees(
        "Version {n}", n=2
    )

    # questions of the tutor and of somebody else, which must be answered
    move("questions")
    tutor.go(f"{seminar}design/").press("Тишина").fill("question", "А кто заведёт часы?").click("Put the question")
    vera.go(f"{seminar}design/").press("Тишина").fill("question", "Не опоздаем?").click("Put the question")
    move("final")
    anna.go(f"{seminar}design/").click("Work on the final design", "link").reads("без ответа: 2")
    for words in ("Дежурный.", "Есть таблица на двери."):
        tap(anna.go(f"{seminar}design/").click("Versions and questions", "link"), "Write the answer", "link")
        anna.fill("answer", words).click("Publish the answer")
    anna.reads("Дежурный.").reads("Есть таблица на двери.")

    # the final design begins with the last draft, and is accepted
    anna.click("Work on the design", "link")
    assert anna.page.locator('[name="text"]').input_value() == "Вместо звонка — часы в каждом классе."
    anna.fill("text", "## Что сделаем\n\nПовесим часы.").click("Hand in")
    tutor.go(f"{seminar}works").go(f"{seminar}design/").press("Тишина")
    tutor.page.get_by_role("link", name="Музыка").last.click()
    tutor.page.wait_for_load_state()
    tutor.look().click("Accept the work")
    tutor.go(f"{BASE}attendance/design")
    tutor.page.locator(f'input[name="present"][value="{cast.ids["boris"]}:one"]').check()
    send(tutor)
    boris.go(seminar).reads("Посещено встреч: 1 из 1. Проект принят.")
    boris.go(f"{seminar}design/").click("Versions and questions", "link").sees("Final design, accepted")
    assert {name: town.stage.results(cast.run, cast.ids[name])["design"].completed for name in ("anna", "boris")} == {
        "anna": False,
        "boris": True,
    }
    town.all_is_well()
