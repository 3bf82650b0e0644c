"""Time: attempts end by the server's clock, to the instant; more of it is given by tutors and there at once."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from lms.plugin import db
from lms_quiz import rules
from lms_quiz.models import Attempt, Override
from lms_quiz.privacy import Attempts


def attempts() -> list[Attempt]:
    db.session.rollback()
    rows = select(Attempt).order_by(Attempt.id).execution_options(populate_existing=True)
    return list(db.session.scalars(rows))


@pytest.mark.parametrize("grace", [0, 1])
def test_hand_ins_round_the_deadline_are_told_apart_exactly(place_with: Any, right: Any, grace: int) -> None:
    place = place_with(":time: 10", f":grace: {grace}")
    end = place.stage.site.now() + timedelta(minutes=10)
    sittings = [place.sit(place.learner(f"Ученица{number}")).start() for number in range(41)]
    offsets = [timedelta(milliseconds=100 * (number - 20)) for number in range(41)]
    for sitting, offset in zip(sittings, offsets, strict=True):
        place.stage.clock.set(end + offset)
        sitting.finish(right)
    expected = [
        (7.0 if offset <= timedelta(seconds=grace) else 0.0, end + min(offset, timedelta())) for offset in offsets
    ]
    assert [(one.points, one.finished_at) for one in attempts()] == expected


def test_without_the_guard_late_answers_would_count(
    place_with: Any, right: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = place_with(":time: 10", ":grace: 0")
    sitting = place.sit(place.learner()).start()
    monkeypatch.setattr(rules, "too_late", lambda now, end, grace: False)
    place.stage.move(minutes=10, seconds=2)
    sitting.finish(right)
    assert attempts()[0].points == 7


def test_the_page_says_when_it_ends_and_how_long_it_is(place_with: Any) -> None:
    place = place_with(":time: 30", ":closes: day 1 18:00")
    sitting = place.sit(place.learner()).start()
    place.stage.move(minutes=10)
    page = sitting.browser.get(f"{place.base}attempts/1/")
    assert re.findall(r'data-countdown="(\d+)" hidden', page) == ["1200"]
    assert "Hand in by" in page
    # the button that sends the form at the end is not the one that Enter presses
    buttons = re.findall(r"<button[^>]*>", page[page.index("data-autosave=") :])
    assert ["data-countdown-end" in button for button in buttons][:2] == [False, False]
    assert "30 minutes" in sitting.browser.get(place.base)
    # the quiz closes before the time is over
    place.stage.clock.set(attempts()[0].started_at + timedelta(hours=5, minutes=50))
    other = place.sit(place.learner("Другая")).start()
    assert re.findall(r'data-countdown="(\d+)"', other.page) == ["600"]


def test_what_is_over_is_handed_in_by_the_clock_and_told(place_with: Any, partly: Any) -> None:
    place = place_with(":time: 10", ":grace: 5")
    learner, other = place.learner(), place.learner("Другая")
    sitting = place.sit(learner).start()
    sitting.save(partly)
    end = attempts()[0].deadline
    assert end == place.stage.site.now() + timedelta(minutes=10)
    place.stage.move(minutes=9)
    place.sit(other).start()
    # what came in time may still be waiting for its turn
    for seconds in (0, 5, 35):
        place.stage.clock.set(end + timedelta(seconds=seconds))
        place.stage.tick()
        assert attempts()[0].finished_at is None
    place.stage.clock.set(end + timedelta(seconds=35, microseconds=1))
    place.stage.tick()
    place.stage.tick()
    first, second = attempts()
    assert (first.finished_at, first.points, second.finished_at) == (end, 2, None)
    assert sitting.browser.get("/notices").count("is over. Your answers were handed in.") == 1


def test_what_is_over_is_handed_in_when_the_person_comes_back(place_with: Any, partly: Any) -> None:
    place = place_with(":time: 10", ":attempts: 1")
    sitting = place.sit(place.learner()).start()
    sitting.save(partly)
    place.stage.move(minutes=10, seconds=6)
    assert "Hand in now" in sitting.browser.get(f"{place.base}attempts/1/")
    sitting.save({"q1": "четыре"}, status=409)
    found = attempts()[0]
    assert (found.points, found.finished_at, found.deadline) == (
        2,
        found.deadline,
        found.started_at + timedelta(minutes=10),
    )


def test_starting_again_when_time_is_over_shows_the_result(place_with: Any) -> None:
    place = place_with(":time: 10", ":attempts: 2")
    sitting = place.sit(place.learner()).start()
    place.stage.move(minutes=11)
    assert "Attempt 1" in sitting.start().page
    assert [(one.number, one.points) for one in attempts()] == [(1, 0)]
    assert sitting.start().number == 2


# ------------------------------------------------------------------ given by tutors


def give(place: Any, tutor: Any, who: list[str], status: int = 200, **values: str) -> str:
    return str(tutor.post(f"{place.base}overrides/", {"who": who, "reason": "Болезнь.", **values}, status=status))


def test_more_time_is_there_at_once(place_with: Any, right: Any) -> None:
    place = place_with(":time: 10", ":grace: 0")
    learner, other = place.learner(), place.learner("Другая")
    sitting, late = place.sit(learner).start(), place.sit(other).start()
    place.stage.move(minutes=9)
    page = give(place, place.tutor(), [f"person-{learner}"], minutes="5")
    assert ("5 minutes more" in page, "Болезнь." in page) == (True, True)
    assert "you have more time or attempts" in sitting.browser.get("/notices")
    place.stage.move(minutes=5)
    sitting.finish(right)
    late.finish(right)
    assert [one.points for one in attempts()] == [7, 0]
    # and for the attempts to come
    again = sitting.start()
    assert re.findall(r'data-countdown="(\d+)"', again.page) == ["900"]


def test_the_most_generous_counts_and_everybody_may_get_it(place_with: Any, right: Any) -> None:
    place = place_with(":attempts: 1", ":closes: day 1 18:00")
    learner, other = place.learner(), place.learner("Другая")
    tutor = place.tutor()
    give(place, tutor, [f"person-{learner}"], tries="2")
    give(place, tutor, ["all"], tries="1", closes="2026-03-02T20:00")
    for person, most in ((learner, 3), (other, 2)):
        sitting = place.sit(person)
        for _ in range(most):
            assert sitting.start().number
            sitting.finish(right)
        assert sitting.start().number == 0
        assert "You have used all attempts." in sitting.page
    place.stage.clock.set(datetime.fromisoformat("2026-03-02T19:00:00+03:00"))
    give(place, place.tutor(), [f"person-{learner}"], tries="4")
    sitting = place.sit(learner).start()
    assert sitting.number == 4
    place.stage.clock.set(datetime.fromisoformat("2026-03-02T20:00:05+03:00"))
    sitting.finish(right)
    assert attempts()[-1].points == 7
    assert "The quiz has closed." in place.sit(learner).start().page


def test_the_lesson_knows_what_was_given(place_with: Any, right: Any) -> None:
    place = place_with(":attempts: 1")
    learner = place.learner()
    sitting = place.sit(learner).start()
    sitting.finish(right)
    assert "0 of 1" in sitting.browser.get(place.lesson_url)
    tutor = place.tutor()
    give(place, tutor, [f"person-{learner}"], tries="1")
    assert "1 of 2" in sitting.browser.get(place.lesson_url)
    db.session.rollback()
    [given] = db.session.scalars(select(Override.id))
    tutor.post(f"{place.base}overrides/{given}/back")
    assert "0 of 1" in sitting.browser.get(place.lesson_url)
    tutor.post(f"{place.base}overrides/{given}/back", status=404)


def test_a_team_gets_it_with_all_its_members(place_with: Any) -> None:
    place = place_with(":attempts: 1")
    learner, other = place.learner(), place.learner("Другая")
    third = place.learner("Третья")
    with place.stage.app.app_context():
        from lms.teams.models import TeamMember, TeamRecord

        team = TeamRecord(
            run_id=place.run, block="elsewhere", name="Совы", name_key="совы", created_at=place.stage.site.now()
        )
        db.session.add(team)
        db.session.flush()
        for person in (learner, other):
            db.session.add(
                TeamMember(
                    team_id=team.id,
                    run_id=place.run,
                    block="elsewhere",
                    person_id=person,
                    joined_at=place.stage.site.now(),
                )
            )
        db.session.commit()
        number = team.id
    tutor = place.tutor()
    assert "Совы" in tutor.get(f"{place.base}overrides/")
    give(place, tutor, [f"team-{number}"], tries="1")
    db.session.rollback()
    assert sorted(db.session.scalars(select(Override.person_id))) == sorted([learner, other])
    assert third not in db.session.scalars(select(Override.person_id)).all()


@pytest.mark.parametrize(
    ("who", "values", "said"),
    [
        ([], {"tries": "1"}, "Choose who it is for."),
        (["person-99999"], {"tries": "1"}, "Choose who it is for."),
        (["all"], {}, "Say what is given"),
        (["all"], {"tries": "-1"}, "is no whole number"),
        (["all"], {"minutes": "10001"}, "Give at most"),
        (["all"], {"closes": "вчера"}, "is no date with a time"),
        (["all"], {"closes": "2026-03-01T10:00"}, "has passed already"),
        (["all"], {"tries": "1", "reason": " "}, "Say why"),
    ],
)
def test_what_cannot_be_given_is_said(place: Any, who: list[str], values: dict[str, str], said: str) -> None:
    place.learner()
    assert said in give(place, place.tutor(), who, 422, **values)
    db.session.rollback()
    assert db.session.query(Override).count() == 0


def test_what_was_given_is_exported_and_erased_with_its_reason(place: Any) -> None:
    learner = place.learner()
    give(place, place.tutor(), [f"person-{learner}"], tries="1")
    db.session.rollback()
    part = Attempts()
    [row] = part.export(place.stage.site, learner)["overrides"]
    assert (row["attempts"], row["reason"], row["given_by_me"]) == (1, "Болезнь.", False)
    tutor = db.session.scalars(select(Override.by_id)).one()
    [row] = part.export(place.stage.site, tutor)["overrides"]
    assert row["given_by_me"] is True
    part.erase(place.stage.site, tutor)
    assert db.session.scalars(select(Override.by_id)).all() == [None]
    part.erase(place.stage.site, learner)
    assert db.session.query(Override).count() == 0


def test_learners_do_not_give_themselves_time(place: Any) -> None:
    sitting = place.sit(place.learner())
    sitting.browser.get(f"{place.base}overrides/", 403)
    sitting.browser.post(f"{place.base}overrides/", {"who": "all", "tries": "5", "reason": "!"}, status=403)


# ------------------------------------------------------------------ which attempt counts


@pytest.mark.parametrize(
    ("grade", "points", "said"),
    [("best", 7, "Best attempt: 7 of 7"), ("last", 2, "Last attempt: 2 of 7"), ("first", 2, "First attempt: 2 of 7"),
     ("mean", 11 / 3, "Mean of all attempts: 3.67 of 7")],
)  # fmt: skip
def test_which_attempt_counts(place_with: Any, right: Any, partly: Any, grade: str, points: float, said: str) -> None:
    place = place_with(f":grade: {grade}")
    learner = place.learner()
    for answers in (partly, right, partly):
        sitting = place.sit(learner).start()
        sitting.finish(answers)
    assert place.stage.results(place.run, learner)["sample"].points == pytest.approx(points)
    assert said in sitting.browser.get(place.base)


def test_a_page_whose_clock_runs_out_knows_nothing_of_time_given_meanwhile(place_with: Any, right: Any) -> None:
    place = place_with(":time: 10", ":grace: 5")
    learner, other = place.learner(), place.learner("Другая")
    sitting, plain = place.sit(learner).start(), place.sit(other).start()
    place.stage.move(minutes=9)
    give(place, place.tutor(), [f"person-{learner}"], minutes="5")
    place.stage.move(seconds=59)
    for one in (sitting, plain):
        one.page = one.browser.post(f"{place.base}attempts/1/finish", one.form(right) | {"over": "1"})
    assert "You have been given more time. Your answers are saved." in sitting.page
    assert re.findall(r'data-countdown="(\d+)"', sitting.page) == ["301"]
    assert [one.points for one in attempts()] == [None, 7]
    assert '"text":"летописец"' in attempts()[0].answers
