"""Marks: one's own with their reasons, the group's at a glance, the gradebook as a page and as a file."""

import csv
from collections.abc import Iterable, Iterator
from io import StringIO

from flask import Response, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup, escape

from lms.attendance import hours
from lms.bounds import whole
from lms.grades import sheet
from lms.i18n import gettext as _
from lms.i18n import language
from lms.plugin import LEARNER, STAFF, Pages, Recorded
from lms.progress import rules
from lms.progress import service as progress
from lms.progress.views import lines
from lms.ui import render
from lms.visit import RunVisit
from lms.wording import number, share

pages = Pages("grades")

SIGNS = {"complete": "✓", "failed": "✗", "waiting": "…", "pending": "◔", "returned": "↩", "started": "◐"}
"""What stands in a cell of the group's table beside the word for screen readers."""


@pages.get("/courses/<course>/grades", LEARNER)
def mine(visit: RunVisit) -> ResponseReturnValue:
    """The learner's own marks, and why they are what they are."""
    known = rules.progress(visit.outline, visit.my_results)
    return visit.page(
        "grades/mine.html",
        progress=known,
        rows=lines(visit, visit.outline.activities),
        columns={column.id: column for column in sheet.columns(visit.outline)},
        reasons=progress.explanations(visit.run.id, visit.person.id),
        asked=visit.outline.score,
        hours=hours.of_people(visit.site, visit.run, [visit.person.id]).get(visit.person.id, 0),
    )


@pages.get("/courses/<course>/group", STAFF)
def group(visit: RunVisit) -> ResponseReturnValue:
    """People × activities: who is where, what waits for marking, who falls behind."""
    rows, after = sheet.screen(visit.run, visit.outline, request.args.get("after", 0, type=whole))
    waiting = progress.waiting([visit.run.id])
    owner = visit.outline.owner
    queue: dict[str, int] = {}
    for (_run, item), count in waiting.items():
        if item in owner:
            queue[owner[item]] = queue.get(owner[item], 0) + count
    return visit.page(
        "grades/group.html",
        rows=[(row, [cell(best(visit, row, item.id)) for item in visit.outline.activities]) for row in rows],
        after=after,
        count=sheet.count(visit.run),
        queue=[(visit.outline.items[item], count) for item, count in queue.items()],
    )


def best(visit: RunVisit, row: sheet.Row, item: str) -> Recorded | None:
    """What stands for an activity: its own result, else that of a part that waits or is under way."""
    own = row.results.get(item)
    if own is not None:
        return own
    parts = [row.results[part] for part, _most, _weight in visit.outline.items[item].parts if part in row.results]
    return next((result for result in parts if result.state == "waiting"), parts[0] if parts else None)


def cell(result: Recorded | None) -> tuple[str, str]:
    """State and sign of a result for the group's table."""
    if result is None:
        return "", "·"
    state = "complete" if result.completed and result.success is not False else result.state
    return state, SIGNS.get(state, "◐")


@pages.get("/courses/<course>/gradebook", STAFF)
def gradebook(visit: RunVisit) -> ResponseReturnValue:
    """The marks of the run: fifty learners a screen, or everybody as a stream."""
    columns = sheet.columns(visit.outline)
    count = sheet.count(visit.run)
    everybody = bool(request.args.get("all"))
    rows: Iterable[sheet.Row]
    if everybody:
        rows, after = sheet.stream(visit.run, visit.outline), 0
    else:
        rows, after = sheet.screen(visit.run, visit.outline, request.args.get("after", 0, type=whole))
    shell = render(
        "grades/gradebook.html",
        visit=visit,
        columns=columns,
        count=count,
        after=after,
        whole=everybody,
        rows=Markup(MARK),  # noqa: S704 - a constant
    )
    head, _mark, foot = str(shell).partition(MARK)

    def body() -> Iterator[str]:
        yield head
        yield from _table_rows(rows, columns, visit.run.base)
        yield foot

    if everybody:
        return Response(body(), mimetype="text/html")
    return "".join(body())


MARK = "\x00rows\x00"


def _table_rows(rows: Iterable[sheet.Row], columns: list[sheet.Column], base: str) -> Iterator[str]:
    # written by hand and not by the template: a row costs a few microseconds, and a gradebook has thousands
    ids = [column.id for column in columns]
    empty = '<td class="number"></td>'
    written: dict[float | None, str] = {}  # the same few marks stand in most cells
    for row in rows:
        cells = []
        for id in ids:
            found = row.results.get(id)
            if found is None:
                cells.append(empty)
                continue
            cell = written.get(found.points)
            if cell is None:
                cell = written[found.points] = f'<td class="number">{number(found.points)}</td>'
            cells.append(cell)
        score = share(row.score) if row.score is not None else ""
        yield (
            f'<tr><th scope="row">{escape(row.name)}</th><td class="number">{score}</td>'
            f'<td class="number">{row.progress.done}/{row.progress.total}</td>{"".join(cells)}</tr>\n'
        )


@pages.get("/courses/<course>/gradebook.csv", STAFF)
def table(visit: RunVisit) -> ResponseReturnValue:
    """The gradebook as a file that Excel opens with its Cyrillic whole: UTF-8 with a mark, the separator of the language."""
    columns = sheet.columns(visit.outline)
    separator = ";" if language() == "ru" else ","
    decimal = "," if language() == "ru" else "."
    head = [_("Name"), _("E-mail"), _("Course score, %"), _("Done"), _("Asked")]
    head += [f"{column.title} ({number(column.max)})" for column in columns]
    rows = sheet.stream(visit.run, visit.outline)  # asked for now: while the answer is read, the request is over

    def figure(value: float | None) -> str:
        return "" if value is None else f"{value:.2f}".rstrip("0").rstrip(".").replace(".", decimal)

    def body() -> Iterator[bytes]:
        buffer = StringIO()
        writer = csv.writer(buffer, delimiter=separator)
        writer.writerow([plain(title) for title in head])
        yield b"\xef\xbb\xbf" + buffer.getvalue().encode()
        for row in rows:
            buffer.seek(0)
            buffer.truncate()
            marks = [figure(found.points if (found := row.results.get(column.id)) else None) for column in columns]
            writer.writerow(
                [
                    plain(row.name),
                    plain(row.email),
                    figure(None if row.score is None else row.score * 100),
                    row.progress.done,
                    row.progress.total,
                    *marks,
                ]
            )
            yield buffer.getvalue().encode()

    response = Response(body(), mimetype="text/csv")
    response.headers.set("Content-Disposition", "attachment", filename=f"{visit.run.course_slug}-{visit.run.slug}.csv")
    return response


def plain(text: str) -> str:
    """A cell that a spreadsheet takes as text, never as a formula."""
    return "'" + text if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
