"""What a work has to have, when it is late, and whether anything can be handed in."""

from datetime import UTC, datetime, timedelta

import pytest

from courses.submissions import (
    Asked,
    Line,
    StageRule,
    Step,
    bar,
    findings,
    is_late,
    is_stricter,
    late_findings,
    missing,
    steps_of,
    words_in,
)

DUE = datetime(2026, 3, 11, 18, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
PLAN = StageRule("plan", "Plan", DUE, penalty=0.1)
STORY = StageRule("story", "Story", DUE, refuse=True)


@pytest.mark.parametrize(("after", "late"), [(-SECOND, False), (timedelta(0), False), (SECOND, True)])
def test_late_is_after_the_due_instant(after, late):
    assert is_late(PLAN, DUE + after) is late
    assert is_late(StageRule("free"), DUE + after) is False


@pytest.mark.parametrize(
    ("state", "before", "afterwards"),
    [("open", "", "closed"), ("draft", "", "closed"), ("waiting", "waiting", "waiting"), ("returned", "", ""),
     ("accepted", "accepted", "accepted")],
)  # fmt: skip
def test_what_bars_a_stage_that_refuses_late_works(state, before, afterwards):
    assert bar(STORY, Step(state), DUE) == before
    assert bar(STORY, Step(state), DUE + SECOND) == afterwards
    assert bar(PLAN, Step(state), DUE + SECOND) == before, "late, but taken"


def test_what_may_come_again_is_open_until_it_is_closed():
    again = StageRule("entry", due=DUE, refuse=True, again=True)
    assert [bar(again, Step("waiting"), DUE + more) for more in (timedelta(0), SECOND)] == ["", "closed"]


def test_more_time_is_never_less():
    assert PLAN.with_time(DUE + SECOND).due == DUE + SECOND
    assert PLAN.with_time(DUE - SECOND).due == DUE
    assert PLAN.with_time(None) == PLAN
    assert StageRule("free").with_time(DUE).due is None


def line(number: int, state: str, stage: str = "plan", late: bool = False) -> Line:
    return Line(number, "person:1", stage, number, state, late, "", None)


def test_how_far_stages_are():
    found = steps_of([line(1, "returned", late=True), line(2, "draft"), line(1, "draft", "story")])
    assert found == {"plan": Step("returned", late=True), "story": Step("draft")}
    assert steps_of([line(1, "waiting"), line(2, "draft")]) == {"plan": Step("waiting")}


@pytest.mark.parametrize(
    ("text", "count"),
    [("", 0), ("— … !", 0), ("Два слова", 2), ("кое-что и т. д.", 4), ("в 2026 году 3.5 часа", 5),
     ("**Жирно** [там](https://a.example)", 4)],
)  # fmt: skip
def test_words(text, count):
    assert words_in(text) == count


def said(asked: Asked, text: str = "", *endings: str) -> list[str]:
    return [one.text.format(**one.params) for one in missing(asked, text, endings)]


def test_length():
    asked = Asked(least=2, most=3)
    assert said(asked, "одно") == ["The text has 1 words; at least 2 are needed."]
    assert [said(asked, text) for text in ("раз два", "раз два три")] == [[], []]
    assert said(asked, "раз два три четыре") == ["The text has 4 words; at most 3 are accepted."]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# Цель\n\nЕсть.\n\n## Ещё шаги ##\n- раз", []),
        ("**Цель:**\nЕсть.\n\n**Еще шаги**\n\nраз", []),
        ("# Цель\n\n## Ещё шаги\n\nраз", []),  # a part may be made of smaller ones
        ("# ЦЕЛЬ\nЕсть.", ["The part “Ещё шаги” is missing: write it under a heading of its own."]),
        ("# Цель\n# Ещё шаги\nраз", ["Nothing stands in the part “Цель” yet."]),
        ("Цель есть, ещё шаги тоже", [
            "The part “Цель” is missing: write it under a heading of its own.",
            "The part “Ещё шаги” is missing: write it under a heading of its own.",
        ]),
    ],
)  # fmt: skip
def test_parts(text, expected):
    assert said(Asked(parts=("Цель", "Ещё шаги")), text) == expected


def test_files():
    asked = Asked(attach=2, kinds=("pdf", "slides"))
    assert said(asked, "", "pdf", "odp") == []
    assert said(asked, "", "pdf") == ["Files: 1; at least 2 are needed."]
    assert said(asked, "", "pdf", "docx", "") == [
        "A file of the kind ? is not accepted here, only odp, pdf, pptx.",
        "A file of the kind docx is not accepted here, only odp, pdf, pptx.",
    ]
    assert said(Asked(), "", "zip") == []


def test_what_cannot_be_asked_for_together():
    found = list(findings(Asked(least=5, most=4, attach=3), 2, ("stages", 0)))
    assert [(one.at, one.code) for one in found] == [
        (("stages", 0, "most"), "work-length"),
        (("stages", 0, "attach"), "work-attach"),
    ]
    assert list(findings(Asked(least=4, most=4, attach=2), 2)) == []
    assert list(findings(Asked(least=4), 0)) == []


@pytest.mark.parametrize(
    ("late", "penalty", "due", "expected"),
    [
        ("allow", 0, True, []),
        ("allow", 0, False, []),
        ("allow", 0.1, True, []),
        ("refuse", 0, True, []),
        ("refuse", 0.1, True, [("penalty", "work-penalty")]),
        ("allow", 0.1, False, [("penalty", "work-late-without-due")]),
        ("refuse", 0.1, False, [("late", "work-late-without-due")]),
    ],
)
def test_what_says_nothing_about_late_work(late, penalty, due, expected):
    found = late_findings(late, penalty, due, ("stages", 0))
    assert [(one.at, one.code) for one in found] == [(("stages", 0, option), code) for option, code in expected]


def test_who_comes_late_fares_worse():
    allow, dear, refuse = ("allow", 0.1), ("allow", 0.5), ("refuse", 0.0)
    cases = [(allow, dear), (allow, refuse), (dear, allow), (refuse, allow), (allow, allow), (refuse, refuse)]
    assert [is_stricter(*case) for case in cases] == [True, True, False, True, False, False]
