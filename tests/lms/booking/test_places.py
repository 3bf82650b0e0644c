"""Places: taken, waited for in order, given back, a whole team's; times that staff open and others book."""

import re
import threading
from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from lms.booking.feature import PlacesData
from lms.booking.models import PlaceRecord, SlotRecord
from lms.db import db
from lms.enrolment import service as enrolment
from lms.notices.service import page_of
from lms.testing import Stage
from tests.lms.club import Group, Seen, plugin

GIVEN = {"starts": "2026-03-04T10:00", "minutes": "20", "count": "1", "seats": "1", "place": "Кабинет 7"}


@pytest.fixture
def plugins():
    return (plugin,)


@pytest.fixture
def group(stage: Stage):
    return lambda **how: Group(stage, **how)


def opened(it: Group, purpose: str = "advice", status: int = 200, **given: str) -> str:
    """The tutor opens times."""
    data = {f"{purpose}-{name}": value for name, value in {**GIVEN, **given}.items()}
    return it.browser(it.tutor).post(f"{it.booking}/open/{purpose}", data, status=status)


def places(slot: str = "seats") -> list[tuple[int, int | None]]:
    """(person, number) in the order they asked."""
    db.session.rollback()
    rows = select(PlaceRecord.person_id, PlaceRecord.number).where(PlaceRecord.slot == slot)
    return [tuple(row) for row in db.session.execute(rows.order_by(PlaceRecord.id))]


def told(person: int) -> list[str]:
    db.session.rollback()
    return [line.text for line in page_of(person, 1)[0]]


# ------------------------------------------------------------------------------------------- places


def test_places_are_taken_waited_for_and_handed_on(group: Callable[..., Group]) -> None:
    it = group(learners=3)
    anna, boris, vera = it.learners
    for person in it.learners:
        it.browser(person).post(f"{it.club}seat")
    it.browser(anna).post(f"{it.club}seat")
    assert places() == [(anna, 1), (boris, None), (vera, None)]
    assert it.visit(anna).answer(Seen) == Seen(meetings=(), places=1), "the kind hears of every change"
    it.browser(anna).post(f"{it.club}leave")
    assert places() == [(boris, 1), (vera, None)]
    assert told(boris) == ["A seat has become free: you take part in “Клуб”."]
    assert (told(vera), told(anna)) == ([], [])
    enrolment.withdraw(it.stage.site, it.run, boris, it.stage.actor(it.tutor))
    db.session.commit()
    assert places() == [(vera, 1)]
    enrolment.enrol(it.stage.site, it.run, vera, "tutor", it.stage.actor(it.tutor))
    db.session.commit()
    assert places() == [], "whoever leads the run takes part in another way"


def test_after_the_end_nobody_takes_a_place(group: Callable[..., Group]) -> None:
    it = group()
    it.move(days=20)
    assert "It is too late to take a place here." in it.browser(it.learners[0]).post(f"{it.club}seat", status=422)
    assert places() == []


def test_a_larger_number_of_places_is_given_out_by_the_next_tick(group: Callable[..., Group]) -> None:
    it = group(learners=4)
    for person in it.learners:
        it.browser(person).post(f"{it.club}seat")
    it.again(":seats: 3")
    it.stage.move(minutes=5)
    it.stage.tick()
    assert [number for _, number in places()] == [1, 2, 3, None]
    it.again("")
    it.stage.move(minutes=5)
    it.stage.tick()
    assert [number for _, number in places()] == [1, 2, 3, 4], "without a limit everybody gets in"


def test_a_team_has_one_place_and_keeps_it(group: Callable[..., Group]) -> None:
    it = group(learners=4)
    anna, boris, vera, gala = it.learners
    teams = it.visit().teams
    sparks = teams.create("Искры", anna)
    teams.join(sparks.id, boris, 5)
    waves = teams.create("Волны", vera)
    db.session.commit()
    opened(it)
    it.browser(boris).post(f"{it.booking}/slot-1/take")
    assert "Yours" in it.browser(anna).get(it.booking), "the place is the team's"
    it.browser(anna).post(f"{it.booking}/slot-1/take")
    it.browser(vera).post(f"{it.booking}/slot-1/take")
    assert [(one.person_id, one.team_id, one.number) for one in it.visit().booking.of("slot-1")] == [
        (0, sparks.id, 1), (0, waves.id, None),
    ]  # fmt: skip
    assert it.visit().booking.holders("slot-1") == [anna, boris]
    page = it.browser(it.tutor).get(it.booking)
    assert re.findall(r"<dd>(Искры|Волны)</dd>", page) == ["Искры", "Волны"]
    # whoever booked goes to another team, and leaves the run: the place stays with the team
    it.visit().teams.leave(boris)
    it.visit().teams.create("Третьи", boris)
    db.session.commit()
    assert "Yours" not in it.browser(boris).get(it.booking)
    it.browser(boris).post(f"{it.booking}/slot-1/leave")
    enrolment.withdraw(it.stage.site, it.run, boris, it.stage.actor(it.tutor))
    db.session.commit()
    assert it.visit().booking.holders("slot-1") == [anna]
    it.browser(anna).post(f"{it.booking}/slot-1/leave")
    assert it.visit().booking.holders("slot-1") == [vera]
    assert told(vera) == ["A seat has become free: you take part in “Консультации”."]
    # when nobody of a team is here any more, the next one gets its place
    it.browser(gala).post(f"{it.booking}/slot-1/take")
    enrolment.withdraw(it.stage.site, it.run, vera, it.stage.actor(it.tutor))
    db.session.commit()
    assert it.visit().booking.holders("slot-1") == [gala]
    # a team that is dissolved takes its places along
    it.visit().teams.create("Четвёртые", gala)
    db.session.commit()
    it.browser(gala).post(f"{it.booking}/slot-1/take")
    assert len(it.visit().booking.of("slot-1")) == 2
    it.visit().teams.leave(gala)
    db.session.commit()
    assert [one.person_id for one in it.visit().booking.of("slot-1")] == [gala]


def storm(it: Group) -> list[int]:
    browsers = [it.stage.browser(person) for person in it.learners]
    tokens = [browser.token() for browser in browsers]
    db.session.rollback()
    found: list[int] = []

    def take(n: int) -> None:
        found.append(browsers[n].client.post(f"{it.club}seat", data={"csrf_token": tokens[n]}).status_code)

    threads = [threading.Thread(target=take, args=(n,)) for n in range(len(browsers))]
    with it.stage.outside():
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return found


def test_twelve_at_once_on_three_places(group: Callable[..., Group]) -> None:
    it = group(learners=12, options=":seats: 3")
    assert storm(it) == [303] * 12
    assert [number for _, number in places()] == [1, 2, 3] + [None] * 9
    assert sorted(person for person, _ in places()) == it.learners


def test_two_never_have_one_place_even_without_the_lock(group: Callable[..., Group]) -> None:
    it = group()
    it.browser(it.learners[0]).post(f"{it.club}seat")
    second = {"run_id": it.run, "block": "club", "slot": "seats", "person_id": it.learners[1], "number": 1}
    db.session.add(PlaceRecord(**second, since=it.stage.site.now()))
    with pytest.raises(IntegrityError):
        db.session.flush()
    db.session.rollback()


# ------------------------------------------------------------------------------------------- times that staff open


def test_times_in_a_row_are_booked_and_given_back(group: Callable[..., Group]) -> None:
    it = group(learners=3)
    anna, boris, vera = it.learners
    assert "The times are open" in opened(it, count="3")
    opened(it, "talk", starts="2026-03-05T12:00", minutes="45", seats="2")
    found = it.visit().booking.opened()
    assert [(one.name, one.purpose, one.title, one.seats, one.host_id) for one in found] == [
        ("slot-1", "advice", "Консультации", 1, it.tutor), ("slot-2", "advice", "Консультации", 1, it.tutor),
        ("slot-3", "advice", "Консультации", 1, it.tutor), ("slot-4", "talk", "Беседы", 2, it.tutor),
    ]  # fmt: skip
    assert [one.meeting.starts.isoformat() for one in found if one.meeting] == [
        "2026-03-04T07:00:00+00:00", "2026-03-04T07:20:00+00:00", "2026-03-04T07:40:00+00:00",
        "2026-03-05T09:00:00+00:00",
    ]  # fmt: skip
    assert [one.name for one in it.visit().booking.opened("talk")] == ["slot-4"]
    page = it.browser(anna).get(it.booking)
    assert page.count("Book it<span") == 4
    assert "Кабинет 7" not in page, "where it is, is for those who come"
    page = it.browser(anna).post(f"{it.booking}/slot-2/take")
    assert "It is yours." in page
    assert page.count("Кабинет 7") == 1
    assert page.count("Book it<span") == 1, "one hour of advice at a time; talks are counted by themselves"
    assert "You can have 1 time ahead." in page
    refused = it.browser(anna).post(f"{it.booking}/slot-1/take", status=422)
    assert "You have booked as many times as you can" in refused
    assert "you are on the waiting list" in it.browser(boris).post(f"{it.booking}/slot-2/take")
    assert "Слушатель" not in it.browser(vera).get(it.booking).partition("<main")[2], "who else comes is for staff"
    tutors = it.browser(it.tutor).get(it.booking)
    assert "<dt>Booked by</dt><dd>Слушатель1 Анна Петровна</dd>" in tutors
    assert "<dt>Waiting</dt><dd>Слушатель2 Анна Петровна</dd>" in tutors
    it.browser(anna).post(f"{it.booking}/slot-2/leave")
    assert places("slot-2") == [(boris, 1)]
    assert told(boris) == ["A seat has become free: you take part in “Консультации”."]
    # once it is over another may be booked
    it.move(days=3)
    opened(it, starts="2026-03-06T10:00")
    assert "It is yours." in it.browser(boris).post(f"{it.booking}/slot-5/take")
    assert "It is too late to take a place here." in it.browser(vera).post(f"{it.booking}/slot-1/take", status=422)


def test_slips_in_the_form_are_told_of_and_nothing_is_lost(group: Callable[..., Group]) -> None:
    it = group()
    page = opened(it, starts="2026-03-01T10:00", place="Актовый зал", status=422)
    assert "Choose a time that is still to come." in page
    assert 'value="Актовый зал"' in page
    for name, value, said in (
        ("minutes", "3", "From 5 to 480 minutes."), ("count", "0", "From 1 to 30."), ("starts", "завтра", "Write a day and a time."),
        ("starts", "9999-12-31T10:00", "Write a day and a time."), ("minutes", "9" * 400, "From 5 to 480 minutes."),
        ("count", "-" + "9" * 400, "From 1 to 30."),
    ):  # fmt: skip
        assert said in opened(it, **{name: value}, status=422)
    it.browser(it.tutor).post(f"{it.booking}/open/nothing", {"nothing-starts": "2026-03-04T10:00"}, status=404)
    db.session.rollback()
    assert db.session.scalars(select(SlotRecord)).all() == []


def test_a_time_is_moved_and_called_off(group: Callable[..., Group]) -> None:
    it = group()
    anna, boris = it.learners
    opened(it)
    it.browser(anna).post(f"{it.booking}/slot-1/take")
    tutor = it.browser(it.tutor)
    assert 'value="2026-03-04T10:00"' in tutor.get(f"{it.booking}/slot-1")
    wrong = tutor.post(f"{it.booking}/slot-1", {"starts": "2026-03-01T10:00", "minutes": "20"}, status=422)
    assert "Choose a time that is still to come." in wrong
    tutor.post(f"{it.booking}/slot-1", {"starts": "2026-03-04T15:30", "minutes": "30", "place": ""})
    (slot,) = it.visit().booking.opened()
    assert slot.meeting is not None
    assert (slot.meeting.starts.isoformat(), slot.meeting.minutes, slot.meeting.place) == (
        "2026-03-04T12:30:00+00:00", 30, "",
    )  # fmt: skip
    tutor.post(f"{it.booking}/slot-1/call-off")
    assert (it.visit().booking.opened(), places("slot-1")) == ([], [])
    for act in ("take", "leave"):
        it.browser(boris).post(f"{it.booking}/slot-1/{act}", status=404)
    opened(it)
    assert [one.name for one in it.visit().booking.opened()] == ["slot-2"], "numbers are not used again"


def test_what_is_booked_stands_in_ones_calendar(group: Callable[..., Group]) -> None:
    it = group()
    anna, boris = it.learners
    opened(it)
    it.browser(anna).post(f"{it.booking}/slot-1/take")
    it.browser(boris).post(f"{it.booking}/slot-1/take")
    assert "Кабинет 7" in it.browser(anna).get("/calendar")
    assert "Кабинет 7" not in it.browser(boris).get("/calendar"), "who waits has nothing to come to"
    assert "Кабинет 7" in it.browser(it.tutor).get("/calendar")


def test_doors(group: Callable[..., Group]) -> None:
    it = group()
    opened(it)
    anna = it.browser(it.learners[0])
    author = it.stage.browser(it.stage.person("Авторов", is_author=True))
    stranger = it.stage.browser(it.stage.person("Чужая"))
    stranger.get(it.booking, status=404)
    author.get(it.booking, status=403)
    anna.get(f"{it.booking}/slot-1", status=403)
    for act in ("open/advice", "slot-1", "slot-1/call-off"):
        anna.post(f"{it.booking}/{act}", status=403)
    it.browser(it.tutor).post(f"{it.booking}/slot-1/take", status=403)
    it.browser(it.tutor).get(f"{it.booking}/slot-99", status=404)
    it.browser(it.tutor).get(f"{it.base}booking/nothing", status=404)


def test_the_page_costs_the_same_however_many_come(group: Callable[..., Group]) -> None:
    it = group(learners=6)
    counts = []
    for n, person in enumerate(it.learners[:4]):
        opened(it, starts=f"2026-03-0{4 + n}T10:00", count=str(n + 1))
        it.browser(person).post(f"{it.booking}/slot-1/take")
        for who in (it.tutor, it.learners[5]):
            browser = it.browser(who)
            browser.get(it.booking)
            with it.stage.statements() as found:
                browser.get(it.booking)
            counts.append((who, len(found)))
    assert len(set(counts)) == 2


def test_export_and_erasure(group: Callable[..., Group]) -> None:
    it = group()
    anna, boris = it.learners
    opened(it)
    it.browser(anna).post(f"{it.booking}/slot-1/take")
    it.browser(boris).post(f"{it.booking}/slot-1/take")
    part, site = PlacesData(), it.stage.site
    assert [(one["slot"], one["waiting"]) for one in part.export(site, boris)["places"]] == [("slot-1", True)]
    assert [one["place"] for one in part.export(site, it.tutor)["opened"]] == ["Кабинет 7"]
    assert part.erase(site, anna) == ["Your places and bookings were given back."]
    assert part.erase(site, it.tutor) == []
    db.session.commit()
    assert part.export(site, anna) == {"places": [], "opened": []}
    assert [one["place"] for one in part.export(site, it.tutor)["opened"]] == [""]
    it.stage.move(minutes=5)
    it.stage.tick()
    assert places("slot-1") == [(boris, 1)]
