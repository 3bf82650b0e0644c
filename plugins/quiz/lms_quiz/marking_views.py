"""Pages of answers marked by hand: what waits, one answer with the tutor's form, and a learner's files."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from flask import abort, request
from flask.typing import ResponseReturnValue

from lms.plugin import LEARNER, MEMBER, STAFF, ActivityPages, BadInput, Message, Visit, db, mark
from lms.plugin import gettext as _
from lms_quiz import marking, reading, service
from lms_quiz.kinds.byhand import files_of, purpose

pages = ActivityPages()

T = TypeVar("T")


def _found(act: Callable[[], T]) -> T:
    try:
        return act()
    except marking.Gone:
        abort(404)


# ------------------------------------------------------------------------------------------- for staff


@pages.get("waiting/", STAFF)
def waiting(visit: Visit) -> ResponseReturnValue:
    """All answers that wait to be marked."""
    return visit.render(
        "quiz/waiting.html", waiting=reading.waiting(visit), names={one.id: one.name for one in visit.people("learner")}
    )


@pages.get("people/<int:person>/<int:number>/<int:question>/", STAFF)
def answer(visit: Visit, person: int, number: int, question: int) -> ResponseReturnValue:
    """One answer and the form to mark it."""
    return _answer_page(visit, person, number, question, "")


@pages.post("people/<int:person>/<int:number>/<int:question>/", STAFF)
def assess(visit: Visit, person: int, number: int, question: int) -> ResponseReturnValue:
    """Mark an answer and go on with the next one that waits."""
    try:
        with db.session.begin_nested():
            _found(lambda: marking.assess(visit, person, number, question - 1))
    except BadInput as error:
        return _answer_page(visit, person, number, question, str(error.message)), 422
    visit.say(_("The mark is kept."))
    rest = reading.waiting(visit)
    if not rest:
        return visit.redirect(f"people/{person}/{number}/")
    return visit.redirect(f"people/{rest[0].person_id}/{rest[0].number}/{rest[0].place + 1}/")


def _answer_page(visit: Visit, person: int, number: int, question: int, error: str) -> str:
    found = _found(lambda: marking.answered(visit, person, number, question - 1))
    kind = reading.kinds_of(visit.site)[found.asked.question.kind]
    names = {one.id: one.name for one in visit.people("learner")}
    return visit.render(
        "quiz/answer.html", found=found, name=names.get(person, _("Former learner")), person=person, error=error,
        shown=kind.review(visit, found.asked), form=visit.assessments.form(found.criteria, found.form),
        rest=len(reading.waiting(visit)),
    )  # fmt: skip


# ------------------------------------------------------------------------------------------- files


@pages.post("files/<token>/", LEARNER)
def keep_and_open(visit: Visit, token: str) -> ResponseReturnValue:
    """Keep the answers of the page the person comes from, and go to the files."""
    attempt, _asked = _found(lambda: marking.mine(visit, token))
    found = service.save(visit, attempt.number, request.form.to_dict(flat=False))
    return visit.redirect(f"files/{token}/" if found == "done" else f"attempts/{attempt.number}/")


@pages.get("files/<token>/", LEARNER)
def files(visit: Visit, token: str) -> ResponseReturnValue:
    """The files of an answer, to add to and take out of."""
    return _files_page(visit, token, "")


@pages.post("files/<token>/add", LEARNER)
def add(visit: Visit, token: str) -> ResponseReturnValue:
    """Add files."""
    uploads = [one for one in request.files.getlist("files") if one.filename]
    try:
        if not uploads:
            raise BadInput(Message(mark("Choose a file first.")))
        with db.session.begin_nested():
            answer = _found(lambda: marking.add_files(visit, token, uploads))
    except BadInput as error:
        return _files_page(visit, token, str(error.message)), 422
    return _after(visit, token, answer, _("The file is added."))


@pages.post("files/<token>/<int:file_id>/remove", LEARNER)
def remove(visit: Visit, token: str, file_id: int) -> ResponseReturnValue:
    """Take a file out."""
    return _after(visit, token, _found(lambda: marking.remove_file(visit, token, file_id)), _("The file is taken out."))


@pages.get("files/<token>/<int:file_id>", MEMBER)
def file(visit: Visit, token: str, file_id: int) -> ResponseReturnValue:
    """A file of an answer, for its owner and for staff."""
    known = visit.files.of(purpose(token))
    if not any(one.id == file_id and (visit.may(STAFF) or one.owner_id == visit.person.id) for one in known):
        abort(404)
    return visit.files.send(file_id, purpose(token))


def _files_page(visit: Visit, token: str, error: str) -> str:
    attempt, found = _found(lambda: marking.mine(visit, token))
    return visit.render(
        "quiz/files.html", attempt=attempt, asked=found, files=files_of(visit, found), token=token, error=error,
        most=marking.MOST_FILES,
    )  # fmt: skip


def _after(visit: Visit, token: str, answer: service.Answer, said: str) -> ResponseReturnValue:
    if answer != "done":
        visit.say(_("The files were not changed: the attempt is no longer open."), "warning")
        return visit.redirect()
    visit.say(said)
    return visit.redirect(f"files/{token}/")
