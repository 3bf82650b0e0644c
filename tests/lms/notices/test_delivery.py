"""Letters leave the outbox through a real mail server; time passes once."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from lms.db import db
from lms.i18n import Message, mark
from lms.notices import rules
from lms.notices.models import LastTick, OutgoingMail
from lms.notices.sender import MailServer, deliver
from lms.notices.service import notify
from lms.notices.tick import sweep, tick
from lms.outbox import queue
from lms.people.models import SignIn, Token
from lms.plugin import On, Plugin, Tick
from lms.testing.stage import Stage
from tests.lms.conftest import Mailbox

MakeStage = Callable[..., Stage]


def waiting() -> list[tuple[str, int]]:
    db.session.rollback()
    rows = db.session.execute(
        select(OutgoingMail.recipient, OutgoingMail.attempts)
        .where(OutgoingMail.sent_at.is_(None))
        .order_by(OutgoingMail.id)
    )
    return [(row.recipient, row.attempts) for row in rows]


@pytest.mark.parametrize(
    "config",
    [{"mail_from": "школа@school.example"}, {"mail_from": "a@b.example\r\nBcc: c@d.example"}, {"mail_url": "http://x"}],
)
def test_an_operators_mistake_costs_no_letter(stage_factory: MakeStage, server: str, config: dict[str, str]) -> None:
    stage = stage_factory(**{"mail_url": server, **config})
    queue(stage.site, "anna@school.example", "Тема", "Текст")
    db.session.commit()
    with pytest.raises(ValueError, match="address"):
        deliver(stage.site)
    assert tick(stage.site).failed == ("mail",)
    assert waiting() == [("anna@school.example", 0)]


def test_cyrillic_subject_text_and_html(stage_factory: MakeStage, mailbox: Mailbox, server: str) -> None:
    stage = stage_factory(mail_url=server, mail_from="school@example.org", site_name="Траектория: курсы")
    queue(
        stage.site, "anna@пример.рф", "Ваша работа «Ёлка» проверена", "Здравствуйте!\nОценка — 5.", "<p>Оценка — 5.</p>"
    )
    db.session.commit()
    assert deliver(stage.site) == 1
    ((recipients, letter),) = mailbox.letters
    assert recipients == ["anna@xn--e1afmkfd.xn--p1ai"]
    assert letter["Subject"] == "Ваша работа «Ёлка» проверена"
    assert letter["From"].addresses[0].display_name == "Траектория: курсы"
    assert letter["From"].addresses[0].addr_spec == "school@example.org"
    assert [part.get_content_type() for part in letter.iter_parts()] == ["text/plain", "text/html"]
    text = letter.get_body(("plain",))
    assert text is not None
    assert text.get_content().splitlines() == ["Здравствуйте!", "Оценка — 5."]
    # what it said is forgotten, that it left is not
    row = db.session.execute(select(OutgoingMail)).scalar_one()
    assert (row.text, row.html, row.attempts, row.sent_at, row.lease_until) == ("", "", 1, stage.site.now(), None)
    assert deliver(stage.site) == 0


def test_without_a_server_letters_wait(stage: Stage) -> None:
    queue(stage.site, "anna@school.example", "Тема", "Текст")
    db.session.commit()
    assert deliver(stage.site) == 0
    assert waiting() == [("anna@school.example", 0)]


def test_two_senders_at_once_send_each_letter_once(stage_factory: MakeStage, mailbox: Mailbox, server: str) -> None:
    stage = stage_factory(mail_url=server)
    for n in range(30):
        queue(stage.site, f"person{n}@school.example", f"Письмо {n}", "Текст")
    db.session.commit()
    start, sent, errors = threading.Barrier(3), [], []

    def sender() -> None:
        with stage.app.app_context():
            try:
                start.wait()
                sent.append(deliver(stage.site))
            except BaseException as error:
                errors.append(error)

    threads = [threading.Thread(target=sender) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert sum(sent) == 30
    assert sorted(letter["Subject"] for _, letter in mailbox.letters) == sorted(f"Письмо {n}" for n in range(30))


def test_a_sender_that_died_loses_its_letters(stage_factory: MakeStage, mailbox: Mailbox, server: str) -> None:
    stage = stage_factory(mail_url=server)
    queue(stage.site, "anna@school.example", "Тема", "Текст")
    letter = db.session.execute(select(OutgoingMail)).scalar_one()
    letter.lease_until, letter.attempts = stage.site.now() + rules.LEASE, 1
    db.session.commit()
    assert deliver(stage.site) == 0
    stage.clock.move(rules.LEASE)
    assert deliver(stage.site) == 1


def test_a_busy_server_is_asked_again_later_and_later(stage_factory: MakeStage, mailbox: Mailbox, server: str) -> None:
    stage = stage_factory(mail_url=server)
    queue(stage.site, "anna@school.example", "Тема", "Текст")
    db.session.commit()
    mailbox.answer = "451 try later"
    waits = []
    for _ in range(rules.ATTEMPTS):
        before = stage.site.now()
        assert deliver(stage.site) == 0
        db.session.rollback()
        letter = db.session.execute(select(OutgoingMail)).scalar_one()
        waits.append(letter.not_before - before)
        assert letter.error == "451 try later"
        assert deliver(stage.site) == 0
        assert waiting() == [("anna@school.example", len(waits))]
        stage.clock.set(letter.not_before)
    assert waits == sorted(waits)
    assert waits[0] == timedelta(minutes=1)
    assert waits[-1] == timedelta(days=1)
    mailbox.answer = "250 OK"
    stage.move(days=30)
    assert deliver(stage.site) == 0
    assert waiting() == [("anna@school.example", rules.ATTEMPTS)]


def test_a_refused_recipient_does_not_hold_up_the_others(
    stage_factory: MakeStage, mailbox: Mailbox, server: str
) -> None:
    stage = stage_factory(mail_url=server)
    queue(stage.site, "nobody@school.example", "Тема", "Текст")
    db.session.commit()
    mailbox.answer = "550 no such person"
    assert deliver(stage.site) == 0
    queue(stage.site, "anna@school.example", "Тема", "Текст")
    db.session.commit()
    mailbox.answer = "250 OK"
    stage.move(days=2)
    assert deliver(stage.site) == 1
    assert waiting() == [("nobody@school.example", rules.ATTEMPTS)]


def test_a_server_that_is_not_there_is_tried_once_a_round(stage_factory: MakeStage, server: str) -> None:
    stage = stage_factory(mail_url="smtp://user:very-secret@127.0.0.1:1")
    for n in range(3):
        queue(stage.site, f"person{n}@school.example", "Тема", "Текст")
    db.session.commit()
    assert deliver(stage.site) == 0
    assert [attempts for _, attempts in waiting()] == [1, 0, 0]
    error = db.session.execute(select(OutgoingMail.error).order_by(OutgoingMail.id).limit(1)).scalar_one()
    assert error.startswith("ConnectionRefusedError")
    assert "very-secret" not in error


def test_a_password_does_not_travel_in_the_open() -> None:
    assert MailServer.parse("smtps://me%40x:p%2Fw@mail.example") == MailServer("mail.example", 465, True, "me@x", "p/w")
    assert MailServer.parse("smtp://mail.example") == MailServer("mail.example", 25, False)
    assert MailServer.parse("smtp://me:pw@mail.example:2525") == MailServer("mail.example", 2525, False, "me", "pw")


# ------------------------------------------------------------------ time


class Watch:
    """A plugin that notes the ticks it is told of."""

    def __init__(self) -> None:
        self.spans: list[tuple[object, object]] = []
        self.plugin = Plugin("watch", "lms.notices", contributes=(On(Tick, self.note),))

    def note(self, site: object, event: Tick) -> None:
        self.spans.append((event.since, event.now))


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def plugins(watch: Watch) -> tuple[Plugin, ...]:
    return (watch.plugin,)


def test_spans_of_time_follow_one_another(stage: Stage, watch: Watch) -> None:
    first = stage.site.now()
    tick(stage.site)
    tick(stage.site)
    stage.move(hours=1)
    second = stage.site.now()
    tick(stage.site)
    stage.move(hours=2)
    tick(stage.site)
    assert watch.spans == [(first, first), (first, second), (second, stage.site.now())]
    assert db.session.execute(select(LastTick.at)).scalar_one() == stage.site.now()


def test_two_ticks_at_once_tell_once(stage: Stage, watch: Watch) -> None:
    tick(stage.site)
    stage.move(hours=1)
    db.session.rollback()
    start, told = threading.Barrier(6), []

    def ticking() -> None:
        with stage.app.app_context():
            start.wait()
            told.append(tick(stage.site))

    threads = [threading.Thread(target=ticking) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [found.failed for found in told] == [()] * 6
    assert sorted(found.told for found in told) == [False] * 5 + [True]
    assert len(watch.spans) == 2


def test_a_tick_sends_what_is_due(stage_factory: MakeStage, mailbox: Mailbox, server: str) -> None:
    stage = stage_factory(mail_url=server)
    anna = stage.person("Анина", email="anna@school.example")
    notify(stage.site, [anna], "activity", Message(mark("Deadline: {title}"), {"title": "Ёлка"}), "/courses/")
    db.session.commit()
    assert tick(stage.site).sent == 1
    assert [letter["Subject"] for _, letter in mailbox.letters] == ["Deadline: Ёлка"]


def test_expired_rows_are_swept(stage: Stage) -> None:
    anna, now = stage.person("Анина"), stage.site.now()
    for name, expires in (("old", now - timedelta(hours=1)), ("new", now + timedelta(hours=1))):
        db.session.add(SignIn(hash=name, person_id=anna, created_at=now, seen_at=now, expires_at=expires, agent=""))
        db.session.add(Token(hash=name, purpose="reset", person_id=anna, created_at=now, expires_at=expires))
    db.session.add(Token(hash="calendar", purpose="calendar", person_id=anna, created_at=now))
    queue(stage.site, "anna@school.example", "Тема", "Текст")
    db.session.execute(select(OutgoingMail)).scalar_one().sent_at = now - timedelta(days=31)
    db.session.commit()
    assert sweep(stage.site) == 3
    assert db.session.execute(select(SignIn.hash)).scalars().all() == ["new"]
    assert sorted(db.session.execute(select(Token.hash)).scalars()) == ["calendar", "new"]
    assert waiting() == []
