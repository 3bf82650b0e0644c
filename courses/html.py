"""Markdown to HTML that may be shown: one way for authors' files, a narrower one for what learners write.

Both pass nh3; a last walk over its normalised output does what needs whole tags: links, pictures, ids, headings.
Python-Markdown keeps no source positions, so places of findings are looked up in the source text, code masked out.
This is one module because the steps share the order they must run in.
"""

from __future__ import annotations

import re
import threading
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from html import escape, unescape
from typing import Any, NamedTuple
from urllib.parse import unquote
from xml.etree.ElementTree import Element

import nh3
from latex2mathml.converter import convert as mathml
from markdown import Markdown
from markdown.extensions import Extension
from markdown.extensions.attr_list import AttrListTreeprocessor
from markdown.extensions.footnotes import FootnoteExtension
from markdown.inlinepatterns import InlineProcessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString
from pygments.style import Style, StyleMeta
from pymdownx.slugs import slugify

from courses import roles, tabs, variables
from courses.blocks import LinkResolver
from courses.callouts import TITLES, title_of
from courses.formulas import unpaired
from courses.inline import Inline
from courses.lists import STEP, even
from courses.problems import N_, Report
from courses.scan import marker, markers, masked, plain_fences, without_markers
from courses.text import UNTRUSTED_LIMIT
from courses.typography import typeset

ID_PREFIX = "h-"
"""Put before every id an author's text brings, so that none can take the place of one of the page's own."""


WORDS = {
    "en": {
        "table": "Table",
        "back": "Back to the text, note {}",
        "done": "done",
        "open": "not done",
        "diagram": "A diagram in the Mermaid language, shown as its text",
    },
    "ru": {
        "table": "Таблица",
        "back": "Назад к тексту, сноска {}",
        "done": "сделано",
        "open": "не сделано",
        "diagram": "Схема на языке Mermaid, показана её запись",
    },
}
"""Words the rendered page needs for those who cannot see it, by the language of the text."""

TermResolver = Callable[[str, str, str, int, int], "str | None"]
"""(term, words shown, an id for its note, line, column) -> the HTML of a term with its meaning, or None. Reports by itself."""


class Rendered(NamedTuple):
    """HTML and its headings as (level, id, text)."""

    html: str
    headings: tuple[tuple[int, str, str], ...]


class TextTooLong(ValueError):
    """A learner's text is longer than we keep: ``length`` and ``limit`` are in characters."""

    def __init__(self, length: int, limit: int) -> None:
        super().__init__(f"the text has {length} characters, at most {limit} are allowed")
        self.length = length
        self.limit = limit


_ADDRESS = re.compile(
    r"\]\(\s*<([^<>\n]*)>|\]\(\s*([^\s()<>]*(?:\([^\s()<>]*\)[^\s()<>]*)*)|\]:[ \t]*<?([^\s<>]+)"
    r"|\b(?:href|src|poster)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>\"']+))|<([A-Za-z][A-Za-z0-9+.-]*:[^\s<>]+)>"
)
"""An address as it is written: in a link or picture, a definition, a tag, or by itself."""

# -- where things stand in the source ---------------------------------------------------------------------------------


_LINE_END = re.compile("\n")


class Places:
    """Looks up where a piece of the output was written; the second time the same text is asked for, the next place."""

    def __init__(self, text: str, first_line: int) -> None:
        self.text = masked(text)
        self.raw = text
        self.first = first_line
        self._next: dict[str, int] = {}
        self._addresses: dict[str, list[int]] | None = None
        self._ends: list[int] | None = None

    def at(self, offset: int) -> tuple[int, int]:
        """Line and column of a character."""
        if self._ends is None:
            self._ends = [match.start() for match in _LINE_END.finditer(self.raw)]
        line = bisect_left(self._ends, offset)
        return self.first + line, offset - (self._ends[line - 1] + 1 if line else 0) + 1

    def find(self, *needles: str, inner: str = "") -> tuple[int, int]:
        """Line and column of the first of the spellings that is there (of ``inner`` in it); the first line if none."""
        for text in (self.text, self.raw):
            for needle in needles:
                if not needle:
                    continue
                found = text.find(needle, self._next.get(needle, 0))
                if found < 0:
                    found = text.find(needle)
                if found >= 0:
                    self._next[needle] = found + len(needle)
                    return self.at(found + max(needle.find(inner), 0))
        return self.first, 1

    def address(self, written: str) -> tuple[int, int]:
        """Line and column of the next link, picture or definition that leads to the address, in the order of the text."""
        if self._addresses is None:
            self._addresses = {}
            for match in _ADDRESS.finditer(self.text):
                self._addresses.setdefault(match[match.lastindex or 0], []).append(match.start(match.lastindex or 0))
            for places in self._addresses.values():
                places.reverse()
        places = self._addresses.get(written) or self._addresses.get(unquote(written)) or []
        if not places:
            return self.find(written, unquote(written))
        return self.at(places.pop() if len(places) > 1 else places[0])


# -- sanitising -------------------------------------------------------------------------------------------------------

_MATHML = {
    "math", "mrow", "mi", "mn", "mo", "ms", "mtext", "mspace", "mfrac", "msqrt", "mroot", "mstyle", "msub", "msup",
    "msubsup", "munder", "mover", "munderover", "mmultiscripts", "mprescripts", "none", "mtable", "mtr", "mtd",
    "mpadded", "mphantom", "menclose",
}  # fmt: skip
_MATHML_ATTRIBUTES = {
    "display", "mathvariant", "stretchy", "fence", "separator", "form", "lspace", "rspace", "accent", "accentunder",
    "minsize", "maxsize", "movablelimits", "largeop", "linethickness", "displaystyle", "scriptlevel", "columnalign",
    "rowspacing", "columnspacing", "rowlines", "columnlines", "notation", "width", "height", "depth", "alttext",
    "mathsize", "mathcolor", "mathbackground", "symmetric",
}  # fmt: skip
_INLINE = {
    "a", "abbr", "b", "bdi", "bdo", "br", "cite", "code", "del", "dfn", "em", "i", "ins", "kbd", "mark", "q", "rp",
    "rt", "ruby", "s", "samp", "small", "span", "strong", "sub", "sup", "time", "u", "var", "wbr",
}  # fmt: skip
_FLOW = {
    "blockquote", "dd", "div", "dl", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "table",
    "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
}  # fmt: skip
_AUTHOR_TAGS = (
    _MATHML
    | _INLINE
    | _FLOW
    | {"address", "article", "aside", "audio", "caption", "center", "col", "colgroup", "details", "figcaption"}
    | {"figure", "img", "input", "section", "source", "summary", "track", "video"}
)
_AUTHOR_ATTRIBUTES: dict[str, set[str]] = {
    "*": {"class", "id", "lang", "dir", "title"},
    "a": {"href", "hreflang", "name"},
    "audio": {"src", "controls", "preload"},
    "blockquote": {"cite"},
    "col": {"span"},
    "colgroup": {"span"},
    "details": {"open"},
    "img": {"src", "alt", "width", "height"},
    "input": {"checked"},
    "li": {"value"},
    "ol": {"start", "reversed", "type"},
    "source": {"src", "type"},
    "td": {"colspan", "rowspan", "align"},
    "th": {"colspan", "rowspan", "scope", "align"},
    "time": {"datetime"},
    "track": {"src", "kind", "srclang", "label", "default"},
    "video": {"src", "controls", "preload", "width", "height", "poster"},
} | dict.fromkeys(_MATHML, _MATHML_ATTRIBUTES)
_UNTRUSTED_TAGS = _INLINE | _FLOW
_UNTRUSTED_ATTRIBUTES: dict[str, set[str]] = {
    "a": {"href", "title"},
    "ol": {"start"},
    "td": {"align"},
    "th": {"align"},
    "div": {"class"},
    "span": {"class"},
    "code": {"class"},
}
_SCHEMES = {"http", "https", "mailto", "tel"}
_DROPPED = {"script", "style", "iframe", "object", "embed", "template", "noscript", "title"}
_CLASS = re.compile(r"[\w-]+")


@lru_cache(maxsize=8)
def _cleaner(schemes: frozenset[str]) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=_AUTHOR_TAGS,
        clean_content_tags=_DROPPED,
        attributes=_AUTHOR_ATTRIBUTES,
        tag_attribute_values={"input": {"type": {"checkbox"}}},
        link_rel=None,
        url_schemes=set(_SCHEMES | schemes),
    )


@lru_cache(maxsize=1)
def _untrusted_cleaner() -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=_UNTRUSTED_TAGS,
        clean_content_tags=_DROPPED,
        attributes=_UNTRUSTED_ATTRIBUTES,
        link_rel="nofollow noopener noreferrer",
        url_schemes={"http", "https", "mailto"},
    )


# -- the two Markdowns ------------------------------------------------------------------------------------------------


class _KeepCaption(Treeprocessor):
    """``![caption](picture){alt="description"}``: the words in brackets become the caption instead of getting lost."""

    def run(self, root: Element) -> None:
        for image in root.iter("img"):
            words = image.get("alt", "")
            if words and not image.get("title") and re.match(r"\s*\{:?[^{}]*\balt\s*=", image.tail or ""):
                image.set("title", words)


class _StrictAttributes(AttrListTreeprocessor):
    """Attribute lists begin with a colon, a dot, a hash or ``key=``; other words in braces are text and stay text.

    The type stubs call these patterns final; the library itself reads them from the class.
    """

    BASE_RE = r"\{(?:\:[ ]*(?=[^\}\n ])|[ ]*(?=[.#]|[\w-]+=))([^\}\n][^\n]*)\}"  # type: ignore[misc]
    HEADER_RE = re.compile(rf"[ ]+{BASE_RE}[ ]*$")  # type: ignore[misc]
    BLOCK_RE = re.compile(rf"\n[ ]*{BASE_RE}[ ]*$")  # type: ignore[misc]
    INLINE_RE = re.compile(rf"^{BASE_RE}")  # type: ignore[misc]


class _InlineDollars(InlineProcessor):
    """``$$x$$`` in the middle of a sentence is a formula too; the extension knows it only as a paragraph of its own."""

    def handleMatch(self, m: re.Match[str], data: str) -> tuple[Element, int, int]:  # type: ignore[override]
        formula = Element("span", {"class": "arithmatex"})
        formula.text = AtomicString(f"\\({m[1]}\\)")
        return formula, m.start(0), m.end(0)


class _Titles(Treeprocessor):
    """Callouts that Markdown titled by their kind, in English, are titled in the language of the text."""

    def __init__(self, md: Markdown, language: str) -> None:
        super().__init__(md)
        self.language = language

    def run(self, root: Element) -> None:
        for holder in root.iter():
            kinds = holder.get("class", "").split()
            title = holder.find("*") if holder.tag == "details" or "admonition" in kinds else None
            if title is None or (title.tag != "summary" and "admonition-title" not in title.get("class", "").split()):
                continue
            kind = next((kind for kind in kinds if kind in TITLES["en"]), "")
            if kind and not len(title) and (title.text or "").strip().lower() == kind:
                title.text = title_of(kind, self.language)


def diagram(source: str, title: str, language: str) -> str:
    """A diagram in a language that only a script could draw: its text in a figure that says what it is."""
    says = WORDS.get(language.split("-")[0], WORDS["en"])["diagram"]
    caption = escape(f"{title}. {says}" if title else says)
    return (
        f'<figure class="diagram"><pre><code>{escape(source)}</code></pre><figcaption>{caption}</figcaption></figure>'
    )


def _diagram_title(language: str, inputs: dict[str, str], options: dict[str, str], attrs: object, md: Markdown) -> bool:
    options["title"] = str(inputs.get("title", ""))
    return True


def _diagram_fences(spoken: str) -> list[dict[str, object]]:
    def drawn(source: str, language: str, name: str, options: dict[str, str], md: Markdown, **more: object) -> str:
        return diagram(source, options.get("title", ""), spoken)

    return [{"name": "mermaid", "class": "diagram", "format": drawn, "validator": _diagram_title}]


class _Colourless(StyleMeta):
    def __iter__(cls) -> Iterator[Any]:
        return iter(())


class _Classes(Style, metaclass=_Colourless):
    """Code gets its colours from the page's stylesheet, by class: no formatter need compose one of its own for each piece."""


class _Gentle(Extension):
    """Takes the place of what would lose an author's words, and adds what Markdown lacks."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self.language = language

    def extendMarkdown(self, md: Markdown) -> None:
        roles.register(md)
        md.treeprocessors.register(Inline(md), "inline", 20)
        md.treeprocessors.register(_Titles(md, self.language), "callout-titles", 3)
        md.treeprocessors.register(tabs.Labels(md), "tab-labels", 2)
        md.treeprocessors.register(_StrictAttributes(md), "attr_list", 8)
        # before single dollars (189.9), after code in back-ticks (190)
        md.inlinePatterns.register(_InlineDollars(r"(?<!\\)\$\$([^$\n]+)\$\$", md), "inline-dollars", 189.95)
        # after links and pictures are made (20), before attribute lists are read (8)
        md.treeprocessors.register(_KeepCaption(md), "captions", 15)


class _Footnotes(FootnoteExtension):
    """Counts how often a footnote was referred to, where the original tries one name after the other."""

    def unique_ref(self, reference: str, found: bool = False) -> str:
        if not found:
            return reference
        number = self.found_refs[reference] = self.found_refs.get(reference, 0) + 1
        before, sign, name = reference.partition(self.get_separator())
        return reference if number == 1 else f"{before}{number}{sign}{name}"


_kept = threading.local()  # Markdown instances hold state while they convert: one set per thread


EXTENSIONS = (
    "tables", "footnotes", "admonition", "def_list", "attr_list", "abbr", "md_in_html", "toc", "mdx_truly_sane_lists",
    "pymdownx.highlight", "pymdownx.superfences", "pymdownx.details", "pymdownx.tasklist", "pymdownx.arithmatex",
    "pymdownx.quotes", "pymdownx.tabbed",
)  # fmt: skip
"""What authors' Markdown knows that is not our own."""


def extension_configs(language: str) -> dict[str, dict[str, Any]]:
    """The options of ``EXTENSIONS`` for texts in a language of ``WORDS``."""
    return {
        "pymdownx.quotes": {"callouts": True},
        "pymdownx.superfences": {"custom_fences": _diagram_fences(language)},
        "footnotes": {"BACKLINK_TITLE": WORDS[language]["back"]},
        "toc": {"slugify": slugify(case="lower"), "anchorlink": False, "permalink": False},
        "mdx_truly_sane_lists": {"nested_indent": STEP, "truly_sane": False},
        "pymdownx.highlight": {
            "guess_lang": False,
            "use_pygments": True,
            "pygments_style": _Classes,
            "pygments_lang_class": True,
        },
        # not \\( … \\): exporters of other systems escape every bracket so
        "pymdownx.arithmatex": {
            "generic": True,
            "inline_syntax": ["dollar"],
            "block_syntax": ["dollar", "begin"],
        },
    }


def _author_markdown(language: str) -> Markdown:
    made: dict[str, Markdown] = _kept.__dict__.setdefault("author", {})
    if language not in made:
        configs = extension_configs(language)
        made[language] = Markdown(
            extensions=[_Footnotes(**configs["footnotes"]) if name == "footnotes" else name for name in EXTENSIONS]
            + [_Gentle(language)],
            extension_configs={name: config for name, config in configs.items() if name != "footnotes"},
        )
    return made[language]


def _untrusted_markdown() -> Markdown:
    if not hasattr(_kept, "untrusted"):
        md = Markdown(
            extensions=["tables", "nl2br", "mdx_truly_sane_lists", "pymdownx.highlight", "pymdownx.superfences"],
            extension_configs={
                "mdx_truly_sane_lists": {"nested_indent": STEP, "truly_sane": False},
                "pymdownx.highlight": {"guess_lang": False, "use_pygments": True, "pygments_style": _Classes},
            },
        )
        md.preprocessors.deregister("html_block")
        md.inlinePatterns.deregister("html")
        for pattern in ("image_link", "image_reference", "short_image_ref"):
            md.inlinePatterns.deregister(pattern)
        _kept.untrusted = md
    markdown: Markdown = _kept.untrusted
    return markdown


# -- authors' text ----------------------------------------------------------------------------------------------------

# of the sanitiser's output only what `_tag` changes: tags with attributes, and a few without
_TAG = re.compile(
    r'<(?!span class="[\w -]*">)(?=/table>|[A-Za-z][\w-]*\s|(?:img|input|pre|table)>)'
    r'(/?)([A-Za-z][\w-]*)((?:\s+[^\s"\'>/=]+(?:="[^"]*")?)*)\s*/?>'
)
_ATTRIBUTE = re.compile(r'\s+([^\s"\'>/=]+)(?:="([^"]*)")?')
# but for those Markdown writes most, in which nothing can be wrong
_RAW_TAG = re.compile(
    r"<(?!(?:p|li|code|em|strong|td|th|tr|span class=\"[\w -]*\")>)([A-Za-z][\w:-]*)((?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>"
)
_RAW_LINK = re.compile(r"\b(?:href|src)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+))", re.I)
_MATH = re.compile(r'<(span|div) class="arithmatex">\s*\\[(\[](.*?)\\[)\]]\s*</\1>', re.DOTALL)
_HEADING = re.compile(r"<h([1-6])((?:\s[^>]*)?)>(.*?)</h\1>", re.DOTALL)
_NOTES = re.compile(r'<sup\b.*?</sup>|<span class="term-note".*?</span>', re.DOTALL)
_FIGURE = re.compile(r'<p>\s*(<img\b[^>]*? title="([^"]*)"[^>]*>)\s*</p>')
_SCHEME = re.compile(r"^\s*([A-Za-z][A-Za-z0-9+.-]*):")


@dataclass
class _Job:
    report: Report
    places: Places
    words: dict[str, str]
    links: LinkResolver | None
    prefix: str
    top: int
    language: str = "en"
    terms: TermResolver | None = None
    anchors: frozenset[str] = frozenset()
    tables: int = 0
    marks: tuple[roles.Mark, ...] = ()


def render(text: str, *, path: str = "", line: int = 1, report: Report | None = None, language: str = "en") -> str:
    """Sanitised HTML of an author's Markdown whose first line is ``line`` of ``path``; findings go to the report.

    Directives are not read here, links are left as written: ``load`` does both. Never raises for any text.
    """
    return render_page(without_markers(text), line=line, report=report or Report(path), language=language).html


def render_page(
    text: str,
    *,
    line: int,
    report: Report,
    language: str = "en",
    links: LinkResolver | None = None,
    schemes: frozenset[str] = frozenset(),
    prefix: str = "",
    top: int = 2,
    source: str | None = None,
    anchors: frozenset[str] = frozenset(),
    terms: TermResolver | None = None,
) -> Rendered:
    """Render Markdown that may hold directive markers, which stay in the HTML.

    ``source`` is the text as written, for places (``text`` may have gained lines with its markers); ``schemes`` are
    further link schemes for ``links`` to resolve; ``prefix`` keeps ids of several texts on a page apart; the highest
    heading becomes ``top`` (0: they stay as written, for ``headings`` to see to); ``anchors`` are ids on the page that are
    not the text's own, so links to them stay; ``terms`` knows the glossary.
    """
    spoken = language.split("-")[0]
    words = WORDS.get(spoken, WORDS["en"])
    places = Places(source if source is not None else text, line)
    job = _Job(report, places, words, links, ID_PREFIX + prefix, top, spoken, terms, anchors)
    _lint(job)
    raw = _convert(even(plain_fences(text)), _author_markdown(spoken if spoken in WORDS else "en"), job)
    raw = _MATH.sub(lambda match: _formula(match, job), raw)
    _lint_raw(raw, schemes, job)
    html = _cleaner(schemes).clean(raw)
    html = _TAG.sub(lambda match: _tag(match, job), html)
    html = _FIGURE.sub(lambda match: f"<figure>{match[1]}<figcaption>{match[2]}</figcaption></figure>", html)
    html = tabs.buttons(html, report.path, f"{prefix}{line}")
    html = typeset(html, spoken)
    if job.marks:
        html = roles.MARK.sub(lambda match: _marked(roles.number_of(match), job), html)
    return headings(html, top)


def _marked(number: int, job: _Job) -> str:
    """The HTML of a term or a variable; what is not known is reported and stays as it was written."""
    mark = job.marks[number]
    if mark.kind == "value":
        name = variables.known(mark.name)
        if name:
            return variables.span(name, job.language)
        line, column = job.places.find(mark.written)
        close = variables.close_to(mark.name)
        job.report.warn(
            line,
            column,
            "variable-unknown",
            N_("There is no variable “{name}”, so it is shown as written."),
            hint=N_("Did you mean {{{{ {close} }}}}? Known are: {known} and days such as “day 5”.")
            if close
            else N_("Known are: {known} and days such as “day 5”. To show double braces, put them in back-ticks."),
            name=mark.name,
            close=close,
            known=", ".join(variables.KNOWN),
        )
        return escape(mark.written)
    html = None
    if job.terms is not None:
        html = job.terms(mark.name, mark.shown, f"{job.prefix}note-{number}", *job.places.find(mark.written))
    return html if html is not None else escape(mark.shown)


_SEGMENT = re.compile(r"\n[ \t>]*(?:\n|(?=[-*+][ ]|\d+[.)][ ]|\|))")
_BLOCK_SIGN = re.compile(r"^[ \t>]*(?:#|=+[ ]*$|-+[ ]*$|~~~|```|:::)", re.M)
_EMPTY_LINE = re.compile(r"\n[ \t]*\n")
_NESTED = 40
_NESTED_SIGNS = re.compile(rf"(?:(?:\d+[.)]|[-*+])[ ]+|>[ ]*){{{_NESTED}}}")
_NESTED_PERHAPS = re.compile(
    rf"[-*+>.)][ ]*(?:(?:\d+[.)]|[-*+])[ ]+|>[ ]*){{{_NESTED - 1}}}"
)  # the same, found ten times faster


def _bearable(text: str, effort: int = 1) -> bool:
    """Whether Markdown will be done with the text in a second times ``effort``.

    It looks for the end of every bracket and heading anew, so the time grows with the square of what one paragraph
    holds: a page of brackets would take minutes. Texts people write stay far below these bounds.
    """
    # counted roughly first: nearly every text is far below
    if (text.count("[") + text.count("<")) * len(text) > 2_000_000 * effort:
        brackets = sum((part.count("[") + part.count("<")) * len(part) for part in _SEGMENT.split(text))
        if brackets > 2_000_000 * effort:
            return False
    lines = text.count("\n") + 1
    if lines * len(text) > 10_000_000 * effort:
        signs = sum(len(_BLOCK_SIGN.findall(part)) * len(part) for part in _EMPTY_LINE.split(text))
        if signs > 10_000_000 * effort:
            return False
    return not (_NESTED_PERHAPS.search(text) and _NESTED_SIGNS.search(text))


def _convert(text: str, md: Markdown, job: _Job) -> str:
    try:
        if not _bearable(text, 20):
            raise OverflowError
        html = md.reset().convert(text)
        job.marks = roles.marks_of(md)
        return html
    except Exception as error:
        _kept.__dict__.clear()  # a parser that failed half-way remembers where it was: never use it again
        # any text must come to something; Markdown's bugs are not the author's
        job.report.add(
            job.places.first,
            1,
            "markdown-failed",
            N_("This text cannot be rendered ({error}), so it is shown as written."),
            hint=N_("Look for markup nested very deeply."),
            error=type(error).__name__,
        )
        kept = "\n\n".join(f"<p>{marker(number)}</p>" for number in markers(text))
        return f"<pre>{escape(without_markers(text))}</pre>{kept}"


def _formula(match: re.Match[str], job: _Job) -> str:
    tex = unescape(match[2]).strip()
    display = "block" if match[1] == "div" else "inline"
    try:
        result = mathml(tex, display=display)
    except Exception:  # the converter raises whatever its parser meets
        result = ""
    left = re.search(r"\\[A-Za-z]+", re.sub(r"<[^>]*>", "", result))
    if left or not result or not _balanced(tex):
        line, column = job.places.find(tex)
        job.report.warn(
            line,
            column,
            "math-broken",
            N_("The formula cannot be read: “{what}” is not known.") if left else N_("The formula cannot be read."),
            hint=N_("Check the braces and the names of the commands."),
            what=left[0] if left else "",
        )
    if not result:
        return f"<code>{escape(tex)}</code>"
    return result.replace("<math ", f'<math alttext="{escape(tex)}" ', 1)


def _balanced(tex: str) -> bool:
    depth = 0
    for sign in re.sub(r"\\[{}\\]", "", tex):
        depth += (sign == "{") - (sign == "}")
        if depth < 0:
            return False
    return depth == 0


def _lint_raw(raw: str, schemes: frozenset[str], job: _Job) -> None:
    for match in _RAW_TAG.finditer(raw):
        tag = match[1].lower()
        if tag not in _AUTHOR_TAGS:
            line, column = job.places.find(f"<{match[1]}")
            job.report.warn(
                line,
                column,
                "html-removed",
                N_("The tag <{tag}> is not allowed in a course and is left out.")
                if tag not in _DROPPED
                else N_("The tag <{tag}> is not allowed in a course and is left out with all it holds."),
                tag=match[1],
            )
        for link in _RAW_LINK.finditer(match[2]) if "=" in match[2] else ():
            address = unescape(link[1] or link[2] or link[3] or "")
            scheme = _SCHEME.match(re.sub(r"[\x00-\x20]", "", address))
            if scheme and scheme[1].lower() not in _SCHEMES | schemes:
                line, column = job.places.find(address, scheme[0])
                job.report.add(
                    line,
                    column,
                    "link-unsafe",
                    N_("Links of the form “{scheme}:” are not allowed."),
                    hint=N_("Link to http(s), mailto or tel, or to a file of the course."),
                    scheme=scheme[1],
                )


def _tag(match: re.Match[str], job: _Job) -> str:
    closing, tag = match[1], match[2]
    if closing:
        return f"</{tag}></div>" if tag == "table" else f"</{tag}>"
    attributes = {name: unescape(value) for name, value in _ATTRIBUTE.findall(match[3])}
    if job.marks:  # an attribute holds plain words
        attributes = {
            name: roles.MARK.sub(lambda found: _plainly(job.marks[roles.number_of(found)], job), value)
            for name, value in attributes.items()
        }
    if "name" in attributes:  # how places were marked before there were ids, and still are on GitHub
        attributes.setdefault("id", attributes.pop("name"))
        attributes.pop("name", None)
    if "id" in attributes:
        attributes["id"] = job.prefix + "-".join(attributes["id"].split())
    place = None
    for name in ("href", "poster", "src"):
        if name in attributes:
            place = _link(attributes, name, tag, job)
    before = ""
    if tag == "img":
        if not attributes.get("alt", "").strip() and "data-written" in attributes:
            _alt_missing(attributes["data-written"], place, job)
        attributes.setdefault("alt", "")
        attributes["loading"] = "lazy"
    elif tag == "input":
        done = "checked" in attributes
        word = escape(job.words["done" if done else "open"])
        return f'<span class="task" role="img" aria-label="{word}">{"☑" if done else "☐"}</span>'
    elif tag == "pre":
        attributes["tabindex"] = "0"  # long lines scroll: the keyboard must reach them
    elif tag == "table":
        job.tables += 1
        label = escape(f"{job.words['table']} {job.tables}")
        before = f'<div class="table-scroll" tabindex="0" role="region" aria-label="{label}">'
    attributes.pop("data-written", None)
    return before + _spelled(tag, attributes)


def _plainly(mark: roles.Mark, job: _Job) -> str:
    if mark.kind != "value":
        return mark.shown
    name = variables.known(mark.name)
    return variables.words(name, job.language) if name else mark.written


def _spelled(tag: str, attributes: dict[str, str]) -> str:
    return "<" + tag + "".join(f' {name}="{escape(value)}"' for name, value in attributes.items()) + ">"


def _alt_missing(written: str, place: tuple[int, int] | None, job: _Job) -> None:
    line, column = place or job.places.address(written)
    job.report.warn(
        line,
        column,
        "alt-missing",
        N_("The picture {src} has no description for those who cannot see it."),
        hint=N_("Write it between the square brackets: ![what is shown]({src})"),
        src=written,
    )


def _link(attributes: dict[str, str], name: str, tag: str, job: _Job) -> tuple[int, int] | None:
    """Put the address to publish in the place of the one that is written; gives where that is, if it was looked up."""
    address = attributes[name].strip()
    attributes["data-written"] = address
    if address.startswith("#"):
        anchor = unquote(address[1:])
        if anchor and anchor not in job.anchors and not anchor.startswith(job.prefix):
            anchor = job.prefix + anchor
        attributes[name] = "#" + anchor
        return None
    place = None
    if job.links is not None:
        line, column = place = job.places.address(address)
        resolved = job.links(address, tag, line, column)
        if resolved is None:
            del attributes[name]
            return place
        attributes[name] = address = resolved
    if name == "href" and re.match(r"(https?:)?//", address):
        attributes["rel"] = "noopener"
    return place


def headings(html: str, top: int) -> Rendered:
    """HTML whose highest heading is moved to ``top``, and its headings; with 0 they stay as they are and none is given."""
    if not top:
        return Rendered(html, ())
    levels = [int(match[1]) for match in _HEADING.finditer(html)]
    shift = top - min(levels) if levels else 0
    found: list[tuple[int, str, str]] = []

    def moved(match: re.Match[str]) -> str:
        level = min(max(int(match[1]) + shift, 2), 6)
        id = re.search(r' id="([^"]*)"', match[2])
        without_notes = _NOTES.sub("", match[3])
        words = " ".join(unescape(re.sub(r"<[^>]*>", "", without_notes)).split())
        if id and words:
            found.append((level, unescape(id[1]), words))
        return f"<h{level}{match[2]}>{match[3]}</h{level}>"

    return Rendered(_HEADING.sub(moved, html), tuple(found))


# -- what only the source shows ---------------------------------------------------------------------------------------

_LIST_ITEM = re.compile(r"^ {0,3}(?:[-*+]|1[.)])[ \t]+\S")
_PLAIN_START = re.compile(r"^ {0,3}(?![-*+][ \t]|\d+[.)][ \t]|#|>|\||=|:|<|\[|!!!|\?\?\?|~~~|```|\ue000)\S")
_QUOTE_SIGNS = re.compile(r"^ {0,3}(?:>[ ]?)+")


_ATX = re.compile(r"(#{1,6})[^#]")
_UNDERLINE = re.compile(r"=+[ ]*|-+[ ]*")
_HEADING_SIGNS = frozenset("#=-")


def _lint(job: _Job) -> None:
    lines = job.places.text.split("\n")
    raw = job.places.raw.split("\n")
    _lint_headings(lines, job)
    before = ""
    paragraph = False
    for place, line in enumerate(lines):
        quoted = _QUOTE_SIGNS.match(line) if ">" in line else None
        text = line[quoted.end() :] if quoted else line
        if paragraph and _LIST_ITEM.match(text) and _PLAIN_START.match(before):
            job.report.warn(
                job.places.first + place,
                len(line) - len(text.lstrip()) + 1,
                "list-not-seen",
                N_("This looks like a list but is shown as plain text."),
                hint=N_("Leave an empty line above it."),
            )
        if not (raw[place] if not quoted else text).strip():
            paragraph = False
        elif not paragraph:
            # only a paragraph that begins at the margin, not one inside a list item or a table
            paragraph = bool(_PLAIN_START.match(text)) and not _within_list(raw, place)
        before = text
    _lint_signs(lines, job)


def _within_list(lines: list[str], place: int) -> bool:
    return lines[place].startswith("  ") and any(
        re.match(r"\s*([-*+]|\d+\.)\s", line) for line in lines[max(place - 20, 0) : place]
    )


def _sections(lines: list[str]) -> Iterator[tuple[int, int]]:
    """(index, level) of every heading written with # or underlined."""
    for place, text in enumerate(lines):
        if text[:1] not in _HEADING_SIGNS:
            continue
        atx = _ATX.match(text + " ")
        if atx and text.strip("# "):
            yield place, len(atx[1])
        elif place and _UNDERLINE.fullmatch(text):
            above, before = lines[place - 1].strip(), lines[place - 2].strip() if place > 1 else ""
            if above and not before and "|" not in above:
                yield place - 1, 1 if text[0] == "=" else 2


def _lint_headings(lines: list[str], job: _Job) -> None:
    found = list(_sections(lines))
    top = min((level for _place, level in found), default=1)
    last = 0
    for place, level in found:
        wanted = last + 1 if last else top
        if level > (wanted if last else top + 1):
            job.report.warn(
                job.places.first + place,
                1,
                "heading-skip",
                N_("The heading jumps from level {before} to level {level}.")
                if last
                else N_("The first heading is of level {level}, though higher ones follow."),
                hint=N_("People who listen to a page find their way by headings: use {signs} here."),
                before=last,
                level=level,
                signs="#" * wanted,
            )
        last = level


_ALMOST_FOOTNOTE = re.compile(r"^ {0,3}(?:\[\^([^\]\s:]+)(?:\]|:)[ \t]|(?:\[|\^)([^\]\s:]+)\]:)", re.M)


def _lint_signs(lines: list[str], job: _Job) -> None:
    text = "\n".join(lines)
    defined = {match[1] for match in re.finditer(r"^ {0,3}\[\^([^\]]+)\]:", text, re.M)}
    almosts = {match[1] or match[2]: match.start() for match in _ALMOST_FOOTNOTE.finditer(text)}
    for match in re.finditer(r"\[\^([^\]\s]+)\](?!:)", text):
        if match[1] not in defined:
            almost = almosts.get(match[1])
            line, column = job.places.at(match.start() if almost is None else almost)
            job.report.warn(
                line,
                column,
                "footnote-missing",
                N_("There is no footnote “{name}”.")
                if almost is None
                else N_("This looks like the footnote “{name}”, but is not written like one."),
                hint=N_("Add a line such as [^{name}]: text of the footnote"),
                name=match[1],
            )
    for sign in unpaired(text):
        line, column = job.places.at(sign.offset)
        job.report.warn(line, column, "math-unbalanced", sign.text, hint=sign.hint, name=sign.name)


# -- learners' text ---------------------------------------------------------------------------------------------------


def render_untrusted(text: str, *, limit: int = UNTRUSTED_LIMIT) -> str:
    """Safe HTML of what a learner wrote: no raw HTML (it is shown as text), no pictures, no ids, checked links.

    Raises ``TextTooLong`` above ``limit`` characters; never anything else.
    """
    if len(text) > limit:
        raise TextTooLong(len(text), limit)
    text = re.sub(r"[\x00-\x08\x0b-\x1f\x7f\ue000\ue001]", "", text.replace("\r\n", "\n").replace("\r", "\n"))
    try:
        if not _bearable(text):
            raise OverflowError
        raw = _untrusted_markdown().reset().convert(even(text))
    except Exception:  # nothing a person types may break the page
        _kept.__dict__.clear()
        raw = f"<p>{escape(text)}</p>"
    html = _untrusted_cleaner().clean(raw)

    def lowered(match: re.Match[str]) -> str:
        level = min(int(match[1]) + 3, 6)  # a post stands below the page's own headings
        return f"<h{level}>{match[3]}</h{level}>"

    return _HEADING.sub(lowered, html).replace("<pre>", '<pre tabindex="0">').replace("<p></p>", "")


def plain_text(html: str) -> str:
    """The words of rendered HTML, one space between them: for search and summaries."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())
