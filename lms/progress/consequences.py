"""What a new edition means for how far people are: what it locks again, and what it asks of those who want to finish."""

from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import bindparam, select, text

from courses.requires import Tree, renamed
from lms.db import db
from lms.enrolment.models import Enrolment
from lms.events import CourseCompleted, RunMoved
from lms.i18n import Message, mark
from lms.plugin import Recorded
from lms.plugin import Site as AnySite
from lms.progress import rules
from lms.progress.service import of_run, recorded
from lms.publishing.impact import Consequences, Effect, Move
from lms.publishing.outline import Outline
from lms.publishing.rules import place_of
from lms.site import Site
from lms.wording import share

_RESULTS = text(
    "SELECT run_id, person_id, item, state, completed, success, points, max_points, updated_at FROM result WHERE run_id IN :runs"
).bindparams(bindparam("runs", expanding=True))

Results = Mapping[int, Mapping[str, Recorded]]
"""Results of a run by person and item."""


class Progress(Consequences):
    """Locks and the rule of completion."""

    def effects(self, site: Site, moves: Sequence[Move]) -> Mapping[int, Sequence[Effect]]:
        """One statement for the results of all runs."""
        results: dict[int, dict[int, dict[str, Recorded]]] = {}
        for run_id, person, *row in db.session.execute(_RESULTS, {"runs": [move.run.id for move in moves]}):
            results.setdefault(run_id, {}).setdefault(person, {})[row[0]] = recorded(*row)
        return {
            move.run.id: [
                *locked_again(site, move, results.get(move.run.id, {})),
                *completion(move, results.get(move.run.id, {})),
            ]
            for move in moves
        }


def _present(move: Move, id: str) -> str:
    owner, dot, part = id.partition(".")
    return move.names.get(owner, owner) + dot + part


def _carried(move: Move, results: Mapping[str, Recorded]) -> dict[str, Recorded]:
    """A person's results by the ids of the new edition."""
    return {_present(move, id): result for id, result in results.items()}


def _conditions(outline: Outline, id: str, move: Move | None = None) -> list[Tree | None]:
    """What has to be true before an item opens: its own conditions and those of its lesson; by present ids, if a move is given."""
    item = outline.items[id]
    asked = [outline.items[item.lesson].requires, item.requires if item.kind != "lesson" else None]
    return [renamed(tree, lambda old: _present(move, old)) if tree and move else tree for tree in asked]


def locked_again(site: Site, move: Move, results: Results) -> Iterator[Effect]:
    """Items that are open now for somebody who would find them locked."""
    now = site.now()
    changed = [
        (id, new)
        for id in move.before.items
        for new in [move.names.get(id, id)]
        if new in move.after.items and _conditions(move.before, id, move) != _conditions(move.after, new)
    ]
    if not changed:
        return
    shut: dict[str, int] = {}
    for person in move.learners:
        mine = results.get(person, {})
        before = rules.Verdicts(move.before, mine, move.run, now)
        after = rules.Verdicts(move.after, _carried(move, mine), move.run, now)
        for id, new in changed:
            if before[id].open and not after[new].open:
                shut[new] = shut.get(new, 0) + 1
    for id, people in shut.items():
        said = Message(
            mark("“{title}” is open now for people who would find it locked again."),
            {"title": move.after.items[id].title},
        )
        yield Effect("locked-again", True, said, id, *place_of(move.after, id), people)


def completion(move: Move, results: Results) -> Iterator[Effect]:
    """What finishing the course asks for more or less than before. Who has finished, has finished."""
    before = {move.names.get(id, id) for id in move.before.required}
    known = {move.names.get(id, id) for id in move.before.items}
    items = move.after.items
    more = [items[id].title for id in move.after.required if id not in before and id in known]
    less = [item.title for id, item in items.items() if id in before and not item.required]
    unfinished = [
        person for person in move.learners if not rules.progress(move.before, results.get(person, {})).complete
    ]
    if more:
        said = Message(mark("To finish the course one has to do more: {titles}."), {"titles": _list(more)})
        yield Effect("completion-changed", bool(unfinished), said, "", "course.md", 1, len(unfinished))
    if less:
        said = Message(mark("To finish the course one has to do less: no longer {titles}."), {"titles": _list(less)})
        yield Effect("completion-changed", False, said, "", "course.md", 1, len(unfinished))
    if move.before.score != move.after.score:
        old, new = move.before.score or 0.0, move.after.score or 0.0
        said = Message(
            mark("To finish the course one needs a score of {after} instead of {before}."),
            {"before": share(old), "after": share(new)},
        )
        harmful = bool(unfinished) and new > old
        yield Effect("completion-changed", harmful, said, "", "course.md", 1, len(unfinished))


def _list(titles: Sequence[str]) -> str:
    return ", ".join(f"“{title}”" for title in titles)


def rework(site: AnySite, event: RunMoved) -> None:
    """After a run has moved: those who fulfil the rule of the new edition have finished. Nothing is taken back from anybody."""
    assert isinstance(site, Site)
    outline = site.library.outline(event.after, "")
    results = of_run(event.run_id)
    waiting = db.session.execute(
        select(Enrolment)
        .where(
            Enrolment.run_id == event.run_id, Enrolment.role == "learner", Enrolment.state == "active",
            Enrolment.completed_at.is_(None),
        )
        .order_by(Enrolment.person_id)
        .execution_options(populate_existing=True)
    ).scalars()  # fmt: skip
    done = [place for place in waiting if rules.progress(outline, results.get(place.person_id, {})).complete]
    for place in done:
        place.completed_at = site.now()
    db.session.flush()
    for place in done:
        site.emit(CourseCompleted(event.run_id, place.person_id))
