"""How costs grow: the same page with more around it, as ratios to the smallest, measured within one process.

Only the product is measured here, against itself, so that no server and no floor stand beside: the application is called as a
server would call it. Every law has a row: items of a course, learners of a run, installed plugins.
"""

import io
import statistics
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from flask import Flask
from markupsafe import Markup
from werkzeug.test import EnvironBuilder

from courses.blocks import ActivitySettings
from lms.app import create_app
from lms.config import Config
from lms.plugin import STAFF, Activity, On, Pages, Plugin, Tick
from lms.registry import installed_plugins
from tests.bench.world import World, build

Page = Callable[[], None]


def grown(folder: Path, url: str, quick: bool) -> None:
    """Print the table."""
    print(f"\n{'what grows':22}{'page':16}" + "".join(f"{label:>18}" for label in ("smallest", "larger", "largest")))
    items = (30, 60) if quick else (30, 225, 750)
    worlds = {lessons: build(f"{url}-{lessons}.db", folder / f"items-{lessons}", (3,), lessons) for lessons in items}
    for name, path in (("lesson page", "module-1/lesson-1/"), ("course page", "")):
        pages = {
            f"{lessons * 4 // 3} items": page(app_of(world), world.learner, f"/courses/course@run-3/{path}")
            for lessons, world in worlds.items()
        }
        show("items of the course", name, pages)
    sizes = (20, 60) if quick else (200, 5000)
    crowd = build(f"{url}-people.db", folder / "people", sizes)
    for name, path in (("lesson page", "module-1/lesson-1/"), ("course page", "")):
        app = app_of(crowd)
        pages = {f"{size} people": page(app, crowd.learner, f"/courses/course@run-{size}/{path}") for size in sizes}
        show("learners of the run", name, pages)
    app = app_of(crowd)
    screens = {f"{size} people": page(app, crowd.tutor, f"/courses/course@run-{size}/gradebook") for size in sizes}
    show("learners of the run", "gradebook", screens)
    for name, path in (("lesson page", "module-1/lesson-1/"), ("course page", "")):
        sites = {
            f"{more} more": page(app_of(crowd, more), crowd.learner, f"/courses/course@run-{sizes[0]}/{path}")
            for more in (0, 50)
        }
        show("installed plugins", name, sites)
    show("installed plugins", "start", {f"{more} more": starting(crowd, more) for more in (0, 50)}, repeats=1)


def starting(world: World, more: int) -> Page:
    """Putting the application together, everything imported already."""

    def start() -> None:
        app_of(world, more)

    return start


def app_of(world: World, more: int = 0) -> Flask:
    """The product on this world's database, with so many plugins beside the installed ones."""
    config = Config(data_dir=world.data, database_url=world.database, secret_key="b" * 40, base_url="http://localhost")
    return create_app(config, [*installed_plugins(), *(another(number) for number in range(more))])


def another(number: int) -> Plugin:
    """A plugin as they come: a kind of activity, a page for the staff, something to do when time passes."""
    kind = type(
        f"Kind{number}", (Activity,),
        {"name": f"kind{number}", "title": "Kind", "Settings": ActivitySettings, "show": lambda self, visit: Markup("<p>…</p>")},
    )  # fmt: skip
    pages = Pages(f"more{number}")

    @pages.get(f"/courses/<course>/more{number}", STAFF)
    def more(visit: Any) -> str:
        return "…"

    return Plugin(f"more{number}", "tests.bench", (kind(), pages, On(Tick, lambda site, tick: None)))


def page(app: Flask, secret: str, path: str) -> Page:
    """Asks for the page as a browser with this session would."""
    environ: dict[str, Any] = EnvironBuilder(
        path, headers=[("Cookie", f"sid={secret}"), ("Accept-Language", "ru")]
    ).get_environ()

    def ask() -> None:
        answered: list[str] = []
        body = app({**environ, "wsgi.input": io.BytesIO()}, lambda status, headers, error=None: answered.append(status))  # type: ignore[arg-type]  # a server's side of WSGI
        for _ in body:
            pass
        body.close()  # type: ignore[attr-defined]  # Flask's answers have it
        assert answered == ["200 OK"], (path, answered)

    return ask


def show(what: str, name: str, pages: Mapping[str, Page], repeats: int = 15, rounds: int = 20) -> None:
    """One row: the variants take turns, the median round of each counts."""
    taken: dict[str, list[float]] = {label: [] for label in pages}
    for turn in range(rounds + 1):
        for label, ask in pages.items():
            began = time.process_time()
            for _ in range(repeats):
                ask()
            if turn:
                taken[label].append(time.process_time() - began)
    medians = {label: statistics.median(times) for label, times in taken.items()}
    least = next(iter(medians.values()))
    cells = [f"{label}: {value / least:.2f}" for label, value in medians.items()]
    print(f"{what:22}{name:16}" + "".join(f"{cell:>18}" for cell in cells), flush=True)
