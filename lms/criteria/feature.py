"""Marking forms: a shared part of activities whose works are marked by criteria."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select, update

from lms.criteria.models import AssessmentRecord, WorkingRecord
from lms.db import db
from lms.i18n import ngettext
from lms.plugin import PersonalData, Plugin, Site


class AssessmentData(PersonalData):
    """The marking forms a person filled in, and how the person's own marks were worked out."""

    name = "assessments"
    tables = ("assessment", "mark_working")

    def export(self, site: Site, person_id: int) -> Mapping[str, Any]:
        """The forms this person filled in, without saying whose work it was, and the marks they were given with what those were made
        of."""
        given = site.marked(person_id)
        marks = db.session.execute(
            select(WorkingRecord).where(WorkingRecord.person_id == person_id).order_by(WorkingRecord.id)
        ).scalars()
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
            ],
            "marks": [
                {
                    "run": row.run_id, "activity": row.block, "part": row.part, "formula": row.formula,
                    "version": row.version, "share": row.share, "counted": json.loads(row.parts),
                    "worked_out_at": row.at.isoformat(),
                }
                for row in marks
                if given & {(row.run_id, row.block), (row.run_id, f"{row.block}.{row.part}")}
            ],
        }  # fmt: skip

    def erase(self, site: Site, person_id: int) -> Sequence[str]:
        """Remove what the person wrote; the numbers stay, because others' marks rest on them."""
        own = AssessmentRecord.assessor_id == person_id
        count = db.session.execute(select(func.count()).select_from(AssessmentRecord).where(own)).scalar_one()
        emptied = update(AssessmentRecord).where(own).values(comments="{}", comment="")
        db.session.execute(emptied.execution_options(synchronize_session=False))
        for row in db.session.execute(select(WorkingRecord).where(WorkingRecord.person_id == person_id)).scalars():
            basis = json.loads(row.basis)
            if basis.get("hand"):  # the reason of a mark set by hand is about the person
                row.basis = json.dumps({**basis, "hand": {**basis["hand"], "reason": "—"}}, ensure_ascii=False)
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
