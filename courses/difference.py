"""What differs between two sequences: lines of a file, words of a text. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

MOST = 20_000_000
"""Beyond so many pairs a stretch counts as changed whole, instead of being looked through."""

Opcode = tuple[Literal["equal", "replace"], int, int, int, int]


def opcodes(a: Sequence[str], b: Sequence[str]) -> list[Opcode]:
    """Which items are the same and which are replaced, in order; both sides are covered from end to end."""
    begin = 0
    while begin < min(len(a), len(b)) and a[begin] == b[begin]:
        begin += 1
    end = 0
    while end < min(len(a), len(b)) - begin and a[-1 - end] == b[-1 - end]:
        end += 1
    inner_a, inner_b = a[begin : len(a) - end], b[begin : len(b) - end]
    found: list[Opcode] = [("equal", 0, begin, 0, begin)] if begin else []
    if len(inner_a) * len(inner_b) > MOST:
        found.append(("replace", begin, begin + len(inner_a), begin, begin + len(inner_b)))
    else:
        for tag, i, j, k, m in SequenceMatcher(None, inner_a, inner_b).get_opcodes():
            found.append(("equal" if tag == "equal" else "replace", i + begin, j + begin, k + begin, m + begin))
    if end:
        found.append(("equal", len(a) - end, len(a), len(b) - end, len(b)))
    return found


class Stretch(NamedTuple):
    """Words in a row that are the same (`sign` " "), gone ("-") or new ("+")."""

    sign: Literal[" ", "-", "+"]
    text: str


_WORD = re.compile(r"\n|[^\S\n]*\S+|[^\S\n]+")


def words(before: str, after: str) -> list[Stretch]:
    """The later text with what is gone from the earlier one, word by word. The stretches that are not gone make up `after`, those that
    are not new `before`, but for white space that changed."""
    found: list[Stretch] = []
    for sign, text in _stretches(before, after):
        if found and found[-1].sign == sign:
            found[-1] = Stretch(sign, found[-1].text + text)
        elif text:
            found.append(Stretch(sign, text))
    return found


def _stretches(before: str, after: str) -> Iterator[Stretch]:
    lines_a, lines_b = before.splitlines(keepends=True), after.splitlines(keepends=True)
    # a paragraph is a line as a rule: those that stayed are found first, so that words are compared within what changed alone
    for tag, i, j, k, m in opcodes(lines_a, lines_b):
        old, new = "".join(lines_a[i:j]), "".join(lines_b[k:m])
        if tag == "equal":
            yield Stretch(" ", new)
            continue
        a, b = _WORD.findall(old), _WORD.findall(new)
        for kind, one, two, three, four in opcodes(
            [word.strip(" \t") for word in a], [word.strip(" \t") for word in b]
        ):
            if kind == "equal":
                yield Stretch(" ", "".join(b[three:four]))
            else:
                yield Stretch("-", "".join(a[one:two]))
                yield Stretch("+", "".join(b[three:four]))
