"""What must be true before a lesson or an activity opens: one tree, evaluated to reasons as data.

Authors write it loosely (``[why, forms-quiz]``, ``{from: day 5, score: {quiz: 70%}}``, ``any_of``, ``all_of``,
``not``); it is kept as a strict tree that goes through JSON unchanged.
"""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError, WithJsonSchema
from pydantic_core import PydanticCustomError

from courses.ids import ID_PATTERN, SHARE_SCHEMA, Id, Share, is_id
from courses.moments import MOMENT_PATTERN, ImpossibleDate, Moment
from courses.problems import N_

AUTHOR_KEYS = ("done", "from", "until", "score", "all_of", "any_of", "not")
"""The words an author may write in a ``requires`` mapping."""

_DEPTH = 20


class _Node(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Done(_Node):
    """The lesson or activity with this id is complete."""

    kind: t.Literal["done"] = "done"
    id: Id


class From(_Node):
    """Not before this moment."""

    kind: t.Literal["from"] = "from"
    moment: Moment


class Until(_Node):
    """Only before this moment; a bare date includes that day."""

    kind: t.Literal["until"] = "until"
    moment: Moment


class Score(_Node):
    """The grade item with this id reached at least this share (0 to 1)."""

    kind: t.Literal["score"] = "score"
    id: t.Annotated[str, Field(max_length=130)]
    share: Share


class All(_Node):
    """Every one of these; none at all is always true."""

    kind: t.Literal["all"] = "all"
    of: tuple[Node, ...] = ()


class Any(_Node):
    """At least one of these."""

    kind: t.Literal["any"] = "any"
    of: tuple[Node, ...]


class Not(_Node):
    """The opposite of what is inside."""

    kind: t.Literal["not"] = "not"
    of: Node


Node = t.Annotated[Done | From | Until | Score | All | Any | Not, Field(discriminator="kind")]
for _model in (All, Any, Not):
    _model.model_rebuild()


def _fail(code: str, path: tuple[str | int, ...], **context: t.Any) -> PydanticCustomError:
    # `path` lets the reader of front matter point at the very word; `code` picks the sentence
    return PydanticCustomError("requires", "cannot be understood", {"path": path, "reason": code, **context})


def _read(value: t.Any, path: tuple[str | int, ...]) -> dict[str, t.Any]:
    if len(path) > _DEPTH:
        raise _fail("deep", path)
    if isinstance(value, BaseModel):
        return value.model_dump()
    if isinstance(value, str | int) and not isinstance(value, bool):
        text = str(value).strip()
        if not is_id(text):
            raise _fail("id", path, value=text)
        return {"kind": "done", "id": text}
    if isinstance(value, list | tuple):
        return {"kind": "all", "of": [_read(item, (*path, place)) for place, item in enumerate(value)]}
    if isinstance(value, dict):
        if "kind" in value:
            return value  # the strict form, as stored
        parts = [_read_key(key, item, (*path, key)) for key, item in value.items()]
        return parts[0] if len(parts) == 1 else {"kind": "all", "of": parts}
    raise _fail("shape", path)


def _read_key(key: t.Any, value: t.Any, path: tuple[str | int, ...]) -> dict[str, t.Any]:
    if key == "done":
        return _read(value, path)
    if key in ("from", "until"):
        try:
            return {"kind": key, "moment": Moment(str(value))}
        except ValueError as error:
            reason = "moment_date" if isinstance(error, ImpossibleDate) else "moment"
            raise _fail(reason, path, value=str(value)) from error
    if key == "score":
        if not isinstance(value, dict) or not value:
            raise _fail("score", path)
        parts = []
        for item, share in value.items():
            try:
                parts.append({"kind": "score", "id": str(item), "share": _SHARE.validate_python(share)})
            except ValidationError as error:
                raise _fail("share", (*path, item), value=str(share)) from error
        return parts[0] if len(parts) == 1 else {"kind": "all", "of": parts}
    if key in ("all_of", "any_of"):
        items = value if isinstance(value, list | tuple) else [value]
        if not items:
            raise _fail("empty", path)
        return {"kind": key[:3], "of": [_read(item, (*path, place)) for place, item in enumerate(items)]}
    if key == "not":
        return {"kind": "not", "of": _read(value, path)}
    raise _fail("key", path, value=str(key))


_SHARE: TypeAdapter[float] = TypeAdapter(Share)

_AGAIN = {"x-def": "requires"}
_MOMENT_SCHEMA = {"type": "string", "pattern": MOMENT_PATTERN, "x-word": N_("moment")}

SCHEMA: dict[str, t.Any] = {
    "x-word": N_("requirements"),
    "anyOf": [
        {"type": "string", "pattern": ID_PATTERN, "maxLength": 64},
        {"type": "array", "items": _AGAIN},
        {
            "type": "object",
            "minProperties": 1,
            "additionalProperties": False,
            "properties": {
                "done": {
                    **_AGAIN,
                    "description": N_("The lesson or activity with this id is complete; the same as the bare id."),
                    "examples": ["why"],
                },
                "from": {
                    **_MOMENT_SCHEMA,
                    "description": N_("Not before this moment."),
                    "examples": ["day 5 18:00"],
                },
                "until": {
                    **_MOMENT_SCHEMA,
                    "description": N_("Only before this moment; a bare date includes that day."),
                    "examples": ["2026-03-01"],
                },
                "score": {
                    "type": "object",
                    "minProperties": 1,
                    "additionalProperties": SHARE_SCHEMA,
                    "x-word": N_("shares by id of an activity"),
                    "description": N_(
                        "The activity, or a part of it such as essay.work, has reached at least this share."
                    ),
                    "examples": ["{forms-quiz: 70%}"],
                },
                "all_of": {
                    **_AGAIN,
                    "description": N_("Every one of these; a bare list means the same."),
                    "examples": ["[why, forms-quiz]"],
                },
                "any_of": {
                    **_AGAIN,
                    "description": N_("At least one of these."),
                    "examples": ["[forms-quiz, {from: week 2}]"],
                },
                "not": {
                    **_AGAIN,
                    "description": N_("The opposite of what is inside."),
                    "examples": ["{from: 2026-06-01}"],
                },
            },
        },
    ],
}
"""What an author may write, as JSON Schema; ``x-def`` stands for this schema itself, wherever it is used."""

Requires = t.Annotated[
    Node,
    BeforeValidator(lambda value: _read(value, ())),
    WithJsonSchema({**_AGAIN, "x-word": N_("requirements")}),
]
"""The field type: takes what an author wrote or the stored form, gives the tree."""

_REQUIRES: TypeAdapter[Done | From | Until | Score | All | Any | Not] = TypeAdapter(Requires)
Tree = Done | From | Until | Score | All | Any | Not


def parse(value: t.Any) -> Tree:
    """The tree of what an author wrote (or of the stored JSON). Raises pydantic's ``ValidationError``."""
    return _REQUIRES.validate_python(value)


def mentioned(tree: Tree | None) -> Iterator[str]:
    """Every id the tree speaks of, in order; an item's id (``quiz.part``) as written."""
    if isinstance(tree, Done | Score):
        yield tree.id
    elif isinstance(tree, All | Any):
        for part in tree.of:
            yield from mentioned(part)
    elif isinstance(tree, Not):
        yield from mentioned(tree.of)


def renamed(tree: Tree, present: Callable[[str], str]) -> Tree:
    """The tree with ids as ``present`` calls them now (``quiz.part`` follows ``quiz``)."""
    if isinstance(tree, Done | Score):
        owner, dot, part = tree.id.partition(".")
        return tree.model_copy(update={"id": present(owner) + dot + part})
    if isinstance(tree, All | Any):
        return tree.model_copy(update={"of": tuple(renamed(part, present) for part in tree.of)})
    return tree.model_copy(update={"of": renamed(tree.of, present)}) if isinstance(tree, Not) else tree


def needed(tree: Tree | None) -> Iterator[str]:
    """The ids without which the tree can never be true: what a circle of requirements is made of."""
    if isinstance(tree, Done | Score):
        yield tree.id
    elif isinstance(tree, All):
        for part in tree.of:
            yield from needed(part)
    elif isinstance(tree, Any):
        shared = [set(needed(part)) for part in tree.of]
        yield from sorted(set.intersection(*shared)) if shared else ()


@dataclass(frozen=True)
class Facts:
    """What is known about one person at one moment.

    ``done``: ids of complete lessons and activities; ``scores``: shares 0 to 1 by grade item; ``now``: aware;
    ``start``: the first day of the run; ``timezone``: the course's.
    """

    done: Container[str]
    scores: Mapping[str, float]
    now: datetime
    start: date
    timezone: ZoneInfo


@dataclass(frozen=True)
class Reason:
    """One thing still missing, as data: the core puts it in words.

    ``of`` holds the alternatives of ``any``, what must not be of ``not``, and the parts of ``all`` (which appears only
    inside those two). ``share`` is what a ``score`` asks for, ``at`` the UTC instant of ``from`` and ``until``.
    """

    kind: t.Literal["done", "score", "from", "until", "any", "not", "all"]
    id: str = ""
    share: float | None = None
    at: datetime | None = None
    of: tuple[Reason, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """Open or not, and if not, everything that is missing."""

    open: bool
    reasons: tuple[Reason, ...] = ()

    def __bool__(self) -> bool:
        return self.open


def evaluate(requires: Tree | None, facts: Facts) -> Verdict:
    """Whether the requirements are met, with what is still missing. Nothing required is open."""
    if requires is None:
        return Verdict(True)
    missing = tuple(_missing(requires, facts))
    return Verdict(not missing, missing)


def _missing(tree: Tree, facts: Facts) -> Iterator[Reason]:
    if isinstance(tree, All):
        for part in tree.of:
            yield from _missing(part, facts)
    elif isinstance(tree, Any):
        lacking = [tuple(_missing(part, facts)) for part in tree.of]
        if all(lacking):
            yield Reason("any", of=tuple(parts[0] if len(parts) == 1 else Reason("all", of=parts) for parts in lacking))
    elif isinstance(tree, Not):
        if evaluate(tree.of, facts).open:
            yield Reason("not", of=(_described(tree.of, facts),))
    elif not _holds(tree, facts):
        yield _described(tree, facts)


def _holds(leaf: Done | From | Until | Score, facts: Facts) -> bool:
    if isinstance(leaf, Done):
        return leaf.id in facts.done
    if isinstance(leaf, Score):
        # a share such as 7/10 is a float: a hair below the asked 70% is still 70%
        return facts.scores.get(leaf.id, -1.0) >= leaf.share - 1e-9
    at = leaf.moment.resolve(facts.start, facts.timezone, end_of_day=isinstance(leaf, Until))
    return facts.now >= at if isinstance(leaf, From) else facts.now < at


def _described(tree: Tree, facts: Facts) -> Reason:
    if isinstance(tree, Done):
        return Reason("done", id=tree.id)
    if isinstance(tree, Score):
        return Reason("score", id=tree.id, share=tree.share)
    if isinstance(tree, From | Until):
        return Reason(
            tree.kind, at=tree.moment.resolve(facts.start, facts.timezone, end_of_day=isinstance(tree, Until))
        )
    parts = (tree.of,) if isinstance(tree, Not) else tree.of
    return Reason(tree.kind, of=tuple(_described(part, facts) for part in parts))
