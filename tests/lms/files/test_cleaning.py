"""What programs write into files about those who use them is taken out; what a reader sees stays."""

import io
import zipfile

import pikepdf
import pytest
from PIL import Image

from lms.files import rules
from lms.files.cleaning import clean
from lms.files.documents import DEPTH, clean_xml
from lms.files.uncleanable import Uncleanable
from tests.lms.files import marked


def cleaned(content: bytes, name: str) -> bytes:
    return clean(content, rules.find_type(io.BytesIO(content), name))


@pytest.mark.parametrize("ending", sorted(marked.ALL))
def test_no_property_is_left(ending: str) -> None:
    before = marked.ALL[ending]()
    assert marked.sightings(before) > 0, "the search finds what is there"
    after = cleaned(before, f"a.{ending}")
    assert marked.sightings(after) == 0
    assert rules.find_type(io.BytesIO(after), f"a.{ending}") == rules.find_type(io.BytesIO(before), f"a.{ending}")


@pytest.mark.parametrize("ending", ["docx", "xlsx", "pptx", "odt", "svg", "html", "zip"])
def test_what_is_read_stays(ending: str) -> None:
    assert marked.SEEN.encode() in marked.everything(cleaned(marked.ALL[ending](), f"a.{ending}"))


def part(content: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        return file.read(name).decode()


def test_a_document_is_otherwise_as_it_was() -> None:
    after = cleaned(marked.docx(), "a.docx")
    text = part(after, "word/document.xml")
    assert 'mc:Ignorable="w14"' in text
    assert 'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"' in text
    assert f'<w:t xml:space="preserve"> {marked.SEEN} &amp; &lt; </w:t>' in text
    assert '<w:ins w:id="1" w:author="Author 1" w:date="2026-03-02T09:00:00Z">' in text
    assert '<w:del w:id="2" w:author="Author 2">' in text
    assert "<w:t>17</w:t>" in text  # the field of another kind
    assert 'name="Рисунок 1" descr=""' in text
    assert "rsid" not in text + part(after, "word/settings.xml")
    assert 'w:author="Author 1" w:initials="A"' in part(after, "word/comments.xml")
    assert 'w15:author="Author 1"' in part(after, "word/people.xml")
    assert part(after, "word/_rels/settings.xml.rels").count("<Relationship ") == 1
    with zipfile.ZipFile(io.BytesIO(after)) as file:
        assert {entry.date_time for entry in file.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert [name for name in file.namelist() if "signature" in name] == []


def test_comments_in_a_table_keep_their_text() -> None:
    text = part(cleaned(marked.xlsx(), "a.xlsx"), "xl/comments1.xml")
    assert "<author>Author 1</author>" in text
    assert "<t>Author 1:</t>" in text
    assert "<t>замечание</t>" in text


def test_an_open_text_begins_with_its_type_unpacked() -> None:
    after = cleaned(marked.odt(), "a.odt")
    assert after[30:38] == b"mimetype"
    with zipfile.ZipFile(io.BytesIO(after)) as file:
        assert file.getinfo("mimetype").compress_type == zipfile.ZIP_STORED
    assert "<meta:creator-initials>A</meta:creator-initials>" in part(after, "content.xml")
    assert "100" in part(after, "settings.xml")


@pytest.mark.parametrize("ending", ["jpg", "png", "webp"])
def test_a_picture_is_turned_as_its_camera_meant_it(ending: str) -> None:
    with Image.open(io.BytesIO(cleaned(marked.ALL[ending](), f"a.{ending}"))) as picture:
        assert picture.size == (20, 40)
        top, bottom = (picture.convert("RGB").getpixel(place) for place in ((10, 5), (10, 35)))
    assert [tuple(round(part / 100) for part in one) for one in (top, bottom)] == [(2, 0, 0), (0, 0, 2)]


def test_a_moving_picture_goes_on_moving() -> None:
    with Image.open(io.BytesIO(cleaned(marked.gif(), "a.gif"))) as picture:
        assert (picture.n_frames, picture.info["duration"], picture.info["loop"]) == (2, 200, 0)


def test_a_pdf_keeps_its_pages_and_loses_its_past() -> None:
    first = io.BytesIO()
    with pikepdf.open(io.BytesIO(marked.pdf(3))) as file:
        file.save(first)
    # a later version that only says what changed: the earlier one still lies in the file
    before = first.getvalue() + b"\n9999 0 obj\n(" + marked.MARK.encode() + b")\nendobj\n"
    after = cleaned(before, "a.pdf")
    assert marked.sightings(after) == 0
    with pikepdf.open(io.BytesIO(after)) as file:
        assert len(file.pages) == 3
        assert sorted(file.trailer.keys()) == ["/ID", "/Root", "/Size"]
        photo = file.pages[0].obj.Resources.XObject.P
        with Image.open(io.BytesIO(photo.read_raw_bytes())) as picture:
            assert picture.size == (40, 20)
        assert str(file.pages[0].obj.Annots[0].Contents) == "remark"


def test_a_label_that_follows_a_label_goes_too() -> None:
    once = marked.mp3()
    label = once[: once.index(b"\xff\xfb")]
    assert cleaned(label + once, "a.mp3") == cleaned(once, "a.mp3")


def test_a_film_keeps_the_place_of_its_parts() -> None:
    before = marked.mp4()
    after = cleaned(before, "a.mp4")
    assert len(after) == len(before)
    assert after.index(b"mdat") == before.index(b"mdat")


def test_texts_are_sent_as_they_are() -> None:
    assert clean(b"---\nauthor: A\n---\n", "text/markdown") == b"---\nauthor: A\n---\n"


def nested(depth: int) -> bytes:
    content = marked.SEEN.encode()
    for _ in range(depth):
        content = marked.archive({"a.txt" if content[:2] != b"PK" else "a.zip": content})
    return content


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (
            b"\xff\xd8\xff\xe0\x00\x10JFIF\0" + bytes(9) + b"\xff\xc0\x00\x0b\x08\x00\x05\x00\x05\x01\x01\x11\x00",
            "a.jpg",
        ),
        (b"%PDF-1.7\nnothing", "a.pdf"),
        (nested(DEPTH + 1), "a.zip"),
        (marked.archive({"[Content_Types].xml": "<Types/>", "word/document.xml": "<a><b></a>"}), "a.docx"),
        (marked.archive({"[Content_Types].xml": "<Types/>", "xl/workbook.bin": b"\1"}), "a.xlsx"),
        (marked.archive({"letter.doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)}), "a.zip"),
        (marked.box(b"ftyp", b"isom\0\0\2\0isom") + marked.box(b"moov", b"\0\0\0\7trak"), "a.mp4"),
    ],
)
def test_what_cannot_be_cleaned_is_not_sent(content: bytes, name: str) -> None:
    with pytest.raises(Uncleanable):
        cleaned(content, name)


def test_an_archive_that_unpacks_to_too_much_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lms.files.documents.UNPACKED", 1000)
    with pytest.raises(Uncleanable, match="unpacks to too much"):
        cleaned(marked.archive({"a.txt": b"0" * 600, "b.txt": b"0" * 600}), "a.zip")


def test_a_part_takes_nothing_from_outside() -> None:
    hostile = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'
    assert b"root:" not in clean_xml(hostile, {})
