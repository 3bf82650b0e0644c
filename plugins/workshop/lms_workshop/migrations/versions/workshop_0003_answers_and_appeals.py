"""answers to reviews, and appeals"""

import sqlalchemy as sa
from alembic import op

revision = "workshop_0003"
down_revision = "workshop_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "workshop_appeal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("block", sa.String(length=80), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("before", sa.Float(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("after", sa.Float(), nullable=True),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["answered_by"], ["person.id"], name=op.f("fk_workshop_appeal_answered_by_person")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_workshop_appeal_person_id_person")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_workshop_appeal_run_id_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workshop_appeal")),
    )
    with op.batch_alter_table("workshop_appeal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_workshop_appeal_person_id"), ["person_id"], unique=False)
        batch_op.create_index("ix_workshop_appeal_run_id_block", ["run_id", "block"], unique=False)

    op.create_table(
        "workshop_reply",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("block", sa.String(length=80), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("reviewer_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("helped", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_workshop_reply_author_id_person")),
        sa.ForeignKeyConstraint(["reviewer_id"], ["person.id"], name=op.f("fk_workshop_reply_reviewer_id_person")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_workshop_reply_run_id_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workshop_reply")),
        sa.UniqueConstraint(
            "run_id", "block", "subject", "reviewer_id",
            name=op.f("uq_workshop_reply_run_id_block_subject_reviewer_id"),
        ),
    )  # fmt: skip
    with op.batch_alter_table("workshop_reply", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_workshop_reply_author_id"), ["author_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_workshop_reply_reviewer_id"), ["reviewer_id"], unique=False)


def downgrade() -> None:
    op.drop_table("workshop_reply")
    op.drop_table("workshop_appeal")
