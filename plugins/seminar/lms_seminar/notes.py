"""What those who lead a session say of it in this run: where it is, what to read, what was recorded, the minutes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import BaseModel, Field
from werkzeug.datastructures import FileStorage

from courses.rooms import is_address, is_link
from lms.plugin import BadInput, Message, StoredFile, Visit, db, mark
from lms_seminar.format import Session
from lms_seminar.models import SessionNotes

MOST_FILES = 20
"""Files a session may have."""


class Changed(BadInput):
    """Somebody else has changed the same meanwhile."""


def purpose(session: str) -> str:
    """How files name the session they belong to."""
    return f"session:{session}"


class Where(BaseModel):
    """Where a session is in this run, if not as the author says."""

    place: str = ""
    link: str = ""


class Arrangements(BaseModel):
    """What the tutors arranged: kept by the core for the run, so that the card in the lesson knows without asking. Where the
    `sessions` are, by id; which owners' designs were `given_back` to become final ones."""

    sessions: dict[str, Where] = Field(default_factory=dict)
    given_back: tuple[str, ...] = ()


def where(visit: Visit, session: Session) -> Where:
    """Where a session is: as the tutor says, else as the author does. No statement in a lesson."""
    said = (visit.shared(Arrangements) or Arrangements()).sessions.get(session.id, Where())
    return Where(place=said.place or session.place, link=said.link or session.link)


def said_where(visit: Visit, session: str) -> Where:
    """Where the tutor says that a session is, whatever the author said."""
    return (visit.shared(Arrangements) or Arrangements()).sessions.get(session, Where())


def of_session(visit: Visit, session: str) -> SessionNotes:
    """What is said of a session; an empty sheet before anything is. One statement."""
    found = db.session.get(SessionNotes, (visit.run.id, visit.block.id, session), populate_existing=True)
    return found or SessionNotes(
        run_id=visit.run.id, block=visit.block.id, session=session, recording="", materials="", minutes="",
        published=False, edits=0, at=visit.now,
    )  # fmt: skip


@dataclass(frozen=True)
class Written:
    """A sheet as it was filled in."""

    where: Where
    recording: str
    materials: str
    minutes: str
    published: bool


def save(visit: Visit, session: str, written: Written, seen: str, uploads: Sequence[FileStorage]) -> None:
    """Keep the sheet of a session; `seen` is the number of changes it had when the form was made.

    Raises BadInput for an address nobody can open and for too many files, Changed when somebody else was quicker.
    """
    for address, fits in ((written.where.link, is_link), (written.recording, is_address)):
        if address and not fits(address):
            raise BadInput(Message(mark("This is not an address people can open: {address}"), {"address": address}))
    visit.lock()
    found = of_session(visit, session)
    if seen != str(found.edits):
        raise Changed(
            Message(mark("Somebody changed these notes meanwhile. What they say now stands below your text."))
        )
    uploads = [upload for upload in uploads if upload.filename]
    if len(uploads) + len(files(visit, session)) > MOST_FILES:
        raise BadInput(Message(mark("A session may have at most {most} files."), {"most": MOST_FILES}))
    for upload in uploads:
        visit.files.save(upload, purpose(session))
    arranged = visit.shared(Arrangements) or Arrangements()
    visit.save_shared(arranged.model_copy(update={"sessions": {**arranged.sessions, session: written.where}}))
    found.recording, found.materials, found.minutes = written.recording, written.materials, written.minutes
    found.published, found.edits, found.by_id, found.at = written.published, found.edits + 1, visit.person.id, visit.now
    db.session.add(found)
    db.session.flush()


def files(visit: Visit, session: str) -> Sequence[StoredFile]:
    """What tutors put beside a session. One statement."""
    return visit.files.of(purpose(session))
