"""what an attempt drew, its deadline, and who has more time or tries"""

import sqlalchemy as sa
from alembic import op

revision = "quiz_0002"
down_revision = "quiz_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("quiz_attempt", schema=None) as batch_op:
        # attempts of before ask the quiz as it is written, without a deadline of their own
        batch_op.add_column(sa.Column("drawn", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("deadline", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("held", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("quiz_attempt", schema=None) as batch_op:
        batch_op.create_index(
            "ix_quiz_attempt_held",
            ["run_id", "block"],
            unique=False,
            sqlite_where=sa.text("held"),
            postgresql_where=sa.text("held"),
        )

    op.create_table(
        "quiz_override",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("block", sa.String(length=80), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_quiz_override_by_id_person")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_quiz_override_person_id_person")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_quiz_override_run_id_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quiz_override")),
    )
    with op.batch_alter_table("quiz_override", schema=None) as batch_op:
        batch_op.create_index("ix_quiz_override_run_id_block", ["run_id", "block"], unique=False)
        batch_op.create_index("ix_quiz_override_person_id", ["person_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("quiz_override", schema=None) as batch_op:
        batch_op.drop_index("ix_quiz_override_person_id")
        batch_op.drop_index("ix_quiz_override_run_id_block")

    op.drop_table("quiz_override")
    with op.batch_alter_table("quiz_attempt", schema=None) as batch_op:
        batch_op.drop_index("ix_quiz_attempt_held", sqlite_where=sa.text("held"), postgresql_where=sa.text("held"))
        batch_op.drop_column("held")
        batch_op.drop_column("deadline")
        batch_op.drop_column("drawn")
