"""What people write in a discussion."""

from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from lms.forms import Form, lazy
from lms.i18n import Message

TITLE_LENGTH = 150
TEXT_LENGTH = 20_000
REASON_LENGTH = 300

_TEXT = lazy("Text")
_NOTE = lazy("Markdown works: **bold**, *italic*, lists, links.")


def _strip(value: str | None) -> str | None:
    return value.replace("\r\n", "\n").strip() if value else value


def _one_line(value: str | None) -> str | None:
    return " ".join(value.split()) if value else value


def _rules(missing: Message, most: int) -> list[DataRequired | Length]:
    too_long = Message("At most {most} characters fit here.", {"most": most})
    return [DataRequired(missing), Length(max=most, message=too_long)]  # type: ignore[arg-type]  # put into words when shown


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


class HideForm(Form):
    """Why a tutor hides a post: shown to its author."""

    reason = StringField(
        lazy("Reason, shown to the author"),
        _rules(lazy("Say why, so that the author knows."), REASON_LENGTH),
        filters=[_one_line],
    )
