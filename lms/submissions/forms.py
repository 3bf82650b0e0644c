"""What people fill in about works, marking forms apart."""

from typing import Any

from wtforms import DateTimeLocalField, HiddenField, MultipleFileField, StringField, TextAreaField
from wtforms.validators import Optional, ValidationError

from lms.forms import Form, lazy


class WorkForm(Form):
    """A work of one stage: a text, files, or both. `seen` says which state of it the form was made from."""

    seen = HiddenField()
    title = StringField(lazy("Title"))
    text = TextAreaField(lazy("Text"), description=lazy("Markdown works: **bold**, *italic*, lists, tables, links."))
    files = MultipleFileField(lazy("Files"))


class AnswerForm(Form):
    """The tutor's words on a work that is not marked by criteria. `seen` is the answer the form was made from."""

    seen = HiddenField()
    feedback = TextAreaField(
        lazy("Your answer"), description=lazy("The author reads it. To give the work back, say what to change.")
    )


class CommentForm(Form):
    """A comment on a passage. `before` are the words in front of it, where the browser can tell."""

    quote = TextAreaField(
        lazy("The words you mean"), description=lazy("Select them in the work, or copy them from it, as they are.")
    )
    before = HiddenField()
    text = TextAreaField(lazy("Comment"))


def _near(form: Form, field: Any) -> None:
    # instants far away cannot be told in every time zone
    if field.data is not None and not 2000 <= field.data.year <= 2200:
        raise ValidationError(lazy("Choose a year between 2000 and 2200."))


class MoreTimeForm(Form):
    """Until when somebody may hand in, by the clock of the run's time zone; empty: as everybody."""

    until = DateTimeLocalField(lazy("Hand in until"), format="%Y-%m-%dT%H:%M", validators=[Optional(), _near])
