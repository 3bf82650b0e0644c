"""Requirements: what authors write, what it means, and why something is locked."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from courses.moments import Moment
from courses.requires import (
    All,
    Done,
    Facts,
    From,
    Not,
    Reason,
    Score,
    Tree,
    Until,
    evaluate,
    mentioned,
    needed,
    parse,
)
from courses.requires import (
    Any as AnyOf,
)


def facts(done: tuple[str, ...] = (), scores: dict[str, float] | None = None, day: int = 5) -> Facts:
    return Facts(done, scores or {}, datetime(2026, 3, day, 12, tzinfo=UTC), date(2026, 3, 2), ZoneInfo("UTC"))


@pytest.mark.parametrize(
    ("written", "tree"),
    [
        ("why", Done(id="why")),
        (["why", "quiz"], All(of=(Done(id="why"), Done(id="quiz")))),
        ([], All(of=())),
        ({"done": "why"}, Done(id="why")),
        ({"from": "day 5"}, From(moment=Moment("day 5"))),
        ({"score": {"quiz": "70%"}}, Score(id="quiz", share=0.7)),
        (
            {"from": "day 5", "until": "2026-03-09"},
            All(of=(From(moment=Moment("day 5")), Until(moment=Moment("2026-03-09")))),
        ),
        ({"any_of": ["a", {"not": "b"}]}, AnyOf(of=(Done(id="a"), Not(of=Done(id="b"))))),
        ({"all_of": "a"}, All(of=(Done(id="a"),))),
        (7, Done(id="7")),
    ],
)
def test_written_and_stored_forms(written: Any, tree: Tree) -> None:
    assert parse(written) == tree
    assert parse(tree.model_dump(mode="json")) == tree
    assert parse(tree) == tree


@pytest.mark.parametrize(
    ("written", "path", "reason"),
    [
        ({"frm": "day 5"}, ("frm",), "key"),
        (["ok", {"from": "soon"}], (1, "from"), "moment"),
        ({"until": "2026-02-30"}, ("until",), "moment_date"),
        ({"any_of": ["a", {"score": {"q": "lots"}}]}, ("any_of", 1, "score", "q"), "share"),
        ({"any_of": []}, ("any_of",), "empty"),
        ({"score": 3}, ("score",), "score"),
        ("Bad Id", (), "id"),
        (None, (), "shape"),
        (True, (), "shape"),
    ],
)
def test_mistakes_name_their_place(written: Any, path: tuple[Any, ...], reason: str) -> None:
    with pytest.raises(ValidationError) as caught:
        parse(written)
    (error,) = caught.value.errors()
    assert (error["ctx"]["path"], error["ctx"]["reason"]) == (path, reason)


@pytest.mark.parametrize(
    ("written", "known", "reasons"),
    [
        (["a", "b"], facts(("a",)), (Reason("done", id="b"),)),
        ({"score": {"q": "70%"}}, facts(scores={"q": 0.7 - 1e-12}), ()),
        ({"score": {"q": "70%"}}, facts(scores={"q": 0.69}), (Reason("score", id="q", share=0.7),)),
        ({"score": {"q": "0%"}}, facts(), (Reason("score", id="q", share=0.0),)),
        ({"from": "day 4"}, facts(), ()),
        ({"from": "day 5"}, facts(), (Reason("from", at=datetime(2026, 3, 6, tzinfo=UTC)),)),
        ({"until": "day 4"}, facts(), ()),
        ({"until": "2026-03-04"}, facts(), (Reason("until", at=datetime(2026, 3, 5, tzinfo=UTC)),)),
        ({"any_of": ["a", "b"]}, facts(("b",)), ()),
        ({"any_of": ["a", "b"]}, facts(), (Reason("any", of=(Reason("done", id="a"), Reason("done", id="b"))),)),
        (
            {"any_of": ["a", ["b", "c"]]},
            facts(),
            (
                Reason(
                    "any",
                    of=(Reason("done", id="a"), Reason("all", of=(Reason("done", id="b"), Reason("done", id="c")))),
                ),
            ),
        ),
        ({"not": "a"}, facts(), ()),
        ({"not": "a"}, facts(("a",)), (Reason("not", of=(Reason("done", id="a"),)),)),
    ],
)
def test_verdicts(written: Any, known: Facts, reasons: tuple[Reason, ...]) -> None:
    verdict = evaluate(parse(written), known)
    assert verdict.reasons == reasons
    assert verdict.open == bool(verdict) == (not reasons)


def test_nothing_required_is_open() -> None:
    assert evaluate(None, facts()).open


def test_ids_spoken_of_and_ids_needed() -> None:
    tree = parse(["a", {"any_of": [["b", "c"], ["c", "d"]]}, {"not": "e"}, {"score": {"q.part": "50%"}}])
    assert list(mentioned(tree)) == ["a", "b", "c", "c", "d", "e", "q.part"]
    assert list(needed(tree)) == ["a", "c", "q.part"]


plain = st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from(["a", "day 5", "60%"])
keys = st.sampled_from(["done", "from", "until", "score", "all_of", "any_of", "not", "kind", "of", "x"])


@given(st.recursive(plain, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3)))
def test_anything_is_a_tree_or_a_validation_error(value: Any) -> None:
    try:
        tree = parse(value)
    except ValidationError:
        return
    assert parse(tree.model_dump(mode="json")) == tree
    verdict = evaluate(tree, facts())
    assert verdict.open == (not verdict.reasons)
