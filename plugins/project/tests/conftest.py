from io import BytesIO

import pytest

from lms.testing import Browser, Stage
from lms_project import plugin

LESSON = """Текст урока.

:::{project} Событие
---
id: event
pass: 60%
files: 2
stages:
  - id: plan
    title: Замысел
    due: day 10 21:00
    penalty: 10%
  - id: story
    title: Рассказ
    due: day 20 21:00
    late: refuse
---
Придумайте и проведите событие.

### Критерии

| Критерий | Баллы | Описание | id |
|---|---|---|---|
| Вопрос | 20 | Узкий | question |
| Проба | 30 | Была | trial |
:::
"""


@pytest.fixture
def plugins():
    return (plugin,)


class Group:
    """A run with the project: learners, a tutor, and what they do."""

    def __init__(self, stage: Stage, learners: int = 1, team: str = "1", marked: bool = True) -> None:
        self.stage = stage
        lesson = LESSON.replace("id: event", f'id: event\nteam: "{team}"')
        if not marked:
            lesson = lesson.partition("\n### ")[0].replace("pass: 60%\n", "") + ":::\n"
        self.run = stage.run(stage.course(lesson=lesson))
        self.base = f"{stage.base(self.run)}activities/event/"
        self.works = f"{stage.base(self.run)}works/event/"
        self.teams = f"{stage.base(self.run)}teams/event/"
        self.lesson = f"{stage.base(self.run)}module/lesson/"
        names = ("Антонова", "Борисова", "Власова", "Громова", "Дмитриева")
        self.learners = [stage.person(name) for name in names[:learners]]
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

    def token(self, person: int, stage: str) -> str:
        page = self.browser(person).get(f"{self.works}own/{stage}/")
        return page.split('name="seen"')[1].split('value="')[1].split('"')[0]

    def send(
        self, person, stage="plan", text="Мой замысел.", files=(), status=200, hand_in=True, seen=None, **more
    ) -> str:
        data = {
            "text": text,
            "seen": self.token(person, stage) if seen is None else seen,
            "hand_in" if hand_in else "keep": "1",
            "files": [(BytesIO(content), name) for name, content in files],
            **more,
        }
        return self.browser(person).post(
            f"{self.works}own/{stage}/", data, status=status, content_type="multipart/form-data"
        )

    def answer(self, handin, accept=True, status=200, **values) -> str:
        browser = self.browser(self.tutor)
        page = browser.get(f"{self.works}{handin}/")
        seen = page.split('name="seen"')[1].split('value="')[1].split('"')[0]
        data = {"seen": seen, "accept" if accept else "give_back": "1", **values}
        return browser.post(f"{self.works}{handin}/", data, status=status)

    def result(self, person):
        return self.stage.results(self.run, person).get("event")

    def explanation(self, person) -> str:
        from lms.progress.service import explanations

        return explanations(self.run, person).get("event", "")

    def handins(self):
        from sqlalchemy import select

        from lms.plugin import db
        from lms.submissions.models import SubmissionRecord as Work

        db.session.rollback()
        rows = db.session.execute(
            select(Work.id, Work.owner, Work.stage, Work.number, Work.state, Work.late).order_by(Work.id)
        )
        return [tuple(row) for row in rows]

    def notices(self, person) -> list[str]:
        from lms.notices.service import page_of
        from lms.plugin import db

        db.session.rollback()
        return [line.text for line in page_of(person, 1)[0]]


@pytest.fixture
def full() -> dict[str, str]:
    """A marking form with all points."""
    return {"criterion-question": "20", "criterion-trial": "30", "comment": "Хорошо."}


@pytest.fixture
def group(stage: Stage):
    return lambda **how: Group(stage, **how)
