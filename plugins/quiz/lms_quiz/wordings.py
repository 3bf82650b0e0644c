"""Typed words against what an author accepts: plain forms, `*` for anything, regular expressions. Pure.

Regular expressions are run by an automaton that reads each sign once, so that no text and no pattern can take long: what it cannot
do (references back, looking around) is refused when the author writes it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from courses.problems import N_

MOST_STATES = 300
"""How large a regular expression may be, repetitions written out."""


@dataclass(frozen=True)
class Folding:
    """Differences that count: of letter `case`, of `spaces` within, of ё and е (`yo`). By default none does."""

    case: bool = False
    spaces: bool = False
    yo: bool = False

    def of(self, text: str) -> str:
        """The text as it is compared; the width of signs never makes a difference."""
        text = unicodedata.normalize("NFKC", text)
        if not self.case:
            text = text.casefold()
        if not self.yo:
            text = text.replace("ё", "е").replace("Ё", "Е")
        return text.strip() if self.spaces else " ".join(text.split())


ANY = Folding()


def fits(form: str, text: str, folding: Folding = ANY) -> bool:
    """Whether what was typed is of this form: `frog`, `fro*`, `\\*` for the sign itself, `/colou?r/`."""
    given = folding.of(text)
    if is_pattern(form):
        try:
            return pattern(form[1:-1], folding).matches(given)
        except PatternError:
            return False
    parts = _parts(form)
    if len(parts) == 1:
        return given == folding.of(parts[0])
    return _wild([_kept(part, folding) for part in parts], given)


def is_pattern(form: str) -> bool:
    """Whether a form is a regular expression."""
    return len(form) > 2 and form.startswith("/") and form.endswith("/")


def plain(form: str) -> str:
    """A form as people may read it."""
    return form if is_pattern(form) else "*".join(_parts(form)).strip()


def _parts(form: str) -> list[str]:
    """The pieces between the signs `*`."""
    return [part.replace("\0", "*") for part in form.replace("\\*", "\0").split("*")]


def _kept(part: str, folding: Folding) -> str:
    """A piece as it is compared; a space at its edge stays one."""
    return folding.of(f"|{part}|")[1:-1]


def _wild(parts: list[str], text: str) -> bool:
    first, *middle, last = parts
    if len(text) < len(first) + len(last) or not (text.startswith(first) and text.endswith(last)):
        return False
    at, end = len(first), len(text) - len(last)
    for part in middle:
        found = text.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return True


# ------------------------------------------------------------------------------------------- regular expressions


class PatternError(ValueError):
    """What is wrong with a regular expression: a sentence for translation with its values."""

    def __init__(self, text: str, **values: str | int) -> None:
        super().__init__(text.format(**values))
        self.text, self.values = text, values


Test = Callable[[str], bool]


@dataclass(frozen=True)
class Pattern:
    """An automaton: of each state the test of a sign and where it leads (`test` None: straight on to all of `out`)."""

    states: tuple[tuple[Test | None, tuple[int, ...]], ...]
    start: int

    def matches(self, text: str) -> bool:
        """Whether the whole text is of this pattern, in one pass."""
        now = self._reach({self.start})
        for sign in text:
            after: set[int] = set()
            for place in now:
                test, out = self.states[place]
                if test is not None and test(sign):
                    after.update(out)
            now = self._reach(after)
            if not now:
                return False
        return 0 in now

    def _reach(self, places: set[int]) -> set[int]:
        todo = list(places)
        found = set(places)
        while todo:
            test, out = self.states[todo.pop()]
            if test is None:
                for place in out:
                    if place not in found:
                        found.add(place)
                        todo.append(place)
        return found


@lru_cache(maxsize=512)
def pattern(text: str, folding: Folding = ANY) -> Pattern:
    """Read a regular expression. Raises PatternError.

    >>> pattern("colou?r").matches("color")
    True
    """
    reader = _Reader(text, folding)
    tree = reader.either(0)
    if reader.at < len(text):
        raise PatternError(N_("“{sign}” is not expected in a regular expression here."), sign=text[reader.at])
    states: list[tuple[Test | None, tuple[int, ...]]] = [(None, ())]
    start = tree(states, 0)
    return Pattern(tuple(states), start)


States = list[tuple[Test | None, tuple[int, ...]]]
Build = Callable[[States, int], int]
"""Adds the states of a piece that leads on to a place; returns where it begins."""


def _add(states: States, test: Test | None, *out: int) -> int:
    if len(states) >= MOST_STATES:
        raise PatternError(N_("This regular expression is too large."))
    states.append((test, out))
    return len(states) - 1


_CLASSES: dict[str, Test] = {
    "d": str.isdecimal, "w": lambda sign: sign.isalnum() or sign == "_", "s": str.isspace,
    "D": lambda sign: not sign.isdecimal(), "W": lambda sign: not (sign.isalnum() or sign == "_"),
    "S": lambda sign: not sign.isspace(),
}  # fmt: skip
_REPEAT = re.compile(r"\{(\d{1,3})(?:(,)(\d{1,3})?)?\}")


class _Reader:
    def __init__(self, text: str, folding: Folding) -> None:
        self.text, self.folding, self.at = text, folding, 0

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def either(self, depth: int) -> Build:
        if depth > 20:
            raise PatternError(N_("This regular expression is too large."))
        ways = [self.row(depth)]
        while self.peek() == "|":
            self.at += 1
            ways.append(self.row(depth))
        if len(ways) == 1:
            return ways[0]
        return lambda states, then: _add(states, None, *[way(states, then) for way in ways])

    def row(self, depth: int) -> Build:
        pieces: list[Build] = []
        while self.peek() and self.peek() not in "|)":
            pieces.append(self.repeated(depth))

        def build(states: States, then: int) -> int:
            for piece in reversed(pieces):
                then = piece(states, then)
            return then

        return build

    def repeated(self, depth: int) -> Build:
        one = self.single(depth)
        while True:
            sign = self.peek()
            counted = _REPEAT.match(self.text, self.at)
            if sign in ("*", "+", "?") and sign:
                self.at += 1
                one = _times(one, 1 if sign == "+" else 0, 1 if sign == "?" else None)
            elif counted:
                self.at = counted.end()
                least = int(counted[1])
                most = int(counted[3]) if counted[3] else None if counted[2] else least
                if most is not None and most < least:
                    raise PatternError(N_("“{sign}” is not expected in a regular expression here."), sign=counted[0])
                one = _times(one, least, most)
            else:
                return one

    def single(self, depth: int) -> Build:
        sign = self.text[self.at]
        self.at += 1
        if sign == "(":
            if self.text.startswith("?:", self.at):
                self.at += 2
            inner = self.either(depth + 1) if self.peek() != "?" else self.refuse("(?")
            if self.peek() != ")":
                raise PatternError(N_("A bracket of this regular expression is not closed."))
            self.at += 1
            return inner
        if sign == "[":
            return _sign(self.set_of())
        if sign == ".":
            return _sign(lambda _: True)
        if sign == "\\":
            return _sign(self.escaped())
        if sign in "*+?{}])^$":
            self.refuse(sign)
        return _sign(self.literal(sign))

    def refuse(self, sign: str) -> Build:
        raise PatternError(N_("“{sign}” is not expected in a regular expression here."), sign=sign)

    def escaped(self) -> Test:
        sign = self.peek()
        self.at += 1
        if sign in _CLASSES:
            return _CLASSES[sign]
        if not sign or sign.isalnum():
            self.refuse("\\" + sign)
        return self.literal(sign)

    def literal(self, sign: str) -> Test:
        folded = self.folding.of(sign) or sign
        return lambda given: given == folded

    def set_of(self) -> Test:
        negative = self.peek() == "^"
        self.at += negative
        tests: list[Test] = []
        while True:
            sign = self.peek()
            if not sign:
                raise PatternError(N_("A bracket of this regular expression is not closed."))
            self.at += 1
            if sign == "]" and tests:
                break
            if sign == "\\":
                tests.append(self.escaped())
            elif self.peek() == "-" and self.text[self.at + 1 : self.at + 2] not in ("]", ""):
                low, high = sign, self.text[self.at + 1]
                self.at += 2
                tests.append(self.range_of(low, high))
            else:
                tests.append(self.literal(sign))
        return lambda given: any(test(given) for test in tests) is not negative

    def range_of(self, low: str, high: str) -> Test:
        if high < low or high == "\\":
            self.refuse(f"{low}-{high}")
        if self.folding.case:
            return lambda given: low <= given <= high
        return lambda given: any(low <= sign <= high for sign in _variants(given))


def _variants(sign: str) -> Iterator[str]:
    yield sign
    yield sign.upper()
    if sign == "е":
        yield from "ёЁ"


def _sign(test: Test) -> Build:
    return lambda states, then: _add(states, test, then)


def _times(one: Build, least: int, most: int | None) -> Build:
    def build(states: States, then: int) -> int:
        if most is None:
            loop = _add(states, None)
            states[loop] = (None, (one(states, loop), then))
            start = loop
        else:
            start = then
            for _ in range(most - least):
                start = _add(states, None, one(states, start), then)
        for _ in range(least):
            start = one(states, start)
        return start

    return build
