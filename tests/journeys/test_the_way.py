"""A teacher takes a course to its certificate: three teachers, a tutor and an admin, in real browsers, from signing up to the
page that anyone can check the certificate on."""

import io
import re
from datetime import date

import pytest
from pypdf import PdfReader

from lms_project import plugin as project
from lms_quiz import plugin as quiz
from lms_seminar import plugin as seminar
from lms_thumbs import plugin as thumbs
from lms_workshop import plugin as workshop
from tests.journeys.conftest import DESK, PHONE, Person, Town
from tests.journeys.course import FILES

pytestmark = pytest.mark.journey

SURNAMES = {"one": "Ёлкина", "two": "Берёзов", "three": "Соснина"}
BASE = "/courses/journey@spring/"
PASSWORD = "синий чайник поёт"


@pytest.fixture
def plugins():
    return (project, quiz, seminar, thumbs, workshop)


def sign_up(person: Person, surname: str) -> None:
    person.go("/sign-up")
    person.fill("email", f"{person.name}@school.example").fill("password", PASSWORD).fill("surname", surname)
    person.fill("given_name", "Мария").fill("patronymic", "Юрьевна")
    person.page.select_option('[name="language"]', person.language)
    person.page.select_option('[name="timezone"]', "Asia/Novosibirsk")
    person.page.check('[name="consent"]')
    person.click("Sign up").sees("Look into your mail")
    person.town.tick()
    link = re.search(r"http://\S+/confirm/\S+", person.town.mailbox.text_to(f"{person.name}@school.example"))
    assert link, "no link in the letter"
    person.go(link[0].removeprefix(person.town.base)).page.locator("main form button").click()
    sign_in(person, f"{person.name}@school.example", PASSWORD)


def sign_in(person: Person, mail: str, password: str) -> None:
    person.go("/sign-in").fill("email", mail).fill("password", password).click("Sign in")
    person.page.wait_for_url(lambda url: not url.endswith("/sign-in"))
    person.account = (mail, password)


def sign_in_again(*people: Person) -> None:
    """After a day nobody's session is alive."""
    for person in people:
        sign_in(person, *person.account)


def answer_the_quiz(person: Person, right: bool) -> None:
    person.go(f"{BASE}first/read/").click("Start the quiz")
    questions = person.page.locator("fieldset.quiz-question")
    questions.nth(0).get_by_text("форум" if right else "видеоконференция", exact=True).click()
    for text in ("форум", "рассылка"):
        questions.nth(1).get_by_text(text, exact=True).click()
    questions.nth(2).get_by_role("textbox").fill("4" if right else "5")
    questions.nth(3).get_by_role("textbox").fill("москва" if right else "Тула")
    questions.nth(4).get_by_role("radio").nth(0 if right else 1).check()
    assert "Верно: каждый пишет" not in person.page.content()
    person.click("Finish")
    if person.page.url.endswith("/finish"):
        person.click("Finish")
    assert "Верно: каждый пишет" in person.page.content()


def review(person: Person, points: str) -> None:
    person.go(f"{BASE}activities/pairs/")
    links = person.page.locator('main li a[href*="/reviews/"]')
    addresses = [str(links.nth(place).get_attribute("href")) for place in range(links.count())]
    assert len(addresses) == 2
    for address in addresses:
        person.go(address)
        body = person.page.content()
        for surname in SURNAMES.values():
            assert surname not in body.replace(SURNAMES[person.name], "")
        person.fill("criterion-depth", points).fill("comment", "Есть о чём подумать.").click("Finish the review")


def who_reviews_what(tutor: Person, viewport: dict[str, int]) -> None:
    """The tutor looks at the board, notes a school, and asks what a repair would change."""
    tutor.page.set_viewport_size(viewport)  # type: ignore[arg-type]  # it is one
    board = f"{BASE}allocation/pairs"
    tutor.go(board).click("Schools and regions", "link")
    tutor.page.locator('[name^="school-"]').first.fill("Лицей")
    tutor.click("Keep schools and regions").go(board).click("See what a repair would change", "link")
    tutor.sees("Nothing: it cannot be made better by handing works out anew.")
    tutor.page.set_viewport_size(DESK)  # type: ignore[arg-type]


def how_marks_come(tutor: Person, viewport: dict[str, int]) -> None:
    """The tutor follows a mark, and looks what another way of marking would give."""
    tutor.page.set_viewport_size(viewport)  # type: ignore[arg-type]  # it is one
    tutor.go(f"{BASE}activities/pairs/").click("How marks are worked out", "link")
    tutor.page.locator('[name="work"]').select_option("median")
    tutor.click("Show what it would give").sees("What it would give")
    tutor.go(f"{BASE}activities/pairs/")
    first = tutor.page.locator('main a[href$="/work/"][href*="/people/"]').first
    tutor.go(str(first.get_attribute("href"))).click("How the mark given out was worked out", "link")
    tutor.sees("The same forms in other ways")
    tutor.page.set_viewport_size(DESK)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("language", "viewport", "database_kind"),
    [
        pytest.param("ru", DESK, "sqlite", id="ru-desk-sqlite"),
        pytest.param("en", DESK, "postgresql", id="en-desk-postgresql"),
        pytest.param("ru", PHONE, "sqlite", id="ru-phone-sqlite"),
    ],
)
def test_from_signing_up_to_a_certificate_anyone_can_check(town: Town, language: str, viewport: dict[str, int]):
    stage = town.stage
    stage.person("Главная", email="admin@school.example", password=PASSWORD, is_admin=True, language=language)
    stage.person("Ведущая", email="tutor@school.example", password=PASSWORD, language=language)
    stage.course(FILES, folder="journey")

    # the admin opens a run and names its tutor
    admin = town.person("admin", language)
    sign_in(admin, "admin@school.example", PASSWORD)
    admin.go("/manage/runs/new").page.select_option('[name="course"]', index=0)
    admin.fill("slug", "spring").fill("title", "Весна").fill("starts_on", date(2026, 3, 2).isoformat())
    admin.fill("ends_on", date(2026, 6, 1).isoformat()).fill("capacity", "3").fill("tutors", "tutor@school.example")
    admin.page.select_option('[name="enrolment"]', "open")
    admin.click("Open the run")
    tutor = town.person("tutor", language)
    sign_in(tutor, "tutor@school.example", PASSWORD)

    # three teachers sign up; one of them forgets the password at once
    teachers = {name: town.person(name, language, viewport) for name in SURNAMES}
    for name, person in teachers.items():
        sign_up(person, SURNAMES[name])
    one, two, _three = teachers.values()
    forgetful = town.person("one", language, viewport)
    forgetful.go("/sign-in").click("Forgot your password?", "link")
    forgetful.fill("email", "one@school.example").click("Send the letter")
    town.tick()
    link = re.search(r"http://\S+/reset/\S+", town.mailbox.text_to("one@school.example"))
    assert link, "no link in the letter"
    forgetful.go(link[0].removeprefix(town.base)).fill("password", PASSWORD + " снова").click("Set the password")
    sign_in(forgetful, "one@school.example", PASSWORD + " снова")
    one.context.close()
    teachers["one"] = one = forgetful

    # they find the course and join; the fourth waits for a place
    for person in teachers.values():
        person.go("/courses/").press("Учимся вместе").click("Join the course")
    fourth = town.person("four", language, viewport)
    sign_up(fourth, "Пихтин")
    fourth.go("/courses/journey/").click("Join the waiting list").go("/courses/journey/").sees("On the waiting list")
    one.go("/").sees("What now")

    # the second module is locked, and says what unlocks it
    one.go(BASE).sees("Locked")
    one.page.goto(town.base + f"{BASE}second/meet/")
    one.look().sees("This is not open yet.")

    # reading and the quiz; the first try fails for one of them
    for person in teachers.values():
        person.go(f"{BASE}first/read/").click("Yes, useful").go(f"{BASE}first/read/").click("Mark as read and go on")
    answer_the_quiz(two, right=False)
    two.go(BASE).sees("Locked")
    two.go(f"{BASE}first/read/").click("Try again")
    two.page.go_back()
    for person in teachers.values():
        if person is two:
            two.go(f"{BASE}activities/check/").click("Go on with the quiz", "link")
            finish_right(two)
        else:
            answer_the_quiz(person, right=True)
        person.go(f"{BASE}second/meet/")

    # the seminar: a seat, the link when it is time, the code word
    for person in teachers.values():
        person.go(f"{BASE}activities/talk/").click("Take a seat")
    one.go("/calendar").reads("Первая встреча")
    stage.clock.set(stage.clock.now().replace(day=3, hour=15, minute=5))
    town.tick()
    sign_in_again(admin, tutor, fourth, *teachers.values())
    for person in teachers.values():
        person.go(f"{BASE}activities/talk/")
        assert "Маяк" not in person.page.content()
        assert "https://meet.example.org/one" in person.page.content()
    for person in (one, two):
        person.fill("word", "маяк").page.locator("form[action$='/one/code'] button").click()
        person.page.wait_for_load_state()
        person.look()
    tutor.go(f"{BASE}attendance/talk")
    row = tutor.page.locator("tr", has_text=SURNAMES["three"])
    row.get_by_role("checkbox").first.check()
    tutor.click("Save attendance")

    # the project: handed in, given back, handed in again, marked
    for person in teachers.values():
        person.go(f"{BASE}works/plan/own/text/").fill("text", "## План\n\nСначала **спросить** коллег.").click(
            "Hand in"
        )
    tutor.go("/").reads("Учимся вместе")
    tutor.go(f"{BASE}activities/plan/").press(f"{SURNAMES['one']} Мария Юрьевна: План")
    tutor.fill("comment", "Добавьте сроки.").click("Give it back for changes")
    town.tick()
    one.go("/notices")
    one.go(f"{BASE}works/plan/own/text/").reads("Добавьте сроки.").fill("text", "## План\n\nСроки: март.").click(
        "Hand in"
    )
    for name in SURNAMES:
        tutor.go(f"{BASE}activities/plan/").press(f"{SURNAMES[name]} Мария Юрьевна: План")
        tutor.fill("criterion-idea", "5").fill("criterion-clear", "4").fill("comment", "Хорошо.").click(
            "Accept the work"
        )

    # the workshop: works, reviews without names, marks
    for person in teachers.values():
        person.go(f"{BASE}second/meet/").click("Mark as read and go on").go(f"{BASE}works/pairs/own/work/")
        person.fill("title", "Эссе").fill("text", "Мысли о работе вместе.").click("Hand in")
    move_phase(tutor, "review")
    who_reviews_what(tutor, viewport)
    for person, points in zip(teachers.values(), ("8", "9", "8"), strict=True):
        review(person, points)
    move_phase(tutor, "evaluation")
    move_phase(tutor, "closed")
    for person in teachers.values():
        person.go(f"{BASE}second/review/").click("Mark as read and go on").go(f"{BASE}activities/pairs/").sees(
            "Your marks"
        )
        for address in ("", "marks/work/", "marks/review/"):
            person.go(f"{BASE}activities/pairs/{address}")
            for other in SURNAMES.values():
                assert other not in person.page.content().replace(SURNAMES[person.name], "")
        person.sees("What was counted")
    how_marks_come(tutor, viewport)

    # everything is done: 100 %
    for person in teachers.values():
        person.go(BASE).sees(
            "You have completed the course. The certificate appears among your certificates as soon as it is issued."
        )
        person.go(f"{BASE}grades")
    tutor.go(f"{BASE}group").go(f"{BASE}gradebook").go(f"{BASE}people").go(f"{BASE}discussion")

    # the admin issues certificates for all; the first teacher takes hers, and anyone checks it
    admin.go("/manage/").go("/manage/runs")
    run = run_id(town)
    admin.go(f"/manage/runs/{run}").go(f"/manage/runs/{run}/certificates")
    confirm(admin, "issue-all")
    admin.sees("Issued")
    admin.go("/manage/certificates")
    one.go("/certificates")
    address = one.page.locator('a[href$=".pdf"]').first.get_attribute("href")
    answer = one.context.request.get(f"{town.base}{address}")
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/pdf"
    text = read(answer.body())
    assert "Ёлкина Мария Юрьевна" in text
    assert "Учимся вместе" in text
    assert "16" in text
    assert re.search(r"ПК-2026-\d{4}", text), text
    code = re.search(r"(?:[0-9A-Z]{4}-){6}[0-9A-Z]{4}", text)
    assert code, text
    visitor = town.person("visitor", language, viewport)
    visitor.go(f"/verify/{code[0]}").reads("Ёлкина Мария Юрьевна").reads("Учимся вместе")
    visitor.go("/verify/0000000000000000000000")
    assert "Ёлкина" not in visitor.page.content()

    # the rest of one's own pages
    one.go("/me").go("/calendar").go("/notices").go("/")
    fourth.go("/")
    town.all_is_well()


def finish_right(person: Person) -> None:
    questions = person.page.locator("fieldset.quiz-question")
    questions.nth(0).get_by_text("форум", exact=True).click()
    for text in ("форум", "рассылка"):
        questions.nth(1).get_by_text(text, exact=True).click()
    questions.nth(2).get_by_role("textbox").fill("4")
    questions.nth(3).get_by_role("textbox").fill("Москва")
    questions.nth(4).get_by_role("radio").nth(0).check()
    person.click("Finish")
    if person.page.url.endswith("/finish"):
        person.click("Finish")


def move_phase(tutor: Person, name: str) -> None:
    tutor.go(f"{BASE}phases/pairs")
    confirm(tutor, f"move-{name}")


def confirm(person: Person, id: str) -> None:
    """Press a button that asks first, and say yes."""
    person.page.locator(f"#{id} summary").click()
    person.page.locator("dialog[open]").locator("button[type=submit]").click()
    person.page.wait_for_load_state()
    person.look()


def run_id(town: Town) -> int:
    from sqlalchemy import select

    from lms.db import db
    from lms.publishing.models import RunRecord

    found = db.session.execute(select(RunRecord.id)).scalar_one()
    db.session.rollback()
    return int(found)


def read(document: bytes) -> str:
    """The text of a PDF, its spaces made plain."""
    whole = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(document)).pages)
    return re.sub(r"\s+", " ", whole)
