"""A copy of a file without what its properties tell about its author: for those who may not know whose it is.

What a document says on its pages is its author's own matter; what programs write into it unasked is taken out: authors, editors,
companies, places and cameras, paths on somebody's disk, names beside comments and tracked changes. Pure, over paths and bytes, but
meant for a process of its own (`lms.files.apart`): it opens what strangers made.
"""

import io
import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from lms.files import rules
from lms.files.documents import clean_archive, clean_office
from lms.files.recordings import clean_film, clean_sound
from lms.files.uncleanable import Uncleanable

QUALITY = 92
"""Of a photograph that is packed anew."""
_FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/gif": "GIF", "image/webp": "WEBP"}
_KEPT_SEGMENTS = (0xE0, 0xE2, 0xEE)
"""Of a JPEG's own marks: how it is to be shown (JFIF, colour profile, Adobe's colours)."""
_OF_DICTIONARIES = ("/Metadata", "/PieceInfo", "/LastModified", "/CreatorInfo")
_OF_THE_ROOT = ("/AF", "/Perms", "/Collection")
_OF_NOTES = ("/T", "/NM", "/CreationDate", "/M")


def clean(content: bytes, type: str, depth: int = 0) -> bytes:
    """The bytes without what tells about the author. Raises Uncleanable when that cannot be had.

    `depth`: how many archives or documents these bytes lie in.
    """
    if type in _FORMATS:
        return clean_picture(content, _FORMATS[type])
    found = _WAYS.get(type)
    if found is not None:
        return found(content)
    if type in rules.OOXML.values() or type in rules.ODF:
        return clean_office(content, depth, clean_part)
    if type == "application/zip":
        return clean_archive(content, depth, clean_part)
    raise Uncleanable(f"nothing is known of {type}")


def clean_part(content: bytes, name: str, depth: int) -> bytes:
    """The same for a file within an archive, whose type is found from its content."""
    try:
        type = rules.find_type(io.BytesIO(content), name)
    except rules.Refused as refused:
        raise Uncleanable(f"{name}: {refused.reason}") from None
    return clean(content, type, depth)


# ------------------------------------------------------------------------------------------- pictures


def clean_picture(content: bytes, format: str) -> bytes:
    """The picture made anew out of its pixels, turned as its camera meant it, in the colours of the web."""
    from PIL import Image, ImageOps  # noqa: PLC0415 - loaded where pictures are

    try:
        with Image.open(io.BytesIO(content), formats=[format]) as picture:
            frames = getattr(picture, "n_frames", 1)
            if format != "JPEG" and frames > 1:
                return _moving(picture, format)
            picture.load()
            bare = _bare(ImageOps.exif_transpose(picture))
        if format == "JPEG":
            return _saved(bare.convert("RGB") if bare.mode not in ("L", "RGB") else bare, format, quality=QUALITY)
        return _saved(bare, format, **({"lossless": True} if format == "WEBP" else {}))
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError) as error:
        raise Uncleanable(str(error)) from None


def _bare(picture: Any) -> Any:
    """A copy that carries nothing but pixels: colours are worked out, as a colour profile tells of a camera or a screen."""
    from PIL import ImageCms  # noqa: PLC0415 - the same

    profile = picture.info.get("icc_profile")
    if profile and picture.mode in ("RGB", "RGBA", "CMYK"):
        mode = "RGBA" if picture.mode == "RGBA" else "RGB"
        with suppress(ImageCms.PyCMSError, OSError):
            own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            web = ImageCms.createProfile("sRGB")
            picture = ImageCms.profileToProfile(picture, own, web, outputMode=mode) or picture
    if "transparency" in picture.info:
        picture = picture.convert("RGBA")
    bare = picture.copy()
    bare.info = {}
    return bare


def _moving(picture: Any, format: str) -> bytes:
    from PIL import ImageSequence  # noqa: PLC0415 - the same

    frames, lasting = [], []
    loop = picture.info.get("loop", 0)
    for frame in ImageSequence.Iterator(picture):
        lasting.append(int(frame.info.get("duration", 100)))
        one = frame.convert("RGBA")
        one.info = {}
        frames.append(one)
    more = {"disposal": 2} if format == "GIF" else {}
    return _saved(frames[0], format, save_all=True, append_images=frames[1:], duration=lasting, loop=loop, **more)


def _saved(picture: Any, format: str, **options: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, format, **options)
    return out.getvalue()


def without_segments(jpeg: bytes) -> bytes:
    """A JPEG without the segments that do not say how it is shown, its pixels untouched: as it stands within a PDF."""
    kept, place = [jpeg[:2]], 2
    while (sign := _SIGN.search(jpeg, place)) is not None:
        kept.append(jpeg[place : sign.start()])
        code, place = jpeg[sign.end() - 1], sign.end()
        if code == 0xD9:
            return b"".join(kept) + b"\xff\xd9"  # what follows the end is no picture
        end = place + int.from_bytes(jpeg[place : place + 2], "big")
        if not (0xE0 <= code <= 0xEF or code == 0xFE) or code in _KEPT_SEGMENTS:
            kept.append(jpeg[sign.start() : end])
        place = end
    return b"".join(kept) + jpeg[place:]


_SIGN = re.compile(rb"\xff+[\x02-\xcf\xd8-\xfe]")
"""A sign of a JPEG that begins a segment or ends the picture; within its packed pixels none of these can stand."""


# ------------------------------------------------------------------------------------------- PDF


def clean_pdf(content: bytes) -> bytes:
    """A PDF of what its pages need: no properties, attachments, signatures, earlier versions, names beside notes."""
    import pikepdf  # noqa: PLC0415 - loaded where documents are

    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            if "/Info" in pdf.trailer:
                del pdf.trailer["/Info"]
            _drop(pdf.Root, _OF_THE_ROOT)
            if "/Names" in pdf.Root:
                _drop(pdf.Root.Names, ("/EmbeddedFiles",))
            for one in pdf.objects:
                if isinstance(one, pikepdf.Dictionary | pikepdf.Stream):
                    _clean_object(one, pikepdf)
            for page in pdf.pages:
                for note in page.obj.get("/Annots", ()):
                    if isinstance(note, pikepdf.Dictionary):
                        _clean_note(note)
            out = io.BytesIO()
            pdf.save(out, deterministic_id=True)
    except (pikepdf.PdfError, pikepdf.PasswordError, ValueError, TypeError, KeyError, AttributeError, OSError) as error:
        raise Uncleanable(str(error)) from None
    return out.getvalue()


def _drop(dictionary: Any, keys: tuple[str, ...]) -> None:
    for key in keys:
        if key in dictionary:
            del dictionary[key]


def _clean_object(one: Any, pikepdf: Any) -> None:
    _drop(one, _OF_DICTIONARIES)
    if one.get("/Type") == pikepdf.Name.Filespec:
        _drop(one, ("/UF", "/DOS", "/Mac", "/Unix", "/EF", "/Desc"))
        one["/F"] = "file"
    if one.get("/FT") == pikepdf.Name.Sig:
        _drop(one, ("/V", "/AP"))
    if one.get("/ByteRange") is not None or one.get("/Type") == pikepdf.Name.Sig:
        _drop(one, ("/Name", "/Reason", "/Location", "/ContactInfo", "/Contents", "/Cert", "/ByteRange", "/Prop_Build"))
    if isinstance(one, pikepdf.Stream) and _is_jpeg(one, pikepdf):
        more = {"decode_parms": one.DecodeParms} if "/DecodeParms" in one else {}
        one.write(without_segments(one.read_raw_bytes()), filter=one.Filter, **more)


def _is_jpeg(stream: Any, pikepdf: Any) -> bool:
    packed = stream.get("/Filter")
    if isinstance(packed, pikepdf.Array):
        packed = packed[0] if len(packed) == 1 else None
    return bool(packed == pikepdf.Name.DCTDecode)


def _clean_note(note: Any) -> None:
    if note.get("/Subtype") == "/FileAttachment":
        _drop(note, ("/FS", "/Contents"))
    if note.get("/Subtype") != "/Widget":  # a field of a form has its own name there
        _drop(note, _OF_NOTES)


# ------------------------------------------------------------------------------------------- texts with tags

_UNASKED = [
    re.compile(pattern, re.IGNORECASE | re.DOTALL)
    for pattern in (
        rb"<!--.*?-->",
        rb"<title\b[^>]*>.*?</title\s*>",
        rb"<((?:\w+:)?(?:metadata|DocumentProperties|CustomDocumentProperties))\b[^>]*>.*?</\1\s*>",
        rb"<meta\b[^>]*\bname\s*=\s*[\"']?(?:author|creator|publisher|owner|copyright|reply-to|generator|dc\.|dcterms\.)[^>]*>",
        rb"\s(?:sodipodi|inkscape):[\w-]+\s*=\s*(?:\"[^\"]*\"|'[^']*')",
    )
]


def clean_tags(content: bytes) -> bytes:
    """A page, a drawing or other text with tags without what editors write into it about who uses them."""
    for unasked in _UNASKED:
        content = unasked.sub(b"", content)
    return content


def _as_it_is(content: bytes) -> bytes:
    return content


_WAYS: dict[str, Callable[[bytes], bytes]] = {
    "application/pdf": clean_pdf, "audio/mpeg": clean_sound, "video/mp4": clean_film, rules.BYTES: clean_tags,
    **dict.fromkeys(("text/plain", "text/markdown", "text/csv"), _as_it_is),
}  # fmt: skip


def clean_file(source: Path, target: Path, type: str) -> None:
    """The same from file to file."""
    target.write_bytes(clean(source.read_bytes(), type))
