"""Hostile archives, most of them written byte by byte, because no program packs such: each is refused for its own reason, and
nothing of it reaches the disk. Good ones are taken, from whatever program they come."""

import io
import shutil
import struct
import subprocess
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from lms.studio import archive
from lms.studio.archive import Limits, Refused

MIB = 1024 * 1024
COURSE = b"---\ntitle: Course\n---\n"
SYMLINK, FIFO, DEVICE = 0o120777, 0o010644, 0o060644


@dataclass
class E:
    """An entry; `local` and `listed` override single fields of its two headers, which otherwise tell the truth."""

    name: str | bytes
    data: bytes = b"text"
    method: int = 8
    flags: int = 1 << 11
    mode: int = 0o100644
    packed: bytes | None = None
    extra: bytes = b""
    descriptor: bytes | None = None
    local: Mapping[str, Any] = field(default_factory=dict)
    listed: Mapping[str, Any] = field(default_factory=dict)
    at: int | None = None
    """Where its list says it is, instead of where it is."""

    @property
    def raw(self) -> bytes:
        return self.name if isinstance(self.name, bytes) else self.name.encode("utf-8", "surrogatepass")

    @property
    def stream(self) -> bytes:
        if self.packed is not None:
            return self.packed
        if self.method != 8:
            return self.data
        packer = zlib.compressobj(9, zlib.DEFLATED, -15)
        return packer.compress(self.data) + packer.flush()


def build(
    entries: Iterable[E], *, course: bool = True, prefix: bytes = b"", between: bytes = b"", before_list: bytes = b"",
    before_end: bytes = b"", comment: bytes = b"", after: bytes = b"", **end: int,
) -> bytes:  # fmt: skip
    """An archive of these entries, after a `course.md`; `end` overrides fields of the end record."""
    whole, listing = bytearray(prefix), bytearray()
    every = ([E("course.md", COURSE)] if course else []) + list(entries)
    for entry in every:
        stream, place = entry.stream, len(whole)
        true = {
            "flags": entry.flags, "method": entry.method, "crc": zlib.crc32(entry.data), "packed": len(stream),
            "size": len(entry.data), "name": entry.raw, "extra": entry.extra,
        }  # fmt: skip
        for header, changed in ((b"PK\3\4", entry.local), (b"PK\1\2", entry.listed)):
            it = {**true, **changed}
            middle = struct.pack(
                "<HHHHIIIHH", it["flags"], it["method"], 0, 0x5A21, it["crc"], it["packed"], it["size"], len(it["name"]), len(it["extra"])
            )  # fmt: skip
            if header == b"PK\3\4":
                whole += it.get("sign", header) + struct.pack("<H", 20) + middle + it["name"] + it["extra"] + stream
                whole += entry.descriptor if entry.descriptor is not None else b""
            else:
                where = place if entry.at is None else entry.at
                listing += it.get("sign", header) + struct.pack("<HH", 0x0314, 20) + middle
                listing += (
                    struct.pack("<HHHII", 0, it.get("disk", 0), 0, entry.mode << 16, where) + it["name"] + it["extra"]
                )
        whole += between
    whole += before_list
    start = len(whole)
    whole += listing + before_end
    it = {"disk": 0, "first": 0, "here": len(every), "count": len(every), "size": len(listing), "start": start} | end
    whole += b"PK\5\6" + struct.pack("<HHHHIIH", *it.values(), len(comment)) + comment + after
    return bytes(whole)


def descriptor(data: bytes, packed: bytes, sign: bytes = b"PK\x07\x08", size: int | None = None) -> bytes:
    return sign + struct.pack("<III", zlib.crc32(data), len(packed), len(data) if size is None else size)


def unicode_path(raw: bytes, path: str, crc: int | None = None) -> bytes:
    value = b"\x01" + struct.pack("<I", zlib.crc32(raw) if crc is None else crc) + path.encode()
    return struct.pack("<HH", 0x7075, len(value)) + value


def lying(name: str, data: bytes = b"text", method: int = 8, packed: bytes | None = None, **said: int) -> E:
    """An entry of which both headers say the same, and it is not true."""
    return E(name, data, method, packed=packed, local=said, listed=said)


def overlapping(deflated: bytes = E("x", b"a" * 1000).stream) -> bytes:
    """Two entries of the list that share one entry of the body, as in the bombs that overlap fully."""
    one = E("a.txt", b"a" * 1000)
    return build([one, E("a.txt", b"a" * 1000, at=len(build([], course=True)) - 22 - 46 - 9, packed=b"")])


def quoted() -> bytes:
    """The bomb of quoted headers: the second header lies inside of the first one's stream (stored), and is an entry by itself."""
    inner = E("b.txt", b"b" * 100, method=0)
    header = (
        b"PK\3\4"
        + struct.pack("<HHHHHIIIHH", 20, 1 << 11, 0, 0, 0x5A21, zlib.crc32(inner.data), 100, 100, 5, 0)
        + b"b.txt"
    )
    outer = E("a.txt", header + inner.data, method=0)
    begin = 30 + len("course.md") + len(E("", COURSE).stream) + 30 + len("a.txt")
    archive = build([outer])
    listing = archive.rindex(b"PK\5\6")
    extra = b"PK\1\2" + struct.pack(
        "<HHHHHHIIIHHHHHII", 0x0314, 20, 1 << 11, 0, 0, 0x5A21, zlib.crc32(inner.data), 100, 100, 5, 0, 0, 0, 0, 0o100644 << 16, begin
    ) + b"b.txt"  # fmt: skip
    count, size, start = 3, 0, 0
    _, _, _, _, size, start, _ = struct.unpack_from("<HHHHIIH", archive, listing + 4)
    end = b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, count, count, size + len(extra), start, 0)
    return archive[:listing] + extra + end


def many(number: int, **end: int) -> bytes:
    return build([E(f"m/{each}.md", b"", method=0) for each in range(number)], **end)


def zeros(size: int) -> bytes:
    return bytes(size)


def turned(data: bytes, place: int) -> bytes:
    return data[:place] + bytes([data[place] ^ 0xFF]) + data[place + 1 :]


GOOD = build([E("01-start/index.md"), E("01-start/01-why.md")])
STREAMED = E("", b"text" * 50).stream
CP866 = "урок.md".encode("cp866")
STORED = build([E("z.md", b"q" * 50, method=0)])

LONG = {"packed": 99}

HOSTILE: dict[str, tuple[str, Callable[[], bytes]]] = {
    # what is no archive, or not a whole one
    "nothing": ("empty", lambda: b""),
    "a text": ("not-zip", lambda: b"# Course\n" * 50),
    "rar": ("not-zip", lambda: b"Rar!\x1a\x07\x01\x00" + bytes(200)),
    "gzip": ("not-zip", lambda: b"\x1f\x8b\x08" + bytes(200)),
    "cut in the middle": ("truncated", lambda: GOOD[: len(GOOD) // 2]),
    "cut in the end record": ("truncated", lambda: GOOD[:-3]),
    "only the signature": ("truncated", lambda: b"PK\3\4"),
    "empty archive": ("no-course", lambda: build([], course=False)),
    "two end records": ("ambiguous", lambda: build([], comment=build([E("other.md")], course=False))),
    "bytes behind the end": ("surplus", lambda: build([], after=b"<?php ?>")),
    "bytes in front: a picture that is an archive": ("surplus", lambda: build([], prefix=b"GIF89a" + bytes(40))),
    "bytes in front, places as they were": ("surplus", lambda: b"MZ" + bytes(30) + GOOD),
    "a place inside of another entry": ("overlap", lambda: build([E("x", at=3)])),
    "bytes between entries": ("surplus", lambda: build([E("a.md")], between=b"hidden")),
    "bytes before the list": ("surplus", lambda: build([], before_list=b"APK Sig Block 42")),
    "bytes before the end record": ("surplus", lambda: build([], before_end=b"here")),
    "second disk": ("several-parts", lambda: build([], disk=1)),
    "list begins on another disk": ("several-parts", lambda: build([], first=1)),
    "part of the entries here": ("several-parts", lambda: build([E("a.md")], here=1)),
    "entry on another disk": ("several-parts", lambda: build([E("a.md", listed={"disk": 2})])),
    "first part of several": ("several-parts", lambda: b"PK\x07\x08" + bytes(300)),
    "zip64 by its locator": ("zip64", lambda: build([], before_end=b"PK\x06\x06" + bytes(52) + b"PK\x06\x07" + bytes(16))),
    "zip64 by its disk": ("zip64", lambda: build([], disk=0xFFFF)),
    "zip64 by its count": ("entries", lambda: build([], count=0xFFFF, here=0xFFFF)),
    "zip64 by its place": ("zip64", lambda: build([], start=0xFFFFFFFF)),
    "zip64 by a size of 4 GiB": ("zip64", lambda: build([E("a.md", listed={"size": 0xFFFFFFFF})])),
    "list beyond the end": ("listing", lambda: build([], start=9_000_000)),
    "list longer than it is": ("listing", lambda: build([], size=4000)),
    "list shorter than it is": ("surplus", lambda: build([], size=10)),
    "list of something else": ("listing", lambda: build([E("a.md", listed={"sign": b"PK\x05\x05"})])),
    "count too small": ("count", lambda: build([E("a.md")], count=1, here=1)),
    "count too large": ("count", lambda: build([E("a.md")], count=7, here=7)),
    # entries on top of each other, headers that differ
    "two names for one entry": ("overlap", lambda: build([E("a.md"), E("b.md", at=len(build([])) - 22 - 46 - 9, packed=b"")])),
    "an entry inside of another": ("overlap", quoted),
    "one entry listed twice": ("duplicate", overlapping),
    "place beyond the end": ("outside", lambda: build([E("a.md", at=0x7FFFFFFF)])),
    "bytes beyond the list": ("outside", lambda: build([E("a.md", b"a" * 99, 0, packed=b"a", local=LONG, listed=LONG)])),
    "no header there": ("header", lambda: build([E("a.md", local={"sign": b"PK\x33\x34"})])),
    "another name in the header": ("header", lambda: build([E("a.md", local={"name": b"../a"})])),
    "another way of packing in the header": ("header", lambda: build([E("a.md", local={"method": 0})])),
    "another size in the header": ("header", lambda: build([E("a.md", local={"size": 1})])),
    "another checksum in the header": ("header", lambda: build([E("a.md", local={"crc": 1})])),
    "encrypted in the header only": ("header", lambda: build([E("a.md", local={"flags": 1 << 11 | 1})])),
    "a descriptor that lies": (
        "header",
        lambda: build([E("a.md", b"text" * 50, flags=1 << 11 | 8, descriptor=descriptor(b"text" * 50, STREAMED, size=4))]),
    ),
    "a descriptor that is missing": ("header", lambda: build([E("a.md", flags=1 << 11 | 8), E("b.md")])),
    # sizes and contents that are not what is said
    "more than it says": ("size", lambda: build([lying("a.md", b"a" * 5000, size=10)])),
    "less than it says": ("size", lambda: build([lying("a.md", b"a" * 10, size=5000)])),
    "stored, and longer than it says": ("size", lambda: build([lying("a.md", b"a" * 50, method=0, size=9)])),
    "a wrong checksum": ("checksum", lambda: build([lying("a.md", crc=5)])),
    "a turned byte in a stored file": ("checksum", lambda: turned(STORED, STORED.index(b"qqqq") + 9)),
    "a stream of nonsense": ("damaged", lambda: build([E("a.md", packed=b"\xff\xff\xff\xff")])),
    "a stream that ends early": ("damaged", lambda: build([E("a.md", b"a" * 5000, packed=E("", b"a" * 5000).stream[:-4])])),
    "a stream that goes on": ("damaged", lambda: build([E("a.md", packed=E("").stream + b"more")])),
    "packed to nothing": ("damaged", lambda: build([E("a.md", packed=b"")])),
    # encrypted, or packed in other ways
    "a password": ("encrypted", lambda: build([E("a.md", flags=1 << 11 | 1)])),
    "strong encryption": ("encrypted", lambda: build([E("a.md", flags=1 << 11 | 1 << 6)])),
    "hidden headers": ("encrypted", lambda: build([E("a.md", flags=1 << 11 | 1 << 13)])),
    "AES": ("encrypted", lambda: build([E("a.md", method=99)])),
    "deflate64": ("method", lambda: build([E("a.md", method=9)])),
    "bzip2": ("method", lambda: build([E("a.md", method=12)])),
    "LZMA": ("method", lambda: build([E("a.md", method=14)])),
    "an old method": ("method", lambda: build([E("a.md", method=1)])),
    # too much
    "100,000 entries": ("entries", lambda: packed_by_python(more=dict.fromkeys(map(str, range(100_000)), b""))),
    "50,000 entries that are not there": ("entries", lambda: build([E("m/a.md", b"", method=0)], count=50_000, here=50_000)),
    "5,001 entries that are there": ("entries", lambda: many(5_001)),
    "a count that lies about a long list": ("entries", lambda: many(6_000, count=9, here=9)),
    "a bomb": ("bomb", lambda: build([E("a.bin", zeros(12 * MIB))])),
    "a bomb of many": ("bomb", lambda: build([E(f"{number}.bin", zeros(3 * MIB)) for number in range(6)])),
    "a bomb that says it is small": ("size", lambda: build([lying("a.bin", zeros(12 * MIB), size=9)])),
    "a file of 21 MiB": ("file-size", lambda: build([E("a.bin", bytes(range(256)) * (21 * MIB // 256), method=0)])),
    "a file that says it has 4 GB": ("file-size", lambda: build([lying("a.bin", size=4_000_000_000)])),
    # links and devices
    "a symbolic link": ("link", lambda: build([E("a.md", b"/etc/passwd", mode=SYMLINK)])),
    "a symbolic link to a folder": ("link", lambda: build([E("media", b"../..", mode=SYMLINK), E("media/x.md")])),
    "a pipe": ("special", lambda: build([E("a.md", mode=FIFO)])),
    "a device": ("special", lambda: build([E("a.md", mode=DEVICE)])),
    "a file that is a folder": ("special", lambda: build([E("a.md", mode=0o040755)])),
    "a folder with bytes": ("folder-bytes", lambda: build([E("media/", b"hidden")])),
    # names
    "no name": ("name-empty", lambda: build([E("")])),
    "upwards": ("traversal", lambda: build([E("../evil.md")])),
    "upwards from within": ("traversal", lambda: build([E("01-start/../../evil.md")])),
    "upwards as a folder": ("traversal", lambda: build([E("../", b"", method=0, mode=0o040755)])),
    "upwards with backslashes": ("traversal", lambda: build([E("..\\..\\evil.md")])),
    "upwards by the end": ("traversal", lambda: build([E("01-start/..")])),
    "absolute": ("absolute", lambda: build([E("/etc/cron.d/evil")])),
    "absolute twice": ("absolute", lambda: build([E("//server/share/evil")])),
    "a drive": ("drive", lambda: build([E("C:/Windows/evil.md")])),
    "relative on a drive": ("drive", lambda: build([E("c:evil.md")])),
    "a network share": ("backslash", lambda: build([E("\\\\server\\share\\evil.md")])),
    "backslashes": ("backslash", lambda: build([E("01-start\\lesson.md")])),
    "a stream of a file": ("name-sign", lambda: build([E("01-start/a.md:evil")])),
    "a zero": ("name-sign", lambda: build([E("a.md\0.png")])),
    "a line break": ("name-sign", lambda: build([E("a\nb.md")])),
    "an escape sequence": ("name-sign", lambda: build([E("\x1b[2Ja.md")])),
    "letters turned round": ("name-sign", lambda: build([E("a\u202egnp.md")])),
    "a sign without width": ("name-sign", lambda: build([E("a\u200b.md")])),
    "a question mark": ("name-sign", lambda: build([E("why?.md")])),
    "no part": ("name-part", lambda: build([E("01-start//a.md")])),
    "a dot as a part": ("name-part", lambda: build([E("./a.md")])),
    "a dot at the end": ("name-ending", lambda: build([E("01-start/a.md.")])),
    "a space at the end": ("name-ending", lambda: build([E("01-start/a.md ")])),
    "a folder with a dot at the end": ("name-ending", lambda: build([E("01-start./a.md")])),
    "CON": ("device", lambda: build([E("01-start/CON")])),
    "aux.md": ("device", lambda: build([E("aux.md")])),
    "a folder LPT1": ("device", lambda: build([E("lpt1/a.md")])),
    "COM¹": ("device", lambda: build([E("com¹.png")])),
    "nul with spaces": ("device", lambda: build([E("nul .md")])),
    "a long path": ("name-long", lambda: build([E("a/" * 8 + "b" * 230 + ".md")])),
    "a long part": ("name-long", lambda: build([E("ы" * 130 + ".md")])),
    "deep": ("name-deep", lambda: build([E("a/" * 9 + "b.md")])),
    "a name in cp866": ("name-encoding", lambda: build([E(CP866, flags=0)])),
    "a name in latin-1 that says it is UTF-8": ("name-encoding", lambda: build([E("é.md".encode("latin-1"))])),
    "half a character": ("name-encoding", lambda: build([E("\ud800.md")])),
    "a longer form of a slash": ("name-encoding", lambda: build([E(b"..\xc0\xafevil.md")])),
    "a name beside that leads out": ("traversal", lambda: build([E(CP866, flags=0, extra=unicode_path(CP866, "../evil.md"))])),
    "a name beside for another name": ("name-encoding", lambda: build([E(CP866, flags=0, extra=unicode_path(b"", "урок.md"))])),
    "twice": ("duplicate", lambda: build([E("a.md", b"one"), E("a.md", b"two")])),
    "two course.md": ("duplicate", lambda: build([E("course.md", b"two")])),
    "capitals": ("case-clash", lambda: build([E("Read.md"), E("read.md")])),
    "Cyrillic capitals": ("case-clash", lambda: build([E("Урок.md"), E("урок.md")])),
    "capitals of a folder": ("case-clash", lambda: build([E("Start/a.md"), E("start/b.md")])),
    "ß and ss": ("case-clash", lambda: build([E("straße.md"), E("strasse.md")])),
    "two forms of й": ("unicode-clash", lambda: build([E("й.md"), E(unicodedata.normalize("NFD", "й.md"))])),
    "two forms of a folder": ("unicode-clash", lambda: build([E("ё/a.md"), E(unicodedata.normalize("NFD", "ё") + "/b.md")])),
    "a file and a folder": ("file-folder", lambda: build([E("media"), E("media/a.png")])),
    "a folder and a file": ("file-folder", lambda: build([E("media/a.png"), E("Media")])),
    "hidden, but leading out": ("traversal", lambda: build([E(".git/../../evil")])),
    # the course
    "no course": ("no-course", lambda: build([E("lesson.md")], course=False)),
    "a course that is hidden": ("no-course", lambda: build([E(".course/course.md")], course=False)),
    "a course below two folders": ("course-deep", lambda: build([E("repo/content/course.md"), E("repo/README.md")], course=False)),
    "a course beside other files": ("course-deep", lambda: build([E("one/course.md"), E("README.md")], course=False)),
    "two courses": ("several-courses", lambda: build([E("one/course.md"), E("two/course.md")], course=False)),
}  # fmt: skip


def outcome(data: bytes, limits: Limits | None = None) -> str:
    try:
        archive.read(io.BytesIO(data), limits)
    except Refused as refused:
        return refused.code
    return "taken"


@pytest.mark.parametrize("name", HOSTILE)
def test_it_is_refused_for_its_own_reason_and_nothing_is_written(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, made = HOSTILE[name]
    assert outcome(made()) == code
    assert list(tmp_path.rglob("*")) == []


def test_there_are_enough_and_every_reason_is_among_them():
    assert len(HOSTILE) >= 60
    apart = {"total", "time"}
    assert {code for code, _ in HOSTILE.values()} | apart == set(archive.REASONS)


def test_every_reason_has_a_sentence_of_its_own():
    texts = [text for text, _ in archive.REASONS.values()]
    assert len(set(texts)) == len(texts)
    assert all(hint for _, hint in archive.REASONS.values())


def test_tens_of_thousands_of_entries_are_refused_before_they_are_read():
    class Counted(io.BytesIO):
        taken = 0

        def read(self, size: int | None = -1, /) -> bytes:
            found = super().read(size)
            self.taken += len(found)
            return found

    body = b"".join(
        b"PK\1\2" + struct.pack("<HHHHHHIIIHHHHHII", 0x314, 20, 0, 0, 0, 0, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0) + f"{number:06}".encode()
        for number in range(65_534)
    )  # fmt: skip
    data = Counted(body + b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, 65_534, 65_534, len(body), 0, 0))
    with pytest.raises(Refused) as refused:
        archive.read(data)
    assert refused.value.code == "entries"
    assert data.taken <= 70_000


def test_the_total_is_counted_while_reading():
    files = [E(f"{number}.bin", bytes(range(256)) * 4096, method=0) for number in range(5)]
    assert outcome(build(files), Limits(total=4 * MIB)) == "total"
    assert outcome(build(files), Limits(total=6 * MIB)) == "taken"


def test_reading_ends_in_time():
    instants = iter(range(1000))
    with pytest.raises(Refused) as refused:
        archive.read(io.BytesIO(GOOD), Limits(seconds=2), lambda: float(next(instants)))
    assert refused.value.code == "time"


def test_a_bomb_is_left_where_it_passes_what_it_says():
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    bomb = b"".join(packer.compress(zeros(MIB)) for _ in range(300)) + packer.flush()
    pieces = archive._unpacked(io.BytesIO(bomb), 0, len(bomb), 8)
    assert max(len(next(pieces)) for _ in range(100)) <= 64 * 1024
    for said, code in ((9 * MIB, "size"), (19 * MIB, "size"), (21 * MIB, "file-size")):
        assert outcome(build([lying("a.bin", b"", packed=bomb, size=said)])) == code
    small = {"size": 19 * MIB}
    assert outcome(build([E("a.bin", b"", packed=bomb[:100_000], local=small, listed=small)])) == "bomb"


def test_every_single_byte_turned_gives_a_reason_or_the_same_files():
    """No failure but a refusal, wherever the damage is."""
    true = [(entry.path, entry.size) for entry in archive.read(io.BytesIO(GOOD)).files]
    for place in range(len(GOOD)):
        try:
            found = archive.read(io.BytesIO(turned(GOOD, place)))
        except Refused:
            continue
        assert [(entry.path, entry.size) for entry in found.files] == true, place


def test_every_beginning_of_an_archive_is_refused():
    assert {outcome(GOOD[:length]) for length in range(len(GOOD))} == {"empty", "not-zip", "truncated"}


# ------------------------------------------------------------------------------------------- good ones

FILES = {
    "course.md": COURSE,
    "01-начало/index.md": b"---\ntitle: M\n---\n",
    "01-начало/01-урок.md": b"text\r\n",
    "media/a b.png": bytes(range(256)),
}


def contents(data: bytes) -> dict[str, bytes]:
    found = archive.read(io.BytesIO(data))
    return {entry.path: b"".join(found.chunks(entry)) for entry in found.files}


def packed_by_python(top: str = "", method: int = zipfile.ZIP_DEFLATED, more: Mapping[str, bytes] = {}) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as packing:
        for name, data in {**{top + name: data for name, data in FILES.items()}, **more}.items():
            packing.writestr(name, data)
    return made.getvalue()


class Pipe(io.RawIOBase):
    """Somewhere one can only write on: packing there gives descriptors behind the entries."""

    def __init__(self) -> None:
        self.got = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.got += bytes(data)
        return len(data)


def test_the_content_of_a_folder_and_the_folder_itself_are_taken():
    assert contents(packed_by_python()) == FILES
    assert contents(packed_by_python("course/")) == FILES
    assert contents(packed_by_python(method=zipfile.ZIP_STORED)) == FILES
    assert archive.read(io.BytesIO(packed_by_python("my-course/"))).name == "my-course"


def test_an_archive_that_was_packed_into_a_pipe_is_taken():
    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as packing:  # type: ignore[call-overload]  # it is enough of a file
        for name, data in FILES.items():
            packing.writestr(name, data)
    assert contents(bytes(pipe.got)) == FILES


def test_what_systems_add_is_left_out():
    more = {
        "c/.DS_Store": b"x",
        "__MACOSX/c/._course.md": b"x",
        "c/Thumbs.db": b"x",
        "c/.git/config": b"x",
        "c/01/.keep": b"",
    }
    found = archive.read(io.BytesIO(packed_by_python("c/", more=more)))
    assert [entry.path for entry in found.files] == sorted(FILES)
    assert found.left_out == tuple(sorted(more))


def test_names_of_a_mac_are_written_as_everybody_elses():
    """Decomposed, UTF-8 without saying so."""
    name = unicodedata.normalize("NFD", "01-й/ёж.md")
    found = archive.read(io.BytesIO(build([E(name.encode(), flags=0)])))
    assert [entry.path for entry in found.files] == ["01-й/ёж.md", "course.md"]


def test_a_name_in_utf_8_beside_one_in_a_code_page_counts():
    raw = CP866
    found = archive.read(io.BytesIO(build([E(raw, flags=0, extra=unicode_path(raw, "урок.md"))])))
    assert [entry.path for entry in found.files] == ["course.md", "урок.md"]


def test_folders_and_a_comment_do_no_harm():
    folders = [E("01/", b"", method=0, mode=0o040755), E("01/media/", b"", mode=0o040755), E("01/media/a.png", b"png")]
    assert contents(build(folders, comment="Привет PK".encode())) == {"01/media/a.png": b"png", "course.md": COURSE}


def test_pictures_of_one_colour_are_no_bomb():
    assert outcome(build([E("flat.bmp", zeros(9 * MIB))])) == "taken"


@pytest.mark.skipif(shutil.which("zip") is None, reason="there is no zip here")
def test_the_usual_programs_pack_what_is_taken(tmp_path):
    folder = tmp_path / "course"
    for name, data in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    subprocess.run(["zip", "-q", "-r", "../a.zip", "."], cwd=folder, check=True)
    subprocess.run(["zip", "-q", "-r", "-0", "b.zip", "course"], cwd=tmp_path, check=True)
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
    subprocess.run(["git", "add", "."], cwd=folder, check=True)
    who = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    subprocess.run(["git", *who, "commit", "-q", "-m", "all"], cwd=folder, check=True)
    subprocess.run(["git", "archive", "--prefix=course-main/", "-o", "../c.zip", "HEAD"], cwd=folder, check=True)
    shutil.make_archive(str(tmp_path / "d"), "zip", folder)
    for name in "abc":
        assert contents((tmp_path / f"{name}.zip").read_bytes()) == FILES, name
    assert contents((tmp_path / "d.zip").read_bytes()) == FILES


def test_paths_are_checked_by_the_same_rules_elsewhere():
    archive.check_path("01-start/01-why.md")
    with pytest.raises(Refused) as refused:
        archive.check_path("01-start/../x.md")
    assert refused.value.code == "traversal"


def test_names_in_sentences_are_short_and_visible():
    with pytest.raises(Refused) as refused:
        archive.check_path("a\u202e" + "b" * 500)
    shown = refused.value.values["name"]
    assert "\u202e" not in shown
    assert len(shown) < 130
