"""Marks out of several filled-in forms: for what was judged, and for judging well. Each comes with how it was worked out.

Shares are between 0 and 1; the comparison of forms works in percentages, as its published description does. Whoever judged is a
pseudonym here (``by``), so that a working may be kept and shown without a name.

One module of more than 400 lines, because it is one chain: forms are compared, reviewers known by that, marks weighed by them; and
``VERSION`` counts for all of it.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from courses.criteria import Criteria, Values, percentages, score, weights
from courses.ids import Share
from courses.problems import N_

R = TypeVar("R", bound=Hashable)
Role = Literal["peer", "tutor", "self"]
Formula = Literal[
    "mean", "median", "trimmed", "reliability", "pairwise", "best", "calibrated", "finished", "tutor", "hand", "none"
]
"""How a mark came about. tutor: in place of the others · hand: set with a reason · none: there is nothing to mark"""

VERSION = 1
"""Of the formulas below. A mark is kept with it: whoever changes what a formula gives counts it up."""

FEWEST_TO_COMPARE = 3
"""Reviews of a work from which on they are compared. Of two, each is as far from their mean as the other: both would be "the
best", however careless one of them is: each finished review counts in full, and a difference asks for a third."""

FLOOR = 0.01
"""The least variance in the comparison: below it, a small difference would weigh beyond reason."""

CURVES = (0.0, 0.25, 0.333, 0.5, 0.666, 1.0, 1.5, 2.0, 3.0, 4.0)
"""By strictness, 0 the strictest and 9 the laxest; 5 takes things as they are."""


# ------------------------------------------------------------------------------------------- how marks are worked out


class RoleWeights(BaseModel):
    """The weights of roles."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    peer: float = Field(
        default=1, ge=0, le=1000, description=N_("The weight of another participant's form."), examples=["1"]
    )
    tutor: float | None = Field(
        default=None,
        ge=0,
        le=1000,
        description=N_("The weight of the tutor's form; without one it counts in place of all others."),
        examples=["2"],
    )
    own: float = Field(
        default=0,
        ge=0,
        le=1000,
        alias="self",
        description=N_("The weight of what the author gave the own work; 0: it is asked for, but does not count."),
        examples=["0.5"],
    )

    def of(self, role: str) -> float:
        """The weight of a role; a tutor's in place of others is 1."""
        return {"peer": self.peer, "self": self.own}.get(role, 1.0 if self.tutor is None else self.tutor)


class Marking(BaseModel):
    """How marks are worked out of the forms."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    work: Literal["mean", "median", "trimmed", "reliability"] = Field(
        default="mean",
        description=N_(
            "What the mark of a work is of its reviews: their mean, their median, their mean without the highest and the lowest, "
            "or their mean weighed by how reliable each reviewer is."
        ),
        examples=["median"],
    )
    reviews: Literal["best", "calibrated", "finished"] = Field(
        default="best",
        description=N_(
            "What the mark for reviewing is found by: closeness to the best review of the same work, closeness to the tutor "
            "where both marked the same work, or that the review is finished."
        ),
        examples=["calibrated"],
    )
    strictness: float = Field(
        default=5,
        ge=1,
        le=9,
        description=N_("How much a distance from the best review costs: 1 very much, 5 fairly, 9 little."),
        examples=["3"],
    )
    accuracy: int = Field(
        default=5,
        ge=0,
        le=9,
        description=N_("How much a distance from the tutor costs where reviews are calibrated: 0 very much, 9 little."),
        examples=["4"],
    )
    consistency: int = Field(
        default=5,
        ge=0,
        le=9,
        description=N_(
            "How much being now near to the tutor, now far costs, where reviews are calibrated: 0 very much, 9 nothing."
        ),
        examples=["9"],
    )
    spread: Share | None = Field(
        default=None,
        description=N_(
            "When the reviews of a work differ by more than this share, one more reviewer is asked, and then the tutor; "
            "without it nobody is."
        ),
        examples=["40%"],
    )
    weights: RoleWeights = Field(
        default=RoleWeights(),
        description=N_("How much a form counts by who filled it in."),
        examples=["{peer: 1, tutor: 2, self: 0}"],
    )


class Given(BaseModel):
    """One finished form as marks are worked out of it. ``values`` are percentages by criterion, ``weights`` theirs."""

    model_config = ConfigDict(frozen=True)

    by: str
    role: Role
    share: float
    values: dict[str, float] = {}
    weights: dict[str, float] = {}


def given(by: str, role: Role, criteria: Criteria, values: Values, share: float | None = None) -> Given | None:
    """A filled-in form for what follows, with the share it had when it was filled in, or else as it is reckoned now; None where it
    gives no result."""
    share = score(criteria, values).share if share is None else share
    if share is None:
        return None
    counted = weights(criteria)
    return Given(by=by, role=role, share=share, values=percentages(criteria, values, counted), weights=counted)


# ------------------------------------------------------------------------------------------- comparing forms of one work


def distance(a: Values, b: Values, weight: Values, variance: Values, strictness: float) -> float | None:
    """How far two forms (percentages) are apart: cubic in the deviation, inverse in the disagreement of the group.

    Rounded to four places; None where no criterion has a weight.
    """
    whole = sum(weight.values())
    if not whole:
        return None
    parts = (
        weight[id] * abs(a[id] - b[id]) * (a[id] - b[id]) ** 2 / (strictness * max(variance[id], FLOOR))
        for id in weight
    )
    return round(sum(parts) / whole, 4)


@dataclass(frozen=True)
class Comparison(Generic[R]):
    """The grades (0–100) of the forms of one work, and what they rest on: ``mean`` and ``variance`` by criterion, how ``far`` each
    form is from the mean, and which are the ``best``. Without any weight there are no grades."""

    grades: Mapping[R, float | None]
    mean: Values
    variance: Values
    far: Mapping[R, float]
    best: tuple[R, ...]


def compare(
    forms: Mapping[R, Values], weight: Values, strictness: float = 5, voices: Mapping[R, float] | None = None
) -> Comparison[R]:
    """Grade the forms of one work by comparison with the best one. ``forms`` are percentages by criterion, ``weight`` is that of the
    criteria, ``voices`` that of the forms (1 each).

    The best form is the one nearest to the weighed mean form (several on a tie); the others lose their distance from it.
    """
    voice = {key: 1.0 if voices is None else voices.get(key, 0.0) for key in forms}
    whole = sum(voice.values())
    if not whole or not sum(weight.values()):
        return Comparison(dict.fromkeys(forms, None), {}, {}, {}, ())
    mean = {id: sum(voice[key] * form[id] for key, form in forms.items()) / whole for id in weight}
    variance = {
        id: sum(voice[key] * (form[id] - mean[id]) ** 2 for key, form in forms.items()) / whole for id in weight
    }

    def far(a: Values, b: Values) -> float:
        return distance(a, b, weight, variance, strictness) or 0.0

    from_mean = {key: far(form, mean) for key, form in forms.items()}
    nearest = min(from_mean.values())
    best = tuple(key for key, value in from_mean.items() if value == nearest)
    grades = {
        key: min(max(100 - min(far(form, forms[one]) for one in best), 0.0), 100.0) for key, form in forms.items()
    }
    return Comparison(grades, mean, variance, from_mean, best)


def compared(forms: Sequence[Given], marking: Marking) -> Comparison[str]:
    """Compare the reviews of one work as this marking does: those whose role has a voice; self-assessments are no reviews."""
    voices = {one.by: marking.weights.of(one.role) for one in forms if _is_review(one, marking)}
    known = {one.by: one.values for one in forms if one.by in voices}
    weight = next((one.weights for one in forms if one.by in voices), {})
    usable = {key: values for key, values in known.items() if weight.keys() <= values.keys()}
    return compare(usable, weight, marking.strictness, voices)


def _is_review(form: Given, marking: Marking) -> bool:
    return form.role == "peer" or (form.role == "tutor" and marking.weights.tutor is not None)


# ------------------------------------------------------------------------------------------- calibrated reviewers


class Calibration(BaseModel):
    """What a reviewer gave a work whose mark is known, and what it should have been: percentages by criterion."""

    model_config = ConfigDict(frozen=True)

    given: dict[str, float]
    reference: dict[str, float]

    @property
    def deviations(self) -> list[float]:
        """How far each criterion is off, 0 to 1."""
        return [abs(self.given[id] - self.reference[id]) / 100 for id in self.reference if id in self.given]


def curve(value: float, level: int) -> float:
    """A figure between 0 and 1 taken more strictly (level below 5) or more laxly (above); 0 and 1 stay."""
    bend = CURVES[level]
    if bend >= 1:
        return float(1 - (1 - value) ** bend)
    return float(value ** (1 / bend)) if bend else float(value >= 1)


def competence(known: Sequence[Calibration], accuracy: int = 5, consistency: int = 5, needed: int = 1) -> float:
    """How far a reviewer can be relied upon, 0 to 1: accuracy, lessened by inconsistency. Fewer than ``needed`` calibrations: 0."""
    off = [value for one in known for value in one.deviations]
    if len(known) < needed or not off:
        return 0.0
    mean = sum(off) / len(off)
    around = sum(abs(value - mean) for value in off) / len(off)
    accurate = curve(1 - _flat(mean), accuracy)
    steady = 1 - _flat(around)
    return min(max(accurate * (1 - CURVES[::-1][consistency] * (1 - steady)), 0.0), 1.0)


def _flat(value: float) -> float:
    return value if value >= 0.01 else 0.0


# ------------------------------------------------------------------------------------------- the middle of several marks


def mean(marks: Sequence[tuple[float, float]]) -> float | None:
    """The mean of (mark, weight); None where nothing weighs."""
    whole = sum(weight for _, weight in marks)
    return sum(mark * weight for mark, weight in marks) / whole if whole else None


def median(marks: Sequence[tuple[float, float]]) -> float | None:
    """The mark with half of the weight on either side; between two, their middle."""
    known = sorted((mark, weight) for mark, weight in marks if weight)
    half, below = sum(weight for _, weight in known) / 2, 0.0
    for place, (mark, weight) in enumerate(known):
        below += weight
        if below > half + 1e-12:
            return mark
        if abs(below - half) <= 1e-12:
            return (mark + known[place + 1][0]) / 2
    return None


def kept(marks: Sequence[tuple[float, float]]) -> list[int]:
    """Places of the marks that stay when one lowest and one highest are left out; all of fewer than three."""
    known = sorted(
        (place for place, (_, weight) in enumerate(marks) if weight), key=lambda place: (marks[place][0], place)
    )
    return sorted(known[1:-1] if len(known) >= 3 else known)


def strengths(comparisons: Sequence[tuple[int, int, float, float]], works: Sequence[int]) -> dict[int, float]:
    """How strong each work is by comparisons (work, other, weight, 1 the work is better … 0 the other is), Bradley and Terry's model:
    a work of strength a beats one of strength b with the probability a/(a+b).

    Each work is also taken to have drawn once with a work of strength 1, so that whoever won or lost everything has a strength too.
    """
    met: dict[int, list[tuple[int, float]]] = {work: [] for work in works}
    won = dict.fromkeys(works, 0.5)
    for work, other, weight, outcome in comparisons:
        if work in met and other in met and weight:
            met[work].append((other, weight))
            met[other].append((work, weight))
            won[work] += weight * outcome
            won[other] += weight * (1 - outcome)
    strength = dict.fromkeys(works, 1.0)
    for _ in range(1000):
        after = {
            work: won[work]
            / (1 / (strength[work] + 1) + sum(w / (strength[work] + strength[other]) for other, w in met[work]))
            for work in works
        }
        still = all(abs(after[work] - strength[work]) <= 1e-10 * after[work] for work in works)
        strength = after
        if still:
            break
    return strength


# ------------------------------------------------------------------------------------------- a mark, and how it was worked out


class Hand(BaseModel):
    """A mark set in place of the worked-out one, and why."""

    model_config = ConfigDict(frozen=True)

    share: float
    reason: str


class WorkBasis(BaseModel):
    """All that the mark of one work is worked out of. ``reliability`` of its reviewers by each way of finding it; in pairs,
    ``strength`` is the work's own among all; ``late`` is the share of the mark that coming late costs."""

    model_config = ConfigDict(frozen=True)

    handed_in: bool = True
    forms: tuple[Given, ...] = ()
    reliability: dict[str, dict[str, float]] = {}
    pairwise: bool = False
    strength: float | None = None
    late: float = 0
    hand: Hand | None = None


class Reviewed(BaseModel):
    """A work somebody was asked to review: all its finished forms, and which of them (``me``) is this person's."""

    model_config = ConfigDict(frozen=True)

    work: str
    me: str
    done: bool
    forms: tuple[Given, ...] = ()


class ReviewBasis(BaseModel):
    """All that one person's mark for reviewing is worked out of."""

    model_config = ConfigDict(frozen=True)

    works: tuple[Reviewed, ...] = ()
    known: tuple[Calibration, ...] = ()
    pairwise: bool = False
    hand: Hand | None = None


class Part(BaseModel):
    """What a mark is made of: ``share`` counted ``weight`` times (0: left out). ``note`` says what is special: trimmed, unreliable,
    best, alone (too few to compare), unknown (nothing to calibrate by), unfinished."""

    model_config = ConfigDict(frozen=True)

    name: str
    role: Role
    share: float
    weight: float
    note: Literal["", "trimmed", "unreliable", "best", "alone", "unknown", "unfinished"] = ""


class Working(BaseModel):
    """A mark (``share`` None: there is none) and how it came about; ``late`` of it (0 to 1) was taken off."""

    model_config = ConfigDict(frozen=True)

    share: float | None
    formula: Formula
    parts: tuple[Part, ...] = ()
    version: int = VERSION
    late: float = 0


def of_work(basis: WorkBasis, marking: Marking) -> Working:
    """The mark of a work: set by hand; the tutor's, where it stands for all; else what the marking says of the forms. Unless it is set by
    hand, coming late takes its part.

    None where no form has a voice, or, weighed by reliability, where nobody is reliable: somebody has to mark it.
    """
    if basis.hand is not None:
        return Working(share=basis.hand.share, formula="hand")
    found = in_time(basis, marking)
    if not basis.late or found.share is None:
        return found
    return found.model_copy(update={"share": found.share * (1 - basis.late), "late": basis.late})


def in_time(basis: WorkBasis, marking: Marking) -> Working:
    """The mark of a work as it is, or would be had it not come late; nothing was set by hand."""
    tutor = next((one for one in basis.forms if one.role == "tutor"), None)
    if tutor is not None and marking.weights.tutor is None:
        return Working(share=tutor.share, formula="tutor")
    if not basis.handed_in and not basis.forms:
        return Working(share=0.0, formula="none")
    if basis.pairwise:
        strength = basis.strength
        return Working(share=None if strength is None else strength / (strength + 1), formula="pairwise")
    relied = basis.reliability.get(marking.reviews, {}) if marking.work == "reliability" else {}
    parts = []
    for one in basis.forms:
        reliable = relied.get(one.by, 1.0) if one.role == "peer" else 1.0
        weight = marking.weights.of(one.role) * reliable
        parts.append(
            Part(name=one.by, role=one.role, share=one.share, weight=weight, note="" if reliable else "unreliable")
        )
    marks = [(part.share, part.weight) for part in parts]
    if marking.work == "median":
        return Working(share=median(marks), formula="median", parts=tuple(parts))
    if marking.work == "trimmed":
        stay = set(kept(marks))
        parts = [
            part if place in stay or not part.weight else part.model_copy(update={"weight": 0.0, "note": "trimmed"})
            for place, part in enumerate(parts)
        ]
        marks = [(part.share, part.weight) for part in parts]
    return Working(share=mean(marks), formula=marking.work, parts=tuple(parts))


Memo = dict[str, Comparison[str]]
"""Comparisons by work, so that what several reviewers of a work are marked by is reckoned once. Of one marking only."""


def of_reviewing(basis: ReviewBasis, marking: Marking, memo: Memo | None = None) -> Working:
    """The mark for reviewing: the mean over all works to review, an unfinished one counting 0; None where there was nothing."""
    if basis.hand is not None:
        return Working(share=basis.hand.share, formula="hand")
    forms = [form for one in basis.works for form in one.forms]
    # comments bring no numbers that could be near to others
    wordy = bool(forms) and not any(form.weights for form in forms)
    way: Literal["best", "calibrated", "finished"] = "finished" if basis.pairwise or wordy else marking.reviews
    known = {} if memo is None else memo
    parts = tuple(_part(one, basis, marking, way, known) for one in basis.works)
    return Working(share=mean([(part.share, part.weight) for part in parts]), formula=way, parts=parts)


def _part(one: Reviewed, basis: ReviewBasis, marking: Marking, way: str, memo: Memo) -> Part:
    def part(share: float, note: Literal["", "best", "alone", "unknown", "unfinished"] = "") -> Part:
        return Part(name=one.work, role="peer", share=share, weight=1, note=note)

    if not one.done:
        return part(0.0, "unfinished")
    if way == "finished":
        return part(1.0)
    if way == "calibrated":
        if not basis.known:
            return part(1.0, "unknown")
        return part(competence(basis.known, marking.accuracy, marking.consistency))
    if one.work not in memo:
        memo[one.work] = compared(one.forms, marking)
    found = memo[one.work]
    if len(found.grades) < FEWEST_TO_COMPARE:
        return part(1.0, "alone")
    grade = found.grades.get(one.me)
    if grade is None:  # no form has a voice, or this one was filled in by other criteria
        return part(1.0, "alone")
    return part(grade / 100, "best" if one.me in found.best else "")


def replay(part: str, basis: str, marking: Marking) -> Working:
    """What a stored basis (JSON) gives under a marking: ``part`` "review" is one of reviewing, any other one of a work."""
    if part == "review":
        return of_reviewing(ReviewBasis.model_validate_json(basis), marking)
    return of_work(WorkBasis.model_validate_json(basis), marking)


def reliabilities(
    people: Mapping[str, ReviewBasis], marking: Marking, memo: Memo | None = None
) -> dict[str, dict[str, float]]:
    """How far each reviewer is to be relied upon, by each way of finding it: the mean grade of their finished reviews.

    Of whom nothing is known (nothing was compared, no work was calibrated) the mean of the others is taken, or 1.
    """
    ways: dict[str, dict[str, float]] = {}
    compared_once: Memo = {} if memo is None else memo
    for way in ("best", "calibrated"):
        found: dict[str, float | None] = {}
        for by, basis in people.items():
            parts = [_part(one, basis, marking, way, compared_once) for one in basis.works if one.done]
            told = [part.share for part in parts if part.note not in ("alone", "unknown") and part.weight]
            found[by] = sum(told) / len(told) if told else None
        sure = [value for value in found.values() if value is not None]
        usual = sum(sure) / len(sure) if sure else 1.0
        ways[way] = {by: usual if value is None else value for by, value in found.items()}
    return ways


# ------------------------------------------------------------------------------------------- when reviews differ too much

Attention = Literal["", "another", "tutor"]
"""another: one more reviewer is to be asked · tutor: they differ still, or there is nobody to ask"""


def spread(forms: Sequence[Given]) -> float:
    """How far the highest review of a work is from the lowest, as a share."""
    shares = [one.share for one in forms if one.role == "peer"]
    return max(shares) - min(shares) if shares else 0.0


def attention(forms: Sequence[Given], marking: Marking, asked: int, waiting: int) -> Attention:
    """What a work needs whose reviews differ. ``asked``: reviews each work was to get; ``waiting``: those not finished as yet.

    While reviews are still to come nothing is decided; a form of the tutor settles it.
    """
    peers = [one for one in forms if one.role == "peer"]
    if marking.spread is None or waiting or len(peers) < 2 or any(one.role == "tutor" for one in forms):
        return ""
    if spread(forms) <= marking.spread + 1e-9:
        return ""
    return "another" if len(peers) <= max(asked, 2) else "tutor"
