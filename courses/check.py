"""What is wrong with a course as a whole: ids, translations, files, hours; for conditions see ``courses.reachable``."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from courses import reachable
from courses.folder import Folder
from courses.frontmatter import Document
from courses.links import Anchor
from courses.page import Page, ids_on
from courses.problems import N_, Report
from courses.reachable import Place, Span
from courses.tree import ACADEMIC_HOUR, Course, Media

RESERVED = frozenset({"activities", "grades", "people", "discussion", "media", "index", "calendar"})
"""Ids no module may have: the pages of a course use these words in their addresses."""


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


@dataclass(frozen=True)
class Version:
    """A lesson in one language. ``written`` are the ids of its activities as they stand there, readable or not."""

    path: str
    page: Page
    written: frozenset[str]


def translation(versions: Mapping[str, Version], report: Report) -> None:
    """A translation must hold the same blocks as the text in the course's own language: ids, kinds, grade items."""
    main = versions[""].page
    expected = {block.id: block for block in main.blocks}
    for language, version in versions.items():
        if not language:
            continue
        page, here = version.page, report.at(version.path)
        found = {block.id: block for block in page.blocks}
        lacking = [id for id in expected if id not in found and id not in version.written]
        for id, block in found.items():
            if id in expected or id in versions[""].written:
                continue
            meant = get_close_matches(id, [one for one in lacking if expected[one].kind == block.kind], 1, 0.8)
            if meant:
                lacking.remove(meant[0])
                here.add(
                    block.line,
                    1,
                    "translation-block-id",
                    N_("The block is called “{id}” here and “{expected}” in the original: see {path}, line {line}."),
                    hint=N_("What learners did is remembered by the id, so it is the same in every language."),
                    id=id,
                    expected=meant[0],
                    path=versions[""].path,
                    line=expected[meant[0]].line,
                )
            else:
                here.add(block.line, 1, "translation-block-extra", N_("The original has no block “{id}”."), id=id)
        for id in lacking:
            here.add(
                1,
                1,
                "translation-block-missing",
                N_("The translation lacks the block “{id}” ({kind})."),
                hint=N_("Every block of the text must stand in its translations too, with the same id."),
                id=id,
                kind=expected[id].kind,
            )
        for id, block in found.items():
            if id in expected and expected[id].kind != block.kind:
                here.add(
                    block.line,
                    1,
                    "translation-block-kind",
                    N_("The block “{id}” is of the kind “{kind}” here and “{expected}” in the original."),
                    id=id,
                    kind=block.kind,
                    expected=expected[id].kind,
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


def media(folder: Folder, used: Mapping[str, Media], report: Report) -> None:
    """Pictures and other files that no text shows or links to. A copy of one that is used is used; while some text asks for a
    file that is not there, the one that seems not to be used may be the one that is meant."""
    beside = list(folder.beside())  # which reports links that lead out of the folder
    if report.has("media-missing"):
        return
    paths = {item.path for item in used.values()}
    for path in beside:
        if path not in paths and (folder.media(path) or ("",))[0] not in used:
            report.at(path).warn(
                1,
                1,
                "media-unused",
                N_("No text of this course shows this file or links to it."),
                hint=N_("Remove it, or give it a name that begins with an underscore: those are never published."),
            )


def course(
    tree: Course,
    matter: Document,
    places: Mapping[str, Place],
    written: Collection[str],
    span: Span | None,
    report: Report,
) -> None:
    """Everything that takes the whole course to see. ``written`` are the ids of activities that stand in the files."""
    reachable.check(tree, matter, places, written, span, report)
    _minutes(tree, matter, places, report)


def _minutes(tree: Course, matter: Document, places: Mapping[str, Place], report: Report) -> None:
    for lesson in tree.lessons():
        place = places[lesson.id]
        data = place.document.data
        if data.get("minutes") is not None or place.document.broken:
            continue
        if get_close_matches("minutes", [str(key) for key in data], 1) in ([], ["minutes"]):  # no slip of the pen
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
