"""Works that were handed in before the core kept them are there afterwards, and before again."""

from alembic import command
from sqlalchemy import text

from lms.db import db
from lms.migrate import alembic_config, owners, upgrade
from lms.plugin import Plugin


def revise(it, to: str) -> None:
    """Bring the project's tables down to a version of theirs."""
    owner: Plugin = next(one for one in owners(it.stage.site) if one.name == "project")
    db.session.remove()
    with db.engine.connect() as connection, connection.begin():
        command.downgrade(alembic_config(owner, connection), to)


def test_works_move_to_the_core_and_back(group, full):
    it = group(learners=2)
    anna, boris = it.learners
    # another kind's works have ids too, so that those of the project are others in each table
    db.session.execute(
        text(
            "INSERT INTO submission (run_id, block, owner, stage, number, state, author_id, title, text, html, files, edits, late,"
            " changed_at, feedback) SELECT run_id, 'other', 'person:1', 'work', 1, 'draft', person_id, '', 'Чужое', '', '[]', 0,"
            " late, changed_at, '' FROM (SELECT run_id, person_id, changed_at, 1 = 0 AS late FROM enrolment LIMIT 1) e"
        )
    )
    db.session.commit()
    it.send(anna, files=[("plan.txt", "План".encode())])
    it.answer(2, accept=False, feedback="Сузьте вопрос.")
    it.send(anna, text="Узкий замысел.")
    it.answer(3, feedback="Хорошо.")
    it.send(anna, stage="story", text="Рассказ.")
    it.answer(4, **full)
    it.send(boris, text="Черновик", hand_in=False)
    it.browser(it.tutor).post(f"{it.works}time/person/{boris}/story/", {"until": "2026-03-25T09:30"})
    before, page = it.handins(), it.browser(anna).get(f"{it.works}own/plan/")

    revise(it, "project_0001")
    rows = db.session.execute(text("SELECT owner, stage, number, state FROM project_handin ORDER BY id")).all()
    assert [tuple(row) for row in rows] == [row[1:5] for row in before if row[2] != "work"]
    old = [row.id for row in db.session.execute(text("SELECT id FROM project_handin ORDER BY id"))]
    assert old == [1, 2, 3, 4]
    subjects = db.session.execute(text("SELECT subject FROM assessment")).scalars().all()
    assert subjects == ["handin:3"]
    assert db.session.execute(text("SELECT purpose FROM file")).scalars().all() == ["stage:1"]
    assert db.session.execute(text("SELECT owner, stage FROM project_more_time")).all() == [
        (f"person:{boris}", "story")
    ]
    assert [row[2] for row in it.handins()] == ["work"], "what is another kind's stays"

    db.session.remove()
    assert upgrade(it.stage.site) == ["project"]
    assert [row[1:] for row in it.handins()] == [row[1:] for row in before]
    work = {row[2:4]: row[0] for row in it.handins() if row[1] == f"person:{anna}"}
    assert db.session.execute(text("SELECT subject FROM assessment")).scalars().all() == [
        f"submission:{work['story', 1]}"
    ]
    after = it.browser(anna).get(f"{it.works}own/plan/")
    assert (
        after.replace(f"{it.works}{work['plan', 2]}/", f"{it.works}3/").replace(
            f"{it.works}{work['plan', 1]}/", f"{it.works}2/"
        )
        == page
    )
    assert it.browser(anna).get(f"{it.works}{work['plan', 2]}/files/1", buffered=True) == "План"
    assert "Хорошо." in it.browser(anna).get(f"{it.works}own/story/")
    assert 'value="2026-03-25T09:30"' in it.browser(it.tutor).get(f"{it.works}time/person/{boris}/story/")
