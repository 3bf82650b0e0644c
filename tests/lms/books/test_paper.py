"""What comes out of a printer: a PDF made by a real browser."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from pypdf import PdfReader

from lms.testing import Stage
from tests.lms.books.browsing import SITE, chromium_page

WIDE = """---
title: Широкий урок
minutes: 45
---

## Введение

Начало[^1], [ссылка](https://elsewhere.example/page).

| Один | Два | Три | Четыре | Пять | Шесть | Семь | Восемь |
|---|---|---|---|---|---|---|---|
WORDS

```python
words = "очень длинная строка кода, которая не помещается ни на какой бумаге и потому складывается, и ещё, и ещё, и ещё, КРАЙКОДА"
```

$$x_1 + x_2 + x_3 + x_4 + x_5 = \\frac{a}{b}$$

<details><summary>Сложено</summary>РАЗВЁРНУТО</details>

[^1]: СНОСКА.
"""
LONG = "достопримечательность правдоподобие обстоятельность последовательность осведомлённость разносторонность предусмотрительность"
NEXT = "---\ntitle: Следующий\nminutes: 45\n---\n\nКОНЕЦКУРСА.\n"


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_nothing_is_cut_off_and_nothing_of_the_site_is_printed(stage: Stage, browser: Browser, tmp_path: Path) -> None:
    course = stage.course(
        {
            "01-module/index.md": "---\ntitle: Модуль\n---\n",
            "01-module/01-wide.md": WIDE.replace("WORDS", f"| {LONG.replace(' ', ' | ')} | КРАЙТАБЛИЦЫ |"),
            "01-module/02-next.md": NEXT,
            "course.md": "---\ntitle: Печатный курс\nlanguage: ru\nhours: 2\ntimezone: Europe/Moscow\nauthors: [Автор]\n---\n",
        }
    )
    run = stage.run(course)
    tutor = stage.person("Ведущий")
    stage.enrol(run, tutor, role="tutor")
    base = stage.base(run)
    with chromium_page(browser, stage.browser(tutor)) as (page, asked):
        for name in ("print", "module/wide/"):
            page.goto(SITE + base + name)
            page.wait_for_load_state()
            page.pdf(path=tmp_path / f"{len(name)}.pdf", format="A4")
        # the pages themselves keep to the site's content policy
        assert [address for address in asked if not address.startswith(SITE)] == []
    sheet, lesson = (PdfReader(tmp_path / f"{len(name)}.pdf") for name in ("print", "module/wide/"))
    for document, more in ((sheet, ["КОНЕЦКУРСА"]), (lesson, [])):
        texts = [text.extract_text() for text in document.pages]
        whole = re.sub(r"\s+", "", "".join(texts))
        wanted = ["КРАЙТАБЛИЦЫ", "КРАЙКОДА", "РАЗВЁРНУТО", "СНОСКА", "https://elsewhere.example/page", *more]
        if document is lesson:
            wanted.remove("РАЗВЁРНУТО")  # on the lesson's own page the reader decides what is unfolded
        assert [word for word in wanted if word not in whole] == []
        assert [word for word in ("Mainmenu", "Profile", "Skiptothecontent", "Printthislesson") if word in whole] == []
        assert outside(document) == []
    # a lesson begins a page of its own, the first one stands below its module
    firsts = [next(iter(text.extract_text().split("\n"))) for text in sheet.pages]
    assert "Следующий" in firsts


def outside(document: PdfReader) -> list[str]:
    """Words that begin beyond the edges of their page."""
    found: list[str] = []
    for sheet in document.pages:
        width, height = float(sheet.mediabox.width), float(sheet.mediabox.height)

        def note(text: str, cm: list[float], tm: list[float], *_: object) -> None:
            x = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
            y = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
            if text.strip() and not (0 <= x <= width and 0 <= y <= height):  # noqa: B023 - called at once
                found.append(text)

        sheet.extract_text(visitor_text=note)
    return found
