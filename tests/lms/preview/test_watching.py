"""A folder is looked at: what counts as a change, and who is told."""

import os
import threading
from pathlib import Path

import pytest

from lms.preview.watching import look, watch


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "01-module").mkdir()
    (tmp_path / "01-module" / "01-lesson.md").write_text("text")
    return tmp_path


def test_every_change_of_a_file_is_seen(folder):
    lesson = folder / "01-module" / "01-lesson.md"
    looks = [look(folder)]
    for change in (
        lambda: lesson.write_text("longer text"),
        lambda: os.utime(lesson, ns=(1, 1)),
        lambda: lesson.rename(folder / "01-module" / "02-lesson.md"),
        lambda: (folder / "media").mkdir() or (folder / "media" / "map.png").write_bytes(b""),
        (folder / "01-module" / "02-lesson.md").unlink,
    ):
        change()
        looks.append(look(folder))
    assert [sum(one == other for other in looks) for one in looks] == [1] * len(looks)


def test_hidden_files_are_left_out_and_dead_links_do_no_harm(folder):
    before = look(folder)
    (folder / ".git").mkdir()
    (folder / ".git" / "index").write_text("")
    (folder / ".01-lesson.md.swp").write_text("")
    (folder / "dead.md").symlink_to(folder / "nowhere")
    (folder / "round").symlink_to(folder)
    assert {path: facts for path, facts in look(folder).items() if not path.endswith("round")} == before


def test_a_folder_that_is_gone_holds_nothing(tmp_path):
    assert look(tmp_path / "gone") == {}


def test_changes_are_told_until_it_is_told_to_stop(folder):
    stop, told, beaten = threading.Event(), threading.Semaphore(0), threading.Event()
    thread = threading.Thread(target=watch, args=(folder, look(folder), stop, told.release, beaten.set))
    thread.start()
    for words in ("one", "two!", "three"):
        (folder / "01-module" / "01-lesson.md").write_text(words)
        assert told.acquire(timeout=60)
    assert beaten.wait(60)
    stop.set()
    thread.join(60)
    assert not thread.is_alive()


def test_what_changed_before_it_began_is_told(folder):
    stop, told = threading.Event(), threading.Event()
    before = look(folder)
    (folder / "01-module" / "01-lesson.md").write_text("other")
    thread = threading.Thread(target=watch, args=(folder, before, stop, told.set, lambda: None))
    thread.start()
    assert told.wait(60)
    stop.set()
    thread.join(60)
