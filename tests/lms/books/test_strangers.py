"""Strangers' courses, and HTML nested in all ways, as EPUB: epubcheck has nothing to say of any of them."""

import random
from io import BytesIO
from pathlib import Path

import pytest

from courses.html import render
from lms.books import epub
from lms.books.book import Book, Chapter, Section
from lms.books.command import made, nowhere
from lms.books.markup import names
from lms.books.pictures import Album
from lms.i18n import set_language
from tests.courses.test_corpus import ROOT, Corpus
from tests.epubcheck import epubcheck
from tests.lms.books.conftest import MOMENT

COURSES = (
    "course-carpentries-instructor-training", "course-cc-certificate-educators", "course-ru-iot", "course-ru-digital-literacy",
    "course-openscience-module5", "course-ru-python-hexlet", "course-liascript-softwaredev-de", "course-liascript-arcus",
    "course-ru-scratch-space-talk", "book-ru-rust",
)  # fmt: skip


@pytest.mark.long
@pytest.mark.parametrize("name", COURSES)
def test_a_stranger_s_course_passes_epubcheck(name: str, tmp_path: Path) -> None:
    if not (ROOT / name).is_dir():
        pytest.skip(f"no corpus: {ROOT / name} is not there (LMS_TEST_CORPUS names its folder)")
    loaded = Corpus(ROOT / name, tmp_path / name).loaded
    assert loaded.course is not None
    set_language(loaded.course.language)
    target = tmp_path / "book.epub"
    target.write_bytes(made(loaded.course, loaded, MOMENT, {}, "epub"))
    assert epubcheck(target).findings == ()


TAGS = sorted(
    names(
        "a abbr address article aside b bdi bdo blockquote caption center cite code colgroup dd del details dfn div dl dt em figcaption"
        " figure h1 h2 h3 h4 h5 h6 i ins kbd li mark ol p pre q rp rt ruby s samp section small span strong sub summary sup table tbody"
        " td tfoot th thead time tr u ul var math mrow mi mn mo mtext mfrac msqrt msub msubsup munderover mtable mtr mtd mstyle"
    )
)
VOID = ("br", "hr", "img", "col", "wbr", "source", "track")
ATTRIBUTES = {
    "id": ["x", "1 2", "а:б", "fn:1"], "class": ["a b", "tabbed-set", "footnote"], "lang": ["ru", "x y", ""], "dir": ["ltr", "q"],
    "title": ["t", ""], "src": ["x.png", "http://x/y.png"], "colspan": ["2", "0", "2.5"], "rowspan": ["-1"], "width": ["50%", "10"],
    "start": ["3", "a"], "value": ["1", "b"], "type": ["a", "disc"], "align": ["left", "odd"], "scope": ["row", "z"],
    "headers": ["x y"], "span": ["0", "2"], "cite": ["http://x y"], "datetime": ["2020", "zz"], "open": [""], "alt": ["", "a"],
    "hreflang": ["1"], "display": ["block", "q"], "mathvariant": ["bold", "q"], "columnalign": ["left"], "stretchy": ["maybe"],
    "href": [
        "#x", "/@course/m/l1/", "http://a b/ц?x=[1]#я#z", "mailto:a@b.c d", "/q", "https://пример.рф/ы", "http://", "//x.y/z",
        "http://[::1]/", "http://a:99999/", "ftp://x", "https://x.y/%zz", "tel:+7 9", "https://a_b.c/",
    ],
}  # fmt: skip


def nested(chance: random.Random, depth: int) -> str:
    """Some tags in some tags."""
    found = []
    for _ in range(chance.randint(0, 4)):
        if depth == 0 or chance.random() < 0.3:
            found.append(chance.choice(["слово ", "a & b ", " "]))
            continue
        tag = chance.choice([*TAGS, *VOID])
        names = chance.sample(sorted(ATTRIBUTES), chance.randint(0, 4))
        written = "".join(f' {name}="{chance.choice(ATTRIBUTES[name])}"' for name in names)
        found.append(f"<{tag}{written}>" + ("" if tag in VOID else f"{nested(chance, depth - 1)}</{tag}>"))
    return "".join(found)


@pytest.mark.long
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_whatever_stands_in_whatever_the_book_is_valid(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    chapters = tuple(
        Chapter(f"l{number}", f"L {number}", parts=(render(f"<div>{nested(chance, 6)}</div>"),))
        for number in range(300)
    )
    book = Book(
        "urn:uuid:cc569615-ddca-568a-8c5c-ff06bc4a8aa3", "T", "ru", MOMENT, sections=(Section("m", "M", "", chapters),)
    )
    target = BytesIO()
    epub.write(book, Album(lambda name: None), nowhere, target)
    (tmp_path / "book.epub").write_bytes(target.getvalue())
    assert epubcheck(tmp_path / "book.epub").findings == ()
