"""What it costs to hand works out: as a ratio to the greedy method on the same people, and in memory, each size in a process of its own.

Everybody has a work, is of one of many schools that are kept apart and of one of ten regions; some wish for or against some works.
A repair follows in which ten people leave and ten come.
"""

import multiprocessing
import re
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random

from lms.allocation.rules import Outcome, Party, Terms, Work, allocate, repair
from tests.lms.allocation.others import greedy

EACH = 5


def allocation(quick: bool, rounds: int) -> None:
    """Print the table."""
    print(
        f"\n{EACH} reviews each\n{'people':>8}{'greedy s':>10}{'ours s':>10}{'ratio':>8}{'repair s':>10}{'MiB more':>10}{'full':>6}"
    )
    for size in (30, 100) if quick else (30, 300, 1000):
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            print(pool.apply(_measured, (size, rounds)), flush=True)


def _terms(size: int) -> Terms:
    chance = Random(size)
    people = range(1, size + 1)
    parties = {id: Party(school=f"school {id // 4}", region=f"region {id % 10}") for id in people}
    works = tuple(Work(f"work:{id}", (id,)) for id in people)
    wishes = {(chance.choice(works).key, chance.choice(people)): chance.choice((-2, -1, 1, 2)) for _ in people}
    return Terms(works, tuple(people), EACH, people=parties, wishes=wishes)


def _measured(size: int, rounds: int) -> str:
    terms = _terms(size)
    leavers = {work.key for work in terms.works[:10]}
    newcomers = range(10 * size, 10 * size + 10)
    later = replace(
        terms,
        works=tuple(work for work in terms.works if work.key not in leavers)
        + tuple(Work(f"work:{id}", (id,)) for id in newcomers),
        reviewers=terms.reviewers[10:] + tuple(newcomers),
    )
    by_greed = _taken(lambda: greedy(terms, Random(size)), rounds)
    before = _peak()
    found: list[Outcome] = []
    by_flow = _taken(lambda: found.append(allocate(terms, "seed")), rounds)
    mended = _taken(lambda: found.append(repair(later, found[0].pairs, "seed")), rounds)
    more = (_peak() - before) / 1024
    full = all(one.full for one in found)
    return f"{size:>8}{by_greed:>10.3f}{by_flow:>10.3f}{by_flow / by_greed:>8.2f}{mended:>10.3f}{more:>10.0f}{'yes' if full else 'no':>6}"


def _peak() -> int:
    """The most memory this process has had so far, in KiB, as Linux tells it (`getrusage` would tell of its parent's, too)."""
    return int(re.findall(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[0])


def _taken(work: Callable[[], object], rounds: int) -> float:
    """Median of the processor time, in seconds; the first round warms up, and loads the solver."""
    times = []
    for _ in range(rounds + 1):
        begin = time.process_time()
        work()
        times.append(time.process_time() - begin)
    return statistics.median(times[1:])
