"""Marking forms of activities: shown, read, stored with the criteria they were filled in by, and explained."""

import json
from collections.abc import Mapping, Sequence, Set
from typing import Any

from markupsafe import Markup
from sqlalchemy import bindparam, delete, insert, select, text

from courses.criteria import Criteria, against, score
from courses.evaluation import Marking, Part, Working
from lms import ui
from lms.criteria import forms
from lms.criteria.models import AssessmentRecord, FormInUse, WorkingRecord
from lms.db import Query, as_utc, db, lock
from lms.i18n import Message, gettext, mark
from lms.plugin import Assessment, BadInput, FormState, KeptWorking
from lms.site import Site

_COLUMNS = "id, subject, assessor_id, role, form, marks, comments, comment, share, done_at"
_OF = f"SELECT {_COLUMNS} FROM assessment WHERE run_id = :run AND block = :block"  # noqa: S608 - a constant
_ORDER = " ORDER BY subject, id"
_ALL = text(_OF + " AND (:role = '' OR role = :role)" + _ORDER)
_EARLIER = text(
    "SELECT comment FROM assessment WHERE assessor_id = :person AND block = :block AND done_at IS NOT NULL AND comment <> '' "
    "ORDER BY id DESC LIMIT 200"
)
_IN_USE = text("SELECT form, language FROM marking_form WHERE run_id = :run AND block = :block AND name = :name")
_WORKINGS = (
    "SELECT id, person_id, part, formula, version, share, parts, marking, basis, at FROM mark_working "
    "WHERE run_id = :run AND block = :block"
)
_IDS = "SELECT max(id) FROM mark_working WHERE run_id = :run AND block = :block GROUP BY person_id, part"
_LATEST = text(f"{_WORKINGS} AND id IN ({_IDS})")
_OF_PERSON = text(_WORKINGS + " AND person_id = :person AND part = :part ORDER BY id DESC")
_STATES = Query(
    "SELECT id, subject, assessor_id, role, share, done_at FROM assessment WHERE run_id = :run AND block = :block"
    " AND (:role = '' OR role = :role) ORDER BY subject, id"
)
_SOME = text(_OF + " AND (:role = '' OR role = :role) AND subject IN :subjects" + _ORDER).bindparams(
    bindparam("subjects", expanding=True)
)


class BlockAssessments:
    """What `lms.plugin.Assessments` promises."""

    def __init__(self, site: Site, run_id: int, block: str, person_id: int = 0, language: str = "") -> None:
        self.site = site
        self.run_id = run_id
        self.block = block
        self.person_id = person_id
        self.language = language
        """That of the course as this person reads it."""
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
        return ui.render(
            "criteria/form.html", criteria=criteria, sent=sent, values=shown, errors=errors,
            earlier=self._earlier(sent.comment), chosen=forms.chosen(),
        )  # fmt: skip

    def _earlier(self, now: str) -> Sequence[str]:
        """Paragraphs of this person's own general comments in this activity (of any run), the most used first."""
        if not self.person_id:
            return ()
        rows = db.session.execute(_EARLIER, {"person": self.person_id, "block": self.block})
        return forms.paragraphs((row.comment for row in rows), now)

    def read(self, criteria: Criteria, complete: bool = True) -> tuple[dict[str, float], dict[str, str], str]:
        """What was sent: values, comments by criterion, general comment. Of what is not `complete` (a draft) values may
        be missing, but not wrong. Earlier comments that were ticked stand below the general one. Raises BadInput naming the
        first criterion that is wrong."""
        self._complete = complete
        sent = forms.understand(criteria, forms.sent_fields(criteria) or {}, complete)
        titles = {"": Message(mark("General comment")), **{item.id: item.title for item in criteria.items}}
        for id, error in sent.errors.items():
            raise BadInput(Message(mark("“{criterion}”: {error}"), {"criterion": titles[id], "error": error}))
        return sent.values, sent.comments, forms.with_earlier(sent.comment, forms.chosen())

    # ------------------------------------------------------------------ the form in use

    def in_use(self, criteria: Criteria, name: str = "") -> Criteria:
        """The form works are marked by here: as it was first used, or the given one while nobody has used it. It was first used
        in one language: to those who read the course in another it speaks with the words of the given one."""
        found = db.session.execute(_IN_USE, {"run": self.run_id, "block": self.block, "name": name}).one_or_none()
        if found is None:
            return criteria
        form = Criteria.model_validate_json(found.form)
        return form if self.language in ("", found.language) else form.in_words_of(criteria)

    def begin(self, criteria: Criteria, name: str = "") -> Criteria:
        """The form in use, from now on at the latest."""
        lock(f"marking-form/{self.run_id}/{self.block}/{name}")
        found = self.in_use(criteria, name)
        if db.session.get(FormInUse, (self.run_id, self.block, name)) is None:
            db.session.add(
                FormInUse(
                    run_id=self.run_id,
                    block=self.block,
                    name=name,
                    form=found.model_dump_json(),
                    language=self.language,
                    at=self.site.now(),
                )
            )
            db.session.flush()
        return found

    def compared_with(self, criteria: Criteria, others: Mapping[int, str]) -> Criteria:
        """The form that compares a work with others (what the reader calls them, by number); criteria of any other strategy
        stay as they are."""
        if criteria.strategy != "pairwise":
            return criteria
        titles = gettext("The other work is better"), gettext("Both are alike"), gettext("This work is better")
        return against(criteria, others, titles)

    # ------------------------------------------------------------------ how marks were worked out

    def keep_workings(self, workings: Sequence[KeptWorking]) -> Set[int]:
        """Keep how these marks were worked out; returns whose changed. What is as it was is not kept again."""
        rows = db.session.execute(_LATEST, {"run": self.run_id, "block": self.block})
        before = {(one.person_id, one.part): one for one in map(_working, rows)}
        new: list[dict[str, Any]] = [
            {
                "run_id": self.run_id, "block": self.block, "person_id": one.person_id, "part": one.part,
                "formula": one.working.formula, "version": one.working.version, "share": one.working.share,
                "parts": _json([part.model_dump() for part in one.working.parts]),
                "marking": one.marking.model_dump_json(by_alias=True), "basis": one.basis, "at": one.at,
            }
            for one in workings
            if (found := before.get((one.person_id, one.part))) is None
            or (found.working, found.marking, found.basis) != (one.working, one.marking, one.basis)
        ]  # fmt: skip
        if new:
            db.session.execute(insert(WorkingRecord), new)
        return {int(one["person_id"]) for one in new}

    def workings(self, person_id: int, part: str) -> Sequence[KeptWorking]:
        """How a mark was worked out, the latest first. One statement."""
        values = {"run": self.run_id, "block": self.block, "person": person_id, "part": part}
        return [_working(row) for row in db.session.execute(_OF_PERSON, values)]

    def show_working(self, kept: KeptWorking, names: Mapping[str, str] | None = None) -> Markup:
        """A mark with what was counted, how often and why, as a table. `names`: what the reader calls the parts."""
        return ui.render("criteria/working.html", kept=kept, working=kept.working, names=names or {})

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

    def states(self, role: str | None = None) -> list[FormState]:
        """How far all stored forms are. One statement."""
        rows = _STATES.plain(run=self.run_id, block=self.block, role=role or "")
        return [FormState(*row)._replace(done_at=as_utc(row[5])) for row in rows]

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


def _working(row: Any) -> KeptWorking:
    parts = tuple(Part.model_validate(part) for part in json.loads(row.parts))
    # what was taken off stands with what went in; a mark set by hand, or that is none, was left whole
    late = json.loads(row.basis).get("late", 0) if row.formula != "hand" and row.share is not None else 0
    working = Working(share=row.share, formula=row.formula, parts=parts, version=row.version, late=late)
    at = as_utc(row.at)
    assert at is not None
    return KeptWorking(row.person_id, row.part, working, Marking.model_validate_json(row.marking), row.basis, at)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
