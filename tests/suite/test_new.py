"""What `lms new` writes with the activities that come with the program passes the strictest check, in both languages."""

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from lms.cli import main
from lms.registry import Registry, installed_plugins

ROOT = Path(__file__).parents[2]
KINDS = Registry((), installed_plugins()).kinds


def run(*words: str) -> str:
    found = CliRunner().invoke(main, list(words), env={"LC_ALL": "en_US.UTF-8"})
    assert found.exit_code == 0, (words, found.output)
    return found.stderr


@pytest.mark.parametrize("language", ["ru", "en"])
def test_every_activity_passes_the_check(language, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run("new", "course", "course", "--language", language)
    lesson = Path("course/01-start/01-first-lesson.md")
    other = lesson.with_suffix(".en.md" if language == "ru" else ".ru.md")
    other.write_text("---\ntitle: Translated\n---\n\nText.\n", "utf-8")
    for kind in [*KINDS, *KINDS]:
        assert run("new", "activity", kind, str(lesson)).endswith(": 0 errors, 0 warnings\n")
    run("check", "--strict", "course")
    for file in (lesson, other):
        text = file.read_text("utf-8")
        assert [text.count(f"\n:::{{{kind}}} ") for kind in KINDS] == [2] * len(KINDS)


def test_a_plugin_passes_its_own_tests(tmp_path, monkeypatch):
    """Not installed: its tests make the sites they need. With that plugin alone installed: `-m alone`."""
    monkeypatch.chdir(tmp_path)
    run("new", "plugin", "my_idea", "--title-ru", "Моя мысль")
    for command in (
        ("pytest", "-n", "0", "-q", "--database", "sqlite", "-p", "no:cacheprovider", "-W", "error"),
        ("ruff", "check", "--config", str(ROOT / "pyproject.toml"), "--no-cache", "."),
        ("ruff", "format", "--check", "--config", str(ROOT / "pyproject.toml"), "--no-cache", "."),
    ):
        done = subprocess.run(
            [sys.executable, "-m", *command], cwd=tmp_path / "my_idea", capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
