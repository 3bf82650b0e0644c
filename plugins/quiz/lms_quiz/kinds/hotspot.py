"""Hotspots: options that are places on a picture, shown as numbered shapes over it and as boxes below, which is the keyboard's way.

What is sent are numbers, places and tokens of the attempt: the right place looks like any other.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Literal

from markupsafe import Markup

from courses.blocks import BodySource
from courses.changes import paired
from courses.problems import N_, Report
from courses.text import plain_text
from lms.plugin import Visit, gettext
from lms_quiz import rules
from lms_quiz.kinds.base import Asked, said
from lms_quiz.kinds.choice import Choice, Many, One, Option, Options
from lms_quiz.question import Difference, Frozen
from lms_quiz.written import Answer, Written

_PLACE = re.compile(r"[ ]*\{\s*(?P<form>area|circle)\s*=\s*(?P<value>[^{}]*?)\s*\}[ ]*$")
_PICTURE = re.compile(r"<img\b[^>]*>")


class Place(Frozen):
    """A rectangle (`figures`: left, top, width, height) or a circle (middle from the left and from the top, radius), in per cent of
    the picture."""

    form: Literal["area", "circle"]
    figures: tuple[float, ...]

    @property
    def middle(self) -> tuple[float, float]:
        """From the left and from the top."""
        left, top, *size = self.figures
        return (left, top) if self.form == "circle" else (left + size[0] / 2, top + size[1] / 2)

    @property
    def box(self) -> tuple[float, float, float, float]:
        """The rectangle around it: left, top, width, height."""
        left, top, *size = self.figures
        if self.form == "circle":
            return left - size[0], top - size[0], 2 * size[0], 2 * size[0]
        return left, top, size[0], size[1]

    @property
    def where(self) -> str:
        """In words, for those who do not see the picture."""
        left, top = (said(Decimal(round(one))) for one in self.middle)
        return gettext("{left}% from the left, {top}% from the top", left=left, top=top)


class Spots(Options):
    """The options, whose words may be empty, and the place of each."""

    places: tuple[Place, ...]


@dataclass(frozen=True)
class ShownSpot:
    """A place as a page shows it; `number` as people count, in the attempt's order."""

    option: Option
    place: Place
    number: int
    token: str
    chosen: bool


@dataclass(frozen=True)
class AskedSpots(Asked[Spots]):
    """With the places in the attempt's order."""

    @cached_property
    def shown(self) -> tuple[ShownSpot, ...]:
        """All places."""
        data, chosen = self.data, set((self.reply or {}).get("chosen", ()))
        return tuple(
            ShownSpot(data.options[each], data.places[each], number, self.token(each), each in chosen)
            for number, each in enumerate(self.order(len(data.options)), 1)
        )


class _Spotted(Choice):
    """Boxes that lie on a picture; read, marked and weighed as boxes with words are."""

    Data: type[Options] = Spots
    inline = True

    def claims(self, answers: Sequence[Answer]) -> bool:
        """As soon as one box has a place."""
        return any(_PLACE.search(answer.text) for answer in answers)

    def parse(self, written: Written, source: BodySource, report: Report) -> Spots | None:
        """What is asked of boxes with words, but for the words; a place for each; and a picture in the question."""
        places = [place for answer in written.answers if (place := _place(answer, report)) is not None]
        text = BodySource("\n".join(written.text), written.line, source.path).html()
        pictured = _PICTURE.search(text) is not None
        if not pictured:
            report.add(
                written.line, written.column, "quiz-hotspot-picture",
                N_("The boxes of this question are places on a picture, but its text has none."),
                hint=N_("Put the picture into the question, above the boxes: ![What is on it](picture.png)."),
            )  # fmt: skip
        found = super().parse(written, source, report)
        if found is None or not pictured or len(places) < len(written.answers):
            return None
        labels = [_PLACE.sub("", answer.text).strip() for answer in written.answers]
        options = tuple(
            option.model_copy(update={"html": source.inline(label, answer.line) if label else ""})
            for option, label, answer in zip(found.options, labels, written.answers, strict=True)
        )
        return Spots(options=options, places=tuple(places))

    def differ(self, data: Options) -> bool:
        """By where they are."""
        return not isinstance(data, Spots) or len(set(data.places)) == len(data.places)

    def differences(self, before: Options, after: Options) -> Sequence[Difference]:
        """By where the places are: which are right, which are offered, in which order."""
        assert isinstance(before, Spots) and isinstance(after, Spots)
        labels = [[f"{one.form} {one.figures}" for one in data.places] for data in (before, after)]
        pairs = paired(*labels)
        both = [(was, now) for was, now in pairs if was is not None and now is not None]
        found: list[Difference] = []
        worth = [[(one.right, one.weight) for one in data.options] for data in (before, after)]
        if any(worth[0][was] != worth[1][now] for was, now in both):
            found.append("key")
        if len(both) < len(pairs) or any(labels[0][was] != labels[1][now] for was, now in both):
            found.append("choices")
        if not found and any(was != now for was, now in both) and self.shape(before) != self.shape(after):
            found.append("order")
        return found

    def choices(self, data: Options) -> Sequence[str]:
        """What the boxes say, or their numbers in the file."""
        return tuple(
            plain_text(option.html) or gettext("Place {number}", number=number)
            for number, option in enumerate(data.options, 1)
        )

    def fields(self, visit: Visit, asked: Asked[Options]) -> Markup:
        """The question with its picture, places over it, and the boxes."""
        return self._page(visit, asked, review=False)

    def review(self, visit: Visit, asked: Asked[Options]) -> Markup:
        """The picture, and all places with the chosen and the right ones marked in words."""
        return self._page(visit, asked, review=True)

    def _page(self, visit: Visit, asked: Asked[Options], review: bool) -> Markup:
        spotted = AskedSpots(**vars(asked))
        over = visit.render("quiz/_hotspot_places.html", asked=spotted, review=review)
        html = visit.html(asked.question.text)
        found = _PICTURE.search(html)
        if found is not None:
            begin, end = found.span()
            picture = Markup('<span class="hotspot">{}{}</span>').format(html[begin:end], over)
            html = html[:begin] + picture + html[end:]
        template = "quiz/_hotspot_review.html" if review else "quiz/_hotspot.html"
        return visit.render(template, asked=spotted, text=html, many=self.many)


class Hotspot(_Spotted, One):
    """One place."""

    name = "hotspot"
    summary = N_(
        "A place on a picture: the question holds a picture, and each box a place on it in per cent of its width and height, "
        '`- (x) above the door {area="10,20 15,30"}` (left, top, width, height) or `{circle="50,50 8"}` (middle, radius). Places are '
        "numbered; what a box says is for those who do not see the picture, so let it say where the place is."
    )


class Hotspots(_Spotted, Many):
    """Several places."""

    name = "hotspots"
    summary = N_('Several places on a picture: `- [x] {area="10,20 15,30"}` with square boxes.')


def _place(answer: Answer, report: Report) -> Place | None:
    match = _PLACE.search(answer.text)
    if match is None:
        report.add(
            answer.line, answer.column, "quiz-hotspot-place", N_("This box has no place on the picture, others have."),
            hint=N_('Put its place at the end of the line: {area="10,20 15,30"} or {circle="50,50 8"}.'),
        )  # fmt: skip
        return None
    value = match["value"].strip("\"'")
    figures = [rules.number(part) for part in re.split(r"[,\s]+", value.strip()) if part]
    known = tuple(float(figure) for figure in figures if figure is not None)
    area = match["form"] == "area"
    if len(known) == len(figures) and (_is_area(known) if area else _is_circle(known)):
        return Place(form="area" if area else "circle", figures=known)
    report.add(
        answer.line, answer.column, "quiz-hotspot-area", N_("“{value}” is no place within the picture."),
        hint=N_("An area is left,top width,height in per cent (0 to 100), all of it within the picture.")
        if area
        else N_("A circle is from-left,from-top of its middle and its radius, in per cent (0 to 100)."),
        value=value[:60],
    )  # fmt: skip
    return None


def _is_area(figures: tuple[float, ...]) -> bool:
    if len(figures) != 4:
        return False
    left, top, width, height = figures
    return left >= 0 and top >= 0 and width > 0 and height > 0 and left + width <= 100 and top + height <= 100


def _is_circle(figures: tuple[float, ...]) -> bool:
    return len(figures) == 3 and all(0 <= one <= 100 for one in figures[:2]) and 0 < figures[2] <= 50
