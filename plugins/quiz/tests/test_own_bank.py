"""The bank of our own course: what is in it, that both languages ask the same, and that its keys are right."""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from courses.problems import Report
from lms.plugin import db
from lms_quiz.activity import Quiz
from lms_quiz.answering import Marker, Sheet, sheets
from lms_quiz.command import quiz
from lms_quiz.models import Attempt
from lms_quiz.posed import values_of

BANKS = Path(__file__).parents[3] / "content" / "network-community" / "banks"
KINDS = {
    "number": 30, "one": 29, "many": 16, "ordering": 10, "matching": 9, "truth": 9, "text": 7, "gaps": 6, "categorise": 5,
    "by-hand": 4, "hotspot": 2, "hotspots": 1,
}  # fmt: skip


def read(name: str) -> Sheet:
    report = Report(name)
    (found,) = sheets(BANKS / name, Quiz(), report)
    assert [str(problem) for problem in report.problems] == []
    return found


@pytest.fixture(scope="module", params=["network.md", "network.en.md"])
def bank(request: pytest.FixtureRequest) -> Sheet:
    return read(request.param)


def test_it_has_every_kind_of_question(bank: Sheet) -> None:
    questions = bank.settings.questions
    assert Counter(one.kind for one in questions) == KINDS
    assert len(questions) == len({one.id for one in questions}) == 128
    assert Counter(one.difficulty for one in questions) == {"medium": 61, "easy": 46, "hard": 21}
    assert sum(bool(one.variables) for one in questions) == 20
    assert [one.id for one in questions if not one.tags] == []
    # only where an answer or the criteria say all there is to say
    silent = [one.id for one in questions if not one.explanation and one.kind not in ("truth", "by-hand")]
    assert silent == ["chronicler"]


def test_both_languages_ask_the_same() -> None:
    ours = [
        [(one.id, one.kind, one.tags, one.difficulty, one.points, one.variables, len(one.hints)) for one in questions]
        for questions in (read(name).settings.questions for name in ("network.md", "network.en.md"))
    ]
    assert ours[0] == ours[1]


def test_whoever_is_right_gets_everything_and_whoever_is_wrong_does_not(bank: Sheet) -> None:
    found: dict[str, set[Any]] = {"right": set(), "wrong": set(), "waits": set()}
    for seed in map(str, range(12)):
        for place, question in enumerate(bank.settings.questions):
            asked, kind = bank.asked(place, seed), bank.kind(place)
            for right in (True, False):
                reply = kind.read(asked, kind.demo(asked, right))
                mark = kind.mark(asked.data, reply, True)
                if mark.waits or kind.by_hand:
                    found["waits"].add(question.id)
                elif right and mark.share != 1:
                    found["right"].add(question.id)
                elif not right and mark.share == 1:
                    found["wrong"].add(question.id)
    hand = {one.id for one in bank.settings.questions if one.kind == "by-hand"}
    assert found == {"right": set(), "wrong": set(), "waits": hand}


ANSWERS = [  # worked out or looked up apart from the keys
    ("ninety-nine-one", "90", 1), ("ninety-nine-one", "99", 0), ("timezone-wide", "8", 1), ("timezone-wide", "7", 0),
    ("lpp-authors", "Lave", 1), ("lpp-authors", "Wenger", 0), ("retrieval-year", "2006", 1), ("retrieval-year", "2007", 0.5),
    ("wait-time-name", "Wait-Time", 1), ("partial-credit", "1/6", 0), ("partial-credit", "0,17", 1), ("partial-credit", "0.667", 0.5),
    ("certainty", ".75", 1), ("certainty", "0.8", 0), ("number-tolerance", "0.2", 1), ("number-tolerance", "0.3", 0),
    ("iso-date", "2026-03-05", 1), ("iso-date", "05.03.2026", 0), ("acronym", "FAQ", 1), ("acronym", "faq", 0.5),
    ("acronym", "fAQ", 0), ("academic-hour", "45 min", 1), ("academic-hour", "2700 s", 0), ("academic-hour", "45", 0),
    ("contrast", "4.5", 1), ("contrast", "3", 0.5), ("mean-median", "9", 1), ("criteria-number", "7", 0),
    ("folder-warehouse", "2", 1), ("one-leader", "2", 0.5), ("forms-common-time", "1 | 2 | 2 | 1 | 2", 1),
    ("forms-common-time", "1 | 2 | 2 | 2 | 2", 0.8), ("async-word", "1 | 2", 1), ("async-word", "1 | 1", 0.5),
    ("thread-life", "1 | 2 | 4", 0.2), ("form-map", "1", 1), ("kirkpatrick-picture", "3", 1), ("first-ten", "true", 1),
]  # fmt: skip


def test_answers_somebody_else_worked_out(bank: Sheet) -> None:
    marker = Marker(bank)
    found = []
    for key, answer, _ in ANSWERS:
        mark = marker.mark(marker.places[key], "person", answer)
        found.append((key, answer, None if mark is None else round(mark.share, 9)))
    assert found == ANSWERS


@pytest.mark.parametrize(
    ("key", "sum_of"),
    [
        ("timezone-irkutsk", lambda h: h + 5), ("rooms-count", lambda n: -(-n // 4)), ("pairs-count", lambda n: n * (n - 1) // 2),
        ("pass-mark", lambda n: -(-6 * n // 10)), ("hours-sum", lambda h: 45 * h), ("project-deadline", lambda d: 13 + d),
        ("team-size", lambda n: n * (n - 1) // 2), ("agreement", lambda k: 5 * k),
    ],
)  # fmt: skip
def test_sums_somebody_else_worked_out(bank: Sheet, key: str, sum_of: Any) -> None:
    place = Marker(bank).places[key]
    kind = bank.kind(place)
    shares = []
    for seed in map(str, range(40)):
        asked = bank.asked(place, seed)
        (value,) = values_of(bank.settings.questions[place], f"{seed}/{place}").values()
        answer = str(sum_of(int(value)))
        shares.append(kind.mark(asked.data, {"text": answer}, True).share)
    assert shares == [1.0] * 40


@pytest.mark.parametrize("name", ["04-quizzes.md", "04-quizzes.en.md"])
def test_the_example_of_the_guide_for_authors_is_marked_as_it_says(name: str, tmp_path: Path) -> None:
    guide = (BANKS.parents[1] / "writing-a-course" / "02-work" / name).read_text("utf-8")
    questions = re.findall(r"^```markdown\n(\d\..*?)^```$", guide, re.S | re.M)
    (answers,) = re.findall(r"^```text\n(.*?)^```$", guide, re.S | re.M)
    (tmp_path / "forms.md").write_text("\n".join(questions), "utf-8")
    (tmp_path / "answers.csv").write_text(answers, "utf-8")
    given = ["mark", str(tmp_path / "forms.md"), "--answers", str(tmp_path / "answers.csv"), "--format", "csv"]
    done = CliRunner().invoke(quiz, given)
    assert done.exit_code == 0, done.output
    rows = [line.split(",")[1:5] for line in done.output.splitlines()[1:]]
    assert rows == [
        ["1", "2", "2", "1"],
        ["2", "0", "1", "0"],
        ["1", "0", "2", "0"],
        ["2", "0", "1", "0"],
        ["1", "2", "2", "1"],
        ["2", "0", "1", "0"],
    ]


def test_all_of_it_is_asked_and_marked_on_a_site(stage: Any, hand: Any) -> None:
    course = BANKS.parent
    lesson = "---\ntitle: %s\nminutes: 45\n---\n\n:::{quiz} %s\n:id: sample\n:bank: network\n:::\n"
    files = {
        "01-module/index.md": "---\ntitle: Модуль\n---\n",
        "01-module/01-lesson.md": lesson % ("Урок", "Тест"),
        "01-module/01-lesson.en.md": lesson % ("Lesson", "Quiz"),
        **{f"banks/{path.name}": path.read_text("utf-8") for path in BANKS.glob("*.md")},
        **{
            f"{part}/media/{path.name}": path.read_text("utf-8")
            for part in ("01-start", "04-go-on") for path in (course / part / "media").glob("*.svg")
        },
    }  # fmt: skip
    run = stage.run(stage.course(files))
    kinds = {kind.name: kind for kind in Quiz().kinds}
    for language in ("ru", "en"):
        person = stage.person(f"Ученикова-{language}", language=language)
        stage.enrol(run, person)
        sitting = hand(stage.browser(person), f"{stage.base(run)}activities/sample/").start()
        db.session.rollback()
        seed = db.session.scalars(select(Attempt.seed).where(Attempt.person_id == person)).one()
        (visit, *_) = stage.site.visits("quiz")
        answers = {}
        for place, question in enumerate(visit.edition(visit.run.revision_id, language).settings.questions):
            asked = kinds[question.kind].asked(place, question, seed, False)
            answers[asked.name] = list(kinds[question.kind].demo(asked, right=True))
        review = sitting.finish(answers)
        assert review.count('class="quiz-question"') == 128
        found = db.session.scalars(select(Attempt).where(Attempt.person_id == person)).one()
        marks = {one["kind"]: one["share"] for one in json.loads(found.marks) if one["share"] != 1}
        assert marks == {"by-hand": 0}
