"""Parts of a work, and what they make of the mark of each."""

import pytest

from lms_project.shares import are_even, own_share, weight


@pytest.mark.parametrize(
    ("parts", "weights"),
    [
        ({1: 10, 2: 10, 3: 10, 4: 10}, [1, 1, 1, 1]),
        ({1: 3, 2: 3, 3: 3}, [1, 1, 1]),
        ({1: 10, 2: 10, 3: 5}, [1.2, 1.2, 0.6]),
        ({1: 30, 2: 0}, [2, 0]),
        ({1: 7}, [1]),
        ({1: 0, 2: 0}, [1, 1]),
    ],
)
def test_the_average_member_counts_once(parts, weights):
    found = [weight(parts, person) for person in parts]
    assert found == pytest.approx(weights)
    assert sum(found) == pytest.approx(len(parts))


def test_who_has_no_part_counts_once():
    assert weight({1: 10, 2: 30}, 3) == 1


@pytest.mark.parametrize(("team", "own"), [(0.8, [0.96, 0.96, 0.48]), (0.9, [1, 1, 0.54]), (0, [0, 0, 0])])
def test_nobody_has_more_than_all_points(team, own):
    assert [own_share(team, {1: 10, 2: 10, 3: 5}, person) for person in (1, 2, 3)] == pytest.approx(own)


def test_parts_that_are_alike():
    assert [are_even({}), are_even({1: 4}), are_even({1: 4, 2: 4}), are_even({1: 4, 2: 5})] == [True, True, True, False]
