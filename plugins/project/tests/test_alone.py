"""A project of one person: from the first draft to the mark."""

import re

import pytest

from courses.criteria import Criteria
from lms.criteria.service import BlockAssessments

from .conftest import LESSON


def test_a_whole_life(group, full):
    it = group()
    anna = it.learners[0]
    page = it.send(anna, text="Черновик", hand_in=False)
    assert "The draft is kept." in page
    assert it.handins() == [(1, f"person:{anna}", "plan", 1, "draft", False)]
    assert it.result(anna) is None
    assert "Черновик" not in it.browser(it.tutor).get(it.base)

    it.send(anna, text="Мой **замысел**.", files=[("plan.txt", "План".encode())])
    result = it.result(anna)
    assert (result.state, result.completed, result.points) == ("waiting", False, None)
    assert it.explanation(anna) == "0 of 2 stages accepted; waits for the tutor: Замысел."

    board = it.browser(it.tutor).get(it.base)
    assert f'href="{it.works}1/"' in board
    work = it.browser(it.tutor).get(f"{it.works}1/")
    assert "<strong>замысел</strong>" in work
    assert "plan.txt" in work

    it.answer(1, accept=False, feedback="Сузьте вопрос.")
    assert it.result(anna).state == "returned"
    page = it.browser(anna).get(f"{it.works}own/plan/")
    assert "Сузьте вопрос." in page
    assert it.notices(anna) == ["“Событие: Замысел” was given back to be changed: read why."]

    it.send(anna, text="Узкий замысел.")
    assert [row[3:5] for row in it.handins()] == [(1, "returned"), (2, "waiting")]
    page = it.browser(anna).get(f"{it.works}own/plan/")
    assert "Узкий замысел." in page
    assert "<strong>замысел</strong>" in page, "the earlier version stays"
    assert page.count("plan.txt</a>") == 2, "what was not taken out belongs to the new version too"

    it.answer(2, feedback="Теперь хорошо.")
    result = it.result(anna)
    assert (result.state, result.completed) == ("started", False)
    assert it.explanation(anna) == "1 of 2 stages accepted."

    it.send(anna, stage="story", text="Рассказ.")
    it.answer(3, **{**full, "criterion-trial": "20"})
    result = it.result(anna)
    assert (result.state, result.completed, result.success, result.points, result.max_points) == (
        "complete", True, True, 40, 50,
    )  # fmt: skip
    assert it.explanation(anna) == "80% by the criteria: 40 of 50 points."
    page = it.browser(anna).get(f"{it.works}own/story/")
    assert "Хорошо." in page
    assert "Mark: 80%" in it.browser(anna).get(it.lesson)


def test_an_empty_work_is_not_handed_in(group):
    it = group()
    page = it.send(it.learners[0], text="  ", status=422)
    assert "Write the work here or attach a file." in page
    assert it.handins() == []


def test_files_alone_are_a_work_but_not_too_many(group):
    it = group()
    anna = it.learners[0]
    page = it.send(anna, text="", files=[("a.txt", b"a"), ("b.txt", b"b"), ("c.txt", b"c")], status=422)
    assert "A work has at most 2 files." in page
    it.send(anna, text="", files=[("a.txt", b"a"), ("b.txt", b"b")])
    assert it.result(anna).state == "waiting"


def test_a_file_taken_out_of_a_draft_stays_in_the_version_before(group):
    it = group()
    anna = it.learners[0]
    it.send(anna, files=[("a.txt", b"a")])
    it.answer(1, accept=False, feedback="Другой файл.")
    page = it.send(anna, text="Без файла", drop="1")
    assert page.count("a.txt</a>") == 1
    assert it.browser(anna).get(f"{it.works}1/files/1", buffered=True) == "a"
    assert it.browser(it.tutor).get(f"{it.works}1/files/1", buffered=True) == "a"
    it.browser(it.tutor).get(f"{it.works}2/files/1", status=404)


def test_what_is_handed_in_cannot_be_changed(group):
    it = group()
    anna = it.learners[0]
    it.send(anna, files=[("a.txt", b"a")])
    page = it.send(anna, text="Ещё раз", seen="2.0", status=422)
    assert "waits for the tutor" in page
    assert [row[4] for row in it.handins()] == ["waiting"]


def test_stages_come_in_order(group):
    it = group()
    page = it.send(it.learners[0], stage="story", seen="1.0", status=422)
    assert "First hand in the stage before this one." in page
    it.browser(it.learners[0]).get(f"{it.works}own/nothing/", status=404)


@pytest.mark.parametrize(("seconds", "late"), [(-1, False), (0, False), (1, True)])
def test_late_counts_from_the_second_after(group, full, seconds, late):
    it = group()
    anna = it.learners[0]
    it.move(days=9, hours=9, seconds=seconds)  # from 2 March, 12:00 in Moscow, to 11 March, 21:00
    it.send(anna)
    it.answer(1)
    it.send(anna, stage="story")
    it.answer(2, **full)
    assert [row[5] for row in it.handins()] == [late, False]
    assert it.result(anna).points == (45 if late else 50)
    if late:
        assert it.explanation(anna) == (
            "100% by the criteria, less 10% of that for late hand-ins (Замысел): 45 of 50 points."
        )


@pytest.mark.parametrize(("seconds", "status"), [(-1, 200), (0, 200), (1, 422)])
def test_a_stage_that_refuses_late_works(group, seconds, status):
    it = group()
    anna = it.learners[0]
    it.send(anna)
    it.move(days=19, hours=9, seconds=seconds)
    page = it.send(anna, stage="story", seen="1.0", status=status)
    assert ("The time is over" in page) is (status == 422)


def test_being_late_once_is_not_cured_and_coming_again_is_not_late(group):
    it = group()
    anna = it.learners[0]
    it.send(anna)
    it.answer(1, accept=False, feedback="Ещё.")
    it.move(days=30)
    it.send(anna, text="После срока, но возвращённая.")
    assert [row[5] for row in it.handins()] == [False, False]


def test_below_the_pass_mark(group, full):
    it = group()
    anna = it.learners[0]
    it.send(anna)
    it.answer(1)
    it.send(anna, stage="story")
    it.answer(2, **{**full, "criterion-trial": "5"})
    result = it.result(anna)
    assert (result.state, result.completed, result.success, result.points) == ("failed", True, False, 25)
    assert it.explanation(anna) == "50% by the criteria: 25 of 50 points. 60% was needed."


def test_a_mark_can_be_changed_and_taken_back(group, full):
    it = group()
    anna = it.learners[0]
    it.send(anna)
    it.answer(1)
    it.send(anna, stage="story")
    it.answer(2, **full)
    it.answer(2, **{**full, "criterion-question": "10"})
    assert it.result(anna).points == 40
    it.answer(2, accept=False, **{"comment": "Я ошибся: не хватает рассказа.", "criterion-question": "10"})
    result = it.result(anna)
    assert (result.state, result.completed, result.points) == ("returned", False, None)
    it.send(anna, stage="story", text="Новый рассказ")
    it.answer(3, **full)
    assert it.result(anna).points == 50


def test_all_works_are_marked_by_the_form_that_was_first_used(group, full):
    it = group()
    marks = BlockAssessments(it.stage.site, it.run, "event")
    it.send(it.learners[0])
    other = Criteria.model_validate([{"title": "Иное"}])
    assert marks.in_use(other) == other
    it.answer(1)
    it.send(it.learners[0], stage="story")
    it.answer(2, **full)
    used = marks.of()[0].form
    assert [item.id for item in used.items] == ["question", "trial"]
    assert marks.in_use(other) == used


def test_an_incomplete_form_is_not_a_mark(group, full):
    it = group()
    it.send(it.learners[0])
    it.answer(1)
    it.send(it.learners[0], stage="story")
    page = it.answer(2, status=422, **{"criterion-question": "20", "comment": "Так"})
    assert "“Проба”: Give points." in page
    assert it.result(it.learners[0]).state == "waiting"
    page = it.answer(2, accept=False, status=422, **{"criterion-question": "20"})
    assert "Say what is to be changed" in page


def test_two_tutors_do_not_answer_over_each_other(group):
    it = group()
    it.send(it.learners[0])
    other = it.stage.person("Вторая")
    it.stage.enrol(it.run, other, role="tutor")
    it.answer(1)
    data = {"seen": "", "give_back": "1", "feedback": "Нет."}
    page = it.browser(other).post(f"{it.works}1/", data, status=422)
    assert "Somebody has answered this work meanwhile." in page
    assert [row[4] for row in it.handins()] == ["accepted"]


def test_a_version_being_written_is_not_answered(group):
    it = group()
    anna = it.learners[0]
    it.send(anna)
    it.answer(1, accept=False, feedback="Ещё.")
    it.send(anna, text="Пишу", hand_in=False)
    page = it.browser(it.tutor).get(f"{it.works}1/")
    assert "The author is writing a newer version." in page
    assert "Пишу" not in page
    it.browser(it.tutor).get(f"{it.works}2/", status=404)


def test_works_and_files_of_others_are_not_there(group):
    it = group(learners=2)
    anna, boris = it.learners
    it.send(anna, files=[("a.txt", b"a")])
    it.browser(boris).get(f"{it.works}1/files/1", status=404)
    it.browser(boris).get(f"{it.works}1/", status=404)
    it.browser(boris).post(f"{it.works}1/", {"accept": "1"}, status=403)
    stranger = it.stage.person("Чужая")
    it.stage.browser(stranger).get(it.base, status=404)
    for page in ("own/plan/", "own/plan/files/1", "1/", "1/files/1"):
        it.stage.browser(stranger).get(it.works + page, status=404)
    assert it.browser(it.tutor).get(f"{it.works}1/files/1", buffered=True) == "a"


def test_files_of_a_draft_are_not_for_staff(group):
    it = group()
    it.send(it.learners[0], files=[("a.txt", b"a")], hand_in=False)
    it.browser(it.tutor).get(f"{it.works}1/files/1", status=404)
    it.browser(it.tutor).get(f"{it.works}own/plan/files/1", status=403)


def test_a_work_of_another_run_is_not_there(group):
    one = group()
    one.send(one.learners[0])
    other = group()
    other.browser(other.tutor).get(f"{other.works}1/", status=404)
    data = {"seen": "", "accept": "1"}
    other.browser(other.tutor).post(f"{other.works}1/", data, status=404)


def test_learners_text_is_harmless(group):
    it = group()
    it.send(it.learners[0], text='<script>alert(1)</script> =HYPERLINK("http://x") [x](javascript:alert(1))')
    for page in (
        it.browser(it.learners[0]).get(f"{it.works}own/plan/"),
        it.browser(it.tutor).get(f"{it.works}1/"),
    ):
        assert "<script>alert" not in page
        assert 'href="javascript' not in page
        assert "=HYPERLINK(" in page


def test_an_author_reads_the_task_only(group):
    it = group()
    author = it.stage.browser(it.stage.person("Авторов", is_author=True))
    page = author.get(it.base)
    assert "Придумайте и\u00a0проведите событие." in page
    author.get(f"{it.works}own/plan/", status=403)
    author.post(f"{it.works}own/plan/", {"text": "x"}, status=403)


def test_without_criteria_acceptance_completes(group):
    it = group(marked=False)
    anna = it.learners[0]
    it.send(anna)
    it.answer(1)
    it.send(anna, stage="story")
    it.answer(2, feedback="Спасибо.")
    result = it.result(anna)
    assert (result.state, result.completed, result.success, result.points) == ("complete", True, True, None)
    assert it.explanation(anna) == "All stages are accepted."


def give_time(it, until, person=None, stage="story", status=200):
    address = f"{it.works}time/person/{person or it.learners[0]}/{stage}/"
    return it.browser(it.tutor).post(address, {"until": until}, status=status)


@pytest.mark.parametrize(("seconds", "status"), [(0, 200), (1, 422)])
def test_somebody_has_more_time(group, seconds, status):
    it = group(learners=2)
    anna, boris = it.learners
    for person in (anna, boris):
        it.send(person)
    page = give_time(it, "2026-03-25T09:30")
    assert "There is more time now; they are told." in page
    assert "until 25 March 2026, 09:30" in page
    assert it.notices(anna)[0] == "You have more time for “Событие: Рассказ”."
    it.move(days=22, hours=21, minutes=30, seconds=seconds)
    assert ("No longer accepted" in it.browser(anna).get(it.lesson)) is (status == 422)
    it.send(anna, stage="story", seen="1.0", status=status)
    it.send(boris, stage="story", seen="1.0", status=422)
    if status == 200:
        assert [row[5] for row in it.handins()] == [False, False, False]


def test_more_time_can_be_taken_back_and_has_to_be_more(group):
    it = group()
    anna = it.learners[0]
    assert "later than the work is due" in give_time(it, "2026-03-21T21:00", status=422)
    for year in ("0001", "9999"):
        assert "Choose a year between 2000 and 2200." in give_time(it, f"{year}-12-31T23:59", status=422)
    give_time(it, "2026-03-21T21:01")
    assert 'value="2026-03-21T21:01"' in it.browser(it.tutor).get(f"{it.works}time/person/{anna}/story/")
    assert "The time is as for everybody." in give_time(it, "")
    it.move(days=19, hours=9, seconds=1)
    assert "No longer accepted" in it.browser(anna).get(it.lesson)
    stranger = it.stage.person("Чужая")
    for person, stage in ((stranger, "story"), (it.tutor, "story"), (anna, "nothing")):
        give_time(it, "2027-01-01T10:00", person=person, stage=stage, status=404)
    it.browser(anna).post(f"{it.works}time/person/{anna}/story/", {"until": "2027-01-01T10:00"}, status=403)


@pytest.mark.parametrize(("measure", "head"), [("Баллы", "Points"), ("Ошибки", "Mistakes")])
def test_a_form_that_counts_mistakes_says_so(stage, measure, head):
    run = stage.run(stage.course(lesson=LESSON.replace("Баллы", measure)))
    person = stage.person("Антонова")
    stage.enrol(run, person)
    page = stage.browser(person).get(f"{stage.base(run)}activities/event/")
    assert re.findall(r"<th [^>]*>(Points|Mistakes)</th>", page) == [head]
