"""What authors answer to the reviews of their works, and whether these helped. It counts in no mark: neither praise nor revenge
changes anything but the reviewer's next review."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import abort
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from lms.plugin import LEARNER, ActivityPages, BadInput, Message, Visit, db, gettext, mark
from lms_workshop import rules, stages, store
from lms_workshop.models import Reply
from lms_workshop.stages import LOCK

pages = ActivityPages()
LONGEST = 5000
HELPED: Mapping[int, str] = {2: mark("It helped"), 1: mark("It helped in part"), 0: mark("It did not help")}


@dataclass(frozen=True)
class Answer:
    """An author's answer to one review; `helped` is a key of `HELPED`, or None."""

    subject: str
    reviewer_id: int
    helped: int | None
    text: str

    @property
    def helped_in_words(self) -> str:
        """ "" where nothing was said."""
        return gettext(HELPED[self.helped]) if self.helped is not None else ""


def of(visit: Visit, subject: str | None = None, reviewer_id: int | None = None) -> Mapping[tuple[str, int], Answer]:
    """Answers (to the reviews of one work, to one person's) by subject and reviewer. One statement."""
    query = select(Reply.subject, Reply.reviewer_id, Reply.helped, Reply.text).where(
        Reply.run_id == visit.run.id, Reply.block == visit.block.id
    )
    if subject is not None:
        query = query.where(Reply.subject == subject)
    if reviewer_id is not None:
        query = query.where(Reply.reviewer_id == reviewer_id)
    return {(row.subject, row.reviewer_id): Answer(*row) for row in db.session.execute(query)}


def choices() -> Sequence[tuple[int, str]]:
    """What an author may say of a review, with the value each has."""
    return [(value, gettext(words)) for value, words in HELPED.items()]


def keep(visit: Visit, number: int, helped: int | None, text: str) -> Sequence[str]:
    """Keep what this author answers to the reviewer with this number; an empty answer takes an earlier one back.

    Returns which of their own names stand in it, where it is to be anonymous. Raises Gone where there is no such review, BadInput
    when it is not the time or too long."""
    visit.lock(LOCK)
    if rules.step(stages.situation(visit)) != "results":
        raise BadInput(Message(mark("You can answer your reviewers once the results are out.")))
    work = store.own_work(visit)
    subject = store.subject(work.id) if work is not None else ""
    pairs = store.pairs(visit, work_id=work.id) if work is not None else []
    pair = next((one for one in pairs if one.number == number), None)
    forms = store.by_pair(visit.assessments.of([subject], "peer")) if pair is not None else {}
    form = forms.get((subject, pair.reviewer_id)) if pair is not None else None
    if pair is None or form is None or form.done_at is None:
        raise stages.Gone
    text = text.replace("\r\n", "\n").strip()
    if len(text) > LONGEST:
        raise BadInput(Message(mark("An answer has at most {most} characters."), {"most": LONGEST}))
    found = db.session.execute(
        select(Reply).where(
            Reply.run_id == visit.run.id, Reply.block == visit.block.id, Reply.subject == subject,
            Reply.reviewer_id == pair.reviewer_id,
        )
    ).scalar_one_or_none()  # fmt: skip
    if helped is None and not text:
        if found is not None:
            db.session.delete(found)
        return []
    first = found is None
    if found is None:
        found = Reply(
            run_id=visit.run.id, block=visit.block.id, subject=subject, reviewer_id=pair.reviewer_id,
            author_id=visit.person.id,
        )  # fmt: skip
        db.session.add(found)
    found.helped, found.text, found.at = helped, text, visit.now
    db.session.flush()
    if first:
        told = Message(mark("“{title}”: an author answered your review."), {"title": visit.block.title})
        visit.notify([pair.reviewer_id], told, f"reviews/{pair.work_number}/")
    if not visit.settings.anonymous:
        return []
    return rules.names_found(text, [visit.person.surname, visit.person.email])


@pages.post("replies/<int:number>", LEARNER)
def reply(visit: Visit, number: int) -> ResponseReturnValue:
    """Keep the answer to a reviewer."""
    sent = visit.sent("helped")
    helped = int(sent) if sent in {str(value) for value in HELPED} else None
    try:
        names = keep(visit, number, helped, visit.sent("text"))
    except stages.Gone:
        abort(404)
    visit.say(gettext("Your answer is kept."))
    if names:
        said = gettext(
            "Reviewers are not told who you are, but your answer says it: look for “{names}” in it.",
            names=gettext("”, “").join(names),
        )
        visit.say(said, "warning")
    return visit.redirect()
