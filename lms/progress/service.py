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
from lms.progress.models import ResultHistory, ResultRecord
from lms.publishing.outline import Outline
from lms.site import Site

_COLUMNS = "item, state, completed, success, points, max_points, updated_at"
_MINE = Query(f"SELECT {_COLUMNS} FROM result WHERE run_id = :run AND person_id = :person")  # noqa: S608 - a constant
_MY_ITEMS = Query(
    f"SELECT {_COLUMNS} FROM result WHERE run_id = :run AND person_id = :person AND item IN :items"  # noqa: S608 - a constant
)
_ALL = Query(f"SELECT person_id, {_COLUMNS} FROM result WHERE run_id = :run")  # noqa: S608 - a constant
_ITEMS = Query(f"SELECT person_id, {_COLUMNS} FROM result WHERE run_id = :run AND item IN :items")  # noqa: S608 - a constant


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
    rows = db.session.execute(
        select(ResultRecord.item, ResultRecord.explanation).where(
            ResultRecord.run_id == run_id, ResultRecord.person_id == person_id, ResultRecord.explanation != ""
        )
    )
    return {row.item: str(Message.from_json(json.loads(row.explanation))) for row in rows}


def record(
    site: Site, run: Run, outline: Outline, person_id: int, item: str, kind: str, result: Result, by: int | None = None
) -> None:
    """Store a result of an active learner and its history, state the fact, and check the completion rule.

    `item` must be an item or a grade item of the course. A result that changes nothing is not written again.
    Raises KeyError for an unknown item.
    """
    if item not in outline.owner:
        raise KeyError(item)
    # one person's results change one after the other: the row of the enrolment is what they queue for
    enrolment = db.session.execute(
        select(Enrolment).where(Enrolment.run_id == run.id, Enrolment.person_id == person_id).with_for_update()
    ).scalar_one_or_none()
    if enrolment is None or enrolment.role != "learner":
        return
    values: dict[str, Any] = {
        "state": result.state,
        "completed": result.completion,
        "success": result.success,
        "points": result.score.points if result.score else None,
        "max_points": result.score.max if result.score else None,
        "explanation": json.dumps(result.explanation.to_json(), ensure_ascii=False) if result.explanation else "",
    }
    now = site.now()
    found = db.session.get(ResultRecord, (run.id, person_id, item))
    if found is None:
        db.session.add(ResultRecord(run_id=run.id, person_id=person_id, item=item, kind=kind, updated_at=now, **values))
    elif all(getattr(found, name) == value for name, value in values.items()):
        return
    else:
        for name, value in values.items():
            setattr(found, name, value)
        found.updated_at = now
    db.session.add(ResultHistory(run_id=run.id, person_id=person_id, item=item, at=now, by=by, **values))
    db.session.flush()
    site.emit(ResultRecorded(run.id, person_id, item, result.state, result.completion))
    if enrolment.completed_at is None and rules.progress(outline, mine(run.id, person_id)).complete:
        enrolment.completed_at = now
        db.session.flush()
        site.emit(CourseCompleted(run.id, person_id))


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
