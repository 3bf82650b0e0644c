"""Books of a run: what a member may read now, and no more. The same number of statements for a lesson and for a whole course."""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from courses.blocks import Block
from courses.embeds import without_players
from courses.glossary import linked
from courses.tree import Lesson, Module
from courses.variables import filled
from lms import wording
from lms.books.book import Book
from lms.books.making import date_line, sections
from lms.books.weave import COURSE
from lms.calendar.service import address_of
from lms.dates import Due, of_run
from lms.db import Query, as_utc
from lms.i18n import gettext as _
from lms.i18n import ngettext
from lms.people.rules import try_window
from lms.people.throttle import key_of, spend
from lms.publishing import service as publishing
from lms.served import value
from lms.site import Site
from lms.visit import RunVisit

_REVISION = Query("SELECT created_at FROM revision WHERE id = :revision")

FILES = 10
WINDOW = timedelta(minutes=10)
"""So many books may one person have made in a while: each costs as much as a hundred pages."""


def wait_before_book(site: Site, person_id: int) -> int:
    """Count a book made as a file; returns how many seconds this person has to wait, 0 when it may be made."""
    return int(spend(site, key_of("book", str(person_id)), _rule).total_seconds())


def _rule(count: int, until: datetime, now: datetime) -> tuple[int, datetime, timedelta]:
    return try_window(count, until, now, FILES, WINDOW)


class Member:
    """A member of a run as a reader of a book."""

    def __init__(self, visit: RunVisit) -> None:
        self.visit = visit

    def locked(self, item: str) -> tuple[str, ...]:
        """Learners read what is open to them now; staff and authors read everything."""
        verdict = self.visit.verdicts[item]
        return () if verdict.open else tuple(self.visit.unlock(verdict))

    @cached_property
    def _dues(self) -> Mapping[str, Sequence[Due]]:
        found: dict[str, list[Due]] = defaultdict(list)
        for due in of_run(self.visit.site, self.visit.run):
            found[due.block].append(due)
        return found

    def dates(self, block: Block[Any]) -> tuple[str, ...]:
        """The run's dates in the reader's zone."""
        zone = self.visit.person.timezone
        return tuple(
            date_line(block, due.title, wording.instant(due.start, zone), due.end is not None)
            for due in self._dues.get(block.id, ())
        )

    def address(self, block: Block[Any]) -> str:
        """Its page, or its place in its lesson."""
        return self.visit.site.url(address_of(self.visit.site, self.visit.run, block.id))  # type: ignore[no-any-return]

    def html(self, text: str) -> str:
        """With the run's own values; links stay as they were published, as a book decides for itself where they lead."""
        return filled(linked(without_players(text)), lambda name, words: value(name, self.visit) or words)


def book(visit: RunVisit, wanted: Sequence[tuple[Module, Sequence[Lesson]]]) -> Book:
    """These lessons as a book for this member, in the language in force. Three statements, and one for the lessons that were not
    read before."""
    course, run, site = visit.course, visit.run, visit.site
    reader = Member(visit)
    open_now = [lesson.id for _module, lessons in wanted for lesson in lessons if visit.verdicts[lesson.id].open]
    texts = site.library.lessons(run.revision_id, course.language, open_now)
    modified = as_utc(_REVISION.first(revision=run.revision_id).created_at)
    assert modified is not None, "a revision knows when it was made"
    found = sections(course, wanted, texts, site.registry.kinds, reader)
    closed = any(
        chapter.locked or any(box.locked for box in chapter.boxes) for part in found for chapter in part.chapters
    )
    return Book(
        identifier=f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, site.url(run.base) + course.language)}",
        title=course.title, language=course.language, modified=modified, authors=course.authors, summary=course.summary,
        html=reader.html(course.description_html), license=course.license, tags=course.tags,
        facts=_facts(visit, closed), sections=found,
    )  # fmt: skip


def _facts(visit: RunVisit, closed: bool) -> tuple[str, ...]:
    course, run = visit.course, visit.run
    when = _("from {start}", start=wording.day(run.starts_on))
    if run.ends_on:
        when = _("{start} – {end}", start=wording.day(run.starts_on), end=wording.day(run.ends_on))
    lines = [
        ngettext("{n} academic hour", "{n} academic hours", int(course.hours)) if course.hours else "",
        f"{run.title}: {when}" if run.title else when,
        _("Times are those of this place: {city}", city=wording.city(visit.person.timezone)),
        visit.site.url(run.base),
        course.license,
        _("What was not open to you yet is named here with what opens it; make the book again later.")
        if closed
        else "",
    ]
    return tuple(line for line in lines if line)


def outside(visit: RunVisit, path: str) -> str | None:
    """The address of something that is not in the book."""
    if path.startswith(COURSE):
        path = visit.run.base + path.removeprefix(COURSE)
    return visit.site.url(path)  # type: ignore[no-any-return]


def find_file(site: Site, name: str) -> Path | None:
    """A picture or file of a published course by its name."""
    found = publishing.media_file(site, name)
    return found.path if found else None
