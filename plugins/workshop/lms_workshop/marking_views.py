"""Pages about marks: how one was worked out, and what another way of marking would give before it is chosen."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import abort, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from courses.evaluation import Marking, replay
from lms.plugin import LEARNER, STAFF, ActivityPages, BadInput, KeptWorking, Visit, db, gettext
from lms_workshop import appeals, marks, rules, service, stages, store
from lms_workshop.forms import REVIEWS, WORKS, MarkingForm
from lms_workshop.marks import Marks

pages = ActivityPages()

WAYS = {"work": tuple(WORKS), "review": tuple(REVIEWS)}


# ------------------------------------------------------------------------------------------- one mark


@pages.get("marks/<part>/", LEARNER)
def working(visit: Visit, part: str) -> ResponseReturnValue:
    """How one's own mark was worked out; before marks are out, what there is to do."""
    if part not in WAYS:
        abort(404)
    if rules.step(stages.situation(visit)) != "results":
        return visit.redirect()
    return _working_page(visit, visit.person.id, part)


@pages.get("people/<int:person_id>/<part>/working/", STAFF)
def working_of(visit: Visit, person_id: int, part: str) -> ResponseReturnValue:
    """How a participant's mark was worked out, and what the same forms would give in other ways."""
    if part not in WAYS or person_id not in {member.id for member in visit.people()}:
        abort(404)
    return _working_page(visit, person_id, part)


def _working_page(visit: Visit, person_id: int, part: str) -> Markup:
    kept = visit.assessments.workings(person_id, part)
    staff = visit.may(STAFF)
    name = next((member.name for member in visit.people() if member.id == person_id), "") if staff else ""
    others = _otherwise(kept[0]) if kept and staff else []
    return visit.render(
        "workshop/working.html", kept=kept, part=part, name=name, others=others, names=_names(visit, part, kept),
        reason=store.stage(visit).marking_reason, person_id=person_id, appeals=appeals.of(visit, person_id, part),
        appealing=None if staff else appeals.asking_until(visit),
    )  # fmt: skip


def _names(visit: Visit, part: str, kept: Sequence[KeptWorking]) -> dict[str, str]:
    """What the parts of a mark are called: pseudonyms, and names for those who may see them."""
    numbers = {one.name for working in kept for one in working.working.parts if one.name.isdigit()}
    if part == "review":
        known = {number: gettext("Work {number}", number=number) for number in numbers}
        return known | {marks.MISSING: gettext("A review that was not written")}
    found = {number: gettext("Reviewer {number}", number=number) for number in numbers}
    if visit.may(STAFF) or not visit.settings.anonymous:
        people = {member.id: member.name for member in visit.people()}
        found |= {
            str(pair.number): people[pair.reviewer_id] for pair in store.pairs(visit) if pair.reviewer_id in people
        }
    return found | {"tutor": gettext("The tutor"), "self": gettext("Self-assessment")}


def _otherwise(kept: KeptWorking) -> list[tuple[str, float | None, bool]]:
    """What the stored basis gives in each way: (the way in English, share, whether it is the way in force)."""
    field = "reviews" if kept.part == "review" else "work"
    said = {**WORKS, **REVIEWS}
    found = []
    for way in WAYS[kept.part]:
        marking = kept.marking.model_copy(update={field: way})
        found.append((said[way], replay(kept.part, kept.basis, marking).share, getattr(kept.marking, field) == way))
    return found


# ------------------------------------------------------------------------------------------- another way of marking


@dataclass(frozen=True)
class Compared:
    """One participant's marks as they are and as they would be."""

    name: str
    now: Marks
    then: Marks
    passes_now: bool
    passes_then: bool

    @property
    def change(self) -> float:
        """By how much the whole would change, as a share."""
        if self.now.total is None or self.then.total is None:
            return 0.0 if self.now.total is self.then.total else 1.0
        return self.then.total.share - self.now.total.share


@pages.get("marking/", STAFF)
def marking(visit: Visit) -> ResponseReturnValue:
    """How marks are worked out here, and what they would be in another way."""
    form = (
        MarkingForm(formdata=request.args, meta={"csrf": False})
        if request.args
        else MarkingForm.of(marks.marking_of(visit))
    )
    return _marking_page(visit, form)


@pages.post("marking/", STAFF)
def switch(visit: Visit) -> ResponseReturnValue:
    """Work marks out in another way from now on; those that are out are given anew."""
    form = visit.form(MarkingForm)
    if form.validate():
        try:
            with db.session.begin_nested():
                service.set_marking(visit, form.marking(marks.marking_of(visit)), form.reason.data or "")
        except BadInput as error:
            form.form_errors.append(str(error.message))
        else:
            visit.say(gettext("Marks are worked out in this way now."))
            return visit.redirect()
    return _marking_page(visit, form), 422


def _marking_page(visit: Visit, form: MarkingForm) -> Markup:
    now = marks.marking_of(visit)
    rows: list[Compared] = []
    then = form.marking(now) if form.validate() else now
    if then != now:
        rows = _compare(visit, then)
    return visit.render(
        "workshop/ways.html", form=form, rows=rows, now=now, then=then,
        changed=sum(abs(row.change) > 1e-9 for row in rows),
        passing=(sum(row.passes_now for row in rows), sum(row.passes_then for row in rows)),
    )  # fmt: skip


def _compare(visit: Visit, marking: Marking) -> list[Compared]:
    people = visit.people()
    ids = [member.id for member in people]
    found = marks.collect(visit)
    now = marks.work_out(visit.settings, found, ids)
    then = marks.work_out(visit.settings, marks.under(found, marking), ids)
    asked = visit.settings.passing

    def passes(one: Marks) -> bool:
        return one.completed and one.total is not None and rules.passes(one.total.share, asked)

    rows = [
        Compared(member.name, now[member.id], then[member.id], passes(now[member.id]), passes(then[member.id]))
        for member in people
    ]
    return sorted(rows, key=lambda row: -abs(row.change))
