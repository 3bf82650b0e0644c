"""A whole course as one HTML file: it opens from a disk, asks nobody for anything and runs nothing."""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from html import escape
from pathlib import Path

from lms.books.book import Book
from lms.books.leaves import leaves, render
from lms.books.markup import inner
from lms.books.pictures import Album
from lms.books.weave import anchors, bind

Outside = Callable[[str], str | None]


@lru_cache(maxsize=1)
def style() -> str:
    """The style sheet of books."""
    return (Path(__file__).parent / "book.css").read_text("utf-8")


@dataclass(frozen=True)
class File:
    """Everything stands in one file."""

    album: Album
    elsewhere: Outside

    def place(self, leaf: str, anchor: str, here: str) -> str:
        """An anchor of the same page."""
        return f"#{anchor}"

    def picture(self, name: str) -> str | None:
        """The picture itself."""
        found = self.album.take(name)
        return found.as_data if found else None

    def outside(self, path: str) -> str | None:
        """An address on the site."""
        return self.elsewhere(path)


def write(book: Book, album: Album, outside: Outside) -> bytes:
    """The book as one HTML file, in UTF-8."""
    pages = leaves(book)
    known = anchors(pages)
    file = File(album, outside)
    sheet = style()
    digest = b64encode(sha256(sheet.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
    parts = [inner(bind(page, known, file, shift=page.depth)) for page in pages]
    head = (
        f'<!doctype html>\n<html lang="{escape(book.language)}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="referrer" content="no-referrer">\n'
        f"<title>{escape(book.title)}</title>\n<style>{sheet}</style>\n</head>\n"
    )
    contents = render("_contents.html", book=book)
    body = f"<main>\n{parts[0]}\n{contents}\n" + "\n".join(parts[1:]) + "\n</main>\n"
    return f'{head}<body class="file">\n{body}</body>\n</html>\n'.encode()
