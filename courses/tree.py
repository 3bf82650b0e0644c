"""The checked course: what ``load`` gives and publishing stores. Frozen, and the same after a trip through JSON."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from courses.blocks import Block, Deadline, GradeItem
from courses.ids import Id, Share
from courses.problems import N_
from courses.requires import Requires

ACADEMIC_HOUR = 45
"""Minutes in an academic hour."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", ignored_types=(cached_property,))


class Completion(_Frozen):
    """What "finished" means: lessons read, activities complete, and the share (0 to 1) of the score asked, if any."""

    lessons: Literal["all", "none"] = Field(
        default="all", description=N_("Whether all lessons have to be read."), examples=["all"]
    )
    activities: Literal["all", "none"] | tuple[Id, ...] = Field(
        default="all",
        description=N_("Which activities have to be complete: all that are required, none, or a list of ids."),
        examples=["[forms-quiz, final-project]"],
    )
    score: Share | None = Field(
        default=None, description=N_("The share of the course's points that has to be reached."), examples=["60%"]
    )


class CertificateRule(_Frozen):
    """What a finished course gives: the ``kind`` of document, and what is printed instead of the course's own words."""

    kind: str = Field(
        min_length=1,
        description=N_("Which document is issued: advanced-training, retraining or completion."),
        examples=["advanced-training"],
    )
    title: str = Field(
        default="",
        description=N_("The name of the document, if it is not the usual one of its kind."),
        examples=[N_("Certificate of a seminar leader")],
    )
    text: str = Field(
        default="",
        description=N_("A sentence printed on the document."),
        examples=[N_("With a project of one's own")],
    )
    qualification: str = Field(
        default="", description=N_("The qualification the document gives, if any."), examples=[N_("Online moderator")]
    )
    signed_by: tuple[str, ...] = Field(
        default=(), description=N_("Who signs it, a line for each."), examples=[N_("[Director A. Ivanova]")]
    )


class Media(_Frozen):
    """A file beside the text: its path in the course folder, hash, size in bytes and MIME type."""

    path: str
    sha256: str
    size: int
    type: str


class Heading(_Frozen):
    """A heading of a lesson's page: ``level`` as rendered (2 to 6), ``id`` to link to, ``text`` without markup."""

    level: int
    id: str
    text: str


class Piece(_Frozen):
    """A stretch of a lesson's page: finished HTML, or the id of the block that stands here."""

    html: str = ""
    block: str = ""


class Lesson(_Frozen):
    """One page. ``body`` is in order; ``blocks`` are the ids of the activities on it; ``minutes`` without theirs; ``aliases`` are
    the ids it had before."""

    id: Id
    title: str
    module: Id
    minutes: int = 0
    requires: Requires | None = None
    summary: str = ""
    objectives: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    path: str = ""
    body: tuple[Piece, ...] = ()
    headings: tuple[Heading, ...] = ()
    blocks: tuple[str, ...] = ()
    aliases: tuple[Id, ...] = ()

    @property
    def html(self) -> str:
        """The page without its activities: for search and previews."""
        return "".join(piece.html for piece in self.body)


class Module(_Frozen):
    """A part of the course with its lessons in order."""

    id: Id
    title: str
    description_html: str = ""
    lessons: tuple[Lesson, ...] = ()
    aliases: tuple[Id, ...] = ()


class Course(_Frozen):
    """A whole course in one language. ``hours`` are academic hours of 45 minutes."""

    id: Id
    title: str
    language: str = "en"
    hours: float = 0
    timezone: str = "UTC"
    authors: tuple[str, ...] = ()
    summary: str = ""
    description_html: str = ""
    objectives: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    license: str = ""
    aliases: tuple[str, ...] = ()
    completion: Completion = Completion()
    certificate: CertificateRule | None = None
    modules: tuple[Module, ...] = ()
    activities: tuple[Block[Any], ...] = ()
    media: dict[str, Media] = Field(default_factory=dict)
    grade_items: tuple[GradeItem, ...] = ()
    deadlines: tuple[Deadline, ...] = ()

    @cached_property
    def _lesson_by_id(self) -> dict[str, Lesson]:
        return {lesson.id: lesson for lesson in self.lessons()}

    @cached_property
    def _block_by_id(self) -> dict[str, Block[Any]]:
        return {block.id: block for block in self.activities}

    def lessons(self) -> tuple[Lesson, ...]:
        """All lessons in the order of reading."""
        return tuple(lesson for module in self.modules for lesson in module.lessons)

    def lesson(self, id: str) -> Lesson:
        """The lesson with this id. Raises ``KeyError``."""
        return self._lesson_by_id[id]

    def module(self, id: str) -> Module:
        """The module with this id. Raises ``KeyError``."""
        return next((module for module in self.modules if module.id == id), None) or _missing(id)

    def blocks(self) -> tuple[Block[Any], ...]:
        """All activities in the order of reading."""
        return self.activities

    def block(self, id: str) -> Block[Any]:
        """The activity with this id. Raises ``KeyError``."""
        return self._block_by_id[id]

    def items(self) -> Iterator[Lesson | Block[Any]]:
        """Every lesson and, after it, its activities: everything that can be done, in order."""
        for lesson in self.lessons():
            yield lesson
            for id in lesson.blocks:
                yield self._block_by_id[id]


def _missing(id: str) -> Module:
    raise KeyError(id)
