"""The marks of a workshop as they stand, worked out of what was collected.

How a mark comes about is reckoned by `courses.evaluation` from a *basis* that names nobody; it is kept with every mark given out, so
that anybody may follow it later and the tutor may see what another way of marking would give.
"""

from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import datetime

from courses.criteria import compared, percentages
from courses.evaluation import (
    Calibration,
    Given,
    Hand,
    Marking,
    Memo,
    ReviewBasis,
    Reviewed,
    Role,
    WorkBasis,
    Working,
    given,
    of_reviewing,
    of_work,
    reliabilities,
    strengths,
)
from lms.plugin import Assessment, FormState, Visit
from lms_workshop import rules, store
from lms_workshop.format import WorkshopSettings
from lms_workshop.model_works import ModelWork
from lms_workshop.store import F, HandLine, Pair, Standing, WorkLine


@dataclass(frozen=True)
class Marks:
    """What came out for one participant, and the bases it came from."""

    submitted: bool
    work: Working
    review: Working
    work_basis: WorkBasis
    review_basis: ReviewBasis
    total: rules.Whole | None
    tutor_comment: str = ""

    @property
    def assigned(self) -> int:
        """Reviews to do."""
        return len(self.review_basis.works)

    @property
    def done(self) -> int:
        """Reviews done."""
        return sum(one.done for one in self.review_basis.works)

    @property
    def completed(self) -> bool:
        """Whether the person did their part."""
        return self.submitted and self.done == self.assigned


@dataclass(frozen=True)
class Collected:
    """Everything the marks are worked out of, in plain rows, and how they are to be worked out."""

    works: Sequence[WorkLine]
    pairs: Sequence[Pair]
    assessments: Sequence[Assessment]
    """Where the marks of some people were asked for, the forms those rest on."""
    by_hand: Mapping[tuple[int, str], HandLine]
    marking: Marking
    penalty: float = 0
    """The share of its mark that a late work loses."""
    models: Mapping[str, ModelWork] = field(default_factory=dict)
    """Model works by subject: who marked one near to the expert may be relied upon."""
    owed: int = 0
    """At one's own pace: reviews everybody who handed in is to write."""
    out: Mapping[int, datetime] = field(default_factory=dict)
    """At one's own pace: when people's marks were given out. Later reviews of their works change nothing."""
    whole: bool = True
    """Whether all forms are there."""


def marking_of(visit: Visit) -> Marking:
    """How marks are worked out here: as the tutor decided, or else as the course says."""
    settings: WorkshopSettings = visit.settings
    return store.stage(visit).marking or settings.marking


def collect(visit: Visit, people: Collection[int] | None = None) -> Collected:
    """Read what the marks of these people rest on, or of everybody: six statements, with teams seven."""
    settings: WorkshopSettings = visit.settings
    marking = marking_of(visit)
    models = {one.subject: one for one in settings.model_works}
    works, pairs = store.works_and_pairs(visit)
    whole = people is None or marking.work == "reliability" or _compares_works(visit)
    subjects = None
    if people is not None and not whole:
        subjects = [store.subject(id) for id in sorted(_rests_on(works, pairs, people))]
        subjects += models if marking.reviews == "calibrated" else ()
    forms = visit.assessments.of(subjects)
    found = Collected(works, pairs, forms, store.hand_marks(visit), marking, settings.penalty, models, whole=whole)
    if settings.pace != "own":
        return found
    standings = visit.answers(Standing).items()
    out = {person: one.out_at for person, one in standings if one.out_at is not None}
    return replace(found, owed=settings.reviewers, out=out)


def _compares_works(visit: Visit) -> bool:
    """Whether any work may have been compared with any other. One statement."""
    return visit.assessments.in_use(visit.settings.form).strategy == "pairwise"


def _rests_on(works: Sequence[WorkLine], pairs: Sequence[Pair], people: Collection[int]) -> set[int]:
    """The works whose forms the marks of these people rest on: their own, and those they review."""
    asked = set(people)
    own = {work.id for work in works if asked.intersection(work.people)}
    return own | {pair.work_id for pair in pairs if pair.reviewer_id in asked}


@dataclass(frozen=True)
class Bases:
    """What the marks of everybody are worked out of: works by author, reviewing by reviewer, the words of tutors by author."""

    works: Mapping[int, WorkBasis]
    reviewing: Mapping[int, ReviewBasis]
    comments: Mapping[int, str]


def bases(
    found: Collected, people: Set[int], everything: bool = False, memo: Memo | None = None
) -> Bases:  # fmt: skip
    """Put together what was collected of these people. Reliability is found where the marking asks for it, or `everything` is
    wanted; it takes everybody's."""
    relying = everything or found.marking.work == "reliability"
    peers, tutors, own = (
        store.by_pair(found.assessments),
        store.tutors(found.assessments),
        store.own_forms(found.assessments),
    )
    pairwise = any(form.form.strategy == "pairwise" for form in found.assessments)
    rested = {work.id for work in found.works} if relying else _rests_on(found.works, found.pairs, people)
    strong = _strengths(found, peers) if pairwise else {}
    of_work = by_work(found.pairs)
    works: dict[int, WorkBasis] = {}
    comments: dict[int, str] = {}
    reviewing: dict[int, list[Reviewed]] = {}
    known = _practised(found)
    keys = {pair.reviewer_id: str(pair.number) for pair in found.pairs}
    for work in found.works:
        if work.id not in rested:
            continue
        key = store.subject(work.id)
        forms: list[Given] = []
        pairs = of_work.get(work.id, [])
        done = {pair.reviewer_id for pair in pairs if (one := peers.get((key, pair.reviewer_id))) and one.done_at}
        for pair in pairs:
            form = _given(str(pair.number), "peer", _in_time(peers.get((key, pair.reviewer_id)), found, work.people))
            forms += [form] if form is not None else []
        tutor = _given("tutor", "tutor", tutors.get(key))
        for pair in pairs if tutor is not None else ():
            theirs = next((form for form in forms if form.by == str(pair.number)), None)
            if theirs is not None and tutor is not None and tutor.values:
                known.setdefault(pair.reviewer_id, []).append(Calibration(given=theirs.values, reference=tutor.values))
        others = (_given("self", "self", own.get(key)), tutor)
        forms += [form for form in others if form is not None]
        for pair in pairs if relying else [pair for pair in pairs if pair.reviewer_id in people]:
            reviewed = Reviewed(
                work=str(work.number), me=str(pair.number), done=pair.reviewer_id in done, forms=tuple(forms)
            )
            reviewing.setdefault(pair.reviewer_id, []).append(reviewed)
        if not relying and people.isdisjoint(work.people):
            continue  # only reviewed by them
        late = found.penalty if work.late else 0
        basis = WorkBasis(forms=tuple(forms), pairwise=pairwise, strength=strong.get(work.number), late=late)
        works.update(dict.fromkeys(work.people, basis))
        if key in tutors:
            comments.update(dict.fromkeys(work.people, tutors[key].comment))
    for person in [person for work in found.works if work.id in rested for person in work.people]:
        reviewing.setdefault(person, []).extend(_missing(found, reviewing.get(person, ())))
    of_people = {
        person: ReviewBasis(
            works=tuple(sorted(many, key=lambda one: (one.work == MISSING, len(one.work), one.work))),
            known=tuple(known.get(person, ())),
            pairwise=pairwise,
        )
        for person, many in reviewing.items()
        if many and (relying or person in people)
    }
    if relying:
        wrote = {keys[person]: basis for person, basis in of_people.items() if person in keys}
        relied = reliabilities(wrote, found.marking, memo)
        works = {person: _relied(basis, relied) for person, basis in works.items()}
    return Bases(works, of_people, comments)


MISSING = "missing"
"""What a review is called that somebody was to take from the queue and did not."""


def _missing(found: Collected, many: Sequence[Reviewed]) -> Sequence[Reviewed]:
    """Reviews somebody was to take and did not, although there were works."""
    lacking = min(found.owed, len(found.works) - 1) - len(many)
    return [Reviewed(work=MISSING, me="", done=False)] * max(lacking, 0)


def _in_time(form: F | None, found: Collected, authors: Sequence[int]) -> F | None:
    """A review that came before its authors' marks did."""
    out = min((found.out[person] for person in authors if person in found.out), default=None)
    return None if form is not None and form.done_at is not None and out is not None and form.done_at >= out else form


def shares(found: Collected, states: Sequence[FormState]) -> Mapping[int, list[Given]]:
    """The finished forms of every work by its id, as far as its own mark rests on them: who gave it how much."""
    peers, tutors, own = store.by_pair(states), store.tutors(states), store.own_forms(states)
    of_work = by_work(found.pairs)
    given: dict[int, list[Given]] = {}
    for work in found.works:
        key = store.subject(work.id)
        forms: list[tuple[str, Role, FormState | None]] = [
            (str(pair.number), "peer", _in_time(peers.get((key, pair.reviewer_id)), found, work.people))
            for pair in of_work.get(work.id, ())
        ]
        forms += [("self", "self", own.get(key)), ("tutor", "tutor", tutors.get(key))]
        given[work.id] = [
            Given(by=by, role=role, share=form.share)
            for by, role, form in forms
            if form is not None and form.done_at is not None and form.share is not None
        ]
    return given


def _practised(found: Collected) -> dict[int, list[Calibration]]:
    """How everybody marked the model works, beside how the expert did."""
    known: dict[int, list[Calibration]] = {}
    for form in found.assessments:
        model = found.models.get(form.subject)
        if model is not None and form.done_at is not None:
            reference = percentages(form.form, model.values)
            if reference:
                given = percentages(form.form, form.values)
                known.setdefault(form.assessor_id, []).append(Calibration(given=given, reference=reference))
    return known


def _given(by: str, role: Role, form: Assessment | None) -> Given | None:
    """A finished form as marks are worked out of it; its share stays what it was when it was filled in."""
    if form is None or form.done_at is None:
        return None
    # where the form itself gave no result then, it gives none now
    return given(by, role, form.form, form.values, form.share) if form.share is not None else None


def by_work(pairs: Sequence[Pair]) -> Mapping[int, list[Pair]]:
    """Who reviews each work, by its id."""
    found: dict[int, list[Pair]] = {}
    for pair in pairs:
        found.setdefault(pair.work_id, []).append(pair)
    return found


def _relied(basis: WorkBasis, relied: Mapping[str, Mapping[str, float]]) -> WorkBasis:
    names = {form.by for form in basis.forms}
    mine = {way: {by: value for by, value in each.items() if by in names} for way, each in relied.items()}
    return basis.model_copy(update={"reliability": mine})


def _strengths(found: Collected, peers: Mapping[tuple[str, int], Assessment]) -> dict[int, float]:
    """How strong each compared work is, by its number."""
    comparisons = []
    for pair in found.pairs:
        form = peers.get((store.subject(pair.work_id), pair.reviewer_id))
        if form is not None and form.done_at is not None:
            told = compared(form.form, form.values)
            comparisons += [(pair.work_number, other, weight, outcome) for other, weight, outcome in told]
    numbers = {work.number for work in found.works}
    met = {number for one in comparisons for number in one[:2] if number in numbers}
    strong = strengths(comparisons, sorted(numbers))
    return {number: strong[number] for number in met}


def work_out(
    settings: WorkshopSettings, found: Collected, people: Collection[int], everything: bool = False
) -> dict[int, Marks]:
    """The marks of these people as they stand."""
    memo: Memo = {}
    known = bases(found, set(people), everything, memo)
    result: dict[int, Marks] = {}
    for person in people:
        hand = {
            part: Hand(share=line.share, reason=line.reason) if (line := found.by_hand.get((person, part))) else None
            for part in ("work", "review")
        }
        work_basis = known.works.get(person, WorkBasis(handed_in=False)).model_copy(update={"hand": hand["work"]})
        review_basis = known.reviewing.get(person, ReviewBasis()).model_copy(update={"hand": hand["review"]})
        work, review = of_work(work_basis, found.marking), of_reviewing(review_basis, found.marking, memo)
        total = rules.whole(work.share, review.share, settings.points, settings.review_points)
        result[person] = Marks(
            person in known.works, work, review, work_basis, review_basis, total, known.comments.get(person, "")
        )
    return result


def without_mark(settings: WorkshopSettings, found: Collected, states: Sequence[FormState]) -> set[int]:
    """Whose work has no mark as things stand. `states`: of all forms."""
    if found.whole:
        authors = {person for work in found.works for person in work.people}
        return {person for person, one in work_out(settings, found, authors).items() if one.work.share is None}
    # a form gives a mark unless its role has no weight
    counted = {role for role in ("peer", "tutor", "self") if found.marking.weights.of(role)}
    marked = {form.subject for form in states if form.share is not None and form.role in counted}
    return {
        person
        for work in found.works
        if store.subject(work.id) not in marked
        for person in work.people
        if (person, "work") not in found.by_hand
    }


def under(found: Collected, marking: Marking) -> Collected:
    """The same forms, to be marked in another way."""
    return replace(found, marking=marking)
