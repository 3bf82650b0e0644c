"""A course as the hot pages need it: every item once, in order, with what decides about it already worked out.

Made once for each published edition and kept; nothing in it depends on a person.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from courses.requires import Tree, parse
from courses.tree import Course


@dataclass(frozen=True)
class Item:
    """A lesson or an activity. `path` is its address below the run's base; `minutes` its own."""

    id: str
    title: str
    kind: str
    """"lesson", or the activity's kind."""
    module: str
    lesson: str
    path: str
    minutes: int
    requires: Tree | None
    required: bool
    """Whether the course's completion rule asks for it."""
    weight: float
    parts: tuple[tuple[str, float, float], ...] = ()
    """Grade items: (id, maximum points, weight)."""


@dataclass(frozen=True)
class Outline:
    """The items of a course, by id in the order of reading, and the share of the score that completion asks for."""

    course: Course
    items: Mapping[str, Item]
    score: float | None

    @cached_property
    def lessons(self) -> tuple[Item, ...]:
        """Lessons only, in order."""
        return tuple(item for item in self.items.values() if item.kind == "lesson")

    @cached_property
    def activities(self) -> tuple[Item, ...]:
        """Activities only, in order."""
        return tuple(item for item in self.items.values() if item.kind != "lesson")

    @cached_property
    def by_module(self) -> Mapping[str, tuple[Item, ...]]:
        """The items of each module."""
        found: dict[str, list[Item]] = {module.id: [] for module in self.course.modules}
        for item in self.items.values():
            found[item.module].append(item)
        return {module: tuple(items) for module, items in found.items()}

    @cached_property
    def by_lesson(self) -> Mapping[str, tuple[Item, ...]]:
        """The activities of each lesson."""
        found: dict[str, list[Item]] = {lesson.id: [] for lesson in self.lessons}
        for item in self.activities:
            found[item.lesson].append(item)
        return {lesson: tuple(items) for lesson, items in found.items()}

    @cached_property
    def owner(self) -> Mapping[str, str]:
        """Which item a result belongs to: the item itself, or the activity a grade item is a part of."""
        found = {id: id for id in self.items}
        for item in self.activities:
            found.update({part: item.id for part, _, _ in item.parts})
        return found


def outline(course: Course) -> Outline:
    """Work out the outline of one edition."""
    asked = course.completion.activities
    items: dict[str, Item] = {}
    grades: dict[str, list[tuple[str, float, float]]] = {}
    for grade in course.grade_items:
        grades.setdefault(grade.id.partition(".")[0], []).append((grade.id, grade.max_points, grade.weight))
    for module in course.modules:
        for lesson in module.lessons:
            items[lesson.id] = Item(
                lesson.id, lesson.title, "lesson", module.id, lesson.id, f"{module.id}/{lesson.id}/", lesson.minutes,
                lesson.requires, course.completion.lessons == "all", 0.0,
            )  # fmt: skip
            for id in lesson.blocks:
                block = course.block(id)
                settings: Mapping[str, Any] = block.settings
                required = bool(settings.get("required", True)) if asked == "all" else asked != "none" and id in asked
                items[id] = Item(
                    id, block.title, block.kind, module.id, lesson.id, f"activities/{id}/", int(settings.get("minutes") or 0),
                    parse(settings["requires"]) if settings.get("requires") else None, required,
                    float(settings.get("weight", 1)), tuple(grades.get(id, ())),
                )  # fmt: skip
    return Outline(course, items, course.completion.score)
