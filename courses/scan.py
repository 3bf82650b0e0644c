"""Finds directives in Markdown before Markdown sees it, so that every one of them has a true line.

``:::{kind} Title`` and the same with back-ticks; more colons nest; code fences and HTML comments are left alone. Each
directive is cut out and a marker is left where it stood: the page is rendered once and split at the markers.

It is one module because every part of it answers the same question: which lines are protected (code, comments), and
which may open or close something.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from courses.problems import N_, Report

_COLON = re.compile(r"^( {0,3})(:{3,})[ \t]*(?:\{([^{}]*)\}|([^\s{}:][^\s{}]*))[ \t]*(.*?)[ \t]*$")
_COLON_END = re.compile(r"^ {0,3}(:{3,})[ \t]*$")
_TICK = re.compile(r"^( {0,3})(`{3,})\{([\w-]+)\}[ \t]*([^`]*?)[ \t]*$")
_FENCE = re.compile(r"^[> \t]*(`{3,}|~{3,})([^`]*)$")
_OPTION = re.compile(r"^:(?P<key>[A-Za-z][\w.-]*):(?:[ \t]+(?P<value>.*?))?[ \t]*$")
_INDENTED = re.compile(r"^(?: {4,}|\t)\s*(?::{3,}|`{3,})\{([\w-]+)\}")
_KEY = re.compile(r"[\w-]+:(?:\s|$)")
_ALMOST_HYPHENS = re.compile(r"[-–—]{1,6}[ \t]*|---+([A-Za-z][\w-]*:(?:[ \t].*)?)")
_CODE_SPAN = re.compile(r"(?<![`\\])(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)
_PRIVATE = re.compile("[\ue000-\ue003]")
_SIGNS = tuple((sign, re.compile(sign)) for sign in ("```", "~~~", ":::", "<!--", "-->"))
_FEW_COLONS = re.compile(r"^ {0,3}::?(?:\{|[ \t]*$)", re.M)
_COLON_LINES = tuple("\n" + " " * indent + ":" for indent in range(4))
_ALMOST = re.compile(r"^( {0,3})(:+|`{3,})[ \t]*(\{?)[ \t]*([\w-]+)[ \t]*(\}?)(?=[ \t]|$)(.*)$")
_ALMOST_END = re.compile(r"^( {0,3}):{1,2}[ \t]*$")
_ALMOST_FENCE = re.compile(r"^[> \t]*(?:`{1,2}|~{1,2})[ \t]*$")
_ALMOST_OPTION = re.compile(r"^(?P<before>:?)[ \t]*(?P<key>[A-Za-z][\w.-]*)(?P<after>:?)[ \t]*(?P<value>.*?)[ \t]*$")
_PARAGRAPHS = re.compile(r"(\n[ \t]*\n)")
_MARKER = re.compile("\ue000(\\d+)\ue001")


def key_line(line: str) -> bool:
    """Whether a line may be one of keys and values, as far as one line tells."""
    return bool(_KEY.match(line)) or line[:1] in (" ", "#") or line.startswith("- ")


def marker(number: int) -> str:
    """The text that stands in the page for directive ``number``."""
    return f"\ue000{number}\ue001"


def markers(text: str) -> list[int]:
    """The numbers of the directives whose markers the text holds, in order."""
    return [int(match[1]) for match in _MARKER.finditer(text)]


def without_markers(text: str) -> str:
    """The text without the private characters markers are made of: nobody can write one by hand."""
    return _PRIVATE.sub("", text)


@dataclass(frozen=True)
class Option:
    """One ``:key: value`` line: both with their place, the value as written."""

    key: str
    value: str
    line: int
    key_column: int
    value_column: int


@dataclass(frozen=True)
class Directive:
    """A block as written. ``line`` is its opening line; ``body`` begins at ``body_line``.

    Options are either ``options`` (lines) or ``yaml`` (the text between ``---`` lines, first line ``yaml_line``).
    ``indent`` is the number of spaces its opening fence stands behind.
    """

    kind: str
    title: str
    line: int
    column: int
    options: tuple[Option, ...]
    yaml: str | None
    yaml_line: int
    body: str
    body_line: int
    indent: int = 0

    @property
    def end(self) -> int:
        """The line of the closing fence (or the last line, where there is none)."""
        return self.body_line + (self.body.count("\n") + 1 if self.body else 0)


@dataclass(frozen=True)
class Scanned:
    """The page with markers, and the directives in order: marker ``n`` stands for ``directives[n]``."""

    page: str
    directives: tuple[Directive, ...]


def _signs(text: str) -> list[int]:
    """Where the signs of fences, blocks and comments stand; most texts have few of them, and many none."""
    found = [match.start() for sign, pattern in _SIGNS if sign in text for match in pattern.finditer(text)]
    if text[:4].lstrip(" ").startswith(":") or any(line in text for line in _COLON_LINES):
        found += [match.start() for match in _FEW_COLONS.finditer(text)]
    return sorted(found)


class _Lines:
    """The lines of a text with the question every scanner asks: what is protected from a given line on?

    ``signs`` are the places of the lines that hold any sign of ours: all others, most of a text, need no look.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = text.split("\n")
        self.signs: list[int] = []
        self._fences: dict[str, list[int]] = {}
        self._comment_ends: list[int] = []
        place = before = 0
        for offset in _signs(text):
            place += text.count("\n", before, offset)
            before = offset
            if not self.signs or self.signs[-1] != place:
                self.signs.append(place)
        for place in self.signs:
            line = self.lines[place]
            bare = line.lstrip("> \t").rstrip()
            if bare[:3] in ("```", "~~~") and not bare.strip(bare[0]):
                self._fences.setdefault(bare, []).append(place)
            if "-->" in line:
                self._comment_ends.append(place)

    def ticks_end(self, place: int, length: int) -> int | None:
        """The next line of at least so many back-ticks and nothing else."""
        ends = [
            places[after]
            for mark, places in self._fences.items()
            if mark[0] == "`" and len(mark) >= length and (after := bisect_right(places, place)) < len(places)
        ]
        return min(ends, default=None)

    def fence(self, place: int) -> tuple[str, int | None] | None:
        """A code fence opening here: its mark and the place of its closing line, None if it is never closed."""
        match = _FENCE.match(self.lines[place])
        if not match:
            return None
        ends = self._fences.get(match[1], [])
        after = bisect_right(ends, place)
        return match[1], ends[after] if after < len(ends) else None

    def comment(self, place: int) -> int | None:
        """The last line of an HTML comment that opens at the beginning of this line."""
        line = self.lines[place]
        if not re.match(r" {0,3}<!--", line):
            return None
        if "-->" in line.split("<!--", 1)[1]:
            return None if line.rsplit("-->", 1)[1].strip() else place
        after = bisect_right(self._comment_ends, place)
        return self._comment_ends[after] if after < len(self._comment_ends) else None

    def regions(self) -> Iterator[tuple[int, int]]:
        """The first and last line of every code fence and comment, from the first line on."""
        after = 0
        for place in self.signs:
            if place >= after and (end := self.protected(place)) is not None:
                yield place, end
                after = end + 1

    def protected(self, place: int) -> int | None:
        """The last line of the code fence or comment that begins here, or None."""
        fence = self.fence(place)
        if fence:
            return fence[1]
        return self.comment(place)


def masked(text: str) -> str:
    """The text with code (fenced, in back-ticks) and HTML comments blanked out, every other character in its place."""
    source = _Lines(text)
    lines = list(source.lines)
    for place, end in source.regions():
        lines[place : end + 1] = [" " * len(line) for line in lines[place : end + 1]]
    bare = "\n".join(lines)
    if "`" in bare:
        # a paragraph at a time: a lone back-tick must not swallow the rest of the page
        bare = "".join(_CODE_SPAN.sub(_blanked, part) if "`" in part else part for part in _PARAGRAPHS.split(bare))
    return _without_comments(bare)


def _without_comments(text: str) -> str:
    parts: list[str] = []
    begin = 0
    while (start := text.find("<!--", begin)) >= 0 and (end := text.find("-->", start + 4)) >= 0:
        parts += [text[begin:start], re.sub(r"[^\n]", " ", text[start : end + 3])]
        begin = end + 3
    return "".join([*parts, text[begin:]])


def _blanked(match: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", match[0])


def protected(text: str) -> dict[int, int]:
    """Code fences and HTML comments of a text: index of their first line -> index of their last."""
    return dict(_Lines(text).regions())


_INFO = re.compile(r"\.?[\w#.+-]*(?:[ \t]*\{[^\n]*\}|(?:[ \t]+[A-Za-z]\w*=(?:\"[^\"]*\"|'[^']*'))*)")


def plain_fences(text: str) -> str:
    """The text with only the language left after a code fence where more is written there than Markdown understands.

    ``rust,ignore,should_panic`` and the like would otherwise make the fence, and with it the code, plain text.
    """
    source = _Lines(text)
    lines = source.lines
    for place, _ in source.regions():
        fence = source.fence(place)
        if fence:
            before, _, info = lines[place].partition(fence[0])
            if not _INFO.fullmatch(info.strip()):
                word = re.match(r"[\w#+.-]+", info.strip())
                lines[place] = before + fence[0] + (word[0] if word else "")
    return "\n".join(lines)


@dataclass
class _Open:
    colons: int
    kind: str
    place: int
    plain: bool
    known: bool


class _Scanner:
    def __init__(self, text: str, first_line: int, known: Collection[str], report: Report) -> None:
        self.source = _Lines(text)
        self.lines = self.source.lines
        self.first = first_line
        self.known = known
        self.report = report
        self.out: list[str] = []
        self.found: list[Directive] = []
        self.stack: list[_Open] = []
        self.almost_fences: list[int] | None = None
        self.known_open = 0
        self.open_by_colons: Counter[int] = Counter()
        self.plain_open = 0

    def run(self) -> Scanned:
        if not self.source.signs:
            return Scanned(self.source.text, ())
        place = 0
        for sign in self.source.signs:
            if sign >= place:
                self._keep(*self.lines[place:sign])
                place = self._line(sign)
        self._keep(*self.lines[place:])
        for opened in self.stack:
            self._unclosed(opened)
        begun = next((opened for opened in self.stack if opened.known), None)
        if begun:
            # as MyST does, an unclosed block ends with the file: its text is still read and checked
            self._cut(begun.place, len(self.lines), self._head(begun.place))
        return Scanned("\n".join(self.out), tuple(self.found))

    def _capturing(self) -> bool:
        return self.known_open > 0

    def _keep(self, *lines: str) -> None:
        if not self._capturing():
            self.out.extend(lines)

    def _line(self, place: int) -> int:
        self._mend(place)
        line = self.lines[place]
        tick = _TICK.match(line)
        if tick:
            return self._tick(place, tick)
        indented = _INDENTED.match(line)
        if indented and indented[1] in self.known and not self._capturing():
            self.report.warn(
                self.first + place,
                len(line) - len(line.lstrip()) + 1,
                "directive-indented",
                N_("This looks like a block “{kind}” but is indented like code, so it is shown as text."),
                hint=N_("Move it to the left margin."),
                kind=indented[1],
            )
        fence = self.source.fence(place)
        if fence and fence[1] is None and not self._capturing():
            almost = self._almost_fence(place)
            self.report.warn(
                self.first + almost,
                len(self.lines[almost]) - len(self.lines[almost].lstrip("> \t")) + 1,
                "fence-unclosed",
                N_("This code fence is never closed, so it is shown as plain text.")
                if almost == place
                else N_("This does not close the code that begins on line {begin}, so it is shown as plain text."),
                hint=N_("Add a line with the same signs, {fence}, below the code."),
                fence=fence[0],
                begin=self.first + place,
            )
        end = self.source.protected(place)
        if end is not None:
            self._keep(*self.lines[place : end + 1])
            return end + 1
        closing = _COLON_END.match(line)
        if closing:
            self._close(place, len(closing[1]))
            return place + 1
        opening = _COLON.match(line)
        if opening and not self._inline_colons(opening):
            self._open(place, opening)
            return place + 1
        self._keep(line)
        return place + 1

    def _almost_fence(self, place: int) -> int:
        """The next line that might have closed the code fence opened here; that line itself if there is none."""
        if self.almost_fences is None:
            self.almost_fences = [n for n, line in enumerate(self.lines) if _ALMOST_FENCE.match(line)]
        after = bisect_right(self.almost_fences, place)
        return self.almost_fences[after] if after < len(self.almost_fences) else place

    def _mend(self, place: int) -> None:
        """Put right what is almost a directive, so that one slip is one problem: what follows is read as it was meant."""
        line = self.lines[place]
        end = _ALMOST_END.match(line)
        if end and self.stack:
            fence = ":" * self.stack[-1].colons
            self.report.add(
                self.first + place,
                len(end[1]) + 1,
                "directive-malformed",
                N_("A line that closes a block has at least three colons."),
                hint=N_("Write {shown}"),
                shown=fence,
            )
            self.lines[place] = end[1] + fence
            return
        almost = _ALMOST.match(line)
        if almost is None:
            return
        indent, signs, opening, name, closing, rest = almost.groups()
        braces = bool(opening) + bool(closing)
        fence = signs if len(signs) > 2 else ":::"
        close = get_close_matches(name, self.known, 1, 0.8)
        if name in self.known and (braces == 1 or (braces == 2 and len(signs) < 3)):
            self.report.add(
                self.first + place,
                len(indent) + 1,
                "directive-malformed",
                N_("This looks like the beginning of a block “{name}”, but is not written like one."),
                hint=N_("Write {shown}"),
                name=name,
                shown=f"{fence}{{{name}}}",
            )
        elif braces == 2 and len(signs) > 2 and name not in self.known and close and not self._capturing():
            self._unknown(place, len(indent) + 1, name, line.strip(), False)
            name = close[0]
        else:
            return
        self.lines[place] = f"{indent}{fence}{{{name}}}{rest}"

    def _inline_colons(self, opening: re.Match[str]) -> bool:
        # `:::word:::` and `::: a whole sentence` are text, `::: word` and `::: word :::` open a block
        if opening[4] is None:
            return False
        rest = opening[5].strip(":").strip()
        return (bool(rest) and opening[4] not in self.known) or not re.fullmatch(r"[A-Za-z][\w-]*", opening[4])

    def _name(self, opening: re.Match[str]) -> tuple[str, bool]:
        if opening[3] is not None:
            inner = opening[3].strip()
            plain = not re.fullmatch(r"[\w-]+", inner)
            return (inner.lstrip(".#").split()[0] if plain and inner.lstrip(".#").split() else inner or "?"), plain
        return opening[4], True

    def _open(self, place: int, opening: re.Match[str]) -> None:
        name, plain = self._name(opening)
        known = name in self.known and not plain
        capturing = self._capturing()
        if not known and not capturing:
            self._unknown(place, len(opening[1]) + 1, name, opening[0].strip(), plain)
            self.out.extend(self._blank(opening[5].strip(":").strip() if opening[3] is not None and not plain else ""))
        self.stack.append(_Open(len(opening[2]), name, place, plain, known))
        self._count(self.stack[-1:], 1)

    def _count(self, opened: Sequence[_Open], one: int) -> None:
        """Keep the counts that tell, without a walk through all that is open, what a closing line can close."""
        for block in opened:
            self.known_open += one * block.known
            self.plain_open += one * block.plain
            self.open_by_colons[block.colons] += one

    def _blank(self, title: str) -> list[str]:
        # the words of an unknown block's title stay on the page, as a paragraph of their own
        return ["", title, ""] if title else [""]

    def _unknown(self, place: int, column: int, name: str, written: str, plain: bool) -> None:
        if plain and name in self.known:
            self.report.add(
                self.first + place,
                column,
                "directive-unknown",
                N_("“{written}” opens no block: the name must stand in curly braces."),
                hint=N_("Write :::{{{name}}} instead."),
                written=written[:60],
                name=name,
            )
            return
        close = get_close_matches(name, self.known, 1)
        self.report.add(
            self.first + place,
            column,
            "directive-unknown",
            N_("There is no kind of block called “{name}”."),
            hint=N_("Did you mean “{close}”? Known kinds: {known}.") if close else N_("Known kinds: {known}."),
            name=name,
            close=close[0] if close else "",
            known=", ".join(sorted(self.known)) or "–",
        )

    def _unclosed(self, opened: _Open) -> None:
        self.report.add(
            self.first + opened.place,
            1,
            "directive-unclosed",
            N_("The block “{kind}” is opened here and never closed."),
            hint=N_("Add a line with the same signs below its text: {fence}"),
            kind=opened.kind,
            fence=re.match(r"\s*(:+|`+)", self.lines[opened.place])[1],  # type: ignore[index]
        )

    def _close(self, place: int, colons: int) -> None:
        if not self.stack:
            self.report.add(
                self.first + place, 1, "directive-stray", N_("This line closes a block, but none is open here.")
            )
            self.out.append("")
            return
        depths = reversed(range(len(self.stack)))
        if self.open_by_colons[colons]:
            level = next(n for n in depths if self.stack[n].colons == colons)
        elif self.plain_open or any(count and length < colons for length, count in self.open_by_colons.items()):
            level = next(n for n in depths if self.stack[n].colons <= colons or self.stack[n].plain)
        else:
            return  # too short to close anything: part of the text of the block it stands in
        capturing = self._capturing()
        for inner in self.stack[level + 1 :]:
            self._unclosed(inner)
        opened = self.stack[level]
        first_known = next((other for other in self.stack[level:] if other.known), None)
        self._count(self.stack[level:], -1)
        del self.stack[level:]
        if self._capturing():
            return
        if first_known is not None:
            # when an inner block was never closed, its text ends where the outer one does
            self._cut(first_known.place, place, self._head(first_known.place))
        if not capturing or first_known is not opened:
            self.out.append("")

    def _head(self, place: int) -> tuple[str, str, int]:
        match = _COLON.match(self.lines[place])
        assert match is not None, "only an opening line is remembered as one"
        return match[3].strip(), match[5].rstrip(":").strip(), len(match[1])

    def _tick(self, place: int, tick: re.Match[str]) -> int:
        end = self.source.ticks_end(place, len(tick[2]))
        if self._capturing():
            return len(self.lines) if end is None else end + 1
        if tick[3] not in self.known:
            self._unknown(place, len(tick[1]) + 1, tick[3], tick[0].strip(), False)
            if end is None:
                self.out.append("")
                return place + 1
            # what people put in such a fence is code: show it as code
            self.out.extend([f"{tick[1]}{tick[2]}text", *self.lines[place + 1 : end], f"{tick[1]}{tick[2]}"])
            return end + 1
        if end is None:
            self._unclosed(_Open(len(tick[2]), tick[3], place, False, True))
        self._cut(place, len(self.lines) if end is None else end, (tick[3], tick[4].strip(), len(tick[1])))
        return len(self.lines) if end is None else end + 1

    def _cut(self, place: int, end: int, head: tuple[str, str, int]) -> None:
        kind, title, indent = head
        lines = [line[min(indent, len(line) - len(line.lstrip(" "))) :] for line in self.lines[place + 1 : end]]
        number = self.first + place + 1
        options: list[Option] = []
        yaml, yaml_line, used = None, number, 0
        if self._hyphens(lines, number, indent):
            number -= len(lines) - (end - place - 1)  # a key that stood behind the hyphens has got a line of its own
            close = next((n for n in range(1, len(lines)) if lines[n].rstrip() == "---"), None)
            used = close + 1 if close is not None else 0
            if close is None:
                close = next((n for n in range(1, len(lines)) if not key_line(lines[n])), len(lines))
                self.report.add(
                    number + min(close, len(lines) - 1),
                    indent + 1,
                    "options-unclosed",
                    N_("The options of this block never end; they should be closed here."),
                    hint=N_("Add a line with --- below the options."),
                )
                used = close + (close < len(lines) and bool(re.fullmatch(r"[-–—]{1,6}\s*", lines[close])))
            yaml, yaml_line = "\n".join(lines[1:close]), number + 1
        else:
            while used < len(lines):
                match = _OPTION.match(lines[used]) or self._option(lines, used, number + used, indent)
                if match is None:
                    break
                columns = (indent + max(match.start(name), 0) + 1 for name in ("key", "value"))
                options.append(Option(match["key"], match["value"] or "", number + used, *columns))
                used += 1
        self.found.append(
            Directive(
                kind=kind,
                title=title,
                line=self.first + place,
                column=indent + 1,
                options=tuple(options),
                yaml=yaml,
                yaml_line=yaml_line,
                body="\n".join(lines[used:]),
                body_line=min(number + used, self.first + len(self.lines) - 1),  # an unclosed one may end the text
                indent=indent,
            )
        )
        self.out.extend(["", " " * indent + marker(len(self.found) - 1), ""])

    def _hyphens(self, lines: list[str], line: int, indent: int) -> bool:
        """Whether options in YAML begin here. What is almost the line of hyphens above them is put right; a key behind it gets
        a line of its own."""
        match = _ALMOST_HYPHENS.fullmatch(lines[0]) if lines else None
        if match is None:
            return False
        if match[0].rstrip() == "---":
            return True
        if not (match[1] or (len(lines) > 1 and _KEY.match(lines[1]))):
            return False
        self.report.add(
            line,
            indent + 1,
            "option-malformed",
            N_("Options without colons before their names begin below a line of exactly three hyphens."),
            hint=N_("Write --- on a line of its own."),
        )
        lines[0] = "---"
        if match[1]:
            lines.insert(1, match[1])
        return True

    def _option(self, lines: Sequence[str], place: int, line: int, indent: int) -> re.Match[str] | None:
        """A line that is almost an option and stands among options: told, and read as one."""
        match = _ALMOST_OPTION.match(lines[place])
        if match is None or not match["value"]:
            return None
        among = place > 0 or (len(lines) > 1 and _OPTION.match(lines[1]) is not None)
        if not match["before"] and not (match["after"] and among):
            return None  # a sentence, perhaps one that begins with a word and a colon
        self.report.add(
            line,
            indent + 1,
            "option-malformed",
            N_("This looks like an option, but the name of an option stands between two colons."),
            hint=N_("Write :{key}: {value}"),
            key=match["key"],
            value=match["value"],
        )
        return match


def scan(text: str, first_line: int, known: Collection[str], report: Report) -> Scanned:
    """Cut the directives of the ``known`` kinds out of Markdown whose first line is ``first_line`` of its file.

    Unknown kinds, unclosed and stray fences are reported; the text of unknown blocks stays in the page.
    """
    return _Scanner(without_markers(text), first_line, known, report).run()
