"""Notices on the site, and what becomes of them by mail."""

import json
import re

import pytest
from sqlalchemy import select

from lms.db import db
from lms.i18n import Called, Message, mark
from lms.notices import rules
from lms.notices.models import Notice, OutgoingMail
from lms.notices.privacy import NoticesData
from lms.notices.service import notify, page_of
from lms.outbox import queue
from lms.people.models import Person
from lms.testing.stage import Stage

READY = Message(mark("Your certificate for “{course}” is ready."), {"course": "Сети & <люди>"})


def test_each_is_told_in_their_own_language(stage: Stage) -> None:
    anna = stage.person("Анина", language="ru", email="anna@school.example")
    john = stage.person("Smith", language="en", email="john@school.example")
    notify(stage.site, [anna, john, anna], "certificate", READY, "/certificates")
    db.session.commit()
    notices = db.session.execute(select(Notice).order_by(Notice.id)).scalars().all()
    assert [(notice.person_id, notice.kind, notice.url, notice.read_at) for notice in notices] == [
        (anna, "certificate", "/certificates", None),
        (john, "certificate", "/certificates", None),
    ]
    assert [Message.from_json(json.loads(notice.text)) for notice in notices] == [READY, READY]
    letters = db.session.execute(select(OutgoingMail).order_by(OutgoingMail.id)).scalars().all()
    assert [(letter.recipient, letter.subject) for letter in letters] == [
        ("anna@school.example", "Ваш документ об обучении на курсе «Сети & <люди>» готов."),
        ("john@school.example", "Your certificate for “Сети & <люди>” is ready."),
    ]
    assert "http://localhost/certificates" in letters[0].text
    assert "Сети & <люди>" in letters[0].text
    assert "Сети &amp; &lt;люди&gt;" in letters[0].html
    assert 'lang="ru"' in letters[0].html


def test_wishes_and_erased_people_are_respected(stage: Stage) -> None:
    anna, boris, erased = stage.person("Анина"), stage.person("Борисов"), stage.person("Никого")
    db.session.get_one(Person, boris).mail_off = "reminder certificate"
    db.session.get_one(Person, erased).erased_at = stage.site.now()
    db.session.flush()
    notify(stage.site, [anna, boris, erased, 999], "certificate", READY, "/certificates")
    db.session.commit()
    assert db.session.execute(select(Notice.person_id).order_by(Notice.id)).scalars().all() == [anna, boris]
    assert db.session.execute(select(OutgoingMail.person_id)).scalars().all() == [anna]


@pytest.mark.parametrize(
    ("kind", "by_mail", "mail_off", "wants"),
    [
        ("reminder", True, "", True),
        ("reminder", True, "reminder", False),
        ("reminder", True, "reminders", True),
        ("digest", False, "", False),
        ("digest", False, "+digest", True),
    ],
)
def test_who_wants_mail(kind: str, by_mail: bool, mail_off: str, wants: bool) -> None:
    assert rules.wants_mail(kind, by_mail, mail_off) is wants


def test_a_number_of_statements_that_does_not_grow(stage: Stage) -> None:
    people = [stage.person(f"Слушатель{n}") for n in range(30)]
    counts = []
    for many in (1, 3, 30):
        with stage.statements() as statements:
            notify(stage.site, people[:many], "activity", READY, "/")
        counts.append(len(statements))
        db.session.commit()
    assert counts[0] == counts[1] == counts[2] == 3


@pytest.mark.parametrize(
    "url",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "", "/a\r\nSet-Cookie: x"],
)
def test_a_notice_leads_to_this_site_only(stage: Stage, url: str) -> None:
    anna = stage.person("Анина")
    with pytest.raises(ValueError, match="path on this site"):
        notify(stage.site, [anna], "activity", READY, url)


def test_a_stored_address_is_checked_again(stage: Stage) -> None:
    anna = stage.person("Анина")
    notify(stage.site, [anna], "activity", READY, "/courses/")
    notice = db.session.execute(select(Notice)).scalar_one()
    notice.url = "//evil.example"
    db.session.commit()
    browser = stage.browser(anna)
    browser.post(f"/notices/{notice.id}/open", follow=False, status=303)
    assert browser.response is not None
    assert browser.response.headers["Location"] == "/notices"


@pytest.mark.parametrize(
    "address", ["a@b.example\r\nBcc: c@d.example", "a@b.example, c@d.example", "Anna <a@b.example>", "a", ""]
)
def test_an_address_cannot_become_a_header(stage: Stage, address: str) -> None:
    with pytest.raises(ValueError, match="not a mail address"):
        queue(stage.site, address, "Тема", "Текст")


def test_a_subject_is_one_line(stage: Stage) -> None:
    queue(stage.site, "a@b.example", "Тема\r\nBcc: c@d.example\x00\u2028x", "Текст")
    assert db.session.execute(select(OutgoingMail.subject)).scalar_one() == "Тема Bcc: c@d.example x"
    assert rules.subject("слово " * 50) == ("слово " * 18).strip() + "…"


def test_opening_marks_as_read_and_leads_on(stage: Stage) -> None:
    anna, boris = stage.person("Анина"), stage.person("Борисов")
    for _ in range(2):
        notify(stage.site, [anna], "certificate", READY, "/certificates")
    db.session.commit()
    browser = stage.browser(anna)
    page = browser.get("/notices")
    assert page.count('class="unread"') == 2
    ids = [int(id) for id in re.findall(r'action="/notices/(\d+)/open"', page)]
    stage.browser(boris).post(f"/notices/{ids[0]}/open", status=404)
    browser.post(f"/notices/{ids[0]}/open", follow=False, status=303)
    assert browser.response is not None
    assert browser.response.headers["Location"] == "/certificates"
    assert browser.get("/notices").count('class="unread"') == 1
    assert browser.post("/notices/read").count('class="unread"') == 0
    assert "No notices yet" in stage.browser(boris).get("/notices")


def test_the_list_has_pages_and_asks_the_same_for_any_length(stage: Stage) -> None:
    anna = stage.person("Анина")
    browser = stage.browser(anna)
    counts, told = [], 0
    for many in (1, 3, 45):
        while told < many:
            notify(stage.site, [anna], "activity", READY, "/courses/")
            told += 1
        db.session.commit()
        with stage.statements() as statements:
            browser.get("/notices")
        counts.append(len(statements))
    assert counts[0] == counts[1] == counts[2]
    assert browser.get("/notices").count("/open") == 30
    assert browser.get("/notices?page=2").count("/open") == 15


def test_export_and_erasure(stage: Stage) -> None:
    anna, boris = stage.person("Анина", email="anna@school.example"), stage.person("Борисов")
    notify(stage.site, [anna, boris], "activity", READY, "/courses/")
    queue(stage.site, "anna@school.example", "Подтвердите адрес", "…")
    db.session.commit()
    exported = NoticesData().export(stage.site, anna)
    assert [notice["text"] for notice in exported["notices"]] == ["Your certificate for “Сети & <люди>” is ready."]
    assert [letter["to"] for letter in exported["letters"]] == ["anna@school.example"]
    NoticesData().erase(stage.site, anna)
    db.session.commit()
    assert db.session.execute(select(Notice.person_id)).scalars().all() == [boris]
    assert db.session.execute(select(OutgoingMail.person_id)).scalars().all() == [boris]


def test_who_is_erased_is_no_longer_named_in_what_others_were_told(stage: Stage) -> None:
    anna, boris, tutor = stage.person("Анина"), stage.person("Борисов"), stage.person("Ведущая")
    for person, name in ((anna, "Анна Анина"), (boris, "Борис Борисов")):
        said = Message(mark("{name} replied in “{title}”"), {"name": Called(name, person), "title": "Анна Анина"})
        notify(stage.site, [tutor], "discussion", said, "/")
    NoticesData().erase(stage.site, anna)
    lines, _ = page_of(tutor, 1)
    assert [line.text for line in lines] == [
        "Борис Борисов replied in “Анна Анина”", "Deleted account replied in “Анна Анина”",
    ]  # fmt: skip
