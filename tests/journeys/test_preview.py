"""An author writes with a browser beside the editor: each save appears by itself, mistakes stand where they are, the clock moves past
a deadline, and nothing is left at the end."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.bench.served import free_port
from tests.journeys.conftest import DESK, PHONE, WITNESS
from tests.journeys.course import FILES

pytestmark = pytest.mark.journey

LESSON = "01-first/01-read.md"
READ = "/courses/journey@preview/first/read/"
QUIZ = """
:::{quiz} До срока
:id: timed
:minutes: 0
:required: false
:closes: day 3 18:00

1. Сколько будет трижды два?
   = 6
:::
"""
WORDS = {
    "ru": {
        "tutor": "Ведущий Глеб", "learner": "Слушатель Анна", "week": "На неделю вперёд", "start": "Начало потока", "error": "1 ошибка",
        "none": "замечаний нет", "begin": "Начать тест", "finish": "Завершить",
    },
    "en": {
        "tutor": "Tutor Глеб", "learner": "Learner Анна", "week": "A week on", "start": "Start of the run", "error": "1 error",
        "none": "no problems", "begin": "Start the quiz", "finish": "Finish",
    },
}  # fmt: skip


class Desk:
    """The author's folder, and the command that shows it."""

    def __init__(self, folder: Path, temporary: Path) -> None:
        self.folder, self.temporary = folder, temporary
        self.base = f"http://127.0.0.1:{free_port()}"
        temporary.mkdir()
        for name, text in FILES.items():
            self.save(name, text)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "lms.cli", "preview", str(folder), "--port", self.base.rpartition(":")[2]],
            env={**os.environ, "TMPDIR": str(temporary), "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == f"{self.base}/preview/\n"

    def save(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")

    def write(self, words: str) -> None:
        """Save the first lesson with these words before its quiz."""
        self.save(LESSON, FILES[LESSON].replace("\n:::{quiz}", f"\n{words}\n\n:::{{quiz}}", 1))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    found = Desk(tmp_path / "journey", tmp_path / "temporary")
    with found.process:
        yield found
        found.process.kill()


@pytest.fixture(params=[("ru", "desk"), ("en", "phone")], ids=lambda param: "-".join(param))
def page(browser: Browser, desk: Desk, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A browser that notes everything that must not happen."""
    language, size = request.param
    context = browser.new_context(
        viewport=PHONE if size == "phone" else DESK,  # type: ignore[arg-type]  # a size
        locale="ru-RU" if language == "ru" else "en-GB",
    )
    context.set_default_timeout(15_000)
    context.add_init_script(WITNESS)
    context.add_cookies([{"name": "lang", "value": language, "url": desk.base}])
    troubles: list[str] = []
    found = context.new_page()
    found.on("pageerror", lambda error: troubles.append(f"script: {error}"))
    found.on("request", lambda asked: None if asked.url.startswith(desk.base) else troubles.append(asked.url))
    yield found
    context.close()
    assert troubles == []


def language_of(page: Page) -> str:
    return str(page.evaluate("document.documentElement.lang"))


def press(page: Page, what: str) -> None:
    """Press a button by its words."""
    page.get_by_role("button", name=WORDS[language_of(page)][what], exact=True).first.click()
    page.wait_for_load_state()


def clock(page: Page, what: str) -> None:
    """Set the clock by one of its buttons."""
    page.locator("#preview-clock > summary").click()
    press(page, what)


def look(page: Page) -> None:
    """The page is within its width, axe is content, and the policy stopped nothing."""
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth + 1"), page.url
    assert page.evaluate("window.__violations") == []
    rules = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}
    found = [
        (each["id"], [node["html"][:200] for node in each["nodes"]])
        for each in Axe().run(page, options=rules).response["violations"]
    ]
    assert found == [], page.url


def test_writing_with_a_browser_beside_the_editor(desk: Desk, page: Page, capsys: pytest.CaptureFixture[str]) -> None:
    page.goto(f"{desk.base}/preview/")
    language = language_of(page)
    expect(page).to_have_url(re.compile("/courses/journey@preview/$"))
    look(page)

    # each save appears by itself, at the place that was being read
    page.goto(desk.base + READ)
    long = "\n\n".join(f"Абзац {number}. " + "Слово за словом. " * 12 for number in range(40))
    desk.write(long)
    expect(page.get_by_text("Абзац 39.")).to_be_visible()
    page.get_by_text("Абзац 20.").scroll_into_view_if_needed()
    before = page.evaluate("window.scrollY")
    assert before > 0
    took = []
    for number in range(5):
        began = perf_counter()
        desk.write(f"{long}\n\nСохранено {number}.")
        page.get_by_text(f"Сохранено {number}.").wait_for(state="attached")
        took.append(perf_counter() - began)
        page.wait_for_load_state()
    with capsys.disabled():
        sys.stdout.write(f"\nsave -> change seen, seconds: {', '.join(f'{one:.2f}' for one in sorted(took))}\n")
    assert abs(page.evaluate("window.scrollY") - before) < 2

    # a planted mistake appears in place and in the bar, and goes away when it is corrected
    desk.write("Верные слова.\n\nПосмотрите [сюда](нет-такого.md) ещё раз.\n\nДальше всё верно.")
    note = page.locator(".prose > .preview-note")
    expect(note).to_have_count(1)
    expect(note).to_contain_text(f"{LESSON}:16:")
    assert note.evaluate("note => note.previousElementSibling.textContent") == "Верные слова."
    assert note.evaluate("note => note.nextElementSibling.textContent").startswith("Посмотрите сюда")
    panel = page.locator("#preview-problems")
    expect(panel.locator("summary")).to_have_text(WORDS[language]["error"])
    panel.locator("summary").click()
    expect(panel.get_by_role("link", name=f"{LESSON}:16")).to_have_attribute("href", f"{READ}#problem-1")
    look(page)
    page.goto(f"{desk.base}/preview/problems")
    look(page)
    page.goto(desk.base + READ)
    desk.write("Верные слова.")
    expect(note).to_have_count(0)
    expect(panel.locator("summary")).to_have_text(WORDS[language]["none"])

    # a course that cannot be read at all is told, and comes back
    course = (desk.folder / "course.md").read_text("utf-8")
    (desk.folder / "course.md").unlink()
    expect(page.locator(".preview-gone")).to_be_visible()
    look(page)
    desk.save("course.md", course)
    expect(page.locator(".preview-gone")).to_have_count(0)

    # what is half written in a form survives a save
    press(page, "begin")
    answer = page.get_by_role("textbox").first
    answer.fill("наполовину")
    shown = page.locator(".preview-bar").get_attribute("data-version")
    desk.write("Ещё слова.")
    expect(page.locator(".preview-bar")).not_to_have_attribute("data-version", str(shown))
    expect(answer).to_have_value("наполовину")

    # a quiz closes on the third day: a week later it is locked, at the start of the run it is open again
    desk.write(QUIZ)
    page.goto(desk.base + READ)
    timed = page.locator("#timed")
    begin = timed.get_by_role("button", name=WORDS[language]["begin"], exact=True)
    expect(begin).to_be_visible()
    clock(page, "week")
    expect(page).to_have_url(desk.base + READ)
    expect(page.locator("#preview-clock > summary")).to_contain_text("8")
    expect(begin).to_have_count(0)
    look(page)
    clock(page, "start")
    begin.click()

    # what is done in it stays over the next save, and the tutor sees it
    page.get_by_role("textbox").first.fill("6")
    press(page, "finish")
    page.goto(desk.base + READ)
    expect(timed).to_contain_text("100")
    desk.write(f"{QUIZ}\n\nПоследние слова.")
    expect(page.get_by_text("Последние слова.")).to_be_visible()
    expect(timed).to_contain_text("100")
    press(page, "tutor")
    expect(page).to_have_url(desk.base + READ)
    expect(page.get_by_role("button", name=WORDS[language]["tutor"])).to_have_attribute("aria-pressed", "true")
    page.goto(f"{desk.base}/courses/journey@preview/gradebook")
    expect(page.get_by_role("main")).to_contain_text("Алексеева")
    look(page)
    press(page, "learner")
    expect(page.get_by_role("button", name=WORDS[language]["learner"])).to_have_attribute("aria-pressed", "true")

    # and nothing of it stays
    assert len(list(desk.temporary.iterdir())) == 1
    desk.process.send_signal(signal.SIGTERM)
    assert desk.process.wait(60) == 0
    assert list(desk.temporary.iterdir()) == []
    assert sorted(str(path.relative_to(desk.folder)) for path in desk.folder.rglob("*.*")) == sorted(FILES)
