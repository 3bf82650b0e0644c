"""Numbers: with a tolerance, a range, several keys with weights, units."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from decimal import Decimal, localcontext

from markupsafe import Markup

from courses.blocks import BodySource
from courses.problems import N_, Report
from lms.plugin import Message, Visit, mark
from lms_quiz import rules
from lms_quiz.kinds.base import Asked, Reply, said
from lms_quiz.kinds.typed import TypedKind
from lms_quiz.question import Difference, Frozen, feedback_of, weigh, weighted
from lms_quiz.written import EQUALS, Answer, Written


class Figure(Frozen):
    """A number with its tolerance, both as decimal texts; `percent`: the tolerance is a part of the value; `upto`: the other
    end of a range that begins with the value, "" without."""

    value: str
    tolerance: str = "0"
    percent: bool = False
    upto: str = ""
    weight: float = 1.0
    feedback: str = ""

    @property
    def key(self) -> tuple[Decimal, Decimal, bool]:
        """As `rules.mark_number` takes it."""
        value, upto = _decimal(self.value), _decimal(self.upto or self.value)
        if self.upto:
            with localcontext() as context:
                context.prec = 200
                return (value + upto) / 2, (upto - value) / 2, False
        return value, _decimal(self.tolerance), self.percent

    @property
    def said(self) -> str:
        """As people read it."""
        if self.upto:
            return f"{said(_decimal(self.value))}…{said(_decimal(self.upto))}"
        tolerance = _decimal(self.tolerance)
        text = said(_decimal(self.value)) + (f" ± {said(tolerance)}" if tolerance else "")
        return text + ("%" if self.percent and tolerance else "")


def _decimal(text: str) -> Decimal:
    value = rules.number(text)
    if value is None:
        raise ValueError(text)
    return value


class Unit(Frozen):
    """A unit in the forms people write, and how many of the question's own unit it is."""

    forms: tuple[str, ...]
    factor: str = "1"


class Figures(Frozen):
    """All numbers that are right; the first unit is the question's own."""

    accepted: tuple[Figure, ...]
    units: tuple[Unit, ...] = ()


_TOLERANCE = re.compile(r"\s*(?:±|\+/?-|\+/?\u2212)\s*")
_AMOUNT = r"[+\-\u2212]?(?:\d[\d\u0020\u00a0\u2009\u202f]*)?(?:[.,]?\d+)(?:[eE][+-]?\d{1,2})?"
_RANGE = re.compile(rf"(?P<low>{_AMOUNT})[ ]*(?:\.\.\.?|…)[ ]*(?P<high>{_AMOUNT})(?P<unit>[ ].*|)$")
_SPREAD = re.compile(rf"(?P<tolerance>{_AMOUNT})[ ]?(?P<percent>%?)(?P<unit>[ ]*[^\d\s.,%].*|)$")
_TYPED = re.compile(rf"\s*(?P<amount>{_AMOUNT})\s*(?P<unit>.*)$", re.DOTALL)


def same_unit(text: str) -> str:
    """A unit as it is compared: m/s², m/s^2 and m / s2 are one; mW and MW are not."""
    folded = unicodedata.normalize("NFKC", text)
    return re.sub(r"[\s^·⋅*]", "", folded)


class Number(TypedKind[Figures]):
    """A number with a tolerance."""

    name = "number"
    sign = EQUALS
    mode = "decimal"
    summary = N_(
        "A number: `= 2004`, `= 2004 ± 1`, `= 9,8 ± 5%`, a range `= 2..5`, with a weight `= 50% 3.1`; people may type a decimal comma"
        " or point. A unit stands behind the tolerance, its forms between `|`: `= 9.8 ± 0.1 м/с² | m/s^2`, and must be typed then;"
        " a line `unit km = 1000 m` takes answers in another one."
    )
    Data = Figures
    partly = True

    def differences(self, before: Figures, after: Figures) -> Sequence[Difference]:
        """Which numbers are right, in any order and however they are written."""

        def key(data: Figures) -> object:
            worth = {(one.value, one.tolerance, one.percent, one.upto, one.weight) for one in data.accepted}
            if all(rules.number(one.value) is not None for one in data.accepted):
                worth = {(*one.key, one.weight) for one in data.accepted}  # type: ignore[misc]
            return worth, {(same_unit(form), unit.factor) for unit in data.units for form in unit.forms}

        return () if key(before) == key(after) else ("key",)

    def claims(self, answers: Sequence[Answer]) -> bool:
        """Numbers only, or anything with a tolerance, or ranges."""
        texts = [weighted(answer.text)[1] for answer in answers]
        return any(_TOLERANCE.search(text) and not text.startswith("/") for text in texts) or all(
            rules.number(text) is not None or _RANGE.match(text) for text in texts
        )

    def remarks(self, data: Figures, matched: Sequence[int]) -> Sequence[str]:
        """Of the answer given."""
        return tuple(data.accepted[place].feedback for place in matched if data.accepted[place].feedback)

    def parse(self, written: Written, source: BodySource, report: Report) -> Figures | None:
        """Each line a number with a tolerance that is not negative, or a range that goes up; one unit for all."""
        found: list[Figure] = []
        own: list[str] = []
        for answer in written.answers:
            weight, text = weighted(answer.text)
            figure, unit = _figure(text)
            if figure is None:
                report.add(
                    answer.line, answer.column, "quiz-number", N_("“{text}” is no number with a tolerance."),
                    hint=N_("Write it as in = 2004 ± 1, = 9.8 ± 5% or = 2..5."), text=answer.text[:60],
                )  # fmt: skip
                continue
            worth = 1.0 if weight is None else weight
            found.append(figure.model_copy(update={"weight": worth, "feedback": feedback_of(answer, source)}))
            own += [form.strip() for form in unit.split("|") if form.strip() and form.strip() not in own]
        if len(found) < len(written.answers) or not weigh(max(one.weight for one in found), written, report):
            return None
        units = _units(written, own, report)
        return None if units is None else Figures(accepted=tuple(found), units=units)

    def differ(self, data: Figures) -> bool:
        """Numbers are numbers."""
        return all(one.key[1] >= 0 for one in data.accepted)

    def complaint(self, data: Figures, reply: Reply | None) -> Message | None:
        """Text where a number is asked for is a slip that should not cost a mark, nor is a unit forgotten."""
        if reply:
            value, unit = _read(data, str(reply.get("text", "")))
            if value is None and unit is None:
                return Message(mark("the answer is not a number"))
            if unit == "":
                return Message(mark("the answer has no unit"))
        return super().complaint(data, reply)

    def mark(self, data: Figures, reply: Reply | None, partial: bool) -> rules.Mark:
        """What the best number that fits is worth."""
        text = str((reply or {}).get("text", ""))
        if not text.strip():
            return rules.NO_ANSWER
        value, unit = _read(data, text)
        if value is None and unit is None:
            return rules.Mark(0.0, N_("This is not a number"))
        if value is None:
            return rules.Mark(0.0, N_("This unit does not fit") if unit else N_("The unit is missing"))
        weights = [one.weight if partial else float(one.weight >= 1) for one in data.accepted]
        return rules.mark_value([one.key for one in data.accepted], value, weights)

    def demo(self, asked: Asked[Figures], right: bool) -> Sequence[str]:
        """The first number; or one that is too small by far."""
        first = next(one for one in asked.data.accepted if one.weight >= 1)
        unit = f" {asked.data.units[0].forms[0]}" if asked.data.units else ""
        return [(first.value if right else "-987654321") + unit]

    def review(self, visit: Visit, asked: Asked[Figures]) -> Markup:
        """What was typed, and what is right with its tolerance."""
        unit = f" {asked.data.units[0].forms[0]}" if asked.data.units else ""
        right = [one.said + unit for one in asked.data.accepted if one.weight >= 1]
        return visit.render("quiz/_typed_review.html", asked=asked, right=right)


def _figure(text: str) -> tuple[Figure | None, str]:
    """A number as an author writes it, and the unit behind it; None when it is none."""
    reach = _RANGE.match(text)
    if reach:
        low, high = rules.number(reach["low"]), rules.number(reach["high"])
        if low is None or high is None or high < low:
            return None, ""
        return Figure(value=str(low), upto=str(high)), reach["unit"].strip()
    spread = _TOLERANCE.search(text, 1)
    value = rules.number(text[: spread.start()] if spread else text)
    if value is None or spread is None:
        return (None if value is None else Figure(value=str(value))), ""
    rest = _SPREAD.match(text, spread.end())
    tolerance = rules.number(rest["tolerance"]) if rest else None
    if rest is None or tolerance is None or tolerance < 0:
        return None, ""
    return Figure(value=str(value), tolerance=str(tolerance), percent=bool(rest["percent"])), rest["unit"].strip()


def _units(written: Written, own: Sequence[str], report: Report) -> tuple[Unit, ...] | None:
    """The question's own unit and others with their factors; None when they do not fit together, which is reported."""
    found = [Unit(forms=tuple(own))] if own else []
    for line, column, name, factor, base in written.units:
        if not found:
            found.append(Unit(forms=(base,)))
        value = rules.number(factor)
        if value is None or value <= 0 or same_unit(base) not in map(same_unit, found[0].forms):
            report.add(
                line, column, "quiz-unit", N_("“{unit}” is not said in the unit of the answer, {own}."),
                hint=N_("Write how many of it one is, as in: unit km = 1000 m."), unit=name, own=found[0].forms[0],
            )  # fmt: skip
            return None
        found.append(Unit(forms=tuple(form.strip() for form in name.split("|")), factor=str(value)))
    return tuple(found)


def _read(data: Figures, text: str) -> tuple[Decimal | None, str | None]:
    """What was typed in the question's own unit, and the unit that was typed. (None, None): no number; (None, unit): not a unit
    of this question, "" for none at all."""
    if not data.units:
        return rules.typed_number(text), None
    match = _TYPED.match(text)
    value = rules.number(match["amount"]) if match else None
    if match is None or value is None:
        return None, None
    unit = same_unit(match["unit"])
    factor = next((one.factor for one in data.units if unit in map(same_unit, one.forms)), None)
    if factor is None:
        return None, match["unit"].strip()
    with localcontext() as context:
        context.prec = 200
        return value * Decimal(factor), unit
