"""works are kept by the core

The core's table does not say of what kind an activity is: on the way back the projects are those where the project has left its card
for somebody.
"""

import sqlalchemy as sa
from alembic import op

revision = "project_0002"
down_revision = "project_0001"
branch_labels = None
depends_on = None

KEPT = (
    "run_id, block, owner, stage, number, state, author_id, text, html, files, edits, late, changed_at, handed_in_at, feedback,"
    " answered_at, answered_by"
)
OURS = (  # where {table} speaks of a project
    "EXISTS (SELECT 1 FROM kept k WHERE k.run_id = {table}.run_id AND k.block = {table}.block AND k.name = 'answer'"
    " AND k.value LIKE '%\"states\"%')"
)
WORKS, TIMES = OURS.format(table="submission"), OURS.format(table="submission_time")


def rename(table: str, column: str, before: str, after: str, old: str, new: str) -> None:
    """Names that end in the id of a version, from those of one table to those of the other."""
    joined = (
        f"FROM {old} o JOIN {new} n ON o.run_id = n.run_id AND o.block = n.block AND o.owner = n.owner AND o.stage = n.stage"
        " AND o.number = n.number"
    )
    here = f"o.run_id = {table}.run_id AND o.block = {table}.block AND {table}.{column} = '{before}:' || o.id"
    op.execute(
        f"UPDATE {table} SET {column} = (SELECT '{after}:' || n.id {joined} WHERE {here})"  # noqa: S608 - constants
        f" WHERE {column} LIKE '{before}:%' AND EXISTS (SELECT 1 {joined} WHERE {here})"
    )


def upgrade() -> None:
    op.execute(
        f"INSERT INTO submission ({KEPT}, title) SELECT {KEPT}, '' FROM project_handin ORDER BY id"  # noqa: S608 - the same
    )
    op.execute(
        "INSERT INTO submission_time (run_id, block, owner, stage, until, by_id, at)"
        " SELECT run_id, block, owner, stage, until, by_id, at FROM project_more_time"
    )
    rename("assessment", "subject", "handin", "submission", "project_handin", "submission")
    rename("file", "purpose", "stage", "submission", "project_handin", "submission")
    with op.batch_alter_table("project_more_time", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_project_more_time_owner"))

    op.drop_table("project_more_time")
    with op.batch_alter_table("project_handin", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_project_handin_owner"))
        batch_op.drop_index(batch_op.f("ix_project_handin_author_id"))

    op.drop_table("project_handin")


def downgrade() -> None:
    op.create_table(
        "project_handin",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("block", sa.String(length=80), nullable=False),
        sa.Column("owner", sa.String(length=40), nullable=False),
        sa.Column("stage", sa.String(length=80), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("files", sa.Text(), nullable=False),
        sa.Column("edits", sa.Integer(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handed_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("feedback", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["answered_by"], ["person.id"], name=op.f("fk_project_handin_answered_by_person")),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_project_handin_author_id_person")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_project_handin_run_id_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_handin")),
        sa.UniqueConstraint(
            "run_id",
            "block",
            "owner",
            "stage",
            "number",
            name=op.f("uq_project_handin_run_id_block_owner_stage_number"),
        ),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("project_handin", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_project_handin_author_id"), ["author_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_project_handin_owner"), ["owner"], unique=False)

    op.create_table(
        "project_more_time",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("block", sa.String(length=80), nullable=False),
        sa.Column("owner", sa.String(length=40), nullable=False),
        sa.Column("stage", sa.String(length=80), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_project_more_time_by_id_person")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_project_more_time_run_id_run")),
        sa.PrimaryKeyConstraint("run_id", "block", "owner", "stage", name=op.f("pk_project_more_time")),
    )
    with op.batch_alter_table("project_more_time", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_project_more_time_owner"), ["owner"], unique=False)

    op.execute(
        f"INSERT INTO project_handin ({KEPT}) SELECT {KEPT} FROM submission WHERE {WORKS} ORDER BY id"  # noqa: S608 - the same
    )
    op.execute(
        "INSERT INTO project_more_time (run_id, block, owner, stage, until, by_id, at)"  # noqa: S608 - the same
        f" SELECT run_id, block, owner, stage, until, by_id, at FROM submission_time WHERE {TIMES}"
    )
    rename("assessment", "subject", "submission", "handin", "submission", "project_handin")
    rename("file", "purpose", "submission", "stage", "submission", "project_handin")
    op.execute(f"DELETE FROM submission_comment WHERE submission_id IN (SELECT id FROM submission WHERE {WORKS})")  # noqa: S608 - the same
    op.execute(f"DELETE FROM submission_time WHERE {TIMES}")  # noqa: S608 - the same
    op.execute(f"DELETE FROM submission WHERE {WORKS}")  # noqa: S608 - the same
