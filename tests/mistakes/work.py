"""How much work a course is, counted instead of timed: the same on every machine, however busy it is."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

_WHOLE = frozenset({"replace", "split", "splitlines", "lower", "casefold", "translate", "strip"})
_STRETCH = 64
"""Characters a method of texts goes through while Python makes one call: about so much."""


def work(task: Callable[[], object]) -> int:
    """Calls made by a task, of Python's functions and of built-in ones; those that walk through a whole text count by its length."""
    count = 0

    def seen(frame: FrameType, event: str, called: Any) -> None:
        nonlocal count
        if event == "call":
            count += 1
        elif event == "c_call":
            count += 1
            text = getattr(called, "__self__", None)
            if type(text) is str and called.__name__ in _WHOLE:
                count += len(text) // _STRETCH

    task()  # what is made once is made now
    before = sys.getprofile()
    sys.setprofile(seen)
    try:
        task()
    finally:
        sys.setprofile(before)
    return count
