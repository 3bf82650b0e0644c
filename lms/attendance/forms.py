"""The form that moves a meeting."""

from wtforms import StringField
from wtforms.validators import DataRequired, Length

from lms.attendance.moving import LONGEST_REASON
from lms.booking.forms import WhenForm
from lms.forms import lazy


class MoveForm(WhenForm):
    """When, how long, and why not as planned."""

    why = StringField(
        lazy("Reason"),
        [DataRequired(lazy("Say why, in a sentence.")), Length(max=LONGEST_REASON)],
        description=lazy("Whoever takes part reads it."),
    )
