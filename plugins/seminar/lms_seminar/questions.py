"""Questions and their answers. `subject` says what a question is put to, such as `session:one`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func, select

from lms.plugin import BadInput, Ballot, Message, Visit, db, gettext, mark
from lms_seminar.models import Question

LONGEST = 1000
"""Characters of a question."""
LONGEST_ANSWER = 10_000
MOST_OPEN = 10
"""Questions without an answer that one person may have put to one session."""


def session_subject(session: str) -> str:
    """How questions name the session they are put to."""
    return f"session:{session}"


@dataclass(frozen=True)
class Asked:
    """A question as one reader sees it. `text` is "" where it was removed with its author's account."""

    id: int
    text: str
    asker: str
    asked_at: datetime
    state: str
    answer: str
    answered_by: str
    answered_at: datetime | None
    mine: bool
    votes: int = 0
    button: str = ""
    """The votes for it, and what the reader may do about them."""


def names(visit: Visit) -> dict[int, str]:
    """Names of those in the run, by person. Two statements."""
    return {member.id: member.name for role in ("learner", "tutor") for member in visit.people(role)}


def ask(visit: Visit, subject: str, text: str) -> Question:
    """Put a question. Raises BadInput for no words, too many, and when too many of one's own are open."""
    text = text.strip()
    if not text:
        raise BadInput(Message(mark("Write your question.")))
    if len(text) > LONGEST:
        raise BadInput(Message(mark("The question may have at most {most} characters."), {"most": LONGEST}))
    visit.lock("questions")
    mine = (
        select(func.count())
        .select_from(Question)
        .where(
            Question.run_id == visit.run.id, Question.block == visit.block.id, Question.subject == subject,
            Question.asker_id == visit.person.id, Question.state == "open",
        )
    )  # fmt: skip
    if db.session.execute(mine).scalar_one() >= MOST_OPEN:
        sentence = mark("{most} of your questions wait for an answer: that is as many as one person may have.")
        raise BadInput(Message(sentence, {"most": MOST_OPEN}))
    found = Question(
        run_id=visit.run.id, block=visit.block.id, subject=subject, asker_id=visit.person.id, text=text,
        asked_at=visit.now, state="open", answer="",
    )  # fmt: skip
    db.session.add(found)
    db.session.flush()
    return found


def rows(visit: Visit, subjects: Sequence[str]) -> Sequence[Question]:
    """The questions put to these subjects, oldest first. One statement."""
    return db.session.scalars(
        select(Question)
        .where(Question.run_id == visit.run.id, Question.block == visit.block.id, Question.subject.in_(subjects))
        .order_by(Question.id)
    ).all()  # fmt: skip


def one(visit: Visit, question_id: int) -> Question | None:
    """A question of this seminar, read anew. One statement."""
    return db.session.scalars(
        select(Question)
        .where(Question.id == question_id, Question.run_id == visit.run.id, Question.block == visit.block.id)
        .execution_options(populate_existing=True)
    ).one_or_none()  # fmt: skip


def as_read(visit: Visit, found: Iterable[Question], called: dict[int, str], everything: bool) -> list[Asked]:
    """Questions as this person sees them: hidden ones only if they are their own or with `everything`."""
    seen = []
    for each in found:
        mine = each.asker_id == visit.person.id
        if each.state == "hidden" and not (mine or everything):
            continue
        asker = called.get(each.asker_id or 0) or gettext("Somebody who has left")
        by = called.get(each.answered_by or 0, "")
        seen.append(
            Asked(each.id, each.text, asker, each.asked_at, each.state, each.answer, by, each.answered_at, mine)
        )
    return seen


def ballot(found: Iterable[Question], name: str, most: int | None, closes: datetime) -> Ballot:
    """The vote on these questions: everybody may vote for others' that are not hidden."""
    subjects = {vote_subject(each.id): [each.asker_id or 0] for each in found if each.state != "hidden"}
    return Ballot(subjects, most, name, closes)


def vote_subject(question_id: int) -> str:
    """How votes name a question."""
    return f"question:{question_id}"


def by_votes(visit: Visit, asked: Iterable[Asked], vote: Ballot, page: str, may: bool) -> list[Asked]:
    """Questions with their votes, those that most people wish to hear answered first; the button only for those who `may`.
    Two statements."""
    counts = visit.votes.counts(vote.name)
    mine: Set[str] = visit.votes.mine(vote.name) if may else frozenset()
    shown = vote if may else Ballot({}, name=vote.name)
    found = []
    for each in asked:
        subject = vote_subject(each.id)
        button = visit.votes.show(shown, subject, each.text[:60], page, counts, mine)
        found.append(replace(each, votes=counts.get(subject, 0), button=button))
    return sorted(found, key=lambda each: (-each.votes, each.id))


def answer(visit: Visit, found: Question, state: str, words: str, page: str) -> None:
    """Answer a question in words ("answered"), note that it was answered in the session ("spoken"), hide it ("hidden", the words
    say why) or open it again ("open"). Who asked is told, and led to `page`."""
    words = words.strip()
    if len(words) > LONGEST_ANSWER:
        raise BadInput(Message(mark("The answer may have at most {most} characters."), {"most": LONGEST_ANSWER}))
    if state == "answered" and not words:
        raise BadInput(Message(mark("Write the answer, or note that it was given in the session.")))
    if state == "hidden" and not words:
        raise BadInput(Message(mark("Say why the question is hidden: who asked it reads that.")))
    if (found.state, found.answer) == (state, words):
        return
    # what was answered stays in view when the question is open again; a reason for hiding does not
    kept = found.answer if found.state != "hidden" else ""
    found.state, found.answer = state, words if state != "open" else kept
    found.answered_by, found.answered_at = (visit.person.id, visit.now) if state != "open" else (None, None)
    db.session.flush()
    if found.asker_id and found.asker_id != visit.person.id and state in _TOLD:
        visit.notify([found.asker_id], Message(_TOLD[state], {"seminar": visit.block.title}), page)


_TOLD = {
    "answered": mark("Your question in “{seminar}” is answered."),
    "spoken": mark("Your question in “{seminar}” is answered."),
    "hidden": mark("Your question in “{seminar}” was hidden; its page says why."),
}


def withdraw(visit: Visit, found: Question) -> None:
    """Take one's own question back while nobody has answered it. Raises BadInput later."""
    if found.state != "open":
        raise BadInput(Message(mark("The question is answered already: it stays.")))
    visit.votes.clear([vote_subject(found.id)], found.subject)
    db.session.delete(found)
    db.session.flush()


def waiting(visit: Visit) -> dict[str, int]:
    """How many questions have no answer yet, by subject. One statement."""
    found = db.session.execute(
        select(Question.subject, func.count())
        .where(Question.run_id == visit.run.id, Question.block == visit.block.id, Question.state == "open")
        .group_by(Question.subject)
    )
    return {row[0]: row[1] for row in found}
