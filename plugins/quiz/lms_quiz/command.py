"""`lms quiz`: answer a quiz in the terminal, mark a file of answers, and see what the answers tell. No site is needed."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from importlib.metadata import entry_points
from pathlib import Path

import click

from courses.problems import Report
from courses.text import plain_text
from lms.plugin import gettext as _
from lms.plugin import ngettext
from lms_quiz.activity import Quiz
from lms_quiz.analysis import Study
from lms_quiz.answering import Bad, Done, Marker, Marks, Sheet, answers, mark, sheets, totals
from lms_quiz.kinds import QuestionKind
from lms_quiz.statistics import FEW
from lms_quiz.studying import said, table

FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
WHICH = click.option("--quiz", "which", default="", help="Id of the quiz, where the file holds several.")
ANSWERS = click.option(
    "--answers", "given", required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A CSV file with the columns person, question (number or id) and answer.",
)  # fmt: skip
FORMAT = click.option(
    "--format", "form", type=click.Choice(["text", "json", "csv"]), default="text", help="How to print."
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def quiz() -> None:
    """Quizzes and banks of questions in files: try them, mark answers, see statistics.

    FILE is a Markdown file with quizzes in it, or a bank of questions.

    \b
    Example:
      lms quiz try content/network-community/01-start/03-trajectory.md
    """


@quiz.command("try")
@FILE
@WHICH
@click.option("--seed", default="1", help="Another word draws other values in questions with variables.")
def try_(file: Path, which: str, seed: str) -> None:
    """Answer a quiz in the terminal.

    Type an answer, or the number of an option (several with | between them); an empty line leaves a question out.

    \b
    Example:
      lms quiz try banks/birds.md
    """
    sheet = _sheet(file, which)
    marker = Marker(sheet)
    done: list[Done] = []
    if sheet.settings.intro:
        click.echo(plain_text(sheet.settings.intro) + "\n")
    for place, question in enumerate(sheet.settings.questions):
        asked = sheet.asked(place, seed)
        click.echo(_("Question {number} of {count}", number=place + 1, count=len(sheet.settings.questions)))
        click.echo(plain_text(asked.question.text))
        for line in sheet.kind(place).offered(asked):
            click.echo(f"  {line}")
        while True:
            answer = click.prompt(_("Answer"), default="", show_default=False)
            found = marker.mark(place, seed, answer)
            if found is not None:
                break
            click.echo(_("That cannot be an answer to this question."))
        done.append(found)
        click.echo(f"{_why(found)}. " + _points(found.share * question.points, question.points))
        if asked.question.explanation:
            click.echo(plain_text(asked.question.explanation))
        click.echo("")
    points, most = totals(done, sheet)
    click.echo(_("Result: {points} of {max}", points=_figure(points), max=_figure(most)))


@quiz.command("mark")
@FILE
@ANSWERS
@WHICH
@FORMAT
def mark_(file: Path, given: Path, which: str, form: str) -> None:
    """Mark a file of answers.

    The answers are a CSV file with the columns person, question (its number, or its id) and answer: what is typed, or the
    words or numbers of options with | between several. Rows that cannot be used are named by line; then the exit status is 1.
    Answers that people mark have no points: they wait.

    \b
    Example:
      lms quiz mark banks/birds.md --answers answers.csv --format json
    """
    marks = _marks(_sheet(file, which), given)
    if form == "csv":
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(["person", "question", "points", "max", "share", "why"])
        for person, place, one, most in _each(marks):
            share: object = "" if one.waits else _round(one.share)
            points: object = "" if one.waits else _round(one.share * most)
            writer.writerow([person, place, points, _round(most), share, _why(one)])
    elif form == "json":
        click.echo(_json(marks))
    else:
        for person, row in marks.people.items():
            points, most = totals(row, marks.sheet)
            waits = sum(one.waits for one in row)
            more = ngettext("{n} answer waits for a tutor", "{n} answers wait for a tutor", waits)
            click.echo(f"{person}: {_points(points, most)}" + (f", {more}" if waits else ""))
    _end(given, marks.bad)


@quiz.command("stats")
@FILE
@ANSWERS
@WHICH
@FORMAT
def stats(file: Path, given: Path, which: str, form: str) -> None:
    """What a file of answers tells about a quiz and its questions.

    \b
    Example:
      lms quiz stats banks/birds.md --answers answers.csv
    """
    marks = _marks(_sheet(file, which), given)
    found = marks.study()
    if form == "csv":
        csv.writer(sys.stdout, lineterminator="\n").writerows(table(found))
    elif form == "json":
        click.echo(json.dumps(_plain(found), ensure_ascii=False, indent=2))
    else:
        for line in _said(found):
            click.echo(line)
    _end(given, marks.bad)


# ------------------------------------------------------------------------------------------- what they share


def _quiz() -> Quiz:
    """The quiz with the kinds of question of all installed plugins."""
    plugins = [entry.load() for entry in entry_points(group="lms.plugins")]
    others = [item for plugin in plugins for item in plugin.contributes if isinstance(item, QuestionKind)]
    found = Quiz().joined(others)
    assert isinstance(found, Quiz)
    return found


def _sheet(file: Path, which: str) -> Sheet:
    report = Report(file.as_posix())
    try:
        found = sheets(file, _quiz(), report)
    except UnicodeDecodeError:
        raise click.UsageError(_("{path} is not a text in UTF-8.", path=file)) from None
    for problem in report.problems:
        note = "" if problem.is_error else _("warning") + ": "
        click.echo(
            f"{problem.path}:{problem.line}:{problem.column}: {note}{problem.message(_)} [{problem.code}]", err=True
        )
    if report.failed:
        sys.exit(1)
    fitting = [sheet for sheet in found if which in ("", sheet.id)]
    if len(fitting) != 1:
        ids = ", ".join(sheet.id for sheet in found)
        raise click.UsageError(_("Choose one of the quizzes with --quiz: {ids}", ids=ids))
    return fitting[0]


def _marks(sheet: Sheet, given: Path) -> Marks:
    bad: list[Bad] = []
    try:
        found = mark(sheet, answers(given, bad))
    except UnicodeDecodeError:
        raise click.UsageError(_("{path} is not a text in UTF-8.", path=given)) from None
    except ValueError as error:
        raise click.UsageError(_("{path} has no column: {names}", path=given, names=error)) from None
    except csv.Error as error:
        raise click.UsageError(_("{path} is not a table: {error}", path=given, error=error)) from None
    found.bad = sorted([*found.bad, *bad], key=lambda one: one.line)
    return found


def _end(given: Path, bad: list[Bad]) -> None:
    for one in bad:
        click.echo(f"{given.as_posix()}:{one.line}: {_(one.text, **one.values)}", err=True)
    if bad:
        click.echo(ngettext("{n} row could not be used.", "{n} rows could not be used.", len(bad)), err=True)
        sys.exit(1)


def _each(marks: Marks) -> Iterator[tuple[str, int, Done, float]]:
    questions = marks.sheet.settings.questions
    for person, row in marks.people.items():
        for place, (one, question) in enumerate(zip(row, questions, strict=True)):
            yield person, place + 1, one, question.points


def _json(marks: Marks) -> str:
    questions = marks.sheet.settings.questions
    written: dict[tuple[int, int], str] = {}  # the same mark stands for many people

    def one_of(place: int, one: Done) -> str:
        key = (place, id(one))
        if key not in written:
            question = questions[place]
            written[key] = json.dumps(
                {
                    "question": place + 1, "id": question.id, "points": None if one.waits else _round(one.share * question.points),
                    "max": _round(question.points), "share": None if one.waits else _round(one.share),
                    "answer": list(one.labels), "why": _why(one),
                },
                ensure_ascii=False,
            )  # fmt: skip
        return written[key]

    people = []
    for person, row in marks.people.items():
        points, most = totals(row, marks.sheet)
        head = json.dumps(
            {"person": person, "points": _round(points), "max": _round(most), "share": _round(points / most if most else 1)},
            ensure_ascii=False,
        )  # fmt: skip
        each = ",\n".join("    " + one_of(place, one) for place, one in enumerate(row))
        people.append(f'  {head[:-1]}, "questions": [\n{each}\n  ]}}')
    head = json.dumps({"quiz": marks.sheet.id, "questions": len(questions)}, ensure_ascii=False)
    return head[:-1] + ', "attempts": [\n' + ",\n".join(people) + "\n]}"


def _round(value: float) -> float | int:
    return int(value) if value == int(value) else round(value, 9)


def _why(one: Done) -> str:
    return _(one.text, **one.values)


def _figure(value: float | None) -> str:
    return "—" if value is None else f"{round(value, 2) + 0.0:.2f}".rstrip("0").rstrip(".")  # no minus before 0


def _percent(value: float | None) -> str:
    return "—" if value is None else f"{value * 100:.1f}%"


def _points(points: float, most: float) -> str:
    return _("{points} of {max}", points=_figure(points), max=_figure(most))


def _plain(found: Study) -> dict[str, object]:
    """As plain data; advice in words."""
    return {
        "few": found.figures.few,
        "quiz": asdict(found.figures.whole),
        "totals": list(found.totals),
        "questions": [
            {
                "number": one.probe.number, "text": one.probe.text, "points": one.probe.most, **asdict(one.item),
                "answers": [asdict(answer) for answer in one.answers],
            }
            for one in found.questions
        ],
        "advice": [{"code": one.code, "text": _(one.text, **one.values)} for one in found.advice],
    }  # fmt: skip


def _said(found: Study) -> Iterator[str]:
    whole = found.figures.whole
    if found.figures.few:
        yield _(
            "So far there are {n} attempts. Below {few} chance plays too great a part: look at the figures, but build nothing on them.",
            n=whole.attempts, few=FEW,
        )  # fmt: skip
        yield ""
    for name, value in (
        (_("Attempts"), str(whole.attempts)), (_("Mean"), _percent(whole.mean)), (_("Median"), _percent(whole.median)),
        (_("Standard deviation"), _percent(whole.deviation)), (_("Skewness"), _figure(whole.skewness)),
        (_("Kurtosis"), _figure(whole.kurtosis)), (_("Internal consistency"), _figure(whole.consistency)),
        (_("Error ratio"), _percent(whole.error_ratio)), (_("Standard error"), _percent(whole.standard_error)),
    ):  # fmt: skip
        yield f"{name}: {value}"
    for one in found.questions:
        item = one.item
        yield ""
        yield f"{one.probe.number}. {one.probe.text}"
        yield "   " + ", ".join(
            f"{name}: {value}"
            for name, value in (
                (_("Facility"), _percent(item.facility)), (_("Discrimination"), _figure(item.discrimination)),
                (_("Discriminative efficiency"), _percent(item.efficiency)), (_("Effective weight"), _percent(item.weight)),
                (_("By guessing"), _percent(item.guess)),
            )
        )  # fmt: skip
        for answer in one.answers:
            yield f"   {answer.count:6} {_percent(answer.share):>6}  {said(answer.kind, answer.label)}"
    if found.advice:
        yield ""
        yield from (_(one.text, **one.values) for one in found.advice)
