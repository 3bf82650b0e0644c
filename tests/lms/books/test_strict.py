"""What authors write, made valid: nothing is lost, and the rest of the text stays as it was."""

import pytest

from courses.html import render
from lms.books.markup import inner, outer, parse
from lms.books.strict import strict


def made(html: str) -> str:
    root = parse(html)
    strict(root)
    return " ".join(inner(root, xml=True).split())


@pytest.mark.parametrize(
    ("written", "valid"),
    [
        ("<ul>a<p>b</p><li>c</li></ul>", "<ul> <li>a<p>b</p> </li> <li>c</li> </ul>"),
        ("<li>a</li>", "<div>a</div>"),
        ("<dl><dd>a</dd></dl>", "<div> <div>a</div> </div>"),
        ("<dl><div><dt>a</dt><dd>b</dd></div></dl>", "<dl> <dt>a</dt> <dd>b</dd> </dl>"),
        ("<b><div>a</div></b>", '<b><span class="block">a</span></b>'),
        ("<center>a</center>", '<div class="to-centre">a</div>'),
        ("<table><tr><td align=right>a</td></tr></table>", '<table><tbody><tr><td class="to-right">a</td></tr></tbody></table>'),
        (
            "<table><caption>a</caption><caption>b</caption><tr><td>c</td></tr></table>",
            "<table><caption>a</caption><tbody><tr><td>c</td></tr></tbody><tbody><tr><td>b</td></tr></tbody></table>",
        ),
        ("<table></table>", "<table><tr><td></td></tr></table>"),
        ("<details>a</details>", "<details><summary>…</summary>a</details>"),
        ("<figure>a<figcaption>b</figcaption>c</figure>", "<figure>a<div>b</div>c</figure>"),
        ('<time datetime="zzz">a</time>', "<span>a</span>"),
        ('<p lang="?" dir="up" title="t">a</p>', '<p title="t">a</p>'),
        ('<ol start="x" type="q"><li value="1.5">a</li></ol>', "<ol> <li>a</li> </ol>"),
        ("<ruby>a</ruby>", "<span>a</span>"),
        ("<ruby>a<rt>b</rt></ruby>", "<ruby>a<rt>b</rt></ruby>"),
        ("<table><tr><th><h2>a</h2></table>", "<table><tbody><tr><th><div>a</div></th></tr></tbody></table>"),
        ("<summary>a</summary>", "<div>a</div>"),
        ("<form>a<input><button>b</button></form>", "a"),
        ("a&nbsp;b &lt;c&gt; &amp;amp;", "a b &lt;c&gt; &amp;amp;"),
    ],
)  # fmt: skip
def test_what_is_in_the_wrong_place_is_wrapped_or_renamed(written: str, valid: str) -> None:
    assert made(written) == valid


@pytest.mark.parametrize(
    ("written", "valid"),
    [
        ("<math><mfrac><mi>x</mi></mfrac></math>", "<mfrac><mi>x</mi><mrow></mrow></mfrac>"),
        (
            "<math><msup><mi>a</mi><mi>b</mi><mi>c</mi></msup></math>",
            "<msup><mi>a</mi><mrow><mi>b</mi><mi>c</mi></mrow></msup>",
        ),
        ("<math>x<mo form=q>+</mo>y</math>", "<mtext>x</mtext><mo>+</mo><mtext>y</mtext>"),
        ("<math><mtd><mi>a</mi></mtd></math>", "<mrow><mi>a</mi></mrow>"),
        ("<math><mtable><mi>a</mi></mtable></math>", "<mtable><mtr><mtd><mi>a</mi></mtd></mtr></mtable>"),
    ],
)
def test_formulas_have_all_their_parts(written: str, valid: str) -> None:
    root = parse(written)
    strict(root)
    assert inner(root[0], xml=True) == valid


def test_formulas_out_of_tex_stay_as_they_are() -> None:
    root = parse(render(r"$$\begin{pmatrix}1&2\\3&4\end{pmatrix} \sum_{i=0}^n \frac{a}{\sqrt[3]{b}}$$"))
    before = outer(root)
    strict(root)
    assert outer(root) == before


def test_words_are_never_lost() -> None:
    written = "<ul>a<b>b</b><li>c</li>d</ul><table><caption>e</caption><caption>f</caption><tr><td>g</td></tr></table>"
    written += "<math>h<mi>i</mi></math><dl>j<dt>k</dt>l</dl>"
    root = parse(written)
    strict(root)
    assert sorted("".join("".join(root.itertext()).split())) == list("abcdefghijkl")


def test_a_line_feed_at_the_beginning_of_code_stays() -> None:
    assert inner(parse("<pre>\n\na</pre>")) == "<pre>\n\na</pre>"
    assert inner(parse("<pre>\n\na</pre>"), xml=True) == "<pre>\na</pre>"
