"""how far people have read and what they follow in discussions, summaries of threads, words to search posts by"""

import sqlalchemy as sa
from alembic import op

from courses.text import plain_text
from lms.discussion.rules import index

revision = "core_0008"
down_revision = "core_0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "thread_reader",
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("following", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_thread_reader_person_id_person")),
        sa.ForeignKeyConstraint(["thread_id"], ["thread.id"], name=op.f("fk_thread_reader_thread_id_thread")),
        sa.PrimaryKeyConstraint("thread_id", "person_id", name=op.f("pk_thread_reader")),
    )
    op.create_index(op.f("ix_thread_reader_person_id"), "thread_reader", ["person_id"], unique=False)
    op.create_table(
        "discussion_follower",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("block", sa.String(length=80), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_discussion_follower_person_id_person")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_discussion_follower_run_id_run")),
        sa.PrimaryKeyConstraint("run_id", "block", "person_id", name=op.f("pk_discussion_follower")),
    )
    op.create_index(op.f("ix_discussion_follower_person_id"), "discussion_follower", ["person_id"], unique=False)
    op.create_table(
        "thread_summary",
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_thread_summary_author_id_person")),
        sa.ForeignKeyConstraint(["thread_id"], ["thread.id"], name=op.f("fk_thread_summary_thread_id_thread")),
        sa.PrimaryKeyConstraint("thread_id", name=op.f("pk_thread_summary")),
    )
    op.create_index(op.f("ix_thread_summary_author_id"), "thread_summary", ["author_id"], unique=False)
    op.add_column("post", sa.Column("words", sa.Text(), server_default="", nullable=False))
    _read_what_is_written()


def _read_what_is_written() -> None:
    """Posts that are there can be found, and count as read: nobody is to look through years for what is new."""
    connection = op.get_bind()
    post = sa.table("post", *map(sa.column, ("id", "thread_id", "html", "words")))
    thread = sa.table("thread", *map(sa.column, ("id", "title", "run_id")))
    opening = set(connection.execute(sa.select(sa.func.min(post.c.id)).group_by(post.c.thread_id)).scalars())
    rows = sa.select(post.c.id, post.c.html, thread.c.title).join_from(post, thread, thread.c.id == post.c.thread_id)
    for row in connection.execute(rows).all():
        words = index(row.title if row.id in opening else "", plain_text(row.html))
        connection.execute(post.update().where(post.c.id == row.id).values(words=words))
    connection.execute(
        sa.text(
            "INSERT INTO thread_reader (thread_id, person_id, seen)"
            " SELECT t.id, e.person_id, (SELECT max(o.id) FROM post o WHERE o.thread_id = t.id)"
            " FROM thread t JOIN enrolment e ON e.run_id = t.run_id"
            " WHERE EXISTS (SELECT 1 FROM post o WHERE o.thread_id = t.id)"
        )
    )


def downgrade() -> None:
    op.drop_column("post", "words")
    op.drop_index(op.f("ix_thread_summary_author_id"), table_name="thread_summary")
    op.drop_table("thread_summary")
    op.drop_index(op.f("ix_discussion_follower_person_id"), table_name="discussion_follower")
    op.drop_table("discussion_follower")
    op.drop_index(op.f("ix_thread_reader_person_id"), table_name="thread_reader")
    op.drop_table("thread_reader")
