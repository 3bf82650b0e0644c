"""Pairs, with choices to spare, and tables whose rows are put into columns."""

from __future__ import annotations

import re
from collections.abc import Sequence

from markupsafe import Markup

from courses.blocks import BodySource
from courses.problems import N_, Report
from lms.plugin import Visit
from lms_quiz import rules
from lms_quiz.kinds.assigning import Assigning, Row
from lms_quiz.kinds.base import Asked
from lms_quiz.question import Frozen, feedback_of
from lms_quiz.written import ARROW, ROW, Answer, Written, cell_of


class Rows(Frozen):
    """Rows and columns (HTML); `many`: whether a row may have several columns or none."""

    rows: tuple[Row, ...]
    columns: tuple[str, ...]
    many: bool = False


class RowsKind(Assigning[Rows]):
    """With rows and columns as they are stored."""

    Data = Rows

    def rows(self, data: Rows) -> Sequence[Row]:
        """As stored."""
        return data.rows

    def columns(self, data: Rows) -> Sequence[str]:
        """As stored."""
        return data.columns

    def several(self, data: Rows) -> bool:
        """As the author's boxes say."""
        return data.many


_ARROW = re.compile(r"(?:^|[ ]+)(?:->|→)(?:[ ]+|$)")


class Matching(RowsKind):
    """Pairs, with choices to spare."""

    name = "matching"
    sign = ARROW
    head = N_("Pair")
    drag = "match"
    words = N_("{hits} of {total} pairs right")
    summary = N_(
        "Matching: `- frog -> amphibian`, one line a pair; `- -> insect` is a choice to spare. Each right pair brings an equal part."
    )

    def parse(self, written: Written, source: BodySource, report: Report) -> Rows | None:
        """Pairs whose left sides differ; at least two of them, and two right sides."""
        rows: list[tuple[Answer, str, str]] = []
        columns: dict[str, tuple[str, int]] = {}
        seen: dict[str, Answer] = {}
        fine = True
        for answer in written.answers:
            left, right = (part.strip() for part in _ARROW.split(answer.text, maxsplit=1))
            if not right:
                fine = False
                report.add(
                    answer.line, answer.column, "quiz-pair", N_("After the arrow the other half of the pair is missing."),
                    hint=N_("Write it as in - frog -> amphibian; a choice to spare is - -> insect."),
                )  # fmt: skip
                continue
            columns.setdefault(rules.normal(right), (right, answer.line))
            if not left:
                continue
            first = seen.setdefault(rules.normal(left), answer)
            if first is not answer:
                fine = False
                report.add(
                    answer.line, answer.column, "quiz-option-twice",
                    N_("This option is the same as the one on line {first}."),
                    hint=N_("Change one of them or take it out."), first=first.line,
                )  # fmt: skip
            rows.append((answer, left, rules.normal(right)))
        if fine and (len(rows) < 2 or len(columns) < 2):
            fine = False
            report.add(
                written.answers[0].line, written.answers[0].column, "quiz-pairs-few",
                N_("There is nothing to match: it takes two pairs with different right sides."),
                hint=N_("Add pairs, as in - frog -> amphibian."),
            )  # fmt: skip
        if not fine:
            return None
        places = list(columns)
        return Rows(
            rows=tuple(
                Row(html=source.inline(left, answer.line), right=(places.index(right),), feedback=feedback_of(answer, source))
                for answer, left, right in rows
            ),
            columns=tuple(source.inline(text, line) for text, line in columns.values()),
        )  # fmt: skip


class Categorise(RowsKind):
    """A table whose rows are put into its columns."""

    name = "categorise"
    sign = ROW
    words = N_("{hits} of {total} rows right")
    summary = N_(
        "A table to be filled in: its cells are `( )` and, once in each row, `(x)`; or `[ ]` and `[x]` where a row may have several."
        " The head of the table names the columns, the first cell of a row says what it is about. Each row brings an equal part."
    )

    def column_order(self, asked: Asked[Rows]) -> Sequence[int]:
        """As the author has them: the columns of a table have an order of their own."""
        return range(len(asked.data.columns))

    def fields(self, visit: Visit, asked: Asked[Rows]) -> Markup:
        """The table, with boxes in its cells."""
        return visit.render("quiz/_table.html", asked=asked, rows=self.shown(asked), many=asked.data.many)

    def parse(self, written: Written, source: BodySource, report: Report) -> Rows | None:
        """Rows below a head, each with as many boxes as it has columns."""
        head, line = _head(written)
        if len(head) < 3:
            report.add(
                written.answers[0].line, written.answers[0].column, "quiz-table-head",
                N_("The head of this table with its columns is missing."),
                hint=N_("Write above the rows: | | Mammal | Bird | and below it |---|---|---|"),
            )  # fmt: skip
            return None
        found: list[Row] = []
        boxes = [
            (cell[:1], answer)
            for answer in written.answers
            for cell in _cells(answer.text)[1:]
            if cell[:1] in ("(", "[")
        ]
        odd = next((answer for box, answer in boxes if box != boxes[0][0]), None)
        if odd is not None:
            report.add(
                odd.line, odd.column, "quiz-table-mixed", N_("This table has round and square boxes."),
                hint=N_("Round boxes are for one column in each row, square ones for any number: use one kind."),
            )  # fmt: skip
            return None
        many = bool(boxes) and boxes[0][0] == "["
        for answer in written.answers:
            row = self._row(answer, len(head), many, source, report)
            if row is not None:
                found.append(row)
        if len(found) < len(written.answers):
            return None
        return Rows(rows=tuple(found), columns=tuple(source.inline(one, line) for one in head[1:]), many=many)

    def _row(self, answer: Answer, width: int, many: bool, source: BodySource, report: Report) -> Row | None:
        label, *cells = _cells(answer.text)
        ticks = [cell_of(cell) for cell in cells]
        if len(cells) + 1 != width or None in ticks or not label:
            report.add(
                answer.line, answer.column, "quiz-table-row",
                N_("This row does not have a box in each of the {count} columns."),
                hint=N_("Write it as in | whale | (x) | ( ) |."), count=width - 1,
            )  # fmt: skip
            return None
        right = tuple(place for place, tick in enumerate(ticks) if tick)
        if not many and len(right) != 1:
            report.add(
                answer.line, answer.column, "quiz-table-right", N_("In this row {count} columns are right, not one."),
                hint=N_("Put one x into each row, or use square boxes."), count=len(right),
            )  # fmt: skip
            return None
        return Row(html=source.inline(label, answer.line), right=right, feedback=feedback_of(answer, source))


def _cells(line: str) -> list[str]:
    """The cells of a row of a table."""
    text = line.strip().removeprefix("|")
    if text.endswith("|") and not text.endswith("\\|"):
        text = text[:-1]
    return [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", text)]


_RULE = re.compile(r"\|?[ ]*:?-+:?[ ]*(?:\|[ ]*:?-+:?[ ]*)*\|?")


def _head(written: Written) -> tuple[list[str], int]:
    """The cells of the head above the rows and its line; it is taken out of the question's text."""
    text = written.text
    while text and not text[-1].strip():
        text.pop()
    if len(text) < 2 or not _RULE.fullmatch(text[-1].strip()) or "|" not in text[-2]:
        return [], 0
    line = written.line + len(text) - 2
    head = _cells(text[-2])
    del text[-2:]
    return head, line
