"""How a file reaches a browser: as a download or, where the address asks so, as a page on which to look at it (`?look`), with
pictures of its pages (`?page=1`). The uploaded bytes themselves are never opened by the browser."""

from dataclasses import dataclass
from pathlib import Path

from flask import Response, abort, request, send_file
from flask.typing import ResponseReturnValue

from lms import ui
from lms.files import apart, rules
from lms.i18n import Message, mark
from lms.plugin import BadInput
from lms.site import Site
from lms.store import Store

SHOWN_TEXT = 200_000
"""Bytes of a text that are shown; all of it is in the download."""
SHOWN_PAGES = 40
"""Pages of a document that are shown."""
_TEXTS = frozenset({"text/plain", "text/markdown", "text/csv", rules.BYTES})


@dataclass(frozen=True)
class Sent:
    """A file that somebody may see: `name` is what it is called for them, `anonymous`: they may not know whose it is."""

    id: int
    name: str
    type: str
    sha256: str
    anonymous: bool
    block: tuple[str, str]
    """Title and address of the activity it belongs to ("" without a page)."""


def answer(site: Site, store: Store, file: Sent) -> ResponseReturnValue:
    """What the address asks for."""
    asked = request.args
    if ("look" in asked or "page" in asked) and file.type not in rules.LOOKED_AT:
        abort(404)
    try:
        if "page" in asked:
            return _picture(store, file, asked["page"])
        if "look" in asked:
            return _page(store, file)
        path, tag = _bytes(store, file)
    except FileNotFoundError:
        site.trouble("files", f"the bytes of file {file.id} ({file.sha256}) are missing")
        abort(404)
    except apart.Failed as failed:
        site.trouble("files", f"file {file.id}: {failed}")
        raise BadInput(Message(FAILED_TO_CLEAN if file.anonymous else FAILED_TO_SHOW, {"name": file.name})) from None
    return _safe(send_file(path.absolute(), mimetype=file.type, as_attachment=True, download_name=file.name, etag=tag))


FAILED_TO_CLEAN = mark(
    "“{name}” cannot be freed of properties that may tell whose it is, so it is not shown. Tell those who lead the course."
)
FAILED_TO_SHOW = mark("“{name}” cannot be shown here: download it to open it.")


def _bytes(store: Store, file: Sent) -> tuple[Path, str]:
    """What may be read of the file, and what tells this copy from others."""
    if file.anonymous:
        return apart.clean(store, file.sha256, file.type), f"{file.sha256}-clean-{apart.VERSION}"
    found = store.find(file.sha256)
    if found is None:
        raise FileNotFoundError(file.sha256)
    return found, file.sha256


def _safe(response: Response) -> Response:
    response.last_modified = None  # when a work was handed in may tell its reviewer whose it is
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _picture(store: Store, file: Sent, page: str) -> Response:
    known = page.isascii() and page.isdigit() and len(page) <= len(str(SHOWN_PAGES))
    if file.type in _TEXTS or not (known and 1 <= int(page) <= _pages(store, file)):
        abort(404)
    path = apart.draw(store, file.sha256, file.type, int(page))
    return _safe(send_file(path.absolute(), mimetype="image/webp", etag=path.name))


def _pages(store: Store, file: Sent) -> int:
    return min(SHOWN_PAGES, apart.count(store, file.sha256, file.type))


def _page(store: Store, file: Sent) -> ResponseReturnValue:
    text, more, pages = "", False, 0
    if file.type in _TEXTS:
        with _bytes(store, file)[0].open("rb") as stream:
            shown = stream.read(SHOWN_TEXT)
            more = bool(stream.read(1))
        text = shown.decode("utf-8", "ignore").removeprefix("\ufeff")
    else:
        count = apart.count(store, file.sha256, file.type)
        pages, more = min(SHOWN_PAGES, count), count > SHOWN_PAGES
    return ui.render("files/look.html", file=file, text=text, pages=pages, more=more, here=request.path)
