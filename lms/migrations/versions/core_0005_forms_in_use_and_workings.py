"""forms in use, workings of marks, and weights of criteria that do not multiply points

A weight used to multiply the points of its criterion; now it is how much the criterion counts, however many points it has, and
without any weight points are added up. What is stored is rewritten so that every form gives the same marks as before.
"""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "core_0005"
down_revision = "core_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "marking_form",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("block", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_marking_form_run_id_run")),
        sa.PrimaryKeyConstraint("run_id", "block", "name", name=op.f("pk_marking_form")),
    )
    op.create_table(
        "mark_working",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("block", sa.String(length=80), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.String(length=20), nullable=False),
        sa.Column("formula", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("share", sa.Float(), nullable=True),
        sa.Column("parts", sa.Text(), nullable=False),
        sa.Column("marking", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_mark_working_person_id_person")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_mark_working_run_id_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mark_working")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("mark_working", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mark_working_person_id"), ["person_id"], unique=False)
        batch_op.create_index("ix_mark_working_run_id_block", ["run_id", "block"], unique=False)
    _rewrite("assessment", "form", ("id",))
    _rewrite("edition", "document", ("revision_id", "language"))


def downgrade() -> None:
    with op.batch_alter_table("mark_working", schema=None) as batch_op:
        batch_op.drop_index("ix_mark_working_run_id_block")
        batch_op.drop_index(batch_op.f("ix_mark_working_person_id"))

    op.drop_table("mark_working")
    op.drop_table("marking_form")


def _rewrite(table: str, column: str, keys: tuple[str, ...]) -> None:
    names: list[sa.ColumnClause[Any]] = [sa.column(name) for name in (*keys, column)]
    rows = sa.table(table, *names)
    connection = op.get_bind()
    for row in connection.execute(sa.select(rows)).all():
        before = row._mapping[column]
        after = rewritten(before)
        if after != before:
            here = sa.and_(*(rows.c[key] == row._mapping[key] for key in keys))
            connection.execute(rows.update().where(here).values({column: after}))


def rewritten(text: str) -> str:
    """A stored document with the weights of all marking forms in it as they are meant now."""
    document = json.loads(text)
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")) if _walk(document) else text


def _walk(node: Any) -> bool:
    """Rewrite the marking forms below this node; whether there were any."""
    if isinstance(node, list):
        return sum(map(_walk, node)) > 0
    if not isinstance(node, dict):
        return False
    if "strategy" in node and isinstance(node.get("items"), list):
        return _rewrite_form(node)
    return sum(map(_walk, node.values())) > 0


def _rewrite_form(form: dict[str, Any]) -> bool:
    items = form["items"]
    if form["strategy"] == "errors" or not all("points" in item and item.get("weight") is not None for item in items):
        return False
    alike = all(item["weight"] == 1 for item in items)
    lifted = any(min((level["points"] for level in item["levels"]), default=0) > 0 for item in items)
    if form["strategy"] == "rubric" and (lifted or not alike):
        form["strategy"] = "points"  # the sum of levels as it was; a rubric is reckoned from the lowest ones now
    for item in items:
        item["weight"] = None if alike or form["strategy"] == "comments" else item["weight"] * item["points"]
    return True
