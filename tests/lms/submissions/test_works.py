"""Works through their pages: written, handed in, given back, accepted."""

import pytest

from lms.db import db
from lms.publishing import items
from lms.submissions.feature import SubmissionData
from lms.submissions.models import SubmissionRecord
from lms.teams.feature import TeamData
from tests.lms.submissions.conftest import changes


def test_a_whole_life(group):
    it = group()
    anna = it.learners[0]
    assert "The draft is kept." in it.send(text="Черновик", hand_in=False)
    assert it.rows() == [(f"person:{anna}", "plan", 1, "draft", False)]
    assert "Черновик" not in it.browser(it.tutor).get(it.board)
    page = it.send(files=[("plan.txt", "План".encode())])
    assert "The work is handed in." in page
    assert [change[2] for change in changes] == ["draft", "draft", "waiting"]
    assert f'href="{it.base}1/"' in it.browser(it.tutor).get(it.board)
    page = it.browser(it.tutor).get(f"{it.base}1/")
    assert "<strong>замысел</strong>" in page
    assert "plan.txt" in page
    it.answer(1, accept=False, feedback="Сузьте вопрос.")
    page = it.browser(anna).get(f"{it.base}own/plan/")
    assert "Сузьте вопрос." in page
    assert it.notices(anna) == ["“Сочинение: Замысел” was given back to be changed: read why."]
    page = it.send(text="Узкий замысел.")
    assert [row[2:4] for row in it.rows()] == [(1, "returned"), (2, "waiting")]
    assert page.count("plan.txt</a>") == 2, "what was not taken out belongs to the new version too"
    it.answer(2, feedback="Теперь хорошо.")
    assert it.rows()[1][3] == "accepted"
    assert "nothing more is to be handed in" in it.send(text="Ещё", seen="3.0", status=422)


def test_a_draft_is_something_that_a_new_edition_may_harm(group):
    it = group()
    it.send(text="Черновик", hand_in=False)
    assert items.worked(it.stage.site, [it.run])[it.run]["essay"] == {it.learners[0]}


def test_what_changed_word_by_word(group):
    it = group()
    anna = it.learners[0]
    it.send(text="Мой широкий замысел.\n\nЕщё абзац.", files=[("a.txt", b"a")])
    it.answer(1, accept=False, feedback="Уже.")
    it.send(text="Мой узкий замысел.\n\nЕщё абзац.", drop="1", files=[("b.txt", b"b")])
    for person in (anna, it.tutor):
        page = it.browser(person).get(f"{it.base}2/changes")
        assert "Мой<del> широкий</del><ins> узкий</ins> замысел.\n\nЕщё абзац." in page
        assert "<del>a.txt</del>" in page
        assert "<ins>b.txt</ins>" in page
        it.browser(person).get(f"{it.base}1/changes", status=404)
    assert f'href="{it.base}2/changes"' in it.browser(anna).get(f"{it.base}own/plan/")


def test_what_a_work_lacks_is_said_at_once_and_the_draft_is_kept(group):
    it = group(asked="{least: 5, parts: [Цель], attach: 2, kinds: [pdf]}")
    page = it.send(text="Два слова", files=[("a.txt", b"a")], status=422)
    for sentence in (
        "The text has 2 words; at least 5 are needed.",
        "The part “Цель” is missing: write it under a heading of its own.",
        "Files: 1; at least 2 are needed.",
        "A file of the kind txt is not accepted here, only pdf.",
        "What you wrote is kept as a draft.",
    ):
        assert sentence in page
    assert [row[3] for row in it.rows()] == ["draft"]
    assert "Два слова" in page
    assert 'name="drop" value="1"' in page, "the file is there"
    # and what is sent next from this page is not taken for another window's
    page = it.send(text="## Цель\n\nтри четыре пять шесть", drop="1", seen=it.seen(page), status=422)
    assert "words; at least" not in page
    assert "Files: 0; at least 2 are needed." in page
    assert "at least 5 words" in page
    assert "a part under the heading “Цель”" in page


def test_an_empty_work_is_nothing(group):
    it = group()
    assert "Write the work here or attach a file." in it.send(text="  ", status=422)
    assert "Write the work here or attach a file." in it.send(text="", hand_in=False, status=422)
    assert it.rows() == []


def test_a_title_where_works_have_one(group):
    it = group(titled="true")
    assert "Give the work a title." in it.send(status=422)
    assert "A title has at most 200 characters." in it.send(title="я" * 201, status=422)
    it.send(title="  Мой   мост ")
    db.session.rollback()
    assert db.session.query(SubmissionRecord.title).scalar() == "Мой мост"
    assert "<h3>Мой мост</h3>" in it.browser(it.tutor).get(f"{it.base}1/")


def test_two_windows_do_not_overwrite_each_other(group):
    it = group()
    seen = it.seen(it.browser(it.learners[0]).get(f"{it.base}own/plan/"))
    it.send(text="Первое окно", hand_in=False, seen=seen)
    page = it.send(text="Второе окно", hand_in=False, seen=seen, status=422)
    assert "This work was changed meanwhile" in page
    assert "Второе окно" in page, "what was written is not lost"


def test_files_have_a_limit_and_can_be_taken_out(group):
    it = group()
    assert "A work has at most 2 files." in it.send(files=[(f"{n}.txt", b"a") for n in range(3)], status=422)
    it.send(files=[("a.txt", b"a"), ("b.txt", b"b")], hand_in=False)
    anna = it.browser(it.learners[0])
    first = anna.get(f"{it.base}own/plan/").split('name="drop" value="')[1].split('"')[0]
    assert anna.get(f"{it.base}own/plan/files/{first}", buffered=True) == "a"
    it.browser(it.tutor).get(f"{it.base}1/files/{first}", status=404)
    page = it.send(drop=[first, "9" * 5000, "²"], files=[("c.txt", b"c")])
    assert ("a.txt" in page, "b.txt" in page, "c.txt" in page) == (False, True, True)
    anna.get(f"{it.base}own/plan/files/{first}", status=404)
    anna.get(f"{it.base}1/files/{first}", status=404)


@pytest.mark.parametrize(("seconds", "late"), [(0, False), (1, True)])
def test_late_is_said_and_kept(group, seconds, late):
    it = group()
    it.move(days=9, hours=9, seconds=seconds)
    assert ("what you hand in now is late" in it.browser(it.learners[0]).get(f"{it.base}own/plan/")) is late
    it.send()
    assert [row[4] for row in it.rows()] == [late]


@pytest.mark.parametrize(("seconds", "status"), [(0, 200), (1, 422)])
def test_works_that_may_come_again_until_they_are_closed(group, seconds, status):
    it = group(again="true", late="refuse")
    it.send(text="Первая.", stage="text")
    page = it.browser(it.learners[0]).get(f"{it.base}own/text/")
    assert "the latest version counts" in page
    assert "Waiting for review" not in page
    it.move(days=9, hours=9, seconds=seconds)
    page = it.send(text="Вторая.", stage="text", seen="2.0", status=status)
    assert ("The time is over" in page) is (status == 422)
    rows = [row[2:4] for row in it.rows()]
    assert rows == [(1, "waiting"), (2, "waiting")][: 2 if status == 200 else 1]
    tutor = it.browser(it.tutor)
    assert "Accept the work" not in tutor.get(f"{it.base}1/")
    assert "Waits for you" not in tutor.get(it.board)
    assert "Works are not marked here now." in tutor.post(f"{it.base}1/", {"seen": "", "accept": "1"}, status=422)


def test_one_that_comes_again_too_late_is_late(group):
    it = group(again="true")
    it.send()
    it.move(days=10)
    it.send(text="Ещё раз", seen="2.0")
    assert [row[4] for row in it.rows()] == [False, True]


def test_an_activity_may_refuse(group):
    it = group(closed="true")
    assert "Nothing is taken today." in it.browser(it.learners[0]).get(f"{it.base}own/plan/")
    assert "Nothing is taken today." in it.send(seen="1.0", status=422)
    assert "Locked" in it.browser(it.learners[0]).get(it.lesson)


def test_marks_by_criteria(group):
    it = group(marked="true")
    it.send(stage="text")
    assert "“Цель”: Give points." in it.answer(1, status=422, comment="Так.")
    assert it.rows()[0][3] == "waiting"
    it.answer(1, comment="Хорошо.", **{"criterion-aim": "7"})
    page = it.browser(it.learners[0]).get(f"{it.base}own/text/")
    assert "7 of 10" in page
    assert "Хорошо." in page
    it.answer(1, accept=False, comment="Нет, ещё.", **{"criterion-aim": "7"})
    page = it.browser(it.learners[0]).get(f"{it.base}own/text/")
    assert "7 of 10" not in page
    assert "Нет, ещё." in page


def test_a_tutor_says_why_and_does_not_answer_over_another(group):
    it = group()
    it.send()
    assert "Say what is to be changed" in it.answer(1, accept=False, status=422)
    it.answer(1)
    other = it.stage.person("Вторая")
    it.stage.enrol(it.run, other, role="tutor")
    page = it.browser(other).post(f"{it.base}1/", {"seen": "", "give_back": "1", "feedback": "Нет."}, status=422)
    assert "Somebody has answered this work meanwhile." in page
    assert it.rows()[0][3] == "accepted"


def test_a_version_being_written_is_not_answered(group):
    it = group()
    it.send()
    it.answer(1, accept=False, feedback="Ещё.")
    it.send(text="Пишу", hand_in=False)
    page = it.browser(it.tutor).get(f"{it.base}1/")
    assert "The author is writing a newer version." in page
    assert "Пишу" not in page
    it.browser(it.tutor).get(f"{it.base}2/", status=404)


def test_works_are_for_those_who_may(group):
    it = group(learners=2)
    anna, boris = it.learners
    it.send(anna, files=[("a.txt", b"a")])
    it.answer(1, feedback="Тайный ответ.")
    it.browser(it.tutor).post(f"{it.base}1/comments", {"quote": "Мой", "text": "Тайный комментарий"})
    stranger, author = it.stage.person("Чужая"), it.stage.person("Авторов", is_author=True)
    for person, status in ((boris, 404), (stranger, 404), (author, 403)):
        for page in ("1/", "1/files/1", "1/changes"):
            it.browser(person).get(it.base + page, status=status)
    for page in ("", "comments", "comments/1/remove"):
        it.browser(boris).post(f"{it.base}1/{page}", {"accept": "1"}, status=403)
    reader = it.stage.person("Рецензент")
    it.stage.enrol(it.run, reader)
    page = it.browser(reader).get(f"{it.base}1/")
    assert "<strong>замысел</strong>" in page
    assert "Тайный" not in page, "what the tutor said is between the two"
    assert it.browser(reader).get(f"{it.base}1/files/1", buffered=True) == "a"
    it.browser(reader).get(f"{it.base}1/changes", status=404)
    for page in ("own/nothing/", "99/", "nothing"):
        it.browser(anna).get(it.base + page, status=404)


def test_works_of_another_run_and_of_blocks_without_are_not_there(group):
    one, other = group(), group()
    one.send()
    other.browser(other.tutor).get(f"{other.base}1/", status=404)
    other.browser(other.tutor).post(f"{other.base}1/", {"seen": "", "accept": "1"}, status=404)
    one.browser(one.tutor).get(one.base.replace("/essay/", "/nothing/") + "1/", status=404)


def test_a_locked_activity_is_locked_here_too(group):
    it = group(requires="{from: day 5}")
    assert "Locked" in it.browser(it.learners[0]).get(f"{it.base}own/plan/", status=403)
    it.browser(it.learners[0]).post(f"{it.base}own/plan/", {"text": "x", "seen": "1.0"}, status=403)


def test_a_team_writes_one_work(group):
    it = group(learners=4, least_team=2, most_team=3)
    anna, boris, vera, gala = it.learners
    key = it.team("Мост", anna)
    assert "The team has too few members: 1 instead of at least 2." in it.send(anna, status=422)
    db.session.rollback()
    assert it.rows() == [(key, "plan", 1, "draft", False)]
    other = it.team("Берег", vera, gala)
    it.send(gala, text="Наш берег")
    assert it.notices(vera) == ["Анна Громова has handed in “Сочинение: Замысел” for the team."]
    assert it.notices(gala) == []
    assert "Наш берег" in it.browser(vera).get(f"{it.base}own/plan/")
    it.browser(anna).get(f"{it.base}2/", status=404)
    page = it.browser(it.tutor).get(it.board)
    assert "Берег" in page
    assert page.count("Борисова") == 1, "without a team"
    it.answer(2, feedback="Да.")
    assert [it.notices(person)[0] for person in (vera, gala)] == ["“Сочинение: Замысел” is accepted."] * 2
    assert [row[0] for row in it.rows()] == [key, other]
    assert boris


def test_a_draft_that_goes_to_a_team_is_the_first_version_there(group):
    it = group(learners=2, most_team=2)
    anna = it.learners[0]
    it.send(anna)
    it.answer(1, accept=False, feedback="Ещё раз.")
    it.send(anna, text="Второй раз.", hand_in=False)
    key = it.team("Мост", anna)
    it.visit(anna).submissions.move(f"person:{anna}", key)
    db.session.commit()
    it.send(anna, text="Вместе.")
    it.answer(2, accept=False, feedback="И ещё раз.")
    it.send(anna, text="Третий раз.")
    assert it.rows() == [
        (f"person:{anna}", "plan", 1, "returned", False), (key, "plan", 1, "returned", False), (key, "plan", 2, "waiting", False),
    ]  # fmt: skip


def test_more_time(group):
    it = group(learners=2, late="refuse")
    anna, boris = it.learners
    tutor, address = it.browser(it.tutor), f"{it.base}time/person/{anna}/text/"
    assert "later than the work is due" in tutor.post(address, {"until": "2026-03-11T21:00"}, status=422)
    assert "Choose a year between" in tutor.post(address, {"until": "9999-03-11T21:00"}, status=422)
    tutor.post(address, {"until": "2026-03-12T21:00"})
    assert it.notices(anna) == ["You have more time for “Сочинение: Текст”."]
    assert "until 12 March 2026, 21:00" in tutor.get(it.board)
    it.move(days=10)
    it.send(anna, stage="text")
    assert "The time is over" in it.send(boris, stage="text", seen="1.0", status=422)
    assert [row[4] for row in it.rows()] == [False]
    tutor = it.browser(it.tutor)
    for nobody in (f"person/{it.tutor}/text", f"person/{anna}/nothing", "team/9/text", "room/1/text"):
        tutor.get(f"{it.base}time/{nobody}/", status=404)
    it.browser(anna).get(address, status=403)


def test_learners_text_is_harmless(group):
    it = group(titled="true")
    it.send(text="<script>alert(1)</script> [x](javascript:alert(1))", title="<b>{x}</b>")
    for person in (it.learners[0], it.tutor):
        page = it.browser(person).get(f"{it.base}1/")
        assert "<script>alert" not in page
        assert 'href="javascript' not in page
        assert "&lt;b&gt;{x}&lt;/b&gt;" in page


def test_erasing_empties_own_works_and_leaves_that_there_were_some(group):
    it = group()
    anna = it.learners[0]
    it.send()
    it.answer(1, accept=False, feedback="Ещё.")
    it.browser(it.tutor).post(f"{it.base}1/comments", {"quote": "Мой", "text": "Чей же?"})
    part = SubmissionData()
    found = part.export(it.stage.site, anna)
    assert [(one["text"], one["answer"], one["of_a_team"]) for one in found["works"]] == [
        ("Мой **замысел**.", "Ещё.", False)
    ]
    assert [one["text"] for one in part.export(it.stage.site, it.tutor)["comments"]] == ["Чей же?"]
    assert part.erase(it.stage.site, anna) == [
        "The text of 1 work was removed; that there was one stays, because a mark rests on it."
    ]
    db.session.commit()
    row = db.session.get(SubmissionRecord, 1)
    assert row is not None
    assert (row.text, row.html, row.feedback, row.files, row.state) == ("", "", "", "[]", "returned")
    assert part.export(it.stage.site, it.tutor)["comments"] == []
    assert part.erase(it.stage.site, it.tutor) == []


def test_what_a_team_wrote_is_emptied_with_the_last_of_its_people(group):
    it = group(learners=2, most_team=2)
    it.team("Мост", *it.learners)
    for person, stage in zip(it.learners, ("plan", "text"), strict=True):
        it.send(person, stage=stage)
    found = []
    for person in it.learners:
        for part in (SubmissionData(), TeamData()):
            part.erase(it.stage.site, person)
        db.session.commit()
        found.append([row.text for row in db.session.query(SubmissionRecord).order_by(SubmissionRecord.id)])
    assert found == [["Мой **замысел**."] * 2, ["Мой **замысел**.", ""]], "the first left it to the team"


def test_pages_cost_the_same_for_any_number(group):
    counts = []
    for learners in (1, 4):
        it = group(learners=learners, most_team=3)
        for person in it.learners:
            it.send(person)
        found = []
        first = it.browser(it.learners[0])
        for browser, page in ((it.browser(it.tutor), it.board), (first, f"{it.base}own/plan/"), (first, it.lesson)):
            browser.get(page)
            with it.stage.statements() as statements:
                browser.get(page)
            found.append(len(statements))
        counts.append(found)
    assert counts[0] == counts[1]


def test_a_work_costs_the_same_with_any_number_of_versions(group):
    counts = []
    it = group()
    it.send(files=[("a.txt", b"a")])
    for number in (1, 2, 3):
        browser = it.browser(it.tutor)
        browser.get(f"{it.base}{number}/")
        with it.stage.statements() as statements:
            browser.get(f"{it.base}{number}/")
        counts.append(len(statements))
        it.answer(number, accept=False, feedback="Ещё.")
        it.send(text=f"Версия {number + 1}")
    assert counts[0] == counts[1] == counts[2]
