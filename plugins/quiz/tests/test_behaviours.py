"""What a question is worth after some steps, by the published rules, worked by hand; and by a stranger's scripted attempts."""

import csv
import os
from itertools import groupby, pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms_quiz.behaviours import STANDARD, Adaptive, Certainty, Deferred, Exam, Immediate, Interactive, Step, Terms

CORPUS = Path(os.environ.get("LMS_TEST_CORPUS", Path(__file__).parents[4] / "shared" / "corpus"))
SCRIPTED = CORPUS / "moodle-quiz-walkthrough"


def check(share, answer="", parts=(), act="check"):
    return Step(act, True, share, tuple(parts), answer or str(share), 0)


AGAIN = Step("again", False)
BLANK = Step("finish", False)


def worth(behaviour, steps, **terms):
    found = behaviour.worth(steps, Terms(**terms))
    return pytest.approx(found.share, abs=1e-9), found.used, found.state


def test_deferred_marks_the_last_answer_when_it_is_handed_in():
    assert worth(Deferred(), []) == (0, 0, "open")
    assert worth(Deferred(), [check(0.5, act="finish")]) == (0.5, 1, "closed")
    assert worth(Deferred(), [BLANK]) == (0, 0, "open")


def test_immediate_marks_the_first_answer_and_no_other():
    assert worth(Immediate(), [check(0.5), check(1.0, act="finish")]) == (0.5, 1, "closed")
    assert worth(Immediate(), [BLANK]) == (0, 0, "closed")
    assert worth(Immediate(), [check(1.0, act="finish")]) == (1, 1, "closed")


def test_interactive_costs_a_penalty_for_each_earlier_try():
    wrong, right = check(0, "a"), check(1, "b")
    assert worth(Interactive(), [wrong], penalty=0.25, tries=3) == (0, 1, "shown")
    assert worth(Interactive(), [wrong, AGAIN], penalty=0.25, tries=3) == (0, 1, "open")
    assert worth(Interactive(), [wrong, AGAIN, right], penalty=0.25, tries=3) == (0.75, 2, "closed")
    assert worth(Interactive(), [wrong, AGAIN, wrong, AGAIN, right], penalty=0.25, tries=3) == (0.5, 3, "closed")
    assert worth(Interactive(), [wrong, AGAIN, wrong, AGAIN, wrong, AGAIN, right], penalty=0.25, tries=3) == (
        0,
        3,
        "closed",
    )
    assert worth(Interactive(), [wrong, right, right], penalty=0.25, tries=3) == (0, 1, "shown")  # not opened again
    assert worth(Interactive(), [wrong, AGAIN, check(0.1)], penalty=0.25, tries=3) == (
        0,
        2,
        "shown",
    )  # never below zero


def test_parts_that_stayed_right_keep_their_worth():
    first, second, third = check(0, parts=(0, 0)), check(0.5, parts=(1, 0)), check(1, parts=(1, 1))
    steps = [first, AGAIN, second, AGAIN, third]
    assert worth(Interactive(), steps[:3], penalty=0.3, tries=5) == (0.35, 2, "shown")
    assert worth(Interactive(), steps, penalty=0.3, tries=5) == ((0.7 + 0.4) / 2, 3, "closed")
    lost_again = [third, AGAIN, first, AGAIN, third]  # a part changed to wrong and back pays for both
    assert worth(Interactive(), [check(0.5, parts=(1, 0)), AGAIN, check(0.5, parts=(0, 1))], penalty=0.3)[0] == 0.35
    assert worth(Interactive(), lost_again, penalty=0.3, tries=0)[0] == 0.4


def test_adaptive_keeps_the_best_and_does_not_count_repetitions():
    steps = [check(0.0, "a"), check(0.0, "a"), check(0.8, "b"), check(1.0, "c")]
    assert worth(Adaptive(), steps[:2], penalty=0.1) == (0, 1, "open")
    assert worth(Adaptive(), steps[:3], penalty=0.1) == (0.7, 2, "open")
    assert worth(Adaptive(), steps, penalty=0.1) == (0.8, 3, "closed")
    assert worth(Adaptive(), steps, penalty=0) == (1, 3, "closed")
    assert worth(Adaptive(), [check(0.6, "a"), check(0.5, "b")], penalty=0.1) == (0.6, 2, "open")


@pytest.mark.parametrize(
    ("certainty", "right", "wrong", "half"),
    [(0, 1 / 3, 0, 1 / 6), (1, 1 / 3, 0, 1 / 6), (2, 2 / 3, -2 / 3, 1 / 3), (3, 1, -2, 0.5), (9, 1, -2, 0.5)]
)  # fmt: skip
def test_certainty_pays_and_costs(certainty, right, wrong, half):
    found = [
        Certainty().worth([Step("finish", True, share, (), "x", certainty)], Terms()).share for share in (1.0, 0.0, 0.5)
    ]
    assert found == [pytest.approx(value, abs=1e-9) for value in (right, wrong, half)]


@pytest.mark.parametrize(("low", "high", "confidence"), [(1, 2, 2 / 3), (2, 3, 0.8)])
def test_certainty_rewards_honesty(low, high, confidence):
    def expected(level, probability):
        right, wrong = (
            Certainty().worth([Step("finish", True, share, (), "", level)], Terms()).share for share in (1, 0)
        )
        return probability * right + (1 - probability) * wrong

    assert expected(low, confidence) == pytest.approx(expected(high, confidence), abs=1e-9)
    assert expected(low, confidence - 0.05) > expected(high, confidence - 0.05)
    assert expected(low, confidence + 0.05) < expected(high, confidence + 0.05)


def test_an_exam_counts_each_improvement_at_the_value_of_its_try():
    """The published vector: values 10, 7, 5 and scores 0.5, 0.5, 1.0 give 7.5 of 10."""
    steps = [check(0.5, "a"), check(0.5, "b"), check(1.0, "c")]
    assert worth(Exam(), steps, values=(1.0, 0.7, 0.5)) == (0.75, 3, "closed")
    assert worth(Exam(), steps[:2], values=(1.0, 0.7, 0.5)) == (0.5, 2, "open")
    assert worth(Exam(), [*steps[:2], check(0.2)], values=(1.0, 0.7, 0.5)) == (0.5, 3, "closed")
    assert worth(Exam(), [check(0), check(1)], values=(1.0,)) == (0, 1, "closed")


STEPS = st.lists(
    st.builds(
        Step, st.sampled_from(["check", "again", "finish"]), st.booleans(), st.floats(0, 1), st.just(()),
        st.sampled_from("abc"), st.integers(-1, 9),
    ), max_size=12,
)  # fmt: skip
TERMS = st.builds(
    Terms, st.floats(0, 1), st.integers(0, 4),
    st.lists(st.floats(0, 1), min_size=1, max_size=4).map(lambda v: tuple(sorted(v, reverse=True)))
)  # fmt: skip


@given(STEPS, TERMS)
def test_whatever_is_done_a_worth_stays_in_its_bounds(steps, terms):
    for behaviour in STANDARD:
        found = behaviour.worth(steps, terms)
        low = -2.0 if behaviour.certainty else 0.0
        assert low - 1e-9 <= found.share <= 1 + 1e-9
        assert (found.last is None) == (found.used == 0)
        if found.last is not None:
            assert steps[found.last].answered


@given(STEPS, TERMS)
def test_what_was_gained_stays(steps, terms):
    for behaviour in (Adaptive(), Exam()):
        shares = [behaviour.worth(steps[:end], terms).share for end in range(len(steps) + 1)]
        assert all(later >= earlier - 1e-9 for earlier, later in pairwise(shares))


def rows(name):
    if not SCRIPTED.is_dir():
        pytest.skip("the corpus of scripted attempts is not here (LMS_TEST_CORPUS)")
    with (SCRIPTED / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def gaps(row):
    parts = (float(row["responses.1.1.answer"] == "Owl"), float(row["responses.1.2.answer"] == "Pussy-cat"))
    return sum(parts) / 2, parts


def test_scripted_interactive_attempts_get_their_marks():
    expected = {row["quizattempt"]: row for row in rows("results01.csv")}
    found = {}
    for number, lines in groupby(rows("steps01.csv"), key=lambda row: row["quizattempt"]):
        steps = []
        for row in lines:
            share, parts = gaps(row)
            answer = row["responses.1.1.answer"] + "/" + row["responses.1.2.answer"]
            if row["responses.1.-tryagain"] == "1":
                steps.append(AGAIN)
            if row["responses.1.-submit"] == "1":
                steps.append(Step("check", True, share, parts, answer))
        found[number] = 100 * Interactive().worth(steps, Terms(penalty=0.3333333, tries=3)).share
    assert found == {number: pytest.approx(float(row["slots.1.mark"]), abs=1e-5) for number, row in expected.items()}
