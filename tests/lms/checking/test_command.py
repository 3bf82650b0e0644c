"""`lms check` as people and programs meet it: what it prints, in which language, and with which status it ends."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from lms.cli import main

COURSE = "---\ntitle: Course\n---\n"
LESSON = "---\ntitle: Lesson, 100%\nminutes: 45\n---\n"


@pytest.fixture(autouse=True)
def _plain(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith("LMS_") or name in ("LC_ALL", "LC_MESSAGES", "LANG")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def course(name: str, lesson: str) -> None:
    (Path(name) / "01-start").mkdir(parents=True)
    (Path(name) / "course.md").write_text(COURSE)
    (Path(name) / "01-start/index.md").write_text("---\ntitle: Start\n---\n")
    (Path(name) / "01-start/01-why.md").write_text(LESSON + lesson)


def run(*words: str, status: int = 0) -> Result:
    found = CliRunner().invoke(main, ["check", *words])
    assert found.exit_code == status, found.output
    return found


def test_lines_an_editor_jumps_from() -> None:
    course("one", ":::{telepathy} A, b: c\n:::\n")
    course("two", "## A\n\n#### B\n")
    found = run("one", "two", status=1)
    known = "project, quiz, seminar, thumbs, workshop"
    assert found.stderr == "1 error, 1 warning\n"
    assert [line.replace(_kinds(found.stdout), known) for line in found.stdout.splitlines()] == [
        "one/01-start/01-why.md:5:1: There is no kind of block called “telepathy”. [directive-unknown]",
        f"    Known kinds: {known}.",
        "two/01-start/01-why.md:7:1: warning: The heading jumps from level 2 to level 4. [heading-skip]",
        "    People who listen to a page find their way by headings: use ### here.",
    ]


def _kinds(output: str) -> str:
    """The list of installed kinds: other plugins may be there too."""
    return output.partition("Known kinds: ")[2].partition(".\n")[0]


def test_a_clean_course_says_so_and_prints_nothing() -> None:
    course("one", "Text\n")
    found = run("one", "--strict")
    assert (found.stdout, found.stderr) == ("", "0 errors, 0 warnings\n")
    assert json.loads(run("one", "--format", "json").stdout) == []


def test_warnings_count_when_it_is_strict() -> None:
    course("one", "## A\n\n#### B\n")
    assert run("one").stdout == run("one", "--strict", status=1).stdout


def test_from_within_the_folder_paths_are_short(monkeypatch: pytest.MonkeyPatch) -> None:
    course("one", "## A\n\n#### B\n")
    monkeypatch.chdir("one")
    assert run(".").stdout.partition(" ")[0] == "01-start/01-why.md:7:1:"


def test_json_has_the_same_facts() -> None:
    course("one", "## A\n\n#### B\n")
    found = run("one", "--format", "json")
    assert json.loads(found.stdout) == [
        {
            "path": "one/01-start/01-why.md",
            "line": 7,
            "column": 1,
            "code": "heading-skip",
            "severity": "warning",
            "message": "The heading jumps from level 2 to level 4.",
            "hint": "People who listen to a page find their way by headings: use ### here.",
        }
    ]
    assert found.stderr == ""


def test_annotations_of_github() -> None:
    course("a,b", "## A\n\n#### B\n\n![100%](no,such:file.png)\n")
    assert run("a,b", "--format", "github", status=1).stdout.splitlines() == [
        "::warning file=a%2Cb/01-start/01-why.md,line=7,col=1,title=heading-skip::The heading jumps from level 2 to level 4."
        "%0APeople who listen to a page find their way by headings: use ### here.",
        "::error file=a%2Cb/01-start/01-why.md,line=9,col=9,title=media-missing::There is no file no,such:file.png here."
        "%0AA path begins at the file it is written in; capital and small letters differ.",
    ]


@pytest.mark.parametrize(
    ("headings", "summary"),
    [(1, "0 ошибок, 1 предупреждение"), (2, "0 ошибок, 2 предупреждения"), (5, "0 ошибок, 5 предупреждений")],
)
def test_it_speaks_russian_with_the_right_endings(monkeypatch: pytest.MonkeyPatch, headings: int, summary: str) -> None:
    monkeypatch.setenv("LANG", "ru_RU.UTF-8")
    course("one", "## A\n\n#### B\n\n" * headings)
    found = run("one")
    assert found.stderr == summary + "\n"
    assert found.stdout.splitlines()[0] == (
        "one/01-start/01-why.md:7:1: предупреждение: Заголовок перескакивает с уровня 2 на уровень 4. [heading-skip]"
    )


def test_what_is_ignored_is_counted() -> None:
    course("one", "## A\n\n#### B\n")
    Path("one/course.md").write_text("---\ntitle: Course\nignore: {heading-skip: quoted}\n---\n")
    found = run("one", "--strict")
    assert (found.stdout, found.stderr) == ("", "0 errors, 0 warnings, 1 ignored with a reason\n")


def test_dates_are_held_against_a_run() -> None:
    course("one", "")
    Path("one/01-start/01-why.md").write_text("---\ntitle: A\nminutes: 1\nrequires: {from: day 40}\n---\n")
    assert run("one", "--starts", "2026-09-01").stdout == ""
    assert run("one", "--starts", "2026-09-01", "--ends", "2026-10-01").stdout.splitlines() == [
        "one/01-start/01-why.md:4:18: warning: “day 40” lies outside of the run, which lasts from 2026-09-01 to 2026-10-01."
        " [moment-outside]",
        "    Moments counted from the start, such as day 5, move with the run.",
    ]


@pytest.mark.parametrize("words", [["--ends", "2026-10-01"], ["--starts", "2026-10-02", "--ends", "2026-10-01"]])
def test_a_run_ends_after_it_starts(words: list[str]) -> None:
    course("one", "")
    assert run("one", *words, status=2).stdout == ""
