"""Model works: texts of the course that participants practise marking on, with what an expert gave them. Pure.

A model work is `models/<name>.md` of the course: front matter with a title and the expert's marks, then the work itself. A workshop
holds those it names, so that a published edition has them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field

from courses.blocks import BodySource, Part
from courses.criteria import Criteria, Criterion
from courses.problems import N_, Report
from courses.schema import validate

SHELF = "models"
"""The folder of model works."""

GRAMMAR = (
    N_(
        "A model work stands in a file `models/name.md`: in its front matter a `title`, the expert's `marks` by criterion (its title or "
        "id), the reasons for them under `why`, and a general `comment`; below it the work."
    ),
)
"""What may stand in a model work."""

V = TypeVar("V")
_NAME = re.compile(r"[^\W_][\w-]{0,39}")
_BARE = N_("Write its name without folder and ending: {bare}")


class ModelMatter(BaseModel):
    """The front matter of a model work."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str = Field(min_length=1, max_length=200)
    marks: dict[str, float] = {}
    why: dict[str, str] = {}
    comment: str = ""


class ModelWork(BaseModel):
    """A work as participants read it (`text` is HTML), and the expert's form: values and reasons by criterion id."""

    model_config = ConfigDict(frozen=True)

    name: str
    title: str
    text: str
    values: dict[str, float] = {}
    why: dict[str, str] = {}
    comment: str = ""

    @property
    def subject(self) -> str:
        """How marking forms name it."""
        return f"model:{self.name}"


def opened(
    names: Sequence[str], criteria: Criteria | None, source: BodySource, report: Report
) -> tuple[ModelWork, ...]:
    """The model works a workshop names, in its order; what is wrong with them is reported where it stands."""
    found = []
    if names and criteria is not None and criteria.strategy == "pairwise":
        report.add(
            *source.place("models"), "workshop-models-pairwise",
            N_("Works that are compared in pairs cannot be practised on one by one."),
            hint=N_("Take out “models”, or mark by another strategy."),
        )  # fmt: skip
        return ()
    for name in dict.fromkeys(names):
        part = source.part(f"{SHELF}/{name}.md") if _NAME.fullmatch(name) else None
        if part is None:
            bare = name.rpartition("/")[2].removesuffix(".md")
            report.add(
                *source.place("models"), "workshop-model-unknown", N_("There is no model work “{name}”."),
                hint=N_("A model work is a file of the course: {path}") if bare == name else _BARE,
                name=name, bare=bare, path=f"{SHELF}/{name}.md",
            )  # fmt: skip
            continue
        one = _read(name, part, criteria, report.at(part.path))
        if one is not None:
            found.append(one)
    return tuple(found)


def _read(name: str, part: Part, criteria: Criteria | None, report: Report) -> ModelWork | None:
    matter, _ = validate(ModelMatter, part.document, report)
    text = part.source.html()
    if matter is None or criteria is None or part.document.broken:  # what cannot be read is not missing
        return None
    known = {key: item for item in criteria.items for key in (item.id, item.title)}
    values = _by_id(matter.marks, "marks", known, part, report)
    for item in criteria.items:
        _fitting(item, values.get(item.id), criteria, part, report)
    why = _by_id(matter.why, "why", known, part, report)
    return ModelWork(name=name, title=matter.title, text=text, values=values, why=why, comment=matter.comment.strip())


def _by_id(
    written: Mapping[str, V], key: str, known: Mapping[str, Criterion], part: Part, report: Report
) -> dict[str, V]:
    found = {}
    for word, value in written.items():
        if word in known:
            found[known[word].id] = value
        else:
            report.add(
                *part.document.place((key, word), key=True), "workshop-model-criterion",
                N_("The workshop has no criterion “{word}”."),
                hint=N_("Criteria are called by their title or id, as in the table of the workshop."), word=word,
            )  # fmt: skip
    return found


def _fitting(item: Criterion, value: float | None, criteria: Criteria, part: Part, report: Report) -> None:
    """Whether the expert gave a mark that a participant could give."""
    if not item.points or criteria.strategy == "comments":
        return
    place = part.document.place(("marks",))
    if value is None:
        report.add(
            *place, "workshop-model-mark", N_("The expert's mark for “{title}” is missing."),
            hint=N_("Give a mark for each criterion: participants compare theirs with it."), title=item.title,
        )  # fmt: skip
    elif not (value in {level.points for level in item.levels} if item.levels else 0 <= value <= item.points):
        steps = ", ".join(f"{level.points:g}" for level in item.levels)
        for key in (item.title, item.id):
            if ("marks", key) in part.document.values:
                place = part.document.place(("marks", key))
        report.add(
            *place, "workshop-model-mark", N_("Nobody can give {value} for “{title}”: it brings {steps}."),
            hint=N_("Give a mark that the form allows."),
            value=f"{value:g}", title=item.title, steps=steps or f"0–{item.points:g}",
        )  # fmt: skip
