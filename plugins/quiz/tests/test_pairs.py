"""Matching, ordering and tables: what is read, what is sent, how it is marked."""

import re
from collections.abc import Sequence
from html import unescape
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

import lms_quiz
from courses.blocks import BodySource
from courses.problems import Report
from lms_quiz.activity import Quiz
from lms_quiz.kinds import STANDARD
from lms_quiz.kinds.assigning import Row
from lms_quiz.kinds.base import Asked
from lms_quiz.kinds.ordering import Items, Ordering
from lms_quiz.kinds.pairs import Categorise, Matching, Rows
from lms_quiz.question import Question

TEXT = """:::{quiz} Пары
:id: sample
%OPTIONS%

1. Соедините. {points=3}
   - лягушка -> земноводное
     > ОТЗЫВЛЯГУШКА
   - уж -> пресмыкающееся
   - жаба → земноводное
   - -> ЛИШНЕЕ
   > ПОЯСНЕНИЕ
2. По порядку. {points=2}
   1) первый
      > ОТЗЫВПЕРВЫЙ
   2) второй
   3) третий
3. Куда?

   |      | Зверь | Птица |
   |------|-------|-------|
   | кит  | (x)   | ( )   |
   | сова | ( )   | (x)   |
4. Куда? Несколько.

   |        | Зверь | Птица |
   |--------|-------|-------|
   | грифон | [x]   | [x]   |
   | камень | [ ]   | [ ]   |
:::
"""
BODY = TEXT.split("%OPTIONS%\n")[1].removesuffix(":::\n")


def read(body: str) -> tuple[list[Any], list[str]]:
    report = Report("lesson.md")
    found = Quiz(STANDARD).body(BodySource(body, 10, "lesson.md"), report)
    return list(found["questions"]), [f"{one.line}:{one.column} {one.code}" for one in report.problems]


def test_what_is_written_is_read() -> None:
    (pairs, order, one, several), problems = read(BODY)
    assert problems == []
    assert [each["kind"] for each in (pairs, order, one, several)] == [
        "matching",
        "ordering",
        "categorise",
        "categorise",
    ]
    assert Rows.model_validate(pairs["data"]) == Rows(
        rows=(
            Row(html="лягушка", right=(0,), feedback="<p>ОТЗЫВЛЯГУШКА</p>"), Row(html="уж", right=(1,)),
            Row(html="жаба", right=(0,)),
        ),
        columns=("земноводное", "пресмыкающееся", "ЛИШНЕЕ"),
    )  # fmt: skip
    assert [item["html"] for item in order["data"]["items"]] == ["первый", "второй", "третий"]
    assert (one["data"]["columns"], one["data"]["many"]) == (["Зверь", "Птица"], False)
    assert [row["right"] for row in one["data"]["rows"]] == [[0], [1]]
    assert ([row["right"] for row in several["data"]["rows"]], several["data"]["many"]) == ([[0, 1], []], True)
    assert one["text"] == "<p>Куда?</p>"


HEAD = "1. Что?\n   | | А | Б |\n   |---|---|---|\n"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("1. Что?\n   - а ->\n   - б -> 2\n", ["11:4 quiz-pair"]),
        ("1. Что?\n   - а -> 1\n   - ->\n", ["12:4 quiz-pair"]),
        ("1. Что?\n   - а -> 1\n   - А -> 2\n", ["12:4 quiz-option-twice"]),
        ("1. Что?\n   - а -> 1\n   - -> 2\n", ["11:4 quiz-pairs-few"]),
        ("1. Что?\n   - а -> 1\n   - б -> 1\n", ["11:4 quiz-pairs-few"]),
        ("1. Что?\n   1) а\n", ["11:4 quiz-order-few"]),
        ("1. Что?\n   1) а\n   2) А\n", ["12:4 quiz-option-twice"]),
        ("1. Что?\n   | а | (x) | ( ) |\n", ["11:4 quiz-table-head"]),
        ("1. Что?\n   | | А |\n   |---|---|\n   | а | (x) |\n", ["13:4 quiz-table-head"]),
        (HEAD + "   | а | (x) | [ ] |\n", ["13:4 quiz-table-mixed"]),
        (HEAD + "   | а | (x) |\n", ["13:4 quiz-table-row"]),
        (HEAD + "   | | (x) | ( ) |\n", ["13:4 quiz-table-row"]),
        (HEAD + "   | а | ( ) | ( ) |\n   | б | (x) | (x) |\n", ["13:4 quiz-table-right", "14:4 quiz-table-right"]),
        ("1. Что?\n   - а -> 1\n   - б -> 2\n   | а | б |\n", ["13:4 quiz-text-stray"]),
        ("1. Что?\n   - а -> 1\n   - (x) б\n", ["12:4 quiz-mixed"]),
    ],
)  # fmt: skip
def test_a_problem_is_found_where_it_is(body: str, expected: list[str]) -> None:
    found, problems = read(body)
    assert (found, problems) == ([], expected)


def rows(*rights: Sequence[int], columns: int = 3, many: bool = False) -> Rows:
    return Rows(
        rows=tuple(Row(html=f"row {place}", right=tuple(right)) for place, right in enumerate(rights)),
        columns=tuple(f"column {place}" for place in range(columns)), many=many,
    )  # fmt: skip


def items(*words: str) -> Items:
    return Items.model_validate({"items": [{"html": one} for one in words]})


class TestMarks:
    def test_each_pair_brings_an_equal_part(self) -> None:
        kind, data = Matching(), rows([0], [1], [0])
        found = kind.mark(data, {"given": [[0], [1], [2]]}, True)
        assert (found.share, found.text, found.values, found.parts) == (
            pytest.approx(2 / 3), "{hits} of {total} pairs right", {"hits": 2, "total": 3}, (1, 1, 0),
        )  # fmt: skip
        assert found.matched == (0, 1)
        assert kind.mark(data, {"given": [[0], [1], [2]]}, False).share == 0
        assert kind.mark(data, {"given": [[0], [1], [0]]}, False).share == 1
        assert kind.mark(data, None, True).text == "No answer"

    @pytest.mark.parametrize("given", [[], [[7], [-1], [0]], [[0]] * 9, [[], [], []]])
    def test_what_does_not_fit_is_left_out(self, given: list[list[int]]) -> None:
        assert Matching().mark(rows([0], [1], [0]), {"given": given}, True).share <= 2 / 3

    def test_several_in_a_row_are_marked_as_boxes_are(self) -> None:
        kind, data = Categorise(), rows([0, 1], [], columns=3, many=True)
        assert kind.mark(data, {"given": [[0, 1], []]}, True).share == 1
        assert kind.mark(data, {"given": [[0], []]}, True).share == 0.75
        assert kind.mark(data, {"given": [[0], [2]]}, True).share == 0.25
        assert kind.mark(data, {"given": [[0, 1, 2], []]}, True).share == 0.5
        assert kind.mark(data, {"given": [[0], []]}, False).share == 0

    def test_neighbours_of_the_right_order_that_follow_each_other(self) -> None:
        kind, data = Ordering(), items("a", "b", "c", "d")

        def share(order: str) -> float:
            return kind.mark(data, {"given": [[order.index(one)] for one in "abcd"]}, True).share

        assert share("abcd") == 1
        assert share("bcda") == pytest.approx(2 / 3)
        assert share("dabc") == pytest.approx(2 / 3)
        assert share("cdab") == pytest.approx(2 / 3)
        assert share("acbd") == 0
        assert share("dcba") == 0
        shares = [share("".join(order)) for order in permutations("abcd")]
        assert sum(shares) / len(shares) == pytest.approx(kind.guess(data, True))
        assert sum(one == 1 for one in shares) / len(shares) == pytest.approx(kind.guess(data, False))

    def test_two_in_one_place_have_none(self) -> None:
        kind, data = Ordering(), items("a", "b", "c")
        found = kind.mark(data, {"given": [[0], [0], [1]]}, True)
        assert (found.share, found.matched) == (0, ())
        assert str(kind.complaint(data, {"given": [[0], [0], [1]]})) == "two things stand in the same place"
        assert str(kind.complaint(data, {"given": [[0], [], [1]]})) == "a part of the answer is missing"
        assert kind.complaint(data, {"given": [[2], [0], [1]]}) is None

    def test_guessing(self) -> None:
        assert Matching().guess(rows([0], [1], columns=4), True) == 0.25
        assert Matching().guess(rows([0], [1], columns=4), False) == 0.0625
        assert Categorise().guess(rows([0], [], many=True), True) is None


class TestFiles:
    """Answers on one line, and as words."""

    def test_pairs(self) -> None:
        kind, data = Matching(), rows([0], [1], [0])
        assert kind.spoken(data, "column 0 | 2 | -") == {"given": [[0], [1], []]}
        assert kind.labels(data, {"given": [[0], [1], []]}) == ("row 0 → column 0", "row 1 → column 1")
        assert kind.labels(data, None) == ()
        assert kind.spoken(data, " | - | ") is None
        for bad in ("column 9", "1 | 1 | 1 | 1", "1 + 2"):
            with pytest.raises(ValueError):
                kind.spoken(data, bad)

    def test_tables(self) -> None:
        kind, data = Categorise(), rows([0, 1], [2], many=True)
        assert kind.spoken(data, "1 + column 1 | -") == {"given": [[0, 1], []]}

    def test_an_order(self) -> None:
        kind, data = Ordering(), items("a", "b", "c")
        assert kind.spoken(data, "b | c | a") == {"given": [[2], [0], [1]]}
        assert kind.labels(data, {"given": [[2], [0], [1]]}) == ("b → c → a",)
        assert kind.choices(data) == ()
        with pytest.raises(ValueError):
            kind.spoken(data, "b | b")


class TestEditions:
    def test_pairs(self) -> None:
        kind = Matching()
        before = rows([0], [1], columns=3)
        assert list(kind.differences(before, before)) == []
        assert list(kind.differences(before, rows([0], [2], columns=3))) == ["key"]
        assert list(kind.differences(before, rows([0], [1], columns=4))) == ["choices"]
        turned = Rows(rows=before.rows, columns=(before.columns[1], before.columns[0], before.columns[2]))
        assert list(kind.differences(before, turned)) == ["key"]
        moved = before.model_copy(update={"rows": before.rows[::-1]})
        assert list(kind.differences(before, moved)) == ["order"]
        assert kind.carried(before, moved, {"given": [[0], [2]]}) == {"given": [[2], [0]]}
        assert kind.carried(before, turned, {"given": [[0], [2]]}) == {"given": [[1], [2]]}
        assert kind.carried(rows([0], [1], columns=4), before, {"given": [[3], [0]]}) is None
        assert kind.carried(rows([0], [1], columns=4), before, {"given": [[2], [0]]}) == {"given": [[2], [0]]}

    def test_another_order_is_another_key_and_makes_attempts_void(self) -> None:
        kind = Ordering()
        before, after = items("мышь", "кот", "пёс"), items("кот", "мышь", "пёс")
        assert list(kind.differences(before, before)) == []
        assert list(kind.differences(before, after)) == ["key"]
        assert list(kind.differences(before, items("мышь", "кот", "слон"))) == ["choices"]
        assert kind.carried(before, after, {"given": [[0], [1], [2]]}) == {"given": [[1], [0], [2]]}
        assert kind.shape(before) != kind.shape(after)
        assert kind.shape(before) == kind.shape(items("мышь", "кот", "пес"))

    def test_a_demonstration_answers_right_and_wrong(self) -> None:
        for kind, data in (
            (Matching(), rows([0], [1])),
            (Ordering(), items("a", "b", "c")),
            (Categorise(), rows([0, 1], [], many=True)),
        ):
            asked: Asked[Any] = Asked(0, Question(kind=kind.name, text="", line=1), data, "seed", True)
            shares = [kind.mark(data, kind.read(asked, kind.demo(asked, right)), True).share for right in (True, False)]
            assert shares[0] == 1 > shares[1]


_ROW = re.compile(r'<label for="(q\d)-\d">(.*?)</label>\s*<select[^>]*>(.*?)</select>', re.S)


_OPTION = re.compile(r'<option value="(\w+)"[^>]*>(.*?)</option>')


def selects(page: str) -> dict[tuple[str, str], dict[str, str]]:
    """By question and row: values of the choices by their words."""
    return {
        (name, unescape(label)): {unescape(words): value for value, words in _OPTION.findall(options)}
        for name, label, options in _ROW.findall(page)
    }


def cells(page: str) -> dict[tuple[str, str, str], tuple[str, str]]:
    """By question, row and column: the field's name and value."""
    words = {name: unescape(text) for name, text in re.findall(r'<th scope="\w+" id="([\w-]+)">(.*?)</th>', page)}
    return {
        (one[1], words[one[3]], words[one[4]]): (one[0], one[2])
        for one in re.findall(r'name="((q\d)\.\d)" value="(\w+)"[^>]*aria-labelledby="(\S+) (\S+)"', page)
    }


class TestPages:
    def test_a_whole_attempt(self, place_with: Any) -> None:
        place = place_with(text=TEXT)
        learner = place.learner()
        sitting = place.sit(learner).start()
        page = sitting.page
        of, table = selects(page), cells(page)
        assert sorted(of) == [
            ("q1", "жаба"), ("q1", "лягушка"), ("q1", "уж"), ("q2", "второй"), ("q2", "первый"), ("q2", "третий"),
        ]  # fmt: skip
        assert sorted(of["q1", "уж"]) == ["ЛИШНЕЕ", "земноводное", "пресмыкающееся"]
        assert list(of["q2", "первый"]) == ["1", "2", "3"]
        assert re.findall(r'class="quiz-pairs" data-drag="(\w+)"', page) == ["match", "order"]
        answers: dict[str, Any] = {
            "q1": [of["q1", "лягушка"]["земноводное"], of["q1", "уж"]["ЛИШНЕЕ"], of["q1", "жаба"]["земноводное"]],
            "q2": [of["q2", "первый"]["2"], of["q2", "второй"]["3"], of["q2", "третий"]["1"]],
        }
        for row, column in (("кит", "Зверь"), ("сова", "Птица")):
            name, value = table["q3", row, column]
            answers[name] = value
        name, value = table["q4", "грифон", "Птица"]
        answers[name] = [value]
        sitting.save(answers)
        page = place.stage.browser(learner).get(f"{place.base}attempts/{sitting.number}/")
        assert page.count(" selected>") == 6
        assert page.count(" checked ") == 3
        review = sitting.finish(answers)
        result = place.stage.results(place.run, learner)["sample"]
        assert (result.points, result.max_points) == (pytest.approx(2 + 1 + 1 + 0.75), 7)
        for sentence in (
            "2 of 3 pairs right",
            "1 of 2 neighbours",
            "2 of 2 rows right",
            "1 of 2 rows right",
            "ОТЗЫВЛЯГУШКА",
            "ПОЯСНЕНИЕ",
        ):
            assert sentence in review, sentence
        assert "ОТЗЫВПЕРВЫЙ" not in review
        order = re.findall(r'<th scope="row">(первый|второй|третий)</th>', review)
        assert order == ["первый", "второй", "третий"]

    def test_nothing_of_the_key_is_sent(self, place_with: Any) -> None:
        place = place_with(text=TEXT)
        orders: set[tuple[str, ...]] = set()
        tokens: set[str] = set()
        for number in range(8):
            page = place.sit(place.learner(f"Ученик {number}", email=f"u{number}@example.org")).start().page
            assert "ОТЗЫВ" not in page and "ПОЯСНЕНИЕ" not in page
            of = selects(page)
            orders.add(tuple(of["q1", "уж"]))
            rows_ = tuple(label for name, label in of if name == "q2")
            orders.add(rows_)
            values = {value for options in of.values() for value in options.values()}
            assert not values & tokens
            tokens |= values
        assert len(orders) > 4

    @pytest.mark.parametrize("sent", [["x"], ["", ""], ["<b>"] * 50, ["\ud7ff", "\u202e\ufeff"]])
    def test_whatever_is_sent_is_read(self, place_with: Any, sent: list[str]) -> None:
        place = place_with(text=TEXT)
        learner = place.learner()
        sitting = place.sit(learner).start()
        sitting.save({"q1": sent, "q2": sent, "q3": sent, "q3.1": sent, "q3.x": sent, "q4.": sent})
        review = sitting.finish({"q1": sent})
        assert review.count("No answer") >= 4
        assert place.stage.results(place.run, learner)["sample"].points == 0

    def test_two_columns_of_one_row_are_one(self, place_with: Any) -> None:
        place = place_with(text=TEXT)
        learner = place.learner()
        sitting = place.sit(learner).start()
        table = cells(sitting.page)
        both = [table["q3", "кит", column][1] for column in ("Зверь", "Птица")]
        sitting.finish({"q3.1": both})
        assert place.stage.results(place.run, learner)["sample"].points == 0.5

    def test_in_a_self_check(self, place_with: Any) -> None:
        place = place_with(":self-check: true", text=TEXT)
        browser = place.stage.browser(place.learner())
        page = browser.get(place.lesson_url)
        found = re.findall(r'name="(sample-q3\.\d)" value="(\w+)"', page)
        assert len(found) == 4
        browser.post(f"{place.base}check", dict(found))
        page = browser.get(place.lesson_url)
        ids = re.findall(r'\bid="([^"]+)"', page)
        assert sorted(ids) == sorted(set(ids))
        assert "of 2 rows right" not in page
        assert page.count(" checked ") == 2


def test_the_script_that_drags_is_small_and_plain() -> None:
    script = (Path(lms_quiz.__file__).parent / "static/drag.js").read_bytes()
    assert len(script) < 4000
    assert re.findall(rb"eval|innerHTML|new Function|\.style\b|https?://", script) == []
