"""Course text as a page shows it: what it says of the run, in the reader's words and at no cost, and players nobody asked for yet."""

import re
from datetime import date
from html import unescape

import pytest

from courses.embeds import HOSTS
from lms.headers import POLICY
from lms.testing import Stage

TEXT = """Начало {{ run.starts }}, конец {{ run.ends }}, ведут {{ run.tutors }}. Это «{{ run.title }}».

Встреча {{ day 5 18:00 }}, отчёт {{ day 5 }}, неделя {{ week 2 }}, `{{ run.starts }}`.
"""
VIDEO = ":::{video} https://rutube.ru/video/0123456789abcdef0123456789abcdef/\n:title: Урок\nПодпись\n:::\n"


def shown(page: str) -> str:
    """The words of the lesson's text."""
    prose = re.search(r'<div class="prose">(.*?)</div>', page, re.DOTALL)
    assert prose is not None
    return " ".join(unescape(re.sub(r"<[^>]*>", "", prose[1])).split())


def lesson(stage: Stage, text: str, **run: object) -> tuple[int, str]:
    """A run of a course of one lesson; the run and the lesson's address."""
    number = stage.run(stage.course(lesson=text), **run)
    return number, f"{stage.base(number)}module/lesson/"


def test_values_are_the_reader_s(stage: Stage) -> None:
    run, address = lesson(stage, TEXT, title="Весна <2026>")
    stage.enrol(run, stage.person("Ведущая"), stage.person("Ёлкина"), role="tutor")
    russian, english = (
        stage.person("Ученикова", language="ru", timezone="Asia/Vladivostok"),
        stage.person("Learner", timezone="UTC"),
    )
    stage.enrol(run, russian, english)
    assert shown(stage.browser(russian).get(address)) == (
        "Начало 2 марта 2026 г., конец 1 июня 2026 г., ведут Ведущая Анна Петровна, Ёлкина Анна Петровна. Это «Весна <2026>»."
        " Встреча 7 марта 2026 г., 01:00, отчёт 6 марта 2026 г., неделя 9 марта 2026 г. – 15 марта 2026 г., {{ run.starts }}."
    )
    assert shown(stage.browser(english).get(address)) == (
        "Начало 2 March 2026, конец 1 June 2026, ведут Ведущая Анна Петровна, Ёлкина Анна Петровна. Это «Весна <2026>»."
        " Встреча 6 March 2026, 15:00, отчёт 6 March 2026, неделя 9 March 2026 – 15 March 2026, {{ run.starts }}."
    )


def test_what_a_run_does_not_know_keeps_the_words_it_was_published_with(stage: Stage) -> None:
    run, address = lesson(stage, "{{ run.ends }}, {{ run.tutors }}, {{ run.title }}", ends_on=None)
    person = stage.person("Ученикова")
    stage.enrol(run, person)
    assert shown(stage.browser(person).get(address)) == "последний день, ведущие, Пробный курс"


@pytest.mark.parametrize(("text", "more"), [("Текст.", 0), ("{{ run.starts }} {{ day 5 18:00 }}", 0), (TEXT + TEXT, 1)])
def test_only_names_of_tutors_cost_a_statement(stage: Stage, text: str, more: int) -> None:
    counted = []
    for content in ("Текст.", text):
        run, address = lesson(stage, content)
        person = stage.person("Ученикова")
        stage.enrol(run, person)
        browser = stage.browser(person)
        browser.get(address)
        with stage.statements() as found:
            browser.get(address)
        counted.append(len(found))
    assert counted[1] - counted[0] == more


def test_a_page_is_opened_for_the_player_it_has_and_for_nothing_else(stage: Stage) -> None:
    run, address = lesson(stage, VIDEO)
    other, plain = lesson(stage, "Текст.")
    person = stage.person("Ученикова")
    stage.enrol(run, person)
    stage.enrol(other, person)
    browser = stage.browser(person)
    page = browser.get(address)
    assert browser.response is not None
    assert browser.response.headers.getlist("Content-Security-Policy") == [f"{POLICY}; frame-src https://rutube.ru"]
    assert re.findall(r'<iframe[^>]* src="', page) == []
    inside = unescape(re.search(r'srcdoc="([^"]*)"', page)[1])  # type: ignore[index]
    assert re.findall(r'(?:href|src)="([^"]*)"', inside) == [
        re.search(r'href="(/static/player\.css\?v=\w+)"', inside)[1],  # type: ignore[index]
        "https://rutube.ru/play/embed/0123456789abcdef0123456789abcdef",
    ]
    browser.get(plain)
    assert browser.response.headers.getlist("Content-Security-Policy") == [POLICY]


def test_a_description_stands_on_the_page_about_the_course(stage: Stage) -> None:
    course = stage.course(
        {
            "course.md": f"---\ntitle: Курс\nlanguage: ru\nhours: 0\n---\n{VIDEO}\nС {{{{ run.starts }}}}, [урок](01-m/01-l.md).\n",
            "01-m/index.md": "---\ntitle: М\n---\n",
            "01-m/01-l.md": "---\ntitle: У\nminutes: 1\n---\nТекст\n",
        }
    )
    stage.run(course, starts_on=date(2026, 3, 2))
    browser = stage.browser()
    page = browser.get(f"/courses/{course}/about")
    assert "первый день" in page
    assert f'href="/courses/{course}/m/l/"' in page
    assert browser.response is not None
    assert browser.response.headers["Content-Security-Policy"] == f"{POLICY}; frame-src https://rutube.ru"


def test_sound_and_captions_are_sent_as_what_they_are(stage: Stage) -> None:
    course = stage.course(
        {
            "01-m/index.md": "---\ntitle: М\n---\n",
            "01-m/01-l.md": "---\ntitle: У\nminutes: 45\n---\n:::{video} a.webm\n:captions: a.vtt\n:::\n\n:::{audio} b.opus\n:::\n",
            "01-m/a.webm": "video",
            "01-m/a.vtt": "WEBVTT",
            "01-m/b.opus": "sound",
        }
    )
    run = stage.run(course)
    person = stage.person("Ученикова")
    stage.enrol(run, person)
    browser = stage.browser(person)
    page = browser.get(f"{stage.base(run)}m/l/")
    types = {}
    for address in re.findall(r'src="(/media/[^"]*)"', page):
        with browser.client.get(address) as answer:
            types[address.rpartition(".")[2]] = (
                answer.headers["Content-Type"].partition(";")[0],
                answer.headers.get("Content-Disposition", "inline").partition(";")[0],
            )
    assert types == {
        "webm": ("video/webm", "inline"),
        "vtt": ("text/vtt", "inline"),
        "opus": ("audio/ogg", "inline"),
    }


def test_every_host_has_an_origin_of_its_own() -> None:
    origins = [host.origin for host in HOSTS]
    assert sorted(set(origins)) == sorted(origins)
    assert [origin for origin in origins if not re.fullmatch(r"https://[a-z0-9.-]+", origin)] == []
