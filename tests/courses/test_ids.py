"""Ids and shares."""

import pytest
from pydantic import TypeAdapter, ValidationError

from courses.ids import Share, is_id, slug

SHARE: TypeAdapter[float] = TypeAdapter(Share)


@pytest.mark.parametrize("text", ["a", "forms-quiz", "1", "day-2-b"])
def test_ids(text: str) -> None:
    assert is_id(text)


@pytest.mark.parametrize("text", ["", "A", "a_b", "-a", "a-", "a--b", "урок", "a\n", "a" * 65, "a.b", "../a"])
def test_not_ids(text: str) -> None:
    assert not is_id(text)


@pytest.mark.parametrize(
    ("title", "id"),
    [("Полнота и ясность", "polnota-i-yasnost"), ("Ёж, щука!", "ezh-shchuka"), ("  A/B  ", "a-b"), ("…", "")],
)
def test_slug(title: str, id: str) -> None:
    assert slug(title) == id


@pytest.mark.parametrize(
    ("written", "share"),
    [("60%", 0.6), ("0.6", 0.6), ("0,6", 0.6), (1, 1.0), (0, 0.0), ("100 %", 1.0), ("12.5%", 0.125)],
)
def test_shares(written: object, share: float) -> None:
    assert SHARE.validate_python(written) == share


@pytest.mark.parametrize("written", ["60", "-1%", "101%", 2, True, "half", None, [], "١%", float("nan")])
def test_not_shares(written: object) -> None:
    with pytest.raises(ValidationError):
        SHARE.validate_python(written)
