"""What people see: what to do now, the courses there are, the way through a run, a lesson, and why something is locked."""

import re
from html import unescape

import pytest
from markupsafe import Markup
from sqlalchemy import select

from lms.db import db
from lms.enrolment.models import Enrolment
from lms.plugin import LEARNER, Activity, ActivityPages, ActivitySettings, Plugin, Result, Visit
from lms.testing import Browser, Stage

COURSE = """---
title: Сетевое сообщество
language: ru
hours: 1
timezone: Europe/Moscow
authors: [Автор]
summary: О том, как жить в сети
completion: {lessons: all, activities: all}
---

О курсе.
"""
FILES = {
    "course.md": COURSE,
    "course.en.md": "---\ntitle: Network community\nsummary: How to live in a network\n---\n\nAbout.\n",
    "01-start/index.md": "---\ntitle: Начало\n---\n",
    "01-start/01-why.md": "---\ntitle: Зачем\nminutes: 15\n---\n\nПервый текст.\n",
    "01-start/01-why.en.md": "---\ntitle: Why\n---\n\nFirst text.\n",
    "01-start/02-how.md": "---\ntitle: Как\nminutes: 15\nrequires: [why]\n---\n\nВторой текст.\n\n:::{task} Задание\n:id: task\n:::\n",
    "02-end/index.md": "---\ntitle: Конец\n---\n",
    "02-end/01-last.md": "---\ntitle: Итог\nminutes: 15\nrequires: {from: day 10, done: task}\n---\n\nТретий текст.\n",
}
pages = ActivityPages()


class Task(Activity[ActivitySettings]):
    name, title, Settings = "task", "Task", ActivitySettings
    summary = "Something to do."

    def show(self, visit: Visit) -> Markup:
        if visit.role == "tutor":
            raise RuntimeError("a fault in the activity")
        return Markup("<p>the task itself</p>")

    def pages(self) -> ActivityPages:
        return pages


@pages.post("<state>", LEARNER)
def put(visit: Visit, state: str):
    visit.record(Result(completion=state == "complete", state=state))  # type: ignore[arg-type]  # a State
    return visit.back()


@pytest.fixture
def plugins() -> tuple[Plugin, ...]:
    return (Plugin("task", "lms.progress", (Task(),)),)


class Way:
    """A learner in a run of the course of three lessons."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.course = stage.course(FILES, folder="network")
        self.run = stage.run(self.course, title="Весенняя группа")
        self.base = stage.base(self.run)
        self.learner = stage.person("Ученикова")
        stage.enrol(self.run, self.learner)
        self.browser = stage.browser(self.learner)

    def read(self, path: str, status: int = 303) -> str:
        return self.browser.post(f"{self.base}{path}read", status=status, follow=False)

    def other(self, role: str = "", surname: str = "Другая", **values) -> Browser:
        person = self.stage.person(surname, **values)
        if role:
            self.stage.enrol(self.run, person, role=role)
        return self.stage.browser(person)


@pytest.fixture
def way(stage: Stage) -> Way:
    return Way(stage)


def words(page: str) -> str:
    """The words of a page's main part."""
    main = page.partition("<main")[2].partition("</main>")[0]
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", "<" + main)).split())


def links(page: str) -> list[str]:
    """Where the main part of a page leads to."""
    return re.findall(r'href="([^"]+)"', page.partition("<main")[2].partition("</main>")[0])


def step(page: str) -> tuple[str, str]:
    """The title of the card that says what to do now, and where it leads."""
    card = page.partition('<section class="step">')[2].partition("</section>")[0]
    title = re.search(r"<h\d[^>]*>(.*?)</h\d>", card, re.S)
    address = re.search(r'class="button" href="([^"]+)"', card)
    assert title and address, card
    return unescape(re.sub(r"<[^>]*>", "", title[1])).strip(), address[1]


def items(page: str) -> list[tuple[str, str]]:
    """Titles and states of the items of the course page."""
    found = re.findall(r'<li class="item [^"]*">(.*?)</li>', page, re.S)
    return [
        (
            unescape(re.search(r'class="item-title"[^>]*>(.*?)<', one)[1]),
            (re.search(r"badge-(\w+)", one) or ["", ""])[1],
        )
        for one in found
    ]


# ------------------------------------------------------------------ home


def test_a_visitor_finds_the_courses_and_the_door(way: Way) -> None:
    page = way.stage.browser().get("/")
    assert {"/courses/", "/sign-in", "/verify/", "/courses/network/"} <= set(links(page))
    assert "Network community How to live in a network 1 academic hour 3 lessons starts on 2 March 2026" in words(page)


def test_a_newcomer_is_sent_to_the_courses(way: Way) -> None:
    page = way.other().get("/")
    assert words(page).startswith("Good to see you, Анна You are not taking a course yet")
    assert links(page) == ["/courses/"]


def test_a_learner_sees_what_to_do_now_and_goes_on_there(way: Way) -> None:
    home = way.browser.get("/")
    assert step(home) == ("Why", f"{way.base}start/why/")
    way.read("start/why/")
    assert step(way.browser.get("/")) == ("Как", f"{way.base}start/how/")
    way.read("start/how/")
    assert step(way.browser.get("/")) == ("Задание", f"{way.base}activities/task/")
    way.browser.post(f"{way.base}activities/task/waiting")
    assert "Nothing to do at this moment: what is left waits for others or opens later." in words(way.browser.get("/"))
    way.browser.post(f"{way.base}activities/task/returned")
    assert step(way.browser.get("/"))[0] == "Задание"


def test_a_course_that_is_done_says_so(way: Way) -> None:
    way.read("start/why/")
    way.read("start/how/")
    way.browser.post(f"{way.base}activities/task/complete")
    way.stage.move(days=10)
    way.browser = way.stage.browser(way.learner)
    way.read("end/last/")
    home = way.browser.get("/")
    assert "Course completed" in words(home)
    assert "/certificates" in links(home)
    assert "You have completed the course." in words(way.browser.get(way.base))


def test_a_tutor_sees_who_waits(way: Way) -> None:
    tutor = way.other("tutor", "Ведущий")
    assert "Nothing waits for you here." in words(tutor.get("/"))
    way.read("start/why/")
    way.browser.post(f"{way.base}activities/task/waiting")
    assert "Задание : 1 work waits for you" in words(tutor.get("/"))
    assert f"{way.base}activities/task/" in links(tutor.text)
    assert items(tutor.get(way.base)) == [("Why", ""), ("Как", ""), ("Задание", ""), ("Итог", "")]


def test_who_asked_or_waits_for_a_place_is_told_that(way: Way) -> None:
    browser = way.other()
    person = way.stage.actor(way.learner).id + 1
    for state, sentence in (
        ("requested", "A tutor will look at your request"),
        ("waiting", "All places are taken."),
    ):
        way.stage.enrol(way.run, person) if state == "requested" else None
        db.session.execute(select(Enrolment).where(Enrolment.person_id == person)).scalar_one().state = state
        db.session.commit()
        assert f"Network community {'Request sent' if state == 'requested' else 'Waiting list'} {sentence}" in words(
            browser.get("/")
        )


# ------------------------------------------------------------------ catalogue and course


def test_the_catalogue_marks_what_one_takes_and_hides_what_nobody_can_join(way: Way) -> None:
    closed = way.stage.course(
        {
            **FILES,
            "course.md": COURSE.replace("Сетевое сообщество", "Закрытый"),
            "course.en.md": "---\ntitle: Shut\n---\n",
        },
        folder="shut",
    )
    way.stage.run(closed, enrolment="closed")

    def shown(browser: Browser) -> list[str]:
        page = browser.get("/courses/")
        return [words(f"<main>{card}</main>") for card in re.findall(r'<li class="course-card">(.*?)</li>', page, re.S)]

    facts = "How to live in a network 1 academic hour 3 lessons starts on 2 March 2026"
    assert shown(way.stage.browser()) == [
        f"Network community {facts}",
        "Shut О том, как жить в сети 1 academic hour 3 lessons",
    ]
    assert shown(way.browser)[0] == f"Network community {facts} You take part"


def test_without_any_course_the_catalogue_says_so(stage: Stage) -> None:
    assert "No courses yet" in words(stage.browser().get("/"))
    assert stage.browser().get("/courses/")


def test_strangers_see_what_a_course_is_and_not_what_is_in_its_lessons(way: Way) -> None:
    for browser in (way.stage.browser(), way.other()):
        for address in ("/courses/network/", way.base, "/courses/network/about"):
            page = browser.get(address)
            assert "What is in it Начало Why Как Конец Итог" in words(page)
            assert "First text" not in page
            assert f"{way.base}start/why/" not in links(page)
        browser.get("/courses/nothing/", 404)
        browser.get("/courses/network@nothing/", 200)


def test_the_course_page_is_the_way_through_it(way: Way) -> None:
    assert items(way.browser.get(way.base)) == [
        ("Why", "open"),
        ("Как", "locked"),
        ("Задание", "locked"),
        ("Итог", "locked"),
    ]
    assert step(way.browser.text) == ("Why", f"{way.base}start/why/")
    assert "First complete “Why”." in words(way.browser.text)
    assert f"{way.base}start/how/" not in links(way.browser.text)
    way.read("start/why/")
    way.browser.post(f"{way.base}activities/task/waiting")
    assert items(way.browser.get(way.base)) == [
        ("Why", "complete"),
        ("Как", "open"),
        ("Задание", "waiting"),
        ("Итог", "locked"),
    ]


def test_the_bare_address_of_a_course_is_ones_latest_run(way: Way) -> None:
    later = way.stage.run(
        way.course,
        "autumn",
        starts_on=way.stage.site.now().date().replace(month=9),
        ends_on=None,
        title="Осенняя группа",
    )
    way.stage.run(way.course, "winter", starts_on=way.stage.site.now().date().replace(month=12), ends_on=None)
    assert "Весенняя группа" in words(way.browser.get("/courses/network/"))
    way.stage.enrol(later, way.learner)
    assert "Осенняя группа" in words(way.browser.get("/courses/network/"))
    assert "Весенняя группа" in words(way.browser.get(way.base))
    lesson = way.browser.get("/courses/network/start/why/")
    assert 'action="/courses/network@autumn/start/why/read"' in lesson


# ------------------------------------------------------------------ lessons


def test_a_lesson_is_read_and_leads_to_the_next(way: Way) -> None:
    page = way.browser.get(f"{way.base}start/why/")
    assert "First text." in page
    assert "15 minutes of reading and work" in words(page)
    with way.stage.outside():
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1]
        answer = way.browser.client.post(f"{way.base}start/why/read", data={"csrf_token": token})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{way.base}start/how/")
    page = way.browser.get(answer.headers["Location"])
    assert "“Why” is marked as read." in page
    assert "the task itself" in page
    again = way.browser.get(f"{way.base}start/why/")
    assert f'action="{way.base}start/why/read"' not in again
    before = way.stage.results(way.run, way.learner)
    way.read("start/why/")
    assert way.stage.results(way.run, way.learner) == before


def test_before_a_locked_lesson_one_is_back_at_the_course(way: Way) -> None:
    way.read("start/why/")
    token = way.browser.token()
    with way.stage.outside():
        answer = way.browser.client.post(f"{way.base}start/how/read", data={"csrf_token": token})
    assert (answer.status_code, answer.headers["Location"]) == (303, way.base)


def test_after_the_last_lesson_one_is_back_at_the_course(way: Way) -> None:
    way.read("start/why/")
    way.browser.post(f"{way.base}activities/task/complete")
    way.stage.move(days=10)
    way.browser = way.stage.browser(way.learner)
    token = way.browser.token()
    with way.stage.outside():
        answer = way.browser.client.post(f"{way.base}end/last/read", data={"csrf_token": token})
    assert (answer.status_code, answer.headers["Location"]) == (303, way.base)


def test_a_locked_page_says_why_and_leads_to_the_step(way: Way) -> None:
    for path in ("start/how/", "activities/task/"):
        page = way.browser.get(f"{way.base}{path}", 403)
        assert "This is not open yet. First complete “Why”." in words(page)
        assert step(page) == ("Why", f"{way.base}start/why/")
        assert "Второй текст" not in page


def test_a_page_that_waits_for_its_day_names_it_in_the_readers_zone(way: Way) -> None:
    way.read("start/why/")
    way.browser.post(f"{way.base}activities/task/complete")
    page = way.browser.get(f"{way.base}end/last/", 403)
    assert "Opens on 11 March 2026, 00:00. Back to the course" in words(page)
    eastern = way.stage.person("Восточная", timezone="Asia/Vladivostok")
    way.stage.enrol(way.run, eastern)
    assert "Opens on 11 March 2026, 07:00." in words(way.stage.browser(eastern).get(f"{way.base}end/last/", 403))


def test_what_is_locked_cannot_be_marked_as_read(way: Way) -> None:
    way.read("start/how/", 403)
    way.browser.post(f"{way.base}activities/task/complete", status=403)
    assert way.stage.results(way.run, way.learner) == {}


def test_staff_find_everything_open_and_have_nothing_to_mark(way: Way) -> None:
    for browser in (way.other("tutor", "Ведущий"), way.other("", "Авторов", is_author=True)):
        page = browser.get(f"{way.base}end/last/")
        assert "Третий текст" in page
        assert f"{way.base}end/last/read" not in page
        browser.post(f"{way.base}end/last/read", status=403)


def test_an_activity_that_fails_does_not_take_the_lesson_with_it(way: Way) -> None:
    page = way.other("tutor", "Ведущий").get(f"{way.base}start/how/")
    assert "Второй текст" in page
    assert "This activity cannot be shown at the moment." in page
    assert "a fault in the activity" not in page
    assert [line.partition(" task: ")[2] for line in way.stage.site.troubles] == [
        "show: RuntimeError: a fault in the activity"
    ]


def test_other_addresses_in_a_run_are_not_found(way: Way) -> None:
    for path in ("start/nothing/", "end/why/", "nothing/why/", "start/task/"):
        way.browser.get(f"{way.base}{path}", 404)
        way.read(path, 404)
    for path in ("activities/why/", "start/"):
        way.browser.get(f"{way.base}{path}", 404)


def test_visitors_are_asked_in_and_strangers_find_nothing(way: Way) -> None:
    with way.stage.outside():
        answer = way.stage.app.test_client().get(f"{way.base}start/why/")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/sign-in?next={way.base}start/why/")
    way.other().get(f"{way.base}start/why/", 404)


def test_the_language_of_the_address_goes_before_ones_own(way: Way) -> None:
    page = way.browser.get(f"{way.base}start/why/?lang=ru")
    assert ("Первый текст." in page, '<html lang="ru"' in page, "Прочитано" in page) == (True, True, True)
    page = way.browser.get(f"{way.base}start/why/?lang=tlh")
    assert ("First text." in page, '<html lang="en"' in page) == (True, True)
    # a lesson that is not translated stays in the language it was written in
    way.read("start/why/")
    assert "Второй текст." in way.browser.get(f"{way.base}start/how/")
