"""Who reviews whose works: a shared part of activities whose works are handed out to reviewers."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, or_, select

from lms.allocation.models import AllocationPair, Conflict, Origin, OwnConflict, Wish
from lms.allocation.views import pages
from lms.db import db
from lms.i18n import gettext as _
from lms.plugin import PersonalData, Plugin, Site


class AllocationData(PersonalData):
    """What a person was asked to review, whom they are kept apart from, and where they come from."""

    name = "allocation"
    tables = (
        "allocation",
        "allocation_pair",
        "allocation_conflict",
        "allocation_own_conflict",
        "allocation_wish",
        "allocation_origin",
    )

    def export(self, site: Site, person_id: int) -> Mapping[str, Any]:
        """The reviews they were asked for, without saying of whom; their school and region; how many conflicts there are."""
        reviews = db.session.execute(
            select(AllocationPair.run_id, AllocationPair.block, AllocationPair.created_at)
            .where(AllocationPair.reviewer_id == person_id)
            .order_by(AllocationPair.id)
        )
        origins = db.session.execute(select(Origin).where(Origin.person_id == person_id).order_by(Origin.run_id))
        conflicts = db.session.execute(
            select(Conflict.run_id, Conflict.at).where(_of(person_id)).order_by(Conflict.run_id, Conflict.at)
        )
        named = db.session.execute(
            select(OwnConflict.run_id, OwnConflict.at)
            .where(OwnConflict.person_id == person_id)
            .order_by(OwnConflict.at)
        )
        wishes = db.session.execute(
            select(Wish.run_id, Wish.block, Wish.wish).where(Wish.person_id == person_id).order_by(Wish.subject)
        )
        return {
            "reviews": [
                {"run": row.run_id, "activity": row.block, "since": row.created_at.isoformat()} for row in reviews
            ],
            "origins": [{"run": one.run_id, "school": one.school, "region": one.region} for one in origins.scalars()],
            "conflicts": [{"run": row.run_id, "at": row.at.isoformat()} for row in conflicts],
            "own_conflicts": [{"run": row.run_id, "at": row.at.isoformat()} for row in named],
            "wishes": [{"run": row.run_id, "activity": row.block, "wish": row.wish} for row in wishes],
        }

    def erase(self, site: Site, person_id: int) -> Sequence[str]:
        """Forget school, region and conflicts; who reviewed what stays as numbers, because marks rest on it."""
        known = db.session.execute(select(Origin.run_id).where(Origin.person_id == person_id)).first()
        kept = db.session.execute(select(Conflict.run_id).where(_of(person_id))).first()
        db.session.execute(delete(Origin).where(Origin.person_id == person_id))
        db.session.execute(delete(Conflict).where(_of(person_id)))
        about = or_(OwnConflict.person_id == person_id, OwnConflict.other_id == person_id)
        named = db.session.execute(select(OwnConflict.run_id).where(about)).first()
        db.session.execute(delete(OwnConflict).where(about))
        db.session.execute(delete(Wish).where(Wish.person_id == person_id))
        if known is None and kept is None and named is None:
            return []
        return [_("Your school, your region and whom you were kept apart from in reviewing are forgotten.")]


def _of(person_id: int) -> Any:
    return or_(Conflict.one_id == person_id, Conflict.other_id == person_id)


feature = Plugin("allocation", "lms.allocation", (pages, AllocationData()))
