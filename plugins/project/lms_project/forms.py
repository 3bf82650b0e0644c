"""What people fill in beside the work, which is written and answered on the core's pages."""

from typing import Any

from wtforms import DateField, HiddenField, TextAreaField
from wtforms.validators import InputRequired, ValidationError

from lms.plugin import Form, lazy


def _near(form: Form, field: Any) -> None:
    # days far away cannot be told in every time zone
    if field.data is not None and not 2000 <= field.data.year <= 2200:
        raise ValidationError(lazy("Choose a year between 2000 and 2200."))


class EntryForm(Form):
    """An entry of the diary."""

    day = DateField(lazy("Day"), validators=[InputRequired(lazy("Choose the day.")), _near])
    text = TextAreaField(
        lazy("What was done"), validators=[InputRequired(lazy("Write what you did."))],
        description=lazy("Markdown works: **bold**, *italic*, lists, tables, links."),
    )  # fmt: skip


class MinutesForm(Form):
    """The minutes of a defence. `seen` is the number of changes they had."""

    seen = HiddenField()
    text = TextAreaField(lazy("Who asked what, and what was answered"))
