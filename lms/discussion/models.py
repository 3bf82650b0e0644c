"""Threads and posts of a run's discussion and of its activities' discussions."""

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped

from lms.db import Instant, Model, column


class ThreadRecord(Model):
    """A thread; `block` is "" in the run's general discussion. `hidden_at` is that of its opening post, whose
    fate the title shares."""

    __tablename__ = "thread"
    __table_args__ = (
        Index("ix_thread_run_id_block_pinned_last_at", "run_id", "block", "pinned", "last_at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = column(Integer, primary_key=True)
    run_id: Mapped[int] = column(ForeignKey("run.id"))
    block: Mapped[str] = column(String(80), default="", item=True)
    title: Mapped[str] = column(String(200), personal="content")
    author_id: Mapped[int] = column(ForeignKey("person.id"), index=True, personal="link")
    created_at: Mapped[datetime] = column(Instant, personal="record")
    last_at: Mapped[datetime] = column(Instant)
    pinned: Mapped[bool] = column(Boolean, default=False)
    closed: Mapped[bool] = column(Boolean, default=False)
    hidden_at: Mapped[datetime | None] = column(Instant)


class PostRecord(Model):
    """A post: `text` as it was written, `html` as it is shown, `words` as it is searched (`rules.index`; with those of the title,
    if it opens the thread). `removed_at`: its author's data were erased."""

    __tablename__ = "post"
    __table_args__ = (
        Index("ix_post_thread_id_id", "thread_id", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = column(Integer, primary_key=True)
    thread_id: Mapped[int] = column(ForeignKey("thread.id"))
    author_id: Mapped[int] = column(ForeignKey("person.id"), index=True, personal="link")
    text: Mapped[str] = column(Text, personal="content")
    html: Mapped[str] = column(Text, personal="content")
    words: Mapped[str] = column(Text, default="", server_default="", personal="content")
    created_at: Mapped[datetime] = column(Instant, personal="record")
    edited_at: Mapped[datetime | None] = column(Instant, personal="record")
    removed_at: Mapped[datetime | None] = column(Instant, personal="record")
    hidden_at: Mapped[datetime | None] = column(Instant, personal="record")
    hidden_by: Mapped[int | None] = column(ForeignKey("person.id"), personal="link")
    hidden_reason: Mapped[str] = column(String(500), default="", personal="content")


class ThreadSummary(Model):
    """What a thread comes to, in the words of somebody who leads the course: as it was written and as it is shown."""

    __tablename__ = "thread_summary"

    thread_id: Mapped[int] = column(ForeignKey("thread.id"), primary_key=True)
    text: Mapped[str] = column(Text, personal="content")
    html: Mapped[str] = column(Text, personal="content")
    author_id: Mapped[int] = column(ForeignKey("person.id"), index=True, personal="link")
    at: Mapped[datetime] = column(Instant, personal="record")


class PostReport(Model):
    """That somebody asked those who lead the run to look at a post; `settled_at`: when they had."""

    __tablename__ = "post_report"

    post_id: Mapped[int] = column(ForeignKey("post.id"), primary_key=True)
    person_id: Mapped[int] = column(ForeignKey("person.id"), primary_key=True, index=True, personal="link")
    at: Mapped[datetime] = column(Instant, personal="record")
    settled_at: Mapped[datetime | None] = column(Instant)


class ThreadReader(Model):
    """How far somebody has read a thread (`seen`: id of a post), and whether they want to be told of new posts (None: if they wrote
    in it)."""

    __tablename__ = "thread_reader"

    thread_id: Mapped[int] = column(ForeignKey("thread.id"), primary_key=True)
    person_id: Mapped[int] = column(ForeignKey("person.id"), primary_key=True, index=True, personal="link")
    seen: Mapped[int] = column(Integer, default=0, personal="record")
    following: Mapped[bool | None] = column(Boolean, personal="record")


class DiscussionFollower(Model):
    """Somebody who wants to be told of everything in a discussion: the run's (`block` "") or an activity's."""

    __tablename__ = "discussion_follower"

    run_id: Mapped[int] = column(ForeignKey("run.id"), primary_key=True)
    block: Mapped[str] = column(String(80), primary_key=True, item=True)
    person_id: Mapped[int] = column(ForeignKey("person.id"), primary_key=True, index=True, personal="link")
