"""What people fill in, marking forms apart (those are the core's)."""

from collections.abc import Mapping
from typing import Any

from wtforms import FloatField, IntegerField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from courses.evaluation import Marking, RoleWeights
from lms.plugin import Form, gettext, lazy, mark


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


class AppealForm(Form):
    """What the tutor is to look at again."""

    reason = TextAreaField(
        lazy("What should the tutor look at?"),
        validators=[InputRequired(lazy("Say what the tutor should look at.")), Length(max=5000)],
        description=lazy(
            "Say which criterion or which review you mean, and what in your work speaks for another mark."
        ),
    )


class DecisionForm(Form):
    """What the tutor says to an appeal; without a number the mark stays as it is."""

    percent = IntegerField(
        lazy("New mark, per cent"),
        validators=[Optional(), _per_cent],
        description=lazy("Leave it empty to confirm the mark as it is."),
    )
    reason = TextAreaField(
        lazy("Why"),
        validators=[InputRequired(lazy("Say why: the participant will read it.")), Length(max=2000)],
        description=lazy("The participant will read it."),
    )


class Figure(FloatField):
    """A number, also with the comma of Russian keyboards."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """What was written, as a number."""
        super().process_formdata([value.replace(",", ".") for value in valuelist])


def _weight(form: Form, field: FloatField) -> None:
    if field.data is not None and not 0 <= field.data <= 1000:
        raise ValidationError(gettext("From {min} to {max}.", min=0, max=1000))


WORKS: Mapping[str, str] = {
    "mean": mark("The mean of its reviews"),
    "median": mark("The median of its reviews"),
    "trimmed": mark("The mean without the highest and the lowest"),
    "reliability": mark("The mean, weighed by how reliable each reviewer is"),
}
REVIEWS: Mapping[str, str] = {
    "best": mark("Closeness to the best review of the same work"),
    "calibrated": mark("Closeness to the tutor, where the tutor marked the same work"),
    "finished": mark("A finished review counts in full"),
}
STRICTNESS: Mapping[str, str] = {
    "1.0": mark("very much"), "3.0": mark("much"), "5.0": mark("fairly"), "7.0": mark("little"), "9.0": mark("very little"),
}  # fmt: skip


def _said(choices: Mapping[str, str]) -> dict[str, str]:
    return {value: gettext(words) for value, words in choices.items()}


class MarkingForm(Form):
    """A way of working marks out."""

    work = SelectField(lazy("The mark for a work"), choices=lambda: _said(WORKS))
    reviews = SelectField(lazy("The mark for reviewing"), choices=lambda: _said(REVIEWS))
    strictness = SelectField(
        lazy("A distance from the best review costs"), coerce=float, choices=lambda: _said(STRICTNESS)
    )
    tutor = Figure(
        lazy("Weight of the tutor's assessment"),
        validators=[Optional(), _weight],
        description=lazy("A review has the weight 1. Empty: the tutor's assessment counts in place of the reviews."),
    )
    own = Figure(lazy("Weight of self-assessment"), validators=[Optional(), _weight])
    spread = IntegerField(
        lazy("Reviews may differ by, per cent"),
        validators=[Optional(), _per_cent],
        description=lazy("If they differ more, one more reviewer is asked, and then the tutor. Empty: nobody is."),
    )
    reason = TextAreaField(
        lazy("Why"), validators=[Length(max=2000)], description=lazy("The participants will read it.")
    )

    @classmethod
    def of(cls, marking: Marking) -> "MarkingForm":
        """The form as it shows this way."""
        near = min((1.0, 3.0, 5.0, 7.0, 9.0), key=lambda value: abs(value - marking.strictness))
        values = {
            "work": marking.work, "reviews": marking.reviews, "strictness": near, "tutor": marking.weights.tutor,
            "own": marking.weights.own or None,
            "spread": None if marking.spread is None else round(marking.spread * 100),
        }  # fmt: skip
        return cls(formdata=None, data=values)

    def marking(self, now: Marking) -> Marking:
        """The way that was chosen; what the form does not ask is as it is now."""
        weights = RoleWeights(peer=now.weights.peer, tutor=self.tutor.data, own=self.own.data or 0)
        return now.model_copy(
            update={
                "work": self.work.data, "reviews": self.reviews.data, "strictness": self.strictness.data,
                "spread": None if self.spread.data is None else self.spread.data / 100, "weights": weights,
            }
        )  # fmt: skip
