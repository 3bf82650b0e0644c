"""How near to a slip of the keyboard its problems are reported: `python -m tests.mistakes.damage` prints the figure.

In each Markdown file of our own courses single characters are taken out at random (with a seed, so that everybody gets the same),
one at a time. A slip is well answered if there is no problem, or if every problem stands in that file within one line of it.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from courses.load import load
from courses.memory import Memory
from courses.problems import Problem
from tests.mistakes.cases import kinds

CONTENT = Path(__file__).parents[2] / "content"
PER_FILE = 10
SEED = 3


@dataclass(frozen=True)
class Slip:
    """A character taken out: in which file of which course, on which line, and what was said about it that was not said before."""

    course: str
    path: str
    line: int
    before: str
    after: str
    problems: tuple[Problem, ...]

    @property
    def well_answered(self) -> bool:
        """No problem, or all of them within one line."""
        return all(one.path == self.path and abs(one.line - self.line) <= 1 for one in self.problems)

    def __str__(self) -> str:
        lines = [f"{self.course}/{self.path}:{self.line}: {self.before.strip()[:60]!r} -> {self.after.strip()[:60]!r}"]
        return "\n".join([*lines, *(f"    {one}" for one in self.problems)])


def slips(per_file: int = PER_FILE, seed: int = SEED) -> Iterator[Slip]:
    """The slips in every file of every course of ours."""
    for course in sorted(path.parent for path in CONTENT.glob("*/course.md")):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name) / course.name
            shutil.copytree(course, folder)
            memory = Memory()
            known = load(folder, kinds(), memory=memory).problems
            for file in sorted(folder.rglob("*.md")):
                path = file.relative_to(folder).as_posix()
                text = file.read_text(encoding="utf-8")
                chance = Random(f"{seed} {course.name}/{path}")
                for place in sorted(chance.sample(range(len(text)), min(per_file, len(text)))):
                    damaged = text[:place] + text[place + 1 :]
                    file.write_text(damaged, encoding="utf-8")
                    line = text.count("\n", 0, place)
                    found = load(folder, kinds(), memory=memory).problems
                    new = tuple(one for one in found if one not in known)
                    yield Slip(course.name, path, line + 1, text.split("\n")[line], damaged.split("\n")[line], new)
                file.write_text(text, encoding="utf-8")


def share(found: list[Slip]) -> float:
    """The share of slips that were well answered."""
    return sum(slip.well_answered for slip in found) / len(found)


def summary(found: list[Slip]) -> str:
    """The figures in a sentence."""
    told = [slip for slip in found if slip.problems]
    near = sum(slip.well_answered for slip in told)
    return (
        f"{len(found)} slips: {len(found) - len(told)} without a problem, {near} with problems within one line, "
        f"{len(told) - near} with others; {share(found):.1%} well answered, {share(told):.1%} of those that were told"
    )


def main() -> None:
    """Print what was not well answered, and the share of what was."""
    found = list(slips())
    for slip in found:
        if not slip.well_answered:
            sys.stdout.write(f"{slip}\n")
    sys.stdout.write(f"{summary(found)}\n")


if __name__ == "__main__":
    main()
