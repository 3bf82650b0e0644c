"""Self-checks: in the lesson, at once, as often as one likes; nothing counted, nothing of the key sent before an answer."""

import re
from html import unescape
from typing import Any

import pytest

from courses.load import load
from lms.plugin import db
from lms.publishing.models import CourseRecord, RunRecord
from lms.testing import Browser, Stage
from lms_quiz.activity import Quiz
from lms_quiz.models import Attempt

CHECK = """Текст до.

:::{quiz} Проверьте себя
:id: self
:self-check:

Вступление.

1. Дважды два?
   - (x) четыре
     > ОТЗЫВЧЕТЫРЕ
   - ( ) пять
     > ОТЗЫВПЯТЬ
   > ПОЯСНЕНИЕОДИН
2. Чётные?
   - [x] два
   - [ ] три
   - [x] десять
   > ПОЯСНЕНИЕДВА
3. Число пи до сотых?
   = 3,14
     > ОТЗЫВПИ
:::

Между.

:::{quiz} Ещё раз
:id: other
:self-check: true

1. Земля круглая.
   = верно
   > ПОЯСНЕНИЕЗЕМЛЯ
:::
"""
SECRETS = ["ОТЗЫВ", "ПОЯСНЕНИЕ", "3,14", "3.14"]


class Reader:
    """A learner before the lesson."""

    def __init__(self, stage: Stage, lesson: str = CHECK, role: str = "learner") -> None:
        self.stage = stage
        self.run = stage.run(stage.course(lesson=lesson))
        self.person = stage.person("Ученикова")
        stage.enrol(self.run, self.person, role=role)
        self.browser: Browser = stage.browser(self.person)
        self.address = f"{stage.base(self.run)}module/lesson/"

    def look(self) -> str:
        return self.browser.get(self.address)

    def send(self, block: str = "self", **answers: Any) -> str:
        """Choose options by their words, type texts, press a button."""
        page = self.look()
        form = re.search(rf'<form method="post" action="[^"]*/{block}/check".*?</form>', page, re.DOTALL)
        assert form is not None
        given: dict[str, Any] = {}
        for name, answer in answers.items():
            words = answer if isinstance(answer, list) else [answer]
            field = f"{block}-{name}" if re.fullmatch(r"q\d", name) else name
            values = {
                " ".join(unescape(re.sub("<[^>]*>", "", label)).split()): value
                for value, label in re.findall(
                    rf'<input type="(?:radio|checkbox)" name="{field}" value="([^"]*)"[^>]*>(.*?)</label>',
                    form[0],
                    re.DOTALL,
                )
            }
            given[field] = [values.get(word, word) for word in words]
        return self.browser.post(f"{self.stage.base(self.run)}activities/{block}/check", given)


def badges(page: str) -> list[str]:
    """The outcome of each question, in words."""
    return [
        " ".join(re.sub(r"<[^>]*>", " ", legend).split()).split(" ", 4)[-1].strip()
        for legend in re.findall(r"<legend[^>]*>(.*?)</legend>", page, re.DOTALL)
    ]


def test_no_column_no_date_nothing_required(tmp_path: Any) -> None:
    for name, text in {
        "course.md": "---\ntitle: A\nlanguage: ru\n---\n",
        "01-m/index.md": "---\ntitle: M\n---\n",
        "01-m/01-l.md": f"---\ntitle: L\nminutes: 45\n---\n{CHECK}",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    loaded = load(tmp_path, {"quiz": Quiz()})
    assert loaded.problems == []
    assert loaded.course is not None
    assert (loaded.course.grade_items, loaded.course.deadlines) == ((), ())
    assert [block.settings["required"] for block in loaded.course.blocks()] == [False, False]


@pytest.mark.parametrize(
    ("option", "line"),
    [("attempts: 2", 3), ("pass: 60%", 3), ("required: true", 3), ("opens: day 2", 3), ("closes: day 2", 3)],
)
def test_nothing_that_counts_goes_with_it(tmp_path: Any, option: str, line: int) -> None:
    key = option.partition(":")[0]
    for name, text in {
        "course.md": "---\ntitle: A\n---\n",
        "m/index.md": "---\ntitle: M\n---\n",
        "m/l.md": f"---\ntitle: L\nminutes: 45\n---\n:::{{quiz}} Q\n:id: q\n:{option}\n:self-check:\n\n1. A?\n   = b\n:::\n",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    assert [str(problem) for problem in load(tmp_path, {"quiz": Quiz()}).problems] == [
        f"m/l.md:7:{len(key) + 4}: A self-check has no “{key}”: nothing of it is counted. [quiz-self-check]"
    ]


def test_the_questions_stand_in_the_lesson_without_their_keys(stage: Stage) -> None:
    page = Reader(stage).look()
    assert [word for word in ("Вступление.", "Дважды два?", "Земля круглая.", "десять") if word not in page] == []
    assert [secret for secret in SECRETS if secret in page] == []
    ids = re.findall(r' id="([^"]*)"', page)
    assert sorted(set(ids)) == sorted(ids)


def test_what_is_right_is_said_and_what_is_wrong_may_be_tried_again(stage: Stage) -> None:
    reader = Reader(stage)
    page = reader.send(q1="пять", q2=["два"], q3="3,14")
    assert badges(page)[:3] == ["Wrong", "Partly right", "Right"]
    assert "Right answers: 1 of 3." in page
    assert [
        word for word in ("ОТЗЫВЧЕТЫРЕ", "ОТЗЫВПЯТЬ", "ОТЗЫВПИ", "ПОЯСНЕНИЕОДИН", "ПОЯСНЕНИЕДВА") if word in page
    ] == [
        "ОТЗЫВПЯТЬ",
        "ОТЗЫВПИ",
    ]
    page = reader.send(q1="четыре", q2=["два", "десять"], q3="3,14")
    assert badges(page)[:3] == ["Right", "Right", "Right"]
    assert [word for word in ("ОТЗЫВЧЕТЫРЕ", "ПОЯСНЕНИЕОДИН", "ПОЯСНЕНИЕДВА") if word not in page] == []
    assert "ПОЯСНЕНИЕЗЕМЛЯ" not in page  # the other one is another one
    page = reader.send(again="1")
    assert [secret for secret in SECRETS if secret in page] == []
    assert reader.stage.results(reader.run, reader.person) == {}
    assert db.session.query(Attempt).count() == 0


def test_what_is_right_is_shown_when_asked_for_but_not_before_an_answer(stage: Stage) -> None:
    reader = Reader(stage)
    assert "ПОЯСНЕНИЕ" not in reader.send(show="1")  # nobody had answered
    page = reader.send(q1="пять", show="1")
    assert [word for word in ("ОТЗЫВЧЕТЫРЕ", "ПОЯСНЕНИЕОДИН", "ПОЯСНЕНИЕДВА", "3.14") if word not in page] == []


def test_answers_to_other_questions_are_forgotten(stage: Stage) -> None:
    reader = Reader(stage)
    assert badges(reader.send(q1="пять"))[0] == "Wrong"
    record = db.session.get_one(RunRecord, reader.run)
    course = db.session.get_one(CourseRecord, record.course_id)
    stage.course(lesson=CHECK.replace("(x) четыре", "( ) четыре").replace("( ) пять", "(x) пять"), folder=course.slug)
    record.revision_id = db.session.get_one(CourseRecord, course.id).revision_id
    db.session.commit()
    page = reader.look()
    assert "Right answers" not in page
    assert badges(reader.send(q1="пять"))[0] == "Right"


def test_a_lesson_with_self_checks_asks_nothing_of_the_quiz(stage: Stage) -> None:
    reader = Reader(stage)
    reader.send(q1="пять")
    with stage.statements() as found:
        reader.look()
    assert [statement for statement in found if "quiz_attempt" in statement] == []


@pytest.mark.parametrize("role", ["learner", "tutor"])
def test_strange_forms_do_no_harm(stage: Stage, role: str) -> None:
    reader = Reader(stage, role=role)
    page = reader.send(q1=["четыре", "пять"], q2=["x" * 5000], q3="у" * 5000, q9="1", **{"self-q1": "?"})
    assert badges(page)[:3] == ["No answer", "No answer", "Wrong"]
    base = f"{stage.base(reader.run)}activities/self/"
    reader.browser.get(base)
    if role == "learner":
        reader.browser.post(f"{base}start")
        reader.browser.get(f"{base}attempts/1/", 404)
    assert db.session.query(Attempt).count() == 0


def test_a_quiz_that_counts_has_no_check(stage: Stage) -> None:
    reader = Reader(stage, CHECK.replace(":self-check:\n", "", 1))
    page = reader.browser.post(f"{stage.base(reader.run)}activities/self/check", {"self-q1": "x"})
    assert "Right answers" not in page
    assert [secret for secret in SECRETS if secret in page] == []
