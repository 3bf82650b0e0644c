"""Books of a run: who gets what, and how many statements it takes."""

import re
import zipfile
from io import BytesIO

import pytest

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
        assert page.count("First complete “Первый урок”.") + page.count("Сначала завершите «Первый урок».") == 1, form
        assert "ТАЙНОЕ" in tutor.get(f"{stage.base(run)}{form}"), form
    assert "ТАЙНОЕ" not in "".join(files(learner, f"{stage.base(run)}book.epub").values())
    assert "ТАЙНОЕ" in "".join(files(tutor, f"{stage.base(run)}book.epub").values())
    learner.get(f"{stage.base(run)}one/second/print", status=403)


def files(browser: Browser, path: str) -> dict[str, str]:
    """The texts of an EPUB by name."""
    with browser.stage.outside():
        response = browser.client.get(path)
    assert response.status_code == 200
    assert response.mimetype == "application/epub+zip"
    with zipfile.ZipFile(BytesIO(response.get_data())) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist() if not name.startswith("EPUB/media/")}
