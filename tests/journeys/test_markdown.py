"""What authors write, in a real browser: tabs by keyboard, terms by hand and by finger, players that load nothing until asked, a
self-check; on a phone and at a desk, light, dark and on paper."""

import re
from typing import Any

import pytest

from lms.db import db
from lms.testing import Stage
from lms_quiz import plugin as quiz
from tests.journeys.conftest import DESK, PHONE, Person, Town

pytestmark = pytest.mark.journey

LESSON = """# Начало

> [!NOTE]
> Выноска.

=== "Первая"

    Текст первой.

=== "Вторая"

    Текст второй.

Это {term}`форум`, он начнётся {{ run.starts }}.

| Столбец | Ещё |
|---|---|
| {term}`форум` | 1 |

:::{details} Ещё
Спрятано.
:::

```mermaid
graph LR; A --> B
```

:::{video} https://rutube.ru/video/0123456789abcdef0123456789abcdef/
:title: Запись
:::

:::{glossary}
Форум
: Место, где пишут.
:::

:::{quiz} Самопроверка
:id: self
:self-check:

1. Дважды два?
   - (x) четыре
   - ( ) пять
:::
"""


@pytest.fixture
def plugins():
    return (quiz,)


def reader(town: Town, stage: Stage, name: str, language: str, viewport: dict[str, int]) -> tuple[Person, str]:
    """Somebody signed in, and the address of the lesson."""
    run = stage.run(stage.course(lesson=LESSON), slug=name)
    person = stage.person(name.title(), email=f"{name}@school.example", language=language)
    stage.enrol(run, person)
    address = f"{stage.base(run)}module/lesson/"
    db.session.remove()  # the server writes from now on
    found = town.person(name, language, viewport)
    found.go("/sign-in").fill("email", f"{name}@school.example").fill("password", "correct horse").click("Sign in")
    return found, address


@pytest.mark.parametrize(("viewport", "theme"), [(DESK, "dark"), (PHONE, "light")])
def test_a_lesson_with_everything(town: Town, viewport: dict[str, int], theme: Any) -> None:
    width = viewport["width"]
    somebody, address = reader(town, town.stage, f"reader-{width}-{theme}", "ru", viewport)
    page = somebody.page
    page.emulate_media(color_scheme=theme)
    outside: list[str] = []
    somebody.context.route(
        re.compile("^https://"), lambda route: (outside.append(route.request.url), route.fulfill(body="player"))[1]
    )
    page.remove_listener("request", somebody._request)  # the one request there may be is counted above
    somebody.go(address)

    first, second = page.get_by_text("Текст первой."), page.get_by_text("Текст второй.")
    assert (first.is_visible(), second.is_visible()) == (True, False)
    page.get_by_label("Первая").focus()
    page.keyboard.press("ArrowRight")
    assert (first.is_visible(), second.is_visible()) == (False, True)

    note = page.locator(".term-note").first
    assert not note.is_visible()
    if viewport is PHONE:
        page.locator(".term-word").first.tap()
    else:
        page.locator(".term-word").first.focus()
    assert note.is_visible()
    somebody.look()
    box = note.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    page.keyboard.press("Escape")
    assert not note.is_visible()

    frame = page.locator("iframe.player")
    frame.scroll_into_view_if_needed()
    inside = page.frame_locator("iframe.player")
    inside.get_by_role("link").wait_for()
    assert outside == []
    inside.get_by_role("link").click()
    inside.get_by_text("player").wait_for()
    assert outside == ["https://rutube.ru/play/embed/0123456789abcdef0123456789abcdef"]

    page.get_by_label("пять").check()
    somebody.click("Check").reads("Верных ответов: 0 из 1.")
    page.get_by_label("четыре").check()
    somebody.click("Check").reads("Верных ответов: 1 из 1.")
    town.all_is_well()


def test_on_paper_everything_stands_below_each_other(town: Town) -> None:
    somebody, address = reader(town, town.stage, "printer", "ru", DESK)
    somebody.go(address)
    page = somebody.page
    page.emulate_media(media="print")
    assert [page.get_by_text(text).is_visible() for text in ("Текст первой.", "Текст второй.")] == [True, True]
    assert page.locator("iframe.player").is_visible() is False
    assert page.get_by_role("link", name="Открыть на rutube.ru").is_visible()
    town.all_is_well()
