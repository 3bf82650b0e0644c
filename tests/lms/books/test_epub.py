"""The EPUB: what checkers say, what is in it, and that it is always the same."""

import re
import zipfile
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree

import pytest

from courses.load import Loaded, load
from lms.books.command import made
from lms.checking.command import installed_kinds
from lms.i18n import set_language
from tests.epubcheck import epubcheck
from tests.lms.books.conftest import MOMENT, book

CONTENT = Path(__file__).parents[3] / "content"


def opened(content: bytes) -> dict[str, str]:
    """The texts of an EPUB by name."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return {
            name: archive.read(name).decode() for name in archive.namelist() if re.search(r"\.(xhtml|opf|ncx)$", name)
        }


@pytest.fixture(scope="module")
def files(loaded: Loaded) -> dict[str, str]:
    return opened(book(loaded, "epub"))


def test_a_course_with_everything_passes_epubcheck(loaded: Loaded, tmp_path: Path) -> None:
    target = tmp_path / "book.epub"
    target.write_bytes(book(loaded, "epub"))
    assert epubcheck(target).findings == ()


@pytest.mark.parametrize("language", ["ru", "en"])
def test_our_own_course_passes_epubcheck(language: str, tmp_path: Path) -> None:
    found = load(CONTENT / "network-community", installed_kinds())
    assert found.course is not None
    course = {found.course.language: found.course, **found.translations}[language]
    set_language(language)
    target = tmp_path / "book.epub"
    target.write_bytes(made(course, found, MOMENT, installed_kinds(), "epub"))
    assert epubcheck(target).findings == ()


def test_the_checker_sees_what_is_wrong(loaded: Loaded, tmp_path: Path) -> None:
    """Otherwise the tests above would say nothing."""
    target = tmp_path / "book.epub"
    with zipfile.ZipFile(BytesIO(book(loaded, "epub"))) as good, zipfile.ZipFile(target, "w") as bad:
        for entry in good.infolist():
            text = good.read(entry)
            bad.writestr(
                entry, text.replace(b"<h1>", b'<h1 align="left">') if entry.filename == "EPUB/book.xhtml" else text
            )
    found = epubcheck(target)
    assert (found.fatals, found.errors, found.warnings, len(found.findings)) == (0, 1, 0, 1)


def test_the_same_text_of_the_same_moment_is_the_same_file(loaded: Loaded) -> None:
    assert book(loaded, "epub") == book(loaded, "epub")
    assert book(loaded, "html") == book(loaded, "html")
    assert book(loaded, "epub") != book(loaded, "epub", MOMENT + timedelta(seconds=1))


def test_the_archive_begins_as_readers_expect(loaded: Loaded) -> None:
    content = book(loaded, "epub")
    assert content[30:58] == b"mimetypeapplication/epub+zip"
    with zipfile.ZipFile(BytesIO(content)) as archive:
        # two seconds are what an archive can tell apart
        assert {entry.date_time for entry in archive.infolist()} == {(2026, 3, 1, 12, 30, 14)}


def test_every_page_is_well_formed_and_every_link_within_leads_somewhere(files: dict[str, str]) -> None:
    pages = {name.removeprefix("EPUB/"): ElementTree.fromstring(text) for name, text in files.items()}
    ids = {name: {element.get("id") for element in page.iter() if element.get("id")} for name, page in pages.items()}
    wrong = []
    for name, page in pages.items():
        for element in page.iter():
            address = element.get("href") or element.get("src") or ""
            if not address or ":" in address.partition("#")[0]:
                continue
            path, _, anchor = address.partition("#")
            if path.endswith(".xhtml") or not path:
                here = path or name
                if here not in pages or (anchor and anchor not in ids[here]):
                    wrong.append((name, address))
    assert wrong == []


def test_links_lead_to_lessons_headings_and_activities(files: dict[str, str]) -> None:
    first = dict(re.findall(r'<a href="([^"]*)"[^>]*>([^<]*)</a>', files["EPUB/l-first.xhtml"]))
    where = {" ".join(words.split()): address for address, words in first.items()}
    title = dict(re.findall(r'<a href="([^"]*)">([^<]*)</a>', files["EPUB/book.xhtml"]))
    assert where["к заданию"] == "l-second.xhtml#a-task"
    assert where["со ссылкой"] == "l-second.xhtml"
    assert where["Сюда"].startswith("#l-first.")
    assert where["статья"] == "https://ru.wikipedia.org/wiki/Курс?a=%5B1%5D#Раздел"
    assert title == {"l-first.xhtml": "Начать", "l-second.xhtml#a-task": "задание"}
    # without a site there is nowhere to get the file from, and nothing behind a broken address
    assert [words for words in ("план", "кривая") if words in where] == []


def test_pictures_are_what_they_are_and_not_what_they_are_called(files: dict[str, str]) -> None:
    items = re.findall(
        r'href="media/[^"]*\.(\w+)" media-type="([^"]*)"( fallback="no-picture")?', files["EPUB/package.opf"]
    )
    assert sorted(items) == [
        ("gif", "image/gif", ""),
        ("jpg", "image/jpeg", ""),
        ("png", "image/png", ""),  # once, though it is published under two names
        ("svg", "image/svg+xml", ""),
        ("svg", "image/svg+xml", ""),
        ("webp", "image/webp", ' fallback="no-picture"'),
    ]
    # what cannot be in the book is said in words
    assert re.findall(r'<(\w+) class="elsewhere"[^>]*>([^<]*)<', files["EPUB/l-first.xhtml"]) == [
        ("span", "[Просит]"),
        ("span", "[Сущность]"),
        ("span", "[Сломана]"),
        ("a", "[Чужая]"),
        ("span", "Video: Фильм"),
    ]


def test_what_libraries_are_told(files: dict[str, str]) -> None:
    package = files["EPUB/package.opf"]
    assert re.findall(r"<dc:(\w+)[^>]*>([^<]*)<", package) == [
        ("identifier", re.findall(r"urn:uuid:[0-9a-f-]{36}", package)[0]),
        ("title", "Всё &amp; &lt;сразу&gt;"),
        ("language", "ru"),
        ("creator", "Анна &amp; Ко"),
        ("creator", "Борис"),
        ("description", "Кратко о «курсе»."),
        ("subject", "проверка"),
        ("rights", "CC BY 4.0"),
        ("date", "2026-03-01T12:30:15Z"),
    ]
    assert re.findall(r'property="([^"]*)">([^<]*)<', package) == [
        ("dcterms:modified", "2026-03-01T12:30:15Z"),
        ("schema:accessMode", "textual"),
        ("schema:accessMode", "visual"),
        ("schema:accessModeSufficient", "textual"),
        ("schema:accessibilityFeature", "tableOfContents"),
        ("schema:accessibilityFeature", "readingOrder"),
        ("schema:accessibilityFeature", "structuralNavigation"),
        ("schema:accessibilityFeature", "displayTransformability"),
        ("schema:accessibilityFeature", "alternativeText"),
        ("schema:accessibilityFeature", "MathML"),
        ("schema:accessibilityHazard", "none"),
        (
            "schema:accessibilitySummary",
            "Text with headings and a table of contents. All pictures are described. Formulas can be read aloud.",
        ),
    ]
    properties = dict(re.findall(r'href="([^"]*)" media-type="application/xhtml\+xml" properties="([^"]*)"', package))
    assert properties == {"nav.xhtml": "nav", "l-first.xhtml": "mathml"}


def test_the_table_of_contents_names_modules_and_lessons(files: dict[str, str]) -> None:
    assert re.findall(r'<a href="([^"]*)">([^<]*)</a>', files["EPUB/nav.xhtml"]) == [
        ("book.xhtml", "Всё &amp; &lt;сразу&gt;"),
        ("m-start.xhtml", "Начало"),
        ("l-first.xhtml", "Первый &lt;урок&gt;"),
        ("l-second.xhtml", "Второй урок"),
    ]
    assert re.findall(r'<content src="([^"]*)"', files["EPUB/toc.ncx"]) == [
        "m-start.xhtml", "l-first.xhtml", "l-second.xhtml",
    ]  # fmt: skip


def test_an_activity_is_a_box_with_what_there_is_to_do_and_when(files: dict[str, str]) -> None:
    page = files["EPUB/l-second.xhtml"]
    box = page[
        page.index('<section class="activity"') : page.index("</section>", page.index('<section class="activity"'))
    ]
    assert re.findall(r"<(?:h2|li)[^>]*>([^<\n]+)<", box) == [
        "Сделайте &amp; сдайте",
        "Until day 5 of the course, 18:00",
    ]
    assert re.findall(r"<p>(Что[^<]*)<sup", box) == ["Что сделать"]
    assert "Done on the site of the course." in box
    assert [tag for tag in ("form", "input", "button") if f"<{tag}" in page] == []
