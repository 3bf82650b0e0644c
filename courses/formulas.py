"""Signs of formulas that have no partner, found in the source: what is not closed is no formula and shows as it was typed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from courses.problems import N_

_PARAGRAPH = re.compile(r"(?:[^\n]*\S[^\n]*\n?)+")
_DOUBLE = re.compile(r"(?<!\\)\$\$")
_PAIR = re.compile(r"(?<![\\$])\$(?=[^\s$])(?:\\.|[^\\$])*?(?<!\s)\$(?!\$)")
_SINGLE = re.compile(r"(?<![\\$])\$(?!\$)")
_TEX = re.compile(r"\\[A-Za-z]+|[\^_](?:\{|\\?[A-Za-z0-9])")
_NO_TEX = re.compile(r"\s|\d[\d.,]*(?:\s|$)|[A-Z][A-Z_]")
"""What follows a dollar that is money or the name of a variable in a shell."""
_BOUNDS = re.compile(r"\\(begin|end)\{([A-Za-z]+\*?)\}")


class Unpaired(NamedTuple):
    """A sign without its partner: where it stands in the text, and what to say about it."""

    offset: int
    text: str
    hint: str
    name: str = ""


def unpaired(text: str) -> Iterator[Unpaired]:
    """Every sign of a formula that has no partner in its paragraph; code must be blanked out of the text."""
    if "$" not in text and "\\begin" not in text and "\\end" not in text:
        return
    for match in _PARAGRAPH.finditer(text):
        part = match[0]
        if "$" not in part and "\\" not in part:
            continue
        double = [sign.start() for sign in _DOUBLE.finditer(part)]
        if len(double) % 2:
            yield Unpaired(
                match.start() + double[-1],
                N_("A formula begins with $$ here and does not end before the next empty line."),
                N_("Write $$ on both sides of a formula."),
            )
            continue
        rest = re.sub(r"\$\$.*?\$\$", _blank, part, flags=re.DOTALL)
        yield from _singles(_PAIR.sub(_blank, rest), match.start())
        yield from _environments(part, match.start())


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _singles(part: str, begin: int) -> Iterator[Unpaired]:
    # a lone dollar is money unless what stands beside it is TeX
    for sign in _SINGLE.finditer(part):
        before = part[max(sign.start() - 60, 0) : sign.start()].rpartition(" ")[2]
        after = part[sign.end() : sign.end() + 60]
        if _TEX.search(before) or (not _NO_TEX.match(after) and _TEX.search(after)):
            yield Unpaired(
                begin + sign.start(),
                N_("This $ belongs to a formula that has no other $ before the next empty line."),
                N_("Write $ on both sides of a formula, right beside it; \\$ is the sign itself."),
            )
            return


def _environments(part: str, begin: int) -> Iterator[Unpaired]:
    opened: list[tuple[str, int]] = []
    for bound in _BOUNDS.finditer(part):
        if bound[1] == "begin":
            opened.append((bound[2], bound.start()))
        elif opened and opened[-1][0] == bound[2]:
            opened.pop()
        else:
            if bound[2] not in (name for name, _ in opened):
                opened.append((bound[2], bound.start()))
            break
    if opened:
        yield Unpaired(
            begin + opened[-1][1],
            N_("“{name}” has only one of \\begin and \\end before the next empty line."),
            N_("A formula in several lines needs both, with the same name and no empty line between them."),
            opened[-1][0],
        )
