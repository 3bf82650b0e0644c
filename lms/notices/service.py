"""Telling people something: a notice on the site for each, and a letter for those who want it."""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from markupsafe import escape
from sqlalchemy import func, insert, select, update

from lms import ui
from lms.db import db
from lms.i18n import Message, speaking, use_catalogues
from lms.notices import rules
from lms.notices.models import Notice, OutgoingMail
from lms.outbox import checked_address, one_line
from lms.people.models import Person
from lms.plugin import NoticeKind
from lms.site import Site

PAGE = 30
"""Notices on one page of the list."""
_LEAVING = "\ue000"
"""Stands in a letter to many for the address that is each reader's own: a sign that means nothing, and that no text keeps."""


@dataclass(frozen=True)
class Line:
    """A notice as its list shows it: `text` in the reader's language."""

    id: int
    kind: str
    text: str
    created_at: datetime
    unread: bool


def notify(
    site: Site, person_ids: Sequence[int], kind: str, text: Message, url: str,
    calendars: Mapping[int, str] = MappingProxyType({}), on_site: bool = True, leaving: Callable[[int], str] | None = None,
) -> None:  # fmt: skip
    """Tell these people something. `url` is a path on this site, `kind` the name of a NoticeKind; `calendars` are iCalendar texts
    for the letters of some of them, and without `on_site` there are letters alone. `leaving`: the path of a page on which somebody,
    by id, wants no more of these letters.

    Each person's language and wishes are read in one statement; notices and letters are written in one statement each.
    People who are erased are told nothing. Raises ValueError when `url` leads elsewhere.
    """
    if not rules.is_own_address(url):
        raise ValueError(f"a notice leads to a path on this site, not to {url!r}")
    people = db.session.execute(
        select(Person.id, Person.email, Person.language, Person.mail_off)
        .where(Person.id.in_(set(person_ids)), Person.erased_at.is_(None))
        .order_by(Person.id)
    ).all()
    if not people:
        return
    now = site.now()
    stored = json.dumps(text.to_json(), ensure_ascii=False, default=str)
    if on_site:
        told = {"kind": kind, "text": stored, "url": url, "created_at": now}
        db.session.execute(insert(Notice), [{"person_id": row.id, **told} for row in people])
    by_mail = next((known.by_mail for known in site.of(NoticeKind) if known.name == kind), True)
    wanting = [row for row in people if rules.wants_mail(kind, by_mail, row.mail_off) and _may_be_mailed(row.email)]
    letters = {
        language: _letter(site, text, url, language, leaving is not None)
        for language in {row.language for row in wanting}
    }
    rows = [
        {
            "person_id": row.id, "recipient": row.email, "created_at": now, "not_before": now,
            "attempts": 0, "error": "", "calendar": calendars.get(row.id, ""),
            **_for_one(letters[row.language], site.url(leaving(row.id)) if leaving is not None else ""),
        }
        for row in wanting
    ]  # fmt: skip
    if rows:
        db.session.execute(insert(OutgoingMail), rows)


def _may_be_mailed(address: str) -> bool:
    try:
        return bool(checked_address(address))
    except ValueError:  # an account made by a command may hold anything: its owner still finds the notice on the site
        return False


def _for_one(letter: Mapping[str, str], leaving: str) -> dict[str, str]:
    """A letter to many, with the address that is somebody's own."""
    return {
        **letter,
        "text": letter["text"].replace(_LEAVING, leaving),
        "html": letter["html"].replace(_LEAVING, escape(leaving)),
    }


def _letter(site: Site, text: Message, url: str, language: str, leaving: bool) -> dict[str, str]:
    use_catalogues(site.catalogues)
    with speaking(language):
        values: dict[str, Any] = {
            "language": language, "sentence": str(text), "address": site.url(url), "settings_url": site.url("/me"),
            "leaving_url": _LEAVING if leaving else "",
        }  # fmt: skip
        environment = ui.site_environment()
        return {
            "subject": one_line(rules.subject(values["sentence"])),
            "text": environment.get_template("notices/mail.txt").render(**values),
            "html": environment.get_template("notices/mail.html").render(**values),
        }


def page_of(person_id: int, page: int) -> tuple[list[Line], int]:
    """A page (from 1) of a person's notices, newest first, and how many pages there are. Two statements."""
    total = db.session.execute(select(func.count(Notice.id)).where(Notice.person_id == person_id)).scalar_one()
    rows = db.session.execute(
        select(Notice.id, Notice.kind, Notice.text, Notice.created_at, Notice.read_at)
        .where(Notice.person_id == person_id)
        .order_by(Notice.created_at.desc(), Notice.id.desc())
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    lines = [
        Line(row.id, row.kind, str(Message.from_json(json.loads(row.text))), row.created_at, row.read_at is None)
        for row in rows
    ]
    return lines, max(1, math.ceil(total / PAGE))


def open_notice(site: Site, person_id: int, notice_id: int) -> str | None:
    """Mark a notice of this person as read and give the path it leads to; None when it is not theirs."""
    own = (Notice.id == notice_id, Notice.person_id == person_id)
    url = db.session.execute(select(Notice.url).where(*own)).scalar_one_or_none()
    if url is None:
        return None
    db.session.execute(update(Notice).where(*own, Notice.read_at.is_(None)).values(read_at=site.now()))
    return url if rules.is_own_address(url) else "/notices"


def read_all(site: Site, person_id: int) -> None:
    """Mark everything a person has been told as read."""
    unread = update(Notice).where(Notice.person_id == person_id, Notice.read_at.is_(None))
    db.session.execute(unread.values(read_at=site.now()))
