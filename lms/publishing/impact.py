"""What a new edition of a course would mean for every run that is pinned to an older one, and for how many people.

`rules` compares the editions; what takes people's results (what is open to whom, who has finished) other features add by a
contribution. However many runs, people and items there are, the number of statements is the same.
"""

import json
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Date, bindparam, text

from courses.tree import Course
from lms.db import db
from lms.plugin import Contribution, Run
from lms.publishing import items, rules
from lms.publishing.outline import Outline, outline
from lms.publishing.rules import Effect, Facts
from lms.site import Site

__all__ = ["Consequences", "Effect", "Impact", "Move", "RunImpact", "report"]


@dataclass(frozen=True)
class Move:
    """That a run would go from one edition to another. `names`: which items go on under another id, by former id."""

    run: Run
    before: Outline
    after: Outline
    names: Mapping[str, str]
    learners: frozenset[int]


class Consequences(ABC, Contribution):
    """What a feature knows about the consequences of a move."""

    @abstractmethod
    def effects(self, site: Site, moves: Sequence[Move]) -> Mapping[int, Sequence[Effect]]:
        """Effects by run, in a number of statements that does not depend on how many moves there are."""


@dataclass(frozen=True)
class RunImpact:
    """What the edition means for one run: pinned to revision `number`, with so many `learners`."""

    run: Run
    number: int
    learners: int
    effects: tuple[Effect, ...]


@dataclass(frozen=True)
class Impact:
    """What the edition means for all runs of the course that are not over, the latest first."""

    course: str
    runs: tuple[RunImpact, ...]

    @property
    def harmful(self) -> tuple[str, ...]:
        """Codes that have to be accepted, in order."""
        return tuple(sorted({effect.code for run in self.runs for effect in run.effects if effect.harmful}))

    def refused(self, accepted: Collection[str]) -> tuple[str, ...]:
        """Harmful codes that nobody accepted: while there are any, nothing is done."""
        return tuple(code for code in self.harmful if code not in accepted)


_RUNS = (
    "SELECT r.id, r.course_id, c.slug AS course_slug, r.slug, r.title, r.revision_id, r.starts_on, r.ends_on, r.timezone,"
    " v.number FROM run r JOIN course c ON c.id = r.course_id JOIN revision v ON v.id = r.revision_id WHERE "
)
_OPEN = (
    text(_RUNS + "c.slug = :course AND (r.ends_on IS NULL OR r.ends_on >= :today) ORDER BY r.starts_on DESC, r.id DESC")
    .bindparams(bindparam("today", type_=Date))
    .columns(starts_on=Date, ends_on=Date)
)
_ONE = text(_RUNS + "r.id = :run").columns(starts_on=Date, ends_on=Date)
_PEOPLE = text("SELECT run_id, person_id, state FROM enrolment WHERE run_id IN :runs AND role = 'learner'").bindparams(
    bindparam("runs", expanding=True)
)
_DONE = text("SELECT run_id, person_id, item FROM result WHERE run_id IN :runs AND completed").bindparams(
    bindparam("runs", expanding=True)
)
_TEXTS = text(
    "SELECT t.revision_id, t.lesson, t.body FROM lesson_text t JOIN revision r ON r.id = t.revision_id AND r.language = t.language"
    " WHERE t.revision_id IN :revisions AND t.lesson IN :lessons"
).bindparams(bindparam("revisions", expanding=True), bindparam("lessons", expanding=True))


def report(site: Site, course: Course, run_id: int | None = None) -> Impact:
    """What this edition of a course (in its own language) means for its runs that are not over, or for one of them.

    Runs that are pinned to the very same content have no effects. Eight statements at most, and those of contributions.
    """
    if run_id is None:
        rows = db.session.execute(_OPEN, {"course": course.id, "today": site.now().date()}).all()
    else:
        rows = db.session.execute(_ONE, {"run": run_id}).all()
    if not rows:
        return Impact(course.id, ())
    after = outline(course)
    numbers = {row.id: row.number for row in rows}
    runs = [_run(row) for row in rows]
    originals = site.library.originals(run.revision_id for run in runs)
    learners, ever = _people([run.id for run in runs])
    moves = [
        Move(run, before, after, rules.carried(before, after), learners.get(run.id, frozenset()))
        for run in runs
        for before in [originals[run.revision_id]]
    ]
    found: dict[int, list[Effect]] = {run.id: [] for run in runs}
    texts = _texts(moves)
    for move, facts in zip(moves, _facts(site, moves, ever), strict=True):
        found[move.run.id] += rules.effects(
            move.before, move.after, site.registry.kinds, facts, texts.get(move.run.revision_id, {})
        )
    for contribution in site.of(Consequences):  # type: ignore[type-abstract]  # it is asked for, not made
        for run, effects in contribution.effects(site, moves).items():
            found[run] += effects
    return Impact(
        course.id,
        tuple(
            RunImpact(
                move.run,
                numbers[move.run.id],
                len(move.learners),
                tuple(sorted(found[move.run.id], key=lambda effect: effect.order)),
            )
            for move in moves
        ),
    )


def _run(row: object) -> Run:
    values = row._mapping  # type: ignore[attr-defined]  # a row of a statement
    return Run(**{name: value for name, value in values.items() if name != "number"})


def _people(run_ids: Sequence[int]) -> tuple[dict[int, frozenset[int]], dict[int, set[int]]]:
    """Learners who are in each run now, and everybody who ever was one."""
    now: dict[int, set[int]] = {}
    ever: dict[int, set[int]] = {}
    for run_id, person_id, state in db.session.execute(_PEOPLE, {"runs": run_ids}):
        ever.setdefault(run_id, set()).add(person_id)
        if state == "active":
            now.setdefault(run_id, set()).add(person_id)
    return {run: frozenset(people) for run, people in now.items()}, ever


def _facts(site: Site, moves: Sequence[Move], ever: Mapping[int, set[int]]) -> Iterable[Facts]:
    run_ids = [move.run.id for move in moves]
    worked = items.worked(site, run_ids)
    done: dict[int, dict[str, set[int]]] = {}
    for run_id, person_id, item in db.session.execute(_DONE, {"runs": run_ids}):
        done.setdefault(run_id, {}).setdefault(item, set()).add(person_id)
    for move in moves:
        among = ever.get(move.run.id, set())
        yield Facts(
            move.run,
            move.learners,
            {item: frozenset(people & among) for item, people in worked.get(move.run.id, {}).items()},
            {item: frozenset(people & among) for item, people in done.get(move.run.id, {}).items()},
        )


def _texts(moves: Sequence[Move]) -> dict[int, dict[str, str]]:
    """The HTML of lessons that are gone, by revision: by it a lesson is known again under another id."""
    gone = {id for move in moves for id in move.before.items if id not in move.after.items and id not in move.names}
    if not gone:
        return {}
    found: dict[int, dict[str, str]] = {}
    revisions = sorted({move.run.revision_id for move in moves})
    for revision, lesson, body in db.session.execute(_TEXTS, {"revisions": revisions, "lessons": sorted(gone)}):
        found.setdefault(revision, {})[lesson] = "".join(piece.get("html", "") for piece in json.loads(body))
    return found
