"""Marking forms that were stored when weights multiplied points give the same marks as before."""

import json
from importlib import import_module
from typing import Any

import pytest

from courses.criteria import Criteria, score

rewritten = import_module("lms.migrations.versions.core_0005_forms_in_use_and_workings").rewritten


def item(id: str, points: float, weight: float = 1, levels: tuple[float, ...] = ()) -> dict[str, Any]:
    steps = [{"points": step, "title": "…"} for step in levels]
    return {"id": id, "title": id, "description": "", "points": points, "levels": steps, "weight": weight}


@pytest.mark.parametrize(
    ("strategy", "items", "values", "share"),
    [
        # as it was reckoned then: Σ x·w / Σ M·w
        ("points", [item("a", 10), item("b", 5)], {"a": 5, "b": 5}, 10 / 15),
        ("points", [item("a", 10, 2), item("b", 5)], {"a": 5, "b": 5}, 15 / 25),
        ("checklist", [item("a", 1, 3), item("b", 1)], {"a": 1, "b": 0}, 3 / 4),
        ("rubric", [item("a", 5, levels=(0, 3, 5)), item("b", 5, levels=(0, 5))], {"a": 3, "b": 5}, 8 / 10),
        ("rubric", [item("a", 5, levels=(1, 5)), item("b", 5, levels=(0, 5))], {"a": 1, "b": 5}, 6 / 10),
        ("rubric", [item("a", 5, 3, levels=(0, 5)), item("b", 5, levels=(0, 5))], {"a": 5, "b": 0}, 15 / 20),
        ("errors", [item("a", 10, 2), item("b", 5)], {"a": 5, "b": 0}, 15 / 25),
        ("comments", [item("a", 1, 2)], {}, 1),
    ],
)
def test_the_same_marks_as_before(
    strategy: str, items: list[dict[str, Any]], values: dict[str, float], share: float
) -> None:
    form = {"items": items, "strategy": strategy}
    found = Criteria.model_validate_json(rewritten(json.dumps(form)))
    assert score(found, values).share == pytest.approx(share)
    # within the document of a course
    document = rewritten(json.dumps({"modules": [{"blocks": [{"settings": {"criteria": form}}]}]}))
    inside = json.loads(document)["modules"][0]["blocks"][0]["settings"]["criteria"]
    assert Criteria.model_validate(inside) == found


def test_what_holds_no_form_stays_as_it_is_written() -> None:
    text = '{"items": [1,  2], "other": [{"strategy": "x"}]}'
    assert rewritten(text) == text
