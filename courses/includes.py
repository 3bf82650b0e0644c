"""Texts that stand in several lessons: ``:::{include} path`` puts another Markdown file of the course in its place.

The file is read, checked and rendered as itself, so every finding names its own line and its links begin where it lies. Cycles,
depth, number and size are bounded before anything is rendered, so that no set of small files grows into a large page.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

from courses.blocks import Block, BlockKind, Settings
from courses.folder import Source
from courses.frontmatter import split
from courses.problems import N_, Report
from courses.scan import Directive, Scanned, scan

MOST_DEEP = 8
"""Files within files."""
MOST_FILES = 100
"""Files put into one page, counting each as often as it stands in it."""
MOST_TEXT = 1_000_000
"""Characters put into one page."""

Part = Callable[[str], "Source | None"]
"""A path in the course folder -> what the file holds, None if there is no such file in it."""


class IncludeSettings(Settings):
    """An include has no options."""


class Include(BlockKind[IncludeSettings]):
    """``:::{include} path``: put in before anything is made of the block."""

    name = "include"
    Settings = IncludeSettings
    summary = N_(
        "Puts another Markdown file of the course in its place; such files have names that begin with an underscore."
    )
    example = ":::{include} _rules.md\n:::"

    def html(self, block: Block[IncludeSettings]) -> str | None:
        """Nothing of its own."""
        return ""


@dataclass(frozen=True, eq=False)
class Included:
    """A file put into a page: its text without front matter, scanned, and what it puts in itself by directive number."""

    path: str
    body: str
    body_line: int
    scanned: Scanned
    inside: Mapping[int, Included]


@dataclass
class Includer:
    """Reads what the texts of one page put in. ``read`` notes every path asked for with its answer."""

    part: Part
    kinds: Mapping[str, object]
    read: dict[str, Source | None] = field(default_factory=dict)
    files: int = 0
    size: int = 0
    told: bool = False

    def of(self, scanned: Scanned, path: str, report: Report, above: tuple[str, ...] = ()) -> dict[int, Included]:
        """What the includes of one text put in; ``above`` are the files it is put into itself."""
        found: dict[int, Included] = {}
        for number, directive in enumerate(scanned.directives):
            if directive.kind == Include.name:
                included = self._one(directive, path, report, (*above, path))
                if included is not None:
                    found[number] = included
        return found

    def _one(self, directive: Directive, path: str, report: Report, above: tuple[str, ...]) -> Included | None:
        written = directive.title.strip()
        here = posixpath.normpath(posixpath.join(posixpath.dirname(path), unquote(written)))
        source = self._read(here, written, directive, report, above)
        if source is None:
            return None
        inner = report.at(here)
        inner.repeat(source.problems)
        parts = split(source.text or "", inner)
        scanned = scan(parts.body, parts.body_line, self.kinds, inner)
        return Included(here, parts.body, parts.body_line, scanned, self.of(scanned, here, inner, above))

    def _read(
        self, here: str, written: str, directive: Directive, report: Report, above: tuple[str, ...]
    ) -> Source | None:
        def wrong(code: str, text: str, hint: str = "", **params: object) -> None:
            report.add(directive.line, directive.column, code, text, hint=hint, address=written or "?", **params)

        if not written or here == ".." or here.startswith(("../", "/")) or "\x00" in here:
            wrong(
                "include-missing",
                N_("{address} is no file of the course, so nothing can be put in."),
                N_("Write the path behind the name of the block: :::{{include}} _part.md"),
            )
        elif here in above:
            wrong(
                "include-circle",
                N_("These put each other in without end: {circle}."),
                N_("Take one of them out."),
                circle=" → ".join([*above[above.index(here) :], here]),
            )
        else:
            if here not in self.read:
                self.read[here] = self.part(here)
            source = self.read[here]
            self.files += 1
            self.size += len(source.text or "") if source else 0
            if source is None:
                wrong(
                    "include-missing",
                    N_("There is no file {address} to put in."),
                    N_("A path begins at the file it is written in; capital and small letters differ."),
                )
            elif len(above) > MOST_DEEP or self.files > MOST_FILES or self.size > MOST_TEXT:
                if self.told:
                    return None  # said once, or the report would grow as the page may not
                self.told = True
                wrong(
                    "include-too-much",
                    N_("Too much is put into this page: {address} is left out."),
                    N_("At most {files} files, {deep} deep, with {size} characters in all."),
                    files=MOST_FILES,
                    deep=MOST_DEEP,
                    size=MOST_TEXT,
                )
            else:
                return source
        return None


def every(scanned: Scanned, inside: Mapping[int, Included], path: str) -> Iterator[tuple[str, Directive]]:
    """All directives of a page with the file each stands in, in order; includes are left out."""
    for number, directive in enumerate(scanned.directives):
        if directive.kind != Include.name:
            yield path, directive
        elif number in inside:
            part = inside[number]
            yield from every(part.scanned, part.inside, part.path)
