"""How people take a quiz on a demonstration site: most know most of it, some try twice, one is interrupted."""

from random import Random
from typing import Any

from lms.plugin import Demo, Visit
from lms_quiz import service
from lms_quiz.format import Figures, Options, Truth, Wordings
from lms_quiz.kinds import Asked
from lms_quiz.reading import asked, attempts_of, one_of


class QuizDemo(Demo):
    """Attempts at a quiz."""

    kind = "quiz"

    def take_part(self, visit: Visit) -> None:
        """Start and finish an attempt; now and then it stays open until the next day."""
        before = len(attempts_of(visit, visit.person.id))
        chance = Random(f"{visit.run.segment}/{visit.block.id}/{visit.person.id}/{before}")  # noqa: S311 - not secret
        number, barred = service.start(visit)
        attempt = one_of(visit, visit.person.id, number) if not barred else None
        if attempt is None or (before == 0 and chance.random() < 0.1):
            return
        knows = 0.6 + 0.35 * chance.random() + 0.15 * before
        sent = {each.name: answer(each, chance.random() < knows) for each in asked(visit, attempt)}
        service.finish(visit, number, {"page": ["demo"], "version": ["0"], **sent}, confirmed=True)


def answer(each: Asked[Any], right: bool) -> list[str]:
    """What the form of an attempt would send for a right or a wrong answer; [] for kinds of question others bring."""
    data = each.data
    if isinstance(data, Options):
        chosen = [place for place, option in enumerate(data.options) if option.right]
        if not right:
            wrong = [place for place, option in enumerate(data.options) if not option.right]
            chosen = chosen[1:] if len(chosen) > 1 else wrong[:1]
        return [each.token(place) for place in chosen]
    if isinstance(data, Truth):
        return [each.token(data.right if right else not data.right)]
    if isinstance(data, Wordings):
        return [data.accepted[0].forms[0] if right else "?"]
    if isinstance(data, Figures):
        return [str(data.accepted[0].value) if right else "0"]
    return []
