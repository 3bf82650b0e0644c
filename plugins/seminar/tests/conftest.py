import pytest

from lms.testing import Browser, Stage
from lms_seminar import plugin

LESSON = """Текст урока.

:::{seminar} Встречи
---
id: talks
need: 50%
sessions:
  - id: one
    title: Первая
    starts: day 1 18:00
    minutes: 60
    link: https://meet.example.org/one
    speaker: Ирина Ветрова
    code: Ёлочный мост
    materials: |
      Страница [записей](https://meet.example.org/notes).
  - id: two
    title: Вторая
    starts: day 8 18:00
    minutes: 90
    link: https://meet.example.org/two
---
О чём мы говорим.
:::
"""


@pytest.fixture
def plugins():
    return (plugin,)


class Group:
    """A run with the seminar: learners, a tutor, and what they do. The first session is 6 hours after the start."""

    def __init__(self, stage: Stage, learners: int = 1, seats: int = 0, lesson: str = LESSON) -> None:
        self.stage = stage
        self.lesson_text = lesson.replace("need: 50%", f"need: 50%\nseats: {seats}") if seats else lesson
        self.course = stage.course(lesson=self.lesson_text)
        self.run = stage.run(self.course)
        self.base = f"{stage.base(self.run)}activities/talks/"
        self.attendance = f"{stage.base(self.run)}attendance/talks"
        self.lesson = f"{stage.base(self.run)}module/lesson/"
        self.learners = [stage.person(f"Слушатель{number:02}") for number in range(1, learners + 1)]
        self.tutor = stage.person("Ведущий")
        stage.enrol(self.run, *self.learners)
        stage.enrol(self.run, self.tutor, role="tutor")
        self.browsers: dict[int, Browser] = {}

    def browser(self, person: int) -> Browser:
        if person not in self.browsers:
            self.browsers[person] = self.stage.browser(person)
        return self.browsers[person]

    def move(self, **by: float) -> None:
        """Later: sessions have ended meanwhile, so everybody signs in anew."""
        self.stage.move(**by)
        self.browsers = {}

    def page(self, person: int, page: str = "") -> str:
        return self.browser(person).get(self.base + page)

    def seat(self, person: int, status: int = 200) -> str:
        return self.browser(person).post(f"{self.base}seat", status=status)

    def leave(self, person: int) -> str:
        return self.browser(person).post(f"{self.base}leave")

    def code(self, person: int, word: str, session: str = "one", status: int = 200) -> str:
        return self.browser(person).post(f"{self.attendance}/{session}/code", {"word": word}, status=status)

    def tick(self, *cells: tuple[int, str], shown: tuple[tuple[int, str], ...] = ()) -> str:
        data = {
            "present": [f"{person}:{session}" for person, session in cells],
            "shown": [f"{person}:{session}" for person, session in shown],
        }
        return self.browser(self.tutor).post(self.attendance, data)

    def result(self, person: int):
        return self.stage.results(self.run, person).get("talks")

    def explanation(self, person: int) -> str:
        from lms.progress.service import explanations

        return explanations(self.run, person).get("talks", "")

    def seats(self) -> list[tuple[int, int | None]]:
        """(person, number of the seat) in the order they asked."""
        from sqlalchemy import select

        from lms.booking.models import PlaceRecord
        from lms.plugin import db

        db.session.rollback()
        own = select(PlaceRecord.person_id, PlaceRecord.number).where(PlaceRecord.slot == "seminar")
        return [tuple(row) for row in db.session.execute(own.order_by(PlaceRecord.id))]

    def notices(self, person: int) -> list[str]:
        from lms.notices.service import page_of
        from lms.plugin import db

        db.session.rollback()
        return [line.text for line in page_of(person, 1)[0]]


@pytest.fixture
def group(stage: Stage):
    return lambda **how: Group(stage, **how)
