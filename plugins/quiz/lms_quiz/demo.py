"""How people take a quiz on a demonstration site: most know most of it, some try twice, one is interrupted."""

from random import Random

from lms.plugin import Demo, Visit
from lms_quiz import service
from lms_quiz.reading import asked, attempts_of, kinds_of, one_of


class QuizDemo(Demo):
    """Attempts at a quiz."""

    kind = "quiz"

    def take_part(self, visit: Visit) -> None:
        """Start and finish an attempt; now and then it stays open until the next day."""
        if visit.settings.self_check or visit.settings.live != "no":
            return
        before = len(attempts_of(visit, visit.person.id))
        chance = Random(f"{visit.run.segment}/{visit.block.id}/{visit.person.id}/{before}")  # noqa: S311 - not secret
        number, barred = service.start(visit)
        attempt = one_of(visit, visit.person.id, number) if not barred else None
        if attempt is None or (before == 0 and chance.random() < 0.1):
            return
        knows = 0.6 + 0.35 * chance.random() + 0.15 * before
        kinds = kinds_of(visit.site)
        sent = {
            each.name: kinds[each.question.kind].demo(each, chance.random() < knows) for each in asked(visit, attempt)
        }
        service.finish(visit, number, {"page": ["demo"], "version": ["0"], **sent}, confirmed=True)
