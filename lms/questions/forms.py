"""What people fill in."""

from wtforms import TextAreaField

from lms.forms import Form, lazy


class QuestionForm(Form):
    """A question."""

    question = TextAreaField(lazy("Your question"))


class AnswerForm(Form):
    """What is said to a question, or why it is hidden: the page calls it as it is meant."""

    answer = TextAreaField(lazy("Answer"))
