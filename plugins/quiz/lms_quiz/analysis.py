"""What answers to a quiz tell its author: the figures of `statistics`, who gave which answer, and advice in words. Pure.

Attempts come from a site or from a file of answers; both are shown the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import fsum
from typing import NamedTuple

from courses.problems import N_
from lms_quiz import rules
from lms_quiz.statistics import FEW, Item, Statistics, statistics

EASY = 0.95
"""From this facility on almost everybody is right."""

HARD = 0.2
"""Below this facility hardly anybody is."""

SHAKY = 0.64
"""A quiz less consistent than this should decide nothing about a person."""

SHOWN = 10
"""Typed answers that are listed, the most frequent; the others are counted together."""

MOST_TRIES = 5
"""Tries that are told apart, the first ones."""

BINS = 10
"""Bars in the picture of the totals."""


@dataclass(frozen=True)
class Probe:
    """A question as it is studied. `choices` with `worth`: what there is to choose from, and what each choice alone is worth
    (None: it cannot be said of one alone)."""

    number: int
    text: str
    most: float
    guess: float | None = None
    choices: tuple[str, ...] = ()
    worth: tuple[float | None, ...] = ()


class Answered(NamedTuple):
    """What one attempt has at one question: its points, and the answer that counts as words (see `QuestionKind.labels`); `tries`:
    the answers of all tries in order, where there may be several."""

    points: float
    labels: tuple[str, ...] = ()
    tries: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Choice:
    """An answer and those who gave it: their share of all who were asked, and the mean of their totals (None of nobody).
    `kind`: "answer", "other" (all that are not listed) or "blank" (no answer)."""

    label: str
    count: int
    share: float
    total: float | None
    kind: str = "answer"
    worth: float | None = None


@dataclass(frozen=True)
class Advice:
    """One thing to look at, a sentence for translation."""

    code: str
    text: str
    values: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True)
class Studied:
    """One question with its figures and answers. `tries`: how many gave each answer on the first, second … try, () where nobody had
    more than one."""

    probe: Probe
    item: Item
    answers: tuple[Choice, ...]
    tries: tuple[tuple[str, tuple[int, ...]], ...] = ()


@dataclass(frozen=True)
class Study:
    """A quiz. `totals`: how many attempts lie in each tenth of the points."""

    figures: Statistics
    questions: tuple[Studied, ...]
    totals: tuple[int, ...]
    advice: tuple[Advice, ...]


def study(probes: Sequence[Probe], attempts: Sequence[Sequence[Answered | None]]) -> Study:
    """What these attempts tell (one row each, by question; None where an attempt did not ask it). Advice is given from `FEW`
    attempts on: what fewer people did may be chance."""
    rows = [[None if one is None else one.points for one in row] for row in attempts]
    figures = statistics(rows, [probe.most for probe in probes], [probe.guess for probe in probes])
    most = [fsum(probe.most for probe, one in zip(probes, row, strict=True) if one is not None) for row in attempts]
    shares = [
        fsum(points for points in row if points is not None) / whole if whole else 0.0
        for row, whole in zip(rows, most, strict=True)
    ]
    questions = tuple(
        Studied(
            probe,
            item,
            _answers(probe, [(row[place], share) for row, share in zip(attempts, shares, strict=True)]),
            _tries(probe, [one.tries for row in attempts if (one := row[place]) is not None]),
        )
        for place, (probe, item) in enumerate(zip(probes, figures.items, strict=True))
    )
    totals = [0] * BINS
    for share in shares:
        totals[min(BINS - 1, max(0, int(share * BINS + 1e-9)))] += 1
    return Study(figures, questions, tuple(totals), () if figures.few else tuple(_advice(figures, questions)))


def _answers(probe: Probe, given: Sequence[tuple[Answered | None, float]]) -> tuple[Choice, ...]:
    """Who gave which answer. What can be chosen stands in the author's order; what was typed, by how often."""
    of: dict[str, list[float]] = {words: [] for words in probe.choices}
    seen: dict[str, str] = {}
    blank: list[float] = []
    asked = 0
    for one, share in given:
        if one is None:
            continue
        asked += 1
        if not one.labels:
            blank.append(share)
        for words in one.labels:
            if words not in of:
                # typed answers that are the same but for spelling are counted together, under the first one met
                words = seen.setdefault(rules.normal(words), words)
                of.setdefault(words, [])
            of[words].append(share)

    def choice(words: str, totals: Sequence[float], kind: str = "answer", worth: float | None = None) -> Choice:
        return Choice(
            words, len(totals), len(totals) / asked if asked else 0.0, fsum(totals) / len(totals) if totals else None,
            kind, worth,
        )  # fmt: skip

    worth = dict(zip(probe.choices, probe.worth, strict=False))
    found = [choice(words, of[words], worth=worth.get(words)) for words in dict.fromkeys(probe.choices)]
    typed = sorted((words for words in of if words not in worth), key=lambda words: (-len(of[words]), words))
    found += [choice(words, of[words]) for words in typed[:SHOWN]]
    others = [share for words in typed[SHOWN:] for share in of[words]]
    found += [choice("", others, "other")] if others else []
    return (*found, choice("", blank, "blank")) if blank else tuple(found)


def _tries(probe: Probe, given: Sequence[tuple[tuple[str, ...], ...]]) -> tuple[tuple[str, tuple[int, ...]], ...]:
    most = min(MOST_TRIES, max(map(len, given), default=0))
    if most < 2:
        return ()
    counts: dict[str, list[int]] = {words: [0] * most for words in probe.choices}
    seen = {rules.normal(words): words for words in probe.choices}
    for tries in given:
        for place, labels in enumerate(tries[:most]):
            for words in labels:
                shown = seen.setdefault(rules.normal(words), words)
                counts.setdefault(shown, [0] * most)[place] += 1
    typed = sorted(
        (words for words in counts if words not in probe.choices), key=lambda words: (-sum(counts[words]), words)
    )
    return tuple((words, tuple(counts[words])) for words in [*dict.fromkeys(probe.choices), *typed[:SHOWN]])


def _advice(figures: Statistics, questions: Sequence[Studied]) -> list[Advice]:
    found: list[Advice] = []
    for one in questions:
        item, values = one.item, {"number": one.probe.number}
        if item.facility is None or item.facility_interval is None or item.asked < FEW:
            continue
        better = _better_than_right(one)
        if item.discrimination is not None and item.discrimination < 0:
            found.append(Advice("key", N_("Strong people fail question {number}: check its key."), values))
        elif better is not None:
            text = N_(
                "Those who chose “{label}” at question {number} did better on the whole than those who chose what is right:"
                " check its key and its wording."
            )
            found.append(Advice("better", text, {**values, "label": better.label}))
        elif item.facility >= EASY:
            text = N_("Almost everybody is right at question {number}: it is good for courage, but tells nobody apart.")
            found.append(Advice("easy", text, values))
        elif item.guess is not None and item.facility_interval[0] <= item.guess:
            text = N_(
                "The answers to question {number} are no better than guessing: teach it anew, or ask it otherwise."
            )
            found.append(Advice("guess", text, values))
        elif item.facility < HARD:
            text = N_("Hardly anybody is right at question {number}: check its key and whether it was taught.")
            found.append(Advice("hard", text, values))
        elif item.weak:
            text = N_("Question {number} hardly tells the strong from the weak: look at its wording.")
            found.append(Advice("weak", text, values))
        for choice in one.answers:
            if choice.kind == "answer" and not choice.count and choice.worth == 0 and item.facility < EASY:
                text = N_("Nobody chose “{label}” at question {number}: put something more tempting in its place.")
                found.append(Advice("unused", text, {**values, "label": choice.label}))
    whole = figures.whole
    if whole.consistency is not None and whole.consistency < SHAKY:
        text = N_(
            "The questions measure different things or too little: let this quiz alone decide nothing about a person."
        )
        found.append(Advice("shaky", text))
    return found


def _better_than_right(one: Studied) -> Choice | None:
    """A worthless choice of five or more people whose totals lie above those of all who chose the right one."""
    right = [
        choice for choice in one.answers if choice.worth is not None and choice.worth >= 1 and choice.total is not None
    ]
    if len(right) != 1:
        return None
    best = right[0].total
    others = [
        choice for choice in one.answers
        if choice.worth == 0 and choice.count >= 5 and choice.total is not None and best is not None and choice.total > best
    ]  # fmt: skip
    return max(others, key=lambda choice: choice.total or 0.0, default=None)
