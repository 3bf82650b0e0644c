"""Guesses at what was meant: thorough among few words, quick among many."""

from __future__ import annotations

from courses.nearest import Nearest

PATHS = [
    f"{module:02}-module-{module}/{lesson:02}-lesson-{module * 20 + lesson}.md"
    for module in range(60)
    for lesson in range(20)
]


def test_among_few_words_it_is_what_the_library_finds() -> None:
    nearest = Nearest(["first-steps", "second-steps", "essay"])
    assert [nearest.to(word) for word in ("first-step", "esay", "nothing-like-it")] == ["first-steps", "essay", ""]


def test_among_many_words_a_slip_is_found() -> None:
    nearest = Nearest([*PATHS, "61-last/01-essay.md"], 0.7)
    slips = ["61-last/01-esay.md", "07-module-7/03-leson-143.md", "07-module-7/03-lesson-143", "nothing at all", ""]
    assert [nearest.to(slip) for slip in slips] == [
        "61-last/01-essay.md",
        "07-module-7/03-lesson-143.md",
        "07-module-7/03-lesson-143.md",
        "",
        "",
    ]


def test_no_words() -> None:
    assert Nearest([]).to("a") == ""
