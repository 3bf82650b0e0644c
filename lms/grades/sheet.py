"""The gradebook as rows: one statement for a screen, for everybody, and for the file, read as a stream so that memory stays flat."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Engine, text

from lms.db import Query, db, writing
from lms.people.models import by_register
from lms.plugin import Recorded, Run
from lms.progress import rules
from lms.publishing.outline import Outline

PAGE = 50

# people in the order of a class register, each with all results; the inner query keeps a screen to its people
_ROWS = (
    "SELECT p.id, p.surname, p.given_name, p.patronymic, p.email, r.item, r.state, r.completed, r.success,"
    " r.points, r.max_points, r.updated_at FROM ("
    "  SELECT p.id, p.surname, p.given_name, p.patronymic, p.email"
    "  FROM enrolment e JOIN person p ON p.id = e.person_id"
    "  WHERE e.run_id = :run AND e.role = 'learner' AND e.state = 'active'{after}"
    "  ORDER BY {order}{limit}"
    " ) p LEFT JOIN result r ON r.run_id = :run AND r.person_id = p.id"
    " ORDER BY {order}"
)
_AFTER = (
    " AND ({order}) > ("
    "SELECT {other} FROM person q JOIN enrolment f ON f.person_id = q.id AND f.run_id = :run WHERE q.id = :after)"
)


def _rows(after: str = "", limit: str = "") -> str:
    order, other = by_register("p"), by_register("q")
    return _ROWS.format(order=order, after=after.format(order=order, other=other), limit=limit)


_SCREEN = Query(_rows(limit=" LIMIT :limit"))
_NEXT = Query(_rows(_AFTER, " LIMIT :limit"))
_ALL = text(_rows())
_COUNT = Query("SELECT count(*) FROM enrolment WHERE run_id = :run AND role = 'learner' AND state = 'active'")


class Row(NamedTuple):
    """One learner with their results by item; `score` (0–1) is the course score, `progress` how far they are."""

    person_id: int
    name: str
    email: str
    results: dict[str, Recorded]
    score: float | None
    progress: rules.Progress


@dataclass(frozen=True)
class Column:
    """A grade item of the gradebook."""

    id: str
    title: str
    max: float


def columns(outline: Outline) -> list[Column]:
    """The grade items of a course in the order of reading."""
    titles = {grade.id: grade.title for grade in outline.course.grade_items}
    return [Column(id, titles.get(id) or item.title, most) for item in outline.activities for id, most, _ in item.parts]


def count(run: Run) -> int:
    """How many learners the run has."""
    return int(_COUNT.plain(run=run.id)[0][0])


def screen(run: Run, outline: Outline, after: int = 0) -> tuple[list[Row], int]:
    """The learners that follow person `after` (0: from the beginning), at most PAGE, and after whom to go on (0: nobody is left)."""
    values = {"run": run.id, "limit": PAGE + 1}
    rows = list(_grouped(_NEXT.plain(**values, after=after) if after else _SCREEN.plain(**values), outline))
    return rows[:PAGE], rows[PAGE - 1].person_id if len(rows) > PAGE else 0


def stream(run: Run, outline: Outline) -> Iterator[Row]:
    """All learners, read as they are asked for, on a connection of their own."""
    return _streamed(db.engine, run, outline)  # the engine is found now: by the time of reading the request is over


def _streamed(engine: Engine, run: Run, outline: Outline) -> Iterator[Row]:
    with writing(False):
        connection = engine.connect()
        found = connection.execution_options(stream_results=True, yield_per=2000).execute(_ALL, {"run": run.id})
    try:
        yield from _grouped(found, outline)
    finally:
        connection.rollback()
        connection.close()


def _grouped(found: Iterable[Sequence[Any]], outline: Outline) -> Iterator[Row]:
    # taken apart by place and not by name: five thousand learners have a hundred thousand of these rows
    known: tuple[Any, ...] = ()
    results: dict[str, Recorded] = {}
    last = 0
    for id, surname, given_name, patronymic, email, item, state, completed, success, points, most, stored_at in found:
        if id != last:
            if last:
                yield _row(known, results, outline)
            last, known, results = id, (id, surname, given_name, patronymic, email), {}
        if item is not None:
            results[item] = Recorded(
                item, state, bool(completed), None if success is None else bool(success), points, most, stored_at
            )
    if last:
        yield _row(known, results, outline)


def _row(person: tuple[Any, ...], results: dict[str, Recorded], outline: Outline) -> Row:
    id, *names, email = person
    known = rules.progress(outline, results)
    return Row(id, " ".join(part for part in names if part), email, results, known.score, known)
