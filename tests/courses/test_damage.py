"""Slips of the keyboard in our own courses are answered where they are; the figure: `python -m tests.mistakes.damage`."""

from __future__ import annotations

import pytest

from tests.mistakes.damage import share, slips


@pytest.mark.parametrize("per_file", [1, pytest.param(10, marks=pytest.mark.long)])
def test_a_character_less_is_told_within_one_line_or_not_at_all(per_file: int) -> None:
    found = list(slips(per_file))
    far = [str(slip) for slip in found if not slip.well_answered]
    assert share(found) >= 0.95, "\n".join(far)
    told = [slip for slip in found if slip.problems]
    assert not told or share(told) >= 0.8, "\n".join(far)
