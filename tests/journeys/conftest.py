"""A site that really serves, browsers that really look, and a witness that notes everything that must not happen."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

from lms.db import db
from lms.testing import Stage
from tests.bench.served import free_port, on_loopback

DESK = {"width": 1280, "height": 900}
PHONE = {"width": 360, "height": 740}

WITNESS = """
window.__violations = [];
document.addEventListener('securitypolicyviolation', event => window.__violations.push(event.violatedDirective + ' ' + event.blockedURI));
"""


class Mailbox:
    """A real SMTP server on loopback that keeps what it gets."""

    def __init__(self) -> None:
        self.letters: list[Any] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        from email import message_from_bytes, policy

        self.letters.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"

    def text_to(self, address: str) -> str:
        """The plain text of the latest letter to an address."""
        letter = [letter for letter in self.letters if address in str(letter["To"])][-1]
        return str(letter.get_body(("plain",)).get_content())


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, str]]:
    """The box and its smtp:// address."""
    box = Mailbox()
    port = free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield box, f"smtp://127.0.0.1:{port}"
    controller.stop()


class Person:
    """Somebody at a browser. Texts are given in English and looked for in the person's language."""

    def __init__(self, town: "Town", context: BrowserContext, language: str, name: str) -> None:
        self.town = town
        self.context = context
        self.language = language
        self.name = name
        self.account = ("", "")
        """Mail and password, once they have signed in."""
        self.page: Page = context.new_page()
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: town.troubles.append(f"{name}: script: {error}"))
        self.page.on("request", self._request)

    def _console(self, message: Any) -> None:
        if message.type == "error" and "status of 4" not in message.text:
            self.town.troubles.append(f"{self.name}: console at {self.page.url}: {message.text}")

    def _request(self, request: Any) -> None:
        if not request.url.startswith((self.town.base, "data:", "blob:")):
            self.town.troubles.append(f"{self.name}: {self.page.url} asks outside: {request.url}")

    def t(self, text: str, **values: Any) -> str:
        """A text of the interface in this person's language."""
        found = self.town.stage.site.catalogues[self.language].gettext(text)
        assert self.language == "en" or found != text, f"{text!r} is no text of the interface"
        return found.format(**values) if values else found

    def go(self, path: str) -> "Person":
        """Open a page and look at it."""
        self.page.goto(self.town.base + path)
        return self.look()

    def click(self, text: str, role: str = "button", **values: Any) -> "Person":
        """Press a button or follow a link of the interface by its words, and look at what comes."""
        return self.press(self.t(text, **values), role)

    def press(self, words: str, role: str = "link") -> "Person":
        """The same by somebody's own words: a title, a name."""
        self.page.get_by_role(role, name=words, exact=True).first.click()  # type: ignore[arg-type]  # a role
        self.page.wait_for_load_state()
        return self.look()

    def fill(self, name: str, value: str) -> "Person":
        """Write into the field of this name."""
        self.page.locator(f'[name="{name}"]:visible').first.fill(value)
        return self

    def look(self) -> "Person":
        """What must hold on every page of the way: axe is content, nothing was stopped or asked outside, it fits."""
        page = self.page
        address = re.sub(r"\d+|[A-Za-z0-9_-]{20,}", "N", page.url.removeprefix(self.town.base).partition("?")[0])
        self.town.troubles += [
            f"{self.name}: CSP at {address}: {each}" for each in page.evaluate("window.__violations || []")
        ]
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth + 1"):
            self.town.troubles.append(f"{self.name}: {address} scrolls sideways at {page.viewport_size}")
        shape = (address, self.language, (page.viewport_size or DESK)["width"], page.locator("main").inner_text()[:80])
        if shape not in self.town.seen:
            self.town.seen.add(shape)
            found = Axe().run(
                page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}
            )
            for each in found.response["violations"]:
                if each["impact"] in ("serious", "critical"):
                    nodes = [node["html"][:160] for node in each["nodes"]]
                    self.town.troubles.append(f"{self.name}: axe at {address}: {each['id']}: {nodes}")
            if self.town.pictures is not None:
                self.town.picture(page, address)
        return self

    def sees(self, text: str, **values: Any) -> "Person":
        """A text of the interface is on the page."""
        return self.reads(self.t(text, **values))

    def reads(self, text: str) -> "Person":
        """Somebody's own words are on the page."""
        shown = self.page.locator("body").inner_text()
        assert text in shown, f"{self.name} does not read {text!r} on {self.page.url}:\n{shown}"
        return self


class Town:
    """One site under a real server, with everyone who uses it."""

    def __init__(self, stage: Stage, base: str, browser: Browser, mailbox: Mailbox, pictures: Any = None) -> None:
        self.stage = stage
        self.base = base
        self.browser = browser
        self.mailbox = mailbox
        self.pictures = pictures
        self.troubles: list[str] = []
        self.seen: set[tuple[Any, ...]] = set()

    def person(self, name: str, language: str, viewport: dict[str, int] = DESK) -> Person:
        """A new browser for somebody."""
        context = self.browser.new_context(
            viewport=viewport,
            locale="ru-RU" if language == "ru" else "en-GB",
            is_mobile=viewport is PHONE,
            has_touch=viewport is PHONE,  # type: ignore[arg-type]  # a size
        )
        context.set_default_timeout(10_000)
        context.add_init_script(WITNESS)
        return Person(self, context, language, name)

    def picture(self, page: Page, address: str) -> None:
        """Keep a picture of a page for people to look at."""
        width = (page.viewport_size or DESK)["width"]
        name = re.sub(r"[^a-z0-9]+", "-", address.lower()).strip("-") or "home"
        language = page.evaluate("document.documentElement.lang")
        path = self.pictures / f"{name}-{language}-{width}.png"
        if not path.exists():
            page.screenshot(path=path, full_page=True)

    @contextmanager
    def later(self, **by: float) -> Iterator[None]:
        """Time passes, and the site notices."""
        self.stage.move(**by)
        self.tick()
        yield

    def tick(self) -> None:
        """The site looks at the clock: phases, reminders, letters."""
        self.stage.tick()
        db.session.remove()

    def all_is_well(self) -> None:
        """Nothing happened that must not."""
        assert self.troubles == [], "\n".join(self.troubles)
        assert list(self.stage.site.troubles) == []


@pytest.fixture
def town(
    stage_factory: Callable[..., Stage], browser: Browser, mailbox: tuple[Mailbox, str], request: pytest.FixtureRequest
) -> Iterator[Town]:
    """A site served by the product's own server on loopback."""
    import os
    from pathlib import Path

    port = free_port()
    box, mail_url = mailbox
    base = f"http://127.0.0.1:{port}"
    stage = stage_factory(base_url=base, mail_url=mail_url, mail_from="lms@school.example")
    pictures = None
    if os.environ.get("LMS_TEST_PICTURES"):
        pictures = Path(os.environ["LMS_TEST_PICTURES"])
        pictures.mkdir(parents=True, exist_ok=True)
    with on_loopback(stage.app, port):
        yield Town(stage, base, browser, box, pictures)
        for context in browser.contexts:
            context.close()
