"""The pages of one session: what it is about, what the tutor says of it, the minutes."""

from __future__ import annotations

from flask import abort, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from lms.plugin import LEARNER, MEMBER, PARTICIPANT, STAFF, ActivityPages, BadInput, Visit
from lms.plugin import gettext as _
from lms_seminar import board, notes
from lms_seminar.format import Session
from lms_seminar.forms import NotesForm
from lms_seminar.models import SessionNotes
from lms_seminar.views import attempt

pages = ActivityPages()


def _session(visit: Visit, id: str) -> Session:
    found: Session | None = visit.settings.session(id)
    if found is None:
        abort(404)
    return found


@pages.get("sessions/<session>/", MEMBER)
def session(visit: Visit, session: str) -> ResponseReturnValue:
    """A session with its materials, questions and, afterwards, what came of it."""
    return visit.render(
        "seminar/session.html", page=board.of_session(visit, _session(visit, session)), staff=visit.may(STAFF),
        learner=visit.may(LEARNER),
    )  # fmt: skip


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
