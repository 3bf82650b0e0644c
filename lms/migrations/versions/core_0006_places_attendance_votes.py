"""places in slots, attendance, votes"""

import sqlalchemy as sa
from alembic import op

revision = "core_0006"
down_revision = "core_0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "booking_slot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("block", sa.String(length=80), nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("starts", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=300), nullable=False),
        sa.Column("host_id", sa.Integer(), nullable=False),
        sa.Column("called_off_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["host_id"], ["person.id"], name=op.f("fk_booking_slot_host_id_person")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_booking_slot_run_id_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking_slot")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("booking_slot", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_booking_slot_host_id"), ["host_id"], unique=False)
        batch_op.create_index("ix_booking_slot_run_id_block", ["run_id", "block"], unique=False)

    op.create_table(
        "booking_place",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("block", sa.String(length=80), nullable=False),
        sa.Column("slot", sa.String(length=80), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_booking_place_person_id_person")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_booking_place_run_id_run")),
        sa.ForeignKeyConstraint(
            ["team_id"], ["team.id"], name=op.f("fk_booking_place_team_id_team"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking_place")),
        sa.UniqueConstraint(
            "run_id", "block", "slot", "number", name=op.f("uq_booking_place_run_id_block_slot_number")
        ),
        sa.UniqueConstraint(
            "run_id", "block", "slot", "person_id", name=op.f("uq_booking_place_run_id_block_slot_person_id")
        ),
        sa.UniqueConstraint(
            "run_id", "block", "slot", "team_id", name=op.f("uq_booking_place_run_id_block_slot_team_id")
        ),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("booking_place", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_booking_place_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_booking_place_team_id"), ["team_id"], unique=False)

    op.create_table(
        "attendance",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("block", sa.String(length=80), nullable=False),
        sa.Column("meeting", sa.String(length=80), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_attendance_by_id_person")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_attendance_person_id_person")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_attendance_run_id_run")),
        sa.PrimaryKeyConstraint("run_id", "block", "meeting", "person_id", name=op.f("pk_attendance")),
    )
    with op.batch_alter_table("attendance", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attendance_person_id"), ["person_id"], unique=False)

    op.create_table(
        "vote",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("block", sa.String(length=80), nullable=False),
        sa.Column("ballot", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_vote_person_id_person")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_vote_run_id_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vote")),
        sa.UniqueConstraint(
            "run_id",
            "block",
            "ballot",
            "subject",
            "person_id",
            name=op.f("uq_vote_run_id_block_ballot_subject_person_id"),
        ),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("vote", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_vote_person_id"), ["person_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("vote", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_vote_person_id"))

    op.drop_table("vote")
    with op.batch_alter_table("attendance", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attendance_person_id"))

    op.drop_table("attendance")
    with op.batch_alter_table("booking_place", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_booking_place_team_id"))
        batch_op.drop_index(batch_op.f("ix_booking_place_person_id"))

    op.drop_table("booking_place")
    with op.batch_alter_table("booking_slot", schema=None) as batch_op:
        batch_op.drop_index("ix_booking_slot_run_id_block")
        batch_op.drop_index(batch_op.f("ix_booking_slot_host_id"))

    op.drop_table("booking_slot")
