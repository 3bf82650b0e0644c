"""What the answers of a run tell about a quiz: the page with figures, pictures and advice, and the same as a file."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from io import StringIO
from typing import Any

from flask import Response, request
from flask.typing import ResponseReturnValue

from courses.text import plain_text
from lms.plugin import STAFF, ActivityPages, Visit, language
from lms.plugin import gettext as _
from lms_quiz import reading
from lms_quiz.analysis import Answered, Choice, Probe, Study, study
from lms_quiz.format import QuizSettings
from lms_quiz.kinds import QuestionKind
from lms_quiz.question import Question
from lms_quiz.reading import Sitting
from lms_quiz.statistics import FEW

pages = ActivityPages()

FEWEST = 5
"""Learners see how the class answered when at least so many did."""

CHOICES = ("first", "best", "last", "all")
"""Whose attempts count: one of each person, or every one."""


def probe(number: int, question: Question, kind: QuestionKind[Any], partial: bool) -> Probe:
    """A question as it is studied. `partial`: what the quiz says of parts of a right answer. What a question with variables offers
    differs from attempt to attempt."""
    data = kind.asked(0, question, "", False).data
    partial = partial if question.partial is None else question.partial
    choices = () if question.variables else tuple(kind.choices(data))
    return Probe(
        number, plain_text(question.text), question.points, kind.guess(data, partial), choices,
        tuple(kind.worth(data, place, partial) for place in range(len(choices))),
    )  # fmt: skip


def counted(attempts: Iterable[Sitting], which: str) -> list[Sitting]:
    """Of finished attempts in order of people and numbers, those that count: see `CHOICES`."""
    if which == "all":
        return list(attempts)
    found: dict[int, Sitting] = {}
    for one in attempts:
        before = found.get(one.person_id)
        if before is None or which == "last" or (which == "best" and _share(one) > _share(before)):
            found[one.person_id] = one
    return list(found.values())


def _share(attempt: Sitting) -> float:
    return (attempt.points or 0.0) / attempt.max_points if attempt.max_points else 0.0


def column_of(question: Question) -> Any:
    """What is the same for all attempts that were asked this question. Values of variables differ between them, so that a question
    with variables is known by where it is written."""
    return (question.id, question.bank, question.kind, question.line, question.variables or question.text)


def distribution(visit: Visit) -> Mapping[Any, Sequence[Choice]]:
    """How the class answered, in first attempts, where there is something to choose from, by `column_of` the question; nothing where so
    few did that one could tell who. One statement."""
    settings: QuizSettings = visit.settings
    found, _former = studied(visit, "first")
    keys = dict.fromkeys(column_of(one) for one in settings.questions if one.kind in reading.kinds_of(visit.site))
    return {
        key: one.answers
        for key, one in zip(keys, found.questions, strict=True)
        if one.item.asked >= FEWEST and one.probe.choices
    }


def studied(visit: Visit, which: str) -> tuple[Study, int]:
    """The study of the finished attempts at the quiz as it is now, and how many were left out because they were at a former
    edition. One statement."""
    settings: QuizSettings = visit.settings
    kinds = reading.kinds_of(visit.site)
    every = reading.finished(visit)
    known = [one for one in every if not reading.changed(visit, one)]
    columns: dict[Any, int] = {}
    probes: list[Probe] = []

    def place_of(question: Question) -> int:
        key = column_of(question)
        place = columns.get(key)
        if place is None:
            place = columns[key] = len(probes)
            probes.append(probe(place + 1, question, kinds[question.kind], settings.partial))
        return place

    for question in settings.questions:
        if question.kind in kinds:
            place_of(question)
    rows: list[dict[int, Answered]] = []
    for attempt in counted(known, which):
        marks, kept = reading.marks_of(attempt), reading.given(attempt)
        row: dict[int, Answered] = {}
        for each in reading.asked(visit, attempt):
            mark = marks.get(each.place)
            if mark is not None and not mark.waits:
                kind = kinds[each.question.kind]
                steps = [step for step in kept.steps.get(each.place, ()) if step.act != "again" and step.reply]
                tries = tuple(tuple(kind.labels(each.data, step.reply)) for step in steps) if len(steps) > 1 else ()
                row[place_of(each.question)] = Answered(mark.points, tuple(kind.labels(each.data, each.reply)), tries)
        rows.append(row)
    attempts = [[row.get(place) for place in range(len(probes))] for row in rows]
    return study(probes, attempts), len(every) - len(known)


@pages.get("statistics/", STAFF)
def statistics(visit: Visit) -> ResponseReturnValue:
    """The figures of the quiz and its questions, as tables and as pictures, and what they advise."""
    which = _which()
    found, former = studied(visit, which)
    return visit.render("quiz/statistics.html", study=found, which=which, choices=CHOICES, former=former, few=FEW)


@pages.get("statistics.csv", STAFF)
def statistics_table(visit: Visit) -> ResponseReturnValue:
    """The figures of the questions as a file that a spreadsheet opens, in the manner of the reader's language."""
    found, _former = studied(visit, _which())
    buffer = StringIO()
    writer = csv.writer(buffer, delimiter=";" if language() == "ru" else ",")
    for row in table(found):
        writer.writerow(row)
    response = Response(b"\xef\xbb\xbf" + buffer.getvalue().encode(), mimetype="text/csv")
    name = f"{visit.run.course_slug}-{visit.run.slug}-{visit.block.id}.csv"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def _which() -> str:
    asked = request.args.get("of", "")
    return asked if asked in CHOICES else CHOICES[0]


def table(found: Study) -> list[list[str]]:
    """The questions and their answers as rows of text, a head first; shares in per cents."""
    decimal = "," if language() == "ru" else "."

    def figure(value: float | None, times: float = 100) -> str:
        return "" if value is None else f"{value * times:.2f}".rstrip("0").rstrip(".").replace(".", decimal)

    head = [
        _("Number"), _("Question"), _("Times asked"), _("Points"), _("Facility, %"), _("from, %"), _("to, %"),
        _("Standard deviation, %"), _("Discrimination, %"), _("from, %"), _("to, %"), _("Discriminative efficiency, %"),
        _("Intended weight, %"), _("Effective weight, %"), _("By guessing, %"), _("Answer"), _("How many"), _("Share, %"),
        _("Mean total, %"),
    ]  # fmt: skip
    whole = sum(one.probe.most for one in found.questions)
    rows = [head]
    for one in found.questions:
        item, words = one.item, one.probe
        facility, between = item.facility_interval or (None, None), item.discrimination_interval or (None, None)
        own = [
            str(words.number), plain(words.text), str(item.asked), figure(words.most, 1), figure(item.facility),
            *map(figure, facility), figure(item.deviation), figure(item.discrimination), *map(figure, between),
            figure(item.efficiency), figure(words.most / whole if whole else None), figure(item.weight), figure(item.guess),
        ]  # fmt: skip
        for answer in one.answers:
            rows.append(
                [
                    *own,
                    plain(said(answer.kind, answer.label)),
                    str(answer.count),
                    figure(answer.share),
                    figure(answer.total),
                ]
            )
        if not one.answers:
            rows.append([*own, "", "", "", ""])
    return rows


def said(kind: str, label: str) -> str:
    """An answer, or the words for all that are not listed and for none."""
    return {"other": _("other answers"), "blank": _("No answer")}.get(kind, label)


def plain(text: str) -> str:
    """A cell that a spreadsheet takes as text, never as a formula."""
    return "'" + text if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
