"""works are kept by the core"""

import json
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from courses.text import render_untrusted

revision = "workshop_0004"
down_revision = "workshop_0003"
branch_labels = None
depends_on = None

WORK = sa.table(
    "workshop_work", sa.column("id", sa.Integer), sa.column("run_id", sa.Integer), sa.column("block", sa.String),
    sa.column("person_id", sa.Integer), sa.column("owner", sa.String), sa.column("title", sa.String), sa.column("text", sa.Text),
    sa.column("created_at", sa.DateTime(timezone=True)), sa.column("updated_at", sa.DateTime(timezone=True)),
)  # fmt: skip
SUBMISSION = sa.table(
    "submission", sa.column("id", sa.Integer), sa.column("run_id", sa.Integer), sa.column("block", sa.String),
    sa.column("owner", sa.String), sa.column("stage", sa.String), sa.column("number", sa.Integer),
    sa.column("state", sa.String), sa.column("author_id", sa.Integer), sa.column("title", sa.String),
    sa.column("text", sa.Text), sa.column("html", sa.Text), sa.column("files", sa.Text), sa.column("edits", sa.Integer),
    sa.column("late", sa.Boolean), sa.column("changed_at", sa.DateTime(timezone=True)),
    sa.column("handed_in_at", sa.DateTime(timezone=True)), sa.column("feedback", sa.Text),
)  # fmt: skip
FILE = sa.table(
    "file", sa.column("id", sa.Integer), sa.column("run_id", sa.Integer), sa.column("block", sa.String),
    sa.column("purpose", sa.String),
)  # fmt: skip


def upgrade() -> None:
    connection = op.get_bind()
    for work in _works(connection):
        here = (FILE.c.run_id == work.run_id, FILE.c.block == work.block, FILE.c.purpose == f"work:{work.id}")
        files = list(connection.execute(sa.select(FILE.c.id).where(*here).order_by(FILE.c.id)).scalars())
        values = {
            "run_id": work.run_id, "block": work.block, "owner": f"person:{work.person_id}", "stage": "work", "number": 1,
            "state": "waiting", "author_id": work.person_id, "title": work.title, "text": work.text,
            "html": render_untrusted(work.text), "files": json.dumps(files), "edits": 1, "late": False,
            "changed_at": work.updated_at, "handed_in_at": work.updated_at, "feedback": "",
        }  # fmt: skip
        connection.execute(sa.insert(SUBMISSION).values(values))
        found = sa.select(SUBMISSION.c.id).where(
            *(SUBMISSION.c[name] == values[name] for name in ("run_id", "block", "owner", "stage"))
        )
        purpose = f"submission:{connection.execute(found).scalar_one()}"
        connection.execute(sa.update(FILE).where(*here).values(purpose=purpose))
    with op.batch_alter_table("workshop_work", schema=None) as batch_op:
        batch_op.add_column(sa.Column("owner", sa.String(length=40), nullable=True))
    op.execute("UPDATE workshop_work SET owner = 'person:' || person_id")
    with op.batch_alter_table("workshop_work", schema=None) as batch_op:
        batch_op.alter_column("owner", existing_type=sa.String(length=40), nullable=False)
        batch_op.drop_constraint(batch_op.f("uq_workshop_work_run_id_block_person_id"), type_="unique")
        batch_op.drop_constraint(batch_op.f("fk_workshop_work_person_id_person"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_workshop_work_person_id"))
        for name in ("person_id", "title", "text", "created_at", "updated_at"):
            batch_op.drop_column(name)
        batch_op.create_unique_constraint(
            batch_op.f("uq_workshop_work_run_id_block_owner"), ["run_id", "block", "owner"]
        )
        batch_op.create_index(batch_op.f("ix_workshop_work_owner"), ["owner"], unique=False)


def _works(connection: sa.Connection) -> Iterator[Any]:
    """All works as they were kept here."""
    columns = [WORK.c[name] for name in ("id", "run_id", "block", "person_id", "title", "text", "updated_at")]
    yield from connection.execute(sa.select(*columns).order_by(WORK.c.id)).all()


def downgrade() -> None:
    connection = op.get_bind()
    with op.batch_alter_table("workshop_work", schema=None) as batch_op:
        batch_op.add_column(sa.Column("person_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("title", sa.String(length=200), nullable=True))
        batch_op.add_column(sa.Column("text", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("created_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("updated_at", sa.DateTime(timezone=True), nullable=True))
    columns = [WORK.c[name] for name in ("id", "run_id", "block", "owner")]
    for work in connection.execute(sa.select(*columns).order_by(WORK.c.id)).all():
        whole = (
            SUBMISSION.c.run_id == work.run_id, SUBMISSION.c.block == work.block, SUBMISSION.c.owner == work.owner,
            SUBMISSION.c.stage == "work",
        )  # fmt: skip
        kept = [
            SUBMISSION.c[name]
            for name in ("id", "author_id", "title", "text", "files", "changed_at", "handed_in_at", "state")
        ]
        versions = connection.execute(sa.select(*kept).where(*whole).order_by(SUBMISSION.c.number)).all()
        sent = [one for one in versions if one.state != "draft"]
        last = sent[-1]
        connection.execute(
            sa.update(WORK)
            .where(WORK.c.id == work.id)
            .values(
                person_id=last.author_id, title=last.title or "—", text=last.text, created_at=sent[0].handed_in_at,
                updated_at=last.changed_at,
            )
        )  # fmt: skip
        connection.execute(
            sa.update(FILE).where(FILE.c.id.in_(json.loads(last.files))).values(purpose=f"work:{work.id}")
        )
        ids = [one.id for one in versions]
        comments = sa.table("submission_comment", sa.column("submission_id", sa.Integer))
        connection.execute(sa.delete(comments).where(comments.c.submission_id.in_(ids)))
        connection.execute(sa.delete(SUBMISSION).where(SUBMISSION.c.id.in_(ids)))
    with op.batch_alter_table("workshop_work", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_workshop_work_owner"))
        batch_op.drop_constraint(batch_op.f("uq_workshop_work_run_id_block_owner"), type_="unique")
        batch_op.drop_column("owner")
        for name, kind in (("person_id", sa.Integer()), ("title", sa.String(length=200)), ("text", sa.Text())):
            batch_op.alter_column(name, existing_type=kind, nullable=False)
        for name in ("created_at", "updated_at"):
            batch_op.alter_column(name, existing_type=sa.DateTime(timezone=True), nullable=False)
        batch_op.create_foreign_key(batch_op.f("fk_workshop_work_person_id_person"), "person", ["person_id"], ["id"])
        batch_op.create_unique_constraint(
            batch_op.f("uq_workshop_work_run_id_block_person_id"), ["run_id", "block", "person_id"]
        )
        batch_op.create_index(batch_op.f("ix_workshop_work_person_id"), ["person_id"], unique=False)
