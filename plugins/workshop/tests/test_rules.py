"""Both marks together, and what a participant can do now."""

import pytest

from lms_workshop import rules
from lms_workshop.rules import Situation

# ------------------------------------------------------------------ the two marks together


def test_both_together() -> None:
    both = rules.whole(0.75, 0.5, 80, 20)
    assert both is not None
    assert (both.points, both.most, both.share) == (70, 100, 0.7)
    # whoever had nothing to review is measured by the work alone
    alone = rules.whole(0.75, None, 80, 20)
    assert alone is not None
    assert (alone.points, alone.most, alone.share) == (60, 80, 0.75)
    assert rules.whole(0.75, 0.5, 80, 0) == alone
    assert rules.whole(None, 0.5, 80, 20) is None


def test_a_pass_mark_is_reached_at_its_edge() -> None:
    assert rules.passes(0.1 + 0.2, 0.3)
    assert rules.passes(0.3 - 1e-12, 0.3)
    assert not rules.passes(0.2999, 0.3)


# ------------------------------------------------------------------ what now

STEPS = {
    #  phase, before, allocated, released, submitted, assigned, done
    ("", True, False, False, False, 0, 0): "early",
    ("submission", False, False, False, False, 0, 0): "hand-in",
    ("submission", False, False, False, True, 0, 0): "handed-in",
    ("", False, False, False, True, 0, 0): "allotting",
    ("", False, False, False, False, 0, 0): "too-late",
    ("review", False, False, False, True, 0, 0): "allotting",
    ("review", False, True, False, True, 2, 0): "review",
    ("review", False, True, False, True, 2, 1): "review",
    ("review", False, True, False, True, 2, 2): "reviewed",
    ("review", False, True, False, True, 0, 0): "nothing-to-review",
    ("review", False, True, False, False, 0, 0): "too-late",
    ("review", False, True, False, False, 1, 0): "review",
    ("", False, True, False, True, 2, 1): "marking",
    ("evaluation", False, True, False, True, 2, 1): "marking",
    ("evaluation", False, True, False, False, 0, 0): "too-late",
    ("closed", False, True, False, True, 2, 2): "marking",
    ("closed", False, True, True, True, 2, 2): "results",
    ("closed", False, True, True, False, 0, 0): "results",
}


@pytest.mark.parametrize(("situation", "step"), STEPS.items())
def test_what_now(situation: tuple[str, bool, bool, bool, bool, int, int], step: str) -> None:
    assert rules.step(Situation(*situation)) == step


def test_own_names_are_found_in_any_case() -> None:
    names = ["Петрова", "p.petrova@school.example"]
    assert rules.names_found("Урок Петровой в 5 классе", names) == ["Петрова"]
    assert rules.names_found("Пишите: P.Petrova@school.example", names) == ["p.petrova@school.example"]
    assert rules.names_found("Урок о Семёнове", ["Семенов"]) == ["Семенов"]
    assert rules.names_found("Урок о Пушкине", names) == []
    assert rules.names_found("Сила Ли", ["Ли"]) == []  # two letters say nothing
