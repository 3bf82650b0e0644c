"""Differences between two states of a file: as lines to look at, as a patch that git applies, and put together with a third. Pure."""

from __future__ import annotations

import hashlib
import zlib
from base64 import b85encode
from collections.abc import Iterator
from dataclasses import dataclass

from courses.difference import Opcode, opcodes

AROUND = 3
"""Unchanged lines shown before and after a change."""


@dataclass(frozen=True)
class Line:
    """A line of a difference: `sign` " ", "-" or "+", its numbers before and after (0: it is not there)."""

    sign: str
    text: str
    before: int
    after: int


def lines_of(text: str) -> list[str]:
    """Lines with their ends, divided as git divides them: by `\\n` alone."""
    parts = text.split("\n")
    return [part + "\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])


def hunks(before: str, after: str) -> list[list[Line]]:
    """The changes with the lines around them, those that are near each other together."""
    a, b = lines_of(before), lines_of(after)
    found: list[list[Line]] = []
    for group in _grouped(opcodes(a, b)):
        lines: list[Line] = []
        for tag, i, j, k, m in group:
            if tag == "equal":
                lines += [Line(" ", a[i + n], i + n + 1, k + n + 1) for n in range(j - i)]
            else:
                lines += [Line("-", a[n], n + 1, 0) for n in range(i, j)] + [
                    Line("+", b[n], 0, n + 1) for n in range(k, m)
                ]
        found.append(lines)
    return found


def _grouped(codes: list[Opcode]) -> Iterator[list[Opcode]]:
    group: list[Opcode] = []
    for place, (tag, i, j, k, m) in enumerate(codes):
        if tag != "equal":
            group.append((tag, i, j, k, m))
            continue
        last = place == len(codes) - 1
        if group and (last or j - i > 2 * AROUND):
            n = min(AROUND, j - i)
            yield [*group, ("equal", i, i + n, k, k + n)]
            group = []
        if not last:
            n = j - i if group else min(AROUND, j - i)
            group.append(("equal", j - n, j, m - n, m))
    if group:
        yield group


# ------------------------------------------------------------------------------------------- for git


def is_text(data: bytes) -> bool:
    """Whether git would show the bytes as text."""
    return b"\0" not in data[:8000]


def patch(path: str, before: bytes | None, after: bytes | None) -> bytes:
    """What `git apply` makes `after` of `before` with; None: the file is not there. Empty when nothing differs."""
    if before == after:
        return b""
    old, new = _quoted(f"a/{path}"), _quoted(f"b/{path}")
    whole = f"diff --git {old} {new}\n"
    if before is None or after is None:
        whole += f"{'new' if before is None else 'deleted'} file mode 100644\n"
    whole += f"index {_blob(before)}..{_blob(after)}\n"
    if not (is_text(before or b"") and is_text(after or b"")):
        return (whole + "GIT binary patch\n").encode() + _literal(after or b"") + _literal(before or b"")
    body = "".join(
        _hunks_for_git(
            (before or b"").decode("utf-8", "surrogateescape"), (after or b"").decode("utf-8", "surrogateescape")
        )
    )
    if body:
        ends = ["\t" if " " in path and not name.startswith('"') else "" for name in (old, new)]
        whole += f"--- {'/dev/null' if before is None else old + ends[0]}\n+++ {'/dev/null' if after is None else new + ends[1]}\n"
    return whole.encode() + body.encode("utf-8", "surrogateescape")


def _hunks_for_git(before: str, after: str) -> Iterator[str]:
    for lines in hunks(before, after):
        starts = [
            next((getattr(line, side) for line in lines if getattr(line, side)), 0) for side in ("before", "after")
        ]
        counts = [sum(1 for line in lines if getattr(line, side)) for side in ("before", "after")]
        yield f"@@ -{starts[0]},{counts[0]} +{starts[1]},{counts[1]} @@\n"
        for line in lines:
            yield line.sign + line.text
            if not line.text.endswith("\n"):
                yield "\n\\ No newline at end of file\n"


def _quoted(name: str) -> str:
    """A path as git writes it: in quotes with octal numbers where it has other than plain Latin signs."""
    data = name.encode("utf-8", "surrogateescape")
    if all(32 <= byte < 127 and byte not in b'"\\' for byte in data):
        return name
    return (
        '"' + "".join(chr(byte) if 32 <= byte < 127 and byte not in b'"\\' else f"\\{byte:03o}" for byte in data) + '"'
    )


def _blob(data: bytes | None) -> str:
    """The name git gives to the content of a file; forty zeros for none."""
    if data is None:
        return "0" * 40
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def _literal(data: bytes) -> bytes:
    """Bytes in git's form for a patch: packed, 52 to a line, each line with its length and in base 85."""
    packed = zlib.compress(data, 9)
    lines = [b"literal %d\n" % len(data)]
    for place in range(0, len(packed), 52):
        part = packed[place : place + 52]
        length = len(part) + (64 if len(part) <= 26 else 70)
        lines.append(bytes([length]) + b85encode(part, pad=True) + b"\n")
    return b"".join(lines) + b"\n"


# ------------------------------------------------------------------------------------------- two authors


def merge(base: str, mine: str, theirs: str) -> str | None:
    """Both changes of one text put together, or None where they touch the same or neighbouring lines."""
    origin, a, b = lines_of(base), lines_of(mine), lines_of(theirs)
    changes = sorted(
        [(i, j, 0, a[k:m]) for tag, i, j, k, m in opcodes(origin, a) if tag == "replace"]
        + [(i, j, 1, b[k:m]) for tag, i, j, k, m in opcodes(origin, b) if tag == "replace"],
        key=lambda change: change[:3],
    )
    found: list[str] = []
    reached, last = 0, (-2, -2, -1, list[str]())
    for begin, end, side, lines in changes:
        if side != last[2] and last[2] >= 0 and begin <= last[1]:
            if (begin, end, lines) == (last[0], last[1], last[3]):
                continue  # both did the same
            return None
        found += origin[reached:begin] + lines
        reached, last = end, (begin, end, side, lines)
    return "".join(found + origin[reached:])
