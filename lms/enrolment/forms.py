"""Forms about places in a run."""

from flask_wtf.file import FileField, FileRequired, FileSize
from wtforms import RadioField

from lms.forms import Form, lazy
from lms.i18n import gettext

LARGEST = 1024 * 1024


class ImportForm(Form):
    """A list of people to enrol."""

    file = FileField(
        lazy("List as CSV"),
        [
            FileRequired(lazy("Choose a file.")),
            FileSize(LARGEST, message=lazy("The file is larger than 1 MB: this is hardly a list of people.")),
        ],
        description=lazy("Columns: e-mail, surname, name, patronymic, role (learner or tutor). CSV as Excel saves it."),
    )
    whole = RadioField(
        lazy("If some rows are wrong"),
        choices=lambda: {
            "good": gettext("enrol the people of the good rows, name the wrong ones"),
            "none": gettext("enrol nobody until the list is right"),
        },
        default="good",
    )
