"""Markdown's walk through a sentence, made to try only the patterns that can be in it.

Python-Markdown tries each of its twenty patterns on every stretch of text, though most hold no sign of any: that is a fifth of all
the time rendering takes. What comes out is the same. The two methods are private to its class (hence their names here); they have
been as they are since version 3.4, and a test compares what is rendered with and without this.
"""

from __future__ import annotations

from markdown import Markdown
from markdown.treeprocessors import InlineProcessor
from markdown.util import AtomicString

SIGNS: dict[str, tuple[str, str]] = {
    "backtick": ("`", "`"),
    "escape": ("\\", "\\"),
    "reference": ("[", "["),
    "link": ("[", "["),
    "image_link": ("![", "!["),
    "image_reference": ("![", "!["),
    "short_reference": ("[", "["),
    "short_image_ref": ("![", "!["),
    "autolink": ("<", "<"),
    "automail": ("<", "<"),
    "linebreak": ("  \n", "  \n"),
    "html": ("<", "<"),
    "entity": ("&", "&"),
    "em_strong": ("*", "_"),
    "em_strong2": ("_", "_"),
    "not_strong": ("*", "_"),
    "footnote": ("[^", "[^"),
    "arithmatex-inline": ("$", "$"),
    "inline-dollars": ("$$", "$$"),
    "term": ("{term}", "{term}"),
    "value": ("{{", "{{"),
}
"""One of which must be in a text for the pattern of that name to match. Patterns not named here are always tried."""


class Inline(InlineProcessor):
    """Takes the place of Markdown's own (``inline``)."""

    def __init__(self, md: Markdown) -> None:
        super().__init__(md)
        self._signs: list[tuple[str, str]] = []

    def _InlineProcessor__handleInline(self, data: str, patternIndex: int = 0) -> str:
        if isinstance(data, AtomicString):
            return data
        if len(self._signs) != len(self.inlinePatterns):
            by_pattern = {id(self.inlinePatterns[name]): SIGNS[name] for name in SIGNS if name in self.inlinePatterns}
            self._signs = [by_pattern.get(id(pattern), ("", "")) for pattern in self.inlinePatterns]
        start = 0
        while patternIndex < len(self._signs):
            one, other = self._signs[patternIndex]
            matched = False
            if one in data or other in data:
                pattern = self.inlinePatterns[patternIndex]
                data, matched, start = self._InlineProcessor__applyPattern(pattern, data, patternIndex, start)  # type: ignore[attr-defined]
            if not matched:
                patternIndex, start = patternIndex + 1, 0
        return data
