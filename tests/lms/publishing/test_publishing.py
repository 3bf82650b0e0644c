"""From a folder to a revision: a mistake changes nothing, the same changes nothing, a change is a new number and runs stay."""

import hashlib
import threading
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select

from lms.db import db
from lms.events import CoursePublished
from lms.plugin import BadInput, On, Plugin
from lms.publishing import service
from lms.publishing.models import CourseRecord, Edition, LessonText, Revision, RunRecord
from lms.testing import Stage

HEARD: list[CoursePublished] = []
COURSE = """---
title: Сетевое сообщество
language: ru
hours: 1
timezone: Asia/Omsk
authors: [Автор]
completion: {lessons: all, activities: all}
---

О курсе.
"""
PNG = b"\x89PNG\r\n\x1a\n" + b"one picture" * 5
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
FILES: dict[str, str | bytes] = {
    "course.md": COURSE,
    "01-module/index.md": "---\ntitle: Модуль\n---\n",
    "01-module/01-lesson.md": "---\ntitle: Урок\nminutes: 45\n---\n\nПервый текст.\n\n![схема](scheme.svg) ![снимок](photo.png)\n",
    "01-module/scheme.svg": SVG,
    "01-module/photo.png": PNG,
    "course.en.md": "---\ntitle: Network community\n---\n\nAbout.\n",
    "01-module/01-lesson.en.md": "---\ntitle: Lesson\n---\n\nFirst text.\n",
}


@pytest.fixture
def plugins() -> tuple[Plugin, ...]:
    HEARD.clear()
    return (Plugin("ear", "lms.publishing", (On(CoursePublished, lambda site, event: HEARD.append(event)),)),)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "network"
    for name, content in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return root


@pytest.fixture
def publish(stage: Stage, folder: Path) -> Callable[[], service.Published]:
    def act() -> service.Published:
        done = service.publish(stage.site, folder)
        db.session.commit()
        return done

    return act


def counted() -> dict[str, int]:
    """Rows of every table that publishing writes."""
    db.session.rollback()
    models = (CourseRecord, Revision, Edition, LessonText, RunRecord)
    return {
        model.__tablename__: db.session.execute(select(func.count()).select_from(model)).scalar_one()
        for model in models
    }


def texts(stage: Stage, revision: int, language: str = "ru") -> list[str]:
    return [part.html for part in stage.site.library.lesson(revision, language, "lesson")]


def test_the_first_publication_is_number_one_in_both_languages(stage: Stage, publish) -> None:
    done = publish()
    assert (done.course, done.number, done.changed, done.problems) == ("network", 1, True, ())
    assert counted() == {"course": 1, "revision": 1, "edition": 2, "lesson_text": 2, "run": 0}
    titles = {
        tongue: (found.course.title, found.items["lesson"].title)
        for tongue in ("ru", "en", "de")
        for found in [stage.site.library.outline(done.revision, tongue)]
    }
    assert titles == {
        "ru": ("Сетевое сообщество", "Урок"),
        "en": ("Network community", "Lesson"),
        "de": ("Сетевое сообщество", "Урок"),
    }
    assert [texts(stage, done.revision, tongue)[0].splitlines()[0] for tongue in ("ru", "en")] == [
        "<p>Первый текст.</p>", "<p>First text.</p>",
    ]  # fmt: skip
    with pytest.raises(KeyError):
        stage.site.library.outline(done.revision + 1, "ru")
    with pytest.raises(KeyError):
        stage.site.library.lesson(done.revision, "ru", "nothing")


def test_the_same_content_makes_no_new_revision(publish, folder: Path) -> None:
    first, before = publish(), counted()
    (folder / "01-module/index.md").touch()
    again = publish()
    assert (again.revision, again.number, again.changed) == (first.revision, 1, False)
    assert counted() == before
    assert [(event.before, event.after) for event in HEARD] == [(None, first.revision)]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("01-module/01-lesson.md", "---\ntitle: Урок\nminutes: 45\n---\n\nВторой текст.\n"),
        ("01-module/photo.png", "another picture"),
        ("01-module/01-lesson.en.md", "---\ntitle: Lesson\n---\n\nSecond text.\n"),
        ("course.md", COURSE.replace("Сетевое", "Тесное")),
    ],
    ids=["lesson", "picture", "translation", "title"],
)
def test_a_change_anywhere_makes_the_next_number(publish, folder: Path, name: str, text: str) -> None:
    first = publish()
    (folder / name).write_text(text, "utf-8")
    second = publish()
    assert (second.number, second.changed) == (2, True)
    assert second.revision != first.revision
    assert [(event.before, event.after) for event in HEARD] == [
        (None, first.revision),
        (first.revision, second.revision),
    ]


def test_what_was_taken_back_is_a_new_revision_too(publish, folder: Path) -> None:
    publish()
    lesson = folder / "01-module/01-lesson.md"
    before = lesson.read_text("utf-8")
    lesson.write_text(before.replace("Первый", "Второй"), "utf-8")
    publish()
    lesson.write_text(before, "utf-8")
    done = publish()
    assert (done.number, done.changed) == (3, True)


@pytest.mark.parametrize(
    ("name", "text", "codes"),
    [
        (
            "01-module/01-lesson.md",
            "---\ntitle: Урок\nminutes: 45\n---\n\n:::{telepathy} Что?\n:id: x\n:::\n",
            {"directive-unknown"},
        ),
        ("01-module/01-lesson.md", "---\ntitle: Урок\nminutes: 5\n---\n\nНе сходятся часы.\n", {"hours-sum"}),
        ("course.md", COURSE.replace("hours: 1", "hours: много"), {"value"}),
        ("course.en.md", "---\ntitle: {}\n---\n", {"value"}),
    ],
    ids=["kind", "hours", "course", "translation"],
)
def test_a_broken_course_never_replaces_the_last_good_one(
    stage: Stage, publish, folder: Path, name: str, text: str, codes: set[str]
) -> None:
    good = publish()
    before = counted()
    (folder / name).write_text(text, "utf-8")
    (folder / "01-module" / "new.png").write_bytes(b"new")
    broken = publish()
    assert (broken.revision, broken.number, broken.changed) == (None, 0, False)
    assert {problem.code for problem in broken.problems if problem.severity == "error"} == codes
    assert counted() == before
    assert len(HEARD) == 1
    assert db.session.execute(select(CourseRecord.revision_id)).scalars().all() == [good.revision]
    assert texts(stage, good.revision)[0].startswith("<p>Первый текст.</p>")


def test_a_broken_course_that_never_was_leaves_nothing(stage: Stage, publish, folder: Path) -> None:
    (folder / "course.md").write_text("no front matter")
    assert publish().revision is None
    assert counted() == {"course": 0, "revision": 0, "edition": 0, "lesson_text": 0, "run": 0}
    assert not (stage.site.config.data_dir / "media").exists()


def test_what_fails_half_way_is_not_half_published(stage: Stage, publish, folder: Path) -> None:
    good, before = publish(), counted()
    (folder / "01-module/01-lesson.md").write_text("---\ntitle: Урок\nminutes: 45\n---\n\nВторой.\n", "utf-8")
    service.publish(stage.site, folder)
    db.session.rollback()
    assert counted() == before
    assert db.session.execute(select(CourseRecord.revision_id)).scalar_one() == good.revision


def test_a_run_stays_with_the_revision_it_was_opened_on(stage: Stage, publish, folder: Path) -> None:
    first = publish()
    old = stage.run("network", "old")
    lesson = folder / "01-module/01-lesson.md"
    lesson.write_text(lesson.read_text("utf-8").replace("Первый", "Второй"), "utf-8")
    second = publish()
    new = stage.run("network", "new")
    pinned = dict(db.session.execute(select(RunRecord.id, RunRecord.revision_id)).all())
    assert pinned == {old: first.revision, new: second.revision}
    learner = stage.person("Ученикова", language="ru")
    stage.enrol(old, learner)
    stage.enrol(new, learner)
    browser = stage.browser(learner)
    shown = [browser.get(f"{stage.base(run)}module/lesson/") for run in (old, new)]
    assert [("Первый текст." in page, "Второй текст." in page) for page in shown] == [(True, False), (False, True)]


def test_twenty_at_once_make_one_revision(stage: Stage, folder: Path) -> None:
    numbers: list[tuple[int, bool]] = []
    faults: list[Exception] = []
    together = threading.Barrier(20)

    def act() -> None:
        with stage.app.app_context():
            try:
                together.wait(30)
                done = service.publish(stage.site, folder)
                db.session.commit()
                numbers.append((done.number, done.changed))
            except Exception as error:
                faults.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=act) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert sorted(numbers) == [(1, False)] * 19 + [(1, True)]
    assert counted() == {"course": 1, "revision": 1, "edition": 2, "lesson_text": 2, "run": 0}


# ------------------------------------------------------------------ files beside the text


def address(content: bytes, ending: str) -> str:
    return f"/media/{hashlib.sha256(content).hexdigest()[:32]}.{ending}"


def test_pictures_are_kept_by_the_hash_of_their_content_and_served_in_a_sandbox(stage: Stage, publish) -> None:
    done = publish()
    page = texts(stage, done.revision)[0]
    kept = sorted(path.name for path in (stage.site.config.data_dir / "media").rglob("*") if path.is_file())
    assert kept == sorted(address(*file).rpartition("/")[2] for file in ((SVG, "svg"), (PNG, "png")))
    browser = stage.browser()
    for content, ending, kind in ((SVG, "svg", "image/svg+xml; charset=utf-8"), (PNG, "png", "image/png")):
        assert f'src="{address(content, ending)}"' in page
        answer = browser.client.get(address(content, ending))
        assert (answer.status_code, answer.data, answer.headers["Content-Type"]) == (200, content, kind)
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; style-src 'unsafe-inline'; sandbox"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"
        assert answer.headers["Content-Disposition"].partition(";")[0] == "inline"
        answer.close()


def test_what_is_no_picture_is_downloaded_and_never_shown(stage: Stage) -> None:
    media = stage.site.config.data_dir / "media" / "aa"
    media.mkdir(parents=True)
    for ending, kind in (("pdf", "application/pdf"), ("html", "application/octet-stream")):
        name = "aa" + "0" * 30 + "." + ending
        (media / name).write_bytes(b"<script>alert(1)</script>")
        answer = stage.browser().client.get(f"/media/{name}")
        assert answer.headers["Content-Type"] == kind
        assert answer.headers["Content-Disposition"] == f"attachment; filename={name}"
        answer.close()


def test_other_names_are_not_found(stage: Stage) -> None:
    data = stage.site.config.data_dir
    data.mkdir(exist_ok=True)
    (data / "secret.key").write_text("s" * 40)
    client = stage.browser().client
    for name in (
        "0" * 32 + ".png", "0" * 32, "0" * 31 + ".png", "Z" * 32 + ".png", "..", "..%2f..%2fsecret.key", "%2e%2e",
        "0" * 32 + ".p/g", "0" * 32 + ".png.exe", "0" * 32 + "./../../x", "%00",
    ):  # fmt: skip
        answer = client.get(f"/media/{name}")
        assert (name, answer.status_code, b"ssss" in answer.data) == (name, 404, False)


def test_static_files_of_the_core_and_nothing_beside_them(stage: Stage) -> None:
    client = stage.browser().client
    found = client.get("/static/app.css")
    assert (found.status_code, found.headers["Cache-Control"]) == (200, "public, max-age=31536000, immutable")
    found.close()
    for path in (
        "/static/../config.py",
        "/static/%2e%2e/config.py",
        "/static/",
        "/static/nothing.css",
        "/static/ear/x",
    ):
        assert client.get(path).status_code == 404, path


# ------------------------------------------------------------------ runs


def test_a_run_needs_a_published_course_an_end_after_its_start_and_a_name_of_its_own(stage: Stage, publish) -> None:
    day = date(2026, 9, 14)
    with pytest.raises(BadInput, match="no published course “network”"):
        service.open_run(stage.site, "network", "autumn", day)
    publish()
    with pytest.raises(BadInput, match="cannot end before it starts"):
        service.open_run(stage.site, "network", "autumn", day, date(2026, 9, 13))
    found = service.open_run(stage.site, "network", "autumn", day, day, title="Осень", capacity=25)
    assert (found.slug, found.title, found.capacity, found.enrolment, found.timezone) == (
        "autumn", "Осень", 25, "open", "Asia/Omsk",
    )  # fmt: skip
    db.session.commit()
    with pytest.raises(BadInput, match="already has a run “autumn”"):
        service.open_run(stage.site, "network", "autumn", day)
    other = stage.course()
    assert service.open_run(stage.site, other, "autumn", day).ends_on is None
    db.session.rollback()
    assert counted()["run"] == 1
