"""Passages: found by their words, marked without harm to the text."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.text import render_untrusted
from lms.submissions.passages import NotFound, locate, marked, plain

HTML = render_untrusted(
    'Один **два** три & четыре.\n\n- пять\n  шесть [семь](https://a.example/?x=1&y=2 "о > том")\n- пять\n\n`<код>` и конец'
)


def test_the_text_as_it_is_read():
    assert (
        plain("<p>Один <strong>два</strong>&nbsp;три</p>\n<ul><li>раз</li><li>два</li></ul>") == "Один два три раз два "
    )
    assert plain(HTML).startswith("Один два три & четыре. пять шесть семь пять <код> и конец ")
    assert plain("") == ""


def found(quote: str, before: str = "") -> str:
    start, end = locate(HTML, quote, before)
    return plain(HTML)[start:end]


@pytest.mark.parametrize(
    "quote", ["два", "Один два", "три & четыре.\n\nпять  шесть", "семь", "<код> и", " шесть\tсемь пять "]
)
def test_words_are_found_over_tags_and_lines(quote):
    assert found(quote) == " ".join(quote.split())


@pytest.mark.parametrize(
    ("quote", "count"), [("пять", 2), ("восемь", 0), ("", 0), ("  ", 0), ("один", 0), ("strong", 0)]
)
def test_words_that_are_not_there_or_not_clear(quote, count):
    with pytest.raises(NotFound) as error:
        locate(HTML, quote)
    assert error.value.count == count


def test_the_words_in_front_tell_which():
    first, second = (locate(HTML, "пять", before)[0] for before in ("четыре.\n", "шесть семь"))
    assert first < second
    with pytest.raises(NotFound):
        locate(HTML, "пять", "ничего общего")


def test_a_passage_over_several_elements_is_marked_in_each():
    html = "<p>Один <strong>два</strong> три</p>\n<p>четыре</p>"
    assert marked(html, [(*locate(html, "два три четыре"), 1)], "Comment {number}") == (
        '<p>Один <strong><mark><span id="passage-1"></span>два</mark></strong><mark> три</mark></p>\n<p><mark>четыре</mark>'
        '<sup class="passage"><a href="#comment-1" aria-label="Comment 1">1</a></sup></p>'
    )


def test_no_link_stands_within_a_link():
    html = '<p><a href="https://a.example">семь лет</a> и всё</p>'
    whole = marked(html, [(*locate(html, "семь"), 1), (*locate(html, "лет и"), 2)])
    assert whole.count("<a ") == 3
    for link in re.findall(r"<a .*?</a>", whole):
        assert link.count("<a ") == 1


PARTS = st.sampled_from(
    [
        "слово",
        "два слова",
        "**жирно**",
        "_а_ б",
        "[связь](https://a.example)",
        "`код`",
        "\n\n",
        "\n- раз\n",
        "&",
        "<",
        '"',
        " ",
    ]
)


@given(st.lists(PARTS, max_size=12), st.lists(st.tuples(st.integers(0, 80), st.integers(1, 30)), max_size=4))
def test_marks_leave_the_text_as_it_is(parts, ranges):
    html = render_untrusted(" ".join(parts))
    whole = marked(html, [(start, start + length, number) for number, (start, length) in enumerate(ranges, 1)])
    bare = re.sub(r'<sup class="passage">.*?</sup>|</?mark>|<span id="passage-\d+"></span>', "", whole)
    assert bare == html


@given(st.lists(PARTS, min_size=1, max_size=8), st.data())
def test_whatever_stands_there_once_is_found(parts, data):
    html = render_untrusted(" ".join(parts))
    text = plain(html).strip()
    if text:
        start = data.draw(st.integers(0, len(text) - 1))
        quote = text[start : start + data.draw(st.integers(1, 20))].strip()
        places = [place for place in range(len(text)) if quote and text.startswith(quote, place)]
        if len(places) == 1:
            begin, end = locate(html, quote)
            assert plain(html)[begin:end] == quote
