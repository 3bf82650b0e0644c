"""Reviews that were handed out before the core kept them are there afterwards, and before again."""

import json

from alembic import command
from sqlalchemy import func, select, text

from lms.allocation.models import AllocationPair, AllocationRecord
from lms.db import db
from lms.migrate import alembic_config, owners, upgrade
from lms.plugin import Plugin


def revise(room, to: str) -> None:
    """Bring the workshop's tables down to a version of theirs."""
    owner: Plugin = next(one for one in owners(room.stage.site) if one.name == "workshop")
    db.session.remove()
    with db.engine.connect() as connection, connection.begin():
        command.downgrade(alembic_config(owner, connection), to)


def test_who_reviews_what_moves_to_the_core_and_back(room) -> None:
    names = ("Абрикосова", "Берёзова", "Вишнёва")
    room.learners(*names)
    room.hand_in(*names)
    room.move("review")
    before = room.pairs()
    revise(room, "workshop_0001")
    query = text(
        "SELECT w.person_id, r.reviewer_id, w.number FROM workshop_review r JOIN workshop_work w ON w.id = r.work_id"
    )
    surnames = {id: surname for surname, id in room.people.items()}
    rows = db.session.execute(query).all()
    assert sorted((surnames[one], surnames[other], number) for one, other, number in rows) == sorted(before)
    db.session.execute(text("DELETE FROM allocation_pair"))
    db.session.execute(text("DELETE FROM allocation"))
    db.session.commit()
    assert upgrade(room.stage.site) == ["workshop"]
    assert room.pairs() == before
    record = db.session.execute(select(AllocationRecord)).scalar_one()
    assert json.loads(record.authors) == {f"work:{room.work(name)}": [room.people[name]] for name in names}
    assert db.session.execute(select(func.count()).select_from(AllocationPair)).scalar_one() == 6
    # and it goes on from there: handed out already, and to be repaired
    assert "The works are already handed out to reviewers." in room.tutor.post(f"{room.base}allocate")
    assert "Nothing" in room.tutor.get(f"{room.stage.base(room.run)}allocation/sample/repair")
