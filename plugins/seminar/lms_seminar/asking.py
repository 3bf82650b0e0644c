"""To whom questions are put in a seminar: to the speaker of a session, and to a group about its design."""

from __future__ import annotations

from lms.plugin import STAFF, Asking, Message, QuestionTerms, Visit, gettext, mark
from lms_seminar import design, store
from lms_seminar.format import SeminarSettings


def session_subject(session: str) -> str:
    """How questions name the session they are put to."""
    return f"session:{session}"


class SeminarQuestions(Asking):
    """Those with a seat ask the speaker until the session is over, and tutors answer; groups answer whatever they are asked."""

    kind = "seminar"

    def terms(self, visit: Visit, subject: str) -> QuestionTerms | None:
        """Of a session nothing is asked of the database; of a design four statements at most."""
        of, _colon, which = subject.partition(":")
        if of == "session":
            return _of_session(visit, which)
        return design.terms(visit, subject)


def _of_session(visit: Visit, session: str) -> QuestionTerms | None:
    settings: SeminarSettings = visit.settings
    if not settings.questions or settings.session(session) is None:
        return None
    meeting, takes_part = store.meeting(visit, session), store.takes_part(visit)
    refusal = None
    if not takes_part:
        refusal = Message(mark("You have no seat in this seminar."))
    elif meeting.off or meeting.when(visit.now) == "past":
        refusal = Message(mark("Questions to the speaker are closed. Ask in the discussion of the seminar."))
    return QuestionTerms(
        gettext("Questions to the speaker"), f"sessions/{session}/", visit.role == "learner", refusal, visit.may(STAFF),
        voted=True, votes=takes_part, most_votes=settings.votes, votes_until=meeting.ends,
    )  # fmt: skip
