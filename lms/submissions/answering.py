"""What tutors do with works: accept them, give them back, give more time, comment on passages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import delete, insert, select, update

from lms.db import db
from lms.i18n import Message, mark
from lms.plugin import BadInput, Owner, StageRule, Submission
from lms.submissions import passages
from lms.submissions.models import MoreTime, PassageComment, SubmissionRecord

if TYPE_CHECKING:
    from lms.submissions.service import BlockSubmissions  # it hands these acts out

FEEDBACK_LENGTH = 10_000
QUOTE_LENGTH = 1_000
COMMENT_LENGTH = 2_000

TOLD: Mapping[str, str] = {
    "accepted": mark("“{work}” is accepted."),
    "returned": mark("“{work}” was given back to be changed: read why."),
}


def answer_token(found: Submission) -> str:
    """What a tutor's form was made from: the latest answer."""
    return found.answered_at.isoformat() if found.answered_at else ""


def answer(works: BlockSubmissions, id: int, state: str, feedback: str, seen: str | None = None) -> None:
    """Accept a work ("accepted") or give it back ("returned"). Raises BadInput, LookupError."""
    works.visit.lock(works.source.lock)
    found = to_answer(works, id, seen)
    feedback = feedback.replace("\r\n", "\n").strip()
    if state == "returned" and not feedback:
        raise BadInput(Message(mark("Say what is to be changed: the author will read it.")))
    if len(feedback) > FEEDBACK_LENGTH:
        raise BadInput(Message(mark("The answer may have at most {most} characters."), {"most": FEEDBACK_LENGTH}))
    values = {
        "state": state, "feedback": feedback, "answered_at": works.visit.now, "answered_by": works.visit.person.id or None,
    }  # fmt: skip
    db.session.execute(update(SubmissionRecord).where(SubmissionRecord.id == id).values(values))
    owner = works.owner_of(found.owner)
    works.source.changed(cast(Any, works.visit), owner, found.stage)
    works.tell(owner.people, found.stage, Message(TOLD[state], {"work": works.name_of(found.stage)}))


def mark_and_answer(works: BlockSubmissions, id: int, state: str, feedback: str, seen: str) -> None:
    """The same, with the marking form that was sent, where the work is marked by one: its general comment is the answer. Points of a
    work that is given back are kept as a draft. Raises BadInput, LookupError."""
    visit = works.visit
    visit.lock(works.source.lock)
    found = to_answer(works, id, seen)
    criteria = works.source.criteria(cast(Any, visit), works.stage(found.stage))
    if criteria is not None:
        form = visit.assessments.begin(criteria)
        done = state == "accepted"
        values, comments, feedback = visit.assessments.read(form, complete=done)
        visit.assessments.save(found.subject, form, values, comments, feedback, visit.person.id, "tutor", done=done)
    answer(works, id, state, feedback)


def give_marks(works: BlockSubmissions, id: int) -> None:
    """Keep this person's marking form of a work that is not answered: each member of a jury marks it. Raises BadInput, LookupError."""
    visit = works.visit
    visit.lock(works.source.lock)
    found = works.get(id)
    if found is None:
        raise LookupError(id)
    criteria = works.source.criteria(cast(Any, visit), works.stage(found.stage))
    if criteria is None:
        raise BadInput(Message(mark("Works are not marked here now.")))
    form = visit.assessments.begin(criteria)
    values, comments, comment = visit.assessments.read(form)
    visit.assessments.save(found.subject, form, values, comments, comment, visit.person.id, "tutor")
    works.source.changed(cast(Any, visit), works.owner_of(found.owner), found.stage)


def to_answer(works: BlockSubmissions, id: int, seen: str | None) -> Submission:
    """The work, if it may be answered. Raises BadInput, LookupError."""
    found = works.get(id)
    if found is None:
        raise LookupError(id)
    if works.stage(found.stage).again:
        raise BadInput(Message(mark("Works of this kind are not answered: they may be changed until they are closed.")))
    if works.versions(found.owner, found.stage)[-1].id != id:
        raise BadInput(Message(mark("A newer version is being written: answer that one when it is handed in.")))
    if seen is not None and answer_token(found) != seen:
        raise BadInput(
            Message(mark("Somebody has answered this work meanwhile. Open the page anew to see the answer."))
        )
    return found


def give_time(works: BlockSubmissions, owner: Owner, stage: StageRule, until: datetime | None) -> None:
    """Give an owner time for a stage until this instant, later than it is due; None takes it back. Raises BadInput."""
    visit = works.visit
    visit.lock(works.source.lock)
    assert stage.due is not None, "there is no more time than for ever"
    if until is not None and until <= max(stage.due, visit.now):
        raise BadInput(Message(mark("Choose a moment that is ahead, and later than the work is due.")))
    found = db.session.get(MoreTime, (visit.run.id, visit.block.id, owner.key, stage.id))
    if until is None:
        if found is not None:
            db.session.delete(found)
    else:
        if found is None:
            found = MoreTime(run_id=visit.run.id, block=visit.block.id, owner=owner.key, stage=stage.id)
            db.session.add(found)
        found.until, found.by_id, found.at = until, visit.person.id, visit.now
    db.session.flush()
    works.source.changed(cast(Any, visit), owner, stage.id)
    if until is not None:
        text = Message(mark("You have more time for “{work}”."), {"work": works.name_of(stage.id)})
        works.tell(owner.people, stage.id, text)


# ------------------------------------------------------------------------------------------- comments on passages


@dataclass(frozen=True)
class Remark:
    """A comment on a passage; `number` counts them as they stand in the text."""

    id: int
    number: int
    start: int
    end: int
    quote: str
    text: str
    by_id: int
    at: datetime


def remarks(ids: Sequence[int]) -> dict[int, list[Remark]]:
    """The comments on passages of versions, in the order of their texts; numbers go on from text to text, so that they are unique on a
    page. One statement."""
    rows = db.session.scalars(
        select(PassageComment)
        .where(PassageComment.submission_id.in_(ids))
        .order_by(PassageComment.start, PassageComment.end, PassageComment.id)
    )
    place = {id: number for number, id in enumerate(ids)}
    found: dict[int, list[Remark]] = {}
    for number, row in enumerate(sorted(rows, key=lambda row: place[row.submission_id]), 1):
        one = Remark(row.id, number, row.start, row.end, row.quote, row.text, row.by_id, row.at)
        found.setdefault(row.submission_id, []).append(one)
    return found


def comment(works: BlockSubmissions, found: Submission, quote: str, before: str, text: str) -> None:
    """Say something about the passage that was quoted. Raises BadInput when it is not found, or stands there more than once."""
    quote, text = " ".join(quote.split()), text.replace("\r\n", "\n").strip()
    if not quote:
        raise BadInput(Message(mark("Copy the words you mean from the text of the work.")))
    if not text:
        raise BadInput(Message(mark("Write what you want to say about these words.")))
    for words, most in ((quote, QUOTE_LENGTH), (text, COMMENT_LENGTH)):
        if len(words) > most:
            raise BadInput(Message(mark("At most {most} characters fit here."), {"most": most}))
    try:
        start, end = passages.locate(found.html, quote, before)
    except passages.NotFound as error:
        if error.count:
            sentence = mark("These words stand in the work {count} times: copy some more of those around them.")
            raise BadInput(Message(sentence, {"count": error.count})) from None
        raise BadInput(Message(mark("These words do not stand in the work: copy them as they are."))) from None
    values = {
        "submission_id": found.id, "start": start, "end": end, "quote": quote, "text": text,
        "by_id": works.visit.person.id, "at": works.visit.now,
    }  # fmt: skip
    db.session.execute(insert(PassageComment).values(values))
    if found.state != "waiting":  # else they are told when the work is answered
        sentence = mark("There is a new comment on your work “{work}”.")
        people: Sequence[int] = works.owner_of(found.owner).people
        works.tell(people, found.stage, Message(sentence, {"work": works.name_of(found.stage)}))


def take_back(works: BlockSubmissions, found: Submission, comment_id: int) -> None:
    """Take one's own comment away. Raises LookupError for another's."""
    own = (
        PassageComment.id == comment_id,
        PassageComment.submission_id == found.id,
        PassageComment.by_id == works.visit.person.id,
    )
    if not db.session.scalars(select(PassageComment.id).where(*own)).first():
        raise LookupError(comment_id)
    db.session.execute(delete(PassageComment).where(*own))
