"""What Markdown has no signs for, within a sentence: terms of the glossary and variables of the run.

The parser only marks them; what stands in their place is put in when the HTML is finished, so that neither the sanitiser nor
typography nor another extension gets hold of it. Code and formulas are read before, so nothing in them is marked.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from markdown import Markdown
from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor

from courses.variables import LOOKS_LIKE

MARK = re.compile("\ue002([\ue100-\uf0ff])[^\ue003]*\ue003")
"""Stands in the HTML for a mark: its number as one character, and its words, which give a heading its id."""
_FIRST, _MOST = 0xE100, 0x1000


class Mark(NamedTuple):
    """A ``term`` (``name``, and the words ``shown``) or a ``value``; ``written`` is how it stands in the source."""

    kind: str
    name: str
    shown: str
    written: str


class _Marks(Extension):
    found: list[Mark]

    def extendMarkdown(self, md: Markdown) -> None:
        md.registerExtension(self)
        md.inlinePatterns.register(_Term(md, self), "term", 195)  # before back-ticks (190)
        md.inlinePatterns.register(_Value(md, self), "value", 185)  # after them and after formulas (189.9)
        md.course_marks = self  # type: ignore[attr-defined]
        self.reset()

    def reset(self) -> None:
        self.found = []

    def mark(self, mark: Mark) -> str:
        if len(self.found) >= _MOST:
            return mark.written
        self.found.append(mark)
        return f"\ue002{chr(_FIRST + len(self.found) - 1)}{mark.shown}\ue003"


class _Term(InlineProcessor):
    """``{term}`word` `` or ``{term}`words shown <word>` ``, as in MyST."""

    def __init__(self, md: Markdown, marks: _Marks) -> None:
        code = r"(?<![`\\])(?P<code>`+)(?!`).+?(?<!`)(?P=code)(?!`)"  # matched too, so that nothing within it is
        super().__init__(code + r"|(?<![\\`])\{term\}(?P<ticks>`+)(?!`)(?P<words>[^`\n]+?)(?P=ticks)(?!`)", md)
        self.marks = marks

    def handleMatch(  # type: ignore[override]
        self, m: re.Match[str], data: str
    ) -> tuple[str | None, int | None, int | None]:
        if m["code"]:
            return None, None, None
        inner = m["words"].strip()
        explicit = re.fullmatch(r"(.+?)\s*<([^<>]+)>", inner)
        shown, name = (explicit[1], explicit[2].strip()) if explicit else (inner, inner)
        return self.marks.mark(Mark("term", name, shown, m[0])), m.start(0), m.end(0)


class _Value(InlineProcessor):
    """``{{ name }}``."""

    def __init__(self, md: Markdown, marks: _Marks) -> None:
        super().__init__(r"(?<![\\{])\{\{[ \t]*([^{}\n]{1,60}?)[ \t]*\}\}", md)
        self.marks = marks

    def handleMatch(  # type: ignore[override]
        self, m: re.Match[str], data: str
    ) -> tuple[str | None, int | None, int | None]:
        if not LOOKS_LIKE.fullmatch(m[1]):
            return None, None, None
        return self.marks.mark(Mark("value", m[1], m[1], m[0])), m.start(0), m.end(0)


def register(md: Markdown) -> None:
    """Let the parser mark terms and variables."""
    _Marks().extendMarkdown(md)


def number_of(found: re.Match[str]) -> int:
    """Which mark a match of ``MARK`` stands for."""
    return ord(found[1]) - _FIRST


def marks_of(md: Markdown) -> tuple[Mark, ...]:
    """What the last conversion marked."""
    return tuple(md.course_marks.found)  # type: ignore[attr-defined]
