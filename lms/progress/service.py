"""Results: read as plain rows, written with their history, followed by the completion rule."""

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import func, select, update

from lms.db import Query, db
from lms.enrolment.models import Enrolment
from lms.events import CourseCompleted, ResultRecorded
from lms.i18n import Message
from lms.plugin import Recorded, Result, Run
from lms.progress import rules
from lms.progress.models import ResultRecord
from lms.publishing.outline import Outline
from lms.site import Site

_COLUMNS = "item, state, completed, success, points, max_points, updated_at"
_MINE = Query(f"SELECT {_COLUMNS} FROM result WHERE run_id = :run AND person_id = :person")  # noqa: S608 - a constant
_MY_ITEMS = Query(
    f"SELECT {_COLUMNS} FROM result WHERE run_id = :run AND person_id = :person AND item IN :items"  # noqa: S608 - a constant
)
_ALL = Query(f"SELECT person_id, {_COLUMNS} FROM result WHERE run_id = :run")  # noqa: S608 - a constant
_ITEMS = Query(f"SELECT person_id, {_COLUMNS} FROM result WHERE run_id = :run AND item IN :items")  # noqa: S608 - a constant

_EXPLANATIONS = Query(
    "SELECT item, explanation FROM result WHERE run_id = :run AND person_id = :person AND explanation <> ''"
)


def recorded(
    item: str, state: str, completed: Any, success: Any, points: float | None, most: float | None, stored_at: Any
) -> Recorded:
    """A `Recorded` from the columns of a row (SQLite has numbers for truth)."""
    return Recorded(item, state, bool(completed), None if success is None else bool(success), points, most, stored_at)


def mine(run_id: int, person_id: int, items: Sequence[str] | None = None) -> dict[str, Recorded]:
    """All results of one person in one run, or those of the given items, by item id. One statement."""
    if items is None:
        rows = _MINE.plain(run=run_id, person=person_id)
    else:
        rows = _MY_ITEMS.plain(run=run_id, person=person_id, items=list(items))
    return {row[0]: recorded(*row) for row in rows}


def of_run(run_id: int, items: Collection[str] | None = None) -> dict[int, dict[str, Recorded]]:
    """Everybody's results in a run (of these items) by person and item. One statement."""
    rows = _ALL.plain(run=run_id) if items is None else _ITEMS.plain(run=run_id, items=list(items))
    found: dict[int, dict[str, Recorded]] = {}
    for person, *row in rows:
        found.setdefault(person, {})[row[0]] = recorded(*row)
    return found


def explanations(run_id: int, person_id: int) -> Mapping[str, str]:
    """Why each result of a person is what it is, in words, by item id. One statement."""
    rows = _EXPLANATIONS.plain(run=run_id, person=person_id)
    return {item: str(Message.from_json(json.loads(explanation))) for item, explanation in rows}


def marked(person_id: int) -> set[tuple[int, str]]:
    """(run id, item) of everything a person was given points for. One statement."""
    found = select(ResultRecord.run_id, ResultRecord.item)
    rows = db.session.execute(found.where(ResultRecord.person_id == person_id, ResultRecord.points.is_not(None)))
    return {(row.run_id, row.item) for row in rows}


def record(
    site: Site, run: Run, outline: Outline, person_id: int, item: str, kind: str, result: Result, by: int | None = None
) -> None:
    """Store a result of an active learner and its history, state the fact, and check the completion rule.

    `item` must be an item or a grade item of the course. A result that changes nothing is not written again.
    Raises KeyError for an unknown item.
    """
    if item not in outline.owner:
        raise KeyError(item)
    db.session.flush()  # plain statements follow, which see only what has been sent to the database
    # one person's results change one after the other: the row of the enrolment is what they queue for
    enrolment = _ENROLMENT.first(run=run.id, person=person_id)
    if enrolment is None or enrolment.role != "learner" or enrolment.state != "active":
        return
    score = result.score
    explanation = json.dumps(result.explanation.to_json(), ensure_ascii=False) if result.explanation else ""
    values: dict[str, Any] = {
        "state": result.state, "completed": result.completion, "success": result.success,
        "points": score.points if score else None, "most": score.max if score else None, "explanation": explanation,
    }  # fmt: skip
    now = site.now()
    found = _PRESENT.plain(run=run.id, person=person_id, item=item)
    if found and found[0] == tuple(values.values()):
        return
    key = {"run": run.id, "person": person_id, "item": item, "now": now}
    if found:
        _CHANGE.run(**key, **values)
    else:
        _ADD.run(**key, **values, kind=kind)
    _REMEMBER.run(**key, **values, by=by)
    site.emit(ResultRecorded(run.id, person_id, item, result.state, result.completion))
    if enrolment.completed_at is None and rules.progress(outline, mine(run.id, person_id)).complete:
        _COMPLETE.run(run=run.id, person=person_id, now=now)
        site.emit(CourseCompleted(run.id, person_id))


_ENROLMENT = Query(
    "SELECT role, state, completed_at FROM enrolment WHERE run_id = :run AND person_id = :person",
    postgresql=" FOR UPDATE",
)
_COMPLETE = Query("UPDATE enrolment SET completed_at = :now WHERE run_id = :run AND person_id = :person")
_PRESENT = Query(
    "SELECT state, completed, success, points, max_points, explanation FROM result"
    " WHERE run_id = :run AND person_id = :person AND item = :item"
)
_ADD = Query(
    "INSERT INTO result (run_id, person_id, item, kind, state, completed, success, points, max_points, explanation, updated_at)"
    " VALUES (:run, :person, :item, :kind, :state, :completed, :success, :points, :most, :explanation, :now)"
)
_CHANGE = Query(
    "UPDATE result SET state = :state, completed = :completed, success = :success, points = :points, max_points = :most,"
    " explanation = :explanation, updated_at = :now WHERE run_id = :run AND person_id = :person AND item = :item"
)
_REMEMBER = Query(
    "INSERT INTO result_history (run_id, person_id, item, state, completed, success, points, max_points, explanation, at, by)"
    " VALUES (:run, :person, :item, :state, :completed, :success, :points, :most, :explanation, :now, :by)"
)


def waiting(run_ids: Collection[int]) -> dict[tuple[int, str], int]:
    """How many results of active learners wait for staff, by run and item. One statement."""
    rows = db.session.execute(
        select(ResultRecord.run_id, ResultRecord.item, func.count())
        .join(Enrolment, (Enrolment.run_id == ResultRecord.run_id) & (Enrolment.person_id == ResultRecord.person_id))
        .where(ResultRecord.run_id.in_(run_ids), ResultRecord.state == "waiting", Enrolment.state == "active")
        .group_by(ResultRecord.run_id, ResultRecord.item)
    )
    return {(run, item): count for run, item, count in rows}


def forget_completion(run_id: int, person_id: int) -> None:
    """After a correction: the completion rule is to be checked anew."""
    db.session.execute(
        update(Enrolment).where(Enrolment.run_id == run_id, Enrolment.person_id == person_id).values(completed_at=None)
    )
