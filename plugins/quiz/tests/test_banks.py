"""Banks: questions shared by quizzes, drawn by lot for each attempt and known by their ids ever after."""

import csv
import json
import re
from collections import Counter
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from courses.blocks import Block
from courses.load import load
from courses.memory import Memory
from courses.problems import Report
from lms.plugin import db
from lms_quiz import banks
from lms_quiz.activity import Quiz
from lms_quiz.answering import sheets
from lms_quiz.changes import compare
from lms_quiz.format import QuizSettings
from lms_quiz.models import Attempt

QUIZ = Quiz()
LESSON = "---\ntitle: Урок\nminutes: 45\n---\n\n:::{{quiz}} Тест\n:id: test\n{options}\n\n{body}\n:::\n"


def bank(*ids: str, head: str = "title: Формы", more: str = "") -> str:
    rows = [f"{n}. Вопрос {id}? {{id={id}{more}}}\n   = true\n" for n, id in enumerate(ids, 1)]
    return f"---\n{head}\n---\n\n" + "".join(rows)


class Course:
    """A course of one lesson, with banks."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.write("course.md", "---\ntitle: Курс\nlanguage: ru\nhours: 1\n---\n")
        self.write("01-start/index.md", "---\ntitle: Начало\n---\n")

    def write(self, path: str, text: str) -> None:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")

    def quiz(self, *options: str, body: str = "", path: str = "01-start/01-why.md") -> None:
        self.write(path, LESSON.format(options="\n".join(options), body=body))

    @property
    def loaded(self) -> Any:
        return load(self.folder, {"quiz": QUIZ})

    @property
    def problems(self) -> list[str]:
        return [f"{one.path}:{one.line}:{one.column} {one.code}" for one in self.loaded.problems]

    def settings(self, language: str = "") -> QuizSettings:
        loaded = self.loaded
        assert loaded.course is not None, loaded.problems
        course = loaded.translations[language] if language else loaded.course
        return QUIZ.settings_of(course.activities[0])


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return Course(tmp_path)


# ------------------------------------------------------------------ written


def test_a_quiz_has_its_own_questions_and_those_of_its_banks(course: Course) -> None:
    course.write("banks/forms.md", bank("one", "two", head="title: Формы\ntags: a b"))
    course.write("banks/more.md", bank("three", more=" tags=c"))
    course.quiz(":bank: forms, more", ":draw: 2", body="1. Свой?\n   = true")
    assert course.problems == []
    found = course.settings()
    assert [(one.id, one.bank, one.tags) for one in found.questions] == [
        ("", "", ()), ("one", "forms", ("a", "b")), ("two", "forms", ("a", "b")), ("three", "more", ("c",)),
    ]  # fmt: skip
    assert (found.count, found.max_points, len(found.own), len(found.pool)) == (3, 3, 1, 3)


def test_tags_and_difficulty_choose_what_may_be_drawn(course: Course) -> None:
    rows = [f"{n}. Вопрос {n}? {{id=q{n} tags={tag} difficulty={word}}}\n   = true\n"
            for n, (tag, word) in enumerate([("a", "easy"), ("b", "easy"), ("a", "hard"), ("c", "hard")])]  # fmt: skip
    course.write("banks/forms.md", "---\ntitle: Ф\n---\n\n" + "".join(rows))
    for options, expected in (
        ([":tags: a"], ["q0", "q2"]),
        ([":tags: a c"], ["q0", "q2", "q3"]),
        ([":difficulty: hard"], ["q2", "q3"]),
        ([":tags: a", ":difficulty: easy"], ["q0"]),
    ):
        course.quiz(":bank: forms", *options)
        assert [one.id for one in course.settings().questions] == expected


PROBLEMS: list[tuple[list[str], str, list[str]]] = [
    ([":bank: other"], bank("a"), ["01-start/01-why.md:8:8 quiz-bank-unknown", "banks/forms.md:1:1 file-unused"]),
    ([":bank: ../course"], bank("a"), ["01-start/01-why.md:8:8 quiz-bank-unknown", "banks/forms.md:1:1 file-unused"]),
    ([":bank: forms", ":draw: 3"], bank("a", "b"), ["01-start/01-why.md:9:8 quiz-draw-few"]),
    ([":bank: forms", ":tags: x"], bank("a", "b"), ["01-start/01-why.md:8:8 quiz-draw-few"]),
    ([":bank: forms"], bank("a", "b", "a"), ["banks/forms.md:9:1 quiz-id-twice"]),
    ([":bank: forms"], "1. Без имени?\n   = true\n", ["banks/forms.md:1:1 quiz-bank-id"]),
    ([":bank: forms"], bank("a", head="titel: x"), ["banks/forms.md:2:1 unknown-key"]),
    ([":bank: forms"], "1. Что? {id=a}\n   - ( ) нет\n", ["banks/forms.md:2:4 quiz-option-alone"]),
    ([":bank: forms", ":draw: 1"], "1. А? {id=a}\n   = true\n2. Б? {id=b points=2}\n   = true\n",
     ["01-start/01-why.md:9:8 quiz-draw-points"]),
    ([":draw: 2"], bank("a"), ["01-start/01-why.md:8:8 quiz-bank-option", "banks/forms.md:1:1 file-unused"]),
]  # fmt: skip


@pytest.mark.parametrize(("options", "text", "expected"), PROBLEMS, ids=[one[2][0].split()[1] for one in PROBLEMS])
def test_what_is_wrong_is_told_where_it_stands(
    course: Course, options: list[str], text: str, expected: list[str]
) -> None:
    course.write("banks/forms.md", text)
    course.quiz(*options)
    assert course.problems == expected


def test_a_bank_is_told_once_however_many_quizzes_use_it(course: Course) -> None:
    course.write("banks/forms.md", "1. Что? {id=a}\n   - ( ) нет\n")
    course.quiz(":bank: forms")
    course.write(
        "01-start/02-more.md", LESSON.format(options=":bank: forms", body="").replace(":id: test", ":id: extra")
    )
    assert course.problems == ["banks/forms.md:2:4 quiz-option-alone"]


def test_a_changed_bank_makes_the_pages_anew_that_use_it(course: Course) -> None:
    memory = Memory(settled_after=-1)
    course.write("banks/forms.md", bank("a", "b"))
    course.quiz(":bank: forms")

    def ids() -> list[str]:
        found = load(course.folder, {"quiz": QUIZ}, memory=memory).course
        assert found is not None
        return [one.id for one in QUIZ.settings_of(found.activities[0]).questions]

    assert ids() == ["a", "b"]
    course.write("banks/forms.md", bank("a", "b", "c"))
    assert ids() == ["a", "b", "c"]


def test_pictures_and_translations_of_a_bank_are_found_beside_it(course: Course) -> None:
    course.write("course.en.md", "---\ntitle: Course\n---\n")
    course.write("banks/frog.png", "png")
    course.write("banks/forms.md", "1. Кто это? {id=who}\n   ![лягушка](frog.png)\n   = лягушка\n")
    course.write("banks/forms.en.md", "1. Who is it? {id=who}\n   ![a frog](frog.png)\n   = a frog\n")
    course.quiz(":bank: forms")
    course.quiz(":bank: forms", path="01-start/01-why.en.md")
    assert course.problems == []
    picture = next(iter(course.loaded.course.media))
    assert [f'src="/media/{picture}"' in course.settings(one).questions[0].text for one in ("", "en")] == [True, True]
    assert "Who is it?" in course.settings("en").questions[0].text
    assert [course.settings(one).keys for one in ("", "en")] == [("who",), ("who",)]


# ------------------------------------------------------------------ drawn


def test_every_question_is_drawn_as_often_as_any_other(course: Course) -> None:
    course.write("banks/forms.md", bank("a", "b", "c", "d", "e"))
    course.quiz(":bank: forms", ":draw: 2", body="1. Свой?\n   = true")
    settings = course.settings()
    drawn = [json.loads(banks.drawn(settings, f"seed {n}")) for n in range(2000)]
    assert {(len(one), one[0]) for one in drawn} == {(3, "#0")}
    counts = Counter(key for one in drawn for key in one[1:])
    # chi-square, four degrees of freedom: 18.5 is p = 0.001
    assert set(counts) == set("abcde")
    assert sum((count - 800) ** 2 / 800 for count in counts.values()) < 18.5
    assert banks.drawn(settings, "seed 7") == banks.drawn(settings, "seed 7")


def test_shuffled_questions_are_the_same_in_another_order(course: Course) -> None:
    body = "\n".join(f"{n}. Вопрос {n}?\n   = true" for n in range(1, 5))
    course.quiz(":shuffle-questions: true", body=body)
    settings = course.settings()
    drawn = [tuple(json.loads(banks.drawn(settings, f"seed {n}"))) for n in range(500)]
    assert (len(set(drawn)), {tuple(sorted(one)) for one in drawn}) == (24, {("#0", "#1", "#2", "#3")})
    assert banks.drawn(settings.model_copy(update={"shuffle_questions": False}), "seed") == ""


# ------------------------------------------------------------------ asked on the site

DRAWING = ":::{quiz} Проверьте себя\n:id: sample\n%OPTIONS%\n:::\n"
QUESTION = {"kind": "truth", "text": "<p>Вопрос a?</p>", "line": 1, "id": "a", "data": {"right": True}}
FIVE = {"banks/forms.md": bank("a", "b", "c", "d", "e")}


def kept(number: int = 1) -> Attempt:
    db.session.rollback()
    return db.session.scalars(
        select(Attempt).where(Attempt.number == number).execution_options(populate_existing=True)
    ).one()


def asked(page: str) -> list[str]:
    return re.findall(r"Вопрос (\w+)\?", page)


def test_an_attempt_asks_what_it_drew_and_goes_on_doing_so(place_with: Any) -> None:
    place = place_with(":bank: forms", ":draw: 2", text=DRAWING, files=FIVE)
    learner = place.learner()
    sitting = place.sit(learner).start()
    ids = asked(sitting.page)
    assert (len(ids), json.loads(kept().drawn)) == (2, ids)
    assert asked(place.sit(learner).start().page) == ids
    sitting.save({"q1": "True"})
    # the bank grows and another question changes: what was drawn is still asked, with its answer
    other = next(id for id in "abcde" if id not in ids)
    changed = bank("x", "a", "b", "c", "d", "e").replace(f"{other}}}\n   = true", f"{other}}}\n   = false")
    place.republish(place.lesson(":bank: forms\n:draw: 2"), {"banks/forms.md": changed})
    again = place.sit(learner).start()
    assert (again.number, asked(again.page)) == (1, ids)
    review = again.finish({"q1": "True", "q2": "False"})
    assert (asked(review), kept().points, kept().max_points) == (ids, 1, 2)
    # a drawn question that is another one now makes the attempt void, as it does without banks
    sitting = place.sit(learner).start()
    first = json.loads(kept(2).drawn)[0]
    wrong = changed.replace(f"{first}}}\n   = true", f"{first}}}\n   = false")
    wrong = wrong if wrong != changed else changed.replace(f"{first}}}\n   = false", f"{first}}}\n   = true")
    place.republish(place.lesson(":bank: forms\n:draw: 2"), {"banks/forms.md": wrong})
    sitting.save({"q1": "True"}, status=409)
    assert (kept(2).finished_at is not None, kept(2).points) == (True, None)


def test_a_correction_reaches_those_who_drew_the_question(place_with: Any) -> None:
    place = place_with(":bank: forms", ":draw: 2", text=DRAWING, files=FIVE)
    drew: dict[int, list[str]] = {}
    for number in range(8):
        learner = place.learner(f"Ученица{number}")
        sitting = place.sit(learner).start()
        drew[learner] = asked(sitting.page)
        sitting.finish({"q1": "False", "q2": "False"})
    tutor = place.tutor()
    page = tutor.get(f"{place.base}corrections/new?act=full&question=3")
    digest = page.partition('name="digest" value="')[2].partition('"')[0]
    tutor.post(
        f"{place.base}corrections/new", {"act": "full", "question": "3", "digest": digest, "reason": "Ключ неверен."}
    )
    db.session.rollback()
    points = {row.person_id: row.points for row in db.session.execute(select(Attempt.person_id, Attempt.points))}
    assert points == {person: float("c" in ids) for person, ids in drew.items()}
    # the statistics count each question by those who were asked it
    rows = csv.DictReader(StringIO(tutor.get(f"{place.base}statistics.csv").removeprefix("\ufeff")))
    counts = {row["Question"]: int(row["Times asked"]) for row in rows}
    assert counts == {f"Вопрос {id}?": sum(id in ids for ids in drew.values()) for id in "abcde"}


def test_search_and_the_lesson_do_not_show_what_may_be_drawn(place_with: Any) -> None:
    place = place_with(":bank: forms", ":draw: 2", text=DRAWING, files=FIVE)
    learner = place.learner()
    assert asked(place.stage.browser(learner).get(place.lesson_url)) == []
    settings = QuizSettings.model_validate({"id": "q", "questions": [QUESTION], "pooled": 1})
    block: Block[QuizSettings] = Block(
        id="q", kind="quiz", title="Тест", path="a.md", line=1, lesson="a", settings=settings.model_dump()
    )
    assert (QUIZ.text(block), "1 question" in QUIZ.brief(block)) == ("", True)


def said(before: QuizSettings, after: QuizSettings) -> list[tuple[str, bool]]:
    kinds = {kind.name: kind for kind in QUIZ.kinds}
    return [(one.text.format_map(one.params), one.harmful) for one in compare(before, after, kinds)]


def test_a_new_edition_of_a_bank_is_compared_by_ids(course: Course) -> None:
    def settings(*ids: str, draw: int = 1, wrong: str = "") -> QuizSettings:
        course.write("banks/forms.md", bank(*ids).replace(f"{{id={wrong}}}\n   = true", f"{{id={wrong}}}\n   = false"))
        course.quiz(":bank: forms", f":draw: {draw}")
        return course.settings()

    before = settings("a", "b", "c")
    assert said(before, settings("c", "a", "b")) == []
    assert said(before, settings("d", "a", "b", "c")) == [("questions of banks that may be drawn besides: 1", False)]
    assert said(before, settings("a", "c")) == [
        (
            "question “b” of the bank “forms” (“Вопрос b?”) is drawn no more; attempts under way that have it begin anew",
            True,
        )
    ]
    assert said(before, settings("a", "b", "c", wrong="b")) == [
        ("question 2 has another right answer; marks given stay as they are", True)
    ]
    assert said(before, settings("a", "b", "c", draw=2)) == [("2 questions are drawn from banks instead of 1", True)]


def test_less_time_and_another_way_to_count_are_told() -> None:
    plain, timed = (QuizSettings.model_validate({"id": "q", "time": minutes}) for minutes in (0, 30))
    assert said(plain, timed) == [("an attempt may take 30 minutes now", True)]
    assert said(timed, plain) == [("an attempt may take any time now", False)]
    assert said(plain, plain.model_copy(update={"grade": "mean"})) == [("the mean of all attempts counts now", True)]


def test_a_file_is_read_with_its_banks_without_a_site(course: Course) -> None:
    course.write("banks/forms.md", bank("a", "b"))
    course.write("banks/forms.en.md", bank("a", "b").replace("Вопрос", "Question"))
    for path, word in (("01-start/01-why.md", "Вопрос"), ("01-start/01-why.en.md", "Question")):
        course.quiz(":bank: forms", ":draw: 1", path=path)
        report = Report(path)
        [sheet] = sheets(course.folder / path, QUIZ, report)
        assert (report.problems, sheet.settings.count) == ([], 1)
        assert [word in one.text for one in sheet.settings.questions] == [True, True]
    course.quiz(":bank: other")
    report = Report("why.md")
    sheets(course.folder / "01-start/01-why.md", QUIZ, report)
    assert [one.code for one in report.problems] == ["quiz-bank-unknown"]
