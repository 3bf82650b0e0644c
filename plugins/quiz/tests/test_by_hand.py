"""Essays and files: what is read, handed in, waits, is marked by a tutor, told, exported and erased."""

import csv
import io
import json
import re
from io import BytesIO
from typing import Any

import pytest

from courses.blocks import BodySource
from courses.problems import Report
from lms.db import db
from lms.files.models import FileRecord
from lms.notices.models import Notice
from lms_quiz.activity import Quiz
from lms_quiz.kinds import STANDARD
from lms_quiz.kinds.byhand import ByHand, HandMarked
from lms_quiz.models import Attempt
from lms_quiz.privacy import Attempts

TEXT = """:::{quiz} Сочинение
:id: sample
%OPTIONS%

1. Дважды два?
   = 4
2. Расскажите. {points=3}
   = essay 5
     > ОБРАЗЕЦ

   | Критерий | Баллы | id |
   |---|---|---|
   | Ясность | 5 | clear |
   | Точность | 5 | exact |
   > ПОЯСНЕНИЕ
3. Покажите. {points=2}
   = essay
   = file
:::
"""
BODY = TEXT.split("%OPTIONS%\n")[1].removesuffix(":::\n")


def read(body: str) -> tuple[list[Any], list[str]]:
    report = Report("lesson.md")
    found = Quiz(STANDARD).body(BodySource(body, 10, "lesson.md"), report)
    return list(found["questions"]), [f"{one.line}:{one.column} {one.code}" for one in report.problems]


def test_what_is_written_is_read() -> None:
    (_, essay, both), problems = read(BODY)
    assert problems == []
    assert (essay["kind"], both["kind"]) == ("by-hand", "by-hand")
    data = ByHand.model_validate(essay["data"])
    assert data.criteria is not None
    assert (data.essay, data.file, data.words, data.feedback) == (True, False, 5, "<p>ОБРАЗЕЦ</p>")
    assert [(item.id, item.title, item.points) for item in data.criteria.items] == [
        ("clear", "Ясность", 5),
        ("exact", "Точность", 5),
    ]
    assert essay["explanation"] == "<p>ПОЯСНЕНИЕ</p>"
    assert ByHand.model_validate(both["data"]) == ByHand(essay=True, file=True)


def test_with_other_forms_these_words_are_typed() -> None:
    (one,), problems = read("1. Что?\n   = essay\n   = report\n")
    assert (one["kind"], problems) == ("text", [])


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("1. Что?\n   = essay\n   = essay 300\n", ["12:4 quiz-essay-twice"]),
        ("1. Что?\n   = file\n   = file\n", ["12:4 quiz-essay-twice"]),
        ("1. Что?\n   = essay много\n", ["11:4 quiz-essay-words"]),
        ("1. Что?\n   = essay 0\n", ["11:4 quiz-essay-words"]),
        ("1. Что?\n   = essay\n\n   | А | Б |\n   |---|---|\n   | а | 5 |\n", ["13:1 quiz-criteria"]),
        ("1. Что?\n   = essay\n   | а |\n", ["12:1 quiz-criteria"]),
        ("1. Что?\n   = essay\n\n   | Критерий | Баллы |\n   |---|---|\n   | а | много |\n", ["15:10 criteria"]),
        ("1. Что?\n   = 4\n   | Критерий | Баллы |\n", ["12:4 quiz-text-stray"]),
    ],
)
def test_a_problem_is_found_where_it_is(body: str, expected: list[str]) -> None:
    found, problems = read(body)
    assert (found, problems) == ([], expected)


def test_before_a_tutor_comes_nothing_is_known() -> None:
    kind = HandMarked()
    data = ByHand(essay=True, file=True, words=3)
    found = kind.mark(data, {"text": "да"}, True)
    assert (found.share, found.waits) == (0, True)
    assert not kind.mark(data, None, True).waits
    assert kind.guess(data, True) is None
    said = [
        str(kind.complaint(data, reply))
        for reply in (None, {"text": "да"}, {"files": 1}, {"text": "а б в г", "files": 1})
    ]
    assert said == ["not answered", "the file is missing", "the text is missing", "4 words, at most 3 are asked for"]
    assert kind.complaint(data, {"text": "а б в", "files": 1}) is None
    assert list(kind.differences(data, data)) == []
    assert list(kind.differences(data, ByHand(essay=True))) == ["choices"]
    assert kind.spoken(data, " слова ") == {"text": "слова"}
    assert kind.spoken(ByHand(file=True), "план.pdf") == {"files": 1}
    assert kind.spoken(data, " ") is None


@pytest.fixture
def here(place_with: Any) -> Any:
    return place_with(text=TEXT)


def token_of(page: str) -> str:
    found = re.search(r'formaction="[^"]*/files/(\w+)/"', page)
    assert found is not None
    return found[1]


def upload(
    browser: Any, base: str, token: str, name: str = "план.txt", content: bytes = b"plan", status: int = 200
) -> str:
    return str(browser.post(f"{base}files/{token}/add", {"files": (BytesIO(content), name)}, status=status))


def form(**values: str) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in values.items()}


class TestAnAnswer:
    def test_waits_is_marked_and_told(self, here: Any) -> None:
        learner = here.learner()
        sitting = here.sit(learner).start()
        assert "ОБРАЗЕЦ" not in sitting.page
        assert "ПОЯСНЕНИЕ" not in sitting.page
        review = sitting.finish({"q1": "4", "q2": "раз два\r\nтри <b>"})
        assert "Waits for a tutor" in review
        assert "A tutor has yet to mark a part of it" in review
        assert "три &lt;b&gt;" in review
        result = here.stage.results(here.run, learner)["sample"]
        assert (result.state, result.completed, result.points) == ("waiting", False, None)
        browser = here.stage.browser(learner)
        assert "waits to be marked" in browser.get(here.base)

        tutor = here.tutor()
        assert "Mark 1 answer" in tutor.get(f"{here.base}attempts/")
        page = tutor.get(f"{here.base}waiting/")
        address = re.findall(r'href="([^"]*people/\d+/1/2/)"', page)
        assert len(address) == 1
        page = tutor.get(address[0])
        assert "Ясность" in page and "ОБРАЗЕЦ" in page
        page = tutor.post(address[0], form(criterion_clear="5", criterion_exact="", comment="Ясно."), status=422)
        assert "Точность" in page and "Ясно." in page
        for bad in ("6", "-1", "nan", "inf", "много", "1e400"):
            tutor.post(address[0], form(criterion_clear="5", criterion_exact=bad), status=422)
        page = tutor.post(address[0], form(criterion_clear="5", criterion_exact="2,5", comment="Ясно.\n\nКоротко."))
        assert "The mark is kept." in page
        assert "Nothing waits" in tutor.get(f"{here.base}waiting/")

        result = here.stage.results(here.run, learner)["sample"]
        assert (result.state, result.completed) == ("complete", True)
        assert (result.points, result.max_points) == (1 + 3 * 0.75, 6)
        review = browser.get(f"{here.base}attempts/1/")
        assert "Marked by a tutor: 7.5 of 10 by the form." in review
        assert "Ясно." in review
        notices = [str(one) for one in db.session.scalars(db.select(Notice.text).where(Notice.person_id == learner))]
        assert sum("are marked" in one for one in notices) == 1

    def test_marked_again_the_newest_form_counts_and_comments_are_offered(self, here: Any) -> None:
        learners = [here.learner("Первая"), here.learner("Второй")]
        for one in learners:
            here.sit(one).start().finish({"q2": "текст"})
        tutor = here.tutor()
        first, second = (f"{here.base}people/{one}/1/2/" for one in learners)
        tutor.post(first, form(criterion_clear="1", criterion_exact="1", comment="Хорошо,\r\nно мало.\r\n\r\nЕщё раз."))
        page = tutor.get(second)
        offered = re.findall(r'name="again" value="([^"]*)"', page)
        assert offered == ["Ещё раз.", "Хорошо,\nно мало."]
        sent = form(criterion_clear="5", criterion_exact="5", comment="Своё.") | {"again": "Хорошо,\r\nно мало."}
        tutor.post(second, sent)
        assert "Своё.\n\nХорошо,\nно мало." in tutor.get(second)
        assert here.stage.results(here.run, learners[1])["sample"].points == 3
        other = here.stage.person("Другая")
        here.stage.enrol(here.run, other, role="tutor")
        here.stage.browser(other).post(second, form(criterion_clear="0", criterion_exact="5"))
        assert here.stage.results(here.run, learners[1])["sample"].points == 1.5
        tutor.post(second, form(criterion_clear="5", criterion_exact="5"))
        assert here.stage.results(here.run, learners[1])["sample"].points == 3

    def test_what_is_not_answered_does_not_wait(self, here: Any) -> None:
        learner = here.learner()
        review = here.sit(learner).start().finish({"q1": "4"})
        assert "Waits for a tutor" not in review
        assert here.stage.results(here.run, learner)["sample"].state == "complete"
        here.tutor().get(f"{here.base}people/{learner}/1/2/", status=404)

    def test_an_earlier_attempt_that_passes_stays(self, place_with: Any) -> None:
        place = place_with(":pass: 10%", text=TEXT)
        learner = place.learner()
        place.sit(learner).start().finish({"q1": "4"})
        assert place.stage.results(place.run, learner)["sample"].state == "complete"
        place.sit(learner).start().finish({"q2": "текст"})
        result = place.stage.results(place.run, learner)["sample"]
        assert (result.state, result.points) == ("complete", 1)

    @pytest.mark.parametrize("behaviour", ["immediate", "interactive", "adaptive", "certainty", "exam"])
    def test_under_every_behaviour_it_is_handed_in_and_waits(self, place_with: Any, behaviour: str) -> None:
        place = place_with(f":behaviour: {behaviour}", text=TEXT)
        learner = place.learner()
        sitting = place.sit(learner).start()
        assert "check/2" not in sitting.page
        assert 'name="q2-sure"' not in sitting.page
        browser = place.stage.browser(learner)
        browser.post(f"{place.base}attempts/1/check/2", sitting.form({"q2": "текст"}), status=404)
        sitting.finish({"q1": "4", "q2": "текст", "q1-sure": "3", "q2-sure": "3"})
        assert place.stage.results(place.run, learner)["sample"].state == "waiting"
        place.tutor().post(f"{place.base}people/{learner}/1/2/", form(criterion_clear="5", criterion_exact="5"))
        assert place.stage.results(place.run, learner)["sample"].points == 4

    def test_however_many_wait_the_queue_asks_as_often(self, here: Any) -> None:
        tutor = here.tutor()
        counts = []
        for group in (range(1), range(1, 6)):
            for number in group:
                here.sit(here.learner(f"Ученик {number}", email=f"u{number}@example.org")).start().finish(
                    {"q2": "текст"}
                )
            with here.stage.statements() as statements:
                page = tutor.get(f"{here.base}waiting/")
            counts.append(len(statements))
            assert page.count("people/") == group.stop
        assert counts[0] == counts[1]
        assert "Mark 6 answers" in tutor.get(here.base)

    def test_marks_that_are_not_released_are_not_told(self, place_with: Any) -> None:
        place = place_with(":review: marks released, explanations never", text=TEXT)
        learner = place.learner()
        place.sit(learner).start().finish({"q2": "МОЙТЕКСТ"})
        tutor = place.tutor()
        sent = form(criterion_clear="5", criterion_exact="2.5", comment="СЛОВО")
        tutor.post(f"{place.base}people/{learner}/1/2/", sent)
        browser = place.stage.browser(learner)
        page = browser.get(f"{place.base}attempts/1/")
        assert "МОЙТЕКСТ" in page
        for word in ("СЛОВО", "7.5", "ОБРАЗЕЦ", "Marked"):
            assert word not in page
        assert db.session.scalars(db.select(Notice.id).where(Notice.person_id == learner)).all() == []
        db.session.rollback()
        tutor.post(f"{place.base}release")
        page = browser.get(f"{place.base}attempts/1/")
        assert "СЛОВО" in page
        assert "7.5 of 10" in page
        assert "ОБРАЗЕЦ" not in page

    @pytest.mark.parametrize(
        "path", ["people/{0}/1/1/", "people/{0}/1/3/", "people/{0}/1/0/", "people/{0}/9/2/", "people/999/1/2/"]
    )
    def test_what_is_not_there_is_not_found(self, here: Any, path: str) -> None:
        learner = here.learner()
        here.sit(learner).start().finish({"q2": "текст"})
        tutor = here.tutor()
        tutor.get(here.base + path.format(learner), status=404)
        tutor.post(here.base + path.format(learner), form(criterion_clear="1"), status=404)

    def test_a_long_text_is_kept_to_its_bound(self, here: Any) -> None:
        learner = here.learner()
        here.sit(learner).start().save({"q2": "ё" * 60_000})
        stored = db.session.scalars(db.select(Attempt.answers)).one()
        assert len(json.loads(stored)["replies"]["1"]["text"]) == 50_000


class TestFiles:
    def test_are_added_seen_and_taken_out(self, here: Any) -> None:
        learner = here.learner()
        sitting = here.sit(learner).start()
        token = token_of(sitting.page)
        browser = here.stage.browser(learner)
        page = browser.post(f"{here.base}files/{token}/", sitting.form({"q3": "Слова."}))
        assert "Files of question 3" in page
        page = upload(browser, here.base, token)
        assert "план.txt" in page
        upload(browser, here.base, token, "пусто.txt", b"", status=422)
        browser.post(f"{here.base}files/{token}/add", {}, status=422)
        upload(browser, here.base, token, "второй.txt")
        page = browser.get(f"{here.base}attempts/1/")
        assert "Слова." in page and "план.txt" in page and "второй.txt" in page
        first, second = db.session.scalars(db.select(FileRecord.id).order_by(FileRecord.id))
        browser.post(f"{here.base}files/{token}/{second}/remove")
        # a page that was open all the while knows nothing of files, and changes none
        fresh = here.sit(learner).start()
        fresh.save({"q3": "Слова ещё."})
        kept = json.loads(db.session.scalars(db.select(Attempt.answers)).one())["replies"]["2"]
        assert kept == {"text": "Слова ещё.", "files": 1, "at": 2}
        fresh.finish({"q3": "Слова ещё."})
        page = here.tutor().get(f"{here.base}people/{learner}/1/3/")
        assert "план.txt" in page and "второй.txt" not in page
        for reader in (here.tutor(), browser):
            assert reader.get(f"{here.base}files/{token}/{first}") == "plan"
            reader.response.close()
        here.stage.browser(here.learner("Чужая")).get(f"{here.base}files/{token}/{first}", status=404)
        browser.get(f"{here.base}files/{token}/{second}", status=404)
        # handed in, nothing is added any more
        browser.get(f"{here.base}files/{token}/", status=404)
        upload(browser, here.base, token, status=404)
        browser.post(f"{here.base}files/{token}/{first}/remove", status=404)

    def test_a_file_alone_is_an_answer(self, here: Any) -> None:
        learner = here.learner()
        sitting = here.sit(learner).start()
        token = token_of(sitting.page)
        browser = here.stage.browser(learner)
        upload(browser, here.base, token)
        stored = db.session.scalars(db.select(Attempt.answers)).one()
        assert json.loads(stored)["replies"]["2"] == {"files": 1, "at": 2}
        (file,) = db.session.scalars(db.select(FileRecord.id))
        db.session.rollback()
        browser.post(f"{here.base}files/{token}/{file}/remove")
        stored = db.session.scalars(db.select(Attempt.answers)).one()
        assert json.loads(stored)["replies"] == {}

    def test_are_counted(self, here: Any) -> None:
        learner = here.learner()
        token = token_of(here.sit(learner).start().page)
        browser = here.stage.browser(learner)
        for number in range(10):
            upload(browser, here.base, token, f"{number}.txt")
        page = browser.get(f"{here.base}files/{token}/")
        assert 'type="file"' not in page
        assert "at most 10 files" in upload(browser, here.base, token, status=422)

    def test_of_others_are_out_of_reach(self, here: Any) -> None:
        token = token_of(here.sit(here.learner()).start().page)
        other = here.stage.browser(here.learner("Чужая"))
        other.get(f"{here.base}files/{token}/", status=404)
        upload(other, here.base, token, status=404)
        other.post(f"{here.base}files/{token}/1/remove", status=404)
        other.post(f"{here.base}files/nothing/", status=404)


class TestWhatGoesWithIt:
    def test_statistics_leave_out_what_waits(self, here: Any) -> None:
        learners = [here.learner(f"Ученик {number}", email=f"u{number}@example.org") for number in range(3)]
        for one in learners:
            here.sit(one).start().finish({"q1": "4", "q2": "текст"})
        tutor = here.tutor()
        tutor.post(f"{here.base}people/{learners[0]}/1/2/", form(criterion_clear="5", criterion_exact="5"))
        rows = list(csv.reader(io.StringIO(tutor.get(f"{here.base}statistics.csv").removeprefix("\ufeff"))))
        second = next(row for row in rows if row[0] == "2")
        assert (second[2], second[4]) == ("1", "100")
        assert second[15:17] == ["an answer that a tutor marks", "1"]
        tutor.get(f"{here.base}statistics/")

    def test_a_question_dropped_waits_no_more_until_it_counts_again(self, here: Any) -> None:
        learner = here.learner()
        here.sit(learner).start().finish({"q1": "4", "q2": "текст"})
        tutor = here.tutor()

        def correct(act: str) -> None:
            page = tutor.get(f"{here.base}corrections/new?act={act}&question=2")
            digest = re.search(r'name="digest" value="(\w+)"', page)
            assert digest is not None, page
            tutor.post(
                f"{here.base}corrections/new", {"act": act, "question": "2", "digest": digest[1], "reason": "так"}
            )

        for act, state, points in (
            ("drop", "complete", 1),
            ("keep", "waiting", None),
            ("full", "complete", 4),
            ("keep", "waiting", None),
        ):
            correct(act)
            result = here.stage.results(here.run, learner)["sample"]
            assert (result.state, result.points) == (state, points), act
        tutor.post(f"{here.base}people/{learner}/1/2/", form(criterion_clear="5", criterion_exact="0"))
        for act, points in (("full", 4), ("keep", 2.5), ("drop", 1), ("keep", 2.5)):
            correct(act)
            assert here.stage.results(here.run, learner)["sample"].points == points, act

    def test_a_mark_changed_by_hand_waits_no_more(self, here: Any) -> None:
        learner = here.learner()
        here.sit(learner).start().finish({"q2": "текст"})
        tutor = here.tutor()
        tutor.post(f"{here.base}people/{learner}/1/mark", {"question": "2", "points": "2", "reason": "устно"})
        result = here.stage.results(here.run, learner)["sample"]
        assert (result.state, result.points) == ("complete", 2)
        assert "Nothing waits" in tutor.get(f"{here.base}waiting/")

    def test_answers_to_a_former_edition_are_marked_as_they_were_asked(self, here: Any) -> None:
        learner = here.learner()
        here.sit(learner).start().finish({"q2": "текст"})
        here.republish(here.lesson("").replace("= 4", "= 5").replace("{points=3}", "{points=9}"))
        tutor = here.tutor()
        address = re.findall(r'href="([^"]*people/\d+/1/2/)"', tutor.get(f"{here.base}waiting/"))[0]
        tutor.post(address, form(criterion_clear="5", criterion_exact="5"))
        result = here.stage.results(here.run, learner)["sample"]
        assert (result.state, result.points, result.max_points) == ("complete", 3, 6)

    def test_an_answer_keeps_its_files_and_form_where_its_question_moves(self, here: Any) -> None:
        learner = here.learner()
        sitting = here.sit(learner).start()
        upload(here.stage.browser(learner), here.base, token_of(sitting.page))
        here.sit(learner).start().finish({"q1": "4", "q2": "текст", "q3": "слова"})
        tutor = here.tutor()
        tutor.post(
            f"{here.base}people/{learner}/1/2/", form(criterion_clear="5", criterion_exact="5", comment="ВОТКАК")
        )
        body = BODY.split("\n2. ")
        moved = f"1. {body[1].split(chr(10) + '3. ')[0]}\n2. {body[1].split(chr(10) + '3. ')[1].rstrip()}\n3. {body[0].strip()[3:]}\n"
        here.republish(here.lesson("").replace(BODY, moved))
        page = tutor.get(f"{here.base}corrections/new?act=again")
        digest = re.search(r'name="digest" value="(\w+)"', page)
        assert digest is not None
        tutor.post(f"{here.base}corrections/new", {"act": "again", "digest": digest[1], "reason": "переставлено"})
        review = tutor.get(f"{here.base}people/{learner}/1/")
        assert "ВОТКАК" in review and "план.txt" in review

    def test_export_and_erasure(self, here: Any) -> None:
        learner = here.learner()
        here.sit(learner).start().finish({"q2": "МОЙТЕКСТ"})
        tutor = here.tutor()
        tutor.post(
            f"{here.base}people/{learner}/1/2/",
            form(criterion_clear="5", criterion_exact="5", comment="СЛОВО", comment_clear="ЯСНО"),
        )
        with here.stage.app.test_request_context():
            (found,) = Attempts().export(here.stage.site, learner)["attempts"]
            assert "МОЙТЕКСТ" in json.dumps(found["answers"], ensure_ascii=False)
            assert found["comments"] == [
                {"question": 2, "points": {"clear": 5, "exact": 5}, "comments": {"clear": "ЯСНО"}, "comment": "СЛОВО"}
            ]
            Attempts().erase(here.stage.site, learner)
            db.session.commit()
            assert db.session.execute(db.text("SELECT count(*) FROM assessment")).scalar_one() == 0
            assert db.session.execute(db.text("SELECT count(*) FROM quiz_attempt")).scalar_one() == 0
