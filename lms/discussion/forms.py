"""What people write in a discussion."""

from collections.abc import Callable
from typing import Any

from wtforms import Field, HiddenField, StringField, TextAreaField
from wtforms.form import BaseForm
from wtforms.validators import DataRequired, ValidationError

from lms.forms import Form, lazy
from lms.i18n import gettext

TITLE_LENGTH = 150
TEXT_LENGTH = 20_000
REASON_LENGTH = 300

_TEXT = lazy("Text")
_NOTE = lazy("Markdown works: **bold**, *italic*, lists, links.")


def _strip(value: str | None) -> str | None:
    return value.replace("\r\n", "\n").strip() if value else value


def _one_line(value: str | None) -> str | None:
    return " ".join(value.split()) if value else value


def _at_most(most: int) -> Callable[[BaseForm, Field], None]:
    def check(form: BaseForm, field: Field) -> None:
        if len(field.data or "") > most:
            raise ValidationError(gettext("At most {most} characters fit here.", most=most))

    return check


def _rules(missing: Any, most: int) -> list[Any]:
    return [DataRequired(missing), _at_most(most)]


def _text_field() -> TextAreaField:
    rules = _rules(lazy("Write the text."), TEXT_LENGTH)
    return TextAreaField(_TEXT, rules, description=_NOTE, filters=[_strip])


class ReplyForm(Form):
    """A reply, or the new text of a post."""

    text = _text_field()


class ThreadForm(Form):
    """A new thread with its opening post. `block` is the activity it belongs to."""

    title = StringField(lazy("Subject"), _rules(lazy("Write the subject."), TITLE_LENGTH), filters=[_one_line])
    text = _text_field()
    block = HiddenField(filters=[_strip])


class SummaryForm(Form):
    """What a thread comes to, in the words of those who lead the course; empty: there is none."""

    summary = TextAreaField(lazy("Summary of the thread"), [_at_most(TEXT_LENGTH)], description=_NOTE, filters=[_strip])


class HideForm(Form):
    """Why a tutor hides a post: shown to its author."""

    reason = StringField(
        lazy("Reason, shown to the author"),
        _rules(lazy("Say why, so that the author knows."), REASON_LENGTH),
        filters=[_one_line],
    )
