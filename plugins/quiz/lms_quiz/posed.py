"""Parametrised questions: variables are drawn for each attempt, and `{a * b}` in the question becomes a number. Pure.

Reading: each `{expression}` is replaced by a number found nowhere else, so that the whole question is read, rendered (formulas
included) and checked as one with plain numbers; then the numbers become marks, `{expression}` with two invisible signs, which stand
in what is stored. Asking: each mark becomes the value that the attempt's seed gives.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import lru_cache
from typing import Any

from courses.problems import N_, Report
from lms_quiz import expressions
from lms_quiz.expressions import Expression, ExpressionError, Variable
from lms_quiz.question import Question
from lms_quiz.written import Written

JOIN = "\u2060"
_MARK = re.compile(r"\{" + JOIN + r"([^{}" + JOIN + r"]*)" + JOIN + r"\}")
_BRACES = re.compile(r"(?<!\]\])\{([^{}]*)\}")  # behind a gap stands its weight
APART = re.compile(r"(\$\$.*?\$\$|\$[^$\n]+\$|`[^`\n]+`)", re.DOTALL)
_FIRST = 83_100_000
TRIALS = 100
"""How many sets of values a question is tried with when it is read."""

Show = Callable[[float], str]


@lru_cache(maxsize=4096)
def _expression(text: str, names: frozenset[str]) -> Expression:
    return expressions.parse(text, names)


@lru_cache(maxsize=1024)
def variables_of(pairs: tuple[tuple[str, str], ...]) -> tuple[Variable, ...]:
    """Variables as stored, read again. Raises ExpressionError."""
    found: list[Variable] = []
    for name, text in pairs:
        found.append(expressions.variable(name, text, {one.name for one in found}))
    return tuple(found)


def values_of(question: Question, seed: str) -> Mapping[str, float]:
    """The values of the variables for a seed."""
    return expressions.draw(variables_of(question.variables), seed)


def posed(question: Question, seed: str, show: Show) -> Question:
    """The question with the values of this seed, written by `show`; one without variables as it is."""
    if not question.variables:
        return question
    values = values_of(question, seed)
    names = frozenset(values)

    def filled(part: Any) -> Any:
        if isinstance(part, str):
            return _MARK.sub(lambda m: show(_expression(html.unescape(m[1]), names).value(values)), part)
        if isinstance(part, Mapping):
            return {key: filled(value) for key, value in part.items()}
        return [filled(value) for value in part] if isinstance(part, list | tuple) else part

    parts = {"text": question.text, "explanation": question.explanation, "hints": question.hints, "data": question.data}
    return question.model_copy(update={**filled(parts), "hints": tuple(filled(question.hints))})


# ------------------------------------------------------------------------------------------- reading


class Draft:
    """A question under way from what is written to what is stored."""

    def __init__(self, written: Written, report: Report) -> None:
        self.written, self.report = written, report
        self.variables: list[Variable] = []
        self.pairs: list[tuple[str, str]] = []
        self.texts: dict[str, str] = {}
        self.fine = True
        for line, column, name, text in written.variables:
            try:
                self.variables.append(expressions.variable(name, text, {one.name for one in self.variables}))
                self.pairs.append((name, text))
            except ExpressionError as error:
                self._bad(line, column, error)
        if written.variables and self.fine:
            self._replace()

    def _bad(self, line: int, column: int, error: ExpressionError) -> None:
        self.fine = False
        self.report.add(
            line, column, "quiz-expression", error.text, hint=N_("Write it as in: let a = 2..9, then {a * 2}."),
            **error.values,
        )  # fmt: skip

    def _replace(self) -> None:
        written = self.written
        whole = "\n".join([*written.text, *(one.text for one in written.answers)])
        self.start = _FIRST
        while str(self.start)[:5] in whole:
            self.start += 100_000
        names = frozenset(one.name for one in self.variables)
        written.text = self._lines(written.text, written.line, names)
        written.explanation = self._lines(written.explanation, written.explanation_line, names)
        written.hints = [(line, self._lines(lines, line, names)) for line, lines in written.hints]
        for answer in written.answers:
            answer.text = self._lines([answer.text], answer.line, names)[0]
            answer.feedback = self._lines(answer.feedback, answer.feedback_line, names)

    def _lines(self, lines: Sequence[str], first: int, names: Collection[str]) -> list[str]:
        found = []
        fenced = False
        for place, line in enumerate(lines):
            fenced ^= line.lstrip().startswith(("```", "~~~"))
            parts = [line] if fenced else APART.split(line)
            for at in range(len(parts)):
                formula = at % 2 == 1 and parts[at].startswith("$")
                code = fenced or (at % 2 == 1 and not formula)
                parts[at] = _BRACES.sub(
                    lambda m, formula=formula, code=code, number=first + place: self._one(
                        m, formula, code, number, frozenset(names)
                    ),
                    parts[at],
                )
            found.append("".join(parts))
        return found

    def _one(self, match: re.Match[str], formula: bool, code: bool, line: int, names: frozenset[str]) -> str:
        """The number that stands for an expression; in formulas and code only what asks for a variable is one."""
        try:
            read = _expression(match[1], names)
        except ExpressionError as error:
            if not (formula or code):
                self._bad(line, 1, error)
            return match[0]
        if (formula or code) and not read.names:
            return match[0]
        number = self.texts.setdefault(match[1].strip(), str(self.start + len(self.texts)))
        return "{" + number + "}" if formula else number

    def stored(self, part: Any) -> Any:
        """What was read, with the marks in the places of the numbers."""
        if not self.texts:
            return part
        if isinstance(part, str):
            for text, number in self.texts.items():
                part = part.replace(number, "{" + JOIN + html.escape(text) + JOIN + "}")
            return part
        if isinstance(part, Mapping):
            return {key: self.stored(value) for key, value in part.items()}
        return [self.stored(value) for value in part] if isinstance(part, list | tuple) else part

    def tried(self, question: Question, check: Callable[[Question], bool]) -> bool:
        """Whether the question has values and can be asked with every set that was tried; reported with the line if not."""
        if not question.variables:
            return True
        line, column = self.written.variables[0][:2]
        for number in range(TRIALS):
            try:
                one = posed(question, f"trial {number}", lambda value: f"{value:.12g}")
            except ExpressionError as error:
                self._bad(line, column, error)
                return False
            if not check(one):
                drawn = ", ".join(
                    f"{name} = {value:g}" for name, value in values_of(question, f"trial {number}").items()
                )
                self.report.add(
                    line, column, "quiz-values-clash",
                    N_("With {values} two answers of this question are the same, or one is no number."),
                    hint=N_("Draw the variables from other numbers, so that every set of values makes a good question."),
                    values=drawn,
                )  # fmt: skip
                return False
        return True
