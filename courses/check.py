"""What is wrong with a course as a whole: ids, requirements, circles, hours, translations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from courses.blocks import Block
from courses.frontmatter import Document
from courses.links import Anchor
from courses.page import Page, ids_on
from courses.problems import N_, Report
from courses.requires import Score, Tree, mentioned, needed, parse
from courses.tree import Course, Lesson

RESERVED = frozenset({"activities", "grades", "people", "discussion", "media", "index", "calendar"})
"""Ids no module may have: the pages of a course use these words in their addresses."""

ACADEMIC_HOUR = 45
"""Minutes in an academic hour."""


@dataclass(frozen=True)
class Named:
    """Something with an id, and where the id comes from."""

    what: str
    id: str
    path: str
    line: int
    column: int


@dataclass(frozen=True)
class Alias(Named):
    """A former id, and the present one of what had it."""

    owner: str = ""


@dataclass(frozen=True)
class Place:
    """The file and options an item was read from."""

    path: str
    document: Document


def unique_ids(named: Iterable[Named], report: Report) -> None:
    """Lessons and activities share one space of ids, modules have another."""
    first: dict[tuple[bool, str], Named] = {}
    for item in named:
        key = (item.what == "module", item.id)
        before = first.setdefault(key, item)
        if before is not item:
            report.at(item.path).add(
                item.line,
                item.column,
                "duplicate-id",
                N_("The id “{id}” is taken: see {path}, line {line}."),
                hint=N_("Give one of them another id; what learners did is remembered by it."),
                id=item.id,
                path=before.path,
                line=before.line,
            )
        if item.what == "module" and item.id in RESERVED:
            report.at(item.path).add(
                item.line, item.column, "id-reserved", N_("No module can be called “{id}”."), id=item.id
            )


def aliases(former: Iterable[Alias], named: Iterable[Named], report: Report) -> None:
    """A former id belongs to one thing, and is nobody's present id: else it would be unclear whose results are kept under it."""
    present = {(item.what == "module", item.id): item for item in named}
    first: dict[tuple[bool, str], Alias] = {}
    for alias in former:
        key = (alias.what == "module", alias.id)
        taken: Named | None = present.get(key) or first.get(key)
        first.setdefault(key, alias)
        if taken is not None:
            report.at(alias.path).add(
                alias.line,
                alias.column,
                "alias-taken",
                N_("“{id}” cannot be a former id of “{owner}”: see {path}, line {line}."),
                hint=N_("A former id may stand in one place only, and nothing may have it now."),
                id=alias.id,
                owner=alias.owner,
                path=taken.path,
                line=taken.line,
            )


def anchors(links: Iterable[Anchor], pages: Mapping[str, Sequence[Page]], report: Report) -> None:
    """Links to headings that are not there (a warning: the page still opens)."""
    ids = {lesson: ids_on(found) for lesson, found in pages.items()}
    for link in links:
        if link.anchor not in ids.get(link.lesson, ()):
            report.at(link.path).warn(
                link.line,
                link.column,
                "anchor-missing",
                N_("The lesson is there, but it has no place called “{anchor}”."),
                anchor=link.anchor.removeprefix("h-"),
            )


def translation(pages: Mapping[str, tuple[str, Page]], report: Report) -> None:
    """A translation must hold the same blocks as the text in the course's own language: ids, kinds, grade items."""
    _, main = pages[""]
    expected = {block.id: block for block in main.blocks}
    for language, (path, page) in pages.items():
        if not language:
            continue
        here = report.at(path)
        found = {block.id: block for block in page.blocks}
        for id, block in expected.items():
            if id not in found:
                here.add(
                    1,
                    1,
                    "translation-block-missing",
                    N_("The translation lacks the block “{id}” ({kind})."),
                    hint=N_("Every block of the text must stand in its translations too, with the same id."),
                    id=id,
                    kind=block.kind,
                )
            elif found[id].kind != block.kind:
                here.add(
                    found[id].line,
                    1,
                    "translation-block-kind",
                    N_("The block “{id}” is of the kind “{kind}” here and “{expected}” in the original."),
                    id=id,
                    kind=found[id].kind,
                    expected=block.kind,
                )
        for id, block in found.items():
            if id not in expected:
                here.add(
                    block.line,
                    1,
                    "translation-block-extra",
                    N_("The original has no block “{id}”."),
                    id=id,
                )
        if [item.model_dump(exclude={"title"}) for item in page.grade_items] != [
            item.model_dump(exclude={"title"}) for item in main.grade_items
        ] and {id: block.kind for id, block in found.items()} == {id: block.kind for id, block in expected.items()}:
            here.add(
                min((block.line for block in page.blocks), default=1),
                1,
                "translation-grades",
                N_("The blocks of this translation give other points than those of the original."),
                hint=N_("Compare the questions, criteria and points of both files."),
            )


def course(tree: Course, matter: Document, places: Mapping[str, Place], report: Report) -> None:
    """Everything that takes the whole course to see."""
    _requirements(tree, places, report)
    ids = [item.id for item in tree.items()]
    if len(ids) == len(set(ids)):
        _circles(tree, places, report)  # with an id taken twice it would be unclear who waits for whom
    _completion(tree, matter, report)
    _minutes(tree, matter, places, report)


def requires_of(item: Lesson | Block[Any]) -> Tree | None:
    """The requirements of a lesson or an activity."""
    if isinstance(item, Lesson):
        return item.requires
    stored = item.settings.get("requires")
    return parse(stored) if stored else None


def _scores(tree: Tree | None) -> Iterator[str]:
    if isinstance(tree, Score):
        yield tree.id
    elif tree is not None and hasattr(tree, "of"):
        for part in tree.of if isinstance(tree.of, tuple) else (tree.of,):
            yield from _scores(part)


def _requirements(tree: Course, places: Mapping[str, Place], report: Report) -> None:
    ids = {item.id for item in tree.items()}
    graded = {item.id for item in tree.grade_items}
    for item in tree.items():
        place = places[item.id]
        requires = requires_of(item)
        for id in dict.fromkeys(mentioned(requires)):
            line, column = place.document.find(("requires",), id)
            if id == item.id:
                report.at(place.path).add(
                    line, column, "requires-itself", N_("“{id}” requires itself, so it would never open."), id=id
                )
            elif id not in ids and id not in graded:
                _unknown(report.at(place.path), line, column, "requires-unknown", id, sorted(ids | graded))
        for id in dict.fromkeys(_scores(requires)):
            if id in ids and id not in graded:
                line, column = place.document.find(("requires",), id)
                report.at(place.path).add(
                    line,
                    column,
                    "requires-ungraded",
                    N_("“{id}” gives no points, so no score can be asked of it."),
                    hint=N_("Ask for its completion instead: requires: [{id}]"),
                    id=id,
                )


def _unknown(report: Report, line: int, column: int, code: str, id: str, known: Sequence[str]) -> None:
    close = get_close_matches(id, known, 1)
    report.add(
        line,
        column,
        code,
        N_("There is no lesson or activity “{id}” in this course."),
        hint=N_("Did you mean “{close}”?")
        if close
        else N_("An id is the file's name without its number, or what id: says."),
        id=id,
        close=close[0] if close else "",
    )


def _circles(tree: Course, places: Mapping[str, Place], report: Report) -> None:
    home = {block.id: block.lesson for block in tree.blocks()}
    asks: dict[str, list[str]] = {}
    for item in tree.items():
        wanted = [id.split(".")[0] for id in needed(requires_of(item))]
        asks[item.id] = [id for id in wanted if id in places and id != item.id]
        if item.id in home:
            asks[item.id].append(home[item.id])  # an activity cannot be done before its lesson opens
    done: set[str] = set()
    for start in asks:
        circle = _circle(start, asks, done)
        if circle:
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


def _completion(tree: Course, matter: Document, report: Report) -> None:
    listed = tree.completion.activities
    if isinstance(listed, tuple):
        known = sorted(block.id for block in tree.blocks())
        for id in listed:
            if id not in known:
                line, column = matter.find(("completion", "activities"), id)
                _unknown(report, line, column, "completion-unknown", id, known)
    if tree.completion.score is not None and not tree.grade_items:
        line, column = matter.place(("completion", "score"))
        report.add(
            line,
            column,
            "completion-score",
            N_("A score is asked, but nothing in this course gives points."),
        )
    if tree.certificate and not tree.hours:
        line, column = matter.place(("certificate",))
        report.add(
            line,
            column,
            "hours-missing",
            N_("A certificate says how many hours the course took, but “hours” is not given."),
            hint=N_("Add a line such as hours: 36"),
        )


def _minutes(tree: Course, matter: Document, places: Mapping[str, Place], report: Report) -> None:
    for lesson in tree.lessons():
        place = places[lesson.id]
        if place.document.data.get("minutes") is None and not place.document.broken:
            report.at(place.path).warn(
                place.document.line,
                1,
                "minutes-missing",
                N_("The lesson does not say how many minutes it takes."),
                hint=N_("Add a line such as minutes: 45"),
            )
    if not tree.hours or report.failed:
        return  # with other mistakes about, a wrong sum would be noise
    minutes = sum(lesson.minutes for lesson in tree.lessons())
    minutes += sum(int(block.settings.get("minutes") or 0) for block in tree.blocks())
    found = minutes / ACADEMIC_HOUR
    if abs(found - tree.hours) > 0.5:
        line, column = matter.place(("hours",))
        report.add(
            line,
            column,
            "hours-sum",
            N_("The lessons and activities take {minutes} minutes, {found} academic hours, but “hours” says {hours}."),
            hint=N_("An academic hour is 45 minutes: {hours} hours are {needed} minutes."),
            minutes=minutes,
            found=f"{found:.1f}".removesuffix(".0"),
            hours=f"{tree.hours:g}",
            needed=round(tree.hours * ACADEMIC_HOUR),
        )
