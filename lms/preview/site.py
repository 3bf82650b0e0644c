"""A folder shown as a site: made for one author at one machine, forgotten when it is closed.

The site is a whole one, with a database of its own in a temporary folder: what is tried in a preview works as it will for learners,
because it is the same program. Only who is looking, what time it is and which revision a run shows are decided here.
"""

import logging
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from threading import BoundedSemaphore, Condition, Event, Lock, Thread
from time import monotonic
from typing import Any

from flask import Flask
from sqlalchemy import delete, select, update

from courses.load import Loaded, load
from courses.memory import Memory
from courses.problems import Problem
from courses.tree import Course
from lms import migrate, wording
from lms.app import create_app
from lms.clock import Clock
from lms.config import Config
from lms.db import db
from lms.enrolment import service as enrolment
from lms.i18n import LANGUAGES, speaking, use_catalogues
from lms.notices.models import LastTick
from lms.notices.tick import tick
from lms.people.models import Person, SignIn
from lms.people.service import create_person
from lms.people.sessions import hash_of
from lms.plugin import BadInput, Plugin
from lms.preview import watching
from lms.preview.door import Door
from lms.preview.feature import add_doors, feature_of, note_of
from lms.preview.notes import Notes
from lms.preview.people import FIGURES, Figure
from lms.publishing import service as publishing
from lms.publishing.library import Library
from lms.publishing.models import Edition, LessonText, Revision, RunRecord
from lms.publishing.move import move
from lms.registry import installed_plugins
from lms.site import Site

log = logging.getLogger("lms")

RUN = "preview"
"""The run's name in addresses: `/courses/<course>@preview/`."""
FOREVER = datetime(9000, 1, 1, tzinfo=UTC)
"""When a sign-in of a preview was last used: whatever the clock is set to, it has not gone stale."""
BEAT = 5.0
"""Seconds between two ticks of the site."""
WAITING = 16
"""Pages that may wait for news at once; further ones ask again and again."""


@dataclass(frozen=True)
class Shown:
    """What the preview shows at one moment. `number` grows with every change that a page has to show."""

    number: int = 0
    course: str = ""
    """Id of the course, "" as long as the folder has held none."""
    title: str = ""
    run: int = 0
    starts: datetime = FOREVER
    """The first instant of the run."""
    timezone: str = ""
    phased: bool = False
    """Whether an activity of the course goes through phases."""
    gone: bool = False
    """The folder holds no course at this moment; what is shown is the last one it held."""
    problems: tuple[Problem, ...] = ()
    places: Mapping[int, str] = field(default_factory=dict)
    """Where a problem, by its number, stands: an address below the run's."""

    @property
    def base(self) -> str:
        """Address of the course."""
        return f"/courses/{self.course}@{RUN}/"


class Preview:
    """One folder and the site that shows it. Use it with `with`, or call `close`."""

    def __init__(
        self, folder: Path, data: Path, base_url: str, plugins: Sequence[Plugin] | None = None, language: str = "en"
    ) -> None:
        """`data` is an empty folder for everything the site keeps; `language` is for people until there is a course."""
        self.folder = folder.resolve()
        self.shown = Shown()
        self._memory = Memory()
        self._notes = Notes(self.folder, note_of(self))
        self._bones: object = None
        self._mark = secrets.token_hex(4)
        self._news = Condition()
        self.rooms = BoundedSemaphore(WAITING)
        self._building, self._ticking = Lock(), Lock()
        self._stop = Event()
        self._due = True
        self._beaten = monotonic()
        installed = installed_plugins() if plugins is None else plugins
        config = Config(data_dir=data, base_url=base_url, database_url="", mail_url="", quick_hash=True)
        self.app: Flask = create_app(config, [*installed, feature_of(self)])
        self.site: Site = self.app.extensions["site"]
        self._secrets = {figure.key: secrets.token_urlsafe(32) for figure in FIGURES["en"]}
        self.people: dict[int, Figure] = {}
        """Who is who, by the ids of their accounts."""
        self.app.wsgi_app = Door(self, self.app.wsgi_app)  # type: ignore[method-assign]  # as Flask says to wrap it
        add_doors(self)
        self._seen = watching.look(self.folder)
        with self.app.app_context():
            use_catalogues(self.site.catalogues)
            migrate.upgrade(self.site)
            loaded = self._load()
            spoken = loaded.course.language if loaded.course is not None else language
            self._settle(spoken if spoken in LANGUAGES else "en")
            self._show(loaded)
            db.session.remove()

    def __enter__(self) -> "Preview":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def watch(self) -> None:
        """Begin to look at the folder and the clock, in a thread of its own."""
        Thread(
            target=watching.watch, args=(self.folder, self._seen, self._stop, self.rebuild, self._beat), daemon=True
        ).start()

    def close(self) -> None:
        """Stop watching, let go of whoever waits for news, close the database. The folder of data is the caller's to remove."""
        self.hush()
        with self._building, self._ticking, self.app.app_context():
            db.session.remove()
            db.engine.dispose()

    def hush(self) -> None:
        """Begin to stop: nobody is kept waiting from here on. Safe to call in a signal handler."""
        self._stop.set()

    # ------------------------------------------------------------------ who

    def secret(self, key: str) -> str:
        """What the session cookie of this figure holds; for an unknown key that of the first learner."""
        return self._secrets.get(key) or self._secrets["learner-1"]

    def _settle(self, language: str) -> None:
        """Make the accounts."""
        for figure in FIGURES.get(language, FIGURES["en"]):
            id = create_person(
                self.site, f"{figure.key}@preview.example", figure.surname, figure.given_name, figure.patronymic, language=language,
            )  # fmt: skip
            self.people[id] = figure
            self.sign_in(id)
        db.session.commit()

    def sign_in(self, person: int) -> None:
        """Open the person's session, if it is not open: without a password, for whoever sits at this machine."""
        hashed = hash_of(self._secrets[self.people[person].key])
        if db.session.get(SignIn, hashed) is None:
            now = self.site.now()
            db.session.add(
                SignIn(hash=hashed, person_id=person, created_at=now, seen_at=FOREVER, expires_at=FOREVER, agent="")
            )

    # ------------------------------------------------------------------ what

    def rebuild(self) -> None:
        """Read the folder again and show what it holds now. A file that vanishes while it is read leaves things as they were: the
        next look finds the folder changed once more."""
        try:
            with self._building, self.app.app_context():
                use_catalogues(self.site.catalogues)
                try:
                    self._show(self._load())
                finally:
                    db.session.remove()
        except Exception as error:
            self.site.trouble("preview", f"{type(error).__name__}: {error}")
            log.exception("the folder could not be shown")

    def _load(self) -> Loaded:
        return load(self.folder, self.site.registry.kinds, lenient=True, memory=self._memory)

    def _show(self, loaded: Loaded) -> None:
        before = self.shown
        problems = tuple(loaded.problems)
        if loaded.course is None:
            if (before.gone, before.problems) != (True, problems):
                self._change(gone=True, problems=problems, places={})
            return
        noted = self._notes.put(loaded, self.site.registry.kinds)
        course = noted.loaded.course
        assert course is not None
        published = publishing.store(self.site, noted.loaded)
        assert published.revision is not None
        run, starts = self._pin(course, published.revision)
        db.session.commit()
        library = Library()  # nobody goes back to a former revision, so none is kept in memory
        library.learn(published.revision, (course, *noted.loaded.translations.values()))
        self.site.library = library
        if not published.changed and (run, problems, False) == (before.run, before.problems, before.gone):
            return
        self._change(
            course=course.id, title=course.title, run=run, starts=starts, timezone=course.timezone, gone=False,
            phased=any(kind.phases(block) for block in course.blocks() if (kind := self.site.registry.kinds.get(block.kind))),
            problems=problems, places=noted.places,
        )  # fmt: skip

    def _pin(self, course: Course, revision: int) -> tuple[int, datetime]:
        """The course's run, opened today if there is none yet, moved to the revision. Returns its id and its first instant."""
        zone = wording.zone(course.timezone)
        of_course = select(Revision.course_id).where(Revision.id == revision).scalar_subquery()
        run = db.session.execute(select(RunRecord).where(RunRecord.course_id == of_course)).scalar_one_or_none()
        if run is None:
            today = self.site.now().astimezone(zone).date()
            run = publishing.open_run(self.site, course.id, RUN, today, enrolment="closed")
            for person, figure in self.people.items():
                enrolment.enrol(self.site, run.id, person, figure.role)
        elif bones(course) != self._bones:
            self._move(run.id)
        self._bones = bones(course)
        if self.shown.timezone != course.timezone:
            db.session.execute(update(Person).where(Person.id.in_(self.people)).values(timezone=course.timezone))
        run.revision_id, run.timezone = revision, course.timezone
        db.session.flush()
        # nobody goes back to what was shown before: an afternoon of saving would fill the disk
        for stored in (LessonText, Edition):
            old = stored.revision_id.in_(
                select(Revision.id).where(Revision.course_id == of_course, Revision.id < revision)
            )
            db.session.execute(delete(stored).where(old), execution_options={"synchronize_session": False})
        return run.id, datetime.combine(run.starts_on, time(), zone)

    def _move(self, run: int) -> None:
        """Move the run to the course's current revision, whatever that means for it: what has another id now takes its results
        along."""
        try:
            moved = move(self.site, run)
            if moved.refused:
                move(self.site, run, accept=moved.refused)
        except BadInput as error:
            # two results cannot be one: both stay under the ids they have
            log.info("moved without renaming: %s", error)

    def _change(self, **values: Any) -> None:
        with self._news:
            self.shown = replace(self.shown, number=self.shown.number + 1, **values)
            self._news.notify_all()

    # ------------------------------------------------------------------ news

    @property
    def version(self) -> str:
        """Names what is shown now; another preview at the same address has other names."""
        return f"{self._mark}-{self.shown.number}"

    def wait(self, seen: str, most: float, gone: Callable[[], bool] = bool) -> str:
        """The version, as soon as it is another than the one that was seen; at the latest after `most` seconds, or when the one
        who asks is `gone`. With many waiting already, at once."""
        if not self.rooms.acquire(blocking=False):
            return self.version
        try:
            until = monotonic() + most
            with self._news:
                while self.version == seen and monotonic() < until and not self._stop.is_set() and not gone():
                    self._news.wait(0.5)
            return self.version
        finally:
            self.rooms.release()

    # ------------------------------------------------------------------ when

    def set_clock(self, moment: datetime) -> None:
        """Let the site's clock go on from this instant; what that brings about has happened when the next page is asked for."""
        clock = self.site.clock
        clock.move(moment - clock.now())
        self._due = True
        self._change()

    def real_now(self) -> datetime:
        """What time it is on the machine."""
        return Clock().now()

    def run_clock(self) -> None:
        """Let it show the machine's time again."""
        self.site.clock.run()
        self._due = True
        self._change()

    def catch_up(self) -> None:
        """Do what the clock has made due since it was set."""
        if self._due or self._ticking.locked():
            with self._ticking:
                if self._due:
                    self._due = False
                    self._tick()

    def _beat(self) -> None:
        if monotonic() - self._beaten >= BEAT:
            self._beaten = monotonic()
            with self._ticking:
                self._tick()

    def _tick(self) -> None:
        with self.app.app_context(), speaking("en"):
            now = self.site.now()
            # time that was set back passes a second time
            db.session.execute(update(LastTick).where(LastTick.at > now).values(at=now - timedelta(microseconds=1)))
            db.session.commit()
            tick(self.site)
            db.session.remove()


def bones(course: Course) -> object:
    """Everything of a course that results rest on. As long as it is the same, only words have changed."""
    return (
        course.completion,
        tuple((module.id, module.aliases) for module in course.modules),
        tuple((lesson.id, lesson.aliases, lesson.requires, lesson.blocks) for lesson in course.lessons()),
        tuple((block.id, block.kind, block.settings) for block in course.blocks()),
    )
