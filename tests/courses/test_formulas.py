"""Signs of formulas without a partner; money and code are none."""

from __future__ import annotations

import pytest

from courses.formulas import unpaired


@pytest.mark.parametrize(
    ("text", "offsets"),
    [
        ("a $x^2$ and $$y_1$$ b", []),
        ("costs $5 and \\$x^2", []),
        ("from $5 to $10", []),
        ("a x^2$ b", [5]),
        ("a $x^2 b", [2]),
        ("a $x$ b $\\alpha c", [8]),
        ("$x^2\n\ny$", [0]),  # a paragraph ends a formula; what is left of the other may be money
        ("$$\nx^2\n\ny", [0]),
        ("$$x$$ and $$y", [10]),
        ("\\begin{aligned}\nx\n\\end{aligned}", []),
        ("\\begin{aligned}\nx\n", [0]),
        ("$$\\begin{a}\\begin{b}x\\end{a}$$", [11]),
        ("\\begin{a}x\\end{b}", [10]),
        ("C:\\Users\\begin and $HOME", []),
        ("a price of $5 for x^2 and more", []),
        ("a $x + y^2 b", [2]),
    ],
)
def test_signs_without_a_partner(text: str, offsets: list[int]) -> None:
    assert [sign.offset for sign in unpaired(text)] == offsets
