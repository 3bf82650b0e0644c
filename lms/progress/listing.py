"""Lists of courses and runs: the catalogue, and what a person takes and leads. Constant statements, however many there are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, bindparam, text

from lms.dates import Due, of_runs
from lms.db import Query, as_utc, db
from lms.enrolment.place import run_of
from lms.i18n import language
from lms.plugin import Actor, Recorded, Run
from lms.progress import rules
from lms.progress import service as progress
from lms.publishing.library import Card
from lms.publishing.outline import Item, Outline
from lms.site import Site

_CATALOGUE = text(
    "SELECT c.id, c.slug, c.revision_id,"
    " (SELECT min(r.starts_on) FROM run r WHERE r.course_id = c.id AND r.enrolment <> 'closed'"
    "   AND (r.ends_on IS NULL OR r.ends_on >= :today)) AS starts_on,"
    " (SELECT count(*) FROM enrolment e JOIN run r ON r.id = e.run_id"
    "   WHERE r.course_id = c.id AND e.person_id = :person AND e.state = 'active') AS mine"
    " FROM course c WHERE c.revision_id IS NOT NULL ORDER BY c.slug"
).bindparams(bindparam("today", type_=Date))
_ABOUT = text("SELECT id, slug, revision_id FROM course WHERE slug = :slug AND revision_id IS NOT NULL")
_MINE = text(
    "SELECT r.id, r.course_id, c.slug AS course_slug, r.slug, r.title, r.revision_id, r.starts_on, r.ends_on, r.timezone,"
    " e.role, e.state, e.completed_at FROM enrolment e JOIN run r ON r.id = e.run_id JOIN course c ON c.id = r.course_id"
    " WHERE e.person_id = :person AND e.state IN ('active', 'requested', 'waiting') ORDER BY r.starts_on DESC, r.id DESC"
)
_RESULTS = Query(
    "SELECT run_id, item, state, completed, success, points, max_points, updated_at FROM result"
    " WHERE person_id = :person AND run_id IN :runs"
)


@dataclass(frozen=True)
class Offered:
    """A course of the catalogue in the reader's language."""

    slug: str
    card: Card
    starts_on: date | None
    mine: bool


@dataclass(frozen=True)
class About:
    """One course in the reader's language."""

    slug: str
    course_id: int
    outline: Outline


def _day(value: date | str | None) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else value


def catalogue(site: Site, person_id: int) -> list[Offered]:
    """Published courses with the start of the next run one can join. One statement, and one for courses not read before."""
    rows = db.session.execute(_CATALOGUE, {"today": site.now().date(), "person": person_id}).all()
    cards = site.library.cards([row.revision_id for row in rows], language())
    return [Offered(row.slug, cards[row.revision_id], _day(row.starts_on), bool(row.mine)) for row in rows]


def about(site: Site, slug: str) -> About | None:
    """One published course, or None."""
    row = db.session.execute(_ABOUT, {"slug": slug}).first()
    return About(row.slug, row.id, site.library.outline(row.revision_id, language())) if row else None


@dataclass(frozen=True)
class Learning:
    """A run somebody takes: how far they are, and what now."""

    run: Run
    outline: Outline
    progress: rules.Progress
    step: Item | None
    step_state: str
    due: datetime | None
    completed_at: datetime | None
    locked: Sequence[str] = ()


@dataclass(frozen=True)
class Leading:
    """A run somebody leads: what waits for them."""

    run: Run
    outline: Outline
    waiting: tuple[tuple[Item, int], ...]


@dataclass(frozen=True)
class Asked:
    """A run somebody asked to join, or waits for a place in."""

    run: Run
    outline: Outline
    state: str


@dataclass(frozen=True)
class MyRuns:
    """Everything a person is in."""

    learning: tuple[Learning, ...]
    leading: tuple[Leading, ...]
    waiting: tuple[Asked, ...]


def my_runs(site: Site, person: Actor) -> MyRuns:
    """A person's runs. Four statements at most, and those that fill the library."""
    rows = db.session.execute(_MINE, {"person": person.id}).all()
    learning = [row for row in rows if row.state == "active" and row.role == "learner"]
    leading = [row for row in rows if row.state == "active" and row.role == "tutor"]
    results = _results(person.id, [row.id for row in learning])
    counts = progress.waiting([row.id for row in leading]) if leading else {}
    taken = [_learning(site, row, results.get(row.id, {})) for row in learning]
    steps = {one.run.id: one.step.id for one in taken if one.step is not None}
    dates = of_runs(site, [one.run for one in taken], steps)
    return MyRuns(
        tuple(replace(one, due=_ahead(site, dates[one.run.id])) for one in taken),
        tuple(_leading(site, row, counts) for row in leading),
        tuple(
            Asked(run_of(row), site.library.outline(row.revision_id, language()), row.state)
            for row in rows
            if row.state != "active"
        ),
    )


def _results(person_id: int, runs: Sequence[int]) -> dict[int, dict[str, Recorded]]:
    found: dict[int, dict[str, Recorded]] = {}
    if runs:
        for run, *row in _RESULTS.plain(person=person_id, runs=list(runs)):
            found.setdefault(run, {})[row[0]] = progress.recorded(*row)
    return found


def _learning(site: Site, row: Any, results: Mapping[str, Recorded]) -> Learning:
    run = run_of(row)
    outline = site.library.outline(row.revision_id, language())
    verdicts = rules.Verdicts(outline, results, run, site.now())
    step = rules.next_item(outline, results, verdicts)
    state = results[step.id].state if step and step.id in results else ""
    return Learning(
        run,
        outline,
        rules.progress(outline, results),
        step,
        state,
        None,
        as_utc(row.completed_at),
    )


def due_ahead(site: Site, run: Run, item: Item | None) -> datetime | None:
    """The next date of an item that is still ahead. One statement at most."""
    return _ahead(site, of_runs(site, [run], {run.id: item.id})[run.id]) if item is not None else None


def _ahead(site: Site, dates: Sequence[Due]) -> datetime | None:
    return next((due.start for due in dates if due.start >= site.now()), None)


def _leading(site: Site, row: Any, counts: Mapping[tuple[int, str], int]) -> Leading:
    outline = site.library.outline(row.revision_id, language())
    found: dict[str, int] = {}
    for (run, item), count in counts.items():
        owner = outline.owner.get(item)
        if run == row.id and owner:
            found[owner] = found.get(owner, 0) + count
    return Leading(run_of(row), outline, tuple((outline.items[item], count) for item, count in found.items()))
