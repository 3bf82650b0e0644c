"""Leaves of a book bound together: ids that are one of a kind, links that lead within the book where they can, pictures
that are there, headings in their order. What paper or a file of its own cannot do (films, pictures from elsewhere) becomes a link.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import quote, unquote, urlsplit, urlunsplit
from xml.etree.ElementTree import Element

from lms.books.markup import parse
from lms.i18n import gettext as _

COURSE = "/@course/"
"""How links inside a course begin, as they were published."""
_MEDIA = re.compile(r"/media/([0-9a-f]{32}\.[A-Za-z0-9]{1,20})")
_ID = re.compile(r' id="([^"]*)"')
_TABS = {"tabbed-set": "alternatives", "tabbed-content": "alternative"}
"""Without their buttons tabs are what they hold, one below the other."""
_REFERENCES = ("headers", "aria-labelledby", "aria-describedby", "aria-controls", "aria-details")


@dataclass(frozen=True)
class Leaf:
    """A stretch that begins with a heading: the title page, a module's opening, a lesson. `html` has ids as the course has them;
    `id` is that of the element it begins with; `boxes` are the ids of the activities in it, each in an element `a-<id>`."""

    id: str
    title: str
    depth: int
    html: str
    lesson: str = ""
    boxes: tuple[str, ...] = ()


class Binding(Protocol):
    """What a leaf is bound into."""

    def place(self, leaf: str, anchor: str, here: str) -> str:
        """The address of an anchor of `leaf` for a link that stands in the leaf `here`."""

    def picture(self, name: str) -> str | None:
        """The address of a picture of the course, or None when it cannot be in the book."""

    def outside(self, path: str) -> str | None:
        """The address of something of the site that is not in the book, or None without a site. `path` begins with a slash, or
        with `/@course/` below the course."""


@dataclass(frozen=True)
class Anchors:
    """Where everything of a book is: leaves by lesson and activity, and the new name of every id in its leaf."""

    lessons: Mapping[str, str]
    activities: Mapping[str, tuple[str, str]]
    ids: Mapping[str, Mapping[str, str]]
    first: str


def anchors(leaves: Iterable[Leaf]) -> Anchors:
    """Give every id a name that is one of a kind in the book and that every e-reader accepts. The first of a name counts."""
    lessons: dict[str, str] = {}
    activities: dict[str, tuple[str, str]] = {}
    ids: dict[str, dict[str, str]] = {}
    first = ""
    for leaf in leaves:
        first = first or leaf.id
        if leaf.lesson:
            lessons[leaf.lesson] = leaf.id
        names = ids[leaf.id] = {}
        for found in dict.fromkeys(_ID.findall(leaf.html)):
            if found == leaf.id:
                names[found] = found
            elif found.removeprefix("a-") in leaf.boxes:
                names[found] = found
                activities[found.removeprefix("a-")] = leaf.id, found
            else:
                names[found] = f"{leaf.id}.{len(names)}"
    return Anchors(lessons, activities, ids, first)


def bind(leaf: Leaf, known: Anchors, binding: Binding, *, shift: int = 0, unfold: bool = False) -> Element:
    """The leaf as a tree. Headings go `shift` levels down; with `unfold` what is folded up is opened, as on paper."""
    root = parse(leaf.html)
    _Binder(leaf, known, binding, shift, unfold).walk(root)
    return root


class _Binder:
    def __init__(self, leaf: Leaf, known: Anchors, binding: Binding, shift: int, unfold: bool) -> None:
        self.leaf, self.known, self.binding, self.shift, self.unfold = leaf, known, binding, shift, unfold
        self.used: set[str] = set()

    def walk(self, root: Element) -> None:
        for element in list(root.iter()):
            self.ids(element)
            for name in ("href", "cite"):
                if name in element.attrib:
                    self.link(element, name)
            tag = element.tag
            if tag == "img":
                self.picture(element)
            elif tag in ("video", "audio"):
                self.film(element)
            elif re.fullmatch("h[1-6]", tag):
                element.tag = f"h{min(int(tag[1]) + self.shift, 6)}"
            elif tag == "details" and self.unfold:
                element.set("open", "")
            elif element.attrib.get("class") in _TABS:
                element.set("class", _TABS[element.attrib["class"]])
            elif tag == "label":
                element.tag = "p"
                element.set("class", "alternative-title")

    # -- ids

    def ids(self, element: Element) -> None:
        names = self.known.ids[self.leaf.id]
        if "id" in element.attrib:
            found = names.get(element.attrib["id"], "")
            if not found or found in self.used:
                del element.attrib["id"]
            else:
                self.used.add(found)
                element.set("id", found)
        for name in _REFERENCES:
            if name in element.attrib:
                kept = [names[word] for word in element.attrib[name].split() if word in names]
                if kept:
                    element.set(name, " ".join(kept))
                else:
                    del element.attrib[name]

    # -- links

    def link(self, element: Element, name: str) -> None:
        found = self.address(element.attrib[name].strip())
        if found is None:
            del element.attrib[name]
            return
        element.set(name, found)
        if name == "href" and re.match(r"https?:", found):
            element.set("rel", "noopener")

    def address(self, written: str) -> str | None:
        if written.startswith("#"):
            return self.anchor(self.leaf.id, unquote(written[1:]))
        if written.startswith(COURSE):
            return self.inside(written)
        if written.startswith("/"):
            return self.binding.outside(written) if not written.startswith("//") else absolute("https:" + written)
        return absolute(written)

    def inside(self, written: str) -> str | None:
        path, _sign, anchor = written.removeprefix(COURSE).partition("#")
        parts = [part for part in path.split("/") if part]
        if not parts:
            return self.anchor(self.known.first, unquote(anchor))
        activity = parts[1] if parts[0] == "activities" and len(parts) == 2 else ""
        if activity in self.known.activities:
            return self.binding.place(*self.known.activities[activity], self.leaf.id)
        lesson = parts[1] if len(parts) == 2 and not activity else ""
        if lesson in self.known.lessons:
            return self.anchor(self.known.lessons[lesson], unquote(anchor))
        return self.binding.outside(written)

    def anchor(self, leaf: str, written: str) -> str:
        names = self.known.ids[leaf]
        # an activity is linked to by its own id, which the book writes with a letter before it
        found = names.get(written) or names.get(f"a-{written}") or leaf
        return self.binding.place(leaf, found, self.leaf.id)

    # -- what is not text

    def picture(self, element: Element) -> None:
        source = element.attrib.get("src", "")
        if source.startswith("data:image/svg+xml"):
            return  # a code drawn by us
        media = _MEDIA.fullmatch(source)
        found = self.binding.picture(media[1]) if media else None
        if found is not None:
            element.set("src", found)
            element.attrib.setdefault("alt", "")
            return
        words = element.attrib.get("alt") or _("Picture")
        self.replace(element, f"[{words}]", self.source(source))

    def film(self, element: Element) -> None:
        sources = [element.attrib.get("src", ""), *(child.attrib.get("src", "") for child in element.iter("source"))]
        source = next(filter(None, sources), "")
        words = element.attrib.get("title") or element.attrib.get("aria-label") or ""
        kind = _("Video") if element.tag == "video" else _("Sound")
        self.replace(element, f"{kind}: {words}" if words else kind, self.source(source))

    def source(self, written: str) -> str | None:
        if not written or written.startswith("data:"):
            return None
        return self.binding.outside(written) if written.startswith("/") else absolute(written)

    def replace(self, element: Element, words: str, address: str | None) -> None:
        tail, title = element.tail, element.attrib.get("title", "")
        element.clear()
        element.tag, element.text, element.tail = "a" if address else "span", words, tail
        element.set("class", "elsewhere")
        if title:
            element.set("title", title)
        if address:
            element.set("href", address)
            element.set("rel", "noopener")


def absolute(written: str) -> str | None:
    """An address of the world outside, spelled as the rules for addresses ask; None if it is none."""
    try:
        parts = urlsplit(re.sub(r"[\x00-\x20]+", "%20", written))
        host = (parts.hostname or "").encode("idna").decode()
        port = f":{parts.port}" if parts.port is not None else ""
    except ValueError:
        return None
    path, query, fragment = map(_quoted, (parts.path, parts.query, parts.fragment))
    if parts.scheme in ("mailto", "tel"):
        return urlunsplit((parts.scheme, "", path, query, ""))
    if parts.scheme not in ("http", "https") or not re.fullmatch(r"[\w.-]+", host):
        return None
    return urlunsplit((parts.scheme, host + port, path, query, fragment))


def _quoted(text: str) -> str:
    # letters of all alphabets stay, as people read them on paper; a percent sign that begins no escape is one itself
    text = re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", text)
    return re.sub(r"[^\w%/:?@!$&'()*+,;=~.-]", lambda found: quote(found[0], safe=""), text)
