"""How people take a quiz on a demonstration site: most know most of it, some try twice, one is interrupted."""

from datetime import timedelta
from random import Random

from lms.plugin import Demo, Visit, gettext
from lms_quiz import marking, service
from lms_quiz.reading import asked, attempts_of, kinds_of, one_of, waiting


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

    def lead(self, visit: Visit) -> None:
        """Mark what has waited for a day."""
        for one in waiting(visit):
            if visit.now - one.since < timedelta(days=1):
                continue
            chance = Random(f"{visit.block.id}/{one.person_id}/{one.number}/{one.place}")  # noqa: S311 - not secret
            found = marking.answered(visit, one.person_id, one.number, one.place)
            values = {
                item.id: chance.choice([level.points for level in item.levels] or [item.points, item.points / 2])
                for item in found.criteria.items
            }
            words = gettext("Well seen. Say in one more sentence how you know.")
            comments = (
                {item.id: words for item in found.criteria.items} if found.criteria.strategy == "comments" else {}
            )
            marking.keep(visit, found, values, comments, words)
