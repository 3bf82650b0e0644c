"""questions and votes for them are kept by the core

Others may ask in the core's table already: questions move by as many numbers as it has, and votes for them with them. On the way back
those of seminars are known by what they are put to.
"""

import sqlalchemy as sa
from alembic import op

revision = "seminar_0004"
down_revision = "seminar_0003"
branch_labels = None
depends_on = None

COLUMNS = "run_id, block, subject, asker_id, text, asked_at, state, answer, answered_by, answered_at"
OURS = "(subject LIKE 'session:%' OR subject LIKE 'design:team:%')"


def move(source: str, target: str, where: str, ballot: str, of: str) -> None:
    """Questions from one table to the other behind what is there, and the votes (`of` says which) with them to a `ballot`."""
    connection = op.get_bind()
    by = connection.execute(sa.text(f"SELECT coalesce(max(id), 0) FROM {target}")).scalar_one()  # noqa: S608 - constants
    op.execute(
        f"INSERT INTO {target} (id, {COLUMNS}) SELECT id + {by}, {COLUMNS} FROM {source} WHERE {where} ORDER BY id"  # noqa: S608
    )
    here = (
        f"{source}.run_id = vote.run_id AND {source}.block = vote.block AND vote.subject = 'question:' || {source}.id"
    )
    op.execute(
        f"UPDATE vote SET ballot = (SELECT {ballot} FROM {source} WHERE {here}),"  # noqa: S608
        f" subject = (SELECT 'question:' || ({source}.id + {by}) FROM {source} WHERE {here})"
        f" WHERE {of} AND EXISTS (SELECT 1 FROM {source} WHERE {here} AND {where})"
    )
    if connection.dialect.name == "postgresql":
        op.execute(
            f"SELECT setval(pg_get_serial_sequence('{target}', 'id'), (SELECT max(id) FROM {target}))"  # noqa: S608
            f" WHERE EXISTS (SELECT 1 FROM {target})"
        )


def upgrade() -> None:
    move("seminar_question", "question", "1 = 1", "'questions'", "ballot LIKE 'session:%'")
    op.drop_table("seminar_question")


def downgrade() -> None:
    op.create_table(
        "seminar_question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("block", sa.String(length=80), nullable=False),
        sa.Column("subject", sa.String(length=100), nullable=False),
        sa.Column("asker_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["answered_by"], ["person.id"], name=op.f("fk_seminar_question_answered_by_person")),
        sa.ForeignKeyConstraint(["asker_id"], ["person.id"], name=op.f("fk_seminar_question_asker_id_person")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_seminar_question_run_id_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seminar_question")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("seminar_question", schema=None) as batch_op:
        batch_op.create_index("ix_seminar_question_subject", ["run_id", "block", "subject"], unique=False)
        batch_op.create_index(batch_op.f("ix_seminar_question_asker_id"), ["asker_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_seminar_question_answered_by"), ["answered_by"], unique=False)
    move("question", "seminar_question", OURS, "question.subject", "ballot = 'questions'")
    op.execute(f"DELETE FROM question WHERE {OURS}")  # noqa: S608
