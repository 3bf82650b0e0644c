"""Conditions nobody can meet, and those that look like it but can be met."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from courses.load import Loaded, load
from courses.reachable import Span

from .conftest import COURSE, KINDS

Load = Callable[..., Loaded]


def item(requires: str = "", body: str = "", title: str = "A") -> str:
    return f"---\ntitle: {title}\nminutes: 1\n{f'requires: {requires}' if requires else 'summary: s'}\n---\n{body}"


def poll(id: str, more: str = "") -> str:
    return f":::{{poll}} P\n:id: {id}\n{more}:::\n"


def task(id: str, more: str = "") -> str:
    return f":::{{task}} T\n:id: {id}\n{more}\ndo\n:::\n"


def codes(loaded: Loaded) -> list[str]:
    return [
        f"{problem.path.rpartition('/')[2]}:{problem.line}:{problem.column} {problem.code}"
        for problem in loaded.problems
    ]


LESSON_A = "01-start/01-why.md"
LESSON_B = "01-start/02-b.md"
LESSON_C = "01-start/03-c.md"


@pytest.mark.parametrize(
    ("requires", "found"),
    [
        ("[why, {not: why}]", True),
        ("[{not: why}]", False),
        ("{any_of: [why, {not: why}]}", False),
        ("{not: {any_of: [why, {not: why}]}}", True),
        ("[p, {not: why}]", False),  # the poll stands in the lesson, which nobody has to finish before
        ("[q, {not: why}]", True),  # but this one wants it
        ("[{any_of: [why, q]}, {not: why}]", True),  # neither alternative leaves the lesson undone
        ("[{any_of: [q, c]}, {not: q}]", False),
        ("{score: {t: 70%}, not: {score: {t: 60%}}}", True),
        ("{score: {t: 60%}, not: {score: {t: 70%}}}", False),
        ("{all_of: [{score: {t: 60%}}, q, {not: {all_of: [{score: {t: 50%}}, q]}}]}", True),
    ],
)
def test_done_and_not_done_at_once(course: Load, requires: str, found: bool) -> None:
    loaded = course(
        {
            LESSON_A: item(body=poll("p") + task("t")),
            LESSON_B: item(requires),
            LESSON_C: item(body=poll("q", ":requires: why\n")),
        },
        lenient=True,
    )
    assert [code.split()[1] for code in codes(loaded)] == (["requires-impossible"] if found else [])


@pytest.mark.parametrize(
    ("requires", "found"),
    [
        ("{from: day 5, until: day 3}", "02-b.md:4:32 requires-dates"),
        ("{from: day 5, until: day 5}", ""),  # that day
        ("{from: day 5 18:00, until: day 5 18:00}", "02-b.md:4:18 requires-dates"),
        ("{from: 2026-03-02, until: 2026-03-01}", "02-b.md:4:37 requires-dates"),
        ("{from: 2026-03-02, until: day 1}", ""),  # only a run can tell
        ("{not: {until: day 5}, until: day 3}", "02-b.md:4:40 requires-dates"),
        ("[{from: day 3}, {not: {from: day 2}}]", "02-b.md:4:40 requires-dates"),
        ("[why, {until: day 9}]", "02-b.md:4:25 requires-dates"),  # the other lesson opens on day 10
        ("[p, {until: day 9}]", "02-b.md:4:23 requires-dates"),  # so does what stands in it
        ("[why, {until: day 10}]", ""),
        ("{any_of: [{from: day 5, until: day 3}, {from: day 1}]}", ""),
    ],
)
def test_windows_that_never_open(course: Load, requires: str, found: str) -> None:
    loaded = course({LESSON_A: item("{from: day 10}", poll("p")), LESSON_B: item(requires)}, lenient=True)
    assert codes(loaded) == ([found] if found else [])


def test_ten_thousand_alternatives_are_left_alone(course: Load) -> None:
    pairs = ", ".join(["{any_of: [why, p]}"] * 14)
    assert (
        codes(course({LESSON_A: item(body=poll("p")), LESSON_B: item(f"[{pairs}, {{not: why}}]")}, lenient=True)) == []
    )


def test_things_that_exclude_each_other(course: Load) -> None:
    files = {LESSON_B: item("{not: c}"), LESSON_C: item("{not: b}")}
    assert codes(course(files, lenient=True)) == ["02-b.md:4:11 completion-impossible"]
    free = {"course.md": COURSE.replace("---\n", "---\ncompletion: {lessons: none, activities: none, score: 50%}\n", 1)}
    files |= {LESSON_A: item(body=task("t"))}
    assert codes(course(files | free, lenient=True)) == ["course.md:2:54 completion-score-optional"]


def test_one_before_the_other_is_no_contradiction(course: Load) -> None:
    assert codes(course({LESSON_B: item("{not: c}"), LESSON_C: item()}, lenient=True)) == []
    assert codes(course({LESSON_B: item("{not: c}"), LESSON_C: item("[b]")}, lenient=True)) == []
    found = codes(course({LESSON_A: item("[b, {not: c}]"), LESSON_B: item("[c]"), LESSON_C: item()}, lenient=True))
    assert found == ["01-why.md:4:21 requires-impossible"]


@pytest.mark.parametrize(
    ("lesson", "due", "found"),
    [
        ("{from: day 5}", "day 4", ["01-why.md:8:7 deadline-early"]),
        ("{from: day 5}", "day 5", []),
        ("{from: day 5}", "2026-03-01", []),
        ("{any_of: [{from: day 5}, {from: day 3}]}", "day 2", []),  # not looked into
    ],
)
def test_work_due_before_it_opens(course: Load, lesson: str, due: str, found: list[str]) -> None:
    loaded = course({LESSON_A: item(lesson, task("t", f":due: {due}\n"))}, lenient=True)
    assert codes(loaded) == found


def test_dates_and_the_run(write: Callable[..., object], course: Load) -> None:
    files = {
        LESSON_A: item("{from: 2026-02-28}"),
        LESSON_B: item("{from: day 3, until: 2026-03-10}"),
        LESSON_C: item("{from: 2026-03-11, until: week 2}"),
    }
    loaded = course(files, lenient=True)
    assert codes(loaded) == []
    folder = write(files)
    held = load(folder, KINDS, span=Span(date(2026, 3, 1), date(2026, 3, 10)))  # type: ignore[arg-type]
    assert codes(held) == ["01-why.md:4:18 moment-outside", "03-c.md:4:18 moment-outside"]
    open_end = load(folder, KINDS, span=Span(date(2026, 3, 1)))  # type: ignore[arg-type]
    assert codes(open_end) == ["01-why.md:4:18 moment-outside"]
    late = load(folder, KINDS, span=Span(date(2026, 2, 1), date(2026, 3, 31)))  # type: ignore[arg-type]
    assert codes(late) == ["03-c.md:4:37 requires-dates"]


@pytest.mark.parametrize(("day", "found"), [("week 8", []), ("day 57", ["01-why.md:4:18 moment-far"])])
def test_days_no_course_of_this_length_has(course: Load, day: str, found: list[str]) -> None:
    short = COURSE.replace("---\n", "---\nhours: 0.1\n", 1)
    assert codes(course({"course.md": short, LESSON_A: item(f"{{from: {day}}}")}, lenient=True)) == found


@pytest.mark.parametrize(
    ("completion", "found"),
    [
        ("{score: 60%}", []),
        ("{score: 80%}", ["course.md:2:21 completion-score-optional"]),
        ("{activities: [a, b], score: 100%}", ["course.md:2:30 completion-optional"]),
        ("{activities: [a], score: 80%}", ["course.md:2:38 completion-score-optional"]),
        ("{lessons: none, activities: none}", ["course.md:2:13 completion-empty"]),
        ("{lessons: none, activities: []}", ["course.md:2:13 completion-empty"]),
        ("{activities: [x]}", ["course.md:2:27 completion-unknown"]),
    ],
)
def test_completion(course: Load, completion: str, found: list[str]) -> None:
    matter = COURSE.replace("---\n", f"---\ncompletion: {completion}\n", 1)
    body = task("a", ":weight: 3\n") + task("b", ":required: false\n") + poll("p")
    assert codes(course({"course.md": matter, LESSON_A: item(body=body)}, lenient=True)) == found


def test_an_activity_that_cannot_be_read_draws_no_further_complaints(course: Load) -> None:
    matter = COURSE.replace("---\n", "---\ncompletion: {activities: [t], score: 60%}\n", 1)
    broken = task("t", ":points: many\n")
    loaded = course(
        {"course.md": matter, LESSON_A: item(body=broken), LESSON_B: item("{score: {t: 60%}}")}, lenient=True
    )
    assert codes(loaded) == ["01-why.md:8:10 value"]
