"""Marking by hand: what waits for a tutor, the form they fill in, and the files that belong to answers.

A tutor's form is the core's, kept by the answer's own token; the mark of the attempt is its share. Marked again, the newest form
counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import FileStorage

from courses.criteria import Criteria, score
from courses.problems import N_
from lms.plugin import Assessment, BadInput, Message, Visit, gettext, mark
from lms_quiz import service
from lms_quiz.conduct import WAITS
from lms_quiz.kinds import Asked
from lms_quiz.kinds.byhand import FILES, FORM, ByHand, assessment_of, at, criteria_of, files_of, purpose, token_of
from lms_quiz.reading import Sitting, asked, attempts_of, changed, marks_of, one_of
from lms_quiz.ruling import in_force, keys_in, ruled
from lms_quiz.showing import shown

MOST_FILES = 10
"""Files of one answer."""


class Gone(Exception):
    """There is no such answer (any more)."""


@dataclass(frozen=True)
class Answered:
    """One answer to be marked: `form` as it was filled in before. `edition`: the quiz as it was when the answer was given."""

    edition: Visit
    attempt: Sitting
    asked: Asked[ByHand]
    criteria: Criteria
    form: Assessment | None


def answered(visit: Visit, person_id: int, number: int, place: int) -> Answered:
    """One answer of a finished attempt. Raises Gone."""
    attempt = one_of(visit, person_id, number)
    if attempt is None or attempt.finished_at is None or attempt.points is None:
        raise Gone
    edition = visit.edition(attempt.revision_id, attempt.language) if changed(visit, attempt) else visit
    found = next((one for one in asked(edition, attempt) if one.place == place), None) if edition is not None else None
    if edition is None or found is None or not isinstance(found.data, ByHand) or not found.reply:
        raise Gone
    if place not in marks_of(attempt):
        raise Gone
    criteria = criteria_of(found.data, found.question.points, gettext("Points"))
    return Answered(edition, attempt, found, criteria, assessment_of(visit, found))


def assess(visit: Visit, person_id: int, number: int, place: int) -> None:
    """Take the form that was sent, and count it. Raises Gone and BadInput."""
    visit.lock(str(person_id))
    found = answered(visit, person_id, number, place)
    keep(visit, found, *visit.assessments.read(found.criteria))


def keep(visit: Visit, found: Answered, values: dict[str, float], comments: dict[str, str], comment: str) -> None:
    """Keep a filled-in form, count it, and tell the person when nothing of the attempt waits any more and marks may be known."""
    name = purpose(token_of(found.asked, FORM))
    form = visit.assessments.save(name, found.criteria, values, comments, comment, visit.person.id, "tutor")
    marks = dict(marks_of(found.attempt))
    marks[found.asked.place] = marks[found.asked.place].model_copy(
        update={
            "share": form.share,
            "alone": form.share,
            **_said(found.criteria, values),
            "waits": False,
            "fixed": False,
        }
        | {"arithmetic": "", "figures": {}}
    )
    keys = keys_in(found.edition.settings, found.attempt.drawn)
    service.remark(visit, found.attempt, ruled(tuple(marks.values()), keys, in_force(visit)))
    if WAITS in found.attempt.marks or "marks" not in shown(visit, ended=True):
        return
    said = {"title": visit.block.title, "number": found.attempt.number}
    text = mark("“{title}”: your answers of attempt {number} are marked.")
    visit.notify([found.attempt.person_id], Message(text, said), f"attempts/{found.attempt.number}/")


def _said(criteria: Criteria, values: Mapping[str, float]) -> dict[str, Any]:
    """The sentence of a mark."""
    if criteria.strategy == "comments":
        return {"text": N_("Read by a tutor"), "values": {}}
    found = score(criteria, values)
    errors = N_("Marked by a tutor: {earned} mistakes of the {most} the form counts")
    return {
        "text": errors if criteria.strategy == "errors" else N_("Marked by a tutor: {earned} of {most} by the form"),
        "values": {"earned": round(found.earned, 6), "most": round(found.most, 6)},
    }


# ------------------------------------------------------------------------------------------- files


def mine(visit: Visit, token: str) -> tuple[Sitting, Asked[Any]]:
    """The question of the person's attempt under way whose files have this token. Raises Gone."""
    for attempt in attempts_of(visit, visit.person.id):
        if attempt.finished_at is None and not changed(visit, attempt):
            for one in asked(visit, attempt):
                if isinstance(one.data, ByHand) and one.data.file and token_of(one, FILES) == token:
                    return attempt, one
    raise Gone


def add_files(visit: Visit, token: str, uploads: Sequence[FileStorage]) -> service.Answer:
    """Add files to an answer. Raises Gone, and BadInput when one is not taken or they are too many."""
    attempt, found = mine(visit, token)

    def act(reply: dict[str, Any]) -> dict[str, Any]:
        before = len(files_of(visit, found))
        if before + len(uploads) > MOST_FILES:
            raise BadInput(Message(mark("An answer has at most {most} files."), {"most": MOST_FILES}))
        for upload in uploads:
            visit.files.save(upload, purpose(token))
        return reply | {"files": before + len(uploads), "at": at(found)}

    return service.amend(visit, attempt.number, found.place, act)


def remove_file(visit: Visit, token: str, file_id: int) -> service.Answer:
    """Take a file out of an answer. Raises Gone."""
    attempt, found = mine(visit, token)

    def act(reply: dict[str, Any]) -> dict[str, Any]:
        if all(one.id != file_id for one in files_of(visit, found)):
            raise Gone
        visit.files.remove(file_id, purpose(token))
        left = {key: value for key, value in reply.items() if key != "files"}
        files = len(files_of(visit, found))
        return left | {"files": files} if files else left if left.get("text") else {}

    return service.amend(visit, attempt.number, found.place, act)
