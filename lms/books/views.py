"""A lesson, a module or a course to print; a course as a file to read without the site."""

from collections.abc import Sequence
from functools import partial
from io import BytesIO

from flask import Response, abort, send_file
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from courses.tree import Lesson, Module
from lms.books import epub, service, single
from lms.books.book import Book
from lms.books.leaves import chapter_leaf, leaves, render
from lms.books.markup import inner
from lms.books.pictures import Album
from lms.books.weave import Leaf, anchors, bind
from lms.i18n import LANGUAGES, language, speaking
from lms.plugin import MEMBER, Pages
from lms.visit import RunVisit

pages = Pages("books")

MOST_ON_A_PAGE = 1_000_000
"""Characters of text on one printable page: beyond that browsers become slow, and a module at a time is better."""


class Sheet:
    """A printable page: pictures and everything that is not on it come from the site."""

    def __init__(self, visit: RunVisit) -> None:
        self.visit = visit

    def place(self, leaf: str, anchor: str, here: str) -> str:
        """An anchor of the same page."""
        return f"#{anchor}"

    def picture(self, name: str) -> str | None:
        """The picture as the lesson has it."""
        return f"/media/{name}"

    def outside(self, path: str) -> str | None:
        """An address on the site, absolute: it is printed."""
        return service.outside(self.visit, path)


def _whole(visit: RunVisit) -> list[tuple[Module, Sequence[Lesson]]]:
    return [(module, module.lessons) for module in visit.course.modules]


def _sheet(visit: RunVisit, found: Book, parts: Sequence[Leaf], back: str) -> ResponseReturnValue:
    known, binding = anchors(parts), Sheet(visit)
    # the first leaf has the page's heading, the others stand below it as they do in the book
    body = [inner(bind(leaf, known, binding, shift=leaf.depth - parts[0].depth, unfold=True)) for leaf in parts]
    return visit.page(
        "books/sheet.html", title=parts[0].title, language=found.language, back=back,
        contents=Markup(render("_contents.html", book=found)) if len(parts) > 2 else "",  # noqa: S704 - it escapes
        leaves=[Markup(part) for part in body],  # noqa: S704 - cleaned when it was bound
    )  # fmt: skip


@pages.get("/courses/<course>/<module>/<lesson>/print", MEMBER)
def lesson(visit: RunVisit, module: str, lesson: str) -> ResponseReturnValue:
    """One lesson to print."""
    item = visit.outline.items.get(lesson)
    if item is None or item.kind != "lesson" or item.module != module:
        abort(404)
    visit.stay_within(module)
    verdict = visit.verdicts[lesson]
    if not verdict.open:
        return visit.locked_page(item.title, verdict), 403
    found = service.book(visit, [(visit.outline.modules[module], [visit.course.lesson(lesson)])])
    chapter = found.sections[0].chapters[0]
    return _sheet(visit, found, [chapter_leaf(chapter, codes=True)], visit.run.base + item.path)


@pages.get("/courses/<course>/<module>/print", MEMBER)
def module(visit: RunVisit, module: str) -> ResponseReturnValue:
    """One module to print, with the lessons that are open."""
    wanted = visit.outline.modules.get(module)
    if wanted is None:
        abort(404)
    found = service.book(visit, [(wanted, wanted.lessons)])
    return _sheet(visit, found, leaves(found, codes=True)[1:], f"{visit.run.base}#{module}")


@pages.get("/courses/<course>/print", MEMBER)
def course(visit: RunVisit) -> ResponseReturnValue:
    """The whole course to print, or its modules one by one where it would be too long for a page."""
    found = service.book(visit, _whole(visit))
    if found.size > MOST_ON_A_PAGE:
        return visit.page("books/too_long.html", modules=visit.course.modules)
    return _sheet(visit, found, leaves(found, codes=True), visit.run.base)


@pages.get("/courses/<course>/book.html", MEMBER)
def as_html(visit: RunVisit) -> ResponseReturnValue:
    """The whole course as one HTML file."""
    return _file(visit, "html")


@pages.get("/courses/<course>/book.epub", MEMBER)
def as_epub(visit: RunVisit) -> ResponseReturnValue:
    """The whole course as an EPUB."""
    return _file(visit, "epub")


def _file(visit: RunVisit, form: str) -> ResponseReturnValue:
    wait = service.wait_before_book(visit.site, visit.person.id)
    if wait:
        response = Response(visit.page("books/too_many.html", minutes=-(-wait // 60)), 429, mimetype="text/html")
        response.headers["Retry-After"] = str(wait)
        return response
    target = BytesIO()
    with speaking(visit.course.language if visit.course.language in LANGUAGES else language()):
        found = service.book(visit, _whole(visit))
        album = Album(partial(service.find_file, visit.site))
        elsewhere = partial(service.outside, visit)
        if form == "epub":
            epub.write(found, album, elsewhere, target)
        else:
            target.write(single.write(found, album, elsewhere))
    target.seek(0)
    kinds = {"epub": "application/epub+zip", "html": "text/html"}
    response = send_file(
        target, mimetype=kinds[form], as_attachment=True, download_name=f"{visit.run.course_slug}.{form}"
    )
    del response.headers["Cache-Control"]  # it is as personal as any page: nobody keeps it
    return response
