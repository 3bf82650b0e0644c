"""A course that gives a certificate, and learners who did everything."""

from collections.abc import Callable
from datetime import date

import pytest

from lms.db import db
from lms.plugin import Result, Run
from lms.progress import service as progress
from lms.testing.stage import Stage

COURSE = """---
title: "Сетевое сообщество — «ёлка» и #typst"
language: ru
hours: {hours}
timezone: Europe/Moscow
authors: [Автор]
completion: {{lessons: all, activities: all}}
certificate: {{kind: {kind}, signed_by: ["А. И. Королёва, директор"]}}
---

О курсе.
"""


@pytest.fixture
def course(stage: Stage) -> Callable[..., int]:
    """Open a run of a course with `hours` and a `kind` of certificate; returns the run's id."""

    def make(hours: int = 16, kind: str = "advanced-training", **values: object) -> int:
        files = {
            "course.md": COURSE.format(hours=hours, kind=kind),
            "01-module/index.md": "---\ntitle: Модуль\n---\n",
            "01-module/01-first.md": f"---\ntitle: Первый урок\nminutes: {hours * 45 - 45}\n---\n\nТекст.\n",
            "01-module/02-second.md": "---\ntitle: Второй урок\nminutes: 45\n---\n\nТекст.\n",
        }
        slug = stage.course(files)
        return stage.run(slug, **{"starts_on": date(2026, 3, 2), "ends_on": date(2026, 6, 1), **values})

    return make


@pytest.fixture
def finish(stage: Stage) -> Callable[..., None]:
    """Let learners complete lessons (default: all) of a run."""

    def act(run: Run, *people: int, items: tuple[str, ...] = ("first", "second"), completion: bool = True) -> None:
        outline = stage.site.library.outline(run.revision_id, "")
        for person in people:
            for item in items:
                progress.record(stage.site, run, outline, person, item, "lesson", Result(completion=completion))
        db.session.commit()

    return act
