"""What the marks of many people say about a quiz and its questions. Pure: marks in, figures out.

The formulas are those Moodle publishes for its quiz statistics (classical test theory), with the item–rest correlation as the
discrimination index. A figure that the data do not determine (too few attempts, no spread) is None, never a zero that would
look like a finding. Shares are 0 to 1, indices -1 to 1; whoever shows them makes per cents of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import atanh, fsum, sqrt, tanh
from operator import mul
from statistics import median

FEW = 20
"""Below this many attempts figures are shown with a warning: an interval would take in almost everything."""

WEAK = 0.15
"""A discriminative efficiency below this does not tell the strong from the weak."""

_Z = 1.959963984540054
"""The 97.5 % point of the normal distribution, for intervals of 95 %."""

Interval = tuple[float, float]
Row = Sequence["float | None"]
"""The points of one attempt by question; None where the attempt did not ask the question. No answer is 0 points."""


@dataclass(frozen=True)
class Item:
    """One question over all attempts that asked it (`asked`).

    `facility`: mean share of its points, with the interval it lies in for 95 % of such groups · `deviation`: of the share ·
    `discrimination`: correlation of its points with the rest of the score · `efficiency`: its covariance with the rest, as a
    share of the largest that its points allow · `weight`: the share it has in the spread of the totals, None for a question
    that works against the rest and for questions drawn at random · `guess`: the share that blind guessing gets, if known.
    """

    asked: int
    facility: float | None
    facility_interval: Interval | None
    deviation: float | None
    discrimination: float | None
    discrimination_interval: Interval | None
    efficiency: float | None
    weight: float | None
    guess: float | None

    @property
    def weak(self) -> bool:
        """Whether it hardly tells the strong from the weak, or has them the wrong way round."""
        return self.efficiency is not None and self.efficiency < WEAK


@dataclass(frozen=True)
class Whole:
    """The quiz over all attempts, totals as shares of all points.

    `consistency`: Cronbach's alpha · `error_ratio`: the share of the deviation that is chance · `standard_error`: how far a
    person's total lies from their own mean by chance.
    """

    attempts: int
    mean: float | None
    median: float | None
    deviation: float | None
    skewness: float | None
    kurtosis: float | None
    consistency: float | None
    error_ratio: float | None
    standard_error: float | None


@dataclass(frozen=True)
class Statistics:
    """A quiz and its questions, in the order given."""

    whole: Whole
    items: tuple[Item, ...]

    @property
    def few(self) -> bool:
        """Whether there are too few attempts to build on."""
        return self.whole.attempts < FEW


def statistics(rows: Sequence[Row], maxima: Sequence[float], guesses: Sequence[float | None] = ()) -> Statistics:
    """The figures of these attempts (one row each) at questions worth `maxima` points.

    A question that only some attempts asked counts as drawn at random: it is compared with their whole totals, and has no part
    in the consistency, which is only known of a quiz that asks everybody the same.
    """
    totals = [fsum(points for points in row if points is not None) for row in rows]
    columns = [[row[place] for row in rows] for place in range(len(maxima))]
    fixed = [all(points is not None for points in column) for column in columns]
    spreads = [
        _cov([points or 0.0 for points in column], totals) if everywhere else None
        for column, everywhere in zip(columns, fixed, strict=True)
    ]
    roots = [sqrt(spread) for spread in spreads if spread is not None and spread >= 0]
    root_sum = fsum(roots)
    items = []
    for place, column in enumerate(columns):
        pairs = [(points, total) for points, total in zip(column, totals, strict=True) if points is not None]
        spread = spreads[place]
        weight = sqrt(spread) / root_sum if spread is not None and spread >= 0 and root_sum > 0 else None
        guess = guesses[place] if place < len(guesses) else None
        items.append(_item(pairs, maxima[place], fixed[place], weight, guess))
    return Statistics(_whole(totals, columns if all(fixed) else [], fsum(maxima)), tuple(items))


def _item(
    pairs: Sequence[tuple[float, float]], most: float, fixed: bool, weight: float | None, guess: float | None
) -> Item:
    points = [own for own, _ in pairs]
    rest = [total - own if fixed else total for own, total in pairs]
    count = len(points)
    if not count or not most:
        return Item(count, None, None, None, None, None, None, None, guess)
    facility = fsum(points) / count / most
    spread, spread_rest, together = _cov(points, points), _cov(rest, rest), _cov(points, rest)
    correlation = efficiency = None
    if spread and spread_rest and together is not None:
        correlation = max(-1.0, min(1.0, together / sqrt(spread * spread_rest)))
        largest = _cov(sorted(points), sorted(rest))
        efficiency = together / largest if largest else None
    return Item(
        asked=count, facility=facility, facility_interval=_wilson(facility, count),
        deviation=None if spread is None else sqrt(spread) / most, discrimination=correlation,
        discrimination_interval=_fisher(correlation, count), efficiency=efficiency, weight=weight, guess=guess,
    )  # fmt: skip


def _whole(totals: Sequence[float], columns: Sequence[Sequence[float | None]], most: float) -> Whole:
    count = len(totals)
    if not count or not most:
        return Whole(count, None, None, None, None, None, None, None, None)
    mean = fsum(totals) / count
    away = [total - mean for total in totals]
    second, third, fourth = (fsum(part**power for part in away) / count for power in (2, 3, 4))
    variance = count * second / (count - 1) if count > 1 else None
    # a spread that is rounding alone is none
    real = variance is not None and variance > 1e-12 * most * most
    skewness = kurtosis = consistency = ratio = None
    if variance is not None and real:
        if count > 2:
            skewness = count**2 * third / ((count - 1) * (count - 2)) / variance**1.5
        if count > 3:
            over = count**2 * ((count + 1) * fourth - 3 * (count - 1) * second**2)
            kurtosis = over / ((count - 1) * (count - 2) * (count - 3)) / variance**2
        if len(columns) > 1:
            own = fsum(_cov(column, column) or 0.0 for column in ([points or 0.0 for points in one] for one in columns))
            consistency = len(columns) / (len(columns) - 1) * (1 - own / variance)
            ratio = sqrt(max(0.0, 1 - consistency))
    deviation = None if variance is None else sqrt(variance) / most
    error = None if ratio is None or deviation is None else ratio * deviation
    return Whole(count, mean / most, median(totals) / most, deviation, skewness, kurtosis, consistency, ratio, error)


def _cov(one: Sequence[float], other: Sequence[float]) -> float | None:
    """The sample covariance, None of fewer than two; a variance that is rounding alone is 0."""
    count = len(one)
    if count < 2:
        return None
    middle, middle_other = fsum(one) / count, fsum(other) / count
    found = fsum(map(mul, [value - middle for value in one], [value - middle_other for value in other])) / (count - 1)
    return 0.0 if abs(found) < 1e-15 else found


def _wilson(share: float, count: int) -> Interval:
    """Wilson's interval of 95 % for a share; points between 0 and all count as that part of a success, which makes the
    interval rather too wide than too narrow."""
    share = max(0.0, min(1.0, share))
    centre, spread = share + _Z**2 / (2 * count), _Z * sqrt(share * (1 - share) / count + _Z**2 / (4 * count**2))
    whole = 1 + _Z**2 / count
    return max(0.0, (centre - spread) / whole), min(1.0, (centre + spread) / whole)


def _fisher(correlation: float | None, count: int) -> Interval | None:
    """The interval of 95 % for a correlation by Fisher's transformation, None of fewer than four pairs."""
    if correlation is None or count < 4:
        return None
    if abs(correlation) >= 1:
        return correlation, correlation
    away = _Z / sqrt(count - 3)
    return tanh(atanh(correlation) - away), tanh(atanh(correlation) + away)
