"""Sound and film without their labels. Pure, over bytes: both are lists of blocks, and no codec is needed to leave some out."""

from lms.files.uncleanable import Uncleanable

_HOLDERS = frozenset({b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts", b"dinf", b"moof", b"traf", b"mvex"})
_LABELS = frozenset({b"udta", b"meta", b"uuid"})


def clean_sound(content: bytes) -> bytes:
    """An MP3 without its labels (ID3 at both ends, APE)."""
    while content[:3] == b"ID3" and len(content) > 10:
        size = _synchsafe(content[6:10])
        content = content[10 + size + (10 if content[5] & 0x10 else 0) :]
    while True:
        if content[-128:-125] == b"TAG":
            content = content[:-128]
        elif content[-32:-24] == b"APETAGEX":
            size = int.from_bytes(content[-20:-16], "little")
            content = content[: -size - (32 if content[-9] & 0x80 else 0)] if size >= 32 else content[:-32]
        else:
            break
    if content[:8] == b"APETAGEX":
        content = content[32 + int.from_bytes(content[12:16], "little") :]
    if not content:
        raise Uncleanable("nothing but labels")
    return content


def _synchsafe(four: bytes) -> int:
    found = 0
    for part in four:
        found = found << 7 | part & 0x7F
    return found


def clean_film(content: bytes) -> bytes:
    """An MP4 whose labels are blank; everything else keeps its place, as tables within point to it."""
    film = bytearray(content)
    _blank(film, 0, len(film))
    return bytes(film)


def _blank(film: bytearray, place: int, end: int) -> None:
    while place + 8 <= end:
        size, kind, head = int.from_bytes(film[place : place + 4], "big"), bytes(film[place + 4 : place + 8]), 8
        if size == 1:
            size, head = int.from_bytes(film[place + 8 : place + 16], "big"), 16
        elif size == 0:
            size = end - place
        if size < head or place + size > end:
            raise Uncleanable("a film whose parts do not fit")
        if kind in _LABELS:
            film[place + 4 : place + 8] = b"free"
            film[place + head : place + size] = bytes(size - head)
        elif kind in _HOLDERS:
            _blank(film, place + head, place + size)
        place += size
