"""What it costs to check and render a course: as a ratio to bare Markdown on the same text, again after one change, in memory, and as
courses and lessons grow.

Bare Markdown is Python-Markdown with the same extensions as they come, one instance, over the texts of the lessons in memory. Both
run in this process on one core and take turns; a figure is the median of the rounds' processor time.
"""

import gc
import os
import statistics
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from markdown import Markdown

from courses.blocks import BlockKind
from courses.html import EXTENSIONS, extension_configs
from courses.load import Loaded, load
from courses.memory import Memory
from lms.registry import Registry, installed_plugins
from tests.bench import texts

GOAL_COLD, GOAL_CHANGED = 1.5, 0.02


def courses(quick: bool, rounds: int) -> None:
    """Print the tables."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    kinds = Registry((), installed_plugins()).kinds
    lessons = 100 if quick else 1000
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        plain = texts.write(folder / "plain", lessons)
        print(f"\n{lessons} lessons, {sum(map(len, plain.texts.values())) / lessons:,.0f} characters each")
        print(f"{'check + render':44}{'ratio':>10}{'goal':>8}{'spread':>16}")
        compared("cold, to bare Markdown", plain, kinds, rounds, GOAL_COLD)
        with_quizzes = texts.write(folder / "quizzes", lessons, quizzes=True)
        compared("cold, every third lesson with a quiz", with_quizzes, kinds, rounds)
        again(with_quizzes, kinds, rounds)
        remembered(plain, kinds)
        grown(folder, kinds, (25, 50, 100, 200) if quick else (250, 500, 1000, 2000))


def bare(written: Iterable[str]) -> None:
    """Python-Markdown and nothing else."""
    configs = extension_configs("ru")
    configs["pymdownx.highlight"].pop("pygments_style")  # ours
    markdown = Markdown(extensions=[*EXTENSIONS], extension_configs=configs)
    for text in written:
        markdown.reset().convert(text)


def loaded(folder: Path, kinds: Mapping[str, BlockKind[Any]], memory: Memory | None = None) -> Loaded:
    """The course, which must have no errors."""
    found = load(folder, kinds, memory=memory)
    assert not found.errors, [str(p) for p in found.errors[:5]]
    return found


def taken(work: Callable[[], object]) -> float:
    """Seconds of the processor, what earlier work left behind swept up before."""
    gc.collect()
    began = time.process_time()
    work()
    return time.process_time() - began


def shown(name: str, values: list[float], goal: float | None = None, form: str = ".2f") -> None:
    """One row: the median, and the least and most of the rounds."""
    spread = f"{min(values):{form}} – {max(values):{form}}"
    print(
        f"{name:44}{statistics.median(values):>10{form}}{'' if goal is None else f'{goal:{form}}':>8}{spread:>16}",
        flush=True,
    )


def compared(
    name: str, course: texts.Written, kinds: Mapping[str, BlockKind[Any]], rounds: int, goal: float | None = None
) -> None:
    """The ratio of a load from nothing to bare Markdown."""
    ratios = []
    for turn in range(rounds + 1):
        floor = taken(lambda: bare(course.texts.values()))
        ours = taken(lambda: loaded(course.folder, kinds))
        if turn:  # the first round warms both up
            ratios.append(ours / floor)
    shown(name, ratios, goal)


def again(course: texts.Written, kinds: Mapping[str, BlockKind[Any]], rounds: int) -> None:
    """What a load that remembers costs when one lesson was changed, and when none was, as a share of one from nothing."""
    memory = Memory()
    changed, same, names = [], [], list(course.texts)
    loaded(course.folder, kinds, memory)
    for turn in range(rounds):
        cold = taken(lambda: loaded(course.folder, kinds))
        name = course.folder / names[len(names) // 2 + turn]
        name.write_text(name.read_text("utf-8") + "\n\nЕщё предложение.\n", "utf-8")
        changed.append(taken(lambda: loaded(course.folder, kinds, memory)) / cold)
        same.append(taken(lambda: loaded(course.folder, kinds, memory)) / cold)
    shown("after one changed lesson, to cold", changed, GOAL_CHANGED, ".2%")
    shown("after no change, to cold", same, None, ".2%")


def remembered(course: texts.Written, kinds: Mapping[str, BlockKind[Any]]) -> None:
    """Memory for each lesson: of the loaded course, of it with what a memory keeps, and at the height of the load."""
    size = sum(len(text.encode()) for text in course.texts.values())
    print(f"\n{'memory':44}{'KiB/lesson':>10}{'to text':>8}")
    for name, memory in (("the course", None), ("the course and a memory of it", Memory())):
        gc.collect()
        tracemalloc.start()
        found = load(course.folder, kinds, memory=memory)
        gc.collect()
        kept, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        rows = [(name, kept)] if memory is not None else [("at the height of a load", peak), (name, kept)]
        for row, amount in rows:
            print(f"{row:44}{amount / len(course.texts) / 1024:10.1f}{amount / size:8.2f}", flush=True)
        assert found.course is not None


def grown(folder: Path, kinds: Mapping[str, BlockKind[Any]], sizes: tuple[int, ...]) -> None:
    """Time for each lesson as courses grow, and for each character as one lesson grows, to the smallest."""
    print(f"\n{'growth, for each lesson or character':44}" + "".join(f"{size:>10}" for size in sizes))
    counts = {size: texts.write(folder / f"lessons-{size}", size, quizzes=True) for size in sizes}
    row(
        "lessons in the course", {size: taken(lambda c=c: loaded(c.folder, kinds)) / size for size, c in counts.items()}
    )
    lengths = {
        size: texts.write(folder / f"long-{size}", 2, size=300 * size) for size in sizes
    }  # up to most of a megabyte
    total = {size: sum(map(len, course.texts.values())) for size, course in lengths.items()}
    print(f"{'characters in one lesson':44}" + "".join(f"{total[size] // 2:>10}" for size in sizes))
    for course in lengths.values():  # what is loaded once, such as the colouring of a language, is no growth
        loaded(course.folder, kinds)
    row("check + render", {n: taken(lambda c=c: loaded(c.folder, kinds)) / total[n] for n, c in lengths.items()})
    row("bare Markdown", {n: taken(lambda c=c: bare(c.texts.values())) / total[n] for n, c in lengths.items()})


def row(name: str, values: dict[int, float]) -> None:
    """Values as ratios to the first."""
    first = next(iter(values.values()))
    print(f"{name:44}" + "".join(f"{value / first:10.2f}" for value in values.values()), flush=True)
