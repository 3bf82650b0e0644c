"""What those who lead a run do with what is said in it: hide and show again, close, keep on top, sum up,
and what others ask them to look at."""

from collections.abc import Callable

from sqlalchemy import select, update

from courses.text import render_untrusted
from lms.db import db
from lms.discussion import service
from lms.discussion.models import PostReport, ThreadRecord, ThreadSummary
from lms.enrolment import service as enrolment
from lms.i18n import Message, mark
from lms.notices import service as notices
from lms.plugin import Actor, Run
from lms.site import Site

Setting = Callable[[int, int, bool], None]
"""Changes one mark of a thread: (run id, thread id, value)."""


def hide(site: Site, run: Run, post_id: int, moderator: Actor, reason: str) -> int:
    """Hide a post from all but its author and the staff, and tell the author why; returns the thread's id.
    With the opening post goes the title. Raises LookupError for a post that is not of this run."""
    found, owner = service.post_of(run.id, post_id)
    found.hidden_at, found.hidden_by, found.hidden_reason = site.now(), moderator.id, reason
    if service.opens(found):
        owner.hidden_at = found.hidden_at
    db.session.flush()
    if found.author_id != moderator.id:
        values = {"title": owner.title, "reason": reason}
        sentence = Message(mark("Your post in “{title}” was hidden: {reason}"), values)
        notices.notify(site, [found.author_id], "discussion", sentence, service.address(run, owner.id, post_id))
    _settle(site, run, post_id, owner, mark("The post you reported in “{title}” was hidden."))
    return owner.id


def report(site: Site, run: Run, post_id: int, reporter: Actor) -> int:
    """Ask those who lead the run to look at a post of somebody else; asked again, nothing more happens. Returns the thread's id.
    Raises LookupError for a post that is not of this run, is one's own, or cannot be read."""
    found, owner = service.post_of(run.id, post_id)
    if found.author_id == reporter.id or found.hidden_at is not None or found.removed_at is not None:
        raise LookupError(post_id)
    if db.session.get(PostReport, (post_id, reporter.id)) is None:
        db.session.add(PostReport(post_id=post_id, person_id=reporter.id, at=site.now()))
        db.session.flush()
        sentence = Message(
            mark("{name} asks you to look at a post in “{title}”"), {"name": reporter.short_name, "title": owner.title}
        )
        tutors = [one.id for one in enrolment.members(run.id, "tutor")]
        notices.notify(site, tutors, "discussion", sentence, service.address(run, owner.id, post_id))
    return owner.id


def leave_as_it_is(site: Site, run: Run, post_id: int) -> int:
    """Having looked at a post, let it stay and tell those who reported it; returns the thread's id. Raises LookupError for a post
    that is not of this run."""
    owner = service.post_of(run.id, post_id)[1]
    _settle(site, run, post_id, owner, mark("The post you reported in “{title}” was looked at and stays."))
    return owner.id


def _settle(site: Site, run: Run, post_id: int, thread: ThreadRecord, told: str) -> None:
    waiting = (PostReport.post_id == post_id, PostReport.settled_at.is_(None))
    people = db.session.execute(select(PostReport.person_id).where(*waiting)).scalars().all()
    if people:
        db.session.execute(update(PostReport).where(*waiting).values(settled_at=site.now()))
        title = thread.title if thread.hidden_at is None else "…"
        address = service.address(run, thread.id, post_id)
        notices.notify(site, people, "discussion", Message(told, {"title": title}), address)


def unhide(site: Site, run: Run, post_id: int) -> int:
    """Show a hidden post again; returns the thread's id. Raises LookupError for a post that is not of this run."""
    found, owner = service.post_of(run.id, post_id)
    found.hidden_at, found.hidden_by, found.hidden_reason = None, None, ""
    if service.opens(found):
        owner.hidden_at = None
    db.session.flush()
    return owner.id


def set_closed(run_id: int, thread_id: int, closed: bool) -> None:
    """Close a thread or open it again. Raises LookupError for a thread that is not of this run."""
    service.held(run_id, thread_id).closed = closed
    db.session.flush()


def set_pinned(run_id: int, thread_id: int, pinned: bool) -> None:
    """Keep a thread on top of the list, or let it go. Raises LookupError for a thread that is not of this run."""
    service.held(run_id, thread_id).pinned = pinned
    db.session.flush()


def summary_of(thread_id: int) -> str:
    """The summary of a thread as it was written; "" without one. One statement."""
    found = db.session.get(ThreadSummary, thread_id)
    return found.text if found is not None else ""


def sum_up(site: Site, run: Run, thread_id: int, writer: Actor, words: str) -> None:
    """Put a summary above a thread and tell those who follow it; no words take it away. Raises LookupError for a thread that is
    not of this run."""
    found = service.held(run.id, thread_id)
    before = db.session.get(ThreadSummary, thread_id)
    if words == (before.text if before is not None else ""):
        return
    if before is not None:
        db.session.delete(before)
        db.session.flush()
    if words:
        html = render_untrusted(words)
        db.session.add(ThreadSummary(thread_id=thread_id, text=words, html=html, author_id=writer.id, at=site.now()))
        db.session.flush()
        service.tell(
            site,
            run,
            found,
            writer,
            mark("{name} summed up “{title}”"),
            f"{service.address(run, thread_id)}#thread-summary",
        )
