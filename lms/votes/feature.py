"""Votes: a shared part of activities in which people say what they are for."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select, update

from lms.db import db
from lms.i18n import gettext as _
from lms.plugin import PersonalData, Plugin, Site
from lms.votes.models import VoteRecord


class VotesData(PersonalData):
    """What a person voted for."""

    name = "votes"
    tables = ("vote",)

    def export(self, site: Site, person_id: int) -> Mapping[str, Any]:
        """The activities and when; what it was for is named as the activity names it."""
        own = db.session.scalars(select(VoteRecord).where(VoteRecord.person_id == person_id).order_by(VoteRecord.id))
        return {
            "votes": [
                {"run": one.run_id, "activity": one.block, "subject": one.subject, "at": one.at.isoformat()}
                for one in own
            ]
        }

    def erase(self, site: Site, person_id: int) -> Sequence[str]:
        """The votes still count, but nobody knows whose they were."""
        own = VoteRecord.person_id == person_id
        had = db.session.scalars(select(VoteRecord.id).where(own)).first()
        db.session.execute(update(VoteRecord).where(own).values(person_id=None))
        return [_("It is forgotten what you voted for; the votes still count.")] if had is not None else []


feature = Plugin("votes", "lms.votes", (VotesData(),))
