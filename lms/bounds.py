"""What a request may hold at all, checked before any page sees it.

A database keeps neither the character of code 0 nor halves of characters, and a column of whole numbers ends at 2³¹ − 1. What
lies beyond is no page (in an address) or is answered with a sentence (in a form), on every database in the same way.
"""

from collections.abc import Iterable

from flask import Flask, abort, request
from werkzeug.routing import IntegerConverter, Map

from lms.forgery import READING
from lms.i18n import Message, mark
from lms.plugin import BadInput

LARGEST = 2**31 - 1
"""The largest whole number a column holds."""


class Number(IntegerConverter):
    """`<int:…>` in an address: a number that a column can hold, in plain figures; anything else is no page."""

    regex = "[0-9]{1,10}"

    def __init__(
        self, map: Map, fixed_digits: int = 0, min: int | None = None, max: int | None = LARGEST, signed: bool = False
    ) -> None:
        super().__init__(map, fixed_digits, min, max, signed)


def whole(text: str) -> int:
    """A whole number out of a form or an address, for `request.form.get(name, 0, type=whole)`. Raises ValueError for what no
    column can hold, and for what is no number."""
    if not (text.isascii() and text.isdigit() and len(text) <= 10):
        raise ValueError("not a whole number")
    found = int(text)
    if found > LARGEST:
        raise ValueError("a whole number beyond every column")
    return found


def legible(texts: Iterable[str]) -> bool:
    """Whether a database can keep every one of these texts."""
    for text in texts:
        if "\0" in text:
            return False
        try:
            text.encode()
        except UnicodeEncodeError:
            return False
    return True


def init_app(app: Flask) -> None:
    """Bound the numbers in addresses (of the routes registered from here on) and refuse texts that cannot be kept."""
    app.url_map.converters["int"] = Number

    @app.before_request
    def check() -> None:
        if not legible((request.path,)):
            abort(404)
        if request.query_string and not legible(_all(request.args.items(multi=True))):
            abort(400)
        if not legible((request.user_agent.string,)):
            abort(400)
        if request.method not in READING and not legible(_all(request.form.items(multi=True))):
            raise BadInput(Message(mark("There are characters here that cannot be seen. Type it anew.")))


def _all(fields: Iterable[tuple[str, str]]) -> Iterable[str]:
    for name, value in fields:
        yield name
        yield value
