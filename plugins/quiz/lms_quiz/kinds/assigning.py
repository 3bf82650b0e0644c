"""Rows that each get something from a list: what matching, ordering and tables to fill in share.

Without a mouse and without JavaScript: each row has a select box, or boxes to tick where several may be right.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

from markupsafe import Markup

from courses.changes import paired, same_meaning
from courses.problems import N_
from courses.text import plain_text
from lms.plugin import Message, Visit, gettext, mark
from lms_quiz import rules
from lms_quiz.kinds.base import Asked, QuestionKind, Reply, picked
from lms_quiz.question import Difference, Frozen

D = TypeVar("D", bound=Frozen)


class Row(Frozen):
    """A row (HTML), the places of what is right for it, and what is said to those who found that."""

    html: str
    right: tuple[int, ...]
    feedback: str = ""


@dataclass(frozen=True)
class Cell:
    """Something a row may get, in plain `words`; `token` is its value in the form."""

    words: str
    token: str
    chosen: bool
    right: bool


@dataclass(frozen=True)
class ShownRow:
    """A row as a page shows it; `number` as people count, `place` in the author's order."""

    number: int
    place: int
    html: str
    cells: tuple[Cell, ...]
    feedback: str

    @property
    def chosen(self) -> str:
        """What was chosen, in words."""
        return ", ".join(cell.words for cell in self.cells if cell.chosen)

    @property
    def key(self) -> str:
        """What is right, in words."""
        return ", ".join(cell.words for cell in self.cells if cell.right)

    @property
    def right(self) -> bool:
        """Whether what was chosen is what is right."""
        return all(cell.chosen == cell.right for cell in self.cells)


class Assigning(QuestionKind[D], Generic[D]):
    """What kinds share whose rows each get something from a list. The answer: `given`, of each row the places of its columns."""

    partly = True
    words: ClassVar[str]
    """The mark's sentence."""
    head: ClassVar[str] = N_("Row")
    """What a row is called, above all of them."""
    drag: ClassVar[str] = ""
    """What a mouse may do: "order" moves rows, "match" carries choices to them; see `static/drag.js`."""
    settled: ClassVar[bool] = False
    """Whether the rows have one right order among themselves: the review shows that, and says nothing of a row alone."""

    @abstractmethod
    def rows(self, data: D) -> Sequence[Row]:
        """The rows, in the author's order."""

    @abstractmethod
    def columns(self, data: D) -> Sequence[str]:
        """What there is to choose from (HTML), in the author's order."""

    def several(self, data: D) -> bool:
        """Whether a row may get several columns."""
        return False

    def row_order(self, asked: Asked[D]) -> Sequence[int]:
        """The rows as this attempt shows them."""
        return asked.order(len(self.rows(asked.data)))

    def column_order(self, asked: Asked[D]) -> Sequence[int]:
        """The columns as this attempt shows them: always in an order of its own, as the author's would tell what is right."""
        places = range(len(self.columns(asked.data)))
        return sorted(places, key=lambda place: asked.token(f"column {place}"))

    def shown(self, asked: Asked[D]) -> list[ShownRow]:
        """Rows and columns in the attempt's order."""
        rows, columns = self.rows(asked.data), self.columns(asked.data)
        given = self.given(asked.data, asked.reply)
        order = self.column_order(asked)
        words = [plain_text(html) for html in columns]
        return [
            ShownRow(
                number, row, rows[row].html,
                tuple(
                    Cell(words[column], asked.token(f"{row}/{column}"), column in given[row], column in rows[row].right)
                    for column in order
                ),
                rows[row].feedback,
            )
            for number, row in enumerate(self.row_order(asked), 1)
        ]  # fmt: skip

    def given(self, data: D, reply: Reply | None) -> list[list[int]]:
        """Of each row the places of what was chosen; whatever does not fit is left out."""
        rows, columns = len(self.rows(data)), len(self.columns(data))
        stored = list((reply or {}).get("given", ()))[:rows]
        found = [[place for place in one if 0 <= place < columns] for one in stored]
        return found + [[] for _ in range(rows - len(found))]

    def read(self, asked: Asked[D], sent: Sequence[str]) -> Reply | None:
        """Of each row what was chosen."""
        tokens = set(sent)
        columns = range(len(self.columns(asked.data)))
        found = [
            [column for column in columns if asked.token(f"{row}/{column}") in tokens]
            for row in range(len(self.rows(asked.data)))
        ]
        if not self.several(asked.data):
            found = [one[:1] for one in found]
        return {"given": found} if any(found) else None

    def complaint(self, data: D, reply: Reply | None) -> Message | None:
        """Rows that were left out."""
        if reply and not self.several(data) and not all(self.given(data, reply)):
            return Message(mark("a part of the answer is missing"))
        return super().complaint(data, reply)

    def mark(self, data: D, reply: Reply | None, partial: bool) -> rules.Mark:
        """Each row on its own."""
        if not reply:
            return rules.NO_ANSWER
        rows, width = self.rows(data), len(self.columns(data))
        parts = []
        for row, given in zip(rows, self.given(data, reply), strict=True):
            if not self.several(data) or not row.right:
                parts.append(float(given == list(row.right)))
            else:
                right = [column in row.right for column in range(width)]
                parts.append(rules.mark_many(right, given, partial).share)
        found = rules.mark_parts(parts, self.words, partial)
        matched = tuple(place for place, part in enumerate(parts) if part >= 1)
        return rules.Mark(found.share, found.text, found.values, matched, found.parts)

    def remarks(self, data: D, matched: Sequence[int]) -> Sequence[str]:
        """Of the rows that are right."""
        rows = self.rows(data)
        return tuple(rows[place].feedback for place in matched if rows[place].feedback)

    def guess(self, data: D, partial: bool) -> float | None:
        """One column out of all for every row."""
        if self.several(data):
            return None
        one = 1 / len(self.columns(data))
        return one if partial else one ** len(self.rows(data))

    def choices(self, data: D) -> Sequence[str]:
        """Every row with every column."""
        columns = [plain_text(html) for html in self.columns(data)]
        return tuple(f"{plain_text(row.html)} → {column}" for row in self.rows(data) for column in columns)

    def worth(self, data: D, place: int, partial: bool) -> float | None:
        """Nothing by itself: a pair is a part of an answer."""
        return None

    def offered(self, asked: Asked[D]) -> Sequence[str]:
        """The rows in the author's order, as answers on one line have them; then the columns."""
        columns = self.columns(asked.data)
        rows = [f"{number}) {plain_text(row.html)} → ?" for number, row in enumerate(self.rows(asked.data), 1)]
        return [*rows, *(f"- {plain_text(columns[place])}" for place in self.column_order(asked))]

    def labels(self, data: D, reply: Reply | None) -> Sequence[str]:
        """Each row with what it got."""
        known, width = self.choices(data), len(self.columns(data))
        return tuple(known[row * width + one] for row, given in enumerate(self.given(data, reply)) for one in given)

    def spoken(self, data: D, text: str) -> Reply | None:
        """The columns of the rows, in the author's order of the rows; `-` for a row without one, `+` between several of a row."""
        parts = [part.strip() for part in text.split("|")]
        if not any(parts):
            return None
        if len(parts) > len(self.rows(data)):
            raise ValueError(text)
        known = [plain_text(html) for html in self.columns(data)]
        given = [
            [] if part in ("", "-") else sorted(
                {picked(known, one) for one in (part.split("+") if self.several(data) else [part])}
            )
            for part in parts
        ]  # fmt: skip
        return {"given": given} if any(given) else None

    def shape(self, data: D) -> Any:
        """What is right, by places."""
        return [[list(row.right) for row in self.rows(data)], len(self.columns(data))]

    def differ(self, data: D) -> bool:
        """Rows and columns by their words."""
        for texts in ([row.html for row in self.rows(data)], self.columns(data)):
            if len({rules.normal(plain_text(html)) for html in texts}) < len(texts):
                return False
        return True

    def differences(self, before: D, after: D) -> Sequence[Difference]:
        """By the words of rows and columns: what is right, what is offered, in which order."""
        old, new = self.rows(before), self.rows(after)
        labels = [plain_text(row.html) for row in old], [plain_text(row.html) for row in new]
        columns = [[plain_text(html) for html in self.columns(data)] for data in (before, after)]
        rows, heads = paired(*labels), paired(*columns)
        both = [(was, now) for was, now in rows if was is not None and now is not None]
        moved = {was: now for was, now in heads if was is not None and now is not None}
        found: list[Difference] = []
        if any({moved.get(one) for one in old[was].right} != set(new[now].right) for was, now in both):
            found.append("key")
        words = all(same_meaning(labels[0][was], labels[1][now]) for was, now in both) and all(
            same_meaning(columns[0][was], columns[1][now]) for was, now in moved.items()
        )
        if len(both) < len(rows) or len(moved) < len(heads) or not words:
            found.append("choices")
        if not found and self.shape(before) != self.shape(after):
            found.append("order")
        return found

    def carried(self, before: D, after: D, reply: Reply) -> Reply | None:
        """What each row got by the words of rows and columns; None when one of these is gone."""
        places, heads = (
            dict(paired(*([plain_text(html) for html in texts] for texts in both)))
            for both in (
                ([row.html for row in self.rows(before)], [row.html for row in self.rows(after)]),
                (self.columns(before), self.columns(after)),
            )
        )
        found: list[list[int]] = [[] for _ in self.rows(after)]
        for was, given in enumerate(self.given(before, reply)):
            now, moved = places.get(was), [heads.get(one) for one in given]
            if given and (now is None or None in moved):
                return None
            if now is not None:
                found[now] = sorted(one for one in moved if one is not None)
        return {"given": found}

    def demo(self, asked: Asked[D], right: bool) -> Sequence[str]:
        """What is right; or the first row wrong."""
        columns = len(self.columns(asked.data))
        found = []
        for place, row in enumerate(self.rows(asked.data)):
            for column in row.right:
                found.append(asked.token(f"{place}/{column if right or place else (column + 1) % columns}"))
        return found

    def fields(self, visit: Visit, asked: Asked[D]) -> Markup:
        """A select box for each row."""
        return visit.render("quiz/_pairs.html", asked=asked, rows=self.shown(asked), drag=self.drag)

    def review(self, visit: Visit, asked: Asked[D]) -> Markup:
        """Each row with what it got and what is right."""
        shown = sorted(self.shown(asked), key=lambda row: row.place) if self.settled else self.shown(asked)
        rows = [(visit.html(row.html), row.chosen, row.key, None if self.settled else row.right) for row in shown]
        said = [row.feedback for row in shown if row.feedback and row.right]
        return visit.render("quiz/_parts_review.html", head=gettext(self.head), rows=rows, said=said)
