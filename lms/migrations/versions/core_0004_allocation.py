"""allocation: who reviews what"""

import sqlalchemy as sa
from alembic import op

revision = "core_0004"
down_revision = "core_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "allocation",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("block", sa.String(length=80), nullable=False),
        sa.Column("seed", sa.String(length=64), nullable=False),
        sa.Column("authors", sa.Text(), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_allocation_run_id_run")),
        sa.PrimaryKeyConstraint("run_id", "block", name=op.f("pk_allocation")),
    )
    op.create_table(
        "allocation_pair",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("block", sa.String(length=80), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("reviewer_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("by_hand", sa.Boolean(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["reviewer_id"], ["person.id"], name=op.f("fk_allocation_pair_reviewer_id_person")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_allocation_pair_run_id_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allocation_pair")),
        sa.UniqueConstraint(
            "run_id",
            "block",
            "subject",
            "reviewer_id",
            name=op.f("uq_allocation_pair_run_id_block_subject_reviewer_id"),
        ),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("allocation_pair", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_allocation_pair_reviewer_id"), ["reviewer_id"], unique=False)

    op.create_table(
        "allocation_conflict",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("one_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["one_id"], ["person.id"], name=op.f("fk_allocation_conflict_one_id_person")),
        sa.ForeignKeyConstraint(["other_id"], ["person.id"], name=op.f("fk_allocation_conflict_other_id_person")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_allocation_conflict_run_id_run")),
        sa.PrimaryKeyConstraint("run_id", "one_id", "other_id", name=op.f("pk_allocation_conflict")),
    )
    with op.batch_alter_table("allocation_conflict", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_allocation_conflict_other_id"), ["other_id"], unique=False)

    op.create_table(
        "allocation_origin",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("school", sa.String(length=100), nullable=False),
        sa.Column("region", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_allocation_origin_person_id_person")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_allocation_origin_run_id_run")),
        sa.PrimaryKeyConstraint("run_id", "person_id", name=op.f("pk_allocation_origin")),
    )
    with op.batch_alter_table("allocation_origin", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_allocation_origin_person_id"), ["person_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("allocation_origin", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_allocation_origin_person_id"))

    op.drop_table("allocation_origin")
    with op.batch_alter_table("allocation_conflict", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_allocation_conflict_other_id"))

    op.drop_table("allocation_conflict")
    with op.batch_alter_table("allocation_pair", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_allocation_pair_reviewer_id"))

    op.drop_table("allocation_pair")
    op.drop_table("allocation")
