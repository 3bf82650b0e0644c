"""Whether a course can be gone through at all: what things require, when they can be done, what completing asks.

Conditions are turned into alternatives of plain facts; one is impossible if every alternative contradicts itself. It is one module
because what locks, what opens and what completes a course are answered from the same facts.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

from courses.blocks import Block
from courses.frontmatter import Document
from courses.moments import Moment
from courses.nearest import Nearest
from courses.problems import N_, Report
from courses.requires import All, Done, From, Not, Score, Tree, Until, mentioned, needed, parse
from courses.requires import Any as AnyOf
from courses.tree import Course, Lesson

_ALTERNATIVES = 100
"""A condition with more alternatives than this is taken as possible: nobody could read it either."""

_LEAST_WEEKS = 8


@dataclass(frozen=True)
class Place:
    """The file and options an item was read from."""

    path: str
    document: Document


@dataclass(frozen=True)
class Span:
    """The first and, if known, the last day of a run."""

    starts: date
    ends: date | None = None


def check(
    course: Course,
    matter: Document,
    places: Mapping[str, Place],
    written: Collection[str],
    span: Span | None,
    report: Report,
) -> None:
    """Report what nobody could ever do. ``written`` are the ids of activities as they stand in the files: one that
    could not be read is no reason to complain about those that speak of it."""
    _mentions(course, places, written, report)
    _completion(course, matter, written, report)
    ids = [item.id for item in course.items()]
    if len(ids) != len(set(ids)):
        return  # with an id taken twice it would be unclear who waits for whom
    order = _Order(course, places)
    if not _circles(order, places, report):
        never = _alternatives(order, places, span, report)
        _both_ways(course, order, never, places, report)
        _deadlines(course, order, places, span, report)


def requires_of(item: Lesson | Block[Any]) -> Tree | None:
    """The requirements of a lesson or an activity."""
    if isinstance(item, Lesson):
        return item.requires
    stored = item.settings.get("requires")
    return parse(stored) if stored else None


# -- what is spoken of


def _scores(tree: Tree | None) -> Iterator[str]:
    if isinstance(tree, Score):
        yield tree.id
    elif isinstance(tree, All | AnyOf | Not):
        for part in tree.of if isinstance(tree.of, tuple) else (tree.of,):
            yield from _scores(part)


def _mentions(course: Course, places: Mapping[str, Place], written: Collection[str], report: Report) -> None:
    graded = {item.id for item in course.grade_items}
    known = {item.id for item in course.items()} | graded | set(written)
    nearest = Nearest(sorted(known))
    whole = {id.partition(".")[0] for id in graded}
    for item in course.items():
        place = places[item.id]
        here = report.at(place.path)
        requires = requires_of(item)
        for id in dict.fromkeys(mentioned(requires)):
            line, column = place.document.find(("requires",), id)
            if id == item.id:
                here.add(line, column, "requires-itself", N_("“{id}” requires itself, so it would never open."), id=id)
            elif id not in known and not (id.partition(".")[0] in written and id.partition(".")[0] not in places):
                _unknown(here, line, column, "requires-unknown", id, nearest)
        for id in dict.fromkeys(_scores(requires)):
            if id in places and id not in whole:
                line, column = place.document.find(("requires",), id)
                here.add(
                    line,
                    column,
                    "requires-ungraded",
                    N_("“{id}” gives no points, so no score can be asked of it."),
                    hint=N_("Ask for its completion instead: requires: [{id}]"),
                    id=id,
                )


def _unknown(report: Report, line: int, column: int, code: str, id: str, known: Nearest) -> None:
    """An id that nothing has."""
    close = known.to(id)
    report.add(
        line,
        column,
        code,
        N_("There is no lesson or activity “{id}” in this course."),
        hint=N_("Did you mean “{close}”?")
        if close
        else N_("An id is the file's name without its number, or what id: says."),
        id=id,
        close=close,
    )


# -- who comes before whom


@dataclass
class _Facts:
    """One alternative of a condition. Times are (moment, whether its whole day counts)."""

    done: set[str] = field(default_factory=set)
    undone: set[str] = field(default_factory=set)
    least: dict[str, float] = field(default_factory=dict)
    below: dict[str, float] = field(default_factory=dict)
    opens: set[tuple[Moment, bool]] = field(default_factory=set)
    closes: set[tuple[Moment, bool]] = field(default_factory=set)

    def joined(self, other: _Facts) -> _Facts:
        """Both at once."""
        least, below = dict(self.least), dict(self.below)
        for id, share in other.least.items():
            least[id] = max(share, least.get(id, share))
        for id, share in other.below.items():
            below[id] = min(share, below.get(id, share))
        return _Facts(
            self.done | other.done,
            self.undone | other.undone,
            least,
            below,
            self.opens | other.opens,
            self.closes | other.closes,
        )


def _expand(tree: Tree, holds: bool = True) -> list[_Facts] | None:
    """The alternatives under which the tree holds (or does not); None if they are too many."""
    if isinstance(tree, Not):
        return _expand(tree.of, not holds)
    if isinstance(tree, All | AnyOf):
        parts = [_expand(part, holds) for part in tree.of]
        if any(part is None for part in parts):
            return None
        known = [part for part in parts if part is not None]
        if isinstance(tree, All) != holds:
            found = [facts for part in known for facts in part]
        else:
            size = 1
            for part in known:
                size *= len(part)
                if size > _ALTERNATIVES:
                    return None
            found = [_together(several) for several in product(*known)]
        return found if len(found) <= _ALTERNATIVES else None
    if isinstance(tree, Done):
        return [_Facts(done={tree.id}) if holds else _Facts(undone={tree.id})]
    if isinstance(tree, Score):
        share = {tree.id: tree.share}
        return [_Facts(least=share) if holds else _Facts(below=share)]
    at = (tree.moment, isinstance(tree, Until))
    return [_Facts(opens={at}) if isinstance(tree, From) == holds else _Facts(closes={at})]


def _together(several: Sequence[_Facts]) -> _Facts:
    result = _Facts()
    for facts in several:
        result = result.joined(facts)
    return result


class _Order:
    """Items by id with their conditions, and what each cannot do without.

    ``wants`` must be done before, by the item's own condition and by that of the lesson it stands in; ``asks`` must
    open before, which an activity's own lesson must too, though nobody has to have read it to the end.
    """

    def __init__(self, course: Course, places: Mapping[str, Place]) -> None:
        self.zone = ZoneInfo(course.timezone)
        self.requires = {item.id: requires_of(item) for item in course.items()}
        self.home = {block.id: block.lesson for block in course.blocks()}
        self.wants: dict[str, list[str]] = {}
        self.asks: dict[str, list[str]] = {}
        for id, tree in self.requires.items():  # lessons come before what stands in them
            own = [other.partition(".")[0] for other in needed(tree)]
            self.asks[id] = [other for other in own if other in places and other != id]
            self.wants[id] = self.asks[id] + self.wants.get(self.home.get(id, ""), [])
            if id in self.home:
                self.asks[id] = [*self.asks[id], self.home[id]]
        self._first: dict[str, _Facts] = {}

    def conditions(self, id: str) -> Iterator[Tree]:
        """An item's own condition, and that of the lesson it stands in."""
        for one in (id, self.home.get(id, "")):
            if (tree := self.requires.get(one)) is not None:
                yield tree

    def first(self, id: str) -> _Facts:
        """What must have been before this item can open, along the whole chain: ids and moments. Only without circles."""
        waiting = [id]
        while waiting:
            here = waiting[-1]
            ahead = [other for other in self.wants.get(here, ()) if other not in self._first]
            if ahead:
                waiting += ahead
                continue
            waiting.pop()
            facts = _Facts(opens={at for tree in self.conditions(here) for at in _opens(tree)})
            for other in self.wants.get(here, ()):
                before = self._first[other]
                facts.done |= {other} | before.done
                facts.opens |= before.opens
            self._first[here] = facts
        return self._first[id]

    def resolve(self, moment: Moment, whole: bool, span: Span | None = None) -> datetime:
        """The instant in a run: a given one, or any."""
        return moment.resolve(span.starts if span else date(2000, 1, 3), self.zone, end_of_day=whole)

    def before(self, one: tuple[Moment, bool], other: tuple[Moment, bool], span: Span | None = None) -> bool:
        """Whether one moment is not after the other, as far as that can be known without a run."""
        if span is None and one[0].is_relative != other[0].is_relative:
            return False
        return self.resolve(*one, span) <= self.resolve(*other, span)


def _opens(tree: Tree | None) -> Iterator[tuple[Moment, bool]]:
    if isinstance(tree, From):
        yield tree.moment, False
    elif isinstance(tree, All):
        for part in tree.of:
            yield from _opens(part)


def _circles(order: _Order, places: Mapping[str, Place], report: Report) -> bool:
    done: set[str] = set()
    found = False
    for start in order.asks:
        circle = _circle(start, order.asks, done)
        if circle:
            found = True
            first = next((id for id in circle if places[id].document.values.get(("requires",))), circle[0])
            turned = circle[circle.index(first) :] + circle[: circle.index(first)]
            place = places[first]
            line, column = place.document.place(("requires",))
            report.at(place.path).add(
                line,
                column,
                "requires-circle",
                N_("These wait for each other, so none would ever open: {circle}."),
                circle=" → ".join([*turned, first]),
            )
    return found


def _circle(start: str, asks: Mapping[str, Sequence[str]], done: set[str]) -> list[str] | None:
    """A circle reachable from here that has not been reported, walked without recursion."""
    path: list[str] = []
    stack: list[tuple[str, int]] = [(start, 0)] if start not in done else []
    found: list[str] | None = None
    on_path: set[str] = set()
    while stack:
        id, place = stack.pop()
        if not place:
            path.append(id)
            on_path.add(id)
        following = asks.get(id, ())
        if place < len(following):
            stack.append((id, place + 1))
            ahead = following[place]
            if ahead in on_path:
                found = found or path[path.index(ahead) :]
            elif ahead not in done:
                stack.append((ahead, 0))
            continue
        path.pop()
        on_path.discard(id)
        done.add(id)
    return found


# -- conditions that contradict themselves


def _alternatives(order: _Order, places: Mapping[str, Place], span: Span | None, report: Report) -> set[str]:
    """Report conditions of which every alternative contradicts itself; gives the ids of what never opens so."""
    never: set[str] = set()
    for id, tree in order.requires.items():
        alternatives = _expand(tree) if tree is not None else None
        found = [_contradiction(id, facts, order, span) for facts in alternatives or ()]
        if found and found[0] is not None and None not in found:
            found[0](report.at(places[id].path), places[id].document)
            never.add(id)
    return never


def _contradiction(
    id: str, facts: _Facts, order: _Order, span: Span | None
) -> Callable[[Report, Document], None] | None:
    """What cannot be at once, as something that reports it."""
    owners = [
        one for one in sorted({one.partition(".")[0] for one in (*facts.done, *facts.least)}) if one in order.wants
    ]
    before = _together(
        [order.first(one) for one in owners] + ([order.first(order.home[id])] if id in order.home else [])
    )
    both = next((other for other in sorted(facts.undone) if other in facts.done | before.done), None)
    if both is not None:
        return lambda report, document: report.add(
            *document.find(("requires",), both),
            "requires-impossible",
            N_("“{id}” would have to be done and not done at once, so this never opens."),
            hint=N_("Something else required here may need it; take one of the two conditions out."),
            id=both,
        )
    short = next((other for other, share in facts.below.items() if facts.least.get(other, -1) >= share), None)
    if short is not None:
        return lambda report, document: report.add(
            *document.find(("requires",), short),
            "requires-impossible",
            N_("The score of “{id}” would have to be high and low at once, so this never opens."),
            hint=N_("Take one of the two conditions out."),
            id=short,
        )
    for closes in sorted(facts.closes):
        for opens in sorted(facts.opens | before.opens):
            if order.before(closes, opens, span):
                until, since = closes[0], opens[0]
                return lambda report, document: report.add(
                    *place_of(document, until),
                    "requires-dates",
                    N_("This closes ({until}) before it could open ({since})."),
                    hint=N_("The moments of everything required count too."),
                    until=str(until),
                    since=str(since),
                )
    return None


def place_of(document: Document, moment: Moment) -> tuple[int, int]:
    """Where a moment is written among the options of an item."""
    for path, text in document.written.items():
        try:
            if Moment(text) == moment:
                return document.values[path]
        except ValueError:
            continue
    return document.place(())


def _both_ways(
    course: Course, order: _Order, never: Collection[str], places: Mapping[str, Place], report: Report
) -> None:
    """Things that completing the course asks for, though each is only open as long as the other is not done."""
    asked = _asked(course) - set(never)
    later = {id: [other for other in ahead if other in asked] for id, ahead in order.wants.items() if id in asked}
    for id in later:
        for tree in order.conditions(id):
            alternatives = _expand(tree)
            for other in sorted(set.intersection(*(facts.undone for facts in alternatives)) if alternatives else ()):
                if other in later and other != id:
                    later[other].append(id)  # this one comes before the other, or never
    done: set[str] = set()
    for start in later:
        circle = _circle(start, later, done)
        if circle:
            first = next((id for id in circle if order.requires[id] is not None), circle[0])
            line, column = places[first].document.place(("requires",))
            report.at(places[first].path).add(
                line,
                column,
                "completion-impossible",
                N_(
                    "Each of these closes when another is done, so nobody can do all that completing the course asks for: {ids}."
                ),
                hint=N_("Take one of them out of what is required, or change its conditions."),
                ids=", ".join(circle),
            )


def _asked(course: Course) -> set[str]:
    """The ids that completing the course asks for."""
    lessons = {lesson.id for lesson in course.lessons()} if course.completion.lessons == "all" else set()
    listed = course.completion.activities
    if listed == "none":
        return lessons
    blocks = course.blocks()
    if listed == "all":
        return lessons | {block.id for block in blocks if block.settings.get("required", True)}
    return lessons | {block.id for block in blocks if block.id in listed}


# -- dates


def _deadlines(course: Course, order: _Order, places: Mapping[str, Place], span: Span | None, report: Report) -> None:
    for deadline in course.deadlines:
        if deadline.item not in places:
            continue
        here, document = report.at(places[deadline.item].path), places[deadline.item].document
        last = deadline.end or deadline.moment
        opening = sorted(order.first(deadline.item).opens)
        early = next((opens for opens in opening if order.before((last, True), opens, span)), None)
        if early is not None:
            here.add(
                *place_of(document, deadline.moment),
                "deadline-early",
                N_("This is over ({due}) before it can be opened ({opens})."),
                hint=N_("The moments of everything required count too."),
                due=str(deadline.moment),
                opens=str(early[0]),
            )
    for id, place in places.items():
        for path, text in place.document.written.items():
            moment = _moment(text)
            if moment is not None and id in order.requires:
                _outside(course, order, moment, span, place.document.values[path], report.at(place.path))


def _moment(text: str) -> Moment | None:
    try:
        return Moment(text)
    except ValueError:
        return None


def _outside(
    course: Course, order: _Order, moment: Moment, span: Span | None, place: tuple[int, int], report: Report
) -> None:
    """A moment that the run, or any run of a course of so many hours, does not have."""
    start = order.resolve(Moment("day 1"), False, span)
    if span is not None:
        at = order.resolve(moment, False, span)
        over = span.ends is not None and at >= order.resolve(Moment(span.ends.isoformat()), True, span)
        if at < start or over:
            report.warn(
                *place,
                "moment-outside",
                N_("“{moment}” lies outside of the run, which lasts from {starts} to {ends}."),
                hint=N_("Moments counted from the start, such as day 5, move with the run."),
                moment=str(moment),
                starts=span.starts.isoformat(),
                ends=span.ends.isoformat() if span.ends else "…",
            )
    elif moment.is_relative and course.hours:
        weeks = int((order.resolve(moment, False) - start) / timedelta(weeks=1)) + 1
        if weeks > max(course.hours, _LEAST_WEEKS):
            report.warn(
                *place,
                "moment-far",
                N_("“{moment}” is in week {weeks}, which is late for a course with hours: {hours}."),
                hint=N_("Day 1 is the first day of the run."),
                moment=str(moment),
                weeks=weeks,
                hours=f"{course.hours:g}",
            )


# -- completion


def _completion(course: Course, matter: Document, written: Collection[str], report: Report) -> None:
    rule = course.completion
    if isinstance(rule.activities, tuple):
        blocks = {block.id: block for block in course.blocks()}
        known = {*blocks, *written}
        nearest = Nearest(sorted(known))
        for id in rule.activities:
            line, column = matter.find(("completion", "activities"), id)
            if id not in known:
                close = nearest.to(id)
                report.add(
                    line,
                    column,
                    "completion-unknown",
                    N_("There is no activity “{id}” in this course."),
                    hint=N_("Did you mean “{close}”?") if close else "",
                    id=id,
                    close=close,
                )
            elif id in blocks and not blocks[id].settings.get("required", True):
                report.warn(
                    line,
                    column,
                    "completion-optional",
                    N_(
                        "“{id}” is listed as part of completing the course, but says of itself that it is not required."
                    ),
                    hint=N_("Take it out of the list, or “required: false” out of the activity."),
                    id=id,
                )
    if rule.lessons == "none" and rule.activities in ("none", ()) and rule.score is None:
        report.warn(
            *matter.place(("completion",)),
            "completion-empty",
            N_("Nothing is asked for completing the course, so everybody has completed it before it begins."),
            hint=N_("Ask for lessons, activities or a score."),
        )
    if rule.score is not None:
        _score(course, rule.score, matter, written, report)
    if course.certificate and not course.hours:
        report.add(
            *matter.place(("certificate",)),
            "hours-missing",
            N_("A certificate says how many hours the course took, but “hours” is not given."),
            hint=N_("Add a line such as hours: 36"),
        )


def _score(course: Course, asked: float, matter: Document, written: Collection[str], report: Report) -> None:
    blocks = {block.id: block for block in course.blocks()}
    if any(id not in blocks for id in written):
        return  # an activity that cannot be read may be the one that gives the points
    graded = {item.id.partition(".")[0] for item in course.grade_items}
    weights = {id: float(blocks[id].settings.get("weight", 1)) for id in graded if id in blocks}
    whole = sum(weights.values())
    place = matter.place(("completion", "score"))
    if not whole:
        report.add(*place, "completion-score", N_("A score is asked, but nothing in this course gives points."))
        return
    required = _asked(course)
    most = sum(weight for id, weight in weights.items() if id in required) / whole
    if asked > most + 1e-9:
        report.warn(
            *place,
            "completion-score-optional",
            N_("A score of {asked}% is asked, but what is required brings {most}% at most."),
            hint=N_("The rest comes from activities nobody has to do: make them required, or give them weight: 0"),
            asked=f"{asked * 100:g}",
            most=f"{most * 100:.3g}",
        )
