"""`lms book`: a folder as a book, without a site."""

import os
import sys
import uuid
from collections.abc import Mapping
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from courses.blocks import Block, BlockKind
from courses.embeds import without_players
from courses.glossary import linked
from courses.load import Loaded, load
from courses.moments import Moment
from courses.tree import Course
from lms import wording
from lms.books import epub, single
from lms.books.book import Book
from lms.books.making import Reader, date_line, sections
from lms.books.pictures import Album
from lms.checking.command import installed_kinds
from lms.checking.report import placed, written
from lms.cli import say, speak
from lms.i18n import LANGUAGES, ngettext, set_language
from lms.i18n import gettext as _

FORMATS = ("epub", "html")


class Anybody:
    """Nobody in particular: everything is open, dates are as they are written, there is no address."""

    def __init__(self, course: Course) -> None:
        self.course = course

    def locked(self, item: str) -> tuple[str, ...]:
        """Nothing is locked outside of a run."""
        return ()

    def dates(self, block: Block[Any]) -> tuple[str, ...]:
        """The dates of an activity; those counted from the start of a run stay so."""
        return tuple(
            date_line(block, due.title, moment_words(due.moment, self.course.timezone), due.end is not None)
            for due in self.course.deadlines
            if due.item.partition(".")[0] == block.id
        )

    def address(self, block: Block[Any]) -> str:
        """There is no site."""
        return ""

    def html(self, text: str) -> str:
        """The text as it is: for what a run would fill in it has words of its own."""
        return linked(without_players(text))


def moment_words(moment: Moment, timezone: str) -> str:
    """A moment as people say it, without a run to count from."""
    if not moment.is_relative:
        found = moment.resolve(date(2000, 1, 1), ZoneInfo(timezone))
        return wording.instant(found, timezone) if moment.has_time else wording.day(found, timezone)
    unit, number, *clock = str(moment).split()
    words = _("day {number} of the course") if unit == "day" else _("week {number} of the course")
    return ", ".join([words.format(number=number), *clock])


def book_of(course: Course, modified: datetime, kinds: Mapping[str, BlockKind[Any]]) -> Book:
    """A loaded course as a book."""
    reader: Reader = Anybody(course)
    texts = {lesson.id: lesson.body for lesson in course.lessons()}
    wanted = [(module, module.lessons) for module in course.modules]
    hours = ngettext("{n} academic hour", "{n} academic hours", int(course.hours)) if course.hours else ""
    return Book(
        identifier=f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'course:{course.id}:{course.language}')}",
        title=course.title, language=course.language, modified=modified, authors=course.authors, summary=course.summary,
        html=course.description_html, license=course.license, tags=course.tags,
        facts=tuple(line for line in (hours, course.license) if line), sections=sections(course, wanted, texts, kinds, reader),
    )  # fmt: skip


def made(course: Course, loaded: Loaded, modified: datetime, kinds: Mapping[str, BlockKind[Any]], form: str) -> bytes:
    """A loaded course as a file."""
    album, whole = Album(loaded.files.get), book_of(course, modified, kinds)
    if form == "html":
        return single.write(whole, album, nowhere)
    target = BytesIO()
    epub.write(whole, album, nowhere, target)
    return target.getvalue()


def nowhere(path: str) -> None:
    """Where the rest of the site is, without a site."""


def written_at(folder: Path, loaded: Loaded) -> datetime:
    """The moment a folder's text is of: SOURCE_DATE_EPOCH where it is set, else that of the file changed last."""
    if epoch := os.environ.get("SOURCE_DATE_EPOCH", ""):
        try:
            return datetime.fromtimestamp(int(epoch), UTC)
        except (ValueError, OverflowError, OSError):
            raise click.UsageError(_("SOURCE_DATE_EPOCH must be a number of seconds.")) from None
    files = [*folder.rglob("*.md"), *loaded.files.values()]
    return datetime.fromtimestamp(int(max(file.stat().st_mtime for file in files)), UTC)


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--format", "form", type=click.Choice(FORMATS), default="epub", show_default=True, help="What to make.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
    help="The file to write; -: to standard output.",
)
@click.option(
    "--language", "tongue", type=click.Choice(list(LANGUAGES)), help="Which translation; default: the original."
)
def book(folder: Path, form: str, out: Path | None, tongue: str | None) -> None:
    """Make a book of a course, to read without a site: an EPUB for e-readers, or one HTML file.

    All lessons are in it; answers to questions are not. A course with errors makes no book. The same files of the same dates make
    the same book, byte by byte; SOURCE_DATE_EPOCH says another date.

    \b
    Example:
      lms book content/network-community --format html --language en
    """
    kinds = installed_kinds()
    speak()
    loaded = load(folder, kinds)
    if loaded.course is None:
        for line in written(list(placed(loaded.errors, folder)), "text"):
            click.echo(line, err=True)
        say(_("{folder} has errors, so there is no book.", folder=folder))
        sys.exit(1)
    course = loaded.course
    if tongue and tongue != course.language:
        if tongue not in loaded.translations:
            raise click.UsageError(_("The course is not written in this language: {language}", language=tongue))
        course = loaded.translations[tongue]
    set_language(course.language)
    name = out or Path(f"{course.id}.{form}")
    with click.open_file(str(name), "wb") as file:
        file.write(made(course, loaded, written_at(folder, loaded), kinds, form))
    if str(name) != "-":
        say(str(name))
