"""Spelling or meaning: the line between what may be corrected at any time and what people have to be told."""

import pytest

from courses.changes import Change, of_criteria, of_pass_mark, paired, same_meaning
from courses.criteria import Criteria


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Какая форма роботы удобна?", "Какая форма работы удобна"),
        ("Ёлка — это «дерево»", "Елка - это дерево."),
        ("несмотря на это", "не смотря на это"),
        ("Which of these is asynchronus?", "Which of these is asynchronous?"),
        ("x = 2 + y", "x = 2 + y."),
        ("то же самое", "То же  самое"),
    ],
)
def test_spelling(before: str, after: str) -> None:
    assert (same_meaning(before, after), same_meaning(after, before)) == (True, True)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Что является формой работы?", "Что не является формой работы?"),
        ("Это полезно всем", "Это бесполезно всем"),
        ("Which is possible?", "Which is impossible?"),
        ("Это было в 2004 году", "Это было в 2005 году"),
        ("Какой город больше?", "Какой город меньше?"),
        ("a < b", "a > b"),
        ("2 + 2", "2 * 2"),
        ("дом", "том"),
        ("", "Что?"),
        ("мой дом", "мои дом сад"),
    ],
)
def test_another_meaning(before: str, after: str) -> None:
    assert (same_meaning(before, after), same_meaning(after, before)) == (False, False)


@pytest.mark.parametrize(
    ("before", "after", "pairs"),
    [
        ("", "", []),
        ("a", "a", [(0, 0)]),
        ("один|два|три", "три|один|два", [(2, 0), (0, 1), (1, 2)]),
        ("один дом|два дома", "два дома", [(1, 0), (0, None)]),
        ("один дом", "новый вопрос|один дом", [(None, 0), (0, 1)]),
        ("как быть учителю|что делать", "как быть|что делать", [(0, 0), (1, 1)]),
        ("это раз|это два", "совсем другое|это два", [(0, 0), (1, 1)]),
        ("да|да", "да|да", [(0, 0), (1, 1)]),
    ],
)
def test_which_became_which(before: str, after: str, pairs: list[tuple[int | None, int | None]]) -> None:
    old, new = (text.split("|") if text else [] for text in (before, after))
    assert paired(old, new) == pairs


def codes(changes: list[Change]) -> list[tuple[str, bool]]:
    return [(change.code, change.harmful) for change in changes]


CRITERIA = {"items": [{"id": "aim", "title": "Цель ясна", "points": 5}, {"id": "text", "title": "Текст", "points": 3}]}


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({}, []),
        ({"items": CRITERIA["items"][:1]}, [("criteria-changed", True)]),
        ({"items": [{"id": "aim", "title": "Цели ясны", "points": 5}, CRITERIA["items"][1]]}, []),
        ({"items": [{"id": "aim", "title": "Язык", "points": 5}, CRITERIA["items"][1]]}, [("criteria-changed", True)]),
        (
            {"items": [{"id": "aim", "title": "Цель ясна", "points": 4}, CRITERIA["items"][1]]},
            [("points-changed", True)],
        ),
        ({"items": [*CRITERIA["items"], {"id": "new", "title": "Новый"}]}, [("criteria-changed", True)]),
        ({"strategy": "errors"}, [("criteria-changed", True)]),
    ],
    ids=["nothing", "gone", "spelling", "title", "points", "new", "strategy"],
)
def test_criteria(change: dict[str, object], found: list[tuple[str, bool]]) -> None:
    before = Criteria.model_validate(CRITERIA)
    assert codes(of_criteria(before, Criteria.model_validate({**CRITERIA, **change}))) == found


def test_a_whole_marking_form_comes_or_goes() -> None:
    form = Criteria.model_validate(CRITERIA)
    assert of_criteria(None, None) == []
    assert codes(of_criteria(form, None)) == codes(of_criteria(None, form)) == [("criteria-changed", True)] * 2


def test_the_pass_mark() -> None:
    assert [codes(of_pass_mark(*pair)) for pair in ((0.5, 0.5), (0.5, 0.6), (0.6, 0.5), (None, 0.5), (0.5, None))] == [
        [], [("pass-changed", True)], [("pass-changed", False)], [("pass-changed", True)], [("pass-changed", False)],
    ]  # fmt: skip
    assert dict(of_pass_mark(0.5, 2 / 3)[0].params) == {"before": 50, "after": 66.67}
