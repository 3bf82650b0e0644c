"""A small activity that works are handed in to, and a group that does."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from io import BytesIO
from typing import Any

import pytest
from markupsafe import Markup

from courses.blocks import Block, BlockKind
from courses.submissions import Asked
from lms.db import db
from lms.enrolment.place import find_place
from lms.plugin import (
    STAFF,
    Activity,
    ActivityPages,
    ActivitySettings,
    Criteria,
    Message,
    Owner,
    Plugin,
    StageRule,
    Step,
    Submission,
    Submitting,
    Visit,
)
from lms.submissions.models import SubmissionRecord
from lms.testing import Browser, Stage
from lms.visit import RunVisit

pages = ActivityPages()


class EssaySettings(ActivitySettings):
    """`again`: it may be handed in anew; `marked`: by a criterion; `closed`: nothing is taken; `audiences`: whom it may be shown to."""

    least_team: int = 1
    most_team: int = 1
    again: bool = False
    marked: bool = False
    closed: bool = False
    titled: bool = False
    asked: Asked = Asked()
    late: str = "allow"
    audiences: tuple[str, ...] = ()


class EssayFormat(BlockKind[EssaySettings]):
    name = "essay"
    Settings = EssaySettings
    summary = "An essay."
    example = ":::{essay} An essay\n:id: sample\n:::"


class Essay(EssayFormat, Activity[EssaySettings]):
    title = "Essay"

    def show(self, visit: Visit) -> Markup:
        return visit.submissions.overview(visit.submissions.stages(), {}, link=visit.role == "learner")

    def pages(self) -> ActivityPages:
        return pages


@pages.get("", STAFF)
def index(visit: Visit) -> str:
    return visit.render("layout.html", board=visit.submissions.board()) + visit.submissions.board()


CRITERIA = Criteria.model_validate([{"id": "aim", "title": "Цель", "points": 10}])


class Essays(Submitting):
    kind = "essay"

    def stages(self, visit: Visit) -> Sequence[StageRule]:
        given: EssaySettings = visit.settings
        due = datetime.fromisoformat("2026-03-11T18:00+00:00")
        how: dict[str, Any] = {"again": given.again, "titled": given.titled, "asked": given.asked, "files": 2}
        return [
            StageRule("plan", "Замысел", due, penalty=0.1, **how),
            StageRule("text", "Текст", due, refuse=given.late == "refuse", **how),
        ]

    def team(self, visit: Visit) -> tuple[int, int]:
        return visit.settings.least_team, visit.settings.most_team

    def refusal(self, visit: Visit, stage: StageRule, steps: Mapping[str, Step]) -> Message | None:
        return Message("Nothing is taken today.") if visit.settings.closed else None

    def task(self, visit: Visit, stage: StageRule) -> Markup:
        return Markup("<p>Напишите.</p>")

    def criteria(self, visit: Visit, stage: StageRule) -> Criteria | None:
        return CRITERIA if visit.settings.marked and stage.id == "text" else None

    def may_read(self, visit: Visit, found: Submission) -> bool:
        return visit.person.surname == "Рецензент"

    def consents(self, visit: Visit) -> Sequence[str]:
        return tuple(visit.settings.audiences)

    def changed(self, visit: Visit, owner: Owner, stage: str) -> None:
        steps = visit.submissions.steps(owner.key).get(owner.key, {})
        changes.append((owner.key, stage, steps.get(stage, Step()).state))


changes: list[tuple[str, str, str]] = []


@pytest.fixture
def plugins() -> tuple[Plugin, ...]:
    changes.clear()
    return (Plugin("essay", "tests.lms.submissions", (Essay(), Essays())),)


class Group:
    """A run with the essay: learners, a tutor, and what they do."""

    def __init__(self, stage: Stage, learners: int = 1, **settings: Any) -> None:
        self.stage = stage
        options = "".join(f"{name.replace('_', '-')}: {value}\n" for name, value in settings.items())
        self.run = stage.run(stage.course(lesson=f":::{{essay}} Сочинение\n---\nid: essay\n{options}---\n:::\n"))
        self.base = f"{stage.base(self.run)}works/essay/"
        self.lesson = f"{stage.base(self.run)}module/lesson/"
        self.board = f"{stage.base(self.run)}activities/essay/"
        names = ("Антонова", "Борисова", "Власова", "Громова")
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
        self.stage.move(**by)
        self.browsers = {}

    def seen(self, page: str) -> str:
        return page.split('name="seen"')[1].split('value="')[1].split('"')[0]

    def send(
        self, person: int = 0, text: str = "Мой **замысел**.", stage: str = "plan", hand_in: bool = True, status: int = 200,
        files: Sequence[tuple[str, bytes]] = (), seen: str | None = None, **more: Any,
    ) -> str:  # fmt: skip
        person = person or self.learners[0]
        browser, address = self.browser(person), f"{self.base}own/{stage}/"
        data = {
            "text": text, "seen": self.seen(browser.get(address)) if seen is None else seen,
            "hand_in" if hand_in else "keep": "1", "files": [(BytesIO(content), name) for name, content in files], **more,
        }  # fmt: skip
        return browser.post(address, data, status=status, content_type="multipart/form-data")

    def answer(self, id: int, accept: bool = True, status: int = 200, **values: str) -> str:
        browser = self.browser(self.tutor)
        seen = self.seen(browser.get(f"{self.base}{id}/"))
        data = {"seen": seen, "accept" if accept else "give_back": "1", **values}
        return browser.post(f"{self.base}{id}/", data, status=status)

    def visit(self, person: int) -> RunVisit:
        """Somebody's visit to the essay."""
        actor = self.stage.actor(person)
        visit = RunVisit(self.stage.site, actor, find_place(actor, self.base.split("/")[2]))
        visit.enter_block(visit.course.block("essay"))
        return visit

    def rows(self) -> list[tuple[Any, ...]]:
        db.session.rollback()
        found = db.session.query(SubmissionRecord).order_by(SubmissionRecord.id).all()
        return [(row.owner, row.stage, row.number, row.state, row.late) for row in found]

    def notices(self, person: int) -> list[str]:
        from lms.notices.service import page_of

        db.session.rollback()
        return [line.text for line in page_of(person, 1)[0]]

    def team(self, name: str, *people: int) -> str:
        """The key of a team of these people."""
        from lms.teams.service import BlockTeams

        teams = BlockTeams(self.stage.site, self.run, "essay")
        team = teams.create(name, people[0])
        for person in people[1:]:
            teams.join(team.id, person, 4)
        db.session.commit()
        return f"team:{team.id}"


@pytest.fixture
def group(stage: Stage):
    return lambda **how: Group(stage, **how)


__all__ = ["Block", "Group", "changes"]
