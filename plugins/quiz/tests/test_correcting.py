"""Marks that turn out to be wrong: what a correction would change, what it changes, who is told, and what stays in the history."""

import re
from html import unescape
from typing import Any

import pytest
from sqlalchemy import select

from lms.db import db
from lms.notices.models import Notice
from lms_quiz.corrections import Correction, Remark

GOOD = {"q1": "четыре", "q2": ["два", "восемь", "десять"], "q3": "True", "q4": "987654,5", "q5": "летописец"}
BAD = {"q1": "пять", "q2": ["три"], "q3": "False", "q5": "писец"}


def words(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page)).split())


def digest(page: str) -> str:
    found = re.search(r'name="digest" value="(\w+)"', page)
    assert found is not None
    return found[1]


class Court:
    """A quiz that one learner answered all right, one all wrong; and their tutor."""

    def __init__(self, place: Any) -> None:
        self.place = place
        self.good, self.bad = place.learner("Добрынина"), place.learner("Злобина")
        place.sit(self.good).start().finish(GOOD)
        place.sit(self.bad).start().finish(BAD)
        self.tutor = place.tutor()
        self.base = place.base

    def points(self, person: int) -> tuple[float | None, float | None, str]:
        found = self.place.stage.results(self.place.run, person)["sample"]
        return found.points, found.max_points, found.state

    def propose(self, act: str, question: int | str = "") -> str:
        page: str = self.tutor.get(f"{self.base}corrections/new?act={act}&question={question}")
        return page

    def apply(self, act: str, question: int | str = "", reason: str = "Ключ был неверным.", status: int = 200) -> str:
        data = {"act": act, "question": question, "digest": digest(self.propose(act, question)), "reason": reason}
        page: str = self.tutor.post(f"{self.base}corrections/new", data, status=status)
        return page

    def told(self, person: int) -> list[str]:
        db.session.rollback()
        rows = db.session.scalars(select(Notice.text).where(Notice.person_id == person, Notice.kind == "activity"))
        return list(rows)

    def other_key(self) -> None:
        """The course is published with another key for the first question, and the run moved."""
        lesson = self.place.lesson("")
        self.place.republish(lesson.replace("(x) четыре", "( ) четыре").replace("( ) пять", "(x) пять"))


@pytest.fixture
def court(place: Any) -> Court:
    return Court(place)


class TestAgain:
    def test_without_another_key_nothing_changes(self, court: Court) -> None:
        assert "No mark given so far would change." in words(court.propose("again"))

    def test_a_dry_run_says_whose_mark_changes_and_changes_nothing(self, court: Court) -> None:
        court.other_key()
        said = words(court.propose("again"))
        assert "Добрынина Анна Петровна 1 1 1 of 1 0 of 1" in said
        assert "Злобина Анна Петровна 1 1 0 of 1 1 of 1" in said
        assert "Добрынина Анна Петровна 1 7 of 7 6 of 7" in said
        assert (court.points(court.good), court.points(court.bad)) == ((7, 7, "complete"), (0, 7, "failed"))
        assert court.told(court.good) == []

    def test_applied_it_counts_everywhere_and_stays_in_the_history(self, court: Court) -> None:
        court.other_key()
        page = words(court.apply("again"))
        assert "Done: 2 marks were changed." in page
        assert "All attempts marked again by the present key" in page
        assert (court.points(court.good), court.points(court.bad)) == ((6, 7, "complete"), (1, 7, "failed"))
        assert [len(court.told(person)) for person in (court.good, court.bad)] == [1, 1]
        assert "Ключ был неверным." in court.told(court.good)[0]
        db.session.rollback()
        rows = db.session.execute(
            select(Remark.person_id, Remark.before_share, Remark.after_share).order_by(Remark.person_id)
        ).all()
        assert [tuple(row) for row in rows] == [(court.good, 1, 0), (court.bad, 0, 1)]
        review = words(court.place.stage.browser(court.good).get(f"{court.base}attempts/1/"))
        assert "What was corrected in this attempt" in review
        assert "Question 1 1 of 1 0 of 1" in review
        assert "четыре Your choice, wrong" in review  # it can be read again
        assert "No mark given so far would change." in words(court.propose("again"))

    def test_options_in_another_order_keep_their_meaning(self, court: Court) -> None:
        lesson = court.place.lesson("")
        four = "- (x) четыре\n     > ОТЗЫВЧЕТЫРЕ\n   "
        five = "- ( ) пять\n     > ОТЗЫВПЯТЬ\n   "
        assert four + five in lesson
        court.place.republish(lesson.replace(four + five, five + four))
        assert "No mark given so far would change." in words(court.propose("again"))

    def test_an_attempt_at_other_questions_stays_as_it_is(self, court: Court) -> None:
        lesson = court.place.lesson("").replace("3. Москва — столица России.\n   = верно", "3. Сколько?\n   = 3")
        court.place.republish(lesson)
        assert "2 attempts stay as they are: their questions are no longer the same." in words(court.propose("again"))
        court.apply("again")
        assert court.points(court.good) == (7, 7, "complete")

    def test_the_key_is_that_of_the_language_somebody_answered_in(self, stage: Any, hand: Any) -> None:
        text = "---\ntitle: {}\n{}---\n\n:::{{quiz}} {}\n:id: sample\n\n1. {}\n   = {}\n:::\n"
        course = stage.course({
            "01-module/index.md": "---\ntitle: Модуль\n---\n",
            "01-module/01-lesson.md": text.format("Урок", "minutes: 45\n", "Тест", "Кто летает ночью?", "сова"),
            "01-module/01-lesson.en.md": text.format("Lesson", "", "Quiz", "Who flies at night?", "owl"),
        })  # fmt: skip
        run = stage.run(course)
        learner, tutor = stage.person("Ночная", language="en"), stage.person("Ведущий", language="ru")
        stage.enrol(run, learner)
        stage.enrol(run, tutor, role="tutor")
        base = f"{stage.base(run)}activities/sample/"
        hand(stage.browser(learner), base).start().finish({"q1": "owl"})
        assert stage.results(run, learner)["sample"].points == 1
        page = stage.browser(tutor).get(f"{base}corrections/new?act=again")
        assert "Ни одна поставленная оценка не изменится." in words(page)


class TestQuestions:
    def test_a_dropped_question_counts_for_nobody_and_not_in_attempts_to_come(self, court: Court) -> None:
        court.apply("drop", 2)
        assert (court.points(court.good), court.points(court.bad)) == ((4, 4, "complete"), (0, 4, "failed"))
        late = court.place.learner("Поздняя")
        court.place.sit(late).start().finish(GOOD)
        assert court.points(late) == (4, 4, "complete")
        assert "This question does not count." in words(court.place.stage.browser(late).get(f"{court.base}attempts/1/"))

    def test_everybody_gets_the_points_and_they_can_be_taken_back(self, court: Court) -> None:
        court.apply("full", 2)
        assert (court.points(court.good), court.points(court.bad)) == ((7, 7, "complete"), (3, 7, "failed"))
        assert len(court.told(court.good)) == 0
        court.apply("keep", 2, "Он всё-таки хорош.")
        assert court.points(court.bad) == (0, 7, "failed")
        assert [len(court.told(person)) for person in (court.good, court.bad)] == [0, 2]
        said = words(court.tutor.get(f"{court.base}corrections/"))
        assert said.index("Question 2 counts as it did") < said.index("Everybody has all points of question 2")

    def test_it_makes_somebody_pass(self, place_with: Any) -> None:
        court = Court(place_with(":attempts: 3"))
        court.apply("full", 2)
        court.apply("full", 1)
        court.apply("full", 3)
        assert court.points(court.bad) == (5, 7, "complete")

    def test_marking_again_keeps_it(self, court: Court) -> None:
        court.apply("drop", 1)
        court.other_key()
        assert "No mark given so far would change." in words(court.propose("again"))


class TestOneMark:
    def test_it_is_changed_with_a_reason_and_the_person_told(self, court: Court) -> None:
        page = f"{court.base}people/{court.bad}/1/mark"
        assert "Question 2: 0 of 3" in words(court.tutor.get(page))
        court.tutor.post(page, {"question": "2", "points": "2,5", "reason": "Почти верно."})
        assert court.points(court.bad) == (2.5, 7, "failed")
        assert len(court.told(court.bad)) == 1
        review = words(court.place.stage.browser(court.bad).get(f"{court.base}attempts/1/"))
        assert "The mark was changed by hand." in review
        assert "Почти верно." in review

    def test_marking_again_leaves_it(self, court: Court) -> None:
        page = f"{court.base}people/{court.good}/1/mark"
        court.tutor.post(page, {"question": "1", "points": "0.5", "reason": "Почти."})
        court.other_key()
        court.apply("again")
        assert court.points(court.good) == (6.5, 7, "complete")

    @pytest.mark.parametrize(
        ("data", "said"),
        [
            ({"question": "2", "points": "4", "reason": "x"}, "Give points from 0 to 3."),
            ({"question": "2", "points": "-1", "reason": "x"}, "Give points from 0 to 3."),
            ({"question": "2", "points": "nan", "reason": "x"}, "Give points from 0 to 3."),
            ({"question": "2", "points": "", "reason": "x"}, "Give points from 0 to 3."),
            ({"question": "2", "points": "1", "reason": "  "}, "Say why"),
            ({"question": "x", "points": "1", "reason": "x"}, "Choose the question."),
            ({"question": "2", "points": "1", "reason": "x" * 1001}, "A reason has at most 1000 characters."),
        ],
    )
    def test_what_cannot_be_is_said(self, court: Court, data: dict[str, str], said: str) -> None:
        page = court.tutor.post(f"{court.base}people/{court.bad}/1/mark", data, status=422)
        assert said in words(page)
        assert court.points(court.bad) == (0, 7, "failed")

    def test_there_is_no_such_mark(self, court: Court) -> None:
        data = {"question": "9", "points": "1", "reason": "x"}
        court.tutor.post(f"{court.base}people/{court.bad}/1/mark", data, status=404)
        court.tutor.post(f"{court.base}people/{court.bad}/2/mark", data, status=404)
        court.tutor.get(f"{court.base}people/{court.bad}/2/mark", status=404)


class TestSafety:
    def test_what_was_shown_is_what_is_done(self, court: Court) -> None:
        seen = digest(court.propose("full", 1))
        late = court.place.learner("Поздняя")
        court.place.sit(late).start().finish(BAD)
        data = {"act": "full", "question": 1, "digest": seen, "reason": "Ошибка."}
        page = court.tutor.post(f"{court.base}corrections/new", data, status=409)
        assert "Meanwhile something has changed" in words(page)
        assert "Ошибка." in page
        assert court.points(court.bad) == (0, 7, "failed")
        court.tutor.post(f"{court.base}corrections/new", {**data, "digest": digest(page)})
        assert (court.points(court.bad)[0], court.points(late)[0]) == (1, 1)

    def test_without_a_reason_nothing_is_done(self, court: Court) -> None:
        assert "Say why" in words(court.apply("full", 1, " ", status=422))
        db.session.rollback()
        assert db.session.scalars(select(Correction.id)).all() == []

    @pytest.mark.parametrize("query", ["act=full", "act=full&question=0", "act=full&question=6", "act=mark&question=1"])
    def test_there_is_no_such_correction(self, court: Court, query: str) -> None:
        court.tutor.get(f"{court.base}corrections/new?{query}", status=404)

    def test_learners_correct_nothing(self, court: Court) -> None:
        browser = court.place.stage.browser(court.bad)
        browser.get(f"{court.base}corrections/", status=403)
        browser.get(f"{court.base}corrections/new?act=again", status=403)
        browser.post(f"{court.base}corrections/new", {"act": "full", "question": "1"}, status=403)
        browser.post(f"{court.base}people/{court.bad}/1/mark", {"question": "1", "points": "1"}, status=403)

    def test_statements_of_a_dry_run_do_not_grow_with_people(self, court: Court) -> None:
        counts = []
        for _ in range(2):
            for _ in range(3):
                court.place.sit(court.place.learner()).start().finish(BAD)
            for page in ("corrections/", "corrections/new?act=full&question=1"):
                court.tutor.get(f"{court.base}{page}")
                with court.place.stage.statements() as seen:
                    court.tutor.get(f"{court.base}{page}")
                counts.append(len(seen))
        assert counts[:2] == counts[2:]

    def test_what_is_known_of_a_person_can_be_had_and_forgotten(self, court: Court) -> None:
        from lms_quiz.correction_privacy import Corrections

        court.tutor.post(
            f"{court.base}people/{court.bad}/1/mark", {"question": "1", "points": "1", "reason": "Болела."}
        )
        court.apply("full", 2)
        part = Corrections()
        found = part.export(court.place.stage.site, court.bad)["marks"]
        assert [(one["question"], one["before"], one["after"], one["reason"]) for one in found] == [
            (1, 0, 1, "Болела."), (2, 0, 3, "Ключ был неверным."),
        ]  # fmt: skip
        assert part.erase(court.place.stage.site, court.bad) == ["2 corrected marks were removed."]
        db.session.commit()
        assert part.export(court.place.stage.site, court.bad)["marks"] == []
        assert db.session.scalars(select(Correction.reason).order_by(Correction.id)).all() == ["", "Ключ был неверным."]


def test_marking_again_goes_over_the_same_tries(place_with: Any) -> None:
    head = ":::{quiz} Тест\n:id: sample\n:behaviour: interactive\n:tries: 3\n\n1. Кто? {points=10}\n"
    text = f"{head}   - ( ) я\n   - (x) ты\n   - ( ) он\n:::\n"
    place = place_with(text=text)
    person = place.learner()
    sitting = place.sit(person).start()
    for what, answer in (("check", "он"), ("again", ""), ("check", "я"), ("again", "")):
        form = sitting.form({"q1": answer} if answer else {})
        sitting.page = sitting.browser.post(f"{place.base}attempts/1/{what}/1", form)
    sitting.finish({"q1": "ты"})
    assert place.stage.results(place.run, person)["sample"].points == 4  # the third try
    place.republish(text.replace("(x) ты", "( ) ты").replace("( ) я", "(x) я"))
    tutor = place.tutor()
    page = tutor.get(f"{place.base}corrections/new?act=again")
    tutor.post(f"{place.base}corrections/new", {"act": "again", "digest": digest(page), "reason": "Ключ."})
    # the second try is right now: nothing after it would have been asked
    assert place.stage.results(place.run, person)["sample"].points == 7
