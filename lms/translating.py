"""Finding texts to translate in code and templates, and keeping catalogues true to them (for developers and tests)."""

from collections.abc import Iterable
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "_": None, "gettext": None, "lazy": None, "mark": None, "Message": None, "N_": None, "ngettext": (1, 2),
}  # fmt: skip
METHODS = [
    ("**/testing/**", "ignore"),
    ("**/migrations/**", "ignore"),
    ("**.py", "python"),
    ("**/templates/**.html", "jinja2"),
    ("**/templates/**.txt", "jinja2"),
]
OPTIONS = {"**/templates/**.html": {"trimmed": "false"}}

Text = str | tuple[str, ...]


def messages_of(folders: Iterable[Path]) -> list[Text]:
    """Every text marked for translation below the folders, once, in order; plural texts as pairs."""
    found: dict[Text, None] = {}
    for folder in folders:
        for _file, _line, text, _comments, _context in extract_from_dir(
            str(folder), method_map=METHODS, options_map=OPTIONS, keywords=KEYWORDS
        ):
            # Message(one, values, plural) is called by position or name: its plural is found as a text of its own
            found[text] = None
    return [text for text in found if text and text != ""]


def _read(folder: Path, language: str) -> Catalog:
    path = folder / language / "LC_MESSAGES" / "messages.po"
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def _key(text: Text | list[str]) -> str:
    return text if isinstance(text, str) else text[0]


def missing(folder: Path, language: str, texts: Iterable[Text]) -> list[str]:
    """Texts without a complete translation."""
    catalogue = _read(folder, language)
    result = []
    for text in texts:
        found = catalogue.get(_key(text))
        strings = found.string if found and isinstance(found.string, list | tuple) else (found.string if found else "",)
        if (
            found is None
            or found.fuzzy
            or not all(strings)
            or (isinstance(text, tuple) and not isinstance(found.id, tuple | list))
        ):
            result.append(_key(text))
    return result


def surplus(folder: Path, language: str, texts: Iterable[Text]) -> list[str]:
    """Translations of texts that are nowhere any more (WTForms' and click's own messages are not ours to look for)."""
    known = {_key(text) for text in texts}
    return [
        _key(message.id)
        for message in _read(folder, language)
        if message.id and _key(message.id) not in known and "library" not in message.auto_comments
    ]


def update(folder: Path, language: str, texts: Iterable[Text]) -> int:
    """Write the catalogue with exactly these texts, translations kept; returns how many lack one."""
    texts = list(texts)
    before = _read(folder, language)
    after = Catalog(
        locale=language, project="trajectory-lms", charset="utf-8", fuzzy=False, creation_date=before.creation_date
    )
    after.mime_headers = [
        header for header in before.mime_headers if header[0] != "POT-Creation-Date"
    ] or after.mime_headers
    for text in texts:
        found = before.get(_key(text))
        after.add(text, found.string if found else "", auto_comments=found.auto_comments if found else ())
    for message in before:
        if message.id and "library" in message.auto_comments:
            after.add(message.id, message.string, auto_comments=message.auto_comments)
    path = folder / language / "LC_MESSAGES" / "messages.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, after, width=0, omit_header=False, no_location=True, sort_output=False)
    return len(missing(folder, language, texts))
