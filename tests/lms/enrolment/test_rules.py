"""What happens when somebody asks for a place, and how lists are read."""

import pytest

from lms.enrolment.roster import Row, Unreadable, read
from lms.enrolment.rules import Answer, Asked, answer, is_full, key_fits, key_hash, seats_left

FULL = {"capacity": 2, "taken": 2}


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (Asked("open"), Answer("active")),
        (Asked("open", capacity=2, taken=1), Answer("active")),
        (Asked("open", **FULL), Answer("waiting")),
        (Asked("open", capacity=2, taken=1, waiting=1), Answer("waiting")),
        (Asked("open", over=True), Answer("", "over")),
        (Asked("open", state="active", over=True), Answer("active")),
        (Asked("open", state="waiting", **FULL), Answer("waiting")),
        (Asked("open", state="withdrawn"), Answer("active")),
        (Asked("open", state="withdrawn", **FULL), Answer("waiting")),
        (Asked("open", state="refused"), Answer("refused", "refused")),
        (Asked("key", key_fits=True), Answer("active")),
        (Asked("key", key_fits=True, **FULL), Answer("waiting")),
        (Asked("key"), Answer("", "key")),
        (Asked("key", **FULL), Answer("", "key")),
        (Asked("key", state="active"), Answer("active")),
        (Asked("request"), Answer("requested")),
        (Asked("request", **FULL), Answer("requested")),
        (Asked("request", state="requested"), Answer("requested")),
        (Asked("request", state="refused"), Answer("refused", "refused")),
        (Asked("request", state="withdrawn"), Answer("requested")),
        (Asked("closed"), Answer("", "closed")),
        (Asked("closed", state="active"), Answer("active")),
        (Asked("closed", state="withdrawn"), Answer("withdrawn", "closed")),
        (Asked("nonsense"), Answer("", "closed")),
    ],
)
def test_who_asks_gets_an_answer(asked: Asked, expected: Answer) -> None:
    assert answer(asked) == expected


def test_seats() -> None:
    assert [is_full(0, 99), is_full(2, 1), is_full(2, 2), is_full(2, 3), is_full(2, 1, 1)] == [
        False,
        False,
        True,
        True,
        True,
    ]
    assert [seats_left(0, 5, 0), seats_left(5, 2, 0), seats_left(5, 5, 3), seats_left(5, 4, 1)] == [None, 3, 0, 0]


def test_keys() -> None:
    stored = key_hash("Весна 2026")
    assert key_fits(stored, " Весна 2026 ")
    assert not key_fits(stored, "весна 2026")
    assert not key_fits(stored, "")
    assert not key_fits("", "")


ANNA = ("anna@school.example", "Иванова", "Анна", "Петровна", "learner")
LIST = "e-mail{0}фамилия{0}имя{0}отчество{0}роль\nanna@school.example{0}Иванова{0}Анна{0}Петровна{0}\n"


def fields(row: Row) -> tuple[str, ...]:
    return (row.email, row.surname, row.given_name, row.patronymic, row.role)


@pytest.mark.parametrize("between", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lists_as_spreadsheets_save_them(between: str, encoding: str, end: str) -> None:
    rows = read(LIST.format(between).replace("\n", end).encode(encoding))
    assert [(row.line, fields(row), row.fault) for row in rows] == [(2, ANNA, "")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("anna@school.example;Иванова;Анна;Петровна", [(1, ANNA, "")]),
        ("anna@school.example;Иванова;Анна;Петровна;слушатель", [(1, ANNA, "")]),
        ("anna@school.example;Иванова;Анна;Петровна;Тьютор", [(1, (*ANNA[:4], "tutor"), "")]),
        ("anna@school.example", [(1, ("anna@school.example", "", "", "", "learner"), "")]),
        ("\n\nanna@school.example;Иванова;Анна;Петровна\n;;;\n", [(3, ANNA, "")]),
        ("Имя;Фамилия;Почта;Школа\nАнна;Иванова;anna@school.example;№ 7", [(2, (*ANNA[:3], "", "learner"), "")]),
        ('Email,Surname,Name\n"anna@school.example","Ива,нова","Ан\nна"\nb@school.example,Б,Б',
         [(2, ("anna@school.example", "Ива,нова", "Ан на", "", "learner"), ""),
          (4, ("b@school.example", "Б", "Б", "", "learner"), "")]),
        ("anna@school.example;Иванова;Анна;Петровна;директор", [(1, (*ANNA[:4], "директор"), "role")]),
        ("anna@school.example;Иванова;Анна;Петровна;;ещё", [(1, ANNA, "columns")]),
        ("anna@school.example;;;\nANNA@school.example;;;",
         [(1, ("anna@school.example", "", "", "", "learner"), ""), (2, ("ANNA@school.example", "", "", "", "learner"), "twice")]),
        ("Иванова;Анна", [(1, ("Иванова", "Анна", "", "", "learner"), "")]),
    ],
)  # fmt: skip
def test_rows_and_their_faults(text: str, expected: list[tuple[int, tuple[str, ...], str]]) -> None:
    assert [(row.line, fields(row), row.fault) for row in read(text.encode())] == expected


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "empty"),
        (b"\n \n", "empty"),
        (b"e-mail;surname\n", "empty"),
        (b"surname;name\nIvanova;Anna", "columns"),
        (b"PK\x03\x04\x00\x00\x00\x00", "text"),
        (b"\xff\xfe\x00", "text"),
        (b"\x98\x98\x98", "text"),
        (b"a@school.example\n" * 2001, "long"),
    ],
)
def test_what_is_no_list(data: bytes, why: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read(data)
    assert str(caught.value) == why
