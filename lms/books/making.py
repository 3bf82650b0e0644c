"""A course as a book for one reader: what is open to them, dates and addresses in their words."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from courses.blocks import Block, BlockKind
from courses.criteria import Criteria
from courses.tree import Course, Lesson, Module
from lms.books.book import Box, Chapter, Section
from lms.i18n import gettext as _
from lms.plugin import Activity

log = logging.getLogger("lms")


class Stretch(Protocol):
    """A stretch of a lesson: course HTML, or the id of the activity that stands here."""

    @property
    def html(self) -> str: ...
    @property
    def block(self) -> str: ...


class Reader(Protocol):
    """Who the book is for."""

    def locked(self, item: str) -> tuple[str, ...]:
        """What opens a lesson or an activity, in sentences; nothing when it is open."""

    def dates(self, block: Block[Any]) -> tuple[str, ...]:
        """The dates of an activity, a line each."""

    def address(self, block: Block[Any]) -> str:
        """Where it is done, "" without a site."""

    def html(self, text: str) -> str:
        """Course HTML with what the reader's run fills in; its links still begin at `/@course/`."""


Texts = Mapping[str, Sequence[Stretch]]
"""The text of lessons by id."""


def sections(
    course: Course, wanted: Iterable[tuple[Module, Sequence[Lesson]]], texts: Texts, kinds: Mapping[str, BlockKind[Any]],
    reader: Reader,
) -> tuple[Section, ...]:  # fmt: skip
    """The modules with the lessons that are wanted of each."""
    return tuple(
        Section(
            module.id, module.title, reader.html(module.description_html),
            tuple(_chapter(course, lesson, texts.get(lesson.id, ()), kinds, reader) for lesson in lessons),
        )
        for module, lessons in wanted
    )  # fmt: skip


def _chapter(
    course: Course, lesson: Lesson, text: Sequence[Stretch], kinds: Mapping[str, BlockKind[Any]], reader: Reader
) -> Chapter:
    if locked := reader.locked(lesson.id):
        return Chapter(lesson.id, lesson.title, locked=locked)
    parts = tuple(
        _box(course.block(part.block), kinds, reader) if part.block else reader.html(part.html) for part in text
    )
    return Chapter(lesson.id, lesson.title, lesson.minutes, lesson.objectives, parts)


def _box(block: Block[Any], kinds: Mapping[str, BlockKind[Any]], reader: Reader) -> Box:
    kind = kinds.get(block.kind)
    name = _(kind.title) if isinstance(kind, Activity) else _("Activity")
    if locked := reader.locked(block.id):
        return Box(block.id, block.title, name, locked=locked)
    brief, criteria = "", None
    if kind is not None:
        try:
            brief = kind.brief(block)
            criteria = getattr(kind.settings_of(block), "criteria", None)
        except Exception:
            # one broken activity must not take the book away
            log.exception("the activity %s has nothing for a book", block.kind)
    return Box(
        block.id, block.title, name, int(block.settings.get("minutes") or 0), reader.html(brief),
        criteria if isinstance(criteria, Criteria) else None, reader.dates(block), reader.address(block),
    )  # fmt: skip


def date_line(block: Block[Any], title: str, when: str, meets: bool) -> str:
    """A line for a meeting or for a last moment; `title` is the date's own."""
    own = title.removeprefix(block.title).removeprefix(": ")
    if meets:
        return f"{own}: {when}" if own else when
    return _("{what}: until {when}", what=own, when=when) if own else _("Until {when}", when=when)
