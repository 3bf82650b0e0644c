"""What may be uploaded, decided by content: pure, over bytes and names.

A file's own name and the type a browser claims are never believed. The list of types is closed; text that holds tags
(HTML, SVG, XML, PHP) is kept, because a project may well be a web page, but only as bytes that no browser will open.
"""

from __future__ import annotations

import codecs
import re
import struct
import unicodedata
import zipfile
import zlib
from typing import BinaryIO, Literal

NAME_LENGTH = 150
"""Characters of a kept file name; the bytes are bounded too, so that it fits any file system it is saved to."""
NAME_BYTES = 200
MAX_PIXELS = 25_000_000
MAX_ENTRIES = 5_000
"""Files within an archive: an office document or a pupil's project has far fewer."""

BYTES = "application/octet-stream"
DIRECT = frozenset({"application/pdf", "image/png", "image/jpeg", "image/gif", "image/webp", "audio/mpeg", "video/mp4"})
_OOXML = "application/vnd.openxmlformats-officedocument."
OOXML = {
    "word/": _OOXML + "wordprocessingml.document",
    "xl/": _OOXML + "spreadsheetml.sheet",
    "ppt/": _OOXML + "presentationml.presentation",
}
_ODF = "application/vnd.oasis.opendocument."
ODF = frozenset({_ODF + "text", _ODF + "spreadsheet", _ODF + "presentation"})
TEXTS = {"md": "text/markdown", "markdown": "text/markdown", "csv": "text/csv"}
EXTENSIONS = {
    "application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/webp": "webp",
    "audio/mpeg": "mp3", "video/mp4": "mp4", "application/zip": "zip", "text/plain": "txt", "text/markdown": "md",
    "text/csv": "csv",
    OOXML["word/"]: "docx", OOXML["xl/"]: "xlsx", OOXML["ppt/"]: "pptx",
    _ODF + "text": "odt", _ODF + "spreadsheet": "ods", _ODF + "presentation": "odp",
}  # fmt: skip

LOOKED_AT = frozenset({
    "application/pdf", "image/png", "image/jpeg", "image/gif", "image/webp", "text/plain", "text/markdown", "text/csv", BYTES,
})  # fmt: skip
"""What has a page to look at it."""

Reason = Literal["type", "pixels", "damaged", "entries", "macros"]

_TAG = re.compile(rb"<[A-Za-z!?/%]")
_NOT_TEXT = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE | re.DOTALL)


class Refused(Exception):
    """The file cannot be kept; `reason` says why."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason


def clean_name(name: str) -> str:
    """A file name as it may be shown and sent: no folders, no control, invisible or direction-turning characters, no
    names that mean a device on Windows; letters of any alphabet stay. Never empty, at most NAME_LENGTH characters and
    NAME_BYTES bytes."""
    name = re.split(r"[/\\]", unicodedata.normalize("NFC", name.replace("\0", "")))[-1]
    name = "".join(" " if unicodedata.category(sign) in ("Zs", "Zl", "Zp", "Cc") else sign for sign in name)
    name = "".join(sign for sign in name if unicodedata.category(sign) not in ("Cf", "Cs", "Co", "Cn"))
    name = re.sub(r'[<>:"|?*]', "_", " ".join(name.split())).strip(". ")
    if _RESERVED.fullmatch(name):
        name = f"_{name}"
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension) > 20:
        stem, extension = name, ""
    ending = f".{extension}" if extension else ""
    while len(stem) + len(ending) > NAME_LENGTH or len((stem + ending).encode()) > NAME_BYTES:
        stem = stem[:-1]
    return stem.rstrip(". ") + ending or "file"


def extension_of(type: str) -> str:
    """The usual file name ending of a type, with its dot; "" for bytes of no known type."""
    return f".{EXTENSIONS[type]}" if type in EXTENSIONS else ""


def find_type(stream: BinaryIO, name: str) -> str:
    """The media type of a file, from its content; `name` only tells one plain text from another. Raises Refused."""
    stream.seek(0)
    head = stream.read(8192)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _archive(stream)
    import filetype  # noqa: PLC0415 - loaded with the first file somebody sends

    guessed = filetype.guess(head)
    if guessed is not None and guessed.mime in DIRECT:
        found = str(guessed.mime)
        if found.startswith("image/"):
            _check_pixels(stream, found)
        return found
    return _text(stream, name)


def _text(stream: BinaryIO, name: str) -> str:
    stream.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")()
    tags = False
    tail = b""
    try:
        while chunk := stream.read(65536):
            if _NOT_TEXT.search(chunk):
                raise Refused("type")
            decoder.decode(chunk)
            tags = tags or _TAG.search(tail + chunk) is not None
            tail = chunk[-1:]
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        raise Refused("type") from None
    return BYTES if tags else TEXTS.get(name.rpartition(".")[2].lower(), "text/plain")


def _archive(stream: BinaryIO) -> str:
    """A zip, or the office document it is. The list of contents is bounded before it is read, nothing is unpacked."""
    size = stream.seek(0, 2)
    stream.seek(max(0, size - 65_557))
    tail = stream.read()
    place = tail.rfind(b"PK\x05\x06")
    if place < 0 or len(tail) - place < 22:
        raise Refused("damaged")
    entries, listing = struct.unpack_from("<HI", tail, place + 10)
    if entries > MAX_ENTRIES or listing > MAX_ENTRIES * 200 or _listed(stream, tail[:place]) > MAX_ENTRIES:
        raise Refused("entries")
    try:
        with zipfile.ZipFile(stream) as archive:
            names = archive.namelist()
            if any(part.rpartition("/")[2].lower() == "vbaproject.bin" for part in names):
                raise Refused("macros")
            # the type of an open document is never packed tightly: what unpacks to much more than it says stays closed
            if "mimetype" in names and archive.getinfo("mimetype").compress_type in (
                zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED,
            ):  # fmt: skip
                with archive.open("mimetype") as file:
                    declared = file.read(200).decode("ascii", "replace").strip()
                if declared in ODF:
                    return declared
            if "[Content_Types].xml" in names:
                for folder, mime in OOXML.items():
                    if any(part.startswith(folder) for part in names):
                        return mime
    except (zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError, RuntimeError, zlib.error):
        raise Refused("damaged") from None
    return "application/zip"


def _listed(stream: BinaryIO, before_end: bytes) -> int:
    """How many entries there can be, where a longer record before the last one overrules what that one says; else 0."""
    if before_end[-20:-16] != b"PK\x06\x07":
        return 0
    stream.seek(0)
    count, tail = 0, b""
    while chunk := stream.read(1 << 20):
        count += (tail + chunk).count(b"PK\x01\x02")
        tail = chunk[-3:]
    return count


def _check_pixels(stream: BinaryIO, type: str) -> None:
    try:
        size = pixels(stream, type)
    except (struct.error, IndexError):
        size = None
    if not size or not size[0] or not size[1]:
        raise Refused("damaged")
    if size[0] * size[1] > MAX_PIXELS:
        raise Refused("pixels")


def pixels(stream: BinaryIO, type: str) -> tuple[int, int] | None:
    """Width and height as the header of a picture states them, without decoding it; None when it states none."""
    stream.seek(0)
    head = stream.read(64)
    if type == "image/png":
        return struct.unpack_from(">II", head, 16) if head[12:16] == b"IHDR" else None
    if type == "image/gif":
        return struct.unpack_from("<HH", head, 6)
    if type == "image/webp":
        return _webp(head)
    return _jpeg(stream)


def _webp(head: bytes) -> tuple[int, int] | None:
    form = head[12:16]
    if form == b"VP8X":
        return 1 + int.from_bytes(head[24:27], "little"), 1 + int.from_bytes(head[27:30], "little")
    if form == b"VP8L":
        (bits,) = struct.unpack_from("<I", head, 21)
        return 1 + (bits & 0x3FFF), 1 + ((bits >> 14) & 0x3FFF)
    if form == b"VP8 " and head[23:26] == b"\x9d\x01\x2a":
        width, height = struct.unpack_from("<HH", head, 26)
        return width & 0x3FFF, height & 0x3FFF
    return None


def _jpeg(stream: BinaryIO) -> tuple[int, int] | None:
    stream.seek(2)
    for _ in range(1000):  # segments before the frame: a photograph has a few dozen
        sign = stream.read(1)
        if sign != b"\xff":
            return None
        while sign == b"\xff":
            sign = stream.read(1)
        if not sign or sign in b"\xd9\xda":
            return None
        if sign == b"\x01" or b"\xd0" <= sign <= b"\xd7":
            continue
        (length,) = struct.unpack(">H", stream.read(2))
        if b"\xc0" <= sign <= b"\xcf" and sign not in b"\xc4\xc8\xcc":
            height, width = struct.unpack(">xHH", stream.read(5))
            return width, height
        stream.seek(length - 2, 1)
    return None
