"""A course's folder as a zip, read as if an enemy had packed it. Pure: bytes in, checked files out, nothing written.

Everything is read twice: first every name, header and byte is checked, so that an archive is taken whole or not at all; then each
file can be opened. What the headers say is compared with what is found while reading and never believed by itself. No name out of
an archive is ever used as a path of the server's disk here. It is one module, because the checks rest on each other: names on the
listing, the listing on the end record, sizes on all of them.
"""

from __future__ import annotations

import re
import struct
import unicodedata
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, BinaryIO

from lms.i18n import mark

MIB = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """What an archive may hold. `ratio` is how many times larger than packed it may become once it has passed `ratio_from` bytes."""

    files: int = 5_000
    total: int = 200 * MIB
    file: int = 20 * MIB
    ratio: int = 100
    ratio_from: int = 10 * MIB
    seconds: float = 60
    path: int = 240
    depth: int = 8


@dataclass(frozen=True)
class Entry:
    """A file of the course: its path in the course's folder, where its bytes lie in the archive, its size unpacked."""

    path: str
    size: int
    _place: int
    _packed: int
    _method: int


class Refused(Exception):
    """The archive is not taken; `code` is stable, `text` and `hint` are sentences for translation with `values`."""

    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(code, values)
        self.code = code
        self.values: Mapping[str, Any] = {
            name: _shown(value) if isinstance(value, str) else value for name, value in values.items()
        }
        self.text, self.hint = REASONS[code]


def _shown(name: str) -> str:
    """A name as it may stand in a sentence: short, without signs that turn or hide it."""
    clean = "".join(sign if sign.isprintable() else "\ufffd" for sign in name)
    return clean if len(clean) <= 120 else f"{clean[:80]}…{clean[-30:]}"


_AGAIN = mark("Pack the folder of the course anew with an ordinary program and send it again.")
_RENAME = mark("Rename the file in the course and pack it again.")
_SMALLER = mark("Make pictures smaller, put long videos elsewhere and link to them.")

REASONS: dict[str, tuple[str, str]] = {
    # the archive
    "empty": (mark("The file is empty."), _AGAIN),
    "not-zip": (mark("This is not a ZIP archive."), mark("Pack the folder of the course as ZIP: not RAR, 7z or TAR.")),
    "truncated": (mark("The archive is cut off: its end is missing."), mark("Send it again; if that does not help, pack it anew.")),
    "ambiguous": (mark("The archive has two ends, so that programs disagree on what is in it."), _AGAIN),
    "several-parts": (mark("The archive is one part of several."), mark("Pack the folder into a single file.")),
    "zip64": (
        mark("The archive is in the format for very large files (ZIP64)."),
        mark("A course needs no such size: pack it with an ordinary program, without ZIP64."),
    ),
    "listing": (mark("The list of files in the archive is damaged."), _AGAIN),
    "count": (mark("The archive says it holds {said} files, but its list has {found}."), _AGAIN),
    "surplus": (mark("There are bytes in the archive that belong to no file of it."), _AGAIN),
    "overlap": (mark("“{name}” shares its bytes with another file of the archive."), _AGAIN),
    "outside": (mark("“{name}” lies beyond the end of the archive."), _AGAIN),
    "header": (mark("The archive says two different things about “{name}”."), _AGAIN),
    "size": (mark("“{name}” is not as large as the archive says."), _AGAIN),
    "checksum": (mark("“{name}” is damaged: its checksum does not fit."), _AGAIN),
    "damaged": (mark("“{name}” cannot be unpacked: it is damaged."), _AGAIN),
    "encrypted": (mark("“{name}” is encrypted."), mark("Pack the folder without a password.")),
    "method": (
        mark("“{name}” is packed in a way that is not supported ({method})."),
        mark("Choose the usual way of packing, “Deflate”."),
    ),
    # too much
    "entries": (
        mark("There are too many files in the archive: at most {most} are accepted."),
        mark("Pack the folder of the course only, without folders of programs such as node_modules."),
    ),
    "file-size": (mark("“{name}” is too large: at most {most} MB are accepted."), _SMALLER),
    "total": (mark("The archive holds too much: at most {most} MB are accepted."), _SMALLER),
    "bomb": (mark("“{name}” becomes more than {most} times as large when it is unpacked. No course does that."), _SMALLER),
    "time": (mark("Reading the archive takes too long."), _SMALLER),
    # kinds of entries
    "link": (mark("“{name}” is a link to another file."), mark("Put the file itself into the folder.")),
    "special": (mark("“{name}” is neither a file nor a folder."), mark("Leave it out of the archive.")),
    "folder-bytes": (mark("“{name}” is a folder, but has content like a file."), _AGAIN),
    # names
    "name-empty": (mark("A file in the archive has no name."), _AGAIN),
    "name-encoding": (
        mark("The name “{name}” is not written in UTF-8."),
        mark("Older programs pack Cyrillic names so that others cannot read them: use 7-Zip, or name files in Latin letters."),
    ),
    "name-sign": (mark("The name “{name}” has a character that names of files cannot have on every system."), _RENAME),
    "traversal": (mark("“{name}” leads out of the folder."), _AGAIN),
    "absolute": (mark("“{name}” begins at the root of a disk."), _AGAIN),
    "drive": (mark("“{name}” names a drive."), _AGAIN),
    "backslash": (
        mark("“{name}” has a backslash in its name."),
        mark("Between folders stands “/”: pack the folder with another program, or rename the file."),
    ),
    "name-part": (mark("“{name}” has an empty part or a single dot in its path."), _AGAIN),
    "name-ending": (mark("A part of “{name}” begins with a space or ends with a space or a dot, which Windows drops."), _RENAME),
    "device": (mark("“{name}” has a name that means a device on Windows."), _RENAME),
    "name-long": (
        mark("The path “{name}” is too long: at most {most} characters are accepted."),
        mark("Shorten names of files and folders."),
    ),
    "name-deep": (
        mark("“{name}” lies too deep: at most {most} folders within each other are accepted."),
        mark("A course has folders of modules and files in them."),
    ),
    "duplicate": (mark("“{name}” is in the archive twice."), _AGAIN),
    "case-clash": (mark("“{name}” and “{other}” differ in capital letters only: on many systems they are one file."), _RENAME),
    "unicode-clash": (mark("“{name}” and “{other}” look alike, but are written with different characters."), _RENAME),
    "file-folder": (mark("“{name}” is both a file and a folder."), _RENAME),
    # the course
    "no-course": (mark("There is no course.md in the archive."), mark("Pack the folder that holds course.md.")),
    "course-deep": (
        mark("The course lies deeper in the archive, in “{name}”."),
        mark("Pack the folder that holds course.md: either its content or the folder itself."),
    ),
    "several-courses": (mark("There are several courses in the archive: “{name}” and “{other}”."), mark("Pack each course by itself.")),
}  # fmt: skip


# ------------------------------------------------------------------------------------------- the archive

_END, _LISTED, _LOCAL = b"PK\x05\x06", b"PK\x01\x02", b"PK\x03\x04"
_END64, _LOCATOR64, _DESCRIPTOR = b"PK\x06\x06", b"PK\x06\x07", b"PK\x07\x08"
_END_SIZE, _LISTED_SIZE, _LOCAL_SIZE = 22, 46, 30
_CHUNK = 64 * 1024
_DEFLATE = 8
_ENCRYPTED, _STREAMED, _STRONG, _UTF8, _HIDDEN = 1, 1 << 3, 1 << 6, 1 << 11, 1 << 13
_AES = 99
_BIG = 0xFFFFFFFF


@dataclass(frozen=True)
class _Listed:
    """An entry as the list at the end of the archive states it."""

    raw: bytes
    name: str
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    offset: int
    mode: int


@dataclass
class Archive:
    """An archive that has been checked whole. `files` are those of the course, by path; `left_out` what systems add by themselves
    (hidden files, `__MACOSX`)."""

    stream: BinaryIO
    files: tuple[Entry, ...] = ()
    left_out: tuple[str, ...] = ()
    name: str = ""
    """The folder in the archive that held the course, "" when it was packed without."""
    _limits: Limits = field(default_factory=Limits)

    def chunks(self, entry: Entry) -> Iterator[bytes]:
        """The bytes of a file, piece by piece; of one file at a time."""
        yield from _unpacked(self.stream, entry._place, entry._packed, entry._method)


def read(stream: BinaryIO, limits: Limits | None = None, clock: Callable[[], float] = monotonic) -> Archive:
    """Check an archive whole. Raises Refused with the first reason there is not to take it."""
    limits = limits or Limits()
    until = clock() + limits.seconds
    end = stream.seek(0, 2)
    count, size, start = _end_record(stream, end, limits)
    if count > limits.files or size > limits.files * 1024:
        raise Refused("entries", most=limits.files)
    listed = _listing(stream, start, size, count, limits)
    for each in listed:
        _check_kind(each)
    _check_names(listed, limits)
    places = _places(stream, listed, start)
    total = packed = 0
    for each in listed:
        if each.size > limits.file:
            raise Refused("file-size", name=each.name, most=limits.file // MIB)
        found, crc = 0, 0
        try:
            for chunk in _unpacked(stream, places[each.raw], each.packed, each.method):
                found += len(chunk)
                total += len(chunk)
                crc = zlib.crc32(chunk, crc)
                if found > limits.file:
                    raise Refused("file-size", name=each.name, most=limits.file // MIB)
                if total > limits.total:
                    raise Refused("total", most=limits.total // MIB)
                if found > each.size:
                    raise Refused("size", name=each.name)
                if (found > limits.ratio_from and found > limits.ratio * max(each.packed, 1)) or (
                    total > limits.ratio_from and total > limits.ratio * max(packed + each.packed, 1)
                ):
                    raise Refused("bomb", name=each.name, most=limits.ratio)
                if clock() > until:
                    raise Refused("time")
        except zlib.error:
            raise Refused("damaged", name=each.name) from None
        packed += each.packed
        if found != each.size:
            raise Refused("size", name=each.name)
        if crc != each.crc:
            raise Refused("checksum", name=each.name)
        if clock() > until:
            raise Refused("time")
    return _course(stream, listed, places, limits)


def _end_record(stream: BinaryIO, end: int, limits: Limits) -> tuple[int, int, int]:
    """How many entries the archive says it has, and size and place of their list."""
    if not end:
        raise Refused("empty")
    reach = min(end, _END_SIZE + 0xFFFF)
    stream.seek(end - reach)
    tail = stream.read(reach)
    found = []
    place = tail.find(_END)
    while place >= 0:
        rest = len(tail) - place - _END_SIZE
        if rest >= 0 and struct.unpack_from("<H", tail, place + 20)[0] == rest:
            found.append(place)
        place = tail.find(_END, place + 1)
    if not found:
        stream.seek(0)
        head = stream.read(4)
        if head == _DESCRIPTOR:
            raise Refused("several-parts")
        last = tail.rfind(_END)
        if (
            0 <= last <= len(tail) - _END_SIZE
            and struct.unpack_from("<H", tail, last + 20)[0] < len(tail) - last - _END_SIZE
        ):
            raise Refused("surplus")
        raise Refused("truncated" if head == _LOCAL else "not-zip")
    if len(found) > 1:
        raise Refused("ambiguous")
    place = found[0]
    disk, first, here, count, size, start = struct.unpack_from("<HHHHII", tail, place + 4)
    absolute = end - reach + place
    if count == 0xFFFF:
        raise Refused("entries", most=limits.files)
    if tail[max(place - 20, 0) : place].startswith(_LOCATOR64) or disk == 0xFFFF or _BIG in (size, start):
        raise Refused("zip64")
    if disk or first or here != count:
        raise Refused("several-parts")
    if start + size > absolute:
        raise Refused("listing")
    if start + size < absolute:
        raise Refused("surplus")
    return count, size, start


def _listing(stream: BinaryIO, start: int, size: int, count: int, limits: Limits) -> list[_Listed]:
    """The entries of the list, which must fill its place exactly."""
    stream.seek(start)
    listing = stream.read(size)
    found: list[_Listed] = []
    place = 0
    while place < len(listing):
        if len(listing) - place < _LISTED_SIZE or listing[place : place + 4] != _LISTED:
            raise Refused("listing")
        flags, method, _, _, crc, packed, unpacked = struct.unpack_from("<HHHHIII", listing, place + 8)
        name_size, extra_size, comment_size, disk = struct.unpack_from("<HHHH", listing, place + 28)
        (outside, offset) = struct.unpack_from("<II", listing, place + 38)
        after = place + _LISTED_SIZE + name_size + extra_size + comment_size
        if after > len(listing):
            raise Refused("listing")
        raw = listing[place + _LISTED_SIZE : place + _LISTED_SIZE + name_size]
        extra = listing[place + _LISTED_SIZE + name_size : place + _LISTED_SIZE + name_size + extra_size]
        if disk:
            raise Refused("several-parts")
        if _BIG in (packed, unpacked, offset):
            raise Refused("zip64")
        name = _name(raw, flags, extra)
        found.append(_Listed(raw, name, flags, method, crc, packed, unpacked, offset, outside >> 16))
        if len(found) > limits.files:
            raise Refused("entries", most=limits.files)
        place = after
    if len(found) != count:
        raise Refused("count", said=count, found=len(found))
    return found


def _name(raw: bytes, flags: int, extra: bytes) -> str:
    """An entry's name: UTF-8, said so or not, or the one in UTF-8 that some programs add beside one in their own code page."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        beside = b"" if flags & _UTF8 else _unicode_path(raw, extra)
        try:
            if beside:
                return beside.decode("utf-8")
        except UnicodeDecodeError:
            pass
        raise Refused("name-encoding", name=raw.decode("ascii", "replace")) from None


def _unicode_path(raw: bytes, extra: bytes) -> bytes:
    place = 0
    while place + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, place)
        value = extra[place + 4 : place + 4 + length]
        if (
            kind == 0x7075
            and len(value) > 5
            and value[0] == 1
            and struct.unpack_from("<I", value, 1)[0] == zlib.crc32(raw)
        ):
            return value[5:]
        place += 4 + length
    return b""


def _check_kind(entry: _Listed) -> None:
    """Only files and folders, packed in the two usual ways and readable without a password."""
    kind = entry.mode & 0o170000
    if kind == 0o120000:
        raise Refused("link", name=entry.name)
    if kind not in (0, 0o100000, 0o040000):
        raise Refused("special", name=entry.name)
    if entry.flags & (_ENCRYPTED | _STRONG | _HIDDEN) or entry.method == _AES:
        raise Refused("encrypted", name=entry.name)
    if entry.method not in (0, _DEFLATE):
        raise Refused("method", name=entry.name, method=entry.method)
    if entry.name.endswith("/") and (entry.size or entry.packed > 2):  # an empty folder may be "deflated" to two bytes
        raise Refused("folder-bytes", name=entry.name)
    if kind == 0o040000 and not entry.name.endswith("/"):
        raise Refused("special", name=entry.name)
    if not entry.method and entry.size != entry.packed:
        raise Refused("size", name=entry.name)


def _places(stream: BinaryIO, listed: list[_Listed], listing: int) -> dict[bytes, int]:
    """Where the bytes of each entry begin; together with their headers they must fill the archive up to its list."""
    places: dict[bytes, int] = {}
    reached = 0
    for entry in sorted(listed, key=lambda each: each.offset):
        if entry.offset < reached:
            raise Refused("overlap", name=entry.name)
        if entry.offset + _LOCAL_SIZE > listing:
            raise Refused("outside", name=entry.name)
        if entry.offset > reached:
            raise Refused("surplus")
        stream.seek(entry.offset)
        header = stream.read(_LOCAL_SIZE)
        if header[:4] != _LOCAL:
            raise Refused("header", name=entry.name)
        flags, method, _, _, crc, packed, size, name_size, extra_size = struct.unpack_from("<HHHHIIIHH", header, 6)
        name = stream.read(name_size)
        streamed = bool(flags & _STREAMED)
        stated = (crc, packed, size) if not streamed else (entry.crc, entry.packed, entry.size)
        same = (flags ^ entry.flags) & (_ENCRYPTED | _STREAMED | _STRONG | _UTF8) == 0
        if name != entry.raw or method != entry.method or not same or stated != (entry.crc, entry.packed, entry.size):
            raise Refused("header", name=entry.name)
        begin = entry.offset + _LOCAL_SIZE + name_size + extra_size
        reached = begin + entry.packed
        if reached > listing:
            raise Refused("outside", name=entry.name)
        if streamed:
            reached += _descriptor(stream, reached, entry)
        if reached > listing:
            raise Refused("outside", name=entry.name)
        places[entry.raw] = begin
    if reached != listing:
        raise Refused("surplus")
    return places


def _descriptor(stream: BinaryIO, place: int, entry: _Listed) -> int:
    """The length of what stands behind an entry whose sizes were not known before it was packed; it must tell the truth."""
    stream.seek(place)
    after = stream.read(24)
    for sign in (_DESCRIPTOR, b""):
        for form in ("<III", "<IQQ"):
            told = sign + struct.pack(form, entry.crc, entry.packed, entry.size)
            if after.startswith(told):
                return len(told)
    raise Refused("header", name=entry.name)


def _unpacked(stream: BinaryIO, place: int, packed: int, method: int) -> Iterator[bytes]:
    """The bytes behind `packed` bytes at `place`, in small pieces whatever they say. Raises zlib.error, also for a stream that
    ends early or goes on."""
    stream.seek(place)
    left = packed
    if method != _DEFLATE:
        while left and (chunk := stream.read(min(left, _CHUNK))):
            left -= len(chunk)
            yield chunk
        return
    inflater = zlib.decompressobj(-15)
    waiting = b""
    while not inflater.eof:
        if not waiting:
            waiting = stream.read(min(left, _CHUNK))
            left -= len(waiting)
            if not waiting:
                raise zlib.error("the stream ends early")
        chunk = inflater.decompress(waiting, _CHUNK)
        waiting = inflater.unconsumed_tail
        if chunk:
            yield chunk
    if left or inflater.unused_data:
        raise zlib.error("the stream goes on")


# ------------------------------------------------------------------------------------------- names

_DEVICE = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])", re.IGNORECASE)
_FORBIDDEN = frozenset('<>:"|?*')


def check_path(name: str, limits: Limits | None = None) -> None:
    """Whether a path may be that of a file of a course. Raises Refused."""
    limits = limits or Limits()
    if not name:
        raise Refused("name-empty")
    if "\\" in name:
        raise Refused("traversal" if ".." in re.split(r"[/\\]", name) else "backslash", name=name)
    if name.startswith("/"):
        raise Refused("absolute", name=name)
    if re.match(r"[A-Za-z]:", name):
        raise Refused("drive", name=name)
    parts = name.split("/")
    if ".." in parts:
        raise Refused("traversal", name=name)
    if any(
        unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") for sign in name
    ) or _FORBIDDEN & set(name):
        raise Refused("name-sign", name=name)
    if any(part in ("", ".") for part in parts):
        raise Refused("name-part", name=name)
    for part in parts:
        if part[0] == " " or part[-1] in " .":
            raise Refused("name-ending", name=name)
        if _DEVICE.fullmatch(part.partition(".")[0].rstrip()):
            raise Refused("device", name=name)
        if len(part.encode()) > 255:
            raise Refused("name-long", name=name, most=limits.path)
    if len(name) > limits.path:
        raise Refused("name-long", name=name, most=limits.path)
    if len(parts) - 1 > limits.depth:
        raise Refused("name-deep", name=name, most=limits.depth)


def _check_names(listed: list[_Listed], limits: Limits) -> None:
    """Each name by itself, then all of them: on no system may two be one."""
    seen: dict[str, str] = {}
    files: set[str] = set()
    folders: dict[str, str] = {}
    for entry in listed:
        check_path(entry.name.removesuffix("/") if entry.name != "/" else entry.name, limits)
        if entry.name in seen.values():
            raise Refused("duplicate", name=entry.name)
        key = alike(entry.name)
        if (other := seen.get(key)) is not None:
            _clash(entry.name, other)
        seen[key] = entry.name
        if not entry.name.endswith("/"):
            files.add(key)
        parts = entry.name.removesuffix("/").split("/")
        inner = parts if entry.name.endswith("/") else parts[:-1]
        for depth in range(1, len(inner) + 1):
            folder = "/".join(inner[:depth])
            if folders.setdefault(alike(folder), folder) != folder:
                _clash(folder, folders[alike(folder)])
    for key, folder in folders.items():
        if key in files:
            raise Refused("file-folder", name=folder)


def alike(name: str) -> str:
    """What two paths have in common that would be one on some system."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def _clash(name: str, other: str) -> None:
    same = unicodedata.normalize("NFC", name) == unicodedata.normalize("NFC", other)
    raise Refused("unicode-clash" if same else "case-clash", name=name, other=other)


# ------------------------------------------------------------------------------------------- the course in it

_ADDED = frozenset({"__MACOSX", "Thumbs.db", "desktop.ini", "Desktop.ini"})


def hidden(path: str) -> bool:
    """Whether a path is none of the author's: hidden on Unix, or added by a system while packing."""
    return any(part.startswith(".") or part in _ADDED for part in path.split("/"))


def _course(stream: BinaryIO, listed: list[_Listed], places: Mapping[bytes, int], limits: Limits) -> Archive:
    """The files of the course: at the root of the archive, or in its only folder."""
    files = [each for each in listed if not each.name.endswith("/")]
    kept = {unicodedata.normalize("NFC", each.name): each for each in files if not hidden(each.name)}
    courses = sorted(name for name in kept if name.rpartition("/")[2] == "course.md")
    if not courses:
        raise Refused("no-course")
    root = ""
    if "course.md" not in kept:
        tops = {name.partition("/")[0] for name in kept}
        shallow = [name for name in courses if name.count("/") == 1]
        if len(shallow) > 1:
            raise Refused("several-courses", name=shallow[0].rpartition("/")[0], other=shallow[1].rpartition("/")[0])
        if not shallow or len(tops) > 1:
            raise Refused("course-deep", name=min(courses, key=lambda name: (name.count("/"), name)).rpartition("/")[0])
        root = shallow[0].removesuffix("course.md")
    entries = [
        Entry(name[len(root) :], each.size, places[each.raw], each.packed, each.method) for name, each in kept.items()
    ]
    left_out = tuple(sorted(each.name for each in files if hidden(each.name)))
    return Archive(stream, tuple(sorted(entries, key=lambda e: e.path)), left_out, root.rstrip("/"), limits)
