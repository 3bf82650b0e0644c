"""Letters leave the outbox: claimed one by one with a lease, so that two senders at once send each letter once.

A letter that was handed over just before the program died may leave twice, with the same Message-ID; none is lost.
"""

import logging
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any
from urllib.parse import unquote, urlsplit

from sqlalchemy import or_, select, update

from lms.db import db
from lms.notices import rules
from lms.notices.models import OutgoingMail
from lms.outbox import checked_address, one_line
from lms.site import Site

log = logging.getLogger("lms")
TIMEOUT = 20
"""Seconds a mail server may stay silent."""


@dataclass(frozen=True)
class MailServer:
    """Where letters are handed over, as `LMS_MAIL_URL` says."""

    host: str
    port: int
    encrypted: bool
    """From the first byte (smtps://); smtp:// asks for encryption when the server offers it."""
    user: str = ""
    password: str = ""

    @classmethod
    def parse(cls, url: str) -> "MailServer":
        """Read smtp://[user:password@]host[:port] or smtps://…. Raises ValueError for anything else."""
        parts = urlsplit(url)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise ValueError("the mail address must be smtp://[user:password@]host[:port] or smtps://…")
        encrypted = parts.scheme == "smtps"
        usual = 465 if encrypted else 587 if parts.username else 25
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        return cls(parts.hostname, parts.port or usual, encrypted, user, password)

    def connect(self) -> smtplib.SMTP:
        """An open connection, signed in. A password never travels unencrypted to another machine."""
        if self.encrypted:
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self.host, self.port, timeout=TIMEOUT, context=ssl.create_default_context()
            )
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=TIMEOUT)
        try:
            server.ehlo()
            if not self.encrypted and server.has_extn("starttls"):
                server.starttls(context=ssl.create_default_context())
                server.ehlo()
            elif self.user and not self.encrypted and self.host not in ("localhost", "127.0.0.1", "::1"):
                raise smtplib.SMTPNotSupportedError("no encryption offered: the password was not sent")
            if self.user:
                server.login(self.user, self.password)
        except BaseException:
            server.close()
            raise
        return server


def deliver(site: Site, limit: int = 50) -> int:
    """Send up to `limit` letters that are due and return how many left. Commits after each one.

    Raises ValueError when `mail_url` or `mail_from` cannot be used: that is not the letters' fault, they keep waiting.
    Without a configured server letters wait in the outbox. A server that cannot be reached ends the round: the letter
    that met it is tried again later, the others at the next round.
    """
    if not site.config.mail_url:
        return 0
    sent = 0
    sender = _sender(site)
    with _connection(MailServer.parse(site.config.mail_url)) as hand_over:
        for id in _due(site, limit):
            letter = _claim(site, id)
            if letter is None:
                continue
            try:
                message = compose(site, sender, letter)
            except ValueError as error:
                _failed(site, letter, f"cannot be written: {error}", for_good=True)
                continue
            try:
                hand_over(message, letter.recipient)
            except smtplib.SMTPRecipientsRefused as error:
                code, answer = next(iter(error.recipients.values()))
                _failed(site, letter, f"{code} {answer.decode(errors='replace')}", for_good=code >= 500)
            except (smtplib.SMTPResponseException, smtplib.SMTPNotSupportedError) as error:
                _failed(site, letter, str(error))
            except (OSError, smtplib.SMTPException) as error:
                _failed(site, letter, f"{type(error).__name__}: {error}")
                log.warning("the mail server did not take a letter: %s", error)
                break
            else:
                _sent(site, letter)
                sent += 1
    return sent


def _due(site: Site, limit: int) -> list[int]:
    now = site.now()
    ids = db.session.execute(
        select(OutgoingMail.id)
        .where(_free(now), OutgoingMail.not_before <= now)
        .order_by(OutgoingMail.not_before, OutgoingMail.id)
        .limit(limit)
    ).scalars()
    found = list(ids)
    db.session.rollback()
    return found


def _free(now: datetime) -> Any:
    return (
        OutgoingMail.sent_at.is_(None)
        & (OutgoingMail.attempts < rules.ATTEMPTS)
        & or_(OutgoingMail.lease_until.is_(None), OutgoingMail.lease_until <= now)
    )


def _claim(site: Site, id: int) -> Any:
    # the UPDATE checks the condition again: of two senders that saw the same letter one changes a row, the other none
    now = site.now()
    claimed = db.session.execute(
        update(OutgoingMail)
        .where(OutgoingMail.id == id, _free(now), OutgoingMail.not_before <= now)
        .values(lease_until=now + rules.LEASE, attempts=OutgoingMail.attempts + 1)
        .returning(
            OutgoingMail.id, OutgoingMail.recipient, OutgoingMail.subject, OutgoingMail.text, OutgoingMail.html,
            OutgoingMail.calendar, OutgoingMail.created_at, OutgoingMail.attempts,
        )
        .execution_options(synchronize_session=False)
    ).first()  # fmt: skip
    db.session.commit()
    return claimed


def _sent(site: Site, letter: Any) -> None:
    # what it said is forgotten: letters hold links that open accounts
    _store(letter.id, sent_at=site.now(), lease_until=None, text="", html="", calendar="", error="")


def _failed(site: Site, letter: Any, error: str, for_good: bool = False) -> None:
    attempts = rules.ATTEMPTS if for_good else letter.attempts
    later = site.now() + rules.delay(letter.attempts)
    _store(letter.id, lease_until=None, attempts=attempts, not_before=later, error=one_line(error)[:300])


def _store(id: int, **values: Any) -> None:
    db.session.execute(
        update(OutgoingMail).where(OutgoingMail.id == id).values(**values).execution_options(synchronize_session=False)
    )
    db.session.commit()


def _sender(site: Site) -> Address:
    address = _ascii_domain(site.config.mail_from)
    if not address.isascii():
        raise ValueError("LMS_MAIL_FROM must be an address that every mail server understands")
    return Address(one_line(site.config.site_name), addr_spec=address)


def compose(site: Site, sender: Address, letter: Any) -> EmailMessage:
    """The letter as it travels. Raises ValueError for a recipient that is not exactly one address."""
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = Address(addr_spec=_ascii_domain(letter.recipient))
    message["Subject"] = one_line(letter.subject)
    message["Date"] = letter.created_at
    host = urlsplit(site.config.base_url).hostname or "localhost"
    message["Message-ID"] = f"<letter-{letter.id}-{letter.created_at:%Y%m%d%H%M%S}@{host}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)
    if letter.html:
        message.add_alternative(letter.html, subtype="html")
    if letter.calendar:
        method = "CANCEL" if "\nMETHOD:CANCEL" in letter.calendar.replace("\r", "") else "REQUEST"
        # an alternative for programs that note invitations (RFC 6047), a file for those that do not
        message.add_alternative(letter.calendar, subtype="calendar", params={"method": method})
        whole = letter.calendar.encode()
        message.add_attachment(whole, maintype="application", subtype="ics", filename="invitation.ics")
    return message


def _ascii_domain(address: str) -> str:
    name, _, domain = checked_address(address).rpartition("@")
    return f"{name}@{domain.encode('idna').decode()}"


@contextmanager
def _connection(where: MailServer) -> Iterator[Any]:
    """A function that hands one message over, opening the connection when first needed and again after a loss."""
    server: smtplib.SMTP | None = None

    def hand_over(message: EmailMessage, recipient: str) -> None:
        nonlocal server
        if server is None:
            server = where.connect()
        try:
            server.send_message(message)
        except smtplib.SMTPServerDisconnected:
            server = where.connect()
            server.send_message(message)

    try:
        yield hand_over
    finally:
        if server is not None:
            with suppress(smtplib.SMTPException, OSError):
                server.quit()
