"""How a quiz is read: what becomes of what is written, and every problem with its place, twice."""

import re
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from courses.blocks import Block, BodySource
from courses.problems import Report
from courses.text import plain_text
from lms_quiz.activity import Quiz
from lms_quiz.format import QuizSettings, parse_body
from lms_quiz.kinds.choice import Options
from lms_quiz.kinds.typed import Typed
from lms_quiz.question import Question
from lms_quiz.written import ROUND, SQUARE, Answer, Sign, trimmed

QUIZ = Quiz()


def read(body: str, line: int = 10) -> tuple[dict[str, Any], list[str]]:
    """The fields read from a body whose first line is `line`, and the problems as `line:column code`."""
    report = Report("lesson.md")
    source = BodySource(body, line, "lesson.md", opened=line - 2)
    found = QUIZ.body(source, report)
    QUIZ.complete(QuizSettings.model_validate({"id": "q", **found}), source, report)
    return dict(found), [f"{one.line}:{one.column} {one.code}" for one in report.problems]


def questions(body: str) -> list[dict[str, Any]]:
    found, problems = read(body)
    assert problems == []
    return list(found["questions"])


def block(**settings: Any) -> Block[QuizSettings]:
    return Block(
        id="q", kind="quiz", title="Тест", path="lesson.md", line=7, lesson="lesson", settings={"id": "q", **settings}
    )


def checked(**settings: Any) -> list[str]:
    report = Report("lesson.md")
    QUIZ.check(block(**settings), report)
    return [f"{one.line}:{one.column} {one.code}" for one in report.problems]


# ------------------------------------------------------------------ what is read

WHOLE = """Сначала введение.

И второй его абзац.

1. Первый вопрос? {points=2}
   Он идёт дальше.

   ```python
   = 5  # not an answer
   1. not a question
   ```
   - ( ) один
     в две строки
     > Нет,
     > совсем нет.
   - (x) **два**
   > Потому что
   > два.
2. Второй?
   - [x] да
   - [ ] нет
     > Зря.
3) Третий?
   = 1 000,5 ± 2%
4. Четвёртый?
   = летописец | Летописца
     > Он самый.
   = хроникёр
5. Пятый.
   = неверно
"""


def test_a_whole_quiz() -> None:
    found, problems = read(WHOLE)
    assert problems == []
    assert found["intro"] == "<p>Сначала введение.</p>\n<p>И второй его абзац.</p>"
    one, two, three, four, five = found["questions"]
    assert [each["kind"] for each in found["questions"]] == ["one", "many", "number", "text", "truth"]
    assert [each["line"] for each in found["questions"]] == [14, 28, 32, 34, 38]
    assert [each["points"] for each in found["questions"]] == [2, 1, 1, 1, 1]
    assert one["text"].startswith("<p>Первый вопрос?\nОн идёт дальше.</p>")
    assert "# not an answer" in one["text"]
    assert one["data"] == {
        "options": [
            {"html": "один\nв две строки", "right": False, "feedback": "<p>Нет,\nсовсем нет.</p>", "weight": None},
            {"html": "<strong>два</strong>", "right": True, "feedback": "", "weight": None},
        ]
    }
    assert one["explanation"] == "<p>Потому что\nдва.</p>"
    assert [option["right"] for option in two["data"]["options"]] == [True, False]
    assert two["data"]["options"][1]["feedback"] == "<p>Зря.</p>"
    assert three["data"] == {
        "accepted": [{"value": "1000.5", "tolerance": "2", "percent": True, "upto": "", "weight": 1.0, "feedback": ""}],
        "units": [],
    }
    assert four["data"] == {
        "accepted": [
            {"forms": ["летописец", "Летописца"], "feedback": "<p>Он самый.</p>", "weight": 1.0},
            {"forms": ["хроникёр"], "feedback": "", "weight": 1.0},
        ],
        "case": False,
        "spaces": False,
        "yo": False,
    }
    assert five["data"] == {"right": False, "feedback": ""}


def test_the_settings_are_the_same_after_json() -> None:
    found, _ = read(WHOLE)
    settings = QuizSettings.model_validate({"id": "q", "pass": "60%", **found})
    assert settings.pass_mark == 0.6
    assert settings.max_points == 6
    assert QuizSettings.model_validate_json(settings.model_dump_json(by_alias=True)) == settings


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("= true", "truth"), ("= Верно", "truth"), ("= FALSE", "truth"), ("= неверно", "truth"), ("= верно | да",
        "text"),
        ("= 5", "number"), ("= −5,5", "number"), ("= 12 000", "number"), ("= 1e3", "number"), ("= 5 +- 1", "number"),
        ("= 5 +/- 1", "number"), ("= 5±10%", "number"), ("= 5 | пять", "text"), ("= 18:00", "text"), ("= 2004 год",
        "text"),
        ("= 1.2.2003", "text"), ("=Москва", "text"),
    ],
)  # fmt: skip
def test_what_a_typed_answer_is(line: str, kind: str) -> None:
    assert [each["kind"] for each in questions(f"1. Что?\n   {line}\n")] == [kind]


@pytest.mark.parametrize("mark", ["x", "X", "х", "Х", " x "])
def test_an_x_of_either_alphabet_ticks_a_box(mark: str) -> None:
    (found,) = questions(f"1. Что?\n   - ({mark}) да\n   - ( ) нет\n")
    assert [option["right"] for option in found["data"]["options"]] == [True, False]


def test_lists_quotes_links_and_formulas_of_the_question_stay_text() -> None:
    body = (
        "1. Прочитайте:\n   > Цитата до ответов.\n\n   - пункт (x)\n   - [ссылка](https://example.org)\n\n"
        "   Абзац.\n\n   1. вложенный\n\n   $$\n   = x\n   $$\n   - ( ) a\n   - (x) b\n"
    )
    (found,) = questions(body)
    assert "<blockquote>" in found["text"]
    assert found["text"].count("<li>") == 3
    assert len(found["data"]["options"]) == 2


def test_points_may_stand_on_a_later_line_and_partial_beside_them() -> None:
    (found,) = questions("1. Длинный\n   вопрос? {points=0,5 partial=false}\n   - [x] a\n   - [ ] b\n")
    assert (found["points"], found["partial"]) == (0.5, False)


def test_answers_may_stand_at_the_margin_and_behind_tabs() -> None:
    assert len(questions("1. Что?\n- ( ) a\n- (x) b\n\n2. А?\n\t- [x] a\n\t\t> да\n\t- [ ] b\n")) == 2


def test_signs_know_their_boxes() -> None:
    assert ROUND.pattern.match("- (x) да") is not None
    assert ROUND.pattern.match("- (a) да") is None
    assert SQUARE.pattern.match("- [x](https://example.org)") is None


def test_blank_lines_around_a_text_are_cut_and_counted() -> None:
    assert trimmed(["", " ", "a", "", "b", ""], 5) == ("a\n\nb", 7)


# ------------------------------------------------------------------ problems, each twice

GOOD = "\n   - ( ) a\n   - (x) b\n"

PROBLEMS = [
    ("quiz-no-questions", "", ["10:1 quiz-no-questions"]),
    ("quiz-no-questions", "\nТолько введение.\n- (x) a\n", ["11:1 quiz-no-questions"]),
    ("quiz-question-empty", "1." + GOOD, ["10:1 quiz-question-empty"]),
    ("quiz-question-empty", "1. Что?" + GOOD + " 2. {points=2}" + GOOD, ["13:2 quiz-question-empty"]),
    ("quiz-question-empty", "1. Что?" + GOOD + "2. {points=2}" + GOOD, ["13:1 quiz-question-empty"]),
    ("quiz-no-answers", "1. Что?\n", ["10:1 quiz-no-answers"]),
    ("quiz-no-answers", "1. Что?" + GOOD + "2. А это?\n\n   Ещё текст.\n", ["13:1 quiz-no-answers"]),
    ("quiz-option-alone", "1. Что?\n   - (x) a\n", ["11:4 quiz-option-alone"]),
    ("quiz-option-alone", "1. Что?\n   - [ ] a\n", ["11:4 quiz-option-alone"]),
    ("quiz-no-right", "1. Что?\n   - ( ) a\n   - ( ) b\n", ["10:1 quiz-no-right"]),
    ("quiz-no-right", "1. Что?\n   - [ ] a\n   - [ ] b\n", ["10:1 quiz-no-right"]),
    ("quiz-two-right", "1. Что?\n   - (x) a\n   - (x) b\n   - (x) c\n", ["12:4 quiz-two-right", "13:4 quiz-two-right"]),
    ("quiz-two-right", "1. Что?\n   = true\n   = false\n", ["12:4 quiz-two-right"]),
    ("quiz-mixed", "1. Что?\n   - (x) a\n   - [x] b\n", ["12:4 quiz-mixed"]),
    ("quiz-mixed", "1. Что?\n   = 5\n     - ( ) b\n", ["12:6 quiz-mixed"]),
    ("quiz-number", "1. Что?\n   = 20O4 ± 1\n", ["11:4 quiz-number"]),
    ("quiz-number", "1. Что?\n   = 2004 ±\n   = 5 ± -1\n   = 6 ± 1\n", ["11:4 quiz-number", "12:4 quiz-number"]),
    ("quiz-option-twice", "1. Что?\n   - (x) Ёж\n   - ( ) еж\n", ["12:4 quiz-option-twice"]),
    ("quiz-option-twice", "1. Что?\n   - [x] a  b\n   - [ ] c\n   - [ ] A b\n", ["13:4 quiz-option-twice"]),
    ("quiz-option-empty", "1. Что?\n   - (x)\n   - ( ) b\n", ["11:4 quiz-option-empty"]),
    ("quiz-option-empty", "1. Что?\n   - [x] a\n   - [ ]  \n", ["12:4 quiz-option-empty"]),
    ("quiz-answer-empty", "1. Что?\n   =\n", ["11:4 quiz-answer-empty"]),
    ("quiz-answer-empty", "1. Что?\n   = a\n   = | \n", ["12:4 quiz-answer-empty"]),
    ("quiz-key-unknown", "1. Что? {point=2}" + GOOD, ["10:10 quiz-key-unknown"]),
    ("quiz-key-unknown", "1. Что?\n   Да? {points=2 weight=3}" + GOOD, ["11:18 quiz-key-unknown"]),
    ("quiz-points", "1. Что? {points=много}" + GOOD, ["10:10 quiz-points"]),
    ("quiz-points", "1. Что? {points=-1}" + GOOD, ["10:10 quiz-points"]),
    ("quiz-partial", "1. Что? {partial=half}" + GOOD, ["10:10 quiz-partial"]),
    ("quiz-partial", "1. Что? {points=2 partial=}" + GOOD, ["10:19 quiz-partial"]),
    ("quiz-box", "1. Что?\n   - (*) a\n   - ( ) b\n", ["11:7 quiz-box"]),
    ("quiz-box", "1. Что?\n   - [x] a\n   - [v] b\n", ["12:7 quiz-box"]),
    ("quiz-explanation-place", "1. Что?\n   - ( ) a\n   > да\n   - (x) b\n", ["12:1 quiz-explanation-place"]),
    ("quiz-explanation-place", "1. Что?\n   = a\n  > да\n   = b\n", ["12:1 quiz-explanation-place"]),
    ("quiz-text-stray", "1. Что?" + GOOD + "\nТекст после.\n", ["14:1 quiz-text-stray"]),
    ("quiz-text-stray", "1. Что?" + GOOD + "   > Да.\n\n   Ещё.\n", ["15:4 quiz-text-stray"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "body", "expected"), PROBLEMS, ids=[f"{code}-{n}" for n, (code, _, _) in enumerate(PROBLEMS)]
)
def test_a_problem_is_found_where_it_is(code: str, body: str, expected: list[str]) -> None:
    assert read(body)[1] == expected


@pytest.mark.parametrize("body", ["1. Что?\n   ~ 5\n", "1. Что?\n   ~ a\n   ~ b\n"])
def test_a_sign_whose_kinds_all_decline(body: str) -> None:
    class Declines(Typed):
        sign = Sign("tilde", re.compile(r"~[ ]*(?P<text>.*)$"), "~")

        def claims(self, answers: Sequence[Answer]) -> bool:
            return False

    report = Report()
    parse_body(BodySource(body, 10), report, [*QUIZ.kinds, Declines()])
    assert [(one.line, one.column, one.code) for one in report.problems] == [(11, 4, "quiz-answers-unknown")]


SCRAPS = st.sampled_from(
    ["1. ", "2) ", "- (x) ", "- ( ) ", "- [x] ", "- [ ] ", "= ", "> ", "   ", "\t", "\n", "\n\n", "```", "~~~", "$$", "{points=", "}",
     "2", "±", "%", "|", "верно", "слово", "x", "\\", "`", "<b>", "[a](b", "\ue000", "\x00", "=", ":::", "¹", "٣"]
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.lists(SCRAPS, max_size=40).map("".join))
def test_whatever_a_body_holds_it_is_read_or_reported_in_its_place(body: str) -> None:
    report = Report("lesson.md")
    source = BodySource(body, 10, "lesson.md", opened=10)
    found = QUIZ.body(source, report)
    settings = QuizSettings.model_validate({"id": "q", **found})
    assert QUIZ.complete(settings, source, report) == settings
    last = 10 + body.count("\n")
    assert [one for one in report.problems if not 10 <= one.line <= last] == []
    assert bool(found["questions"]) or report.failed
    for each in found["questions"]:
        next(kind for kind in QUIZ.kinds if kind.name == each["kind"]).data_of(Question.model_validate(each))


def test_every_problem_has_a_hint_or_needs_none_and_says_its_values() -> None:
    report = Report("lesson.md")
    for _, body, _ in PROBLEMS:
        QUIZ.body(BodySource(body, 1, "lesson.md"), report)
    assert {one.code for one in report.problems if not one.hint} == {"quiz-option-empty"}
    for one in report.problems:
        assert "{" not in one.message() and "{close}" not in one.hint_text(), str(one)


def test_a_near_miss_is_named() -> None:
    report = Report("lesson.md")
    QUIZ.body(BodySource("1. Что? {point=2}" + GOOD), report)
    (found,) = report.problems
    assert (
        found.hint_text()
        == "Did you mean “points”? Known options: points, partial, case, spaces, yo, tags, difficulty, id."
    )


def test_all_problems_are_said_at_once() -> None:
    body = "1.\n2. Что?\n3. Как?\n   - (x) a\n4. Где? {p=1}\n   = 1 ± x\n"
    assert read(body)[1] == [
        "10:1 quiz-no-answers", "10:1 quiz-question-empty", "11:1 quiz-no-answers", "13:4 quiz-option-alone",
        "14:10 quiz-key-unknown", "15:4 quiz-number",
    ]  # fmt: skip


FREE = read("1. Опрос {points=0}\n   = true\n")[0]["questions"]
PAID = read("1. Вопрос\n   = true\n")[0]["questions"]


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"pass": "60%", "questions": FREE}, ["7:1 quiz-pass-without-points"]),
        ({"pass": 0.5, "questions": FREE * 2}, ["7:1 quiz-pass-without-points"]),
        ({"questions": FREE}, []),
        ({"pass": "60%", "questions": PAID}, []),
        ({"opens": "2026-03-02", "closes": "2026-03-01", "questions": PAID}, ["7:1 quiz-closes-first"]),
        ({"opens": "day 5 18:00", "closes": "day 5 17:00", "questions": PAID}, ["7:1 quiz-closes-first"]),
        ({"opens": "2026-03-01", "closes": "2026-03-01", "questions": PAID}, []),
        ({"opens": "2026-03-01", "closes": "day 1", "questions": PAID}, []),
    ],
)
def test_what_the_block_as_a_whole_must_keep(settings: dict[str, Any], expected: list[str]) -> None:
    assert checked(**settings) == expected


def test_columns_of_the_gradebook_and_dates() -> None:
    paid = block(questions=PAID * 3, closes="day 5")
    assert [(item.id, item.title, item.max_points) for item in QUIZ.grade_items(paid)] == [("q", "Тест", 3)]
    assert [(one.moment, one.title, one.item) for one in QUIZ.deadlines(paid)] == [("day 5", "Тест", "q")]
    assert (QUIZ.grade_items(block(questions=FREE)), QUIZ.deadlines(block(questions=FREE))) == ((), ())


def test_search_finds_questions_and_never_answers() -> None:
    found, _ = read("Введение.\n\n1. Вопрос\n   - (x) ВЕРНЫЙ\n     > ОТЗЫВ\n   - ( ) НЕТ\n   > ПОЯСНЕНИЕ\n")
    assert QUIZ.text(block(**found)).split() == ["Введение.", "Вопрос"]


def test_a_book_says_how_much_there_is_to_answer_and_asks_nothing() -> None:
    found, _ = read("Введение.\n\n1. Вопрос\n   - (x) ВЕРНЫЙ\n     > ОТЗЫВ\n   - ( ) НЕТ\n   > ПОЯСНЕНИЕ\n")
    assert plain_text(QUIZ.brief(block(**found))) == "Введение. 1 question"


def test_authors_may_write_the_options_by_their_names() -> None:
    assert sorted(QUIZ.options()) == sorted(
        [
            "id",
            "aliases",
            "minutes",
            "requires",
            "required",
            "weight",
            "attempts",
            "pass",
            "opens",
            "closes",
            "self-check",
            "shuffle",
            "shuffle-questions",
            "bank",
            "draw",
            "tags",
            "difficulty",
            "grade",
            "time",
            "grace",
            "pages",
            "review",
            "live",
            "seconds",
            "bonus",
            "behaviour",
            "penalty",
            "tries",
            "values",
            "partial",
        ]
    )


def test_shape_forgets_words_and_remembers_the_key() -> None:
    kinds = {kind.name: kind for kind in QUIZ.kinds}
    ru, en = (
        Options.model_validate({"options": [{"html": "да", "right": True}, {"html": "нет"}]}),
        Options.model_validate({"options": [{"html": "yes", "right": True}, {"html": "no", "feedback": "<p>no</p>"}]}),
    )
    assert kinds["one"].shape(ru) == kinds["one"].shape(en) == [True, False]
    assert kinds["text"].shape(kinds["text"].Data.model_validate({"accepted": []})) is None
