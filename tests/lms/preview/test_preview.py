"""A preview of real files: who looks, what is shown after a save, what time it is, and who is not let in."""

import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import pytest
from flask.testing import FlaskClient
from markupsafe import Markup
from pydantic import Field
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from courses.blocks import ActivitySettings, Block
from courses.phases import Phase
from courses.phasing import Means, PhaseOptions, PhasesOptions
from lms.app import create_app
from lms.config import Config
from lms.db import db
from lms.notices.models import LastTick
from lms.plugin import Activity, Plugin, Visit
from lms.preview.door import refused
from lms.preview.site import WAITING, Preview
from lms.publishing.models import LessonText, Revision

URL = "http://127.0.0.1:8000"
BASE = "/courses/trial@preview/"
LESSON = f"{BASE}module/lesson/"
COURSE = (
    "---\nid: trial\ntitle: Trial\nlanguage: en\nhours: 1\ntimezone: Europe/Moscow\nauthors: [One]\n---\n\nAbout.\n"
)
INDEX = "---\ntitle: Module\n---\n"
TEXT = "---\ntitle: Lesson\nminutes: 45\n---\n\n{}\n"
FILES = {"course.md": COURSE, "01-module/index.md": INDEX, "01-module/01-lesson.md": TEXT.format("First words.")}


class Task(Activity[ActivitySettings]):
    name, title, Settings, summary = "task", "Task", ActivitySettings, "Something to do."

    def show(self, visit: Visit) -> Markup:
        return Markup("<p>Do it.</p>")


class Steps(PhasesOptions):
    one: Annotated[PhaseOptions, Means("First step", tutor="You wait.")] = Field(
        default=PhaseOptions(), description="People begin."
    )
    two: Annotated[PhaseOptions, Means("Second step")] = Field(default=PhaseOptions(), description="People go on.")


class WalkSettings(ActivitySettings):
    phases: Steps = Steps()


class Walk(Activity[WalkSettings]):
    name, title, Settings, summary = "walk", "Walk", WalkSettings, "Something to do step by step."

    def phases(self, block: Block[WalkSettings]) -> Sequence[Phase]:
        return self.settings_of(block).phases.of()

    def show(self, visit: Visit) -> Markup:
        return visit.phases.ribbon() + Markup(f"<p>{visit.role} in {visit.phases.now}</p>")


class Folder:
    """The author's folder."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def save(self, files: Mapping[str, str]) -> None:
        for name, text in files.items():
            (self.path / name).parent.mkdir(parents=True, exist_ok=True)
            (self.path / name).write_text(text, "utf-8")

    def lesson(self, words: str) -> None:
        self.save({"01-module/01-lesson.md": TEXT.format(words)})


class Author:
    """Somebody who looks at a preview with a browser of their own."""

    def __init__(self, preview: Preview) -> None:
        self.client: FlaskClient = preview.app.test_client()
        self.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
        self.response: TestResponse

    def get(self, path: str, status: int = 200, **options: Any) -> str:
        self.response = self.client.get(path, base_url=URL, follow_redirects=True, **options)
        body = self.response.get_data(as_text=True)
        assert self.response.status_code == status, body
        return body

    def post(self, path: str, status: int = 200, **data: str) -> str:
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.get("/preview/problems"))
        assert token
        data = {"csrf_token": token[1], **data}
        self.response = self.client.post(path, data=data, base_url=URL, follow_redirects=True)
        body = self.response.get_data(as_text=True)
        assert self.response.status_code == status, body
        return body


def words(body: str) -> str:
    """The main part of a page as its words."""
    inside = re.search(r"<main.*?</main>", body, re.DOTALL)
    assert inside
    return " ".join(re.sub(r"<[^>]*>", " ", inside[0]).split())


def bar(body: str) -> str:
    """The bar of a page as its words."""
    inside = re.search(r'<section class="preview-bar".*?</section>\s*<script', body, re.DOTALL)
    assert inside
    return " ".join(re.sub(r"<[^>]*>", " ", inside[0]).split())


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    found = Folder(tmp_path / "trial")
    found.save(FILES)
    return found


@pytest.fixture
def task(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Plugin:
    (tmp_path / "package" / "lms_task_of_a_preview").mkdir(parents=True)
    (tmp_path / "package" / "lms_task_of_a_preview" / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(str(tmp_path / "package"))
    return Plugin("task", "lms_task_of_a_preview", (Task(), Walk()))


@pytest.fixture
def preview_of(tmp_path: Path, task: Plugin) -> Iterator[Callable[[Path], Preview]]:
    made: list[Preview] = []

    def make(folder: Path) -> Preview:
        made.append(Preview(folder, tmp_path / f"data-{len(made)}", URL, plugins=[task]))
        return made[-1]

    yield make
    for preview in made:
        preview.close()


@pytest.fixture
def preview(folder: Folder, preview_of: Callable[[Path], Preview]) -> Preview:
    return preview_of(folder.path)


@pytest.fixture
def author(preview: Preview) -> Author:
    return Author(preview)


# ------------------------------------------------------------------------------------------- who


def test_the_author_is_a_learner_of_the_course_without_signing_in(author):
    assert "Anna Archer" in author.get("/preview/")
    assert author.response.request.path == BASE
    assert "First words. Mark as read and go on" in words(author.get(LESSON))


def test_one_click_makes_a_tutor_and_leads_back_to_the_page(author):
    author.get(LESSON)
    body = author.post("/preview/as", who="tutor", next=LESSON)
    assert author.response.request.path == LESSON
    assert re.findall(r'value="([\w-]+)" aria-pressed="true"', body) == ["tutor"]
    assert "Mark as read" not in words(body)
    assert "Dan Dyer" in body


def test_two_browsers_look_as_two_people(preview):
    one, two = Author(preview), Author(preview)
    two.post("/preview/as", who="learner-2", next="/")
    assert ["Anna Archer" in one.get("/"), "Ben Baker" in two.get("/")] == [True, True]


def test_nobody_else_can_be_chosen(author):
    assert "There is nobody of this name in the preview." in author.post("/preview/as", 422, who="admin", next="/")


def test_whoever_signed_out_comes_back_by_one_click(author):
    author.post("/sign-out")
    assert "Anna Archer" not in author.get("/")
    assert "Anna Archer" in author.post("/preview/as", who="learner-1", next=LESSON)
    assert "First words." in author.get(LESSON)


def test_one_does_not_come_back_to_another_site(author):
    for target in ("https://example.org/", "//example.org/", "/\\example.org"):
        author.post("/preview/as", who="tutor", next=target)
        assert (author.response.request.host, author.response.request.path) == ("127.0.0.1:8000", "/")


def test_a_session_of_another_site_on_this_machine_counts_for_nothing(author):
    author.client.set_cookie("sid", "of-another-site", domain="127.0.0.1")
    assert "Anna Archer" in author.get("/")


# ------------------------------------------------------------------------------------------- what


def test_a_save_is_shown_and_named_by_a_new_version(folder, preview, author):
    before = preview.version
    folder.lesson("Other words.")
    preview.rebuild()
    assert words(author.get(LESSON)).count("Other words.") == 1
    assert preview.version != before
    assert f'data-version="{preview.version}"' in author.get(LESSON)


def test_what_changes_nothing_is_no_news(folder, preview):
    before = preview.version
    folder.save(FILES)
    folder.save({"README.md": "Read me.", ".hidden": ""})
    preview.rebuild()
    assert preview.version == before


def test_results_stay_over_saves_and_old_texts_do_not(folder, preview, author):
    author.post(f"{LESSON}read")
    for number in range(3):
        folder.lesson(f"Words, {number}.")
        preview.rebuild()
    assert "Complete" in words(author.get(BASE))
    with preview.app.app_context():
        assert db.session.execute(select(func.count()).select_from(Revision)).scalar() == 4
        assert db.session.execute(select(func.count()).select_from(LessonText)).scalar() == 1
        db.session.remove()


def test_what_gets_another_id_takes_its_results_along(folder, preview, author):
    author.post(f"{LESSON}read")
    (folder.path / "01-module" / "01-lesson.md").unlink()
    text = TEXT.format("First words.").replace("title: Lesson", "title: Lesson\naliases: [lesson]")
    folder.save({"01-module/01-renamed.md": text})
    preview.rebuild()
    assert "Complete" in words(author.get(BASE))


def test_what_was_taken_out_and_comes_back_has_its_results(folder, preview, author):
    author.post(f"{LESSON}read")
    (folder.path / "01-module" / "01-lesson.md").rename(folder.path.parent / "01-lesson.md")
    preview.rebuild()
    author.get(LESSON, 404)
    (folder.path.parent / "01-lesson.md").rename(folder.path / "01-module" / "01-lesson.md")
    preview.rebuild()
    assert "Complete" in words(author.get(BASE))


def test_nothing_is_written_into_the_folder(folder, preview, author):
    author.post(f"{LESSON}read")
    found = sorted(str(path.relative_to(folder.path)) for path in folder.path.rglob("*") if path.is_file())
    assert found == sorted(FILES)


def test_a_new_lesson_a_new_module_and_a_translation_appear(folder, preview, author):
    folder.save({"02-more/index.md": "---\ntitle: More\n---\n", "02-more/01-new.md": TEXT.format("New words.")})
    folder.save({"01-module/01-lesson.ru.md": "---\ntitle: Урок\n---\n\nПервые слова.\n"})
    preview.rebuild()
    assert "New words." in words(author.get(f"{BASE}more/new/"))
    assert "Первые слова." in words(author.get(f"{LESSON}?lang=ru"))


def test_a_problem_stands_in_its_place_and_in_the_bar_of_every_page(folder, preview, author):
    folder.lesson("First words.\n\nSee [this](gone.md).\n\nLast words.")
    preview.rebuild()
    problem = preview.shown.problems[0]
    russian = preview.site.catalogues["ru"].gettext
    note = (
        f"Ошибка {problem.message(russian)} {problem.hint_text(russian)} Error {problem.message()} {problem.hint_text()}"
        f" 01-module/01-lesson.md:8:{problem.column} [{problem.code}] See [this](gone.md)."
    )
    assert f"First words. {note} See this . Last words." in words(author.get(LESSON))
    for path in (BASE, "/calendar", LESSON):
        assert f"1 error Errors 01-module/01-lesson.md 01-module/01-lesson.md:8 {problem.message()}" in bar(
            author.get(path)
        )
    assert f'href="{LESSON}#problem-1"' in author.get(BASE)
    assert "1 error" in bar(author.get("/no-such-page", 404))


def test_errors_and_warnings_are_counted_apart(folder, preview, author):
    folder.lesson("See [this](gone.md).")
    folder.save({"stray.md": "Stray."})
    preview.rebuild()
    assert [problem.severity for problem in preview.shown.problems] == ["error", "warning"]
    text = bar(author.get(BASE))
    assert "1 error, 1 warning Errors 01-module/01-lesson.md" in text
    assert "Warnings stray.md stray.md:1" in text


def test_the_bar_lists_forty_problems_and_their_page_all(folder, preview, author):
    folder.lesson("\n\n".join(f"See [this](gone-{number}.md)." for number in range(45)))
    preview.rebuild()
    shown = bar(author.get(BASE))
    assert ("5 more problems" in shown, shown.count("01-module/01-lesson.md:")) == (True, 40)
    assert words(author.get("/preview/problems")).count("01-module/01-lesson.md:") == 45


def test_the_bar_speaks_russian(folder, preview, author):
    folder.lesson("See [this](gone.md).")
    preview.rebuild()
    text = bar(author.get(f"{LESSON}?lang=ru"))
    assert [
        word for word in ("Просмотр", "Слушатель Anna", "Ведущий Dan", "1 ошибка", "день 1") if word not in text
    ] == []


# ------------------------------------------------------------------------------------------- no course


def test_without_a_course_every_address_leads_to_the_problems_until_there_is_one(tmp_path, preview_of):
    empty = Folder(tmp_path / "empty")
    empty.path.mkdir()
    preview = preview_of(empty.path)
    author = Author(preview)
    for path in ("/", "/courses/", "/preview/", LESSON):
        assert "There is no course in the folder yet." in words(author.get(path))
        assert author.response.request.full_path == "/preview/problems?next=/preview/"
    assert "course.md:1" in words(author.get("/"))
    empty.save(FILES)
    preview.rebuild()
    author.get("/preview/problems?next=/preview/")
    assert author.response.request.path == BASE


@pytest.mark.parametrize("front", ["---\ntitle: [\n---\n", "", "---\n", "\x00\xff"])
def test_a_broken_course_file_is_shown_with_its_problems(folder, preview, author, front):
    folder.save({"course.md": front})
    preview.rebuild()
    assert bar(author.get("/preview/problems")).count("course.md:") > 0
    folder.save(FILES)
    preview.rebuild()
    assert preview.shown.problems == ()
    assert "First words." in words(author.get(LESSON))


def test_a_course_that_is_gone_stays_as_it_was_last(folder, preview, author):
    (folder.path / "course.md").unlink()
    preview.rebuild()
    body = author.get(LESSON)
    assert "First words." in words(body)
    assert "There is no course in the folder at this moment." in bar(body)
    version = preview.version
    preview.rebuild()
    assert preview.version == version
    folder.save(FILES)
    preview.rebuild()
    assert "There is no course in the folder at this moment." not in bar(author.get(LESSON))


def test_a_course_with_another_id_is_found_from_its_former_addresses(folder, preview, author):
    folder.save({"course.md": COURSE.replace("id: trial", "id: tried")})
    preview.rebuild()
    author.get(LESSON)
    assert author.response.request.path == "/courses/tried@preview/"
    assert "First words." in words(author.get("/courses/tried@preview/module/lesson/"))
    folder.save(FILES)
    preview.rebuild()
    assert "First words." in words(author.get(LESSON))


# ------------------------------------------------------------------------------------------- when

LOCKED = "First words.\n\n:::{task} Later\n:id: later\n:requires: {from: day 3}\n:::"


def test_what_opens_on_the_third_day_is_open_when_the_clock_says_so(folder, preview, author):
    folder.lesson(LOCKED)
    preview.rebuild()
    assert "Do it." not in words(author.get(LESSON))
    author.post("/preview/clock", step="day", next=LESSON)
    assert "Do it." not in words(author.get(LESSON))
    body = author.post("/preview/clock", step="day", next=LESSON)
    assert author.response.request.path == LESSON
    assert "Do it." in words(body)
    assert "day 3" in bar(body)
    assert "day 1" in bar(author.post("/preview/clock", step="start", next=LESSON))
    assert "Do it." not in words(author.get(LESSON))


def test_the_clock_is_set_in_the_courses_time_zone_and_goes_on(preview, author):
    author.post("/preview/clock", step="at", at="2031-05-06T18:30", next="/")
    past = preview.site.now() - datetime(2031, 5, 6, 15, 30, tzinfo=UTC)
    assert timedelta(0) < past < timedelta(minutes=2)
    body = author.get(BASE)
    assert 'value="2031-05-06T18:3' in body
    assert "6 May 2031, 18:3" in bar(body)


def test_now_is_the_machines_time(preview, author):
    author.post("/preview/clock", step="week", next="/")
    author.post("/preview/clock", step="now", next="/")
    assert abs(preview.site.now() - preview.real_now()) < timedelta(seconds=1)


def test_time_passes_for_the_site_whichever_way_the_clock_is_set(preview, author):
    def ticked() -> datetime:
        with preview.app.app_context():
            found = db.session.get_one(LastTick, "events").at
            db.session.remove()
        return found

    for at in ("2031-05-06T18:30", "2029-01-01T00:00", "2035-01-01T00:00"):
        author.post("/preview/clock", step="at", at=at, next="/")
        assert ticked().strftime("%Y") == str(int(at[:4]) - (at[5:10] == "01-01"))  # midnight in Moscow


WALK = ":::{walk} A walk\n---\nid: walk\nphases: {two: {opens: day 9}}\n---\n:::"


def test_every_phase_of_an_activity_can_be_seen_at_once(folder, preview, author):
    assert "Phases" not in bar(author.get(LESSON))
    assert "No activity of the course goes through phases." in words(author.get("/preview/phases"))
    folder.lesson(WALK)
    preview.rebuild()
    assert "Phases" in bar(author.get(LESSON))
    assert re.findall(r'name="phase" value="(\w*)"[^>]*?( aria-pressed="true")?>', author.get("/preview/phases")) == [
        ("one", ' aria-pressed="true"'),
        ("two", ""),
    ]
    assert "learner in one" in words(author.get(LESSON))
    assert "learner in two" in words(author.post("/preview/phases", block="walk", phase="two"))
    author.post("/preview/as", who="tutor", next=LESSON)
    assert "tutor in two" in words(author.get(LESSON))
    assert "tutor in one" in words(author.post("/preview/phases", block="walk", phase="one"))
    assert "tutor in one" in words(author.post("/preview/phases", block="walk", phase=""))
    for block, phase in (("walk", "three"), ("none", "one")):
        author.post("/preview/phases", status=422, block=block, phase=phase)


def test_the_clock_takes_no_other_times(preview, author):
    before = preview.version
    for at in ("", "soon", "2031-02-30T10:00", "9999-12-31T23:59", "0001-01-01T00:00"):
        author.post("/preview/clock", 422, step="at", at=at, next="/")
    assert preview.version == before


def test_other_windows_hear_that_the_clock_was_set(preview, author):
    before = preview.version
    author.post("/preview/clock", step="day", next="/")
    assert preview.version != before


# ------------------------------------------------------------------------------------------- news


def test_news_come_at_once_to_who_has_seen_something_else(preview, author):
    assert author.get("/preview/news?seen=x") == f'{{"version": "{preview.version}"}}'


def test_who_waits_hears_of_a_save(folder, preview):
    heard: list[str] = []
    seen = preview.version
    waiting = threading.Thread(target=lambda: heard.append(preview.wait(seen, 60)))
    waiting.start()
    folder.lesson("Other words.")
    preview.rebuild()
    waiting.join(60)
    assert heard == [preview.version]
    assert heard != [seen]


def test_nobody_waits_for_longer_than_asked_nor_after_leaving_nor_at_the_end(preview):
    version = preview.version
    assert preview.wait(version, 0) == version
    assert preview.wait(version, 60, lambda: True) == version
    preview.hush()
    assert preview.wait(version, 60) == version


def test_when_all_places_are_taken_the_next_is_answered_at_once(preview):
    taken = [preview.rooms.acquire(blocking=False) for _ in range(WAITING)]
    assert (all(taken), preview.wait(preview.version, 60)) == (True, preview.version)


def test_a_saved_file_is_noticed(folder, preview):
    seen = preview.version
    preview.watch()
    folder.lesson("Other words.")
    assert preview.wait(seen, 60) != seen


def test_news_ask_the_database_nothing(preview, author):
    with preview.app.app_context():
        engine = db.engine
    checked_out = engine.pool.checkedout()  # type: ignore[attr-defined]  # of a queue pool
    author.get("/preview/news?seen=x")
    assert engine.pool.checkedout() == checked_out  # type: ignore[attr-defined]  # the same


# ------------------------------------------------------------------------------------------- the door


@pytest.mark.parametrize(
    "environ",
    [
        {"REMOTE_ADDR": "192.168.1.7"},
        {"REMOTE_ADDR": ""},
        {"REMOTE_ADDR": "::ffff:10.0.0.1"},
        {"HTTP_HOST": "example.org"},
        {"HTTP_HOST": "example.org:8000"},
        {"HTTP_HOST": "127.0.0.1.example.org"},
        {"HTTP_HOST": "localhost@example.org"},
        {"HTTP_HOST": ""},
        {"HTTP_X_FORWARDED_FOR": "127.0.0.1"},
        {"HTTP_FORWARDED": "for=127.0.0.1"},
        {"HTTP_X_FORWARDED_HOST": "127.0.0.1"},
        {"HTTP_X_REAL_IP": "127.0.0.1"},
        {"HTTP_VIA": "1.1 tunnel"},
    ],
)
def test_only_this_machine_comes_in(environ):
    here = {"REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "127.0.0.1:8000"}
    assert [refused(here), refused(here | environ)] == [False, True]


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost:8000", "[::1]:8000", "LOCALHOST:8000", "localhost"])
def test_by_each_of_its_names(host):
    assert not refused({"REMOTE_ADDR": "::1", "HTTP_HOST": host})


def test_the_door_stands_before_every_address(author):
    for path in (BASE, "/preview/", "/preview/news?seen=x", "/static/app.css"):
        response = author.client.get(path, base_url=URL, environ_overrides={"REMOTE_ADDR": "192.168.1.7"})
        assert (response.status_code, response.get_data(as_text=True)) == (
            403, "A preview needs no password, so it is open on this machine alone.\n",
        )  # fmt: skip


def test_a_forged_form_is_refused(author):
    for path in ("/preview/as", "/preview/clock"):
        response = author.client.post(path, data={"who": "tutor", "step": "day"}, base_url=URL)
        assert response.status_code == 400


def test_every_page_keeps_the_strict_policy(author):
    body = author.get(LESSON)
    assert "script-src 'self'; style-src 'self'" in author.response.headers["Content-Security-Policy"]
    assert re.findall(r"<script(?![^>]* src=)| style=| on\w+=|<style", body) == []


def test_no_other_site_has_any_of_it(tmp_path):
    app = create_app(Config(data_dir=tmp_path, secret_key="k" * 40), plugins=())
    assert [rule.rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/preview")] == []


def test_its_own_pages_are_these(preview):
    own = [row for row in preview.app.extensions["policies"] if row[0].startswith("/preview/")]
    assert sorted((rule, *methods, policy.name) for rule, methods, policy in own) == [
        ("/preview/", "GET", "public"),
        ("/preview/as", "POST", "public"),
        ("/preview/clock", "POST", "public"),
        ("/preview/news", "GET", "public"),
        ("/preview/phases", "GET", "public"),
        ("/preview/phases", "POST", "public"),
        ("/preview/problems", "GET", "public"),
    ]
