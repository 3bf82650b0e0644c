"""Works that are handed in: a shared part of activities with something to write, to attach, to answer."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import String, and_, cast, delete, exists, literal, or_, select, update

from lms.db import db
from lms.i18n import ngettext
from lms.plugin import On, PersonalData, Plugin, Site, Withdrawn
from lms.submissions import showing
from lms.submissions.models import Consent, MoreTime, PassageComment, SubmissionRecord
from lms.submissions.service import person_key
from lms.submissions.views import pages
from lms.teams.models import TeamMember


class SubmissionData(PersonalData):
    """Works with their versions, more time, comments on passages, and to whom works may be shown. Files, teams and marking forms are
    other parts' to export and erase."""

    name = "submissions"
    tables = ("submission", "submission_time", "submission_comment", "submission_consent")

    def export(self, site: Site, person_id: int) -> Mapping[str, Any]:
        """The person's own works, those of a team that they wrote, and what they said about others'."""
        key = person_key(person_id)
        works = db.session.scalars(
            select(SubmissionRecord)
            .where(or_(SubmissionRecord.author_id == person_id, SubmissionRecord.owner == key))
            .order_by(
                SubmissionRecord.run_id, SubmissionRecord.block, SubmissionRecord.owner, SubmissionRecord.stage,
                SubmissionRecord.number,
            )
        )  # fmt: skip
        times = db.session.scalars(
            select(MoreTime).where(MoreTime.owner == key).order_by(MoreTime.run_id, MoreTime.block)
        )
        said = db.session.scalars(
            select(PassageComment).where(PassageComment.by_id == person_id).order_by(PassageComment.id)
        )
        agreed = db.session.scalars(select(Consent).where(Consent.person_id == person_id).order_by(Consent.run_id))
        return {
            "works": [
                {
                    "run": one.run_id, "activity": one.block, "stage": one.stage, "version": one.number,
                    "of_a_team": one.owner != key, "state": one.state, "title": one.title, "text": one.text,
                    "changed_at": one.changed_at.isoformat(),
                    "handed_in_at": one.handed_in_at.isoformat() if one.handed_in_at else None,
                    "late": one.late, "answer": one.feedback,
                    "answered_at": one.answered_at.isoformat() if one.answered_at else None,
                }
                for one in works
            ],
            "more_time": [
                {"run": one.run_id, "activity": one.block, "stage": one.stage, "until": one.until.isoformat()} for one in times
            ],
            "comments": [{"text": one.text, "at": one.at.isoformat()} for one in said],
            "shown": [
                {"run": one.run_id, "activity": one.block, "to": one.audience, "at": one.at.isoformat()} for one in agreed
            ],
        }  # fmt: skip

    def erase(self, site: Site, person_id: int) -> Sequence[str]:
        """Own works are emptied, for marks rest on the fact that there were some; a team's works belong to the team as long as there is
        anybody else in it, and are no longer shown to others."""
        with_others = exists().where(
            TeamMember.person_id != person_id,
            SubmissionRecord.owner == literal("team:").concat(cast(TeamMember.team_id, String)),
        )
        own = or_(
            SubmissionRecord.owner == person_key(person_id),
            and_(SubmissionRecord.author_id == person_id, SubmissionRecord.owner.like("team:%"), ~with_others),
        )
        ids = list(db.session.scalars(select(SubmissionRecord.id).where(own)))
        db.session.execute(delete(Consent).where(Consent.person_id == person_id))
        db.session.execute(delete(MoreTime).where(MoreTime.owner == person_key(person_id)))
        db.session.execute(update(MoreTime).where(MoreTime.by_id == person_id).values(by_id=None))
        db.session.execute(
            delete(PassageComment).where(or_(PassageComment.submission_id.in_(ids), PassageComment.by_id == person_id))
        )
        db.session.execute(
            update(SubmissionRecord)
            .where(SubmissionRecord.id.in_(ids))
            .values(title="", text="", html="", feedback="", files="[]")
            .execution_options(synchronize_session=False)
        )
        if not ids:
            return []
        return [
            ngettext(
                "The text of {n} work was removed; that there was one stays, because a mark rests on it.",
                "The texts of {n} works were removed; that there were some stays, because marks rest on them.",
                len(ids),
            )
        ]


feature = Plugin("submissions", "lms.submissions", (pages, SubmissionData(), On(Withdrawn, showing.forget)))
