"""Questions to the speaker: put, answered, hidden, taken back."""

import re

from lms.plugin import db

PAGE = "sessions/one/"


def put(it, person: int, text: str, status: int = 200) -> str:
    return it.browser(person).post(f"{it.base}{PAGE}questions", {"text": text}, status=status)


def reply(it, number: int, status: int = 200, **sent: str) -> str:
    return it.browser(it.tutor).post(f"{it.base}questions/{number}/", {"answer": "", **sent}, status=status)


def ids() -> list[int]:
    from lms_seminar.models import Question

    db.session.rollback()
    return [row.id for row in db.session.query(Question).order_by(Question.id)]


def test_a_question_is_put_and_answered(group):
    it = group(learners=2)
    anna, boris = it.learners
    assert "Your question is put." in put(it, anna, "Зачем нужен <b>договор</b>?")
    for reader in (anna, boris, it.tutor):
        assert "Зачем нужен &lt;b&gt;договор&lt;/b&gt;?" in it.page(reader, PAGE)
    assert "1 question waits for an answer" in it.page(it.tutor)
    assert "Write the answer, or note that it was given in the session." in reply(
        it, ids()[0], answered="1", status=422
    )
    reply(it, ids()[0], answer="Чтобы знать, кто что делает.", answered="1")
    assert "Чтобы знать, кто что делает." in it.page(boris, PAGE)
    assert "waits for an answer" not in it.page(it.tutor)
    assert it.notices(anna) == ["Your question in “Встречи” is answered."]
    assert it.notices(boris) == []


def test_what_was_said_aloud_needs_no_words_and_may_be_opened_again(group):
    it = group()
    anna = it.learners[0]
    put(it, anna, "Когда?")
    reply(it, ids()[0], spoken="1")
    assert "Answered in the session" in it.page(anna, PAGE)
    reply(it, ids()[0], open="1")
    assert "No answer yet" in it.page(anna, PAGE)


def test_a_hidden_question_is_read_by_its_author_and_staff_alone(group):
    it = group(learners=2)
    anna, boris = it.learners
    put(it, anna, "Нехорошие слова")
    assert "Say why the question is hidden" in reply(it, ids()[0], hidden="1", status=422)
    reply(it, ids()[0], answer="Спрашивайте вежливо", hidden="1")
    assert "Нехорошие" not in it.page(boris, PAGE)
    assert "Спрашивайте вежливо" not in it.page(boris, PAGE)
    for reader in (anna, it.tutor):
        assert "Нехорошие" in it.page(reader, PAGE)
        assert "Спрашивайте вежливо" in it.page(reader, PAGE)


def test_ones_own_question_is_taken_back_until_it_is_answered(group):
    it = group(learners=2)
    anna, boris = it.learners
    put(it, anna, "Первый")
    put(it, anna, "Второй")
    first, second = ids()
    it.browser(boris).post(f"{it.base}questions/{first}/withdraw", status=404)
    it.browser(anna).post(f"{it.base}questions/{first}/withdraw")
    assert ids() == [second]
    reply(it, second, answer="Да.", answered="1")
    assert "The question is answered already: it stays." in it.browser(anna).post(
        f"{it.base}questions/{second}/withdraw", status=422
    )


def vote(it, person: int, number: int, yes: bool = True, status: int = 200) -> str:
    sent = {"subject": f"question:{number}", "vote": "yes" if yes else "no"}
    return it.browser(person).post(f"{it.base}{PAGE}vote", sent, status=status)


def order(it, reader: int) -> list[str]:
    return re.findall(r'id="question-(\d+)"', it.page(reader, PAGE))


def test_what_most_wish_to_hear_answered_stands_first(group):
    from .conftest import LESSON

    it = group(learners=3, lesson=LESSON.replace("need: 50%", "need: 50%\nvotes: 1"))
    anna, boris, vera = it.learners
    put(it, anna, "Первый")
    put(it, boris, "Второй")
    first, second = ids()
    assert order(it, vera) == [str(first), str(second)]
    vote(it, vera, second)
    vote(it, anna, second)
    for reader in (anna, boris, vera, it.tutor):
        assert order(it, reader) == [str(second), str(first)]
        assert "2 votes" in it.page(reader, PAGE)
    assert "Your votes here are given, 1 of 1: take one back first." in vote(it, vera, first, status=422)
    vote(it, vera, second, yes=False)
    vote(it, vera, first)
    assert order(it, vera) == [str(first), str(second)]
    assert "One does not vote for one&#39;s own." in vote(it, anna, first, status=422)
    it.browser(it.tutor).post(f"{it.base}{PAGE}vote", {"subject": f"question:{first}", "vote": "yes"}, status=403)
    reply(it, first, answer="Не об этом", hidden="1")
    assert "What you voted for is no longer here." in vote(it, boris, first, status=422)
    it.move(hours=7)
    assert "The vote is closed." in vote(it, boris, second, status=422)


def test_votes_go_with_their_question(group):
    it = group(learners=2)
    anna, boris = it.learners
    put(it, anna, "Первый")
    vote(it, boris, ids()[0])
    it.browser(anna).post(f"{it.base}questions/{ids()[0]}/withdraw")
    from lms.votes.models import VoteRecord

    db.session.rollback()
    assert db.session.query(VoteRecord).count() == 0


def test_limits(group):
    it = group()
    anna = it.learners[0]
    assert "Write your question." in put(it, anna, "  ", status=422)
    long = "я" * 1001
    page = put(it, anna, long, status=422)
    assert "The question may have at most 1000 characters." in page
    assert long in page, "nothing is lost"
    for number in range(10):
        put(it, anna, f"Вопрос {number}")
    assert "10 of your questions wait for an answer" in put(it, anna, "Ещё один", status=422)
    it.browser(anna).post(f"{it.base}sessions/nothing/questions", {"text": "?"}, status=404)
    assert len(ids()) == 10


def test_questions_are_for_those_with_a_seat_and_until_the_end(group):
    it = group(learners=2, seats=1)
    anna, boris = it.learners
    it.seat(anna)
    assert "You have no seat in this seminar." in put(it, boris, "А мне можно?", status=422)
    it.move(hours=6, minutes=59)
    put(it, anna, "Успела")
    it.move(minutes=1)
    assert "Questions to the speaker are closed." in put(it, anna, "Опоздала", status=422)
    assert "Успела" in it.page(boris, PAGE)
    author = it.stage.browser(it.stage.person("Авторов", is_author=True))
    assert "Успела" not in author.get(it.base + PAGE)


def test_a_seminar_may_do_without_questions(group):
    from .conftest import LESSON

    it = group(lesson=LESSON.replace("need: 50%", "need: 50%\nquestions: false"))
    anna = it.learners[0]
    assert "Questions to the speaker" not in it.page(anna, PAGE)
    assert "Questions to the speaker are closed." in put(it, anna, "Всё же?", status=422)


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


def test_export_and_erasure(group):
    from lms_seminar.privacy import QuestionsAndNotes

    it = group(learners=1)
    anna = it.learners[0]
    put(it, anna, "Первый")
    put(it, anna, "Второй")
    reply(it, ids()[0], answer="Да.", answered="1")
    part = QuestionsAndNotes()
    assert [(one["question"], one["answer"]) for one in part.export(it.stage.site, anna)["questions"]] == [
        ("Первый", "Да."),
        ("Второй", ""),
    ]
    assert [one["answer"] for one in part.export(it.stage.site, it.tutor)["answers"]] == ["Да."]
    assert part.erase(it.stage.site, anna) == ["2 questions were removed."]
    db.session.commit()
    page = it.page(it.tutor, PAGE)
    assert "Первый" not in page and "Второй" not in page and "Да." in page
    assert part.erase(it.stage.site, it.tutor) == ["1 answer to a question was removed."]
    db.session.commit()
    assert "Да." not in it.page(it.tutor, PAGE)
