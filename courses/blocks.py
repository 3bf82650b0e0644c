"""Blocks: what a kind of directive must say about itself, and a block as it stands in a lesson.

A kind is pure: its settings are a frozen pydantic model which is at once the check, the documentation and the stored
form; its methods answer questions of the loader (is it right? which columns of the gradebook? which dates?).
"""

from __future__ import annotations

import re
from abc import ABC
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar, Generic, TypeVar, cast

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PrivateAttr, ValidationError, WithJsonSchema
from pydantic_core import InitErrorDetails, PydanticCustomError

from courses.changes import Change
from courses.frontmatter import Document
from courses.ids import ID_PATTERN, Id
from courses.moments import Moment
from courses.phases import Phase
from courses.problems import N_, Report
from courses.requires import Requires
from courses.text import render

BodyHtml = Callable[[str, int], str]

LinkResolver = Callable[[str, str, int, int], "str | None"]
"""(address as written, tag name, line, column) -> the address to publish, or None to drop it. Reports by itself."""


class Settings(BaseModel):
    """Options of a block. Unknown keys are refused; ``review_points`` is written ``review-points`` in a file.

    A field that only the body can give is declared with ``Field(json_schema_extra={"from_body": True})``: authors may
    not write it as an option.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", populate_by_name=True, alias_generator=lambda name: name.replace("_", "-")
    )


def _one_or_many(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Aliases = Annotated[
    tuple[Id, ...],
    BeforeValidator(_one_or_many),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "pattern": ID_PATTERN},
                {"type": "array", "items": {"type": "string", "pattern": ID_PATTERN}},
            ],
            "x-word": N_("id or list of ids"),
        }
    ),
]
"""Ids something had before: what is kept under them goes on under the present one."""


Flag = Annotated[
    bool,
    BeforeValidator(lambda value: True if value is None else value),
    WithJsonSchema({"type": ["boolean", "null"], "x-word": N_("true or false; written without a value it is true")}),
]
"""A truth value whose option may stand alone: ``:open:``."""


class ActivitySettings(Settings):
    """Options every activity has: ``minutes`` of work, what it ``requires``, whether completing the course needs it,
    its ``weight`` in the course's score, and the ``aliases`` (former ids) it goes on for."""

    id: Id = Field(
        description=N_("What results, links and conditions call the activity; unique in the course, never changed."),
        examples=["forms-quiz"],
    )
    aliases: Aliases = Field(
        default=(),
        description=N_("Ids the activity had before: results kept under them count here."),
        examples=["[first-quiz]"],
    )
    minutes: int = Field(
        default=0,
        ge=0,
        le=60_000,
        description=N_("How many minutes of work it takes; counted into the hours of the course."),
        examples=["20"],
    )
    requires: Requires | None = Field(
        default=None,
        description=N_("What must be true before the activity opens."),
        examples=["{score: {forms-quiz: 70%}}"],
    )
    required: bool = Field(
        default=True,
        description=N_("Whether it has to be complete for the course to be."),
        examples=["false"],
    )
    weight: float = Field(
        default=1,
        ge=0,
        le=1000,
        description=N_("How much its points count in the score of the course, beside the others."),
        examples=["2"],
    )


S = TypeVar("S", bound=Settings)


@dataclass(frozen=True)
class Finding:
    """Something a validator of settings found: ``at`` is the path of keys to it (``("stages", 1, "id")``), so that the
    author is shown its true line; the rest is as in ``Report.add``."""

    at: tuple[str | int, ...]
    code: str
    text: str
    hint: str = ""
    params: Mapping[str, str | int | float] = field(default_factory=dict)


def refusal(title: str, findings: Sequence[Finding]) -> ValidationError:
    """What a ``model_validator`` of settings raises to refuse them for several reasons, each at its place."""
    return ValidationError.from_exception_data(
        title,
        [
            InitErrorDetails(
                type=PydanticCustomError(
                    "finding",
                    "{code}",
                    {**found.params, "code": found.code, "text": found.text, "hint": found.hint},
                ),
                loc=found.at,
                input=None,
            )
            for found in findings
        ],
    )


class GradeItem(BaseModel):
    """A column of the gradebook. ``id`` is the block's id, or ``block.part`` where a block has several."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    title: str
    max_points: float
    weight: float = 1.0


class Deadline(BaseModel):
    """A date of the calendar; ``item`` is the id of the block it belongs to, ``end`` is given for meetings;
    ``phase`` is the name of the phase whose end it is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    moment: Moment
    title: str
    item: str
    end: Moment | None = None
    phase: str = ""


_RUSSIAN = re.compile("[а-яё]", re.IGNORECASE)


class Block(BaseModel, Generic[S]):
    """A block in a lesson: where it was written and its settings as JSON."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    kind: str
    title: str
    path: str
    line: int
    lesson: str
    settings: dict[str, Any]

    _typed: Any = PrivateAttr(default=None)

    def __eq__(self, other: object) -> bool:
        # the settings cached by `BlockKind.settings_of` are no part of what the block is
        return isinstance(other, Block) and self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        return hash((self.kind, self.id, self.path, self.line))

    def and_words(self, english: str, russian: str) -> str:
        """The title and words behind it, in the title's language: both belong to the course, not to the interface."""
        return f"{self.title}: {russian if _RUSSIAN.search(self.title) else english}"


class BodySource:
    """The text of a block below its options, with true line numbers, and the means to turn it into HTML.

    ``title`` is what stands behind the block's name, ``opened`` the line it stands on, ``language`` that of the text,
    ``name`` a word of its own for the block on its page, for ids, ``parts`` opens other texts of
    the course, ``options`` are what stands above the text.
    """

    def __init__(
        self,
        text: str,
        line: int = 1,
        path: str = "",
        to_html: BodyHtml | None = None,
        *,
        title: str = "",
        opened: int = 1,
        language: str = "en",
        name: str = "b",
        links: LinkResolver | None = None,
        parts: Callable[[str], Part | None] | None = None,
        options: Document | None = None,
    ) -> None:
        self.text = text
        self.line = line
        self.path = path
        self.title = title
        self.opened = opened
        self.language = language
        self.name = name
        self._to_html = to_html
        self._links = links
        self._parts = parts
        self._options = options

    def place(self, option: str) -> tuple[int, int]:
        """Line and column of what an option of the block was set to; where the block begins if it was not."""
        if self._options is None or not self._options.known((option,)):
            return self.opened, 1
        return self._options.place((option,))

    def part(self, path: str) -> Part | None:
        """Another text of the course that the block is made of too, by its path in the course folder, in this text's language
        where it is translated (``banks/words.en.md`` for ``banks/words.md``); None if there is no such file.

        Whatever changes in it, the block is made again. See ``BlockKind.shelf`` for where such texts lie.
        """
        return self._parts(path) if self._parts is not None else None

    def link(self, address: str, tag: str, line: int, column: int = 1) -> str | None:
        """The address to publish for one written in the block, used in a ``tag``; None, and reported, if it leads
        nowhere."""
        return self._links(address, tag, line, column) if self._links else address

    def html(self, text: str | None = None, line: int | None = None) -> str:
        """Sanitised HTML of the whole body, or of a part of it that begins at the given true line.

        Links and pictures are resolved and checked as in the rest of the lesson; problems are reported.
        """
        if text is None:
            text, line = self.text, self.line
        if self._to_html is not None:
            return self._to_html(text, line or self.line)
        return render(text, path=self.path, line=line or self.line)

    def inline(self, text: str, line: int | None = None) -> str:
        """HTML of one line of text without the paragraph around it."""
        html = self.html(text, line or self.line).strip()
        if html.startswith("<p>") and html.endswith("</p>") and html.count("<p>") == 1:
            return html[3:-4]
        return html

    def lines(self) -> list[tuple[int, str]]:
        """The lines with their true numbers in the file."""
        return [(self.line + place, text) for place, text in enumerate(self.text.split("\n"))] if self.text else []


@dataclass(frozen=True)
class Part:
    """Another text of the course, opened for a block: ``source`` is what stands below its front matter, ``document`` the front
    matter with its places. Findings in it belong to ``path``, so into ``report.at(part.path)``."""

    path: str
    document: Document
    source: BodySource


class BlockKind(ABC, Generic[S]):
    """A kind of directive: subclass it, set ``name``, ``Settings`` and ``summary``, override what differs."""

    name: ClassVar[str]
    """The word in ``:::{name}``."""
    Settings: type[S]
    """The options, a frozen pydantic model."""
    summary: ClassVar[str] = ""
    """One English sentence for the reference of the format, marked for translation with ``N_``."""
    example: ClassVar[str] = ""
    """A whole block, as an author would write it, that loads in any course without a finding: for the reference and for
    ``lms new activity``. English, marked with ``N_``; the translation is an example in that language."""

    def grammar(self) -> Sequence[str]:
        """What may stand in the body: English sentences with inline Markdown, each marked with ``N_``.

        By default what ``body`` does by default: nothing, or Markdown.
        """
        if "text" in self.Settings.model_fields:
            return (N_("Markdown: whatever a lesson may hold, except activities."),)
        return (N_("Nothing: such a block has options only."),)

    def body(self, source: BodySource, report: Report) -> Mapping[str, Any]:
        """Further settings read from the directive's body; problems go to the report.

        By default the body becomes ``{"text": html}`` where the settings have a field ``text``, and its first table of criteria the
        form where they have ``criteria`` too; otherwise any text is reported as ``body-unexpected``.
        """
        if {"text", "criteria"} <= self.Settings.model_fields.keys():
            from courses.criteria import task_and_form  # noqa: PLC0415 - criteria are written among options, and know blocks

            return task_and_form(source, report)
        if "text" in self.Settings.model_fields:
            return {"text": source.html()}
        if source.text.strip():
            line = next(number for number, text in source.lines() if text.strip())
            report.add(
                line,
                1,
                "body-unexpected",
                N_("A block “{kind}” has options only, no text of its own."),
                hint=N_("Move the text out of the block, below its closing line."),
                kind=self.name,
            )
        return {}

    within: ClassVar[str] = ""
    """The kind of block such a block must stand in, if it means nothing elsewhere."""
    shelf: ClassVar[str] = ""
    """Name of a folder beside ``course.md`` for texts that several blocks of this kind share (``banks``). They are no lessons: a
    block opens those it speaks of with ``BodySource.part``; one that no block opens is told to the author."""

    def complete(self, settings: S, source: BodySource, report: Report) -> S:
        """The settings with what only options and body together tell; by default as they are."""
        return settings

    def check(self, block: Block[S], report: Report) -> None:
        """What the schema cannot say; each finding with its line. Called only if the settings are valid."""

    def grade_items(self, block: Block[S]) -> Sequence[GradeItem]:
        """The columns of the gradebook; none by default."""
        return ()

    def deadlines(self, block: Block[S]) -> Sequence[Deadline]:
        """The dates of the calendar; none by default."""
        return ()

    def phases(self, block: Block[S]) -> Sequence[Phase]:
        """The phases it goes through, in order; by default those of its settings' ``phases``, written with ``courses.phasing``."""
        options = getattr(self.settings_of(block), "phases", None)
        found: Sequence[Phase] = options.of() if options is not None else ()
        return found

    def compare(self, before: Block[S], after: Block[S]) -> Sequence[Change]:
        """What it means for people who have worked at the block that it is this one now; nothing by default.

        Pure, and nothing for a block that has not changed. Said already by the core, so not here: another kind, columns of
        the gradebook that are gone or bring other points, dates of ``deadlines`` and ``phases``, ``requires``, ``required`` and ``weight``.
        """
        return ()

    def text(self, block: Block[S]) -> str:
        """Words for search. Never anything that may not be seen before it is due, such as answers."""
        return ""

    def brief(self, block: Block[S]) -> str:
        """HTML of what there is to do, for paper and books: never answers, nor anything that opens later. By default the settings'
        ``text``."""
        text = getattr(self.settings_of(block), "text", "")
        return text if isinstance(text, str) else ""

    def html(self, block: Block[S]) -> str | None:
        """HTML of a static block, put into the page at publishing; None (the default) for an activity."""
        return None

    def settings_of(self, block: Block[S]) -> S:
        """The block's settings as the typed model, validated once per block object."""
        if not isinstance(block._typed, self.Settings):
            block._typed = self.Settings.model_validate(block.settings)
        return cast(S, block._typed)

    @classmethod
    def options(cls) -> tuple[str, ...]:
        """The option names an author may write, as written in a file."""
        fields = cls.Settings.model_fields.items()
        own = cls.body_fields()
        return tuple(field.alias or name.replace("_", "-") for name, field in fields if name not in own)

    @classmethod
    def body_fields(cls) -> frozenset[str]:
        """Names of the settings that only the body gives."""
        extras = {name: field.json_schema_extra for name, field in cls.Settings.model_fields.items()}
        return frozenset(name for name, extra in extras.items() if isinstance(extra, dict) and extra.get("from_body"))
