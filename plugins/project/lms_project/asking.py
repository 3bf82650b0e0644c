"""Questions about a work that is to be defended: before the defence and at it, by the commission and by those who may read the work;
its people answer."""

from __future__ import annotations

import re

from lms.plugin import STAFF, Asking, Message, QuestionTerms, Visit, gettext
from lms_project import defence

_SUBJECT = re.compile(r"defence:((?:person|team):[0-9]{1,17})")


class DefenceQuestions(Asking):
    """Whoever reads the work asks as soon as it is handed in; staff note what was answered aloud."""

    kind = "project"

    def terms(self, visit: Visit, subject: str) -> QuestionTerms | None:
        """Six statements at most."""
        given = _SUBJECT.fullmatch(subject)
        if visit.settings.defence is None or given is None:
            return None
        owner = visit.submissions.owner_of(given[1])
        active = {member.id for member in visit.people()}
        if not active & set(owner.people):
            return None
        mine, staff = visit.person.id in owner.people, visit.may(STAFF)
        versions = visit.submissions.versions(owner.key, visit.settings.final.id)
        work = next((one for one in reversed(versions) if one.state != "draft"), None)
        if not (mine or staff) and (work is None or not visit.submissions.is_shown(work, "run")):
            return None
        return QuestionTerms(
            gettext("Questions for the defence"),
            asks=not mine,
            refusal=None if work is not None else Message(defence.NOTHING),
            answers=mine,
            people=[id for id in owner.people if id in active],
        )
