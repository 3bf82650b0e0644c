"""Reviews that were handed out before the core kept them are there afterwards, and before again."""

import json
import re

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


def test_works_move_to_the_core_with_their_files_and_back(room) -> None:
    room.learners("Абрикосова", "Берёзова")
    room.hand_in("Абрикосова", files={"план.txt": b"one", "ещё.txt": b"two"})
    room.send("Абрикосова", "Новое", "Вторая *версия*.")
    room.hand_in("Берёзова")
    board, page = room.tutor.get(f"{room.base}works/1/"), room.browsers["Абрикосова"].get(room.own)
    files = list(dict.fromkeys(re.findall(r"[^\"]*works/sample/\d+/files/\d+", page)))
    assert len(files) >= 2
    revise(room, "workshop_0003")
    rows = db.session.execute(text("SELECT person_id, title, text, number FROM workshop_work ORDER BY id")).all()
    anna, berta = room.people["Абрикосова"], room.people["Берёзова"]
    assert [tuple(row) for row in rows] == [
        (anna, "Новое", "Вторая *версия*.", 0),
        (berta, f"Труд {room.secret('Берёзова')}", f"Текст **{room.secret('Берёзова')}**.", 0),
    ]
    kept = "SELECT name FROM file WHERE purpose = 'work:1' ORDER BY id"
    assert list(db.session.scalars(text(kept))) == ["план.txt", "ещё.txt"]
    assert db.session.scalars(text("SELECT count(*) FROM submission")).one() == 0
    db.session.rollback()
    assert upgrade(room.stage.site) == ["workshop"]
    rows = db.session.execute(text("SELECT owner, number, state, title, html, late FROM submission ORDER BY id")).all()
    assert [(row.owner, row.number, row.state, row.title, bool(row.late)) for row in rows] == [
        (f"person:{anna}", 1, "waiting", "Новое", False),
        (f"person:{berta}", 1, "waiting", f"Труд {room.secret('Берёзова')}", False),
    ]
    assert "<em>версия</em>" in rows[0].html
    page = room.browsers["Абрикосова"].get(room.own)
    found = list(dict.fromkeys(re.findall(r"[^\"]*works/sample/\d+/files/\d+", page)))
    assert [room.file("Абрикосова", one)[0] for one in found] == [b"one", b"two"]
    assert "план.txt" in board
    assert "план.txt" in room.tutor.get(f"{room.base}works/1/")
    room.move("review")
    assert len(room.pairs()) == 2
