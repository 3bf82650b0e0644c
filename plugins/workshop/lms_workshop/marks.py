"""The marks of a workshop: worked out of what was collected, explained, released when the workshop closes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lms.plugin import Assessment, Message, Result, Score, Visit, mark
from lms_workshop import rules, store
from lms_workshop.format import WorkshopSettings
from lms_workshop.store import HandLine, Pair, WorkLine


@dataclass(frozen=True)
class Marks:
    """What came out for one participant. `grades`: shares of their reviews by the work's number, None if unfinished."""

    submitted: bool
    grades: Mapping[int, float | None]
    work: rules.Mark | None
    review: rules.Mark | None
    total: rules.Whole | None
    tutor_comment: str = ""
    reasons: Mapping[str, str] | None = None

    @property
    def assigned(self) -> int:
        """Reviews to do."""
        return len(self.grades)

    @property
    def done(self) -> int:
        """Reviews done."""
        return sum(grade is not None for grade in self.grades.values())

    @property
    def completed(self) -> bool:
        """Whether the person did their part."""
        return self.submitted and self.done == self.assigned


@dataclass(frozen=True)
class Collected:
    """Everything the marks are worked out of, in plain rows."""

    works: Sequence[WorkLine]
    pairs: Sequence[Pair]
    assessments: Sequence[Assessment]
    by_hand: Mapping[tuple[int, str], HandLine]


def collect(visit: Visit) -> Collected:
    """Read it all: four statements."""
    return Collected(store.works(visit), store.pairs(visit), visit.assessments.of(), store.hand_marks(visit))


def work_out(settings: WorkshopSettings, found: Collected, people: Sequence[int]) -> dict[int, Marks]:
    """The marks of these people as they stand."""
    peers = store.by_pair(found.assessments)
    tutors = store.tutors(found.assessments)
    shares: dict[int, list[float]] = {}
    grades: dict[int, dict[int, float | None]] = {}
    alone: set[int] = set()  # reviewers of works with too few reviews to compare
    for work in found.works:
        key = store.subject(work.id)
        pairs = [pair for pair in found.pairs if pair.work_id == work.id]
        forms = {pair.reviewer_id: peers[key, pair.reviewer_id] for pair in pairs if (key, pair.reviewer_id) in peers}
        done = {id: form for id, form in forms.items() if form.done_at is not None and form.share is not None}
        shares[work.person_id] = [form.share for form in done.values() if form.share is not None]
        grade = rules.review_grades(settings.form, {id: form.values for id, form in done.items()})
        for pair in pairs:
            grades.setdefault(pair.reviewer_id, {})[work.number] = grade.get(pair.reviewer_id)
            if len(done) < rules.FEWEST_TO_COMPARE:
                alone.add(pair.reviewer_id)
    own = {work.person_id: work for work in found.works}
    result: dict[int, Marks] = {}
    for person in people:
        tutor = tutors.get(store.subject(own[person].id)) if person in own else None
        hand = {part: found.by_hand.get((person, part)) for part in ("work", "review")}
        work_hand, review_hand = hand["work"], hand["review"]
        of_work = rules.work_mark(
            shares.get(person, []), tutor.share if tutor else None, work_hand.share if work_hand else None
        )
        of_review = rules.reviewing_mark(
            list(grades.get(person, {}).values()), person not in alone, review_hand.share if review_hand else None
        )
        if person not in own and of_work is None:
            of_work = rules.Mark(0.0, "none")
        total = rules.whole(of_work, of_review, settings.points, settings.review_points)
        reasons = {part: line.reason for part, line in hand.items() if line is not None}
        result[person] = Marks(
            person in own, grades.get(person, {}), of_work, of_review, total, tutor.comment if tutor else "", reasons
        )
    return result


# ------------------------------------------------------------------------------------------- in words


def percent(share: float) -> int:
    """A share as a whole number of per cent, for sentences that are stored and read in either language."""
    return int(share * 100 + 0.5)


def _listed(parts: Sequence[float]) -> str:
    return ", ".join(f"{percent(part)}%" for part in parts)


def explain_work(marks: Marks) -> Message:
    """Why the mark for the work is what it is."""
    found = marks.work
    if found is None:
        return Message(mark("Nobody has marked this work yet. The tutor has to mark it."))
    if found.source == "none":
        return Message(mark("No work was handed in."))
    if found.source == "hand":
        return Message(
            mark("The tutor set {share}%: {reason}"),
            {"share": percent(found.share), "reason": (marks.reasons or {}).get("work", "")},
        )
    if found.source == "tutor":
        return Message(
            mark("The tutor's assessment, {share}%, counts in place of the reviews: {reason}"),
            {"share": percent(found.share), "reason": marks.tutor_comment},
        )
    return Message(
        mark("The mean of {n} review: {list}."),
        {"n": len(found.parts), "list": _listed(found.parts)},
        mark("The mean of {n} reviews: {list}."),
    )


def explain_review(marks: Marks) -> Message:
    """Why the mark for reviewing is what it is."""
    found = marks.review
    if found is None:
        return Message(mark("There was no work to review, so the mark is that for the work alone."))
    if found.source == "hand":
        return Message(
            mark("The tutor set {share}%: {reason}"),
            {"share": percent(found.share), "reason": (marks.reasons or {}).get("review", "")},
        )
    values = {"done": marks.done, "assigned": marks.assigned, "list": _listed(found.parts)}
    if found.compared:
        return Message(
            mark(
                "{done} of {assigned} reviews done: {list}. Each review is compared with the one nearest to the mean "
                "of all reviews of that work; an unfinished one counts 0."
            ),
            values,
        )
    return Message(
        mark(
            "{done} of {assigned} reviews done: {list}. An unfinished review counts 0. Reviews of a work are compared "
            "when it has at least three: of two, nobody can tell which is the careful one, so each finished one counts "
            "in full."
        ),
        values,
    )


def explain_whole(settings: WorkshopSettings, marks: Marks) -> Message:
    """Why the workshop is passed or not."""
    if marks.total is None:
        return explain_work(marks)
    values = {
        "points": _points(marks.total.points), "most": _points(marks.total.most),
        "share": percent(marks.total.share), "asked": percent(settings.passing),
    }  # fmt: skip
    if not marks.submitted:
        return Message(mark("No work was handed in."))
    if marks.done < marks.assigned:
        values |= {"done": marks.done, "assigned": marks.assigned}
        return Message(
            mark(
                "{points} of {most} points, {share}%. Only {done} of {assigned} reviews are done: "
                "the workshop is complete when all are."
            ),
            values,
        )
    return Message(mark("{points} of {most} points, {share}%; {asked}% are asked."), values)


def _points(points: float) -> str:
    return f"{points:.1f}".removesuffix(".0")


# ------------------------------------------------------------------------------------------- given out


def record(visit: Visit, person_id: int, marks: Marks) -> None:
    """Give one participant their marks."""
    settings: WorkshopSettings = visit.settings
    if settings.review_points:
        of_review = marks.review
        visit.record(
            Result(
                completion=of_review is not None and marks.done == marks.assigned,
                score=Score(of_review.share * settings.review_points, settings.review_points) if of_review else None,
                item=f"{settings.id}.review",
                explanation=explain_review(marks),
            ),
            person_id,
        )
    of_work = marks.work
    visit.record(
        Result(
            completion=marks.submitted and of_work is not None,
            score=Score(of_work.share * settings.points, settings.points) if of_work else None,
            item=f"{settings.id}.work",
            state="complete" if of_work else "waiting",
            explanation=explain_work(marks),
        ),
        person_id,
    )
    total = marks.total
    visit.record(
        Result(
            completion=marks.completed,
            success=rules.passes(total.share, settings.passing) and marks.completed if total else None,
            score=Score(total.points, total.most) if total else None,
            state="waiting" if total is None else "complete" if marks.completed else "failed",
            explanation=explain_whole(settings, marks),
        ),
        person_id,
    )


def take_back(visit: Visit, person_id: int) -> None:
    """Hide both marks of a participant again: the workshop was re-opened."""
    settings: WorkshopSettings = visit.settings
    words = Message(mark("The tutor re-opened the workshop: the marks will come when it is closed again."))
    parts = ("work", "review") if settings.review_points else ("work",)
    for part in parts:
        visit.record(
            Result(completion=False, item=f"{settings.id}.{part}", state="started", explanation=words), person_id
        )
