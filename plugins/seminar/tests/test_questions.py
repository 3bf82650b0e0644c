"""Questions to the speaker: for those with a seat, until the session is over. What the core does with them is tested there."""

import re

from lms.plugin import db

PAGE = "sessions/one/"


def at(it) -> str:
    """Below which the core's pages of questions are."""
    return f"{it.stage.base(it.run)}questions/talks/"


def put(it, person: int, text: str, status: int = 200, session: str = "one") -> str:
    return it.browser(person).post(f"{at(it)}to/session:{session}/", {"question": text}, status=status)


def reply(it, number: int, status: int = 200, **sent: str) -> str:
    return it.browser(it.tutor).post(f"{at(it)}{number}/", {"answer": "", **sent}, status=status)


def vote(it, person: int, number: int, status: int = 200) -> str:
    return it.browser(person).post(f"{at(it)}{number}/vote", {"vote": "yes"}, status=status)


def ids() -> list[int]:
    from lms.questions.models import QuestionRecord

    db.session.rollback()
    return [row.id for row in db.session.query(QuestionRecord).order_by(QuestionRecord.id)]


def test_a_question_is_put_and_answered_on_the_page_of_the_session(group):
    it = group(learners=2)
    anna, boris = it.learners
    assert "Your question is put." in put(it, anna, "Зачем нужен <b>договор</b>?")
    for reader in (anna, boris, it.tutor):
        assert "Зачем нужен &lt;b&gt;договор&lt;/b&gt;?" in it.page(reader, PAGE)
    assert "1 question waits for an answer" in it.page(it.tutor)
    assert "Чтобы знать, кто что делает." in reply(it, ids()[0], answer="Чтобы знать, кто что делает.", answered="1")
    assert "Чтобы знать, кто что делает." in it.page(boris, PAGE)
    assert "waits for an answer" not in it.page(it.tutor)
    assert it.notices(anna) == ["Your question in “Встречи” is answered."]
    assert it.notices(boris) == []


def test_as_many_votes_as_the_author_gives(group):
    from .conftest import LESSON

    it = group(learners=3, lesson=LESSON.replace("need: 50%", "need: 50%\nvotes: 1"))
    anna, boris, vera = it.learners
    put(it, anna, "Первый")
    put(it, boris, "Второй")
    first, second = ids()
    vote(it, vera, second)
    assert re.findall(r'id="question-(\d+)"', it.page(anna, PAGE)) == [str(second), str(first)]
    assert "Your votes here are given, 1 of 1: take one back first." in vote(it, vera, first, status=422)
    it.move(hours=7)
    assert "The vote is closed." in vote(it, boris, second, status=422)


def test_questions_are_for_those_with_a_seat_and_until_the_end(group):
    it = group(learners=2, seats=1)
    anna, boris = it.learners
    it.seat(anna)
    assert "You have no seat in this seminar." in put(it, boris, "А мне можно?", status=422)
    it.move(hours=6, minutes=59)
    put(it, anna, "Успела")
    vote(it, boris, ids()[0], status=404)
    it.move(minutes=1)
    assert "Questions to the speaker are closed." in put(it, anna, "Опоздала", status=422)
    assert "Успела" in it.page(boris, PAGE)
    author = it.stage.browser(it.stage.person("Авторов", is_author=True))
    assert "Успела" not in author.get(it.base + PAGE)
    put(it, anna, "Куда?", session="nothing", status=404)


def test_a_seminar_may_do_without_questions(group):
    from .conftest import LESSON

    it = group(lesson=LESSON.replace("need: 50%", "need: 50%\nquestions: false"))
    anna = it.learners[0]
    assert "Questions to the speaker" not in it.page(anna, PAGE)
    put(it, anna, "Всё же?", status=404)


def test_what_was_asked_is_in_the_minutes(group):
    it = group(learners=2)
    anna, boris = it.learners
    put(it, anna, "Что решили?")
    put(it, boris, "Лишний")
    reply(it, ids()[0], spoken="1")
    reply(it, ids()[1], answer="Повтор", hidden="1")
    it.browser(it.tutor).post(f"{it.base}{PAGE}notes", {"seen": "0", "minutes": "Решили начать.", "published": "y"})
    page = it.page(boris, f"{PAGE}minutes")
    assert "Что решили?" in page
    assert "Answered aloud" in page
    assert "Лишний" not in page


def test_the_page_costs_the_same_for_any_number_of_questions(group):
    counts = []
    for questions in (1, 3, 8):
        it = group(learners=questions)
        for person in it.learners:
            put(it, person, "Почему?")
        it.page(it.tutor, PAGE)
        with it.stage.statements() as found:
            it.page(it.tutor, PAGE)
        counts.append(len(found))
    assert len(set(counts)) == 1, counts
