"""The diary of a project: what each member did, by date."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, select

from courses.text import render_untrusted
from lms.plugin import BadInput, Message, Visit, db, mark
from lms_project.models import Entry

ENTRY_LENGTH = 5_000
MOST_ENTRIES = 500
"""Of one person in one project: a diary, not a store."""
PAGE = 40
"""Entries on one page."""


def of(visit: Visit, people: Sequence[int]) -> Sequence[Entry]:
    """All entries of these people, the latest day first. One statement."""
    return db.session.scalars(select(Entry).where(*_of(visit, people)).order_by(*_LATEST)).all()


def page(visit: Visit, people: Sequence[int], number: int) -> tuple[Sequence[Entry], int, int]:
    """A page of them, its number and how many there are. Two statements."""
    count = db.session.scalar(select(func.count()).select_from(Entry).where(*_of(visit, people))) or 0
    pages = max(-(-count // PAGE), 1)
    number = min(max(number, 1), pages)
    some = select(Entry).where(*_of(visit, people)).order_by(*_LATEST).limit(PAGE).offset((number - 1) * PAGE)
    return db.session.scalars(some).all(), number, pages


_LATEST = Entry.day.desc(), Entry.id.desc()


def _of(visit: Visit, people: Sequence[int]) -> tuple[ColumnElement[bool], ...]:
    return Entry.run_id == visit.run.id, Entry.block == visit.block.id, Entry.person_id.in_(list(people))


def mine(visit: Visit, entry_id: int) -> Entry | None:
    """An entry of this person in this project."""
    found = db.session.get(Entry, entry_id)
    own = found is not None and (found.run_id, found.block, found.person_id) == (
        visit.run.id, visit.block.id, visit.person.id,
    )  # fmt: skip
    return found if own else None


def today(visit: Visit) -> date:
    """The day it is in the run."""
    return visit.now.astimezone(ZoneInfo(visit.run.timezone)).date()


def write(visit: Visit, day: date, text: str, entry: Entry | None = None) -> None:
    """A new entry, or `entry` changed. Raises BadInput for nothing, too much or a day that is not yet."""
    text = text.replace("\r\n", "\n").strip()
    if not text:
        raise BadInput(Message(mark("Write what you did.")))
    if len(text) > ENTRY_LENGTH:
        raise BadInput(Message(mark("An entry may have at most {most} characters."), {"most": ENTRY_LENGTH}))
    if day > today(visit):
        raise BadInput(Message(mark("This day is still to come.")))
    if entry is None:
        visit.lock("diary")
        if len(of(visit, [visit.person.id])) >= MOST_ENTRIES:
            raise BadInput(Message(mark("A diary has at most {most} entries of a person."), {"most": MOST_ENTRIES}))
        entry = Entry(run_id=visit.run.id, block=visit.block.id, person_id=visit.person.id)
        db.session.add(entry)
    entry.day, entry.text, entry.html, entry.at = day, text, render_untrusted(text), visit.now
    db.session.flush()


def remove(entry: Entry) -> None:
    """Take an entry out."""
    db.session.delete(entry)
    db.session.flush()
