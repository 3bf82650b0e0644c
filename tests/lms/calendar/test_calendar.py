"""Dates of all courses: on the page, in one's own calendar program, and as reminders."""

import json
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime

import pytest
from icalendar import Calendar
from markupsafe import Markup
from sqlalchemy import select

from courses.blocks import Block, Deadline
from courses.moments import Moment
from lms.calendar.feature import CalendarData
from lms.calendar.models import Reminder
from lms.certificates.service import find_run
from lms.db import db
from lms.i18n import Message, speaking
from lms.notices.models import Notice, OutgoingMail
from lms.people.models import Token
from lms.people.sessions import hash_of
from lms.plugin import (
    Activity,
    ActivityPages,
    ActivitySettings,
    CalendarEntry,
    CalendarSource,
    Plugin,
    Result,
    Run,
    Site,
    Visit,
)
from lms.progress import service as progress
from lms.testing.stage import Stage


class TaskSettings(ActivitySettings):
    due: Moment | None = None
    starts: Moment | None = None
    ends: Moment | None = None


class Task(Activity[TaskSettings]):
    """Has a deadline, or a meeting, and a page of its own."""

    name, title, Settings = "task", "Task", TaskSettings

    def show(self, visit: Visit) -> Markup:
        return Markup("")

    def pages(self) -> ActivityPages | None:
        return ActivityPages()

    def deadlines(self, block: Block[TaskSettings]) -> Sequence[Deadline]:
        own = self.settings_of(block)
        if own.due:
            return [Deadline(moment=own.due, title=block.title, item=block.id)]
        return [Deadline(moment=own.starts, end=own.ends, title=block.title, item=block.id)] if own.starts else []


class Remark(Task):
    """The same without pages."""

    name = "remark"

    def pages(self) -> None:
        return None


class Birthdays(CalendarSource):
    """Dates out of the database; counts how often it is asked."""

    def entries(self, site: Site, person_id: int, runs: Sequence[Run]) -> Sequence[CalendarEntry]:
        start = datetime(2026, 3, 20, 12, tzinfo=UTC)
        return [
            CalendarEntry(f"birthday-{person_id}", f"День рождения ({len(runs)})", start, url="/me", text="Торт\nи чай")
        ]


@pytest.fixture
def plugins() -> tuple[Plugin, ...]:
    return (Plugin("task", "lms.calendar", contributes=(Task(), Remark(), Birthdays())),)


LESSON = """
:::{task} Эссе, <черновик>
:id: essay
:due: 2026-03-10
:::

:::{task} Проект
:id: project
:due: 2026-03-04 12:00
:::

:::{remark} Встреча
:id: meeting
:starts: 2026-03-05 18:00
:ends: 2026-03-05 19:30
:::
"""


@pytest.fixture
def run(stage: Stage) -> int:
    return stage.run(stage.course(lesson=LESSON))


def words(page: str) -> str:
    main = re.sub(r"(?s).*<main|</main>.*", "", page)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))


def complete(stage: Stage, run: int, person: int, item: str) -> None:
    found = find_run(run)
    assert found is not None
    outline = stage.site.library.outline(found.revision_id, "")
    progress.record(stage.site, found, outline, person, item, "task", Result(completion=True))
    db.session.commit()


def test_the_agenda_is_in_the_readers_zone(stage: Stage, run: int) -> None:
    far = stage.person("Дальняя", timezone="Asia/Vladivostok")
    near = stage.person("Ближняя")
    stage.enrol(run, far, near)
    page = stage.browser(far).get("/calendar")
    assert "Times are given for Vladivostok (GMT+10:00)." in page
    days = re.findall(r'<h2><time datetime="([\d-]+)">', page)
    # a whole day ends at 23:59 in the run's zone, which is the next morning in the far east
    assert days == ["2026-03-04", "2026-03-06", "2026-03-11", "2026-03-20"]
    assert re.findall(r'agenda-time"><time [^>]*>([\d:]+)</time>(?:–<time [^>]*>([\d:]+))?', page) == [
        ("19:00", ""), ("01:00", "02:30"), ("06:59", ""), ("22:00", ""),
    ]  # fmt: skip
    assert re.findall(r'<h2><time datetime="([\d-]+)">', stage.browser(near).get("/calendar")) == [
        "2026-03-04", "2026-03-05", "2026-03-10", "2026-03-20",
    ]  # fmt: skip


def test_entries_lead_to_the_activity_or_its_place_in_the_lesson(stage: Stage, run: int) -> None:
    anna = stage.person("Анина")
    stage.enrol(run, anna)
    page, base = stage.browser(anna).get("/calendar"), stage.base(run)
    assert f'<a href="{base}activities/essay/">Эссе, &lt;черновик&gt;</a>' in page
    assert f'<a href="{base}module/lesson/#meeting">Встреча</a>' in page
    assert "День рождения (1)" in page


def test_past_dates_are_a_click_away(stage: Stage, run: int) -> None:
    anna = stage.person("Анина")
    stage.enrol(run, anna)
    stage.clock.set(datetime(2026, 3, 6, tzinfo=UTC))
    complete(stage, run, anna, "project")
    browser = stage.browser(anna)
    coming, past = words(browser.get("/calendar")), words(browser.get("/calendar?past=1"))
    assert ("Эссе" in coming, "Проект" in coming, "Встреча" in coming) == (True, False, False)
    assert ("Эссе" in past, "Проект" in past, "Встреча" in past) == (False, True, True)
    assert re.search(r"Проект Complete", past)
    assert past.index("Встреча") < past.index("Проект")


def test_only_dates_of_active_places(stage: Stage, run: int) -> None:
    stranger = stage.person("Чужая")
    assert "Эссе" not in words(stage.browser(stranger).get("/calendar"))
    visitor = stage.browser()
    with stage.outside():
        assert visitor.client.get("/calendar").headers["Location"] == "/sign-in?next=/calendar"


def test_the_same_statements_for_any_number_of_runs(stage: Stage) -> None:
    anna = stage.person("Анина")
    browser, counts, made = stage.browser(anna), [], 0
    for many in (1, 3, 10):
        while made < many:
            stage.enrol(stage.run(stage.course(lesson=LESSON, folder=f"course-n{made}")), anna)
            made += 1
        browser.get("/calendar")
        with stage.statements() as statements:
            assert browser.get("/calendar").count("Проект") == many
        counts.append(len(statements))
    assert counts[0] == counts[1] == counts[2]


# ------------------------------------------------------------------ one's own calendar program


def address_in(page: str) -> str:
    found = re.search(r'value="http://localhost(/calendar\.ics\?token=[^"]+)"', page)
    assert found is not None
    return found[1]


def test_the_secret_address_is_shown_once_and_can_be_replaced(stage: Stage, run: int) -> None:
    anna = stage.person("Анина")
    stage.enrol(run, anna)
    browser = stage.browser(anna)
    assert "ics?token" not in browser.get("/calendar")
    page = browser.post("/calendar")
    first = address_in(page)
    assert f'href="webcal://localhost{first}"' in page
    assert "ics?token" not in browser.get("/calendar")
    assert db.session.execute(select(Token.hash)).scalars().all() == [hash_of(first.partition("=")[2])]
    visitor = stage.browser()
    visitor.get(first)
    second = address_in(browser.post("/calendar"))
    visitor.get(first, status=404)
    visitor.get(second)
    for wrong in ("/calendar.ics", "/calendar.ics?token=", "/calendar.ics?token=x"):
        visitor.get(wrong, status=404)


def test_a_token_for_something_else_opens_no_calendar(stage: Stage) -> None:
    anna = stage.person("Анина")
    db.session.add(Token(hash=hash_of("reset"), purpose="reset", person_id=anna, created_at=stage.site.now()))
    db.session.commit()
    stage.browser().get("/calendar.ics?token=reset", status=404)


def test_the_file_says_the_same_and_ids_stay(stage: Stage, run: int) -> None:
    anna = stage.person("Анина", language="ru", timezone="Asia/Vladivostok")
    stage.enrol(run, anna)
    address = address_in(stage.browser(anna).post("/calendar"))
    visitor = stage.browser()
    calendar = Calendar.from_ical(visitor.get(address))
    assert visitor.response is not None
    assert visitor.response.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert visitor.response.headers["Cache-Control"] == "private, no-store"
    events = list(calendar.walk("VEVENT"))
    assert [(str(event["SUMMARY"]), event["DTSTART"].dt) for event in events] == [
        ("Срок: Проект", datetime(2026, 3, 4, 9, tzinfo=UTC)),
        ("Встреча", datetime(2026, 3, 5, 15, tzinfo=UTC)),
        ("Срок: Эссе, <черновик>", datetime(2026, 3, 10, 20, 59, tzinfo=UTC)),
        ("Срок: День рождения (1)", datetime(2026, 3, 20, 12, tzinfo=UTC)),
    ]
    ends = [event.get("DTEND") and event["DTEND"].dt for event in events]
    assert ends == [None, datetime(2026, 3, 5, 16, 30, tzinfo=UTC), None, None]
    assert str(events[0]["URL"]) == f"http://localhost{stage.base(run)}activities/project/"
    uids = [str(event["UID"]) for event in events]
    assert len(set(uids)) == 4
    assert all(uid.endswith("@localhost") for uid in uids)
    stage.move(days=30)
    again = Calendar.from_ical(visitor.get(address))
    assert [str(event["UID"]) for event in again.walk("VEVENT")] == uids
    # lines are folded and ended as the format asks
    content = visitor.response.data
    assert max(len(line) for line in content.split(b"\r\n")) <= 75
    assert b"\n" not in content.replace(b"\r\n", b"")


# ------------------------------------------------------------------ reminders


def said_to(person: int) -> list[str]:
    rows = db.session.execute(select(Notice.text).where(Notice.person_id == person).order_by(Notice.id)).scalars()
    return [str(Message.from_json(json.loads(text))) for text in rows]


def test_a_day_before_those_who_are_not_done_are_reminded_once(stage: Stage, run: int) -> None:
    anna, boris, tutor = stage.person("Анина", language="ru"), stage.person("Борисов"), stage.person("Тьюторова")
    stage.enrol(run, anna, boris)
    stage.enrol(run, tutor, role="tutor")
    complete(stage, run, boris, "project")
    stage.tick()
    assert [said_to(person) for person in (anna, boris, tutor)] == [[], [], []]
    stage.clock.set(datetime(2026, 3, 3, 9, 1, tzinfo=UTC))
    stage.tick()
    stage.move(hours=1)
    stage.tick()
    sentence = "Скоро срок: «Проект», до 4 марта 2026 г., 12:00."
    with speaking("ru"):
        assert said_to(anna) == [sentence]
    assert [said_to(person) for person in (boris, tutor)] == [[], []]
    assert db.session.execute(select(Notice.url)).scalars().all() == [f"{stage.base(run)}activities/project/"]
    assert db.session.execute(select(OutgoingMail.subject)).scalars().all() == [sentence]
    stage.clock.set(datetime(2026, 3, 5, 12, tzinfo=UTC))
    stage.tick()
    assert said_to(boris) == ["Soon: “Встреча”, 5 March 2026, 18:00."]


def test_times_in_a_reminder_are_the_readers(stage: Stage, run: int) -> None:
    far = stage.person("Дальняя", timezone="Asia/Vladivostok")
    stage.enrol(run, far)
    stage.clock.set(datetime(2026, 3, 4, 8, tzinfo=UTC))
    stage.tick()
    assert said_to(far) == ["Due soon: “Проект”, by 4 March 2026, 19:00."]


def test_nothing_after_the_deadline_or_the_run(stage: Stage) -> None:
    over = stage.run(stage.course(lesson=LESSON), ends_on=date(2026, 3, 2))
    late = stage.run(stage.course(lesson=LESSON, folder="late"))
    anna = stage.person("Анина")
    stage.enrol(over, anna)
    stage.enrol(late, anna)
    stage.clock.set(datetime(2026, 3, 10, 21, tzinfo=UTC))
    stage.tick()
    assert said_to(anna) == []


def test_export_and_erasure(stage: Stage, run: int) -> None:
    anna = stage.person("Анина")
    stage.enrol(run, anna)
    stage.clock.set(datetime(2026, 3, 4, 8, tzinfo=UTC))
    stage.tick()
    stage.browser(anna).post("/calendar")
    exported = CalendarData().export(stage.site, anna)
    assert [(found["run"], found["date"]) for found in exported["reminders"]] == [(run, "project#2026-03-04 12:00")]
    assert exported["address_made_at"] == stage.site.now().isoformat()
    CalendarData().erase(stage.site, anna)
    db.session.commit()
    assert db.session.execute(select(Reminder)).all() == []
    assert db.session.execute(select(Token)).all() == []
