"""What it costs to mark a file of answers and to study marks: as ratios to the plainest loop over the same data.

The yardstick of marking reads the same file with `csv` and looks each answer up in a dictionary of right ones; that of the statistics
adds every number up once, and its square. Both run in this process on one core and take turns; a figure is the median of the
rounds' processor time.
"""

import csv
import os
import random
import tempfile
from pathlib import Path

from courses.problems import Report
from lms_quiz.activity import Quiz
from lms_quiz.answering import answers, mark, sheets
from lms_quiz.statistics import statistics
from tests.bench.courses import shown, taken
from tests.bench.rounds import rounds as played

QUESTIONS = 20
ITEMS = 50


def quizzes(quick: bool, rounds: int) -> None:
    """Print the table."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    people = 1_000 if quick else 10_000
    chance = random.Random(4)
    with tempfile.TemporaryDirectory() as temporary:
        bank, given = Path(temporary) / "bank.md", Path(temporary) / "answers.csv"
        key = write(bank, given, people, chance)
        [sheet] = sheets(bank, Quiz(), Report("bank.md"))
        print(f"{f'{people:,} attempts':44}{'ratio':>10}{'goal':>8}{'spread':>16}")
        ratios, seconds = [], []
        for turn in range(rounds + 1):
            floor = taken(lambda: looked_up(given, key))
            ours = taken(lambda: mark(sheet, answers(given, [])))
            if turn:  # the first round warms both up
                ratios.append(ours / floor)
                seconds.append(ours)
        shown(f"marking {QUESTIONS} questions from a file", ratios)
        shown("  seconds", seconds)
    rows = [[float(chance.random() < 0.6) for _ in range(ITEMS)] for _ in range(people)]
    ratios, seconds = [], []
    for turn in range(rounds + 1):
        floor = taken(lambda: added(rows))
        ours = taken(lambda: statistics(rows, [1.0] * ITEMS))
        if turn:
            ratios.append(ours / floor)
            seconds.append(ours)
    shown(f"statistics of {ITEMS} questions", ratios)
    shown("  seconds", seconds)
    played(quick, rounds)


def write(bank: Path, given: Path, people: int, chance: random.Random) -> dict[tuple[str, str], bool]:
    """A bank of boxes, numbers and typed answers, answers of these people, and which of them are right."""
    key: dict[tuple[str, str], bool] = {}
    lines = []
    offers: list[list[str]] = []
    for number in range(1, QUESTIONS + 1):
        lines.append(f"{number}. Question {number}?")
        if number % 4 == 0:
            lines.append("   = 3.14 ± 0.01")
            offers.append(["3.14", "3,15", "3", "2.7", "0"])
            right = {"3.14", "3,15"}
        elif number % 4 == 1:
            lines.append("   = owl | owlet")
            offers.append(["owl", "Owlet", "crow", "frog"])
            right = {"owl", "Owlet"}
        else:
            lines += [f"   - ({'x' if option == 0 else ' '}) option {option}" for option in range(4)]
            offers.append([f"option {option}" for option in range(4)])
            right = {"option 0"}
        key |= {(str(number), answer): answer in right for answer in offers[-1]}
    bank.write_text("\n".join(lines) + "\n", "utf-8")
    with given.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["person", "question", "answer"])
        for person in range(people):
            for number, offered in enumerate(offers, 1):
                writer.writerow([f"person {person}", number, chance.choice(offered)])
    return key


def looked_up(given: Path, key: dict[tuple[str, str], bool]) -> dict[str, int]:
    """Points by person, by nothing but a dictionary."""
    found: dict[str, int] = {}
    with given.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found[row["person"]] = found.get(row["person"], 0) + key[row["question"], row["answer"]]
    return found


def added(rows: list[list[float]]) -> list[tuple[float, float]]:
    """Sums and sums of squares of every column, in plain loops."""
    found = [(0.0, 0.0)] * ITEMS
    for row in rows:
        for place, value in enumerate(row):
            one, square = found[place]
            found[place] = one + value, square + value * value
    return found
