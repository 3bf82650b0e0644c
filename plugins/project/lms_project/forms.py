"""What people fill in, marking forms apart (those are the core's)."""

from typing import Any

from wtforms import DateTimeLocalField, HiddenField, MultipleFileField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from lms.plugin import Form, lazy


def _near(form: Form, field: Any) -> None:
    # instants far away cannot be told in every time zone
    if field.data is not None and not 2000 <= field.data.year <= 2200:
        raise ValidationError(lazy("Choose a year between 2000 and 2200."))


class HandInForm(Form):
    """A work of one stage: a text, files, or both. `seen` says which state of it the form was made from."""

    seen = HiddenField()
    text = TextAreaField(lazy("Text"), description=lazy("Markdown works: **bold**, *italic*, lists, tables, links."))
    files = MultipleFileField(lazy("Files"))


class TeamForm(Form):
    """A new team."""

    name = StringField(
        lazy("Name of the team"), validators=[InputRequired(lazy("Give the team a name.")), Length(max=80)]
    )


class AnswerForm(Form):
    """The tutor's words on a work that is not marked by criteria. `seen` is the answer the form was made from."""

    seen = HiddenField()
    feedback = TextAreaField(
        lazy("Your answer"), description=lazy("The author reads it. To give the work back, say what to change.")
    )


class MoreTimeForm(Form):
    """Until when somebody may hand in, by the clock of the run's time zone; empty: as everybody."""

    until = DateTimeLocalField(lazy("Hand in until"), format="%Y-%m-%dT%H:%M", validators=[Optional(), _near])
