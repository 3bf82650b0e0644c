"""Seats, attendance and questions that were kept by the seminar itself are the core's, and can go back."""

from alembic import command
from sqlalchemy import text

from lms.db import db, writing
from lms.migrate import alembic_config, owners, upgrade

SEATS = (
    "INSERT INTO seminar_seat (run_id, block, person_id, number, since) VALUES (:run, 'talks', :person, :number, :at)"
)
MARKS = (
    "INSERT INTO seminar_attendance (run_id, block, session, person_id, state, source, by_id, at, tries)"
    " VALUES (:run, 'talks', 'one', :person, :state, :source, :by, :at, :tries)"
)


def bring_to(stage, version: str) -> None:
    db.session.remove()
    with writing(True), db.engine.begin() as connection:
        owner = next(one for one in owners(stage.site) if one.name == "seminar")
        command.downgrade(alembic_config(owner, connection), version)


def kept(it) -> tuple[list, list]:
    db.session.rollback()
    places = db.session.execute(text("SELECT person_id, slot, number, team_id FROM booking_place ORDER BY id"))
    marks = db.session.execute(
        text("SELECT person_id, meeting, state, source, by_id, tries, minutes FROM attendance ORDER BY person_id")
    )
    return [tuple(row) for row in places], [tuple(row) for row in marks]


def test_seats_and_attendance_move_to_the_core_and_back(group):
    it = group(learners=3, seats=1)
    anna, boris, vera = it.learners
    bring_to(it.stage, "seminar_0002")
    at = it.stage.site.now()
    for person, number in ((boris, 1), (anna, None), (vera, None)):
        db.session.execute(text(SEATS), {"run": it.run, "person": person, "number": number, "at": at})
    for person, state, source, by, tries in (
        (anna, "", "", None, 3),
        (boris, "present", "code", boris, 1),
        (vera, "absent", "tutor", it.tutor, 0),
    ):
        values = {"run": it.run, "person": person, "state": state, "source": source, "by": by, "at": at, "tries": tries}
        db.session.execute(text(MARKS), values)
    db.session.commit()
    db.session.remove()

    assert upgrade(it.stage.site) == ["seminar"]
    moved = (
        [(boris, "seminar", 1, None), (anna, "seminar", None, None), (vera, "seminar", None, None)],
        [
            (anna, "one", "", "", None, 3, None),
            (boris, "one", "present", "code", boris, 1, None),
            (vera, "one", "absent", "tutor", it.tutor, 0, None),
        ],
    )
    assert kept(it) == moved
    it.leave(boris)
    assert it.seats() == [(anna, 1), (vera, None)], "the order they asked in is kept"

    it.tick((anna, "one"))
    bring_to(it.stage, "seminar_0002")
    assert upgrade(it.stage.site) == ["seminar"]
    places, marks = kept(it)
    assert places == [(anna, "seminar", 1, None), (vera, "seminar", None, None)]
    assert [(row[0], row[2]) for row in marks] == [(anna, "present"), (boris, "present"), (vera, "absent")]


QUESTIONS = (
    "INSERT INTO seminar_question (run_id, block, subject, asker_id, text, asked_at, state, answer)"
    " VALUES (:run, 'talks', :subject, :person, :text, :at, :state, :answer)"
)
VOTES = "INSERT INTO vote (run_id, block, ballot, subject, person_id, at) VALUES (:run, 'talks', :ballot, :subject, :person, :at)"
OTHER = (
    "INSERT INTO question (run_id, block, subject, asker_id, text, asked_at, state, answer)"
    " VALUES (:run, 'other', 'defence:team:1', :person, 'Чужой', :at, 'open', '')"
)


def asked() -> tuple[list, list]:
    """Questions with who voted for them."""
    db.session.rollback()
    found = db.session.execute(text("SELECT subject, text, state, answer, asker_id FROM question ORDER BY id"))
    votes = db.session.execute(
        text(
            "SELECT v.ballot, q.text, v.person_id FROM vote v JOIN question q ON v.subject = 'question:' || q.id"
            " AND v.run_id = q.run_id AND v.block = q.block ORDER BY v.id"
        )
    )
    kept = [tuple(row) for row in found], [tuple(row) for row in votes]
    db.session.remove()
    return kept


def test_questions_and_their_votes_move_to_the_core_and_back(group):
    it = group(learners=2)
    anna, boris = it.learners
    bring_to(it.stage, "seminar_0003")
    at = it.stage.site.now()
    for number, (subject, words, state, answer) in enumerate(
        (
            ("session:one", "Первый", "open", ""),
            ("session:one", "Второй", "answered", "Да."),
            ("design:team:1", "Третий", "hidden", "Лишний"),
        ),
        1,
    ):
        values = {"run": it.run, "subject": subject, "text": words, "state": state, "answer": answer}
        db.session.execute(text(QUESTIONS), {**values, "person": anna, "at": at})
        if subject == "session:one":
            vote = {"run": it.run, "ballot": subject, "subject": f"question:{number}", "person": boris, "at": at}
            db.session.execute(text(VOTES), vote)
    for _ in range(2):
        db.session.execute(text(OTHER), {"run": it.run, "person": boris, "at": at})
    db.session.execute(
        text(VOTES), {"run": it.run, "ballot": "songs", "subject": "question:1", "person": anna, "at": at}
    )
    db.session.commit()
    db.session.remove()

    assert upgrade(it.stage.site) == ["seminar"]
    others = [("defence:team:1", "Чужой", "open", "", boris)] * 2
    moved = [
        ("session:one", "Первый", "open", "", anna),
        ("session:one", "Второй", "answered", "Да.", anna),
        ("design:team:1", "Третий", "hidden", "Лишний", anna),
    ]
    votes = [("questions", "Первый", boris), ("questions", "Второй", boris)]
    assert asked() == ([*others, *moved], votes), "the song that is called like a question is no vote for it"
    bring_to(it.stage, "seminar_0003")
    assert asked()[0] == others
    assert upgrade(it.stage.site) == ["seminar"]
    assert asked() == ([*others, *moved], votes)
    it.browser(boris).post(f"{it.stage.base(it.run)}questions/talks/to/session:one/", {"question": "Четвёртый"})
    assert asked()[0][-1] == ("session:one", "Четвёртый", "open", "", boris)
