"""A publishing process is killed, twenty times, each time at another moment: what is there is the old edition or the new one."""

import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from courses.tree import Course
from lms.db import db
from lms.publishing import sources
from lms.publishing.models import CourseRecord, Edition, LessonText, Revision
from lms.testing import Stage

TIMES = 20
LESSONS = 3


class Process:
    """The process that publishes."""

    def __init__(self, stage: Stage, folder: Path) -> None:
        arguments = (stage.site.config.database_url, str(stage.site.config.data_dir.resolve()), str(folder))
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("publishing_process.py")), *arguments],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0,
        )  # fmt: skip

    def _line(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the process has ended"
        return line.decode().strip()

    def _go_on(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(b".")

    def publish(self, kill_at: int = -1, late: bool = False) -> list[str]:
        """Publish, and kill it as it is about to take step `kill_at` (from 0; -1: never), or `late`, once it was told to take it;
        the steps up to there."""
        self._go_on()
        child = int(self._line())
        steps: list[str] = []
        while (line := self._line()) != "end":
            steps.append(line)
            if len(steps) - 1 == kill_at:
                if late:
                    self._go_on()
                os.kill(child, signal.SIGKILL)
                while self._line() != "end":
                    pass
                break
            self._go_on()
        return steps

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(30)
        self._process.stdout.close()


def write(folder: Path, version: int) -> None:
    """Every text and picture of the course in this version."""
    word = f"Издание {version}."
    files = {
        "course.md": f"---\ntitle: Курс {version}\nlanguage: ru\nauthors: [Автор]\n---\n\n{word}\n",
        "01-module/index.md": "---\ntitle: Модуль\n---\n",
        **{
            f"01-module/0{number}-lesson-{number}.md": f"---\ntitle: Урок\nminutes: 45\n---\n\n{word} ![схема](scheme-{number}.svg)\n"
            for number in range(1, LESSONS + 1)
        },
        **{f"01-module/scheme-{number}.svg": f"<svg>{version} {number}</svg>" for number in range(1, LESSONS + 1)},
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")


def published(stage: Stage) -> int:
    """Which version is the current one, after everything of it was looked at; and that nothing else is half there."""
    db.session.rollback()
    stage.site.library.__init__()  # type: ignore[misc]  # read from the database, not from memory
    current = db.session.execute(select(CourseRecord.revision_id)).scalar_one()
    versions = {revision: version_of(stage, revision) for revision in db.session.scalars(select(Revision.id))}
    assert max(versions) == current
    db.session.rollback()  # the process is to write next
    return versions[current]


def version_of(stage: Stage, revision: int) -> int:
    edition = db.session.get_one(Edition, (revision, "ru"))
    course = Course.model_validate_json(edition.document)
    version = int(course.title.removeprefix("Курс "))
    texts = {
        row.lesson: json.loads(row.body)[0]["html"]
        for row in db.session.execute(
            select(LessonText.lesson, LessonText.body).where(LessonText.revision_id == revision)
        )
    }
    assert sorted(texts) == [f"lesson-{number}" for number in range(1, LESSONS + 1)]
    for text in texts.values():
        assert f"Издание {version}." in text
    assert len(course.media) == LESSONS
    for name, media in course.media.items():
        content = (stage.site.config.data_dir / "media" / name[:2] / name).read_bytes()
        assert (hashlib.sha256(content).hexdigest(), len(content)) == (media.sha256, media.size)
    kept = sources.of(revision)
    assert len(kept) == 2 * LESSONS + 2
    for file in kept:
        found = sources.store_of(stage.site).find(file.sha256)
        assert found is not None
        assert hashlib.sha256(found.read_bytes()).hexdigest() == file.sha256
    return version


@pytest.fixture
def folder(stage: Stage) -> Path:
    found = stage.folder / "courses" / "network"
    write(found, 1)
    return found


@pytest.fixture
def process(stage: Stage, folder: Path) -> Iterator[Process]:
    found = Process(stage, folder)
    yield found
    found.close()


def test_killed_at_any_moment_there_is_the_old_edition_or_the_new_one(
    stage: Stage, process: Process, folder: Path
) -> None:
    process.publish()
    write(folder, 2)
    steps = process.publish()
    assert published(stage) == 2
    assert len(steps) > TIMES
    commit = len(steps) - 1 - steps[::-1].index("commit")
    moments = [round(commit * place / (TIMES - 2)) for place in range(TIMES - 1)]
    seen = []
    present = 2
    for version, moment in enumerate(moments, 3):
        write(folder, version)
        process.publish(moment)
        found = published(stage)
        seen.append((found == present, found == version))
        present = found
    assert seen == [(True, False)] * (TIMES - 1)
    # and once while it commits: nobody can say which of the two it will be
    write(folder, 100)
    process.publish(commit, late=True)
    assert published(stage) in (present, 100)
    # the next one finds nothing in its way
    write(folder, 101)
    process.publish()
    assert published(stage) == 101
