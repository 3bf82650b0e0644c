"""The marks of a workshop in words: sentences that are stored, and read in either language."""

from collections.abc import Sequence

from courses.evaluation import ReviewBasis, WorkBasis, Working
from lms.plugin import Message, mark
from lms_workshop.format import WorkshopSettings
from lms_workshop.marks import Marks


def percent(share: float) -> int:
    """A share as a whole number of per cent, for sentences that are stored and read in either language."""
    return int(share * 100 + 0.5)


def _listed(parts: Sequence[float]) -> str:
    return ", ".join(f"{percent(part)}%" for part in parts)


def _weighed(working: Working) -> Message | str:
    """Every mark that counts, with how often it does where that is not once."""
    first: Message | str
    first, *others = (
        f"{percent(part.share)}%"
        if part.weight == 1
        else Message(mark("{share}% × {weight}"), {"share": percent(part.share), "weight": float(part.weight)})
        for part in working.parts
        if part.weight
    )
    for one in others:
        first = Message(mark("{one}, {other}"), {"one": first, "other": one})
    return first


def _by_hand(found: Working, basis: WorkBasis | ReviewBasis) -> Message:
    assert found.share is not None and basis.hand is not None, "a mark set by hand has a share and a reason"
    return Message(
        mark("The tutor set {share}%: {reason}"), {"share": percent(found.share), "reason": basis.hand.reason}
    )


def explain_work(marks: Marks) -> Message:
    """Why the mark for the work is what it is."""
    late = marks.work.late
    if not late or marks.work.share is None:
        return _explained(marks, marks.work)
    if late >= 1:
        return Message(mark("The work came late, and late works bring nothing here."))
    in_time = marks.work.model_copy(update={"share": marks.work.share / (1 - late)})
    values = {"mark": _explained(marks, in_time), "taken": percent(late), "share": percent(marks.work.share)}
    return Message(mark("{mark} The work came late, which takes {taken}% of that: {share}%."), values)


def _explained(marks: Marks, found: Working) -> Message:
    counted = [part for part in found.parts if part.weight]
    if found.share is None:
        if found.parts and not counted:
            return Message(mark("No review of this work counts as things stand. The tutor has to mark it."))
        return Message(mark("Nobody has marked this work yet. The tutor has to mark it."))
    if found.formula == "none":
        return Message(mark("No work was handed in."))
    if found.formula == "hand":
        return _by_hand(found, marks.work_basis)
    if found.formula == "tutor":
        return Message(
            mark("The tutor's assessment, {share}%, counts in place of the reviews: {reason}"),
            {"share": percent(found.share), "reason": marks.tutor_comment},
        )
    if found.formula == "pairwise":
        return Message(
            mark("{share}%: how likely this work would be thought better than a middling one, by all comparisons."),
            {"share": percent(found.share)},
        )
    values = {"n": len(found.parts), "list": _weighed(found), "share": percent(found.share)}
    if found.formula == "median":
        return Message(
            mark("The median of {n} assessment, {share}%: {list}."), values,
            mark("The median of {n} assessments, {share}%: {list}."),
        )  # fmt: skip
    if found.formula == "reliability":
        return Message(
            mark("The mean of {n} assessment, weighed by how reliable its reviewer is, {share}%: {list}."), values,
            mark("The mean of {n} assessments, weighed by how reliable each reviewer is, {share}%: {list}."),
        )  # fmt: skip
    if found.formula == "trimmed" and len(counted) < len(found.parts):
        return Message(
            mark("The mean of {n} assessment without the highest and the lowest, {share}%: {list}."), values,
            mark("The mean of {n} assessments without the highest and the lowest, {share}%: {list}."),
        )  # fmt: skip
    if any(part.role != "peer" or part.weight != 1 for part in counted):
        return Message(
            mark("The weighed mean of {n} assessment, {share}%: {list}."), values,
            mark("The weighed mean of {n} assessments, {share}%: {list}."),
        )  # fmt: skip
    return Message(
        mark("The mean of {n} review: {list}."), values | {"n": len(counted)}, mark("The mean of {n} reviews: {list}.")
    )


def explain_review(marks: Marks) -> Message:
    """Why the mark for reviewing is what it is."""
    found = marks.review
    if found.formula == "hand":
        return _by_hand(found, marks.review_basis)
    if found.share is None:
        return Message(mark("There was no work to review, so the mark is that for the work alone."))
    notes = {part.note for part in found.parts}
    values = {
        "done": marks.done, "assigned": marks.assigned, "list": _listed([part.share for part in found.parts]),
    }  # fmt: skip
    if found.formula == "finished":
        return Message(
            mark("{done} of {assigned} reviews done: {list}. A finished review counts in full, an unfinished one 0."),
            values,
        )
    if found.formula == "calibrated" and "unknown" in notes:
        return Message(
            mark(
                "{done} of {assigned} reviews done: {list}. An unfinished review counts 0. The tutor has marked none of these "
                "works, so that nothing can be said of how close the reviews are: each finished one counts in full."
            ),
            values,
        )
    if found.formula == "calibrated":
        return Message(
            mark(
                "{done} of {assigned} reviews done: {list}. A finished review counts as far as this reviewer's forms agree with "
                "the tutor's of the same works and the expert's of model works; an unfinished one counts 0."
            ),
            values,
        )
    if "alone" not in notes:
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
