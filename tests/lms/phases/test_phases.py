"""An activity goes through its phases: by dates, by its tutor, with a page that tells everybody, and reminders before one ends."""

import json
import re
from collections.abc import Collection, Sequence
from html import unescape
from typing import Annotated

import pytest
from markupsafe import Markup
from pydantic import BaseModel, Field
from sqlalchemy import select

from courses.blocks import Block, Deadline
from courses.phases import Phase, closing
from courses.phasing import Means, PhaseOptions, PhasesOptions
from lms.calendar.models import Reminder
from lms.calendar.service import entries
from lms.db import db
from lms.i18n import speaking
from lms.notices.models import Notice
from lms.plugin import (
    LEARNER,
    MEMBER,
    Activity,
    ActivityPages,
    ActivitySettings,
    Message,
    Phased,
    Plugin,
    Visit,
    mark,
)
from lms.testing.stage import Browser, Stage


class FestivalPhases(PhasesOptions):
    entries: Annotated[PhaseOptions, Means("Entries", tutor="You wait.")] = Field(
        default=PhaseOptions(), description="People enter."
    )
    voting: Annotated[PhaseOptions, Means("Voting", tutor="You count.")] = Field(
        default=PhaseOptions(), description="People vote."
    )
    results: Annotated[PhaseOptions, Means("Results", endless=True)] = Field(
        default=PhaseOptions(), description="People look."
    )


class FestivalSettings(ActivitySettings):
    phases: FestivalPhases = FestivalPhases()


class Count(BaseModel):
    """What the phases brought about."""

    votings: int = 0


class Festival(Activity[FestivalSettings]):
    name, title, Settings = "festival", "Festival", FestivalSettings

    def phases(self, block: Block[FestivalSettings]) -> Sequence[Phase]:
        return self.settings_of(block).phases.of()

    def deadlines(self, block: Block[FestivalSettings]) -> Sequence[Deadline]:
        ends = closing(self.phases(block), "entries")
        return [Deadline(moment=ends, title="enter", item=block.id, phase="entries")] if ends else []

    def show(self, visit: Visit) -> Markup:
        entered = "entered" if visit.answer(Count) else "not entered"
        return visit.phases.ribbon() + Markup(f"<p>In {visit.phases.now or 'none'} as {visit.role}, {entered}.</p>")

    def pages(self) -> ActivityPages:
        pages = ActivityPages()

        @pages.get("", MEMBER)
        def first(visit: Visit) -> Markup:
            return Markup(f"<!doctype html><html lang='en'><p>{visit.phases.reached}</p>")

        @pages.post("enter", LEARNER)
        def enter(visit: Visit) -> object:
            visit.save_answer(Count())
            return visit.redirect()

        return pages


class FestivalPhased(Phased):
    kind, lock = "festival", "festival"

    def settle(self, visit: Visit) -> Sequence[Message]:
        if visit.phases.now != "voting" or visit.shared(Count):
            return ()
        visit.save_shared(Count(votings=1))
        return [Message(mark("The jury is told."))]

    def warning(self, visit: Visit, name: str) -> str:
        return f"Warning of {name}."

    def waiting(self, visit: Visit) -> Collection[int]:
        entered = visit.answers(Count)
        return (
            [member.id for member in visit.people() if member.id not in entered]
            if visit.phases.now == "entries"
            else ()
        )


@pytest.fixture
def plugins() -> tuple[Plugin, ...]:
    return (Plugin("festival", "tests.lms.phases", (Festival(), FestivalPhased())),)


DATES = "phases:\n  entries: {opens: day 2, closes: day 5}\n  voting: {opens: day 6, closes: day 8}\n"


class Room:
    """A run with one festival: `page` is the address of its phases, `base` its own."""

    def __init__(self, stage: Stage, options: str = DATES) -> None:
        self.stage = stage
        lesson = f":::{{festival}} Праздник\n---\nid: party\n{options}---\n:::\n"
        self.run = stage.run(stage.course(lesson=lesson))
        self.lesson = f"{stage.base(self.run)}module/lesson/"
        self.page = f"{stage.base(self.run)}phases/party"
        self.base = f"{stage.base(self.run)}activities/party/"
        self.anna, self.olga, tutor = (stage.person(name) for name in ("Иванова", "Петрова", "Ведущая"))
        stage.enrol(self.run, self.anna, self.olga)
        stage.enrol(self.run, tutor, role="tutor")
        self.tutor_id = tutor

    @property
    def learner(self) -> Browser:
        return self.stage.browser(self.anna)

    @property
    def tutor(self) -> Browser:
        return self.stage.browser(self.tutor_id)

    def move(self, name: str, status: int = 200) -> str:
        return self.tutor.post(self.page, {"phase": name}, status)

    def told(self, person: int, kind: str = "reminder") -> list[str]:
        db.session.rollback()
        rows = db.session.execute(select(Notice.text).where(Notice.person_id == person, Notice.kind == kind))
        return [str(Message.from_json(json.loads(text))) for text in rows.scalars()]


@pytest.fixture
def room(stage: Stage) -> Room:
    return Room(stage)


def words(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page)).split())


def states(page: str) -> list[tuple[str, str]]:
    """(state, title) of each phase on the page of phases or in a ribbon."""
    return [
        (state, unescape(title))
        for state, title in re.findall(r'class="phase phase-(\w+)".*?class="phase-title">([^<]*)<', page, re.DOTALL)
    ]


def test_dates_move_it_and_everybody_sees_where_it_stands(room: Room) -> None:
    assert states(room.learner.get(room.lesson)) == [("next", "Entries"), ("later", "Voting"), ("later", "Results")]
    room.stage.move(days=1)
    assert states(room.learner.get(room.lesson)) == [("now", "Entries"), ("next", "Voting"), ("later", "Results")]
    page = words(room.learner.get(room.page))
    assert "Participants People enter. Tutor You wait." in page
    assert "Begins 10 March 2026, 00:00. Has no end." in page
    room.stage.move(days=10)
    assert states(room.learner.get(room.page)) == [("past", "Entries"), ("past", "Voting"), ("now", "Results")]


def test_staff_move_it_forward_and_back_and_dates_still_to_come_go_on(room: Room) -> None:
    tutor = room.tutor
    page = tutor.get(room.page)
    assert re.findall(r"Warning of (\w+)", page) == ["entries", "voting", "results"]
    tutor.post(room.page, {"phase": "voting"})
    assert "The jury is told. It is moved." in words(tutor.get(room.page))
    assert states(room.learner.get(room.lesson)) == [("past", "Entries"), ("now", "Voting"), ("next", "Results")]
    assert re.findall(r"Warning of (\w+)", room.tutor.get(room.page)) == ["entries", "results"]
    room.move("entries")
    assert states(room.learner.get(room.lesson))[0] == ("now", "Entries")
    room.stage.move(days=5)  # what the author wrote for the days to come holds
    assert states(room.learner.get(room.lesson))[1] == ("now", "Voting")
    room.move("results")
    room.stage.move(days=30)
    assert states(room.learner.get(room.lesson))[2] == ("now", "Results")
    assert "A tutor has moved it here" in room.tutor.get(room.page)
    assert "A tutor has moved it here" not in room.learner.get(room.page)
    room.move("")
    assert "A tutor has moved it here" not in room.tutor.get(room.page)


def test_only_staff_move_it_and_only_to_phases_it_has(room: Room) -> None:
    room.move("elsewhere", 404)
    room.learner.post(room.page, {"phase": "voting"}, 403)
    room.stage.browser(room.stage.person("Чужая")).get(room.page, 404)
    author = room.stage.browser(room.stage.person("Авторова", is_author=True))
    author.post(room.page, {"phase": "voting"}, 403)
    assert states(author.get(room.page))[0] == ("next", "Entries")
    room.tutor.get(f"{room.stage.base(room.run)}phases/nothing", 404)


def test_authors_and_staff_see_how_participants_find_each_phase(room: Room) -> None:
    author = room.stage.browser(room.stage.person("Авторова", is_author=True))
    seen = [f"In {name} as learner, not entered." for name in ("entries", "voting", "results")]
    for browser in (author, room.tutor):
        assert re.findall(r"In \w+ as \w+, [\w ]+\.", browser.get(room.page)) == seen
    assert re.findall(r"In \w+ as", room.learner.get(room.page)) == []


def test_when_the_tutor_says(stage: Stage) -> None:
    room = Room(stage, "phases:\n  entries: {closes: day 3}\n  voting: {opens: tutor, closes: day 9}\n")
    assert "opens when the tutor says" in room.learner.get(room.lesson)
    stage.move(days=20)
    assert states(room.learner.get(room.page)) == [("past", "Entries"), ("next", "Voting"), ("later", "Results")]
    assert "Begins when the tutor says." in words(room.learner.get(room.page))
    room.move("voting")
    page = room.learner.get(room.page)
    assert states(page) == [("past", "Entries"), ("now", "Voting"), ("next", "Results")]
    assert "Lasts until the tutor moves on." in words(page)


def test_without_dates_there_is_nothing_to_give_it_back_to(stage: Stage) -> None:
    room = Room(stage, "")
    room.move("voting")
    page = room.tutor.get(room.page)
    assert "A tutor has moved it here" in page
    assert "Back to the dates" not in page


def test_time_does_what_a_phase_asks_for_once(room: Room) -> None:
    room.stage.tick()
    room.stage.move(days=6)
    room.stage.tick()
    room.stage.tick()
    assert "voting" in room.tutor.get(room.base)
    browser = room.tutor
    browser.post(room.page, {"phase": "voting"})
    assert "The jury is told." not in words(browser.get(room.page))  # it was, by time


def test_whoever_has_something_to_do_is_reminded_once_before_a_phase_ends(room: Room) -> None:
    room.stage.move(days=3)
    room.learner.post(f"{room.base}enter")
    room.stage.tick()
    assert room.told(room.olga) == []  # day 4: a day and more is left
    room.stage.move(hours=16)
    room.stage.tick()
    room.stage.tick()
    said = "“Праздник”: “Entries” ends on 6 March 2026, 23:59, and there is something for you to do still."
    assert (room.told(room.anna), [text.replace("\xa0", " ") for text in room.told(room.olga)]) == ([], [said])
    keys = db.session.execute(select(Reminder.item, Reminder.person_id)).all()
    assert keys == [("party#entries:2026-03-06T21:00Z", room.olga)]
    room.move("entries")  # nothing new: the same end
    room.stage.tick()
    assert len(room.told(room.olga)) == 1


def test_nobody_is_reminded_of_what_the_tutor_has_ended(room: Room) -> None:
    room.stage.move(days=3)
    room.move("voting")
    room.stage.move(hours=16)
    room.stage.tick()
    assert (room.told(room.anna), room.told(room.olga)) == ([], [])


def test_reminders_speak_each_persons_language(room: Room) -> None:
    other = room.stage.person("Сидорова", language="ru", timezone="Asia/Vladivostok")
    room.stage.enrol(room.run, other)
    room.stage.move(days=3, hours=16)
    room.stage.tick()

    with speaking("ru"):
        assert [text.replace("\xa0", " ") for text in room.told(other)] == [
            "«Праздник»: этап «Entries» заканчивается 7 марта 2026 г., 07:00, а вам ещё есть что сделать."
        ]


def test_a_locked_activity_tells_why_instead(stage: Stage) -> None:
    room = Room(stage, "requires: {from: day 9}\n")
    assert "phase-list" not in room.learner.get(room.page, 403)
    assert "phase-list" in room.tutor.get(room.page)


def test_the_page_costs_the_same_for_any_number_of_people(room: Room) -> None:
    counts = []
    room.tutor.get(room.page)  # the course is read once
    for _ in range(2):
        learner, tutor = room.learner, room.tutor
        for browser in (learner, tutor):
            with room.stage.statements() as found:
                browser.get(room.page)
            counts.append(len(found))
        room.stage.enrol(room.run, *(room.stage.person(f"Новая{len(counts)}-{n}") for n in range(10)))
    assert counts[:2] == counts[2:]
    assert max(counts) <= 8


def test_the_calendar_shows_where_the_tutor_moved_it(room: Room) -> None:
    def dates() -> list[tuple[str, str]]:
        db.session.rollback()
        return [(one.what.title, f"{one.what.start:%d %H:%M}") for one in entries(room.stage.site, room.anna, "UTC")]

    assert dates() == [("enter", "06 20:59")]  # the end of day 5 where the run is
    room.stage.move(days=1)
    room.move("voting")
    assert dates() == [("enter", "03 09:00")], "it ended when the tutor went on"
    room.stage.move(days=1)
    room.move("entries")
    assert dates() == [("enter", "06 20:59")], "what is still to come counts again"
    room.stage.move(days=10)
    room.move("entries")
    assert dates() == [], "nothing but the tutor ends it now"
    room.move("")
    assert dates() == [("enter", "06 20:59")]
