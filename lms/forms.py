"""The base of every form: protected against forged requests, its built-in messages in the person's language."""

from typing import Any

from flask_wtf import FlaskForm

from lms.i18n import Message, gettext, ngettext


class _Words:
    """WTForms' own messages, translated by our catalogues (its Russian ones say «больше» where they mean «не меньше»)."""

    def gettext(self, text: str) -> str:
        return gettext(text)

    def ngettext(self, one: str, many: str, n: int) -> str:
        return ngettext(one, many, n)


def lazy(text: str) -> Any:
    """A label or a validator's message (a `Message`), put into words when the page is made. Typed loosely, because WTForms asks
    for `str` where it only shows."""
    return Message(text)


class Form(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """Derive forms from this. Labels and messages use `lazy` texts, put into words when shown."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]  # the same
        @property
        def csrf_class(self) -> Any:
            from lms.forgery import FormToken  # noqa: PLC0415 - plugins import this module, and the site imports plugins

            return FormToken

        def get_translations(self, form: Any) -> Any:
            return _Words()
