"""Projects on a demonstration site: alone and in twos, on time and late, some given back, the latest waiting for the tutor."""

from collections.abc import Mapping
from datetime import timedelta
from random import Random

from courses.submissions import Asked, steps_of, words_in
from lms.plugin import Criteria, Demo, Owner, Step, SubmissionLine, Visit, language
from lms_project import defence, pacts, results
from lms_project.format import ProjectSettings
from lms_project.options import Defence
from lms_project.shares import EVEN
from lms_project.works import ProjectTeams

TEAMS = {"ru": ("Два берега", "Соседи", "Третья смена"), "en": ("Two shores", "Neighbours")}
FIRST = {
    "ru": (
        "**Мой вопрос:** {question}\n\n**Для кого:** {whom}.\n\n**Что сделаем:** {what} На всё — {minutes} минут.\n\n"
        "**Что останется:** у каждого — одна запись, с которой можно прийти на урок завтра.\n\n**Как узнаю, получилось "
        "ли:** через неделю спрошу троих, что они попробовали."
    ),
    "en": (
        "**My question:** {question}\n\n**For whom:** {whom}.\n\n**What we will do:** {what} {minutes} minutes in all.\n\n"
        "**What stays:** one note each, to be used in class tomorrow.\n\n**How I shall know:** in a week I ask three of "
        "them what they tried."
    ),
}
STORY = {
    "ru": (
        "Хотелось одного: чтобы заговорили все. Было так: {what}\n\nЗа {minutes} минут успели почти всё. "
        "Участники говорили больше ведущего — по записи примерно две трети времени.\n\n> «Я думала, это только у меня».\n\n"
        "> «Завтра попробую на шестом уроке».\n\n> «А можно ещё раз, но короче?»\n\nЧерез неделю попробовали {tried} "
        "человека. **Не вышло:** итог скомкали, последним не хватило времени. **В другой раз** начну с итога: скажу, с чем "
        "мы уйдём, до первого задания."
    ),
    "en": (
        "What we wanted: everyone to speak. What happened: {what}\n\nIn {minutes} minutes we did nearly all of it. "
        "Participants spoke about two thirds of the time.\n\n> “I thought it was only me.”\n\n> “I shall try it tomorrow.”\n\n"
        "A week later {tried} of them had tried it. **What failed:** we rushed the end. **Next time** I begin with what "
        "we shall leave with."
    ),
}
IDEAS = {
    "ru": (
        ("как начать урок без слова «тише»", "учителя пятых классов, шесть человек",
         "Каждый показывает своё начало урока за минуту, остальные записывают первое слово.", 40),
        ("как проверять тетради вдвое быстрее и не обидеть", "методическое объединение словесников",
         "Читаем три работы с секундомером и договариваемся, что не исправлять.", 60),
        ("как говорить с классом о списывании", "классные руководители седьмых классов",
         "Разыгрываем два разговора и спрашиваем у каждого, что он услышал.", 45),
        ("как объяснить дроби тому, кто трижды не понял", "четыре учителя математики из трёх школ",
         "Собираем неудачные объяснения и ищем, на каком слове ученик теряется.", 50),
        ("как позвать родителей не на собрание, а на урок", "параллель третьих классов",
         "Готовим одно приглашение и одно задание, которое делают вместе с ребёнком.", 30),
        ("как не бросить проект в мае", "команда школьного музея и двое коллег из соседнего села",
         "Неделя обсуждения: каждый день один короткий вопрос и одна фотография стола.", 35),
        ("что делать на перемене с теми, кому некуда пойти", "дежурные учителя второго этажа",
         "Пробуем три тихие игры и считаем, сколько человек осталось.", 30),
        ("как давать отзыв на сочинение голосом", "пять учителей литературы",
         "Записываем отзыв на две минуты, слушаем чужой и пишем, что захотелось исправить.", 55),
    ),
    "en": (
        ("how to begin a lesson without saying “quiet”", "six teachers of the fifth form",
         "Everyone shows a beginning in one minute; the others write down the first word.", 40),
        ("how to give feedback on an essay by voice", "five teachers of English",
         "We record two minutes of feedback, listen to somebody else's and note what we would change.", 55),
    ),
}  # fmt: skip
ACCEPTED = {
    "ru": (
        "Вопрос узкий и живой, форма ему по росту. Запишите задание слово в слово — пригодится, когда будете волноваться.",
        "Хорошо, что видно, с чем люди уйдут. Подумайте, что будет делать тот, кто опоздает на десять минут.",
        "Берите и проводите. Одну минуту из вступления отдайте итогу.",
        "Честно и ясно. Фразы участников — лучшее место: по ним видно, что сдвинулось.",
    ),
    "en": ("A narrow, living question, and a form that fits it. Write the task down word for word.",),
}
BACK = {
    "ru": "Пока это тема, а не вопрос: о чём вы сами не знаете, как быть? Сузьте до одного случая и пришлите ещё раз.",
    "en": "So far this is a subject, not a question. What is it you do not know yourself? Narrow it to one case.",
}


AGREED = {
    "ru": "Решаем вместе, а если не выходит — спрашиваем ведущего.",
    "en": "We decide together, or ask the tutor.",
}


class ProjectDemo(Demo):
    """Teams, what they agree upon, hand-ins, answers and defences."""

    kind = "project"

    def take_part(self, visit: Visit) -> None:
        """Find a team on the first evening; hand a stage in some days before it is due, or at once when that has passed."""
        works = visit.submissions
        owner = works.owner()
        key = owner.key if owner else f"person:{visit.person.id}"
        lines = works.lines(key)
        if not lines and (owner is None or owner.team is None) and self._finds_team(visit):
            return
        if owner is not None and owner.team is not None:
            self._agree(visit, owner, "contract")
        if owner is None or pacts.bar(visit) is not None:
            return
        steps = steps_of(lines)
        for place, stage in enumerate(works.stages()):
            state = steps[stage.id].state if stage.id in steps else ""
            if state == "accepted":
                continue
            if state == "waiting":
                return
            chance = _chance(visit.run.segment, visit.person.id, stage.id)
            due = stage.due or visit.now
            ready = state == "returned" or due - visit.now < timedelta(days=0.5 + 3.5 * chance.random())
            if ready or not state:
                words = _words(visit, last=place > 0 and stage.id == visit.settings.final.id)
                works.save(stage.id, _with_all(stage.asked, words))
                if ready and not stage.asked.attach:
                    works.hand_in(stage.id)
            return
        if owner.team is not None:
            self._agree(visit, owner, "shares")
            results.settle(visit, owner)

    def _agree(self, visit: Visit, owner: Owner, kind: pacts.Kind) -> None:
        """Propose what everybody can say yes to, or say yes."""
        if not pacts.asked(visit.settings, kind):
            return
        found = pacts.standing(visit, owner, kind)
        if found.pact is None:
            given: Mapping[int, str | int] = dict.fromkeys(found.people, "" if kind == "contract" else EVEN)
            text = "\n\n".join(f"## {part}\n\n{AGREED[language()]}" for part in visit.settings.contract)
            pacts.propose(visit, owner, kind, text if kind == "contract" else "", given, found.token)
        elif visit.person.id in found.silent and not found.pact.decided:
            pacts.answer(visit, owner, kind, found.pact.number, True, "")

    def _finds_team(self, visit: Visit) -> bool:
        settings: ProjectSettings = visit.settings
        if settings.team_most < 2:
            return False
        everybody = visit.teams.all()
        if visit.person.id % 7 == 1:
            names = [name for name in TEAMS[language()] if name not in {team.name for team in everybody}]
            if names:
                visit.teams.create(names[0], visit.person.id)
                ProjectTeams().changed(visit, [visit.person.id])
            return bool(names)
        for team in everybody if visit.person.id % 7 in (2, 3) else ():
            unsent = all(line.state == "draft" for line in visit.submissions.lines(f"team:{team.id}"))
            if unsent and len(team.members) < min(2, settings.team_most):
                visit.teams.join(team.id, visit.person.id, settings.team_most)
                ProjectTeams().changed(visit, [visit.person.id])
                return True
        return False

    def lead(self, visit: Visit) -> None:
        """Answer what has waited long enough; a first version is given back now and then."""
        for line in visit.submissions.lines():
            if line.state != "waiting" or line.handed_in_at is None:
                continue
            patience = timedelta(days=2 + 3 * _chance(visit.run.segment, line.owner, line.stage, line.number).random())
            if visit.now - line.handed_in_at >= patience:
                self._answer(visit, line)
        if visit.settings.defence is not None:
            self._hear(visit, visit.settings.defence)

    def _hear(self, visit: Visit, wanted: Defence) -> None:
        """Mark the defences of works that are accepted."""
        final = visit.settings.final.id
        ready = [
            key for key, steps in visit.submissions.steps().items() if steps.get(final, Step()).state == "accepted"
        ]
        for key, found in defence.defended(visit, ready).items():
            if all(form.assessor_id != visit.person.id for form in found.forms):
                criteria = visit.assessments.begin(wanted.criteria, defence.FORM)
                chance = _chance(visit.run.segment, key, defence.FORM)
                values, words = _marks(criteria, chance), chance.choice(ACCEPTED[language()])
                visit.assessments.save(defence.subject(key), criteria, values, {}, words, visit.person.id, "tutor")
                results.settle(visit, visit.submissions.owner_of(key))

    def _answer(self, visit: Visit, line: SubmissionLine) -> None:
        settings: ProjectSettings = visit.settings
        chance = _chance(visit.run.segment, line.owner, line.stage, line.number)
        final = line.stage == settings.final.id
        if line.number == 1 and not final and chance.random() < 0.15:
            visit.submissions.answer(line.id, "returned", BACK[language()])
            return
        words = chance.choice(ACCEPTED[language()])
        if final and settings.form is not None:
            criteria = visit.assessments.begin(settings.form)
            values = _marks(criteria, chance)
            visit.assessments.save(line.subject, criteria, values, {}, words, visit.person.id, "tutor")
        visit.submissions.answer(line.id, "accepted", words)


def _marks(criteria: Criteria, chance: Random) -> Mapping[str, float]:
    return {
        item.id: chance.choice(sorted(level.points for level in item.levels)[-2:])
        if item.levels
        else round(item.points * chance.uniform(0.65, 1))
        for item in criteria.items
    }


def _with_all(asked: Asked, words: str) -> str:
    """What somebody writes, with the parts and as long as the author asks; files they have none."""
    words = "\n\n".join((words, *(f"## {part}\n\n{AGREED[language()]}" for part in asked.parts)))
    return "\n\n".join([words] * -(-asked.least // words_in(words)) or [words])


def _chance(*of: object) -> Random:
    return Random("/".join(map(str, of)))  # noqa: S311 - the same life each time, nothing secret


def _words(visit: Visit, last: bool) -> str:
    ideas = IDEAS[language()]
    question, whom, what, minutes = ideas[visit.person.id % len(ideas)]
    form = STORY[language()] if last else FIRST[language()]
    return form.format(question=question, whom=whom, what=what, minutes=minutes, tried=2 + visit.person.id % 3)
