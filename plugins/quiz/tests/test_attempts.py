"""Attempts from the learner's side: what is asked, kept, marked and shown, and when."""

import re
from typing import Any

import pytest
from sqlalchemy import select

from lms.plugin import db
from lms_quiz.models import Attempt
from lms_quiz.privacy import Attempts

# what is in the key, the feedback and the explanations of the sample quiz and nowhere else in it
SECRETS = [
    "ОТЗЫВЧЕТЫРЕ", "ОТЗЫВПЯТЬ", "ПОЯСНЕНИЕОДИН", "ОТЗЫВДВА", "ОТЗЫВТРИ", "ПОЯСНЕНИЕДВА", "ОТЗЫВВЕРНО", "ПОЯСНЕНИЕТРИ",
    "987654.5", "0.125", "ОТЗЫВЧИСЛО", "ПОЯСНЕНИЕЧЕТЫРЕ", "ЛЕТОПИСЕЦ", "ОТЗЫВТЕКСТ", "ПОЯСНЕНИЕПЯТЬ",
]  # fmt: skip


def stored(number: int = 1) -> Attempt:
    db.session.rollback()
    return db.session.scalars(
        select(Attempt).where(Attempt.number == number).execution_options(populate_existing=True)
    ).one()


def leaks(text: str) -> list[str]:
    return [word for word in [*SECRETS, "КЛЮЧВТОРОЙ"] if word.casefold() in text.casefold()]


# ------------------------------------------------------------------ what may be seen


def test_nothing_of_the_key_is_sent_before_finishing_and_everything_after(place: Any, right: Any, partly: Any) -> None:
    learner, other = place.learner(), place.learner("Другая")
    sitting = place.sit(learner)
    seen: list[str] = []

    def look(*paths: str) -> None:
        for path in paths:
            answer = sitting.browser.client.get(path, follow_redirects=True)
            assert answer.status_code == 200, path
            seen.extend([answer.get_data(as_text=True), str(answer.headers)])

    run = place.stage.base(place.run)
    look(run, place.lesson_url, place.base, f"{run}grades", "/calendar", "/notices")
    sitting.start()
    seen.append(sitting.page)
    answers = {"q1": "пять", "q2": ["три"], "q3": "False", "q4": "1", "q5": "кто-то"}
    sitting.save(answers)
    seen.extend([sitting.browser.text, str(sitting.browser.response.headers)])
    look(place.lesson_url, place.base, f"{place.base}attempts/1/", f"{place.base}attempts/1/finish")
    sitting.browser.post(
        f"{place.base}attempts/1/save", sitting.form({**answers, "page": "other", "version": "0"}), 409
    )
    seen.append(sitting.browser.text)
    assert [leaks(text) for text in seen if leaks(text)] == []

    review = sitting.finish(right)
    assert [word for word in SECRETS if word not in review] == []
    # somebody else still sees nothing
    sitting = place.sit(other)
    seen.clear()
    look(place.lesson_url, place.base)
    seen.append(sitting.start().page)
    assert [leaks(text) for text in seen if leaks(text)] == []
    place.sit(other).browser.get(f"{place.base}attempts/7/", 404)


def test_names_of_options_differ_between_attempts(place: Any, right: Any) -> None:
    sitting = place.sit(place.learner()).start()
    first = set(sitting.options.values())
    sitting.finish(right)
    second = set(sitting.start().options.values())
    assert (len(first), len(second), first & second) == (8, 8, set())
    assert [label for _, label in sitting.options][:6] == ["четыре", "пять", "два", "три", "восемь", "десять"]


def test_shuffled_options_keep_their_order_within_an_attempt_and_their_meaning(place_with: Any, right: Any) -> None:
    place = place_with(":shuffle: true")
    sitting = place.sit(place.learner()).start()
    again = sitting.browser.get(f"{place.base}attempts/1/")
    order = re.findall(r'name="q[12]" value="(\w+)"', sitting.page)
    assert order == re.findall(r'name="q[12]" value="(\w+)"', again)
    sitting.finish(right)
    assert stored().points == 7


def test_staff_and_authors_take_no_part(place: Any) -> None:
    tutor = place.tutor()
    author = place.stage.browser(place.stage.person("Авторов", is_author=True))
    for browser in (tutor, author):
        browser.get(place.base)
        browser.post(f"{place.base}start", status=403)
    author.get(f"{place.base}attempts/", 403)
    learner = place.learner()
    place.sit(learner).browser.get(f"{place.base}attempts/", 403)
    place.sit(learner).browser.get(f"{place.base}people/{learner}/1/", 403)


# ------------------------------------------------------------------ marking and results


def test_all_right(place: Any, right: Any) -> None:
    learner = place.learner()
    sitting = place.sit(learner).start()
    review = sitting.finish(right, confirmed=False)
    found = place.stage.results(place.run, learner)["sample"]
    assert (found.state, found.completed, found.success, found.points, found.max_points) == (
        "complete",
        True,
        True,
        7,
        7,
    )
    assert (stored().points, stored().max_points, stored().policy) == (7, 7, 1)
    assert "3 of 3 right" in review
    assert "Best attempt: 7 of 7 points, 100%. The pass mark is 60%." in sitting.browser.get(place.base)


def test_a_part_of_the_points(place: Any, partly: Any) -> None:
    learner = place.learner()
    review = place.sit(learner).start().finish(partly)
    found = place.stage.results(place.run, learner)["sample"]
    assert (found.state, found.completed, found.success, found.points, found.max_points) == (
        "failed",
        False,
        False,
        2,
        7,
    )
    assert "2 of 3 right. Points: 2 of 3" in review


def test_all_or_nothing_where_the_author_says_so(place_with: Any, partly: Any) -> None:
    place = place_with(":partial: false")
    place.sit(place.learner()).start().finish(partly)
    assert stored().points == 0


def test_the_best_attempt_counts(place: Any, right: Any, partly: Any) -> None:
    learner = place.learner()
    sitting = place.sit(learner)
    states = []
    for answers in (partly, right, partly):
        sitting.start()
        states.append(place.stage.results(place.run, learner)["sample"].state)
        sitting.finish(answers)
        states.append(place.stage.results(place.run, learner)["sample"].state)
    assert states == ["started", "failed", "started", "complete", "complete", "complete"]
    assert place.stage.results(place.run, learner)["sample"].points == 7
    page = sitting.browser.get(place.base)
    assert [len(re.findall(rf"Attempt {number}</a>", page)) for number in (1, 2, 3)] == [1, 1, 1]


def test_without_a_pass_mark_finishing_is_enough(place_with: Any, quiz_text: str, partly: Any) -> None:
    place = place_with(text=quiz_text.replace(":pass: 60%\n", ""))
    learner = place.learner()
    place.sit(learner).start().finish(partly)
    found = place.stage.results(place.run, learner)["sample"]
    assert (found.state, found.completed, found.success, found.points) == ("complete", True, None, 2)


def test_a_survey_gives_no_mark(place_with: Any) -> None:
    place = place_with(text=":::{quiz} Опрос\n:id: sample\n\n1. Удобно? {points=0}\n   = верно\n:::\n")
    learner = place.learner()
    place.sit(learner).start().finish({})
    found = place.stage.results(place.run, learner)["sample"]
    assert (found.state, found.completed, found.points, found.max_points) == ("complete", True, None, None)


# ------------------------------------------------------------------ keeping and handing in


def test_answers_are_kept_as_they_are_given(place: Any) -> None:
    sitting = place.sit(place.learner()).start()
    sitting.save({"q1": "пять", "q5": "кто-то"})
    sitting.save({"q1": "четыре", "q2": ["два", "три"], "q5": "  кто   <b>ещё</b> "})
    sitting.page = sitting.browser.get(f"{place.base}attempts/1/")
    assert sitting.checked == ["четыре", "два", "три"]
    assert 'value="кто &lt;b&gt;ещё&lt;/b&gt;"' in sitting.page
    assert "Go on with the quiz" in sitting.browser.get(place.lesson_url)


def test_without_a_script_a_button_saves(place: Any) -> None:
    sitting = place.sit(place.learner()).start()
    page = sitting.browser.post(f"{place.base}attempts/1/save", sitting.form({"q1": "пять"}))
    assert "Your answers are saved." in page
    sitting.page = page
    assert sitting.checked == ["пять"]
    assert page.index("Save the answers") < page.index(">Finish<")  # the Enter key presses the first button


def test_unanswered_questions_are_named_before_finishing(place: Any, right: Any) -> None:
    sitting = place.sit(place.learner()).start()
    page = sitting.finish({"q1": "четыре", "q4": "сто"}, confirmed=False)
    assert re.findall(r'#(q\d)">Question \d</a>: ([\w ]+)', page) == [
        ("q2", "not answered"), ("q3", "not answered"), ("q4", "the answer is not a number"), ("q5", "not answered"),
    ]  # fmt: skip
    assert stored().finished_at is None
    sitting.browser.post(f"{place.base}attempts/1/finish", {"confirmed": "1"})
    assert (stored().finished_at, stored().points) == (place.stage.site.now(), 1)


def test_finishing_twice_leads_to_the_same_review(place: Any, right: Any) -> None:
    learner = place.learner()
    sitting = place.sit(learner).start()
    once = sitting.finish(right)
    twice = sitting.finish({"q1": "пять"})
    assert [re.findall(r"Points: [\d.]+ of \d", page) for page in (once, twice)] == [
        re.findall(r"Points: [\d.]+ of \d", once)
    ] * 2
    assert stored().points == 7


def test_nothing_is_kept_after_finishing(place: Any, right: Any, partly: Any) -> None:
    sitting = place.sit(place.learner()).start()
    sitting.finish(partly)
    before = stored().answers
    sitting.save(right, status=409)
    assert "handed in before" in sitting.browser.post(f"{place.base}attempts/1/save", sitting.form(right), status=409)
    assert (stored().answers, stored().points) == (before, 2)


def test_a_second_window_is_told_instead_of_losing_answers(place: Any) -> None:
    learner = place.learner()
    one, two = place.sit(learner).start(), place.sit(learner).start()
    one.save({"q1": "четыре"})
    one.save({"q1": "четыре", "q3": "True"})
    two.save({"q1": "пять"}, status=409)
    page = two.finish({"q1": "пять"}, status=409)
    assert "another window" in page
    two.page = two.browser.get(f"{place.base}attempts/1/")
    assert two.checked == ["четыре", "True"]
    two.save({"q1": "пять"})
    one.save({"q1": "четыре"}, status=409)


def test_a_form_that_says_nonsense_is_an_empty_one(place: Any) -> None:
    sitting = place.sit(place.learner()).start()
    nonsense = {
        "q1": "0",
        "q2": ["1", "x" * 9999],
        "q3": "yes",
        "q4": "\x0b",
        "q5": "я" * 9999,
        "q99": "1",
        "page": "p" * 999,
    }
    sitting.browser.post(f"{place.base}attempts/1/save", sitting.form({}) | {"q4": "\x00"}, status=422)
    sitting.browser.post(f"{place.base}attempts/1/save", sitting.form({}) | nonsense)
    page = sitting.browser.get(f"{place.base}attempts/1/")
    sitting.page = page
    assert sitting.checked == []
    assert "я" * 500 + '"' in page
    sitting.browser.post(f"{place.base}attempts/1/finish", {"confirmed": "1", "page": "", "version": "-1"}, status=409)
    sitting.browser.post(f"{place.base}attempts/9/finish", {"confirmed": "1"}, status=404)
    sitting.browser.post(f"{place.base}attempts/9/save", status=404)


def test_nobody_reaches_anothers_attempt(place: Any) -> None:
    place.sit(place.learner()).start()
    other = place.sit(place.learner("Другая"))
    other.browser.get(f"{place.base}attempts/1/", 404)
    other.browser.get(f"{place.base}attempts/1/finish", 404)
    other.browser.post(f"{place.base}attempts/1/save", status=404)
    assert stored().answers == ""


# ------------------------------------------------------------------ when and how often


def test_the_number_of_attempts(place_with: Any, partly: Any) -> None:
    place = place_with(":attempts: 2")
    sitting = place.sit(place.learner())
    for left in ("1 of 2", "0 of 2"):
        sitting.start().finish(partly)
        assert left in sitting.browser.get(place.lesson_url)
    assert "You have used all attempts." in sitting.start().page
    assert (sitting.number, db.session.query(Attempt).count()) == (0, 2)
    assert "See the result" in sitting.browser.get(place.lesson_url)


def test_starting_again_goes_on_with_the_attempt_under_way(place: Any) -> None:
    sitting = place.sit(place.learner())
    assert (sitting.start().number, sitting.start().number, db.session.query(Attempt).count()) == (1, 1, 1)


def test_before_it_opens(place_with: Any) -> None:
    place = place_with(":opens: day 1 13:00")  # an hour from now, in Moscow
    sitting = place.sit(place.learner())
    assert "The quiz is not open yet." in sitting.start().page
    place.stage.move(hours=1)
    assert sitting.start().number == 1


def test_the_deadline_with_its_grace(place_with: Any, right: Any, partly: Any) -> None:
    place = place_with(":closes: day 1 13:00")  # an hour from now, in Moscow
    in_time, late, forgotten = (place.sit(place.learner(name)).start() for name in ("Первая", "Вторая", "Третья"))
    place.stage.move(minutes=59)
    for sitting in (late, forgotten):
        sitting.save(partly)
    place.stage.move(minutes=1, seconds=5)
    in_time.finish(right)
    place.stage.move(seconds=1)
    late.save(right, status=409)
    assert "handed in within minutes" in forgotten.browser.get(place.base)
    assert "The quiz has closed." in forgotten.finish(right)
    db.session.rollback()
    closes = place.stage.site.now().replace(hour=10, minute=0, second=0)
    rows = db.session.execute(select(Attempt.points, Attempt.finished_at).order_by(Attempt.id)).all()
    assert [tuple(row) for row in rows] == [(7, closes), (2, closes), (2, closes)]
    assert "The quiz has closed." in in_time.start().page


def test_what_is_open_when_it_closes_is_handed_in(place_with: Any, partly: Any) -> None:
    place = place_with(":closes: day 1")
    learner, idle = place.learner(), place.learner("Другая")
    sitting = place.sit(learner).start()
    sitting.save(partly)
    place.sit(idle).start()
    place.stage.tick()
    assert sitting.browser.get(place.lesson_url).count("Go on with the quiz") == 1
    place.stage.move(days=1)
    place.stage.tick()
    place.stage.move(minutes=10)
    place.stage.tick()
    assert [place.stage.results(place.run, person)["sample"].points for person in (learner, idle)] == [2, 0]
    assert place.stage.results(place.run, learner)["sample"].state == "failed"
    browser = place.stage.browser(learner)  # a day later one has to sign in again
    lesson = browser.get(place.lesson_url)
    assert ("See the result" in lesson, "Go on with the quiz" in lesson) == (True, False)
    assert "The quiz has closed." in browser.get(place.base)
    assert browser.get("/notices").count("Your answers were handed in.") == 1


def test_typed_answers_are_compared_in_the_language_they_were_given_in(stage: Any, quiz_text: str) -> None:
    text = ":::{quiz} %s\n:id: sample\n:closes: day 1\n\n1. ?\n   = %s\n:::\n"
    head = "---\ntitle: %s\nminutes: 45\n---\n\n"
    course = stage.course(
        {
            "01-module/index.md": "---\ntitle: Модуль\n---\n",
            "01-module/01-lesson.md": head % "Урок" + text % ("Тест", "летописец"),
            "01-module/01-lesson.en.md": head % "Lesson" + text % ("Quiz", "chronicler"),
        }
    )
    run = stage.run(course)
    person = stage.person("Ученикова", language="ru")
    stage.enrol(run, person)
    browser = stage.browser(person)
    base = f"{stage.base(run)}activities/sample/"
    page = browser.post(f"{base}start")
    hidden = dict(re.findall(r'name="(page|version)" value="(\w+)"', page))
    browser.post(f"{base}attempts/1/save", {**hidden, "q1": "летописец"})
    stage.move(days=1)
    stage.tick()
    assert stage.results(run, person)["sample"].points == 1


# ------------------------------------------------------------------ when the quiz is changed


def republish(place: Any, text: str) -> None:
    """Publish the course anew and move the run to the new revision."""
    from lms.publishing import service as publishing
    from lms.publishing.models import RunRecord

    place.text = text
    folder = place.stage.folder / "courses" / place.course
    (folder / "01-module/01-lesson.md").write_text(
        f"---\ntitle: Урок\nminutes: 45\n---\n\n{place.lesson('')}\n", "utf-8"
    )
    published = publishing.publish(place.stage.site, folder)
    assert published.revision is not None, published.problems
    record = db.session.get(RunRecord, place.run)
    record.revision_id = published.revision  # type: ignore[union-attr]
    db.session.commit()


def test_an_attempt_goes_on_in_another_language_and_edition_where_the_alphabet_is_another(stage: Any) -> None:
    """Things to be put in order are known by their words, which stand in another order in each language's alphabet."""
    from lms.people.models import Person
    from lms.publishing import service as publishing
    from lms.publishing.models import RunRecord

    text = ":::{quiz} %s\n:id: sample\n\n1. ?\n   1) %s\n   2) %s\n:::\n"
    head = "---\ntitle: %s\nminutes: 45\n---\n\n"
    files = {
        "01-module/index.md": "---\ntitle: Модуль\n---\n",
        "01-module/01-lesson.md": head % "Урок" + text % ("Тест", "яйцо", "курица"),
        "01-module/01-lesson.en.md": head % "Lesson" + text % ("Quiz", "egg", "hen"),
    }
    course = stage.course(files)
    run = stage.run(course)
    person = stage.person("Ученикова", language="ru")
    stage.enrol(run, person)
    browser = stage.browser(person)
    base = f"{stage.base(run)}activities/sample/"
    browser.post(f"{base}start")
    folder = stage.folder / "courses" / course
    (folder / "01-module/01-lesson.md").write_text(files["01-module/01-lesson.md"] + "\nИ ещё.\n", "utf-8")
    db.session.get(RunRecord, run).revision_id = publishing.publish(stage.site, folder).revision
    db.session.get(Person, person).language = "en"
    db.session.commit()
    assert re.findall(r"<label[^>]*>(egg|hen)</label>", browser.get(f"{base}attempts/1/")) != []


def test_corrected_words_change_nothing(place: Any, quiz_text: str, right: Any) -> None:
    sitting = place.sit(place.learner()).start()
    republish(place, quiz_text.replace("Сколько будет", "Чему равно"))
    sitting.finish(right)
    assert stored().points == 7


def test_an_attempt_at_a_changed_quiz_does_not_count(place: Any, quiz_text: str, right: Any, partly: Any) -> None:
    learner = place.learner()
    sitting = place.sit(learner)
    sitting.start().finish(partly)
    sitting.start()
    republish(place, quiz_text.replace("- (x) четыре", "- ( ) четыре").replace("- ( ) пять", "- (x) пять"))
    assert "does not count; start again" in sitting.browser.get(f"{place.base}attempts/2/")
    sitting.save(right, status=409)
    assert (stored(2).points, stored(2).finished_at) == (None, place.stage.site.now())
    assert sitting.start().number == 3
    assert "its questions are no longer there to be shown" in sitting.browser.get(f"{place.base}attempts/1/")
    assert place.stage.results(place.run, learner)["sample"].points == 2
    sitting.finish(partly)  # «пять» is right now
    assert place.stage.results(place.run, learner)["sample"].points == 3


# ------------------------------------------------------------------ staff


def test_staff_see_everybodys_attempts_in_the_same_number_of_statements(place: Any, partly: Any, right: Any) -> None:
    tutor = place.tutor()
    counts = []
    total = 0
    for size in (1, 3, 30):
        while total < size:
            total += 1
            sitting = place.sit(place.learner(f"Ученица{total}"))
            sitting.start().finish(partly)
            sitting.start().finish(right)
        tutor.get(f"{place.base}attempts/")
        with place.stage.statements() as found:
            page = tutor.get(f"{place.base}attempts/")
        counts.append(len(found))
        assert page.count("people/") == 2 * size
    assert len(set(counts)) == 1, counts
    assert "Statistics of the quiz" in page


def test_staff_see_one_attempt_once_it_is_handed_in(place: Any, partly: Any) -> None:
    learner = place.learner("Ученикова")
    tutor = place.tutor()
    sitting = place.sit(learner).start()
    page = tutor.get(f"{place.base}people/{learner}/1/")
    assert ("still under way" in page, leaks(page)) == (True, [])
    sitting.finish(partly)
    page = tutor.get(f"{place.base}people/{learner}/1/")
    assert ("Ученикова" in page, "2 of 3 right" in page, "никто" in page) == (True, True, True)
    tutor.get(f"{place.base}people/{learner}/2/", 404)


# ------------------------------------------------------------------ personal data


def test_what_is_known_of_a_person_can_be_exported_and_removed(place: Any, partly: Any) -> None:
    learner, other = place.learner(), place.learner("Другая")
    for person in (learner, other):
        place.sit(person).start().finish(partly)
    part = Attempts()
    (exported,) = part.export(place.stage.site, learner)["attempts"]
    assert exported["activity"] == "sample"
    assert exported["answers"]["replies"]["4"] == {"text": "никто"}
    assert [mark["share"] for mark in exported["marks"]] == [0, 2 / 3, 0, 0, 0]
    assert leaks(str(exported)) == []
    assert part.erase(place.stage.site, learner) == ["1 attempt at a quiz was removed."]
    assert part.erase(place.stage.site, learner) == []
    assert db.session.scalars(select(Attempt.person_id)).all() == [other]


@pytest.mark.parametrize("language", ["en", "ru"])
def test_both_languages(place: Any, partly: Any, language: str) -> None:
    sitting = place.sit(place.learner(language=language))
    sitting.browser.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
    sitting.start()
    word = {"en": "Question 1 of 5", "ru": "Вопрос 1 из 5"}[language]
    assert word in sitting.page
    review = sitting.finish({**partly, "q3": {"en": "False", "ru": "Неверно"}[language]})
    assert {"en": "2 of 3 right", "ru": "Верно 2 из 3"}[language] in review
