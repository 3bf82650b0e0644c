"""Posts are found by any form of their words, and quoted line by line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.discussion import rules


@pytest.mark.parametrize(
    ("words", "question"),
    [
        ("В наших школах", "школа"),
        ("школы", "школу"),
        ("Ёлка зелёная", "елка зеленой"),
        ("Еще", "ещё"),
        ("ЧИТАЕМ вслух", "читать"),
        ("reading books", "book read"),
        ("в 2004 году", "2004"),
        ("«источник»,", "источники"),
        ("снимок_экрана", "экран"),
    ],
)
def test_forms_of_a_word_are_one_word(words: str, question: str) -> None:
    kept = rules.index(words)
    assert [stem for stem in rules.asked(question) if f" {stem} " not in kept] == []


@pytest.mark.parametrize(("words", "question"), [("школа", "школяр"), ("кот", "котёл"), ("год", "2004")])
def test_other_words_are_others(words: str, question: str) -> None:
    kept = rules.index(words)
    assert [stem for stem in rules.asked(question) if f" {stem} " in kept] == []


@pytest.mark.parametrize(
    ("words", "question", "found"),
    [
        ("Летописец Нестор", "летопис*", True),
        ("летопись", "Летопис*", True),
        ("Ёлочка", "елоч*", True),
        ("reading", "read*", True),
        ("Летопись", "лет*", True),
        ("Нестор и летопись", "стор*", False),
        ("лето", "летопис*", False),
    ],
)
def test_a_star_asks_for_a_beginning(words: str, question: str, found: bool) -> None:
    (wanted,) = rules.asked(question)
    begins = rules.pattern(wanted).strip("%")
    assert (begins in rules.index(words), [part for part, hit in rules.excerpt(words, [wanted]) if hit] != []) == (
        found,
        found,
    )


def test_a_star_alone_or_within_asks_for_nothing_more() -> None:
    assert (rules.asked("* ** _*"), rules.asked("шко*ла*")) == ([], ["=шко", "=ла"])
    assert rules.asked("школа* школа*") == ["=школа"]


def test_a_question_has_few_words_and_each_once() -> None:
    assert rules.asked("школа школы, школе") == ["школ"]
    assert len(rules.asked(" ".join(f"слово{number}" for number in range(20)))) == 8
    assert rules.asked("%_ … !") == []
    assert rules.index() == ""


@given(st.text(max_size=300))
def test_what_is_kept_holds_nothing_a_pattern_takes_for_a_sign(text: str) -> None:
    assert {sign for sign in rules.index(text) if sign in "%_\\"} == set()
    assert [stem for stem in rules.asked(text) if f" {stem} " not in rules.index(text)] == []


@given(st.text(alphabet="аб ёж,.", max_size=400), st.sampled_from(["аб", "ёж", "нет"]))
def test_an_excerpt_is_a_piece_of_the_text(text: str, word: str) -> None:
    parts = rules.excerpt(text, rules.asked(word))
    whole = "".join(part for part, _ in parts)
    assert whole.removeprefix("… ").removesuffix(" …") in text
    assert {rules.stems([part])[0] for part, asked_for in parts if asked_for} <= set(rules.asked(word))


def test_an_excerpt_shows_what_was_found() -> None:
    text = f"{'начало ' * 40}наша школа растёт {'конец ' * 60}".strip()
    parts = rules.excerpt(text, rules.asked("школе"))
    assert [part for part, asked_for in parts if asked_for] == ["школа"]
    assert (parts[0], parts[-1]) == (("… ", False), (" …", False))
    assert len("".join(part for part, _ in parts)) < 280
    assert rules.excerpt("Коротко о школе.", rules.asked("школа")) == [
        ("Коротко о ", False),
        ("школе", True),
        (".", False),
    ]


def test_every_line_is_quoted() -> None:
    assert rules.quoted("раз\n\n> два\nтри") == "> раз\n>\n> > два\n> три"
