"""Finding posts of a run by their words: only where the asker may read, and nothing that is hidden from them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_, select

from courses.text import plain_text
from lms.db import db
from lms.discussion import rules, service
from lms.discussion.models import PostRecord, ThreadRecord
from lms.people.models import Person


@dataclass(frozen=True)
class Found:
    """A post that answers: `parts` are its words in order, with whether they were asked for."""

    post_id: int
    block: str
    title: str
    author: str
    created_at: datetime
    parts: Sequence[tuple[str, bool]]


def search(
    run_id: int, blocks: Sequence[str], reader: service.Reader, question: str, page: int = 1
) -> tuple[list[Found], int]:
    """One page (from 1) of the posts with all words of the question, the newest first, and how many there are in all. `blocks`:
    whose discussions the reader may see ("": the run's own). Two statements."""
    wanted = rules.asked(question)
    if not wanted:
        return [], 0
    seen: list[Any] = [] if reader.is_staff else [
        or_(PostRecord.hidden_at.is_(None), PostRecord.author_id == reader.person_id),
    ]  # fmt: skip
    where = and_(
        ThreadRecord.run_id == run_id, ThreadRecord.block.in_(blocks), PostRecord.removed_at.is_(None), *seen,
        *(PostRecord.words.like(rules.pattern(one)) for one in wanted),
    )  # fmt: skip
    joined = select(func.count(PostRecord.id)).join(ThreadRecord, ThreadRecord.id == PostRecord.thread_id)
    count = db.session.execute(joined.where(where)).scalar_one()
    rows = db.session.execute(
        select(
            PostRecord.id, PostRecord.html, PostRecord.created_at, ThreadRecord.block,
            ThreadRecord.title, ThreadRecord.hidden_at, ThreadRecord.author_id, Person.surname, Person.given_name,
        )
        .join(ThreadRecord, ThreadRecord.id == PostRecord.thread_id)
        .join(Person, Person.id == PostRecord.author_id)
        .where(where)
        .order_by(PostRecord.id.desc())
        .limit(service.PAGE)
        .offset((page - 1) * service.PAGE)
    )  # fmt: skip
    return [_found(row, reader, wanted) for row in rows], count


def _found(row: Any, reader: service.Reader, wanted: Sequence[str]) -> Found:
    return Found(
        row.id, row.block, service.title_for(row, reader), service.name_of(row), row.created_at,
        rules.excerpt(plain_text(row.html), wanted),
    )  # fmt: skip
