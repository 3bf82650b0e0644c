"""what people would rather review, and whom they asked to be kept apart from"""

import sqlalchemy as sa
from alembic import op

revision = "core_0010"
down_revision = "core_0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "allocation_own_conflict",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["other_id"], ["person.id"], name=op.f("fk_allocation_own_conflict_other_id_person")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_allocation_own_conflict_person_id_person")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_allocation_own_conflict_run_id_run")),
        sa.PrimaryKeyConstraint("run_id", "person_id", "other_id", name=op.f("pk_allocation_own_conflict")),
    )
    with op.batch_alter_table("allocation_own_conflict", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_allocation_own_conflict_other_id"), ["other_id"], unique=False)

    op.create_table(
        "allocation_wish",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("block", sa.String(length=80), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("wish", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_allocation_wish_person_id_person")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_allocation_wish_run_id_run")),
        sa.PrimaryKeyConstraint("run_id", "block", "subject", "person_id", name=op.f("pk_allocation_wish")),
    )
    with op.batch_alter_table("allocation_wish", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_allocation_wish_person_id"), ["person_id"], unique=False)


def downgrade() -> None:
    op.drop_table("allocation_wish")
    op.drop_table("allocation_own_conflict")
