"""Quizzes and answers in files, without any site: what `lms quiz` tries, marks and studies. Pure but for reading files.

A file of answers is a table with the columns `person`, `question` (its number, or its id) and `answer` (see `QuestionKind.spoken`);
a question nobody answered is worth nothing. An attempt in a file has one answer a question: it is marked as handed in.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from courses.blocks import BodySource, Part
from courses.frontmatter import opened
from courses.page import id_of, options_of
from courses.problems import N_, Report
from courses.scan import scan
from courses.schema import validate
from lms_quiz import banks, rules
from lms_quiz.activity import Quiz
from lms_quiz.analysis import Answered, Probe, Study, study
from lms_quiz.format import QuizSettings, read_questions
from lms_quiz.kinds import Asked, QuestionKind
from lms_quiz.studying import probe

COLUMNS = ("person", "question", "answer")


@dataclass(frozen=True)
class Sheet:
    """A quiz of a file, or the questions of a bank."""

    id: str
    title: str
    settings: QuizSettings
    kinds: Mapping[str, QuestionKind[Any]]

    def asked(self, place: int, seed: str) -> Asked[Any]:
        """A question as this attempt asks it."""
        question = self.settings.questions[place]
        return self.kinds[question.kind].asked(place, question, seed, False)

    def kind(self, place: int) -> QuestionKind[Any]:
        """The kind of a question."""
        return self.kinds[self.settings.questions[place].kind]

    def partial(self, place: int) -> bool:
        """Whether a part of the right answer is worth a part of the points."""
        own = self.settings.questions[place].partial
        return self.settings.partial if own is None else own

    def probes(self) -> list[Probe]:
        """The questions as they are studied."""
        return [
            probe(place + 1, question, self.kinds[question.kind], self.settings.partial)
            for place, question in enumerate(self.settings.questions)
        ]


def sheets(path: Path, quiz: Quiz, report: Report) -> list[Sheet]:
    """The quizzes of a Markdown file; one that has none is read as a bank. What is wrong goes to the report."""
    text, matter = opened(path.read_text("utf-8-sig"), report)
    kinds = {kind.name: kind for kind in quiz.kinds}
    scanned = scan(text.body, text.body_line, {quiz.name}, Report(report.path))
    found: list[Sheet] = []
    for directive in scanned.directives:
        source = BodySource(
            directive.body, directive.body_line, report.path, title=directive.title, opened=directive.line,
            parts=lambda name: _part(path, name, report), options=options_of(directive, report),
        )  # fmt: skip
        more = quiz.body(source, report)
        settings, _ = validate(
            QuizSettings, options_of(directive, Report()), report, extra=more, hidden=quiz.body_fields()
        )
        if settings is not None:
            settings = quiz.complete(settings, source, report)
            found.append(Sheet(id_of(directive), directive.title, settings, kinds))
    if not scanned.directives:
        source = BodySource(text.body, text.body_line, report.path)
        if path.parent.name == banks.SHELF:
            questions = banks.opened(Part(report.path, matter, source), path.stem, report, quiz.kinds)
        else:
            questions = read_questions(source, report, quiz.kinds)[1]
        bank = QuizSettings.model_validate({"id": "bank", "questions": questions})
        found.append(Sheet(path.stem, path.stem, banks.filled(bank, source, report, quiz.kinds), kinds))
    return found


def _part(lesson: Path, name: str, report: Report) -> Part | None:
    """Another text of the course that a file belongs to, in the language of that file where it is translated."""
    home = next((folder for folder in lesson.resolve().parents if (folder / "course.md").is_file()), None)
    if home is None:
        return None
    stem, _, language = lesson.name.removesuffix(".md").rpartition(".")
    twin = home / f"{name.removesuffix('.md')}.{language}.md"
    file = twin if stem and twin.is_file() else home / name
    if not file.is_file():
        return None
    here = report.at(str(file))
    text, matter = opened(file.read_text("utf-8-sig"), here)
    return Part(here.path, matter, BodySource(text.body, text.body_line, here.path))


# ------------------------------------------------------------------------------------------- marking


class Done(NamedTuple):
    """What one answer is worth: the share of the points, why (a sentence with its values), and the answer as words. One that
    `waits` is marked by people, and so far worth nothing."""

    share: float
    text: str
    values: Mapping[str, int | float]
    labels: tuple[str, ...]
    waits: bool = False


@dataclass(frozen=True)
class Bad:
    """A row that cannot be used, by the line it begins on."""

    line: int
    text: str
    values: Mapping[str, str | int] = field(default_factory=dict)


@dataclass
class Marks:
    """Everybody's marks: by person, in the order of the file, one for each question of the quiz."""

    sheet: Sheet
    people: dict[str, list[Done]] = field(default_factory=dict)
    bad: list[Bad] = field(default_factory=list)

    def study(self) -> Study:
        """What the marks tell of the quiz."""
        points = [question.points for question in self.sheet.settings.questions]
        rows = [
            [
                None if one.waits else Answered(one.share * most, one.labels)
                for one, most in zip(row, points, strict=True)
            ]
            for row in self.people.values()
        ]
        return study(self.sheet.probes(), rows)


class Marker:
    """Marks answers to one quiz. The same answer to a question is marked once, however many give it."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self._known: dict[tuple[int, str], Done | None] = {}
        self._varies = [bool(question.variables) for question in sheet.settings.questions]
        self._fixed = [sheet.asked(place, "") for place in range(len(self._varies))]
        self.places: dict[str, int] = {
            **{str(place + 1): place for place in range(len(self._varies))},
            **{question.id: place for place, question in enumerate(sheet.settings.questions) if question.id},
        }

    def mark(self, place: int, person: str, answer: str) -> Done | None:
        """What an answer is worth; None when it cannot be one. Variables of a question are drawn for the person."""
        if self._varies[place]:
            return self._mark(place, self.sheet.asked(place, person), answer)
        key = (place, answer)
        if key not in self._known:
            self._known[key] = self._mark(place, self._fixed[place], answer)
        return self._known[key]

    def _mark(self, place: int, asked: Asked[Any], answer: str) -> Done | None:
        kind = self.sheet.kind(place)
        try:
            reply = kind.spoken(asked.data, answer)
        except ValueError:
            return None
        found = kind.mark(asked.data, reply, self.sheet.partial(place))
        return Done(found.share, found.text, found.values, tuple(kind.labels(asked.data, reply)), found.waits)


NOTHING = Done(0.0, rules.NO_ANSWER.text, {}, ())


def mark(sheet: Sheet, rows: Iterator[tuple[int, str, str, str]]) -> Marks:
    """Mark rows of (line, person, question, answer). Rows that cannot be used are named, the others are marked."""
    marker = Marker(sheet)
    found = Marks(sheet)
    count = len(sheet.settings.questions)
    given: dict[str, list[Done | None]] = {}
    for line, person, question, answer in rows:
        place = marker.places.get(question)
        if place is None:
            found.bad.append(Bad(line, N_("there is no question “{question}”"), {"question": question}))
            continue
        own = given.get(person)
        if own is None:
            own = given[person] = [None] * count
        if own[place] is not None:
            values = {"person": person, "question": question}
            found.bad.append(Bad(line, N_("{person} has answered question {question} before"), values))
            continue
        done = marker.mark(place, person, answer)
        if done is None:
            values = {"answer": answer[:60], "question": question}
            found.bad.append(Bad(line, N_("“{answer}” cannot be an answer to question {question}"), values))
            continue
        own[place] = done
    found.people = {person: [NOTHING if one is None else one for one in row] for person, row in given.items()}
    return found


def answers(path: Path, bad: list[Bad]) -> Iterator[tuple[int, str, str, str]]:
    """Rows of a file of answers as (line, person, question, answer); those without a person or a question go to `bad`.
    Between cells stands a comma, a semicolon or a tab. Raises ValueError, with the missing columns, without the columns."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        head = file.readline()
        delimiter = max(",;\t", key=head.count)
        reader = csv.reader(chain([head], file), delimiter=delimiter)
        names = [name.strip().lower() for name in next(reader, [])]
        missing = [name for name in COLUMNS if name not in names]
        if missing:
            raise ValueError(", ".join(missing))
        person, question, answer = (names.index(name) for name in COLUMNS)
        last = max(person, question, answer)
        line = reader.line_num
        for row in reader:
            begins, line = line + 1, reader.line_num
            if not any(row):
                continue
            if len(row) <= last or not row[person].strip() or not row[question].strip():
                bad.append(Bad(begins, N_("a row needs a person, a question and an answer"), {}))
                continue
            yield begins, row[person].strip(), row[question].strip(), row[answer]


def totals(marks: Sequence[Done], sheet: Sheet) -> tuple[float, float]:
    """The points of an attempt and their maximum."""
    questions = sheet.settings.questions
    points = sum(one.share * question.points for one, question in zip(marks, questions, strict=True))
    return round(points, 6), round(sheet.settings.max_points, 6)
