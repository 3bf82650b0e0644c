"""A master class on a demonstration site: attempts over days, critiques an evening each, some second attempts."""

from datetime import timedelta
from random import Random

from lms.plugin import Demo, Visit, language
from lms_workshop.masterclass import rules, service, store

FIRST = {
    "ru": (
        (
            "Вопрос про первые минуты",
            "Как вы начинаете урок и что вы думаете о том, чтобы начинать его по-другому, например с вопроса?",
        ),
        ("Вопрос родителям", "Хотели бы вы, чтобы собрания проходили интереснее и полезнее, и как именно?"),
        ("Вопрос коллегам", "Кто как проверяет тетради и сколько это занимает времени в неделю?"),
    ),
    "en": (
        ("About the first minutes", "How do you begin a lesson, and what do you think of beginning it in another way?"),
        ("For parents", "Would you like our meetings to be of more use, and how?"),
    ),
}
SECOND = {
    "ru": "Что было первой фразой на вашем вчерашнем уроке?",
    "en": "What was the first sentence of your lesson yesterday?",
}
WORDS = {
    "ru": (
        "Вопрос, на который хочется ответить сразу: он про вчерашний день.",
        "Кому он задан: тем, кто ведёт уроки каждый день, или всем?",
        "Оставить из двух вопросов один, тот, на который отвечают примером.",
    ),
    "en": (
        "A question one wants to answer at once.",
        "Whom does it ask: those who teach every day, or everybody?",
        "Keep one of the two questions, the one that is answered by an example.",
    ),
}


class MasterclassDemo(Demo):
    """Attempts and critiques."""

    kind = service.KIND

    def take_part(self, visit: Visit) -> None:
        """Whatever is to be done now, one thing an evening."""
        step = rules.step(store.situation(visit))
        chance = Random(f"{visit.run.segment}/{visit.block.id}/{visit.person.id}")  # noqa: S311 - not secret
        if step in ("try", "again"):
            closes = visit.phases.closes
            if closes is not None and closes - visit.now > timedelta(days=1 + 2 * chance.random()):
                return  # still thinking about it
            title, text = FIRST[language()][visit.person.id % len(FIRST[language()])]
            text = text if step == "try" else SECOND[language()]
            visit.submissions.save(store.STAGE, text, title)
            visit.submissions.hand_in(store.STAGE)
        elif step == "critique":
            self._critique(visit)

    def _critique(self, visit: Visit) -> None:
        done = {one.subject for one in visit.assessments.of(role=service.CRITIC) if one.assessor_id == visit.person.id}
        asked = [one for one in visit.allocation.reviews(reviewer_id=visit.person.id) if one.subject not in done]
        if not asked:
            return
        criteria = visit.assessments.begin(visit.settings.form)
        said = WORDS[language()]
        comments = {item.id: said[place % len(said)] for place, item in enumerate(criteria.items)}
        visit.assessments.save(asked[0].subject, criteria, {}, comments, "", visit.person.id, service.CRITIC)
        service.restand(visit, [visit.person.id])
