"""Whatever goes wrong ends in a sentence that says what happened and what to do, in the person's language."""

import re
from html import unescape
from itertools import product

import pytest
from flask import abort
from sqlalchemy import select

from lms.db import db
from lms.notices.models import Notice
from lms.plugin import PUBLIC, SIGNED_IN, BadInput, Message, Pages, Plugin
from lms.testing import Browser, Stage

pages = Pages("faulty")


@pages.post("/faulty/save", SIGNED_IN)
def save(visit):
    db.session.add(Notice(person_id=visit.person.id, kind="activity", text="half", url="/", created_at=visit.now))
    db.session.flush()
    raise RuntimeError("the secret of the house")


@pages.get("/faulty/<int:code>", PUBLIC)
def code(visit, code: int):
    abort(code)


@pages.post("/faulty/refuse", SIGNED_IN)
def refuse(visit):
    db.session.add(Notice(person_id=visit.person.id, kind="activity", text="half", url="/", created_at=visit.now))
    db.session.flush()
    raise BadInput(Message("First complete “{title}”.", {"title": "<b>Урок</b>"}))


@pages.get("/faulty/write", SIGNED_IN)
def write(visit):
    db.session.add(Notice(person_id=visit.person.id, kind="activity", text="half", url="/", created_at=visit.now))
    db.session.flush()


@pytest.fixture
def plugins() -> tuple[Plugin, ...]:
    return (Plugin("faulty", "lms.health", (pages,)),)


def told(page: str) -> list[str]:
    """Title, text and advice of an error page."""
    section = page.partition('<section class="error-page">')[2].partition("</section>")[0]
    return [unescape(part) for part in re.findall(r"<(?:h1|p|p class=\"lead\")>(.*?)</(?:h1|p)>", section, re.S)]


def both(browser: Browser, address: str, status: int) -> list[list[str]]:
    return [told(browser.get(f"{address}?lang={language}", status)) for language in ("en", "ru")]


HOME = ("Go to the home page or open the list of courses.", "Перейдите на главную страницу или откройте список курсов.")


def test_a_page_that_is_not_there(stage: Stage) -> None:
    english, russian = both(stage.browser(), "/nothing", 404)
    assert english == ["There is no such page", "The address may be mistyped, or the page is not for you.", HOME[0]]
    assert re.search("[А-я]", russian[0])
    assert not re.search("[A-Za-z]", " ".join(russian))
    assert "Code of the error: 404" in stage.browser().get("/nothing", 404)


def test_every_refusal_speaks_both_languages_and_leads_home(stage: Stage) -> None:
    browser = stage.browser()
    for number in (400, 403, 404, 405, 409, 413, 422, 429, 418):
        english, russian = both(browser, f"/faulty/{number}", number)
        assert (number, len(english), len(russian)) == (number, 3, 3)
        assert not re.search("[А-я]", " ".join(english))
        assert not re.search("[A-Za-z]", " ".join(russian))
        assert '<a class="button" href="/">' in browser.text


def test_what_is_not_for_this_role(stage: Stage) -> None:
    run = stage.run(stage.course())
    learner = stage.person("Ученикова")
    stage.enrol(run, learner)
    english, _ = both(stage.browser(learner), f"{stage.base(run)}gradebook", 403)
    assert english == ["This is not open to you", "Your role in this course does not include this page.", HOME[0]]


def test_a_form_without_its_token_does_nothing(stage: Stage) -> None:
    browser = stage.browser(stage.person("Ученикова"))
    titles = {"en": "The form is out of date", "ru": "Форма устарела"}
    for (language, title), token in product(titles.items(), ("", "x", "а" * 64)):
        with stage.outside():
            answer = browser.client.post(f"/faulty/save?lang={language}", data={"csrf_token": token})
        assert (answer.status_code, told(answer.text)[0]) == (400, title)
    assert db.session.execute(select(Notice)).all() == []


def test_what_is_too_large_is_refused_before_it_is_read(stage_factory) -> None:
    stage: Stage = stage_factory(max_upload=1024)
    browser = stage.browser(stage.person("Ученикова"))
    data = {"csrf_token": browser.token(), "text": "x" * (1024 * 1024 + 4096)}
    with stage.outside():
        answer = browser.client.post("/faulty/save", data=data)
    assert (answer.status_code, told(answer.text)) == (
        413, ["This is too large", "What you sent is larger than the site accepts.", "Choose a smaller file."],
    )  # fmt: skip


def test_what_breaks_is_not_half_saved_and_shows_nothing_of_the_inside(stage: Stage, caplog) -> None:
    browser = stage.browser(stage.person("Ученикова"))
    page = browser.post("/faulty/save", status=500)
    title, text, todo = told(page)
    assert (title, todo) == (
        "Something broke on our side",
        "Try again; if it happens once more, tell the administrator the note.",
    )
    found = re.fullmatch(r"What you did was not half saved\. The note ([0-9a-f]{8}) is in our log\.", text)
    assert found
    assert [word for word in ("Traceback", "RuntimeError", "secret of the house", ".py") if word in page] == []
    assert f"request {found[1]} failed: POST /faulty/save" in caplog.text
    assert "RuntimeError: the secret of the house" in caplog.text
    assert db.session.execute(select(Notice)).all() == []
    russian = told(browser.post("/faulty/save?lang=ru", status=500))
    assert re.search("[А-я]", russian[0])


def test_what_cannot_be_accepted_is_said_in_words_and_undone(stage: Stage) -> None:
    browser = stage.browser(stage.person("Ученикова"))
    page = browser.post("/faulty/refuse?lang=ru", status=422)
    assert told(page)[1] == "Сначала завершите «<b>Урок</b>»."
    assert "<b>Урок" not in page
    assert db.session.execute(select(Notice)).all() == []


def test_a_page_that_only_reads_cannot_write(stage: Stage, caplog) -> None:
    browser = stage.browser(stage.person("Ученикова"))
    browser.get("/faulty/write", 500)
    assert "a page that is only read tried to write" in caplog.text
    assert db.session.execute(select(Notice)).all() == []


def test_an_error_page_is_the_same_site_to_somebody_signed_in(stage: Stage) -> None:
    page = stage.browser(stage.person("Ученикова")).get("/nothing", 404)
    assert "Анна Ученикова" in page
