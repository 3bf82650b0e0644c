"""Marks and spaces by language: set where a reader sees text, never in code, formulas or tags, and no letter ever changes."""

import re
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.html import render
from courses.load import load
from courses.typography import typeset

RUSSIAN = [
    ('"Форум"', "«Форум»"),
    ('Он сказал: "Это "сеть"".', "Он~сказал: «Это „сеть“»."),
    ('"<b>Форум</b>" и <i>"сеть"</i>', "«<b>Форум</b>» и~<i>«сеть»</i>"),
    ('Экран 15" большой', 'Экран 15" большой'),
    ('Экран 15", доска 60"', 'Экран 15", доска 60"'),
    ("«Уже» „так“", "«Уже» „так“"),
    ("Сеть - это мы", "Сеть~— это мы"),
    ("Сеть -- это мы", "Сеть~— это мы"),
    ("Сеть — это мы", "Сеть~— это мы"),
    ("<b>Сеть</b> - это", "<b>Сеть</b>~— это"),
    ("5 - 3, a - b, из-за, -5", "5 - 3, a - b, из-за, -5"),
    ("В доме и на улице под окном", "В~доме и~на~улице под~окном"),
    ("5 кг, 12 часов, 40 %, 2024 г. и 3 яблока", "5~кг, 12~часов, 40~%, 2024~г. и~3 яблока"),
    ("№ 5, рис. 2, А. С. Пушкин, и т. д.", "№~5, рис.~2, А.~С.~Пушкин, и~т.~д."),
    ('<code>a - "b" в c</code> в c', '<code>a - "b" в c</code> в~c'),
    ('<math alttext="в c"><mi>"</mi></math> "а"', '<math alttext="в c"><mi>"</mi></math> «а»'),
    ('<a href="/в а" title="в а">в а</a>', '<a href="/в а" title="в а">в~а</a>'),
    ("don't", "don't"),
]
ENGLISH = [
    ("\"Quoted\" and 'so'", "“Quoted” and ‘so’"),
    ('"It\'s a "nested" one"', "“It’s a ‘nested’ one”"),
    ("a -- b --- c - d", "a~— b~— c - d"),
    ("5 kg, 12 hours, 40 %, 3 apples", "5~kg, 12~hours, 40~%, 3 apples"),
    ("in a house", "in a house"),
    ("<code>it's</code>", "<code>it's</code>"),
]


@pytest.mark.parametrize(
    ("language", "text", "set"),
    [("ru", *case) for case in RUSSIAN] + [("en", *case) for case in ENGLISH] + [("de", '"a" - b', '"a" - b')],
)
def test_typeset(language: str, text: str, set: str) -> None:
    assert typeset(f"<p>{text}</p>", language).replace("\xa0", "~") == f"<p>{set}</p>"
    assert typeset(typeset(text, language), language) == typeset(text, language)


def test_marks_pair_within_one_block() -> None:
    assert typeset('<p>"a</p><p>b" "c"</p>', "ru") == '<p>"a</p><p>b" "c"</p>'
    assert typeset('<li>"a"</li><li>"b"</li>', "ru") == "<li>«a»</li><li>«b»</li>"


def test_authors_text_is_typeset_in_its_language() -> None:
    text = '# "A"\n\n| "b" |\n|---|\n| "c" |\n\n`"d"` ![е](f.png "Это "ё"")'
    assert re.findall("[«»“”]", render(text, language="ru")) == ["«", "»"] * 3
    assert re.findall("[«»“”]", render(text, language="en")) == ["“", "”"] * 3
    assert '<h2 id="h-a">«A»</h2>' in render(text, language="ru")


@given(st.text("аб в\"'—-5кг№.<>/&;\n", max_size=80), st.sampled_from(["ru", "en"]))
def test_no_letter_changes(text: str, language: str) -> None:
    html = render(text, language="de")
    words = re.compile(r"\w+")
    assert words.findall(typeset(html, language)) == words.findall(html)


def test_a_course_is_typeset_and_its_headings_are_plain() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "a").mkdir()
        (folder / "course.md").write_text("---\ntitle: A\nlanguage: ru\n---\n")
        (folder / "a/index.md").write_text("---\ntitle: A\n---\n")
        (folder / "a/b.md").write_text('---\ntitle: B\nminutes: 1\n---\n## "В сети"\n')
        course = load(folder, {}).course
    assert course is not None
    lesson = course.lesson("b")
    assert lesson.html == '<h2 id="h-в-сети">«В\xa0сети»</h2>'
    assert [heading.text for heading in lesson.headings] == ["«В сети»"]
