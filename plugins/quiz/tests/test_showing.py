"""What is shown of an attempt when: nothing before its time, on no page, in no result, export or notice; all of it afterwards."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from lms.plugin import db
from lms_quiz import showing
from lms_quiz.correction_privacy import Corrections
from lms_quiz.format import QuizSettings
from lms_quiz.models import Attempt
from lms_quiz.privacy import Attempts

EXPLAINED = [
    "ОТЗЫВЧЕТЫРЕ",
    "ОТЗЫВПЯТЬ",
    "ПОЯСНЕНИЕОДИН",
    "ОТЗЫВДВА",
    "ОТЗЫВВЕРНО",
    "ПОЯСНЕНИЕТРИ",
    "ОТЗЫВЧИСЛО",
    "ОТЗЫВТЕКСТ",
    "ПОЯСНЕНИЕПЯТЬ",
]
KEYS = ["987654.5", "987 654.5", "ЛЕТОПИСЕЦ", "КЛЮЧВТОРОЙ"]
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
CLOSES = ":closes: day 2"


def found(words: list[str], text: str) -> bool:
    return any(word.casefold() in text.casefold() for word in words)


@pytest.mark.parametrize(
    ("ended", "closed_at", "released", "expected"),
    [
        (False, NOW - timedelta(days=1), True, {"during"}),
        (True, None, False, {"during", "after"}),
        (True, NOW - timedelta(seconds=5), False, {"during", "after"}),
        (True, NOW - timedelta(seconds=6), False, {"during", "after", "closed"}),
        (True, None, True, {"during", "after", "released"}),
    ],
)
def test_which_moments_have_come(ended: bool, closed_at: datetime | None, released: bool, expected: set[str]) -> None:
    settings = QuizSettings.model_validate({"id": "q"})
    assert showing.reached(settings, NOW, ended, closed_at, released) == expected


def everything(place: Any, sitting: Any, person: int) -> str:
    """Whatever a learner can get to see or to take along, without the questions' own fields."""
    run = place.stage.base(place.run)
    paths = [
        run,
        place.lesson_url,
        place.base,
        f"{place.base}attempts/1/",
        f"{run}grades",
        f"{run}progress",
        "/notices",
        "/calendar",
    ]
    texts = []
    for path in paths:
        answer = sitting.browser.client.get(path, follow_redirects=True)
        texts += [answer.get_data(as_text=True), str(answer.headers)]
    texts.append(json.dumps(Attempts().export(place.stage.site, person), ensure_ascii=False))
    db.session.rollback()
    return "\n".join(texts)


def test_nothing_of_the_marks_is_anywhere_before_a_tutor_releases_them(place_with: Any, partly: Any) -> None:
    place = place_with(":review: marks released, answers released, explanations released")
    learner = place.learner()
    sitting = place.sit(learner).start()
    sitting.finish(partly)
    result = place.stage.results(place.run, learner)["sample"]
    assert (result.state, result.completed, result.success, result.points) == ("pending", False, None, None)
    seen = everything(place, sitting, learner)
    assert "Marks are shown when a tutor releases them." in seen
    for word in (
        "2 of 7",
        "28%",
        "29%",
        "28.57",
        "badge-failed",
        "state-failed",
        "Failed",
        '"share"',
        *EXPLAINED,
        *KEYS,
    ):
        assert word.casefold() not in seen.casefold(), word
    tutor = place.tutor()
    # tutors see all of it
    theirs = tutor.get(f"{place.base}people/{learner}/1/")
    assert (found(EXPLAINED, theirs), found(KEYS, theirs), "2 of 7" in theirs) == (True, True, True)
    assert "Release to learners" in tutor.get(f"{place.base}attempts/")
    sitting.browser.post(f"{place.base}release", status=403)
    page = tutor.post(f"{place.base}release")
    assert "Release to learners" not in page
    result = place.stage.results(place.run, learner)["sample"]
    assert (result.state, result.success, result.points) == ("failed", False, 2)
    seen = everything(place, sitting, learner)
    assert (found(EXPLAINED, seen), found(KEYS, seen), "2 of 7" in seen) == (True, True, True)
    assert seen.count("the marks of your attempts can be seen now") == 1
    # attempts to come show theirs at once
    assert "2 of 7" in sitting.start().finish(partly)


def test_marks_are_shown_when_the_last_can_no_longer_answer(place_with: Any, right: Any) -> None:
    place = place_with(CLOSES, ":review: marks closed, answers closed, explanations closed")
    learner, other = place.learner(), place.learner("Другая")
    place.sit(learner).start().finish(right)
    tutor = place.tutor()
    values = {"who": [f"person-{other}"], "closes": "2026-03-05T12:00", "reason": "Болезнь."}
    tutor.post(f"{place.base}overrides/", values)
    place.stage.clock.set(datetime.fromisoformat("2026-03-04T12:00:00+03:00"))
    place.stage.tick()
    # somebody can still answer
    assert place.stage.results(place.run, learner)["sample"].points is None
    assert not found(EXPLAINED, place.stage.browser(learner).get(f"{place.base}attempts/1/"))
    place.stage.clock.set(datetime.fromisoformat("2026-03-05T12:00:06+03:00"))
    assert found(EXPLAINED, place.stage.browser(learner).get(f"{place.base}attempts/1/"))
    place.stage.tick()
    place.stage.tick()
    assert place.stage.results(place.run, learner)["sample"].points == 7
    assert place.stage.browser(learner).get("/notices").count("can be seen now") == 1


@pytest.mark.parametrize(
    ("review", "marks", "answers", "explanations"),
    [
        ("marks after", True, True, True),
        ("answers never", True, False, True),
        ("explanations never", True, True, False),
        ("answers never, explanations never", True, False, False),
        ("marks never", False, True, True),
        ("marks released", False, False, False),  # who reads which answer is right knows the mark
    ],
)
def test_each_thing_has_a_moment_of_its_own(
    stage: Any, quiz_text: str, place_with: Any, right: Any, review: str, marks: bool, answers: bool, explanations: bool
) -> None:
    place = place_with(f":review: {review}", text=quiz_text.replace(":pass: 60%\n", ""))
    sitting = place.sit(place.learner()).start()
    page = sitting.finish({**right, "q4": "1", "q5": "никто"})
    assert ("5 of 7" in page, found(KEYS, page), found(EXPLAINED, page)) == (marks, answers, explanations)


def test_marks_that_are_never_shown_leave_what_is_done(place_with: Any, quiz_text: str, right: Any) -> None:
    place = place_with(":review: marks never", text=quiz_text.replace(":pass: 60%\n", ""))
    learner = place.learner()
    place.sit(learner).start().finish(right)
    result = place.stage.results(place.run, learner)["sample"]
    assert (result.state, result.completed, result.points) == ("complete", True, None)


def test_while_the_attempt_goes_on_each_thing_waits_for_its_moment(place_with: Any) -> None:
    place = place_with(":behaviour: immediate", ":review: marks after, answers after, explanations after")
    sitting = place.sit(place.learner()).start()
    page = sitting.browser.post(f"{place.base}attempts/1/check/1", sitting.form({"q1": "пять"}))
    assert (found(EXPLAINED, page), "Wrong" in page, "0 of 1" in page) == (False, False, False)
    page = sitting.finish({"q1": "пять"})
    assert (found(EXPLAINED, page), "Wrong" in page) == (True, True)


def test_the_class_is_shown_when_it_is_large_enough(place_with: Any) -> None:
    place = place_with(":review: distribution after")
    for number in range(5):
        sitting = place.sit(place.learner(f"Ученица{number}")).start()
        page = sitting.finish({"q1": "четыре" if number < 3 else "пять", "q5": f"СЛОВО{number}"})
        assert ("How the class answered" in page) is (number == 4)
    # three of five; what others typed is nobody's business
    assert ("60%" in page, "СЛОВО4" in page, "СЛОВО1" in page) == (True, True, False)


def test_an_attempt_keeps_whether_its_marks_are_held_back(place_with: Any, right: Any) -> None:
    place = place_with(":review: marks released")
    sitting = place.sit(place.learner()).start()
    sitting.finish(right)
    db.session.rollback()
    assert db.session.scalars(select(Attempt.held)).all() == [True]
    place.tutor().post(f"{place.base}release")
    db.session.rollback()
    assert db.session.scalars(select(Attempt.held)).all() == [False]


def test_a_correction_of_marks_that_are_held_back_tells_none_of_them(place_with: Any, partly: Any) -> None:
    place = place_with(":review: marks released, answers released, explanations released")
    learner = place.learner()
    sitting = place.sit(learner).start()
    sitting.finish(partly)
    tutor = place.tutor()
    change = {"question": "1", "points": "1", "reason": "Понято верно."}
    tutor.post(f"{place.base}people/{learner}/1/mark", change)
    seen = everything(place, sitting, learner)
    assert [word for word in ("3 of 7", "42.8", "42%", "1 of 1", '"share"') if word in seen] == []
    site, part = place.stage.site, Corrections()
    assert part.export(site, learner)["marks"] == []
    db.session.rollback()
    tutor.post(f"{place.base}release")
    assert [(one["before"], one["after"]) for one in part.export(site, learner)["marks"]] == [(0, 1)]
    db.session.rollback()
    assert "3 of 7" in everything(place, sitting, learner)


def test_the_form_of_a_tutor_is_a_mark_too(place_with: Any) -> None:
    text = (
        ":::{quiz} Проверьте себя\n:id: sample\n:review: marks released\n\n1. Расскажите. {points=4}\n   = essay\n:::\n"
    )
    place = place_with(text=text)
    learner = place.learner()
    sitting = place.sit(learner).start()
    sitting.finish({"q1": "Мой рассказ."})
    tutor = place.tutor()
    tutor.post(f"{place.base}people/{learner}/1/1/", {"criterion-points": "3", "comment": "ОТЗЫВВЕДУЩЕЙ"})
    seen = everything(place, sitting, learner)
    assert ("Мой рассказ." in seen, "ОТЗЫВВЕДУЩЕЙ" in seen, "3 of 4" in seen) == (True, False, False)
    tutor.post(f"{place.base}release")
    seen = everything(place, sitting, learner)
    assert ("Мой рассказ." in seen, "ОТЗЫВВЕДУЩЕЙ" in seen, "3 of 4" in seen) == (True, True, True)
