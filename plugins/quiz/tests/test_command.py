"""`lms quiz`: quizzes and answers in files, without a site."""

import csv
import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from courses.problems import Report
from lms.i18n import set_language
from lms_quiz.activity import Quiz
from lms_quiz.answering import Bad, answers, mark, sheets
from lms_quiz.command import quiz

BANK = """---
title: Birds
---

1. Which one is a frog? {points=2 id=q-frog}
   - (x) frog
   - ( ) owl
   - ( ) 2
2. Which are even?
   - [x] two
   - [ ] three
   - [x] four
3. An owl is a bird.
   = true
4. How much?
   = 3.14 ± 0.01
5. Who flies at night?
   = owl | owlet
   > It sees in the dark.
"""
HEAD = "person,question,answer\n"
LESSON = """---
title: Lesson
minutes: 45
---

Text.

:::{quiz} First
:id: one

1. Yes?
   = true
:::

:::{quiz} Second
:id: two

1. No?
   = false
2. No?
   = false
:::
"""

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command in a folder with a bank, a lesson and answers."""
    monkeypatch.chdir(tmp_path)
    set_language("en")

    def command(*arguments: str, given: str = "", bank: str = BANK, typed: str = "") -> Result:
        Path("bank.md").write_text(bank, "utf-8")
        Path("lesson.md").write_text(LESSON, "utf-8")
        Path("answers.csv").write_text(given, "utf-8")
        return CliRunner().invoke(quiz, arguments, input=typed)

    return command


def marked(result: Result) -> list[tuple[str, float, list[float]]]:
    return [
        (one["person"], one["points"], [each["share"] for each in one["questions"]])
        for one in json.loads(result.stdout)["attempts"]
    ]


MARK = ("mark", "bank.md", "--answers", "answers.csv")


class TestMark:
    def test_answers_are_words_or_numbers_of_options(self, run: Run) -> None:
        given = HEAD + "".join(
            f"{person},{question},{answer}\n"
            for person, row in {
                "anna": ("frog", "four | two", "true", '"3,145"', "OWLET"),
                "boris": ("1", "1|3", "верно", "3.13", "owl"),
                "vera": ("2", "1|2", "False", "3.2", ""),
            }.items()
            for question, answer in enumerate(row, 1)
        )
        result = run(*MARK, "--format", "json", given=given)
        assert result.exit_code == 0, result.stderr
        assert marked(result) == [
            ("anna", 6, [1, 1, 1, 1, 1]),
            ("boris", 6, [1, 1, 1, 1, 1]),
            ("vera", 0, [0, 0, 0, 0, 0]),
        ]

    def test_all_of_one_answer(self, run: Run) -> None:
        result = run(*MARK, "--format", "json", given=HEAD + "anna,q-frog,frog\n")
        found: dict[str, Any] = json.loads(result.stdout)
        assert (found["quiz"], found["questions"]) == ("bank", 5)
        [one] = found["attempts"]
        assert {key: one[key] for key in ("person", "points", "max", "share")} == {
            "person": "anna", "points": 2, "max": 6, "share": 0.333333333,
        }  # fmt: skip
        assert one["questions"][:2] == [
            {"question": 1, "id": "q-frog", "points": 2, "max": 2, "share": 1, "answer": ["frog"], "why": "Right"},
            {"question": 2, "id": "", "points": 0, "max": 1, "share": 0, "answer": [], "why": "No answer"},
        ]

    def test_as_a_table_and_as_text(self, run: Run) -> None:
        given = "answer;person;question;remark\nfrog;anna;1;quick\n"
        rows = list(csv.DictReader(StringIO(run(*MARK, "--format", "csv", given=given).stdout)))
        assert [(row["person"], row["question"], row["points"], row["max"], row["why"]) for row in rows][:2] == [
            ("anna", "1", "2", "2", "Right"),
            ("anna", "2", "0", "1", "No answer"),
        ]
        assert run(*MARK, given=given).stdout == "anna: 2 of 6\n"

    def test_rows_that_cannot_be_used_are_named_by_line_and_the_others_marked(self, run: Run) -> None:
        given = HEAD + 'anna,1,frog\nanna,9,x\nanna,1,owl\n"boris\nthe great",3,maybe\n,3,true\nanna,2\n\nanna,3,true\n'
        result = run(*MARK, given=given)
        assert (result.exit_code, result.stdout) == (1, "anna: 3 of 6\nboris\nthe great: 0 of 6\n")
        assert result.stderr.splitlines() == [
            "answers.csv:3: there is no question “9”",
            "answers.csv:4: anna has answered question 1 before",
            "answers.csv:5: “maybe” cannot be an answer to question 3",
            "answers.csv:7: a row needs a person, a question and an answer",
            "answers.csv:8: a row needs a person, a question and an answer",
            "5 rows could not be used.",
        ]

    @pytest.mark.parametrize("given", ["", "name,question,answer\nanna,1,frog\n"])
    def test_without_the_columns_it_is_wrong_use(self, run: Run, given: str) -> None:
        result = run(*MARK, given=given)
        assert result.exit_code == 2
        assert "answers.csv has no column: person" in result.stderr

    def test_a_bank_with_a_mistake_is_not_marked(self, run: Run) -> None:
        result = run(*MARK, given=HEAD, bank=BANK.replace("- (x) frog", "- ( ) frog"))
        assert result.exit_code == 1
        assert "bank.md:5:1: No answer of this question is marked as right. [quiz-no-right]" in result.stderr

    def test_of_several_quizzes_one_is_chosen(self, run: Run) -> None:
        lesson = ("mark", "lesson.md", "--answers", "answers.csv")
        given = HEAD + "anna,1,false\n"
        result = run(*lesson, given=given)
        assert (result.exit_code, "Choose one of the quizzes with --quiz: one, two" in result.stderr) == (2, True)
        assert run(*lesson, "--quiz", "two", given=given).stdout == "anna: 1 of 2\n"
        assert run(*lesson, "--quiz", "one", given=given).stdout == "anna: 0 of 1\n"

    def test_variables_are_drawn_for_each_person_and_the_same_again(self, run: Run) -> None:
        bank = "1. What is {a} + {b}?\n   let a = 1..1000\n   let b = 1..1000\n   = {a + b} ± 0\n"
        given = HEAD + "".join(f"p{number},1,1001\n" for number in range(200))
        first, second = (run(*MARK, "--format", "json", given=given, bank=bank).stdout for _ in range(2))
        assert first == second
        Path("one.md").write_text(bank, "utf-8")
        [sheet] = sheets(Path("one.md"), Quiz(), Report("one.md"))
        right = HEAD + "".join(f"p{n},1,{sheet.asked(0, f'p{n}').data.accepted[0].value}\n" for n in range(20))
        assert run(*MARK, "--format", "json", given=right, bank=bank).stdout.count('"share": 1, "questions"') == 20


class TestStats:
    GIVEN = HEAD + "".join(
        f"p{number},{question},{answer}\n"
        for number in range(24)
        for question, answer in ((1, "frog" if number % 2 else "owl"), (3, "true" if number % 2 else "false"))
    )
    STATS = ("stats", "bank.md", "--answers", "answers.csv")

    def test_as_text_json_and_table(self, run: Run) -> None:
        said = run(*self.STATS, given=self.GIVEN)
        assert said.exit_code == 0, said.stderr
        assert "Attempts: 24\nMean: 25.0%" in said.stdout
        assert "       12  50.0%  frog" in said.stdout
        assert "Nobody chose “2” at question 1: put something more tempting in its place." in said.stdout
        found = json.loads(run(*self.STATS, "--format", "json", given=self.GIVEN).stdout)
        assert (found["few"], found["quiz"]["attempts"], found["quiz"]["mean"]) == (False, 24, 0.25)
        assert [one["facility"] for one in found["questions"]] == [0.5, 0, 0.5, 0, 0]
        rows = list(csv.DictReader(StringIO(run(*self.STATS, "--format", "csv", given=self.GIVEN).stdout)))
        assert [(row["Number"], row["Facility, %"], row["Answer"], row["How many"]) for row in rows[:3]] == [
            ("1", "50", "frog", "12"), ("1", "50", "owl", "12"), ("1", "50", "2", "0"),
        ]  # fmt: skip

    def test_few_people_are_told(self, run: Run) -> None:
        assert "Below 20 chance plays" in run(*self.STATS, given=HEAD + "anna,1,frog\n").stdout


class TestTry:
    def test_each_question_is_asked_marked_and_explained(self, run: Run) -> None:
        said = run("try", "bank.md", typed="frog\n1|2\nperhaps\ntrue\n\nowl\n")
        assert said.exit_code == 0, said.output
        assert "Question 1 of 5\nWhich one is a frog?\n  1) frog\n  2) owl\n  3) 2\n" in said.stdout
        assert "That cannot be an answer to this question." in said.stdout
        assert "Right. 1 of 1\nIt sees in the dark." in said.stdout
        assert said.stdout.endswith("Result: 4 of 6\n")


def test_marks_are_those_of_the_kinds(tmp_path: Path) -> None:
    (tmp_path / "bank.md").write_text(BANK, "utf-8")
    [sheet] = sheets(tmp_path / "bank.md", Quiz(), Report("bank.md"))
    found = mark(sheet, iter([(2, "anna", "2", "two"), (3, "anna", "1", "2")]))
    assert [one.share for one in found.people["anna"]] == [0, 0.5, 0, 0, 0]
    assert found.people["anna"][0].labels == ("2",)


def test_lines_are_those_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "answers.csv"
    path.write_text('\ufeffperson\tquestion\tanswer\n"a\nb"\t1\tx\n\n\t2\ty\nc\t3\tz\n', "utf-8")
    bad: list[Bad] = []
    assert list(answers(path, bad)) == [(2, "a\nb", "1", "x"), (6, "c", "3", "z")]
    assert [one.line for one in bad] == [5]


PARTS = """1. Tell. {points=3}
   = essay
2. Match.
   - a -> 1
   - b -> 2
   - -> 3
3. Order.
   1) one
   2) two
   3) three
4. A [[word]] and [[(yes)|no]].
"""


def test_answers_that_people_mark_wait(tmp_path: Path) -> None:
    bank = tmp_path / "parts.md"
    bank.write_text(PARTS, "utf-8")
    given = tmp_path / "answers.csv"
    given.write_text(HEAD + "ann,1,my text\nann,2,1 | -\nann,3,two | three | one\nann,4,word | no\nbob,1,\n", "utf-8")
    runner = CliRunner()

    def run(form: str) -> str:
        found = runner.invoke(quiz, ["mark", str(bank), "--answers", str(given), "--format", form])
        assert found.exit_code == 0, found.output
        return found.stdout

    assert run("text").splitlines() == ["ann: 1.5 of 6, 1 answer waits for a tutor", "bob: 0 of 6"]
    rows = list(csv.DictReader(StringIO(run("csv"))))
    assert [row["share"] for row in rows[:4]] == ["", "0.5", "0.5", "0.5"]
    assert [row["why"] for row in rows[:4]] == [
        "A tutor has yet to mark this answer", "1 of 2 pairs right", "1 of 2 neighbours follow each other as they should",
        "1 of 2 gaps right",
    ]  # fmt: skip
    first = json.loads(run("json"))["attempts"][0]["questions"][0]
    assert (first["points"], first["share"], first["max"]) == (None, None, 3)
    found = runner.invoke(quiz, ["stats", str(bank), "--answers", str(given), "--format", "json"])
    assert [one["asked"] for one in json.loads(found.stdout)["questions"]] == [1, 2, 2, 2]


def test_what_there_is_to_choose_from_does_not_tell_the_answer(tmp_path: Path) -> None:
    bank = tmp_path / "parts.md"
    bank.write_text(PARTS, "utf-8")
    shown = CliRunner().invoke(quiz, ["try", str(bank)], input="text\n1 | 2\none | two | three\nword | yes\n").stdout
    assert "  1) a → ?\n  2) b → ?\n" in shown
    order = [line for line in shown.splitlines() if line in ("  - one", "  - two", "  - three")]
    assert sorted(order) == ["  - one", "  - three", "  - two"]
    assert shown.rstrip().endswith("Result: 3 of 6")
