from datetime import UTC, datetime, timedelta

import pytest

from courses.submissions import StageRule, Step
from lms_project.rules import Outcome, comes_later, outcome, passes, penalty

DUE = datetime(2026, 3, 11, 18, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
PLAN = StageRule("plan", "Plan", DUE, penalty=0.1)
STORY = StageRule("story", "Story", DUE + timedelta(days=10), refuse=True)
STAGES = (PLAN, STORY)


@pytest.mark.parametrize(
    ("state", "later"),
    [("open", True), ("draft", True), ("waiting", False), ("returned", False), ("accepted", False)],
)
def test_a_later_stage_opens_when_the_earlier_was_handed_in(state, later):
    assert comes_later(STAGES, {"plan": Step(state)}, STORY, DUE) is later
    assert comes_later(STAGES, {"plan": Step(state)}, PLAN, DUE) is False


def test_an_earlier_stage_that_is_over_does_not_lock_the_rest():
    first = StageRule("plan", "Plan", DUE, refuse=True)
    assert comes_later((first, STORY), {}, STORY, DUE) is True
    assert comes_later((first, STORY), {}, STORY, DUE + SECOND) is False


def test_what_was_given_back_waits_for_nothing():
    assert comes_later(STAGES, {"story": Step("returned")}, STORY, DUE) is False


def test_penalties_add_up_to_the_whole_at_most():
    stages = (StageRule("a", "A", DUE, penalty=0.7), StageRule("b", "B", DUE, penalty=0.5))
    assert penalty(stages, {"a": Step("accepted", late=True)}) == 0.7
    assert penalty(stages, {"a": Step("accepted", late=True), "b": Step("waiting", late=True)}) == 1.0


def test_nothing_comes_out_of_nothing():
    assert outcome(STAGES, {}, None, 0.6) is None
    assert outcome(STAGES, {"plan": Step("draft")}, None, 0.6) is None


@pytest.mark.parametrize(
    ("plan", "story", "state", "done"),
    [
        ("waiting", "open", "waiting", 0),
        ("returned", "open", "returned", 0),
        ("returned", "waiting", "waiting", 0),
        ("accepted", "draft", "started", 1),
        ("accepted", "waiting", "waiting", 1),
    ],
)
def test_states_on_the_way(plan, story, state, done):
    found = outcome(STAGES, {"plan": Step(plan), "story": Step(story)}, None, 0.6)
    assert found == Outcome(state, False, None, None, 0, done, 2)


@pytest.mark.parametrize(
    ("mark", "late", "share", "success"),
    [(1.0, False, 1.0, True), (0.6, False, 0.6, True), (0.59, False, 0.59, False), (0.7, True, 0.63, True),
     (0.66, True, 0.594, False), (0.0, True, 0.0, False)],
)  # fmt: skip
def test_the_mark_less_the_penalty_decides(mark, late, share, success):
    found = outcome(STAGES, {"plan": Step("accepted", late), "story": Step("accepted")}, mark, 0.6)
    assert found is not None
    assert (found.completion, found.success, found.state) == (True, success, "complete" if success else "failed")
    assert found.share == pytest.approx(share)


def test_without_criteria_acceptance_is_success():
    found = outcome(STAGES, {"plan": Step("accepted", True), "story": Step("accepted")}, None, None)
    assert found == Outcome("complete", True, True, None, 0.1, 2, 2)


@pytest.mark.parametrize(
    ("lacking", "state"), [("defence", "pending"), ("shares", "returned"), ("decision", "waiting")]
)
def test_something_is_open_when_all_stages_are_accepted(lacking, state):
    done = {"plan": Step("accepted"), "story": Step("accepted")}
    assert outcome(STAGES, done, 0.8, 0.6, lacking) == Outcome(state, False, None, None, 0, 2, 2, lacking)
    on_the_way = {"plan": Step("accepted"), "story": Step("waiting")}
    assert outcome(STAGES, on_the_way, None, 0.6, lacking) == Outcome("waiting", False, None, None, 0, 1, 2)


@pytest.mark.parametrize(
    ("share", "passing", "found"), [(0.6, 0.6, True), (0.59999999999, 0.6, True), (0.59, 0.6, False), (0, None, True)]
)
def test_what_passes(share, passing, found):
    assert passes(share, passing) is found
