"""Two languages: catalogues of the core and of every plugin merged at start, the language chosen by a context variable.

Catalogues are gettext files `translations/<language>/LC_MESSAGES/messages.po` inside a package. They are compiled when a newer
`.po` stands beside a missing or older `.mo`, so that neither a build step nor a forgotten one can leave the pages in English.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Any

LANGUAGES: Mapping[str, str] = {"ru": "Русский", "en": "English"}

_language: ContextVar[str] = ContextVar("language", default="en")
_catalogues: ContextVar[Mapping[str, NullTranslations] | None] = ContextVar("catalogues", default=None)
_nothing = NullTranslations()


def load_catalogues(folders: Iterable[Path]) -> dict[str, NullTranslations]:
    """Merge the catalogues of all `folders` (each holding `<language>/LC_MESSAGES/messages.po`); the first translation of a text wins."""
    merged: dict[str, NullTranslations] = {"en": NullTranslations()}
    for folder in folders:
        for source in sorted(folder.glob("*/LC_MESSAGES/messages.po")):
            language = source.parent.parent.name
            catalogue = GNUTranslations(BytesIO(_compiled(source, language)))
            if language in merged:
                merged[language].add_fallback(catalogue)
            else:
                merged[language] = catalogue
    return merged


def _compiled(source: Path, language: str) -> bytes:
    target = source.with_suffix(".mo")
    with suppress(OSError):
        if target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            return target.read_bytes()
    from babel.messages.mofile import write_mo  # noqa: PLC0415 - seldom: the first start after a change
    from babel.messages.pofile import read_po  # noqa: PLC0415 - the same

    with source.open("rb") as file:
        catalogue = read_po(file, locale=language)
    buffer = BytesIO()
    write_mo(buffer, catalogue)
    with suppress(
        OSError
    ):  # an installed package may lie in a read-only folder: then it is compiled in memory each time
        target.write_bytes(buffer.getvalue())
    return buffer.getvalue()


def use_catalogues(catalogues: Mapping[str, NullTranslations]) -> None:
    """Make these catalogues the ones in force in this context."""
    _catalogues.set(catalogues)


def set_language(language: str) -> None:
    """Speak this language from here on (one request, one command)."""
    _language.set(language if language in LANGUAGES else "en")


def language() -> str:
    """The language in force: "ru" or "en"."""
    return _language.get()


@contextmanager
def speaking(tongue: str) -> Iterator[None]:
    """Speak another language within, for example that of a mail's recipient."""
    token = _language.set(tongue if tongue in LANGUAGES else "en")
    try:
        yield
    finally:
        _language.reset(token)


def _catalogue() -> NullTranslations:
    return (_catalogues.get() or {}).get(_language.get(), _nothing)


def gettext(text: str, **values: Any) -> str:
    """The text in the language in force, `{name}` fields filled from `values`."""
    found = _catalogue().gettext(text)
    return found.format(**values) if values else found


def ngettext(one: str, many: str, n: int, **values: Any) -> str:
    """The right plural form for `n`; the text may use `{n}` and further fields."""
    return _catalogue().ngettext(one, many, n).format(n=n, **values)


class Called(str):
    """A person's name as a value of a stored sentence: kept with whose it is, so that it can be forgotten with the person."""

    person_id: int

    def __new__(cls, name: str, person_id: int) -> "Called":
        made = super().__new__(cls, name)
        made.person_id = person_id
        return made


def _said(value: Any) -> Any:
    if isinstance(value, Called) and not value:
        return gettext("Deleted account")
    if isinstance(value, float):  # as the reader writes it: whoever stored it may speak another language
        figure = f"{value:.2f}".rstrip("0").rstrip(".")
        return figure.replace(".", ",") if language() == "ru" else figure
    return str(value) if isinstance(value, Message) else value


def _stored(value: Any) -> Any:
    if isinstance(value, Message):
        return {"message": value.to_json()}
    return {"person": value.person_id, "name": str(value)} if isinstance(value, Called) else value


def _read(value: Any) -> Any:
    if isinstance(value, dict) and "message" in value:
        return Message.from_json(value["message"])
    return Called(value["name"], value["person"]) if isinstance(value, dict) and "person" in value else value


@dataclass(frozen=True)
class Message:
    """A sentence kept with its values and put into words when somebody reads it, in the reader's language.

    `Message("{right} of {total} right", {"right": 2, "total": 3})`; with `plural`, `values["n"]` chooses the form. A value that is a
    float is written with at most two decimals, and with the sign of the reader's language between.
    """

    text: str
    values: Mapping[str, Any] = field(default_factory=dict)
    plural: str = ""

    def __str__(self) -> str:
        values = {name: _said(value) for name, value in self.values.items()}
        if self.plural:
            return ngettext(self.text, self.plural, int(values.pop("n")), **values)
        return gettext(self.text).format(**values) if values else gettext(self.text)

    def __mod__(self, values: Mapping[str, Any]) -> str:
        """With further values: how the validators of WTForms fill in their `min` and `max`; ours stand in braces."""
        return str(Message(self.text, {**self.values, **values}, self.plural))

    def without(self, person_id: int) -> "Message":
        """The same, this person's name forgotten."""

        def forgotten(value: Any) -> Any:
            if isinstance(value, Message):
                return value.without(person_id)
            return Called("", person_id) if isinstance(value, Called) and value.person_id == person_id else value

        return Message(self.text, {name: forgotten(value) for name, value in self.values.items()}, self.plural)

    def to_json(self) -> dict[str, Any]:
        """As plain data, to be stored."""
        values = {name: _stored(value) for name, value in self.values.items()}
        return {"text": self.text, "values": values, "plural": self.plural}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Message":
        """Read back what `to_json` gave."""
        values = {name: _read(value) for name, value in data.get("values", {}).items()}
        return cls(data["text"], values, data.get("plural", ""))


def mark(text: str) -> str:
    """Mark a text for translation that is put into words later (the extractor looks for this name)."""
    return text
