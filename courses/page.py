"""One lesson's text becomes pieces: HTML, split where its activities stand, and the blocks themselves.

It is one module because text, blocks within it and files put into it are made by one another, each in the place of the next.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any
from urllib.parse import unquote

from courses.blocks import Block, BlockKind, BodySource, Deadline, GradeItem, Part
from courses.frontmatter import Document, opened, read, read_options
from courses.glossary import Glossary, shown
from courses.html import ID_PREFIX, headings, render_page
from courses.ids import is_id
from courses.includes import Included, Includer
from courses.links import Anchor, Links, Register
from courses.problems import N_, Report
from courses.requires import parse, renamed
from courses.scan import Directive, Scanned, marker, masked, scan
from courses.schema import validate
from courses.tree import Heading, Media, Piece

_DEEPEST = 6
"""How many blocks may stand in each other: every one of them reads the text of all inside it again."""

Kinds = Mapping[str, BlockKind[Any]]

_VOID = {"br", "hr", "img", "wbr", "col", "source", "track", "input", "mprescripts", "none"}
_WITHIN = re.compile(r"""(?:\]\(\s*<?|(?m:^) {0,3}\[[^\]\n^][^\]\n]*\]:\s*<?|\bhref=["'])#([^)\s>"']+)""")
"""A link to a place on the same page, as it is written."""
_MARKER = re.compile("\ue000(\\d+)\ue001")
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
    """The id a directive's options give, or an empty string: found before anything else is checked, and even behind a key with
    a slip in it, so that those who speak of the block are not told that it is not there."""
    data = options_of(directive, Report()).data
    key = "id" if "id" in data else next(iter(get_close_matches("id", [str(key) for key in data], 1)), "")
    written = data.get(key)
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


@dataclass
class _Whole:
    """A page while it is put together of several files: each marker's directive and who reads it, what stands in its
    place, and the ids given so far."""

    places: list[tuple[PageMaker, Directive]] = field(default_factory=list)
    stands: dict[int, str] = field(default_factory=dict)
    active: dict[int, str] = field(default_factory=dict)
    ids: set[str] = field(default_factory=set)


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
        self._depth = 0
        self._includer = Includer(register.part, kinds)
        self._above: tuple[str, ...] = ()

    def _beside(self, path: str) -> PageMaker:
        """A maker for a file that is put into this one's page: all it finds belongs to the same page."""
        other = PageMaker(path, self.lesson, self.language, self.kinds, self.register, self.report.at(path))
        other.page, other._bodies, other._includer = self.page, self._bodies, self._includer
        other.links.media, other.links.anchors = self.links.media, self.links.anchors
        other._above, other._depth = (*self._above, self.path), self._depth
        return other

    def make(self, text: str, line: int, scanned: Scanned, inside: Mapping[int, Included] | None = None) -> Page:
        """The whole page of a text whose first line is ``line`` of the file; ``inside`` is what its includes put in."""
        whole = _Whole()
        rendered = headings(self._joined(text, line, scanned, inside or {}, whole), 2)
        html = self._filled(rendered.html, whole.stands)
        self.page.headings = tuple(Heading(level=level, id=id, text=words) for level, id, words in rendered.headings)
        self.page.pieces = self._split(html, whole)
        self.page.ids = frozenset(re.findall(r' id="([^"]*)"', html))
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

    def _joined(self, text: str, line: int, scanned: Scanned, inside: Mapping[int, Included], whole: _Whole) -> str:
        """The HTML of a text and of all it puts in, with markers that count through all of them."""
        html = _unwrapped(_apart(self._render(scanned, text, line, "", 0), whole.ids))
        self._links_within(text, line, scanned)
        put: dict[int, str] = {}
        for number, directive in enumerate(scanned.directives):
            place = len(whole.places)
            whole.places.append((self, directive))
            block, static = self._block(directive, f"b{place + 1}", nested=False)
            if number in inside:
                part = inside[number]
                other = self._beside(part.path)
                put[number] = other._joined(part.body, part.body_line, part.scanned, part.inside, whole)
                continue
            put[number] = marker(place)
            if block is not None and static is None:
                whole.active[place] = block.id
            else:
                whole.stands[place] = static or ""
        return self._filled(html, put)

    def _render(self, scanned: Scanned, text: str, line: int, prefix: str, top: int) -> str:
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
            terms=self._term,
        ).html

    def _term(self, name: str, words: str, id: str, line: int, column: int) -> str | None:
        """A term of the glossary in a text, or None where nobody explains it."""
        term = self.register.term(self.language, name)
        if term is not None:
            return shown(term, words, id, self.language)
        close = self.register.like_term(self.language, name)
        self.report.add(
            line,
            column,
            "term-unknown",
            N_("The glossary has no term “{name}”."),
            hint=N_("Did you mean “{close}”? With other words: {{term}}`words shown <{close}>`")
            if close
            else N_("Explain it in a block :::{{glossary}} of any lesson."),
            name=name[:80],
            close=close,
        )
        return None

    def _filled(self, html: str, stands: Mapping[int, str]) -> str:
        return _MARKER.sub(lambda match: stands.get(int(match[1]), match[0]), html)

    def _split(self, html: str, whole: _Whole) -> tuple[Piece, ...]:
        active = whole.active
        if not active:
            return (Piece(html=html),) if html.strip() else ()
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
                    self._misplaced(*whole.places[number])
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
                self._misplaced(*whole.places[number])
                pieces.append(Piece(block=id))
        return tuple(pieces)

    def _misplaced(self, maker: PageMaker, directive: Directive) -> None:
        maker.report.add(
            directive.line,
            directive.column,
            "block-place",
            N_("The block “{kind}” stands inside a list, a quotation or HTML, where no activity can be."),
            hint=N_("Move it to the left margin with an empty line above, and close the HTML above it."),
            kind=directive.kind,
        )

    def _body_html(self, owner: str, text: str, line: int, holder: str = "") -> str:
        deep = self._depth >= _DEEPEST
        scanned = scan(text, line, self.kinds, self.report if not deep else Report())
        if deep and scanned.directives:
            first = scanned.directives[0]
            self.report.add(
                first.line,
                first.column,
                "block-deep",
                N_("Blocks stand in each other so deep that nobody could follow."),
                hint=N_("Perhaps the blocks above it were never closed."),
            )
            scanned = Scanned(text, ())
        self._depth += 1
        try:
            return self._inner(owner, text, line, scanned, None, holder)
        finally:
            self._depth -= 1

    def _inner(
        self, owner: str, text: str, line: int, scanned: Scanned, inside: Mapping[int, Included] | None, holder: str
    ) -> str:
        """A text without activities; ``holder`` is the kind of block it stands in."""
        count = self._bodies[owner] = self._bodies.get(owner, 0) + 1
        prefix = "" if not owner else f"{owner}-" if count == 1 else f"{owner}-{count}-"
        if inside is None:
            inside = self._includer.of(scanned, self.path, self.report, self._above)
        stands: dict[int, str] = {}
        for number, directive in enumerate(scanned.directives):
            name = f"{owner}-{number + 1}" if count == 1 else f"{owner}-{count}-{number + 1}"
            stands[number] = self._block(directive, name, nested=True, holder=holder)[1] or ""
            if part := inside.get(number):
                other = self._beside(part.path)
                stands[number] = other._inner(name, part.body, part.body_line, part.scanned, part.inside, holder)
        return self._filled(_unwrapped(self._render(scanned, text, line, prefix, 3 if owner else 2)), stands)

    # -- blocks

    def _block(
        self, directive: Directive, spare_id: str, nested: bool, holder: str = ""
    ) -> tuple[Block[Any] | None, str | None]:
        """The block, and its HTML if it is static or cannot be made; an activity has no HTML."""
        kind = self.kinds[directive.kind]
        document = options_of(directive, self.report)
        id = str(document.data.get("id", "")) if "id" in kind.Settings.model_fields else ""
        owner = id if is_id(id) else spare_id
        source = BodySource(
            directive.body,
            directive.body_line,
            self.path,
            lambda text, line: self._body_html(owner, text, line, directive.kind),
            title=directive.title,
            opened=directive.line,
            language=self.language,
            name=owner,
            links=self.links,
            parts=lambda path: self._part(path, owner, directive.kind),
            options=document,
        )
        if (kind.within and kind.within != holder) or (nested and kind.name == Glossary.name):
            self.report.add(
                directive.line,
                directive.column,
                "block-within",
                N_("The block “{kind}” means something only inside a block “{within}”.")
                if kind.within
                else N_("The block “{kind}” cannot stand inside another block or a description."),
                hint=N_("Put the fence of the outer block above and below it, with one colon more.")
                if kind.within
                else N_("Move it to the left margin of a lesson."),
                kind=directive.kind,
                within=kind.within,
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

    def _part(self, path: str, owner: str, holder: str) -> Part | None:
        """Another text of the course, for a block of this page; see ``BodySource.part``."""
        for name in (f"{path.removesuffix('.md')}.{self.language}.md", path):
            found = self.register.part(name)
            if found is not None:
                break
        else:
            return None
        other = self._beside(name)
        other.report.repeat(found.problems)
        parts, document = opened(found.text or "", other.report)
        source = BodySource(
            parts.body,
            parts.body_line,
            name,
            lambda text, line: other._body_html(owner, text, line, holder),
            language=self.language,
            name=owner,
            links=other.links,
        )
        return Part(name, document, source)

    def _made(
        self,
        kind: BlockKind[Any],
        directive: Directive,
        document: Document,
        source: BodySource,
        owner: str,
        nested: bool,
    ) -> tuple[Block[Any] | None, str | None]:
        own = Report(self.path)  # a kind that looks at what was found before it looks at its own block only
        try:
            block = self._checked(kind, directive, document, source, owner, own)
        finally:
            self.report.repeat(own.problems)
        if block is None:
            return None, self._words(directive, owner)
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
        if block.id in self.page.documents:
            return None, ""  # reported with the other ids of the course
        self.page.blocks.append(block)
        self.page.documents[block.id] = document
        self.page.grade_items += kind.grade_items(block)
        self.page.deadlines += kind.deadlines(block)
        return block, None

    def _checked(
        self,
        kind: BlockKind[Any],
        directive: Directive,
        document: Document,
        source: BodySource,
        owner: str,
        report: Report,
    ) -> Block[Any] | None:
        """The block its kind makes of a directive, or None with everything wrong in the report."""
        more = kind.body(source, report)
        told = report if not document.broken else Report()  # what is missing may be in the lines nobody can read
        settings, bad = validate(kind.Settings, document, told, extra=more, hidden=kind.body_fields())
        if settings is None or bad or document.broken:
            return None
        settings = kind.complete(settings, source, report)
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
        kind.check(block, report)
        return block

    def _words(self, directive: Directive, owner: str) -> str:
        """A block that cannot be made still shows its words: in a preview nothing an author wrote is lost."""
        quiet = PageMaker(
            self.path, "", self.language, {}, self.register, Report(self.path)
        )  # its findings are known already
        quiet.links.media, quiet.links.anchors = self.links.media, self.links.anchors
        title = f"**{directive.title}**\n\n" if directive.title else ""
        line = directive.body_line - title.count("\n")  # links are looked at later: their places count
        return quiet._body_html(f"{owner}-x", title + directive.body, line)


def _unwrapped(html: str) -> str:
    """Markers that Markdown took for a paragraph stand by themselves."""
    return re.sub("<p>\\s*((?:\ue000\\d+\ue001\\s*)+)</p>", r"\1", html)


_ID = re.compile(r'( id=")([^"]*)"')


def _apart(html: str, seen: set[str]) -> str:
    """The HTML with ids that are ``seen`` already given others, and what points to them."""
    ids = {match[2] for match in _ID.finditer(html)}
    again = {}
    for id in sorted(ids & seen):
        number = 2
        while f"{id}-{number}" in seen | ids:
            number += 1
        again[id] = f"{id}-{number}"
    seen |= (ids - set(again)) | set(again.values())
    if not again:
        return html
    pointing = re.compile(r'( (?:id|for|aria-describedby)="| href="#)([^"]*)"')
    return pointing.sub(lambda match: f'{match[1]}{again.get(match[2], match[2])}"', html)


def ids_on(pages: Sequence[Page]) -> frozenset[str]:
    """All ids of several pages, for checking links to places in them."""
    return frozenset(id for page in pages for id in page.ids)
