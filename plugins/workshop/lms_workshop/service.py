"""What people do in a workshop besides handing in: review others' works, look at their own and, as its tutor, mark."""

from courses.criteria import Criteria
from courses.evaluation import Marking
from lms.plugin import Assessment, BadInput, Message, Visit, db, gettext, mark
from lms_workshop import practice, results, stages, store
from lms_workshop.format import WorkshopSettings
from lms_workshop.models import HandMark
from lms_workshop.stages import LOCK, Gone
from lms_workshop.store import Pair, WorkLine

# ------------------------------------------------------------------------------------------- reviewing and marking


def my_pair(visit: Visit, number: int) -> Pair:
    """What this person is to review under the work's number. Raises Gone."""
    found = next((pair for pair in store.pairs(visit, visit.person.id) if pair.work_number == number), None)
    if found is None:
        raise Gone
    return found


def own_form(visit: Visit, work_id: int, role: str) -> Assessment | None:
    """This person's marking form of a work."""
    forms = visit.assessments.of([store.subject(work_id)], role)
    return next((form for form in forms if form.assessor_id == visit.person.id), None)


def form_of(visit: Visit, number: int, earlier: Assessment | None, begin: bool = False) -> Criteria:
    """The form this person marks the work of this number by: the one in use here (from now on, with `begin`). One that compares works
    in pairs asks about those of this person's works with a lower number; begun once, it stays as it was."""
    marking = visit.assessments
    criteria = marking.begin(visit.settings.form) if begin else marking.in_use(visit.settings.form)
    if criteria.strategy != "pairwise":
        return criteria
    if earlier is not None:
        return earlier.form
    lower = [one.work_number for one in store.pairs(visit, visit.person.id) if one.work_number < number]
    return marking.compared_with(criteria, {number: gettext("Work {number}", number=number) for number in lower})


def tutors_form(visit: Visit, begin: bool = False) -> Criteria:
    """The form a tutor marks by; where works are compared in pairs it asks for words alone."""
    marking = visit.assessments
    criteria = marking.begin(visit.settings.form) if begin else marking.in_use(visit.settings.form)
    return marking.compared_with(criteria, {})


def save_review(visit: Visit, number: int, finish: bool) -> bool:
    """Keep this person's review as it was sent; returns whether it is done. A finished one stays finished.

    Raises BadInput outside the review phase, or when a finished review lacks points or any word of comment.
    """
    visit.lock(LOCK)
    pair = my_pair(visit, number)
    if not stages.reviewing(visit):
        raise BadInput(Message(mark("Reviews are not accepted now: the time for reviewing is over.")))
    if practice.first_missing(visit) is not None:
        raise BadInput(Message(mark("Mark the model works first: you will see what an expert looks at.")))
    earlier = own_form(visit, pair.work_id, "peer")
    done = finish or (earlier is not None and earlier.done_at is not None)
    criteria = form_of(visit, number, earlier, begin=True)
    values, comments, comment = visit.assessments.read(criteria, complete=done)
    if done and not comment and not comments:
        raise BadInput(Message(mark("Write at least one comment: points alone do not help the author.")))
    visit.assessments.save(
        store.subject(pair.work_id), criteria, values, comments, comment, visit.person.id, "peer", done
    )
    if stages.handing_in(visit):
        stages.note_read(visit, pair.authors)
    stages.restand(visit, [visit.person.id])
    return done


def may_judge_oneself(visit: Visit, work: WorkLine | None) -> bool:
    """Whether an author is asked about the own work now."""
    return work is not None and visit.settings.self_assessment and stages.reviewing(visit)


def save_own(visit: Visit) -> None:
    """Keep what the author gives the own work. Raises Gone where nobody is asked, BadInput when it is not the time or incomplete."""
    visit.lock(LOCK)
    found = store.own_work(visit)
    if found is None or not visit.settings.self_assessment:
        raise Gone
    if not may_judge_oneself(visit, found):
        raise BadInput(Message(mark("You mark your own work while others' works are reviewed.")))
    criteria = tutors_form(visit, begin=True)
    values, comments, comment = visit.assessments.read(criteria)
    visit.assessments.save(store.subject(found.id), criteria, values, comments, comment, visit.person.id, "self")


def assess(visit: Visit, work_id: int) -> None:
    """Keep the tutor's own assessment of a work; it counts in place of the reviews and has to say why."""
    visit.lock(LOCK)
    found = store.work(visit, work_id)
    if found is None:
        raise Gone
    if visit.phases.now == "submission" or not visit.phases.reached:
        raise BadInput(Message(mark("The work may still change: mark it when the time for handing in is over.")))
    criteria = tutors_form(visit, begin=True)
    values, comments, comment = visit.assessments.read(criteria)
    if not comment:
        raise BadInput(Message(mark("Explain your assessment in the general comment: the author will read it.")))
    visit.assessments.save(store.subject(work_id), criteria, values, comments, comment, visit.person.id, "tutor")
    _marks_changed(visit)


def set_mark(visit: Visit, person_id: int, part: str, share: float | None, reason: str) -> None:
    """Put a mark (`share` 0–1 for `part` "work" or "review") in place of the worked-out one; None takes it away."""
    visit.lock(LOCK)
    settings: WorkshopSettings = visit.settings
    if part not in ("work", "review") or (part == "review" and not settings.review_points):
        raise Gone
    if person_id not in {member.id for member in visit.people()}:
        raise BadInput(Message(mark("Choose a participant of this course.")))
    reason = reason.strip()
    key = (visit.run.id, visit.block.id, person_id, part)
    found = db.session.get(HandMark, key)
    if share is None:
        if found is not None:
            db.session.delete(found)
            db.session.flush()
    else:
        if not reason:
            raise BadInput(Message(mark("Say why: the participant will read it.")))
        if found is None:
            found = HandMark(run_id=visit.run.id, block=visit.block.id, person_id=person_id, part=part)
            db.session.add(found)
        found.share, found.reason, found.by_id, found.at = share, reason, visit.person.id, visit.now
        db.session.flush()
    _marks_changed(visit)


def set_marking(visit: Visit, marking: Marking, reason: str) -> None:
    """Work marks out in another way from now on. Raises BadInput without a reason."""
    visit.lock(LOCK)
    if not reason.strip():
        raise BadInput(Message(mark("Say why: the participants will read it.")))
    stage = store.stage(visit)
    visit.save_shared(stage.model_copy(update={"marking": marking, "marking_reason": reason.strip()}))
    _marks_changed(visit)


def _marks_changed(visit: Visit) -> None:
    """Marks that are out already are given anew, to everybody whose mark rests on what changed."""
    given = results.given(visit)
    if given:
        results.record(visit, given)
