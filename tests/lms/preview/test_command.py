"""`lms preview` as a process: what it prints, whom it refuses, and that nothing of it stays."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest
from click.testing import CliRunner

from lms.cli import main

COURSE = "---\nid: trial\ntitle: Trial\nlanguage: en\nhours: 0\ntimezone: UTC\nauthors: [One]\n---\n"


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    """The language of the terminal."""
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "trial").mkdir()
    (tmp_path / "trial" / "course.md").write_text(COURSE)
    return tmp_path / "trial"


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "example.org", ""])
def test_every_host_but_this_machine_is_refused(folder, host):
    found = CliRunner().invoke(main, ["preview", str(folder), "--host", host])
    assert (found.exit_code, found.stdout) == (2, "")
    assert "is not a loopback address. Use 127.0.0.1." in found.stderr


def test_a_port_in_use_is_told_before_anything_is_made(folder, tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        found = CliRunner().invoke(main, ["preview", str(folder), "--port", str(taken.getsockname()[1])])
    assert (found.exit_code, found.stdout) == (2, "")
    assert "Choose another with --port." in found.stderr


def test_a_folder_has_to_be_there(tmp_path):
    assert CliRunner().invoke(main, ["preview", str(tmp_path / "gone")]).exit_code == 2


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_nothing_stays_when_it_ends(folder, tmp_path, how):
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > {tmp_path}/opened\n')
    browser.chmod(0o700)
    os.mkfifo(tmp_path / "opened")
    # what the environment says about another site counts for nothing
    environ = {
        **os.environ, "TMPDIR": str(temporary), "LMS_DATABASE_URL": "postgresql://nowhere.example/none", "LMS_NONSENSE": "1",
        "PYTHONUNBUFFERED": "1", "BROWSER": f"{browser} %s",
    }  # fmt: skip
    command = [sys.executable, "-m", "lms.cli", "preview", str(folder), "--port", str(port), "--open"]
    with subprocess.Popen(
        command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == f"http://127.0.0.1:{port}/preview/\n"
        assert len(list(temporary.iterdir())) == 1
        assert (tmp_path / "opened").read_text() == f"http://127.0.0.1:{port}/preview/\n"
        with urlopen(f"http://127.0.0.1:{port}/preview/") as page:
            assert "<title>Trial" in page.read().decode()
        process.send_signal(how)
        rest, said = process.communicate(timeout=60)
    assert (process.returncode, rest, said) == (0, "", "Stop it with Ctrl+C.\n")
    assert list(temporary.iterdir()) == []
