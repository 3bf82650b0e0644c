"""contracts, diaries, defences"""

import sqlalchemy as sa
from alembic import op

revision = "project_0003"
down_revision = "project_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "project_pact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("block", sa.String(length=80), nullable=False),
        sa.Column("owner", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_project_pact_by_id_person")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_project_pact_run_id_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_pact")),
        sa.UniqueConstraint(
            "run_id", "block", "owner", "kind", "number", name=op.f("uq_project_pact_run_id_block_owner_kind_number")
        ),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("project_pact", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_project_pact_by_id"), ["by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_project_pact_owner"), ["owner"], unique=False)
    op.create_table(
        "project_voice",
        sa.Column("pact_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=200), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("stance", sa.String(length=10), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["pact_id"], ["project_pact.id"], name=op.f("fk_project_voice_pact_id_project_pact")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_project_voice_person_id_person")),
        sa.PrimaryKeyConstraint("pact_id", "person_id", name=op.f("pk_project_voice")),
    )
    with op.batch_alter_table("project_voice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_project_voice_person_id"), ["person_id"], unique=False)
    op.create_table(
        "project_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("block", sa.String(length=80), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_project_entry_person_id_person")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_project_entry_run_id_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_entry")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("project_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_project_entry_person_id"), ["person_id"], unique=False)
        batch_op.create_index("ix_project_entry_run_id_block", ["run_id", "block"], unique=False)
    op.create_table(
        "project_minutes",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("block", sa.String(length=80), nullable=False),
        sa.Column("owner", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("edits", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_project_minutes_by_id_person")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_project_minutes_run_id_run")),
        sa.PrimaryKeyConstraint("run_id", "block", "owner", name=op.f("pk_project_minutes")),
    )
    with op.batch_alter_table("project_minutes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_project_minutes_by_id"), ["by_id"], unique=False)


def downgrade() -> None:
    for table in ("project_minutes", "project_entry", "project_voice", "project_pact"):
        op.drop_table(table)
