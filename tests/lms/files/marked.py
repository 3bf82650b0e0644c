"""Files of every kind whose properties name somebody wherever programs write names: what is sent anonymously must not.

`MARK` stands in every property and nowhere in what a reader sees, which is `SEEN`.
"""

import io
import struct
import zipfile
from collections.abc import Mapping
from contextvars import ContextVar

import pikepdf
from PIL import Image
from PIL.PngImagePlugin import PngInfo

MARK = "Приметнова"
_who: ContextVar[str] = ContextVar("who", default=MARK)
SEEN = "видимый текст"

CORE = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{m}</dc:title><dc:creator>{m}</dc:creator>
 <cp:lastModifiedBy>{m}</cp:lastModifiedBy><dc:description>{m}</dc:description></cp:coreProperties>"""
APP = """<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">
<Manager>{m}</Manager><Company>Школа {m}</Company></Properties>"""
CUSTOM = """<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"
 xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"><property pid="2" name="who">
 <vt:lpwstr>{m}</vt:lpwstr></property></Properties>"""
TYPES = """<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/_xmlsignatures/sig1.xml" ContentType="application/xml"/></Types>"""
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
WORD = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<w:document {w} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"
 xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml" xmlns:wp="urn:wp" mc:Ignorable="w14"><w:body>
<w:p w:rsidR="00{r}"><w:r><w:t xml:space="preserve"> {s} &amp; &lt; </w:t></w:r>
<w:ins w:id="1" w:author="{m}" w:date="2026-03-02T09:00:00Z"><w:r><w:t>вставка</w:t></w:r></w:ins>
<w:del w:id="2" w:author="Другая {m}"><w:r><w:delText>было</w:delText></w:r></w:del>
<w:fldSimple w:instr=" AUTHOR \\* MERGEFORMAT "><w:r><w:t>{m}</w:t></w:r></w:fldSimple>
<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> LASTSAVEDBY </w:instrText></w:r>
<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>{m}</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>
<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> PAGE </w:instrText></w:r>
<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>17</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>
<w:sdt><w:sdtPr><w:dataBinding w:xpath="/ns1:coreProperties[1]/ns0:creator[1]"/></w:sdtPr>
<w:sdtContent><w:r><w:t>{m}</w:t></w:r></w:sdtContent></w:sdt>
<wp:docPr id="1" name="Рисунок 1" descr="C:\\Users\\{m}\\Desktop\\foto.jpg"/></w:p></w:body></w:document>"""
COMMENTS = """<w:comments {w}><w:comment w:id="1" w:author="{m}" w:initials="{m}"><w:p><w:r><w:t>замечание</w:t></w:r></w:p></w:comment>
</w:comments>"""
PEOPLE = """<w15:people xmlns:w15="http://schemas.microsoft.com/office/word/2012/wordml"><w15:person w15:author="{m}">
<w15:presenceInfo w15:providerId="AD" w15:userId="S::{m}@school.example::1"/></w15:person></w15:people>"""
SETTINGS = """<w:settings {w}><w:rsids><w:rsid w:val="00{r}"/></w:rsids><w:zoom w:percent="100"/></w:settings>"""
RELS = """<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="rId1" Type="http://example.org/attachedTemplate" Target="file:///C:\\Users\\{m}\\Normal.dotm" TargetMode="External"/>
<Relationship Id="rId2" Type="http://example.org/digital-signature/origin" Target="/_xmlsignatures/{m}.sigs"/></Relationships>"""
EXCEL_COMMENTS = """<comments xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><authors><author>{m}</author></authors>
<commentList><comment ref="A1" authorId="0"><text><r><t>{m}:</t></r><r><t>замечание</t></r></text></comment></commentList></comments>"""
PERSONS = (
    """<personList xmlns="urn:p"><person displayName="{m}" id="{{1}}" userId="{m}" providerId="AD"/></personList>"""
)
BOOK = """<workbook xmlns="urn:w" xmlns:x15ac="urn:x"><fileSharing userName="{m}"/><x15ac:absPath url="C:\\Users\\{m}\\"/>
<sheets><sheet name="Лист" sheetId="1"/></sheets></workbook>"""
SHEET = '<worksheet xmlns="urn:w"><c t="inlineStr"><is><t>{s}</t></is></c></worksheet>'
SLIDE = '<p:sld xmlns:p="urn:p" xmlns:a="urn:a"><a:t>{s}</a:t></p:sld>'
SLIDE_AUTHORS = '<p:cmAuthorLst xmlns:p="urn:p"><p:cmAuthor id="1" name="{m}" initials="{m}" lastIdx="1" clrIdx="0"/></p:cmAuthorLst>'
SLIDE_PEOPLE = """<p188:authorLst xmlns:p188="urn:a">
<p188:author id="{{1}}" name="{m}" initials="{m}" userId="{m}" providerId="AD"/></p188:authorLst>"""
OFFICE = (
    'xmlns:office="urn:office" xmlns:dc="urn:dc" xmlns:meta="urn:meta" xmlns:text="urn:text" xmlns:config="urn:config"'
)
META = """<office:document-meta {o} office:version="1.3"><office:meta><meta:initial-creator>{m}</meta:initial-creator>
<dc:creator>{m}</dc:creator><meta:user-defined meta:name="who">{m}</meta:user-defined></office:meta></office:document-meta>"""
OPEN_TEXT = """<office:document-content {o}><office:body><text:p>{s}</text:p>
<office:annotation><dc:creator>{m}</dc:creator><meta:creator-initials>{m}</meta:creator-initials><text:p>замечание</text:p></office:annotation>
<text:tracked-changes><office:change-info><dc:creator>{m}</dc:creator></office:change-info></text:tracked-changes>
<text:author-name>{m}</text:author-name><text:sender-lastname>{m}</text:sender-lastname></office:body></office:document-content>"""
OPEN_SETTINGS = """<office:document-settings {o}><config:config-item config:name="PrinterName" config:type="string">{m}</config:config-item>
<config:config-item config:name="Zoom" config:type="int">100</config:config-item></office:document-settings>"""


def filled(text: str) -> str:
    """A part of a document with the mark in its place."""
    return text.format(m=_who.get(), s=SEEN, w=W, o=OFFICE, r="A1B2C3")


def archive(parts: Mapping[str, str | bytes], comment: bytes = b"") -> bytes:
    """An archive of these files, with somebody's name beside each."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.comment = comment
        for name, part in parts.items():
            entry = zipfile.ZipInfo(name, (2026, 3, 2, 9, 0, 0))
            entry.compress_type = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            if comment:
                entry.comment = comment
            file.writestr(entry, filled(part) if isinstance(part, str) and "{" in part else part)
    return out.getvalue()


PROPERTIES = {
    "[Content_Types].xml": TYPES, "docProps/core.xml": CORE, "docProps/app.xml": APP, "docProps/custom.xml": CUSTOM,
    "_xmlsignatures/sig1.xml": "<Signature>{m}</Signature>",
}  # fmt: skip


def docx() -> bytes:
    """A text with comments, changes, fields, a photograph and settings of a printer."""
    return archive({
        **PROPERTIES, "word/document.xml": WORD, "word/comments.xml": COMMENTS, "word/people.xml": PEOPLE,
        "word/settings.xml": SETTINGS, "word/_rels/settings.xml.rels": RELS, "word/media/image1.jpg": jpeg(),
        "word/printerSettings1.bin": _who.get().encode("utf-16-le"),
    })  # fmt: skip


def xlsx() -> bytes:
    """A table with comments of both kinds."""
    return archive({
        **PROPERTIES, "xl/workbook.xml": BOOK, "xl/worksheets/sheet1.xml": SHEET, "xl/comments1.xml": EXCEL_COMMENTS,
        "xl/persons/person.xml": PERSONS,
    })  # fmt: skip


def pptx() -> bytes:
    """Slides with comments of both kinds."""
    return archive({
        **PROPERTIES, "ppt/slides/slide1.xml": SLIDE, "ppt/commentAuthors.xml": SLIDE_AUTHORS, "ppt/authors.xml": SLIDE_PEOPLE,
    })  # fmt: skip


def odt() -> bytes:
    """An open text with a note, a change, fields and a printer."""
    return archive({
        "mimetype": "application/vnd.oasis.opendocument.text", "content.xml": OPEN_TEXT, "meta.xml": META,
        "settings.xml": OPEN_SETTINGS, "META-INF/documentsignatures.xml": "<s>{m}</s>", "Thumbnails/thumbnail.png": png(),
    })  # fmt: skip


def exif() -> Image.Exif:
    """Who took it and with what, and that it is to be turned a quarter."""
    found = Image.Exif()
    found[0x013B], found[0x8298], found[0x010E], found[0x0112] = _who.get(), _who.get(), _who.get(), 6
    found[0x9C9D] = _who.get().encode("utf-16-le")
    return found


def xmp() -> bytes:
    """Properties as Adobe writes them."""
    return f"<x:xmpmeta xmlns:x='adobe:ns:meta/'><dc:creator xmlns:dc='urn:dc'>{_who.get()}</dc:creator></x:xmpmeta>".encode()


def picture() -> Image.Image:
    """Red on the left, blue on the right."""
    found = Image.new("RGB", (40, 20), (220, 20, 20))
    found.paste((20, 20, 220), (20, 0, 40, 20))
    return found


def jpeg() -> bytes:
    """A photograph as a telephone leaves it."""
    out = io.BytesIO()
    picture().save(out, "JPEG", quality=95, exif=exif(), comment=_who.get().encode())
    content = out.getvalue()
    packet = b"http://ns.adobe.com/xap/1.0/\0" + xmp()
    segment = b"\xff\xe1" + struct.pack(">H", len(packet) + 2) + packet
    return content[:2] + segment + content[2:] + _who.get().encode()


def png() -> bytes:
    """A picture with words in it."""
    out, words = io.BytesIO(), PngInfo()
    words.add_itxt("Author", _who.get())
    words.add_itxt("XML:com.adobe.xmp", xmp().decode())
    picture().save(out, "PNG", pnginfo=words, exif=exif())
    return out.getvalue()


def webp() -> bytes:
    """A picture for the web."""
    out = io.BytesIO()
    picture().save(out, "WEBP", lossless=True, exif=exif(), xmp=xmp())
    return out.getvalue()


def gif() -> bytes:
    """Two pictures that take turns."""
    out = io.BytesIO()
    first, second = picture(), picture().rotate(180)
    first.save(out, "GIF", save_all=True, append_images=[second], duration=200, loop=0, comment=_who.get().encode())
    return out.getvalue()


def pdf(pages: int = 1) -> bytes:
    """A document with properties, a note, an attachment, a signature, a photograph, and an earlier version of itself."""
    out = io.BytesIO()
    with pikepdf.new() as found:
        photo = pikepdf.Stream(
            found, jpeg(), Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=40, Height=20, BitsPerComponent=8,
            ColorSpace=pikepdf.Name.DeviceRGB, Filter=pikepdf.Name.DCTDecode,
        )  # fmt: skip
        font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
        for number in range(1, pages + 1):
            page = found.add_blank_page(page_size=(300, 200))
            page.obj.Resources = pikepdf.Dictionary(
                XObject=pikepdf.Dictionary(P=photo), Font=pikepdf.Dictionary(F=font)
            )
            text = f"BT /F 24 Tf 20 20 Td (Page {number}) Tj ET q 200 0 0 100 50 80 cm /P Do Q"
            page.Contents = found.make_stream(text.encode())
        first = found.pages[0].obj
        first.PieceInfo = pikepdf.Dictionary(App=pikepdf.Dictionary(Private=pikepdf.String(_who.get())))
        note = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Text, Rect=[10, 10, 20, 20], T=pikepdf.String(_who.get()),
            Contents=pikepdf.String("remark"),
        )  # fmt: skip
        signature = pikepdf.Dictionary(
            Type=pikepdf.Name.Sig, Name=pikepdf.String(_who.get()), Reason=pikepdf.String(_who.get())
        )
        field = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Widget, FT=pikepdf.Name.Sig, Rect=[0, 0, 9, 9], T=pikepdf.String("one"),
            V=found.make_indirect(signature),
        )  # fmt: skip
        field = found.make_indirect(field)
        found.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array([field]))
        first.Annots = pikepdf.Array([found.make_indirect(note), field])
        found.attachments["notes.txt"] = _who.get().encode()
        found.docinfo["/Author"], found.docinfo["/Company"] = _who.get(), _who.get()
        with found.open_metadata(set_pikepdf_as_editor=False) as properties:
            properties["dc:creator"] = [_who.get()]
        found.save(
            out, compress_streams=False, object_stream_mode=pikepdf.ObjectStreamMode.disable, deterministic_id=True
        )
    return out.getvalue()


def mp3() -> bytes:
    """Sound with a label at both ends."""
    label = b"TPE1" + struct.pack(">I", len(_who.get().encode()) + 1) + b"\0\0\x03" + _who.get().encode()
    size = bytes(len(label) >> shift & 0x7F for shift in (21, 14, 7, 0))
    return (
        b"ID3\x03\0\0"
        + size
        + label
        + b"\xff\xfb\x90\0"
        + bytes(413)
        + b"TAG"
        + _who.get().encode()[:30].ljust(125, b"\0")
    )


def box(kind: bytes, inner: bytes) -> bytes:
    """A part of a film."""
    return struct.pack(">I", len(inner) + 8) + kind + inner


def mp4() -> bytes:
    """A film with a label in its head and in its track."""
    label = box(b"udta", box(b"meta", _who.get().encode()))
    return (
        box(b"ftyp", b"isom\0\0\2\0isomiso2avc1mp41")
        + box(b"moov", box(b"trak", label) + label)
        + box(b"mdat", b"film")
    )


DRAWING = """<svg xmlns="http://www.w3.org/2000/svg" sodipodi:docname="/home/{m}/a.svg" inkscape:export-filename='{m}'>
<!-- {m} --><title>{m}</title><metadata id="m"><dc:creator>{m}</dc:creator></metadata><text>{s}</text></svg>"""
PAGE = """<html><head><meta content="{m}" name=Author><meta charset="utf-8"><o:DocumentProperties><o:Author>{m}</o:Author>
</o:DocumentProperties></head><body>{s}</body></html>"""


def svg() -> bytes:
    """A drawing as an editor leaves it."""
    return filled(DRAWING).encode()


def page() -> bytes:
    """A page as Word leaves it."""
    return filled(PAGE).encode()


def bundle() -> bytes:
    """An archive with files of all sorts, one in a folder."""
    return archive(
        {"тексты/": b"", "тексты/a.docx": docx(), "b.jpg": jpeg(), "c.txt": SEEN.encode()}, _who.get().encode()
    )


ALL = {
    "docx": docx, "xlsx": xlsx, "pptx": pptx, "odt": odt, "jpg": jpeg, "png": png, "webp": webp, "gif": gif, "pdf": pdf,
    "mp3": mp3, "mp4": mp4, "svg": svg, "html": page, "zip": bundle,
}  # fmt: skip


def made(ending: str, mark: str) -> bytes:
    """A file of this kind that names somebody else."""
    token = _who.set(mark)
    try:
        return ALL[ending]()
    finally:
        _who.reset(token)


def everything(content: bytes) -> bytes:
    """All bytes there are to read in a file: those of archives and of PDFs are unpacked."""
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            parts = [
                entry.filename.encode() + entry.comment + everything(file.read(entry)) for entry in file.infolist()
            ]
            return file.comment + b"\n".join(parts)
    if content[:5] == b"%PDF-":
        out = io.BytesIO()
        with pikepdf.open(io.BytesIO(content)) as file:
            file.save(out, qdf=True, stream_decode_level=pikepdf.StreamDecodeLevel.specialized)
            strings = "\n".join(str(value) for one in file.objects for value in _strings(one))
        return content + out.getvalue() + strings.encode()
    return content


def _strings(one: object) -> list[object]:
    if isinstance(one, pikepdf.Dictionary | pikepdf.Stream):
        return [value for _, value in one.items() if isinstance(value, pikepdf.String)]
    return []


def sightings(content: bytes, mark: str = MARK) -> int:
    """How often a mark stands in a file, however it is written."""
    whole = everything(content)
    forms = {mark.encode(), mark.encode("utf-16-le"), mark.encode("utf-16-be"), mark.encode("cp1251")}
    return sum(whole.count(form) for form in forms)
