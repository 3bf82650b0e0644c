"""A demonstration site on a small course with an activity of its own: who lives there, when, and what is refused."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner
from markupsafe import Markup
from sqlalchemy import func, select

from courses.blocks import ActivitySettings
from lms.certificates.models import Certificate
from lms.cli import main
from lms.db import db
from lms.demo import people
from lms.demo.command import address_of, is_loopback
from lms.demo.site import WORDS, Account, DemoError, content_folder, known, open_demo
from lms.enrolment.models import Enrolment
from lms.i18n import language
from lms.notices.models import Notice, OutgoingMail
from lms.people import rules
from lms.people.models import Person
from lms.people.zones import known as known_zones
from lms.plugin import Activity, Demo, Plugin, Result, Visit
from lms.progress.models import ResultRecord
from lms.publishing.models import RunRecord

COURSE = """---
title: Малый курс
language: ru
hours: 1
timezone: Europe/Moscow
authors: [Автор]
completion: {lessons: all, activities: all}
certificate: {kind: completion}
---

О курсе.
"""
LESSON = "---\ntitle: Урок {number}\nminutes: 15\n---\n\nТекст.\n"
BLOCK = "\n:::{{task}} Задание {number}\n:id: task-{number}\n:requires: [lesson-{number}]\n:::\n"
NOW = datetime(2026, 3, 20, 12, 0, tzinfo=UTC)


class Task(Activity[ActivitySettings]):
    name, title, Settings = "task", "Task", ActivitySettings
    summary = "Something to do in two evenings."

    def show(self, visit: Visit) -> Markup:
        return Markup("")


class TaskDemo(Demo):
    """Notes how it is called: (what, run, item, person, now, language)."""

    kind = "task"

    def __init__(self):
        self.calls = []

    def note(self, what: str, visit: Visit) -> None:
        self.calls.append((what, visit.run.slug, visit.block.id, visit.person.id, visit.now, language()))
        assert visit.site.now() == visit.now

    def take_part(self, visit: Visit) -> None:
        self.note("take part", visit)
        result = visit.result()
        assert result is None or not result.completed
        visit.record(Result(completion=result is not None, state="started" if result is None else "complete"))

    def lead(self, visit: Visit) -> None:
        self.note("lead", visit)


def make(folder: Path, now: datetime = NOW, content: Path | None = None):
    """A demonstration of the small course; returns the app, the accounts and the calls."""
    if content is None:
        content = folder.parent / "content"
        module = content / "small" / "01-module"
        module.mkdir(parents=True, exist_ok=True)
        (content / "small" / "course.md").write_text(COURSE, "utf-8")
        (module / "index.md").write_text("---\ntitle: Модуль\n---\n", "utf-8")
        for number in (1, 2, 3):
            text = LESSON.format(number=number) + (BLOCK.format(number=number) if number < 3 else "")
            (module / f"0{number}-lesson-{number}.md").write_text(text, "utf-8")
    life = TaskDemo()
    app, accounts = open_demo(
        folder,
        "http://localhost",
        content,
        (Plugin("task", "lms_task_of_a_test", (Task(), life)),),
        now,
        quick_hash=True,
    )
    return app, accounts, life.calls


@pytest.fixture
def task_package(tmp_path, monkeypatch):
    """The plugin's package, which it needs for its folders."""
    (tmp_path / "package" / "lms_task_of_a_test").mkdir(parents=True)
    (tmp_path / "package" / "lms_task_of_a_test" / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(str(tmp_path / "package"))
    return tmp_path


@pytest.fixture
def demo(task_package):
    app, accounts, calls = make(task_package / "demo")
    with app.app_context():
        yield app.extensions["site"], accounts, calls
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(autouse=True)
def _english(monkeypatch):
    """The language of the terminal."""
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")


# ------------------------------------------------------------------------------------------- who and where


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.10", "localhost", "::1", "[::1]"])
def test_loopback(host):
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host",
    ["0.0.0.0", "::", "", "192.168.1.5", "10.0.0.1", "8.8.8.8", "example.org", "localhost.example.org", "0", "127.1"],
)
def test_every_other_host_is_refused_with_a_sentence_and_status_2(host):
    found = CliRunner().invoke(main, ["demo", "--host", host, "--no-serve", "--format", "json"])
    assert (found.exit_code, found.stdout) == (2, "")
    assert "is not a loopback address. Use 127.0.0.1." in found.stderr


def test_addresses_of_servers():
    assert [address_of(host, 80) for host in ("127.0.0.1", "::1", "[::1]")] == [
        "http://127.0.0.1:80", "http://[::1]:80", "http://[::1]:80",
    ]  # fmt: skip


def test_the_people_are_thirty_teachers_from_kaliningrad_to_vladivostok():
    everybody = (people.ADMIN, people.AUTHOR, *people.TUTORS, *people.LEARNERS)
    assert len(people.LEARNERS) == 30
    assert len({figure.email for figure in everybody}) == len(everybody)
    assert len({(figure.surname, figure.given_name) for figure in everybody}) == len(everybody)
    assert sum(figure.language == "en" for figure in people.LEARNERS) == 2
    assert {figure.timezone for figure in everybody} <= known_zones()
    assert {"Europe/Kaliningrad", "Asia/Vladivostok"} < {figure.timezone for figure in people.LEARNERS}
    for figure in everybody:
        assert rules.mail_fault(figure.email) == ""
        names = [name for name in (figure.surname, figure.given_name, figure.patronymic) if name]
        assert [rules.name_fault(name) for name in names] == [""] * len(names)
        assert bool(figure.patronymic) == (figure.language == "ru")


def test_passwords_are_words_that_staff_may_use():
    assert len(set(WORDS)) == len(WORDS)
    shortest = "-".join(sorted(WORDS, key=len)[:3])
    assert rules.password_fault(shortest, [], rules.SHORTEST_OF_STAFF) == ""


# ------------------------------------------------------------------------------------------- what is made


def test_three_runs_with_their_people(demo):
    _site, _accounts, _calls = demo
    rows = db.session.execute(
        select(RunRecord.slug, Enrolment.role, Enrolment.state, func.count())
        .join(Enrolment, Enrolment.run_id == RunRecord.id)
        .group_by(RunRecord.id, RunRecord.slug, Enrolment.role, Enrolment.state)
        .order_by(RunRecord.id, Enrolment.role, Enrolment.state)
    ).all()
    assert [tuple(row) for row in rows] == [
        ("first", "learner", "active", 8), ("first", "tutor", "active", 1),
        ("second", "learner", "active", 18), ("second", "learner", "requested", 1), ("second", "tutor", "active", 2),
        ("third", "learner", "active", 3), ("third", "tutor", "active", 1),
    ]  # fmt: skip


def test_one_account_a_role_and_the_same_ones_when_it_is_opened_again(demo, task_package):
    _site, accounts, _calls = demo
    assert [account.role for account in accounts] == ["admin", "author", "tutor", "learner"]
    assert len({account.password for account in accounts}) == 4
    count = db.session.execute(select(func.count(Person.id))).scalar_one()
    db.session.rollback()
    app, again, calls = make(task_package / "demo")
    assert (again, calls) == (accounts, [])
    with app.app_context():
        assert db.session.execute(select(func.count(Person.id))).scalar_one() == count
        db.session.remove()
        db.engine.dispose()
    assert (task_package / "demo" / "demo.json").stat().st_mode & 0o077 == 0


def test_everything_lies_in_the_past_and_the_clock_runs_again(demo):
    site, _accounts, calls = demo
    assert site.now() > NOW or site.now().tzinfo is UTC
    assert max(call[4] for call in calls) <= NOW
    for moments in (
        select(func.max(ResultRecord.updated_at)), select(func.max(Notice.created_at)), select(func.max(Enrolment.changed_at)),
        select(func.max(Certificate.issued_at)),
    ):  # fmt: skip
        assert db.session.execute(moments).scalar_one() <= NOW


def test_people_come_at_waking_hours_of_their_town_in_their_language(demo):
    _site, _accounts, calls = demo
    rows = db.session.execute(select(Person.id, Person.timezone, Person.language)).all()
    zones, tongues = {row.id: row.timezone for row in rows}, {row.id: row.language for row in rows}
    acts = [call for call in calls if call[0] == "take part"]
    assert {call[4].astimezone(ZoneInfo(zones[call[3]])).hour for call in acts} <= set(range(15, 22))
    assert all(call[5] == tongues[call[3]] for call in acts)
    assert {"ru", "en"} == {call[5] for call in acts}


def test_the_tutor_comes_once_a_day_to_each_activity(demo):
    _site, _accounts, calls = demo
    leads = [(call[1], call[2], call[4].date()) for call in calls if call[0] == "lead"]
    assert len(set(leads)) == len(leads)
    assert {day for run, _item, day in leads if run == "second"} == {
        (NOW - timedelta(days=ago)).date() for ago in range(14)
    }


def test_whoever_finished_has_a_certificate_and_nobody_else(demo):
    complete = db.session.execute(
        select(Enrolment.person_id)
        .join(RunRecord, RunRecord.id == Enrolment.run_id)
        .where(RunRecord.slug == "first", Enrolment.completed_at.is_not(None))
    ).scalars()
    issued = db.session.execute(select(Certificate.person_id)).scalars().all()
    assert sorted(issued) == sorted(complete)
    assert 0 < len(issued) < len(people.FINISHED)


def test_no_letter_is_left_and_old_notices_are_read(demo):
    assert db.session.execute(select(func.count(OutgoingMail.id))).scalar_one() == 0
    old = select(func.count(Notice.id)).where(Notice.created_at < NOW - timedelta(days=2), Notice.read_at.is_(None))
    assert db.session.execute(old).scalar_one() == 0


def test_two_demonstrations_of_one_moment_are_alike(demo, task_package):
    _site, accounts, calls = demo

    def life():
        columns = (
            ResultRecord.run_id,
            ResultRecord.person_id,
            ResultRecord.item,
            ResultRecord.state,
            ResultRecord.updated_at,
        )
        return db.session.execute(select(*columns).order_by(*columns[:3])).all()

    first = life()
    db.session.rollback()
    app, others, more = make(task_package / "other")
    with app.app_context():
        assert life() == first
        db.session.remove()
        db.engine.dispose()
    assert more == calls
    assert [account.email for account in others] == [account.email for account in accounts]
    assert [account.password for account in others] != [account.password for account in accounts]


@pytest.mark.parametrize(
    "now",
    [
        datetime(2026, 12, 31, 21, 0, 30, tzinfo=UTC),  # midnight in Moscow, the first of January
        datetime(2028, 2, 29, 20, 59, 59, tzinfo=UTC),
        datetime(2026, 3, 29, 1, 30, tzinfo=UTC),
    ],
)
def test_it_can_be_made_at_any_moment(task_package, now):
    app, _accounts, calls = make(task_package / "demo", now)
    assert max(call[4] for call in calls) <= now
    with app.app_context():
        assert db.session.execute(select(func.count(Certificate.id))).scalar_one() > 0
        db.engine.dispose()


# ------------------------------------------------------------------------------------------- what is refused


def test_a_folder_with_something_else_stays_as_it_is(tmp_path):
    (tmp_path / "letter.txt").write_text("Dear diary")
    with pytest.raises(DemoError):
        known(tmp_path)
    found = CliRunner().invoke(main, ["demo", "--data", str(tmp_path), "--no-serve"])
    assert found.exit_code == 2
    assert "choose an empty folder" in found.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"accounts": [{"role": "admin"}]}'])
def test_a_spoiled_mark_is_named(tmp_path, text):
    (tmp_path / "demo.json").write_text(text)
    with pytest.raises(DemoError, match=r"demo\.json cannot be read"):
        known(tmp_path)


def test_an_empty_or_missing_folder_is_new(tmp_path):
    assert known(tmp_path) is None
    assert known(tmp_path / "missing") is None
    account = {"role": "admin", "email": "a@b.example", "password": "x"}
    (tmp_path / "demo.json").write_text(json.dumps({"accounts": [account]}))
    assert known(tmp_path) == [Account(**account)]


def test_a_course_that_cannot_be_published_is_named_and_nothing_is_left(task_package):
    content = task_package / "broken"
    (content / "bad").mkdir(parents=True)
    (content / "bad" / "course.md").write_text("---\nlanguage: ru\n---\n", "utf-8")
    with pytest.raises(DemoError, match=r"cannot be published.*\n.*course\.md:"):
        make(task_package / "demo", content=content)
    assert list((task_package / "demo").iterdir()) == []


def test_without_courses_there_is_no_demonstration(task_package):
    (task_package / "nothing").mkdir()
    with pytest.raises(DemoError, match="There is no course in"):
        make(task_package / "demo", content=task_package / "nothing")


def test_the_courses_come_with_the_program():
    assert sorted(path.parent.name for path in content_folder().glob("*/course.md")) == [
        "network-community",
        "writing-a-course",
    ]
