"""what people report in discussions, and words to search by their beginnings"""

import sqlalchemy as sa
from alembic import op

from courses.text import plain_text
from lms.discussion.rules import index

revision = "core_0012"
down_revision = "core_0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "post_report",
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_post_report_person_id_person")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_post_report_post_id_post")),
        sa.PrimaryKeyConstraint("post_id", "person_id", name=op.f("pk_post_report")),
    )
    op.create_index(op.f("ix_post_report_person_id"), "post_report", ["person_id"], unique=False)
    connection = op.get_bind()
    post = sa.table("post", *map(sa.column, ("id", "thread_id", "html", "words")))
    thread = sa.table("thread", *map(sa.column, ("id", "title")))
    opening = set(connection.execute(sa.select(sa.func.min(post.c.id)).group_by(post.c.thread_id)).scalars())
    rows = sa.select(post.c.id, post.c.html, thread.c.title).join_from(post, thread, thread.c.id == post.c.thread_id)
    for row in connection.execute(rows).all():
        words = index(row.title if row.id in opening else "", plain_text(row.html))
        connection.execute(post.update().where(post.c.id == row.id).values(words=words))


def downgrade() -> None:
    op.drop_index(op.f("ix_post_report_person_id"), table_name="post_report")
    op.drop_table("post_report")
