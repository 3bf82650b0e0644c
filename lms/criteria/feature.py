"""Marking forms: a shared part of activities whose works are marked by criteria."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select, update

from lms.criteria.models import AssessmentRecord
from lms.db import db
from lms.i18n import ngettext
from lms.plugin import PersonalData, Plugin, Site


class AssessmentData(PersonalData):
    """The marking forms a person filled in."""

    name = "assessments"
    tables = ("assessment",)

    def export(self, site: Site, person_id: int) -> Mapping[str, Any]:
        """The forms this person filled in, without saying whose work it was."""
        rows = db.session.execute(
            select(AssessmentRecord).where(AssessmentRecord.assessor_id == person_id).order_by(AssessmentRecord.id)
        ).scalars()
        return {
            "assessments": [
                {
                    "run": row.run_id, "activity": row.block, "role": row.role, "points": json.loads(row.values),
                    "comments": json.loads(row.comments), "comment": row.comment, "share": row.share,
                    "done_at": row.done_at.isoformat() if row.done_at else None,
                    "updated_at": row.updated_at.isoformat(),
                }
                for row in rows
            ]
        }  # fmt: skip

    def erase(self, site: Site, person_id: int) -> Sequence[str]:
        """Remove what the person wrote; the numbers stay, because others' marks rest on them."""
        own = AssessmentRecord.assessor_id == person_id
        count = db.session.execute(select(func.count()).select_from(AssessmentRecord).where(own)).scalar_one()
        emptied = update(AssessmentRecord).where(own).values(comments="{}", comment="")
        db.session.execute(emptied.execution_options(synchronize_session=False))
        if not count:
            return []
        return [
            ngettext(
                "The comments in {n} marking form were removed; its points stay, because a mark rests on them.",
                "The comments in {n} marking forms were removed; their points stay, because marks rest on them.",
                count,
            )
        ]


feature = Plugin("criteria", "lms.criteria", (AssessmentData(),))
