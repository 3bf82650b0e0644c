"""A stranger's scripted attempts, step by step, with our kinds of question and our marking of whole attempts: every mark expected.

What the names in the files mean stands beside them (DEFINITIONS.md): the questions below are written from it.
"""

import csv
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count, groupby
from pathlib import Path
from typing import Any

import pytest

from courses.blocks import BodySource
from courses.problems import Report
from lms_quiz.conduct import Did, did, mark_of, marked, worth
from lms_quiz.format import QuizSettings, parse_body
from lms_quiz.kinds import STANDARD, QuestionKind

CORPUS = Path(os.environ.get("LMS_TEST_CORPUS", Path(__file__).parents[4] / "shared" / "corpus"))
SCRIPTED = CORPUS / "moodle-quiz-walkthrough"
KINDS: dict[str, QuestionKind[Any]] = {kind.name: kind for kind in STANDARD}
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)

POOL = """1. Name an amphibian
   = frog
   = 80% toad
2. What is pi to two d.p.?
   = 3.14
"""
REST = """3. The sum of two numbers is {s}.
   let s = {9.9, 8.5, 3.3, 19.4, 14.2, 9.4, 9.1, 5.7, 7.1, 6.8}
   = {s} ± 1%
4. Classify the animals
   - frog -> amphibian
   - cat -> mammal
   - newt -> amphibian
   - -> insect
5. The answer is true
   = true
6. Which are the odd numbers?
   - [50%] One
   - [ ] Two
   - [50%] Three
   - [ ] Four
7. Which is the oddest number?
   - (x) One
   - ( ) Two
   - ( ) Three
   - ( ) Four
8. The [[Owl]] and the [[Pussy-cat]] went to sea
"""
SUMS = ("9.9", "8.5", "3.3", "19.4", "14.2", "9.4", "9.1", "5.7", "7.1", "6.8")


def rows(name: str) -> list[dict[str, str]]:
    if not SCRIPTED.is_dir():
        pytest.skip("the corpus of scripted attempts is not here (LMS_TEST_CORPUS)")
    with (SCRIPTED / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def quiz(text: str, **options: Any) -> QuizSettings:
    report = Report("quiz.md")
    body = parse_body(BodySource(text, 1, "quiz.md"), report, STANDARD)
    assert [str(problem) for problem in report.problems] == []
    return QuizSettings.model_validate({"id": "sample", **options, **body})


def seed_of(settings: QuizSettings, place: int, value: str) -> str:
    """A seed for which the variable of this question is drawn with this value."""
    question = settings.questions[place]
    for number in count():
        asked = KINDS[question.kind].asked(place, question, str(number), False)
        if f"is {value}." in asked.question.text:
            return str(number)
    raise AssertionError


class Scripted:
    """One attempt: what was done at each question, with the marks of the real kinds."""

    def __init__(self, settings: QuizSettings, seed: str = "") -> None:
        self.settings, self.seed = settings, seed
        self.steps: list[list[Did]] = [[] for _ in settings.questions]

    def asked(self, place: int) -> Any:
        question = self.settings.questions[place]
        return KINDS[question.kind].asked(place, question, self.seed, False)

    def does(self, place: int, act: str, answer: str = "") -> None:
        if act == "again":
            self.steps[place].append(Did(act="again", at=NOW))
            return
        asked = self.asked(place)
        kind = KINDS[asked.question.kind]
        reply = kind.spoken(asked.data, answer)
        self.steps[place].append(did(act, NOW, reply, mark_of(kind, asked, self.settings, reply), 0))  # type: ignore[arg-type]

    def marks(self) -> list[float]:
        return [marked(self.settings, self.asked(place), steps).points for place, steps in enumerate(self.steps)]


def answers(row: dict[str, str]) -> Iterator[str]:
    """What a line of the first quiz says, question by question."""
    yield row["responses.1.answer"]
    yield row["responses.2.answer"]
    yield " | ".join(row[f"responses.3.{animal}"] for animal in ("frog", "cat", "newt"))
    yield "true" if row["responses.4.answer"] == "1" else "false"
    yield " | ".join(word for word in ("One", "Two", "Three", "Four") if row[f"responses.5.{word}"] == "1")
    yield row["responses.6.answer"]
    yield " | ".join((row["responses.7.1.answer"], row["responses.7.2.answer"]))


def close(found: list[float], expected: list[float]) -> int:
    """How many marks differ by more than a ten-millionth."""
    return sum(abs(one - other) > 1e-7 for one, other in zip(found, expected, strict=True))


def test_every_mark_of_the_quiz_that_is_marked_at_the_end() -> None:
    drawn = quiz(POOL).questions
    rest = quiz(REST)
    compared = 0
    for row, expected in zip(rows("steps00.csv"), rows("results00.csv"), strict=True):
        first = drawn[("shortanswer", "numerical").index(row["randqs.1"])]
        settings = rest.model_copy(update={"questions": (first, *rest.questions)})
        attempt = Scripted(settings, seed_of(settings, 1, SUMS[int(row["variants.2"]) - 1]))
        for place, answer in enumerate(answers(row)):
            attempt.does(place, "finish", answer)
        found = attempt.marks()
        slots = [float(expected[f"slots.{number}.mark"]) for number in range(1, 8)]
        assert close(found, slots) == 0, (row["quizattempt"], found, slots)
        assert round(sum(found), 5) == float(expected["summarks"])
        compared += len(found)
    assert compared == 70


def test_every_mark_of_the_quiz_with_several_tries() -> None:
    text = REST.splitlines()[-1].replace("8.", "1.") + " {points=100}\n"
    settings = quiz(text, behaviour="interactive", penalty=0.3333333, tries=3)
    expected = {row["quizattempt"]: row for row in rows("results01.csv")}
    found: dict[str, float] = {}
    for number, lines in groupby(rows("steps01.csv"), key=lambda row: row["quizattempt"]):
        attempt = Scripted(settings)
        for row in lines:
            answer = f"{row['responses.1.1.answer']} | {row['responses.1.2.answer']}"
            if row["responses.1.-tryagain"] == "1":
                attempt.does(0, "again")
            if row["responses.1.-submit"] == "1":
                attempt.does(0, "check", answer)
            if row["finished"] == "1":
                attempt.does(0, "finish", answer)
        if expected[number]["finished"] == "1":
            found[number] = attempt.marks()[0] / 100
            assert expected[number]["summarks"] == expected[number]["slots.1.mark"]
        else:  # under way: what it is worth so far
            found[number] = worth(settings, settings.questions[0], attempt.steps[0]).share
    slots = [float(expected[number]["slots.1.mark"]) / 100 for number in found]
    assert len(found) == 8
    assert close(list(found.values()), slots) == 0, (found, slots)
