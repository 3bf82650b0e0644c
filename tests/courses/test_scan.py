"""The scanner: which lines are directives, which are not, and where everything stands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.problems import Report
from courses.scan import Directive, Option, marker, markers, masked, plain_fences, protected, scan, without_markers

KNOWN = {"quiz", "note"}


def scanned(text: str, first: int = 1) -> tuple[list[str], list[Directive], list[str]]:
    report = Report("a.md")
    result = scan(text, first, KNOWN, report)
    return (
        [line for line in result.page.split("\n") if line],
        list(result.directives),
        [str(p) for p in report.problems],
    )


def test_colon_fence_with_options_and_body() -> None:
    page, (quiz,), problems = scanned(
        "Before\n:::{quiz} Check yourself\n:id: q1\n:pass:  60%\n\n1. Why?\n:::\nAfter", 10
    )
    assert page == ["Before", marker(0), "After"]
    assert problems == []
    assert quiz == Directive(
        kind="quiz",
        title="Check yourself",
        line=11,
        column=1,
        options=(Option("id", "q1", 12, 2, 6), Option("pass", "60%", 13, 2, 9)),
        yaml=None,
        yaml_line=12,
        body="\n1. Why?",
        body_line=14,
    )
    assert quiz.end == 16


def test_back_ticks_mean_the_same() -> None:
    page, (quiz,), problems = scanned("```{quiz} T\n:id: q\ntext\n```\nend")
    assert (page, problems) == ([marker(0), "end"], [])
    assert (quiz.title, quiz.body, quiz.body_line, quiz.options[0].value) == ("T", "text", 3, "q")


def test_yaml_options() -> None:
    _, (quiz,), problems = scanned(":::{quiz}\n---\nid: q\na: [1]\n---\nbody\n:::", 5)
    assert problems == []
    assert (quiz.yaml, quiz.yaml_line, quiz.body, quiz.body_line) == ("id: q\na: [1]", 7, "body", 10)


def test_yaml_options_that_never_end() -> None:
    _, (quiz,), problems = scanned(":::{quiz}\n---\nid: q\n:::")
    assert problems == ["a.md:3:1: The options of this block never end; they should be closed here. [options-unclosed]"]
    assert (quiz.yaml, quiz.body) == ("id: q", "")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "::{quiz} A\n:id: q\n:::",
            "1:1: This looks like the beginning of a block “quiz”, but is not written like one.",
        ),
        (
            ":::quiz} A\n:id: q\n:::",
            "1:1: This looks like the beginning of a block “quiz”, but is not written like one.",
        ),
        (
            ":::{quiz A\n:id: q\n:::",
            "1:1: This looks like the beginning of a block “quiz”, but is not written like one.",
        ),
        (
            "```{quiz A\n:id: q\n```",
            "1:1: This looks like the beginning of a block “quiz”, but is not written like one.",
        ),
        (":::{quiz} A\n:id: q\n::", "3:1: A line that closes a block has at least three colons."),
        (":::{quiz} A\n:id: q\n:", "3:1: A line that closes a block has at least three colons."),
    ],
)
def test_what_is_almost_a_block_is_read_as_one(text: str, problem: str) -> None:
    page, (quiz,), problems = scanned(f"{text}\n\nText")
    assert problems == [f"a.md:{problem} [directive-malformed]"]
    assert (quiz.kind, quiz.title, [option.value for option in quiz.options], quiz.body) == ("quiz", "A", ["q"], "")
    assert [line for line in page if line] == [marker(0), "Text"]


def test_a_kind_with_a_slip_is_read_as_the_one_it_was_meant_to_be() -> None:
    _, (quiz,), problems = scanned(":::{quizz} A\n:id: q\n:::")
    assert problems == ["a.md:1:1: There is no kind of block called “quizz”. [directive-unknown]"]
    assert quiz.kind == "quiz"


@pytest.mark.parametrize("line", [":a b", "a: b", ":a:b", ": a: b"])
def test_what_is_almost_an_option_is_read_as_one(line: str) -> None:
    _, (quiz,), problems = scanned(f":::{{quiz}}\n:id: q\n{line}\n:c: d\n:::")
    assert problems == [
        "a.md:3:1: This looks like an option, but the name of an option stands between two colons. [option-malformed]"
    ]
    assert [(option.key, option.value) for option in quiz.options] == [("id", "q"), ("a", "b"), ("c", "d")]


@pytest.mark.parametrize("text", ["Note: this is text", "a line", "\n:a b", "*a*: b"])
def test_sentences_are_no_options(text: str) -> None:
    _, (quiz,), problems = scanned(f"::::{{quiz}}\n{text}\n::::")
    assert (problems, quiz.options) == ([], ())


@pytest.mark.parametrize(
    "text",
    [
        "```\n:::{quiz}\n:::\n```",
        "~~~\n:::{quiz}\n:::\n~~~",
        "- item\n\n    ```\n    :::{quiz}\n    ```",
        "````\n```{quiz}\n```\n````",
        "<!--\n:::{quiz}\n:::\n-->",
        "<!-- :::{quiz} -->",
        "> ```\n> :::{quiz}\n> ```",
        "a :::{quiz}",
        ":::word:::",
        "::: a whole sentence",
        "`:::{quiz}`",
    ],
)
def test_left_alone(text: str) -> None:
    page, directives, problems = scanned(text)
    assert ("\n".join(page), directives, problems) == ("\n".join(line for line in text.split("\n") if line), [], [])


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("::::{quiz}\n:::{note}\nx\n:::\n::::", ":::{note}\nx\n:::"),
        (":::{quiz}\n:::{note}\nx\n:::\n:::", ":::{note}\nx\n:::"),
        (":::{quiz}\n```\n:::\n```\nx\n:::", "```\n:::\n```\nx"),
        ("````{quiz}\n```{note}\nx\n```\n````", "```{note}\nx\n```"),
        (":::{quiz}\n```{note}\n:::\n```\n:::", "```{note}\n:::\n```"),
        ("::::{quiz}\n:::\nx\n::::", ":::\nx"),
        ("  :::{quiz}\n  x\n    y\n  :::", "x\n  y"),
    ],
)
def test_nesting(text: str, body: str) -> None:
    page, (quiz,), problems = scanned(text)
    assert ([line.strip() for line in page], quiz.body, problems) == ([marker(0)], body, [])


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("x\n:::{quiz}\ny", "2:1: The block “quiz” is opened here and never closed. [directive-unclosed]"),
        ("```{quiz}\ny", "1:1: The block “quiz” is opened here and never closed. [directive-unclosed]"),
        ("x\n:::\ny", "2:1: This line closes a block, but none is open here. [directive-stray]"),
        (":::{quizz}\nx\n:::", "1:1: There is no kind of block called “quizz”. [directive-unknown]"),
        ("::: challenge\nx\n:::", "1:1: There is no kind of block called “challenge”. [directive-unknown]"),
        (":::: challenge ::::\nx\n:::", "1:1: There is no kind of block called “challenge”. [directive-unknown]"),
        (":::quiz\nx\n:::", "1:1: “:::quiz” opens no block: the name must stand in curly braces. [directive-unknown]"),
        ("::: {.tip}\nx\n:::", "1:1: There is no kind of block called “tip”. [directive-unknown]"),
        ("```{python}\nx\n```", "1:1: There is no kind of block called “python”. [directive-unknown]"),
        ("```\nx", "1:1: This code fence is never closed, so it is shown as plain text. [fence-unclosed]"),
        (
            "    :::{quiz}",
            "1:5: This looks like a block “quiz” but is indented like code, so it is shown as text."
            " [directive-indented]",
        ),
        ("::::{quiz}\n:::{note}\n::::", "2:1: The block “note” is opened here and never closed. [directive-unclosed]"),
    ],
)
def test_mistakes(text: str, problem: str) -> None:
    assert scanned(text)[2] == [f"a.md:{problem}"]


def test_unknown_kinds_are_listed_and_guessed() -> None:
    report = Report()
    scan(":::{quizz}\n:::\n\n:::{zzz}\n:::", 1, KNOWN, report)
    assert [p.hint_text() for p in report.problems] == [
        "Did you mean “quiz”? Known kinds: note, quiz.",
        "Known kinds: note, quiz.",
    ]


def test_the_text_of_unknown_blocks_stays_and_known_ones_inside_are_found() -> None:
    text = ":::::: challenge\n## Inner\n::::: {odd} Title\n:::{quiz}\n:id: a\n:::\n:::::\n```{r}\ncode()\n```\n::::::"
    page, directives, problems = scanned(text)
    assert page == ["## Inner", "Title", marker(0), "```text", "code()", "```"]
    assert [d.line for d in directives] == [4]
    assert len(problems) == 3


def test_an_unclosed_known_block_inside_an_unknown_one_ends_with_it() -> None:
    page, (note,), problems = scanned("::::: box\n:::{note}\nx\n:::::\nafter")
    assert (page, note.body) == ([marker(0), "after"], "x")
    assert len(problems) == 2


def test_markers_cannot_be_written_by_hand() -> None:
    assert markers(without_markers(f"a {marker(7)}")) == []
    assert scanned(f"x{marker(0)}")[0] == ["x0"]
    assert markers(f"{marker(3)} {marker(12)}") == [3, 12]


def test_masked_hides_code_and_comments_and_keeps_places() -> None:
    text = "a `b` ``c ` d``\n```\ne\n```\n<!-- f --> g `lone\n\nh` i"
    hidden = masked(text)
    assert [len(line) for line in hidden.split("\n")] == [len(line) for line in text.split("\n")]
    assert hidden.split() == ["a", "g", "`lone", "h`", "i"]
    assert protected(text) == {1: 3}


@pytest.mark.parametrize(
    ("fence", "kept"),
    [
        ("```rust,ignore", "```rust"),
        ("```py {.a hl_lines='1'}", "```py {.a hl_lines='1'}"),
        ('```py title="a b"', '```py title="a b"'),
        ("  ~~~c++", "  ~~~c++"),
        ("``` {.python}", "``` {.python}"),
        ("```js run", "```js"),
        ("```???", "```"),
    ],
)
def test_plain_fences(fence: str, kept: str) -> None:
    close = fence.strip()[:3]
    assert plain_fences(f"{fence}\nx ```y\n{close}\nz") == f"{kept}\nx ```y\n{close}\nz"


LINES = st.sampled_from(
    [
        *(":::", "::::", ":::{quiz}", "::::{note} t", "::: box", "```", "````", "```{quiz}", "~~~", "---", ":id: q"),
        *("text", "    :::", "<!--", "-->", "> ```", "", "- a", "::: {", ":::{}", "`"),
    ]
)


@given(st.lists(LINES, max_size=25))
def test_every_line_is_somewhere(lines: list[str]) -> None:
    lines = [f"{line} w{n}" if line in ("text", "- a") else line for n, line in enumerate(lines)]
    report = Report()
    result = scan("\n".join(lines), 1, KNOWN, report)
    everything = result.page + "".join(d.body + (d.yaml or "") for d in result.directives)
    assert [line for line in lines if " w" in line and line not in everything] == []
    assert markers(result.page) == list(range(len(result.directives)))
    assert all(1 <= d.line <= len(lines) for d in result.directives)
    for directive in result.directives:
        first = directive.body.split("\n")[0]
        assert not first or lines[directive.body_line - 1].endswith(first)
