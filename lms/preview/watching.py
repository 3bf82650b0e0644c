"""Seeing that a folder was saved: its files with their times and sizes, looked at again and again.

Looking works on every system and every kind of disk, shared folders too; a course of a thousand files takes some milliseconds.
"""

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from threading import Event
from time import monotonic

EVERY = 0.1
"""Seconds between two looks; more where looking itself takes long."""
SETTLE = 0.02
"""Seconds for which a folder must stay as it is, so that a file is not read while an editor is half through writing it."""
PATIENCE = 10
"""How often a folder that does not settle is looked at before it is read all the same."""

Marks = Mapping[str, tuple[int, int]]


def look(folder: Path) -> Marks:
    """Every file below a folder by its path: when it was written (nanoseconds) and its size. Hidden files are left out, as is what
    vanishes while it is looked at."""
    found: dict[str, tuple[int, int]] = {}
    waiting = [str(folder)]
    while waiting:
        with suppress(OSError), os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if entry.name.startswith("."):
                    continue
                with suppress(OSError):
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
                    else:
                        facts = entry.stat()
                        found[entry.path] = (facts.st_mtime_ns, facts.st_size)
    return found


def watch(folder: Path, seen: Marks, stop: Event, changed: Callable[[], None], beat: Callable[[], None]) -> None:
    """Call `changed` after every change since `seen` and `beat` after every look, until told to stop."""
    pause = EVERY
    while not stop.wait(pause):
        began = monotonic()
        now = look(folder)
        pause = max(EVERY, 5 * (monotonic() - began))
        if now != seen:
            for _ in range(PATIENCE):
                stop.wait(SETTLE)
                before, now = now, look(folder)
                if before == now:
                    break
            seen = now
            changed()
        beat()
