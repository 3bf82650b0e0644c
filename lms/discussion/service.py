"""Discussions: threads and posts of a run, of its activities too; moderated by those who lead the run.

Whoever may not see a hidden text never gets it: it is left out where rows become values, before any template.
"""

import math
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from markupsafe import Markup
from sqlalchemy import bindparam, delete, func, select, text, update

from courses.text import plain_text, render_untrusted
from lms import ui
from lms.db import as_utc, db
from lms.discussion import following, letters, rules
from lms.discussion.models import PostRecord, PostReport, ThreadRecord, ThreadSummary
from lms.i18n import Message, gettext, mark
from lms.notices import service as notices
from lms.plugin import STAFF, Actor, BadInput, Run
from lms.site import Site

if TYPE_CHECKING:
    from lms.visit import RunVisit  # a visit has a discussion, not the other way round

PAGE = 30
"""Threads on a page of the list, posts on a page of a thread."""
LATEST = 10
"""Threads shown within an activity's page."""

_THREADS = (
    "SELECT t.id, t.block, t.title, t.author_id, t.created_at, t.last_at, t.pinned, t.closed, t.hidden_at, s.html AS summary,"
    " p.surname, p.given_name,"
    " (SELECT count(*) FROM post o WHERE o.thread_id = t.id AND o.hidden_at IS NULL) AS posts,"
    " (SELECT count(*) FROM post o WHERE o.thread_id = t.id AND o.hidden_at IS NULL AND o.author_id <> :reader"
    " AND o.id > COALESCE(r.seen, 0)) AS unread"
    " FROM thread t JOIN person p ON p.id = t.author_id"
    " LEFT JOIN thread_summary s ON s.thread_id = t.id"
    " LEFT JOIN thread_reader r ON r.thread_id = t.id AND r.person_id = :reader WHERE t.run_id = :run"
)
_LIST = text(
    _THREADS + " AND t.block = :block ORDER BY t.pinned DESC, t.last_at DESC, t.id DESC LIMIT :limit OFFSET :offset"
)
_ONE = text(_THREADS + " AND t.id = :thread")
_BLOCKS = text("SELECT block, count(*) AS threads FROM thread WHERE run_id = :run AND block <> '' GROUP BY block")
_POSTS = (
    "SELECT o.id, o.thread_id, o.author_id, o.html, o.created_at, o.edited_at, o.removed_at, o.hidden_at,"
    " o.hidden_reason, p.surname, p.given_name, e.role,"
    " (SELECT count(*) FROM post_report b WHERE b.post_id = o.id AND b.settled_at IS NULL) AS reports,"
    " EXISTS (SELECT 1 FROM post_report b WHERE b.post_id = o.id AND b.person_id = :reader) AS reported"
    " FROM post o JOIN person p ON p.id = o.author_id"
    " LEFT JOIN enrolment e ON e.run_id = :run AND e.person_id = o.author_id AND e.state = 'active'"
)
_PAGE = text(_POSTS + " WHERE o.thread_id = :thread ORDER BY o.id LIMIT :limit OFFSET :offset")
_LATEST = text(
    _POSTS + " WHERE o.id IN"  # noqa: S608 - constants
    " (SELECT max(id) FROM post WHERE thread_id IN :threads AND hidden_at IS NULL GROUP BY thread_id)"
).bindparams(bindparam("threads", expanding=True))


@dataclass(frozen=True)
class Thread:
    """A thread as one reader sees it. `title` is "" when it is hidden from them or was removed; `posts` counts visible
    ones, `unread` those of others that are new to the reader; `summary`: what those who lead the course sum it up to."""

    id: int
    block: str
    title: str
    author_id: int
    author: str
    created_at: datetime
    last_at: datetime
    pinned: bool
    closed: bool
    hidden: bool
    posts: int
    unread: int
    summary: Markup


@dataclass(frozen=True)
class Post:
    """A post as one reader sees it: `html` and `reason` are empty when it is hidden from them. `reports`: how many people wait for
    staff to look at it (0 for others than staff), `reported`: the reader is or was one of them."""

    id: int
    thread_id: int
    author_id: int
    author: str
    role: str
    html: Markup
    created_at: datetime
    edited_at: datetime | None
    removed: bool
    hidden: bool
    reason: str
    mine: bool
    reports: int
    reported: bool


@dataclass(frozen=True)
class Reader:
    """For whom rows become values."""

    person_id: int
    is_staff: bool


def reader_of(visit: "RunVisit") -> Reader:
    """Who reads on this visit."""
    return Reader(visit.person.id, visit.may(STAFF))


def name_of(row: Any) -> str:
    """What somebody is called beside what they wrote."""
    return " ".join(part for part in (row.given_name, row.surname) if part) or gettext("Removed account")


def _moment(value: Any) -> datetime:
    found = as_utc(value)
    assert found is not None
    return found


def title_for(row: Any, reader: Reader) -> str:
    """The subject of a thread as a reader sees it: "" when it is hidden from them."""
    return row.title if row.hidden_at is None or reader.is_staff or row.author_id == reader.person_id else ""


def _thread(row: Any, reader: Reader) -> Thread:
    return Thread(
        row.id, row.block, title_for(row, reader), row.author_id, name_of(row), _moment(row.created_at),
        _moment(row.last_at), bool(row.pinned), bool(row.closed), row.hidden_at is not None, row.posts, row.unread,
        Markup(row.summary or ""),  # noqa: S704 - made by render_untrusted
    )  # fmt: skip


def _post(row: Any, reader: Reader) -> Post:
    hidden = row.hidden_at is not None
    mine = row.author_id == reader.person_id
    visible = not hidden or reader.is_staff or mine
    return Post(
        row.id, row.thread_id, row.author_id, name_of(row), row.role or "",
        Markup(row.html if visible else ""),  # noqa: S704 - made by render_untrusted
        _moment(row.created_at), as_utc(row.edited_at), row.removed_at is not None, hidden,
        row.hidden_reason if visible else "", mine, row.reports if reader.is_staff else 0, bool(row.reported),
    )  # fmt: skip


# ------------------------------------------------------------------------------------------- reading


def threads(run_id: int, block: str, reader: Reader, page: int = 1, limit: int = PAGE) -> list[Thread]:
    """One page (from 1) of threads, pinned ones first, then those with the newest posts. One statement."""
    values = {"run": run_id, "block": block, "reader": reader.person_id, "limit": limit, "offset": (page - 1) * limit}
    rows = db.session.execute(_LIST, values)
    return [_thread(row, reader) for row in rows]


def count_threads(run_id: int, block: str) -> int:
    """How many threads there are."""
    return db.session.execute(
        select(func.count()).select_from(ThreadRecord).where(ThreadRecord.run_id == run_id, ThreadRecord.block == block)
    ).scalar_one()


def discussed_blocks(run_id: int) -> dict[str, int]:
    """How many threads each activity of the run has. One statement."""
    return {row.block: row.threads for row in db.session.execute(_BLOCKS, {"run": run_id})}


def thread(run_id: int, thread_id: int, reader: Reader) -> Thread | None:
    """A thread of this run, or None."""
    row = db.session.execute(_ONE, {"run": run_id, "thread": thread_id, "reader": reader.person_id}).first()
    return _thread(row, reader) if row is not None else None


def posts(run_id: int, thread_id: int, reader: Reader, page: int = 1) -> list[Post]:
    """One page (from 1) of a thread's posts, oldest first. One statement."""
    values = {
        "run": run_id, "thread": thread_id, "reader": reader.person_id, "limit": PAGE, "offset": (page - 1) * PAGE,
    }  # fmt: skip
    return [_post(row, reader) for row in db.session.execute(_PAGE, values)]


def pages_of(count: int) -> int:
    """How many pages so many rows fill; at least one."""
    return max(1, math.ceil(count / PAGE))


def count_posts(thread_id: int, up_to: int | None = None) -> int:
    """How many posts a thread has, hidden ones too (up to this id)."""
    chosen = select(func.count()).select_from(PostRecord).where(PostRecord.thread_id == thread_id)
    if up_to is not None:
        chosen = chosen.where(PostRecord.id <= up_to)
    return db.session.execute(chosen).scalar_one()


def address(run: Run, thread_id: int, post_id: int | None = None) -> str:
    """The address of a thread, or of one post on the page it stands on."""
    base = f"{run.base}discussion/{thread_id}"
    if post_id is None:
        return base
    page = pages_of(count_posts(thread_id, post_id))
    return f"{base}{f'?page={page}' if page > 1 else ''}#post-{post_id}"


# ------------------------------------------------------------------------------------------- writing


def begin(site: Site, run: Run, block: str, writer: Actor, title: str, words: str) -> int:
    """Open a thread with its first post; returns its id."""
    now = site.now()
    found = ThreadRecord(
        run_id=run.id, block=block, title=title, author_id=writer.id, created_at=now, last_at=now, pinned=False,
        closed=False,
    )  # fmt: skip
    db.session.add(found)
    db.session.flush()
    _write(site, run, found, writer, words, mark("{name} began “{title}”"), title)
    return found.id


def reply(site: Site, run: Run, thread_id: int, writer: Actor, words: str) -> int:
    """Add a post and tell those who wrote in the thread; returns its id. Raises LookupError for a thread that is not
    of this run, BadInput when it is closed."""
    found = held(run.id, thread_id)
    if found.closed:
        raise BadInput(Message(mark("This thread is closed: nothing can be added.")))
    found.last_at = site.now()
    return _write(site, run, found, writer, words, mark("{name} replied in “{title}”"))


def _write(site: Site, run: Run, thread: ThreadRecord, writer: Actor, words: str, told: str, title: str = "") -> int:
    """Add a post, which its writer has read, and tell those who want to know."""
    html = render_untrusted(words)
    found = PostRecord(
        thread_id=thread.id, author_id=writer.id, text=words, html=html, words=rules.index(title, plain_text(html)),
        created_at=site.now(),
    )  # fmt: skip
    db.session.add(found)
    db.session.flush()
    following.mark_seen(thread.id, writer.id, found.id)
    tell(site, run, thread, writer, told, address(run, thread.id, found.id))
    return found.id


def tell(site: Site, run: Run, thread: ThreadRecord, writer: Actor, words: str, url: str) -> None:
    """Tell those who want to know of something new in a thread."""
    title = thread.title if thread.hidden_at is None else "…"
    sentence = Message(words, {"name": writer.short_name, "title": title})
    notices.notify(
        site, following.to_tell(run.id, thread, writer.id), "discussion", sentence, url,
        leaving=lambda person_id: letters.address(site, person_id, thread.id),
    )  # fmt: skip


def post_to_edit(run_id: int, post_id: int, person_id: int) -> PostRecord | None:
    """A post of this run that its author may change now: not hidden, not removed, its thread not closed; else None."""
    return db.session.execute(
        select(PostRecord)
        .join(ThreadRecord, ThreadRecord.id == PostRecord.thread_id)
        .where(
            PostRecord.id == post_id, PostRecord.author_id == person_id, PostRecord.hidden_at.is_(None),
            PostRecord.removed_at.is_(None), ThreadRecord.run_id == run_id, ThreadRecord.closed.is_(False),
        )
    ).scalar_one_or_none()  # fmt: skip


def edit(site: Site, run_id: int, post_id: int, writer: Actor, words: str) -> None:
    """Change the text of one's own post. Raises LookupError when one may not."""
    found = post_to_edit(run_id, post_id, writer.id)
    if found is None:
        raise LookupError(post_id)
    found.text, found.html, found.edited_at = words, render_untrusted(words), site.now()
    title = post_of(run_id, post_id)[1].title if opens(found) else ""
    found.words = rules.index(title, plain_text(found.html))
    db.session.flush()


def quote(run: Run, thread_id: int, post_id: int) -> str:
    """A visible post of this thread as a quotation to write below, with a link and without a name, which would outlive its account;
    "" when there is none."""
    found = db.session.execute(
        select(PostRecord.text)
        .join(ThreadRecord, ThreadRecord.id == PostRecord.thread_id)
        .where(
            PostRecord.id == post_id, PostRecord.thread_id == thread_id, ThreadRecord.run_id == run.id,
            PostRecord.hidden_at.is_(None), PostRecord.removed_at.is_(None),
        )
    ).scalar_one_or_none()  # fmt: skip
    if found is None:
        return ""
    words = gettext("In reply to this post")
    link = f"[{words}]({address(run, thread_id, post_id)})"
    return f"{link}:\n\n{rules.quoted(found)}\n\n"


def held(run_id: int, thread_id: int) -> ThreadRecord:
    """The thread, held until the transaction ends, so that no reply slips in after closing."""
    found = db.session.execute(
        select(ThreadRecord)
        .where(ThreadRecord.id == thread_id, ThreadRecord.run_id == run_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if found is None:
        raise LookupError(thread_id)
    return found


def post_of(run_id: int, post_id: int) -> tuple[PostRecord, ThreadRecord]:
    """A post of this run and its thread. Raises LookupError when there is none."""
    row = db.session.execute(
        select(PostRecord, ThreadRecord)
        .join(ThreadRecord, ThreadRecord.id == PostRecord.thread_id)
        .where(PostRecord.id == post_id, ThreadRecord.run_id == run_id)
    ).one_or_none()
    if row is None:
        raise LookupError(post_id)
    return row.PostRecord, row.ThreadRecord


def thread_of(run_id: int, post_id: int) -> int:
    """The thread a post of this run stands in. Raises LookupError for a post that is not of this run."""
    return post_of(run_id, post_id)[1].id


def opens(found: PostRecord) -> bool:
    """Whether this post opens its thread."""
    return count_posts(found.thread_id, found.id) == 1


# ------------------------------------------------------------------------------------------- privacy


def erase(site: Site, person_id: int) -> tuple[int, int]:
    """Take away what a person wrote, leaving a mark in its place; returns how many posts and threads."""
    mine = PostRecord.author_id == person_id
    count = db.session.execute(select(func.count()).select_from(PostRecord).where(mine)).scalar_one()
    emptied = update(PostRecord).where(mine).values(text="", html="", words="", hidden_reason="", removed_at=site.now())
    db.session.execute(emptied.execution_options(synchronize_session=False))
    own = ThreadRecord.author_id == person_id
    begun = db.session.execute(select(func.count()).select_from(ThreadRecord).where(own)).scalar_one()
    unnamed = update(ThreadRecord).where(own).values(title="")
    db.session.execute(unnamed.execution_options(synchronize_session=False))
    # what they gave as reasons while moderating is their text too
    unexplained = update(PostRecord).where(PostRecord.hidden_by == person_id).values(hidden_reason="")
    db.session.execute(unexplained.execution_options(synchronize_session=False))
    db.session.execute(delete(ThreadSummary).where(ThreadSummary.author_id == person_id))
    db.session.execute(delete(PostReport).where(PostReport.person_id == person_id))
    following.erase(person_id)
    return count, begun


# ------------------------------------------------------------------------------------------- within an activity


class BlockDiscussion:
    """What `lms.plugin.Discussion` promises."""

    def __init__(self, visit: "RunVisit", block: str) -> None:
        self.visit = visit
        self.block = block

    def show(self, open_for_posts: bool = True) -> Markup:
        """The latest threads, each with its latest post, and a form. Two statements."""
        visit = self.visit
        run = visit.run
        reader = reader_of(visit)
        found = threads(run.id, self.block, reader, limit=LATEST + 1)
        rows = db.session.execute(
            _LATEST, {"run": run.id, "reader": reader.person_id, "threads": [one.id for one in found] or [0]}
        )
        latest = {row.thread_id: _post(row, reader) for row in rows}
        return ui.render(
            "discussion/within.html",
            visit=visit, run=run, block=self.block, threads=found[:LATEST], more=len(found) > LATEST, latest=latest,
            open_for_posts=open_for_posts and visit.role in ("learner", "tutor", "admin"),
        )  # fmt: skip

    def count(self, person_id: int) -> int:
        """How many visible posts this person wrote here. One statement."""
        return db.session.execute(
            select(func.count())
            .select_from(PostRecord)
            .join(ThreadRecord, ThreadRecord.id == PostRecord.thread_id)
            .where(
                ThreadRecord.run_id == self.visit.run.id, ThreadRecord.block == self.block,
                PostRecord.author_id == person_id, PostRecord.hidden_at.is_(None), PostRecord.removed_at.is_(None),
            )
        ).scalar_one()  # fmt: skip
