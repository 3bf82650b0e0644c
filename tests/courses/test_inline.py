"""Fewer patterns are tried, and what comes out is what Markdown itself makes of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown import Markdown
from markdown.treeprocessors import InlineProcessor

from courses.html import EXTENSIONS, _Gentle, extension_configs
from courses.inline import SIGNS, Inline

PIECES = [
    "слово", " ", "\n", "  \n", "`", "``", "\\", "\\*", "*", "**", "_", "__", "[", "]", "(a.md)", "![", "[a](b)", "![a](b)",
    "[^1]", "\n\n[^1]: n\n", "[r]", "\n\n[r]: http://a.b\n", "<b>", "</b>", "<http://a.b>", "<a@b.c>", "<!-- c -->", "&amp;",
    "&", "$", "$$", "$x^2$", "$$y$$", "{term}`a`", "{{ day 5 }}", "{{", "}}", "{.c}", "- ", "# ", "> ", "| a | b |\n|---|---|\n",
]  # fmt: skip


def markdown(*, plain: bool) -> Markdown:
    """The Markdown of authors, with the walk of ours or with its own."""
    made = Markdown(extensions=[*EXTENSIONS, _Gentle("ru")], extension_configs=extension_configs("ru"))
    if plain:
        made.treeprocessors.register(InlineProcessor(made), "inline", 20)
    return made


OURS, THEIRS = markdown(plain=False), markdown(plain=True)


def test_the_two_differ_in_the_walk_only() -> None:
    assert [type(made.treeprocessors["inline"]) for made in (OURS, THEIRS)] == [Inline, InlineProcessor]


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_the_same_comes_out(text: str) -> None:
    assert OURS.reset().convert(text) == THEIRS.reset().convert(text)


@pytest.mark.parametrize("name", SIGNS)
def test_a_pattern_matches_nothing_without_its_sign(name: str) -> None:
    if name in OURS.inlinePatterns:
        pattern = OURS.inlinePatterns[name].getCompiledRegExp()
        one, other = SIGNS[name]
        for text in PIECES:
            if one not in text and other not in text:
                assert pattern.search(text) is None


def test_every_pattern_has_its_signs() -> None:
    known = {id(OURS.inlinePatterns[name]) for name in SIGNS if name in OURS.inlinePatterns}
    assert {id(pattern) for pattern in OURS.inlinePatterns} == known
