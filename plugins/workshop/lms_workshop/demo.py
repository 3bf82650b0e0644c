"""A workshop on a demonstration site: works that come in over days, reviews that are written over days, some never."""

from datetime import timedelta
from random import Random

from courses.criteria import Criterion
from lms.plugin import Demo, Visit, language
from lms_workshop import practice, service, stages, store

WORKS = {
    "ru": (
        (
            "Тихий чат",
            "Как сделать, чтобы на вопрос в чате отвечали не двое, а десять?",
            "Соберёмся на час и найдём в своих чатах один вопрос, на который никто не ответил. Перепишем его так, чтобы "
            "захотелось ответить, и через неделю сравним.",
        ),
        (
            "Пять минут до звонка",
            "Что дать классу в последние пять минут, чтобы урок не рассыпался?",
            "Каждый приносит один приём на карточке. Меняемся карточками, пробуем чужой приём три дня и рассказываем, "
            "что вышло.",
        ),
        (
            "Разговор о трудном",
            "Как сказать родителям о трудности, чтобы они не стали защищаться?",
            "Разыграем три настоящих начала разговора. После каждого — минута тишины и одна фраза: что я услышал.",
        ),
        (
            "Черновик",
            "Как читать работы учеников так, чтобы они захотели переписать?",
            "Возьмём один черновик без имени и напишем к нему отзывы в три хода: вижу — спрашиваю — предлагаю. Сравним, "
            "какой из отзывов хочется выполнить.",
        ),
        (
            "Одна задача на троих",
            "Что делать тому, кто в группе всегда молчит?",
            "Решим задачу тройками по ролям: считает, спрашивает, записывает. Через десять минут роли меняются. В конце "
            "каждый назовёт роль, которую даст своему ученику.",
        ),
        (
            "Вопрос недели",
            "Как удержать сообщество, когда у всех конец четверти?",
            "Неделя обсуждения: понедельник — вопрос, среда — один пример от ведущего, пятница — итог в пяти строках. На "
            "всё уходит двадцать минут.",
        ),
        (
            "Начинаем с конца",
            "Что изменится в уроке, если сначала придумать последнюю минуту?",
            "Берём завтрашний урок и пишем только его последнюю минуту. Потом — что должно случиться перед ней. Меняемся "
            "листами и ищем, где у соседа разрыв.",
        ),
        (
            "Полка приёмов",
            "Как найти то, что мы уже придумали в прошлом году?",
            "За сорок минут соберём полку: один приём — одна карточка — одно слово для поиска. Каждый уносит три чужие.",
        ),
        (
            "Двойка как вопрос",
            "О чём говорить с учеником, который снова не справился?",
            "Читаем три работы без имён. Вместо отметки пишем вопрос, на который ученик может ответить сам.",
        ),
        (
            "Встреча без ведущего",
            "Что делать сообществу, когда ведущий заболел?",
            "Проверим на себе: ведущий молчит час. Есть порядок на листе, роли и часы. В конце решим, что из этого "
            "оставить навсегда.",
        ),
        (
            "Домашнее задание на двоих",
            "Как задать такое, чтобы дома захотелось поговорить?",
            "Придумываем задания, которые нельзя сделать одному. За неделю пробуем одно и собираем фразы родителей.",
        ),
        (
            "Смотрим урок",
            "На что смотреть на чужом уроке, если предмет не твой?",
            "Смотрим десять минут записи и отмечаем только одно: когда ученики говорят друг с другом. Потом — разговор о "
            "том, что этому помогло.",
        ),
    ),
    "en": (
        (
            "The quiet chat",
            "How do we get ten answers to a question instead of two?",
            "Bring one question nobody answered. In an hour we rewrite it together; a week later we compare.",
        ),
        (
            "Five minutes left",
            "What do we give a class in the last five minutes?",
            "Everyone brings one card with one activity. We swap cards, try them for three days and tell what happened.",
        ),
    ),
}
PLAN = {
    "ru": (
        "| Минуты | Что делают участники |\n|---|---|\n| 0–5 | читают вопрос и пишут первую мысль |\n| 5–20 | работают по "
        "двое: пример из своей практики |\n| 20–40 | пробуют: задание записано на экране слово в слово |\n| 40–55 | "
        "каждый называет одну пробу на завтра |\n| 55–60 | договариваются, кто и когда спросит, что вышло |"
    ),
    "en": (
        "| Minutes | What participants do |\n|---|---|\n| 0–5 | read the question and write a first thought |\n| 5–20 | "
        "work in pairs on one example of their own |\n| 20–40 | try it out; the task is on the screen word for word |\n"
        "| 40–60 | everyone names one thing to try tomorrow |"
    ),
}
REVIEWS = {
    "ru": (
        "Вижу вопрос, на который хочется ответить сразу. Спрашиваю: что будет делать тот, кто пришёл без примера? Предлагаю дать "
        "ему готовый случай на карточке.",
        "Вижу, что больше половины времени работают участники: минуты 5–40. Спрашиваю: хватит ли пяти минут на итог? "
        "Предлагаю взять их у вступления.",
        "Вижу понятное приглашение, в первой строке — вопрос. Спрашиваю: что сделать тем, у кого в этот час урок? "
        "Предлагаю назвать место, где останется запись.",
        "Вижу тёплый тон и точное время. Спрашиваю: с чем человек уйдёт через час? Предлагаю закончить письменной фразой "
        "«завтра я попробую…».",
    ),
    "en": (
        "I see a question I would answer at once. I ask: what if somebody comes without an example? I suggest a card with "
        "one.",
        "I see participants at work most of the time. I ask: are five minutes enough at the end? I suggest taking them "
        "from the introduction.",
    ),
}


class WorkshopDemo(Demo):
    """Practice, works and reviews."""

    kind = "workshop"

    def take_part(self, visit: Visit) -> None:
        """Hand in on one of the days there are for it; review when there is something to review."""
        phase = visit.phases.now
        if phase == "submission" and store.own_work(visit) is None:
            self._hand_in(visit)
        elif phase in ("submission", "review"):
            self._practise(visit)
        if phase == "review":
            self._review(visit)

    def _practise(self, visit: Visit) -> None:
        """One model work an evening, near to what the expert gave."""
        one = next((one for one in practice.tried(visit) if one.form is None), None)
        if one is None:
            return
        chance = _chance(visit, one.place)
        criteria = visit.assessments.begin(visit.settings.form)
        values = {
            item.id: one.model.values[item.id] if chance.random() < 0.6 else chance.choice(_steps(item))
            for item in criteria.items
            if item.id in one.model.values
        }
        visit.assessments.save(one.model.subject, criteria, values, {}, "", visit.person.id, practice.ROLE)

    def _hand_in(self, visit: Visit) -> None:
        chance = _chance(visit)
        closes = visit.phases.dated("submission").closes
        if closes is not None and closes - visit.now > timedelta(days=1 + 3 * chance.random()):
            return  # still thinking about it
        works = WORKS[language()]
        title, question, words = works[visit.person.id % len(works)]
        visit.submissions.save(store.SLOT, f"**{question}**\n\n{words}\n\n{PLAN[language()]}", title)
        visit.submissions.hand_in(store.SLOT)

    def _review(self, visit: Visit) -> None:
        done = {(form.subject, form.assessor_id) for form in visit.assessments.of(role="peer")}
        left = [pair for pair in store.pairs(visit) if (store.subject(pair.work_id), pair.reviewer_id) not in done]
        waiting = [pair for pair in left if pair.reviewer_id == visit.person.id]
        closes = visit.phases.dated("review").closes
        put_off = len(left) == 1 and closes is not None and closes - visit.now > timedelta(days=1)
        if not waiting or put_off:  # whoever is the last of all leaves it to the last day
            return
        pair = waiting[0]  # one an evening
        chance = _chance(visit, pair.work_id)
        criteria = service.form_of(visit, pair.work_number, None, begin=True)
        values = {item.id: chance.choice(_steps(item)[-2:]) for item in criteria.items}
        words = REVIEWS[language()]
        visit.assessments.save(
            store.subject(pair.work_id), criteria, values, {}, words[pair.work_id % len(words)], visit.person.id, "peer"
        )
        stages.restand(visit, [visit.person.id])


def _steps(item: Criterion) -> list[float]:
    """What can be given for a criterion, the least first."""
    return sorted(level.points for level in item.levels) or [item.points * part / 4 for part in range(5)]


def _chance(visit: Visit, *more: int) -> Random:
    return Random(f"{visit.run.segment}/{visit.block.id}/{visit.person.id}/{more}")  # noqa: S311 - not secret
