"""Seats and attendance that were kept by the seminar itself are the core's, and can go back."""

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
