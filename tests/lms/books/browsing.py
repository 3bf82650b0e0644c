"""A real Chromium that looks at a site without a server: every request is answered by the site's own test client."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, Request, Route

from lms.db import db
from lms.testing import Browser

SITE = "http://localhost"


@contextmanager
def chromium_page(
    chromium: Chromium, browser: Browser | None = None, width: int = 1000
) -> Iterator[tuple[Page, list[str]]]:
    """A page, and the list of what it asks for outside of itself. With `browser`, its site answers at `SITE`, as that person."""
    asked: list[str] = []

    def note(request: Request) -> None:
        if not request.url.startswith(("data:", "blob:")):
            asked.append(request.url)

    def answer(route: Route) -> None:
        assert browser is not None
        parts = urlsplit(route.request.url)
        # playwright calls from a context of its own, where the stage's application is not in force: nothing to step out of
        address = parts.path + (f"?{parts.query}" if parts.query else "")
        response = browser.client.get(address, buffered=True)
        route.fulfill(status=response.status_code, headers=dict(response.headers), body=response.get_data())

    if browser is not None:
        db.session.remove()
    page = chromium.new_page(viewport={"width": width, "height": 1000})
    page.on("request", note)
    page.on("console", lambda message: asked.append(f"console: {message.text}") if message.type == "error" else None)
    if browser is not None:
        page.route(f"{SITE}/**", answer)
    yield page, asked
    page.close()
