"""What the workshop works out: who reviews whom, under which names, and the two marks.

Pure: neither Flask nor a database.

Shares are between 0 and 1; the comparison of marking forms works in percentages, as its published description does.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal, TypeVar

from courses.criteria import Criteria

R = TypeVar("R", bound=Hashable)
Values = Mapping[str, float]
"""Points by criterion id, or percentages by criterion id where said so."""

STRICTNESS = 5.0
"""Of the comparison with the best assessment: 1 very strict, 5 fair, 9 very lax."""

FEWEST_TO_COMPARE = 3
"""Finished reviews of a work from which on they are compared. Of two, each is as far from their mean as the other: both
would be "the best", however careless one of them is: each finished review counts in full."""

# ------------------------------------------------------------------------------------------- who reviews whom


def shuffled(seed: str, purpose: str, ids: Collection[int]) -> list[int]:
    """The ids in an order that depends on the seed and the purpose alone, in every version of Python."""
    return sorted(set(ids), key=lambda id: (sha256(f"{seed}/{purpose}/{id}".encode()).digest(), id))


def pseudonyms(seed: str, purpose: str, ids: Collection[int]) -> dict[int, int]:
    """A number from 1 for each id. Different purposes give unrelated numbers: one says nothing about the other."""
    return {id: number for number, id in enumerate(shuffled(seed, purpose, ids), start=1)}


@dataclass(frozen=True)
class Allocation:
    """`pairs` of (author, reviewer); every work gets `given` reviewers, where `asked` were wanted."""

    pairs: tuple[tuple[int, int], ...]
    works: int
    asked: int
    given: int

    @property
    def short(self) -> bool:
        """Whether there were too few works for as many reviewers as the author of the course wanted."""
        return self.given < self.asked


def allocate(authors: Collection[int], reviewers: int, seed: str) -> Allocation:
    """Who reviews whose work: everyone reviews as many works as their own gets reviewers.

    The authors stand in a circle in shuffled order and each work goes to the next ones round the circle: nobody meets
    themselves or the same work twice, all loads are equal, and with fewer than `reviewers` + 1 works everyone gets all
    the others.
    """
    circle = shuffled(seed, "circle", authors)
    count = len(circle)
    given = max(min(reviewers, count - 1), 0)
    pairs = tuple(
        (author, circle[(place + step) % count]) for place, author in enumerate(circle) for step in range(1, given + 1)
    )
    return Allocation(pairs, count, reviewers, given)


# ------------------------------------------------------------------------------------------- comparing reviews


def percentages(criteria: Criteria, values: Values) -> dict[str, float]:
    """A filled-in form with each criterion between 0 (the lowest level) and 100; a missing one counts as the lowest."""
    found: dict[str, float] = {}
    if criteria.strategy == "comments":
        return found
    for item in criteria.items:
        lowest = min((level.points for level in item.levels), default=0.0)
        value = min(max(values.get(item.id, lowest), lowest), item.points)
        width = item.points - lowest
        found[item.id] = 100 * (value - lowest) / width if width else 100.0
    return found


def weights(criteria: Criteria) -> dict[str, float]:
    """How much each criterion brings to the mark."""
    return {item.id: item.points * item.weight for item in criteria.items}


def distance(a: Values, b: Values, weight: Values, variance: Values, strictness: float = STRICTNESS) -> float:
    """How far two forms (percentages) are apart: cubic in the deviation, inverse in the disagreement of the group."""
    whole = sum(weight[id] for id in a)
    if not whole:
        return 0.0
    parts = (
        weight[id] * abs(a[id] - b[id]) * (a[id] - b[id]) ** 2 / (strictness * max(variance[id], 0.01)) for id in a
    )
    return round(sum(parts) / whole, 4)


def compare(forms: Mapping[R, Values], weight: Values, strictness: float = STRICTNESS) -> dict[R, float]:
    """The grade (0–100) of each review of one work, by comparison with the best one.

    `forms` are percentages by criterion. The best form is the one nearest to the mean form (several on a tie); the
    others lose their distance from it.
    """
    if not forms:
        return {}
    ids = list(next(iter(forms.values())))
    count = len(forms)
    mean = {id: sum(form[id] for form in forms.values()) / count for id in ids}
    variance = {id: sum((form[id] - mean[id]) ** 2 for form in forms.values()) / count for id in ids}
    from_mean = {key: distance(form, mean, weight, variance, strictness) for key, form in forms.items()}
    nearest = min(from_mean.values())
    best = [forms[key] for key, far in from_mean.items() if far == nearest]
    return {
        key: min(max(100 - min(distance(form, one, weight, variance, strictness) for one in best), 0.0), 100.0)
        for key, form in forms.items()
    }


def review_grades(criteria: Criteria, done: Mapping[R, Values]) -> dict[R, float]:
    """The grade (a share) of each finished review of one work; `done` are points by criterion, by reviewer."""
    if len(done) < FEWEST_TO_COMPARE:
        return dict.fromkeys(done, 1.0)
    grades = compare({key: percentages(criteria, values) for key, values in done.items()}, weights(criteria))
    return {key: grade / 100 for key, grade in grades.items()}


# ------------------------------------------------------------------------------------------- the two marks

Source = Literal["peers", "tutor", "hand", "none"]
"""none: nothing was handed in, the mark is 0"""


@dataclass(frozen=True)
class Mark:
    """A mark as a share, where it comes from, and the shares it is the mean of."""

    share: float
    source: Source
    parts: tuple[float, ...] = ()
    compared: bool = True
    """Whether every part of a mark for reviewing was found by comparison."""


def work_mark(peers: Sequence[float], tutor: float | None = None, by_hand: float | None = None) -> Mark | None:
    """The mark for a work: set by hand, or the tutor's assessment, or the mean of the peers'; None without any."""
    if by_hand is not None:
        return Mark(by_hand, "hand")
    if tutor is not None:
        return Mark(tutor, "tutor")
    if peers:
        return Mark(sum(peers) / len(peers), "peers", tuple(peers))
    return None


def reviewing_mark(grades: Sequence[float | None], compared: bool, by_hand: float | None = None) -> Mark | None:
    """The mark for reviewing: the mean over all assigned reviews, unfinished ones (None) count 0."""
    if by_hand is not None:
        return Mark(by_hand, "hand")
    if not grades:
        return None
    parts = tuple(grade or 0.0 for grade in grades)
    return Mark(sum(parts) / len(parts), "peers", parts, compared)


@dataclass(frozen=True)
class Whole:
    """Both marks together, in points."""

    points: float
    most: float

    @property
    def share(self) -> float:
        """Between 0 and 1."""
        return self.points / self.most


def whole(work: Mark | None, review: Mark | None, points: float, review_points: float) -> Whole | None:
    """Both marks together; None until the work has one. Whoever had nothing to review is measured by the work alone."""
    if work is None:
        return None
    if review is None or not review_points:
        return Whole(work.share * points, points)
    return Whole(work.share * points + review.share * review_points, points + review_points)


def passes(share: float, asked: float) -> bool:
    """Whether a share reaches the asked one; a hair's breadth is the arithmetic's, not the person's."""
    return share >= asked - 1e-9


# ------------------------------------------------------------------------------------------- what now

Step = Literal[
    "early", "hand-in", "handed-in", "too-late", "allotting", "review", "reviewed", "nothing-to-review", "marking",
    "results",
]  # fmt: skip


@dataclass(frozen=True)
class Situation:
    """Where the workshop is (`phase` is "" before the first and in a gap) and where a participant is."""

    phase: str
    before: bool
    allocated: bool
    released: bool
    submitted: bool
    assigned: int
    done: int


def step(now: Situation) -> Step:
    """What a participant can do at this moment."""
    if now.before:
        return "early"
    if now.phase == "submission":
        return "handed-in" if now.submitted else "hand-in"
    if now.phase == "closed" and now.released:
        return "results"
    if not now.submitted and not now.assigned:
        return "too-late"
    if now.phase in ("", "review") and not now.allocated:
        return "allotting"
    if now.phase == "review":
        if not now.assigned:
            return "nothing-to-review"
        return "reviewed" if now.done >= now.assigned else "review"
    return "marking"


def names_found(text: str, names: Sequence[str]) -> list[str]:
    """Which of a person's own names or addresses stand in a text, in any case of declension that keeps the stem.

    A hint to the author of an anonymous work, not a proof."""
    low = _plain(text)
    return [name for name in names if len(name) > 2 and _plain(name).rstrip("аеиоуыэюяйь") in low]


def _plain(text: str) -> str:
    return text.casefold().replace("ё", "е")
