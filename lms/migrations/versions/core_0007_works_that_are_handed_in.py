"""works that are handed in: versions, more time, comments on passages, consent to be shown"""

import sqlalchemy as sa
from alembic import op

revision = "core_0007"
down_revision = "core_0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "submission",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("block", sa.String(length=80), nullable=False),
        sa.Column("owner", sa.String(length=40), nullable=False),
        sa.Column("stage", sa.String(length=80), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
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
        sa.ForeignKeyConstraint(["answered_by"], ["person.id"], name=op.f("fk_submission_answered_by_person")),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_submission_author_id_person")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_submission_run_id_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission")),
        sa.UniqueConstraint(
            "run_id", "block", "owner", "stage", "number", name=op.f("uq_submission_run_id_block_owner_stage_number")
        ),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("submission", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_submission_author_id"), ["author_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_submission_owner"), ["owner"], unique=False)

    op.create_table(
        "submission_time",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("block", sa.String(length=80), nullable=False),
        sa.Column("owner", sa.String(length=40), nullable=False),
        sa.Column("stage", sa.String(length=80), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_submission_time_by_id_person")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_submission_time_run_id_run")),
        sa.PrimaryKeyConstraint("run_id", "block", "owner", "stage", name=op.f("pk_submission_time")),
    )
    with op.batch_alter_table("submission_time", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_submission_time_owner"), ["owner"], unique=False)

    op.create_table(
        "submission_comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("finish", sa.Integer(), nullable=False),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_submission_comment_by_id_person")),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_submission_comment_submission_id_submission")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission_comment")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("submission_comment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_submission_comment_by_id"), ["by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_submission_comment_submission_id"), ["submission_id"], unique=False)

    op.create_table(
        "submission_consent",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("block", sa.String(length=80), nullable=False),
        sa.Column("owner", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("audience", sa.String(length=10), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_submission_consent_person_id_person")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_submission_consent_run_id_run")),
        sa.PrimaryKeyConstraint("run_id", "block", "owner", "person_id", name=op.f("pk_submission_consent")),
    )
    with op.batch_alter_table("submission_consent", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_submission_consent_person_id"), ["person_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("submission_consent", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_submission_consent_person_id"))

    op.drop_table("submission_consent")
    with op.batch_alter_table("submission_comment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_submission_comment_submission_id"))
        batch_op.drop_index(batch_op.f("ix_submission_comment_by_id"))

    op.drop_table("submission_comment")
    with op.batch_alter_table("submission_time", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_submission_time_owner"))

    op.drop_table("submission_time")
    with op.batch_alter_table("submission", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_submission_owner"))
        batch_op.drop_index(batch_op.f("ix_submission_author_id"))

    op.drop_table("submission")
