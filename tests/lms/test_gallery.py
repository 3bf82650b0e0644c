"""Every component with sample data, in a real browser: axe, no sideways scrolling, nothing stopped by the CSP.

Run `python tests/lms/test_gallery.py FOLDER` to write screenshots of every page, theme and width into FOLDER.
"""

import hashlib
import os
import re
import shutil
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jinja2
import pytest
from axe_playwright_python.sync_playwright import Axe
from babel.messages.pofile import read_po
from playwright.sync_api import Browser, Page
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    EmailField,
    FieldList,
    FileField,
    Form,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    SubmitField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput, ListWidget

from courses.criteria import Criteria, against
from courses.html import render
from tests.chromium import launched

LMS = Path(__file__).parents[2] / "lms"
HERE = Path(__file__).parent / "gallery"
PAGES = ("components", "forms", "lesson", "gradebook", "certificate", "visitor")
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'"
)
SOON = datetime(2026, 10, 5, 15, 0, tzinfo=UTC)
STATES = (
    "locked",
    "open",
    "started",
    "waiting",
    "returned",
    "complete",
    "failed",
    "overdue",
    "draft",
    "now",
    "next",
    "later",
    "past",
    "revoked",
)


class Enrol(Form):
    token = HiddenField(default="secret")
    name = StringField("Фамилия, имя, отчество", [InputRequired("Напишите имя.")], description="Как в паспорте.")
    mail = EmailField("Почта", [InputRequired("Напишите адрес почты.")])
    about = TextAreaField("О себе")
    zone = SelectField("Часовой пояс", choices=[SelectChoice("msk", "Москва"), SelectChoice("nsk", "Новосибирск")])
    role = RadioField(
        "Роль",
        choices=[SelectChoice("learner", "Участник"), SelectChoice("tutor", "Тьютор")],
        validators=[InputRequired("Выберите роль.")],
    )
    days = SelectMultipleField(
        "Дни встреч",
        choices=[SelectChoice("mon", "Понедельник"), SelectChoice("thu", "Четверг")],
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
        description="Можно отметить несколько.",
    )
    agree = BooleanField("Согласен на обработку данных", [InputRequired("Без согласия записать нельзя.")])
    file = FileField("Скан диплома")
    people = FieldList(StringField("Коллега", [InputRequired("Впишите коллегу.")]), "Коллеги", min_entries=1)
    send = SubmitField("Записать")


def environment(language: str, theme: str, signed_in: bool) -> jinja2.Environment:
    """The templates with the names that the core gives to every one of them, as plain data."""
    with (LMS / "translations/ru/LC_MESSAGES/messages.po").open("rb") as file:
        catalogue = read_po(file)

    def gettext(text: str, **values: Any) -> str:
        message = catalogue.get(text) if language == "ru" else None
        found = str(message.string) if message and message.string else text
        return found.format(**values) if values else found

    env = jinja2.Environment(
        loader=jinja2.FileSystemLoader([LMS / "templates", HERE]), autoescape=True, undefined=jinja2.StrictUndefined
    )
    env.filters.update(
        date=lambda moment: moment.strftime("%d.%m.%Y"),
        datetime=lambda moment: moment.strftime("%d.%m.%Y, %H:%M"),
        deadline=lambda moment: moment.strftime("%d.%m.%Y, %H:%M"),
        ending=lambda moment: moment.strftime("%d.%m.%Y, %H:%M"),
        share=lambda share: f"{share:.0%}".replace("%", "\N{NO-BREAK SPACE}%"),
        number=lambda number: f"{number:g}",
    )
    labels = ("Главная", "Курсы", "Календарь", "Уведомления", "Управление")
    env.globals.update(
        _=gettext,
        static=lambda path: f"/static/{path}",
        get_flashed_messages=lambda with_categories: [("success", "Ответ отправлен."), ("error", "Файл больше 10 МБ.")],
        request=SimpleNamespace(script_root=""),
        ui=SimpleNamespace(
            person=SimpleNamespace(full_name="Иванова Мария Петровна", short_name="Мария Петровна")
            if signed_in
            else None,
            language=language,
            theme=theme,
            unread=3,
            csrf="token",
            strips=[],
            nav=[
                SimpleNamespace(label=label, href=f"/{n}", current=n == 1, badge=3 if n == 3 else 0)
                for n, label in enumerate(labels)
            ],
        ),
    )
    return env


def samples() -> dict[str, Any]:
    form = Enrol(MultiDict({"about": "Учитель физики", "days": "mon", "zone": "nsk"}))
    assert not form.validate()
    levels = [{"points": 0, "title": "нет"}, {"points": 3, "title": "отчасти"}, {"points": 5, "title": "полностью"}]
    return {
        "soon": SOON,
        "lesson": render((HERE / "lesson.md").read_text(encoding="utf-8"), language="ru"),
        "states": STATES,
        "form": form,
        "phases": [
            SimpleNamespace(title="Подача работ", state="past", opens=None, closes=SOON),
            SimpleNamespace(title="Взаимная проверка", state="now", opens=SOON, closes=SOON),
            SimpleNamespace(title="Оценивание", state="next", opens=SOON, closes=None),
            SimpleNamespace(title="Итоги", state="later", opens=None, closes=None),
        ],
        "rubric": Criteria.model_validate(
            {
                "strategy": "rubric",
                "items": [
                    {
                        "id": "idea",
                        "title": "Замысел ясен",
                        "description": "Понятно, для кого и зачем.",
                        "levels": levels,
                    },
                    {"id": "text", "title": "Текст", "points": 10},
                ],
            }
        ),
        "checklist": Criteria.model_validate(
            {"strategy": "checklist", "items": [{"id": "plan", "title": "План есть", "points": 2}]}
        ),
        "slips": Criteria.model_validate(
            {
                "strategy": "errors",
                "items": [
                    {"id": "source", "title": "Нет источника"},
                    {"id": "typos", "title": "Опечатки", "points": 9},
                    {"id": "words", "title": "Слова об ошибках", "points": 0},
                ],
            }
        ),
        "pairs": against(
            Criteria.model_validate({"strategy": "pairwise", "items": [{"id": "idea", "title": "Замысел"}]}),
            {7: "Работа 7"},
            ("Другая работа лучше", "Обе одинаковы", "Эта работа лучше"),
        ),
        "comments": Criteria.model_validate(
            {"strategy": "comments", "items": [{"id": "whole", "title": "Работа в целом"}]}
        ),
        "title": "Страница не найдена",
        "text": "По этому адресу ничего нет: возможно, ссылка устарела или в ней опечатка.",
        "advice": "Проверьте адрес или найдите курс в каталоге.",
        "code": 404,
    }


class Handler(SimpleHTTPRequestHandler):
    """Static files with our policy; the autosave address answers what `answer` says."""

    answer = 204

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", CSP)
        super().end_headers()

    def do_POST(self) -> None:
        self.server.received.append(self.rfile.read(int(self.headers["Content-Length"])).decode())  # type: ignore[attr-defined]
        self.send_response(type(self).answer)
        self.end_headers()

    def log_message(self, *arguments: object) -> None:
        """Keep quiet."""


def build(folder: Path) -> None:
    """Write every page in every theme, and link the static files."""
    (folder / "static").symlink_to(LMS / "static")
    for theme in ("light", "dark", "auto"):
        for page in PAGES:
            env = environment("en" if page == "gradebook" else "ru", theme, page != "visitor")
            (folder / f"{page}-{theme}.html").write_text(
                env.get_template(f"{page}.html").render(samples()), encoding="utf-8"
            )


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ThreadingHTTPServer]:
    folder = tmp_path_factory.mktemp("gallery")
    build(folder)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder)))
    server.received = []  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1200, "height": 800})
    yield context.new_page()
    context.close()


def address(site: ThreadingHTTPServer, name: str) -> str:
    return f"http://127.0.0.1:{site.server_port}/{name}.html"


@pytest.mark.journey
@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1200])
def test_gallery(site: ThreadingHTTPServer, page: Page, name: str, theme: str, width: int) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("requestfailed", lambda request: complaints.append(request.url))
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(address(site, f"{name}-{theme}"))
    page.evaluate("document.querySelectorAll('details:not([data-confirm], .menu)').forEach(one => one.open = true)")
    assert serious(page) == []
    assert page.evaluate("[document.documentElement.scrollWidth, document.body.scrollWidth]") == [width, width]
    assert small_targets(page) == []
    assert complaints == []


def serious(page: Page) -> list[tuple[str, str, str]]:
    """What axe finds serious or critical: rule, element, what to do."""
    return [
        (violation["id"], str(node["target"]), node["failureSummary"])
        for violation in Axe().run(page).response["violations"]
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]


def small_targets(page: Page) -> list[str]:
    """Controls under 24 × 24 px, apart from links within a sentence, which WCAG 2.5.8 lets be."""
    return page.evaluate(  # type: ignore[no-any-return]
        """Array.from(document.querySelectorAll('a, button, summary, input:not([type=hidden]), select, textarea'))
        .filter(one => one.checkVisibility() && !one.closest('p, .prose li, .prose h2, .form-errors, .skip'))
        .map(one => [one.closest('label.choice') || one, one])
        .filter(([area]) => area.getBoundingClientRect().height < 24 || area.getBoundingClientRect().width < 24)
        .map(([area, one]) => one.outerHTML.slice(0, 120) + ' ' + area.getBoundingClientRect().height)"""
    )


@pytest.mark.journey
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_theme_follows_the_device_unless_chosen(site: ThreadingHTTPServer, page: Page, scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme)
    page.goto(address(site, "lesson-auto"))
    paper = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    page.goto(address(site, f"lesson-{scheme}"))
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == paper
    page.goto(address(site, f"lesson-{'dark' if scheme == 'light' else 'light'}"))
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") != paper


@pytest.mark.journey
def test_lesson_text_has_a_readable_measure(site: ThreadingHTTPServer, page: Page) -> None:
    page.goto(address(site, "lesson-light"))
    letters = page.evaluate(
        """() => { const text = document.querySelector('.prose > p');
        const line = parseFloat(getComputedStyle(text).lineHeight);
        return text.textContent.length / Math.floor(text.offsetHeight / line); }"""
    )  # the last line is not full, so the average is a little below the measure
    assert 60 <= letters <= 75
    assert page.evaluate("getComputedStyle(document.querySelector('.prose > p')).fontSize") == "18px"


@pytest.mark.journey
def test_a_question_is_a_dialog_that_the_keyboard_can_leave(site: ThreadingHTTPServer, page: Page) -> None:
    page.goto(address(site, "components-light"))
    page.locator("#withdraw summary").focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Отчислить Кима Олега Андреевича?")
    dialog.wait_for()
    assert serious(page) == []
    assert page.evaluate("document.activeElement.textContent") == "Отмена"
    page.keyboard.press("Escape")
    dialog.wait_for(state="hidden")
    assert page.evaluate("document.activeElement.closest('details').id") == "withdraw"


@pytest.mark.journey
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1200])
def test_an_open_menu_stays_on_the_page(site: ThreadingHTTPServer, page: Page, theme: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(address(site, f"components-{theme}"))
    for menu in page.locator("details.menu > summary:visible").all():
        menu.click()
        assert page.locator("details.menu[open]").count() == 1
        assert serious(page) == []
        box = page.locator("details.menu[open] > :not(summary)").bounding_box()
        assert box is not None
        assert 0 <= box["x"] < box["x"] + box["width"] <= width
        assert page.evaluate("document.documentElement.scrollWidth") == width
        page.keyboard.press("Escape")
        assert page.evaluate("document.activeElement.tagName") == "SUMMARY"


@pytest.mark.journey
def test_everything_is_reached_without_script(site: ThreadingHTTPServer, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 800})
    page = context.new_page()
    page.goto(address(site, "components-light"))
    page.locator("#withdraw summary").click()
    assert page.locator("#withdraw form button[type=submit]").is_visible()
    assert not page.locator("#withdraw [data-cancel]").is_visible()
    page.locator(".site-phone > summary").click()
    assert page.locator(".site-phone").get_by_role("link").all_inner_texts() == [
        "Главная",
        "Курсы",
        "Календарь",
        "Уведомления 3",
        "Управление",
        "Профиль и настройки",
        "Мои документы",
    ]
    context.close()


@pytest.mark.journey
def test_answers_are_kept_while_they_are_given(site: ThreadingHTTPServer, page: Page) -> None:
    received: list[str] = site.received  # type: ignore[attr-defined]
    received.clear()
    page.goto(address(site, "forms-light"))
    status = page.locator("[data-autosave-status]")
    page.context.set_offline(True)
    page.locator("#criterion-text").fill("7")
    page.get_by_text("Нет связи").wait_for()
    assert received == []
    page.context.set_offline(False)
    page.get_by_text("Ответы сохранены.").wait_for()
    assert [re.findall(r'name="criterion-text"\r\n\r\n(.*)\r', body) for body in received] == [["7"]]
    try:
        Handler.answer = 409
        page.locator("#criterion-text").fill("8")
        page.get_by_text("в другом окне").wait_for()
    finally:
        Handler.answer = 204
    assert status.get_attribute("data-state") == "conflict"


@pytest.mark.journey
def test_a_form_is_sent_once(site: ThreadingHTTPServer, page: Page) -> None:
    received: list[str] = site.received  # type: ignore[attr-defined]
    received.clear()
    page.goto(address(site, "components-light"))
    page.evaluate("""const one = document.querySelector('[action="/read"] button'); one.click(); one.click();""")
    page.wait_for_load_state("networkidle")
    assert len(received) == 1


@pytest.mark.journey
def test_a_printed_lesson_is_the_lesson(site: ThreadingHTTPServer, page: Page) -> None:
    page.goto(address(site, "lesson-dark"))
    page.emulate_media(media="print")
    around = (".site-header", ".site-footer", ".page-aside", ".step-nav", ".crumbs")
    assert [page.locator(one).is_visible() for one in around] == [False] * 5
    assert page.locator("h1").is_visible()
    assert page.evaluate("getComputedStyle(document.documentElement).color") == "rgb(0, 0, 0)"


def test_files_of_others_are_those_that_were_looked_at() -> None:
    readme = (LMS / "static/vendor/README.md").read_text(encoding="utf-8")
    said = dict(re.findall(r"\| `([^`]+)` \|.*`([0-9a-f]{128})` \|", readme))
    there = {path.name: path for path in (LMS / "static/vendor").iterdir() if path.suffix in (".css", ".js")}
    assert said == {name: hashlib.sha512(path.read_bytes()).hexdigest() for name, path in there.items()}
    assert not any("sourceMappingURL" in path.read_text(encoding="utf-8") for path in there.values())


def test_dark_by_choice_is_dark_by_device() -> None:
    css = (LMS / "static/app.css").read_text(encoding="utf-8")
    blocks = re.findall(r"\{\s*color-scheme: dark;(.*?)\}", css, re.DOTALL)
    assert len(blocks) == 2
    assert blocks[0].split() == blocks[1].split()


def test_the_script_is_small_and_plain() -> None:
    script = (LMS / "static/app.js").read_bytes()
    assert len(script) < 6500
    assert re.findall(rb"eval|innerHTML|new Function|\.style\b|https?://", script) == []


def test_nothing_inline_in_the_base_templates() -> None:
    found = {
        path.name: re.findall(
            r"<style|\sstyle=|\son[a-z]+=|javascript:|<script(?![^>]*\ssrc=)", path.read_text(encoding="utf-8")
        )
        for path in (LMS / "templates").rglob("*.html")
    }
    assert {name: parts for name, parts in found.items() if parts} == {}


def photograph(folder: Path) -> None:
    """Write gallery-<page>-<theme>-<width>.png of everything into the folder."""
    built = folder / "gallery"
    shutil.rmtree(built, ignore_errors=True)
    built.mkdir(parents=True)
    build(built)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(built)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with launched() as browser:
        for width in (360, 1200):
            for theme in ("light", "dark"):
                for name in PAGES:
                    page = browser.new_page(viewport={"width": width, "height": 800})
                    page.goto(address(server, f"{name}-{theme}"))
                    page.screenshot(path=folder / f"gallery-{name}-{theme}-{width}.png", full_page=True)
                    page.close()
    server.shutdown()
    server.server_close()


if __name__ == "__main__":
    os.umask(0o022)
    photograph(Path(sys.argv[1]))
