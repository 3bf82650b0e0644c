"""The pages of one session: what it is about, questions to the speaker, what the tutor says of it, the minutes."""

from __future__ import annotations

from flask import abort, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from lms.plugin import LEARNER, MEMBER, PARTICIPANT, STAFF, ActivityPages, BadInput, Visit
from lms.plugin import gettext as _
from lms_seminar import board, notes, questions
from lms_seminar.format import Session
from lms_seminar.forms import AnswerForm, NotesForm, QuestionForm
from lms_seminar.models import Question, SessionNotes
from lms_seminar.views import attempt

pages = ActivityPages()


def _session(visit: Visit, id: str) -> Session:
    found: Session | None = visit.settings.session(id)
    if found is None:
        abort(404)
    return found


def _question(visit: Visit, question_id: int) -> Question:
    found = questions.one(visit, question_id)
    if found is None or not found.subject.startswith("session:"):
        abort(404)
    return found


@pages.get("sessions/<session>/", MEMBER)
def session(visit: Visit, session: str) -> ResponseReturnValue:
    """A session with its materials, questions and, afterwards, what came of it."""
    return _page(visit, _session(visit, session), visit.form(QuestionForm))


def _page(visit: Visit, session: Session, form: QuestionForm) -> Markup:
    return visit.render(
        "seminar/session.html",
        page=board.of_session(visit, session),
        form=form,
        staff=visit.may(STAFF),
        learner=visit.may(LEARNER),
        longest=questions.LONGEST,
    )


# ------------------------------------------------------------------------------------------- questions


@pages.post("sessions/<session>/questions", LEARNER)
def ask(visit: Visit, session: str) -> ResponseReturnValue:
    """Put a question to the speaker."""
    found = _session(visit, session)
    form = visit.form(QuestionForm)
    try:
        if form.validate_on_submit():
            attempt(lambda: board.ask(visit, found, form.text.data or ""))
            visit.say(_("Your question is put. You will be told when it is answered."))
            return visit.redirect(f"sessions/{session}/")
    except BadInput as error:
        form.text.errors = [str(error.message)]
    return _page(visit, found, form), 422


@pages.post("sessions/<session>/vote", LEARNER)
def vote(visit: Visit, session: str) -> ResponseReturnValue:
    """Vote for a question, or take the vote back."""
    board.vote(visit, _session(visit, session))
    return visit.redirect(f"sessions/{session}/#questions")


@pages.post("questions/<int:question_id>/withdraw", LEARNER)
def withdraw(visit: Visit, question_id: int) -> ResponseReturnValue:
    """Take one's own question back."""
    visit.lock("questions")
    found = _question(visit, question_id)
    if found.asker_id != visit.person.id:
        abort(404)
    subject = found.subject
    questions.withdraw(visit, found)
    visit.say(_("The question is taken back."))
    return visit.redirect(board.page_of(subject))


@pages.get("questions/<int:question_id>/", STAFF)
def question(visit: Visit, question_id: int) -> ResponseReturnValue:
    """A question with the form to answer it."""
    found = _question(visit, question_id)
    return _question_page(visit, found, visit.form(AnswerForm, data={"answer": found.answer}))


@pages.post("questions/<int:question_id>/", STAFF)
def answer(visit: Visit, question_id: int) -> ResponseReturnValue:
    """Answer a question, note that it was answered in the session, hide it, or open it again."""
    visit.lock("questions")
    found = _question(visit, question_id)
    state = next((name for name in ("spoken", "hidden", "open") if name in request.form), "answered")
    form = visit.form(AnswerForm)
    page = board.page_of(found.subject)
    try:
        if form.validate_on_submit():
            attempt(lambda: questions.answer(visit, found, state, form.answer.data or "", page))
            visit.say(_("The question is open again.") if state == "open" else _("Kept; who asked is told."))
            return visit.redirect(page)
    except BadInput as error:
        form.answer.errors = [str(error.message)]
    return _question_page(visit, found, form), 422


def _question_page(visit: Visit, found: Question, form: AnswerForm) -> Markup:
    asked = questions.as_read(visit, [found], questions.names(visit), everything=True)[0]
    return visit.render("seminar/question.html", asked=asked, form=form, page=board.page_of(found.subject))


# ------------------------------------------------------------------------------------------- what the tutor says of it


@pages.get("sessions/<session>/notes", STAFF)
def session_notes(visit: Visit, session: str) -> ResponseReturnValue:
    """The sheet of a session."""
    found = _session(visit, session)
    kept, where = notes.of_session(visit, found.id), notes.said_where(visit, found.id)
    given = {
        "seen": str(kept.edits), "place": where.place, "link": where.link, "recording": kept.recording,
        "materials": kept.materials, "minutes": kept.minutes, "published": kept.published,
    }  # fmt: skip
    return _notes_page(visit, found, kept, visit.form(NotesForm, data=given))


@pages.post("sessions/<session>/notes", STAFF)
def save_notes(visit: Visit, session: str) -> ResponseReturnValue:
    """Keep the sheet."""
    found = _session(visit, session)
    form = visit.form(NotesForm)
    changed = False
    try:
        if form.validate_on_submit():
            sheet, uploads = form.written(), request.files.getlist("files")
            attempt(lambda: notes.save(visit, found.id, sheet, form.seen.data or "", uploads))
            visit.say(_("What you say of the session is kept."))
            return visit.redirect(f"sessions/{session}/")
    except notes.Changed as error:
        form.form_errors.append(str(error.message))
        changed = True
    except BadInput as error:
        form.form_errors.append(str(error.message))
    kept = notes.of_session(visit, found.id)
    if changed:
        form.seen.process_data(str(kept.edits))
    return _notes_page(visit, found, kept, form, changed), 422


def _notes_page(visit: Visit, session: Session, kept: SessionNotes, form: NotesForm, changed: bool = False) -> Markup:
    return visit.render(
        "seminar/notes.html",
        session=session,
        kept=kept,
        form=form,
        changed=changed,
        files=notes.files(visit, session.id),
    )


@pages.get("sessions/<session>/files/<int:file_id>", PARTICIPANT)
def session_file(visit: Visit, session: str, file_id: int) -> ResponseReturnValue:
    """A file put beside a session."""
    return visit.files.send(file_id, notes.purpose(_session(visit, session).id))


@pages.post("sessions/<session>/files/<int:file_id>/remove", STAFF)
def remove_file(visit: Visit, session: str, file_id: int) -> ResponseReturnValue:
    """Take a file away."""
    purpose = notes.purpose(_session(visit, session).id)
    if all(file.id != file_id for file in visit.files.of(purpose)):
        abort(404)
    visit.files.remove(file_id, purpose)
    visit.say(_("The file is taken away."))
    return visit.redirect(f"sessions/{session}/notes")


@pages.get("sessions/<session>/minutes", PARTICIPANT)
def minutes(visit: Visit, session: str) -> ResponseReturnValue:
    """The minutes as a page to print: when, where, who was there, what was asked and decided."""
    found = board.minutes(visit, _session(visit, session))
    if found is None:
        abort(404)
    return visit.render("seminar/minutes.html", page=found)
