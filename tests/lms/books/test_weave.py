"""Links and ids of leaves bound together."""

import pytest

from lms.books.markup import inner
from lms.books.weave import Leaf, absolute, anchors, bind


class Bound:
    """A binding whose addresses say what was asked for."""

    def place(self, leaf: str, anchor: str, here: str) -> str:
        return f"#{anchor}" if leaf == here else f"{leaf}#{anchor}"

    def picture(self, name: str) -> str | None:
        return f"pictures/{name}" if name.endswith(".png") else None

    def outside(self, path: str) -> str | None:
        return f"https://site.example{path}"


PICTURE = "0" * 32
LEAVES = (
    Leaf("book", "Книга", 0, '<section id="book"><h1>Книга</h1></section>'),
    Leaf("l-one", "Один", 2, '<section id="l-one"><h1>Один</h1><p id="h-x">а</p><p id="h-x">б</p></section>', "one"),
    Leaf(
        "l-two", "Два", 2,
        '<section id="l-two"><h2 id="h-x">Два</h2><section id="a-task" aria-labelledby="a-task--title">'
        '<h3 id="a-task--title">Т</h3></section></section>',
        "two", ("task",),
    ),
)  # fmt: skip


def bound(html: str, here: str = "l-one", **options: int) -> str:
    """The HTML as a leaf of the book in place of `here`."""
    leaf = next(leaf for leaf in LEAVES if leaf.id == here)
    known = anchors(LEAVES)
    return inner(bind(Leaf(leaf.id, leaf.title, leaf.depth, html, leaf.lesson, leaf.boxes), known, Bound(), **options))


def test_ids_are_one_of_a_kind_in_the_whole_book() -> None:
    known = anchors(LEAVES)
    pages = [inner(bind(leaf, known, Bound())) for leaf in LEAVES]
    assert pages[1] == '<section id="l-one"><h1>Один</h1><p id="l-one.1">а</p><p>б</p></section>'
    assert pages[2] == (
        '<section id="l-two"><h2 id="l-two.1">Два</h2><section id="a-task" aria-labelledby="l-two.3">'
        '<h3 id="l-two.3">Т</h3></section></section>'
    )


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("#h-x", "#l-one.1"),
        ("#missing", "#l-one"),
        ("/@course/", "book#book"),
        ("/@course/m/two/", "l-two#l-two"),
        ("/@course/m/two/#h-x", "l-two#l-two.1"),
        ("/@course/m/two/#h-%D1%85", "l-two#l-two"),
        ("/@course/m/two/#task", "l-two#a-task"),
        ("/@course/activities/task/", "l-two#a-task"),
        ("/@course/activities/other/", "https://site.example/@course/activities/other/"),
        ("/@course/m/three/#h-x", "https://site.example/@course/m/three/#h-x"),
        ("/media/plan.pdf", "https://site.example/media/plan.pdf"),
        ("https://a.example/ы?q=[1]", "https://a.example/ы?q=%5B1%5D"),
        ("relative.html", None),
    ],
)  # fmt: skip
def test_links_lead_within_the_book_where_they_can(written: str, found: str | None) -> None:
    rel = ' rel="noopener"' if found and found.startswith("https") else ""
    assert bound(f'<a href="{written}">x</a>') == (f'<a href="{found}"{rel}>x</a>' if found else "<a>x</a>")


@pytest.mark.parametrize(
    ("written", "found"),
    [
        (f'<img src="/media/{PICTURE}.png" alt="a">', f'<img src="pictures/{PICTURE}.png" alt="a">'),
        (
            f'<img src="/media/{PICTURE}.bin" alt="a">',
            f'<a class="elsewhere" href="https://site.example/media/{PICTURE}.bin" rel="noopener">[a]</a>',
        ),
        ('<img src="">', '<span class="elsewhere">[Picture]</span>'),
        (
            '<video controls><source src="https://a.example/b.mp4">old</video>c',
            '<a class="elsewhere" href="https://a.example/b.mp4" rel="noopener">Video</a>c',
        ),
        ('<audio src="javascript:x" title="t"></audio>', '<span class="elsewhere" title="t">Sound: t</span>'),
        ('<iframe src="https://a.example"></iframe>b', "b"),
        (
            '<div class="tabbed-set"><input type="radio"><label for="x">A</label><div class="tabbed-content">b</div></div>',
            '<div class="alternatives"><p class="alternative-title">A</p><div class="alternative">b</div></div>',
        ),
    ],
)
def test_what_a_book_cannot_hold_becomes_a_link_or_words(written: str, found: str) -> None:
    assert bound(written) == found


def test_headings_go_down_and_what_is_folded_opens_on_paper() -> None:
    assert bound("<h1>a</h1><h5>b</h5>", shift=2) == "<h3>a</h3><h6>b</h6>"
    assert (
        bound("<details><summary>a</summary>b</details>", unfold=True)
        == '<details open=""><summary>a</summary>b</details>'
    )


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("https://a.example/b c", "https://a.example/b%20c"),
        ("https://a.example/100%", "https://a.example/100%25"),
        ("https://a.example/%D1%8B", "https://a.example/%D1%8B"),
        ("https://пример.рф/ы#я", "https://xn--e1afmkfd.xn--p1ai/ы#я"),
        ("HTTPS://User@A.example:8443/x", "https://a.example:8443/x"),
        ("mailto:a@b.example?subject=Здравствуйте", "mailto:a@b.example?subject=Здравствуйте"),
        ("tel:+7 900", "tel:+7%20900"),
        ("http://", None),
        ("http://[::1", None),
        ("http://a:99999/", None),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("//a.example", None),
    ],
)  # fmt: skip
def test_addresses_of_the_world_outside(written: str, found: str | None) -> None:
    assert absolute(written) == found
