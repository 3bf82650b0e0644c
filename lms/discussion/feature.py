"""Discussions of runs and of their activities."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy import select

from lms.db import db
from lms.discussion import following, service
from lms.discussion.models import PostRecord, PostReport, ThreadRecord, ThreadSummary
from lms.discussion.views import pages
from lms.i18n import mark, ngettext
from lms.plugin import NoticeKind, PersonalData, Plugin
from lms.plugin import Site as AnySite
from lms.site import Site


class DiscussionData(PersonalData):
    """What a person wrote in discussions."""

    name = "discussion"
    tables = ("thread", "post", "thread_summary", "thread_reader", "discussion_follower", "post_report")

    def export(self, site: AnySite, person_id: int) -> Mapping[str, Any]:
        """Threads the person began, posts and summaries they wrote, what they reported, how far they have read and what they follow;
        the titles of others' threads are left out."""
        begun = db.session.execute(
            select(ThreadRecord).where(ThreadRecord.author_id == person_id).order_by(ThreadRecord.id)
        ).scalars()
        written = db.session.execute(
            select(PostRecord, ThreadRecord.run_id, ThreadRecord.block)
            .join(ThreadRecord, ThreadRecord.id == PostRecord.thread_id)
            .where(PostRecord.author_id == person_id)
            .order_by(PostRecord.id)
        )
        summed = db.session.execute(
            select(ThreadSummary.text, ThreadSummary.at, ThreadRecord.run_id, ThreadRecord.block)
            .join(ThreadRecord, ThreadRecord.id == ThreadSummary.thread_id)
            .where(ThreadSummary.author_id == person_id)
            .order_by(ThreadRecord.id)
        )
        reported = db.session.execute(
            select(PostReport.at, ThreadRecord.run_id, ThreadRecord.block)
            .join(PostRecord, PostRecord.id == PostReport.post_id)
            .join(ThreadRecord, ThreadRecord.id == PostRecord.thread_id)
            .where(PostReport.person_id == person_id)
            .order_by(PostReport.post_id)
        )
        return {
            **following.export(person_id),
            "reported": [{"run": row.run_id, "activity": row.block, "at": row.at.isoformat()} for row in reported],
            "summaries": [
                {"run": row.run_id, "activity": row.block, "text": row.text, "at": row.at} for row in summed
            ],
            "threads": [
                {"run": row.run_id, "activity": row.block, "title": row.title, "created_at": row.created_at.isoformat()}
                for row in begun
            ],
            "posts": [
                {
                    "run": run_id, "activity": block, "text": post.text, "created_at": post.created_at.isoformat(),
                    "edited_at": post.edited_at.isoformat() if post.edited_at else None,
                    "hidden_because": post.hidden_reason if post.hidden_at else None,
                }
                for post, run_id, block in written
            ],
        }  # fmt: skip

    def erase(self, site: AnySite, person_id: int) -> Sequence[str]:
        """Take away the texts; a mark stays in their place, so that others' answers keep their sense."""
        posts, _ = service.erase(cast(Site, site), person_id)
        if not posts:
            return []
        return [ngettext("The text of {n} post was removed.", "The texts of {n} posts were removed.", posts)]


feature = Plugin(
    "discussion",
    "lms.discussion",
    (pages, DiscussionData(), NoticeKind("discussion", mark("Replies in discussions"))),
)
