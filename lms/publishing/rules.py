"""What a new edition of a course means for the people of a run, worked out from the two editions. Pure: neither Flask nor a database.

This is one module because it is one question, asked of items, blocks, dates and hours in turn; the facts about people (who has
worked at what) are handed in, so that every sentence of the report can be tried without a site.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from difflib import SequenceMatcher
from typing import Any
from zoneinfo import ZoneInfo

from courses.blocks import Block, BlockKind, Deadline, GradeItem
from courses.changes import of_phases, same_meaning, words
from courses.text import plain_text
from courses.tree import Lesson
from lms.i18n import Message, mark
from lms.plugin import Run
from lms.publishing.outline import Item, Outline
from lms.wording import instant, number

People = frozenset[int]


@dataclass(frozen=True)
class Effect:
    """One thing a new edition means for a run. `people`: how many it touches; a `harmful` one has to be accepted by its `code`.

    `item` is the id it is about ("" for the course); `path` and `line` are in the new files, "" and 0 where there is no place.
    """

    code: str
    harmful: bool
    text: Message
    item: str = ""
    path: str = ""
    line: int = 0
    people: int = 0
    hint: Message | None = None

    @property
    def order(self) -> tuple[bool, str, int, str, str]:
        """How a report sorts them: what is harmful first, then as the files go."""
        return (not self.harmful, self.path, self.line, self.code, self.item)


@dataclass(frozen=True)
class Facts:
    """What is known about the people of a run. `learners` are there now; `worked` and `done`: everybody who ever did something at,
    or completed, an item, by its present id."""

    run: Run
    learners: People = frozenset()
    worked: Mapping[str, People] = field(default_factory=dict)
    done: Mapping[str, People] = field(default_factory=dict)

    def at(self, item: str) -> int:
        """How many have worked at an item."""
        return len(self.worked.get(item, ()))


# ------------------------------------------------------------------------------------------- which is which


def carried(before: Outline, after: Outline) -> dict[str, str]:
    """Which lessons and activities go on under another id, by former id: those whose aliases say so. The other way round when a run
    goes back to an edition in which they still had the former id."""
    found: dict[str, str] = {}
    for old, new in after.aliases.items():
        if old in before.items and old not in after.items and new not in before.items and new not in found.values():
            found[old] = new
    for old, new in before.aliases.items():
        if old in after.items and old not in before.items and new not in after.items and new not in found:
            found[new] = old
    return found


def recognised(before: Outline, after: Outline, names: Mapping[str, str], texts: Mapping[str, str]) -> dict[str, str]:
    """Which of the items that are gone seem to be there under a new id, by former id: of the same kind, alike in title, text and
    place. `texts` is the HTML of the old lessons by id."""
    gone = [item for id, item in before.items.items() if id not in after.items and id not in names]
    fresh = [item for id, item in after.items.items() if id not in before.items and id not in names.values()]
    pairs = [
        (_likeness(before, old, after, new, texts, names), old.id, new.id)
        for old in gone
        for new in fresh
        if old.kind == new.kind
    ]
    found: dict[str, str] = {}
    for likeness, one, other in sorted(pairs, reverse=True):
        if likeness >= RECOGNISED and one not in found and other not in found.values():
            found[one] = other
    return found


RECOGNISED = 0.6
"""From so much likeness on, something new is taken for something old under another id."""


def _likeness(
    before: Outline, old: Item, after: Outline, new: Item, texts: Mapping[str, str], names: Mapping[str, str]
) -> float:
    title = 1.0 if same_meaning(old.title, new.title) else SequenceMatcher(None, old.title, new.title).ratio()
    if old.kind == "lesson":
        body = _shared(texts.get(old.id, ""), after.course.lesson(new.id).html, title)
        near = names.get(old.module, old.module) == new.module or before.place[old.id] == after.place[new.id]
        return 0.4 * title + 0.4 * body + 0.2 * near
    body = _shared(_words_of(before.course.block(old.id)), _words_of(after.course.block(new.id)), title)
    near = names.get(old.lesson, old.lesson) == new.lesson
    return 0.2 * title + 0.6 * body + 0.2 * near


def _words_of(block: Block[Any]) -> str:
    own = {key: value for key, value in block.settings.items() if key not in ("id", "aliases", "requires")}
    return " ".join(_strings(own))


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _strings(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _strings(part)


def _shared(one: str, other: str, silent: float) -> float:
    """The part of their words that two texts share, 0 to 1; `silent` where neither says anything."""
    old, new = Counter(words(plain_text(one))), Counter(words(plain_text(other)))
    most = max(old.total(), new.total())
    return (old & new).total() / most if most else silent


# ------------------------------------------------------------------------------------------- what it means


def effects(
    before: Outline, after: Outline, kinds: Mapping[str, BlockKind[Any]], facts: Facts, texts: Mapping[str, str] | None = None
) -> list[Effect]:  # fmt: skip
    """Everything the editions themselves tell, for one run. `texts`: the HTML of old lessons that are gone, by id."""
    names = carried(before, after)
    return [
        *_gone_and_new(before, after, names, facts, texts or {}),
        *_modules(before, after),
        *_blocks(before, after, names, kinds, facts),
        *_dates(before, after, names, facts),
        *_hours(before, after, facts),
    ]


def place_of(outline: Outline, id: str) -> tuple[str, int]:
    """Path and line of an item in the files it was published from."""
    item = outline.items[id]
    if item.kind == "lesson":
        return outline.course.lesson(id).path, 1
    block = outline.course.block(id)
    return block.path, block.line


def _gone_and_new(
    before: Outline, after: Outline, names: Mapping[str, str], facts: Facts, texts: Mapping[str, str]
) -> Iterator[Effect]:
    similar = recognised(before, after, names, texts)
    for id, item in before.items.items():
        people = facts.at(id)
        if id in names:
            text = Message(
                mark("“{title}” ({id}) goes on as “{now}” ({new}): what people did moves with it."),
                {"title": item.title, "id": id, "now": after.items[names[id]].title, "new": names[id]},
            )
            yield Effect("carried-over", False, text, names[id], *place_of(after, names[id]), people)
        elif id in similar:
            new = after.items[similar[id]]
            path, line = place_of(after, new.id)
            text = Message(
                mark(
                    "“{title}” ({id}) seems to be “{now}” ({new}) now."
                    " As it stands, what people did in it does not count there."
                ),
                {"title": item.title, "id": id, "now": new.title, "new": new.id},
            )
            way = mark("If it is the same lesson, add a line to the head of {path}: aliases: [{id}]")
            if item.kind != "lesson":
                way = mark("If it is the same, add a line to its options in {path}: :aliases: {id}")
            yield Effect("renamed", bool(people), text, id, path, line, people, Message(way, {"path": path, "id": id}))
        elif id not in after.items:
            text = Message(mark("The lesson “{title}” ({id}) is gone."), {"title": item.title, "id": id})
            if item.kind != "lesson":
                text = Message(
                    mark("The activity “{title}” ({id}) is gone. Results in it are kept, and no longer count."),
                    {"title": item.title, "id": id},
                )
            yield Effect("item-vanished", bool(people), text, id, people=people)
    for id, item in after.items.items():
        if id in before.items or id in names.values():
            continue
        if people := facts.at(id):
            text = Message(
                mark("“{title}” ({id}) is new, but people have results in something earlier that had the same id."),
                {"title": item.title, "id": id},
            )
            yield Effect("id-reused", True, text, id, *place_of(after, id), people)
        elif id not in similar.values():
            text = Message(mark("“{title}” ({id}) is new."), {"title": item.title, "id": id})
            yield Effect("item-added", False, text, id, *place_of(after, id))


def _modules(before: Outline, after: Outline) -> Iterator[Effect]:
    """Modules keep no results, but their ids stand in the addresses people have noted."""
    for old in before.course.modules:
        if old.id in after.modules or old.id in after.module_aliases:
            continue
        mine = {lesson.id for lesson in old.lessons}
        new = next((each for each in after.course.modules if mine & {lesson.id for lesson in each.lessons}), None)
        if new is not None and new.id not in before.modules:
            text = Message(
                mark(
                    "The module “{title}” has the id {new} instead of {id}: old addresses of its lessons lead nowhere."
                ),
                {"title": new.title, "id": old.id, "new": new.id},
            )
            hint = Message(mark("Add a line to the head of its index.md: aliases: [{id}]"), {"id": old.id})
            yield Effect("renamed", False, text, old.id, _index_of(new.lessons), 1 if new.lessons else 0, 0, hint)


def _index_of(lessons: Collection[Lesson]) -> str:
    first = next(iter(lessons), None)
    return f"{first.path.rpartition('/')[0]}/index.md" if first is not None else ""


def _blocks(
    before: Outline, after: Outline, names: Mapping[str, str], kinds: Mapping[str, BlockKind[Any]], facts: Facts
) -> Iterator[Effect]:
    for id, item in before.items.items():
        new = after.items.get(names.get(id, id))
        if new is None:
            continue
        people = facts.at(id)
        path, line = place_of(after, new.id)
        if item.kind != new.kind:
            text = Message(
                mark(
                    "“{title}” ({id}) is of the kind {after} now, not {before}: what people did in it cannot be shown there."
                ),
                {"title": new.title, "id": new.id, "before": item.kind, "after": new.kind},
            )
            yield Effect("kind-changed", bool(people), text, new.id, path, line, people)
        elif item.kind != "lesson":
            said = list(_said_by_kind(before.course.block(id), after.course.block(new.id), kinds, people))
            yield from said
            known = {effect.code for effect in said}
            yield from _columns(before, item, after, new, people, known)
            if item.weight != new.weight and item.parts:
                text = Message(
                    mark("“{title}” weighs {after} in the score of the course instead of {before}."),
                    {"title": new.title, "before": number(item.weight), "after": number(new.weight)},
                )
                yield Effect("weight-changed", bool(people), text, new.id, path, line, people)


def _said_by_kind(
    before: Block[Any], after: Block[Any], kinds: Mapping[str, BlockKind[Any]], people: int
) -> Iterator[Effect]:
    kind = kinds.get(after.kind)
    if kind is None:
        return
    try:
        changes = (*kind.compare(before, after), *of_phases(kind.phases(before), kind.phases(after)))
    except Exception:
        # an older version of the kind may have stored what this one cannot read: that must not stop an author
        text = Message(mark("“{title}” could not be compared with what it was."), {"title": after.title})
        yield Effect("not-compared", bool(people), text, after.id, after.path, after.line, people)
        return
    for change in changes:
        text = Message(
            mark("“{title}”: {what}"), {"title": after.title, "what": Message(change.text, dict(change.params))}
        )
        harmful = change.harmful and bool(people)
        yield Effect(change.code, harmful, text, after.id, after.path, change.line or after.line, people)


def _columns(
    before: Outline, item: Item, after: Outline, new: Item, people: int, known: Collection[str]
) -> Iterator[Effect]:
    path, line = place_of(after, new.id)
    old, now = _grades(before, item), _grades(after, new)
    for id, grade in old.items():
        if id not in now:
            text = Message(
                mark("“{title}” gives no mark “{part}” any more. Marks given are kept, and no longer count."),
                {"title": new.title, "part": grade.title},
            )
            yield Effect("item-vanished", bool(people), text, new.id, path, line, people)
        elif grade.max_points != now[id].max_points and "points-changed" not in known:
            text = Message(
                mark("“{title}” brings {after} points at most instead of {before}. Marks given stay as they are."),
                {
                    "title": now[id].title,
                    "before": number(grade.max_points),
                    "after": number(now[id].max_points),
                },
            )
            yield Effect("points-changed", bool(people), text, new.id, path, line, people)


def _grades(outline: Outline, item: Item) -> dict[str, GradeItem]:
    """The grade items of an activity by their part ("" for its own)."""
    return {
        grade.id.partition(".")[2]: grade
        for grade in outline.course.grade_items
        if grade.id.partition(".")[0] == item.id
    }


def _dates(before: Outline, after: Outline, names: Mapping[str, str], facts: Facts) -> Iterator[Effect]:
    old, new = _by_item(before), _by_item(after)
    for id, dates in old.items():
        now = new.pop(names.get(id, id), [])
        if names.get(id, id) not in after.items:
            continue
        touched = len(facts.learners - facts.done.get(id, frozenset()))
        yield from _moved(dates, now, after, names.get(id, id), facts.run, touched)
    for id, dates in new.items():
        touched = len(facts.learners - facts.done.get(id, frozenset()))
        if id in before.items:
            yield from _moved([], dates, after, id, facts.run, touched)


def _by_item(outline: Outline) -> dict[str, list[Deadline]]:
    found: dict[str, list[Deadline]] = {}
    for deadline in outline.course.deadlines:
        found.setdefault(deadline.item.partition(".")[0], []).append(deadline)
    return found


def _moved(
    before: list[Deadline], after: list[Deadline], outline: Outline, id: str, run: Run, people: int
) -> Iterator[Effect]:
    path, line = place_of(outline, id)
    left = list(after)
    for place, old in enumerate(before):
        new = next((each for each in left if each.title == old.title), None)
        if new is None and len(before) == len(after) and after[place] in left:
            new = after[place]
        was = _resolved(old, run)
        if new is None:
            text = Message(
                mark("“{title}” has no date any more; it was {before}."),
                {"title": old.title, "before": instant(was, run.timezone)},
            )
            yield Effect("deadline-moved", False, text, id, path, line, people)
            continue
        left.remove(new)
        now = _resolved(new, run)
        if now == was:
            continue
        sooner = mark("“{title}” comes earlier: {after} instead of {before}.")
        later = mark("“{title}” comes later: {after} instead of {before}.")
        text = Message(
            sooner if now < was else later,
            {"title": new.title, "before": instant(was, run.timezone), "after": instant(now, run.timezone)},
        )
        # a meeting that is moved at all is one that people may miss
        harmful = bool(people) and (now < was or new.end is not None)
        yield Effect("deadline-moved", harmful, text, id, path, line, people)
    for new in left:
        text = Message(
            mark("“{title}” has a date now: {after}."),
            {"title": new.title, "after": instant(_resolved(new, run), run.timezone)},
        )
        yield Effect("deadline-moved", bool(people), text, id, path, line, people)


def _resolved(deadline: Deadline, run: Run) -> datetime:
    return deadline.moment.resolve(run.starts_on, ZoneInfo(run.timezone), end_of_day=deadline.end is None)


def _hours(before: Outline, after: Outline, facts: Facts) -> Iterator[Effect]:
    if before.course.hours != after.course.hours:
        text = Message(
            mark("The course takes {after} academic hours instead of {before}; certificates will say so."),
            {"before": number(before.course.hours), "after": number(after.course.hours)},
        )
        yield Effect("hours-changed", bool(facts.learners), text, "", "course.md", 1, len(facts.learners))
