"""What stands in a quiz's body: the cutter finds questions, answers, feedback and explanations with their true lines.

It knows lines and nothing of what they mean; the kinds of question say that (`format.py`). Code and formulas are left
alone.
Pure: neither Flask, SQLAlchemy nor the core.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from courses.problems import N_, Report
from lms_quiz import rules


@dataclass(frozen=True)
class Sign:
    """A way of writing an answer's line: `pattern` matches what follows the indentation, with a group `text` and,
    where there is a
    box, a group `box`. `shown` is how authors know it."""

    name: str
    pattern: re.Pattern[str]
    shown: str


_LIST = r"(?:[-*+]|\d{1,3}[.)])[ ]+"
_WEIGHT = r"[+\-\u2212]?\d{1,3}(?:[.,]\d{1,8})?[ ]?%"
_BOX = r"(?P<box>[ ]*|[ ]?[^\s\w()\[\]][ ]?|[ ]?[xXхХvV][ ]?|[ ]?" + _WEIGHT + r"[ ]?)"
_LABEL = r"(?:[ ]+(?P<text>.*))?$"
ROUND = Sign("round", re.compile(_LIST + r"\(" + _BOX + r"\)" + _LABEL), "( )")
SQUARE = Sign("square", re.compile(_LIST + r"\[" + _BOX + r"\]" + _LABEL), "[ ]")
EQUALS = Sign("equals", re.compile(r"=(?!=)[ ]*(?P<text>.*)$"), "=")

ARROW = Sign("arrow", re.compile(r"[-*+][ ]+(?P<text>(?:\S.*?[ ]+)?(?:->|→)(?:[ ]+.*)?)$"), "->")
NUMBERED = Sign("numbered", re.compile(r"\d{1,3}\)[ ]+(?P<text>\S.*)$"), "1)")
_CELL = r"[ ]*(?:\((?:[ ]*|[ ]?[xXхХ][ ]?)\)|\[(?:[ ]*|[ ]?[xXхХ][ ]?)\])[ ]*"
ROW = Sign("row", re.compile(r"(?P<text>\|.*(?<!\\)\|" + _CELL + r"(?:\|.*)?)$"), "| (x) |")
GAPS = Sign("gaps", re.compile(r"(?!)(?P<text>)"), "[[ ]]")
"""Answers that stand in the question's text: no line is one."""

_TICKED = frozenset("xXхХ")  # the Cyrillic letter looks the same and is nearer on a Russian keyboard


def cell_of(text: str) -> bool | None:
    """Whether there is an x in a cell of a table; None when the cell is no box."""
    match = re.fullmatch(_CELL, text)
    return None if match is None else any(sign in _TICKED for sign in text)


@dataclass
class Answer:
    """One answer line with what is indented below it. `ticked`: whether there is an x in its box, or a weight above 0;
    `weight`: that of its box as a share, None without one."""

    sign: Sign
    ticked: bool
    text: str
    line: int
    column: int
    indent: int
    feedback: list[str] = field(default_factory=list)
    feedback_line: int = 0
    weight: float | None = None


@dataclass
class Written:
    """A question as it stands in the file; numbers of lines are true ones."""

    line: int
    column: int
    offset: int
    text: list[str] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    explanation: list[str] = field(default_factory=list)
    explanation_line: int = 0
    hints: list[tuple[int, list[str]]] = field(default_factory=list)
    """Each with the true line it begins at."""
    points: float = 1
    partial: bool | None = None
    case: bool = False
    spaces: bool = False
    yo: bool = False
    tags: tuple[str, ...] = ()
    difficulty: str = ""
    id: str = ""
    variables: list[tuple[int, int, str, str]] = field(default_factory=list)
    """Lines `let a = 2..9`: line, column, name, text."""
    units: list[tuple[int, int, str, str, str]] = field(default_factory=list)
    """Lines `unit km = 1000 m`: line, column, unit, factor, own unit."""
    table: list[tuple[int, str]] = field(default_factory=list)
    """Lines of a table below the answers, with their true numbers."""


_START = re.compile(r"([ ]*)(\d{1,6}[.)])(?:[ ]+|$)(.*)$")
_QUOTE = re.compile(r"([ ]*)>[ ]?(.*)$")
_HINT = re.compile(r"[ ]+\?[ ]+(\S.*)$")
_FENCE = re.compile(r"[ ]*(`{3,}|~{3,})")
_KEYS = re.compile(r"(?:^|(?<=\s))\{\s*([\w-]+\s*=[^{}]*?)\s*\}\s*$")
_KEY_NAMES = ("points", "partial", "case", "spaces", "yo", "tags", "difficulty", "id")
_ID = re.compile(r"[^\W_][\w.-]{0,79}")
_LET = re.compile(r"[ ]*let[ ]+(?P<name>[^\s=]{1,80})[ ]*=(?!=)[ ]*(?P<text>.*)$")
_UNIT = re.compile(
    r"[ ]*unit[ ]+(?P<name>[^=]{1,80}?)[ ]*=[ ]*(?P<factor>[\d.,]+(?:[eE][+-]?\d{1,2})?)[ ]*(?P<own>\S.{0,79})$"
)
_YES_NO = {"true": True, "yes": True, "да": True, "false": False, "no": False, "нет": False}


class _Cutter:
    def __init__(self, signs: Sequence[Sign], report: Report) -> None:
        self.signs = signs
        self.report = report
        self.intro: list[str] = []
        self.questions: list[Written] = []
        self.base: int | None = None
        self.quote: list[str] | None = None
        self.fence = ""
        self.formula = False

    def run(self, lines: Sequence[tuple[int, str]]) -> None:
        for number, raw in lines:
            self._line(number, raw.expandtabs(4).rstrip())

    def _line(self, number: int, line: str) -> None:
        if self._protected(line):
            self._more(number, line)
            return
        start = _START.match(line)
        if start and len(start[1]) <= (3 if self.base is None else self.base + 1):
            self._question(number, start)
        elif not self.questions:
            self.intro.append(line)
        elif not (
            self._meant(number, line)
            or self._answer(number, line)
            or self._quote(number, line)
            or self._hint(number, line)
        ):
            self._more(number, line)

    def _protected(self, line: str) -> bool:
        """Whether the line belongs to code or to a formula, where nothing means what it looks like."""
        bare = line.strip()
        if self.fence:
            if bare.startswith(self.fence) and not bare.strip(self.fence[0]):
                self.fence = ""
            return True
        if bare.startswith(">"):
            return False
        opening = _FENCE.match(line)
        if opening and not self.formula:
            self.fence = opening[1]
            return True
        if line.count("$$") % 2:
            self.formula = not self.formula
            return not _START.match(line)
        return self.formula

    def _question(self, number: int, start: re.Match[str]) -> None:
        self.base = len(start[1]) if self.base is None else self.base
        self.quote = None
        found = Written(number, len(start[1]) + 1, len(start[1]) + len(start[2]) + 1)
        self.questions.append(found)
        found.text.append(self._keys(found, number, start[3], start.start(3)))

    def _keys(self, question: Written, number: int, text: str, offset: int) -> str:
        """Take `{points=2}` from the end of a line of the question."""
        match = _KEYS.search(text)
        if not match:
            return text
        for pair in re.finditer(r"""([\w-]+)\s*=\s*("[^"]*"|'[^']*'|\S*)|(\S+)""", match[1]):
            column = offset + match.start(1) + pair.start() + 1
            self._key(question, number, column, pair[1] or pair[3], (pair[2] or "").rstrip(",").strip("\"'"))
        return text[: match.start()].rstrip()

    def _key(self, question: Written, number: int, column: int, name: str, value: str) -> None:
        """One option of a question."""
        if name not in _KEY_NAMES:
            close = get_close_matches(name, _KEY_NAMES, 1)
            self.report.add(
                number, column, "quiz-key-unknown", N_("A question has no option “{name}”."),
                hint=N_("Did you mean “{close}”? Known options: {known}.") if close else N_("Known options: {known}."),
                name=name, close=close[0] if close else "", known=", ".join(_KEY_NAMES),
            )  # fmt: skip
        elif name == "points":
            points = rules.number(value)
            if points is None or not 0 <= points <= 1000:
                self.report.add(
                    number, column, "quiz-points", N_("“{value}” is no number of points."),
                    hint=N_("Write a number from 0 to 1000, as in {points=2}."), value=value,
                )  # fmt: skip
            else:
                question.points = float(points)
        elif name == "tags":
            question.tags = tuple(dict.fromkeys(value.replace(",", " ").split()))
        elif name in ("difficulty", "id"):
            if not _ID.fullmatch(value):
                self.report.add(
                    number, column, "quiz-key-value", N_("“{name}” of a question is one word."),
                    hint=N_("Write letters, digits, dots and hyphens, as in {name=value}."), name=name,
                )  # fmt: skip
            elif name == "id":
                question.id = value
            else:
                question.difficulty = value
        elif value.lower() not in _YES_NO:
            if name == "partial":
                self.report.add(
                    number, column, "quiz-partial", N_("“partial” is either true or false."),
                    hint=N_("Write {partial=false} to give points for exactly the right choices only."),
                )  # fmt: skip
            else:
                self.report.add(
                    number, column, "quiz-folding", N_("“{name}” is either true or false."),
                    hint=N_("Write {case=true} where letter case counts; spaces and yo likewise."), name=name,
                )  # fmt: skip
        else:
            setattr(question, name, _YES_NO[value.lower()])

    def _meant(self, number: int, line: str) -> bool:
        """A line `let a = 2..9` or `unit km = 1000 m`, which belongs to the question and is not shown."""
        question = self.questions[-1]
        let = _LET.match(line)
        if let:
            question.variables.append((number, let.start("name") + 1, let["name"], let["text"].strip()))
            return True
        unit = _UNIT.match(line)
        if unit:
            question.units.append((number, unit.start("name") + 1, unit["name"], unit["factor"], unit["own"].strip()))
        return unit is not None

    def _answer(self, number: int, line: str) -> bool:
        bare = line.lstrip(" ")
        for sign in self.signs:
            match = sign.pattern.match(bare)
            if match is None:
                continue
            question = self.questions[-1]
            indent = len(line) - len(bare)
            box = (match.groupdict().get("box") or "").strip()
            weight = rules.number(box.removesuffix("%")) if box.endswith("%") else None
            if weight is not None and abs(weight) > 100:
                self.report.add(
                    number, indent + match.start("box") + 1, "quiz-weight", N_("A weight lies between -100% and 100%."),
                    hint=N_("Write the share of the points that this answer brings, as in (50%)."),
                )  # fmt: skip
            elif box and weight is None and box not in _TICKED:
                self.report.add(
                    number, indent + match.start("box") + 1, "quiz-box", N_("“{box}” is no sign for a right answer."),
                    hint=N_("Put an x into the box of a right answer and leave the others empty."), box=box,
                )  # fmt: skip
            if question.explanation:
                self.report.add(
                    question.explanation_line, 1, "quiz-explanation-place",
                    N_("The explanation of a question stands below all its answers."),
                    hint=N_("To say something about one answer, indent the line deeper than the answer."),
                )  # fmt: skip
            text = (match["text"] or "").strip()
            share = None if weight is None else float(weight) / 100
            ticked = bool(box) if share is None else share > 0
            question.answers.append(Answer(sign, ticked, text, number, indent + 1, indent, weight=share))
            self.quote = None
            return True
        return False

    def _quote(self, number: int, line: str) -> bool:
        match = _QUOTE.match(line)
        question = self.questions[-1]
        if not match or not question.answers:
            return False
        answer = question.answers[-1]
        if len(match[1]) > answer.indent and not question.explanation:
            target = answer.feedback
            answer.feedback_line = answer.feedback_line or number
            known = answer.feedback_line
        else:
            target = question.explanation
            question.explanation_line = question.explanation_line or number
            known = question.explanation_line
        target.extend([""] * (number - known - len(target)))
        target.append(match[2])
        self.quote = target
        return True

    def _hint(self, number: int, line: str) -> bool:
        """A line `? text`: one more hint."""
        match = _HINT.match(line)
        if not match:
            return False
        self.quote = [match[1]]
        self.questions[-1].hints.append((number, self.quote))
        return True

    def _more(self, number: int, line: str) -> None:
        """A line that begins nothing: it goes on with what was begun, or stands where nothing can be."""
        if not self.questions:
            self.intro.append(line)
            return
        question = self.questions[-1]
        indent = len(line) - len(line.lstrip(" "))
        if not question.answers and (self.quote is None or not line):
            self.quote = None
            text = line[min(question.offset, indent) :]
            if not (self.fence or self.formula):
                text = self._keys(question, number, text, len(line) - len(text))
            question.text.append(text)
        elif not line:
            self.quote = None
        elif line.lstrip().startswith("|"):
            self.quote = None
            question.table.append((number, line))
        elif self.quote is not None:
            self.quote.append(line.strip())
        elif indent > question.answers[-1].indent and not question.answers[-1].feedback and not question.explanation:
            question.answers[-1].text += "\n" + line.strip()
        else:
            stray(number, indent + 1, self.report)


def stray(line: int, column: int, report: Report) -> None:
    """Say that something stands where nothing can."""
    report.add(
        line, column, "quiz-text-stray", N_("This text stands below the answers and belongs to none of them."),
        hint=N_("Put it above the answers, or begin it with > to make it an explanation."),
    )  # fmt: skip


def cut(lines: Sequence[tuple[int, str]], signs: Sequence[Sign], report: Report) -> tuple[list[str], list[Written]]:
    """The lines of the introduction and the questions of a body, given as (true line number, text)."""
    cutter = _Cutter(signs, report)
    cutter.run(lines)
    return cutter.intro, cutter.questions


def trimmed(lines: Sequence[str], first: int) -> tuple[str, int]:
    """The lines as one text without blank ones around it, and the true line it begins at."""
    start = next((place for place, line in enumerate(lines) if line.strip()), len(lines))
    return "\n".join(lines[start:]).rstrip(), first + start
