"""How a question behaves while it is answered: when it is marked, how often, and what a wrong try costs. Pure.

A behaviour knows nothing of kinds of question: it sees the steps a person took, each with the share of the points that the answer
alone is worth, and says what the question is worth after them. The same steps always give the same worth, so that a mark can be
worked out again, shown step by step, or compared with what another behaviour would have given.

Rules as published for Moodle's behaviours (deferred, immediate, interactive with count-back, adaptive, certainty-based) and for
PrairieLearn's exams (a falling value for every try).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from courses.problems import N_

RIGHT = 1 - 1e-9
"""A share from here on is right: thirds add up to a little less than a whole."""


@dataclass(frozen=True)
class Step:
    """One thing a person did at a question.

    `answered`: whether there was an answer at all · `share`: what the answer alone is worth, 0 to 1 · `parts`: the shares of
    its parts, for kinds that have parts (gaps, pairs) · `answer`: the same for the same answer, so that a repetition can be
    seen · `certainty`: 1, 2 or 3 where it was asked, else 0 · `act`: "check" (mark this now), "again" (open the question for
    another try) or "finish" (the attempt is handed in with this answer).
    """

    act: Literal["check", "again", "finish"]
    answered: bool = True
    share: float = 0.0
    parts: tuple[float, ...] = ()
    answer: str = ""
    certainty: int = 0


@dataclass(frozen=True)
class Terms:
    """What the author asks of a behaviour: `penalty`, the share that every wrong try costs · `tries`, how many there are
    (0: any number) · `values`, the shares that a full answer is worth on the first, second … try of an exam."""

    penalty: float = 0.0
    tries: int = 0
    values: tuple[float, ...] = (1.0,)


@dataclass(frozen=True)
class Worth:
    """What a question is worth after some steps.

    `share` of its points (below 0 only with certainty) · `used`: tries that counted · `state`: "open" (an answer may be given),
    "shown" (marked; "again" opens it for the next try) or "closed" (no further try) · `text` with `values`: the arithmetic as a
    sentence for translation, "" where the answer's own mark says all · `last`: place of the step whose answer counts, None
    without one.
    """

    share: float
    used: int
    state: Literal["open", "shown", "closed"]
    text: str = ""
    values: Mapping[str, float | int] = field(default_factory=dict)
    last: int | None = None


class Behaviour(ABC):
    """A way for questions to behave. `name` is what authors write."""

    name: ClassVar[str]
    summary: ClassVar[str]
    """One sentence for the reference of the format."""
    checks: ClassVar[bool] = True
    """Whether a question has a button of its own that marks it during the attempt."""
    certainty: ClassVar[bool] = False
    """Whether it asks how sure the person is."""

    @abstractmethod
    def worth(self, steps: Sequence[Step], terms: Terms) -> Worth:
        """What a question is worth after these steps; never raises, whatever order they come in."""


def _counted(steps: Sequence[Step], tries: int) -> list[int]:
    """Places of the steps that count as tries: with an answer, and not while a marked answer stands. `tries` 0: any number."""
    found: list[int] = []
    shown = False
    for place, step in enumerate(steps):
        if step.act == "again":
            shown = False
        elif step.answered and not shown and not (tries and len(found) >= tries):
            found.append(place)
            shown = step.act == "check"
    return found


class Deferred(Behaviour):
    """The last answer is marked when the attempt is handed in."""

    name = "deferred"
    summary = N_("Answers are marked when the attempt is handed in.")
    checks = False

    def worth(self, steps: Sequence[Step], terms: Terms) -> Worth:
        """The last answer alone."""
        last = next((place for place in reversed(range(len(steps))) if steps[place].answered), None)
        if last is None:
            return Worth(0.0, 0, "open")
        return Worth(steps[last].share, 1, "closed" if steps[-1].act == "finish" else "open", last=last)


class Immediate(Behaviour):
    """One try at each question, marked and explained at once."""

    name = "immediate"
    summary = N_("Each question is marked as soon as it is checked, once.")

    def worth(self, steps: Sequence[Step], terms: Terms) -> Worth:
        """The first answer that was checked or handed in."""
        tries = _counted(steps, 1)
        if not tries:
            return Worth(0.0, 0, _ended(steps))
        return Worth(steps[tries[0]].share, 1, "closed", last=tries[0])


class Interactive(Behaviour):
    """Several tries, a hint after each wrong one; every wrong try costs a part. Parts that stayed right keep their worth."""

    name = "interactive"
    summary = N_("Several tries at each question with a hint after each wrong one; every wrong try costs a part.")

    def worth(self, steps: Sequence[Step], terms: Terms) -> Worth:
        """The last try less the penalties; with parts each part loses only for the tries before it became right."""
        tries = _counted(steps, terms.tries)
        if not tries:
            return Worth(0.0, 0, _ended(steps))
        last = steps[tries[-1]]
        before = len(tries) - 1
        if last.parts:
            share = _count_back([steps[place].parts for place in tries], terms.penalty)
        else:
            share = max(0.0, last.share - terms.penalty * before) if last.share > 0 else 0.0
        used_up = bool(terms.tries) and len(tries) >= terms.tries
        state: Literal["open", "shown", "closed"]
        if last.share >= RIGHT or used_up or steps[-1].act == "finish":
            state = "closed"
        else:
            state = "shown" if steps[-1].act == "check" else "open"
        text = N_("Try {tries}: {alone} of the answer, less {penalty} for each earlier try, gives {share}.")
        values = {"tries": len(tries), "alone": last.share, "penalty": terms.penalty, "share": share}
        return Worth(share, len(tries), state, text if before and terms.penalty else "", values, tries[-1])


def _count_back(tries: Sequence[tuple[float, ...]], penalty: float) -> float:
    """The mean over the parts of the last try, each less a penalty for every try up to the last one where it was worth less."""
    final = tries[-1]
    worth = []
    for part, share in enumerate(final):
        behind = [place for place, parts in enumerate(tries) if len(parts) > part and parts[part] < share - 1e-9]
        worth.append(share * max(0.0, 1 - penalty * (behind[-1] + 1 if behind else 0)))
    return sum(worth) / len(worth)


class Adaptive(Behaviour):
    """Any number of tries; the best counts, each less a penalty for the different answers before it."""

    name = "adaptive"
    summary = N_("Any number of tries; the best one counts, less a part for every other answer before it.")

    def worth(self, steps: Sequence[Step], terms: Terms) -> Worth:
        """The best of all tries. The same answer sent again is no try."""
        best, best_place, used = 0.0, None, 0
        before = 0.0
        previous: str | None = None
        for place, step in enumerate(steps):
            if (
                step.act == "again"
                or not step.answered
                or step.answer == previous
                or (terms.tries and used >= terms.tries)
            ):
                continue
            previous = step.answer
            found = step.share - terms.penalty * used
            if best_place is None or found > best:
                best, best_place, before = max(found, best, 0.0), place, terms.penalty * used
            used += 1
        if best_place is None:
            return Worth(0.0, 0, _ended(steps))
        full = steps[best_place].share >= RIGHT
        state: Literal["open", "closed"] = (
            "closed" if full or steps[-1].act == "finish" or (terms.tries and used >= terms.tries) else "open"
        )
        text = N_("Best of {tries} tries: {alone} of the answer, less {lost} for the tries before it, gives {share}.")
        values = {"tries": used, "alone": steps[best_place].share, "lost": before, "share": best}
        return Worth(best, used, state, text if used > 1 else "", values, best_place)


class Certainty(Behaviour):
    """With each answer the person says how sure they are: being sure pays when right, and costs when wrong.

    Shares are a third of the published marks 1, 2, 3 and 0, −2, −6, so that a question is worth its points to whoever is sure
    and right: at which confidence which level pays (⅔ and 0.8) does not depend on that.
    """

    name = "certainty"
    summary = N_("With each answer one says how sure one is: being sure pays when right, and costs when wrong.")
    checks = False
    certainty = True

    def worth(self, steps: Sequence[Step], terms: Terms) -> Worth:
        """The last answer by its certainty; one that was not stated counts as the lowest."""
        last = next((place for place in reversed(range(len(steps))) if steps[place].answered), None)
        if last is None:
            return Worth(0.0, 0, "open")
        step = steps[last]
        level = min(3, max(1, step.certainty))
        share = step.share * level / 3 if step.share > 1e-6 else (0.0, -2 / 3, -2.0)[level - 1]
        text = N_("Certainty {level} of 3: {alone} of the answer gives {share}.")
        values = {"level": level, "alone": step.share, "share": share}
        return Worth(share, 1, "closed" if steps[-1].act == "finish" else "open", text, values, last)


class Exam(Behaviour):
    """Each try is marked at once, and each is worth less than the one before; what was gained stays."""

    name = "exam"
    summary = N_("Each try is marked at once and worth less than the one before; what was gained stays.")

    def worth(self, steps: Sequence[Step], terms: Terms) -> Worth:
        """Every improvement counts at the value of its try; tries end with the list of values."""
        best = gained = 0.0
        used, last = 0, None
        for place, step in enumerate(steps):
            if step.act == "again" or not step.answered or used >= len(terms.values) or best >= RIGHT:
                continue
            if step.share > best:
                gained += (step.share - best) * terms.values[used]
                best, last = step.share, place
            elif last is None:
                last = place
            used += 1
        if not used:
            return Worth(0.0, 0, _ended(steps))
        closed = best >= RIGHT or used >= len(terms.values) or steps[-1].act == "finish"
        text = N_("{tries} tries, each worth less than the one before, gave {share} of the points.")
        values = {"tries": used, "share": gained}
        return Worth(gained, used, "closed" if closed else "open", text if used > 1 else "", values, last)


def _ended(steps: Sequence[Step]) -> Literal["open", "closed"]:
    return "closed" if steps and steps[-1].act == "finish" else "open"


STANDARD: tuple[Behaviour, ...] = (Deferred(), Immediate(), Interactive(), Adaptive(), Certainty(), Exam())
"""The behaviours that come with the quiz; the first is the default."""
