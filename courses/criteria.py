"""Marking forms: criteria written in YAML or as a Markdown table, and the arithmetic of one filled-in form, step by step.

What comes of several forms together (the marks) is in ``courses.evaluation``.

One module of more than 400 lines, because a strategy is one thing in three places: what an author may write for it, as YAML and as
a table, and what is reckoned from it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, GetJsonSchemaHandler, ValidationError, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from courses.blocks import Finding, refusal
from courses.ids import Id, Share, slug
from courses.problems import N_, Report

if TYPE_CHECKING:
    from courses.blocks import BodySource

Strategy = Literal["points", "rubric", "checklist", "errors", "comments", "pairwise"]
"""points: a number each, weighed · rubric: a level each, all alike · checklist: there or not · errors: how many mistakes, and a mark
by their number · comments: words alone · pairwise: which of two works is the better one"""

Values = Mapping[str, float]
"""Numbers by criterion id: what was given, percentages or weights, as each place says."""

_TWICE = N_("Two criteria have the id “{id}”.")


class Level(BaseModel):
    """One step of a rubric: how many points, and in words what earns them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    points: float = Field(ge=0, description=N_("How many points this level brings."), examples=["3"])
    title: str = Field(description=N_("What earns them."), examples=[N_("partly")])


class Criterion(BaseModel):
    """One line of the form. ``points`` is the most it can bring; with ``levels`` it is the highest of them.

    Without an ``id`` the title gives one, so an author who renames a criterion after marking has begun should write it.
    One with 0 points asks for words alone.
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
        ge=0,
        le=100_000,
        description=N_(
            "The most it can bring, or how many mistakes there can be; 0: words alone. With levels it is the highest."
        ),
        examples=["5"],
    )
    levels: tuple[Level, ...] = Field(
        default=(),
        description=N_("The steps of a rubric, to choose one of."),
        examples=[N_("[{points: 0, title: no}, {points: 5, title: fully}]")],
    )
    weight: float | None = Field(
        default=None,
        ge=0,
        le=100_000,
        description=N_(
            "How much it counts beside the other criteria, however many points it has. Where no criterion has a weight, "
            "points are simply added up."
        ),
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

    @cached_property  # asked for with every form of every work
    def least(self) -> float:
        """The least it can bring: its lowest level."""
        return min((level.points for level in self.levels), default=0.0)

    def inside(self, value: float) -> float:
        """A value pulled between the least and the most."""
        return min(max(value, self.least), max(self.points, self.least))


class MarkFor(BaseModel):
    """A row of the table of marks by the number of mistakes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    mistakes: float = Field(ge=0, le=100_000, description=N_("From so many mistakes on."), examples=["2"])
    mark: Share = Field(description=N_("The mark is this share of the whole."), examples=["70%"])


class Criteria(BaseModel):
    """The form. A plain list is taken as its items."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    items: tuple[Criterion, ...] = Field(
        min_length=1,
        description=N_("The criteria, in their order; without a strategy this list may stand alone."),
        examples=[N_("[{title: Clarity, points: 5}]")],
    )
    strategy: Strategy = Field(
        default="points",
        description=N_(
            "How marks are reckoned. points: by weights, else added up; rubric: levels, all criteria alike; checklist: there or "
            "not; errors: by the number of mistakes; comments: words alone, the mark is full; pairwise: which of two works is "
            "better."
        ),
        examples=["errors"],
    )
    marks: tuple[MarkFor, ...] = Field(
        default=(),
        description=N_(
            "For errors: the mark for so many mistakes; what is not said is as for fewer. Without it each mistake takes the "
            "same part of the whole."
        ),
        examples=["[{mistakes: 1, mark: 80%}, {mistakes: 3, mark: 50%}]"],
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
    def _sensible(self) -> Criteria:
        found = list(_wrong(self))
        if found:
            raise refusal("criteria", found)
        return self

    @property
    def max_points(self) -> float:
        """The points all criteria that count can bring together, in the author's own units; 0: nothing could be marked."""
        counted = weights(self)
        if self.strategy == "errors":
            return sum(item.points * counted[item.id] for item in self.items if item.id in counted)
        return sum(item.points for item in self.items if item.id in counted)

    def in_words_of(self, other: Criteria) -> Criteria:
        """The same form in the words of another, such as its translation: a criterion keeps its own words where the other has none
        of its id that is measured alike."""
        theirs = {item.id: item for item in other.items}
        return self.model_copy(update={"items": tuple(_in_words(item, theirs.get(item.id)) for item in self.items)})


def _in_words(item: Criterion, other: Criterion | None) -> Criterion:
    if other is None or [other.points, *(level.points for level in other.levels)] != [
        item.points, *(level.points for level in item.levels)
    ]:  # fmt: skip
        return item
    return item.model_copy(update={"title": other.title, "description": other.description, "levels": other.levels})


def _wrong(criteria: Criteria) -> Iterator[Finding]:
    """What cannot be meant, each at its key."""
    counts = Counter(item.id for item in criteria.items)
    repeated = next((name for name, count in counts.items() if count > 1), None)
    if repeated:
        yield Finding((), "criteria", _TWICE, params={"id": repeated})
    for place, item in enumerate(criteria.items):
        if item.weight is not None and criteria.strategy in ("rubric", "comments"):
            yield Finding(("items", place, "weight"), "criteria-weight", _WEIGHT, _WEIGHT_HINT, {"title": item.title})
        if item.levels and criteria.strategy not in ("points", "rubric") and _AGAINST not in item.id:
            yield Finding(("items", place, "levels"), "criteria-levels", _LEVELS, _LEVELS_HINT, {"title": item.title})
    if criteria.marks and criteria.strategy != "errors":
        yield Finding(("marks",), "criteria-marks", _NO_ERRORS, _NO_ERRORS_HINT)
    for place, one in enumerate(criteria.marks):
        said = _odd(criteria.marks[place - 1] if place else None, one)
        if said:
            params = {"mistakes": f"{one.mistakes:g}"} if said == _DISORDER else {}
            hint = _DISORDER_HINT if said == _DISORDER else ""
            yield Finding(("marks", place, "mark"), "criteria-marks", said, hint, params)


def _odd(before: MarkFor | None, after: MarkFor) -> str:
    """What is odd in a row of the marks by mistakes, beside the row before it; "" if nothing is."""
    if not after.mistakes and after.mark != 1:
        return _NOT_WHOLE
    if before is not None and (after.mistakes <= before.mistakes or after.mark > before.mark):
        return _DISORDER
    return ""


_WEIGHT = N_("The weight of the criterion “{title}” would not count.")
_WEIGHT_HINT = N_(
    "In a rubric all criteria weigh alike and comments bring no numbers. For weights write strategy: points."
)
_LEVELS = N_("The levels of the criterion “{title}” would not count.")
_LEVELS_HINT = N_("Write strategy: rubric or points, or take out the levels.")
_NO_ERRORS = N_("Marks by the number of mistakes belong to the strategy “errors”.")
_NO_ERRORS_HINT = N_("Write strategy: errors, or take out “marks”.")
_DISORDER = N_("The row for this number of mistakes is out of order: {mistakes}.")
_DISORDER_HINT = N_("The number of mistakes grows from row to row, and the mark does not.")
_POINTS_HINT = N_("Points are a number, or levels such as “0 no; 3 partly; 5 fully”. Every row needs a title.")
_NUMBER_HINT = N_("Write a number in this column: 0 or more.")
_NOT_WHOLE = N_("A work without a mistake has the full mark: 100%.")


# ------------------------------------------------------------------------------------------- arithmetic of one form


def weights(criteria: Criteria) -> dict[str, float]:
    """How much each criterion counts; those that do not count at all are left out.

    Of points and checklists it is the written weight (1 where others have one and this has none), or the points where no criterion
    has a weight; in a rubric all count alike.
    """
    if criteria.strategy == "comments":
        return {}
    if criteria.strategy == "rubric":
        return {item.id: 1.0 for item in criteria.items if item.points > item.least}
    added_up = criteria.strategy in ("points", "checklist") and all(item.weight is None for item in criteria.items)
    known = {
        item.id: item.points if added_up else 1.0 if item.weight is None else item.weight
        for item in criteria.items
        if item.points
    }
    return {id: weight for id, weight in known.items() if weight}


def percentages(criteria: Criteria, values: Values, counted: Values | None = None) -> dict[str, float]:
    """A filled-in form with each criterion that counts between 0 (the least) and 100 (the best); a missing one counts as the least.

    A criterion whose least is its most is at 100. Mistakes turn round: none is 100. ``counted``: the weights, where they are known.
    """
    found: dict[str, float] = {}
    counted = weights(criteria) if counted is None else counted
    for item in criteria.items:
        if item.id in counted or (criteria.strategy == "rubric" and item.points):
            width = item.points - item.least
            share = (item.inside(values.get(item.id, item.least)) - item.least) / width if width else 1.0
            found[item.id] = 100 * (1 - share if criteria.strategy == "errors" else share)
    return found


@dataclass(frozen=True)
class Row:
    """One step of the arithmetic. ``value`` is what was given; of the ``most`` that counts it ``earned`` so much.

    In a form of errors these are mistakes: ``earned`` of them were made.
    """

    criterion: Criterion
    value: float | None
    earned: float
    most: float

    @property
    def counts(self) -> bool:
        """Whether the criterion is in the sum at all."""
        return self.most > 0


@dataclass(frozen=True)
class Score:
    """The result: ``share`` 0 to 1, None where nothing can be said; and the rows it was made of. ``complete`` if every criterion
    that asks for a number had one. ``by_table``: the share is that of a table of marks."""

    share: float | None
    rows: tuple[Row, ...]
    complete: bool
    by_table: bool = False

    @property
    def earned(self) -> float:
        """The sum of what the rows earned."""
        return sum(row.earned for row in self.rows)

    @property
    def most(self) -> float:
        """The sum of what the rows could earn."""
        return sum(row.most for row in self.rows)


def score(criteria: Criteria, values: Values) -> Score:
    """Work out a filled-in form. Values outside are pulled inside; a missing one counts as nothing, and nothing at all is no result.

    points, checklist: Σ w·x/M over Σ w · rubric: Σ (x − least) over Σ (M − least) · errors: by their weighed number ·
    comments: full · pairwise: the part of the comparisons that was won.
    """
    counted = weights(criteria)
    rows = []
    for item in criteria.items:
        value = values.get(item.id)
        weight = counted.get(item.id, 0.0)
        kept = item.inside(value) if value is not None else item.least
        if not weight:
            earned = most = 0.0
        elif criteria.strategy == "rubric":
            earned, most = kept - item.least, item.points - item.least
        elif criteria.strategy == "errors":
            earned, most = weight * kept, weight * item.points
        else:
            earned, most = weight * kept / item.points, weight
        rows.append(Row(item, value, earned, most))
    asked = [row for row in rows if row.criterion.points]
    complete = criteria.strategy == "comments" or all(row.value is not None for row in asked)
    return Score(_share(criteria, rows, values), tuple(rows), complete, bool(criteria.marks))


def _share(criteria: Criteria, rows: Sequence[Row], values: Values) -> float | None:
    if criteria.strategy == "comments":
        return 1.0
    earned, most = sum(row.earned for row in rows), sum(row.most for row in rows)
    if not most or not any(row.counts and row.criterion.id in values for row in rows):
        return None
    if criteria.strategy != "errors":
        return min(max(earned / most, 0.0), 1.0)
    if not criteria.marks:
        return min(max(1 - earned / most, 0.0), 1.0)
    return next((one.mark for one in reversed(criteria.marks) if one.mistakes <= earned + 1e-9), 1.0)


# ------------------------------------------------------------------------------------------- comparing works in pairs

_AGAINST = "-vs-"


def against(criteria: Criteria, others: Mapping[int, str], titles: tuple[str, str, str]) -> Criteria:
    """The form by which a work is compared with ``others`` (what a reader calls them, by number): each criterion once a work, as
    three levels with these ``titles`` (the other is better, alike, this is better). Without others it asks for words alone."""
    steps = tuple(Level(points=points, title=title) for points, title in enumerate(titles))
    items = [
        Criterion(
            id=f"{item.id[:40].strip('-')}{_AGAINST}{number}", title=f"{item.title}: {name}", description=item.description,
            points=2, levels=steps, weight=item.weight,
        )
        for number, name in others.items()
        for item in criteria.items
    ]  # fmt: skip
    alone = [item.model_copy(update={"points": 0.0, "weight": None, "levels": ()}) for item in criteria.items]
    return Criteria.model_construct(items=tuple(items or alone), strategy="pairwise", marks=())


def compared(criteria: Criteria, values: Values) -> list[tuple[int, float, float]]:
    """What a form made by ``against`` says: (number of the other work, weight, 1 this is better … 0 the other is)."""
    found = []
    counted = weights(criteria)
    for item in criteria.items:
        _, mark, number = item.id.rpartition(_AGAINST)
        if mark and item.id in values and item.id in counted:
            found.append((int(number), counted[item.id], item.inside(values[item.id]) / item.points))
    return found


# ------------------------------------------------------------------------------------------- a table in a body

_HEADS: dict[str, tuple[str, ...]] = {
    "title": ("criterion", "criteria", "критерий", "критерии"),
    "points": ("points", "point", "max", "marks", "баллы", "балл", "баллов", "максимум"),
    "errors": ("mistakes", "errors", "ошибки", "ошибок"),
    "checklist": ("tick", "check", "checklist", "галочка", "отметка", "чек-лист"),
    "pairwise": ("comparison", "compare", "сравнение", "сравнить"),
    "comments": ("comment", "comments", "комментарий", "комментарии"),
    "description": ("description", "details", "описание", "пояснение", "что оценивается"),
    "weight": ("weight", "вес"),
    "id": ("id",),
    "mark": ("mark", "percent", "%", "оценка", "процент", "проценты"),
}
_MEASURES: tuple[Strategy, ...] = ("points", "errors", "checklist", "pairwise", "comments")
"""Columns that say by their head how the form is reckoned; of several the first counts."""

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


def task_and_form(source: BodySource, report: Report) -> dict[str, Any]:
    """A body that is a task with, perhaps, its marking form: what it says for the settings ``text`` (HTML) and ``criteria`` (the first
    table of criteria, which is taken out of the task)."""
    criteria, rest = from_body(source, report)
    found: dict[str, Any] = {"text": source.html(rest, source.line)}
    return found if criteria is None else {**found, "criteria": criteria.model_dump(mode="json")}


def from_body(source: BodySource, report: Report) -> tuple[Criteria | None, str]:
    """Read the first table of a block's body whose head names a criterion and how it is measured, in English or Russian: points,
    mistakes, tick, comparison or comment. A table of mistakes may be followed by one of the marks for so many of them.

    Returns the form (None if there is no such table or it is wrong, which is reported at its line) and the body without
    the tables and the heading right above each: the lines are left empty, so that line numbers stay true.
    """
    lines = source.lines()
    rest = [text for _, text in lines]
    tables = [(head, end, [_column(cell) for cell, _ in _cells(lines[head][1])]) for head, end in _tables(lines)]
    forms = [one for one in tables if "title" in one[2]]
    found = next((one for one in forms if "points" in one[2]), None)
    found = found or next((one for one in forms if any(measure in one[2] for measure in _MEASURES)), None)
    if found is None:
        return None, source.text
    head, end, names = found
    strategy = next(measure for measure in _MEASURES if measure in names)
    marks: tuple[MarkFor, ...] | None = ()
    if strategy == "errors":
        after = next((one for one in tables if one[0] > head and {"errors", "mark"} == set(one[2])), None)
        if after is not None:
            marks = _read_marks(after[2], lines[after[0] + 2 : after[1]], report)
            _take_out(rest, after[0], after[1])
    criteria = _read_rows(strategy, names, lines[head + 2 : end], lines[head][0], marks or (), report)
    _take_out(rest, head, end)
    return (None if marks is None else criteria), "\n".join(rest)


def _take_out(rest: list[str], head: int, end: int) -> None:
    above = next((n for n in reversed(range(head)) if rest[n].strip()), None)
    first = above if above is not None and re.match(r"\s{0,3}#{1,6}\s", rest[above]) else head
    rest[first:end] = [""] * (end - first)


def _column(cell: str) -> str:
    word = re.sub(r"[*_`:]", "", cell).strip().lower()
    return next((name for name, words in _HEADS.items() if word in words), "")


def _read_rows(
    strategy: Strategy,
    names: list[str],
    rows: list[tuple[int, str]],
    head: int,
    marks: tuple[MarkFor, ...],
    report: Report,
) -> Criteria | None:
    items: list[Criterion] = []
    places: list[tuple[int, dict[str, int]]] = []
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
        measure = data.pop(strategy, "")
        columns["points"] = columns.get(strategy, 1)
        for other in ("mark", *_MEASURES):
            data.pop(other, None)
        if measure and strategy != "comments":
            data |= _points(measure, levels=strategy == "points")
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
            places.append((line, columns))
        except ValidationError as error:
            good = False
            key = str(error.errors()[0]["loc"][0]) if error.errors()[0]["loc"] else "title"
            called = "mistakes" if key == "points" and strategy == "errors" else key
            report.add(
                line,
                columns.get(key, 1),
                "criteria",
                N_("This row of the criteria table cannot be read: “{value}” does not fit the column “{column}”."),
                hint=_NUMBER_HINT if called in ("mistakes", "weight") else _POINTS_HINT,
                value=str(data.get(key, "")),
                column=called,
            )
    if not good:
        return None
    if not items:
        report.add(head, 1, "criteria", N_("The criteria table has no rows."))
        return None
    if strategy == "points" and any(item.levels for item in items) and all(item.weight is None for item in items):
        strategy = "rubric"
    if strategy == "comments":
        for (line, columns), item in zip(places, items, strict=True):
            if item.weight is not None:
                column = columns.get("weight", 1)
                report.add(line, column, "criteria-weight", _WEIGHT, hint=_WEIGHT_HINT, title=item.title)
                good = False
    return Criteria(items=tuple(items), strategy=strategy, marks=marks) if good else None


def _read_marks(names: list[str], rows: list[tuple[int, str]], report: Report) -> tuple[MarkFor, ...] | None:
    """The marks by the number of mistakes; a mark is in per cent, with or without the sign. None if one is wrong."""
    found: list[MarkFor] = []
    good = True
    for line, text in rows:
        cells = dict(zip(names, _cells(text), strict=False))
        written = {name: cell.replace(",", ".") for name, (cell, _) in cells.items()}
        share = written.get("mark", "").rstrip(" %") + "%"
        try:
            found.append(MarkFor.model_validate({"mistakes": written.get("errors", ""), "mark": share}))
        except ValidationError as error:
            key = "errors" if error.errors()[0]["loc"] == ("mistakes",) else "mark"
            value, column = cells.get(key, ("", 1))
            report.add(line, column, "criteria-marks", _NO_MARK, hint=_NO_MARK_HINT, value=value)
            good = False
            continue
        said = _odd(found[-2] if len(found) > 1 else None, found[-1])
        if said:
            hint = _DISORDER_HINT if said == _DISORDER else ""
            report.add(line, cells["mark"][1], "criteria-marks", said, hint=hint, mistakes=f"{found[-1].mistakes:g}")
            good = False
    return tuple(found) if good else None


_NO_MARK = N_("This row of the marks for mistakes cannot be read: “{value}”.")
_NO_MARK_HINT = N_("Write the number of mistakes and a mark in per cent: | 2 | 70% |.")


def _points(cell: str, levels: bool) -> dict[str, Any]:
    """``5`` or ``2,5`` is a number; ``0 no; 3 partly; 5 fully`` are levels, and so is ``no; partly; fully``: 0, 1, 2."""
    if not levels or ";" not in cell:
        return {"points": cell.replace(",", ".")}
    parts = [part.strip() for part in cell.split(";")]
    if all(part and not part[0].isdigit() for part in parts):
        return {"levels": [{"points": float(place), "title": part} for place, part in enumerate(parts)]}
    found = []
    for part in parts:
        match = re.fullmatch(r"\s*(\d+(?:[.,]\d+)?)\s*[:–—-]?\s*(\S.*?)\s*", part)
        if not match:
            return {"points": cell}
        found.append({"points": float(match[1].replace(",", ".")), "title": match[2]})
    return {"levels": found}
