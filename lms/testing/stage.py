"""A whole site for a test: people by surname, courses from texts, browsers that are signed in, a clock that is set, and a count
of the statements a page needs."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select
from werkzeug.test import TestResponse

from lms import migrate as migrations
from lms.app import create_app
from lms.clock import Clock
from lms.config import Config
from lms.db import db
from lms.enrolment.models import Enrolment
from lms.i18n import set_language, use_catalogues
from lms.people import sessions
from lms.people.models import Person
from lms.people.service import create_person
from lms.plugin import Actor, Recorded
from lms.progress import service as progress
from lms.publishing import service as publishing
from lms.publishing.models import RunRecord
from lms.site import Site

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""Where a test's clock stands: a Monday noon in Moscow, the first day of a test's run."""

COURSE_MD = """---
title: Пробный курс
language: ru
hours: {hours}
timezone: Europe/Moscow
authors: [Автор]
completion:
  lessons: all
  activities: all
---

О курсе.
"""


def migrate(url: str, plugins: Sequence[Any], folder: Path) -> None:
    """Bring an empty database to the newest migrations of the core and these plugins."""
    app = create_app(_config(url, folder), plugins)
    with app.app_context():
        migrations.upgrade(app.extensions["site"])
        db.engine.dispose()


def _config(url: str, folder: Path, **more: Any) -> Config:
    return Config(
        **{
            "data_dir": folder,
            "database_url": url,
            "secret_key": "k" * 40,
            "quick_hash": True,
            "base_url": "http://localhost",
            **more,
        }
    )


class Stage:
    """A site under test. Use it through the fixture `stage`."""

    def __init__(self, url: str, plugins: Sequence[Any], folder: Path, **config: Any) -> None:
        self.folder = folder
        self.app: Flask = create_app(_config(url, folder, **config), plugins)
        self.site: Site = self.app.extensions["site"]
        self.clock: Clock = self.site.clock
        self.clock.set(START)
        self._context = self.app.app_context()
        self._courses = 0

    def __enter__(self) -> "Stage":
        self._context.push()
        use_catalogues(self.site.catalogues)
        set_language("en")
        return self

    def __exit__(self, *_: object) -> None:
        db.session.remove()
        db.engine.dispose()
        self._context.pop()

    # ------------------------------------------------------------------ people and places

    def person(self, surname: str, **values: Any) -> int:
        """Somebody with an account; returns the id. The e-mail is made from a counter, the password is "correct horse"."""
        number = db.session.query(Person).count() + 1
        given = {
            "email": f"person{number}@school.example", "password": "correct horse", "given_name": "Анна", "patronymic": "Петровна",
            "language": "en", "timezone": "Europe/Moscow", **values,
        }  # fmt: skip
        found = create_person(self.site, surname=surname, **given)
        db.session.commit()
        return found

    def course(
        self, files: Mapping[str, str] | None = None, *, lesson: str = "Текст.", minutes: int = 45, folder: str = ""
    ) -> str:
        """Publish a course and return its id. `files` are paths and texts; or give the text of the only lesson."""
        self._courses += 1
        root = self.folder / "courses" / (folder or f"course-{self._courses}")
        whole = dict(files or {})
        if not files:
            whole["01-module/index.md"] = "---\ntitle: Модуль\n---\n"
            whole["01-module/01-lesson.md"] = f"---\ntitle: Урок\nminutes: {minutes}\n---\n\n{lesson}\n"
        whole.setdefault("course.md", COURSE_MD.format(hours=1))
        for name, text in whole.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        published = publishing.publish(self.site, root)
        assert published.revision is not None, "\n".join(map(str, published.problems))
        db.session.commit()
        return published.course

    def run(self, course: str, slug: str = "spring", **values: Any) -> int:
        """Open a run that starts today; returns its id."""
        given: dict[str, Any] = {"starts_on": date(2026, 3, 2), "ends_on": date(2026, 6, 1), **values}
        found = publishing.open_run(self.site, course, slug, **given)
        db.session.commit()
        return found.id

    def enrol(self, run: int, *people: int, role: str = "learner") -> None:
        """Make people active members of a run."""
        for person in people:
            db.session.add(
                Enrolment(
                    run_id=run,
                    person_id=person,
                    role=role,
                    state="active",
                    created_at=self.site.now(),
                    changed_at=self.site.now(),
                )
            )
        db.session.commit()

    def base(self, run: int) -> str:
        """The run's address."""
        record = db.session.get(RunRecord, run)
        assert record is not None
        return f"/courses/{self._slug(record)}@{record.slug}/"

    def _slug(self, record: RunRecord) -> str:
        from lms.publishing.models import CourseRecord  # noqa: PLC0415 - beside its only use

        return str(
            db.session.execute(select(CourseRecord.slug).where(CourseRecord.id == record.course_id)).scalar_one()
        )

    def results(self, run: int, person: int) -> dict[str, Recorded]:
        """A person's results by item."""
        db.session.rollback()
        return progress.mine(run, person)

    def actor(self, person: int) -> Actor:
        """The acting person for calls of services."""
        found = db.session.get(Person, person)
        assert found is not None
        return Actor(
            found.id, found.email, found.surname, found.given_name, found.patronymic, found.language, found.timezone,
            found.theme, found.is_admin, found.is_author,
        )  # fmt: skip

    # ------------------------------------------------------------------ browsers

    @contextmanager
    def outside(self) -> Iterator[None]:
        """Leave the stage's own application context, so that a request has one of its own, as in life."""
        db.session.remove()
        self._context.pop()
        try:
            yield
        finally:
            self._context = self.app.app_context()
            self._context.push()
            use_catalogues(self.site.catalogues)
            set_language("en")

    def browser(self, person: int = 0) -> "Browser":
        """A browser without JavaScript; signed in if a person is given."""
        client = self.app.test_client()
        client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
        if person:
            found = db.session.get(Person, person)
            assert found is not None
            secret = sessions.start(self.site, person, found.is_admin, "test")
            db.session.commit()
            client.set_cookie(sessions.cookie_name(self.site), secret, domain="localhost")
        return Browser(self, client, bool(person))

    def tick(self) -> None:
        """Let the site notice that time has passed."""
        from lms.notices.tick import tick  # noqa: PLC0415 - features import late in test support

        tick(self.site)
        db.session.commit()

    def move(self, **by: float) -> None:
        """Move the clock on (`days=3, hours=2`)."""
        self.clock.move(timedelta(**by))

    @contextmanager
    def statements(self) -> Iterator[list[str]]:
        """The SQL statements that are run within (transaction control left out)."""
        found: list[str] = []

        def note(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
            if not statement.startswith(("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK")):
                found.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            yield found
        finally:
            event.remove(db.engine, "before_cursor_execute", note)


class Browser:
    """Opens pages and sends the forms on them, as a browser without JavaScript does."""

    def __init__(self, stage: Stage, client: FlaskClient, signed_in: bool = False) -> None:
        self.stage = stage
        self.client = client
        self.signed_in = signed_in
        self.response: TestResponse | None = None

    @property
    def text(self) -> str:
        """The body of the latest answer."""
        assert self.response is not None
        return self.response.get_data(as_text=True)

    @property
    def status(self) -> int:
        """The status of the latest answer."""
        assert self.response is not None
        return self.response.status_code

    def get(self, path: str, status: int = 200, **options: Any) -> str:
        """Open a page, following redirects; the answer must have this status."""
        with self.stage.outside():
            self.response = self.client.get(path, follow_redirects=True, **options)
        assert self.response.status_code == status, f"GET {path}: {self.response.status_code}\n{self.text[:2000]}"
        return self.text

    def post(
        self, path: str, data: Mapping[str, Any] | None = None, status: int = 200, follow: bool = True, **options: Any
    ) -> str:
        """Send a form (the token against forgery is added), following redirects."""
        whole = {"csrf_token": self.token(), **(data or {})}
        with self.stage.outside():
            self.response = self.client.post(path, data=whole, follow_redirects=follow, **options)
        assert self.response.status_code == status, f"POST {path}: {self.response.status_code}\n{self.text[:2000]}"
        return self.text

    def token(self) -> str:
        """The token a form of this browser carries."""
        # signing in and out by the forms changes which of the two pages has one
        for page in ("/courses/", "/sign-in") if self.signed_in else ("/sign-in", "/courses/"):
            with self.stage.outside():
                body = self.client.get(page).get_data(as_text=True)
            if found := re.search(r'name="csrf_token"[^>]*value="([^"]+)"', body):
                return found[1]
        raise AssertionError("no form on the page")
