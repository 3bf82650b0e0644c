"""Management pages: what an admin does, what is answered to bad input, what an author sees, what the lists cost."""

import re
from datetime import date

import pytest
from sqlalchemy import select

from lms.db import db
from lms.enrolment import service as enrolment
from lms.enrolment.models import Enrolment
from lms.manage import service
from lms.notices.models import OutgoingMail
from lms.people.models import Person, SignIn
from lms.people.service import find_person
from lms.plugin import BadInput
from lms.publishing.models import RunRecord
from lms.testing.stage import Stage


@pytest.fixture
def admin(stage: Stage) -> int:
    return stage.person("Главная", is_admin=True)


@pytest.fixture
def course(stage: Stage) -> str:
    return stage.course()


def sent(**values):
    return {
        "title": "Осень",
        "starts_on": "2026-09-01",
        "ends_on": "2026-10-01",
        "capacity": "0",
        "enrolment": "open",
        **values,
    }


def the_run(stage, slug) -> RunRecord:
    db.session.rollback()
    return db.session.execute(select(RunRecord).where(RunRecord.slug == slug)).scalar_one()


def errors(page) -> list[str]:
    """The sentences of a form that came back."""
    return re.findall(r'class="field-error"[^>]*>.*?<span>([^<]*)</span>', page, re.DOTALL) + re.findall(
        r'class="notice notice-error".*?<p>([^<]*)</p>', page, re.DOTALL
    )


# ------------------------------------------------------------------------------------------- opening a run


def test_an_admin_opens_a_run_with_its_tutors(stage, admin, course):
    stage.person("Вторая", email="tutor@school.example")
    page = stage.browser(admin).post(
        "/manage/runs/new", sent(course=course, tutors="tutor@school.example", capacity="20")
    )
    run = the_run(stage, "osen")
    assert (run.title, run.starts_on, run.ends_on, run.capacity, run.enrolment, run.created_by) == (
        "Осень", date(2026, 9, 1), date(2026, 10, 1), 20, "open", admin,
    )  # fmt: skip
    assert [member.name for member in enrolment.members(run.id, "tutor")] == ["Вторая Анна Петровна"]
    assert "The run is open." in page


def test_the_name_in_addresses_is_made_free(stage, admin, course):
    browser = stage.browser(admin)
    for _ in range(3):
        browser.post("/manage/runs/new", sent(course=course))
    assert sorted(db.session.execute(select(RunRecord.slug)).scalars()) == ["osen", "osen-2", "osen-3"]


def test_a_run_with_a_key_lets_in_who_has_it(stage, admin, course):
    learner = stage.person("Ученица")
    stage.browser(admin).post("/manage/runs/new", sent(course=course, enrolment="key", key=" Мост 7 "))
    run = the_run(stage, "osen").id
    with pytest.raises(BadInput):
        enrolment.ask(stage.site, run, learner, "мост")
    assert enrolment.ask(stage.site, run, learner, "Мост 7") == "active"


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"starts_on": ""}, "Choose the first day."),
        ({"starts_on": "tomorrow"}, "This is not a date. Choose one from the calendar or write 2026-09-14."),
        ({"starts_on": "0001-01-01"}, "This is not a date. Choose one from the calendar or write 2026-09-14."),
        ({"ends_on": "9999-12-31"}, "This is not a date. Choose one from the calendar or write 2026-09-14."),
        ({"ends_on": "2026-08-01"}, "A run cannot end before it starts."),
        ({"capacity": "many"}, "Write a whole number."),
        ({"capacity": "-1"}, "Write 0 or the number of places."),
        ({"title": "x" * 201}, "At most 200 characters can stand here."),
        ({"slug": "Осень"}, "Only Latin small letters, figures and hyphens between them can stand here, at most 60."),
        ({"enrolment": "key"}, "Enrolment with a key needs a key: write one."),
        ({"tutors": "nobody@school.example"}, "There is no account with the address nobody@school.example."),
        ({"slug": "spring"}, "The course already has a run “spring”."),
    ],
)
def test_what_is_wrong_with_a_new_run_is_said(stage, admin, course, values, sentence):
    stage.run(course)
    page = stage.browser(admin).post("/manage/runs/new", sent(course=course, **values), 422)
    assert errors(page) == [sentence]
    assert db.session.execute(select(RunRecord.slug)).scalars().all() == ["spring"]


def test_an_unknown_course_or_way_is_refused(stage, admin, course):
    browser = stage.browser(admin)
    browser.post("/manage/runs/new", sent(course="nothing"), 422)
    browser.post("/manage/runs/new", sent(course=course, enrolment="anyhow"), 422)
    assert db.session.execute(select(RunRecord.id)).all() == []


def test_without_courses_the_form_says_what_to_do_first(stage, admin):
    assert "Publish a course first" in stage.browser(admin).get("/manage/runs/new")


# ------------------------------------------------------------------------------------------- changing a run


def test_more_places_let_in_who_waits_in_the_order_of_asking(stage, admin, course):
    run = stage.run(course, capacity=1)
    people = [stage.person(name) for name in ("Первая", "Вторая", "Третья", "Четвёртая")]
    for person in people:
        stage.move(minutes=1)
        enrolment.ask(stage.site, run, person)
    db.session.commit()
    page = stage.browser(admin).post(f"/manage/runs/{run}", sent(capacity="3"))
    assert "2 people of the waiting list have a place now." in page
    assert [enrolment.state_of(run, person)[0] for person in people] == ["active", "active", "active", "waiting"]


def test_a_run_is_not_made_smaller_than_its_group(stage, admin, course):
    run = stage.run(course, capacity=5)
    stage.enrol(run, *(stage.person(name) for name in ("Первая", "Вторая")))
    page = stage.browser(admin).post(f"/manage/runs/{run}", sent(capacity="1"), 422)
    assert errors(page) == [
        "There are more learners in the run already: 2. Let somebody leave first, or close the enrolment."
    ]
    assert the_run(stage, "spring").capacity == 5


def test_dates_and_way_change_and_a_key_stays_unless_it_is_written_anew(stage, admin, course):
    run = stage.run(course)
    browser = stage.browser(admin)
    assert errors(browser.post(f"/manage/runs/{run}", sent(enrolment="key"), 422)) == [
        "Enrolment with a key needs a key: write one."
    ]
    browser.post(f"/manage/runs/{run}", sent(enrolment="key", key="мост"))
    first = the_run(stage, "spring").key_hash
    browser.post(f"/manage/runs/{run}", sent(enrolment="key", title="Зима", ends_on=""))
    changed = the_run(stage, "spring")
    assert (changed.title, changed.starts_on, changed.ends_on, changed.key_hash) == (
        "Зима",
        date(2026, 9, 1),
        None,
        first,
    )
    browser.post(f"/manage/runs/{run}", sent(enrolment="key", key="маяк"))
    assert the_run(stage, "spring").key_hash != first
    browser.post(f"/manage/runs/{run}", sent())
    assert the_run(stage, "spring").key_hash == ""


def test_bad_dates_of_a_run_come_back_with_what_was_typed(stage, admin, course):
    run = stage.run(course)
    page = stage.browser(admin).post(f"/manage/runs/{run}", sent(ends_on="2026-01-01", title="Новый заголовок"), 422)
    assert errors(page) == ["A run cannot end before it starts."]
    assert 'value="Новый заголовок"' in page


def test_tutors_come_and_go(stage, admin, course):
    run, person = stage.run(course), stage.person("Ведущая", email="tutor@school.example")
    browser = stage.browser(admin)
    assert "Ведущая Анна Петровна leads this run now." in browser.post(
        f"/manage/runs/{run}/tutors", {"tutor-email": " Tutor@School.example "}
    )
    assert enrolment.state_of(run, person) == ("active", "tutor")
    browser.post(f"/manage/runs/{run}/tutors/{person}/remove")
    assert enrolment.state_of(run, person) == ("withdrawn", "tutor")
    browser.post(f"/manage/runs/{run}/tutors/{person}/remove", status=404)


def test_taking_out_a_tutor_does_not_touch_a_learner(stage, admin, course):
    run, person = stage.run(course), stage.person("Ученица")
    stage.enrol(run, person)
    stage.browser(admin).post(f"/manage/runs/{run}/tutors/{person}/remove", status=404)
    assert enrolment.state_of(run, person) == ("active", "learner")


def test_one_person_is_enrolled_by_address(stage, admin, course):
    run, person = stage.run(course, capacity=1), stage.person("Ученица", email="one@school.example")
    stage.person("Вторая", email="two@school.example")
    browser = stage.browser(admin)
    assert "Ученица Анна Петровна is enrolled." in browser.post(
        f"/manage/runs/{run}/learners", {"learner-email": "one@school.example"}
    )
    assert enrolment.state_of(run, person) == ("active", "learner")
    assert "Every place is taken: Вторая Анна Петровна is on the waiting list." in browser.post(
        f"/manage/runs/{run}/learners", {"learner-email": "two@school.example"}
    )


def test_who_leads_a_run_is_not_enrolled_in_it(stage, admin, course):
    run, person = stage.run(course), stage.person("Ведущая", email="tutor@school.example")
    stage.enrol(run, person, role="tutor")
    page = stage.browser(admin).post(f"/manage/runs/{run}/learners", {"learner-email": "tutor@school.example"}, 422)
    assert errors(page) == ["Ведущая Анна Петровна leads this run. Take them out of its tutors first."]


@pytest.mark.parametrize(("form", "field"), [("tutors", "tutor-email"), ("learners", "learner-email")])
@pytest.mark.parametrize(
    ("email", "sentence"),
    [("", "Enter a mail address."), ("no@school.example", "There is no account with the address no@school.example.")],
)
def test_an_address_without_an_account_is_named(stage, admin, course, form, field, email, sentence):
    run = stage.run(course)
    page = stage.browser(admin).post(f"/manage/runs/{run}/{form}", {field: email}, 422)
    assert errors(page) == [sentence]
    assert db.session.execute(select(Enrolment.id)).all() == []


def test_unknown_numbers_are_not_found(stage, admin, course):
    browser = stage.browser(admin)
    for path in ("/manage/runs/99", "/manage/people/99", "/manage/courses/nothing"):
        browser.get(path, 404)
    for path in (
        "/manage/runs/99",
        "/manage/runs/99/tutors",
        "/manage/runs/99/learners",
        "/manage/people/99/password-link",
    ):
        browser.post(path, status=404)
    browser.post(f"/manage/people/{admin}/roles", {"role": "owner", "on": "1"}, 404)
    browser.post("/manage/people/99/roles", {"role": "author", "on": "1"}, 404)


# ------------------------------------------------------------------------------------------- people


@pytest.mark.parametrize("role", ["author", "admin"])
def test_a_role_is_given_and_taking_it_away_ends_all_sessions(stage, admin, role):
    person = stage.person("Коллега")
    theirs, browser = stage.browser(person), stage.browser(admin)
    browser.post(f"/manage/people/{person}/roles", {"role": role, "on": "1"})
    db.session.rollback()
    assert getattr(db.session.get_one(Person, person), f"is_{role}") is True
    theirs.get("/manage/courses")
    browser.post(f"/manage/people/{person}/roles", {"role": role, "on": "0"})
    db.session.rollback()
    assert getattr(db.session.get_one(Person, person), f"is_{role}") is False
    assert db.session.execute(select(SignIn.hash).where(SignIn.person_id == person)).all() == []
    assert "/sign-in" in theirs.client.get("/manage/courses").headers["Location"]


def test_no_admin_takes_away_their_own_administration(stage, admin):
    page = stage.browser(admin).post(f"/manage/people/{admin}/roles", {"role": "admin", "on": "0"})
    assert (
        page.count("You cannot take away your own administration") == 2
    )  # the answer, and the hint in place of the button
    assert db.session.get_one(Person, admin).is_admin is True


def test_who_is_no_admin_any_more_gives_no_roles(stage, admin):
    other = stage.person("Другая", is_admin=True)
    service.set_role(stage.site, other, "admin", False, stage.actor(admin))
    with pytest.raises(BadInput):
        service.set_role(stage.site, admin, "admin", False, stage.actor(other))
    assert db.session.get_one(Person, admin).is_admin is True


def test_a_role_held_already_changes_nothing(stage, admin):
    person = stage.person("Коллега")
    stage.browser(person)
    assert service.set_role(stage.site, person, "author", False, stage.actor(admin)) is False
    assert len(db.session.execute(select(SignIn.hash).where(SignIn.person_id == person)).all()) == 1


def test_people_are_found_by_name_and_address(stage, admin):
    stage.person("Семёнова", email="semenova@school.example", given_name="Елена")
    stage.person("Иванов", email="ivan@dom.example", given_name="Пётр", patronymic="")
    browser = stage.browser(admin)

    def found(query):
        return re.findall(
            r'<th scope="row"><a href="[^"]*">([^<]*)</a>', browser.get("/manage/people", query_string={"q": query})
        )

    semenova, ivanov = "Семёнова Елена Петровна", "Иванов Пётр"
    assert found("") == ["Главная Анна Петровна", ivanov, semenova]
    assert found("семенова") == [semenova]
    assert found("пётр иванов") == [ivanov]
    assert found("DOM.example") == [ivanov]
    assert found("елена ivan") == []
    assert found("100%_") == []


def test_people_stand_in_the_order_of_a_register(stage, admin):
    for surname in ("Жук", "Ёлкина", "Ежова"):
        stage.person(surname)
    page = stage.browser(admin).get("/manage/people")
    assert re.findall(r'<th scope="row"><a href="[^"]*">(\w+)', page) == ["Главная", "Ежова", "Ёлкина", "Жук"]


def test_a_link_to_set_a_password_goes_out_and_works(stage, admin):
    person = stage.person("Новая", password="", email="new@school.example")
    page = stage.browser(admin).post(f"/manage/people/{person}/password-link")
    assert "no mail server is configured" in page
    letter = db.session.execute(select(OutgoingMail)).scalar_one()
    assert letter.recipient == "new@school.example"
    path = re.search(r"http://localhost(/reset/\S+)", letter.text)
    browser = stage.browser()
    browser.get(path[1])
    browser.post(path[1], {"password": "seven brave lanterns"})
    db.session.rollback()
    assert find_person("new@school.example").password_hash != ""


def test_a_persons_runs_are_listed_with_how_they_stand(stage, admin, course):
    person = stage.person("Ученица")
    one, two = stage.run(course, "one", title="Первая"), stage.run(course, "two", enrolment="request")
    three = stage.run(course, "three")
    stage.enrol(one, person)
    enrolment.ask(stage.site, two, person)
    enrolment.enrol(stage.site, three, person, "tutor")
    db.session.commit()
    page = stage.browser(admin).get(f"/manage/people/{person}")
    rows = re.findall(
        r"<tr>\s*<th.*?>(?:<a[^>]*>)(.*?)</a></th>\s*<td[^>]*>(.*?)</td>\s*<td[^>]*>(.*?)</td>", page, re.DOTALL
    )
    assert rows == [
        ("Пробный курс, three", "Tutor", "Takes part"),
        ("Пробный курс, two", "Learner", "Asks for a place"),
        ("Пробный курс, Первая", "Learner", "Takes part"),
    ]


# ------------------------------------------------------------------------------------------- overview and courses


def test_the_overview_tells_what_needs_an_admin(stage, admin, course):
    run, person = stage.run(course, enrolment="request"), stage.person("Ученица")
    browser = stage.browser(admin)
    assert "Nothing needs you now." in browser.get("/manage/")
    enrolment.ask(stage.site, run, person)
    now = stage.site.now()
    db.session.add(
        OutgoingMail(
            person_id=person, recipient="gone@school.example", subject="s", text="t", created_at=now, not_before=now,
            attempts=3, error="550 no such mailbox",
        )
    )  # fmt: skip
    db.session.commit()
    stage.site.trouble("rain", "the roof leaks")
    page = browser.get("/manage/")
    assert "1 person asks for a place" in page
    assert f'href="{stage.base(run)}people"' in page
    assert "gone@school.example: 550 no such mailbox" in page
    assert "rain: the roof leaks" in page


def test_an_author_sees_courses_and_nothing_else(stage, admin, course):
    author = stage.person("Автор", is_author=True)
    browser = stage.browser(author)
    page = browser.get("/manage/")
    assert re.findall(r'<li><a href="(/manage/[^"]+)">', page) == ["/manage/courses"]
    assert "Пробный курс" in browser.get("/manage/courses")
    assert "Open a run" not in browser.get(f"/manage/courses/{course}")
    for path in ("/manage/runs", "/manage/runs/new", "/manage/people", f"/manage/people/{admin}"):
        browser.get(path, 404)


def test_every_publication_of_a_course_is_listed(stage, admin):
    course = stage.course(lesson="Первый текст.", folder="often")
    run = stage.run(course)
    stage.move(days=2)
    stage.course(lesson="Второй текст.", folder="often")
    browser = stage.browser(admin)
    page = browser.get(f"/manage/courses/{course}")
    rows = re.findall(r'<th scope="row">(\d+) (<span class="badge badge-now">)?', page)
    assert rows == [("2", '<span class="badge badge-now">'), ("1", "")]
    assert "published anew since" in browser.get(f"/manage/runs/{run}")


# ------------------------------------------------------------------------------------------- what lists cost


def cost(stage, browser, path) -> int:
    browser.get(path)  # the texts of the course come into memory
    with stage.statements() as found:
        browser.get(path)
    return len(found)


def grow(stage, course, admin, to):
    """Bring the site to `to` runs, people and revisions."""
    have = len(db.session.execute(select(RunRecord.id)).all())
    for number in range(have, to):
        run = stage.run(course, f"run-{number}", enrolment="request")
        tutor, learner, asking = (stage.person(f"Человек{number}{role}") for role in ("т", "у", "п"))
        stage.enrol(run, tutor, role="tutor")
        stage.enrol(run, learner)
        stage.enrol(run, admin)
        enrolment.ask(stage.site, run, asking)
        stage.site.trouble("x", str(number))
        stage.course(lesson=f"Текст {number}.", folder=course)
        stage.course(folder=f"other-{number}")
        db.session.commit()


def test_lists_cost_the_same_however_long_they_are(stage, admin):
    course = stage.course(folder="long")
    browser = stage.browser(admin)
    paths = (
        "/manage/", "/manage/runs", f"/manage/runs?course={course}", "/manage/runs/new", "/manage/people", "/manage/people?q=а",
        f"/manage/people/{admin}", "/manage/courses", f"/manage/courses/{course}",
    )  # fmt: skip
    costs = []
    for size in (1, 3, 30):
        grow(stage, course, admin, size)
        costs.append({path: cost(stage, browser, path) for path in paths})
    assert costs[0] == costs[1] == costs[2]


def test_long_lists_have_pages(stage, admin):
    for number in range(60):
        stage.person(f"Ученица{chr(1072 + number % 30)}{chr(1072 + number // 30)}")
    browser = stage.browser(admin)
    first, second = browser.get("/manage/people"), browser.get("/manage/people?page=2")
    names = [re.findall(r'<th scope="row"><a href="[^"]*">([^<]*)<', page) for page in (first, second)]
    assert [len(found) for found in names] == [50, 11]
    assert len({*names[0], *names[1]}) == 61
    assert "Page 1 of 2" in first
    assert browser.get("/manage/people?page=77&q=Ученица").count("Nobody found") == 1
