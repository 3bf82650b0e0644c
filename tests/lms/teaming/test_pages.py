"""The page of teams: chosen by participants, made and mended by staff, drawn by chance with what is shown first."""

import json
import re
from collections.abc import Callable, Sequence
from html import unescape
from typing import Any

import pytest
from markupsafe import Markup
from sqlalchemy import select

from courses.blocks import ActivitySettings
from courses.moments import Moment
from courses.teaming import TeamOptions
from lms.allocation.service import keep_origins
from lms.db import db
from lms.notices.models import Notice
from lms.plugin import MEMBER, Activity, ActivityPages, Message, Plugin, Teaming, TeamTerms, Visit
from lms.teams.models import TeamMember, TeamRecord
from lms.testing.stage import Browser, Stage


class RelaySettings(TeamOptions, ActivitySettings):
    closed: bool = False
    drawn: Moment | None = None


class Relay(Activity[RelaySettings]):
    name, title, Settings = "relay", "Relay", RelaySettings

    def show(self, visit: Visit) -> Markup:
        return Markup()

    def pages(self) -> ActivityPages:
        pages = ActivityPages()

        @pages.get("", MEMBER)
        def first(visit: Visit) -> Markup:
            return visit.render("layout.html", found=visit.teams.show()) + visit.teams.show()

        return pages


CHANGED: list[tuple[int, ...]] = []


class RelayTeams(Teaming):
    kind, lock = "relay", "relay"

    def terms(self, visit: Visit) -> TeamTerms:
        settings: RelaySettings = visit.settings
        return TeamTerms(
            settings.team_least, settings.team_most, settings.team_made,
            Message("The race is over.") if settings.closed else None,
            visit.at(settings.drawn) if settings.drawn else None,
        )  # fmt: skip

    def fixed(self, visit: Visit) -> Sequence[int]:
        return [team.id for team in visit.teams.all() if team.name == "Begun"]

    def changed(self, visit: Visit, people: Sequence[int]) -> None:
        CHANGED.append(tuple(people))


@pytest.fixture
def plugins() -> tuple[Plugin, ...]:
    return (Plugin("relay", "tests.lms.teaming", (Relay(), RelayTeams())),)


class Room:
    """A run with one relay and its tutor; people are named by their surnames."""

    def __init__(self, stage: Stage, options: str = "team: 2-3\n", size: int = 7) -> None:
        CHANGED.clear()
        self.stage = stage
        self.run = stage.run(stage.course(lesson=f":::{{relay}} Эстафета\n---\nid: race\n{options}---\n:::\n"))
        self.page = f"{stage.base(self.run)}teams/race"
        self.base = f"{stage.base(self.run)}activities/race/"
        self.people: dict[str, int] = {}
        self.join(*(f"Ученица{number}" for number in range(1, size + 1)))
        self.tutor_id = stage.person("Ведущая")
        stage.enrol(self.run, self.tutor_id, role="tutor")

    def join(self, *surnames: str) -> None:
        for surname in surnames:
            self.people[surname] = self.stage.person(surname)
            self.stage.enrol(self.run, self.people[surname])

    def browser(self, number: int) -> Browser:
        return self.stage.browser(self.people[f"Ученица{number}"])

    @property
    def tutor(self) -> Browser:
        return self.stage.browser(self.tutor_id)

    def teams(self) -> dict[str, list[int]]:
        """Numbers of the people of each team."""
        db.session.rollback()
        names = {id: int(surname.removeprefix("Ученица")) for surname, id in self.people.items()}
        rows = db.session.execute(
            select(TeamRecord.name, TeamMember.person_id)
            .join(TeamMember, TeamMember.team_id == TeamRecord.id, isouter=True)
            .order_by(TeamRecord.id)
        )
        found: dict[str, list[int]] = {}
        for name, person in rows:
            found.setdefault(name, []).extend([names[person]] if person else [])
        return {name: sorted(people) for name, people in found.items()}

    def team(self, name: str) -> int:
        db.session.rollback()
        return db.session.execute(select(TeamRecord.id).where(TeamRecord.name == name)).scalar_one()

    def tick(self) -> None:
        self.stage.move(minutes=30)
        self.stage.tick()

    def draw(self, status: int = 200, **query: str) -> dict[str, str]:
        """Open the proposal and send its form as it stands; returns what the form held."""
        tutor = self.tutor
        asked = "&".join(f"{name}={value}" for name, value in query.items())
        page = tutor.get(f"{self.page}/draw?{asked}")
        form = page[page.index(f'action="{self.page}/draw"', page.index('method="post" action="' + self.page)) :]
        values = dict(re.findall(r'name="(teams|seed|anew|mark)" value="([^"]*)"', form))
        tutor.post(f"{self.page}/draw", values, status)
        return values


@pytest.fixture
def room(stage: Stage) -> Room:
    return Room(stage)


@pytest.fixture
def room_with(stage: Stage) -> Callable[..., Room]:
    return lambda *args, **named: Room(stage, *args, **named)


def words(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page)).split())


def test_participants_make_find_name_and_leave_teams(room: Room) -> None:
    assert "You have no team yet. Find a team" in words(room.browser(1).get(room.base))
    room.browser(1).post(f"{room.page}/make", {"name": "Ветер"})
    room.browser(2).post(f"{room.page}/join", {"team": str(room.team("Ветер"))})
    assert room.teams() == {"Ветер": [1, 2]}
    assert "Ветер Ученица1 Анна Петровна Ученица2 Анна Петровна About the team" in words(room.browser(2).get(room.base))
    assert "Ветер Ученица1 Анна Петровна, Ученица2 Анна Петровна Join" in words(room.browser(3).get(room.page))
    room.browser(3).post(f"{room.page}/join", {"team": str(room.team("Ветер"))})
    page = words(room.browser(4).post(f"{room.page}/join", {"team": str(room.team("Ветер"))}, 422))
    assert "This team is full: it has 3 members." in page
    assert "Teams you can join" not in words(room.browser(4).get(room.page))
    room.browser(3).post(f"{room.page}/rename", {"name": "Северный ветер"})
    room.browser(2).post(f"{room.page}/leave")
    assert room.teams() == {"Северный ветер": [1, 3]}
    ids = [room.people[f"Ученица{number}"] for number in (1, 2, 3)]
    assert [sorted(some) for some in CHANGED] == [ids[:1], ids[:2], ids, ids, ids]


def test_what_has_begun_stays_unless_staff_change_it(room: Room) -> None:
    room.browser(1).post(f"{room.page}/make", {"name": "Begun"})
    said = "Something was handed in already: the team stays as it is."
    assert said in words(room.browser(1).get(room.page))
    assert said in words(room.browser(1).post(f"{room.page}/leave", status=422))
    assert said in words(room.browser(2).post(f"{room.page}/join", {"team": str(room.team("Begun"))}, 422))
    room.tutor.post(f"{room.page}/put", {"person": str(room.people["Ученица2"]), "team": str(room.team("Begun"))})
    assert room.teams() == {"Begun": [1, 2]}
    room.draw(anew="1")
    assert room.teams()["Begun"] == [1, 2]
    assert sorted(len(people) for name, people in room.teams().items() if name != "Begun") == [2, 3]


def test_staff_put_people_into_teams_take_them_out_and_name_teams(room: Room) -> None:
    tutor = room.tutor
    tutor.post(f"{room.page}/put", {"person": "", "team": "", "name": "Пустая"})
    tutor.post(f"{room.page}/put", {"person": str(room.people["Ученица1"]), "team": "", "name": "Ветер"})
    for number in (2, 3, 4):  # one more than the course says: staff may
        tutor.post(
            f"{room.page}/put", {"person": str(room.people[f"Ученица{number}"]), "team": str(room.team("Ветер"))}
        )
    assert room.teams() == {"Пустая": [], "Ветер": [1, 2, 3, 4]}
    tutor.post(f"{room.page}/put", {"person": str(room.people["Ученица4"]), "team": str(room.team("Пустая"))})
    tutor.post(f"{room.page}/out", {"person": str(room.people["Ученица2"])})
    tutor.post(f"{room.page}/call", {"team": str(room.team("Пустая")), "name": "Полная"})
    assert room.teams() == {"Полная": [4], "Ветер": [1, 3]}
    page = words(tutor.get(room.page))
    assert "Полная Ученица4 Анна Петровна Take out : Ученица4 Анна Петровна, Полная Too few people" in page
    assert "Without a team 4" in page
    assert "Choose a team, or give a new one its name." in words(tutor.post(f"{room.page}/put", {"person": "1"}, 422))
    assert "There is a team “ветер” already." in words(
        tutor.post(f"{room.page}/call", {"team": str(room.team("Полная")), "name": "ветер"}, 422)
    )


def test_chance_makes_what_it_has_shown(room: Room) -> None:
    for number in range(1, 8):
        keep_origins(room.run, {room.people[f"Ученица{number}"]: ("Лицей" if number < 4 else f"Школа {number}", "")})
    db.session.commit()
    page = room.tutor.get(f"{room.page}/draw?teams=3&seed=5")
    shown = [
        [int(number) for number in re.findall(r"Ученица(\d)", team)]
        for team in re.findall(r"<li><ul>(.*?)</ul></li>", page, re.DOTALL)
    ]
    assert sorted(map(len, shown)) == [2, 2, 3]
    assert [sum(number < 4 for number in team) for team in shown] == [1, 1, 1]
    assert room.draw(teams="3", seed="5")["seed"] == "5"
    assert list(room.teams().items()) == [(f"Команда {n}", sorted(team)) for n, team in enumerate(shown, 1)]
    assert len(CHANGED) == 1
    told = db.session.execute(select(Notice.person_id, Notice.text)).all()
    assert sorted(person for person, _ in told) == sorted(room.people.values())
    assert {str(Message.from_json(json.loads(text))) for _, text in told} == {"“Эстафета”: you have a team."}


def test_what_has_changed_meanwhile_is_shown_anew(room: Room) -> None:
    tutor = room.tutor
    page = tutor.get(f"{room.page}/draw")
    values: dict[str, Any] = dict(re.findall(r'name="(teams|seed|anew|mark)" value="([^"]*)"', page))
    room.browser(1).post(f"{room.page}/make", {"name": "Ветер"})
    assert "Somebody came or left meanwhile." in words(tutor.post(f"{room.page}/draw", values, 422))
    assert room.teams() == {"Ветер": [1]}


def test_late_comers_find_room_by_themselves_once_teams_are_drawn(room_with: Callable[..., Room]) -> None:
    room = room_with("team: 2-3\nteam-made: random\n", size=4)
    room.tick()
    assert room.teams() == {}  # not before staff say so, or the kind does
    assert "You have no team yet: teams are drawn by chance." in words(room.browser(1).get(room.page))
    assert room.browser(1).post(f"{room.page}/make", {"name": "Ветер"}, 422)
    room.draw(teams="2")
    before = room.teams()
    room.join("Ученица5", "Ученица6", "Ученица7")
    room.tick()
    room.tick()
    after = room.teams()
    assert {name: set(people) - {5, 6, 7} for name, people in after.items()} == {k: set(v) for k, v in before.items()}
    assert sorted(map(len, after.values())) == [3, 3]  # two found room, one is too few for a team
    page = words(room.tutor.get(room.page))
    assert "Without a team 1" in page
    assert "All teams are full, and these are too few" in words(room.tutor.get(f"{room.page}/draw"))
    room.join("Ученица8")
    room.tick()
    assert sorted(map(len, room.teams().values())) == [2, 3, 3]


def test_teams_are_drawn_when_it_is_time(room_with: Callable[..., Room]) -> None:
    room = room_with("team: 2\nteam-made: random\ndrawn: day 3\n", size=4)
    room.stage.tick()
    assert room.teams() == {}
    room.stage.move(days=2)
    room.stage.tick()
    assert sorted(map(len, room.teams().values())) == [2, 2]


def test_who_may_and_when(room_with: Callable[..., Room]) -> None:
    room = room_with("team: 2-3\nteam-made: tutor\nclosed: true\n")
    page = room.tutor.get(room.page)
    assert "The race is over." in page
    assert "/draw" not in page
    for act in ("put", "out", "call", "draw"):
        room.browser(1).post(f"{room.page}/{act}", status=403)
    room.tutor.post(f"{room.page}/out", {"person": str(room.people["Ученица1"])}, 422)
    room.browser(1).get(f"{room.page}/draw", 403)
    room.browser(1).post(f"{room.page}/make", {"name": "Ветер"}, 422)
    room.stage.browser(room.stage.person("Авторова", is_author=True)).get(room.page, 403)
    room.stage.browser(room.stage.person("Чужая")).get(room.page, 404)
    room.tutor.get(f"{room.stage.base(room.run)}teams/none", 404)


def test_alone_there_are_no_teams(room_with: Callable[..., Room]) -> None:
    room = room_with("team: 1\n")
    room.tutor.get(room.page, 404)


def test_pages_cost_the_same_for_any_number(room: Room) -> None:
    counts = []
    room.tutor.get(room.page)
    for size in (8, 30):
        room.join(*(f"Ученица{number}" for number in range(len(room.people) + 1, size)))
        room.draw(anew="1")
        for browser, page in ((room.tutor, ""), (room.tutor, "/draw?anew=1"), (room.browser(1), "")):
            with room.stage.statements() as found:
                browser.get(f"{room.page}{page}")
            counts.append(len(found))
    assert counts[:3] == counts[3:]
    assert max(counts) <= 9
