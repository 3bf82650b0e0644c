"""Forms of times that staff open."""

from datetime import UTC, datetime, timedelta
from typing import Any

from wtforms import DateTimeLocalField, IntegerField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from lms.forms import Form, lazy
from lms.wording import zone

YEARS = range(2000, 2200)
"""What a calendar of meetings holds; further off, sums with time zones leave the calendar altogether."""


class _When(DateTimeLocalField):
    def process_formdata(self, valuelist: Any) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(lazy("Write a day and a time.")) from None


def _near(form: Form, field: Any) -> None:
    if isinstance(field.data, datetime) and field.data.year not in YEARS:
        raise ValidationError(lazy("Write a day and a time."))


class _Range(NumberRange):
    def __call__(self, form: Any, field: Any) -> None:
        # WTForms makes a float of the number first, and fails for one that is too large
        if field.data is not None:
            field.data = max(-1, min(field.data, 100_000))
        super().__call__(form, field)


class WhenForm(Form):
    """When and how long."""

    starts = _When(lazy("Begins"), [InputRequired(lazy("Write a day and a time.")), _near], format="%Y-%m-%dT%H:%M")
    minutes = IntegerField(
        lazy("Minutes"),
        [InputRequired(lazy("Write how many minutes.")), _Range(5, 480, lazy("From {min} to {max} minutes."))],
    )

    def times(self, timezone: str) -> tuple[datetime, datetime]:
        """When it begins and ends, as typed in that zone."""
        assert self.starts.data is not None, "asked after it was found to be whole"
        starts: datetime = self.starts.data.replace(tzinfo=zone(timezone)).astimezone(UTC)
        return starts, starts + timedelta(minutes=self.minutes.data or 0)


class TimeForm(WhenForm):
    """When, how long and where."""

    place = StringField(
        lazy("Where"), [Optional(), Length(max=300)],
        description=lazy("A room, or an address to join by; whoever books it gets it with the invitation."),
    )  # fmt: skip


class OpenForm(TimeForm):
    """Several times in a row. `of`: the purpose they are opened for."""

    of = ""
    count = IntegerField(
        lazy("How many in a row"), [InputRequired(lazy("Write how many.")), _Range(1, 30, lazy("From {min} to {max}."))],
        default=1,
    )  # fmt: skip
    seats = IntegerField(
        lazy("Places in each"), [InputRequired(lazy("Write how many.")), _Range(1, 1000, lazy("From {min} to {max}."))],
        default=1,
    )  # fmt: skip
