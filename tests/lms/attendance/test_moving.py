"""Staff move or call off a planned meeting within a run: people are told why, invitations follow, and whatever reads a date reads it."""

import json
import re
from email.message import EmailMessage

import pytest
from icalendar import Calendar
from sqlalchemy import select

from lms.attendance import hours
from lms.calendar.service import as_file, entries
from lms.certificates.service import find_run
from lms.dates import of_run
from lms.db import db
from lms.i18n import Message, speaking
from lms.notices.models import Notice
from lms.notices.sender import deliver
from lms.plugin import Result
from lms.progress import service as progress
from lms.progress.listing import my_runs
from lms.testing import Stage
from tests.lms.club import Group, plugin
from tests.lms.conftest import Mailbox


@pytest.fixture
def plugins():
    return (plugin,)


@pytest.fixture
def group(stage_factory, server):
    return lambda **how: Group(stage_factory(mail_url=server, mail_from="school@example.org"), **how)


NEW = {"starts": "2026-03-07T10:00", "minutes": "90", "why": "Ведущая  больна"}
"""Moscow's time: 07:00 in UTC."""


def move(it: Group, meeting: str = "a", status: int = 200, **changed: str) -> str:
    return it.browser(it.tutor).post(f"{it.attendance}/{meeting}/time", {**NEW, **changed}, status)


def call_off(it: Group, meeting: str = "a", why: str = "Ведущая больна", status: int = 200) -> str:
    return it.browser(it.tutor).post(f"{it.attendance}/{meeting}/call-off", {"why": why}, status)


def back(it: Group, meeting: str = "a") -> str:
    return it.browser(it.tutor).post(f"{it.attendance}/{meeting}/as-planned", {})


def said(person: int) -> list[str]:
    db.session.rollback()
    rows = db.session.execute(select(Notice.text).where(Notice.person_id == person).order_by(Notice.id)).scalars()
    return [str(Message.from_json(json.loads(text))) for text in rows]


def dates(it: Group, person: int) -> list[tuple[str, str, str]]:
    db.session.rollback()
    return [
        (one.what.title, f"{one.what.start:%d %H:%M}", f"{one.what.end:%d %H:%M}" if one.what.end else "")
        for one in entries(it.stage.site, person, "UTC")
    ]


def invitations(it: Group, mailbox: Mailbox) -> list[tuple[str, str, int, str]]:
    """(method, UID, number, beginning) of the letters that leave now."""
    mailbox.letters.clear()
    db.session.rollback()
    deliver(it.stage.site)
    found = []
    for _recipients, letter in mailbox.letters:
        for event in _events(letter):
            found.append(
                (event[0], str(event[1]["uid"]), int(event[1]["sequence"]), f"{event[1].decoded('dtstart'):%d %H:%M}")
            )
    return sorted(found)


def _events(letter: EmailMessage):  # type: ignore[no-untyped-def]
    for part in letter.walk():
        if part.get_content_type() == "text/calendar":
            calendar = Calendar.from_ical(part.get_content())
            for event in calendar.walk("VEVENT"):
                yield str(calendar["method"]), event


A, B = "meeting-1-club-a@localhost", "meeting-1-club-b@localhost"


def test_invitations_follow_a_move_a_calling_off_and_the_way_back(group, mailbox):
    it = group(options=":seats: 1")
    anna, boris = it.learners
    for person in it.learners:
        it.browser(person).post(f"{it.club}seat")
    assert invitations(it, mailbox) == [("REQUEST", A, 0, "06 15:00"), ("REQUEST", B, 0, "10 15:00")]
    move(it)
    assert invitations(it, mailbox) == [("REQUEST", A, 1, "07 07:00")]
    sentence = "“Клуб: Знакомство” is moved: 7 March 2026, 10:00. Reason: Ведущая больна"
    assert (said(anna), said(boris)) == ([sentence], [sentence]), "whoever has a seat and whoever waits, each once"
    assert said(it.tutor) == [], "whoever moved it knows it"
    move(it)
    it.stage.tick()
    assert invitations(it, mailbox) == [], "the same again is nothing"
    call_off(it)
    assert invitations(it, mailbox) == [("CANCEL", A, 2, "07 07:00")]
    assert said(anna)[1:] == ["“Клуб: Знакомство”, 7 March 2026, 10:00, is called off. Reason: Ведущая больна"]
    back(it)
    assert invitations(it, mailbox) == [("REQUEST", A, 3, "06 15:00")]
    it.stage.tick()
    assert invitations(it, mailbox) == []


def test_without_seats_everybody_is_told_in_their_language(stage: Stage) -> None:
    it = Group(stage, options="")
    anna, _boris = it.learners
    russian = stage.person("Русская", language="ru", timezone="Asia/Vladivostok")
    other = stage.person("Второй")
    stage.enrol(it.run, russian)
    stage.enrol(it.run, other, role="tutor")
    move(it)
    sentence = "“Клуб: Знакомство” is moved: 7 March 2026, 10:00. Reason: Ведущая больна"
    assert [said(person) for person in (anna, other, it.tutor)] == [[sentence], [sentence], []]
    with speaking("ru"):
        assert said(russian) == ["«Клуб: Знакомство» переносится: 7 марта 2026 г., 17:00. Причина: Ведущая больна"]
    call_off(it)
    back(it)
    assert said(anna)[1:] == [
        "“Клуб: Знакомство”, 6 March 2026, 18:00, is called off. Reason: Ведущая больна",
        "“Клуб: Знакомство” takes place as it was planned: 6 March 2026, 18:00.",
    ]


def test_calendar_feed_and_what_now_read_the_moved_time(stage: Stage) -> None:
    it = Group(stage, options="")
    (anna, _boris) = it.learners
    planned = [("Клуб: Знакомство", "06 15:00", "06 16:00"), ("Клуб: Итог", "10 15:00", "10 16:00")]
    assert dates(it, anna) == planned
    uids = [one.what.uid for one in entries(stage.site, anna, "UTC")]

    def due() -> list[str]:
        db.session.rollback()
        return [f"{one.due:%d %H:%M}" if one.due else "" for one in my_runs(stage.site, stage.actor(anna)).learning]

    run = find_run(it.run)
    assert run is not None
    outline = stage.site.library.outline(run.revision_id, "")
    (read,) = outline.lessons
    progress.record(stage.site, run, outline, anna, read.id, "lesson", Result(True))
    db.session.commit()
    assert due() == ["06 15:00"]
    move(it)
    assert dates(it, anna) == [("Клуб: Знакомство", "07 07:00", "07 08:30"), planned[1]]
    assert [one.what.uid for one in entries(stage.site, anna, "UTC")] == uids, "a moved date is the same date"
    feed = Calendar.from_ical(as_file(stage.site, entries(stage.site, anna, "UTC"), stage.site.now()))
    assert [f"{one.decoded('dtstart'):%d %H:%M}" for one in feed.walk("VEVENT")] == ["07 07:00", "10 15:00"]
    assert due() == ["07 07:00"]
    call_off(it)
    assert (dates(it, anna), due()) == ([planned[1]], ["10 15:00"])
    back(it)
    assert (dates(it, anna), due()) == (planned, ["06 15:00"])


def test_reminders_come_before_the_moved_time_alone(stage: Stage) -> None:
    it = Group(stage, options="")
    anna, _boris = it.learners
    move(it)
    call_off(it, "b")
    told = len(said(anna))
    it.move(days=3, hours=7)  # less than a day before the first meeting as planned, more than that before it as moved
    stage.tick()
    assert said(anna)[told:] == []
    it.move(days=1)
    stage.tick()
    stage.tick()
    assert said(anna)[told:] == ["Soon: “Клуб: Знакомство”, 7 March 2026, 10:00."]
    it.move(days=3)
    stage.tick()
    assert said(anna)[told + 1 :] == [], "nobody is reminded of what is called off"


def test_what_is_called_off_counts_for_nobody(stage: Stage) -> None:
    it = Group(stage, options="")
    anna, boris = it.learners
    tutor = it.browser(it.tutor)
    tutor.post(it.attendance, {"present": [f"{anna}:a", f"{boris}:a", f"{boris}:b"]})
    run = find_run(it.run)
    assert run is not None
    assert hours.of_people(stage.site, run, [anna, boris]) == {anna: 1.3, boris: 2.7}
    assert "1 of 2" in tutor.get(it.attendance)
    move(it)
    db.session.rollback()
    assert hours.of_people(stage.site, run, [anna, boris]) == {anna: 2.0, boris: 3.3}, "it is half an hour longer"
    call_off(it, "b")
    db.session.rollback()
    page = re.sub(r"\s+", " ", tutor.get(it.attendance))
    assert (page.count(">1 of 1<"), "of 2<" in page.partition("</tbody>")[0]) == (2, False)
    assert hours.of_people(stage.site, run, [anna, boris]) == {anna: 2.0, boris: 2.0}
    result = it.visit(anna).result()
    assert result is not None
    assert result.completed, "whoever was at all that took place is done"
    tutor.get(f"{it.attendance}/b", status=404)
    tutor.get(f"{it.attendance}/b/sheet", status=404)
    it.browser(anna).post(f"{it.attendance}/b/join", {}, status=404)


def test_bad_input_is_told_and_nothing_lost(stage: Stage) -> None:
    it = Group(stage, options="")
    anna, _boris = it.learners
    tutor = it.browser(it.tutor)
    page = tutor.get(f"{it.attendance}/a/time")
    assert ('value="2026-03-06T18:00"' in page, 'value="60"' in page) == (True, True)
    page = move(it, starts="2026-02-01T10:00", status=422)
    assert ("Choose a time that is still to come." in page, "Ведущая  больна" in page) == (True, True)
    assert "Say why, in a sentence." in move(it, why=" ", status=422)
    assert "Say why, in a sentence." in call_off(it, why=" ", status=422)
    move(it, starts="soon", status=422)
    move(it, "c", status=404)
    move(it, "slot-1", status=404)
    it.browser(anna).post(f"{it.attendance}/a/time", NEW, 403)
    it.browser(anna).post(f"{it.attendance}/a/call-off", NEW, 403)
    assert [one.title for one in it.visit(anna).attendance.planned()] == ["Знакомство", "Итог"]
    assert said(anna) == []


def test_a_new_edition_keeps_what_was_moved_here(stage: Stage) -> None:
    it = Group(stage, options="")
    move(it)
    it.again(":first: 6\n:second: 10")
    run = find_run(it.run)
    assert run is not None
    assert [f"{one.start:%d %H:%M}" for one in of_run(stage.site, run)] == ["07 07:00", "11 15:00"]
    there = it.visit().attendance.arranged()[0]
    assert (f"{there.was:%d %H:%M}", there.why) == ("07 15:00", "Ведущая больна")
    back(it)
    db.session.rollback()
    assert [f"{one.start:%d %H:%M}" for one in of_run(stage.site, run)] == ["07 15:00", "11 15:00"]


def test_dates_cost_one_statement_for_any_number_of_runs(stage: Stage) -> None:
    counts = []
    for _n in range(3):
        it = Group(stage, options="")
        (anna, _boris) = it.learners
        runs = [it.run]
        for more in range(_n * 3):
            runs.append(stage.run(stage.course(lesson=":::{club} Клуб\n:id: club\n:::\n", folder=f"more-{_n}-{more}")))
            stage.enrol(runs[-1], anna)
        entries(stage.site, anna, "UTC")
        with stage.statements() as found:
            assert len(entries(stage.site, anna, "UTC")) == 2 * len(runs)
        counts.append(len(found))
    assert counts[0] == counts[1] == counts[2]
