"""`lms check` over strangers' material, with all installed kinds of block: sentences with true lines, never a traceback.

The counts by code, as a table: `python -m tests.courses.test_strangers`.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections import Counter
from pathlib import Path

import pytest

from courses.load import load
from courses.problems import Problem
from courses.scan import masked
from tests.courses.test_corpus import ROOT, wrapped
from tests.mistakes.cases import kinds

STRANGERS = (
    "course-carpentries-instructor-training",
    "course-ru-python-hexlet",
    "course-openscience-module5",
    "course-liascript-softwaredev-de",
)


def checked(name: str, folder: Path) -> tuple[dict[str, str], list[Problem]]:
    """The texts of a stranger's course by path, and the problems found in it."""
    sources = wrapped(ROOT / name, folder)
    return sources, load(folder, kinds()).problems


@pytest.fixture(params=STRANGERS)
def stranger(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, dict[str, str], list[Problem], Path]:
    """One of them, checked."""
    if not (ROOT / request.param).is_dir():
        pytest.skip(f"no corpus: {ROOT / request.param} is not there (LMS_TEST_CORPUS names its folder)")
    sources, found = checked(request.param, tmp_path / "course")
    return request.param, sources, found, tmp_path / "course"


def test_every_problem_is_a_sentence_with_a_true_place(
    stranger: tuple[str, dict[str, str], list[Problem], Path],
) -> None:
    _, sources, found, folder = stranger
    lines = {path: (folder / path).read_text("utf-8").split("\n") for path in sources}
    assert [str(one) for one in found if one.code in ("block-failed", "markdown-failed")] == []
    assert [str(one) for one in found if not re.fullmatch(r"[A-Z“.:/].*[.]", one.message(), re.DOTALL)] == []
    outside = [
        str(one)
        for one in found
        if one.path in lines
        and not (one.line <= len(lines[one.path]) and one.column <= len(lines[one.path][one.line - 1]) + 1)
    ]
    assert outside == []


def test_blocks_of_other_programs_are_reported_once_each_at_their_line(tmp_path: Path) -> None:
    name = STRANGERS[0]
    if not (ROOT / name).is_dir():
        pytest.skip(f"no corpus: {ROOT / name} is not there (LMS_TEST_CORPUS names its folder)")
    sources, found = checked(name, tmp_path / "course")
    written = sorted(
        (path, number)
        for path, text in sources.items()
        for number, line in enumerate(masked(text).split("\n"), 5)
        if re.match(r" {0,3}:{3,}[ \t]*[A-Za-z{]", line)
    )
    told = sorted((one.path, one.line) for one in found if one.code in ("directive-unknown", "directive-malformed"))
    assert told == written
    assert len(told) >= 100


def main() -> None:
    """Print the counts by code."""
    counts: dict[str, Counter[str]] = {}
    for name in STRANGERS:
        with tempfile.TemporaryDirectory() as folder:
            _, found = checked(name, Path(folder) / "course")
        counts[name] = Counter(one.code for one in found)
    for name, codes in counts.items():
        told = ", ".join(f"{code} {count}" for code, count in codes.most_common())
        sys.stdout.write(f"{name}: {told}\n")


if __name__ == "__main__":
    main()
