"""Books of a run: who gets what, and how many statements it takes."""

import re
import zipfile
from io import BytesIO

import pytest

from lms.books.service import FILES as MOST
from lms.testing import Browser, Stage

COURSE = """---
title: Курс
language: ru
hours: 1
timezone: Europe/Moscow
authors: [Автор]
---

О курсе: [сюда](01-one/02-second.md).
"""
FIRST = """---
title: Первый урок
minutes: 15
---

## Введение

Текст[^1], [дальше](02-second.md#итог).

[^1]: Сноска.
"""
SECOND = """---
title: Второй урок
minutes: 15
requires: [first]
---

## Итог

ТАЙНОЕ, [назад](01-first.md#введение).
"""
THIRD = """---
title: Третий урок
minutes: 15
---

## Введение

Ещё[^1].

[^1]: Другая сноска.
"""
FILES = {
    "course.md": COURSE,
    "01-one/index.md": "---\ntitle: Первый модуль\n---\n\nОписание.\n",
    "01-one/01-first.md": FIRST,
    "01-one/02-second.md": SECOND,
    "02-two/index.md": "---\ntitle: Второй модуль\n---\n",
    "02-two/01-third.md": THIRD,
}


@pytest.fixture
def run(stage: Stage) -> int:
    return stage.run(stage.course(FILES, folder="kurs"))


@pytest.fixture
def learner(stage: Stage, run: int) -> Browser:
    person = stage.person("Ученикова")
    stage.enrol(run, person)
    return stage.browser(person)


@pytest.fixture
def tutor(stage: Stage, run: int) -> Browser:
    person = stage.person("Ведущий")
    stage.enrol(run, person, role="tutor")
    return stage.browser(person)


def main(page: str) -> str:
    return page[page.index('<article class="sheet"') : page.index("</article>")]


def test_a_lesson_prints_by_itself(stage: Stage, run: int, learner: Browser) -> None:
    page = main(learner.get(f"{stage.base(run)}one/first/print"))
    assert re.findall("<h1>(.*?)</h1>", page) == ["Первый урок"]
    # what is not on the page is on the site, with an address that can be read on paper
    assert re.findall('href="(http[^"]*)"', page) == [f"http://localhost{stage.base(run)}one/second/#h-итог"]


def test_a_book_holds_what_is_open_to_its_reader(stage: Stage, run: int, learner: Browser, tutor: Browser) -> None:
    for form in ("print", "one/print", "book.html"):
        page = learner.get(f"{stage.base(run)}{form}")
        assert "ТАЙНОЕ" not in page, form
        # the printable page speaks the reader's language, a file that of the course
        assert page.count("First complete “Первый урок”.") + page.count("Сначала завершите «Первый урок».") == 1, form
        assert "ТАЙНОЕ" in tutor.get(f"{stage.base(run)}{form}"), form
    assert "ТАЙНОЕ" not in "".join(files(learner, f"{stage.base(run)}book.epub").values())
    assert "ТАЙНОЕ" in "".join(files(tutor, f"{stage.base(run)}book.epub").values())
    learner.get(f"{stage.base(run)}one/second/print", status=403)
    tutor.get(f"{stage.base(run)}one/second/print")


def test_what_opens_later_is_in_the_next_book(stage: Stage, run: int, learner: Browser) -> None:
    learner.post(f"{stage.base(run)}one/first/read")
    assert "ТАЙНОЕ" in learner.get(f"{stage.base(run)}print")
    assert "ТАЙНОЕ" in learner.get(f"{stage.base(run)}book.html")


def test_unknown_parts_are_not_found(stage: Stage, run: int, tutor: Browser) -> None:
    for path in ("zero/print", "one/zero/print", "two/first/print"):
        tutor.get(f"{stage.base(run)}{path}", status=404)


def test_footnotes_of_two_lessons_do_not_clash(stage: Stage, run: int, tutor: Browser) -> None:
    page = tutor.get(f"{stage.base(run)}print")
    ids = re.findall(r'\sid="([^"]*)"', page)
    assert len(ids) == len(set(ids))
    assert [anchor for anchor in re.findall(r'href="#([^"]*)"', main(page)) if anchor not in ids] == []
    # each lesson has its own note, behind its own text
    words = [page.index(text) for text in ("Текст", "Сноска.", "ТАЙНОЕ", "Ещё", "Другая сноска.")]
    assert words == sorted(words)


def test_the_file_is_a_download_with_the_course_s_name(stage: Stage, run: int, learner: Browser) -> None:
    learner.get(f"{stage.base(run)}book.html")
    assert learner.response is not None
    assert learner.response.headers["Content-Disposition"] == "attachment; filename=kurs.html"
    assert learner.response.headers["Cache-Control"] == "no-store"


def test_the_same_revision_is_the_same_file(stage: Stage, run: int, tutor: Browser) -> None:
    first = tutor.get(f"{stage.base(run)}book.html")
    stage.move(hours=1)
    assert tutor.get(f"{stage.base(run)}book.html") == first


def test_too_many_books_have_to_wait(stage: Stage, run: int, learner: Browser, tutor: Browser) -> None:
    for _ in range(MOST):
        learner.get(f"{stage.base(run)}book.html")
    assert "can be made in 10 minutes" in learner.get(f"{stage.base(run)}book.epub", status=429)
    assert learner.response is not None
    assert learner.response.headers["Retry-After"] == "600"
    tutor.get(f"{stage.base(run)}book.html")
    learner.get(f"{stage.base(run)}print")
    stage.move(minutes=11)
    learner.get(f"{stage.base(run)}book.html")


def long_course(lessons: int) -> dict[str, str]:
    """A course of one module, in which every lesson but the first waits for the first."""
    texts = {
        "course.md": COURSE.replace("hours: 1", f"hours: {lessons}").partition("О курсе")[0],
        "01-one/index.md": FILES["01-one/index.md"],
    }
    for number in range(lessons):
        requires = "requires: [lesson-0]\n" if number else ""
        texts[f"01-one/{number:03}-lesson-{number}.md"] = (
            f"---\ntitle: Урок {number}\nminutes: 45\n{requires}---\n\nТекст.\n"
        )
    return texts


def test_a_book_takes_the_same_number_of_statements_whatever_its_length(stage: Stage) -> None:
    counts = []
    for length in (4, 40):
        run = stage.run(stage.course(long_course(length), folder=f"long-{length}"))
        person = stage.person("Ученикова")
        stage.enrol(run, person)
        browser = stage.browser(person)
        browser.get(f"{stage.base(run)}one/lesson-0/")
        browser.post(f"{stage.base(run)}one/lesson-0/read")
        found, base = [], stage.base(run)
        for path in ("one/lesson-0/print", "one/print", "print", "book.html", "book.epub"):
            with stage.statements() as statements, stage.outside():
                assert browser.client.get(f"{base}{path}").status_code == 200
            found.append(len(statements))
        counts.append(found)
    assert counts[0] == counts[1]
    assert max(counts[0][:3]) <= 6


def test_a_course_too_long_for_a_page_is_printed_by_modules(stage: Stage) -> None:
    long = {f"01-one/0{number}-long-{number}.md": THIRD + "word " * 110_000 for number in range(2)}
    run = stage.run(
        stage.course({**FILES, **long, "course.md": COURSE.replace("hours: 1", "hours: 2")}, folder="endless")
    )
    person = stage.person("Ведущий")
    stage.enrol(run, person, role="tutor")
    page = stage.browser(person).get(f"{stage.base(run)}print")
    assert re.findall(r'<li><a href="([^"]*)/print">', page) == [f"{stage.base(run)}one", f"{stage.base(run)}two"]


def test_pages_lead_to_their_printable_forms(stage: Stage, run: int, learner: Browser) -> None:
    base = stage.base(run)
    course = learner.get(base)
    assert re.findall(r'href="([^"]*(?:print|book\.\w+))"', course) == [
        f"{base}one/print", f"{base}two/print", f"{base}book.epub", f"{base}book.html", f"{base}print",
    ]  # fmt: skip
    assert re.findall(r'href="([^"]*print)"', learner.get(f"{base}one/first/")) == [f"{base}one/first/print"]


def files(browser: Browser, path: str) -> dict[str, str]:
    """The texts of an EPUB by name."""
    with browser.stage.outside():
        response = browser.client.get(path)
    assert response.status_code == 200
    assert response.mimetype == "application/epub+zip"
    with zipfile.ZipFile(BytesIO(response.get_data())) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist() if not name.startswith("EPUB/media/")}
