"""Marking by hand: what waits for a tutor, the form they fill in, and the files that belong to answers.

A tutor's form is the core's, kept by the answer's own token; the mark of the attempt is its share. Marked again, the newest form
counts.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from courses.criteria import Criteria
from lms.plugin import Assessment, BadInput, Message, Visit, as_utc, db, gettext, mark
from lms_quiz import service
from lms_quiz.kinds import Asked
from lms_quiz.kinds.byhand import ByHand, assessment_of, criteria_of, files_of, purpose, subject
from lms_quiz.models import Attempt
from lms_quiz.reading import Sitting, asked, attempts_of, changed, marks_of, one_of, waits

MOST_FILES = 10
"""Files of one answer."""

MOST_COMMENTS = 12
"""Earlier comments that are offered."""


class Gone(Exception):
    """There is no such answer (any more)."""


@dataclass(frozen=True)
class Waits:
    """An answer that waits: whose, in which attempt, at which place, since when."""

    person_id: int
    number: int
    place: int
    since: datetime


def waiting(visit: Visit) -> Sequence[Waits]:
    """All answers that wait to be marked, the oldest first. One statement."""
    columns = select(Attempt.person_id, Attempt.number, Attempt.finished_at, Attempt.marks)
    here = (Attempt.run_id == visit.run.id) & (Attempt.block == visit.block.id)
    chosen = columns.where(here, Attempt.finished_at.is_not(None), Attempt.points.is_not(None))
    found = []
    for row in db.session.execute(chosen.order_by(Attempt.finished_at, Attempt.person_id, Attempt.number)):
        since = as_utc(row.finished_at)
        assert since is not None
        found += [Waits(row.person_id, row.number, place, since) for place in waits(json.loads(row.marks or "[]"))]
    return found


@dataclass(frozen=True)
class Answered:
    """One answer to be marked: `form` as it was filled in before, `earlier` comments of this tutor."""

    attempt: Sitting
    asked: Asked[ByHand]
    criteria: Criteria
    form: Assessment | None
    earlier: Sequence[str] = ()


def answered(visit: Visit, person_id: int, number: int, place: int) -> Answered:
    """One answer of a finished attempt. Raises Gone."""
    attempt = one_of(visit, person_id, number)
    if attempt is None or attempt.finished_at is None or attempt.points is None or changed(visit, attempt):
        raise Gone
    found = next((one for one in asked(visit, attempt) if one.place == place), None)
    if found is None or not isinstance(found.data, ByHand) or not found.reply:
        raise Gone
    criteria = criteria_of(found.data, found.question.points, gettext("Points"))
    return Answered(attempt, found, criteria, assessment_of(visit, found), comments_of(visit))


def comments_of(visit: Visit) -> Sequence[str]:
    """The comments that this tutor has given here, paragraph by paragraph, the most used first."""
    counts: Counter[str] = Counter()
    for one in visit.assessments.of():
        if one.assessor_id == visit.person.id and one.done_at is not None:
            counts.update({part.strip() for part in re.split(r"\n\s*\n", one.comment) if part.strip()})
    return [text for text, _ in sorted(counts.items(), key=lambda each: (-each[1], each[0]))][:MOST_COMMENTS]


def assess(visit: Visit, person_id: int, number: int, place: int, chosen: Sequence[str]) -> None:
    """Take the form that was sent, with the `chosen` of the earlier comments, and count it. Raises Gone and BadInput."""
    visit.lock(str(person_id))
    found = answered(visit, person_id, number, place)
    values, comments, comment = visit.assessments.read(found.criteria)
    again = [one for one in found.earlier if one in chosen and one not in comment]
    keep(visit, found, values, comments, "\n\n".join(part for part in (comment.strip(), *again) if part))


def keep(visit: Visit, found: Answered, values: dict[str, float], comments: dict[str, str], comment: str) -> None:
    """Keep a filled-in form, count it, and tell the person when nothing of the attempt waits any more."""
    form = visit.assessments.save(
        subject(found.asked), found.criteria, values, comments, comment, visit.person.id, "tutor"
    )
    service.settle(visit, found.attempt, found.asked.place, form.share or 0.0)
    if any(one.waits for one in marks_of(found.attempt).values()):
        return
    said = {"title": visit.block.title, "number": found.attempt.number}
    text = mark("“{title}”: your answers of attempt {number} are marked.")
    visit.notify([found.attempt.person_id], Message(text, said), f"attempts/{found.attempt.number}/")


# ------------------------------------------------------------------------------------------- files


def mine(visit: Visit, token: str) -> tuple[Sitting, Asked[Any]]:
    """The question of the person's attempt under way whose files have this token. Raises Gone."""
    for attempt in attempts_of(visit, visit.person.id):
        if attempt.finished_at is None and not changed(visit, attempt):
            for one in asked(visit, attempt):
                if isinstance(one.data, ByHand) and one.data.file and one.token("files") == token:
                    return attempt, one
    raise Gone


def add_files(visit: Visit, token: str, uploads: Sequence[FileStorage]) -> service.Answer:
    """Add files to an answer. Raises Gone, and BadInput when one is not taken or they are too many."""
    attempt, found = mine(visit, token)

    def change() -> int:
        if len(files_of(visit, found)) + len(uploads) > MOST_FILES:
            raise BadInput(Message(mark("An answer has at most {most} files."), {"most": MOST_FILES}))
        for upload in uploads:
            visit.files.save(upload, purpose(token))
        return len(files_of(visit, found))

    return service.amend(visit, attempt.number, found.place, "files", change)


def remove_file(visit: Visit, token: str, file_id: int) -> service.Answer:
    """Take a file out of an answer. Raises Gone."""
    attempt, found = mine(visit, token)

    def change() -> int:
        visit.files.remove(file_id, purpose(token))
        return len(files_of(visit, found))

    return service.amend(visit, attempt.number, found.place, "files", change)
