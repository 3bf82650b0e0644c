"""One HTML file: opened from a disk in a real browser it asks for nothing, and fits a phone."""

import re
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from courses.load import Loaded, load
from lms.books import single
from lms.books.command import book_of, made, nowhere
from lms.books.pictures import Album
from lms.checking.command import installed_kinds
from tests.lms.books.browsing import chromium_page
from tests.lms.books.conftest import KINDS, MOMENT, book

CONTENT = Path(__file__).parents[3] / "content"


def own(language: str) -> bytes:
    """Our own course as a file."""
    found = load(CONTENT / "network-community", installed_kinds())
    assert found.course is not None
    course = {found.course.language: found.course, **found.translations}[language]
    return made(course, found, MOMENT, installed_kinds(), "html")


def test_it_opens_from_a_disk_and_asks_for_nothing(loaded: Loaded, browser: Browser, tmp_path: Path) -> None:
    files = {"everything": book(loaded, "html"), "ru": own("ru"), "en": own("en")}
    for width in (1000, 360):
        with chromium_page(browser, width=width) as (page, asked):
            for name, content in files.items():
                target = tmp_path / f"{name}.html"
                target.write_bytes(content)
                asked.clear()
                page.goto(target.as_uri())
                page.wait_for_load_state()
                assert asked == [target.as_uri()]
                # nothing sticks out, and every picture was drawn
                assert page.evaluate("document.documentElement.scrollWidth") == width
                lost = "[...document.images].filter(image => !image.complete || !image.naturalWidth).map(image => image.alt)"
                assert page.evaluate(lost) == []
                # the style sheet is in force, though the content policy lets in no other
                assert page.evaluate("getComputedStyle(document.querySelector('.activity')).borderLeftWidth") == "5px"


def test_it_holds_nothing_that_could_run_or_be_fetched(loaded: Loaded) -> None:
    text = book(loaded, "html").decode()
    assert re.findall(r"<(script|iframe|object|embed|form|input|link|base|video|audio)\b", text) == []
    assert [
        address[:10] for address in re.findall(r'\ssrc="([^"]*)"', text) if not address.startswith("data:image/")
    ] == []
    assert re.findall(r"\s(?:on\w+|style)=", text) == []
    assert re.findall(r"url\(|@import", text) == []
    policy = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)
    assert len(policy) == 1
    assert re.sub(r"sha256-[\w+/=]+", "sha256-…", policy[0]) == (
        "default-src 'none'; style-src 'sha256-…'; img-src data:; base-uri 'none'; form-action 'none'"
    )


def test_every_id_is_one_of_a_kind_and_every_link_within_finds_it(loaded: Loaded) -> None:
    text = book(loaded, "html").decode()
    ids = re.findall(r'\sid="([^"]*)"', text)
    assert len(ids) == len(set(ids))
    assert [anchor for anchor in re.findall(r'href="#([^"]*)"', text) if anchor not in ids] == []


def test_headings_stand_below_each_other(loaded: Loaded) -> None:
    levels = [int(level) for level in re.findall(r"<h([1-6])\b", book(loaded, "html").decode())]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert [pair for pair in pairwise(levels) if pair[1] > pair[0] + 1] == []


def test_footnotes_stand_at_the_end_of_their_lesson(loaded: Loaded) -> None:
    text = book(loaded, "html").decode()
    lessons = re.findall(
        r'<section class="chapter" id="(l-[^"]*)">(.*?)(?=<section class="(?:chapter|module-page)"|</main>)', text, re.S
    )
    found = {id: re.findall(r"<p>(Первая|Вторая|Сноска урока|Сноска задания)", html) for id, html in lessons}
    assert found == {"l-first": ["Первая", "Вторая"], "l-second": ["Сноска задания", "Сноска урока"]}


def test_math_code_and_task_lists_stay(loaded: Loaded) -> None:
    text = book(loaded, "html").decode()
    assert text.count("<math ") == 2
    assert re.findall(r'class="k">(\w+)<', text) == ["def", "return"]
    assert re.findall(r'<span class="task" role="img" aria-label="[^"]*">(.)</span>', text) == ["☑", "☐"]


@pytest.mark.parametrize(("room", "kept"), [(10_000, 6), (70, 2)])
def test_pictures_beyond_the_limit_become_words(loaded: Loaded, room: int, kept: int) -> None:
    assert loaded.course is not None
    album = Album(loaded.files.get, room)
    text = single.write(book_of(loaded.course, MOMENT, KINDS), album, nowhere).decode()
    assert len(re.findall('<img [^>]*src="data:', text)) == kept
    assert album.size <= room
