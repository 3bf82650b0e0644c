"""Gaps in a text: `[[owl | an owl]]` is typed, `[[(Owl)|Dog|Cat]]` is chosen from a list, `[[owl]]{2}` counts twice.

The text with its gaps is what is asked; a gap is stored in it as an element of its own, in whose place a page puts a field.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import zip_longest
from typing import Any

from markupsafe import Markup

from courses.blocks import BodySource
from courses.problems import N_, Report
from lms.plugin import Message, Visit, gettext, mark
from lms_quiz import rules
from lms_quiz.kinds.base import Asked, QuestionKind, Reply, picked
from lms_quiz.kinds.typed import Folded, forms_of
from lms_quiz.posed import APART
from lms_quiz.question import Difference, Frozen
from lms_quiz.wordings import fits, plain
from lms_quiz.written import GAPS, Answer, Written, trimmed

LONGEST = 100
"""Characters of one gap that are kept."""

HOLE = '<span class="gap">…</span>'
"""A gap as it stands in a stored text: authors cannot write it, their texts keep no classes of ours."""

_GAP = re.compile(r"\[\[(?P<inside>[^\[\]\n]+)\]\](?:\{(?P<weight>[^{}\n]*)\})?")
_RIGHT = re.compile(r"\((?P<text>.+)\)", re.DOTALL)


class Gap(Frozen):
    """A gap: the accepted forms of what is typed, or the `options` of a list and the place of the right one."""

    forms: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    right: int = 0
    weight: float = 1.0

    @property
    def key(self) -> str:
        """What is right, as people may read it."""
        return self.options[self.right] if self.options else plain(self.forms[0])


class Gaps(Folded):
    """All gaps, in the order of the text."""

    gaps: tuple[Gap, ...]


@dataclass(frozen=True)
class ShownGap:
    """A gap as a page shows it; `options` (words, token, chosen) in the attempt's order."""

    number: int
    options: tuple[tuple[str, str, bool], ...]
    given: str
    key: str
    right: bool


class GapText(QuestionKind[Gaps]):
    """A text with gaps. The answer: `given`, of each gap what was typed or the number of what was chosen."""

    name = "gaps"
    sign = GAPS
    Data = Gaps
    inline = True
    partly = True
    summary = N_(
        "Gaps in the question's text, without answers below: `[[owl|an owl]]` is typed, `[[(Owl)|Dog|Cat]]` is chosen from a list"
        " whose right word is in round brackets; `[[owl]]{2}` counts twice as much as the others. Each gap brings its part."
    )

    def claims_text(self, lines: Sequence[str]) -> bool:
        """As soon as there is one."""
        return any(_GAP.search(part) for parts in _cut(lines) for part in parts[::2])

    def parse(self, written: Written, source: BodySource, report: Report) -> Gaps | None:
        """Every gap with its words; in a list one of them is right."""
        _explained(written)
        found: list[Gap | None] = []

        def read(match: re.Match[str], line: int, column: int) -> str:
            found.append(_gap(match, Answer(GAPS, True, match["inside"], line, column, 0), report))
            return match[0]

        _replaced(written, read)
        gaps = [gap for gap in found if gap is not None]
        if len(gaps) < len(found):
            return None
        if not sum(gap.weight for gap in gaps):
            report.add(
                written.line, written.column, "quiz-gap-weight", N_("No gap of this question counts."),
                hint=N_("Give one of them a weight above 0, or take the weights out."),
            )  # fmt: skip
            return None
        return Gaps(gaps=tuple(gaps), case=written.case, spaces=written.spaces, yo=written.yo)

    def text(self, written: Written, data: Gaps, source: BodySource, report: Report) -> str:
        """The text with its gaps as elements; each must come out once, as text, in the order it was written."""
        stem = "gap"
        while any(stem in line for line in written.text):
            stem += "q"
        numbers = iter(range(len(data.gaps)))
        text, line = trimmed(_replaced(written, lambda match, line, column: f"{stem}{next(numbers)}e"), written.line)
        seen: list[int] = []

        def hole(match: re.Match[str]) -> str:
            if match["number"] is None:  # a tag, where a name may have been made of words
                return match[0].replace(stem, "-")
            seen.append(int(match["number"]))
            return HOLE

        html = re.sub(rf"<[^>]*>|{stem}(?P<number>\d+)e", hole, source.html(text, line).replace(HOLE, "…"))
        if seen != list(range(len(data.gaps))):
            report.add(
                written.line, written.column, "quiz-gap-place",
                N_("A gap of this question stands where no field can be: in the words of a picture, or in a note."),
                hint=N_("Put the gaps into the text itself."),
            )  # fmt: skip
        return html

    def shape(self, data: Gaps) -> Any:
        """What is typed and what is chosen, and which is right."""
        return [[len(gap.options), gap.right, gap.weight] for gap in data.gaps]

    def differ(self, data: Gaps) -> bool:
        """The words of a list."""
        return all(len({rules.normal(one) for one in gap.options}) == len(gap.options) for gap in data.gaps)

    def differences(self, before: Gaps, after: Gaps) -> Sequence[Difference]:
        """By gaps: what is right or how much it counts; what is offered; in which order it stands in the file."""
        if [bool(gap.options) for gap in before.gaps] != [bool(gap.options) for gap in after.gaps]:
            return ("choices",)
        pairs = list(zip(before.gaps, after.gaps, strict=True))
        keys = [
            [
                (rules.normal(gap.key) if gap.options else sorted(map(data.folding.of, gap.forms)), gap.weight)
                for gap in data.gaps
            ]
            for data in (before, after)
        ]
        words = [tuple([rules.normal(one) for one in gap.options] for gap in both) for both in pairs]
        found: list[Difference] = []
        if keys[0] != keys[1] or before.folding != after.folding:
            found.append("key")
        if any(sorted(was) != sorted(now) for was, now in words):
            found.append("choices")
        elif any(was != now for was, now in words):
            found.append("order")
        return found

    def given(self, data: Gaps, reply: Reply | None) -> list[str | int | None]:
        """Of each gap what was typed or chosen, None without anything; whatever does not fit is left out."""
        kept = list((reply or {}).get("given", ()))
        found: list[str | int | None] = []
        for gap, one in zip_longest(data.gaps, kept[: len(data.gaps)]):
            if gap.options:
                found.append(one if isinstance(one, int) and 0 <= one < len(gap.options) else None)
            else:
                found.append(one if isinstance(one, str) and one else None)
        return found

    def read(self, asked: Asked[Gaps], sent: Sequence[str]) -> Reply | None:
        """The fields in the order of the text: each of them sends something."""
        found: list[str | int | None] = []
        for place, (gap, text) in enumerate(zip_longest(asked.data.gaps, sent[: len(asked.data.gaps)], fillvalue="")):
            assert isinstance(gap, Gap)
            if gap.options:
                tokens = [asked.token(f"{place}/{option}") for option in range(len(gap.options))]
                found.append(tokens.index(str(text)) if text in tokens else None)
            else:
                words = str(text).strip() if asked.data.spaces else " ".join(str(text).split())
                found.append(words[:LONGEST] or None)
        return {"given": found} if any(one is not None for one in found) else None

    def _right(self, data: Gaps, gap: Gap, given: str | int | None) -> bool:
        if isinstance(given, str):
            return any(fits(form, given, data.folding) for form in gap.forms)
        return given is not None and given == gap.right

    def mark(self, data: Gaps, reply: Reply | None, partial: bool) -> rules.Mark:
        """Each gap by its weight."""
        if not reply:
            return rules.NO_ANSWER
        given = self.given(data, reply)
        parts = [float(self._right(data, gap, one)) for gap, one in zip(data.gaps, given, strict=True)]
        weights = [gap.weight for gap in data.gaps]
        found = rules.mark_parts(parts, N_("{hits} of {total} gaps right"), partial, weights)
        # tries that count back do so by parts of one size
        return found if len(set(weights)) == 1 else rules.Mark(found.share, found.text, found.values)

    def complaint(self, data: Gaps, reply: Reply | None) -> Message | None:
        """Gaps that were left out."""
        if reply and None in self.given(data, reply):
            return Message(mark("a part of the answer is missing"))
        return super().complaint(data, reply)

    def offered(self, asked: Asked[Gaps]) -> Sequence[str]:
        """The lists, by the numbers of their gaps."""
        return [
            f"{one.number}) " + " / ".join(words for words, _, _ in one.options)
            for one in self.shown(asked)
            if one.options
        ]

    def labels(self, data: Gaps, reply: Reply | None) -> Sequence[str]:
        """Each gap by its number with what stands in it."""
        return tuple(
            f"{number}: {gap.options[one] if isinstance(one, int) else one}"
            for number, (gap, one) in enumerate(zip(data.gaps, self.given(data, reply), strict=True), 1)
            if one is not None
        )

    def spoken(self, data: Gaps, text: str) -> Reply | None:
        """What stands in the gaps, in the order of the text; `-` for a gap that is left out."""
        parts = [part.strip() for part in text.split("|")]
        if len(parts) > len(data.gaps):
            raise ValueError(text)
        given: list[str | int | None] = [None] * len(data.gaps)
        for place, part in enumerate(parts):
            if part not in ("", "-"):
                options = data.gaps[place].options
                given[place] = picked(options, part) if options else part[:LONGEST]
        return {"given": given} if any(one is not None for one in given) else None

    def carried(self, before: Gaps, after: Gaps, reply: Reply) -> Reply | None:
        """What was chosen by its words; None when one of these is gone."""
        if len(before.gaps) != len(after.gaps):
            return None
        found: list[str | int | None] = []
        for was, now, one in zip(before.gaps, after.gaps, self.given(before, reply), strict=True):
            if bool(was.options) != bool(now.options):
                return None
            if isinstance(one, int):
                try:
                    one = [rules.normal(words) for words in now.options].index(rules.normal(was.options[one]))
                except ValueError:
                    return None
            found.append(one)
        return {"given": found}

    def demo(self, asked: Asked[Gaps], right: bool) -> Sequence[str]:
        """What is right; or the first gap wrong."""
        found = []
        for place, gap in enumerate(asked.data.gaps):
            if gap.options:
                chosen = gap.right if right or place else (gap.right + 1) % len(gap.options)
                found.append(asked.token(f"{place}/{chosen}"))
            else:
                found.append(gap.key if right or place else "?")
        return found

    def shown(self, asked: Asked[Gaps]) -> list[ShownGap]:
        """All gaps; the words of a list in an order of the attempt's own."""
        data = asked.data
        found = []
        for place, (gap, given) in enumerate(zip(data.gaps, self.given(data, asked.reply), strict=True)):
            named = sorted((asked.token(f"{place}/{option}"), option) for option in range(len(gap.options)))
            options = tuple((gap.options[option], token, option == given) for token, option in named)
            words = gap.options[given] if isinstance(given, int) else given or ""
            found.append(ShownGap(place + 1, options, words, gap.key, self._right(data, gap, given)))
        return found

    def _filled(self, visit: Visit, asked: Asked[Gaps], template: str, shown: Sequence[ShownGap]) -> Markup:
        """The text with a piece of page in the place of each gap."""
        found, *pieces = visit.html(asked.question.text).split(HOLE)
        for gap, piece in zip_longest(
            shown[: len(pieces)], pieces
        ):  # in a preview there may be fewer than there should be
            found += (visit.render(template, asked=asked, gap=gap, longest=LONGEST) if gap else "…") + piece
        return found

    def fields(self, visit: Visit, asked: Asked[Gaps]) -> Markup:
        """The text with fields in its gaps."""
        shown = self.shown(asked)
        return visit.render("quiz/_gaps.html", asked=asked, text=self._filled(visit, asked, "quiz/_gap.html", shown))

    def review(self, visit: Visit, asked: Asked[Gaps]) -> Markup:
        """The text with what was given, and what is right for each gap."""
        shown = self.shown(asked)
        text = self._filled(visit, asked, "quiz/_gap_review.html", shown)
        head = gettext("Gap")
        rows = [(gettext("Gap {number}", number=one.number), one.given, one.key, one.right) for one in shown]
        return visit.render("quiz/_gaps.html", asked=asked, text=text) + visit.render(
            "quiz/_parts_review.html", head=head, rows=rows, said=()
        )


# ------------------------------------------------------------------------------------------- reading


def _cut(lines: Sequence[str]) -> Iterator[list[str]]:
    """Each line as pieces: what may hold gaps and, at odd places, what may not."""
    fence, formula = "", False
    for line in lines:
        bare = line.strip()
        opening = re.match(r"(`{3,}|~{3,})", bare)
        if fence or formula or opening or bare.count("$$") % 2:
            if fence:
                fence = "" if bare.startswith(fence) and not bare.strip(fence[0]) else fence
            elif opening:
                fence = opening[1]
            elif bare.count("$$") % 2:
                formula = not formula
            yield ["", line, ""]
        else:
            yield APART.split(line)


Change = Callable[[re.Match[str], int, int], str]


def _replaced(written: Written, change: Change) -> list[str]:
    """The lines of a question's text with every gap changed; `change` gets it with its line and column."""
    found = []
    for number, parts in enumerate(_cut(written.text)):
        column = 1 + written.offset
        for place, part in enumerate(parts):
            if place % 2 == 0:
                parts[place] = _GAP.sub(partial(_at, change, written.line + number, column), part)
            column += len(part)
        found.append("".join(parts))
    return found


def _at(change: Change, line: int, column: int, match: re.Match[str]) -> str:
    return change(match, line, column + match.start())


def _explained(written: Written) -> None:
    """Take what is quoted at the end of the text as the explanation: there are no answers it could stand below."""
    text = written.text
    end = len(text)
    while end and not text[end - 1].strip():
        end -= 1
    begin = end
    while begin and text[begin - 1].lstrip().startswith(">") and not _GAP.search(text[begin - 1]):
        begin -= 1
    if begin < end and not written.explanation:
        written.explanation = [re.sub(r"^\s*>[ ]?", "", line) for line in text[begin:end]]
        written.explanation_line = written.line + begin
        del text[begin:]


def _gap(match: re.Match[str], answer: Answer, report: Report) -> Gap | None:
    weight = rules.number(match["weight"]) if match["weight"] is not None else 1
    if weight is None or not 0 <= weight <= 100:
        report.add(
            answer.line, answer.column, "quiz-gap-weight", N_("“{text}” is no weight of a gap."),
            hint=N_("Write a number from 0 to 100 in curly brackets, as in [[owl]]{2}."), text=match["weight"][:60],
        )  # fmt: skip
        return None
    words = [part.strip() for part in answer.text.split("|") if part.strip()]
    right = [place for place, part in enumerate(words) if _RIGHT.fullmatch(part)]
    if not right:
        forms = forms_of(answer.text, answer, report)
        return Gap(forms=forms, weight=float(weight)) if forms else None
    words = [_RIGHT.sub(r"\g<text>", part).strip() if place in right else part for place, part in enumerate(words)]
    twice = len({rules.normal(one) for one in words}) < len(words)
    if len(right) > 1 or len(words) < 2 or twice:
        report.add(
            answer.line, answer.column, "quiz-gap-list",
            N_("This list takes two or more different words, one of which is right."),
            hint=N_("Put the right one, and only that, into round brackets: [[(Owl)|Dog|Cat]]."),
        )  # fmt: skip
        return None
    return Gap(options=tuple(words), right=right[0], weight=float(weight))
