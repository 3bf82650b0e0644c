"""Questions: put, voted for, answered, hidden, taken back, opened again; by whom, and what is left when somebody goes."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from lms.db import db
from lms.notices.models import Notice
from lms.notices.service import page_of
from lms.questions.feature import QuestionsData
from lms.questions.models import QuestionRecord
from lms.testing import Stage
from lms.votes.models import VoteRecord
from tests.lms.club import Group, plugin


@pytest.fixture
def plugins():
    return (plugin,)


class Talk(Group):
    """A club in which people ask."""

    @property
    def at(self) -> str:
        """Below which questions are."""
        return f"{self.base}questions/club/"

    def put(self, person: int, text: str, subject: str = "host", status: int = 200) -> str:
        """Ask."""
        return self.browser(person).post(f"{self.at}to/{subject}/", {"question": text}, status=status)

    def reply(self, person: int, number: int, how: str = "answered", words: str = "", status: int = 200) -> str:
        """Bring a question to another state."""
        return self.browser(person).post(f"{self.at}{number}/", {"answer": words, how: "1"}, status=status)

    def vote(self, person: int, number: int, status: int = 200, vote: str = "yes") -> str:
        """Press the button."""
        return self.browser(person).post(f"{self.at}{number}/vote", {"vote": vote}, status=status)

    def read(self, person: int) -> str:
        """The page with the questions to the host."""
        return self.browser(person).get(f"{self.club}asked/")

    def kept(self) -> list[tuple[int, str, str]]:
        """(id, state, answer) of all."""
        db.session.rollback()
        found = select(QuestionRecord.id, QuestionRecord.state, QuestionRecord.answer).order_by(QuestionRecord.id)
        return [tuple(row) for row in db.session.execute(found)]

    def told(self, person: int) -> list[tuple[str, str]]:
        """Notices with their addresses."""
        db.session.rollback()
        found = select(Notice.url).where(Notice.person_id == person).order_by(Notice.id.desc())
        return list(zip([line.text for line in page_of(person, 1)[0]], db.session.scalars(found), strict=True))


@pytest.fixture
def talk(stage: Stage) -> Callable[..., Talk]:
    return lambda **how: Talk(stage, **{"options": "", "learners": 3, **how})


def order(page: str) -> list[str]:
    return re.findall(r'id="question-(\d+)"', page)


def test_a_question_is_put_and_answered(talk: Callable[..., Talk]) -> None:
    it = talk()
    anna, boris, _ = it.learners
    it.put(anna, "Зачем <b>нам</b> это?")
    ((number, *_),) = it.kept()
    for reader in (anna, boris, it.tutor):
        assert it.read(reader).count("Зачем &lt;b&gt;нам&lt;/b&gt; это?") >= 2, "to answer and to print"
    assert it.visit().questions.waiting() == {"host": 1}
    assert "Write the answer." in it.reply(it.tutor, number, status=422)
    assert "Answer or hide" in it.read(it.tutor)
    it.reply(it.tutor, number, words="Чтобы\r\nбыло.")
    assert it.kept() == [(number, "answered", "Чтобы\nбыло.")]
    assert it.visit().questions.waiting() == {}
    assert it.told(anna) == [("Your question in “Клуб” is answered.", f"{it.club}asked/")]
    assert (it.told(boris), it.told(it.tutor)) == ([], [])
    it.reply(it.tutor, number, words="Чтобы\nбыло.")
    assert len(it.told(anna)) == 1, "nothing has changed"


def test_what_is_said_aloud_needs_no_words(talk: Callable[..., Talk]) -> None:
    it = talk()
    anna = it.learners[0]
    it.put(anna, "Когда?")
    ((number, *_),) = it.kept()
    it.reply(it.tutor, number, "spoken")
    assert "Answered aloud" in it.read(anna)
    it.reply(it.tutor, number, "open")
    assert it.kept() == [(number, "open", "")]


def test_staff_hide_with_a_reason(talk: Callable[..., Talk]) -> None:
    it = talk()
    anna, boris, vera = it.learners
    it.put(anna, "Нехорошие слова")
    ((number, *_),) = it.kept()
    it.vote(boris, number)
    assert "Say why the question is hidden" in it.reply(it.tutor, number, "hidden", status=422)
    it.reply(it.tutor, number, "hidden", "Спрашивайте вежливо")
    assert it.told(anna)[0][0] == "Your question in “Клуб” was hidden; its page says why."
    for reader in (anna, it.tutor):
        assert "Нехорошие" in it.read(reader)
        assert "Спрашивайте вежливо" in it.read(reader)
    for secret in ("Нехорошие", "Спрашивайте"):
        assert secret not in it.read(boris)
    it.vote(vera, number, status=404)
    assert "Нехорошие" not in it.visit(anna).questions.written("host")
    it.reply(it.tutor, number, "open", "Спрашивайте вежливо")
    assert it.kept() == [(number, "open", "")], "the reason goes with the hiding"


def test_who_may_do_what(talk: Callable[..., Talk]) -> None:
    it = talk()
    anna, boris, _ = it.learners
    it.put(anna, "Первый")
    ((number, *_),) = it.kept()
    for how in ("answered", "spoken", "hidden", "open"):
        it.reply(boris, number, how, "Сам", status=404)
    it.browser(boris).get(f"{it.at}{number}/", status=404)
    it.browser(boris).post(f"{it.at}{number}/withdraw", status=404)
    it.put(it.tutor, "Сам себе", status=404)
    it.put(anna, "Куда?", "nowhere", status=404)
    it.browser(anna).get(f"{it.at}to/nowhere/", status=404)
    it.browser(anna).get(f"{it.base}questions/nothing/to/host/", status=404)
    it.browser(anna).get(f"{it.at}{number + 7}/", status=404)
    it.vote(it.tutor, number, status=404)
    author = it.stage.browser(it.stage.person("Авторов", is_author=True))
    author.get(f"{it.at}to/host/", status=403)
    assert "Первый" not in author.get(f"{it.club}asked/")
    stranger = it.stage.browser(it.stage.person("Чужая"))
    stranger.get(f"{it.at}to/host/", status=404)
    assert it.kept() == [(number, "open", "")]


def test_ones_own_is_taken_back_with_its_votes_until_it_is_answered(talk: Callable[..., Talk]) -> None:
    it = talk()
    anna, boris, _ = it.learners
    it.put(anna, "Первый")
    it.put(anna, "Второй")
    (first, *_), (second, *_) = it.kept()
    it.vote(boris, first)
    it.vote(boris, second)
    it.browser(anna).post(f"{it.at}{first}/withdraw")
    assert [row[0] for row in it.kept()] == [second]
    assert db.session.scalars(select(VoteRecord.subject)).all() == [f"question:{second}"]
    it.reply(it.tutor, second, words="Да.")
    stays = it.browser(anna).post(f"{it.at}{second}/withdraw", status=422)
    assert "The question is answered already: it stays." in stays


def test_what_most_wish_to_hear_answered_stands_first(talk: Callable[..., Talk]) -> None:
    it = talk()
    anna, boris, vera = it.learners
    for person, text in ((anna, "Первый"), (boris, "Второй"), (boris, "Третий")):
        it.put(person, text)
    first, second, third = (row[0] for row in it.kept())
    it.vote(vera, second)
    it.vote(anna, second)
    it.vote(vera, third)
    for reader in (anna, boris, vera, it.tutor):
        assert order(it.read(reader)) == [str(second), str(third), str(first)]
    assert "Your votes here are given, 2 of 2: take one back first." in it.vote(vera, first, status=422)
    it.vote(vera, second, vote="no")
    it.vote(vera, first)
    assert order(it.read(vera)) == [str(one) for one in (first, second, third)]
    assert "One does not vote for one&#39;s own." in it.vote(anna, first, status=422)


def test_when_it_has_begun_nothing_is_asked_or_voted(talk: Callable[..., Talk]) -> None:
    it = talk()
    anna, boris, _ = it.learners
    it.put(anna, "Успела")
    ((number, *_),) = it.kept()
    it.move(days=5)
    assert "It has begun." in it.read(anna)
    assert "It has begun." in it.put(anna, "Опоздала", status=422)
    assert "The vote is closed." in it.vote(boris, number, status=422)
    it.reply(it.tutor, number, words="Да.")


def test_limits_and_nothing_lost(talk: Callable[..., Talk]) -> None:
    it = talk()
    anna = it.learners[0]
    assert "Write your question." in it.put(anna, "  ", status=422)
    long = "я" * 1001
    page = it.put(anna, long, status=422)
    assert "The question may have at most 1000 characters." in page
    assert long in page
    for number in range(10):
        it.put(anna, f"Вопрос {number}")
    assert "10 of your questions wait for an answer" in it.put(anna, "Ещё один", status=422)
    numbers = [row[0] for row in it.kept()]
    assert len(numbers) == 10
    words = "ю" * 10_001
    page = it.reply(it.tutor, numbers[0], words=words, status=422)
    assert "The answer may have at most 10000 characters." in page
    assert words in page


def test_a_question_that_must_be_answered(talk: Callable[..., Talk]) -> None:
    it = talk()
    anna, boris, vera = it.learners
    it.put(boris, "Что вы умеете?", "first")
    page = f"{it.at}to/first/"
    assert it.told(anna) == [("A question was put to you in “Клуб”.", page)]
    ((number, *_),) = it.kept()
    it.put(anna, "Сама себе", "first", status=404)
    it.reply(it.tutor, number, words="За неё", status=404)
    it.reply(anna, number, "spoken", status=404)
    it.reply(anna, number, words="Петь.")
    assert it.told(boris) == [("Your question in “Клуб” is answered.", page)]
    it.reply(vera, number, "open", status=404)
    assert "The question is still open" in it.browser(boris).get(page)
    it.reply(boris, number, "open")
    assert it.kept() == [(number, "open", "Петь.")], "what was answered is there to go on from"
    assert it.told(anna)[0] == ("A question to you in “Клуб” is open again: answer it once more.", page)
    it.reply(anna, number, words="Петь хором.")
    it.put(it.tutor, "А рисовать?", "first")
    other = it.kept()[1][0]
    it.reply(it.tutor, other, "hidden", "Лишний")
    assert it.visit().questions.waiting() == {}, "what is hidden holds nobody up"


def test_the_pages_cost_the_same_for_any_number(talk: Callable[..., Talk]) -> None:
    counts = []
    for number in (1, 3, 8):
        it = talk(learners=number)
        for person in it.learners:
            it.put(person, "Почему?")
        it.read(it.tutor)
        with it.stage.statements() as found:
            it.read(it.tutor)
        counts.append(len(found))
    assert len(set(counts)) == 1, counts


def test_export_and_erasure(talk: Callable[..., Talk]) -> None:
    it = talk()
    anna = it.learners[0]
    it.put(anna, "Первый")
    it.put(anna, "Второй")
    number = it.kept()[0][0]
    it.reply(it.tutor, number, words="Да.")
    part = QuestionsData()
    found = part.export(it.stage.site, anna)
    assert [(one["question"], one["answer"], one["to"]) for one in found["questions"]] == [
        ("Первый", "Да.", "host"),
        ("Второй", "", "host"),
    ]
    assert [one["answer"] for one in part.export(it.stage.site, it.tutor)["answers"]] == ["Да."]
    assert part.erase(it.stage.site, anna) == ["2 questions were removed."]
    db.session.commit()
    assert it.kept() == [(number, "answered", "Да.")], "an answer stays"
    assert "removed together with its author" in it.read(it.tutor)
    assert part.erase(it.stage.site, it.tutor) == ["1 answer to a question was removed."]
    db.session.commit()
    assert it.kept() == [(number, "answered", "")]
    assert part.erase(it.stage.site, anna) == []
    assert db.session.scalar(select(func.count()).select_from(QuestionRecord)) == 1
