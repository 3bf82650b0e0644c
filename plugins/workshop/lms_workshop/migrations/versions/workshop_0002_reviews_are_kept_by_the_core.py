"""who reviews what is kept by the core"""

import json

import sqlalchemy as sa
from alembic import op

revision = "workshop_0002"
down_revision = "workshop_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    connection = op.get_bind()
    connection.execute(
        sa.text(
            "INSERT INTO allocation_pair (run_id, block, subject, reviewer_id, number, by_hand, why, created_at)"
            " SELECT run_id, block, 'work:' || work_id, reviewer_id, number, by_hand, '[]', created_at"
            " FROM workshop_review ORDER BY id"
        )
    )
    authors: dict[tuple[int, str], dict[str, list[int]]] = {}
    for id, run_id, block, person_id in connection.execute(
        sa.text("SELECT id, run_id, block, person_id FROM workshop_work WHERE number <> 0 ORDER BY id")
    ):
        authors.setdefault((run_id, block), {})[f"work:{id}"] = [person_id]
    moments = sa.text(
        "SELECT run_id, block, min(created_at) AS drawn_at FROM workshop_work WHERE number <> 0 GROUP BY run_id, block"
    ).columns(drawn_at=sa.DateTime(timezone=True))
    table = sa.table(
        "allocation", sa.column("run_id", sa.Integer), sa.column("block", sa.String), sa.column("seed", sa.String),
        sa.column("authors", sa.Text), sa.column("drawn_at", sa.DateTime(timezone=True)),
    )  # fmt: skip
    rows = [
        {
            "run_id": run_id, "block": block, "seed": f"{run_id}/{block}", "authors": json.dumps(authors[run_id, block]),
            "drawn_at": drawn_at,
        }
        for run_id, block, drawn_at in connection.execute(moments)
    ]  # fmt: skip
    if rows:
        op.bulk_insert(table, rows)
    with op.batch_alter_table("workshop_review", schema=None) as batch_op:
        batch_op.drop_index("ix_workshop_review_run_id_block")
        batch_op.drop_index(batch_op.f("ix_workshop_review_reviewer_id"))

    op.drop_table("workshop_review")


def downgrade() -> None:
    op.create_table(
        "workshop_review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("block", sa.String(length=80), nullable=False),
        sa.Column("work_id", sa.Integer(), nullable=False),
        sa.Column("reviewer_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("by_hand", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["reviewer_id"], ["person.id"], name=op.f("fk_workshop_review_reviewer_id_person")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_workshop_review_run_id_run")),
        sa.ForeignKeyConstraint(
            ["work_id"], ["workshop_work.id"], name=op.f("fk_workshop_review_work_id_workshop_work")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workshop_review")),
        sa.UniqueConstraint("work_id", "reviewer_id", name=op.f("uq_workshop_review_work_id_reviewer_id")),
    )
    with op.batch_alter_table("workshop_review", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_workshop_review_reviewer_id"), ["reviewer_id"], unique=False)
        batch_op.create_index("ix_workshop_review_run_id_block", ["run_id", "block"], unique=False)

    op.execute(
        "INSERT INTO workshop_review (run_id, block, work_id, reviewer_id, number, by_hand, created_at)"
        " SELECT p.run_id, p.block, w.id, p.reviewer_id, p.number, p.by_hand, p.created_at FROM allocation_pair p"
        " JOIN workshop_work w ON p.run_id = w.run_id AND p.block = w.block AND p.subject = 'work:' || w.id"
    )
