"""Terms: where they are explained, how texts show them, and what is said of those nobody explains."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from courses.glossary import Entry, Name, entries, key_of, linked
from courses.load import Loaded
from courses.problems import Report

from .conftest import LESSON, said

GLOSSARY = ":::{glossary}\nФорум\nДоска\n: Место, где *все* пишут.\n\n  И читают.\n\nВедущий\n: Кто ведёт {term}`форум`.\n:::\n"


def parsed(text: str) -> tuple[list[Entry], list[str]]:
    report = Report("g.md")
    found = entries(list(enumerate(text.split("\n"), 1)), report)
    return found, [str(problem) for problem in report.problems]


def test_entries() -> None:
    assert parsed("A\nB b\n: one\n  more\n\n  - list\n\n    deep\n**C**\n:   two\n: three\n\n") == (
        [
            Entry((Name("A", 1, 1), Name("B b", 2, 1)), "one\nmore\n\n- list\n\n  deep", 3),
            Entry((Name("C", 9, 1),), "two\n\nthree", 10),
        ],
        [],
    )


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("A\n\n: a\n\nB\n: b", []),
        ("A\n\nB\n: b", ["g.md:1:1: The term “A” is not explained. [glossary-form]"]),
        ("A\n: a\nB", ["g.md:3:1: The term “B” is not explained. [glossary-form]"]),
        (": a", ["g.md:1:1: Here a meaning begins, but no term stands above it. [glossary-form]"]),
        ("", []),
    ],
)
def test_what_is_no_entry(text: str, problems: list[str]) -> None:
    assert parsed(text)[1] == problems


def test_terms_are_found_whatever_their_case() -> None:
    assert key_of(" Ёлка  НОВАЯ ") == key_of("елка новая")


def test_a_term_shows_its_meaning(lesson: Callable[..., Loaded]) -> None:
    loaded = lesson("Это {term}`доска` и {term}`на форуме <ФОРУМ>`.\n\n" + GLOSSARY)
    assert said(loaded) == []
    assert loaded.course is not None
    html = loaded.course.lesson("why").html
    first, second, third = re.findall(
        r'<span class="term"><span class="term-word" role="term" tabindex="0" aria-describedby="([^"]*)">([^<]*)</span>'
        r'<span class="term-note" role="tooltip" id="([^"]*)">([^<]*) <a href="([^"]*)">В словаре</a></span></span>',
        html,
    )
    assert (first[1], first[3], first[4]) == (
        "доска",
        "Место, где все пишут. И читают.",
        "/@course/start/why/#h-term-доска",
    )
    assert (second[1], second[4]) == ("на форуме", "/@course/start/why/#h-term-форум")
    assert third[1] == "форум"
    assert [first[0], second[0], third[0]] == [first[2], second[2], third[2]]
    assert len({first[0], second[0], third[0]}) == 3
    listed = re.search(r'<dl class="glossary">(.*)</dl>', html, re.DOTALL)
    assert listed is not None
    assert re.findall(r'<dt id="([^"]*)">([^<]*)</dt>', listed[1]) == [
        ("h-term-форум", "Форум"),
        ("h-term-доска", "Доска"),
        ("h-term-ведущий", "Ведущий"),
    ]


def test_a_term_in_a_heading_an_attribute_and_code(lesson: Callable[..., Loaded]) -> None:
    loaded = lesson("# О {term}`форуме <форум>`\n\n![{term}`форум`](a.png) `` {term}`форум` ``\n\n" + GLOSSARY)
    assert loaded.course is None  # the picture is not there
    loaded = lesson("# О {term}`форуме <форум>`\n\n`` {term}`форум` ``\n\n" + GLOSSARY)
    assert loaded.course is not None
    assert [(heading.id, heading.text) for heading in loaded.course.lesson("why").headings] == [
        ("h-о-форуме", "О форуме")
    ]
    assert "<code>{term}`форум`</code>" in loaded.course.lesson("why").html


def test_in_a_book_a_term_is_a_link(lesson: Callable[..., Loaded]) -> None:
    loaded = lesson("Это {term}`на <b> <форум>`.\n\n" + GLOSSARY)
    assert loaded.course is not None
    html = linked(loaded.course.lesson("why").html)
    assert html.startswith('<p>Это <a class="term" href="/@course/start/why/#h-term-форум">на &lt;b&gt;</a>.</p>')
    assert "term-note" not in html


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("a {term}`фарум`\n\n" + GLOSSARY, ["5:3: The glossary has no term “фарум”. [term-unknown]"]),
        ("a {term}`x`", ["5:3: The glossary has no term “x”. [term-unknown]"]),
        (
            GLOSSARY + "\n:::{glossary}\nфорум\n: a\n:::\n",
            ["17:1: The term “форум” is explained already: see 01-start/01-why.md, line 6. [term-twice]"],
        ),
    ],
)
def test_terms_that_are_wrong(lesson: Callable[..., Loaded], text: str, problems: list[str]) -> None:
    assert said(lesson(text)) == problems


def test_the_glossary_of_the_language_else_of_the_course(course: Callable[..., Loaded]) -> None:
    both = course(
        {
            "course.en.md": "---\ntitle: C\n---\n{term}`forum`\n",
            "01-start/01-why.md": LESSON + "{term}`форум`\n\n:::{glossary}\nФорум\n: Место\n:::\n",
            "01-start/01-why.en.md": "---\ntitle: L\n---\n{term}`forum`\n\n:::{glossary}\nForum\n: A place\n:::\n",
            "01-start/02-how.md": LESSON + ":::{glossary}\nЧат\n: Разговор\n:::\n",
        }
    )
    assert both.problems == []
    assert "A place" in both.translations["en"].description_html
    assert "A place" in both.translations["en"].lesson("why").html
    wrong = course({"01-start/01-why.en.md": "---\ntitle: L\n---\n{term}`форум` {term}`чат`\n"})
    assert [str(problem) for problem in wrong.problems] == [
        "01-start/01-why.en.md:4:1: The glossary has no term “форум”. [term-unknown]",
        "course.en.md:4:1: The glossary has no term “forum”. [term-unknown]",
    ]
