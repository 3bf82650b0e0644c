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


QUOTE = "The quotation mark that opens here is never closed. [yaml-syntax]"
COLON = "A colon is missing here. [yaml-syntax]"
INDENT = "This line is indented otherwise than those it belongs to. [yaml-syntax]"
ENDED = "The value has ended before this, so nothing more can stand here. [yaml-syntax]"
BRACKET = "What begins with this bracket cannot be read. [yaml-syntax]"
SIGN = "No value can begin with this sign. [yaml-syntax]"


@pytest.mark.parametrize(
    ("text", "problems", "left"),
    [
        ('a: "open\nb: 1', [f"2:4: {QUOTE}"], {"b": 1}),
        ("a: 1\nb 2\nc: 3", [f"3:1: {COLON}"], {"a": 1, "c": 3}),
        ("a 1\nb: 2", [f"2:1: {COLON}"], {"b": 2}),
        ("a 1\nb: 2\nc: 'x\nd: [1", [f"2:1: {COLON}", f"4:4: {QUOTE}", f"5:4: {BRACKET}"], {"b": 2}),
        ("a: 1\n  b: 2", [f"3:4: {INDENT}"], {}),
        ("a:\n  - b\n c: 1\nd: 2", [f"4:2: {INDENT}"], {"d": 2}),
        ('a: "x" y\nb: 1', [f"2:8: {ENDED}"], {"b": 1}),
        ("a: [x]]", [f"2:7: {ENDED}"], {}),
        ("a: {x: 1\nb: 2", [f"2:4: {BRACKET}"], {"b": 2}),
        ("a: @x", [f"2:4: {SIGN}"], {}),
        ("a: | x", [f"2:4: {SIGN}"], {}),
        ("a: - x", ["2:4: A list cannot begin on the line of its key. [yaml-syntax]"], {}),
        ('a: "\\q"', ["2:6: In double quotes a backslash begins a special sign, and this is none. [yaml-syntax]"], {}),
        ("a: !e!x y", ["2:4: A value that begins with an exclamation mark must be in quotes. [yaml-syntax]"], {}),
        ("%x\na: 1", ["2:3: The keys cannot be read from here on. [yaml-syntax]"], {"a": 1}),
        (
            "- a\nb: 1",
            ["2:1: Keys are expected here, one a line, as in title: Beginning. [yaml-not-keys]"],
            {"b": 1},
        ),
        (
            "a: 1\nb 2\na: 3",
            [f"3:1: {COLON}", "4:1: The key “a” is written twice; the first is on line 2. [duplicate-key]"],
            {"a": 1},
        ),
    ],
)
def test_a_slip_is_told_at_its_place_and_the_other_keys_are_read(
    text: str, problems: list[str], left: dict[str, Any]
) -> None:
    found, said = document(text)
    assert said == [f"a.md:{problem}" for problem in problems]
    assert (found.data, found.broken) == (left, True)


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


START = "The front matter must begin with exactly three hyphens, on the first line of the file. [front-matter-start]"
END = "The front matter never ends; it should be closed here. [front-matter-unclosed]"


@pytest.mark.parametrize(
    ("text", "problems", "matter", "body"),
    [
        ("---\ntitle: A", [f"2:1: {END}"], "title: A", ""),
        ("---\ntitle: A\n--\n\nText", [f"3:1: {END}"], "title: A", "\nText"),
        ("---\ntags:\n  - a\n\n# Text", [f"4:1: {END}"], "tags:\n  - a", "\n# Text"),
        ("--\ntitle: A\n---\nText", [f"1:1: {START}"], "title: A", "Text"),
        ("\n\n---\ntitle: A\n---\nText", [f"3:1: {START}"], "title: A", "Text"),
        ("—\ntitle: A\nText", [f"1:1: {START}", f"3:1: {END}"], "title: A", "Text"),
        ("-- a line\nfoo: x", [], None, "-- a line\nfoo: x"),
        ("--\n\nText", [], None, "--\n\nText"),
    ],
)
def test_front_matter_that_is_almost_one(text: str, problems: list[str], matter: str | None, body: str) -> None:
    report = Report("a.md")
    parts = split(text, report)
    assert [str(problem) for problem in report.problems] == [f"a.md:{problem}" for problem in problems]
    assert (parts.matter, parts.body) == (matter, body)


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
