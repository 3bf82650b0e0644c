"""Forms of the management pages. Their faults are sentences next to the field."""

from collections.abc import Callable
from typing import Any

from wtforms import DateField, EmailField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Optional, ValidationError

from lms.forms import Form, lazy
from lms.i18n import gettext
from lms.manage import rules
from lms.plugin import mark

WAYS = {
    "open": mark("Open: anyone may join"),
    "key": mark("With a key that you give to the group"),
    "request": mark("On request: a tutor approves"),
    "closed": mark("Closed: only you enrol"),
}
"""Ways into a run, in words."""
MOST_PLACES = 100_000


class _Day(DateField):
    """A day; what is not one is answered with our sentence."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            self.data = None
            raise ValueError(lazy("This is not a date. Choose one from the calendar or write 2026-09-14.")) from None
        # days are reckoned from it, in every time zone
        if self.data is not None and not 1990 <= self.data.year <= 2200:
            self.data = None
            raise ValueError(lazy("This is not a date. Choose one from the calendar or write 2026-09-14."))


class _Number(IntegerField):
    """A whole number; what is not one is answered with our sentence."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        if valuelist and not valuelist[0].strip():
            self.data = 0
            return
        try:
            super().process_formdata(valuelist)
        except ValueError:
            self.data = None
            raise ValueError(lazy("Write a whole number.")) from None


def _short(most: int) -> Callable[[Form, Any], None]:
    def check(form: Form, field: Any) -> None:
        if len(field.data or "") > most:
            raise ValidationError(gettext("At most {most} characters can stand here.", most=most))

    return check


def _count(form: Form, field: Any) -> None:
    if field.data is not None and not 0 <= field.data <= MOST_PLACES:
        raise ValidationError(lazy("Write 0 or the number of places."))


def _slug(form: Form, field: Any) -> None:
    if not rules.is_slug(field.data):
        raise ValidationError(
            lazy("Only Latin small letters, figures and hyphens between them can stand here, at most 60.")
        )


def _after_start(form: Any, field: Any) -> None:
    if field.data and form.starts_on.data and field.data < form.starts_on.data:
        raise ValidationError(lazy("A run cannot end before it starts."))


class RunForm(Form):
    """What can be changed about a run at any time."""

    title = StringField(
        lazy("Title of the run"), [_short(200)],
        description=lazy("What tells it from other runs of the course: “Autumn 2026”."),
    )  # fmt: skip
    starts_on = _Day(
        lazy("First day"), [InputRequired(lazy("Choose the first day."))],
        description=lazy("Deadlines such as “day 5” are counted from it."),
    )  # fmt: skip
    ends_on = _Day(
        lazy("Last day"), [Optional(), _after_start], description=lazy("Without it the run stays open for ever.")
    )
    capacity = _Number(
        lazy("Places for learners"),
        [_count],
        default=0,
        description=lazy("0: no limit. Who comes when all are taken goes on a waiting list."),
    )
    enrolment = SelectField(
        lazy("How people enrol"), choices=lambda: {way: gettext(words) for way, words in WAYS.items()}
    )
    key = StringField(
        lazy("Enrolment key"), [_short(100)],
        description=lazy("Only for enrolment with a key. It is not shown again; leave it empty to keep the present one."),
    )  # fmt: skip


class NewRunForm(RunForm):
    """A run to be opened."""

    course = SelectField(lazy("Course"), [InputRequired(lazy("Choose a course."))])
    slug = StringField(
        lazy("Name in addresses"), [Optional(), _slug],
        description=lazy("Latin letters, figures and hyphens. If you leave it empty, it is made of the title."),
    )  # fmt: skip
    tutors = TextAreaField(
        lazy("Tutors"), [_short(5000)],
        description=lazy("E-mail addresses of people with an account, divided by commas or lines."),
    )  # fmt: skip


class MailForm(Form):
    """Somebody with an account, by mail address."""

    email = EmailField(lazy("E-mail"), [InputRequired(lazy("Enter a mail address."))])
