"""A master class from the demonstration to the second attempt, through its pages."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import select

from lms.allocation.models import AllocationPair
from lms.plugin import db
from lms.submissions.models import SubmissionRecord
from lms.testing import Browser, Stage

NAMES = ("Абрикосова", "Берёзова", "Вишнёва", "Грушева")
PHASES = ("demonstration", "attempt", "gallery", "critique", "second", "closed")
LESSON = """Текст урока.

:::{masterclass} Вопрос
---
id: ask
%OPTIONS%---
### Слушаем

Читаю ПОКАЗ вслух.

***

Возьмите ЗАДАНИЕ.
:::
"""
DATES = """phases:
  demonstration: {opens: day 2}
  attempt: {opens: day 3, closes: day 6}
  critique: {opens: day 8, closes: day 10}
  second: {closes: day 13}
"""
SAID = {"comment-question-1": "Видно.", "comment-question-2": "Неясно.", "comment-question-3": "Короче."}


class Room:
    """One run with one master class; people are named by their surnames."""

    def __init__(self, stage: Stage, options: str = "") -> None:
        self.stage = stage
        self.run = stage.run(stage.course(lesson=LESSON.replace("%OPTIONS%", options)))
        self.root = stage.base(self.run)
        self.base = f"{self.root}activities/ask/"
        self.own = f"{self.root}works/ask/own/attempt/"
        self.lesson = f"{self.root}module/lesson/"
        self.people: dict[str, int] = {}
        self.browsers: dict[str, Browser] = {}
        self.tutor = self.join("Ведущая", "tutor")

    def join(self, surname: str, role: str = "learner") -> Browser:
        person = self.stage.person(surname)
        self.stage.enrol(self.run, person, role=role)
        self.people[surname] = person
        self.browsers[surname] = self.stage.browser(person)
        return self.browsers[surname]

    def learners(self, *surnames: str) -> None:
        for surname in surnames:
            self.join(surname)

    def wait(self, **by: float) -> None:
        """Time passes, the site notices, and everyone signs in anew."""
        self.stage.move(**by)
        self.stage.tick()
        self.browsers = {surname: self.stage.browser(person) for surname, person in self.people.items()}
        self.tutor = self.browsers["Ведущая"]

    def move(self, phase: str) -> str:
        return self.tutor.post(f"{self.root}phases/ask", {"phase": phase})

    def try_it(self, surname: str, text: str = "Первая проба.", status: int = 200) -> str:
        data = {"title": f"Проба {surname[:3]}", "text": text, "seen": self.seen(surname), "hand_in": "1"}
        return self.browsers[surname].post(self.own, data, status)

    def seen(self, surname: str) -> str:
        found = re.search(r'name="seen"[^>]*value="([^"]*)"', self.browsers[surname].get(self.own))
        return found[1] if found else ""

    def pairs(self) -> set[tuple[str, str]]:
        """(author, critic)."""
        db.session.rollback()
        names = {id: surname for surname, id in self.people.items()}
        owners = {
            f"submission:{row.id}": names[int(row.owner.partition(":")[2])]
            for row in db.session.execute(select(SubmissionRecord.id, SubmissionRecord.owner))
        }
        rows = db.session.execute(select(AllocationPair.subject, AllocationPair.reviewer_id))
        return {(owners[row.subject], names[row.reviewer_id]) for row in rows}

    def first(self, surname: str) -> int:
        """The id of the attempt of somebody that others look at; before that, the first they handed in."""
        db.session.rollback()
        query = select(SubmissionRecord.id).where(SubmissionRecord.owner == f"person:{self.people[surname]}")
        ids = list(db.session.scalars(query.order_by(SubmissionRecord.number)))
        looked_at = set(db.session.scalars(select(AllocationPair.subject)))
        return next((id for id in ids if f"submission:{id}" in looked_at), ids[0])

    def say(self, critic: str, author: str, status: int = 200, finish: bool = True, **said: str) -> str:
        data = {**SAID, **said, **({"finish": "1"} if finish else {})}
        return self.browsers[critic].post(f"{self.base}critiques/{self.first(author)}/", data, status)

    def say_all(self) -> None:
        for author, critic in sorted(self.pairs()):
            self.say(critic, author)

    def state(self, surname: str) -> tuple[str, bool] | None:
        found = self.stage.results(self.run, self.people[surname]).get("ask")
        return (found.state, found.completed) if found else None

    def page(self, surname: str) -> str:
        return self.browsers[surname].get(self.base)


@pytest.fixture
def room(stage: Stage) -> Room:
    """A master class that its tutor moves."""
    return Room(stage)


@pytest.fixture
def room_with(stage: Stage) -> Callable[[str], Room]:
    return lambda options: Room(stage, options)


def test_from_the_demonstration_to_the_second_attempt(room: Room, words: Callable[[str], str]) -> None:
    room.learners(*NAMES)
    room.move("demonstration")
    page = words(room.page("Абрикосова"))
    assert "Читаю ПОКАЗ вслух." in page
    assert "You try it yourself when the next phase begins." in page
    assert "Attempts are not accepted yet." in words(room.try_it("Абрикосова", status=422))
    room.move("attempt")
    for name in NAMES[:3]:
        room.try_it(name)
    assert room.state("Абрикосова") == ("pending", False)
    assert room.state("Грушева") is None
    room.move("gallery")
    room.try_it("Абрикосова", "Первая проба, исправленная.")
    assert "Attempts handed out: 3." in words(room.move("critique"))
    assert room.pairs() == {(one, other) for one in NAMES[:3] for other in NAMES[:3] if one != other}
    assert "0 of 2 critiques written" in words(room.page("Абрикосова"))
    refused = words(room.try_it("Абрикосова", status=422))
    assert "Others are looking at your first attempt." in refused
    assert "attempts are waiting for what you have to say" in words(room.browsers["Абрикосова"].get("/notices"))
    # a critique has words under each question
    assert "Write a comment." in words(room.say("Абрикосова", "Берёзова", 422, **{"comment-question-3": ""}))
    room.say("Абрикосова", "Берёзова", finish=False, **{"comment-question-3": ""})
    assert "Видно." not in room.page("Берёзова")
    room.say_all()
    assert "Видно." in room.page("Берёзова")
    assert room.state("Берёзова") == ("pending", False)
    room.move("second")
    assert room.state("Берёзова") == ("started", False)
    above = words(room.browsers["Берёзова"].get(room.own))
    assert "Возьмите ЗАДАНИЕ." in above
    assert "Неясно." in above
    room.try_it("Берёзова", "Вторая проба.")
    assert room.state("Берёзова") == ("complete", True)
    assert "2 of 3" not in words(room.page("Берёзова"))
    board = words(room.tutor.get(room.base))
    assert "First attempts 3 of 4" in board
    assert "Through to the end 1 of 4" in board
    room.move("closed")
    assert room.state("Абрикосова") == ("failed", False)
    assert room.state("Берёзова") == ("complete", True)
    assert "The master class is over." in words(room.try_it("Абрикосова", status=422))
    room.move("second")
    assert room.state("Абрикосова") == ("started", False)
    assert list(room.stage.site.troubles) == []


def test_whoever_comes_late_may_still_go_the_whole_way(room: Room, words: Callable[[str], str]) -> None:
    room.learners(*NAMES)
    room.move("attempt")
    for name in NAMES[:3]:
        room.try_it(name)
    room.move("critique")
    room.say_all()
    room.move("second")
    room.try_it("Грушева")
    assert "0 of 2 critiques written" in words(room.page("Грушева"))
    late = room.browsers["Грушева"]
    for _ in range(2):
        late.post(f"{room.base}critiques/take")
    # the same is given again until something is said about it
    asked = [author for author, critic in room.pairs() if critic == "Грушева"]
    assert len(asked) == 1
    room.say("Грушева", asked[0])
    late.post(f"{room.base}critiques/take")
    other = next(author for author, critic in room.pairs() if critic == "Грушева" and author != asked[0])
    room.say("Грушева", other)
    room.try_it("Грушева", "Вторая проба.")
    assert room.state("Грушева") == ("complete", True)
    # and their attempt is among those that others take
    room.browsers["Абрикосова"].post(f"{room.base}critiques/take")
    assert ("Грушева", "Абрикосова") in room.pairs()


def test_only_those_who_were_given_an_attempt_look_at_it(room: Room) -> None:
    room.learners(*NAMES)
    room.move("attempt")
    for name in NAMES[:3]:
        room.try_it(name)
    first = room.first("Абрикосова")
    for name in ("Абрикосова", "Берёзова", "Грушева"):
        room.browsers[name].get(f"{room.base}critiques/{first}/", status=404)
    room.move("critique")
    room.browsers["Берёзова"].get(f"{room.base}critiques/{first}/")
    for name in ("Абрикосова", "Грушева"):
        room.browsers[name].get(f"{room.base}critiques/{first}/", status=404)
        room.browsers[name].post(f"{room.base}critiques/{first}/", SAID, status=404)
    room.browsers["Грушева"].post(f"{room.base}critiques/take", status=422)


def test_moved_back_before_anybody_said_anything_it_is_handed_out_anew(room: Room, words: Callable[[str], str]) -> None:
    room.learners(*NAMES[:3])
    room.move("attempt")
    for name in NAMES[:2]:
        room.try_it(name)
    room.move("critique")
    assert "attempts will be handed out anew" in words(room.move("attempt"))
    assert room.pairs() == set()
    room.try_it("Вишнёва")
    room.try_it("Абрикосова", "Ещё раз первая.")
    room.move("critique")
    assert len(room.pairs()) == 6
    room.say("Абрикосова", "Берёзова")
    assert "Some critiques are begun" in words(room.move("gallery"))
    assert len(room.pairs()) == 6


def test_without_critiques_two_attempts_are_enough(room_with: Callable[[str], Room]) -> None:
    room = room_with("critiques: 0\n")
    room.learners(*NAMES[:2])
    room.move("attempt")
    room.try_it("Абрикосова")
    room.move("second")
    assert room.pairs() == set()
    room.try_it("Абрикосова", "Вторая.")
    assert room.state("Абрикосова") == ("complete", True)


def test_dates_move_it_and_remind(room_with: Callable[[str], Room], words: Callable[[str], str]) -> None:
    room = room_with(DATES)
    room.learners(*NAMES)
    assert "The demonstration has not begun yet." in words(room.page("Абрикосова"))
    room.wait(days=2)
    for name in NAMES[:3]:
        room.try_it(name)
    room.wait(days=3)
    assert room.pairs() == set()
    told = {
        name: "there is something for you to do still" in words(room.browsers[name].get("/notices")) for name in NAMES
    }
    assert told == {name: name == "Грушева" for name in NAMES}
    room.wait(days=2)
    assert len(room.pairs()) == 6
    room.say_all()
    room.wait(days=3)
    room.try_it("Абрикосова", "Вторая.")
    room.wait(days=4)
    assert "Второй" not in room.page("Абрикосова")
    assert (room.state("Абрикосова"), room.state("Берёзова")) == (("complete", True), ("failed", False))
    assert list(room.stage.site.troubles) == []


def test_pages_cost_the_same_for_any_group(room: Room) -> None:
    room.move("attempt")
    counts = []
    for size in (3, 12):
        room.learners(*(f"Ученица{size}-{number}" for number in range(size - len(room.people) + 1)))
        everyone = [name for name in room.people if name != "Ведущая"]
        for name in everyone:
            room.try_it(name)
        room.move("critique")
        for browser in (room.tutor, room.browsers[everyone[0]]):
            browser.get(room.base)
            with room.stage.statements() as found:
                browser.get(room.base)
            counts.append(len(found))
        room.move("attempt")
    assert counts[:2] == counts[2:]
    assert max(counts) <= 16


def test_authors_of_the_course_see_what_is_shown_and_no_names(room: Room) -> None:
    room.learners(*NAMES[:2])
    room.move("attempt")
    room.try_it("Абрикосова")
    page = room.stage.browser(room.stage.person("Авторова", is_author=True)).get(room.base)
    assert "Читаю ПОКАЗ вслух." in page
    assert "Абрикосова" not in page


def test_the_gallery_shows_those_who_agreed_and_anybody_may_say_something(
    room: Room, words: Callable[[str], str]
) -> None:
    room.learners(*NAMES)
    room.move("attempt")
    for name in NAMES:
        room.try_it(name)
    gallery = f"{room.root}works/ask/shown/"
    room.browsers["Абрикосова"].post(f"{room.root}works/ask/consent", {"audience": "run"})
    room.browsers["Берёзова"].get(gallery, status=404)
    room.move("gallery")
    for name in ("Берёзова", "Ведущая"):
        page = words(room.browsers[name].get(gallery))
        assert [f"Проба {one[:3]}" in page for one in NAMES] == [True, False, False, False]
    assert "Проба Абр" in room.page("Берёзова")
    room.browsers["Берёзова"].get(f"{room.root}works/ask/{room.first('Абрикосова')}/")
    room.browsers["Берёзова"].get(f"{room.root}works/ask/{room.first('Вишнёва')}/", status=404)
    # nothing is said before its time
    room.say("Берёзова", "Абрикосова", 404)
    room.move("critique")
    beside = next(name for name in NAMES[1:] if ("Абрикосова", name) not in room.pairs())
    assert room.say(beside, "Абрикосова")
    room.browsers["Абрикосова"].post(f"{room.root}works/ask/consent", {"audience": ""})
    room.say(beside, "Абрикосова", 404)
    assert "Проба Абр" not in room.browsers[beside].get(gallery)


def test_whoever_cannot_judge_an_attempt_gives_it_back_and_owes_one_less(
    room: Room, words: Callable[[str], str]
) -> None:
    room.learners(*NAMES)
    room.move("attempt")
    for name in NAMES[:3]:
        room.try_it(name)
    room.move("critique")
    browser = room.browsers["Абрикосова"]
    page = browser.get(f"{room.base}critiques/{room.first('Берёзова')}/")
    back = re.search(r'href="([^"]*/aside/\d+)"', page)
    assert back is not None
    browser.post(back[1], {"reason": "Мы сёстры."})
    assert ("Берёзова", "Абрикосова") not in room.pairs()
    browser.get(f"{room.base}critiques/{room.first('Берёзова')}/", status=404)
    assert "0 of 1 critiques written" in words(room.page("Абрикосова"))
    assert "and nobody else is free to" in words(room.tutor.get("/notices"))
    room.say("Абрикосова", "Вишнёва")
    assert "/aside/" not in browser.get(f"{room.base}critiques/{room.first('Вишнёва')}/")
    room.move("second")
    room.try_it("Абрикосова", "Вторая проба.")
    assert room.state("Абрикосова") == ("complete", True)


def test_the_tutor_says_something_too(room: Room, words: Callable[[str], str]) -> None:
    room.learners(*NAMES[:3])
    room.move("attempt")
    for name in NAMES[:3]:
        room.try_it(name)
    first = room.first("Абрикосова")
    page = f"{room.base}critiques/{first}/"
    room.tutor.post(page, SAID, status=404)  # critiques have not begun
    room.move("critique")
    assert f'href="{page}"' in room.tutor.get(room.base)
    assert "Write a comment." in words(
        room.tutor.post(page, {**SAID, "comment-question-1": "", "finish": "1"}, status=422)
    )
    room.tutor.post(page, {**SAID, "comment-question-1": "Ведущая видит."})
    assert "Ведущая видит." not in room.page("Абрикосова")
    assert "/aside/" not in room.tutor.get(page)
    room.tutor.post(page, {**SAID, "comment-question-1": "Ведущая видит.", "finish": "1"})
    read = words(room.page("Абрикосова"))
    assert "Ведущая Анна Петровна" in read
    assert "Ведущая видит." in read
    assert "somebody says what they saw in your attempt" in words(room.browsers["Абрикосова"].get("/notices"))
    # nobody's duties change with it, and it keeps the first attempt where it is
    assert "0 of 2 critiques written" in words(room.page("Берёзова"))
    assert "Some critiques are begun" in words(room.move("gallery"))
    room.move("closed")
    room.tutor.post(page, {**SAID, "finish": "1"}, status=422)
    assert list(room.stage.site.troubles) == []
