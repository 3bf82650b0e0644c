"""Who has read how far, and who wants to be told of what: each person's own marks on threads and discussions."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, select, text

from lms.db import db
from lms.discussion.models import DiscussionFollower, PostRecord, ThreadReader, ThreadRecord

_MARK = (
    "INSERT INTO thread_reader (thread_id, person_id, seen, following) VALUES (:thread, :person, :seen, :following)"
    " ON CONFLICT (thread_id, person_id) DO UPDATE SET "
)
_SEEN = text(
    _MARK + "seen = CASE WHEN thread_reader.seen < excluded.seen THEN excluded.seen ELSE thread_reader.seen END"
)
_FOLLOWING = text(_MARK + "following = excluded.following")
_ALL_SEEN = text(
    "INSERT INTO thread_reader (thread_id, person_id, seen)"
    " SELECT t.id, :person, (SELECT max(o.id) FROM post o WHERE o.thread_id = t.id) FROM thread t"
    " WHERE t.run_id = :run AND t.block = :block"
    " ON CONFLICT (thread_id, person_id) DO UPDATE SET seen = excluded.seen"
)
_FIRST_UNREAD = text(
    "SELECT min(o.id) FROM post o WHERE o.thread_id = :thread AND o.hidden_at IS NULL AND o.author_id <> :person AND o.id >"
    " COALESCE((SELECT r.seen FROM thread_reader r WHERE r.thread_id = :thread AND r.person_id = :person), 0)"
)
_UNREAD = text(
    "SELECT t.block, count(DISTINCT t.id) AS threads FROM thread t JOIN post o ON o.thread_id = t.id"
    " LEFT JOIN thread_reader r ON r.thread_id = t.id AND r.person_id = :person"
    " WHERE t.run_id = :run AND o.hidden_at IS NULL AND o.author_id <> :person AND o.id > COALESCE(r.seen, 0) GROUP BY t.block"
)
# whoever wrote in a thread or follows it or its whole discussion, is still in the run, and has not had enough of this thread
_TO_TELL = text(
    "SELECT e.person_id FROM enrolment e LEFT JOIN thread_reader r ON r.thread_id = :thread AND r.person_id = e.person_id"
    " WHERE e.run_id = :run AND e.state = 'active' AND e.person_id <> :writer AND COALESCE(r.following,"
    " EXISTS (SELECT 1 FROM post o WHERE o.thread_id = :thread AND o.author_id = e.person_id AND o.hidden_at IS NULL)"
    " OR EXISTS (SELECT 1 FROM discussion_follower f WHERE f.run_id = :run AND f.block = :block AND f.person_id = e.person_id))"
    " ORDER BY e.person_id"
)


def to_tell(run_id: int, thread: ThreadRecord, writer_id: int) -> Sequence[int]:
    """Whom to tell of a new post of this writer. One statement."""
    values = {"run": run_id, "thread": thread.id, "block": thread.block, "writer": writer_id}
    return db.session.execute(_TO_TELL, values).scalars().all()


def mark_seen(thread_id: int, person_id: int, post_id: int) -> None:
    """Remember that somebody has read a thread up to this post; never less than before."""
    db.session.execute(_SEEN, {"thread": thread_id, "person": person_id, "seen": post_id, "following": None})


def mark_all_seen(run_id: int, block: str, person_id: int) -> None:
    """Remember that somebody has read a whole discussion."""
    db.session.execute(_ALL_SEEN, {"run": run_id, "block": block, "person": person_id})


def first_unread(thread_id: int, person_id: int) -> int | None:
    """The first post that somebody has not read, or None."""
    found: int | None = db.session.execute(_FIRST_UNREAD, {"thread": thread_id, "person": person_id}).scalar_one()
    return found


def unread(run_id: int, person_id: int) -> Mapping[str, int]:
    """How many threads with new posts each discussion of the run has for somebody. One statement."""
    return {row.block: row.threads for row in db.session.execute(_UNREAD, {"run": run_id, "person": person_id})}


def follow_thread(thread_id: int, person_id: int, following: bool) -> None:
    """Tell somebody of new posts in a thread from now on, or no longer."""
    db.session.execute(_FOLLOWING, {"thread": thread_id, "person": person_id, "seen": 0, "following": following})


def follows_thread(thread_id: int, run_id: int, block: str, person_id: int) -> bool:
    """Whether somebody is told of new posts in a thread. At most three statements."""
    own = db.session.execute(
        select(ThreadReader.following).where(ThreadReader.thread_id == thread_id, ThreadReader.person_id == person_id)
    ).scalar_one_or_none()
    if own is not None:
        return own
    wrote = select(PostRecord.id).where(
        PostRecord.thread_id == thread_id, PostRecord.author_id == person_id, PostRecord.hidden_at.is_(None)
    )
    return db.session.execute(wrote.limit(1)).first() is not None or follows(run_id, block, person_id)


def follow(run_id: int, block: str, person_id: int, following: bool) -> None:
    """Tell somebody of everything in a discussion from now on, or no longer."""
    mine = (
        DiscussionFollower.run_id == run_id, DiscussionFollower.block == block, DiscussionFollower.person_id == person_id,
    )  # fmt: skip
    db.session.execute(delete(DiscussionFollower).where(*mine))
    if following:
        db.session.add(DiscussionFollower(run_id=run_id, block=block, person_id=person_id))
    db.session.flush()


def follows(run_id: int, block: str, person_id: int) -> bool:
    """Whether somebody is told of everything in a discussion."""
    return db.session.get(DiscussionFollower, (run_id, block, person_id)) is not None


# ------------------------------------------------------------------------------------------- privacy


def export(person_id: int) -> Mapping[str, Any]:
    """What somebody has read and follows."""
    readers = db.session.execute(
        select(ThreadReader.thread_id, ThreadReader.seen, ThreadReader.following)
        .where(ThreadReader.person_id == person_id)
        .order_by(ThreadReader.thread_id)
    )
    followed = db.session.execute(
        select(DiscussionFollower.run_id, DiscussionFollower.block)
        .where(DiscussionFollower.person_id == person_id)
        .order_by(DiscussionFollower.run_id, DiscussionFollower.block)
    )
    return {
        "read": [{"thread": row.thread_id, "up_to": row.seen, "following": row.following} for row in readers],
        "followed": [{"run": row.run_id, "activity": row.block} for row in followed],
    }


def erase(person_id: int) -> None:
    """Forget it."""
    for table in (ThreadReader, DiscussionFollower):
        db.session.execute(delete(table).where(table.person_id == person_id))
