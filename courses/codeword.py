"""Words that are said aloud in one place and typed in at another."""

from __future__ import annotations

import re
import unicodedata


def plain(word: str) -> str:
    """A word as it is compared: without blanks, case and dots over ё."""
    folded = unicodedata.normalize("NFKC", word).casefold().replace("ё", "е")
    return re.sub(r"\s+", "", folded)
