import pytest

from lms_seminar.rules import enough


@pytest.mark.parametrize(
    ("attended", "total", "need", "expected"),
    [
        (1, 2, 0.5, True),
        (1, 2, 0.51, False),
        (1, 2, 1.0, False),
        (0, 2, 0.5, False),
        (2, 2, 1.0, True),
        (0, 0, 0.5, False),
    ],
)
def test_enough_sessions(attended, total, need, expected):
    assert enough(attended, total, need) is expected


def test_two_of_three_are_two_thirds():
    assert enough(2, 3, 2 / 3)
