"""What the last load of a course found out, kept so that the next one makes again only what changed.

Nothing is guessed from the kind of change. Whatever is kept says what it was made from; it is good as long as that is
still the same. For a page this is its file and every question it asked about the rest of its course, with the answers
(`courses.links.question`).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")

SETTLED = 2.0
"""Seconds after which a file counts as written: the coarsest clock of a file system (FAT) counts in two."""


class Memory:
    """Give the same one to every ``load`` of a folder. Not for several threads at once; dropping it frees everything.

    Another folder, or another set of kinds of block, starts anew. What a load did not ask for is forgotten after it.
    ``settled_after`` are the seconds after which a file is trusted to show every later change in its times.
    """

    def __init__(self, settled_after: float = SETTLED) -> None:
        self.settled_after = settled_after
        self._world: tuple[Any, ...] = ()
        self._kept: dict[Hashable, tuple[tuple[Any, ...], Any]] = {}
        self._next: dict[Hashable, tuple[tuple[Any, ...], Any]] = {}

    def begin(self, *world: Any) -> None:
        """A load begins; if the world it happens in is another one, nothing that was kept counts."""
        if self._world != world:
            self._kept = {}
        self._world = world
        self._next = {}

    def end(self) -> None:
        """The load is done: what it used or made is what the next one may use."""
        self._kept = self._next

    def recall(self, key: Hashable, *made_from: Any) -> Any:
        """What is kept under the key if it was made from the same (identical or equal) things; otherwise None."""
        before, value = self._kept.get(key, ((), None))
        return value if value is not None and before == made_from else None

    def keep(self, key: Hashable, value: T, *made_from: Any) -> T:
        """Keep a value for the next load, and give it back."""
        self._next[key] = (made_from, value)
        return value


@dataclass(frozen=True)
class _Seen:
    """A file when it was last read. ``settled`` means that any later change must show in its ``marks``."""

    marks: tuple[int, ...]
    settled: bool
    value: Any


def of_file(memory: Memory, key: str, file: Path, read: Callable[[], T]) -> T:
    """What ``read`` makes of a file, the very same object as long as it is equal. Raises what ``read`` does, ``OSError``.

    A file whose times, size and inode are as they were is not even opened. That is git's way, with git's care: a file
    written within the last two seconds may be written again without any of these changing, so it is read again. The
    change time is looked at too, because tools that copy and unpack files set the other one back.
    """
    now = time.time_ns()
    facts = file.stat()
    marks = (facts.st_mtime_ns, facts.st_ctime_ns, facts.st_size, facts.st_ino, facts.st_dev)
    seen: _Seen | None = memory.recall(("file", key))
    if seen is None or seen.marks != marks or not seen.settled:
        value = read()
        if seen is not None and seen.value == value:
            value = seen.value
        age = now - max(facts.st_mtime_ns, facts.st_ctime_ns)
        seen = _Seen(marks, age > memory.settled_after * 1e9, value)
    memory.keep(("file", key), seen)
    kept: T = seen.value
    return kept
