"""Questions for the defence: put by the commission and by those who read the work, answered by its people."""

import re

import pytest

from lms.testing import Stage

from .test_together import LESSON, Crew

SUBJECT = "defence:team:1"


class Asked(Crew):
    """A team whose work is to be defended."""

    @property
    def at(self) -> str:
        """Below which questions are."""
        return f"{self.stage.base(self.run)}questions/museum/"

    def read(self, person: int, status: int = 200) -> str:
        """The page of questions."""
        return self.browser(person).get(f"{self.at}to/{SUBJECT}/", status=status)

    def ask(self, person: int, text: str, status: int = 200) -> str:
        """Put one."""
        return self.browser(person).post(f"{self.at}to/{SUBJECT}/", {"question": text}, status=status)

    def reply(self, person: int, number: int, how: str, words: str = "", status: int = 200) -> str:
        """Bring it to another state."""
        return self.browser(person).post(f"{self.at}{number}/", {"answer": words, how: "1"}, status=status)

    def agree_to_show(self) -> None:
        """All of the team let the course read their work."""
        for _, person in self.named():
            self.browser(person).post(f"{self.stage.base(self.run)}works/museum/consent", {"audience": "run"})


@pytest.fixture
def asked(stage: Stage) -> Asked:
    return Asked(stage)


def test_the_commission_asks_and_the_team_answers(asked):
    assert "There is nothing to defend yet" in asked.ask(asked.tutor, "Рано?", 422)
    asked.finish(story=24)
    page = asked.post(asked.second, "owners/team/1/minutes/", seen="0", text="Протокол.")
    assert 'name="question"' in page
    assert "Your question is put." in asked.ask(asked.second, "Кто придёт в музей?")
    for person in (asked.anna, asked.boris, asked.vera):
        assert asked.notices(person)[0] == "A question was put to you in “Музей”."
    asked.ask(asked.anna, "Сама себе?", 404)
    asked.reply(asked.tutor, 1, "answered", "За них", 404)
    asked.reply(asked.boris, 1, "answered", "Все, у кого есть бабушки.")
    assert asked.notices(asked.second) == ["Your question in “Музей” is answered."]
    asked.ask(asked.tutor, "А вход платный?")
    asked.reply(asked.tutor, 2, "spoken", "Нет.")
    for reader, page in (
        (asked.anna, "passport/"),
        (asked.tutor, "owners/team/1/"),
        (asked.tutor, "owners/team/1/defence/"),
    ):
        text = asked.get(reader, page)
        for words in ("Кто придёт в музей?", "Все, у кого есть бабушки.", "А вход платный?", "Нет.", "Протокол."):
            assert words in text, page


def test_others_ask_as_long_as_they_may_read_the_work(asked):
    asked.finish(story=24)
    asked.read(asked.gala, 404)
    asked.ask(asked.gala, "Можно?", 404)
    asked.agree_to_show()
    work = asked.browser(asked.gala).get(f"{asked.stage.base(asked.run)}works/museum/2/")
    assert f'href="{asked.at}to/{SUBJECT}/"' in work
    asked.ask(asked.gala, "Когда открытие?")
    assert "Когда открытие?" in asked.read(asked.anna)
    asked.reply(asked.gala, 1, "answered", "Сама", 404)
    asked.reply(asked.anna, 1, "answered", "В мае.")
    assert asked.notices(asked.gala)[0] == "Your question in “Музей” is answered."
    assert "В мае." in asked.read(asked.gala)
    asked.browser(asked.vera).post(f"{asked.stage.base(asked.run)}works/museum/consent", {"audience": ""})
    asked.read(asked.gala, 404)


@pytest.mark.parametrize("subject", ["defence:team:7", "defence:person:x", "defence:team:", "story"])
def test_nothing_else_is_asked_about(asked, subject):
    asked.browser(asked.tutor).get(f"{asked.at}to/{subject}/", status=404)


def test_without_a_defence_there_are_no_questions(stage):
    lesson = LESSON.partition("defence:")[0] + "---\nСделайте музей.\n:::\n"
    crew = Asked(stage, lesson)
    crew.read(crew.tutor, 404)
    assert re.search(r"questions/museum", crew.get(crew.anna)) is None
