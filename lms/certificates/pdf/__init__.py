"""A certificate as a PDF: PDF/A for keeping, PDF/UA for reading aloud, fonts inside, nothing fetched.

What people wrote reaches the template as data, never as source: names made of markup are printed as they are. The same
certificate gives the same bytes each time.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import typst


TEMPLATE = Path(__file__).parent / "certificate.typ"
_compiling = Lock()


@lru_cache(maxsize=1)
def _compiler() -> "typst.Compiler":
    import typst  # noqa: PLC0415 - loaded with the first certificate

    # without the machine's fonts the page looks the same everywhere; those in the wheel have all Cyrillic letters
    return typst.Compiler(str(TEMPLATE), root=str(TEMPLATE.parent), ignore_system_fonts=True)


def render(values: Mapping[str, object], address: str, code: str, issued_at: datetime) -> bytes:
    """The PDF of a certificate: `values` as `words.printed` gives them, the address where it is checked, its code."""
    data = {**values, "address": address, "code": code, "qr_svg": qr_svg(address)}
    import typst  # noqa: PLC0415 - the same

    inputs = {"data": json.dumps(data, ensure_ascii=False)}
    with _compiling:
        try:
            return _compile(inputs, issued_at, to_keep=True)
        except typst.TypstError as error:
            if "could not be displayed" not in str(error):
                raise
            # a name with letters that no font inside has (they print as boxes): archives refuse that, not the holder
            return _compile(inputs, issued_at, to_keep=False)


def _compile(inputs: dict[str, str], issued_at: datetime, to_keep: bool) -> bytes:
    made = _compiler().compile(
        format="pdf", sys_inputs=inputs, timestamp=int(issued_at.timestamp()),
        pdf_standards=["a-2a", "ua-1"] if to_keep else None,
    )  # fmt: skip
    assert isinstance(made, bytes)
    return made


def qr_svg(address: str) -> str:
    """An address as a QR code, drawn with lines: sharp at every size."""
    import segno  # noqa: PLC0415 - the same

    drawn = BytesIO()
    segno.make(address, error="m", micro=False).save(drawn, kind="svg", border=0, dark="#24221e", xmldecl=False)
    return drawn.getvalue().decode()
