"""Front matter: values as written, places of everything, and sentences for what cannot be read."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.frontmatter import Document, read, read_options, scalar, split
from courses.problems import Report
from courses.scan import Option


def document(text: str) -> tuple[Document, list[str]]:
    report = Report("a.md")
    return read(text, 2, report), [str(problem) for problem in report.problems]


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("no", "no"), ("off", "off"), ("12:30", "12:30"), ("08", 8), ("2026-02-30", "2026-02-30"), ("1_000", "1_000"),
        ("true", True), ("FALSE", False), ("~", None), ("", None), ("0x1F", "0x1F"), ("-3", -3), ("1.50", 1.5),
        ("1e3", 1000.0), (".5", 0.5), (".inf", ".inf"), ("60%", "60%"), ("9" * 30, float("9" * 30)), ("=", "="),
    ],
)  # fmt: skip
def test_words_mean_what_they_look_like(word: str, value: Any) -> None:
    assert scalar(word) == value
    assert document(f"key: {word}")[0].data == {"key": value}


def test_every_value_and_key_has_its_place() -> None:
    found, problems = document("title: A\nlist:\n  - x\n  - deep: {a: 'q'}\n")
    assert problems == []
    assert found.data == {"title": "A", "list": ["x", {"deep": {"a": "q"}}]}
    assert found.place(("title",)) == (2, 8)
    assert found.place(("list", 1, "deep", "a")) == (5, 15)
    assert found.place(("list", 1, "deep", "a"), key=True) == (5, 12)
    assert found.place(("list", "function-after", 0)) == (4, 5)
    assert found.place(("gone",)) == (1, 1)
    assert found.find(("list",), "x") == (4, 5)
    assert found.find(("list",), "deep") == (5, 5)
    assert found.find(("list",), "nowhere") == (4, 3)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: 1\na: 2", "3:1: The key “a” is written twice; the first is on line 2. [duplicate-key]"),
        ("a:\n\tb: 1", "3:1: There is a tab here: keys are indented with spaces only. [yaml-tab]"),
        ("title: Part 1: Start", "2:14: There is a second colon here that cannot be understood. [yaml-syntax]"),
        ("a: *x", "2:4: A value that begins with * or & must be in quotes. [yaml-syntax]"),
        ("just text", "2:1: Keys are expected here, one a line, as in title: Beginning. [yaml-not-keys]"),
        ("- a", "2:1: Keys are expected here, one a line, as in title: Beginning. [yaml-not-keys]"),
        (
            "a: !!python/object:os.system x",
            "2:4: Tags such as !!python/object:os.system are not used in courses. [yaml-tag]",
        ),
        ("? [a]\n: b", "2:3: A key must be a single word or text. [yaml-key]"),
        ("a: b\x01", "2:5: There is an invisible character here that no text may hold. [control-character]"),
        ("a: " + "[" * 5000, "2:1: This is too large or too deep to be read. [yaml-too-large]"),
        ("a: " + "x" * 100_001, "2:1: This is too large or too deep to be read. [yaml-too-large]"),
        ("a: &x [*x]", "2:4: This is too large or too deep to be read. [yaml-too-large]"),
    ],
)
def test_mistakes(text: str, problem: str) -> None:
    assert document(text)[1] == [f"a.md:{problem}"]


def test_other_syntax_names_the_place() -> None:
    (problem,) = document('a: "open\nb: 1')[1]
    assert problem.startswith("a.md:3:")
    assert problem.endswith("[yaml-syntax]")


def test_a_thousand_laughs_are_cut_short() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x]"] + [
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 8)}]" for n in range(1, 12)
    ]
    assert [problem.rsplit(" ", 1)[1] for problem in document("\n".join(lines))[1]] == ["[yaml-too-large]"]


def test_split() -> None:
    report = Report("a.md")
    parts = split("---\ntitle: A\n---\nText", report)
    assert (parts.matter, parts.matter_line, parts.body, parts.body_line) == ("title: A", 2, "Text", 4)
    assert split("Text\n---\n", report).matter is None
    assert split("---\n...\n", report).matter == ""
    assert report.problems == []
    assert split("---\ntitle: A", report).matter is None
    assert [p.code for p in report.problems] == ["front-matter-unclosed"]


def test_option_lines() -> None:
    report = Report("a.md")
    options = [
        Option("id", "q", 4, 2, 6),
        Option("list", "[a, {b: 60%}]", 5, 2, 8),
        Option("text", "a: b # c", 6, 2, 8),
        Option("empty", "", 7, 2, 9),
        Option("quoted", "'1'", 8, 2, 10),
        Option("id", "r", 9, 2, 6),
    ]
    found = read_options(options, 3, 1, report)
    assert found.data == {"id": "q", "list": ["a", {"b": "60%"}], "text": "a: b # c", "empty": None, "quoted": "1"}
    assert found.place(("list", 1, "b")) == (5, 16)
    assert found.place(()) == (3, 1)
    assert [str(p) for p in report.problems] == [
        "a.md:9:2: The key “id” is written twice; the first is on line 4. [duplicate-key]"
    ]


def test_option_that_cannot_be_read() -> None:
    report = Report("a.md")
    assert read_options([Option("list", "[a", 5, 2, 8)], 3, 1, report).broken
    (problem,) = report.problems
    assert (problem.line, problem.code) == (5, "yaml-syntax")


@given(st.text(max_size=200) | st.text(alphabet="ab:-[]{}&*!|>'\"#%@`\t\n ,?~0", max_size=80))
def test_nothing_raises(text: str) -> None:
    report = Report("a.md")
    found = read(text, 2, report)
    assert found.data == {} or isinstance(found.data, dict)
    assert all(problem.line >= 2 for problem in report.problems)
