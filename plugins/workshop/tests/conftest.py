"""A site with the workshop alone, and a room of people who take part in one."""

import re
from collections.abc import Callable, Mapping
from html import unescape
from io import BytesIO
from typing import Any
from urllib.parse import unquote

import pytest
from sqlalchemy import String, cast, literal, select, update

from lms.allocation.models import AllocationPair
from lms.people.models import Person
from lms.plugin import Plugin, Recorded, db
from lms.testing import Browser, Stage
from lms_workshop import plugin
from lms_workshop.models import Work

LESSON = """Текст урока.

:::{workshop} Сценарий
---
id: sample
%OPTIONS%---
Напишите сценарий.

| Критерий | %MEASURE% | Описание | id |
|---|---|---|---|
| Ясность | 80 | Понятно ли? | clear |
| Польза | 20 | Пригодится ли? | useful |
:::
"""
DATES = """phases:
  submission: {opens: day 2, closes: day 5}
  review: {opens: day 6, closes: day 8}
  evaluation: {opens: day 9, closes: day 10}
"""


class Room:
    """One run with one workshop. `base` is the address of the activity; people are named by their surnames."""

    def __init__(
        self, stage: Stage, options: str = "", measure: str = "Баллы", files: Mapping[str, str] | None = None
    ) -> None:
        self.stage = stage
        lesson = LESSON.replace("%OPTIONS%", options).replace("%MEASURE%", measure)
        whole = {
            "01-module/index.md": "---\ntitle: Модуль\n---\n",
            "01-module/01-lesson.md": f"---\ntitle: Урок\nminutes: 45\n---\n\n{lesson}\n",
        }
        self.run = stage.run(stage.course({**whole, **(files or {})}))
        self.lesson = f"{stage.base(self.run)}module/lesson/"
        self.base = f"{stage.base(self.run)}activities/sample/"
        self.own = f"{stage.base(self.run)}works/sample/own/work/"
        self.people: dict[str, int] = {}
        self.browsers: dict[str, Browser] = {}
        self.tutor = self.join("Ведущая", role="tutor")

    def join(self, surname: str, role: str = "learner", **values: Any) -> Browser:
        """A new member of the run, signed in."""
        id = values.pop("id", None)
        person = self.stage.person(surname, **values)
        if id is not None:  # a number that can be told from every other on a page
            db.session.execute(update(Person).where(Person.id == person).values(id=id))
            db.session.commit()
            person = id
        self.stage.enrol(self.run, person, role=role)
        self.people[surname] = person
        self.browsers[surname] = self.stage.browser(person)
        return self.browsers[surname]

    def learners(self, *surnames: str) -> None:
        """New learners."""
        for surname in surnames:
            self.join(surname)

    def wait(self, **by: float) -> None:
        """Time passes (`days=3`); sessions may have ended meanwhile, so everyone signs in anew."""
        self.stage.move(**by)
        self.browsers = {surname: self.stage.browser(person) for surname, person in self.people.items()}
        self.tutor = self.browsers["Ведущая"]

    def file(self, surname: str, address: str) -> tuple[bytes, str]:
        """A file's bytes, and the head of the answer as it came."""
        browser = self.browsers[surname]
        browser.get(address if address.startswith("/") else f"{self.base}{address}")
        assert browser.response is not None
        found = browser.response.data, unquote(str(browser.response.headers))
        browser.response.close()
        return found

    def hand_in(self, *surnames: str, files: Mapping[str, bytes] | None = None, status: int = 200) -> None:
        """Everyone hands in a work named after its author in a way that hides the name."""
        for surname in surnames:
            title, text = f"Труд {self.secret(surname)}", f"Текст **{self.secret(surname)}**."
            self.send(surname, title, text, status, files=files)

    def send(
        self, surname: str, title: str = "", text: str = "", status: int = 200, files: Mapping[str, bytes] | None = None,
        **more: Any,
    ) -> str:  # fmt: skip
        """Hand in a work as somebody's form would; returns what comes."""
        data: dict[str, Any] = {"title": title, "text": text, "seen": self.seen(surname), "hand_in": "1", **more}
        if files:
            data["files"] = [(BytesIO(content), name) for name, content in files.items()]
        options = {"content_type": "multipart/form-data"} if files else {}
        return self.browsers[surname].post(self.own, data, status, **options)

    def seen(self, surname: str) -> str:
        """Which state of the work a form made now is made from."""
        found = re.search(r'name="seen"[^>]*value="([^"]*)"', self.browsers[surname].get(self.own))
        return found[1] if found else ""

    def secret(self, surname: str) -> str:
        """A word that stands for a person's work."""
        return f"{self.people[surname] * 7919:x}"

    def move(self, phase: str) -> str:
        """The tutor moves the workshop on; returns the board."""
        return self.tutor.post(f"{self.stage.base(self.run)}phases/sample", {"phase": phase})

    def pairs(self) -> list[tuple[str, str, int]]:
        """(author, reviewer, number of the work), by number and reviewer."""
        db.session.rollback()
        names = {id: surname for surname, id in self.people.items()}
        rows = db.session.execute(
            select(Work.owner, AllocationPair.reviewer_id, Work.number)
            .join(Work, AllocationPair.subject == literal("work:") + cast(Work.id, String))
            .where(AllocationPair.run_id == self.run)
            .order_by(Work.number, AllocationPair.number)
        )
        return [(names[int(owner.partition(":")[2])], names[reviewer], number) for owner, reviewer, number in rows]

    def of(self, reviewer: str) -> list[int]:
        """Numbers of the works somebody is to review."""
        return [number for _, one, number in self.pairs() if one == reviewer]

    def work(self, author: str) -> int:
        """The id of somebody's work."""
        db.session.rollback()
        query = select(Work.id).where(Work.run_id == self.run, Work.owner == f"person:{self.people[author]}")
        return db.session.execute(query).scalar_one()

    def review(
        self, reviewer: str, number: int, clear: float = 80, useful: float = 20, finish: bool = True, status: int = 200,
        comment: str = "Хорошо.",
    ) -> str:  # fmt: skip
        """Write a review."""
        data: dict[str, Any] = {"criterion-clear": f"{clear:g}", "criterion-useful": f"{useful:g}", "comment": comment}
        if finish:
            data["finish"] = "1"
        return self.browsers[reviewer].post(f"{self.base}reviews/{number}/", data, status)

    def review_all(self, **points: float) -> None:
        """Everyone does all their reviews."""
        for _, reviewer, number in self.pairs():
            self.review(reviewer, number, **points)

    def page(self, surname: str) -> str:
        """The workshop's first page as this person sees it."""
        return self.browsers[surname].get(self.base)

    def results(self, surname: str) -> dict[str, Recorded]:
        """A person's results by item."""
        return self.stage.results(self.run, self.people[surname])

    def standing(self, surname: str) -> tuple[str, bool, bool | None, float | None]:
        """State, completion, success and points of the workshop itself."""
        found = self.results(surname)["sample"]
        return found.state, found.completed, found.success, found.points


def words(page: str) -> str:
    """The words of a page without its tags."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page)).split())


@pytest.fixture
def plugins() -> tuple[Plugin, ...]:
    return (plugin,)


@pytest.fixture
def room(stage: Stage) -> Room:
    """A workshop that its tutor moves."""
    return Room(stage)


@pytest.fixture
def room_with(stage: Stage) -> Callable[..., Room]:
    """A workshop with these options (YAML lines), a table of criteria with this measure, further files of the course."""
    return lambda options, measure="Баллы", files=None: Room(stage, options, measure, files)


@pytest.fixture
def dated(stage: Stage) -> Room:
    """A workshop that its dates move: day 2 to 5, 6 to 8, 9 to 10."""
    return Room(stage, DATES)


@pytest.fixture(name="words")
def words_of_page() -> Callable[[str], str]:
    return words
