"""The form before an account goes."""

from wtforms import PasswordField
from wtforms.validators import InputRequired

from lms.forms import Form, lazy


class DeleteForm(Form):
    """The password, so that nobody else does it at a screen left open."""

    password = PasswordField(lazy("Present password"), [InputRequired(lazy("Enter your password."))])
