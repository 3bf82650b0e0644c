"""Names of runs in addresses, lists of addresses, patterns of a search."""

import re
import sqlite3
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.manage import rules

DAY = date(2026, 9, 1)


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Осень 2026", "osen-2026"),
        ("Щука — ёж", "shchuka-ezh"),
        ("Autumn, group B!", "autumn-group-b"),
        ("", "2026-09-01"),
        ("日本", "2026-09-01"),
        ("х" * 200, "kh" * 30),
    ],
)
def test_a_title_becomes_a_name_for_addresses(title, slug):
    assert rules.slug_of(title, DAY) == slug


@given(st.text(max_size=300))
def test_whatever_the_title_the_name_is_one(title):
    assert rules.is_slug(rules.slug_of(title, DAY))


@given(st.text(max_size=80), st.integers(0, 12))
def test_a_free_name_is_free_and_a_name(title, count):
    wanted = rules.slug_of(title, DAY)
    taken = {wanted} | {
        rules.free_slug(wanted, {wanted, *(f"{wanted}-{n}" for n in range(2, n))}) for n in range(2, count)
    }
    found = rules.free_slug(wanted, taken)
    assert found not in taken
    assert rules.is_slug(found)


@pytest.mark.parametrize("text", ["", "A", "a--b", "-a", "a-", "осень", "a b", "a@b", "a" * 61])
def test_what_cannot_be_a_name(text):
    assert not rules.is_slug(text)


def test_addresses_come_divided_by_anything():
    assert rules.mails_of(" a@x.ru, b@x.ru;c@x.ru\n\na@x.ru\t") == ["a@x.ru", "b@x.ru", "c@x.ru"]


@pytest.mark.parametrize(
    ("query", "name", "hit"),
    [
        ("иванов", "Иванова", True),
        ("ИВАНОВА", "Иванова", True),
        ("семенова", "Семёнова", True),
        ("Семёнова", "Семенова", True),
        ("ова", "Семёнова", True),
        ("петров", "Иванова", False),
        ("%", "Иванова", False),
        ("_", "Иванова", False),
        ("\\", "Иванова", False),
    ],
)
def test_names_are_found_however_they_are_written(query, name, hit):
    ((patterns, _mail),) = rules.patterns(query)
    connection = sqlite3.connect(":memory:")
    found = any(
        connection.execute("SELECT ? LIKE ? ESCAPE '\\'", (name, pattern)).fetchone()[0] for pattern in patterns
    )
    connection.close()
    assert found == hit


@given(st.text(max_size=100))
def test_a_search_has_at_most_six_words(query):
    assert len(rules.patterns(query)) == min(6, len(re.findall(r"\S+", query)))
