"""Appeals: a participant asks the tutor to look again at a mark; the tutor confirms or changes it and says why.

An appeal and its answer stay: together with the kept workings they tell how the mark came to be what it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import abort
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy import select

from lms.plugin import LEARNER, STAFF, ActivityPages, BadInput, Message, Visit, db, gettext, mark
from lms_workshop import marks, results, rules, service, stages, store
from lms_workshop.forms import AppealForm, DecisionForm
from lms_workshop.models import Appeal
from lms_workshop.stages import LOCK

pages = ActivityPages()
PARTS = ("work", "review")


@dataclass(frozen=True)
class Line:
    """An appeal as it is listed; `name` is the participant's."""

    appeal: Appeal
    name: str


def of(visit: Visit, person_id: int | None = None, part: str | None = None) -> Sequence[Appeal]:
    """Appeals (of one person, about one mark), the latest first. One statement."""
    query = select(Appeal).where(Appeal.run_id == visit.run.id, Appeal.block == visit.block.id)
    if person_id is not None:
        query = query.where(Appeal.person_id == person_id)
    if part is not None:
        query = query.where(Appeal.part == part)
    return db.session.execute(query.order_by(Appeal.at.desc(), Appeal.id.desc())).scalars().all()


def count(visit: Visit) -> tuple[int, int]:
    """How many appeals wait for an answer, and how many there are. One statement."""
    known = of(visit)
    return sum(one.answered_at is None for one in known), len(known)


def until(visit: Visit) -> datetime | None:
    """Until when this person can appeal; None where nobody can, or before there are marks."""
    released, days = results.given_at(visit), visit.settings.appeals
    return released + timedelta(days=days) if released is not None and days else None


def asking_until(visit: Visit) -> datetime | None:
    """The same, as long as there is time."""
    last = until(visit)
    return last if last is not None and visit.now <= last else None


def refusal(visit: Visit, part: str) -> Message | None:
    """Why this person cannot appeal against this mark now, or None."""
    last = until(visit)
    if last is None or rules.step(stages.situation(visit)) != "results":
        return Message(mark("There is no mark here that you could ask about."))
    if any(one.answered_at is None for one in of(visit, visit.person.id, part)):
        return Message(mark("You have asked already: the tutor will answer."))
    if visit.now > last:
        return Message(mark("The time in which the tutor could be asked about marks is over."))
    return None


def ask(visit: Visit, part: str, reason: str) -> None:
    """Ask the tutor to look again. Raises BadInput without a reason or when it is not possible."""
    visit.lock(LOCK)
    _of_the_workshop(visit, part)
    refused = refusal(visit, part)
    if refused is not None:
        raise BadInput(refused)
    if not reason.strip():
        raise BadInput(Message(mark("Say what the tutor should look at.")))
    before = visit.result(f"{visit.block.id}.{part}")
    found = Appeal(
        run_id=visit.run.id, block=visit.block.id, person_id=visit.person.id, part=part, reason=reason.strip(),
        before=before.share if before is not None else None, at=visit.now,
    )  # fmt: skip
    db.session.add(found)
    db.session.flush()
    results.record(visit, [visit.person.id], afresh=True)
    told = Message(mark("“{title}”: a participant asks you to look again at a mark."), {"title": visit.block.title})
    visit.notify([member.id for member in visit.people("tutor")], told, f"appeals/{found.id}/")


def answer(visit: Visit, appeal_id: int, share: float | None, reason: str) -> None:
    """Confirm the mark, or change it to this share. Raises Gone, or BadInput without a reason and when it is answered already."""
    visit.lock(LOCK)
    found = _found(visit, appeal_id)
    if found.answered_at is not None:
        raise BadInput(Message(mark("This is answered already.")))
    if not reason.strip():
        raise BadInput(Message(mark("Say why: the participant will read it.")))
    found.answer, found.answered_by, found.answered_at = reason.strip(), visit.person.id, visit.now
    found.after = found.before if share is None else share
    db.session.flush()
    if share is not None:
        service.set_mark(visit, found.person_id, found.part, share, reason)
    if results.given_at(visit, found.person_id) is not None:
        results.record(visit, [found.person_id], afresh=True)
    said = (
        mark("“{title}”: the tutor looked again and confirmed the mark.")
        if share is None
        else mark("“{title}”: the tutor looked again and changed the mark.")
    )
    visit.notify([found.person_id], Message(said, {"title": visit.block.title}), f"marks/{found.part}/appeal")


def _found(visit: Visit, appeal_id: int) -> Appeal:
    found = db.session.get(Appeal, appeal_id, populate_existing=True)
    if found is None or (found.run_id, found.block) != (visit.run.id, visit.block.id):
        raise stages.Gone
    return found


def _of_the_workshop(visit: Visit, part: str) -> None:
    if part not in PARTS or (part == "review" and not visit.settings.review_points):
        raise stages.Gone


# ------------------------------------------------------------------------------------------- pages of participants


@pages.get("marks/<part>/appeal", LEARNER)
def own(visit: Visit, part: str) -> ResponseReturnValue:
    """Ask the tutor about one's mark; what was asked and answered."""
    return _own_page(visit, part, visit.form(AppealForm))


@pages.post("marks/<part>/appeal", LEARNER)
def appeal(visit: Visit, part: str) -> ResponseReturnValue:
    """Keep it and tell the tutor."""
    form = visit.form(AppealForm)
    if form.validate_on_submit():
        try:
            with db.session.begin_nested():
                ask(visit, part, form.reason.data or "")
        except stages.Gone:
            abort(404)
        except BadInput as error:
            form.form_errors.append(str(error.message))
        else:
            visit.say(gettext("The tutor is asked to look again. You will get a notice with the answer."))
            return visit.redirect(f"marks/{part}/appeal")
    return _own_page(visit, part, form), 422


def _own_page(visit: Visit, part: str, form: AppealForm) -> Markup:
    try:
        _of_the_workshop(visit, part)
    except stages.Gone:
        abort(404)
    return visit.render(
        "workshop/appeal.html", part=part, form=form, refusal=refusal(visit, part), until=until(visit),
        appeals=of(visit, visit.person.id, part), result=visit.result(f"{visit.block.id}.{part}"),
        explanation=visit.explanation(f"{visit.block.id}.{part}"),
    )  # fmt: skip


# ------------------------------------------------------------------------------------------- pages of staff


def lines(visit: Visit) -> Sequence[Line]:
    """All appeals with names: those that wait first, the oldest of these at the top."""
    names = {member.id: member.name for member in visit.people()}
    gone = gettext("somebody who has left the course")
    known = of(visit)
    waiting = [one for one in reversed(known) if one.answered_at is None]
    return [
        Line(one, names.get(one.person_id, gone))
        for one in (*waiting, *(one for one in known if one.answered_at is not None))
    ]


@pages.get("appeals/", STAFF)
def listed(visit: Visit) -> ResponseReturnValue:
    """All appeals."""
    return visit.render("workshop/appeals.html", lines=lines(visit))


@pages.get("appeals/<int:appeal_id>/", STAFF)
def look(visit: Visit, appeal_id: int) -> ResponseReturnValue:
    """An appeal with the mark it is about."""
    return _staff_page(visit, appeal_id, visit.form(DecisionForm))


@pages.post("appeals/<int:appeal_id>/", STAFF)
def decide(visit: Visit, appeal_id: int) -> ResponseReturnValue:
    """Confirm or change the mark."""
    form = visit.form(DecisionForm)
    if form.validate_on_submit():
        share = None if form.percent.data is None else form.percent.data / 100
        try:
            with db.session.begin_nested():
                answer(visit, appeal_id, share, form.reason.data or "")
        except stages.Gone:
            abort(404)
        except BadInput as error:
            form.form_errors.append(str(error.message))
        else:
            visit.say(gettext("The mark is confirmed.") if share is None else gettext("The mark is changed."))
            return visit.redirect("appeals/")
    return _staff_page(visit, appeal_id, form), 422


def _staff_page(visit: Visit, appeal_id: int, form: DecisionForm) -> Markup:
    try:
        found = _found(visit, appeal_id)
    except stages.Gone:
        abort(404)
    known = marks.work_out(visit.settings, marks.collect(visit), [found.person_id])[found.person_id]
    name = next((line.name for line in lines(visit) if line.appeal.id == found.id), "")
    work = next((one for one in store.works(visit) if found.person_id in one.people), None)
    return visit.render(
        "workshop/decision.html", found=found, name=name, form=form, work=work,
        now=known.work.share if found.part == "work" else known.review.share,
        explanation=visit.explanation(f"{visit.block.id}.{found.part}", found.person_id),
        earlier=[one for one in of(visit, found.person_id, found.part) if one.id != found.id],
    )  # fmt: skip
