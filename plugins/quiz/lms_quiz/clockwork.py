"""What changes attempts besides their learner: the clock, which hands in and opens what is shown later, and tutors who release it or
give more time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from lms.plugin import Message, Site, Tick, Visit, as_utc, db, mark, speaking
from lms_quiz import overrides, rules, service, showing
from lms_quiz.format import QuizSettings
from lms_quiz.models import Attempt
from lms_quiz.reading import attempts_of, changed, moments, one_of


def pass_time(site: Site, tick: Tick) -> None:
    """Hand in what is still open though its time is over, and show marks whose moment has come. Asks nothing of quizzes nobody is
    at; harmless when called twice."""
    rows = db.session.execute(
        select(Attempt.run_id, Attempt.block, Attempt.person_id, Attempt.number, Attempt.language, Attempt.deadline)
        .where(Attempt.finished_at.is_(None))
        .order_by(Attempt.run_id, Attempt.block, Attempt.person_id)
    ).all()
    for tongue in sorted({row.language for row in rows}):
        with speaking(tongue):  # typed answers are compared with the key of the language they were given in
            _hand_in_spoken(site, tick, [row for row in rows if row.language == tongue])
    held = db.session.execute(select(Attempt.run_id, Attempt.block).where(Attempt.held).distinct()).all()
    places = {(row.run_id, row.block) for row in held}

    def open_marks(visit: Visit) -> None:
        if (visit.run.id, visit.block.id) in places:
            show_marks(visit)

    if places:
        site.each("quiz", open_marks, sorted({run for run, _ in places}))


def _hand_in_spoken(site: Site, tick: Tick, rows: Sequence[Any]) -> None:
    def hand_in(visit: Visit) -> None:
        settings: QuizSettings = visit.settings
        closes = moments(visit)[1]
        before = tick.now - rules.SETTLING  # what came in time may still wait for its turn

        def over(end: datetime | None) -> bool:
            return rules.too_late(before, end or closes, settings.grace)

        for row in rows:
            if (row.run_id, row.block) != (visit.run.id, visit.block.id) or not over(as_utc(row.deadline)):
                continue
            visit.lock(str(row.person_id))
            attempt = one_of(visit, row.person_id, row.number)
            # it may have been handed in, or given more time, meanwhile
            if attempt is None or attempt.finished_at is not None or not over(attempt.deadline):
                continue
            if changed(visit, attempt):
                service.void(visit, attempt)
                service.record(visit, row.person_id)
                continue
            service.hand_in(visit, attempt)
            title = visit.block.title
            text = mark("The quiz “{title}” has closed. Your answers were handed in.")
            if attempt.deadline is not None:
                text = mark("The time of your attempt at “{title}” is over. Your answers were handed in.")
            visit.notify([row.person_id], Message(text, {"title": title}), f"attempts/{row.number}/")

    site.each("quiz", hand_in, sorted({row.run_id for row in rows}))


def show_marks(visit: Visit) -> None:
    """Give everybody the marks that were held back, if their moment has come, and tell them."""
    if "marks" not in showing.shown(visit, ended=True):
        return
    held = (Attempt.run_id == visit.run.id) & (Attempt.block == visit.block.id) & Attempt.held
    people = sorted(set(db.session.scalars(select(Attempt.person_id).where(held))))
    for person in people:
        visit.lock(str(person))
    db.session.execute(update(Attempt).where(held).values(held=False).execution_options(synchronize_session=False))
    for person in people:
        service.record(visit, person)
    if people:
        text = Message(mark("“{title}”: the marks of your attempts can be seen now."), {"title": visit.block.title})
        visit.notify(people, text)


def release(visit: Visit) -> None:
    """Show learners what waits for that: for everybody and for good."""
    visit.lock("release")
    showing.release(visit)
    show_marks(visit)


def give(
    visit: Visit, people: Sequence[int] | None, minutes: int, tries: int, closes: datetime | None, reason: str
) -> None:
    """Give more time, tries or a later end (see `overrides.give`); attempts under way have it at once, and people are told."""
    visit.lock("overrides")
    overrides.give(visit, people, minutes, tries, closes, reason)
    concerned = people if people is not None else [one.id for one in visit.people("learner")]
    _extend(visit, concerned)
    text = mark("“{title}”: you have more time or attempts. The reason: {reason}")
    visit.notify(concerned, Message(text, {"title": visit.block.title, "reason": " ".join(reason.split())}))


def take_back(visit: Visit, override_id: int) -> bool:
    """Take back what was given; False when it is not there. Attempts under way keep the end they were told."""
    visit.lock("overrides")
    found = overrides.take_back(visit, override_id)
    if found is not None:
        everybody = [one.id for one in visit.people("learner")]
        for person in [found.person_id] if found.person_id is not None else everybody:
            visit.lock(str(person))
            service.record(visit, person)
    return found is not None


def _extend(visit: Visit, people: Sequence[int]) -> None:
    for person in sorted(people):
        visit.lock(str(person))
        attempts = attempts_of(visit, person)
        under_way = next((one for one in attempts if one.finished_at is None), None)
        if under_way is not None:
            end = service.deadline_of(visit, under_way.started_at, overrides.extra_of(visit, person))
            if end is not None and (under_way.deadline is None or end > under_way.deadline):
                under_way.deadline = end
                service.store(visit, under_way)
        service.record(visit, person, attempts)
