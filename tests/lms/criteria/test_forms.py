"""What is written into a marking form is understood as people write it, and what does not fit is named."""

import pytest

from courses.criteria import Criteria
from lms.criteria.forms import understand

POINTS = Criteria.model_validate(
    [{"id": "idea", "title": "Замысел", "points": 5}, {"id": "text", "title": "Текст", "points": 10}]
)
RUBRIC = Criteria.model_validate(
    {
        "items": [
            {
                "id": "idea",
                "title": "Замысел",
                "levels": [{"points": 0, "title": "нет"}, {"points": 2.5, "title": "есть"}],
            }
        ],
        "strategy": "rubric",
    }
)
CHECKLIST = Criteria.model_validate(
    {"items": [{"id": "a", "title": "А", "points": 2}, {"id": "b", "title": "Б", "points": 3}], "strategy": "checklist"}
)
COMMENTS = Criteria.model_validate({"items": [{"id": "idea", "title": "Замысел"}], "strategy": "comments"})
ERRORS = Criteria.model_validate({"items": [{"id": "idea", "title": "Замысел", "points": 10}], "strategy": "errors"})


def errors(criteria: Criteria, fields: dict[str, str], complete: bool = True) -> dict[str, str]:
    return {id: str(error) for id, error in understand(criteria, fields, complete).errors.items()}


@pytest.mark.parametrize(
    ("written", "value"), [("4", 4.0), ("4.5", 4.5), ("4,5", 4.5), (" 0 ", 0.0), ("5", 5.0), ("1e0", 1.0), ("+3", 3.0)]
)
def test_numbers_as_people_write_them(written: str, value: float) -> None:
    sent = understand(POINTS, {"criterion-idea": written, "criterion-text": "10"})
    assert (sent.values, sent.errors) == ({"idea": value, "text": 10.0}, {})


@pytest.mark.parametrize("written", ["5,01", "-1", "nan", "inf", "-inf", "1e400", "пять", "4;5", "--"])
def test_numbers_that_do_not_fit(written: str) -> None:
    fields = {"criterion-idea": written, "criterion-text": "3"}
    assert errors(POINTS, fields) == {"idea": "Write a number from 0 to 5."}
    assert errors(POINTS, fields, complete=False) == {"idea": "Write a number from 0 to 5."}
    assert understand(POINTS, fields).values == {"text": 3.0}


def test_every_missing_value_is_named_unless_it_is_a_draft() -> None:
    assert errors(POINTS, {"criterion-idea": " "}) == {"idea": "Give points.", "text": "Give points."}
    assert errors(POINTS, {"criterion-idea": " "}, complete=False) == {}
    assert errors(RUBRIC, {}) == {"idea": "Choose one of the levels."}
    assert errors(ERRORS, {}) == {"idea": "Say how many mistakes there are; 0 if there are none."}
    assert errors(COMMENTS, {"comment": "Общий"}) == {"idea": "Write a comment."}
    assert errors(COMMENTS, {}, complete=False) == {}


def test_only_the_levels_of_a_rubric_count() -> None:
    assert understand(RUBRIC, {"criterion-idea": "2.5"}).values == {"idea": 2.5}
    assert errors(RUBRIC, {"criterion-idea": "1"}) == {"idea": "Choose one of the levels."}


def test_a_box_that_is_not_ticked_brings_nothing() -> None:
    assert understand(CHECKLIST, {"criterion-a": "2.0"}).values == {"a": 2.0, "b": 0.0}
    assert errors(CHECKLIST, {"criterion-a": "1"}) == {"a": "Choose one of the levels."}


def test_comments_are_kept_as_written_without_blank_ones() -> None:
    marks = {"criterion-idea": "1", "criterion-text": "1"}
    sent = understand(POINTS, {**marks, "comment-idea": " да\r\nнет ", "comment-text": "  ", "comment": " всё "})
    assert (sent.comments, sent.comment) == ({"idea": "да\nнет"}, "всё")
    long = {**marks, "comment-idea": "х" * 5001, "comment": "х" * 5001}
    told = "A comment may have at most 5000 characters."
    assert errors(POINTS, long) == {"": told, "idea": told}


def test_fields_of_no_criterion_are_ignored() -> None:
    marks = {"criterion-idea": "1", "criterion-text": "1"}
    sent = understand(POINTS, {**marks, "criterion-other": "99", "comment-other": "x"})
    assert (sent.values, sent.comments) == ({"idea": 1.0, "text": 1.0}, {})
