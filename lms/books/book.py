"""What a book is made of: plain values, before anybody decides whether it becomes a page, a file or an EPUB."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from courses.criteria import Criteria


@dataclass(frozen=True)
class Box:
    """An activity on paper: what there is to do, when, and where. `html` is course HTML; `locked` says what opens it, if it is
    not open; `address` is where it is done, "" for a book made without a site."""

    id: str
    title: str
    kind: str
    minutes: int = 0
    html: str = ""
    criteria: Criteria | None = None
    dates: tuple[str, ...] = ()
    address: str = ""
    locked: tuple[str, ...] = ()


@dataclass(frozen=True)
class Chapter:
    """A lesson. `parts` are course HTML and boxes in order; of a locked lesson there is only the title and what opens it."""

    id: str
    title: str
    minutes: int = 0
    objectives: tuple[str, ...] = ()
    parts: tuple[str | Box, ...] = ()
    locked: tuple[str, ...] = ()

    @property
    def boxes(self) -> tuple[Box, ...]:
        """Its activities."""
        return tuple(part for part in self.parts if isinstance(part, Box))


@dataclass(frozen=True)
class Section:
    """A module: `html` is its description."""

    id: str
    title: str
    html: str = ""
    chapters: tuple[Chapter, ...] = ()


@dataclass(frozen=True)
class Book:
    """A course, or the part of it that is wanted. `facts` are the lines of the title page below the authors; `modified` is the
    moment its text is of, and the same book of the same moment is the same file, byte by byte."""

    identifier: str
    title: str
    language: str
    modified: datetime
    authors: tuple[str, ...] = ()
    summary: str = ""
    html: str = ""
    license: str = ""
    tags: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()

    def chapters(self) -> Iterator[Chapter]:
        """All lessons in order."""
        for section in self.sections:
            yield from section.chapters

    @property
    def size(self) -> int:
        """Characters of course HTML in it."""
        texts = [part if isinstance(part, str) else part.html for chapter in self.chapters() for part in chapter.parts]
        return len(self.html) + sum(len(section.html) for section in self.sections) + sum(map(len, texts))
