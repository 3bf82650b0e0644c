"""Pictures of what is in a file, for a browser that never gets the file itself: pages of a PDF, and pictures packed anew.

Pure, over paths, but meant for a process of its own (`lms.files.apart`): it opens what strangers made.
"""

from pathlib import Path
from typing import Any

PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
EDGE = 1600
"""Pixels of the longer side of a picture."""


def count(source: Path, type: str) -> int:
    """How many pages a file has; a picture is one page."""
    if type in PICTURES:
        return 1
    import pypdfium2  # noqa: PLC0415 - loaded where documents are

    with pypdfium2.PdfDocument(source) as document:
        return len(document)


def draw(source: Path, target: Path, type: str, page: int) -> None:
    """Draw a page (from 1) as a WebP. Raises whatever a damaged file makes its library raise."""
    picture = _opened(source) if type in PICTURES else _page(source, page)
    picture.thumbnail((EDGE, EDGE))
    picture.info = {}
    picture.save(target, "WEBP", quality=82)


def _opened(source: Path) -> Any:
    from PIL import Image, ImageOps  # noqa: PLC0415 - loaded where pictures are

    with Image.open(source, formats=["PNG", "JPEG", "GIF", "WEBP"]) as picture:
        picture.draft("RGB", (EDGE, EDGE))
        turned = ImageOps.exif_transpose(picture)
        clear = turned.mode in ("RGBA", "LA", "PA") or "transparency" in turned.info
        return turned.convert("RGBA" if clear else "RGB")


def _page(source: Path, page: int) -> Any:
    import pypdfium2  # noqa: PLC0415 - loaded where documents are

    with pypdfium2.PdfDocument(source) as document:
        leaf = document[page - 1]
        scale = min(3.0, EDGE / max(1.0, *leaf.get_size()))
        return leaf.render(scale=scale).to_pil().convert("RGB")
