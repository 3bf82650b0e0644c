"""Statistics of a quiz: against an independent computation with numpy, and what is said where the data say nothing."""

import numpy as np
import pytest

from lms_quiz.statistics import FEW, Item, Whole, statistics

CLOSE = 1e-6


def simulated(people: int, items: int, seed: int, *, drawn: bool = False):
    """Points of people of different strength at questions of different difficulty; with `drawn` each is asked half of them."""
    chance = np.random.default_rng(seed)
    maxima = chance.choice([1.0, 2.0, 5.0], items)
    strength, difficulty = chance.normal(size=(people, 1)), chance.normal(size=(1, items))
    right = chance.random((people, items)) < 1 / (1 + np.exp(difficulty - strength))
    part = np.where(right, 1.0, chance.choice([0.0, 0.0, 0.5], (people, items)))
    points = part * maxima
    if drawn:
        points[chance.random((people, items)) < 0.5] = np.nan
    rows = [[None if np.isnan(value) else float(value) for value in row] for row in points]
    return rows, [float(most) for most in maxima], points


def independent(points, maxima):
    """The published formulas with numpy's own moments, for a quiz that asks everybody the same."""
    count, width = points.shape
    total = points.sum(axis=1)
    most = float(np.sum(maxima))
    items = []
    roots = np.array([np.cov(points[:, place], total)[0, 1] for place in range(width)])
    for place in range(width):
        own, rest = points[:, place], total - points[:, place]
        largest = np.cov(np.sort(own), np.sort(rest))[0, 1]
        items.append((
            own.mean() / maxima[place], own.std(ddof=1) / maxima[place], np.corrcoef(own, rest)[0, 1],
            np.cov(own, rest)[0, 1] / largest,
            np.sqrt(roots[place]) / np.sqrt(roots[roots >= 0]).sum() if roots[place] >= 0 else None,
        ))  # fmt: skip
    away = total - total.mean()
    m2, m3, m4 = (np.mean(away**power) for power in (2, 3, 4))
    k2 = count * m2 / (count - 1)
    k3 = count**2 * m3 / ((count - 1) * (count - 2))
    k4 = count**2 * ((count + 1) * m4 - 3 * (count - 1) * m2**2) / ((count - 1) * (count - 2) * (count - 3))
    alpha = width / (width - 1) * (1 - points.var(axis=0, ddof=1).sum() / k2)
    ratio = np.sqrt(1 - alpha)
    deviation = np.sqrt(k2) / most
    whole = (
        total.mean() / most, np.median(total) / most, deviation, k3 / k2**1.5, k4 / k2**2, alpha, ratio, ratio * deviation,
    )  # fmt: skip
    return whole, items


@pytest.mark.parametrize(("people", "items", "seed"), [(5, 2, 1), (40, 7, 2), (300, 25, 3), (1000, 50, 4)])
def test_the_figures_are_those_of_an_independent_computation(people, items, seed):
    rows, maxima, points = simulated(people, items, seed)
    found = statistics(rows, maxima)
    whole, each = independent(points, maxima)
    assert [
        found.whole.mean, found.whole.median, found.whole.deviation, found.whole.skewness, found.whole.kurtosis,
        found.whole.consistency, found.whole.error_ratio, found.whole.standard_error,
    ] == pytest.approx(whole, abs=CLOSE)  # fmt: skip
    for item, expected in zip(found.items, each, strict=True):
        assert [item.facility, item.deviation, item.discrimination, item.efficiency] == pytest.approx(
            expected[:4], abs=CLOSE
        )
        assert item.weight == (None if expected[4] is None else pytest.approx(expected[4], abs=CLOSE))


def test_questions_drawn_at_random_are_compared_with_the_whole_total_of_those_who_got_them():
    rows, maxima, points = simulated(200, 6, 5, drawn=True)
    found = statistics(rows, maxima)
    total = np.nansum(points, axis=1)
    for place, item in enumerate(found.items):
        asked = ~np.isnan(points[:, place])
        own = points[asked, place]
        assert (item.asked, item.weight) == (int(asked.sum()), None)
        assert item.facility == pytest.approx(own.mean() / maxima[place], abs=CLOSE)
        assert item.discrimination == pytest.approx(np.corrcoef(own, total[asked])[0, 1], abs=CLOSE)
    assert found.whole.consistency is None


def test_nobody_one_and_two():
    nothing = Item(0, None, None, None, None, None, None, None, 0.25)
    assert statistics([], [1.0], [0.25]).items == (nothing,)
    assert statistics([], [1.0]).whole == Whole(0, None, None, None, None, None, None, None, None)
    one = statistics([[1.0, 0.0]], [1.0, 1.0])
    assert one.whole == Whole(1, 0.5, 0.5, None, None, None, None, None, None)
    assert [(item.facility, item.deviation, item.discrimination) for item in one.items] == [
        (1.0, None, None),
        (0.0, None, None),
    ]
    two = statistics([[1.0, 0.0], [0.0, 0.0]], [1.0, 1.0])
    assert (two.whole.mean, two.whole.skewness, two.whole.kurtosis) == (0.25, None, None)
    assert two.whole.deviation == pytest.approx(np.std([0.5, 0.0], ddof=1), abs=CLOSE)
    assert two.items[0].discrimination is None  # the rest does not vary


def test_without_spread_and_all_blank_nothing_is_claimed():
    for points in (1.0, 0.0):
        found = statistics([[points, points]] * 30, [1.0, 1.0])
        assert found.whole == Whole(30, points, points, 0.0, None, None, None, None, None)
        assert [(item.facility, item.discrimination, item.efficiency, item.weak) for item in found.items] == [
            (points, None, None, False)
        ] * 2


def test_a_quiz_without_points_has_no_figures():
    assert statistics([[0.0]] * 3, [0.0]).whole == Whole(3, None, None, None, None, None, None, None, None)


def test_a_wrong_key_shows_as_a_question_that_strong_people_fail():
    rows, maxima, _ = simulated(300, 10, 6)
    turned = [[maxima[0] - (row[0] or 0), *row[1:]] for row in rows]
    right, wrong = statistics(rows, maxima), statistics(turned, maxima)
    assert (right.items[0].weak, wrong.items[0].weak, wrong.items[0].weight) == (False, True, None)
    assert wrong.items[0].discrimination == pytest.approx(-right.items[0].discrimination, abs=CLOSE)


def test_intervals_hold_the_figure_and_narrow_with_people():
    few, many = (statistics(*simulated(people, 4, 7)[:2]) for people in (10, 1000))
    assert (few.few, many.few, FEW) == (True, False, 20)
    for small, large in zip(few.items, many.items, strict=True):
        for item in (small, large):
            low, high = item.facility_interval
            assert low <= item.facility <= high
            low, high = item.discrimination_interval
            assert low <= item.discrimination <= high
        assert np.ptp(large.facility_interval) < np.ptp(small.facility_interval)


def test_an_interval_of_published_size():
    """Wilson's own example form: 10 of 10 right gives 0.7225 to 1."""
    assert statistics([[1.0]] * 10, [1.0]).items[0].facility_interval == pytest.approx((0.722467, 1.0), abs=1e-5)
