"""How a run is named in addresses, what a list of mail addresses holds, how people are sought. Pure."""

import re
from collections.abc import Collection
from datetime import date

LONGEST_SLUG = 60
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LATIN = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
        ["a", "b", "v", "g", "d", "e", "e", "zh", "z", "i", "i", "k", "l", "m", "n", "o", "p", "r", "s", "t", "u", "f",
         "kh", "ts", "ch", "sh", "shch", "", "y", "", "e", "iu", "ia"],
        strict=True,
    )
)  # fmt: skip


def is_slug(text: str) -> bool:
    """Whether this can name a run in an address: Latin small letters, figures and single hyphens between them."""
    return len(text) <= LONGEST_SLUG and _SLUG.fullmatch(text) is not None


def slug_of(title: str, starts_on: date) -> str:
    """A name for addresses out of a run's title («Осень 2026» → `osen-2026`), or out of its first day when the title gives none."""
    latin = "".join(_LATIN.get(letter, letter) for letter in title.casefold())
    words = re.findall(r"[a-z0-9]+", latin)
    slug = ""
    for word in words:
        longer = f"{slug}-{word}" if slug else word[:LONGEST_SLUG]
        if len(longer) > LONGEST_SLUG:
            break
        slug = longer
    return slug or starts_on.isoformat()


def free_slug(wanted: str, taken: Collection[str]) -> str:
    """The wanted name, or the first of `<name>-2`, `<name>-3`, … that is free."""
    found, number = wanted, 1
    while found in taken:
        number += 1
        ending = f"-{number}"
        found = wanted[: LONGEST_SLUG - len(ending)].rstrip("-") + ending
    return found


def mails_of(text: str) -> list[str]:
    """The addresses in a list divided by spaces, commas, semicolons or lines; each once, in order."""
    return list(dict.fromkeys(part for part in re.split(r"[\s,;]+", text) if part))


def patterns(query: str) -> list[tuple[list[str], str]]:
    """What a row must be like to match a query: for each of its words the LIKE patterns for a name (any will do) and
    the one for the folded mail address; `\\` escapes. Names are matched in the ways people write them, because SQLite
    knows the case of Latin letters only; е also finds ё."""
    found = []
    for word in query.split()[:6]:
        cased = dict.fromkeys((word, word.casefold(), word.capitalize(), word.upper()))
        found.append(([_like(each, "её", "ЕЁ") for each in cased], _like(word.casefold())))
    return found


def _like(word: str, *alike: str) -> str:
    letters = ("_" if any(letter in group for group in alike) else _escaped(letter) for letter in word)
    return f"%{''.join(letters)}%"


def _escaped(letter: str) -> str:
    return "\\" + letter if letter in "\\%_" else letter
