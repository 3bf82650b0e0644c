"""HTML as a tree, and the tree as HTML or as XHTML.

nh3 reads the text as a browser does and writes it in one normal form: every element closed, every value in quotes. What it
writes the standard library reads back without guessing. What is no part of a book (forms, players of others) is left out on
the way, its words stay.
"""

from collections.abc import Iterator
from functools import lru_cache
from html import escape
from html.parser import HTMLParser
from xml.etree.ElementTree import Element, SubElement

import nh3

MATHML = "http://www.w3.org/1998/Math/MathML"
SVG = "http://www.w3.org/2000/svg"
XHTML = "http://www.w3.org/1999/xhtml"
OPS = "http://www.idpf.org/2007/ops"


def names(text: str) -> frozenset[str]:
    """The names of a list with spaces between them."""
    return frozenset(text.split())


VOID = names("br col hr img source track wbr")
MATHML_TAGS = names(
    "math mrow mi mn mo ms mtext mspace mfrac msqrt mroot mstyle msub msup msubsup munder mover munderover mmultiscripts"
    " mprescripts none mtable mtr mtd mpadded mphantom menclose"
)
SVG_TAGS = names(
    "svg g path rect circle ellipse line polyline polygon text tspan defs linearGradient radialGradient stop marker clipPath"
    " pattern symbol desc"
)
_TAGS = (
    MATHML_TAGS
    | SVG_TAGS
    | names(
        "a abbr address article aside audio b bdi bdo blockquote br caption center cite code col colgroup dd del details dfn div dl"
        " dt em figcaption figure h1 h2 h3 h4 h5 h6 hr i img ins kbd label li mark ol p pre q rp rt ruby s samp section small source"
        " span strong sub summary sup table tbody td tfoot th thead time tr track u ul var video wbr"
    )
)
_MATHML_ATTRIBUTES = names(
    "display mathvariant stretchy fence separator form lspace rspace accent accentunder minsize maxsize movablelimits largeop"
    " linethickness displaystyle scriptlevel columnalign rowspacing columnspacing rowlines columnlines notation width height"
    " depth alttext mathsize mathcolor mathbackground symmetric"
)
_SVG_ATTRIBUTES = names(
    "viewBox preserveAspectRatio width height x y x1 y1 x2 y2 cx cy r rx ry d points transform fill stroke stroke-width"
    " stroke-linecap stroke-linejoin stroke-dasharray fill-opacity stroke-opacity opacity fill-rule font-size font-weight"
    " font-family text-anchor dominant-baseline offset stop-color gradientUnits gradientTransform markerWidth markerHeight refX"
    " refY orient marker-start marker-end clip-path dx dy"
)
_CASED = {name.lower(): name for name in SVG_TAGS | _SVG_ATTRIBUTES if name != name.lower()}
_ATTRIBUTES: dict[str, frozenset[str]] = {
    "*": names("class id lang dir title role tabindex"),
    "a": names("href hreflang"),
    "audio": names("src"),
    "blockquote": names("cite"),
    "col": names("span"),
    "colgroup": names("span"),
    "details": names("open"),
    "img": names("src alt width height"),
    "li": names("value"),
    "ol": names("start reversed type"),
    "source": names("src"),
    "td": names("colspan rowspan headers align"),
    "th": names("colspan rowspan headers align scope"),
    "time": names("datetime"),
    "video": names("src"),
    **dict.fromkeys(MATHML_TAGS, _MATHML_ATTRIBUTES),
    **dict.fromkeys(SVG_TAGS, _SVG_ATTRIBUTES),
}
_GONE = names("script style iframe object embed template noscript title select textarea button")


@lru_cache(maxsize=1)
def _cleaner() -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=set(_TAGS),
        clean_content_tags=set(_GONE),
        attributes={tag: set(found) for tag, found in _ATTRIBUTES.items()},
        generic_attribute_prefixes={"aria-"},
        link_rel=None,
        url_schemes={"http", "https", "mailto", "tel", "data"},
    )


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("div")
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        made = SubElement(
            self.open[-1], _CASED.get(tag, tag), {_CASED.get(name, name): value or "" for name, value in attrs}
        )
        if tag not in VOID:
            self.open.append(made)

    def handle_endtag(self, tag: str) -> None:
        if len(self.open) > 1:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        here = self.open[-1]
        if len(here):
            here[-1].tail = (here[-1].tail or "") + data
        else:
            here.text = (here.text or "") + data


def parse(html: str) -> Element:
    """The text as a tree below a `div`: tags and attributes as HTML spells them, without namespaces."""
    builder = _Builder()
    builder.feed(_cleaner().clean(html))
    builder.close()
    return builder.root


_NOT_XML = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF, *range(0xD800, 0xE000)])


def inner(root: Element, *, xml: bool = False) -> str:
    """What the element holds, as HTML or, with `xml`, as XHTML without the namespace of its own elements."""
    return "".join(_pieces(root, xml))


def outer(root: Element, *, xml: bool = False) -> str:
    """The element itself."""
    return "".join(_element(root, xml))


def _pieces(element: Element, xml: bool) -> Iterator[str]:
    if element.text:
        yield _words(element.text)
    for child in element:
        yield from _element(child, xml)
        if child.tail:
            yield _words(child.tail)


def _element(element: Element, xml: bool) -> Iterator[str]:
    tag = element.tag
    space = f' xmlns="{MATHML if tag == "math" else SVG}"' if xml and tag in ("math", "svg") else ""
    written = "".join(f' {name}="{_value(value)}"' for name, value in element.attrib.items())
    if tag in VOID:
        yield f"<{tag}{written}/>" if xml else f"<{tag}{written}>"
        return
    # a line feed at the beginning of <pre> is not text for HTML, so one that is has to be doubled
    feed = "\n" if tag == "pre" and not xml and (element.text or "").startswith("\n") else ""
    yield f"<{tag}{space}{written}>{feed}"
    yield from _pieces(element, xml)
    yield f"</{tag}>"


def _words(text: str) -> str:
    return escape(text.translate(_NOT_XML), quote=False)


def _value(text: str) -> str:
    return escape(text.translate(_NOT_XML)).replace("\n", "&#10;").replace("\t", "&#9;")
