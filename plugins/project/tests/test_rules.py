from datetime import UTC, datetime, timedelta

import pytest

from lms_project.rules import Outcome, StageRule, Step, barred, current, is_late, outcome, penalty

DUE = datetime(2026, 3, 11, 18, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
PLAN = StageRule("plan", "Plan", DUE, penalty=0.1)
STORY = StageRule("story", "Story", DUE + timedelta(days=10), refuse=True)
STAGES = (PLAN, STORY)


@pytest.mark.parametrize(("after", "late"), [(-SECOND, False), (timedelta(0), False), (SECOND, True)])
def test_late_is_after_the_due_instant(after, late):
    assert is_late(PLAN, DUE + after) is late


@pytest.mark.parametrize(("after", "bar"), [(-SECOND, ""), (SECOND, "closed")])
def test_a_stage_that_refuses_closes(after, bar):
    assert STORY.due is not None
    assert barred(STAGES, {"plan": Step("accepted")}, STORY, STORY.due + after) == bar


def test_a_stage_with_a_penalty_stays_open():
    assert barred(STAGES, {}, PLAN, DUE + timedelta(days=100)) == ""


@pytest.mark.parametrize(
    ("state", "bar"),
    [("open", "earlier"), ("draft", "earlier"), ("waiting", ""), ("returned", ""), ("accepted", "")],
)
def test_a_later_stage_opens_when_the_earlier_was_handed_in(state, bar):
    assert barred(STAGES, {"plan": Step(state)}, STORY, DUE) == bar


def test_an_earlier_stage_that_is_over_does_not_lock_the_rest():
    first = StageRule("plan", "Plan", DUE, refuse=True)
    assert barred((first, STORY), {}, STORY, DUE + SECOND) == ""
    assert current((first, STORY), {}, DUE + SECOND) == STORY


def test_what_was_given_back_may_come_again_at_any_time_and_first():
    assert STORY.due is not None
    steps = {"plan": Step("accepted"), "story": Step("returned")}
    assert barred(STAGES, steps, STORY, STORY.due + timedelta(days=50)) == ""
    assert current(STAGES, {"plan": Step("returned")}, DUE) == PLAN


@pytest.mark.parametrize("state", ["waiting", "accepted"])
def test_what_is_handed_in_stays(state):
    assert barred(STAGES, {"plan": Step(state)}, PLAN, DUE) == state


def test_there_is_nothing_to_do_when_everything_is_handed_in():
    assert current(STAGES, {"plan": Step("waiting"), "story": Step("waiting")}, DUE) is None


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
