"""Rounds: led by a tutor, played by people of the run, counted once, and nothing told before its time."""

import json
import re
from collections.abc import Callable, Sequence
from html import unescape
from typing import Any

import pytest

from lms.plugin import db
from lms.testing import Browser
from lms_quiz.live.models import LiveAnswer, LivePlayer, LiveRound

TEXT = """:::{quiz} Викторина
:id: sample
:live: play
%OPTIONS%

Введение.

1. Сколько будет дважды два?
   - ( ) пять
     > ОТЗЫВПЯТЬ
   - (x) четыре
     > ОТЗЫВЧЕТЫРЕ
   - ( ) шесть
   > ПОЯСНЕНИЕОДИН
2. Отметьте чётные. {points=3}
   - [x] два
   - [ ] три
   - [x] восемь
   > ПОЯСНЕНИЕДВА
3. Как зовут того, кто записывает?
   = ЛЕТОПИСЕЦ | КЛЮЧВТОРОЙ
     > ОТЗЫВТЕКСТ
   > ПОЯСНЕНИЕТРИ
:::
"""
KEYS = (
    "ОТЗЫВПЯТЬ",
    "ОТЗЫВЧЕТЫРЕ",
    "ПОЯСНЕНИЕОДИН",
    "ПОЯСНЕНИЕДВА",
    "ЛЕТОПИСЕЦ",
    "КЛЮЧВТОРОЙ",
    "ОТЗЫВТЕКСТ",
    "ПОЯСНЕНИЕТРИ",
)
OPTION = re.compile(r'<input type="(?:radio|checkbox)" name="q\d+" value="(\w+)"[^>]*> <span>(.*?)</span>', re.S)


class Phone:
    """A learner in a round."""

    def __init__(self, browser: Browser, address: str, asked: int = 1) -> None:
        self.browser = browser
        self.address = address
        self.asked = asked

    def see(self) -> str:
        """The page now."""
        return self.browser.get(self.address)

    def join(self, **fields: str) -> "Phone":
        """Come in."""
        self.browser.post(f"{self.address}join", fields)
        return self

    def form(self, question: int, answer: str | Sequence[str]) -> dict[str, Any]:
        """What the page would send; options by their labels."""
        options = {unescape(label): value for value, label in OPTION.findall(self.see())}
        given = [answer] if isinstance(answer, str) else list(answer)
        return {"question": str(question), f"q{question}": [options.get(one, one) for one in given]}

    def answer(self, question: int, answer: str | Sequence[str]) -> str:
        """Answer the question that is asked."""
        return self.browser.post(f"{self.address}answer", self.form(question, answer))

    def pulse(self) -> dict[str, Any]:
        """What the script of the page hears."""
        return dict(json.loads(self.browser.get(f"{self.address}pulse")))


class Game:
    """A round with its tutor."""

    def __init__(self, place: Any, **fields: str) -> None:
        self.place = place
        self.tutor: Browser = place.tutor()
        self.tutor.post(f"{place.base}live/open", fields)
        self.address = f"{place.base}live/1/"

    @property
    def found(self) -> LiveRound:
        """What is stored."""
        db.session.rollback()
        return db.session.query(LiveRound).order_by(LiveRound.id.desc()).first()  # type: ignore[return-value]

    def phone(self, surname: str = "Ученикова", **values: Any) -> Phone:
        """A learner's phone."""
        return Phone(self.place.stage.browser(self.place.learner(surname, **values)), self.address)

    def see(self) -> str:
        """The wall."""
        return self.tutor.get(self.address)

    def ask(self, question: int, seconds: int = 30) -> str:
        """The next question."""
        return self.tutor.post(f"{self.address}ask", {"question": str(question), "seconds": str(seconds)})

    def close(self, question: int) -> None:
        """End its time, and let the grace pass."""
        self.tutor.post(f"{self.address}close", {"question": str(question)})
        self.place.stage.move(seconds=4)

    def end(self) -> str:
        """End the round."""
        return self.tutor.post(f"{self.address}end")


@pytest.fixture
def game(place_with: Callable[..., Any]) -> Callable[..., Game]:
    """A round of the sample with these option lines."""

    def make(*options: str, text: str = TEXT, **fields: str) -> Game:
        return Game(place_with(*options, text=text), **fields)

    return make


def board(page: str) -> list[tuple[str, str, str]]:
    """The scoreboard of a page: rank, name, points."""
    rows = re.findall(
        r'<tr[^>]*><td class="number">(\d+)</td><th scope="row">(.*?)</th><td class="number">(.*?)</td></tr>', page
    )
    return [
        (rank, unescape(re.sub(r"\s*<span.*", "", name)), re.sub(r"<[^>]*>", "", points)) for rank, name, points in rows
    ]


def test_a_round_from_the_lobby_to_the_final_standing(game: Any) -> None:
    here = game()
    one, two = here.phone("Ёлкина").join(), here.phone("Берёзов").join()
    assert "You are in." in one.see()
    wall = here.see()
    assert re.findall(r"<li>([^<]* (?:Ёлкина|Берёзов)|(?:Ёлкина|Берёзов)[^<]*)</li>", wall) == [
        "Ёлкина Анна Петровна",
        "Берёзов Анна Петровна",
    ]
    here.ask(1)
    assert "Question 1 of 3" in one.see()
    assert "Your answer is in." in one.answer(1, "четыре")
    assert "Your answer is in." in two.answer(1, "пять")
    assert "<span data-answered>2</span> / 2" in here.see()
    here.close(1)
    assert "Right</span>" in one.see() and "Wrong</span>" in two.see()
    wall = here.see()
    assert ("ПОЯСНЕНИЕОДИН" in wall, board(wall)) == (
        True,
        [("1", "Ёлкина Анна Петровна", "1 +1"), ("2", "Берёзов Анна Петровна", "0")],
    )
    assert re.findall(r"<li>([^<]*: \d+)</li>", wall) == ["пять: 1", "четыре ✓: 1", "шесть: 0"]
    here.ask(2)
    two.answer(2, ["два", "восемь"])
    here.close(2)
    assert board(here.see()) == [("1", "Берёзов Анна Петровна", "3 +3"), ("2", "Ёлкина Анна Петровна", "1")]
    assert "No answer</span>" in one.see()
    here.end()
    final = [("1", "Берёзов Анна Петровна", "3"), ("2", "Ёлкина Анна Петровна", "1")]
    assert (board(here.see()), board(one.see()), board(two.see())) == (final, final, final)
    # it was a game: nothing is recorded
    assert here.place.stage.results(here.place.run, 1) == {}
    assert db.session.query(LivePlayer).count() == 2
    assert [(a.place, a.share) for a in db.session.query(LiveAnswer).order_by(LiveAnswer.id)] == [
        (0, 1),
        (0, 0),
        (1, 1),
    ]
