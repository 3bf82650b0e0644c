"""Formulas made to keep the rules of MathML. What TeX gives mostly does; what authors write by hand may hold anything."""

import re
from xml.etree.ElementTree import Element

from lms.books.markup import names

_TOKENS = names("mi mn mo ms mtext mspace")
_ARITY = {"mfrac": 2, "mroot": 2, "msub": 2, "msup": 2, "munder": 2, "mover": 2, "msubsup": 3, "munderover": 3}
_INSIDE = _TOKENS | _ARITY.keys() | names("mrow msqrt mstyle mtable mpadded mphantom menclose")
"""What may stand anywhere in a formula."""
_TRUTH = "true|false"
_LENGTH = r"[+-]?\d*\.?\d+(em|ex|px|in|cm|mm|pt|pc|%)?"
_VALUES = {
    "id": r"\S+",
    "display": "block|inline", "alttext": r"(?s:.*)", "mathvariant": "normal|bold|italic|bold-italic|double-struck|bold-fraktur|script"
    "|bold-script|fraktur|sans-serif|bold-sans-serif|sans-serif-italic|sans-serif-bold-italic|monospace",
    "form": "prefix|infix|postfix", "scriptlevel": r"[+-]?\d", "linethickness": f"thin|medium|thick|{_LENGTH}",
    "columnalign": "((left|center|right) ?)+", "rowlines": "((none|solid|dashed) ?)+", "columnlines": "((none|solid|dashed) ?)+",
    "notation": "[a-z ]+", "mathcolor": "#[0-9A-Fa-f]{3,6}|[a-z]+", "mathbackground": "#[0-9A-Fa-f]{3,6}|[a-z]+",
    **dict.fromkeys(("rowspacing", "columnspacing"), f"({_LENGTH} ?)+"),
    **dict.fromkeys(("lspace", "rspace", "minsize", "maxsize", "width", "height", "depth", "mathsize"), _LENGTH),
    **dict.fromkeys(
        ("stretchy", "fence", "separator", "symmetric", "largeop", "movablelimits", "accent", "accentunder", "displaystyle"), _TRUTH
    ),
}  # fmt: skip
"""Attributes and what they may be."""
_OWN = {
    "math": names("display alttext"),
    "mo": names("form stretchy fence separator symmetric largeop movablelimits accent lspace rspace minsize maxsize"),
    "mspace": names("width height depth"), "mpadded": names("width height depth"), "mfrac": names("linethickness"),
    "mstyle": names("displaystyle scriptlevel"), "menclose": names("notation"), "munder": names("accentunder"),
    "mover": names("accent"), "munderover": names("accent accentunder"), "mtr": names("columnalign"), "mtd": names("columnalign"),
    "mtable": names("columnalign rowspacing columnspacing rowlines columnlines displaystyle"),
}  # fmt: skip
_COMMON = names("id mathcolor mathbackground")
_LETTERS = names("mathvariant mathsize")


def strict_formula(element: Element) -> None:
    """Change a formula in place so that it is valid; its signs stay."""
    if element.tag not in _INSIDE and element.tag not in ("math", "mtr", "mtd"):
        element.tag = "mrow" if len(element) else "mtext"
    _attributes(element)
    if element.tag in _TOKENS:
        words = "" if element.tag == "mspace" else "".join(element.itertext())
        for child in list(element):
            element.remove(child)
        element.text = words
        return
    _wrap_words(element)
    part = {"mtable": "mtr", "mtr": "mtd"}.get(element.tag)
    if part:
        _wrap(element, part)
    for child in element:
        if not part and child.tag in ("mtr", "mtd", "math"):
            child.tag = "mrow"
        strict_formula(child)
    _count(element)


def _attributes(element: Element) -> None:
    allowed = _OWN.get(element.tag, frozenset()) | _COMMON | (_LETTERS if element.tag in _TOKENS else frozenset())
    for name, value in list(element.attrib.items()):
        if name not in allowed or not re.fullmatch(_VALUES[name], value):
            del element.attrib[name]


def _wrap_words(element: Element) -> None:
    """Text stands in elements of its own."""
    if (element.text or "").strip():
        element.insert(0, _text(element.text or ""))
    element.text = None
    for child in list(element):
        if (child.tail or "").strip():
            element.insert(list(element).index(child) + 1, _text(child.tail or ""))
        child.tail = None


def _text(words: str) -> Element:
    made = Element("mtext")
    made.text = words.strip()
    return made


def _wrap(element: Element, part: str) -> None:
    for place, child in enumerate(list(element)):
        if child.tag != part:
            made = Element(part)
            made.append(child)
            element[place] = made


def _count(element: Element) -> None:
    """A fraction has two parts, not one or three: what is missing is empty, what is too much goes into the last."""
    asked = _ARITY.get(element.tag)
    if asked is None:
        return
    while len(element) < asked:
        element.append(Element("mrow"))
    if len(element) > asked:
        rest = Element("mrow")
        rest.extend(list(element)[asked - 1 :])
        for child in rest:
            element.remove(child)
        element.append(rest)
