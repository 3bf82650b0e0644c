"""What differs between two texts, word by word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.difference import Stretch, words


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ("", "", []),
        ("то же", "то же", [Stretch(" ", "то же")]),
        ("", "ново", [Stretch("+", "ново")]),
        ("Раз два три.", "Раз три.", [Stretch(" ", "Раз"), Stretch("-", " два"), Stretch(" ", " три.")]),
        (
            "Первый абзац.\n\nВторой стар.", "Первый абзац.\n\nВторой нов.",
            [Stretch(" ", "Первый абзац.\n\nВторой"), Stretch("-", " стар."), Stretch("+", " нов.")],
        ),
        ("один   раз", "один раз", [Stretch(" ", "один раз")]),  # white space alone is no change
    ],
)  # fmt: skip
def test_words(before, after, found):
    assert words(before, after) == found


@given(st.text("аб \n.", max_size=60), st.text("аб \n.", max_size=60))
def test_both_texts_are_in_it(before, after):
    found = words(before, after)
    assert "".join(one.text for one in found if one.sign != "-") == after
    assert "".join("".join(one.text for one in found if one.sign != "+").split()) == "".join(before.split())
