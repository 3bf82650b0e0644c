"""What another plugin may use of the quiz: to bring a kind of question of its own.

    class Order(QuestionKind[Steps]): ...          # name, sign, Data, parse, read, mark, fields, review
    plugin = Plugin("order", "lms_order", contributes=(Order(),))

A kind with a `sign` of its own takes all questions whose answers are written with it; one that shares a sign with the
quiz's kinds is
asked before them whether a question is its own (`claims`).
"""

from lms_quiz.kinds import Asked, QuestionKind, Reply
from lms_quiz.question import Frozen, Question, QuestionForm
from lms_quiz.rules import Mark
from lms_quiz.written import Answer, Sign, Written

__all__ = ["Answer", "Asked", "Frozen", "Mark", "Question", "QuestionForm", "QuestionKind", "Reply", "Sign", "Written"]
