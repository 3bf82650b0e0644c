"""Warnings kept quiet with a reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from courses.load import Loaded

from .conftest import LESSON

Load = Callable[..., Loaded]
SKIP = "# A\n\n### B\n"
WHERE = "01-start/01-why.md"


def texts(ignore: str = "", whole: str = "", lesson: str = SKIP) -> dict[str, str | bytes]:
    return {
        "course.md": f"---\ntitle: C\n{whole}---\n",
        "01-start/01-why.md": f"---\ntitle: A\nminutes: 1\n{ignore}---\n{lesson}",
        "01-start/02-how.md": LESSON + SKIP,
    }


def said(loaded: Loaded) -> list[str]:
    return [f"{problem.path}:{problem.line}:{problem.column} {problem.code}" for problem in loaded.problems]


@pytest.mark.parametrize(
    ("given", "problems", "ignored"),
    [
        ({}, [f"{WHERE}:7:1 heading-skip", "01-start/02-how.md:7:1 heading-skip"], []),
        ({"ignore": "ignore: {heading-skip: quoted}\n"}, ["01-start/02-how.md:7:1 heading-skip"], [WHERE]),
        ({"whole": "ignore:\n  heading-skip: quoted\n"}, [], [WHERE, "01-start/02-how.md"]),
        (
            {"ignore": "ignore: {heading-skip: a}\n", "whole": "ignore: {heading-skip: b}\n"},
            [],
            [WHERE, "01-start/02-how.md"],
        ),
        (
            {"ignore": "ignore: {heading-skip: }\n"},
            [f"{WHERE}:4:10 ignore-reason", "01-start/02-how.md:7:1 heading-skip"],
            [WHERE],
        ),
        (
            {"ignore": "ignore: {alt-missing: a}\n"},
            [f"{WHERE}:4:10 ignore-unused", f"{WHERE}:8:1 heading-skip", "01-start/02-how.md:7:1 heading-skip"],
            [],
        ),
        (
            {"whole": "ignore: {link-missing: later}\n", "lesson": "[a](b.md)\n"},
            [f"{WHERE}:5:5 link-missing", "01-start/02-how.md:7:1 heading-skip", "course.md:3:10 ignore-error"],
            [],
        ),
        (
            {"ignore": "ignore: [heading-skip]\n"},
            [f"{WHERE}:4:9 value", f"{WHERE}:8:1 heading-skip", "01-start/02-how.md:7:1 heading-skip"],
            [],
        ),
    ],
)
def test_ignoring(course: Load, given: dict[str, Any], problems: list[str], ignored: list[str]) -> None:
    loaded = course(texts(**given), lenient=True)
    assert said(loaded) == problems
    assert [problem.path for problem in loaded.ignored] == ignored


def test_an_ignored_warning_lets_the_course_through_and_a_missing_reason_does_not(course: Load) -> None:
    assert course(texts("ignore: {heading-skip: a}\n")).course is not None
    assert course(texts("ignore: {heading-skip: ''}\n")).course is None


def test_with_errors_about_nobody_is_told_that_nothing_was_ignored(course: Load) -> None:
    loaded = course(texts("ignore: {alt-missing: a}\n", lesson="[a](b.md)\n"))
    assert said(loaded) == [f"{WHERE}:6:5 link-missing", "01-start/02-how.md:7:1 heading-skip"]
