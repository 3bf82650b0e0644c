"""Pictures of a course for files that are read without it."""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

import filetype

CORE = {"image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/svg+xml": "svg"}
"""Types that every e-reader shows, and the endings of their files."""
OTHERS = {"image/webp": "webp", "image/avif": "avif"}
"""Types that browsers show, and some e-readers."""
MOST = 40_000_000
"""Bytes of pictures in one book, which is made in memory; those beyond become links."""

Find = Callable[[str], Path | None]
"""A file of the course by its published name."""


@dataclass(frozen=True)
class Picture:
    """A picture as it goes into a book: the name it has there, its type and its bytes."""

    name: str
    type: str
    content: bytes

    @property
    def as_data(self) -> str:
        """The picture as an address."""
        return f"data:{self.type};base64,{b64encode(self.content).decode()}"


@dataclass
class Album:
    """The pictures of one book, each once, as long as there is room."""

    find: Find
    most: int = MOST
    pictures: dict[str, Picture | None] = field(default_factory=dict)
    """By the hash of their content: a picture may be published under several endings."""
    size: int = 0

    def take(self, name: str) -> Picture | None:
        """The picture of this published name, or None when it is no picture or there is no room left for it."""
        stem = name.partition(".")[0]
        if stem not in self.pictures:
            path = self.find(name)
            self.pictures[stem] = self._read(stem, path) if path is not None else None
        return self.pictures[stem]

    def _read(self, stem: str, path: Path) -> Picture | None:
        try:
            length = path.stat().st_size
            if self.size + length > self.most:
                return None
            content = path.read_bytes()
        except OSError:
            return None
        kind = kind_of(content)
        if kind is None:
            return None
        self.size += length
        return Picture(f"{stem}.{(CORE | OTHERS)[kind]}", kind, content)

    def taken(self) -> list[Picture]:
        """All pictures that are in the book, by name."""
        return sorted((found for found in self.pictures.values() if found), key=lambda picture: picture.name)


def kind_of(content: bytes) -> str | None:
    """What sort of picture the bytes are, whatever their file is called; None for anything else and for drawings that need more
    than themselves."""
    found = filetype.guess_mime(content[:4096])
    if found in CORE or found in OTHERS:
        return str(found)
    return "image/svg+xml" if _drawing(content) else None


def _drawing(content: bytes) -> bool:
    if b"<!ENTITY" in content or (
        b"<!DOCTYPE" in content.partition(b"<svg")[0] and b"[" in content.partition(b"<svg")[0]
    ):
        return False
    try:
        root = ElementTree.fromstring(content)  # noqa: S314 - without entities, as just seen
    except (ElementTree.ParseError, ValueError):
        return False
    if root.tag != "{http://www.w3.org/2000/svg}svg":
        return False
    for element in root.iter():
        if str(element.tag).rpartition("}")[2] in ("script", "foreignObject", "image"):
            return False
        for name, value in element.attrib.items():
            if name.rpartition("}")[2] == "href" and not value.startswith("#"):
                return False
    return True
