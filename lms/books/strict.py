"""A tree made to keep the rules of XHTML, which checkers of EPUB hold a book to and browsers do not.

What authors write comes out of a browser's parser: every element is closed, but a list may hold text, a link a link, a
formula too few parts. Words are never lost here: what stands in the wrong place is wrapped, or loses its wrapper.
"""

import re
from xml.etree.ElementTree import Element

from lms.books.markup import MATHML_TAGS, names

PHRASING = names(
    "a abbr audio b bdi bdo br cite code del dfn em i img ins kbd mark math q ruby s samp small span strong sub sup svg time u"
    " var video wbr"
)
"""What may stand in a line of text."""
_LINES = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "dt", "summary"} | (PHRASING - {"a", "del", "ins"})
"""Elements that hold lines of text only. A link, and what was added or taken away, may hold as much as what they stand in."""
_SECTIONS = {"h1", "h2", "h3", "h4", "h5", "h6", "article", "aside", "section", "address"}
_PARTS = {"ul": {"li"}, "ol": {"li"}, "dl": {"dt", "dd", "div"}}
_ARITY = {
    "mfrac": 2, "mroot": 2, "msub": 2, "msup": 2, "munder": 2, "mover": 2, "msubsup": 3, "munderover": 3,
}  # fmt: skip
_WHOLE = {"colspan", "rowspan", "span", "start", "value", "width", "height"}
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
_ALIGN = {"left": "to-left", "right": "to-right", "center": "to-centre"}


def strict(root: Element) -> None:
    """Change the tree in place so that it is valid."""
    _walk(root, in_line=False, in_link=False)


def _walk(element: Element, *, in_line: bool, in_link: bool) -> None:
    tag = element.tag
    if tag == "svg":
        element.attrib.pop("tabindex", None)
        return
    if tag == "math":
        _formula(element)
        return
    _attributes(element)
    if tag == "center":
        element.tag = tag = "div"
        _add_class(element, "to-centre")
    if tag == "a" and in_link:
        element.tag = tag = "span"
        for name in ("href", "hreflang", "rel"):
            element.attrib.pop(name, None)
    if in_line and tag not in PHRASING:
        # a block within a line of text: its words stay there, as a line of their own
        element.tag = tag = "span"
        _add_class(element, "block")
    if tag in _PARTS:
        _wrap(element, tag)
    elif tag == "figure":
        _caption(element)
    elif tag == "details":
        _summary(element)
    elif tag == "table":
        _table(element)
    for child in list(element):
        _walk(child, in_line=in_line or tag in _LINES, in_link=in_link or tag == "a")


# -- attributes -------------------------------------------------------------------------------------------------------


def _attributes(element: Element) -> None:
    attributes = element.attrib
    for name in _WHOLE & attributes.keys():
        least = 0 if name in ("width", "height") else 1
        if not re.fullmatch(r"-?\d{1,4}", attributes[name]) or (
            name not in ("start", "value") and int(attributes[name]) < least
        ):
            del attributes[name]
    for name, allowed in (
        ("dir", {"ltr", "rtl", "auto"}),
        ("scope", {"row", "col", "rowgroup", "colgroup"}),
        ("type", {"1", "a", "A", "i", "I"}),
    ):
        if name in attributes and attributes[name] not in allowed:
            del attributes[name]
    for name in ("lang", "hreflang"):
        if name in attributes and not _LANGUAGE.fullmatch(attributes[name]):
            del attributes[name]
    if "lang" in attributes:
        attributes["xml:lang"] = attributes["lang"]
    if "datetime" in attributes:
        del attributes[
            "datetime"
        ]  # machines that read books make nothing of it, and there are many ways to misspell it
    if (align := _ALIGN.get(attributes.pop("align", ""))) is not None:
        _add_class(element, align)
    if "tabindex" in attributes and not re.fullmatch(r"-?\d{1,4}", attributes["tabindex"]):
        del attributes["tabindex"]
    for name in [name for name in attributes if name == "title" and not attributes[name]]:
        del attributes[name]


def _add_class(element: Element, name: str) -> None:
    element.set("class", f"{element.attrib.get('class', '')} {name}".strip())


# -- what may stand in what -------------------------------------------------------------------------------------------


def _wrap(element: Element, tag: str) -> None:
    """Nothing but the parts of a list stands in it."""
    part = "li" if tag != "dl" else "dd"
    children, text = list(element), element.text
    for child in children:
        element.remove(child)
    element.text = "\n"
    if text and text.strip():
        _into(element, part, text)
    for child in children:
        tail, child.tail = child.tail, "\n"
        if child.tag in _PARTS[tag]:
            element.append(child)
        else:
            _into(element, part).append(child)
        if tail and tail.strip():
            _into(element, part, tail)
    if tag == "dl":
        _pairs(element)


def _into(element: Element, part: str, text: str = "") -> Element:
    if not len(element) or element[-1].tag != part:
        element.append(Element(part))
        element[-1].tail = "\n"
    last = element[-1]
    if text and len(last):
        last[-1].tail = (last[-1].tail or "") + text
    elif text:
        last.text = (last.text or "") + text
    return last


def _pairs(element: Element) -> None:
    """A list of definitions begins with a word and ends with what it means; without either it is a division."""
    parts = [child.tag for child in element]
    if "div" in parts or not parts or parts[0] != "dt" or parts[-1] != "dd":
        element.tag = "div"
        for child in element:
            child.tag = "div"


def _caption(element: Element) -> None:
    """One caption, at an end; others are plain divisions."""
    captions = [child for child in element if child.tag == "figcaption"]
    for child in captions:
        at_an_end = child is element[0] and not (element.text or "").strip()
        at_an_end = at_an_end or (child is element[-1] and not (child.tail or "").strip())
        if child is not captions[-1] or not at_an_end:
            child.tag = "div"


def _summary(element: Element) -> None:
    """What is folded up begins with its title."""
    titles = [child for child in element if child.tag == "summary"]
    for child in titles[1:]:
        child.tag = "div"
    if titles and (element[0] is not titles[0] or (element.text or "").strip()):
        titles[0].tag = "div"
        titles = []
    if not titles:
        made = Element("summary")
        made.text, made.tail, element.text = "…", element.text, None
        element.insert(0, made)


def _table(element: Element) -> None:
    """Captions first, then columns, head, body and foot."""
    order = {"caption": 0, "colgroup": 1, "col": 1, "thead": 2, "tbody": 3, "tr": 3, "tfoot": 4}
    children = sorted(element, key=lambda child: order.get(child.tag, 3))
    heads = [child for child in children if child.tag == "thead"]
    for extra in heads[1:]:
        extra.tag = "tbody"
    for child in list(element):
        element.remove(child)
    element.extend(child for child in children if len(child) or child.tag in ("caption", "colgroup"))
    if not any(child.tag in ("tbody", "tr", "thead") for child in element):
        body = Element("tbody")
        row = Element("tr")
        row.append(Element("td"))
        body.append(row)
        element.append(body)
    for row in [*element.iter("tr")]:
        if not len(row):
            row.append(Element("td"))


# -- formulas ---------------------------------------------------------------------------------------------------------


def _formula(element: Element) -> None:
    for name in ("class", "tabindex", "role", "title"):
        element.attrib.pop(name, None)
    for part in element.iter():
        if part.tag not in MATHML_TAGS:
            part.tag = "mtext"
        _arity(part)


def _arity(part: Element) -> None:
    """A fraction has two parts, not one or three: what is missing is empty, what is too much goes into the last."""
    asked = _ARITY.get(part.tag)
    if asked is None:
        return
    while len(part) < asked:
        part.append(Element("mrow"))
    if len(part) > asked:
        rest = Element("mrow")
        rest.extend(list(part)[asked - 1 :])
        for child in rest:
            part.remove(child)
        part.append(rest)
