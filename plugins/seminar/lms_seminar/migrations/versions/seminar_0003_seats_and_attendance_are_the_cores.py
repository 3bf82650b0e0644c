"""seats and attendance are kept by the core"""

import sqlalchemy as sa
from alembic import op

revision = "seminar_0003"
down_revision = "seminar_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "INSERT INTO booking_place (run_id, block, slot, person_id, team_id, number, since)"
        " SELECT run_id, block, 'seminar', person_id, NULL, number, since FROM seminar_seat ORDER BY id"
    )
    op.execute(
        "INSERT INTO attendance (run_id, block, meeting, person_id, state, source, minutes, evidence, by_id, at, tries)"
        " SELECT run_id, block, session, person_id, state, source, NULL, '', by_id, at, tries FROM seminar_attendance"
    )
    with op.batch_alter_table("seminar_seat", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_seminar_seat_person_id"))

    op.drop_table("seminar_seat")
    with op.batch_alter_table("seminar_attendance", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_seminar_attendance_person_id"))

    op.drop_table("seminar_attendance")


def downgrade() -> None:
    op.create_table(
        "seminar_attendance",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("block", sa.String(length=80), nullable=False),
        sa.Column("session", sa.String(length=80), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_seminar_attendance_by_id_person")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_seminar_attendance_person_id_person")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_seminar_attendance_run_id_run")),
        sa.PrimaryKeyConstraint("run_id", "block", "session", "person_id", name=op.f("pk_seminar_attendance")),
    )
    with op.batch_alter_table("seminar_attendance", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_seminar_attendance_person_id"), ["person_id"], unique=False)

    op.create_table(
        "seminar_seat",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("block", sa.String(length=80), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_seminar_seat_person_id_person")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_seminar_seat_run_id_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seminar_seat")),
        sa.UniqueConstraint("run_id", "block", "number", name=op.f("uq_seminar_seat_run_id_block_number")),
        sa.UniqueConstraint("run_id", "block", "person_id", name=op.f("uq_seminar_seat_run_id_block_person_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("seminar_seat", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_seminar_seat_person_id"), ["person_id"], unique=False)

    op.execute(
        "INSERT INTO seminar_seat (run_id, block, person_id, number, since)"
        " SELECT run_id, block, person_id, number, since FROM booking_place WHERE slot = 'seminar' ORDER BY id"
    )
    op.execute("DELETE FROM booking_place WHERE slot = 'seminar'")
    # marks of attendance do not say whose kind the activity is: it is known where there is a result
    ours = (
        "FROM attendance WHERE source IN ('', 'tutor', 'code') AND EXISTS (SELECT 1 FROM result"
        " WHERE result.run_id = attendance.run_id AND result.item = attendance.block AND result.kind = 'seminar')"
    )
    op.execute(
        "INSERT INTO seminar_attendance (run_id, block, session, person_id, state, source, by_id, at, tries)"
        f" SELECT run_id, block, meeting, person_id, state, source, by_id, at, tries {ours}"
    )
    op.execute(f"DELETE {ours}")
