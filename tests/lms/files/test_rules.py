"""What may be uploaded is decided by content, and what a file is called cannot hurt whoever saves it."""

import io
import struct
import zipfile
import zlib

import pytest

from lms.files import rules

OFFICE = "application/vnd.openxmlformats-officedocument."


def archive(*names: str, **texts: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name in names:
            file.writestr(name, texts.get(name, "x"))
    return buffer.getvalue()


def open_document(kind: str) -> bytes:
    return archive("mimetype", "content.xml", mimetype=f"application/vnd.oasis.opendocument.{kind}")


def counted_twice(content: bytes) -> bytes:
    """An archive whose last record says it has one entry, while a longer record before it, which counts, says the truth."""
    place = content.rfind(b"PK\x05\x06")
    entries, size, offset = struct.unpack_from("<HII", content, place + 10)
    longer = b"PK\x06\x06" + struct.pack("<QHHIIQQQQ", 44, 45, 45, 0, 0, entries, entries, size, offset)
    locator = b"PK\x06\x07" + struct.pack("<IQI", 0, place, 1)
    return content[:place] + longer + locator + b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 1, 1, 46, offset, 0)


def badly_packed(method: int) -> bytes:
    """An archive whose `mimetype` says it is packed in a way in which it is not."""
    content = archive("mimetype", "content.xml", mimetype="application/vnd.oasis.opendocument.text")
    local, listed = content.find(b"PK\x03\x04"), content.find(b"PK\x01\x02")
    packed = bytearray(content)
    packed[local + 8 : local + 10] = packed[listed + 10 : listed + 12] = struct.pack("<H", method)
    return bytes(packed)


def png(width: int, height: int) -> bytes:
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))


def jpeg(width: int, height: int, before: bytes = b"") -> bytes:
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\x01\x11\x00"
    return b"\xff\xd8\xff\xe0" + struct.pack(">H", 16) + b"JFIF\0" + bytes(9) + before + frame + b"\xff\xd9"


def exif(size: int) -> bytes:
    return b"\xff\xe1" + struct.pack(">H", size + 2) + bytes(size)


def gif(width: int, height: int) -> bytes:
    return b"GIF89a" + struct.pack("<HH", width, height) + b"\0\0\0;"


def webp(chunk: bytes) -> bytes:
    return b"RIFF" + struct.pack("<I", len(chunk) + 4) + b"WEBP" + chunk


EXTENDED = b"VP8X" + struct.pack("<I", 10) + bytes(4) + (999).to_bytes(3, "little") + (499).to_bytes(3, "little")
LOSSY = b"VP8 " + struct.pack("<I", 30) + bytes(3) + b"\x9d\x01\x2a" + struct.pack("<HH", 1000, 500) + bytes(20)
LOSSLESS = b"VP8L" + struct.pack("<I", 20) + b"\x2f" + struct.pack("<I", 999 | 499 << 14) + bytes(16)


@pytest.mark.parametrize(
    ("content", "name", "type"),
    [
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", "a.pdf", "application/pdf"),
        (png(10, 10), "a.png", "image/png"),
        (jpeg(10, 10), "a.jpg", "image/jpeg"),
        (gif(10, 10), "a.gif", "image/gif"),
        (webp(EXTENDED), "a.webp", "image/webp"),
        (b"ID3\x04\0\0\0\0\0\0" + bytes(100), "a.mp3", "audio/mpeg"),
        (b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + bytes(50), "a.mp4", "video/mp4"),
        (archive("[Content_Types].xml", "word/document.xml"), "a.docx", OFFICE + "wordprocessingml.document"),
        (archive("[Content_Types].xml", "xl/workbook.xml"), "a.xlsx", OFFICE + "spreadsheetml.sheet"),
        (archive("[Content_Types].xml", "ppt/a.xml"), "a.pptx", OFFICE + "presentationml.presentation"),
        (open_document("text"), "a.odt", "application/vnd.oasis.opendocument.text"),
        (open_document("spreadsheet"), "a.ods", "application/vnd.oasis.opendocument.spreadsheet"),
        (open_document("presentation"), "a.odp", "application/vnd.oasis.opendocument.presentation"),
        (archive("план.txt", "src/main.py"), "a.zip", "application/zip"),
        (b"PK\x05\x06" + bytes(18), "a.zip", "application/zip"),
        ("Просто текст\r\n".encode(), "a.txt", "text/plain"),
        ("\ufeffимя;балл\nАнна;5\n".encode(), "a.csv", "text/csv"),
        ("# Заголовок\n\nгде 2 < 3".encode(), "a.MD", "text/markdown"),
        (b"print('x')", "a.py", "text/plain"),
    ],
)  # fmt: skip
def test_types_are_found_from_content(content: bytes, name: str, type: str) -> None:
    assert rules.find_type(io.BytesIO(content), name) == type


@pytest.mark.parametrize(
    "content",
    [
        b"<!doctype html><script>alert(1)</script>",
        b"  \n<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"<?xml version='1.0'?><?xml-stylesheet href='a.xsl'?><a/>",
        b"<?php system('id');",
        b"plain at first\n" * 10_000 + b"<script>",
        b"x" * 65_535 + b"<script>",
    ],
)
def test_text_with_tags_is_only_ever_bytes(content: bytes) -> None:
    assert rules.find_type(io.BytesIO(content), "innocent.txt") == "application/octet-stream"


@pytest.mark.parametrize("name", ["photo.jpg", "work.pdf", "a.html", "a.txt"])
def test_the_name_decides_nothing(name: str) -> None:
    assert rules.find_type(io.BytesIO(gif(1, 1) + b"=1;alert(1)"), name) == "image/gif"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"MZ\x90\0" + bytes(200), "type"),
        (b"\x7fELF" + bytes(200), "type"),
        ("Текст в кодировке Windows".encode("cp1251"), "type"),
        ("Текст".encode("utf-16"), "type"),
        ("обрыв".encode()[:-1], "type"),
        (b"\0" * 100, "type"),
        (b"{\\rtf1 \x01}", "type"),
        (png(5001, 5000), "pixels"),
        (png(50_000, 50_000), "pixels"),
        (jpeg(65_000, 65_000, exif(60_000) * 5), "pixels"),
        (gif(65_535, 65_535), "pixels"),
        (png(0, 10), "damaged"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 30, "damaged"),
        (jpeg(10, 10)[:26], "damaged"),
        (b"PK\x03\x04 no archive at all", "damaged"),
        (archive("a")[:-10], "damaged"),
        (archive(*(f"{n}" for n in range(5001))), "entries"),
        (counted_twice(archive(*(f"{n}" for n in range(5001)))), "entries"),
        (archive("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), "macros"),
    ],
)
def test_what_is_refused_and_why(content: bytes, reason: str) -> None:
    with pytest.raises(rules.Refused) as refused:
        rules.find_type(io.BytesIO(content), "a.txt")
    assert refused.value.reason == reason


def test_an_archive_that_lies_about_its_listing_costs_nothing() -> None:
    lie = archive("a")[:-22] + struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 1, 1, 4_000_000_000, 0, 0)
    with pytest.raises(rules.Refused):
        rules.find_type(io.BytesIO(lie), "a.zip")


@pytest.mark.parametrize(
    ("content", "type", "size"),
    [
        (png(640, 480), "image/png", (640, 480)),
        (gif(640, 480), "image/gif", (640, 480)),
        (jpeg(640, 480), "image/jpeg", (640, 480)),
        (jpeg(640, 480, exif(65_000)), "image/jpeg", (640, 480)),
        (webp(EXTENDED), "image/webp", (1000, 500)),
        (webp(LOSSY), "image/webp", (1000, 500)),
        (webp(LOSSLESS), "image/webp", (1000, 500)),
    ],
)
def test_the_size_of_a_picture_is_read_from_its_header(content: bytes, type: str, size: tuple[int, int]) -> None:
    assert rules.pixels(io.BytesIO(content), type) == size


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Моя работа — итог.docx", "Моя работа — итог.docx"),
        ("..\\..\\windows\\system32\\a.txt", "a.txt"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\Анна\\План.pdf", "План.pdf"),
        ("a\u202egpj.exe", "agpj.exe"),
        ("a\0b\r\nSet-Cookie: x=1.txt", "ab Set-Cookie_ x=1.txt"),
        ("zero\u200bwidth.txt", "zerowidth.txt"),
        ('q"u<o>t|e?*.txt', "q_u_o_t_e__.txt"),
        ("CON", "_CON"),
        ("nul.tar.gz", "_nul.tar.gz"),
        ("  ...hidden. ", "hidden"),
        ("", "file"),
        ("...", "file"),
        ("/", "file"),
        ("и\u0306.txt", "й.txt"),
        ("я" * 300 + ".docx", "я" * 97 + ".docx"),
        ("a" * 300 + ".pdf", "a" * 146 + ".pdf"),
    ],
)
def test_names_lose_what_could_hurt_and_keep_their_letters(given: str, kept: str) -> None:
    assert rules.clean_name(given) == kept
    assert len(kept.encode()) <= rules.NAME_BYTES
    assert rules.clean_name(kept) == kept


def test_every_type_has_its_ending() -> None:
    documents = set(rules.OOXML.values()) | rules.ODF
    known = rules.DIRECT | documents | set(rules.TEXTS.values()) | {"text/plain", "application/zip"}
    assert set(rules.EXTENSIONS) == known
    assert rules.extension_of(rules.BYTES) == ""


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_an_archive_is_not_unpacked_to_learn_what_it_is(method: int) -> None:
    assert rules.find_type(io.BytesIO(badly_packed(method)), "a.odt") == "application/zip"


def test_what_is_packed_wrongly_is_damaged() -> None:
    with pytest.raises(rules.Refused) as refused:
        rules.find_type(io.BytesIO(badly_packed(zipfile.ZIP_DEFLATED)), "a.odt")
    assert refused.value.reason == "damaged"
