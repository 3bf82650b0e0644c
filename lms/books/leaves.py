"""A book put into words and HTML: the title page, a leaf for every module and every lesson, activities as boxes in them."""

from base64 import b64encode
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from lms import wording
from lms.books.book import Book, Box, Chapter, Section
from lms.books.weave import Leaf
from lms.i18n import gettext, ngettext


@lru_cache(maxsize=1)
def _environment() -> Environment:
    # its own, because a book can be made without a site; texts are looked up when they are needed, in the language in force
    found = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, auto_reload=False,
    )  # fmt: skip
    found.globals.update(_=gettext, ngettext=ngettext, course_html=course_html, qr=qr)
    found.filters.update(number=wording.number)
    return found


def course_html(text: str) -> Markup:
    """HTML of the course, sanitised at publishing, and once more when the leaf is bound."""
    return Markup(text)  # noqa: S704 - as said


def render(template: str, **context: object) -> str:
    """A template of this folder."""
    return _environment().get_template(f"books/{template}").render(**context)


@lru_cache(maxsize=256)
def qr(address: str) -> str:
    """An address as a QR code, for paper, as the address of a picture."""
    import segno  # noqa: PLC0415 - only printable pages of a site need it

    drawn = segno.make(address, micro=False, error="m").svg_inline(scale=2, border=2, omitsize=True)
    picture = drawn.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    return "data:image/svg+xml;base64," + b64encode(picture.encode()).decode()


def title_leaf(book: Book) -> Leaf:
    """The title page."""
    return Leaf("book", book.title, 0, render("_title.html", book=book))


def section_leaf(section: Section) -> Leaf:
    """A module's title and description."""
    return Leaf(f"m-{section.id}", section.title, 1, render("_section.html", section=section))


def chapter_leaf(chapter: Chapter, *, codes: bool = False) -> Leaf:
    """A lesson with its activities; with `codes` their addresses stand there as QR codes too."""
    body = [
        render("_box.html", box=part, codes=codes) if isinstance(part, Box) else course_html(part)
        for part in chapter.parts
    ]
    html = render("_chapter.html", chapter=chapter, body=[course_html(part) for part in body])
    return Leaf(f"l-{chapter.id}", chapter.title, 2, html, chapter.id, tuple(box.id for box in chapter.boxes))


def leaves(book: Book, *, codes: bool = False) -> list[Leaf]:
    """All of a book in order."""
    found = [title_leaf(book)]
    for section in book.sections:
        found.append(section_leaf(section))
        found += [chapter_leaf(chapter, codes=codes) for chapter in section.chapters]
    return found
