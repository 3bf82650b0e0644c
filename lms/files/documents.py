"""Office documents and archives without what they tell about their author. Pure, over bytes.

A document is an archive of XML. Each part is read and written again as it was, but for what carries people: programs that know
documents (python-docx, openpyxl) know their properties, not the names beside comments and changes, and lose what they do not know.
"""

import io
import re
import xml.sax
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import Any
from xml.sax.saxutils import XMLGenerator

from lms.files.uncleanable import Uncleanable

UNPACKED = 300 * 1024 * 1024
"""Bytes an archive may unpack to."""
DEPTH = 3
"""How deep archives and documents may lie in one another."""

Part = Callable[[bytes, str, int], bytes]
"""Cleans a file that lies within another: (content, name, depth)."""

_PROPERTIES = frozenset({"coreProperties", "Properties", "document-meta"})
"""Parts that are properties and nothing else, by their outermost element."""
_PEOPLE = frozenset(
    {"author", "userName", "displayName", "lastEditedBy", "lastModifiedBy", "creator", "owner", "editor"}
)
_ACCOUNTS = frozenset({"userId", "providerId"})
_NAMED_PEOPLE = frozenset({"cmAuthor", "author", "userInfo"})
"""Elements whose `name` is somebody's."""
_SAY_PEOPLE = frozenset({
    "creator", "lastModifiedBy", "author", "author-name", "author-initials", "initial-creator", "creator-initials", "printed-by",
    "DisplayName", "AccountId", "Manager", "Company",
})  # fmt: skip
"""Elements whose text is somebody's name."""
_SETTINGS = frozenset({"PrinterName", "PrinterSetup", "CurrentDatabaseDataSource"})
_FIELD = re.compile(r"\s*(AUTHOR|LASTSAVEDBY|USERNAME|USERINITIALS|USERADDRESS|FILENAME|TEMPLATE|DOCPROPERTY)\b", re.I)
_BOUND = re.compile(r"creator|lastModifiedBy|Company|Manager|Author", re.I)
_PATH = re.compile(r"(file:|[A-Za-z]:[\\/]|\\\\)[^\n\"]*", re.I)
_BROKEN = (
    zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError, RuntimeError, zlib.error, xml.sax.SAXException,
)  # fmt: skip


def clean_archive(content: bytes, depth: int, part: Part) -> bytes:
    """An archive whose files are cleaned one by one, without comments, owners and times. Raises Uncleanable."""
    return _repacked(content, depth, lambda name, inner: part(inner, name, depth + 1))


def clean_office(content: bytes, depth: int, part: Part) -> bytes:
    """A document of Word, Excel, PowerPoint or their open kin. Raises Uncleanable."""
    people: dict[str, str] = {}

    def clean(name: str, inner: bytes) -> bytes | None:
        low = name.lower()
        if low.startswith("_xmlsignatures/") or low == "meta-inf/documentsignatures.xml":
            return None
        if low == "mimetype":
            return inner
        if low.endswith((".xml", ".rels", ".vml", ".rdf")):
            return clean_xml(inner, people, "comment" in low)
        if low.endswith(".bin"):
            if low.endswith("/workbook.bin"):
                raise Uncleanable("a workbook that is not XML")
            return bytes(
                len(inner)
            )  # settings of a printer, an object of another program: both know whose machine it was
        if inner[:4] in (b"II*\0", b"MM\0*"):
            raise Uncleanable("a picture in TIFF")
        known = inner[:2] in (b"PK", b"\xff\xd8") or inner[:4] in (
            b"\x89PNG",
            b"GIF8",
            b"RIFF",
            b"%PDF",
            b"<svg",
            b"<?xm",
        )
        return part(inner, name, depth + 1) if known or low.endswith((".mp3", ".mp4", ".m4a")) else inner

    return _repacked(content, depth, clean)


def _repacked(content: bytes, depth: int, clean: Callable[[str, bytes], bytes | None]) -> bytes:
    if depth >= DEPTH:
        raise Uncleanable("archives in archives")
    out, left = io.BytesIO(), UNPACKED
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(out, "w") as after:
            for entry in before.infolist():
                with before.open(entry) as file:
                    inner = file.read(left + 1)
                left -= len(inner)
                if left < 0:
                    raise Uncleanable("it unpacks to too much")
                neutral = zipfile.ZipInfo(entry.filename)
                stored = entry.filename == "mimetype" or entry.is_dir()
                neutral.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
                kept = b"" if entry.is_dir() else clean(entry.filename, inner)
                if kept is not None:
                    after.writestr(neutral, kept)
    except _BROKEN as error:
        raise Uncleanable(str(error)) from None
    return out.getvalue()


def clean_xml(content: bytes, people: dict[str, str], of_comments: bool = False) -> bytes:
    """A part without people. `people`: what everybody is called instead, the same in all parts of a document; in parts `of_comments`
    their names are taken out of the text too, where Excel writes them."""
    out = io.BytesIO()
    writer = _Writer(out, people, of_comments)
    parser = xml.sax.make_parser()  # noqa: S317 - it opens nothing else, and expat bounds what entities unfold to
    parser.setContentHandler(writer)
    parser.parse(io.BytesIO(content))
    return out.getvalue()


class _Writer(XMLGenerator):
    """Writes what it is told, without people. Names of elements are taken as they stand, so that prefixes stay what they were."""

    def __init__(self, out: io.BytesIO, people: dict[str, str], of_comments: bool) -> None:
        super().__init__(out, "utf-8", short_empty_elements=True)
        self._people = people
        self._of_comments = of_comments
        self._path: list[str] = []
        self._dropped = 0
        """Depth within an element that is left out."""
        self._silent = 0
        """Depth within an element whose text is a name."""
        self._fields: list[list[Any]] = []
        """Fields of Word that are open: what each is told to show, and whether that is being shown."""
        self._bound: list[bool] = []
        """Boxes of Word that are open: whether they show a property."""

    def startElement(self, name: str, attrs: Any) -> None:
        local = name.rpartition(":")[2]
        if self._dropped or self._leaves_out(local, attrs):
            self._dropped += 1
            return
        self._path.append(local)
        values = dict(attrs.items())
        if self._silent:
            self._silent += 1
        elif local in _SAY_PEOPLE or local.startswith("sender-") or self._is_setting(local, values):
            self._silent = 1
        self._word(local, values)
        super().startElement(name, dict(self._neutral(local, values)))  # type: ignore[arg-type]

    def endElement(self, name: str) -> None:
        if self._dropped:
            self._dropped -= 1
            return
        self._path.pop()
        self._silent = max(0, self._silent - 1)
        if name.endswith(":fldSimple") and self._fields:
            self._fields.pop()
        if name.endswith(":sdt") and self._bound:
            self._bound.pop()
        super().endElement(name)

    def characters(self, content: str) -> None:
        if self._dropped:
            return
        local = self._path[-1] if self._path else ""
        if local == "instrText" and self._fields:
            self._fields[-1][0] += content
            content = _PATH.sub("", content)
        elif self._silent and content.strip():
            content = "A" if local.endswith("-initials") else self._called(content) if local in _SAY_PEOPLE else ""
        elif self._shows_a_name() and content.strip():
            content = ""
        elif self._of_comments:
            for name, neutral in self._people.items():
                content = content.replace(name, neutral)
        super().characters(content)

    def ignorableWhitespace(self, content: str) -> None:
        self.characters(content)

    def _leaves_out(self, local: str, attrs: Any) -> bool:
        if self._path and self._path[0] in _PROPERTIES:
            return not (self._path == ["document-meta"] and local == "meta")
        if local == "rsids":
            return True
        if local == "Relationship":
            return "digital-signature" in (attrs.get("Type") or "")
        return local == "Override" and (attrs.get("PartName") or "").lower().startswith("/_xmlsignatures/")

    def _is_setting(self, local: str, values: dict[str, str]) -> bool:
        return local == "config-item" and any(
            key.rpartition(":")[2] == "name" and value in _SETTINGS for key, value in values.items()
        )

    def _word(self, local: str, values: dict[str, str]) -> None:
        """Keep account of fields and boxes that show properties."""
        told = {key.rpartition(":")[2]: value for key, value in values.items()}
        if local == "fldSimple":
            self._fields.append([told.get("instr", ""), True])
        elif local == "fldChar":
            kind = told.get("fldCharType")
            if kind == "begin":
                self._fields.append(["", False])
            elif kind == "separate" and self._fields:
                self._fields[-1][1] = True
            elif kind == "end" and self._fields:
                self._fields.pop()
        elif local == "sdt":
            self._bound.append(False)
        elif local == "dataBinding" and self._bound:
            self._bound[-1] = _BOUND.search(told.get("xpath", "")) is not None

    def _shows_a_name(self) -> bool:
        if "t" not in self._path[-1:]:
            return False
        return any(self._bound) or any(shown and _FIELD.match(told) for told, shown in self._fields)

    def _neutral(self, local: str, values: dict[str, str]) -> Iterator[tuple[str, str]]:
        for key, value in values.items():
            own = key.rpartition(":")[2]
            if own.startswith("rsid"):
                continue
            if own in _PEOPLE or (own == "name" and local in _NAMED_PEOPLE):
                value = self._called(value) if value else value
            elif own in _ACCOUNTS:
                value = "None" if own == "providerId" else ""
            elif own == "initials":
                value = "A" if value else value
            elif not key.startswith("xmlns") and _PATH.match(value):
                value = "about:blank" if own == "Target" else ""
            yield key, value

    def _called(self, name: str) -> str:
        """What somebody is called instead: "Author 2" is the same person throughout a document."""
        if name in self._people.values():
            return name
        return self._people.setdefault(name, f"Author {len(self._people) + 1}")
