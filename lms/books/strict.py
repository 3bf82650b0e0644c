"""A tree made to keep the rules of XHTML, which checkers of EPUB hold a book to and browsers do not.

What authors write comes out of a browser's parser: every element is closed, but a list may hold text, a link a link, a
formula too few parts. Words are never lost here: what stands in the wrong place is wrapped, or loses its wrapper.
"""

import re
from xml.etree.ElementTree import Element

from lms.books.formulas import strict_formula
from lms.books.markup import names

PHRASING = names(
    "a abbr audio b bdi bdo br cite code del dfn em i img ins kbd mark math q ruby s samp small span strong sub sup svg time u"
    " var video wbr"
)
"""What may stand in a line of text."""
_LINES = names("p h1 h2 h3 h4 h5 h6 pre dt summary rt") | (PHRASING - {"a", "del", "ins"})
"""Elements that hold lines of text only. A link, and what was added or taken away, may hold as much as what they stand in."""
_HEADINGS = names("h1 h2 h3 h4 h5 h6 article aside section address")
_BANNED = {
    "th": _HEADINGS,
    "address": _HEADINGS,
    "caption": names("table"),
    "dfn": names("dfn"),
    "a": names("a details audio video"),
}
"""What may not stand anywhere within an element."""
_HOMES = {
    "li": names("ul ol"), "dt": names("dl"), "dd": names("dl"), "figcaption": names("figure"), "rt": names("ruby"),
    "rp": names("ruby"), "summary": names("details"),
}  # fmt: skip
"""Elements that stand in certain others only."""
_PARTS = {"ul": names("li"), "ol": names("li"), "dl": names("dt dd")}
_WHOLE = names("colspan rowspan span start value width height")
_CHOICES = {
    "dir": names("ltr rtl auto"), "scope": names("row col rowgroup colgroup"), "type": names("1 a A i I"),
}  # fmt: skip
_EVERYWHERE = names("class id lang xml:lang dir title role tabindex")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
_NUMBER = re.compile(r"-?\d{1,4}")
_ALIGN = {"left": "to-left", "right": "to-right", "center": "to-centre"}


def strict(root: Element) -> None:
    """Change the tree in place so that it is valid."""
    _walk(root, "", in_line=False, banned=frozenset())


def _walk(element: Element, parent: str, *, in_line: bool, banned: frozenset[str]) -> None:
    if element.tag == "svg":
        return
    if element.tag == "math":
        strict_formula(element)
        return
    _attributes(element)
    _place(element, parent, in_line, banned)
    tag = element.tag
    if tag in _PARTS:
        _wrap(element, tag)
    elif tag in _WHOLES:
        _WHOLES[tag](element)
    within = banned | _BANNED.get(element.tag, frozenset())
    for child in list(element):
        _walk(child, element.tag, in_line=in_line or element.tag in _LINES, banned=within)


def _place(element: Element, parent: str, in_line: bool, banned: frozenset[str]) -> None:
    """What may not stand where it stands becomes a division, or a stretch of a line, of the same words."""
    tag = element.tag
    if tag == "center":
        _add_class(element, "to-centre")
    elif tag == "bdo" and "dir" not in element.attrib:
        element.set("dir", "ltr")
    if in_line and tag not in PHRASING and tag not in ("rt", "rp", "summary"):
        _become(element, "span", "block")  # its words stay a block of their own
    elif tag in banned or parent not in _HOMES.get(tag, {parent}):
        _become(element, "span" if in_line or tag in PHRASING else "div")
    elif tag in ("center", "source", "track"):
        _become(element, "div")
    elif tag == "time":
        _become(element, "span")  # without its machine-readable value, of which readers of books make nothing


def _become(element: Element, tag: str, more: str = "") -> None:
    element.tag = tag
    for name in [name for name in element.attrib if name not in _EVERYWHERE and not name.startswith("aria-")]:
        del element.attrib[name]
    if more:
        _add_class(element, more)


# -- attributes -------------------------------------------------------------------------------------------------------


def _attributes(element: Element) -> None:
    attributes = element.attrib
    for name in attributes.keys() & _WHOLE:
        if not _NUMBER.fullmatch(attributes[name]) or (name not in ("start", "value") and int(attributes[name]) < 1):
            del attributes[name]
    for name in attributes.keys() & _CHOICES.keys():
        if attributes[name] not in _CHOICES[name]:
            del attributes[name]
    for name in attributes.keys() & {"lang", "hreflang"}:
        if not _LANGUAGE.fullmatch(attributes[name]):
            del attributes[name]
    if "href" not in attributes:
        attributes.pop("hreflang", None)
    if "lang" in attributes:
        attributes["xml:lang"] = attributes["lang"]
    if "tabindex" in attributes and not _NUMBER.fullmatch(attributes["tabindex"]):
        del attributes["tabindex"]
    if align := _ALIGN.get(attributes.pop("align", "")):
        _add_class(element, align)


def _add_class(element: Element, name: str) -> None:
    element.set("class", f"{element.attrib.get('class', '')} {name}".strip())


# -- what may stand in what -------------------------------------------------------------------------------------------


def _wrap(element: Element, tag: str) -> None:
    """Nothing but the parts of a list stands in it."""
    part = "li" if tag != "dl" else "dd"
    children, text = list(element), element.text
    if tag == "dl":
        # pairs may stand in divisions
        children = [part for child in children for part in (child if child.tag == "div" and len(child) else [child])]
    for child in list(element):
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
    if not len(element) or element[0].tag != "dt" or element[-1].tag != "dd":
        _become(element, "div")
        for child in element:
            _become(child, "div")


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
    """One caption first, then columns, one head, bodies and the foot; no part is empty."""
    for caption in element.findall("caption")[1:]:
        _become(caption, "td")
        row = Element("tr")
        row.append(caption)
        element.remove(caption)
        element.append(row)
    for head in element.findall("thead")[1:]:
        head.tag = "tbody"
    order = {"caption": 0, "colgroup": 1, "thead": 2, "tfoot": 4}
    children = sorted(element, key=lambda child: order.get(child.tag, 3))
    for child in list(element):
        element.remove(child)
    element.extend(child for child in children if len(child) or child.tag in ("caption", "colgroup"))
    if not any(child.tag not in ("caption", "colgroup") for child in element):
        element.append(Element("tr"))
    if element.find("tbody") is not None:
        for row in element.findall("tr"):  # rows beside bodies are a body of their own
            body = Element("tbody")
            element.insert(list(element).index(row), body)
            element.remove(row)
            body.append(row)
    for row in list(element.iter("tr")):
        if not len(row):
            row.append(Element("td"))


def _ruby(element: Element) -> None:
    """Words, then how they are read, and so on; in any other order it is plain text."""
    order = "x" if (element.text or "").strip() else ""
    for child in element:
        order += {"rt": "t", "rp": "p"}.get(child.tag, "x")
        order += "x" if (child.tail or "").strip() else ""
    for child in element.iter("rp"):
        words = "".join(child.itertext())
        for part in list(child):
            child.remove(part)
        child.text = words
    if not re.fullmatch("(x+(t|ptp))+", order):
        _become(element, "span")


_WHOLES = {"figure": _caption, "details": _summary, "table": _table, "ruby": _ruby}
