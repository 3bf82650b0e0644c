"""Invitations reach people's calendars through a real mail server: new, moved, called off, each under one UID and numbered."""

from email.message import EmailMessage

import pytest
from icalendar import Calendar
from sqlalchemy import select, text

from lms.calendar.feature import CalendarData
from lms.calendar.models import Invitation
from lms.calendar.service import as_file, entries
from lms.db import db
from lms.notices.sender import deliver
from lms.notices.service import page_of
from lms.people.models import Person
from tests.lms.club import Group, plugin
from tests.lms.conftest import Mailbox


@pytest.fixture
def plugins():
    return (plugin,)


@pytest.fixture
def group(stage_factory, server):
    return lambda **how: Group(stage_factory(mail_url=server, mail_from="school@example.org"), **how)


def sent(it: Group, mailbox: Mailbox) -> list[EmailMessage]:
    """The letters that left now."""
    mailbox.letters.clear()
    db.session.rollback()
    deliver(it.stage.site)
    return [letter for _recipients, letter in mailbox.letters]


def entry(letter: EmailMessage) -> tuple[str, dict[str, object]]:
    """The method of a letter's calendar part and what it says of the meeting."""
    (part,) = [one for one in letter.walk() if one.get_content_type() == "text/calendar"]
    calendar = Calendar.from_ical(part.get_content())
    (event,) = calendar.walk("VEVENT")
    assert part.get_param("method") == str(calendar["method"])
    (file,) = [one for one in letter.walk() if one.get_content_type() == "application/ics"]
    # the same, but for the ends of lines, which mail writes as it does
    assert file.get_content().decode().split() == part.get_content().split()
    return str(calendar["method"]), {
        "uid": str(event["uid"]), "sequence": int(event["sequence"]), "status": str(event["status"]),
        "start": event.decoded("dtstart").isoformat(), "end": event.decoded("dtend").isoformat(),
        "summary": str(event["summary"]), "location": str(event.get("location", "")),
        "organizer": str(event["organizer"]), "attendee": str(event["attendee"]),
        "partstat": event["attendee"].params["PARTSTAT"], "url": str(event["url"]),
    }  # fmt: skip


def methods(letters: list[EmailMessage]) -> list[tuple[str, str, str, int]]:
    """(recipient, method, uid, sequence) of letters with invitations."""
    found = []
    for letter in letters:
        if any(one.get_content_type() == "text/calendar" for one in letter.walk()):
            method, said = entry(letter)
            found.append((str(letter["To"]), method, str(said["uid"]), int(str(said["sequence"]))))
    return found


A, B = "meeting-1-club-a@localhost", "meeting-1-club-b@localhost"


def test_whoever_takes_a_seat_is_invited_to_every_meeting(group, mailbox):
    it = group()
    anna, boris = it.learners
    it.browser(anna).post(f"{it.club}seat")
    it.browser(boris).post(f"{it.club}seat")
    letters = sent(it, mailbox)
    mail = [db.session.get(Person, person).email for person in it.learners]
    assert methods(letters) == [(mail[0], "REQUEST", A, 0), (mail[0], "REQUEST", B, 0)], "who waits is not invited"
    assert entry(letters[0]) == (
        "REQUEST",
        {
            "uid": A, "sequence": 0, "status": "CONFIRMED", "start": "2026-03-06T15:00:00+00:00",
            "end": "2026-03-06T16:00:00+00:00", "summary": "Клуб: Знакомство", "location": "Аудитория 1",
            "organizer": "mailto:school@example.org", "attendee": f"mailto:{mail[0]}", "partstat": "ACCEPTED",
            "url": f"http://localhost{it.club}",
        },
    )  # fmt: skip
    assert [one.get_content_type() for one in letters[0].walk()] == [
        "multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/calendar", "application/ics",
    ]  # fmt: skip
    assert "You take part: “Клуб: Знакомство”, 6 March 2026, 18:00." in letters[0].get_body(("plain",)).get_content()
    assert page_of(anna, 1)[0] == [], "whoever took the seat knows it"
    it.stage.move(minutes=5)
    it.stage.tick()
    assert sent(it, mailbox) == [], "nothing is sent twice"


def test_the_calendar_knows_an_invited_meeting_by_the_same_name(group, mailbox):
    it = group()
    anna = it.learners[0]
    it.browser(anna).post(f"{it.club}seat")
    site, person = it.stage.site, db.session.get(Person, anna)
    feed = as_file(site, entries(site, anna, person.timezone), site.now())
    events = Calendar.from_ical(feed).walk("VEVENT")
    assert [str(event["uid"]) for event in events] == [A, B]


def test_a_seat_given_back_ends_it_and_begins_it_for_the_next(group, mailbox):
    it = group()
    anna, boris = it.learners
    mail = [db.session.get(Person, person).email for person in it.learners]
    for person in it.learners:
        it.browser(person).post(f"{it.club}seat")
    sent(it, mailbox)
    it.browser(anna).post(f"{it.club}leave")
    letters = sent(it, mailbox)
    assert sorted(methods(letters)) == sorted(
        [(mail[0], "CANCEL", A, 1), (mail[0], "CANCEL", B, 1), (mail[1], "REQUEST", A, 0), (mail[1], "REQUEST", B, 0)]
    )
    cancelled = next(entry(one)[1] for one in letters if str(one["To"]) == mail[0])
    assert (cancelled["status"], cancelled["start"]) == ("CANCELLED", "2026-03-06T15:00:00+00:00")
    it.browser(boris).post(f"{it.club}leave")
    it.browser(anna).post(f"{it.club}seat")
    assert sorted(methods(sent(it, mailbox))) == sorted(
        [(mail[1], "CANCEL", A, 1), (mail[1], "CANCEL", B, 1), (mail[0], "REQUEST", A, 2), (mail[0], "REQUEST", B, 2)]
    ), "who comes back is invited under the same UID, with the next number"


def test_a_new_edition_that_moves_a_meeting_is_told_once(group, mailbox):
    it = group(learners=1)
    (anna,) = it.learners
    it.browser(anna).post(f"{it.club}seat")
    sent(it, mailbox)
    it.again(":seats: 1\n:first: 6\n:room: Зал")
    mailbox.letters.clear()
    it.stage.move(minutes=5)
    it.stage.tick()
    it.stage.tick()
    ((_, letter),) = mailbox.letters
    method, said = entry(letter)
    assert (method, said["uid"], said["sequence"]) == ("REQUEST", A, 1)
    assert (said["start"], said["location"]) == ("2026-03-07T15:00:00+00:00", "Зал")
    assert [line.text for line in page_of(anna, 1)[0]] == ["“Клуб: Знакомство” is moved: 7 March 2026, 18:00."]


def test_everybody_in_their_language_and_zone(group, mailbox):
    it = group(learners=1, language="ru")
    (anna,) = it.learners
    db.session.get(Person, anna).timezone = "Asia/Vladivostok"
    db.session.commit()
    it.browser(anna).post(f"{it.club}seat")
    letters = sent(it, mailbox)
    assert "Вы участвуете: «Клуб: Знакомство», 7 марта 2026 г., 01:00." in letters[0].get_body(("plain",)).get_content()
    assert entry(letters[0])[1]["start"] == "2026-03-06T15:00:00+00:00", "the instant is the same everywhere"


def test_past_meetings_are_told_of_no_more(group, mailbox):
    it = group(learners=1)
    (anna,) = it.learners
    it.move(days=5)
    it.browser(anna).post(f"{it.club}seat")
    assert [row[2] for row in methods(sent(it, mailbox))] == [B]
    it.move(days=5)
    it.browser(anna).post(f"{it.club}leave")
    assert sent(it, mailbox) == []


def test_whoever_wants_no_letters_gets_none(group, mailbox):
    it = group(learners=1)
    (anna,) = it.learners
    db.session.get(Person, anna).mail_off = "invitation"
    db.session.commit()
    it.browser(anna).post(f"{it.club}seat")
    assert sent(it, mailbox) == []
    it.again(":seats: 1\n:first: 6")
    it.stage.tick()
    it.stage.move(minutes=5)
    it.stage.tick()
    assert sent(it, mailbox) == []
    assert [line.text for line in page_of(anna, 1)[0]] == ["“Клуб: Знакомство” is moved: 7 March 2026, 18:00."]


def test_times_that_staff_open_move_and_are_called_off(group, mailbox):
    it = group(learners=1)
    (anna,) = it.learners
    mail = [db.session.get(Person, person).email for person in (anna, it.tutor)]
    given = {"starts": "2026-03-04T10:00", "minutes": "20", "count": "1", "seats": "1", "place": "Кабинет 7"}
    tutor = it.browser(it.tutor)
    tutor.post(f"{it.booking}/open/advice", {f"advice-{name}": value for name, value in given.items()})
    assert sent(it, mailbox) == []
    it.browser(anna).post(f"{it.booking}/slot-1/take")
    uid = "meeting-1-club-slot-1@localhost"
    letters = sent(it, mailbox)
    assert methods(letters) == [(mail[0], "REQUEST", uid, 0), (mail[1], "REQUEST", uid, 0)], "the host is told too"
    said = entry(letters[0])[1]
    assert (said["start"], said["location"]) == ("2026-03-04T07:00:00+00:00", "Кабинет 7")
    tutor.post(f"{it.booking}/slot-1", {"starts": "2026-03-04T11:00", "minutes": "30", "place": "Кабинет 7"})
    letters = sent(it, mailbox)
    assert methods(letters) == [(mail[0], "REQUEST", uid, 1), (mail[1], "REQUEST", uid, 1)]
    assert entry(letters[0])[1]["end"] == "2026-03-04T08:30:00+00:00"
    tutor.post(f"{it.booking}/slot-1/call-off")
    it.stage.move(minutes=5)
    it.stage.tick()
    letters = [letter for _, letter in mailbox.letters]
    assert (mail[0], "CANCEL", uid, 2) in [*methods(sent(it, mailbox)), *methods(letters)]
    assert [line.text for line in page_of(anna, 1)[0]] == [
        "“Клуб: Консультации”, 4 March 2026, 11:00, is called off.",
        "“Клуб: Консультации” is moved: 4 March 2026, 11:00.",
    ]


def test_what_is_kept_is_exported_and_erased(group, mailbox):
    it = group(learners=1)
    (anna,) = it.learners
    it.browser(anna).post(f"{it.club}seat")
    part = CalendarData()
    found = part.export(it.stage.site, anna)["invitations"]
    assert [(one["meeting"], one["called_off"]) for one in found] == [
        ("Клуб: Знакомство", False),
        ("Клуб: Итог", False),
    ]
    part.erase(it.stage.site, anna)
    db.session.commit()
    assert db.session.scalars(select(Invitation)).all() == []
    assert db.session.execute(text("SELECT count(*) FROM outbox WHERE calendar <> ''")).scalar() == 2
