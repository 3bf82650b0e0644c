"""A list of people as spreadsheets save it: bytes to rows, each with its line and what is wrong with it. Pure.

Understood: UTF-8 with and without a mark at the beginning, UTF-16 and CP1251; commas, semicolons and tabs; a first
line with the names of the columns in English or Russian, or none (then: e-mail, surname, name, patronymic, role).
"""

import codecs
import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

MOST_ROWS = 2000
MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
COLUMNS = ("email", "surname", "given_name", "patronymic", "role")
NAMES = {
    "email": {"e-mail", "email", "mail", "почта", "эл. почта", "электронная почта", "адрес", "эл.почта"},
    "surname": {"surname", "last name", "family name", "фамилия"},
    "given_name": {"name", "first name", "given name", "имя"},
    "patronymic": {"patronymic", "middle name", "отчество"},
    "role": {"role", "роль"},
}
ROLES = {
    "": "learner", "learner": "learner", "слушатель": "learner", "участник": "learner", "ученик": "learner",
    "обучающийся": "learner", "tutor": "tutor", "тьютор": "tutor", "преподаватель": "tutor", "куратор": "tutor",
    "ведущий": "tutor", "ведущая": "tutor",
}  # fmt: skip


class Unreadable(Exception):
    """The file as a whole cannot be read: "text", "empty", "long" or "columns"."""


@dataclass(frozen=True)
class Row:
    """One person of the list. `line` counts from 1, as an editor does; `fault`: "" or "columns" (too few or too
    many), "role", "twice"."""

    line: int
    email: str = ""
    surname: str = ""
    given_name: str = ""
    patronymic: str = ""
    role: str = "learner"
    fault: str = ""


def decode(data: bytes) -> str:
    """The text of a file saved by whatever program. Raises Unreadable."""
    encoding = next((encoding for mark, encoding in MARKS if data.startswith(mark)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        try:
            text = data.decode("cp1251")
        except UnicodeDecodeError:
            raise Unreadable("text") from None
    if "\0" in text:
        raise Unreadable("text")
    return text


def separator(line: str) -> str:
    """What stands between the cells: whichever of semicolon, tab and comma the first line has most of."""
    bare = "".join(part for index, part in enumerate(line.split('"')) if index % 2 == 0)
    return max(";\t,", key=bare.count)


def read(data: bytes) -> list[Row]:
    """The rows of a list, those with faults included; blank lines are skipped. Raises Unreadable."""
    text = decode(data).replace("\r\n", "\n").replace("\r", "\n")
    first = next((line for line in text.split("\n") if line.strip()), "")
    if not first:
        raise Unreadable("empty")
    reader = csv.reader(io.StringIO(text), delimiter=separator(first))
    cells: list[tuple[int, list[str]]] = []
    begun = 1
    try:
        for row in reader:
            stripped = [" ".join(cell.split()) for cell in row]
            if any(stripped):
                cells.append((begun, stripped))
            begun = reader.line_num + 1
    except csv.Error:
        raise Unreadable("text") from None
    columns = _columns(cells[0][1])
    if columns is None:
        columns = COLUMNS
    else:
        cells = cells[1:]
        if "email" not in columns:
            raise Unreadable("columns")
    if len(cells) > MOST_ROWS:
        raise Unreadable("long")
    if not cells:
        raise Unreadable("empty")
    return _without_repeats([_row(line, row, columns) for line, row in cells])


def _columns(row: Sequence[str]) -> tuple[str, ...] | None:
    """What each column holds, if this is a line of headings; unknown columns are passed over."""
    found = tuple(
        next((column for column, names in NAMES.items() if cell.casefold().rstrip("*: ") in names), "") for cell in row
    )
    return found if any(found) and not any("@" in cell for cell in row) else None


def _row(line: int, row: Sequence[str], columns: Sequence[str]) -> Row:
    cells = dict(zip(columns, row, strict=False))
    email, role = cells.get("email", ""), cells.get("role", "").casefold()
    surplus = any(row[len(columns) :])
    fault = "columns" if surplus else "" if role in ROLES else "role"
    return Row(
        line, email, cells.get("surname", ""), cells.get("given_name", ""), cells.get("patronymic", ""),
        ROLES.get(role, role), fault,
    )  # fmt: skip


def _without_repeats(rows: Sequence[Row]) -> list[Row]:
    seen: set[str] = set()
    found = []
    for row in rows:
        key = row.email.casefold()
        repeated = bool(key) and key in seen and not row.fault
        seen.add(key)
        found.append(Row(**{**vars(row), "fault": "twice"}) if repeated else row)
    return found
