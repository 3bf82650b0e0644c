"""What a change of a quiz means, question by question."""

import pytest

from courses.blocks import Block, BodySource
from courses.problems import Report
from lms_quiz import plugin
from lms_quiz.activity import Quiz
from lms_quiz.format import QuizSettings

QUIZ = next(item for item in plugin.contributes if isinstance(item, Quiz))
BODY = """1. Какая форма работы удобна?
   - (x) форум
   - ( ) видеосвязь
   - ( ) чат
2. Что относится к письму? {points=2}
   - [x] письмо
   - [x] записка
   - [ ] разговор
3. В каком году это было?
   = 2004 ± 1
4. Кто пишет летопись?
   = летописец
5. Земля круглая.
   = верно
"""


def block(body: str = BODY, **options: object) -> Block[QuizSettings]:
    report = Report("x.md")
    settings = QuizSettings.model_validate({"id": "q", **QUIZ.body(BodySource(body, 1, "x.md"), report), **options})
    assert not report.problems
    stored = settings.model_dump(mode="json")
    return Block(id="q", kind="quiz", title="Q", path="x.md", line=1, lesson="x", settings=stored)


def compared(after: Block[QuizSettings], before: Block[QuizSettings] | None = None) -> list[tuple[str, object, bool]]:
    return [
        (change.code, change.params.get("number", ""), change.harmful)
        for change in QUIZ.compare(before or block(), after)
    ]


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("удобна?", "удобно?", []),
        ("видеосвязь", "видеосвясь", []),
        ("   - ( ) видеосвязь\n   - ( ) чат\n", "   - ( ) чат\n   - ( ) видеосвязь\n", []),
        ("= 2004 ± 1", "= 2004,0 ± 1", []),
        ("= летописец", "= Летописец", []),
        ("= верно", "= true", []),
        ("удобна?", "не удобна?", [("question-changed", 1, True)]),
        ("удобна?", "удобна? {points=3}", [("points-changed", 1, True)]),
        ("(x) форум", "( ) форум\n   - (x) сайт", [("key-changed", 1, True), ("question-changed", 1, True)]),
        ("( ) чат", "( ) чат\n   - ( ) сайт", [("question-changed", 1, True)]),
        ("   - (x) форум\n   - ( ) видеосвязь\n", "   - ( ) видеосвязь\n   - (x) форум\n", [("question-changed", 1, True)]),
        ("- [ ] разговор", "- [x] разговор", [("key-changed", 2, True)]),
        ("{points=2}", "{points=2 partial=false}", [("points-changed", 2, True)]),
        ("2004 ± 1", "2004 ± 2", [("key-changed", 3, True)]),
        ("= летописец", "= летописец | автор", [("key-changed", 4, True)]),
        ("= верно", "= неверно", [("key-changed", 5, True)]),
        ("= летописец", "= верно", [("question-changed", 4, True)]),
        ("5. Земля круглая.\n   = верно\n", "", [("question-changed", 5, True)]),
        ("5. Земля", "5. Сколько будет два и два?\n   = 4\n6. Земля", [("question-changed", 5, True)]),
    ],
)  # fmt: skip
def test_questions(old: str, new: str, found: list[tuple[str, object, bool]]) -> None:
    assert old in BODY
    assert compared(block(BODY.replace(old, new))) == found


def test_the_order_of_questions() -> None:
    first, rest = BODY.split("2. ", 1)
    assert compared(block("1. " + rest + first.replace("1. ", "6. "))) == [("question-changed", "", True)]


def test_the_line_of_the_question_is_told() -> None:
    found = QUIZ.compare(block(), block(BODY.replace("2004", "2005")))
    assert [change.line for change in found] == [9]


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ({"attempts": 0}, {"attempts": 3}, [("attempts-changed", "", True)]),
        ({}, {"live": "play"}, [("live-changed", "", True)]),
        ({"live": "play"}, {"live": "count"}, [("live-changed", "", True)]),
        ({"live": "count"}, {}, [("live-changed", "", True)]),
        ({"live": "play"}, {}, [("live-changed", "", False)]),
        ({"attempts": 3}, {"attempts": 2}, [("attempts-changed", "", True)]),
        ({"attempts": 2}, {"attempts": 3}, [("attempts-changed", "", False)]),
        ({"attempts": 2}, {"attempts": 0}, [("attempts-changed", "", False)]),
        ({"pass": 0.5}, {"pass": 0.6}, [("pass-changed", "", True)]),
        ({"pass": 0.5}, {"pass": 0.4}, [("pass-changed", "", False)]),
        ({}, {"opens": "day 5"}, [("opens-changed", "", True)]),
        ({"opens": "day 5"}, {}, [("opens-changed", "", False)]),
        ({}, {"shuffle": True, "minutes": 20}, []),
    ],
)
def test_options(before: dict[str, object], after: dict[str, object], found: list[tuple[str, object, bool]]) -> None:
    assert compared(block(**after), block(**before)) == found
