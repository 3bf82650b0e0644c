"""Marking forms: read from YAML and from tables, and their arithmetic."""

import pytest
from pydantic import ValidationError

from courses.blocks import BodySource
from courses.criteria import (
    Criteria,
    Criterion,
    Level,
    against,
    compared,
    from_body,
    percentages,
    score,
    weights,
)
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
    # in a rubric all criteria weigh alike, so that levels with weights are points with a scale
    assert criteria.strategy == "points"
    assert [(item.id, item.points, item.weight) for item in criteria.items] == [("x", 5, 2), ("y", 1, 0.5)]
    assert criteria.items[0].levels == (
        Level(points=0, title="no"),
        Level(points=3, title="partly"),
        Level(points=5, title="fully"),
    )
    assert criteria.max_points == 6
    assert score(criteria, {"x": 3, "y": 1}).share == pytest.approx((2 * 3 / 5 + 0.5) / 2.5)
    without, _ = from_body(
        BodySource(text.replace(" | Weight", "").replace(" | 2", "").replace(" | 0,5", "")), Report()
    )
    assert without is not None
    assert without.strategy == "rubric"


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


# ------------------------------------------------------------------ strategies written as a table


def read(text: str) -> tuple[Criteria | None, str, list[str]]:
    report = Report("b.md")
    criteria, rest = from_body(BodySource(text, 1, "b.md"), report)
    return criteria, rest, [str(problem) for problem in report.problems]


def test_a_scale_in_words_counts_its_steps_from_nought() -> None:
    criteria, _, problems = read(
        "| Критерий | Баллы | Вес |\n|--|--|--|\n| A | нет; частично; вполне | 2 |\n| B | 4 | |"
    )
    assert problems == []
    assert criteria is not None
    assert [(level.points, level.title) for level in criteria.items[0].levels] == [
        (0, "нет"), (1, "частично"), (2, "вполне"),
    ]  # fmt: skip
    # the i-th of m steps counts (i − 1)/(m − 1); B has no weight where A has one: 1
    assert score(criteria, {"a": 1, "b": 4}).share == pytest.approx((2 * 1 / 2 + 1) / 3)


@pytest.mark.parametrize(
    ("head", "cell", "strategy", "points"),
    [
        ("Ошибок", "3", "errors", 3),
        ("Mistakes", "", "errors", 1),
        ("Галочка", "2", "checklist", 2),
        ("Comment", "", "comments", 1),
        ("Сравнение", "", "pairwise", 1),
    ],
)
def test_the_head_of_a_column_names_the_strategy(head: str, cell: str, strategy: str, points: float) -> None:
    criteria, rest, problems = read(f"Слово.\n\n| Критерий | {head} |\n|--|--|\n| A | {cell} |")
    assert (problems, rest) == ([], "Слово.\n\n\n\n")
    assert criteria == Criteria.model_validate({"strategy": strategy, "items": [{"title": "A", "points": points}]})


def test_a_table_with_points_comes_before_one_with_comments() -> None:
    criteria, rest, _ = read(
        "| Criterion | Comment |\n|--|--|\n| A | x |\n\n| Criterion | Points |\n|--|--|\n| B | 2 |"
    )
    assert criteria is not None
    assert [item.title for item in criteria.items] == ["B"]
    assert rest.startswith("| Criterion | Comment |")


def test_comments_with_weights_are_told_of_at_the_weight() -> None:
    criteria, _, problems = read("| Criterion | Comment | Weight |\n|--|--|--|\n| A | | 2 |\n| B | | |")
    said = "b.md:3:9: The weight of the criterion “A” would not count. [criteria-weight]"
    assert (criteria, problems) == (None, [said])


def test_marks_by_the_number_of_mistakes() -> None:
    text = "| Критерий | Ошибки |\n|--|--|\n| A | 5 |\n\n### Оценки\n\n| Ошибок | Оценка |\n|--|--|\n| 1 | 80% |\n| 3 | 50 |\n"
    criteria, rest, problems = read(text)
    assert (problems, rest.strip()) == ([], "")
    assert criteria is not None
    assert [(one.mistakes, one.mark) for one in criteria.marks] == [(1, 0.8), (3, 0.5)]
    assert [score(criteria, {"a": made}).share for made in range(6)] == [1, 0.8, 0.8, 0.5, 0.5, 0.5]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("| 1 | viel |", "b.md:7:7: This row of the marks for mistakes cannot be read: “viel”. [criteria-marks]"),
        ("| x | 50 |", "b.md:7:3: This row of the marks for mistakes cannot be read: “x”. [criteria-marks]"),
        (
            "| 2 | 50 |\n| 1 | 40 |",
            "b.md:8:7: The row for this number of mistakes is out of order: 1. [criteria-marks]",
        ),
        (
            "| 2 | 50 |\n| 3 | 60 |",
            "b.md:8:7: The row for this number of mistakes is out of order: 3. [criteria-marks]",
        ),
        ("| 0 | 90 |", "b.md:7:7: A work without a mistake has the full mark: 100%. [criteria-marks]"),
    ],
)
def test_wrong_marks_by_mistakes_are_told_at_their_line(rows: str, said: str) -> None:
    criteria, _, problems = read(
        f"| Criterion | Mistakes |\n|--|--|\n| A | 5 |\n\n| Mistakes | Mark |\n|--|--|\n{rows}"
    )
    assert (criteria, problems) == (None, [said])


@pytest.mark.parametrize(
    ("data", "at", "code"),
    [
        ({"strategy": "rubric", "items": [{"title": "A", "weight": 2}]}, ("items", 0, "weight"), "criteria-weight"),
        ({"strategy": "comments", "items": [{"title": "A", "weight": 1}]}, ("items", 0, "weight"), "criteria-weight"),
        (
            {"strategy": "errors", "items": [{"title": "A", "levels": [{"points": 1, "title": "x"}]}]},
            ("items", 0, "levels"),
            "criteria-levels",
        ),
        ({"items": [{"title": "A"}], "marks": [{"mistakes": 1, "mark": "50%"}]}, ("marks",), "criteria-marks"),
    ],
)
def test_what_would_not_count_is_refused_at_its_key(data: object, at: tuple[object, ...], code: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Criteria.model_validate(data)
    assert [(one["loc"], one["ctx"]["code"]) for one in caught.value.errors()] == [(at, code)]


# ------------------------------------------------------------------ arithmetic of one form

A, B = Criterion(id="a", title="A", points=4), Criterion(id="b", title="B", points=2)
HEAVY = [A.model_copy(update={"weight": 1.0}), B.model_copy(update={"weight": 3.0})]


@pytest.mark.parametrize(
    ("strategy", "items", "values", "share", "complete"),
    [
        # without weights points are added up: 4 + 2 of 6
        ("points", [A, B], {"a": 4, "b": 2}, 1.0, True),
        ("points", [A, B], {"a": 2, "b": 1}, 0.5, True),
        ("points", [A, B], {"a": 1, "b": 2}, 0.5, True),
        ("points", [A, B], {"a": 99, "b": -5}, 4 / 6, True),
        ("points", [A, B], {"a": 4}, 4 / 6, False),
        # with weights: Σ w·x/M over Σ w = (1·1/4 + 3·2/2)/4
        ("points", HEAVY, {"a": 1, "b": 2}, 0.8125, True),
        ("points", HEAVY, {"a": 4, "b": 0}, 0.25, True),
        # nothing given, nothing that counts: no result
        ("points", [A, B], {}, None, False),
        ("points", [A.model_copy(update={"weight": 0.0}), B], {"a": 4, "b": 1}, 0.5, True),
        ("points", [A.model_copy(update={"points": 0.0}), B], {"b": 1}, 0.5, True),
        ("points", [A.model_copy(update={"weight": 0.0})], {"a": 4}, None, True),
        ("checklist", [A, B], {"a": 4, "b": 0}, 4 / 6, True),
        ("checklist", HEAVY, {"a": 4, "b": 0}, 0.25, True),
        ("comments", [A, B], {}, 1.0, True),
        # without a table each mistake takes its part of all there could be: 1·4 + 3·2 = 10
        ("errors", [A, B], {"a": 0, "b": 0}, 1.0, True),
        ("errors", HEAVY, {"a": 1, "b": 1}, 0.6, True),
        ("errors", [A, B], {}, None, False),
    ],
)
def test_arithmetic(
    strategy: str, items: list[Criterion], values: dict[str, float], share: float | None, complete: bool
) -> None:
    result = score(Criteria.model_validate({"items": items, "strategy": strategy}), values)
    assert result.share == (None if share is None else pytest.approx(share))
    assert result.complete == complete
    if share is not None and strategy in ("points", "checklist"):
        assert result.earned == pytest.approx(share * result.most)


def rubric(*steps: tuple[float, ...]) -> Criteria:
    items = [
        {"title": f"C{place}", "levels": [{"points": points, "title": "…"} for points in each]}
        for place, each in enumerate(steps)
    ]
    return Criteria.model_validate({"items": items, "strategy": "rubric"})


@pytest.mark.parametrize(
    ("steps", "values", "share"),
    [
        # (Σ x − Σ least) / (Σ most − Σ least) = (3 + 2 − 1)/(5 + 4 − 1)
        (((0, 3, 5), (1, 2, 4)), {"c0": 3, "c1": 2}, 0.5),
        (((0, 3, 5), (1, 2, 4)), {"c0": 0, "c1": 1}, 0.0),
        (((0, 3, 5), (1, 2, 4)), {"c0": 5, "c1": 4}, 1.0),
        # a criterion of one level adds nothing; of such alone there is no result
        (((2,), (0, 4)), {"c0": 2, "c1": 1}, 0.25),
        (((2,), (3,)), {"c0": 2, "c1": 3}, None),
    ],
)
def test_a_rubric_is_reckoned_from_its_lowest_levels(
    steps: tuple[tuple[float, ...], ...], values: dict[str, float], share: float | None
) -> None:
    assert score(rubric(*steps), values).share == (None if share is None else pytest.approx(share))


def test_weights_and_percentages_by_strategy() -> None:
    points = Criteria.model_validate([{"title": "A", "points": 10}, {"title": "B", "points": 5}])
    assert weights(points) == {"a": 10, "b": 5}
    assert percentages(points, {"a": 5}) == {"a": 50, "b": 0}
    heavy = Criteria.model_validate([{"title": "A", "points": 10, "weight": 3}, {"title": "B", "points": 5}])
    assert weights(heavy) == {"a": 3, "b": 1}
    levels = rubric((2, 6), (3,))
    assert weights(levels) == {"c0": 1}
    assert percentages(levels, {"c0": 4, "c1": 3}) == {"c0": 50, "c1": 100}
    assert percentages(levels, {}) == {"c0": 0, "c1": 100}
    errors = Criteria.model_validate({"strategy": "errors", "items": [{"title": "A", "points": 4, "weight": 2}]})
    assert (weights(errors), percentages(errors, {"a": 1})) == ({"a": 2}, {"a": 75})
    words = Criteria.model_validate({"strategy": "comments", "items": [{"title": "A"}]})
    assert (weights(words), percentages(words, {})) == ({}, {})


# ------------------------------------------------------------------ pairs


def test_a_form_that_compares_a_work_with_others() -> None:
    pairs = Criteria.model_validate(
        {"strategy": "pairwise", "items": [{"title": "A", "weight": 2}, {"title": "Б" * 60}]}
    )
    form = against(pairs, {3: "Работа 3", 12: "Работа 12"}, ("другая", "поровну", "эта"))
    assert [(item.id, item.title) for item in form.items] == [
        ("a-vs-3", "A: Работа 3"), (f"{'b' * 40}-vs-3", f"{'Б' * 60}: Работа 3"),
        ("a-vs-12", "A: Работа 12"), (f"{'b' * 40}-vs-12", f"{'Б' * 60}: Работа 12"),
    ]  # fmt: skip
    assert [level.title for level in form.items[0].levels] == ["другая", "поровну", "эта"]
    assert Criteria.model_validate_json(form.model_dump_json()) == form
    values = {"a-vs-3": 2.0, f"{'b' * 40}-vs-3": 0.0, "a-vs-12": 1.0}
    assert compared(form, values) == [(3, 2, 1.0), (3, 1, 0.0), (12, 2, 0.5)]
    assert score(form, values).share == pytest.approx((2 * 1 + 1 * 0 + 2 * 0.5 + 0) / 6)
    alone = against(pairs, {}, ("другая", "поровну", "эта"))
    assert (score(alone, {}).share, score(alone, {}).complete, compared(alone, {})) == (None, True, [])


def test_a_form_in_the_words_of_its_translation() -> None:
    used = Criteria.model_validate([
        {"id": "idea", "title": "Идея", "points": 5, "description": "Новая?"},
        {"id": "text", "title": "Текст", "levels": [{"points": 0, "title": "нет"}, {"points": 2, "title": "есть"}]},
        {"id": "gone", "title": "Объём", "points": 3},
        {"id": "worth", "title": "Польза", "points": 3},
    ])  # fmt: skip
    other = Criteria.model_validate([
        {"id": "worth", "title": "Use", "points": 4},
        {"id": "text", "title": "Text", "levels": [{"points": 0, "title": "no"}, {"points": 2, "title": "yes"}]},
        {"id": "idea", "title": "Idea", "points": 5, "description": "New?"},
    ])  # fmt: skip
    assert used.in_words_of(other) == Criteria.model_validate([
        {"id": "idea", "title": "Idea", "points": 5, "description": "New?"},
        {"id": "text", "title": "Text", "levels": [{"points": 0, "title": "no"}, {"points": 2, "title": "yes"}]},
        {"id": "gone", "title": "Объём", "points": 3},
        {"id": "worth", "title": "Польза", "points": 3},
    ])  # fmt: skip
