"""A check takes as long as the course is, whatever is wrong with it: counted, not timed."""

from __future__ import annotations

from pathlib import Path

import pytest

from courses.frontmatter import split
from courses.load import load
from courses.problems import Report
from tests.mistakes.cases import BASE, Case, all_cases, kinds
from tests.mistakes.work import work

LESSON = "01-start/01-why.md"
MOST = 2.2
"""How many times the work may grow when what causes it is doubled: twice, and a little for sorting."""


def body(case: Case) -> str:
    """The text of a case's lesson, if it is of a length people write."""
    file = case.files.get(LESSON)
    text = split(file.content, Report()).body if file and not file.note else ""
    return text if len(text) < 3000 else ""


CASES = [case for case in all_cases() if body(case)]


def lay(folder: Path, files: dict[str, str]) -> Path:
    for name, text in {**BASE, **files}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def growth(folder: Path, few: dict[str, str], many: dict[str, str]) -> float:
    """How many times more work the larger course is."""
    costs = [work(lambda: load(folder, kinds(), lenient=True)) for files in (few, many) if lay(folder, files)]
    return costs[1] / costs[0]


@pytest.mark.parametrize(
    "case",
    [pytest.param(case, marks=() if n % 15 == 7 else pytest.mark.long, id=case.name) for n, case in enumerate(CASES)],
)
def test_twice_the_mistakes_are_twice_the_work(case: Case, tmp_path: Path) -> None:
    text = body(case) + "\n\n"
    assert growth(tmp_path, {LESSON: BASE[LESSON] + text * 40}, {LESSON: BASE[LESSON] + text * 80}) <= MOST


@pytest.mark.parametrize(
    ("matter", "text"),
    [
        ("", "[a](gone-{n}.md) [b](01-why.md#x{n}) ![c](media/{n}.png)"),
        ("requires: [gone-{n}, {{not: why}}]", ""),
        ("aliases: [old-{n}]", ":::{{thumbs}} A\n:id: t{n}\n:requires: [gone{n}]\n:::\n\n[x](activity:no{n})"),
        ("id: same", "# a\n\n### b"),
        ("ignore: {{heading-skip: quoted}}", "# a\n\n### b"),
    ],
)
def test_twice_the_lessons_are_twice_the_work(matter: str, text: str, tmp_path: Path) -> None:
    def lessons(count: int) -> dict[str, str]:
        return {
            f"01-start/l{n}.md": f"---\ntitle: L\nminutes: 5\n{matter.format(n=n)}\n---\n{text.format(n=n)}\n"
            for n in range(count)
        }

    assert growth(tmp_path, lessons(120), lessons(240)) <= MOST


@pytest.mark.parametrize(
    "lines",
    ["key-{n}: 1\n", "same: 1\n", "a{n} 1\n", 'b{n}: "x\n', "tags: [a{n}]\n", "ignore: {{a{n}: }}\n", "requires: [a{n}, b{n}]\n"],
)  # fmt: skip
def test_twice_the_front_matter_is_twice_the_work(lines: str, tmp_path: Path) -> None:
    def lesson(count: int) -> dict[str, str]:
        return {LESSON: f"---\ntitle: A\n{''.join(lines.format(n=n) for n in range(count))}---\n"}

    assert growth(tmp_path, lesson(200), lesson(400)) <= MOST


def test_work_that_grows_with_the_square_is_noticed() -> None:
    def square(size: int) -> int:
        return work(lambda: [abs(a * b) for a in range(size) for b in range(size)])

    def walk(size: int) -> int:
        return work(lambda: [("x" * size * 64).replace("y", "z") for _ in range(size)])

    assert square(80) / square(40) > 3.5
    assert walk(80) / walk(40) > 3.5
