"""Nested lists: two, three and four spaces nest alike, and nothing else moves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.html import render
from courses.lists import even


def shape(text: str) -> str:
    """The tags and words of the page in one line, paragraphs left out."""
    return "".join(render(text).split()).replace("<p>", "").replace("</p>", "")


NESTED = "<ul><li>a<ul><li>b<ul><li>c</li></ul></li></ul></li><li>d</li></ul>"


@pytest.mark.parametrize(
    "text",
    [
        "- a\n  - b\n    - c\n- d",
        "- a\n    - b\n        - c\n- d",
        "* a\n   * b\n      * c\n* d",
        "- a\n\n    - b\n\n        - c\n\n- d",
        "- a\n\t- b\n\t\t- c\n- d",
        "+   a\n    +   b\n        +   c\n+   d",
    ],
)
def test_depths(text: str) -> None:
    assert shape(text) == NESTED


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("1. a\n    - b\n2. c", "<ol><li>a<ul><li>b</li></ul></li><li>c</li></ol>"),
        ("1. a\n  - b\n2. c", "<ol><li>a<ul><li>b</li></ul></li><li>c</li></ol>"),
        ("10. a\n    - b\n11. c", "<ol><li>a<ul><li>b</li></ul></li><li>c</li></ol>"),
        ("1) a\n2) b", "<ol><li>a</li><li>b</li></ol>"),
        ("- a\n\n    text\n\n- b", "<ul><li>atext</li><li>b</li></ul>"),
        ("> - a\n>     - b", "<blockquote><ul><li>a<ul><li>b</li></ul></li></ul></blockquote>"),
        (
            "\n\n    - code",
            '<divclass="language-texthighlight"><pretabindex="0"><span></span><code>-code</code></pre></div>',
        ),
        ("* * *\n\n- a", "<hr><ul><li>a</li></ul>"),
    ],
)
def test_other_forms(text: str, html: str) -> None:
    assert shape(text) == html


@pytest.mark.parametrize("indent", ["  ", "   ", "    "])
def test_code_in_items(indent: str) -> None:
    text = f"- a\n\n{indent}```\n{indent}x\n{indent}  y\n{indent}```\n\n- b"
    html = render(text)
    assert "<code>x\n  y\n</code>" in html
    assert html.count("<li>") == 2
    assert html.count("<ul>") == 1


@given(st.text(alphabet="-*1.)ab >`~\n\t:!#|<", max_size=120))
def test_only_indentation_changes(text: str) -> None:
    result = even(text)
    before, after = text.split("\n"), result.split("\n")
    assert len(before) == len(after)
    plain = [("".join(line.split())).replace(")", ".") for line in before]
    assert [("".join(line.split())).replace(")", ".") for line in after] == plain
