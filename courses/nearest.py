"""The word most like another one, for "did you mean", in a time that does not grow with the number of words.

`difflib` compares with every word, thoroughly: where a thousand links break at once in a course of a thousand lessons, that is a
minute of guessing. Where there are many words, only those that share most of their rarer groups of three letters are compared.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from difflib import get_close_matches
from functools import cached_property

_FEW = 100
_CANDIDATES = 20


class Nearest:
    """Finds the nearest of some words; remembers what it found."""

    def __init__(self, words: Iterable[str], cutoff: float = 0.6) -> None:
        """``cutoff`` is from 0 to 1, as in ``difflib.get_close_matches``."""
        self.words = tuple(words)
        self.cutoff = cutoff
        self._found: dict[str, str] = {}

    def to(self, word: str) -> str:
        """The word most like this one, or nothing where none is."""
        if word not in self._found:
            among = self.words if len(self.words) <= _FEW else self._sharing(word)
            self._found[word] = next(iter(get_close_matches(word, among, 1, self.cutoff)), "")
        return self._found[word]

    @cached_property
    def _by_group(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for word in self.words:
            for group in _groups(word):
                found.setdefault(group, []).append(word)
        return found

    def _sharing(self, word: str) -> list[str]:
        shared: Counter[str] = Counter()
        for group in _groups(word[:300]):
            holders = self._by_group.get(group, ())
            if len(holders) <= 2 * _FEW:  # what stands in many words tells nothing apart
                shared.update(holders)
        return [word for word, _ in sorted(shared.items(), key=lambda item: (-item[1], item[0]))[:_CANDIDATES]]


def _groups(word: str) -> set[str]:
    padded = f"\n{word}\n"
    return {padded[place : place + 3] for place in range(len(padded) - 2)}
