"""What people fill in."""

from typing import Any

from wtforms import BooleanField, HiddenField, MultipleFileField, StringField, TextAreaField
from wtforms.validators import Length

from lms.plugin import Form, lazy
from lms_seminar.notes import Where, Written

LONGEST_TEXT = 50_000


class NotesForm(Form):
    """What is said of a session in this run. `seen` is the number of changes the form was made from."""

    seen = HiddenField()
    place = StringField(
        lazy("Place"),
        description=lazy("Where you meet in person, if not as the course says."),
        validators=[Length(max=200)],
    )
    link = StringField(
        lazy("Link of the meeting"),
        description=lazy(
            "At any video service, or the word jitsi or bigbluebutton. Participants see it shortly before the start."
        ),
        validators=[Length(max=1000)],
    )
    materials = TextAreaField(
        lazy("Materials"),
        description=lazy("Markdown: what to read, slides, links. Shown at once."),
        validators=[Length(max=LONGEST_TEXT)],
    )
    files = MultipleFileField(lazy("Files"))
    recording = StringField(
        lazy("Recording"), description=lazy("Its address, once there is one."), validators=[Length(max=1000)]
    )
    minutes = TextAreaField(
        lazy("Minutes of the session"),
        description=lazy("Markdown: what was said and decided. Who was there is added by itself."),
        validators=[Length(max=LONGEST_TEXT)],
    )
    published = BooleanField(lazy("Show the minutes to everybody in the group"))

    def written(self) -> Written:
        """What was filled in."""

        def words(field: Any) -> str:
            return (field.data or "").strip()

        return Written(
            Where(place=words(self.place), link=words(self.link)), words(self.recording), words(self.materials),
            words(self.minutes), bool(self.published.data),
        )  # fmt: skip
