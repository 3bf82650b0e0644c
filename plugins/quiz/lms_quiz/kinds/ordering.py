"""Things to be put in order: each gets a place from a select box."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import factorial
from typing import Any

from courses.blocks import BodySource
from courses.changes import paired, same_meaning
from courses.problems import N_, Report
from courses.text import plain_text
from lms.plugin import Message, mark
from lms_quiz import rules
from lms_quiz.kinds.assigning import Assigning, Row
from lms_quiz.kinds.base import Asked, Reply, picked
from lms_quiz.question import Difference, Frozen, feedback_of
from lms_quiz.written import NUMBERED, Answer, Written


class Item(Frozen):
    """Something to be put in order (HTML)."""

    html: str
    feedback: str = ""


class Items(Frozen):
    """All of them, in the right order."""

    items: tuple[Item, ...]


class Ordering(Assigning[Items]):
    """Rows are the things, columns the places."""

    name = "ordering"
    sign = NUMBERED
    Data = Items
    head = N_("Thing")
    drag = "order"
    settled = True
    words = N_("{hits} of {total} neighbours follow each other as they should")
    summary = N_(
        "Ordering: `1) first`, `2) second` … in the right order. Of neighbours in the right order, each two that directly follow each"
        " other in the answer bring an equal part."
    )

    def rows(self, data: Items) -> Sequence[Row]:
        """Each thing belongs to its own place."""
        return [Row(html=one.html, right=(place,), feedback=one.feedback) for place, one in enumerate(data.items)]

    def columns(self, data: Items) -> Sequence[str]:
        """The places, as people count."""
        return [str(number) for number in range(1, len(data.items) + 1)]

    def row_order(self, asked: Asked[Items]) -> Sequence[int]:
        """Always mixed: the author's order is what is asked for."""
        return sorted(range(len(asked.data.items)), key=lambda place: asked.token(f"row {place}"))

    def column_order(self, asked: Asked[Items]) -> Sequence[int]:
        """Places go up."""
        return range(len(asked.data.items))

    def parse(self, written: Written, source: BodySource, report: Report) -> Items | None:
        """At least two different things."""
        seen: dict[str, Answer] = {}
        fine = True
        for answer in written.answers:
            first = seen.setdefault(rules.normal(answer.text), answer)
            if first is not answer:
                fine = False
                report.add(
                    answer.line, answer.column, "quiz-option-twice",
                    N_("This option is the same as the one on line {first}."),
                    hint=N_("Change one of them or take it out."), first=first.line,
                )  # fmt: skip
        if len(written.answers) < 2:
            fine = False
            report.add(
                written.answers[0].line, written.answers[0].column, "quiz-order-few",
                N_("One thing is nothing to put in order."), hint=N_("Add what comes after it, as in 2) second."),
            )  # fmt: skip
        if not fine:
            return None
        return Items(
            items=tuple(Item(html=source.inline(one.text, one.line), feedback=feedback_of(one, source)) for one in written.answers)
        )  # fmt: skip

    def complaint(self, data: Items, reply: Reply | None) -> Message | None:
        """Two things in one place are a slip."""
        if reply:
            places = [one[0] for one in self.given(data, reply) if one]
            if len(set(places)) < len(places):
                return Message(mark("two things stand in the same place"))
        return super().complaint(data, reply)

    def mark(self, data: Items, reply: Reply | None, partial: bool) -> rules.Mark:
        """By neighbours; what shares a place with something else has none."""
        if not reply:
            return rules.NO_ANSWER
        given = [one[0] if one else None for one in self.given(data, reply)]
        places = [place if place is not None and given.count(place) == 1 else None for place in given]
        parts = [float(one is not None and other is not None and other - one == 1) for one, other in pairwise(places)]
        found = rules.mark_parts(parts, self.words, partial)
        matched = tuple(place for place, one in enumerate(places) if one == place)
        return rules.Mark(found.share, found.text, found.values, matched, found.parts)

    def guess(self, data: Items, partial: bool) -> float | None:
        """Two neighbours meet in one of as many orders as there are things."""
        count = len(data.items)
        return 1 / count if partial else 1 / factorial(count)

    def choices(self, data: Items) -> Sequence[str]:
        """None: there are as many answers as orders."""
        return ()

    def _things(self, data: Items) -> list[str]:
        return [plain_text(one.html) for one in data.items]

    def offered(self, asked: Asked[Items]) -> Sequence[str]:
        """The things, mixed."""
        things = self._things(asked.data)
        return [f"- {things[place]}" for place in self.row_order(asked)]

    def demo(self, asked: Asked[Items], right: bool) -> Sequence[str]:
        """The right order; or the same from its end."""
        count = len(asked.data.items)
        return [asked.token(f"{place}/{place if right else count - 1 - place}") for place in range(count)]

    def labels(self, data: Items, reply: Reply | None) -> Sequence[str]:
        """The whole order as one answer: none of its parts says anything alone."""
        given = [(one[0], place) for place, one in enumerate(self.given(data, reply)) if one]
        known = self._things(data)
        return (" → ".join(known[place] for _, place in sorted(given)),) if given else ()

    def spoken(self, data: Items, text: str) -> Reply | None:
        """The things in the order the person puts them."""
        parts = [part for part in text.split("|") if part.strip()]
        known = self._things(data)
        order = [picked(known, part) for part in parts]
        if len(set(order)) < len(order):
            raise ValueError(text)
        given: list[list[int]] = [[] for _ in known]
        for place, item in enumerate(order):
            given[item] = [place]
        return {"given": given} if order else None

    def shape(self, data: Items) -> Any:
        """The order, by where each thing stands in the alphabet: another order is noticed, a corrected spelling hardly ever."""
        words = [rules.normal(one) for one in self._things(data)]
        return [sorted(words).index(one) for one in words]

    def differ(self, data: Items) -> bool:
        """By their words."""
        return len({rules.normal(plain_text(one.html)) for one in data.items}) == len(data.items)

    def differences(self, before: Items, after: Items) -> Sequence[Difference]:
        """Another order of the same things is another key."""
        labels = self._things(before), self._things(after)
        pairs = paired(*labels)
        both = [(was, now) for was, now in pairs if was is not None and now is not None]
        found: list[Difference] = []
        if [now for _, now in sorted(both)] != sorted(now for _, now in both):
            found.append("key")
        if len(both) < len(pairs) or not all(same_meaning(labels[0][was], labels[1][now]) for was, now in both):
            found.append("choices")
        return found
