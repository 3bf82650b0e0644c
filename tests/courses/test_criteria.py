"""Marking forms: read from YAML and from tables, and their arithmetic."""

import pytest
from pydantic import ValidationError

from courses.blocks import BodySource
from courses.criteria import Criteria, Criterion, Level, from_body, score
from courses.problems import Report

TABLE = """Сделайте проект.

## Критерии

| Критерий | Баллы | Описание |
|:---------|------:|----------|
| Полнота  | 5     | Всё \\| сразу |
| Ясность  | 2,5   |          |

Конец."""


def test_table() -> None:
    report = Report("a.md")
    criteria, rest = from_body(BodySource(TABLE, 10, "a.md"), report)
    assert report.problems == []
    assert criteria == Criteria(
        items=(
            Criterion(id="polnota", title="Полнота", points=5, description="Всё | сразу"),
            Criterion(id="yasnost", title="Ясность", points=2.5),
        )
    )
    assert rest.split("\n") == ["Сделайте проект.", *[""] * 8, "Конец."]


def test_levels_weights_and_ids_of_a_table() -> None:
    text = "Id | Criterion | Max | Weight\n--|--|--|--\nx | A | 0 no; 3 partly; 5: fully | 2\ny | A | 1 | 0,5"
    criteria, _ = from_body(BodySource(text), Report())
    assert criteria is not None
    assert criteria.strategy == "rubric"
    assert [(item.id, item.points, item.weight) for item in criteria.items] == [("x", 5, 2), ("y", 1, 0.5)]
    assert criteria.items[0].levels == (
        Level(points=0, title="no"),
        Level(points=3, title="partly"),
        Level(points=5, title="fully"),
    )
    assert criteria.max_points == 10.5


def test_the_same_title_twice_gives_two_ids() -> None:
    criteria, _ = from_body(BodySource("| Criterion | Points |\n|--|--|\n| A | 1 |\n| A | 1 |\n| … | 1 |"), Report())
    assert criteria is not None
    assert [item.id for item in criteria.items] == ["a", "a-2", "criterion-3"]


def test_other_tables_and_code_are_left_alone() -> None:
    text = "| A | B |\n|--|--|\n| 1 | 2 |\n\n```\n| Criterion | Points |\n|--|--|\n| A | 1 |\n```"
    assert from_body(BodySource(text), Report()) == (None, text)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (
            "| A | lots |",
            "7:7: “lots” in points",
        ),
        (
            "|  | 5 |",
            "7:1: “” in title",
        ),
        (
            "| A | -1 |",
            "7:7: “-1” in points",
        ),
        ("", "5:1: no rows"),
    ],
)
def test_wrong_rows_are_reported_at_their_line(row: str, said: str) -> None:
    report = Report("b.md")
    criteria, _ = from_body(BodySource(f"| Criterion | Points |\n|---|---|\n{row}", 5, "b.md"), report)
    assert criteria is None
    row_text = "This row of the criteria table cannot be read: “{0}” does not fit the column “{1}”."
    place, what = said.split(": ", 1)
    value, _, column = what.removeprefix("“").partition("” in ")
    sentence = row_text.format(value, column) if column else "The criteria table has no rows."
    assert [str(problem) for problem in report.problems] == [f"b.md:{place}: {sentence} [criteria]"]


def test_yaml_list() -> None:
    criteria = Criteria.model_validate(
        [{"title": "Полнота", "points": 5}, {"title": "B", "levels": [{"points": 3, "title": "x"}]}]
    )
    assert [(item.id, item.points) for item in criteria.items] == [("polnota", 5), ("b", 3)]
    assert Criteria.model_validate_json(criteria.model_dump_json()) == criteria


@pytest.mark.parametrize("wrong", [[], [{"title": "A"}, {"title": "a"}], [{"points": 5}], [3], {"items": []}, "x"])
def test_wrong_yaml(wrong: object) -> None:
    with pytest.raises(ValidationError):
        Criteria.model_validate(wrong)


A, B = Criterion(id="a", title="A", points=4), Criterion(id="b", title="B", points=2, weight=3)


@pytest.mark.parametrize(
    ("strategy", "values", "share", "complete"),
    [
        ("points", {"a": 4, "b": 2}, 1.0, True),
        ("points", {"a": 2, "b": 1}, 0.5, True),
        ("points", {"a": 99, "b": -5}, 0.4, True),
        ("points", {"a": 4}, 0.4, False),
        ("points", {}, 0.0, False),
        ("rubric", {"a": 0, "b": 2}, 0.6, True),
        ("checklist", {"a": 4, "b": 0}, 0.4, True),
        ("comments", {}, 1.0, True),
        ("errors", {"a": 0, "b": 0}, 1.0, True),
        ("errors", {"a": 4, "b": 0}, 0.6, True),
    ],
)
def test_arithmetic(strategy: str, values: dict[str, float], share: float, complete: bool) -> None:
    result = score(Criteria.model_validate({"items": [A, B], "strategy": strategy}), values)
    assert result.share == pytest.approx(share)
    assert result.complete == complete
    assert result.earned == pytest.approx(share * result.most)
    assert [row.most for row in result.rows] == [4, 6]
