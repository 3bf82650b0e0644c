"""Questions with variables: what their answers are once values are drawn."""

import pytest

from courses.blocks import BodySource
from courses.problems import Report
from lms_quiz.format import parse_body
from lms_quiz.kinds import STANDARD
from lms_quiz.question import Question

KINDS = {kind.name: kind for kind in STANDARD}


def asked(*answers, seed="7"):
    text = "1. From {a} and {b}\n   let a = 6..6\n   let b = 0.5..0.5 step 0.5\n" + "".join(
        f"   {one}\n" for one in answers
    )
    report = Report("quiz.md")
    body = parse_body(BodySource(text, 1, "quiz.md"), report, STANDARD)
    assert [str(problem) for problem in report.problems] == []
    question = Question.model_validate(body["questions"][0])
    return KINDS[question.kind].asked(0, question, seed, False)


@pytest.mark.parametrize(
    ("answers", "shares"),
    [
        (["= {a + b}"], {"6.5": 1, "6,5": 1, "6.50": 1, "+6.5": 1, "6.6": 0}),
        (["= {a / b}", "= 50% {a * b}"], {"12": 1, "12.0": 1, "3": 0.5, "6": 0}),
        (["= {a}..{a + 1}"], {"6": 1, "6,5": 1, "7": 1, "7.1": 0}),
        (["= {a * 60} ± 0 min", "unit h = 60 min"], {"360 min": 1, "6 h": 1, "6 min": 0}),
    ],
)
def test_a_sum_among_the_answers_is_a_number_with_or_without_a_tolerance(answers, shares):
    found = asked(*answers)
    kind = KINDS[found.question.kind]
    assert kind.name == "number"
    assert {text: kind.mark(found.data, {"text": text}, True).share for text in shares} == shares
