"""A seminar on a demonstration site: seats are taken and questions put beforehand, some type the code word in, the tutor notes the
others, answers, and writes the minutes."""

from datetime import timedelta
from random import Random

from lms.plugin import Demo, Meeting, Visit, language
from lms_seminar import notes, service, store
from lms_seminar.asking import session_subject

QUESTIONS = {
    "ru": (
        "Что делать, если тема интересна мне, а не классу?",
        "Сколько времени занимает подготовка такого урока?",
        "Как быть с теми, кто молчит?",
        "С чего вы начинали сами?",
    ),
    "en": (
        "What if the subject interests me, but not my class?",
        "How long does it take to prepare such a lesson?",
        "What do you do about those who keep silent?",
        "How did you begin yourself?",
    ),
}
ANSWERS = {
    "ru": "Начните с одного урока и одной пары коллег: об этом говорили подробно, запись есть на странице встречи.",
    "en": "Begin with one lesson and one colleague: we spoke of it at length, the recording is on the page of the session.",
}
MINUTES = {
    "ru": "- Каждый назвал свою трудность одной фразой.\n- Решили: до следующей встречи **каждый пробует одно изменение**.\n"
    "- Вопросы, на которые не хватило времени, остаются в обсуждении.",
    "en": "- Everybody named a difficulty in one sentence.\n- We agreed: until the next session **everybody tries one change**.\n"
    "- Questions there was no time for stay in the discussion.",
}
TASKS = {
    "ru": "Спрошу класс, что было непонятно, и запишу ответы дословно.",
    "en": "I shall ask my class what was not clear, and write the answers down word for word.",
}


class SeminarDemo(Demo):
    """Seats, questions, attendance and minutes."""

    kind = "seminar"

    def take_part(self, visit: Visit) -> None:
        """Take a seat and put a question or vote for one while there is a session to come; type in the word after a session one
        was at, and hand in its task."""
        standing = store.standing(visit)
        for session in store.meetings(visit):
            if session.when(visit.now) != "past" or not store.takes_part(visit):
                continue
            comes = _comes(visit, session.id, visit.person.id)
            if comes and session.code and session.id not in standing.attended:
                visit.attendance.enter_code(session, session.code)
            if comes and visit.settings.session(session.id).task and session.id not in standing.tasks:
                visit.submissions.save(store.TASK + session.id, TASKS[language()])
                visit.submissions.hand_in(store.TASK + session.id)
        ahead = store.ahead(visit)
        if ahead is None:
            return
        if visit.settings.seats is not None and not standing.seat:
            service.take_seat(visit)
        if visit.settings.questions and store.takes_part(visit):
            _wonder(visit, ahead)

    def lead(self, visit: Visit) -> None:
        """On the days after a session, note those with a seat who were there and typed nothing, answer what was asked, and write
        the minutes."""
        sessions = store.meetings(visit)
        known = visit.attendance.of()
        lately = [one for one in sessions if timedelta(hours=12) < visit.now - one.ends < timedelta(days=3)]
        ticked = {
            (place.person_id, session.id)
            for session in lately
            for place in visit.booking.of(store.SEATS)
            if place.number is not None
            if place.since < session.starts and (place.person_id, session.id) not in known
            if _comes(visit, session.id, place.person_id)
        }
        visit.attendance.note(sessions, set(), ticked)
        for session in lately:
            for asked in visit.questions.rows([session_subject(session.id)]):
                if asked.state == "open":
                    visit.questions.answer(asked.id, "answered", ANSWERS[language()])
            kept = notes.of_session(visit, session.id)
            if not kept.minutes:
                said = notes.said_where(visit, session.id)
                sheet = notes.Written(said, kept.recording, kept.materials, MINUTES[language()], published=True)
                notes.save(visit, session.id, sheet, str(kept.edits), ())


def _wonder(visit: Visit, session: Meeting) -> None:
    """Put a question nobody has put, once a session, or vote for somebody's."""
    subject = session_subject(session.id)
    put = visit.questions.rows([subject])
    chance = Random(f"{visit.run.segment}/{visit.block.id}/{session.id}/{visit.person.id}/asks")  # noqa: S311 - not secret
    left = [text for text in QUESTIONS[language()] if text not in {one.text for one in put}]
    if left and chance.random() < 0.3 and visit.person.id not in {one.asker_id for one in put}:
        visit.questions.ask(subject, left[0])
        return
    others = [one.id for one in put if one.asker_id != visit.person.id and one.state == "open"]
    if others and not visit.questions.mine() & {one.id for one in put}:
        visit.questions.vote(chance.choice(others))


def _comes(visit: Visit, session: str, person_id: int) -> bool:
    chance = Random(f"{visit.run.segment}/{visit.block.id}/{session}/{person_id}")  # noqa: S311 - not secret
    return chance.random() < 0.85
