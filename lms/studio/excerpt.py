"""The lines around a problem, with the place in them marked. Pure."""

from dataclasses import dataclass

AROUND = 2
WIDTH = 160
"""Characters of a line that are shown; of a longer one, those around the place."""


@dataclass(frozen=True)
class Shown:
    """A line of a file: its number and text, of the line meant in three parts: before, at and after the place."""

    number: int
    text: str
    meant: bool = False
    at: str = ""
    after: str = ""


def excerpt(text: str, line: int, column: int) -> list[Shown]:
    """The line and two before and after it; nothing for a line that is not there."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff").split("\n")
    if not 1 <= line <= len(lines) or not any(lines):
        return []
    found = []
    for number in range(max(1, line - AROUND), min(len(lines), line + AROUND) + 1):
        whole = lines[number - 1]
        if number != line:
            found.append(Shown(number, whole[:WIDTH] + "…" if len(whole) > WIDTH else whole))
            continue
        place = min(max(column - 1, 0), len(whole))
        begin = max(0, place - WIDTH // 2) if len(whole) > WIDTH else 0
        end = min(len(whole), begin + WIDTH)
        before = ("…" if begin else "") + whole[begin:place]
        after = whole[place + 1 : end] + ("…" if end < len(whole) else "")
        found.append(Shown(number, before, True, whole[place : place + 1], after))
    return found
