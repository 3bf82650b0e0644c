"""The quiz: questions in Markdown, marked by the program."""

from lms.plugin import Commands, On, Plugin, Tick
from lms_quiz.activity import Quiz
from lms_quiz.clockwork import pass_time
from lms_quiz.command import quiz
from lms_quiz.correction_privacy import Corrections
from lms_quiz.demo import QuizDemo
from lms_quiz.kinds import STANDARD
from lms_quiz.live.privacy import Rounds
from lms_quiz.live.views import doors
from lms_quiz.privacy import Attempts

plugin = Plugin(
    "quiz",
    "lms_quiz",
    contributes=(
        Quiz(),
        *STANDARD,
        Attempts(),
        Corrections(),
        Rounds(),
        doors,
        On(Tick, pass_time),
        QuizDemo(),
        Commands(quiz),
    ),
)
