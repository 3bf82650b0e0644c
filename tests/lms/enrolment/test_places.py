"""Getting into a run, waiting, leaving, and the lists staff work with."""

import io
from typing import Any

import pytest
from sqlalchemy import select

from lms.db import db
from lms.enrolment import service
from lms.enrolment.models import Enrolment
from lms.enrolment.rules import key_hash
from lms.events import Enrolled, Event, RoleChanged, Withdrawn
from lms.i18n import Message
from lms.notices.models import Notice, OutgoingMail
from lms.people.models import Person, Token
from lms.people.throttle import TooManyTries
from lms.plugin import Actor, BadInput, On, Plugin
from lms.testing.stage import Stage

HEARD: list[Event] = []
EVENTS = (Enrolled, Withdrawn, RoleChanged)


@pytest.fixture
def plugins() -> tuple[Plugin, ...]:
    HEARD.clear()
    return (
        Plugin("ear", "lms.enrolment", tuple(On(kind, lambda site, event: HEARD.append(event)) for kind in EVENTS)),
    )


def states(run: int) -> dict[int, str]:
    db.session.rollback()
    rows = db.session.execute(select(Enrolment.person_id, Enrolment.state).where(Enrolment.run_id == run))
    return {row.person_id: row.state for row in rows}


def told(person: int) -> list[str]:
    import json

    db.session.rollback()
    rows = db.session.execute(select(Notice.text).where(Notice.person_id == person).order_by(Notice.id)).scalars()
    return [str(Message.from_json(json.loads(text))) for text in rows]


def ask(stage: Stage, run: int, person: int, key: str = "") -> str:
    state = service.ask(stage.site, run, person, key)
    db.session.commit()
    return state


def people(stage: Stage, count: int) -> list[int]:
    return [stage.person(f"Участник {'абвгдежз'[number]}") for number in range(count)]


def test_an_open_run_takes_until_it_is_full_and_then_in_turn(stage: Stage) -> None:
    run = stage.run(stage.course(), capacity=2)
    tutor = stage.person("Тьютор")
    stage.enrol(run, tutor, role="tutor")
    first, second, third, fourth = people(stage, 4)
    assert [ask(stage, run, person) for person in (first, second, third, fourth)] == [
        "active",
        "active",
        "waiting",
        "waiting",
    ]
    assert ask(stage, run, third) == "waiting"
    assert told(third) == ["“Пробный курс” is full: you are on the waiting list and get the next free place."]
    service.withdraw(stage.site, run, first)
    db.session.commit()
    assert states(run) == {tutor: "active", first: "withdrawn", second: "active", third: "active", fourth: "waiting"}
    assert told(third)[1:] == ["There is a place for you now: you are enrolled in “Пробный курс”."]
    assert told(tutor) == ["Участник а Анна Петровна has left “Пробный курс”."]
    # whoever comes back stands at the end
    assert ask(stage, run, first) == "waiting"
    service.withdraw(stage.site, run, second)
    db.session.commit()
    assert states(run) == {tutor: "active", first: "waiting", second: "withdrawn", third: "active", fourth: "active"}
    assert [
        Enrolled(run, first, "learner"), Enrolled(run, second, "learner"), Withdrawn(run, first),
        Enrolled(run, third, "learner"), Withdrawn(run, second), Enrolled(run, fourth, "learner"),
    ] == HEARD  # fmt: skip


def test_more_seats_let_in_those_who_wait(stage: Stage) -> None:
    from lms.publishing.models import RunRecord

    run = stage.run(stage.course(), capacity=1)
    persons = people(stage, 5)
    for person in persons:
        ask(stage, run, person)
        stage.move(minutes=1)
    db.session.get_one(RunRecord, run).capacity = 3
    db.session.commit()
    assert service.promote(stage.site, run) == 2
    db.session.commit()
    assert [states(run)[person] for person in persons] == ["active"] * 3 + ["waiting"] * 2
    db.session.get_one(RunRecord, run).capacity = 0
    db.session.commit()
    assert service.promote(stage.site, run) == 2
    assert service.promote(stage.site, run) == 0


def test_a_key_opens_and_guessing_is_slowed(stage: Stage) -> None:
    run = stage.run(stage.course(), enrolment="key", key_hash=key_hash("весна"))
    anna, boris = people(stage, 2)
    with pytest.raises(BadInput, match="not the key"):
        ask(stage, run, anna)
    assert ask(stage, run, anna, " весна ") == "active"
    for _ in range(5):
        with pytest.raises(BadInput, match="not the key"):
            ask(stage, run, boris, "осень")
    with pytest.raises(TooManyTries):
        ask(stage, run, boris, "весна")
    stage.move(seconds=31)
    assert ask(stage, run, boris, "весна") == "active"


def test_a_request_is_approved_or_refused_once(stage: Stage) -> None:
    run = stage.run(stage.course(), enrolment="request", capacity=1)
    tutor = stage.person("Тьютор")
    stage.enrol(run, tutor, role="tutor")
    anna, boris, vera = people(stage, 3)
    assert [ask(stage, run, person) for person in (anna, boris, vera)] == ["requested"] * 3
    assert told(tutor)[0] == "Участник а Анна Петровна asks for a place in “Пробный курс”."
    by = stage.actor(tutor)
    decisions = [
        service.decide(stage.site, run, person, yes, by) for person, yes in ((anna, True), (boris, True), (vera, False))
    ]
    db.session.commit()
    assert decisions == ["active", "waiting", "refused"]
    assert told(anna) == ["You are enrolled in “Пробный курс”."]
    assert told(vera) == ["The tutors did not accept your request for “Пробный курс”."]
    with pytest.raises(BadInput, match="dealt with"):
        service.decide(stage.site, run, anna, False, by)
    with pytest.raises(BadInput, match="did not accept"):
        ask(stage, run, vera)
    with pytest.raises(BadInput, match="Every seat is taken"):
        service.decide(stage.site, run, boris, True, by)
    assert service.enrol(stage.site, run, vera, by=by) == "waiting"
    service.withdraw(stage.site, run, anna, by)
    db.session.commit()
    assert states(run) == {tutor: "active", anna: "withdrawn", boris: "active", vera: "waiting"}
    assert told(anna)[1:] == ["You are not in “Пробный курс” any more."]


def test_closed_and_finished_runs_take_nobody(stage: Stage) -> None:
    course = stage.course()
    closed, open_run = stage.run(course, "closed", enrolment="closed"), stage.run(course, "open")
    (anna,) = people(stage, 1)
    with pytest.raises(BadInput, match="by its staff"):
        ask(stage, closed, anna)
    stage.move(days=91)
    assert stage.site.now().date().isoformat() == "2026-06-01"
    stage.move(hours=12)  # still the last day in UTC, but midnight in Moscow
    with pytest.raises(BadInput, match="is over"):
        ask(stage, open_run, anna)
    stage.move(minutes=-1)
    assert ask(stage, open_run, anna) == "active"


def test_staff_enrol_within_the_seats_and_change_roles(stage: Stage) -> None:
    run = stage.run(stage.course(), enrolment="closed", capacity=1)
    anna, boris, tutor = people(stage, 3)
    admin = stage.actor(stage.person("Админ", is_admin=True))
    assert service.enrol(stage.site, run, anna, by=admin) == "active"
    assert service.enrol(stage.site, run, boris, by=admin) == "waiting"
    assert service.enrol(stage.site, run, tutor, "tutor", by=admin) == "active"
    assert service.enrol(stage.site, run, anna, by=admin) == "active"
    with pytest.raises(BadInput, match="Every seat is taken"):
        service.enrol(stage.site, run, tutor, "learner", by=admin)
    assert service.enrol(stage.site, run, anna, "tutor", by=admin) == "active"
    db.session.commit()
    assert states(run) == {anna: "active", boris: "active", tutor: "active"}
    assert HEARD[2:] == [RoleChanged(run, anna, "tutor"), Enrolled(run, boris, "learner")]
    service.withdraw(stage.site, run, admin.id, admin)
    assert len(HEARD) == 4


def test_members_are_in_the_order_of_russian_lists_in_one_statement(stage: Stage) -> None:
    run = stage.run(stage.course())
    names = [
        ("Яковлев", "Ян"),
        ("Ёлкина", "Ева"),
        ("Елисеев", "Олег"),
        ("Жуков", "Лев"),
        ("Ёлкина", "Анна"),
        ("ежов", "Ян"),
    ]
    stage.enrol(run, *(stage.person(surname, given_name=name, patronymic="") for surname, name in names))
    gone = stage.person("Ушедший")
    service.enrol(stage.site, run, gone)
    service.withdraw(stage.site, run, gone)
    db.session.commit()
    with stage.statements() as statements:
        found = service.members(run, "learner")
    assert [member.name for member in found] == [
        "ежов Ян", "Елисеев Олег", "Ёлкина Анна", "Ёлкина Ева", "Жуков Лев", "Яковлев Ян",
    ]  # fmt: skip
    assert len(statements) == 1
    assert service.members(run, "tutor") == []
    assert [member.role for member in service.members(run, "")] == ["learner"] * 6


def test_offers_need_one_statement_however_many_runs(stage: Stage) -> None:
    course = stage.course()
    anna, boris = people(stage, 2)
    first = stage.run(course, "r0", capacity=2)
    course_id = _course_id(first)
    counts = []
    for number in (1, 30):
        for extra in range(len(counts), number):
            stage.run(course, f"x{number}-{extra}", capacity=1)
        ask(stage, first, anna)
        with stage.statements() as statements:
            offers = service.enrol_options(stage.site, Actor(anna), course_id)
        counts.append(len(statements))
    assert counts == [1, 1]
    mine = offers[0]
    assert (mine.run.slug, mine.state, mine.left, mine.can_ask) == ("r0", "active", 1, False)
    visitor = service.enrol_options(stage.site, Actor(0), course_id)[0]
    assert (visitor.state, visitor.left, visitor.can_ask) == ("", 1, True)
    ask(stage, first, boris)
    assert service.enrol_options(stage.site, Actor(0), course_id)[0].left == 0


def _course_id(run: int) -> int:
    from lms.publishing.models import RunRecord

    found: int = db.session.get_one(RunRecord, run).course_id
    return found


def test_offers_leave_out_what_nobody_can_join(stage: Stage) -> None:
    course = stage.course()
    closed = stage.run(course, "closed", enrolment="closed")
    stage.run(course, "over", ends_on=stage.site.now().date())
    later = stage.run(course, "later", enrolment="request")
    stage.move(days=2)
    (anna,) = people(stage, 1)
    id = _course_id(closed)
    assert [offer.run.slug for offer in service.enrol_options(stage.site, Actor(anna), id)] == ["later"]
    service.enrol(stage.site, closed, anna)
    ask(stage, later, anna)
    assert [(offer.run.slug, offer.state) for offer in service.enrol_options(stage.site, Actor(anna), id)] == [
        ("closed", "active"), ("later", "requested"),
    ]  # fmt: skip


# ------------------------------------------------------------------------------------------- pages


def test_a_person_joins_and_leaves_by_the_pages(stage: Stage) -> None:
    course = stage.course()
    run = stage.run(course, capacity=1)
    anna, boris = people(stage, 2)
    base = stage.base(run)
    visitor = stage.browser()
    assert "Sign in to join" in visitor.get(f"/courses/{course}/")
    browser = stage.browser(anna)
    assert "Join the course" in browser.get(f"/courses/{course}/")
    browser.post(f"{base}enrol")
    assert "You are in. Good luck!" in browser.text
    other = stage.browser(boris)
    assert "Join the waiting list" in other.get(f"/courses/{course}/")
    other.post(f"{base}enrol")
    assert "On the waiting list" in other.text
    assert "Leave the course" in browser.get(f"{base}leave")
    browser.post(f"{base}leave")
    assert states(run) == {anna: "withdrawn", boris: "active"}
    browser.get(f"{base}leave", 404)
    browser.get(f"{base}people", 404)
    other.get(f"{base}people")


def test_acts_of_visitors_and_on_unknown_runs(stage: Stage) -> None:
    course = stage.course()
    run = stage.run(course)
    (anna,) = people(stage, 1)
    visitor = stage.browser()
    visitor.post(f"{stage.base(run)}enrol", status=303, follow=False)
    assert visitor.response is not None
    assert visitor.response.headers["Location"] == "/sign-in"
    browser = stage.browser(anna)
    for address in (f"/courses/{course}/enrol", f"/courses/{course}@autumn/enrol", "/courses/none@spring/enrol"):
        browser.post(address, status=404)
    for address in (f"/courses/{course}/leave", f"/courses/{course}@autumn/leave"):
        browser.get(address, 404)
        browser.post(address, status=404)
    assert states(run) == {}


def test_a_wrong_key_is_told_beside_the_field(stage: Stage) -> None:
    course = stage.course()
    run = stage.run(course, enrolment="key", key_hash=key_hash("весна"))
    (anna,) = people(stage, 1)
    browser = stage.browser(anna)
    assert "Key of the course" in browser.get(f"/courses/{course}/")
    page = browser.post(f"{stage.base(run)}enrol", {"key": "осень"}, 422)
    assert "This is not the key of this run." in page
    assert "Key of the course" in page
    for _ in range(4):
        browser.post(f"{stage.base(run)}enrol", {"key": "осень"}, 422)
    assert "too many tries" in browser.post(f"{stage.base(run)}enrol", {"key": "весна"}, 429)
    stage.move(minutes=1)
    browser.post(f"{stage.base(run)}enrol", {"key": "весна"})
    assert states(run) == {anna: "active"}


def test_staff_answer_requests_on_the_page_of_people(stage: Stage) -> None:
    run = stage.run(stage.course(), enrolment="request")
    base = stage.base(run)
    tutor, learner = stage.person("Тьютор"), stage.person("Слушатель")
    stage.enrol(run, tutor, role="tutor")
    stage.enrol(run, learner)
    anna, boris = people(stage, 2)
    for person in (anna, boris):
        ask(stage, run, person)
    staff, member = stage.browser(tutor), stage.browser(learner)
    page = staff.get(f"{base}people")
    assert (page.count(">Approve<"), page.count(">Refuse<"), page.count("2 people ask for a place")) == (2, 2, 1)
    assert "Участник а" not in member.get(f"{base}people")
    member.post(f"{base}people/decide", {"person": anna, "answer": "approve"}, 403)
    member.post(f"{base}people/withdraw", {"person": tutor}, 403)
    staff.post(f"{base}people/decide", {"person": anna, "answer": "approve"})
    staff.post(f"{base}people/decide", {"person": boris, "answer": "refuse"})
    staff.post(f"{base}people/decide", {"person": boris, "answer": "approve"}, 422)
    staff.post(f"{base}people/withdraw", {"person": learner})
    staff.post(f"{base}people/withdraw", {"person": tutor}, 403)
    staff.post(f"{base}people/withdraw", {"person": "nonsense"})
    assert states(run) == {tutor: "active", learner: "withdrawn", anna: "active", boris: "refused"}


def test_a_tutor_of_another_run_decides_nothing_here(stage: Stage) -> None:
    course = stage.course()
    here, there = stage.run(course, "here", enrolment="request"), stage.run(course, "there")
    tutor, anna = stage.person("Тьютор"), stage.person("Слушатель")
    stage.enrol(there, tutor, role="tutor")
    ask(stage, here, anna)
    stage.browser(tutor).post(f"{stage.base(here)}people/decide", {"person": anna, "answer": "approve"}, 404)
    stage.browser(tutor).post(f"{stage.base(there)}people/decide", {"person": anna, "answer": "approve"}, 422)
    assert states(here) == {anna: "requested"}


def test_the_page_of_people_needs_the_same_statements_for_many(stage: Stage) -> None:
    run = stage.run(stage.course())
    tutor = stage.person("Тьютор")
    stage.enrol(run, tutor, role="tutor")
    browser = stage.browser(tutor)
    counts = []
    for number in (1, 3, 30):
        with_all = len(service.members(run, "learner"))
        stage.enrol(run, *(stage.person(f"Слушатель {'а' * (n + 1)}") for n in range(with_all, number)))
        browser.get(f"{stage.base(run)}people")
        with stage.statements() as statements:
            browser.get(f"{stage.base(run)}people")
        counts.append(len(statements))
    assert counts[0] == counts[1] == counts[2]


# ------------------------------------------------------------------------------------------- lists


def upload(stage: Stage, run: int, data: bytes, status: int = 200, whole: str = "good") -> str:
    admin = db.session.execute(select(Person.id).where(Person.is_admin)).scalars().first()
    browser = stage.browser(admin or stage.person("Админ", is_admin=True))
    form: dict[str, Any] = {"file": (io.BytesIO(data), "list.csv"), "whole": whole}
    return browser.post(f"/manage/runs/{run}/import", form, status, content_type="multipart/form-data")


MIXED = (
    "почта;фамилия;имя;отчество;роль\n"
    "known@school.example;;;;\n"
    "new@school.example;Новая;Анна;Петровна;\n"
    "tutor@school.example;Тьюторов;Олег;;тьютор\n"
    "broken;Иванов;Иван;;\n"
    "nameless@school.example;;;;\n"
    "role@school.example;Иванов;Иван;;директор\n"
    "NEW@school.example;Новая;Анна;Петровна;\n"
    "mixed@school.example;Ивaнов;Иван;;\n"
).encode("cp1251", "replace")


def test_good_rows_are_kept_and_bad_ones_named(stage: Stage) -> None:
    run = stage.run(stage.course(), enrolment="closed")
    known = stage.person("Известная", email="known@school.example")
    page = upload(stage, run, MIXED, 422)
    assert "5 rows are wrong and were left out" in page
    for line, words in (
        (5, "This is not a mail address."), (6, "a new one needs a surname and a name"), (7, "There is no role “директор”"),
        (8, "stands in the list already"), (9, "Ивaнов: Cyrillic and Latin letters are mixed"),
    ):  # fmt: skip
        row = page.partition(f'<th scope="row">{line}</th>')[2].partition("</tr>")[0]
        assert words in row, (line, row)
    rows = db.session.execute(
        select(Person.email, Enrolment.role, Enrolment.state)
        .join(Person, Person.id == Enrolment.person_id)
        .order_by(Person.email)
    )
    assert [tuple(row) for row in rows] == [
        ("known@school.example", "learner", "active"),
        ("new@school.example", "learner", "active"),
        ("tutor@school.example", "tutor", "active"),
    ]
    assert told(known) == ["You are enrolled in “Пробный курс”."]
    letters = db.session.execute(select(OutgoingMail).order_by(OutgoingMail.id)).scalars().all()
    assert [letter.recipient for letter in letters] == [
        "known@school.example",
        "new@school.example",
        "tutor@school.example",
    ]
    again = upload(stage, run, MIXED, 422)
    assert again.count("Was enrolled already") == 3
    assert db.session.query(Token).count() == 2


def test_all_or_nothing_does_nothing(stage: Stage) -> None:
    run = stage.run(stage.course())
    stage.person("Известная", email="known@school.example")
    before = db.session.query(Person).count()
    page = upload(stage, run, MIXED, 422, "none")
    assert "Nobody was enrolled, because 5 rows are wrong." in page
    assert states(run) == {}
    assert (db.session.query(Person).count() - before, db.session.query(OutgoingMail).count()) == (
        1,
        0,
    )  # the admin of the test
    upload(stage, run, "known@school.example\nnew@school.example;Новая;Анна".encode(), 200, "none")
    assert sorted(states(run).values()) == ["active", "active"]


def test_who_is_invited_sets_a_password_and_is_in(stage: Stage) -> None:
    import re

    run = stage.run(stage.course())
    upload(stage, run, "new@school.example;Новая;Анна".encode())
    letter = db.session.execute(select(OutgoingMail)).scalar_one()
    link = re.search(r"http://localhost(/reset/\S+)", letter.text)
    assert link
    browser = stage.browser()
    browser.post("/sign-in", {"email": "new@school.example", "password": ""}, 422)
    stage.move(days=13)
    browser.post(link[1], {"password": "battery staple"})
    browser.post("/sign-in", {"email": "new@school.example", "password": "battery staple"})
    browser.get(f"{stage.base(run)}people")


def test_a_list_does_not_overfill_a_run(stage: Stage) -> None:
    run = stage.run(stage.course(), capacity=2)
    data = "\n".join(f"p{n}@school.example;Фамилия;Имя" for n in range(4)).encode()
    page = upload(stage, run, data)
    assert page.count("On the waiting list: every seat is taken") == 2
    assert sorted(states(run).values()) == ["active", "active", "waiting", "waiting"]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [(b"", "There is nobody in this file."), (b"PK\x03\x04\0\0", "This is not a text file with a list."),
     (b"surname;name\nA;B", "none of them is the e-mail")],
)  # fmt: skip
def test_what_is_no_list_is_told(stage: Stage, data: bytes, sentence: str) -> None:
    run = stage.run(stage.course())
    assert sentence in upload(stage, run, data, 422)


def test_lists_are_for_admins(stage: Stage) -> None:
    run = stage.run(stage.course())
    tutor, author = stage.person("Тьютор"), stage.person("Автор", is_author=True)
    stage.enrol(run, tutor, role="tutor")
    for person in (tutor, author):
        stage.browser(person).get(f"/manage/runs/{run}/import", 404)
    admin = stage.browser(stage.person("Админ", is_admin=True))
    admin.get(f"/manage/runs/{run}/import")
    admin.get("/manage/runs/999/import", 404)
