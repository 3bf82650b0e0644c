"""Marking forms of activities: shown, read, stored with the criteria they were filled in by, and explained."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup
from sqlalchemy import bindparam, delete, select, text

from courses.criteria import Criteria, score
from lms import ui
from lms.criteria import forms
from lms.criteria.models import AssessmentRecord
from lms.db import as_utc, db, lock
from lms.i18n import Message, mark
from lms.plugin import Assessment, BadInput
from lms.site import Site

_COLUMNS = "id, subject, assessor_id, role, form, marks, comments, comment, share, done_at"
_OF = f"SELECT {_COLUMNS} FROM assessment WHERE run_id = :run AND block = :block"  # noqa: S608 - a constant
_ORDER = " ORDER BY subject, id"
_ALL = text(_OF + " AND (:role = '' OR role = :role)" + _ORDER)
_SOME = text(_OF + " AND (:role = '' OR role = :role) AND subject IN :subjects" + _ORDER).bindparams(
    bindparam("subjects", expanding=True)
)


class BlockAssessments:
    """What `lms.plugin.Assessments` promises."""

    def __init__(self, site: Site, run_id: int, block: str) -> None:
        self.site = site
        self.run_id = run_id
        self.block = block
        self._complete = True
        """Whether what was last read had to be; a form sent back points at gaps only then."""

    def form(self, criteria: Criteria, found: Assessment | None = None) -> Markup:
        """The fields of a marking form: what was just sent, with its errors, else what is stored, else empty.

        A form that was stored with other criteria keeps what still fits the present ones.
        """
        fields = forms.sent_fields(criteria)
        if fields is not None:
            sent = forms.understand(criteria, fields, self._complete)
        elif found is not None:
            known = {item.id: item for item in criteria.items}
            values: dict[str, float | str] = {
                id: value for id, value in found.values.items() if id in known and value <= known[id].points
            }
            sent = forms.Sent(comments=dict(found.comments), comment=found.comment, raw=values)
        else:
            sent = forms.Sent()
        errors = {id: [str(error)] for id, error in sent.errors.items()}
        shown = {id: _brief(value) for id, value in sent.raw.items()}
        return ui.render("criteria/form.html", criteria=criteria, sent=sent, values=shown, errors=errors)

    def read(self, criteria: Criteria, complete: bool = True) -> tuple[dict[str, float], dict[str, str], str]:
        """What was sent: values, comments by criterion, general comment. Of what is not `complete` (a draft) values may
        be missing, but not wrong. Raises BadInput naming the first criterion that is."""
        self._complete = complete
        sent = forms.understand(criteria, forms.sent_fields(criteria) or {}, complete)
        titles = {"": Message(mark("General comment")), **{item.id: item.title for item in criteria.items}}
        for id, error in sent.errors.items():
            raise BadInput(Message(mark("“{criterion}”: {error}"), {"criterion": titles[id], "error": error}))
        return sent.values, sent.comments, sent.comment

    def save(
        self, subject: str, criteria: Criteria, values: Mapping[str, float], comments: Mapping[str, str], comment: str,
        assessor_id: int, role: str, done: bool = True,
    ) -> Assessment:  # fmt: skip
        """Store one assessor's form for a subject, replacing their earlier one; `done=False` keeps a draft."""
        lock(f"assessment/{self.run_id}/{self.block}/{subject}/{assessor_id}")
        found = db.session.execute(
            select(AssessmentRecord)
            .where(
                AssessmentRecord.run_id == self.run_id,
                AssessmentRecord.block == self.block,
                AssessmentRecord.subject == subject,
                AssessmentRecord.assessor_id == assessor_id,
            )
            .execution_options(populate_existing=True)
        ).scalar_one_or_none()
        if found is None:
            found = AssessmentRecord(run_id=self.run_id, block=self.block, subject=subject, assessor_id=assessor_id)
            db.session.add(found)
        now = self.site.now()
        known = {item.id for item in criteria.items}
        found.role = role
        found.form = criteria.model_dump_json()
        found.values = _json({id: value for id, value in values.items() if id in known})
        found.comments = _json({id: words for id, words in comments.items() if id in known and words})
        found.comment = comment
        found.share = score(criteria, values).share if done else None
        found.done_at = now if done else None
        found.updated_at = now
        db.session.flush()
        return Assessment(
            found.id, subject, assessor_id, role, criteria, json.loads(found.values), json.loads(found.comments),
            comment, found.share, found.done_at,
        )  # fmt: skip

    def of(self, subjects: Sequence[str] | None = None, role: str | None = None) -> Sequence[Assessment]:
        """Stored forms by subject, drafts included. One statement."""
        if subjects is not None and not subjects:
            return []
        values = {"run": self.run_id, "block": self.block, "role": role or "", "subjects": list(subjects or ())}
        rows = db.session.execute(_ALL if subjects is None else _SOME, values)
        criteria: dict[str, Criteria] = {}  # a group's forms share one text: it is parsed once
        found = []
        for row in rows:
            if row.form not in criteria:
                criteria[row.form] = Criteria.model_validate_json(row.form)
            found.append(
                Assessment(
                    row.id, row.subject, row.assessor_id, row.role, criteria[row.form], json.loads(row.marks),
                    json.loads(row.comments), row.comment, row.share, as_utc(row.done_at),
                )
            )  # fmt: skip
        return found

    def remove(self, subjects: Sequence[str]) -> None:
        """Forget all forms for these subjects."""
        here = (AssessmentRecord.run_id == self.run_id, AssessmentRecord.block == self.block)
        chosen = delete(AssessmentRecord).where(*here, AssessmentRecord.subject.in_(subjects))
        db.session.execute(chosen.execution_options(synchronize_session=False))

    def show(self, assessment: Assessment, title: str = "") -> Markup:
        """A filled-in form as a table with its arithmetic, without the assessor's name."""
        result = score(assessment.form, assessment.values)
        return ui.render("criteria/table.html", found=assessment, score=result, title=title)


def _brief(value: float | str) -> float | str:
    """«9» and not «9.0» in a field."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False)
