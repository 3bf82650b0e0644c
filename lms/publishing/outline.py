"""A course as the hot pages need it: every item once, in order, with what decides about it already worked out.

Made once for each published edition and kept; nothing in it depends on a person.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from courses.requires import Tree, mentioned, parse
from courses.tree import Course, Module


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
    def required(self) -> tuple[str, ...]:
        """Ids of the items that the completion rule asks for, in order."""
        return tuple(item.id for item in self.items.values() if item.required)

    @cached_property
    def graded(self) -> tuple[Item, ...]:
        """Activities that count towards the course's score."""
        return tuple(item for item in self.activities if item.parts and item.weight > 0)

    @cached_property
    def weights(self) -> float:
        """The sum of their weights."""
        return sum(item.weight for item in self.graded)

    @cached_property
    def modules(self) -> Mapping[str, Module]:
        """Modules by id."""
        return {module.id: module for module in self.course.modules}

    @cached_property
    def aliases(self) -> Mapping[str, str]:
        """Present ids of lessons and activities by former ones."""
        found = {former: lesson.id for lesson in self.course.lessons() for former in lesson.aliases}
        for block in self.course.blocks():
            found.update(dict.fromkeys(block.settings.get("aliases") or (), block.id))
        return found

    @cached_property
    def module_aliases(self) -> Mapping[str, str]:
        """Present ids of modules by former ones."""
        return {former: module.id for module in self.course.modules for former in module.aliases}

    def lesson_at(self, module: str, lesson: str) -> Item | None:
        """The lesson that an old address named, before it or its module got another id."""
        item = self.items.get(self.aliases.get(lesson, lesson))
        if item is None or item.kind != "lesson":
            return None
        return item if lesson in self.aliases or self.module_aliases.get(module) == item.module else None

    @cached_property
    def place(self) -> Mapping[str, int]:
        """Which one, from 0, each lesson is."""
        return {item.id: place for place, item in enumerate(self.lessons)}

    @cached_property
    def near(self) -> Mapping[str, tuple[str, ...]]:
        """For each module the ids whose results say how its items stand: theirs, their parts', those their conditions speak of."""
        found: dict[str, tuple[str, ...]] = {}
        for module, items in self.by_module.items():
            asked = {id for item in items for id in (item.id, *(part for part, _, _ in item.parts))}
            for item in items:
                for id in mentioned(item.requires):
                    asked.add(id)
                    owner = self.owner.get(id)
                    # the share of an activity may have to be made of its parts
                    asked |= {part for part, _, _ in self.items[owner].parts} if owner else set()
            found[module] = tuple(sorted(asked))
        return found

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
