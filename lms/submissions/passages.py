"""Passages of a rendered text: found by the words somebody copied, and marked in it. Pure.

A passage is two numbers: from which to which character of the text as it is read, tags left out and every stretch of white space
being one character. The HTML of a version never changes, so the numbers hold.
"""

from __future__ import annotations

import html as entities
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

_TOKENS = re.compile(r"(<(?:[^<>\"']|\"[^\"]*\"|'[^']*')*>)")
_NAME = re.compile(r"</?([a-zA-Z0-9]+)")
_SIGN = re.compile(r"&(?:#\d+|#[xX][0-9a-fA-F]+|\w+);|.", re.DOTALL)
_INLINE = frozenset({
    "a", "abbr", "b", "cite", "code", "del",
    "em", "i", "ins", "kbd", "mark", "q", "s", "small", "span", "strong", "sub", "sup", "u",
})  # fmt: skip


@dataclass
class _Piece:
    """Text between two tags. `places`: which character of the whole each sign is, None for white space that is no character of its own;
    `linked`: it stands within a link."""

    signs: list[str] = field(default_factory=list)
    places: list[int | None] = field(default_factory=list)
    linked: bool = False


class _Read:
    """A rendered text taken apart."""

    def __init__(self, html: str) -> None:
        self.tokens: list[str | _Piece] = []
        self.text = ""
        signs: list[str] = []
        linked, blank = False, True
        for token in _TOKENS.split(html):
            if not token:
                continue
            if token.startswith("<"):
                match = _NAME.match(token)
                name = match[1].lower() if match else ""
                if name == "a":
                    linked = not token.startswith("</")
                if name not in _INLINE and not blank:
                    signs.append(" ")  # a new block begins a new word
                    blank = True
                self.tokens.append(token)
                continue
            piece = _Piece(linked=linked)
            for sign in _SIGN.findall(token):
                shown = entities.unescape(sign)
                piece.signs.append(sign)
                if shown.isspace():
                    piece.places.append(None if blank else len(signs))
                    if not blank:
                        signs.append(" ")
                    blank = True
                else:
                    piece.places.append(len(signs))
                    signs.append(shown)
                    blank = False
            self.tokens.append(piece)
        # an entity may stand for two characters: each counts as one place, so they are joined only here
        self.signs = signs
        self.text = "".join(sign[:1] for sign in signs)


def plain(html: str) -> str:
    """The text as it is read, every stretch of white space one space."""
    return _Read(html).text


class NotFound(LookupError):
    """The words stand `count` times in the text: never, or too often to know which is meant."""

    def __init__(self, count: int) -> None:
        super().__init__(count)
        self.count = count


def locate(html: str, quote: str, before: str = "") -> tuple[int, int]:
    """Where a quoted passage stands. `before` are words in front of it, which tell one place from another. Raises NotFound."""
    text = _Read(html).text
    wanted = " ".join(quote.split())
    places = [match.start() for match in re.finditer(f"(?={re.escape(wanted)})", text)] if wanted else []
    if len(places) > 1 and before.strip():
        lead = " ".join(before.split())
        fits = {place: _common_end(text[:place].rstrip(), lead) for place in places}
        best = max(fits.values())
        places = [place for place in places if best and fits[place] == best]
    if len(places) != 1:
        raise NotFound(len(places))
    return places[0], places[0] + len(wanted)


def _common_end(one: str, other: str) -> int:
    count = 0
    while count < min(len(one), len(other)) and one[-1 - count] == other[-1 - count]:
        count += 1
    return count


def marked(html: str, ranges: Sequence[tuple[int, int, int]], label: str = "{number}") -> str:
    """The HTML with these passages (from, to, number) marked; a link with the number leads to `#comment-<number>`. `label` says for
    those who only hear it what the link is."""
    if not ranges:
        return html
    read = _Read(html)
    last = {number: _last_sign(read, end) for _, end, number in ranges}
    begun: set[int] = set()
    found: list[str] = []
    waiting: list[int] = []  # numbers of passages that end within a link, which can hold no other link
    for token in read.tokens:
        if isinstance(token, str):
            found.append(token)
            if waiting and token.lower().startswith("</a"):
                found += [_reference(number, label) for number in waiting]
                waiting = []
        else:
            found += _marked_piece(token, ranges, last, begun, waiting, label)
    return "".join([*found, *(_reference(number, label) for number in waiting)])


def _last_sign(read: _Read, end: int) -> int:
    """The last character before `end` that a mark can be put behind."""
    places = [
        place
        for piece in read.tokens
        if isinstance(piece, _Piece)
        for place in piece.places
        if place is not None and place < end
    ]
    return max(places, default=-1)


def _marked_piece(
    piece: _Piece, ranges: Sequence[tuple[int, int, int]], last: dict[int, int], begun: set[int], waiting: list[int], label: str
) -> Iterator[str]:  # fmt: skip
    inside = False
    for sign, place in zip(piece.signs, piece.places, strict=True):
        numbers = [] if place is None else [number for start, end, number in ranges if start <= place < end]
        if inside and not numbers and place is not None:
            yield "</mark>"
            inside = False
        new = [number for number in numbers if number not in begun]
        if numbers and not inside:
            yield "<mark>"
            inside = True
        for number in new:
            begun.add(number)
            yield f'<span id="passage-{number}"></span>'
        yield sign
        ends = [number for number in numbers if last[number] == place]
        if ends:
            yield "</mark>"
            inside = False
            if piece.linked:
                waiting += ends
            else:
                yield from (_reference(number, label) for number in ends)
    if inside:
        yield "</mark>"


def _reference(number: int, label: str) -> str:
    said = entities.escape(label.format(number=number))
    return f'<sup class="passage"><a href="#comment-{number}" aria-label="{said}">{number}</a></sup>'
