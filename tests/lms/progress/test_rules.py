"""How far somebody is: scores, completion, what is open, and what is next. Nothing here needs a database."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from courses.blocks import Block, GradeItem
from courses.requires import parse
from courses.tree import Completion, Course, Lesson, Module
from lms.plugin import Recorded, Run
from lms.progress import rules
from lms.publishing.outline import Outline, outline

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
RUN = Run(1, 1, "course", "spring", "", 1, date(2026, 3, 2), None, "Europe/Moscow")


def block(id: str, lesson: str = "first", **settings: Any) -> Block[Any]:
    return Block(id=id, kind="task", title=id, path="x.md", line=1, lesson=lesson, settings=settings)


def grade(id: str, most: float, weight: float = 1) -> GradeItem:
    return GradeItem(id=id, title=id, max_points=most, weight=weight)


def course(
    blocks: dict[str, list[Block[Any]]], grades: tuple[GradeItem, ...] = (), requires: dict[str, object] | None = None,
    **completion: Any,
) -> Outline:  # fmt: skip
    """A course of one module with these lessons and their activities."""
    lessons = tuple(
        Lesson(
            id=id, title=id, module="module", minutes=10, path=f"{id}.md",
            requires=parse((requires or {})[id]) if id in (requires or {}) else None,
            blocks=tuple(one.id for one in own),
        )
        for id, own in blocks.items()
    )  # fmt: skip
    return outline(
        Course(
            id="course", title="Course", language="en", hours=1, timezone="Europe/Moscow", authors=("A",),
            completion=Completion(**completion), modules=(Module(id="module", title="Module", lessons=lessons),),
            activities=tuple(one for own in blocks.values() for one in own), grade_items=grades,
        )
    )  # fmt: skip


def got(
    item: str, points: float | None = None, most: float | None = None, *, state: str = "complete", completed: bool | None = None
) -> tuple[str, Recorded]:  # fmt: skip
    done = state == "complete" if completed is None else completed
    return item, Recorded(item, state, done, None, points, most, NOW)


# ------------------------------------------------------------------ scores

WEIGHED = course(
    {"first": [block("quiz", weight=3), block("essay", weight=1), block("seminar"), block("game", weight=0)]},
    (grade("quiz", 10), grade("essay", 5), grade("game", 5)),
)


@pytest.mark.parametrize(
    ("results", "score"),
    [
        ((), 0.0),
        ((got("quiz", 10, 10),), 0.75),
        ((got("quiz", 5, 10), got("essay", 5, 5)), 0.625),
        ((got("quiz", 10, 10), got("essay", 5, 5)), 1.0),
        # what has no weight or no grade item counts for nothing
        ((got("game", 5, 5), got("seminar", 3, 3), got("first")), 0.0),
        # a result without points is no mark
        ((got("quiz"),), 0.0),
    ],
)
def test_the_score_is_the_weighted_mean_and_what_is_not_marked_counts_nothing(results, score: float) -> None:
    assert rules.course_score(WEIGHED, dict(results)) == pytest.approx(score)


def test_a_course_without_marks_has_no_score() -> None:
    assert rules.course_score(course({"first": [block("seminar")]}), {}) is None
    assert rules.course_score(course({"first": [block("quiz", weight=0)]}, (grade("quiz", 1),)), {}) is None


PARTS = course(
    {"first": [block("workshop")]},
    (grade("workshop.work", 80, 80), grade("workshop.reviews", 20, 20)),
)


@pytest.mark.parametrize(
    ("results", "share"),
    [
        ((), None),
        ((got("workshop.work"),), None),
        ((got("workshop.work", 40, 80),), 0.4),
        ((got("workshop.work", 40, 80), got("workshop.reviews", 20, 20)), 0.6),
        ((got("workshop.reviews", 0, 20),), 0.0),
        # the activity's own result says it better than its parts
        ((got("workshop", 1, 4), got("workshop.work", 80, 80)), 0.25),
        # an own result without points leaves it to the parts
        ((got("workshop", state="waiting"), got("workshop.work", 80, 80)), 0.8),
    ],
)
def test_the_share_of_an_activity_of_parts(results, share: float | None) -> None:
    assert rules.item_share(PARTS.items["workshop"], dict(results)) == (None if share is None else pytest.approx(share))


def test_parts_that_weigh_nothing_divide_by_nothing() -> None:
    odd = course({"first": [block("work")]}, (grade("work.a", 1, 0), grade("work.b", 1, 0)))
    assert rules.item_share(odd.items["work"], dict([got("work.a", 1, 1)])) is None


# ------------------------------------------------------------------ completion

TWO = {"first": [block("quiz"), block("extra", required=False)], "second": [block("essay", "second")]}


@pytest.mark.parametrize(
    ("completion", "asked"),
    [
        ({}, ("first", "quiz", "second", "essay")),
        ({"lessons": "none"}, ("quiz", "essay")),
        ({"activities": "none"}, ("first", "second")),
        ({"lessons": "none", "activities": "none"}, ()),
        # a list asks for what it names, even for what is not required otherwise
        ({"lessons": "none", "activities": ("extra", "essay")}, ("extra", "essay")),
    ],
)
def test_what_the_rule_asks_for(completion: dict[str, Any], asked: tuple[str, ...]) -> None:
    assert rules.progress(course(TWO, **completion), {}).missing == asked


def test_progress_counts_what_is_asked_and_complete() -> None:
    found = rules.progress(course(TWO), dict([got("first"), got("extra"), got("quiz", state="waiting"), got("essay")]))
    assert (found.done, found.total, found.share, found.missing, found.complete) == (
        2,
        4,
        0.5,
        ("quiz", "second"),
        False,
    )


def test_a_course_that_asks_for_nothing_is_complete() -> None:
    found = rules.progress(course(TWO, lessons="none", activities="none"), {})
    assert (found.share, found.complete) == (1.0, True)


def test_an_item_that_is_gone_from_the_course_counts_for_nothing() -> None:
    found = rules.progress(course(TWO), dict([got("removed"), got("first")]))
    assert (found.done, found.total) == (1, 4)


@pytest.mark.parametrize(
    ("points", "short"),
    [(0, True), (59.9, True), (59.999, True), (60, False), (60 - 1e-9, False), (100, False)],
)
def test_a_rule_about_the_score_is_kept_to_the_hair(points: float, short: bool) -> None:
    graded = course({"first": [block("quiz")]}, (grade("quiz", 100),), score=0.6)
    found = rules.progress(graded, dict([got("first"), got("quiz", points, 100)]))
    assert (found.missing, found.score_missing, found.complete) == ((), short, not short)


def test_the_arithmetic_of_shares_loses_nobody_their_sixty_per_cent() -> None:
    # 0.6 of ten equal weights, summed in floating point
    blocks = [block(f"q{number}", weight=0.1) for number in range(10)]
    graded = course({"first": blocks}, tuple(grade(one.id, 3) for one in blocks), score=0.6)
    results = dict([got("first"), *(got(one.id, 1.8, 3) for one in blocks)])
    assert rules.progress(graded, results).complete


# ------------------------------------------------------------------ what is open

LOCKED = course(
    {
        "first": [block("quiz"), block("late", requires={"from": "day 10"})],
        "second": [block("essay", "second", requires={"score": {"quiz": "50%"}}), block("free", "second")],
    },
    (grade("quiz.a", 10), grade("quiz.b", 10)),
    requires={"second": ["first"]},
)


def opened(results, now: datetime = NOW) -> dict[str, bool]:
    verdicts = rules.Verdicts(LOCKED, dict(results), RUN, now)
    return {id: verdicts[id].open for id in verdicts}


def test_an_activity_is_open_when_its_lesson_and_itself_are() -> None:
    start = {"first": True, "quiz": True, "late": False, "second": False, "essay": False, "free": False}
    assert opened(()) == start
    assert opened([got("first")]) == {**start, "second": True, "free": True}
    half = [got("quiz.a", 10, 10), got("quiz.b", 0, 10)]
    assert opened(half) == start
    assert opened([got("first"), *half]) == {**start, "second": True, "free": True, "essay": True}


def test_a_date_opens_at_midnight_of_the_runs_zone() -> None:
    midnight = datetime(2026, 3, 10, 21, 0, tzinfo=UTC)  # day 10 is 11 March in Moscow
    assert [opened((), midnight - timedelta(seconds=1))["late"], opened((), midnight)["late"]] == [False, True]


def test_the_reason_is_that_of_the_lesson_first() -> None:
    verdicts = rules.Verdicts(LOCKED, {}, RUN, NOW)
    assert [(reason.kind, reason.id) for reason in verdicts["essay"].reasons] == [("done", "first")]
    verdicts = rules.Verdicts(LOCKED, dict([got("first")]), RUN, NOW)
    assert [(reason.kind, reason.id, reason.share) for reason in verdicts["essay"].reasons] == [("score", "quiz", 0.5)]
    assert len(verdicts) == 6
    with pytest.raises(KeyError):
        verdicts["nothing"]


# ------------------------------------------------------------------ what is next

ROW = course(
    {"first": [block("a"), block("b")], "second": [block("c", "second"), block("d", "second", required=False)]}
)
SHUT = course({"first": [block("a"), block("b", requires=["a"])]})


@pytest.mark.parametrize(
    ("results", "step"),
    [
        ((), "first"),
        ((got("first"),), "a"),
        # begun is still to be done
        ((got("first"), got("a", state="started")), "a"),
        # another try may help after a failure
        ((got("first"), got("a", state="failed")), "a"),
        # what waits for others is not mine
        ((got("first"), got("a", state="waiting")), "b"),
        ((got("first"), got("a", state="pending")), "b"),
        ((got("first"), got("a", state="waiting"), got("b", state="pending")), "second"),
        # something given back comes first, wherever it stands
        ((got("c", state="returned"),), "c"),
        ((got("first"), got("b", state="returned"), got("c", state="returned")), "b"),
        # unless it counts as complete already
        ((got("first"), got("c", state="returned", completed=True)), "a"),
        # what is not asked is never pressed upon anybody
        ((got("d", state="returned"),), "first"),
        ((got("first"), got("second"), got("a"), got("b"), got("c")), None),
        ((got("first"), got("second"), got("a"), got("b"), got("c", state="waiting")), None),
    ],
)
def test_next_is_what_was_returned_then_the_first_that_is_open(results, step: str | None) -> None:
    results = dict(results)
    found = rules.next_item(ROW, results, rules.Verdicts(ROW, results, RUN, NOW))
    assert (found.id if found else None) == step


def test_next_is_never_something_locked() -> None:
    for results, step in (
        ([got("first")], "a"),
        ([got("first"), got("a", state="waiting")], None),
        ([got("first"), got("a")], "b"),
    ):
        verdicts = rules.Verdicts(SHUT, dict(results), RUN, NOW)
        found = rules.next_item(SHUT, dict(results), verdicts)
        assert (found.id if found else None) == step
    results = dict([got("first"), got("b", state="returned")])
    found = rules.next_item(SHUT, results, rules.Verdicts(SHUT, results, RUN, NOW))
    assert found is not None
    assert found.id == "a"
