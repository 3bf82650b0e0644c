"""Gaps in a text: what is read, what is sent, how it is marked."""

import re
from typing import Any

import pytest

from courses.blocks import BodySource
from courses.problems import Report
from lms_quiz.activity import Quiz
from lms_quiz.kinds import STANDARD
from lms_quiz.kinds.base import Asked
from lms_quiz.kinds.gaps import HOLE, Gap, Gaps, GapText
from lms_quiz.question import Question

TEXT = """:::{quiz} Пропуски
:id: sample
%OPTIONS%

1. Ночью летает [[СОВА|филин]], а *днём* [[(ОРЁЛ)|Пёс|Кот]]{2}. {points=3}

   `[[код]]` и $[[1]]$ — не пропуски.

   > ПОЯСНЕНИЕ
2. Было.
   let a = 2..9
   Дважды {a} — [[{a * 2}]], трижды — [[({a * 3})|{a * 3 + 1}]].
:::
"""
BODY = TEXT.split("%OPTIONS%\n")[1].removesuffix(":::\n")


def read(body: str) -> tuple[list[Any], list[str]]:
    report = Report("lesson.md")
    found = Quiz(STANDARD).body(BodySource(body, 10, "lesson.md"), report)
    return list(found["questions"]), [f"{one.line}:{one.column} {one.code}" for one in report.problems]


def test_what_is_written_is_read() -> None:
    (one, two), problems = read(BODY)
    assert problems == []
    assert (one["kind"], two["kind"]) == ("gaps", "gaps")
    assert Gaps.model_validate(one["data"]).gaps == (
        Gap(forms=("СОВА", "филин")), Gap(options=("ОРЁЛ", "Пёс", "Кот"), right=0, weight=2),
    )  # fmt: skip
    first = f"<p>Ночью летает {HOLE}, а <em>днём</em> {HOLE}.</p>"
    assert one["text"].startswith(first)
    assert one["text"].count(HOLE) == 2
    assert "<code>[[код]]</code>" in one["text"]
    assert one["explanation"] == "<p>ПОЯСНЕНИЕ</p>"
    assert two["text"].count(HOLE) == 2


def test_a_quotation_may_hold_gaps_and_stand_before_them() -> None:
    (one,), problems = read("1. Кто?\n\n   > Быть или не [[быть]].\n")
    assert (problems, one["explanation"], one["text"].count(HOLE)) == ([], "", 1)
    (one,), problems = read("1. Кто?\n\n   > Цитата.\n\n   Это [[он]].\n")
    assert (problems, one["explanation"]) == ([], "")
    assert "<blockquote>" in one["text"]


def test_words_that_look_like_ours_stay_words() -> None:
    (one,), problems = read("1. gap0e и gapq [[да]]\n")
    assert (problems, one["text"]) == ([], f"<p>gap0e и gapq {HOLE}</p>")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("1. Это [[ | ]].\n", ["10:8 quiz-answer-empty"]),
        ("1. Это [[сова]]{много}.\n", ["10:8 quiz-gap-weight"]),
        ("1. Это [[сова]]{0} и [[кот]]{0}.\n", ["10:1 quiz-gap-weight"]),
        ("1. Это\n   [[(сова)]].\n", ["11:4 quiz-gap-list"]),
        ("1. Это [[(сова)|(кот)]].\n", ["10:8 quiz-gap-list"]),
        ("1. Это [[(сова)|Сова]].\n", ["10:8 quiz-gap-list"]),
        ("1. Это [[/(сова/]].\n", ["10:8 quiz-pattern"]),
        ("1. Это ![[[сова]]](a.png).\n", ["10:1 quiz-gap-place"]),
        ("1. Это[^1].\n\n   [^1]: [[сова]]\n\n   И [[кот]].\n", ["10:1 quiz-gap-place"]),
        ("1. Это `[[сова]]`.\n", ["10:1 quiz-no-answers"]),
        ("1. Это\n   ```\n   [[сова]]\n   ```\n", ["10:1 quiz-no-answers"]),
        ("1. Это [[]].\n", ["10:1 quiz-no-answers"]),
    ],
)
def test_a_problem_is_found_where_it_is(body: str, expected: list[str]) -> None:
    found, problems = read(body)
    assert problems == expected
    assert found == [] or "quiz-gap-place" in expected[0]


def test_only_what_is_text_becomes_a_gap() -> None:
    (one,), problems = read('1. Кто?\n\n   ### [[Сова]] летает\n\n   <span class="gap">…</span> **[[кот]]**\n')
    assert problems == []
    assert one["text"].count(HOLE) == 2
    assert f">{HOLE} летает</h2>" in one["text"]


def gaps(*found: Gap, **folding: bool) -> Gaps:
    return Gaps(gaps=found, **folding)


TWO = gaps(Gap(forms=("owl", "an owl")), Gap(options=("Eagle", "Dog"), right=0, weight=2))
KIND = GapText()


def test_marks() -> None:
    assert KIND.mark(TWO, {"given": ["Owl", 0]}, True).share == 1
    found = KIND.mark(TWO, {"given": ["owls", 0]}, True)
    assert (found.share, found.text, found.values) == (
        pytest.approx(2 / 3),
        "{hits} of {total} gaps right",
        {"hits": 1, "total": 2},
    )
    assert KIND.mark(TWO, {"given": ["an owl", 1]}, True).share == pytest.approx(1 / 3)
    assert KIND.mark(TWO, {"given": ["an owl", 1]}, False).share == 0
    assert KIND.mark(TWO, None, True).text == "No answer"
    assert KIND.mark(gaps(Gap(forms=("owl",)), Gap(forms=("cat",))), {"given": ["owl", None]}, True).parts == (1, 0)
    assert KIND.mark(gaps(Gap(forms=("Owl",)), case=True), {"given": ["owl"]}, True).share == 0
    assert KIND.mark(gaps(Gap(forms=("*owl",))), {"given": ["barn owl"]}, True).share == 1


@pytest.mark.parametrize("given", [[], [None, None], [3, "owl"], ["", 7], [True, -1], ["x"] * 9, [["owl"], {}]])
def test_what_does_not_fit_is_left_out(given: list[Any]) -> None:
    assert KIND.mark(TWO, {"given": given}, True).share == 0


def test_answers_on_one_line() -> None:
    assert KIND.spoken(TWO, "owl | dog") == {"given": ["owl", 1]}
    assert KIND.spoken(TWO, "- | 1") == {"given": [None, 0]}
    assert KIND.spoken(TWO, " ") is None
    assert KIND.labels(TWO, {"given": ["owl", 1]}) == ("1: owl", "2: Dog")
    for bad in ("owl | cat", "owl | 1 | 2"):
        with pytest.raises(ValueError):
            KIND.spoken(TWO, bad)


def test_what_a_change_means() -> None:
    turned = gaps(TWO.gaps[0], Gap(options=("Dog", "Eagle"), right=1, weight=2))
    assert list(KIND.differences(TWO, TWO)) == []
    assert list(KIND.differences(TWO, turned)) == ["order"]
    assert list(KIND.differences(TWO, gaps(TWO.gaps[0], Gap(options=("Eagle", "Dog"), right=1, weight=2)))) == ["key"]
    assert list(KIND.differences(TWO, gaps(Gap(forms=("eagle owl",)), TWO.gaps[1]))) == ["key"]
    assert list(KIND.differences(TWO, gaps(TWO.gaps[0], Gap(options=("Eagle", "Cat"), right=0, weight=2)))) == [
        "choices"
    ]
    assert list(KIND.differences(TWO, gaps(TWO.gaps[0]))) == ["choices"]
    assert KIND.carried(TWO, turned, {"given": ["owl", 1]}) == {"given": ["owl", 0]}
    assert KIND.carried(TWO, gaps(TWO.gaps[0], Gap(options=("Eagle", "Cat"), right=0)), {"given": [None, 1]}) is None
    assert KIND.carried(TWO, gaps(TWO.gaps[0]), {"given": ["owl", 1]}) is None


def test_a_demonstration_answers_right_and_wrong() -> None:
    asked = Asked(0, Question(kind="gaps", text="", line=1), TWO, "seed", True)
    shares = [KIND.mark(TWO, KIND.read(asked, KIND.demo(asked, right)), True).share for right in (True, False)]
    assert shares == [1, pytest.approx(2 / 3)]


class TestPages:
    def test_a_whole_attempt(self, place_with: Any) -> None:
        place = place_with(text=TEXT)
        learner = place.learner()
        sitting = place.sit(learner).start()
        page = sitting.page
        assert re.findall(r'aria-label="(Gap \d)"', page) == ["Gap 1", "Gap 2", "Gap 1", "Gap 2"]
        for word in ("СОВА", "филин", "ПОЯСНЕНИЕ"):
            assert word not in page
        values = {words: value for value, words in re.findall(r'<option value="(\w+)"[^>]*>(.*?)</option>', page)}
        a = int(re.findall(r"Дважды (\d)", page)[0])
        answers = {"q1": ["  сова ", values["Пёс"]], "q2": [str(a * 2), values[str(a * 3)]]}
        sitting.save(answers)
        page = place.stage.browser(learner).get(f"{place.base}attempts/{sitting.number}/")
        assert 'value="сова"' in page
        assert page.count(" selected>") == 2
        review = sitting.finish(answers)
        result = place.stage.results(place.run, learner)["sample"]
        assert (result.points, result.max_points) == (2, 4)
        assert "1 of 2 gaps right" in review
        assert "2 of 2 gaps right" in review
        assert '<span class="gap-given">1: сова</span>' in review
        assert "ПОЯСНЕНИЕ" in review

    def test_the_order_of_a_list_is_the_attempts_own(self, place_with: Any) -> None:
        place = place_with(text=TEXT)
        orders = set()
        for number in range(12):
            page = place.sit(place.learner(f"Ученик {number}", email=f"u{number}@example.org")).start().page
            orders.add(tuple(re.findall(r"<option[^>]*>(ОРЁЛ|Пёс|Кот)</option>", page)))
        assert len(orders) > 2

    @pytest.mark.parametrize("sent", [[], ["x" * 5000], ["<b>"] * 50, ["", "no-token"]])
    def test_whatever_is_sent_is_read(self, place_with: Any, sent: list[str]) -> None:
        place = place_with(text=TEXT)
        learner = place.learner()
        sitting = place.sit(learner).start()
        sitting.save({"q1": sent, "q2": sent, "q1.1": sent})
        assert (
            "<b>" not in place.stage.browser(learner).get(f"{place.base}attempts/{sitting.number}/").split("<main")[1]
        )
        sitting.finish({"q1": sent})
        assert place.stage.results(place.run, learner)["sample"].points == 0

    def test_in_a_self_check(self, place_with: Any) -> None:
        place = place_with(":self-check: true", text=TEXT)
        browser = place.stage.browser(place.learner())
        browser.get(place.lesson_url)
        browser.post(f"{place.base}check", {"sample-q1": ["филин", ""]})
        page = browser.get(place.lesson_url)
        assert "ПОЯСНЕНИЕ" not in page
        browser.post(f"{place.base}check", {"sample-q1": ["филин", ""], "show": "1"})
        page = browser.get(place.lesson_url)
        assert "ПОЯСНЕНИЕ" in page
        ids = re.findall(r'\bid="([^"]+)"', page)
        assert sorted(ids) == sorted(set(ids))
