"""One lesson's text becomes pieces: HTML, split where its activities stand, and the blocks themselves."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from courses.blocks import Block, BlockKind, BodySource, Deadline, GradeItem
from courses.frontmatter import Document, read, read_options
from courses.html import ID_PREFIX, Rendered, render_page
from courses.ids import is_id
from courses.links import Anchor, Links, Register
from courses.problems import N_, Report
from courses.requires import parse, renamed
from courses.scan import Directive, Scanned, marker, markers, masked, scan
from courses.schema import validate
from courses.tree import Heading, Media, Piece

Kinds = Mapping[str, BlockKind[Any]]

_VOID = {"br", "hr", "img", "wbr", "col", "source", "track", "input", "mprescripts", "none"}
_WITHIN = re.compile(r"""(?:\]\(\s*<?|(?m:^) {0,3}\[[^\]\n^][^\]\n]*\]:\s*<?|\bhref=["'])#([^)\s>"']+)""")
"""A link to a place on the same page, as it is written."""
_STEP = re.compile("<(/?)([A-Za-z][\\w-]*)[^>]*?>|\ue000(\\d+)\ue001")


@dataclass
class Page:
    """A rendered text. ``documents`` are the options of its blocks by id, with their places; ``media`` and ``anchors`` are what
    its links lead to."""

    pieces: tuple[Piece, ...] = ()
    headings: tuple[Heading, ...] = ()
    blocks: list[Block[Any]] = field(default_factory=list)
    documents: dict[str, Document] = field(default_factory=dict)
    grade_items: list[GradeItem] = field(default_factory=list)
    deadlines: list[Deadline] = field(default_factory=list)
    ids: frozenset[str] = frozenset()
    media: dict[str, Media] = field(default_factory=dict)
    anchors: list[Anchor] = field(default_factory=list)

    @property
    def html(self) -> str:
        """The page without its activities."""
        return "".join(piece.html for piece in self.pieces)


def options_of(directive: Directive, report: Report) -> Document:
    """The options of a directive with their places; what cannot be read is reported."""
    if directive.yaml is not None:
        return read(directive.yaml, directive.yaml_line, report, block_line=directive.line)
    return read_options(directive.options, directive.line, directive.column, report)


def id_of(directive: Directive) -> str:
    """The id a directive's options give, or an empty string: found before anything else is checked."""
    written = options_of(directive, Report()).data.get("id")
    return str(written) if written is not None and is_id(str(written)) else ""


def aliases_of(directive: Directive) -> list[tuple[str, int, int]]:
    """The former ids a directive's options give, each with its line and column: found before anything else is checked."""
    document = options_of(directive, Report())
    written = document.data.get("aliases")
    each = written if isinstance(written, list) else [written]
    return [
        (str(id), *document.place(("aliases", place) if isinstance(written, list) else ("aliases",)))
        for place, id in enumerate(each)
        if id is not None and is_id(str(id))
    ]


def _without(scanned: Scanned, text: str, line: int) -> str:
    """The text with the lines of its directives left empty."""
    lines = text.split("\n")
    for directive in scanned.directives:
        begin, end = directive.line - line, min(directive.end - line, len(lines) - 1)
        lines[begin : end + 1] = [""] * (end + 1 - begin)
    return "\n".join(lines)


class PageMaker:
    """Renders the texts of one file: its page, and the bodies of its blocks."""

    def __init__(self, path: str, lesson: str, language: str, kinds: Kinds, register: Register, report: Report) -> None:
        self.path = path
        self.lesson = lesson
        self.language = language
        self.kinds = kinds
        self.report = report
        self.register = register
        self.links = Links(register, path, report)
        self.page = Page(media=self.links.media, anchors=self.links.anchors)
        self._own = register.own(lesson) if lesson else frozenset()
        self._bodies: dict[str, int] = {}

    def make(self, text: str, line: int, scanned: Scanned) -> Page:
        """The whole page of a text whose first line is ``line`` of the file."""
        stands: dict[int, str] = {}  # marker number -> HTML or, for an activity, nothing
        active: dict[int, str] = {}
        for number, directive in enumerate(scanned.directives):
            block, html = self._block(directive, f"b{number + 1}", nested=False)
            if block is not None and html is None:
                active[number] = block.id
            else:
                stands[number] = html or ""
        rendered = self._render(scanned, text, line, "", 2)
        html = self._filled(rendered.html, stands)
        self.page.headings = tuple(Heading(level=level, id=id, text=words) for level, id, words in rendered.headings)
        self.page.pieces = self._split(html, active, scanned)
        self.page.ids = frozenset(re.findall(r' id="([^"]*)"', html))
        self._links_within(text, line, scanned)
        return self.page

    def _links_within(self, text: str, line: int, scanned: Scanned) -> None:
        """Remember the links that lead to a place on the same page, to be checked with all others."""
        if not _WITHIN.search(text):
            return
        for number, row in enumerate(masked(_without(scanned, text, line)).split("\n")):
            for match in _WITHIN.finditer(row):
                anchor = unquote(match[1])
                if anchor in self._own:
                    continue
                anchor = anchor if anchor.startswith(ID_PREFIX) else ID_PREFIX + anchor
                self.page.anchors.append(Anchor(self.path, line + number, match.start(1), self.lesson, anchor))

    def describe(self, text: str, line: int) -> Page:
        """A text without blocks, such as a description; static blocks are allowed in it, activities are not."""
        html = self._body_html("", text, line) if text.strip() else ""
        self.page.pieces = (Piece(html=html),) if html else ()
        return self.page

    # -- rendering

    def _render(self, scanned: Scanned, text: str, line: int, prefix: str, top: int) -> Rendered:
        return render_page(
            scanned.page,
            line=line,
            report=self.report,
            language=self.language,
            links=self.links,
            schemes=self.register.schemes,
            prefix=prefix,
            top=top,
            source=_without(scanned, text, line),
            anchors=self._own,
        )

    def _filled(self, html: str, stands: Mapping[int, str]) -> str:
        html = re.sub("<p>\\s*((?:\ue000\\d+\ue001\\s*)+)</p>", r"\1", html)
        for number in markers(html):
            if number in stands:
                html = html.replace(marker(number), stands[number])
        return html

    def _split(self, html: str, active: Mapping[int, str], scanned: Scanned) -> tuple[Piece, ...]:
        pieces: list[Piece] = []
        waiting: list[str] = []
        begin = depth = 0
        text = ""
        seen: set[int] = set()
        for match in _STEP.finditer(html):
            if match[3] is not None:
                number = int(match[3])
                text, begin = text + html[begin : match.start()], match.end()
                if number not in active or number in seen:
                    continue
                seen.add(number)
                if depth:
                    self._misplaced(scanned.directives[number])
                    waiting.append(active[number])
                    continue
                pieces += [Piece(html=text)] if text.strip() else []
                pieces.append(Piece(block=active[number]))
                text = ""
            elif match[2].lower() not in _VOID:
                depth = max(depth + (-1 if match[1] else 1), 0)
                if not depth and waiting:
                    text, begin = text + html[begin : match.end()], match.end()
                    pieces.append(Piece(html=text))
                    pieces += [Piece(block=id) for id in waiting]
                    text, waiting = "", []
        text += html[begin:]
        pieces += [Piece(html=text)] if text.strip() else []
        pieces += [Piece(block=id) for id in waiting]
        for number, id in active.items():
            if number not in seen:
                self._misplaced(scanned.directives[number])
                pieces.append(Piece(block=id))
        return tuple(pieces)

    def _misplaced(self, directive: Directive) -> None:
        self.report.add(
            directive.line,
            directive.column,
            "block-place",
            N_("The block “{kind}” stands inside a list, a quotation or HTML, where no activity can be."),
            hint=N_("Move it to the left margin with an empty line above, and close the HTML above it."),
            kind=directive.kind,
        )

    def _body_html(self, owner: str, text: str, line: int) -> str:
        count = self._bodies[owner] = self._bodies.get(owner, 0) + 1
        prefix = "" if not owner else f"{owner}-" if count == 1 else f"{owner}-{count}-"
        scanned = scan(text, line, self.kinds, self.report)
        stands = {
            number: self._block(directive, f"{owner}-{number + 1}", nested=True)[1] or ""
            for number, directive in enumerate(scanned.directives)
        }
        return self._filled(self._render(scanned, text, line, prefix, 3 if owner else 2).html, stands)

    # -- blocks

    def _block(self, directive: Directive, spare_id: str, nested: bool) -> tuple[Block[Any] | None, str | None]:
        """The block, and its HTML if it is static or cannot be made; an activity has no HTML."""
        kind = self.kinds[directive.kind]
        document = options_of(directive, self.report)
        id = str(document.data.get("id", "")) if "id" in kind.Settings.model_fields else ""
        owner = id if is_id(id) else spare_id
        source = BodySource(
            directive.body, directive.body_line, self.path, lambda text, line: self._body_html(owner, text, line)
        )
        try:
            return self._made(kind, directive, document, source, owner, nested)
        except Exception as error:  # an author must see a sentence even where a kind of block has a bug
            self.report.add(
                directive.line,
                directive.column,
                "block-failed",
                N_("The block “{kind}” cannot be read: {error}."),
                hint=N_("This is a mistake in the program, not in your text: please report it."),
                kind=directive.kind,
                error=f"{type(error).__name__}: {error}"[:200],
            )
            return None, self._words(directive, owner)

    def _made(
        self,
        kind: BlockKind[Any],
        directive: Directive,
        document: Document,
        source: BodySource,
        owner: str,
        nested: bool,
    ) -> tuple[Block[Any] | None, str | None]:
        more = kind.body(source, self.report)
        settings, bad = validate(kind.Settings, document, self.report, extra=more, hidden=kind.body_fields())
        if settings is None or bad or document.broken:
            return None, self._words(directive, owner)
        stored = settings.model_dump(mode="json")
        if stored.get("requires"):
            stored["requires"] = renamed(parse(stored["requires"]), self.register.present).model_dump(mode="json")
        block: Block[Any] = Block(
            id=owner,
            kind=directive.kind,
            title=directive.title,
            path=self.path,
            line=directive.line,
            lesson=self.lesson,
            settings=stored,
        )
        kind.check(block, self.report)
        html = kind.html(block)
        if html is not None:
            return block, html
        if nested or not self.lesson:
            self.report.add(
                directive.line,
                directive.column,
                "block-nested",
                N_("The block “{kind}” stands inside another block or a description, where no activity can be."),
                hint=N_("Close the block above it first."),
                kind=directive.kind,
            )
            return None, self._words(directive, owner)
        if any(other.id == block.id for other in self.page.blocks):
            return None, ""  # reported with the other ids of the course
        self.page.blocks.append(block)
        self.page.documents[block.id] = document
        self.page.grade_items += kind.grade_items(block)
        self.page.deadlines += kind.deadlines(block)
        return block, None

    def _words(self, directive: Directive, owner: str) -> str:
        """A block that cannot be made still shows its words: in a preview nothing an author wrote is lost."""
        quiet = PageMaker(
            self.path, "", self.language, {}, self.register, Report(self.path)
        )  # its findings are known already
        quiet.links.media, quiet.links.anchors = self.links.media, self.links.anchors
        title = f"**{directive.title}**\n\n" if directive.title else ""
        return quiet._body_html(f"{owner}-x", title + directive.body, directive.body_line)


def ids_on(pages: Sequence[Page]) -> frozenset[str]:
    """All ids of several pages, for checking links to places in them."""
    return frozenset(id for page in pages for id in page.ids)
