"""`lms help format`, `lms schema` and `lms new` as an author runs them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from lms.cli import main


@pytest.fixture(autouse=True)
def _plain(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith("LMS_") or name in ("LC_ALL", "LC_MESSAGES", "LANG")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def run(*words: str, status: int = 0, language: str = "en_US.UTF-8") -> Result:
    found = CliRunner().invoke(main, list(words), env={"LC_ALL": language})
    assert found.exit_code == status, (words, found.output, found.exception)
    assert found.exception is None or isinstance(found.exception, SystemExit)
    return found


def files(folder: str) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in Path(folder).rglob("*") if path.is_file())


# ------------------------------------------------------------------ looking up


def test_the_reference_of_one_thing() -> None:
    told = run("help", "format", "share").stdout
    assert told == "Shares\n======\n\nA part of the whole: `60%` or `0.6`.\n"
    assert run("help", "format", "index.md").stdout == run("help", "format", "module").stdout
    assert run("help", "format", "Share", language="ru_RU.UTF-8").stdout.startswith("Доли\n====\n")


def test_the_whole_reference_in_each_form() -> None:
    names = [section["name"] for section in json.loads(run("help", "format", "--format", "json").stdout)]
    assert names[:4] == ["course", "module", "lesson", "block"]
    assert names[-6:] == ["requires", "moment", "phases", "criteria", "id", "share"]
    page = run("help", "format", "--format", "markdown").stdout
    assert page.startswith('---\ntitle: "Reference of the format"\n')
    assert [line.rpartition("{#")[2].rstrip("}") for line in page.splitlines() if line.startswith("## ")][:4] == names[
        :4
    ]
    assert run("help", "format").stdout.startswith("course.md: the course\n")


def test_a_name_that_is_not_there_is_guessed() -> None:
    said = run("help", "format", "lessn", status=2).stderr
    assert "There is nothing called “lessn” in the format: course, module, lesson, block" in said
    assert said.endswith("Did you mean “lesson”?\n")


def test_schemas_as_files() -> None:
    said = run("schema", "--out", "made/schema")
    assert said.stdout == ""
    names = [name.removesuffix(".json") for name in files("made/schema")]
    assert {"course", "module", "lesson", "block-note"} <= set(names)
    assert said.stderr.splitlines() == [f"made/schema/{name}.json" for name in _order(names)]
    lesson = json.loads(Path("made/schema/lesson.json").read_text("utf-8"))
    assert (lesson["$schema"], lesson["required"]) == ("https://json-schema.org/draft/2020-12/schema", ["title"])
    run("schema", "--out", "all.json", language="ru_RU.UTF-8")
    whole = json.loads(Path("all.json").read_text("utf-8"))
    assert sorted(name for name in whole["$defs"] if "." not in name) == sorted(names)
    assert whole["$defs"]["lesson"]["properties"]["requires"]["description"] == (
        "Что должно быть выполнено, чтобы урок открылся."
    )
    assert json.loads(run("schema").stdout)["$defs"].keys() == whole["$defs"].keys()


def _order(names: list[str]) -> list[str]:
    first = ["course", "module", "lesson"]
    return [*first, *sorted(name for name in names if name not in first)]


def test_schemas_where_no_file_can_be() -> None:
    Path("taken").write_text("x")
    assert "taken" in run("schema", "--out", "taken", status=2).stderr


# ------------------------------------------------------------------ beginning


def checked(folder: str) -> None:
    assert run("check", "--strict", folder).stderr == "0 errors, 0 warnings\n"


@pytest.mark.parametrize(("tongue", "lesson"), [("en", "The first lesson"), ("ru", "Первый урок")])
def test_a_course_passes_the_check_from_the_first_minute(tongue: str, lesson: str) -> None:
    made = run("new", "course", "first-course", "--language", tongue)
    expected = ["01-start/01-first-lesson.md", "01-start/index.md", "course.md"]
    assert sorted(made.stdout.splitlines()) == [f"first-course/{name}" for name in expected]
    assert files("first-course") == expected
    assert made.stderr == "lms check first-course: 0 errors, 0 warnings\n"
    checked("first-course")
    text = Path("first-course/course.md").read_text("utf-8")
    assert text.startswith(f"---\ntitle: First course\nlanguage: {tongue}\ntimezone: Europe/Moscow\n# ")
    assert f"title: {lesson}\n" in Path("first-course/01-start/01-first-lesson.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("title", "line"),
    [
        ("Химия: начало", 'title: "Химия: начало"'),
        ("42", 'title: "42"'),
        ("C# for all", 'title: "C# for all"'),
        ("[draft]", 'title: "[draft]"'),
        ("'quoted'", "title: \"'quoted'\""),
        ("two\nlines", "title: two lines"),
        ("true", 'title: "true"'),
        ('with "quotes" inside', 'title: with "quotes" inside'),
    ],
)
def test_titles_that_yaml_would_take_for_something_else(title: str, line: str) -> None:
    run("new", "course", "course", "--title", title)
    assert Path("course/course.md").read_text("utf-8").splitlines()[1] == line
    checked("course")


def test_modules_and_lessons_come_last_with_ids_that_are_free() -> None:
    run("new", "course", "course", "--language", "ru")
    said = run("new", "module", "course", "Работа вместе")
    assert said.stdout == "course/02-rabota-vmeste/index.md\n"
    run("new", "module", "course", "Работа вместе")
    run("new", "module", "course", "Grades")  # a word of the addresses
    run("new", "module", "course", "漢字", "--name", "signs")
    run("new", "module", "course", "漢字")
    run("new", "lesson", "course/02-rabota-vmeste", "Первый урок", "--minutes", "20")
    run("new", "lesson", "course/02-rabota-vmeste", "First lesson")
    run("new", "lesson", "course/02-rabota-vmeste", "Урок", "--name", "another")
    assert files("course") == [
        "01-start/01-first-lesson.md",
        "01-start/index.md",
        "02-rabota-vmeste/01-pervyi-urok.md",
        "02-rabota-vmeste/02-first-lesson-2.md",
        "02-rabota-vmeste/03-another.md",
        "02-rabota-vmeste/index.md",
        "03-rabota-vmeste-2/index.md",
        "04-grades-2/index.md",
        "05-signs/index.md",
        "06-module/index.md",
        "course.md",
    ]
    assert Path("course/02-rabota-vmeste/01-pervyi-urok.md").read_text("utf-8") == (
        "---\ntitle: Первый урок\nminutes: 20\n---\n\nНапишите здесь урок: обычный текст в Markdown.\n"
    )
    checked("course")


def test_a_course_that_says_its_hours_still_adds_up() -> None:
    run("new", "course", "course")
    path = Path("course/course.md")
    path.write_text(path.read_text("utf-8").replace("language:", "hours: 0.5\nlanguage:"), "utf-8")
    checked("course")
    said = run("new", "lesson", "course/01-start", "Second steps")
    assert said.stderr == "lms check course: 0 errors, 0 warnings\n"
    checked("course")
    said = run("new", "lesson", "course/01-start", "Long steps", "--minutes", "90")
    assert said.stderr == "lms check course: 1 error, 0 warnings\n"


def test_nothing_that_is_there_is_changed() -> None:
    Path("course").mkdir()
    Path("course/notes.txt").write_text("mine")
    Path("file").write_text("mine")
    for name in ("course", "file"):
        assert f"{name} is there already: choose another name." in run("new", "course", name, status=2).stderr
    assert (files("course"), Path("file").read_text()) == (["notes.txt"], "mine")
    run("new", "course", "other")
    before = {name: Path("other", name).read_bytes() for name in files("other")}
    said = run("new", "lesson", "other/01-start", "First", "--name", "first-lesson", status=2).stderr
    assert "“first-lesson” cannot be an id here, or is taken." in said
    assert {name: Path("other", name).read_bytes() for name in files("other")} == before
    Path("empty").mkdir()
    run("new", "course", "empty")
    checked("empty")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["course"], "Missing argument"),
        (["course", "x", "--title", " "], "A title must be given."),
        (["module", "nowhere", "A"], "nowhere is no course: it has no course.md."),
        (["module", "course"], "A title must be given."),
        (["module", "course", "A", "--name", "Not an id"], "“Not an id” cannot be an id here, or is taken."),
        (["lesson", "course/01-start"], "A title must be given."),
        (["lesson", "course", "A"], "is no course: it has no course.md."),
        (["lesson", "course/none", "A"], "course/none is no module: it has no index.md."),
        (["lesson", "course/01-start", "A", "--minutes", "-1"], "--minutes"),
        (
            ["activity", "telepathy", "course/01-start/01-first-lesson.md"],
            "There is no kind of block called “telepathy”",
        ),
        (["plugin", "Not a name"], "“Not a name” cannot be the name of a plugin"),
        (["plugin", "a__b"], "“a__b” cannot be the name of a plugin"),
        (["plugin", "course"], "course is there already: choose another name."),
    ],
)
def test_wrong_use_is_a_sentence_and_status_two(words: list[str], said: str) -> None:
    run("new", "course", "course")
    before = files(".")
    assert said in run("new", *words, status=2).stderr
    assert files(".") == before


def test_at_a_terminal_the_title_is_asked_for() -> None:
    ours, theirs = os.openpty()
    os.write(ours, "Мой курс\n".encode())
    line = [sys.executable, "-m", "lms.cli", "new", "course", "first-course"]
    done = subprocess.run(line, stdin=theirs, capture_output=True, text=True, encoding="utf-8", check=False)
    os.close(ours)
    os.close(theirs)
    assert (done.returncode, len(done.stdout.splitlines())) == (0, 3)
    assert done.stderr.startswith("Title of the course [First course]: ")
    assert "\ntitle: Мой курс\n" in Path("first-course/course.md").read_text("utf-8")


def test_a_folder_that_cannot_be_written_is_said_so(tmp_path: Path) -> None:
    Path("file").write_text("x")
    assert "file/course" in run("new", "course", "file/course", status=2).stderr


def test_a_plugin_is_a_folder_with_everything_in_it() -> None:
    made = run("new", "plugin", "my_idea", "--title", 'My "idea"', "--title-ru", "Моя мысль", "--folder", "made/here")
    expected = [
        "README.md",
        "lms_my_idea/__init__.py",
        "lms_my_idea/format.py",
        "lms_my_idea/templates/my_idea/show.html",
        "lms_my_idea/translations/ru/LC_MESSAGES/messages.po",
        "pyproject.toml",
        "tests/test_my_idea.py",
    ]
    assert files("made/here") == expected
    assert sorted(made.stdout.splitlines()) == [f"made/here/{name}" for name in expected]
    assert made.stderr == "Next: pip install -e made/here · python -m pytest -n 0 made/here\n"
    assert [name for name in expected if "$" in Path("made/here", name).read_text("utf-8")] == []
    assert 'title = mark("My idea")' in Path("made/here/lms_my_idea/__init__.py").read_text("utf-8")
