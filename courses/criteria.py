"""Marking forms: criteria written in YAML or as a Markdown table, and their arithmetic with every step shown."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, GetJsonSchemaHandler, ValidationError, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError

from courses.ids import Id, slug
from courses.problems import N_, Report

if TYPE_CHECKING:
    from courses.blocks import BodySource

Strategy = Literal["points", "rubric", "checklist", "comments", "errors"]


_TWICE = N_("Two criteria have the id “{id}”.")


class Level(BaseModel):
    """One step of a rubric: how many points, and in words what earns them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    points: float = Field(ge=0, description=N_("How many points this level brings."), examples=["3"])
    title: str = Field(description=N_("What earns them."), examples=[N_("partly")])


class Criterion(BaseModel):
    """One line of the form. ``points`` is the most it can bring; with ``levels`` it is the highest of them.

    Without an ``id`` the title gives one, so an author who renames a criterion after marking has begun should write it.
    """

    # an author may leave out the id, as said above: only what is stored always has one
    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_extra={"required": ["title"]})

    id: Id = Field(
        description=N_("What the marks are kept by; made of the title where it is not written."), examples=["clarity"]
    )
    title: str = Field(min_length=1, description=N_("What is judged."), examples=[N_("Clarity")])
    description: str = Field(
        default="",
        description=N_("What to look at."),
        examples=[N_("A colleague understands it without asking")],
    )
    points: float = Field(
        default=1,
        gt=0,
        le=100_000,
        description=N_("The most it can bring; with levels it is the highest of them."),
        examples=["5"],
    )
    levels: tuple[Level, ...] = Field(
        default=(),
        description=N_("The steps of a rubric, to choose one of."),
        examples=[N_("[{points: 0, title: no}, {points: 5, title: fully}]")],
    )
    weight: float = Field(
        default=1,
        ge=0,
        le=100_000,
        description=N_("How many times its points count, beside the other criteria."),
        examples=["2"],
    )

    @model_validator(mode="before")
    @classmethod
    def _complete(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        data = dict(data)
        if not data.get("id"):
            data["id"] = slug(str(data.get("title", ""))) or "criterion"
        levels = data.get("levels")
        if "points" not in data and isinstance(levels, list | tuple):
            points = [level.get("points") if isinstance(level, dict) else None for level in levels]
            numbers = [float(value) for value in points if isinstance(value, int | float)]
            if numbers:
                data["points"] = max(numbers)
        return data


class Criteria(BaseModel):
    """The form. A plain list is taken as its items.

    Strategies: ``points``, ``rubric`` and ``checklist`` add up what was given; ``comments`` has no numbers and is full
    as it stands; ``errors`` counts mistakes, each taking its weight from the whole.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    items: tuple[Criterion, ...] = Field(
        min_length=1,
        description=N_("The criteria, in their order; without a strategy this list may stand alone."),
        examples=[N_("[{title: Clarity, points: 5}]")],
    )
    strategy: Strategy = Field(
        default="points",
        description=N_(
            "How marks are reckoned: points, rubric and checklist add up what was given, errors take away from the "
            "whole, comments give no numbers."
        ),
        examples=["errors"],
    )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        whole = handler.resolve_ref_schema(handler(schema))
        listed = {key: whole["properties"]["items"][key] for key in ("type", "items", "minItems")}
        return {"anyOf": [whole, listed], "x-word": N_("criteria")}

    @model_validator(mode="before")
    @classmethod
    def _from_list(cls, data: Any) -> Any:
        return {"items": data} if isinstance(data, list | tuple) else data

    @model_validator(mode="after")
    def _distinct(self) -> Criteria:
        counts = Counter(item.id for item in self.items)
        repeated = next((name for name, count in counts.items() if count > 1), None)
        if repeated:
            said = {"code": "criteria", "text": _TWICE, "hint": "", "id": repeated}
            raise PydanticCustomError("finding", "{code}", said)
        return self

    @property
    def max_points(self) -> float:
        """The sum of points times weight."""
        return sum(item.points * item.weight for item in self.items)


@dataclass(frozen=True)
class Row:
    """One step of the arithmetic: ``earned`` = ``value`` (kept within 0 and ``points``) × ``weight``, of ``most``."""

    criterion: Criterion
    value: float | None
    earned: float
    most: float


@dataclass(frozen=True)
class Score:
    """The result: ``share`` 0 to 1, and the rows it was made of. ``complete`` if every criterion had a value."""

    share: float
    rows: tuple[Row, ...]
    complete: bool

    @property
    def earned(self) -> float:
        """The sum of what the rows earned."""
        return sum(row.earned for row in self.rows)

    @property
    def most(self) -> float:
        """The sum of what the rows could earn."""
        return sum(row.most for row in self.rows)


def score(criteria: Criteria, values: Mapping[str, float]) -> Score:
    """Work out a filled-in form. A criterion without a value counts as nothing; values outside are pulled inside."""
    rows: list[Row] = []
    for item in criteria.items:
        value = values.get(item.id)
        kept = min(max(value, 0.0), item.points) if value is not None else 0.0
        if criteria.strategy == "errors":
            kept = item.points - kept
        elif criteria.strategy == "comments":
            kept = item.points
        rows.append(Row(item, value, kept * item.weight, item.points * item.weight))
    most = sum(row.most for row in rows)
    share = sum(row.earned for row in rows) / most if most else 1.0
    complete = criteria.strategy == "comments" or all(row.value is not None for row in rows)
    return Score(min(max(share, 0.0), 1.0), tuple(rows), complete)


_HEADS: dict[str, tuple[str, ...]] = {
    "title": ("criterion", "criteria", "критерий", "критерии"),
    "points": ("points", "point", "max", "marks", "баллы", "балл", "баллов", "максимум"),
    "description": ("description", "details", "описание", "пояснение", "что оценивается"),
    "weight": ("weight", "вес"),
    "id": ("id",),
}
_DIVIDER = re.compile(r"\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*")


def _cells(line: str) -> list[tuple[str, int]]:
    """The cells of a table row with the 1-based column each begins at; ``\\|`` is a bar inside a cell."""
    found: list[tuple[str, int]] = []
    begin = 0
    ends = [match.start() for match in re.finditer(r"(?<!\\)\|", line)] + [len(line)]
    for end in ends:
        raw = line[begin:end]
        found.append((raw.strip().replace("\\|", "|"), begin + len(raw) - len(raw.lstrip()) + 1))
        begin = end + 1
    if line.lstrip().startswith("|"):
        found = found[1:]
    if found and not found[-1][0] and line.rstrip().endswith("|"):
        found = found[:-1]
    return found


def _tables(lines: list[tuple[int, str]]) -> Iterator[tuple[int, int]]:
    """Where tables stand: index of the head and index after the last row. Code fences are skipped."""
    place, fence = 0, ""
    while place < len(lines) - 1:
        text = lines[place][1].strip()
        mark = re.match(r"(`{3,}|~{3,})", text)
        if mark and (not fence or text.startswith(fence)):
            fence = "" if fence else mark[1]
        if not fence and "|" in text and "|" in lines[place + 1][1] and _DIVIDER.fullmatch(lines[place + 1][1]):
            end = place + 2
            while end < len(lines) and "|" in lines[end][1] and lines[end][1].strip():
                end += 1
            yield place, end
            place = end
        else:
            place += 1


def from_body(source: BodySource, report: Report) -> tuple[Criteria | None, str]:
    """Read the first table of a block's body whose head names a criterion and points, in English or Russian.

    Returns the form (None if there is no such table or it is wrong, which is reported at its line) and the body without
    the table and the heading right above it: the lines are left empty, so that line numbers stay true.
    """
    lines = source.lines()
    rest = [text for _, text in lines]
    for head, end in _tables(lines):
        names = [_column(cell) for cell, _ in _cells(lines[head][1])]
        if "title" not in names or "points" not in names:
            continue
        criteria = _read_rows(names, lines[head + 2 : end], lines[head][0], report)
        above = next((n for n in reversed(range(head)) if rest[n].strip()), None)
        first = above if above is not None and re.match(r"\s{0,3}#{1,6}\s", rest[above]) else head
        rest[first:end] = [""] * (end - first)
        return criteria, "\n".join(rest)
    return None, source.text


def _column(cell: str) -> str:
    word = re.sub(r"[*_`:]", "", cell).strip().lower()
    return next((name for name, words in _HEADS.items() if word in words), "")


def _read_rows(names: list[str], rows: list[tuple[int, str]], head: int, report: Report) -> Criteria | None:
    items: list[Criterion] = []
    seen: set[str] = set()
    good = True
    for line, text in rows:
        cells = _cells(text)
        data: dict[str, Any] = {}
        columns: dict[str, int] = {}
        for name, (cell, column) in zip(names, cells, strict=False):
            if name and cell:
                data[name], columns[name] = cell, column
        if not data:
            continue
        if "points" in data:
            data |= _points(data.pop("points"))
        if "weight" in data:
            data["weight"] = data["weight"].replace(",", ".")
        name = data.get("id") or slug(data.get("title", "")) or f"criterion-{len(items) + 1}"
        if name in seen and "id" not in data:
            name = f"{name[:60]}-{len(items) + 1}"  # two rows may share a title, not an id
        data["id"] = name
        if name in seen:
            report.add(line, columns.get("id", 1), "criteria", _TWICE, id=name)
            good = False
        seen.add(name)
        try:
            items.append(Criterion.model_validate(data))
        except ValidationError as error:
            good = False
            key = str(error.errors()[0]["loc"][0]) if error.errors()[0]["loc"] else "title"
            report.add(
                line,
                columns.get(key, 1),
                "criteria",
                N_("This row of the criteria table cannot be read: “{value}” does not fit the column “{column}”."),
                hint=N_("Points are a number, or levels such as “0 no; 3 partly; 5 fully”. Every row needs a title."),
                value=str(data.get(key, "")),
                column=key,
            )
    if not good:
        return None
    if not items:
        report.add(head, 1, "criteria", N_("The criteria table has no rows."))
        return None
    strategy: Strategy = "rubric" if any(item.levels for item in items) else "points"
    return Criteria(items=tuple(items), strategy=strategy)


def _points(cell: str) -> dict[str, Any]:
    """``5`` or ``2,5`` is a number; ``0 no; 3 partly; 5 fully`` are the levels of a rubric."""
    if ";" not in cell:
        return {"points": cell.replace(",", ".")}
    levels = []
    for part in cell.split(";"):
        match = re.fullmatch(r"\s*(\d+(?:[.,]\d+)?)\s*[:–—-]?\s*(\S.*?)\s*", part)
        if not match:
            return {"points": cell}
        levels.append({"points": float(match[1].replace(",", ".")), "title": match[2]})
    return {"levels": levels}
