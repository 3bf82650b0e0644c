"""Authors' and learners' Markdown: what it becomes, and what never gets through."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.html import TextTooLong, plain_text, render, render_untrusted
from courses.problems import Report


def problems(text: str, line: int = 1) -> list[str]:
    report = Report("a.md")
    render(text, line=line, report=report, language="ru")
    return [str(problem).removeprefix("a.md:") for problem in report.problems]


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("# A\n\n### B\n\n#### C", '<h2 id="h-a">A</h2>\n<h4 id="h-b">B</h4>\n<h5 id="h-c">C</h5>'),
        ("### A\n\n#### B", '<h2 id="h-a">A</h2>\n<h3 id="h-b">B</h3>'),
        (
            "# Что такое?\n\n# Что такое?",
            '<h2 id="h-что-такое">Что такое?</h2>\n<h2 id="h-что-такое_1">Что такое?</h2>',
        ),
        ("# A {#own}\n\n[a](#own)", '<h2 id="h-own">A</h2>\n<p><a href="#h-own">a</a></p>'),
        ('<a name="b"></a>A [a](#b)', '<p><a id="h-b"></a>A <a href="#h-b">a</a></p>'),
        ("[a](https://x.org/)", '<p><a href="https://x.org/" rel="noopener">a</a></p>'),
        ("[a](b.md) <c@d.org>", '<p><a href="b.md">a</a> <a href="mailto:c@d.org">c@d.org</a></p>'),
        ("![x](a.png)", '<p><img alt="x" src="a.png" loading="lazy"></p>'),
        (
            '![x](a.png "Слон")',
            '<figure><img alt="x" src="a.png" title="Слон" loading="lazy"><figcaption>Слон</figcaption></figure>',
        ),
        (
            "![Слон](a.png){alt='Серый слон'}",
            '<figure><img alt="Серый слон" src="a.png" title="Слон" loading="lazy"><figcaption>Слон</figcaption></figure>',
        ),
        ("*[ГИА]: экзамен\n\nГИА", '<p><abbr title="экзамен">ГИА</abbr></p>'),
        ("A {name} {% tag %}", "<p>A {name} {% tag %}</p>"),
        ("A\n{: .big}", '<p class="big">A</p>'),
        ("<div markdown>\n**b**\n</div>", "<div>\n<p><strong>b</strong></p>\n</div>"),
        ("$x^2$", '<p><math alttext="x^2" display="inline"><mrow><msup><mi>x</mi><mn>2</mn></msup></mrow></math></p>'),
        (
            "a $$x$$ `$$y$$`",
            '<p>a <math alttext="x" display="inline"><mrow><mi>x</mi></mrow></math> <code>$$y$$</code></p>',
        ),
        ("\\(в скобках\\), $5 и $10", "<p>(в\xa0скобках), $5 и $10</p>"),
        ("- [x] a\n- [ ] b", None),
        ("| a |\n|---|\n| 1 |", None),
    ],
)
def test_author(text: str, html: str | None) -> None:
    if html is not None:
        assert render(text, language="ru") == html


def test_task_list_and_table_say_what_they_are() -> None:
    html = render("- [x] a\n- [ ] b\n\n| a |\n|---|\n| 1 |", language="ru")
    assert re.findall(r'aria-label="([^"]*)"', html) == ["сделано", "не сделано", "Таблица 1"]
    assert "<input" not in html
    assert '<div class="table-scroll" tabindex="0" role="region"' in html
    assert html.count("<div") == html.count("</div>")


def test_code_is_coloured_by_classes_and_reached_by_keyboard() -> None:
    html = render("```python\nprint(1)\n```\n\n```rust,ignore\nfn\n```")
    assert '<pre tabindex="0">' in html
    assert '<span class="nb">print</span>' in html
    assert 'class="language-rust highlight"' in html
    assert "style=" not in html


def test_footnotes_lead_there_and_back() -> None:
    html = render("a[^1]\n\n[^1]: Note", language="ru")
    assert re.findall(r'(?:id|href)="([^"]*)"', html) == ["h-fnref:1", "#h-fn:1", "h-fn:1", "#h-fnref:1"]
    assert 'title="Назад к тексту, сноска 1"' in html


def test_the_same_text_twice_gives_the_same_page() -> None:
    text = "# A\n\na[^1]\n\n[^1]: Note\n\n| a |\n|---|\n| 1 |"
    assert render(text) == render(text)


CALLOUTS = [
    ("> [!NOTE]\n> a", "note", "Примечание"),
    ("> [!tip]\n> a", "tip", "Совет"),
    ("> [!IMPORTANT]\n> a", "important", "Важно"),
    ("> [!WARNING]\n> a", "warning", "Осторожно"),
    ("> [!CAUTION]\n> a", "caution", "Предостережение"),
    ("> [!NOTE] Своё имя\n> a", "note", "Своё имя"),
    ("!!! note\n    a", "note", "Примечание"),
    ('!!! note "Note"\n    a', "note", "Примечание"),
    ('!!! tip "**Своё** слово"\n    a', "tip", "<strong>Своё</strong> слово"),
]


@pytest.mark.parametrize(("text", "kind", "title"), CALLOUTS)
def test_callouts(text: str, kind: str, title: str) -> None:
    assert render(text, language="ru") == (
        f'<div class="admonition {kind}">\n<p class="admonition-title">{title}</p>\n<p>a</p>\n</div>'
    )


def test_a_quotation_is_no_callout() -> None:
    assert (
        render("> a [!NOTE]\n\n> b")
        == "<blockquote>\n<p>a [!NOTE]</p>\n</blockquote>\n<blockquote>\n<p>b</p>\n</blockquote>"
    )
    assert render("??? note\n    a", language="ru") == (
        '<details class="note">\n<summary>Примечание</summary>\n<p>a</p>\n</details>'
    )


def test_tabs_are_buttons_that_need_no_script() -> None:
    html = render('=== "A **b**"\n\n    1\n\n=== "C"\n\n    ```text\n    2\n    ```\n\nend\n\n=== "D"\n\n    3')
    fields = re.findall(r'<input type="radio" name="([^"]*)" id="([^"]*)"( checked)? autocomplete="off">', html)
    labels = re.findall(r'<label for="([^"]*)">([^<]*)</label><div class="tabbed-content">', html)
    first, second = fields[0][0], fields[2][0]
    assert fields == [(first, f"{first}-1", " checked"), (first, f"{first}-2", ""), (second, f"{second}-1", " checked")]
    assert labels == [(f"{first}-1", "A b"), (f"{first}-2", "C"), (f"{second}-1", "D")]
    assert first != second
    assert "data-tabs" not in html


def test_no_form_field_comes_from_an_author() -> None:
    html = render('<label for="a">b</label><span class="tab-name">c</span><button>d</button>')
    assert html == '<p>b<span class="tab-name">c</span>d</p>'


def test_a_diagram_is_its_text_in_a_figure() -> None:
    html = render('```mermaid title="Пути"\ngraph TD; A-->"B"\n```', language="ru")
    assert html == (
        '<figure class="diagram"><pre tabindex="0"><code>graph TD; A--&gt;"B"</code></pre>'
        "<figcaption>Пути. Схема на\xa0языке Mermaid, показана её\xa0запись</figcaption></figure>"
    )


VARIABLES = [
    ("{{ run.starts }}", "run.starts", "первый день"),
    ("{{run.tutors}}", "run.tutors", "ведущие"),
    ("{{ day 5 18:00 }}", "day 5 18:00", "день 5 18:00"),
    ("{{ неделя 2 }}", "week 2", "неделя 2"),
]


@pytest.mark.parametrize(("text", "name", "words"), VARIABLES)
def test_variables_of_the_run(text: str, name: str, words: str) -> None:
    assert (
        render(f"a {text}.", language="ru") == f'<p>a <span class="run-value" data-value="{name}">{words}</span>.</p>'
    )
    assert render(f"`{text}`", language="ru") == f"<p><code>{text}</code></p>"
    assert render(f"![{text}](a.png)", language="ru") == f'<p><img alt="{words}" src="a.png" loading="lazy"></p>'
    assert render(f"$x_{{{text}}}$").count("run-value") == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a {{ run.start }}", ["1:3: There is no variable “run.start”, so it is shown as written. [variable-unknown]"]),
        ("{{tutors}}", ["1:1: There is no variable “tutors”, so it is shown as written. [variable-unknown]"]),
        ("{{1-2}} {{#include a}} `{{ x }}` {{ x {{", []),
    ],
)
def test_variables_nobody_knows(text: str, said: list[str]) -> None:
    assert problems(text) == said
    assert plain_text(render(text)) == text.replace("`", "")


def test_what_stands_for_a_variable_cannot_be_written() -> None:
    assert render("\ue002\ue100x\ue003 {{ run.title }}").count("run-value") == 1
    assert render('<span class="run-value" data-value="x">a</span>') == '<p><span class="run-value">a</span></p>'


DANGEROUS = [
    "<script>alert(1)</script>",
    "<ScRiPt src=//x.org/a.js></sCrIpT>",
    '<img src=x onerror="alert(1)">',
    "<a href='javascript:alert(1)'>a</a>",
    "[a](javascript:alert(1))",
    "[a](JaVaScRiPt:alert(1))",
    "[a](java\nscript:alert(1))",
    "[a](&#106;avascript:alert(1))",
    "<javascript:alert(1)>",
    "[a]: javascript:alert(1)\n\n[a]",
    "![a](data:text/html;base64,PHNjcmlwdD4=)",
    "<iframe src=https://x.org></iframe>",
    "<style>*{display:none}</style>",
    '<p style="position:fixed" onclick="x()">a</p>',
    "# A {onclick=alert(1) style=color:red}",
    "[a](b){onmouseover=alert(1)}",
    "<form action=/x><input type=password><button>b</button></form>",
    "<svg><script>alert(1)</script></svg>",
    "<math><annotation-xml encoding='text/html'><img src=x onerror=alert(1)></annotation-xml></math>",
    "<math><mi xlink:href='javascript:alert(1)'>x</mi></math>",
    "<math href='javascript:alert(1)'>x</math>",
    "$\\href{javascript:alert(1)}{x}$",
    "<base href=//x.org>",
    "<meta http-equiv=refresh content=0>",
    "<object data=x></object><embed src=x>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "`a` <b onfocus=alert(1) tabindex=0 autofocus>x</b>",
    "<!--><script>alert(1)</script>-->",
    "```<script>\n<script>alert(1)</script>\n```",
    '<a href="https://x.org" target="_blank" ping="https://y.org">a</a>',
    "<video src=javascript:alert(1) onloadstart=alert(1)></video>",
    "<div id=location name=cookie>x</div>",
]
TAG = re.compile(r"<([a-zA-Z][\w-]*)((?:\s+[^\s=>]+(?:=\"[^\"]*\")?)*)\s*>")
ATTRIBUTE = re.compile(r'\s+([^\s=>]+)(?:="([^"]*)")?')


def harmless(html: str) -> None:
    """Every tag and attribute of the page is one we know to be harmless; nothing that looks like a tag is left over."""
    allowed_tags = [
        "script",
        "style",
        "iframe",
        "object",
        "embed",
        "form",
        "input",
        "button",
        "svg",
        "base",
        "meta",
        "link",
        "template",
        "annotation-xml",
    ]
    seen = TAG.findall(html)
    assert len(re.findall(r"<[a-zA-Z!?]", html)) == len(seen)
    for tag, attributes in seen:
        assert tag.lower() not in allowed_tags
        for name, value in ATTRIBUTE.findall(attributes):
            assert not name.lower().startswith("on")
            assert name.lower() not in {
                "style",
                "srcdoc",
                "target",
                "ping",
                "formaction",
                "xlink:href",
                "name",
                "autofocus",
            }
            if name in {"href", "src", "poster", "cite"}:
                assert not re.match(r"\s*(?!https?:|mailto:|tel:)[a-zA-Z][\w+.-]*:", value)
            if name == "id":
                assert value.startswith("h-")


@pytest.mark.parametrize("text", DANGEROUS)
def test_dangerous_author_text(text: str) -> None:
    harmless(render(text))
    harmless(render(f"- a\n\n  > {text}\n\n| {text} |\n|---|\n| {text} |"))


@pytest.mark.parametrize("text", DANGEROUS)
def test_dangerous_learner_text(text: str) -> None:
    html = render_untrusted(text)
    harmless(html)
    assert re.findall(r"<img|<[^>]* id=", html) == []


@given(
    st.lists(
        st.sampled_from([*DANGEROUS, "<", ">", '"', "'", "`", "\n", "&lt;", "<b>", "</math>", "$", "\\", "| "])
    ).map("".join)
)
def test_dangerous_mixtures(text: str) -> None:
    harmless(render(text))
    harmless(render_untrusted(text))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Text\n- a", ["2:1: This looks like a list but is shown as plain text. [list-not-seen]"]),
        ("Text:\n1. a\n2. b", ["2:1: This looks like a list but is shown as plain text. [list-not-seen]"]),
        ("> Text\n> - a", ["2:3: This looks like a list but is shown as plain text. [list-not-seen]"]),
        ("- a\n- b\n\n1. c", []),
        ("- a\n\n  text\n  - b", []),
        ("In\n2026. Year", []),
        ("Text\n```\nx\n- a\n```", []),
        ("# A\n\n### B", ["3:1: The heading jumps from level 1 to level 3. [heading-skip]"]),
        ("A\n=\n\n### B", ["4:1: The heading jumps from level 1 to level 3. [heading-skip]"]),
        ("## A\n\n# B\n\n## C", []),
        ("a ![](b.png)", ["1:7: The picture b.png has no description for those who cannot see it. [alt-missing]"]),
        (
            "![](b.png)\n\n![](b.png)",
            [
                "1:5: The picture b.png has no description for those who cannot see it. [alt-missing]",
                "3:5: The picture b.png has no description for those who cannot see it. [alt-missing]",
            ],
        ),
        ("$\\frac{a$", ["1:2: The formula cannot be read. [math-broken]"]),
        ("a\n\n$\\nope{a}$", ["3:2: The formula cannot be read: “\\nopea” is not known. [math-broken]"]),
        (
            "$$\nx",
            ["1:1: A formula begins with $$ here and does not end before the next empty line. [math-unbalanced]"],
        ),
        ("a[^x]", ["1:2: There is no footnote “x”. [footnote-missing]"]),
        (
            "a\n<script>x</script>",
            ["2:1: The tag <script> is not allowed in a course and is left out with all it holds. [html-removed]"],
        ),
        ("a <font>x</font>", ["1:3: The tag <font> is not allowed in a course and is left out. [html-removed]"]),
        ("`<script>` `[^x]` `$$`\n\n    <iframe>", []),
        ("[a](javascript:b)", ["1:5: Links of the form “javascript:” are not allowed. [link-unsafe]"]),
    ],
)
def test_findings(text: str, said: list[str]) -> None:
    assert problems(text) == said


def test_findings_stand_where_the_text_begins() -> None:
    assert problems("Text\n- a", 40) == ["41:1: This looks like a list but is shown as plain text. [list-not-seen]"]


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("**a** <b>c</b>", "<p><strong>a</strong> &lt;b&gt;c&lt;/b&gt;</p>"),
        ("a\nb", "<p>a<br>\nb</p>"),
        ("# A", "<h4>A</h4>"),
        ("- a\n    - b", "<ul>\n<li>a<ul>\n<li>b</li>\n</ul>\n</li>\n</ul>"),
        ("[a](/courses/)", '<p><a href="/courses/" rel="nofollow noopener noreferrer">a</a></p>'),
        ("[a](ftp://x)", '<p><a rel="nofollow noopener noreferrer">a</a></p>'),
        ("![a](http://x/y.png)", "<p>![a](http://x/y.png)</p>"),
        ("a {: .b #c }", "<p>a {: .b #c }</p>"),
        ("a[^1]\n\n[^1]: b", '<p>a<a href="b" rel="nofollow noopener noreferrer">^1</a></p>'),
        ("", ""),
        ("\x00a\ue0001\ue001", "<p>a1</p>"),
    ],
)
def test_learner(text: str, html: str) -> None:
    assert render_untrusted(text) == html


def test_learner_text_has_a_limit() -> None:
    assert render_untrusted("я" * 50_000) == f"<p>{'я' * 50_000}</p>"
    with pytest.raises(TextTooLong) as caught:
        render_untrusted("я" * 50_001)
    assert (caught.value.length, caught.value.limit) == (50_001, 50_000)
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize("nest", [">", "- ", "[", "*", "(", "`", "<", "![", "1. ", "> - ", "|", "~~~\n", "**a", "&#"])
def test_a_wall_of_markup_comes_to_something(nest: str) -> None:
    harmless(render_untrusted(nest * (20_000 // len(nest))))
    harmless(render(nest * 2000))


@given(st.text(max_size=300))
def test_words_of_learners_are_kept(text: str) -> None:
    words = re.findall(r"[a-zа-я]{3,}", text)
    kept = plain_text(render_untrusted(text))
    assert [word for word in words if word not in kept] == []


def test_plain_text() -> None:
    assert plain_text("<h2>A</h2><p>b &amp; c<br>\nd</p>") == "A b & c d"
