"""Tabs that need no script: radio buttons which the stylesheet shows as tabs, so arrow keys change them and print shows all.

Two spellings come to the same HTML: MkDocs' ``=== "Title"`` and MyST's ``tab-set`` with ``tab-item``. What Markdown makes of the
first cannot pass the sanitiser (which lets no form fields through), so its labels go through as plain ``span``s and become
buttons behind it.
"""

from __future__ import annotations

import re
import zlib
from itertools import count
from xml.etree.ElementTree import Element

from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString

_LABEL = re.compile(r'<span class="tab-name" id="([^"]*?)(\d+)-(\d+)">([^<]*)</span>')
_ITEM = re.compile(r'<span class="tab-name">([^<]*)</span>')


class Labels(Treeprocessor):
    """Puts a plain ``span`` in place of each tab's button and label."""

    def run(self, root: Element) -> None:
        """In every set of tabs; each is numbered, and each tab in it."""
        for number, tabs in enumerate((div for div in root.iter("div") if div.get("class") == "tabbed-set"), 1):
            del tabs.attrib["data-tabs"]
            for button in tabs.findall("input"):
                tabs.remove(button)
            for place, label in enumerate(tabs.findall("label"), 1):
                words = " ".join("".join(label.itertext()).split())
                label.clear()
                label.tag = "span"
                label.set("class", "tab-name")
                label.set("id", f"tab{number}-{place}")
                label.text = AtomicString(words)


def label(name: str, number: int, title: str) -> str:
    """The button and label (HTML) of tab ``number`` of the set called ``name``; the first is open."""
    id = f"h-{name}-{number}"
    checked = " checked" if number == 1 else ""
    # browsers would otherwise remember another tab, and print or screenshots would differ from visit to visit
    return (
        f'<input type="radio" name="h-{name}" id="{id}"{checked} autocomplete="off"><label for="{id}">{title}</label>'
    )


def name_of(path: str, place: object) -> str:
    """A name for a set of tabs that no other set on the same page has, wherever its text comes from."""
    return f"tabs-{zlib.crc32(path.encode()):08x}-{place}"


def buttons(html: str, path: str, place: str) -> str:
    """Sanitised HTML with the spans of ``Labels`` made into buttons."""
    if 'class="tab-name" id=' not in html:
        return html
    return _LABEL.sub(lambda match: label(name_of(path, f"{place}-{match[2]}"), int(match[3]), match[4]), html)


def gathered(html: str, name: str) -> str:
    """The set of the tabs that ``item`` made."""
    numbers = count(1)
    inner = _ITEM.sub(lambda match: label(name, next(numbers), match[1]), html)
    return f'<div class="tabbed-set">{inner}</div>'


def item(title: str, html: str) -> str:
    """One tab, its title HTML without tags, to be gathered."""
    return f'<span class="tab-name">{title}</span><div class="tabbed-content">{html}</div>'
