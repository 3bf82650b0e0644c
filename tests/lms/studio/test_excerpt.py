"""The lines around a problem: the right ones, with the right place marked, however long or odd the line."""

import pytest

from lms.studio.excerpt import WIDTH, Shown, excerpt

TEXT = "one\ntwo\nthree\nfour\nfive\nsix"


def test_two_lines_before_and_after_and_the_place():
    assert excerpt(TEXT, 4, 3) == [
        Shown(2, "two"), Shown(3, "three"), Shown(4, "fo", True, "u", "r"), Shown(5, "five"), Shown(6, "six"),
    ]  # fmt: skip


@pytest.mark.parametrize(("line", "numbers"), [(1, [1, 2, 3]), (2, [1, 2, 3, 4]), (6, [4, 5, 6]), (0, []), (7, [])])
def test_at_the_ends_there_are_fewer(line, numbers):
    assert [shown.number for shown in excerpt(TEXT, line, 1)] == numbers


@pytest.mark.parametrize("column", [0, 1, 4, 5, 99])
def test_a_place_beyond_the_line_is_its_end(column):
    [shown] = [shown for shown in excerpt("abcd", 1, column) if shown.meant]
    assert shown.text + shown.at + shown.after == "abcd"


def test_line_ends_of_windows_and_the_mark_of_utf_8_are_not_shown():
    assert [shown.text + shown.at + shown.after for shown in excerpt("\ufeffone\r\ntwo\r\n", 1, 1)] == [
        "one",
        "two",
        "",
    ]


def test_of_a_long_line_the_part_around_the_place_is_shown():
    line = "".join(str(number % 10) for number in range(5000))
    [shown] = excerpt(line, 1, 2501)
    assert shown.at == line[2500]
    assert shown.text == "…" + line[2500 - WIDTH // 2 : 2500]
    assert shown.after == line[2501 : 2500 + WIDTH // 2] + "…"


def test_an_empty_file_has_no_lines():
    assert excerpt("", 1, 1) == []
