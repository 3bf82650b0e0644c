"""What drafts know about a person: who changed which file, and when."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select, update

from lms.db import db
from lms.plugin import PersonalData, Site
from lms.studio.models import Draft, DraftChange


class DraftData(PersonalData):
    """Changes to drafts. Their texts are the course's."""

    name = "drafts"
    tables = ("draft_change",)

    def export(self, site: Site, person_id: int) -> Mapping[str, Any]:
        """Every change by course, version and file."""
        rows = db.session.execute(
            select(Draft.slug, DraftChange.version, DraftChange.path, DraftChange.how, DraftChange.at)
            .join(Draft, Draft.id == DraftChange.draft_id)
            .where(DraftChange.by == person_id)
            .order_by(Draft.slug, DraftChange.version, DraftChange.path)
        )
        return {
            "changes": [
                {"course": row.slug, "version": row.version, "file": row.path, "how": row.how, "at": row.at}
                for row in rows
            ]
        }

    def erase(self, site: Site, person_id: int) -> Sequence[str]:
        """The changes stay, as nobody's: the text of a course rests on them."""
        db.session.execute(update(DraftChange).where(DraftChange.by == person_id).values(by=None))
        return []
