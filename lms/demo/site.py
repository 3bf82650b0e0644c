"""A demonstration site in a folder of its own: made from nothing, or found as it was left."""

import json
import os
import secrets
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from flask import Flask
from sqlalchemy import delete, update

import lms
from courses.problems import Problem
from lms import migrate
from lms.app import create_app
from lms.certificates import service as certificates
from lms.config import Config
from lms.db import db
from lms.demo import people
from lms.demo.life import Group, Inhabitant, complete, live, talk
from lms.demo.people import Figure
from lms.enrolment import service as enrolment
from lms.i18n import Message, gettext, speaking, use_catalogues
from lms.notices.models import Notice, OutgoingMail
from lms.people.models import Person
from lms.people.service import create_person
from lms.plugin import Actor, Plugin
from lms.publishing import service as publishing
from lms.site import Site

MARK = "demo.json"
"""File that says that a folder holds a whole demonstration, and how to sign in."""

AGE = timedelta(days=75)
"""How long ago the site began."""
UNDER_WAY = timedelta(days=13)
"""How long ago the run that is under way began."""
FINISHED = timedelta(days=68)
"""The same for the one that is finished."""
LASTS = timedelta(days=27)
AHEAD = timedelta(days=7)
"""When the run to come begins."""

WORDS = (
    "apple", "autumn", "bridge", "button", "candle", "carpet", "castle", "cherry", "circle", "copper", "cotton", "forest",
    "garden", "guitar", "hammer", "harbor", "island", "jacket", "kettle", "ladder", "lantern", "lemon", "library", "market",
    "meadow", "mirror", "morning", "mountain", "notebook", "orange", "orchard", "paper", "pencil", "pepper", "picture", "pillow",
    "planet", "pocket", "potato", "rabbit", "ribbon", "river", "rocket", "saddle", "school", "shadow", "silver", "spring",
    "station", "summer", "sunset", "teapot", "thunder", "ticket", "timber", "tomato", "tunnel", "velvet", "village", "walnut",
    "water", "willow", "window", "winter",
)  # fmt: skip


class DemoError(Exception):
    """Why there can be no demonstration here: a sentence, put into words when it is shown, and the problems behind it."""

    def __init__(self, message: Message, problems: Sequence[Problem] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.problems = tuple(problems)

    def __str__(self) -> str:
        lines = [f"{one.path}:{one.line}:{one.column}: {one.message(gettext)}" for one in self.problems]
        return "\n".join([str(self.message), *lines])


@dataclass(frozen=True)
class Account:
    """One sign-in for each role."""

    role: str
    email: str
    password: str


def content_folder() -> Path:
    """Where the courses are that come with the program: beside it in an installed package, beside `pyproject.toml` in a checkout."""
    package = Path(lms.__file__).resolve().parent
    inside, beside = package / "content", package.parent / "content"
    return inside if inside.is_dir() or not (package.parent / "pyproject.toml").is_file() else beside


def config_of(data: Path, base_url: str, **more: object) -> Config:
    """The settings of a demonstration: an SQLite file in `data`, no mail server, nothing of the environment."""
    return Config(**{"data_dir": data, "base_url": base_url, "demo": True, **more})


def known(data: Path) -> list[Account] | None:
    """The sign-ins of the demonstration in a folder, or None when the folder is new. Raises DemoError when it holds something else."""
    mark = data / MARK
    if mark.is_file():
        try:
            return [Account(**row) for row in json.loads(mark.read_text("utf-8"))["accounts"]]
        except (ValueError, KeyError, TypeError):
            raise DemoError(Message("{path} cannot be read: choose another folder.", {"path": mark})) from None
    if data.exists() and (not data.is_dir() or any(data.iterdir())):
        raise DemoError(
            Message("{path} holds something else than a demonstration: choose an empty folder.", {"path": data})
        )
    return None


def open_demo(
    data: Path,
    base_url: str,
    content: Path | None = None,
    plugins: Sequence[Plugin] | None = None,
    now: datetime | None = None,
    **config: object,
) -> tuple[Flask, list[Account]]:
    """The demonstration in this folder, made if there is none yet, and how to sign in. `now` is when a new one is to be made (an
    aware instant, default: the present). Raises DemoError; what was made until then is taken away again."""
    accounts = known(data)
    try:
        app = create_app(config_of(data, base_url, **config), plugins)
        site: Site = app.extensions["site"]
        use_catalogues(site.catalogues)
        with app.app_context():
            try:
                migrate.upgrade(site)
                if accounts is None:
                    with speaking(site.config.language):
                        accounts = _make(site, content or content_folder(), now or site.now())
                    _keep(data, accounts)
            finally:
                db.session.remove()
                db.engine.dispose()
    except BaseException:
        if accounts is None:
            _empty(data)
        raise
    return app, accounts


def _empty(data: Path) -> None:
    for path in data.iterdir() if data.is_dir() else ():
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def _keep(data: Path, accounts: Sequence[Account]) -> None:
    """Written last and at once, so that half a demonstration is never taken for a whole one."""
    part = data / f".{MARK}"
    with os.fdopen(os.open(part, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:
        json.dump({"accounts": [asdict(account) for account in accounts]}, file)
    part.replace(data / MARK)


# ------------------------------------------------------------------------------------------- making it


def _make(site: Site, content: Path, now: datetime) -> list[Account]:
    site.clock.set(now - AGE)
    accounts = [
        Account(role, f"{role}@school.example", _password()) for role in ("admin", "author", "tutor", "learner")
    ]
    who = _people(site, {account.role: account.password for account in accounts})
    courses = _publish(site, content, who[people.AUTHOR.mail])
    db.session.commit()
    for place, course in enumerate(courses):
        _runs(site, course, now, who, first=place == 0)
    _settle(site, now)
    db.session.commit()
    site.clock.run()
    return accounts


def _password() -> str:
    return "-".join(secrets.SystemRandom().sample(WORDS, 3))


def _people(site: Site, passwords: dict[str, str]) -> dict[str, Inhabitant]:
    """Everybody, by the first part of their address. All tutors have one password, and all learners."""
    found = {}
    shared: dict[str, str] = {}
    groups = (
        ("admin", (people.ADMIN,)),
        ("author", (people.AUTHOR,)),
        ("tutor", people.TUTORS),
        ("learner", people.LEARNERS),
    )
    for role, figures in groups:
        for figure in figures:
            id = create_person(
                site, figure.email, figure.surname, figure.given_name, figure.patronymic, language=figure.language,
                timezone=figure.timezone, is_admin=role == "admin", is_author=role == "author",
                password="" if role in shared else passwords[role],
            )  # fmt: skip
            if role in shared:
                db.session.execute(update(Person).where(Person.id == id).values(password_hash=shared[role]))
            else:
                shared[role] = db.session.get_one(Person, id).password_hash
            found[figure.mail] = Inhabitant(figure, _actor(id, figure))
    return found


def _actor(id: int, figure: Figure) -> Actor:
    return Actor(
        id, figure.email, figure.surname, figure.given_name, figure.patronymic, figure.language, figure.timezone,
        is_admin=figure is people.ADMIN, is_author=figure is people.AUTHOR,
    )  # fmt: skip


def _publish(site: Site, content: Path, author: Inhabitant) -> list[str]:
    """Publish every course of the folder, the fullest first. Raises DemoError naming what is wrong with one."""
    folders = sorted(path.parent for path in content.glob("*/course.md"))
    if not folders:
        raise DemoError(Message("There is no course in {path}.", {"path": content}))
    found = []
    for folder in folders:
        done = publishing.publish(site, folder, author.actor.id)
        if done.revision is None:
            text = Message("{path} cannot be published. Are all activities installed?", {"path": folder})
            raise DemoError(text, [problem for problem in done.problems if problem.severity == "error"][:20])
        size = len(site.library.outline(done.revision, "").items)
        found.append((-size, done.course))
    return [course for _, course in sorted(found)]


def _runs(site: Site, course: str, now: datetime, who: dict[str, Inhabitant], first: bool) -> None:
    """A finished run, one under way and one to come; of a further course only the one to come."""
    today = now.astimezone(ZoneInfo(site.config.timezone)).date()
    tutors = [who[figure.mail] for figure in people.TUTORS]
    if first:
        finished = _run(
            site,
            course,
            "first",
            "Первый поток",
            now - FINISHED,
            now,
            LASTS,
            "closed",
            people.FINISHED,
            tutors[1:],
            who,
        )
        talk(site, finished, now)
        last = now - FINISHED + LASTS + timedelta(days=5)  # late works are answered too
        live(site, finished, last)
        found = certificates.find_run(finished.run.id)
        assert found is not None
        site.clock.set(last + timedelta(hours=2))
        certificates.issue(site, found, complete(site, finished), who[people.ADMIN.mail].actor)
        db.session.commit()
        under_way = _run(
            site,
            course,
            "second",
            "Второй поток",
            now - UNDER_WAY,
            now,
            LASTS,
            "request",
            people.UNDER_WAY,
            tutors,
            who,
        )
        talk(site, under_way, now)
        live(site, under_way, now)
        for figure in people.ASKING:
            site.clock.set(now - timedelta(hours=5))
            enrolment.ask(site, under_way.run.id, who[figure.mail].actor.id)
    ahead = _run(
        site,
        course,
        "third",
        f"С {(today + AHEAD):%d.%m.%Y}",
        now + AHEAD,
        now,
        LASTS,
        "open",
        (),
        tutors[:1],
        who,
        capacity=30,
    )
    for number, figure in enumerate(people.AHEAD if first else ()):
        site.clock.set(now - timedelta(hours=30 - 7 * number))
        enrolment.ask(site, ahead.run.id, who[figure.mail].actor.id)


def _run(
    site: Site, course: str, slug: str, title: str, starts: datetime, now: datetime, lasts: timedelta, way: str,
    learners: Sequence[Figure], tutors: Sequence[Inhabitant], who: dict[str, Inhabitant], capacity: int = 0,
) -> Group:  # fmt: skip
    """Open a run some days before it starts, with its people."""
    admin = who[people.ADMIN.mail].actor
    zone = ZoneInfo(site.config.timezone)
    first = starts.astimezone(zone).date()
    site.clock.set(min(datetime.combine(first - timedelta(days=6), time(11), zone), now - timedelta(days=2)))
    record = publishing.open_run(
        site, course, slug, first, first + lasts, title=title, enrolment=way, capacity=capacity, by=admin.id
    )
    for tutor in tutors:
        enrolment.enrol(site, record.id, tutor.actor.id, "tutor", admin)
    for figure in learners:
        site.clock.move(timedelta(hours=5))
        enrolment.enrol(site, record.id, who[figure.mail].actor.id, "learner", admin)
    run = certificates.find_run(record.id)
    assert run is not None
    db.session.commit()
    return Group(run, tutors[0], [who[figure.mail] for figure in learners])


def _settle(site: Site, now: datetime) -> None:
    """What is older than two days has been read, and no letter is left to leave: nobody lives at these addresses."""
    site.clock.set(now)
    old = now - timedelta(days=2)
    db.session.execute(update(Notice).where(Notice.created_at < old).values(read_at=Notice.created_at))
    db.session.execute(delete(OutgoingMail))
