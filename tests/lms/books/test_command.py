"""`lms book`: from a folder to a file, without any site."""

import os
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from courses.moments import Moment
from lms.books.command import moment_words
from lms.cli import main, speak
from lms.i18n import set_language
from tests.lms.books import everything


def run(*words: object, status: int = 0, **environment: str) -> Result:
    found = CliRunner(env={"LANG": "en", **environment}).invoke(main, ["book", *map(str, words)])
    assert found.exit_code == status, (found.output, found.exception)
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A course of one lesson in two languages."""
    found = tmp_path / "kurs"
    (found / "01-a").mkdir(parents=True)
    for name, title in (("course", "Course"), ("01-a/index", "Module"), ("01-a/01-b", "Lesson")):
        (found / f"{name}.md").write_text(f"---\ntitle: {title}\n---\nText.\n")
        (found / f"{name}.ru.md").write_text(f"---\ntitle: {title} (ru)\n---\nText, translated.\n")
    for file in found.rglob("*.md"):
        os.utime(file, (1_700_000_000, 1_700_000_000))
    return found


def test_it_makes_both_kinds_of_book_in_both_languages(folder: Path, tmp_path: Path) -> None:
    for language, title in (("en", "Course"), ("ru", "Course (ru)")):
        target = tmp_path / f"{language}.html"
        found = run(folder, "--format", "html", "--language", language, "--out", target)
        assert (found.stdout, found.stderr) == ("", f"{target}\n")
        assert f'<html lang="{language}">' in target.read_text()
        assert f"<title>{title}</title>" in target.read_text()
        run(folder, "--language", language, "--out", tmp_path / f"{language}.epub")
        with zipfile.ZipFile(tmp_path / f"{language}.epub") as archive:
            assert f"<dc:title>{title}</dc:title>" in archive.read("EPUB/package.opf").decode()


def test_the_book_goes_where_it_is_sent(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    run(folder)
    assert [path.name for path in Path().iterdir()] == ["kurs.epub"]
    found = run(folder, "--format", "html", "--out", "-")
    assert found.stdout_bytes.startswith(b"<!doctype html>")
    assert found.stderr == ""


def test_the_date_is_that_of_the_files_or_the_one_that_is_said(folder: Path) -> None:
    plain = run(folder, "--out", "-").stdout_bytes
    assert run(folder, "--out", "-").stdout_bytes == plain
    assert run(folder, "--out", "-", SOURCE_DATE_EPOCH="1700000000").stdout_bytes == plain
    assert run(folder, "--out", "-", SOURCE_DATE_EPOCH="1800000000").stdout_bytes != plain
    wrong = run(folder, "--out", "-", status=2, SOURCE_DATE_EPOCH="yesterday")
    assert "SOURCE_DATE_EPOCH" in wrong.stderr


def test_a_course_with_errors_makes_no_book(tmp_path: Path) -> None:
    # its activity is of a kind that nobody has installed
    found = run(everything.write(tmp_path / "kurs"), "--out", tmp_path / "book.epub", status=1)
    assert "[directive-unknown]" in found.stderr
    assert found.stdout == ""
    assert not (tmp_path / "book.epub").exists()


def test_a_language_the_course_is_not_written_in_is_a_wrong_use(folder: Path) -> None:
    for file in folder.rglob("*.ru.md"):
        file.unlink()
    assert "not written in this language: ru" in run(folder, "--language", "ru", status=2).stderr


@pytest.mark.parametrize(
    ("moment", "en", "ru"),
    [
        ("2026-03-01", "1 March 2026", "1 марта 2026 г."),
        ("2026-03-01 18:00", "1 March 2026, 18:00", "1 марта 2026 г., 18:00"),
        ("day 5", "day 5 of the course", "5-й день курса"),
        ("week 2 18:00", "week 2 of the course, 18:00", "2-я неделя курса, 18:00"),
    ],
)
def test_moments_without_a_run_are_said_as_they_are_meant(moment: str, en: str, ru: str) -> None:
    speak()
    said = []
    for language in ("en", "ru"):
        set_language(language)
        said.append(moment_words(Moment(moment), "Europe/Moscow"))
    assert said == [en, ru]
