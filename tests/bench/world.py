"""The data both servers are measured on: one course, a run of many learners, their results."""

import json
import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import insert, select, text

from lms import migrate
from lms.app import create_app
from lms.config import Config
from lms.db import db
from lms.enrolment.models import Enrolment
from lms.enrolment.place import find_run
from lms.people import sessions
from lms.people.models import Person
from lms.people.service import create_person
from lms.progress.models import ResultRecord
from lms.publishing.models import RunRecord
from lms.publishing.service import open_run, publish
from lms.site import Site
from tests.suite.great import LESSON, crowd, lived

SITTERS = 60
MAIL, PASSWORD = "anna@school.example", "correct horse battery"


WORKSHOP = {
    "board of a workshop": ("tutor", "/courses/great@together/activities/great/", "board"),
    "who reviews what": ("tutor", "/courses/great@together/allocation/great", "board"),
    "gradebook of a workshop": ("tutor", "/courses/great@together/gradebook", "grades"),
    "own page in a workshop": ("reviewer", "/courses/great@together/activities/great/", "mine"),
}
"""Pages of a workshop with hundreds in it: who looks, the address, and the page of the floor beside it."""


@dataclass(frozen=True)
class World:
    """What a client needs to know: secrets of sessions by role, run ids and addresses."""

    database: str
    data: Path
    learner: str
    tutor: str
    runs: dict[int, int]
    """Run id by number of learners."""
    sitters: tuple[str, ...] = ()
    """Sessions of other learners of the small run: each attempt at a quiz is somebody's first or second, as in life."""
    workshop: int = 0
    """The run in which everybody is in one workshop, whose results are out."""
    reviewer: str = ""
    """The session of one of them."""


def course(folder: Path, lessons: int) -> Path:
    """A course of `lessons` lessons in modules of ten, every third with a quiz of ten questions."""
    text_of = "\n\n".join(
        f"## Раздел {n}\n\n"
        + "Сетевое сообщество учителей живёт общими делами, а не объявлениями. " * 12
        + "\n\n- пункт один\n- пункт два\n\n| а | б |\n|---|---|\n| 1 | 2 |"
        for n in range(4)
    )
    minutes = 45 * lessons
    files = {
        "course.md": f"---\ntitle: Нагрузка\nlanguage: ru\nhours: {minutes // 45}\ntimezone: Europe/Moscow\nauthors: [Мы]\n---\n\nО курсе.\n"
    }
    for number in range(lessons):
        module = f"{number // 10 + 1:02d}-module-{number // 10 + 1}"
        files[f"{module}/index.md"] = f"---\ntitle: Модуль {number // 10 + 1}\n---\n"
        quiz = ""
        if number % 3 == 0:
            questions = "\n".join(
                f"{q}. Вопрос {q}?\n   - ( ) один\n   - (x) два\n   - ( ) три\n   - ( ) четыре" for q in range(1, 11)
            )
            quiz = f"\n\n:::{{quiz}} Проверьте себя\n:id: quiz-{number}\n\n{questions}\n:::\n"
        if number == lessons - 1:
            questions = "\n".join(
                f"{q}. Вопрос {q}?\n   - ( ) один\n   - (x) два\n   - ( ) три\n   - ( ) четыре" for q in range(1, 101)
            )
            quiz = f"\n\n:::{{quiz}} Сто вопросов\n:id: quiz-hundred\n\n{questions}\n:::\n"
        files[f"{module}/{number % 10 + 1:02d}-lesson-{number}.md"] = (
            f"---\ntitle: Урок {number}\nminutes: 45\n---\n\n{text_of}{quiz}"
        )
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")
    return folder


def build(url: str, data: Path, sizes: tuple[int, ...], lessons: int = 30, workshop: int = 0) -> World:
    """A migrated site at `url` with one run for each number of learners, and one with so many in a workshop."""
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(parents=True)
    app = create_app(Config(data_dir=data, database_url=url, secret_key="b" * 40))
    site = app.extensions["site"]
    with app.app_context():
        migrate.upgrade(site)
        folder = course(data / "course", lessons)
        assert publish(site, folder).revision, "the bench's own course has errors"
        learner = create_person(
            site, email=MAIL, surname="Иванова", given_name="Анна", patronymic="Петровна", password=PASSWORD
        )
        tutor = create_person(
            site, email="tutor@school.example", surname="Ведущая", given_name="Вера", password=PASSWORD
        )
        db.session.flush()
        now = site.now()
        hashed = db.session.execute(select(Person.password_hash).where(Person.id == learner)).scalar_one()
        most = max(sizes)
        db.session.execute(
            insert(Person),
            [
                {
                    "email": f"p{n}@school.example", "email_key": f"p{n}@school.example", "password_hash": hashed, "surname": f"Фамилия{n:05d}",
                    "given_name": "Имя", "patronymic": "Отчество", "language": "ru", "timezone": "Europe/Moscow", "theme": "auto",
                    "is_admin": False, "is_author": False, "created_at": now, "mail_off": "",
                }
                for n in range(most)
            ],
        )  # fmt: skip
        people = list(
            db.session.execute(
                select(Person.id).where(Person.email.like("p%@school.example")).order_by(Person.id)
            ).scalars()
        )
        runs = {}
        for size in sizes:
            run = open_run(site, "course", f"run-{size}", date(2026, 1, 12), date(2027, 1, 12))
            runs[size] = run.id
            members = [(learner, "learner"), (tutor, "tutor"), *((id, "learner") for id in people[: size - 1])]
            db.session.execute(
                insert(Enrolment),
                [
                    {
                        "run_id": run.id,
                        "person_id": id,
                        "role": role,
                        "state": "active",
                        "created_at": now,
                        "changed_at": now,
                    }
                    for id, role in members
                ],
            )
            items = [f"lesson-{n}" for n in range(0, lessons, 2)] + [f"quiz-{n}" for n in range(0, lessons, 3)]
            rows = [
                {
                    "run_id": run.id, "person_id": id, "item": item, "kind": "", "state": "complete", "completed": True, "success": None,
                    "points": 7.0 if item.startswith("quiz") else None, "max_points": 10.0 if item.startswith("quiz") else None,
                    "explanation": "", "updated_at": now,
                }
                for id, role in members if role == "learner" for item in items
            ]  # fmt: skip
            for start in range(0, len(rows), 20_000):
                db.session.execute(insert(ResultRecord), rows[start : start + 20_000])
        together, reviewer = (0, learner) if not workshop else _workshop(site, data / "great", workshop, tutor)
        secrets = [sessions.start(site, id, False, "bench") for id in (learner, tutor, reviewer)]
        sitters = [sessions.start(site, id, False, "bench") for id in people[: min(SITTERS, min(sizes) - 1)]]
        serial = "INTEGER PRIMARY KEY" if url.startswith("sqlite") else "BIGSERIAL PRIMARY KEY"
        db.session.execute(
            text(f"CREATE TABLE floor_answer (id {serial}, run_id INTEGER, person_id INTEGER, data TEXT)")
        )
        db.session.execute(text("CREATE TABLE floor_session (hash VARCHAR(64) PRIMARY KEY, person_id INTEGER)"))
        db.session.commit()
        if db.engine.dialect.name == "postgresql":
            with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text("ANALYZE"))
        assert db.session.execute(select(RunRecord.id)).scalars().all()
        db.session.remove()
        db.engine.dispose()
    (data / "world.json").write_text(json.dumps({"runs": runs}))
    return World(url, data, secrets[0], secrets[1], runs, tuple(sitters), together, secrets[2])


def _workshop(site: Site, folder: Path, size: int, tutor: int) -> tuple[int, int]:
    """The run of the workshop, and one of those in it."""
    files = {
        "course.md": "---\ntitle: Вместе\nlanguage: ru\nhours: 1\ntimezone: Europe/Moscow\nauthors: [Мы]\n---\n\nО курсе.\n",
        "01-module/index.md": "---\ntitle: Модуль\n---\n",
        "01-module/01-lesson.md": f"---\ntitle: Урок\nminutes: 45\n---\n\n{LESSON}",
    }
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")
    assert publish(site, folder).revision, "the bench's own workshop has errors"
    run = open_run(site, "great", "together", date(2026, 1, 12), date(2027, 1, 12))
    people = crowd(site, run.id, size)
    now = site.now()
    db.session.add(
        Enrolment(run_id=run.id, person_id=tutor, role="tutor", state="active", created_at=now, changed_at=now)
    )
    db.session.commit()
    found = find_run("great@together")
    assert found is not None
    lived(site, found, people)
    return run.id, people[0]
