"""Ids and shares: the two small values that every file of a course is full of."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

from courses.problems import N_

ID_PATTERN = r"^[a-z0-9]+(-[a-z0-9]+)*$"

Id = Annotated[
    str,
    StringConstraints(pattern=ID_PATTERN, max_length=64),
    WithJsonSchema({"type": "string", "pattern": ID_PATTERN, "maxLength": 64, "x-word": N_("id")}),
]
"""Lower-case Latin words, digits and hyphens, at most 64 characters."""

_LATIN = dict(zip("абвгдезийклмнопрстуфыэ", "abvgdeziiklmnoprstufye", strict=True)) | {
    "ё": "e",
    "ж": "zh",
    "х": "kh",
    "ц": "ts",
    "ч": "ch",
    "ш": "sh",
    "щ": "shch",
    "ъ": "",
    "ь": "",
    "ю": "yu",
    "я": "ya",
}


def is_id(text: str) -> bool:
    """Whether the text may be an id."""
    return len(text) <= 64 and re.match(ID_PATTERN, text) is not None and not text.endswith("\n")


def slug(text: str) -> str:
    """An id made of any title, Cyrillic spelled in Latin letters; empty if nothing is left.

    >>> slug("Полнота и ясность")
    'polnota-i-yasnost'
    """
    latin = "".join(_LATIN.get(letter, letter) for letter in text.lower())
    return re.sub(r"[^a-z0-9]+", "-", latin).strip("-")[:64].strip("-")


def _share(value: Any) -> Any:
    if isinstance(value, bool):
        raise PydanticCustomError("share", "a share is a percentage such as 60% or a number from 0 to 1")
    if isinstance(value, str):
        text = value.strip().replace(",", ".")
        match = re.fullmatch(r"(\d{1,3}(?:\.\d{1,4})?)\s*(%?)", text, re.ASCII)
        if not match:
            raise PydanticCustomError("share", "a share is a percentage such as 60% or a number from 0 to 1")
        value = float(match[1]) / (100 if match[2] else 1)
    if isinstance(value, int | float) and not 0 <= value <= 1:
        raise PydanticCustomError("share", "a share is a percentage such as 60% or a number from 0 to 1")
    return value


SHARE_SCHEMA = {
    "anyOf": [
        {"type": "number", "minimum": 0, "maximum": 1},
        {"type": "string", "pattern": r"^\s*(\d{1,2}([.,]\d{1,4})?\s*%|100\s*%|[01]([.,]\d{1,4})?)\s*$"},
    ],
    "x-word": N_("share"),
}
"""A share as JSON Schema; ``x-word`` is what the reference of the format calls such values."""

Share = Annotated[float, BeforeValidator(_share), Field(ge=0, le=1), WithJsonSchema(SHARE_SCHEMA)]
"""A part of the whole, 0 to 1; authors write ``60%`` or ``0.6``."""
