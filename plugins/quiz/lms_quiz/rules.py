"""Marking and the rules of attempts. Pure: plain values in, plain values out; neither Flask, SQLAlchemy nor the core.

A mark is a share of the question's points, 0 to 1, with the words that say why.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal, localcontext
from math import fsum
from typing import Literal

from courses.problems import N_
from lms_quiz.wordings import ANY, Folding, fits

POLICY = 1
"""Version of these rules; kept with every attempt, so that an old mark can be explained by the rules it was given
under."""

EARLY = timedelta(seconds=10)
"""How much earlier than the end the clock of a page may run out; with more time left, a tutor has given some meanwhile."""

SETTLING = timedelta(seconds=30)
"""How long what was received in time may wait for its turn: no attempt is handed in by the clock alone before that."""

LONGEST = 500
"""Characters of a typed answer that are kept."""

_SPACES = "\u0020\u00a0\u2009\u202f"
_NUMBER = re.compile(
    rf"[+-]?(?:\d{{1,3}}(?:[{_SPACES}]\d{{3}})+|\d{{1,40}})?(?:[.,]\d{{1,40}})?(?:[eE][+-]?\d{{1,2}})?", re.ASCII
)


# ------------------------------------------------------------------------------------------- what people type


def number(text: str) -> Decimal | None:
    """A number as people write it: decimal comma or point, minus sign or hyphen, thousands apart; None for anything
    else.

    >>> number("−12 000,5")
    Decimal('-12000.5')
    """
    text = text.strip().replace("\u2212", "-").replace("–", "-")
    if not _NUMBER.fullmatch(text) or not re.search(r"^[+-]?[.,]?\d", text, re.ASCII):
        return None
    return Decimal(re.sub(rf"[{_SPACES}]", "", text).replace(",", "."))


def typed_number(text: str) -> Decimal | None:
    """What a learner typed as a number; a per cent sign after it is allowed and changes nothing."""
    return number(text.strip().removesuffix("%"))


def within(given: Decimal, value: Decimal, tolerance: Decimal, percent: bool) -> bool:
    """Whether a number is right; the tolerance is absolute or a percentage of the value. The bounds are right
    themselves."""
    with localcontext() as context:
        context.prec = 200  # more digits than anybody may type: no rounding at the bounds
        allowed = abs(value) * tolerance / 100 if percent else tolerance
        return abs(given - value) <= allowed


def normal(text: str) -> str:
    """A typed answer as it is compared: letter case, extra spaces, ё for е and the width of signs make no
    difference."""
    return ANY.of(text)


# ------------------------------------------------------------------------------------------- marks


@dataclass(frozen=True)
class Mark:
    """`share` of the points, 0 to 1; `text` with `values`: why, a sentence for translation; `matched`: the answers of
    the
    author (by place) that the person gave and that have something to say to them; `parts`: the shares of the parts of the
    question, where it has some (gaps, pairs); `waits`: a person has yet to mark it."""

    share: float
    text: str
    values: Mapping[str, int | float] = field(default_factory=dict)
    matched: tuple[int, ...] = ()
    parts: tuple[float, ...] = ()
    waits: bool = False

    @property
    def state(self) -> Literal["right", "partly", "wrong"]:
        """In one word."""
        return "right" if self.share >= 1 else "partly" if self.share > 0 else "wrong"


NO_ANSWER = Mark(0.0, N_("No answer"))
WAITING = Mark(0.0, N_("A tutor has yet to mark this answer"), matched=(0,), waits=True)


def plain(share: float, matched: tuple[int, ...] = ()) -> Mark:
    """A mark that is told in one word."""
    share = min(1.0, max(0.0, share))
    return Mark(share, N_("Right") if share >= 1 else N_("Partly right") if share > 0 else N_("Wrong"), matched=matched)


def mark_one(worth: Sequence[float], chosen: Collection[int]) -> Mark:
    """One of several: `worth` is the share each option brings (True or False will do); more or fewer than one choice is
    no answer."""
    known = [place for place in chosen if 0 <= place < len(worth)]
    return plain(float(worth[known[0]]), (known[0],)) if len(known) == 1 else NO_ANSWER


def mark_many(
    right: Sequence[bool], chosen: Collection[int], partial: bool = True, weights: Sequence[float] = ()
) -> Mark:
    """Any of several: 1/(number of right ones) for each right choice, less 1/(number of wrong ones) for each wrong
    choice, or the sum of the chosen `weights` where the author gave them; never below 0. Without `partial` only exactly
    the right ones count."""
    known = sorted({place for place in chosen if 0 <= place < len(right)})
    if not known:
        return NO_ANSWER
    total, others = sum(right), len(right) - sum(right)
    hits = sum(right[place] for place in known)
    misses = len(known) - hits
    exact = hits == total and not misses
    if exact or not partial or not total:
        share = float(exact)
    elif weights:
        share = min(1.0, max(0.0, fsum(weights[place] for place in known)))
        share = 1.0 if share > 1 - 1e-9 else share
    else:
        share = max(0.0, hits / total - (misses / others if others else 0))
    values = {"hits": hits, "total": total, "misses": misses}
    text = N_("{hits} of {total} right, {misses} wrong") if misses else N_("{hits} of {total} right")
    return Mark(share, text, values, tuple(known))


def mark_truth(right: bool, given: bool) -> Mark:
    """True or false. What the author says about the answer is for those who gave it."""
    return plain(float(right is given), (0,) if right is given else ())


def best(worth: Mapping[int, float]) -> Mark:
    """Of the accepted answers that fit, by place, the one that brings most, the first of equals; none is wrong."""
    if not worth:
        return plain(0.0)
    place = max(worth, key=lambda each: (worth[each], -each))
    return plain(worth[place], (place,))


def mark_text(
    accepted: Sequence[Sequence[str]], given: str, weights: Sequence[float] = (), folding: Folding = ANY
) -> Mark:
    """Typed text: worth what the best accepted answer is worth, one form of which it is."""
    if not given.strip():
        return NO_ANSWER
    return best({
        place: weights[place] if weights else 1.0
        for place, forms in enumerate(accepted)
        if any(fits(form, given, folding) for form in forms)
    })  # fmt: skip


def mark_number(accepted: Sequence[tuple[Decimal, Decimal, bool]], given: str, weights: Sequence[float] = ()) -> Mark:
    """A number: right when within the tolerance of one of the accepted (value, tolerance, whether it is a
    percentage)."""
    if not given.strip():
        return NO_ANSWER
    value = typed_number(given)
    return mark_value(accepted, value, weights) if value is not None else Mark(0.0, N_("This is not a number"))


def mark_value(
    accepted: Sequence[tuple[Decimal, Decimal, bool]], value: Decimal, weights: Sequence[float] = ()
) -> Mark:
    """The same for a number that has been read."""
    return best({
        place: weights[place] if weights else 1.0
        for place, (key, tolerance, percent) in enumerate(accepted)
        if within(value, key, tolerance, percent)
    })  # fmt: skip


def mark_parts(parts: Sequence[float], text: str, partial: bool, weights: Sequence[float] = ()) -> Mark:
    """Several parts, each worth a share of itself, together their mean by weight. `text` says how many of how many are
    right, with `{hits}` and `{total}`."""
    hits = sum(part >= 1 - 1e-9 for part in parts)
    weights = weights or [1.0] * len(parts)
    share = fsum(part * weight for part, weight in zip(parts, weights, strict=True)) / fsum(weights)
    whole = hits == len(parts)
    share = 1.0 if whole else share if partial else 0.0
    return Mark(share, text, {"hits": hits, "total": len(parts)}, (), tuple(parts))


# ------------------------------------------------------------------------------------------- attempts


def token(seed: str, *place: object) -> str:
    """A name for an option that means nothing outside its attempt: it tells neither the place in the file nor the
    answer."""
    return hmac.digest(seed.encode(), "/".join(map(str, place)).encode(), "sha256").hex()[:16]


def order(seed: str, question: int, count: int, shuffle: bool) -> list[int]:
    """The order in which the options of a question are shown: the file's, or one that the attempt's seed decides."""
    places = list(range(count))
    return sorted(places, key=lambda place: token(seed, "order", question, place)) if shuffle else places


@dataclass(frozen=True)
class Tried:
    """One attempt as the rules see it. `points` is None while it is under way, and for one that does not count; `waits`: people
    have yet to mark a part of it."""

    number: int
    finished: bool
    points: float | None = None
    max_points: float | None = None
    waits: bool = False

    @property
    def counts(self) -> bool:
        """Whether it uses up one of the attempts: everything but one that a change of the quiz made void."""
        return not self.finished or self.points is not None

    @property
    def share(self) -> float:
        """Points over maximum; a quiz without points gives everything to whoever finished it."""
        return (self.points or 0.0) / self.max_points if self.max_points else 1.0


def used(tries: Iterable[Tried]) -> int:
    """How many attempts are used up."""
    return sum(1 for one in tries if one.counts)


@dataclass(frozen=True)
class Outcome:
    """What all attempts of a person come to. `best` is None before the first is finished."""

    completed: bool
    success: bool | None
    state: Literal["started", "waiting", "complete", "failed"]
    best: Tried | None
    """The attempt that counts; where the mean does, all of them as one that has the number of the last."""


def passed(share: float, mark: float | None) -> bool:
    """Whether a share reaches the pass mark; the arithmetic of thirds is forgiven, nothing else."""
    return mark is None or share >= mark - 1e-9


Grade = Literal["best", "last", "first", "mean"]
"""Which of several attempts counts."""


def counting(done: Sequence[Tried], grade: Grade) -> Tried:
    """What counts of one or more finished attempts; of two that are equally good the earlier one is the best."""
    if grade == "mean":
        share, most = fsum(one.share for one in done) / len(done), done[-1].max_points
        return Tried(done[-1].number, True, share * most if most else 0.0, most)
    if grade == "best":
        return max(done, key=lambda one: (one.share, -one.number))
    return done[-1 if grade == "last" else 0]


def outcome(tries: Sequence[Tried], mark: float | None, grade: Grade = "best") -> Outcome:
    """What the attempts (in order) come to; `mark` is the pass mark as a share, None: finishing is enough."""
    finished = [one for one in tries if one.finished and one.points is not None]
    done = [one for one in finished if not one.waits]
    waits = len(done) < len(finished)
    if not done:
        return Outcome(False, None, "waiting" if waits else "started", None)
    counts = counting(done, grade)
    good = passed(counts.share, mark)
    # what waits can only better the best; any other way of counting has to wait for it
    if good and not (waits and grade != "best"):
        return Outcome(True, None if mark is None else True, "complete", counts)
    if waits:
        return Outcome(False, None, "waiting", counts)
    return Outcome(False, False, "failed" if all(one.finished for one in tries) else "started", counts)


def barred(
    now: datetime, opens: datetime | None, closes: datetime | None, limit: int, taken: int
) -> Literal["", "not-open", "closed", "no-attempts"]:
    """Why no attempt may be started now; "" when one may. A `limit` of 0 means any number."""
    if opens is not None and now < opens:
        return "not-open"
    if closes is not None and now >= closes:
        return "closed"
    return "no-attempts" if limit and taken >= limit else ""


def too_late(now: datetime, end: datetime | None, grace: int) -> bool:
    """Whether an answer that the server received now is no longer taken; `grace` in seconds."""
    return end is not None and now > end + timedelta(seconds=grace)


def deadline(started: datetime, minutes: int, closes: datetime | None) -> datetime | None:
    """When an attempt ends that may take so many minutes (0: any number) at a quiz that closes then."""
    end = started + timedelta(minutes=minutes) if minutes else None
    return min(end, closes) if end and closes else end or closes
