"""A course as an EPUB 3: a file a lesson, a table of contents, pictures, what e-readers and libraries ask to know.

The same book of the same moment is the same file byte by byte: order, dates and names in the archive follow from the book.
It keeps to EPUB 3.2 and 3.3 at once; for old e-readers there is also the table of contents of EPUB 2.
"""

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import IO
from xml.etree.ElementTree import Element

from markupsafe import Markup

from lms.books.book import Book
from lms.books.leaves import course_html, leaves, render
from lms.books.markup import inner
from lms.books.pictures import CORE, Album
from lms.books.single import Outside, style
from lms.books.strict import strict
from lms.books.weave import Leaf, anchors, bind
from lms.i18n import gettext as _

FOLDER = "EPUB"
EARLIEST = datetime(1980, 1, 1, tzinfo=UTC)
"""No archive can say an earlier date."""


@dataclass(frozen=True)
class Package:
    """Every leaf is a file of its own."""

    album: Album
    elsewhere: Outside

    def place(self, leaf: str, anchor: str, here: str) -> str:
        """The file, and the place in it."""
        file = "" if leaf == here else name_of(leaf)
        return f"{file}#{anchor}" if anchor != leaf or not file else file

    def picture(self, name: str) -> str | None:
        """A file in the package."""
        found = self.album.take(name)
        return f"media/{found.name}" if found else None

    def outside(self, path: str) -> str | None:
        """An address on the site."""
        return self.elsewhere(path)


def name_of(leaf: str) -> str:
    """The file a leaf is in."""
    return f"{leaf}.xhtml"


@dataclass(frozen=True)
class Page:
    """A leaf as it is written: XHTML, which of formulas, drawings and pictures it holds, and whether one is not described."""

    leaf: Leaf
    content: Markup
    holds: frozenset[str]
    undescribed: bool

    @property
    def properties(self) -> str:
        """What the manifest says of it."""
        return " ".join(name for name, tag in (("mathml", "math"), ("svg", "svg")) if tag in self.holds)


def write(book: Book, album: Album, outside: Outside, target: IO[bytes]) -> None:
    """Write the book as an EPUB to a file that is open for writing."""
    found = leaves(book)
    known, package = anchors(found), Package(album, outside)
    pages = [_page(leaf, bind(leaf, known, package, unfold=True)) for leaf in found]
    needs_fallback = any(picture.type not in CORE for picture in album.taken())
    context = {
        "book": book, "pages": pages, "pictures": album.taken(), "core": CORE, "needs_fallback": needs_fallback,
        "modified": book.modified.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), "accessibility": _accessibility(pages),
        "contents": _("Contents"), "name_of": name_of,
    }  # fmt: skip
    stamp = max(book.modified.astimezone(UTC), EARLIEST).timetuple()[:6]
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:

        def put(name: str, content: str | bytes, method: int = zipfile.ZIP_DEFLATED) -> None:
            entry = zipfile.ZipInfo(name, stamp)
            entry.compress_type, entry.create_system, entry.external_attr = method, 3, 0o644 << 16
            archive.writestr(entry, content)

        put("mimetype", "application/epub+zip", zipfile.ZIP_STORED)
        put("META-INF/container.xml", render("container.xml"))
        for name in ("package.opf", "nav.xhtml", "toc.ncx"):
            put(f"{FOLDER}/{name}", render(f"{name}.xml", **context))
        put(f"{FOLDER}/book.css", style())
        for page in pages:
            put(f"{FOLDER}/{name_of(page.leaf.id)}", render("page.xhtml.xml", book=book, page=page))
        for picture in album.taken():
            put(f"{FOLDER}/media/{picture.name}", picture.content, zipfile.ZIP_STORED)
        if needs_fallback:
            words = _("This e-reader cannot show the picture.")
            put(f"{FOLDER}/media/no-picture.svg", render("no-picture.svg.xml", words=words))


TYPES = {0: "titlepage", 1: "part", 2: "chapter"}
"""What a leaf is called in the vocabulary of EPUB, by its depth."""


def _page(leaf: Leaf, root: Element) -> Page:
    strict(root)
    _notes(root)
    root[0].set("epub:type", TYPES[leaf.depth])
    tags = {element.tag for element in root.iter()}
    undescribed = any(not image.attrib.get("alt") for image in root.iter("img"))
    return Page(leaf, course_html(inner(root, xml=True)), frozenset(tags & {"math", "svg", "img"}), undescribed)


def _notes(root: Element) -> None:
    """Footnotes as e-readers know them, so that one opens over the text."""
    for link in root.iter("a"):
        names = link.attrib.get("class", "").split()
        if "footnote-ref" in names:
            link.set("epub:type", "noteref")
            link.set("role", "doc-noteref")
        elif "footnote-backref" in names:
            link.set("role", "doc-backlink")
    for notes in root.iter("div"):
        if "footnote" in notes.attrib.get("class", "").split():
            for note in notes.iter("li"):
                note.set("epub:type", "footnote")


def _accessibility(pages: Sequence[Page]) -> list[tuple[str, str]]:
    """What libraries show to those who look for books they can read: names and values of schema.org."""
    seen = frozenset[str]().union(*(page.holds for page in pages))
    pictures, formulas = bool(seen & {"img", "svg"}), "math" in seen
    described = not any(page.undescribed for page in pages)
    found = [("accessMode", "textual")]
    if pictures:
        found.append(("accessMode", "visual"))
    found.append(("accessModeSufficient", "textual" if described else "textual,visual"))
    features = ["tableOfContents", "readingOrder", "structuralNavigation", "displayTransformability"]
    features += ["alternativeText"] if pictures and described else []
    features += ["MathML"] if formulas else []
    found += [("accessibilityFeature", feature) for feature in features]
    words = _("Text with headings and a table of contents.")
    if pictures:
        words += " " + (_("All pictures are described.") if described else _("Some pictures are not described."))
    if formulas:
        words += " " + _("Formulas can be read aloud.")
    return [*found, ("accessibilityHazard", "none"), ("accessibilitySummary", words)]
