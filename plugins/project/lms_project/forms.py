"""What people fill in about their team. Works are written and answered on the core's pages."""

from wtforms import StringField
from wtforms.validators import InputRequired, Length

from lms.plugin import Form, lazy


class TeamForm(Form):
    """A new team."""

    name = StringField(
        lazy("Name of the team"), validators=[InputRequired(lazy("Give the team a name.")), Length(max=80)]
    )
