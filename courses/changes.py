"""What a new edition means for what people did in the old one: said by each kind of block, compared word by word.

Pure and without memory: two settings come in, a list of changes comes out. Whether anybody is touched, and how many, the core knows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from courses.problems import N_

if TYPE_CHECKING:
    from courses.criteria import Criteria
    from courses.phases import Phase

ALIKE = 0.7
"""Two words that share so much of their letters are one word in two spellings."""


@dataclass(frozen=True)
class Change:
    """One change of a block. ``text`` is an English sentence for translation with ``{named}`` fields filled from ``params``;
    ``line`` is that of the new file, 0 for the block's own. A ``harmful`` one makes what people did there mean something else:
    it stops publishing until it is accepted, if anybody has done anything there."""

    code: str
    text: str
    params: Mapping[str, str | int | float] = field(default_factory=dict)
    line: int = 0
    harmful: bool = True


def words(text: str) -> list[str]:
    """The words of a text as they are compared: letter case, ё, quotation marks and signs between words make no difference.

    >>> words("Ёлка — это «дерево», верно?")
    ['елка', 'это', 'дерево', 'верно']
    """
    return re.findall(r"\w+(?:[.,]\d+)*", text.casefold().replace("ё", "е"))


def same_meaning(before: str, after: str) -> bool:
    """Whether two texts differ in spelling alone. A word more or less, another word or another number is another meaning.

    >>> same_meaning("Какая форма роботы удобна?", "Какая форма работы удобна")
    True
    >>> same_meaning("Что является формой работы?", "Что не является формой работы?")
    False
    >>> same_meaning("Это было в 2004 году", "Это было в 2005 году")
    False
    """
    old, new = words(before), words(after)
    if "".join(old) == "".join(new):  # a space too much or too little
        return not _signs(before) ^ _signs(after)
    return len(old) == len(new) and all(map(_one_word, old, new)) and not _signs(before) ^ _signs(after)


def _signs(text: str) -> set[str]:
    """Signs that carry meaning in formulas and code."""
    return set(re.findall(r"[-+*/=<>≠≤≥±×÷^%]+", re.sub(r"(?<!\S)[-–—](?!\S)", " ", text))) - {"-"}


def _one_word(old: str, new: str) -> bool:
    if old == new:
        return True
    if min(len(old), len(new)) < 4 or re.search(r"\d", old + new):
        return False
    # «не», «un-», «in-» at the beginning turn a word round
    return old[0] == new[0] and abs(len(old) - len(new)) < 3 and SequenceMatcher(None, old, new).ratio() >= ALIKE


def likeness(before: str, after: str) -> float:
    """How much two texts share, 0 to 1, by words."""
    return SequenceMatcher(None, words(before), words(after), autojunk=False).ratio()


def paired(before: Sequence[str], after: Sequence[str]) -> list[tuple[int | None, int | None]]:
    """Which text of ``before`` (by place) became which of ``after``: the same ones first, then those that are alike, then what
    stands between the same neighbours. None on one side: taken out, or new. In the order of ``after``, then what was taken out."""
    left = dict(enumerate(before))
    found: dict[int, int] = {}
    for place, text in enumerate(after):
        near = sorted(left, key=lambda old: abs(old - place))
        same = next((old for old in near if left[old] == text), None)
        if same is None:
            same = next((old for old in near if left[old] not in after and same_meaning(left[old], text)), None)
        if same is not None:
            found[place] = same
            del left[same]
    for place, text in enumerate(after):
        if place not in found and left:
            best = max(left, key=lambda old: (likeness(left[old], text), -abs(old - place)))
            if likeness(left[best], text) >= 0.5:
                found[place] = best
                del left[best]
    for place in range(len(after)):
        if place not in found and place in left and len(before) == len(after):
            found[place] = place
            del left[place]
    return [(found.get(place), place) for place in range(len(after))] + [(old, None) for old in left]


def of_criteria(before: Criteria | None, after: Criteria | None) -> list[Change]:
    """What a change of a marking form means for the marks given by it."""
    old = {item.id: item for item in before.items} if before else {}
    new = {item.id: item for item in after.items} if after else {}
    found = [
        Change("criteria-changed", N_("the criterion “{title}” is gone; marks given by it stay as they are."), {"title": item.title})
        for id, item in old.items()
        if id not in new
    ]  # fmt: skip
    for id, item in new.items():
        was = old.get(id)
        if was is None:
            text = N_("the criterion “{title}” is new; marks given so far were given without it.")
            found.append(Change("criteria-changed", text, {"title": item.title}))
        elif not same_meaning(was.title, item.title):
            text = N_("the criterion “{before}” is called “{title}” now.")
            found.append(Change("criteria-changed", text, {"before": was.title, "title": item.title}))
        elif (was.points, was.weight, [each.points for each in was.levels]) != (
            item.points, item.weight, [each.points for each in item.levels]
        ):  # fmt: skip
            weighs = was.points == item.points and was.weight != item.weight
            text = N_("the criterion “{title}” brings other points: {before} before, {after} now.")
            if weighs:
                text = N_("the criterion “{title}” weighs otherwise: {before} before, {after} now.")
            values: dict[str, str | float] = {
                "title": item.title,
                "before": figure(was.points if not weighs or was.weight is None else was.weight),
                "after": figure(item.points if not weighs or item.weight is None else item.weight),
            }
            found.append(Change("points-changed", text, values))
    if before is not None and after is not None and (before.strategy, before.marks) != (after.strategy, after.marks):
        found.append(Change("criteria-changed", N_("the marking form is reckoned in another way.")))
    return found


def of_pass_mark(before: float | None, after: float | None) -> list[Change]:
    """What a change of the share that passes means; lower is harmless."""
    if before == after:
        return []
    if after is None:
        return [Change("pass-changed", N_("there is no pass mark any more."), harmful=False)]
    if before is None:
        return [Change("pass-changed", N_("there is a pass mark now: {after}%."), {"after": _percent(after)})]
    text = N_("the pass mark is {after}% instead of {before}%.")
    return [
        Change("pass-changed", text, {"before": _percent(before), "after": _percent(after)}, harmful=after > before)
    ]


def of_phases(before: Sequence[Phase], after: Sequence[Phase]) -> list[Change]:
    """What other phases mean for those who are in the midst of them; other moments of closing are said as dates."""
    old = {phase.name: phase for phase in before}
    found = []
    for phase in after:
        was = old.pop(phase.name, None)
        if was is None:
            if before:
                found.append(Change("phase-changed", N_("the phase “{phase}” is new"), {"phase": phase.name}))
        elif phase.by_tutor and not was.by_tutor:
            text = N_("the phase “{phase}” opens when the tutor says")
            found.append(Change("phase-changed", text, {"phase": phase.name}))
        elif phase.opens and was.opens != phase.opens:
            text = N_("the phase “{phase}” opens at another time: {after}")
            found.append(Change("phase-changed", text, {"phase": phase.name, "after": str(phase.opens)}))
        elif was.opens and not phase.opens:
            text = N_("the phase “{phase}” has no opening date any more")
            found.append(Change("phase-changed", text, {"phase": phase.name}))
    if after:
        found += [Change("phase-changed", N_("the phase “{phase}” is gone"), {"phase": name}) for name in old]
    return found


def _percent(share: float) -> int | float:
    return figure(round(share * 100, 2))


def figure(value: float) -> int | float:
    """A number as a sentence says it: without a decimal point where there is nothing behind it."""
    return int(value) if value == int(value) else value
