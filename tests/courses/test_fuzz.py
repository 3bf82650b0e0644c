"""Mutated courses, ours and strangers': never a traceback, never more work than the length of the text asks for.

A few examples in every run; `-m long` tries many.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from courses.load import load
from courses.tree import Course
from lms.cli import speak
from lms.i18n import gettext, speaking
from tests.courses.test_corpus import FRONT_MATTER, PIECES, ROOT
from tests.courses.test_strangers import STRANGERS
from tests.mistakes.cases import BASE, all_cases, kinds
from tests.mistakes.damage import CONTENT
from tests.mistakes.work import work

LESSON = "01-start/01-why.md"
PLACES = (LESSON, "01-start/01-why.ru.md", "course.md", "01-start/index.md")
MORE = [
    ":::{quiz} Q", ":::{seminar} S", ":::{project} P", ":::{workshop} W", ":::{include} _a.md", ":::{glossary}", "::", ":a b",
    "1. Q", "   - (x) a", "   - [ ] b", "   = 1 ± 2", "  sessions: [", "requires: {not: {any_of: [", "completion: {score: 2%",
    "ignore: {x: }", "[a](01-why.md#x)", "[a](activity:x)", "{{ start }}", "{term}`a`", "| id | Points |", "|---|---|", "from: day 0",
    "\\begin{a}", "$x^", "[^a", "![](", "> [!NOTE]", "=== \"Tab\"", "--", "—", "---id: x", "&x *x", "%", "\u2028", "\u00a0- a",
]  # fmt: skip


@cache
def seeds() -> list[str]:
    """Texts of our courses, of strangers' (where there are any) and of the corpus of mistakes."""
    own = [file.read_text("utf-8") for file in sorted(CONTENT.rglob("*.md"))]
    others = [
        f"---\ntitle: A\n---\n{FRONT_MATTER.sub('', file.read_text('utf-8-sig'))}"
        for name in STRANGERS
        for file in sorted((ROOT / name).rglob("*.md"))[::5]
    ]
    cases = [file.content for case in all_cases() for file in case.files.values() if not file.note]
    return [text[:6000] for text in [*own, *others, *cases] if text]


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A text with lines cut out, doubled, swapped and indented, characters taken out, and strange pieces put in."""
    lines = draw(st.sampled_from(seeds())).split("\n")
    for _ in range(draw(st.integers(1, 8))):
        place = draw(st.integers(0, max(len(lines) - 1, 0)))
        action = draw(st.sampled_from(["cut", "double", "insert", "into", "without", "swap", "indent"]))
        if action == "cut":
            del lines[place : place + draw(st.integers(1, 5))]
        elif action == "double":
            lines[place:place] = lines[place : place + 3]
        elif action == "insert":
            lines.insert(place, draw(st.sampled_from(PIECES + MORE)))
        elif not lines:
            continue
        elif action in ("into", "without"):
            column = draw(st.integers(0, len(lines[place])))
            piece = draw(st.sampled_from(PIECES + MORE)) if action == "into" else ""
            lines[place] = lines[place][:column] + piece + lines[place][column + (action == "without") :]
        elif action == "indent":
            lines[place] = draw(st.sampled_from(["  ", "    ", "\t", "> ", "- "])) + lines[place]
        else:
            other = draw(st.integers(0, len(lines) - 1))
            lines[place], lines[other] = lines[other], lines[place]
    return "\n".join(lines)


@contextmanager
def course(**files: str) -> Iterator[Path]:
    """The base course with some files replaced, in a folder of its own."""
    with tempfile.TemporaryDirectory() as name:
        for path, text in {**BASE, **files}.items():
            file = Path(name) / path
            file.parent.mkdir(exist_ok=True)
            file.write_bytes(text.encode("utf-8", "surrogatepass"))
        yield Path(name)


def examples(few: int, many: int, **more: Any) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Runs a test of one drawn argument with a few examples, and as a `long` one with many."""

    def twice(test: Callable[..., None]) -> Callable[..., None]:
        @pytest.mark.parametrize("count", [few, pytest.param(many, marks=pytest.mark.long)])
        def both(count: int) -> None:
            quiet = [HealthCheck.too_slow, HealthCheck.data_too_large]
            settings(max_examples=count, deadline=None, suppress_health_check=quiet, database=None, **more)(test)()

        return both

    return twice


@examples(25, 3000)
@given(st.dictionaries(st.sampled_from(PLACES), mutated(), min_size=1))
def test_nothing_raises_and_everything_is_said_with_its_place(files: dict[str, str]) -> None:
    with course(**files) as folder:
        loaded = load(folder, kinds(), lenient=True)
        assert load(folder, kinds()).problems == loaded.problems
        if "course.md" in loaded.files or loaded.course is not None:
            assert loaded.course is not None
            assert Course.model_validate_json(loaded.course.model_dump_json()) == loaded.course
        with speaking("ru"):
            speak()
            for problem in loaded.problems:
                assert problem.code != "block-failed" or "“broken”" in problem.message(), problem
                text = files.get(problem.path, BASE.get(problem.path, ""))
                assert 1 <= problem.line <= text.count("\n") + text.count("\r") + 1, problem
                assert "\n" not in problem.message(gettext) + problem.hint_text(gettext)


@examples(4, 300, phases=[Phase.generate])  # to shrink a costly example takes longer than to read it
@given(mutated())
def test_twice_the_text_is_twice_the_work(text: str) -> None:
    body = FRONT_MATTER.sub("", text)[:1000] + "\n\n"

    def cost(times: int) -> int:
        with course(**{LESSON: BASE[LESSON] + body * times}) as folder:
            return work(lambda: load(folder, kinds(), lenient=True))

    few, more, most = cost(8), cost(16), cost(32)
    # what is added, not what there is: a beginning that costs more or less than the rest makes no difference
    assert most - more <= 2.3 * (more - few)
