"""Forms about accounts. Their faults are sentences next to the field."""

from datetime import datetime
from typing import Any

from wtforms import BooleanField, EmailField, HiddenField, PasswordField, SelectField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from lms.forms import Form, lazy
from lms.i18n import LANGUAGES, gettext
from lms.people import rules, zones
from lms.people.service import MAIL_FAULTS, NAME_FAULTS, check_password
from lms.plugin import BadInput, mark

THEMES = {"auto": mark("As the device is set"), "light": mark("Light"), "dark": mark("Dark")}


def _mail(form: Form, field: Any) -> None:
    if fault := rules.mail_fault(field.data or ""):
        raise ValidationError(lazy(MAIL_FAULTS[fault]))


def _name(form: Form, field: Any) -> None:
    field.data = rules.clean_name(field.data or "")
    if fault := rules.name_fault(field.data):
        raise ValidationError(lazy(NAME_FAULTS[fault]))


def _password(form: Any, field: Any) -> None:
    own = [getattr(form, name).data or "" for name in ("email", "surname", "given_name", "patronymic")]
    try:
        check_password(field.data or "", own)
    except BadInput as error:
        raise ValidationError(str(error.message)) from None


class _Names(Form):
    surname = StringField(lazy("Surname"), [InputRequired(lazy("Enter your surname.")), _name])
    given_name = StringField(lazy("Name"), [InputRequired(lazy("Enter your name.")), _name])
    patronymic = StringField(
        lazy("Patronymic"), [Optional(), _name], description=lazy("If you have one: it is printed on certificates.")
    )
    language = SelectField(lazy("Language"), choices=dict(LANGUAGES))
    timezone = SelectField(lazy("Time zone"), description=lazy("Dates and deadlines are shown in it."))

    def offer_zones(self, now: datetime) -> None:
        """Fill in the time zones to choose from."""
        self.timezone.choices = dict(zones.choices(now))


class SignUpForm(_Names):
    """What a visitor says about themselves."""

    email = EmailField(lazy("E-mail"), [InputRequired(lazy("Enter your mail address.")), _mail])
    password = PasswordField(
        lazy("Password"), [InputRequired(lazy("Choose a password.")), _password],
        description=lazy("At least 8 characters. Several words in a row are easy to remember and hard to guess."),
    )  # fmt: skip
    consent = BooleanField(
        lazy("I have read how personal data are handled and agree to it"),
        [InputRequired(lazy("Without your consent we may not keep an account for you."))],
    )


class SignInForm(Form):
    """Address, password and where to go on."""

    email = EmailField(lazy("E-mail"), [InputRequired(lazy("Enter your mail address."))])
    password = PasswordField(lazy("Password"), [InputRequired(lazy("Enter your password."))])
    next = HiddenField()


class ForgotForm(Form):
    """Whose password is forgotten."""

    email = EmailField(lazy("E-mail"), [InputRequired(lazy("Enter your mail address.")), _mail])


class ResetForm(Form):
    """A new password by a mailed link; the service knows whose, and checks it."""

    password = PasswordField(
        lazy("New password"), [InputRequired(lazy("Choose a password.")), Length(max=1000)],
        description=lazy("At least 8 characters. Several words in a row are easy to remember and hard to guess."),
    )  # fmt: skip


class PasswordForm(ResetForm):
    """A new password by the old one."""

    old = PasswordField(lazy("Present password"), [InputRequired(lazy("Enter your password."))])


class ProfileForm(_Names):
    """What a person may change about themselves."""

    theme = SelectField(lazy("Colours"), choices=lambda: {name: gettext(label) for name, label in THEMES.items()})


class MailForm(Form):
    """Which kinds of notice come by mail."""

    kinds = SelectMultipleField(
        lazy("Send me by mail"), widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )


class ConfirmForm(Form):
    """Only the protection against forged requests."""
