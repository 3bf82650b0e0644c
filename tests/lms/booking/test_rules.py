import pytest

from lms.booking.rules import free_numbers


@pytest.mark.parametrize(
    ("seats", "taken", "free"),
    [(3, set(), [1, 2, 3]), (3, {2}, [1, 3]), (3, {1, 2, 3}, []), (2, {1, 5}, []), (2, {5}, [1]), (1, {3, 4}, [])],
)
def test_free_numbers(seats, taken, free):
    assert free_numbers(seats, taken) == free
