"""What people fill in, marking forms apart (those are the core's)."""

from typing import Any

from wtforms import IntegerField, MultipleFileField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from lms.plugin import Form, gettext, lazy


class WorkForm(Form):
    """A work to hand in: at least a title, and a text or a file."""

    title = StringField(lazy("Title"), validators=[InputRequired(lazy("Give the work a title.")), Length(max=200)])
    text = TextAreaField(lazy("Text"), description=lazy("Markdown: **bold**, lists, tables, links."))
    files = MultipleFileField(lazy("Files"), description=lazy("Up to five. They are sent when you press the button."))


class ReviewerForm(Form):
    """One more reviewer for a work."""

    reviewer = SelectField(lazy("Participant"), coerce=int, validators=[InputRequired()])

    def __init__(self, choices: list[tuple[int, str]], **options: Any) -> None:
        super().__init__(**options)
        self.reviewer.choices = {str(key): text for key, text in choices}


def _per_cent(form: Form, field: IntegerField) -> None:
    # WTForms' own range check makes a float of the number first, and fails for one that is too large
    if field.data is not None and not 0 <= field.data <= 100:
        raise ValidationError(gettext("From {min} to {max}.", min=0, max=100))


class HandMarkForm(Form):
    """A mark in per cent in place of the worked-out one; without a number the worked-out one counts again."""

    percent = IntegerField(
        lazy("Mark, per cent"),
        validators=[Optional(), _per_cent],
        description=lazy("Leave it empty to let the worked-out mark count."),
    )
    reason = TextAreaField(
        lazy("Why"), validators=[Length(max=2000)], description=lazy("The participant will read it.")
    )
