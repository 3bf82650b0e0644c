"""What people write in a discussion."""

from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from lms.forms import Form, lazy

TITLE_LENGTH = 150
TEXT_LENGTH = 20_000
REASON_LENGTH = 300

_NOTE = lazy("Markdown works: **bold**, *italic*, lists, links.")


def _strip(value: str | None) -> str | None:
    return value.replace("\r\n", "\n").strip() if value else value


def _one_line(value: str | None) -> str | None:
    return " ".join(value.split()) if value else value


def _required(text: str) -> InputRequired:
    return InputRequired(lazy(text))  # type: ignore[arg-type]  # put into words when shown


def _at_most(most: int) -> Length:
    return Length(max=most)


class ReplyForm(Form):
    """A reply, or the new text of a post."""

    text = TextAreaField(
        lazy("Text"), [_required("Write the text."), _at_most(TEXT_LENGTH)], description=_NOTE, filters=[_strip]
    )


class ThreadForm(Form):
    """A new thread with its opening post. `block` is the activity it belongs to."""

    title = StringField(lazy("Subject"), [_required("Write the subject."), _at_most(TITLE_LENGTH)], filters=[_one_line])
    text = TextAreaField(
        lazy("Text"), [_required("Write the text."), _at_most(TEXT_LENGTH)], description=_NOTE, filters=[_strip]
    )
    block = HiddenField(filters=[_strip])


class HideForm(Form):
    """Why a tutor hides a post: shown to its author."""

    reason = StringField(
        lazy("Reason, shown to the author"),
        [_required("Say why, so that the author knows."), _at_most(REASON_LENGTH)],
        filters=[_one_line],
    )
