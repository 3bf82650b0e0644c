"""Dates of runs as they are now: what the course says, but for phases where tutors moved them and meetings at the times they were
moved to. Calendar, feed, reminders, books and "what now" all read them here.

Phases are asked where they stand (`visit.phases`) and activities what is planned (`visit.attendance`), so that nothing that may
move is worked out twice.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from courses.blocks import Block, Deadline
from lms.attendance.moving import titled
from lms.booking.rules import uid_of
from lms.db import Query
from lms.enrolment.place import Place
from lms.plugin import Actor, Gathering, Run
from lms.site import Site
from lms.visit import RunVisit

MINUTE = timedelta(minutes=1)

_KEPT = Query(
    "SELECT run_id, block, name, value FROM kept WHERE run_id IN :runs AND block IN :blocks AND person_id = 0"
)


@dataclass(frozen=True)
class Due:
    """A date of an item in a run. `end` is given for meetings; without it `start` is the last moment.

    A whole day ends at 23:59. `phase` is that whose end it is. `uid` stays when the date moves, `key` changes with it.
    """

    uid: str
    key: str
    item: str
    block: str
    title: str
    start: datetime
    end: datetime | None
    phase: str = ""


def of_run(site: Site, run: Run) -> list[Due]:
    """All dates of one run in the language in force, in order of time. One statement at most."""
    return of_runs(site, [run])[run.id]


def of_runs(site: Site, runs: Sequence[Run], only: Mapping[int, str] | None = None) -> dict[int, list[Due]]:
    """All dates (`only`: of this one item of each run), by run, in order of time. One statement, none where nothing may move."""
    gathers = {source.kind for source in site.of(Gathering)}  # type: ignore[type-abstract]  # the registry gives what derives from it
    visits: list[tuple[RunVisit, str, dict[str, Block[Any]]]] = []
    for run in runs:
        visit = RunVisit(site, Actor(0), Place(run, "tutor", 0))
        item = only.get(run.id, "") if only is not None else ""
        visits.append((visit, item, _movable(visit, item, gathers) if only is None or item else {}))
    blocks = sorted({id for _visit, _item, movable in visits for id in movable})
    kept: dict[int, dict[tuple[str, int, str], str]] = {}
    if blocks:
        for run_id, block, name, value in _KEPT.plain(runs=[run.id for run in runs], blocks=blocks):
            kept.setdefault(run_id, {})[block, 0, name] = value
    found: dict[int, list[Due]] = {}
    for visit, item, movable in visits:
        visit.stand_in(kept.get(visit.run.id, {}))
        wanted = only is None or item
        dates = [*_deadlines(visit, item, movable, gathers), *_meetings(visit, movable, gathers)] if wanted else []
        found[visit.run.id] = sorted(dates, key=lambda due: (due.start, due.uid))
    return found


def _movable(visit: RunVisit, item: str, gathers: set[str]) -> dict[str, Block[Any]]:
    """Blocks with phases that dates end, and those in which people meet."""
    kinds = visit.site.registry.kinds
    phased = {deadline.item.partition(".")[0] for deadline in visit.course.deadlines if deadline.phase}
    return {
        block.id: block
        for block in visit.course.blocks()
        if block.kind in kinds and (not item or block.id == item) and (block.kind in gathers or block.id in phased)
    }


def _deadlines(visit: RunVisit, item: str, movable: Mapping[str, Block[Any]], gathers: set[str]) -> Iterator[Due]:
    run, seen = visit.run, Counter[str]()
    for deadline in visit.course.deadlines:
        seen[deadline.item] += 1
        id = deadline.item.partition(".")[0]
        block = movable.get(id)
        if (item and deadline.item != item) or (deadline.end and block is not None and block.kind in gathers):
            continue
        start = (
            _phase_end(visit.at_block(block), deadline)
            if block is not None and deadline.phase
            else _last(visit, deadline)
        )
        if start is None:
            continue
        end = visit.at(deadline.end, end_of_day=True) if deadline.end else None
        uid, key = f"run-{run.id}-{deadline.item}-{seen[deadline.item]}", f"{deadline.item}#{deadline.moment}"
        yield Due(uid, key, deadline.item, id, deadline.title, start, end, deadline.phase)


def _last(visit: RunVisit, deadline: Deadline) -> datetime:
    if deadline.end is not None:
        return visit.at(deadline.moment)
    start = visit.at(deadline.moment, end_of_day=True)
    # the midnight that ends a day would stand under the next day
    return start if deadline.moment.has_time else start - MINUTE


def _phase_end(visit: RunVisit, deadline: Deadline) -> datetime | None:
    """When the phase ends in this run; None when nothing but the tutor ends it."""
    try:
        closes = visit.phases.dated(deadline.phase).closes
    except LookupError:
        return _last(visit, deadline)
    if closes is not None and closes.astimezone(visit.zone).time() == time():
        closes -= MINUTE
    return closes


def _meetings(visit: RunVisit, movable: Mapping[str, Block[Any]], gathers: set[str]) -> Iterator[Due]:
    for block in movable.values():
        if block.kind not in gathers:
            continue
        here = visit.at_block(block)
        for one in here.attendance.planned():
            uid = uid_of(visit.run.id, block.id, one.id)
            key = f"{block.id}#{one.starts:%Y-%m-%dT%H:%MZ} {one.id}"[:160]
            yield Due(uid, key, block.id, block.id, titled(block, one), one.starts, one.ends)
